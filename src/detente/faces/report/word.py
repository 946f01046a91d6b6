"""The report as a document for Word: headings, paragraphs, tables and charts as images with their text."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from detente.faces.charts import WIDE, Chart
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.content import Content, Grid, ReportPart
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
    _front(document, content)
    for part in content.parts:
        _chapter(document, part)
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


def _front(document: Any, content: Content) -> None:
    """The brief: what it is, does, and whether it holds; numbers, charts, what others say."""
    front = content.front
    document.add_heading(content.title, 0)
    document.add_paragraph(" ".join((front.dated, *front.warnings)), style="Caption")
    document.add_paragraph(front.deal)
    for head, sentences in (("head_does", front.does), ("head_hold", front.hold)):
        document.add_heading(front.heads[head], 1)
        for sentence in sentences:
            document.add_paragraph(sentence)
    rows = [(card.label, card.number, card.against, card.spread) for card in front.cards]
    heads = ("", *(front.heads[f"column_{name}"] for name in ("after", "before", "range")))
    _grid(document, Grid("cards", "", heads, (False,) * 4, tuple(rows), (), (front.ranges,)))
    for chart in content.pictures:
        _chart(document, chart)
    if front.others:
        document.add_heading(front.heads["head_others"], 1)
    for other in front.others:
        document.add_paragraph(f"{other.number} {other.who}, {other.day}: {other.why}", style="List Bullet")
    document.add_paragraph(" ".join(filter(None, (front.ours, *front.rests))))


def _chapter(document: Any, part: ReportPart) -> None:
    """A chapter in reading order: what it finds, charts, its table, claims."""
    document.add_heading(part.title, 1)
    document.add_paragraph(part.lead)
    for chart in part.charts:
        _chart(document, chart)
    if part.table is not None:
        _grid(document, part.table)
    for claim in part.claims:
        document.add_paragraph(f"{claim.who}: {claim.said}. {claim.verdict}. {claim.found}", style="List Bullet")


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
    """The appendix: every table, findings in full, method, words, assumptions and data."""
    document.add_heading("Appendix", 1)
    document.add_paragraph(content.note)
    for finding in content.findings:
        document.add_paragraph(finding, style="List Bullet")
    for grid in content.grids:
        document.add_heading(grid.title, 2)
        _grid(document, grid)
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
