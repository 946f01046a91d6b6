"""Tables as sheets of a workbook: numbers as numbers, the unit of a column beside its name, its definition as a note.

A cell holds what CSV and JSON hold, so that sums and differences within the sheet are right and a program that reads
it gets the same numbers; only its number format is for the eye. A share shows as per cent. A difference of shares is
in percentage points, and no number format shows those but as a percentage: it stays a number, 0.01 for one point. The
name of a column is alone in its cell; the unit behind it is part of the format, as the sign of a currency would be.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from detente.codes import Column, Table
from detente.codes.units import Unit

DATED = datetime(2025, 1, 1)
"""Date within the file: a fixed one, so that the same tables give the same bytes."""

STYLES = {Unit.SHARE: "0.00%", Unit.POINTS: "0.0000", Unit.USD: "#,##0", Unit.COUNT: "#,##0"}

TEXTS = (Unit.TEXT, Unit.CODE, Unit.DATE)
WITHOUT = (*TEXTS, Unit.NONE)
"""Units that say nothing behind the name of a column."""

NARROW, WIDE, WIDEST = 14, 26, 34
"""Widths of columns, in letters: of numbers, of texts in a report, and the most a head may take."""

SAID = {
    Unit.SHARE: "share, shown in per cent",
    Unit.POINTS: "share difference: 0.01 is one percentage point",
}


def workbook(out: io.BytesIO, title: str, **properties: str) -> Any:
    """An empty workbook, without formulas or links made of texts and without the time at which it was written."""
    import xlsxwriter

    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": DATED, **properties})
    return book


def definition(column: Column) -> str:
    """What a column means and its unit: "change: after less before (share difference: ...)"."""
    unit = "" if column.unit in WITHOUT else f" ({SAID.get(column.unit, column.unit)})"
    return f"{column.name}: {column.description}{unit}"


def columns(book: Any, sheet: Any, table: Table, row: int = 0, text: int = NARROW) -> None:
    """The heads of a table and its rows under them.

    Parameters
    ----------
    row : of the heads, counted from 0; they stay in sight when the sheet is scrolled.
    text : width of columns of texts, in letters.
    """
    for j, column in enumerate(table.columns):
        unit = "" if column.unit in WITHOUT else f" ({column.unit})"
        shown = f'@"{unit}"' if unit else "@"
        sheet.write_string(row, j, column.name, book.add_format({"bold": True, "num_format": shown}))
        sheet.write_comment(row, j, definition(column), {"author": "", "x_scale": 2.0})
        width = max(text if column.unit in TEXTS else NARROW, min(len(column.name) + len(unit) + 2, WIDEST))
        sheet.set_column(j, j, width)
        style = book.add_format({"num_format": STYLES[column.unit]}) if column.unit in STYLES else None
        for i, value in enumerate(table.data[column.name].tolist(), start=row + 1):
            if value is not None and not (isinstance(value, float) and not math.isfinite(value)):
                sheet.write(i, j, value, style)
    sheet.freeze_panes(row + 1, 0)


def to_workbook(tables: Sequence[Table]) -> bytes:
    """A sheet a table, heads in its first row, and a sheet of notes and definitions."""
    out = io.BytesIO()
    book = workbook(out, tables[0].title if len(tables) == 1 else "Détente")
    for table in tables:
        columns(book, book.add_worksheet(table.name[:31]), table.for_machines())
    lines = [line for t in tables for line in (t.title, *map(definition, t.columns), *t.notes, "")]
    notes = book.add_worksheet("notes")
    for k, line in enumerate(lines):
        notes.write_string(k, 0, line)
    book.close()
    return out.getvalue()
