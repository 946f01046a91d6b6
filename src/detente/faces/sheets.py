"""Tables as sheets of a workbook: numbers as numbers, the unit of a column beside its name, its definition as a note.

A cell holds what CSV and JSON hold, so that sums and differences within the sheet are right and a program that reads
it gets the same numbers; only its number format is for the eye. A share shows as per cent. A difference of shares is
in percentage points, and no number format shows those but as a percentage: it stays a number, 0.01 for one point. The
name of a column is alone in its cell; the unit behind it is part of the format, as the sign of a currency would be.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from detente.codes import Column, Table
from detente.codes.units import TEXTS, Unit
from detente.faces.formats import head_of

#: Date within the file: a fixed one, so that the same tables give the same bytes.
DATED = datetime(2025, 1, 1)

STYLES = {Unit.SHARE: "0.00%", Unit.POINTS: "0.0000", Unit.USD: "#,##0", Unit.CENTS: "#,##0.00", Unit.COUNT: "#,##0"}

#: Formats of a workbook for readers: per cent with one decimal, money with thousands.
READERS = {**STYLES, Unit.SHARE: "0.0%", Unit.DOLLARS: "#,##0", Unit.DAYS: "0.0", Unit.MONTHS: "0.0"}

#: Formats of columns whose numbers one decimal would hide; incomes have two.
FINE, FINEST = {Unit.SHARE: "0.00%"}, {Unit.SHARE: "0.0000%"}

#: Largest number of a column that is shown so.
SMALL, SMALLEST = 0.05, 0.005

#: Format of a day; the first day that every program that reads workbooks counts alike.
DAY, FIRST_DAY = "d mmm yyyy", date(1900, 3, 1)

#: Units that say nothing behind the name of a column.
WITHOUT = (*TEXTS, Unit.NONE)

#: Widths of columns, in letters: of numbers, of texts in a report, the most a head and the most a text may take.
NARROW, WIDE, WIDEST, LONGEST = 14, 26, 34, 60

#: Format of numbers without a unit that are no whole numbers.
BARE = "0.000"

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


def columns(book: Any, sheet: Any, table: Table, row: int = 0, readers: bool = False) -> None:
    """The heads of a table and its rows under them, with a filter; heads stay in sight when the sheet is scrolled.

    Parameters
    ----------
    row : of the heads, counted from 0.
    readers : heads in words, fewer digits, days as dates; programs get names, and days as CSV has them.
    """
    wrap = {"text_wrap": True, "valign": "top"} if readers else {}
    for j, column in enumerate(table.columns):
        unit = "" if column.unit in WITHOUT else f" ({'%' if readers and column.unit is Unit.SHARE else column.unit})"
        shown, name = f'@"{unit}"' if unit else "@", head_of(column) if readers else column.name
        sheet.write_string(row, j, name, book.add_format({"bold": True, "num_format": shown, **wrap}))
        sheet.write_comment(row, j, definition(column), {"author": "", "x_scale": 2.0})
        text = _room(table, column) if readers else NARROW
        width = max(text if column.unit in TEXTS else NARROW, min(len(name) + len(unit) + 2, WIDEST))
        sheet.set_column(j, j, width)
        _cells(book, sheet, table, j, row + 1, readers)
    sheet.freeze_panes(row + 1, 0)
    if len(table):
        sheet.autofilter(row, 0, row + len(table), len(table.columns) - 1)


def _room(table: Table, column: Column) -> int:
    """Width of a column of texts: that of its longest, which is broken into lines where it is very long."""
    return min(max(WIDE, max((len(str(text)) + 2 for text in table[column.name].tolist()), default=0)), LONGEST)


def _cells(book: Any, sheet: Any, table: Table, j: int, top: int, readers: bool) -> None:
    """A column of cells; what is not known stays empty."""
    column = table.columns[j]
    values = table.data[column.name].tolist()
    if readers and column.unit is Unit.DATE and all(re.fullmatch(r"\d{4}", str(value)) for value in values):
        values = [int(value) for value in values]
    days = _days(values) if readers and column.unit is Unit.DATE else {}
    shown = DAY if days else _format(column.unit, values, readers)
    how = {"num_format": shown} if shown else {}
    if days:
        how["align"] = "left"
    if readers and column.unit is Unit.TEXT:
        how |= {"text_wrap": True, "valign": "top"}
    style = book.add_format(how) if how else None
    for i, value in enumerate(values, start=top):
        if value in days:
            sheet.write_datetime(i, j, days[value], style)
        elif value is not None and not (isinstance(value, float) and not math.isfinite(value)):
            sheet.write(i, j, value, style)


def _format(unit: Unit, values: Sequence[Any], readers: bool) -> str:
    """The number format of a column, "" for none."""
    numbers = [v for v in values if isinstance(v, float) and math.isfinite(v)] if readers else []
    if unit in (Unit.NONE, Unit.HAT) and not all(map(float.is_integer, numbers)):
        return BARE
    if not readers or unit is not Unit.SHARE:
        return (READERS if readers else STYLES).get(unit, "")
    most = max(map(abs, numbers), default=0.0)
    return (FINEST if 0.0 < most < SMALLEST else FINE if 0.0 < most < SMALL else READERS)[unit]


def _days(values: Sequence[Any]) -> dict[Any, date]:
    """The days among texts, none where one is a year or a month; a workbook's calendar begins in 1900."""
    try:
        days = {value: date.fromisoformat(value) for value in values if value}
    except (TypeError, ValueError):
        return {}
    return days if all(day >= FIRST_DAY for day in days.values()) else {}


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
