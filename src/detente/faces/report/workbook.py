"""The report as a workbook: the headlines, a sheet a table with numbers as numbers, charts, assumptions and data."""

from __future__ import annotations

import io
from typing import Any

from detente.codes import Table
from detente.faces import sheets
from detente.faces.charts import WIDE
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.content import Content
from detente.lab.result import Result


def write(content: Content, result: Result) -> bytes:
    """The workbook."""
    out = io.BytesIO()
    book = sheets.workbook(out, content.title, comments=f"result {content.key}")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    _summary(book, content, bold, wrap)
    for name, table in result.tables.items():
        _table(book, name, table, bold)
    _charts(book, content, bold)
    _texts(book, "assumptions", ("id", "statement", "source", "switch", "effect"), result.assumptions, bold, wrap)
    _texts(book, "data", ("title", "publisher", "vintage", "sha256"), result.vintages.values(), bold, wrap)
    book.close()
    return out.getvalue()


def _summary(book: Any, content: Content, bold: Any, wrap: Any) -> None:
    sheet = book.add_worksheet("summary")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 5, 30, wrap)
    sheet.write(0, 0, content.title, bold)
    lines = [*content.sentences, content.note, f"Result {content.key}", content.citation.sentence]
    for i, line in enumerate(lines, start=1):
        sheet.write(i, 0, line)
    start = len(lines) + 2
    for j, head in enumerate(("headline", "number", "against", "range", "method", "would change it")):
        sheet.write(start, j, head, bold)
    for i, c in enumerate(content.cards, start=start + 1):
        for j, text in enumerate((c.label, c.number, c.against, c.spread, c.method, c.changes)):
            sheet.write(i, j, text)


def _table(book: Any, name: str, table: Table, bold: Any) -> None:
    """Title, a row of heads, the rows, then notes and what the columns mean."""
    sheet = book.add_worksheet(name[:31])
    sheet.write(0, 0, table.title, bold)
    sheets.columns(book, sheet, table, row=1, text=sheets.WIDE)
    for k, line in enumerate((*table.notes, *map(sheets.definition, table.columns)), start=len(table) + 3):
        sheet.write(k, 0, line)


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
