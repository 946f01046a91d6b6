"""`detente check --ledger 2025-26`: many claims as one table, with how each side comes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.codes import Table

MANY = 40
"""From so many statements on they are a table; fewer stand as paragraphs."""

SHOWN = ("claim", "said", "speaker", "statement", "verdict", "ours")
"""Columns that fit the lines of a terminal."""


def boarded(tables: list[Table], named: list[str] | None, text: bool) -> bool:
    """Whether checks are shown as a table: a text of many, without readings, for which no other table is asked."""
    return text and not named and len(tables) == 1 and len(tables[0]) >= MANY


def show_board(board: Table, sides: Table, out: Path | None) -> None:
    """The claims in rows and the sides beneath them, on the screen or in a file of text."""
    from detente.faces.formats import deliver, is_stdout, terminal_width, to_text

    more = "one claim in full: detente check --ledger 2025-26 --only avg-08; as data: --table board --format csv"
    narrow = replace(board.select(SHOWN), notes=(*board.notes, more))
    width = terminal_width() if is_stdout(out) else 120
    words = "\n\n".join(to_text(table, limit=len(table), width=width) for table in (narrow, sides))
    if is_stdout(out):
        print(words)
    else:
        deliver(f"{words}\n", out)
