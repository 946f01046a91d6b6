"""Sections of a report of the talks in a terminal: which tables are wanted, and how a section is printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from detente.codes.errors import UnknownName

if TYPE_CHECKING:
    from detente.codes import Table

Part: TypeAlias = "tuple[str, str, list[Table]]"
"""A section: its name, what it answers, its tables."""

ALL = "all"
"""In place of sections, weights or horizons: every one."""

LONG = 2_000
"""Rows of a table that a reader gets; the widest section has fewer."""


def chosen_parts(parts: list[Part], names: list[str]) -> list[Part]:
    """Only some tables, in the order of the report.

    Raises
    ------
    UnknownName : a table that is not in the report.
    """
    known = [table.name for _, _, some in parts for table in some]
    for name in names:
        if name not in known:
            raise UnknownName("table", name, known, "--table", f"use {', '.join(known)}")
    kept = [(part, title, [table for table in some if table.name in names]) for part, title, some in parts]
    return [row for row in kept if row[2]]


def section_text(name: str, title: str, tables: Iterable[Table]) -> str:
    """A section as text."""
    from detente.faces.formats import to_text

    head = f"== {title} ({name}) =="
    return "\n\n".join([head, *(to_text(table, LONG) for table in tables)])
