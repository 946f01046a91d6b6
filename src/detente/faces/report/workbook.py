"""The report as a workbook: the brief with links, a sheet a table, pictures, data."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

import numpy as np

from detente.codes import Column, Table
from detente.codes.units import Unit
from detente.data.tables import GROUPS, countries
from detente.faces import sheets
from detente.faces.charts import WIDE
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.chapters import in_order
from detente.faces.report.content import Content
from detente.faces.report.readers import PLACES
from detente.faces.words.language import load
from detente.lab.duties.among import apart
from detente.lab.result import Result

HEADS = 1
"""Row of the heads of a table, counted from 0; its title stands above."""

FIRST = "summary"
"""Name of the first sheet."""

LAST, LETTERS, LINE = 5, 160, 15
"""Of the first sheet: its last column, letters that a line across its columns holds, and height of a line."""

A4 = 9
"""Paper as workbooks number it."""

TEXTS = {
    "assumptions": ("id", "statement", "source", "switch", "effect"),
    "data": ("title", "publisher", "vintage", "sha256"),
}
"""Sheets of texts and their columns."""


def write(content: Content, result: Result) -> bytes:
    """The workbook."""
    out = io.BytesIO()
    book = sheets.workbook(out, content.title, comments=f"result {content.key}")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    tables = {name: named(table) for name, table in apart(result.tables).items()}
    _summary(book, content, tables, bold, wrap)
    for _, names in in_order(tables):
        for name in names:
            _table(book, name, tables[name], bold)
    _charts(book, content, bold)
    for name, rows in (("assumptions", result.assumptions), ("data", tuple(result.vintages.values()))):
        _texts(book, name, TEXTS[name], rows, bold, wrap)
    book.close()
    return out.getvalue()


def named(table: Table) -> Table:
    """The table with a column of names behind each column of countries' codes."""
    names = {**countries().names, **GROUPS}
    columns: list[Column] = []
    data = dict(table.data)
    for column in table.columns:
        columns.append(column)
        if column.name in PLACES and column.unit is Unit.CODE:
            added = Column(f"{column.name}_name", Unit.TEXT, f"name of the {column.name}")
            columns.append(added)
            data[added.name] = np.asarray([names.get(code, code) for code in table[column.name].tolist()])
    return Table(table.name, table.title, tuple(columns), data, table.notes, table.standing)


def _summary(book: Any, content: Content, tables: Mapping[str, Table], bold: Any, wrap: Any) -> None:
    """The brief, its numbers, and a link to every sheet."""
    sheet = book.add_worksheet(FIRST)
    sheet.set_column(0, 0, 34, wrap)
    sheet.set_column(1, LAST, 30, wrap)
    sheet.write(0, 0, content.title, bold)
    lines = [*content.sentences, content.note, f"Result {content.key}", content.citation.sentence]
    for i, line in enumerate(lines, start=1):
        sheet.merge_range(i, 0, i, LAST, line, wrap)
        sheet.set_row(i, LINE * ceil(len(line) / LETTERS))
    start = len(lines) + 2
    for j, head in enumerate(("headline", "number", "against", "range", "method", "would change it")):
        sheet.write(start, j, head, bold)
    for i, c in enumerate(content.cards, start=start + 1):
        for j, text in enumerate((c.label, c.number, c.against, c.spread, c.method, c.changes)):
            sheet.write(i, j, text)
    _links(sheet, tables, start + len(content.cards) + 3, bold)


def _links(sheet: Any, tables: Mapping[str, Table], start: int, bold: Any) -> None:
    """A line a sheet: a link, what it holds, its chapter and its rows."""
    for j, head in enumerate(("sheet", "what it holds", "chapter", "rows")):
        sheet.write(start, j, head, bold)
    for i, (name, *facts) in enumerate(_contents(tables), start=start + 1):
        sheet.write_url(i, 0, f"internal:'{name[:31]}'!A1", string=name)
        for j, fact in enumerate(facts, start=1):
            sheet.write(i, j, fact)


def _contents(tables: Mapping[str, Table]) -> Iterator[tuple[Any, ...]]:
    """Every sheet but the first."""
    for chapter, names in in_order(tables):
        yield from ((name, tables[name].title, chapter.title(load()), len(tables[name])) for name in names)
    yield "charts", "Every chart as a picture, with its text", ""
    yield "assumptions", "What the numbers rest on, with the switch that changes it", ""
    yield "data", "Tables behind the numbers, with publisher and vintage", ""


def _table(book: Any, name: str, table: Table, bold: Any) -> None:
    """Title, a row of heads, the rows, then notes and what the columns mean."""
    sheet = book.add_worksheet(name[:31])
    sheet.write_url(0, 0, f"internal:'{FIRST}'!A1", bold, table.title, "To the first sheet")
    sheets.columns(book, sheet, table, row=HEADS, readers=True)
    for k, line in enumerate((*table.notes, *map(sheets.definition, table.columns)), start=len(table) + 3):
        sheet.write(k, 0, line)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADS)


def _charts(book: Any, content: Content, bold: Any) -> None:
    """Every chart as an image under its title, with its text beneath."""
    import vl_convert

    sheet, row = book.add_worksheet("charts"), 0
    for chart in content.charts:
        drawn = svg(chart, WIDE)
        image = vl_convert.svg_to_png(standalone(drawn), scale=2.0)
        sheet.write(row, 0, chart.title, bold)
        options = {"image_data": io.BytesIO(image), "x_scale": 0.5, "y_scale": 0.5, "description": chart.alt}
        sheet.insert_image(row + 1, 0, f"{chart.name}.png", options)
        row += 3 + int(float(drawn.split('height="', 1)[1].split('"', 1)[0]) / 20)
        sheet.write(row, 0, f"{chart.note} Unit: {chart.unit}. Source: {chart.source}.")
        row += 2


def _texts(book: Any, name: str, keys: tuple[str, ...], rows: Any, bold: Any, wrap: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(keys) - 1, 36, wrap)
    for j, key in enumerate(keys):
        sheet.write(0, j, key, bold)
        for i, row in enumerate(rows, start=1):
            sheet.write(i, j, str(row.get(key, "")).strip())
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(keys) - 1)
