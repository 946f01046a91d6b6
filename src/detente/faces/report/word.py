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
from detente.faces.report.page import assumed, vintage
from detente.faces.report.pieces import split
from detente.faces.words.language import Language, load
from detente.lab.result import Result

DATED = datetime(2025, 1, 1, tzinfo=UTC)
"""Date within the file: a fixed one, so that the same result gives the same bytes."""

ENGLISH = "en-GB"
"""Language of the text, for those who have it read to them and for checks of spelling."""

UPRIGHT, TURNED = 7, 12
"""Columns of a table on an upright sheet, and on one that is turned; wider ones come in pieces."""

LEAST, LONGEST = 5, 42
"""Letters that a column is at least and at most reckoned to hold when the width of a sheet is shared out."""


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
        _chapter(document, part, load())
    if not content.brief:
        _back(document, content)
    document.add_heading(load()("report.cite"), 1)
    document.add_paragraph(content.citation.sentence)
    return _saved(document)


def _properties(document: Any, content: Content) -> None:
    core = document.core_properties
    core.title, core.author, core.language = content.title, "The Détente authors", ENGLISH
    core.comments = f"result {content.key}"
    core.created = core.modified = DATED.replace(tzinfo=None)
    section = document.sections[0]
    shared = imported("docx.shared", "a report for Word")
    section.page_width, section.page_height = shared.Mm(210), shared.Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = shared.Mm(20)
    for language in document.styles.element.xpath("//w:rPrDefault//w:lang"):
        language.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val", ENGLISH)


def _front(document: Any, content: Content) -> None:
    """The brief: what it is, does, and whether it holds; numbers, charts, what others say."""
    front, say = content.front, load()
    document.add_heading(content.title, 0)
    document.add_paragraph(" ".join((front.dated, *front.warnings)), style="Caption")
    document.add_paragraph(front.deal)
    for head, sentences in (("head_does", front.does), ("head_hold", front.hold)):
        document.add_heading(front.heads[head], 1)
        for sentence in sentences:
            document.add_paragraph(sentence)
    rows = [(card.label, card.number, card.against, card.spread) for card in front.cards]
    heads = ("", *(front.heads[f"column_{name}"] for name in ("after", "before", "range")))
    _grid(document, Grid("cards", "", heads, (False,) * 4, tuple(rows), (), (front.ranges,)), say)
    for chart in content.pictures:
        _chart(document, chart, say)
    if front.others:
        document.add_heading(front.heads["head_others"], 1)
    for other in front.others:
        text = f"{other.number} {other.who}, {other.day}{say('frame.colon')} {other.why}. {other.steps}".rstrip()
        document.add_paragraph(text, style="List Bullet")
    document.add_paragraph(" ".join(filter(None, (front.ours, front.walk.replace("`", ""), *front.rests))))


def _chapter(document: Any, part: ReportPart, say: Language) -> None:
    """A chapter in reading order: what it finds, charts, its table, claims."""
    document.add_heading(part.title, 1)
    document.add_paragraph(part.lead)
    for chart in part.charts:
        _chart(document, chart, say)
    if part.table is not None:
        _grid(document, part.table, say)
    for claim in part.claims:
        document.add_paragraph(
            f"{claim.who}{say('frame.colon')} {claim.said}. {claim.verdict}. {claim.found}", style="List Bullet"
        )


def _chart(document: Any, chart: Chart, say: Language) -> None:
    import vl_convert

    drawn = svg(chart, WIDE)
    image = io.BytesIO(vl_convert.svg_to_png(standalone(drawn), scale=2.0))
    document.add_heading(chart.title, 2)
    document.add_picture(image, **_size(drawn, _room(document)))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    shape = document.paragraphs[-1]._p.xpath(".//wp:docPr")[0]
    shape.set("descr", chart.alt)
    about = say("frame.unit_source", unit=chart.unit, source=chart.source)
    document.add_paragraph(f"{chart.alt} {chart.note} {about}", style="Caption")


TALLEST = 0.55
"""Of the height of a sheet that a chart may take, so that its heading and caption stand with it."""


def _size(drawn: str, room: int) -> dict[str, int]:
    """Width of a chart, or its height where it is tall."""
    width, height = (float(drawn.split(f'{side}="', 1)[1].split('"', 1)[0]) for side in ("width", "height"))
    tallest = int(TALLEST * A4)
    return {"height": tallest} if room * height / width > tallest else {"width": room}


A4 = 10692000
"""Height of a sheet in the units of the file."""


def _grid(document: Any, grid: Grid, say: Language, most: int = UPRIGHT) -> None:
    """A table within the margins, in pieces where it has more columns than the sheet holds."""
    for piece in split(grid, most, say):
        if piece is not grid:
            document.add_paragraph(piece.title, style="Caption").paragraph_format.keep_with_next = True
        _set(document, piece)


def _grids(document: Any, grids: tuple[Grid, ...], say: Language) -> None:
    """Every table: upright ones, then wide ones together on turned sheets, so that no sheet is left half blank."""
    wide = [grid for grid in grids if len(grid.heads) > UPRIGHT]
    for grid in grids:
        if len(grid.heads) <= UPRIGHT:
            document.add_heading(grid.title, 2)
            _grid(document, grid, say)
    if not wide:
        return
    _turn(document)
    for grid in wide:
        document.add_heading(grid.title, 2)
        _grid(document, grid, say, TURNED)
    _turn(document)


def _turn(document: Any) -> None:
    """A new section with the long side where the short one was, or back."""
    section = document.add_section(imported("docx.enum.section", "a report for Word").WD_SECTION.NEW_PAGE)
    section.page_width, section.page_height = section.page_height, section.page_width
    section.orientation = 1 - int(section.orientation)


def _set(document: Any, grid: Grid) -> None:
    """The table itself: heads repeat on every sheet, rows do not break, widths are shared out by what columns hold."""
    right = imported("docx.enum.text", "a report for Word").WD_ALIGN_PARAGRAPH.RIGHT
    size = imported("docx.shared", "a report for Word").Pt(7.5)
    table = document.add_table(rows=1 + len(grid.rows), cols=len(grid.heads), style="Light List Accent 1")
    table.autofit = False
    widths = _widths(grid, _room(document))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    # Cells by row: asking the table for each cell anew takes time that grows with its square.
    for i, (row, texts) in enumerate(zip(table.rows, (grid.heads, *grid.rows), strict=True)):
        _mark(row, "w:cantSplit", *(("w:tblHeader",) if i == 0 else ()))
        for j, cell in enumerate(row.cells):
            cell.width = widths[j]
            paragraph = cell.paragraphs[0]
            paragraph.add_run(texts[j]).font.size = size
            if grid.numeric[j]:
                paragraph.alignment = right
    for note in grid.notes:
        document.add_paragraph(note, style="Caption")


def _mark(row: Any, *names: str) -> None:
    """Properties of a row that the library has no words for."""
    oxml = imported("docx.oxml", "a report for Word")
    for name in names:
        row._tr.get_or_add_trPr().append(oxml.OxmlElement(name))


def _room(document: Any) -> int:
    """Width between the margins of the section that is being written."""
    section = document.sections[-1]
    return section.page_width - section.left_margin - section.right_margin


def _widths(grid: Grid, room: int) -> list[int]:
    """The room shared out among the columns by their longest text; the sum is never more than the room."""
    longest = [max(len(row[j]) for row in (grid.heads, *grid.rows)) for j in range(len(grid.heads))]
    shares = [min(max(letters, LEAST), LONGEST) for letters in longest]
    return [room * share // sum(shares) for share in shares]


def _back(document: Any, content: Content) -> None:
    """The appendix: every table, findings in full, method, words, assumptions and data."""
    say = load()
    document.add_heading(say("report.appendix"), 1)
    document.add_paragraph(content.note)
    for finding in content.findings:
        document.add_paragraph(finding, style="List Bullet")
    _grids(document, content.grids, say)
    for head, pairs in (("method", METHOD), ("words", content.words)):
        document.add_heading(say(f"report.{head}"), 1)
        for name, text in pairs:
            document.add_paragraph(style="List Bullet").add_run(name).bold = True
            document.paragraphs[-1].add_run(f"{say('frame.colon')} {text}")
    names = ("id", "statement", "switch")
    rows = [tuple(row[k] for k in names) for row in (assumed(row) for row in content.assumptions)]
    heads = tuple(say(f"report.head_{name}") for name in names)
    document.add_heading(say("report.assumptions"), 1)
    _grid(document, Grid("", "", heads, (False,) * 3, tuple(rows), ()), say)
    document.add_heading(say("report.data"), 1)
    facts = [(*row["texts"], row["hash"]) for row in (vintage(row) for row in content.vintages.values())]
    heads = tuple(say(f"report.{name}") for name in ("table", "publisher", "vintage", "sha256"))
    _grid(document, Grid("", "", heads, (False,) * 4, tuple(facts), ()), say)


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
