"""Tables in characters in the language of a reader, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from detente.codes import Table
from detente.codes.units import PRINTED, Unit
from detente.faces.formats import deliver, emit, for_terminal, form_of, is_stdout, terminal_width, to_text
from detente.faces.report.readers import LONGEST, TEXTS, read_in, spoken_cells
from detente.faces.text_tables import TextColumn, set_out
from detente.faces.words.language import ENGLISH, Language, load
from detente.faces.words.record import record_line
from detente.faces.words.tables import name_of, text_in


def text_of(table: Table, limit: int, say: Language, *, width: int | None = 0) -> str:
    """A table in characters; what the language has no words for stays English.

    Parameters
    ----------
    width : letters of a line; 0 is the terminal's, None does not limit it, as in a file.
    """
    if say.code == ENGLISH:
        return to_text(table, limit, width=width)
    width = terminal_width() if width == 0 else width
    table = for_terminal(table)
    total = len(table)
    table = table.take(np.arange(min(total, limit)))
    rows, units = spoken_cells(table, say), say.tables.get("units", {})
    columns = []
    for j, column in enumerate(table.columns):
        how, own = PRINTED.get(column.unit), [row[j] for row in rows]
        unit = how.suffix if how is not None else ""
        left, text = column.unit in TEXTS, column.unit is Unit.TEXT
        columns.append(TextColumn(name_of(table.name, column, say), units.get(unit, unit), not left, text, own))
    notes = [read_in(note, say) for note in table.notes]
    if total > limit:
        notes.insert(0, say("frame.more_rows", most=limit, count=say.number(total)))
    return set_out(text_in(table.title, say), columns, notes, width)


def emit_in(tables: Sequence[Table], form: str, out: Path | None, lang: str) -> None:
    """Print tables or write them to a file; those for people in the language, those for machines as they are."""
    shown, say = is_stdout(out), load(lang)
    if say.code == ENGLISH or (form if out is None else form_of(out, form)) != "text":
        emit(tables, form, out)
        return
    standings = [table.standing for table in tables if table.standing is not None]
    warnings = {standing.line: record_line(standing, say) for standing in standings if standing.beyond}
    bodies = [replace(table, notes=tuple(note for note in table.notes if note not in warnings)) for table in tables]
    texts = [text_of(body, LONGEST, say, width=0 if shown else None) for body in bodies]
    read = dict.fromkeys(
        f"  {say('chart.daily_read_to', day=say.day(standing.to))}" for standing in standings if not warnings
    )
    blocks = ["\n".join(warnings.values()), *texts, "\n".join(read)]
    deliver("\n\n".join(block for block in blocks if block) + ("" if shown else "\n"), out)
