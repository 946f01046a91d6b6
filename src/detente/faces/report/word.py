"""The report as a document for Word: headings, paragraphs, tables and charts as images with their text."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from detente.faces.charts import WIDE, Chart
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.content import Content, Grid
from detente.faces.report.library import imported, require
from detente.faces.report.method import METHOD
from detente.lab.result import Result

DATED = datetime(2025, 1, 1, tzinfo=UTC)
"""Date within the file: a fixed one, so that the same result gives the same bytes."""

MOST = 9
"""Columns of a table on a sheet; wider ones keep the first and say so."""


def check_library() -> None:
    """Refuse to begin without the library."""
    require("docx", "a report for Word")


def write(content: Content, result: Result) -> bytes:
    """The document."""
    del result
    docx = imported("docx", "a report for Word")
    document = docx.Document()
    _properties(document, content)
    document.add_heading(content.title, 0)
    for sentence in (*content.sentences, content.note):
        document.add_paragraph(sentence)
    _cards(document, content)
    if content.charts:
        document.add_heading("Charts", 1)
    for chart in content.charts:
        _chart(document, chart)
    document.add_heading("Tables", 1)
    for grid in content.grids:
        document.add_heading(grid.title, 2)
        _grid(document, grid)
    if not content.brief:
        _back(document, content)
    document.add_heading("How to cite", 1)
    document.add_paragraph(content.citation.sentence)
    return _saved(document)


def _properties(document: Any, content: Content) -> None:
    core = document.core_properties
    core.title, core.author, core.language = content.title, "The Détente authors", "en"
    core.comments = f"result {content.key}"
    core.created = core.modified = DATED.replace(tzinfo=None)
    section = document.sections[0]
    section.left_margin = section.right_margin = section.page_width // 10


def _cards(document: Any, content: Content) -> None:
    """Headlines as a table: what, number, range and method."""
    rows = [
        (c.label, f"{c.number} ({c.against})", c.spread, f"{c.method} Would change it: {c.changes}")
        for c in content.cards
    ]
    heads = ("headline", "number", "range", "how it is found and what would change it")
    _grid(document, Grid("cards", "", heads, (False,) * 4, tuple(rows), ()))


def _chart(document: Any, chart: Chart) -> None:
    import vl_convert

    image = io.BytesIO(vl_convert.svg_to_png(standalone(svg(chart, WIDE)), scale=2.0))
    document.add_heading(chart.title, 2)
    document.add_picture(image, width=int(0.8 * document.sections[0].page_width))
    shape = document.paragraphs[-1]._p.xpath(".//wp:docPr")[0]
    shape.set("descr", chart.alt)
    document.add_paragraph(f"{chart.alt} {chart.note} Unit: {chart.unit}. Source: {chart.source}.", style="Caption")


def _grid(document: Any, grid: Grid) -> None:
    right = imported("docx.enum.text", "a report for Word").WD_ALIGN_PARAGRAPH.RIGHT
    size = imported("docx.shared", "a report for Word").Pt(7.5)
    count = min(len(grid.heads), MOST)
    table = document.add_table(rows=1 + len(grid.rows), cols=count, style="Light List Accent 1")
    # Cells by row: asking the table for each cell anew takes time that grows with its square.
    for row, texts in zip(table.rows, (grid.heads, *grid.rows), strict=True):
        for j, cell in enumerate(row.cells):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(texts[j]).font.size = size
            if grid.numeric[j]:
                paragraph.alignment = right
    notes = list(grid.notes)
    if len(grid.heads) > count:
        notes.insert(0, f"{len(grid.heads) - count} more columns in the other formats: {', '.join(grid.heads[count:])}")
    for note in notes:
        document.add_paragraph(note, style="Caption")


def _back(document: Any, content: Content) -> None:
    """Method, words, assumptions and data."""
    for head, pairs in (("Method", METHOD), ("Words used", content.words)):
        document.add_heading(head, 1)
        for name, text in pairs:
            document.add_paragraph(style="List Bullet").add_run(name).bold = True
            document.paragraphs[-1].add_run(f": {text}")
    rows = [tuple(str(r.get(k, "")).strip() for k in ("id", "statement", "switch")) for r in content.assumptions]
    document.add_heading("Assumptions", 1)
    _grid(document, Grid("", "", ("id", "statement", "change it by"), (False,) * 3, tuple(rows), ()))
    document.add_heading("Data and vintages", 1)
    facts = [(r["title"], r["publisher"], r["vintage"], r["sha256"][:12]) for r in content.vintages.values()]
    _grid(document, Grid("", "", ("table", "publisher", "vintage", "sha256"), (False,) * 4, tuple(facts), ()))


def _saved(document: Any) -> bytes:
    """The file with fixed times within."""
    first, out = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            fixed = zipfile.ZipInfo(item.filename, DATED.timetuple()[:6])
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, old.read(item))
    return out.getvalue()
