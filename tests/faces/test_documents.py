"""Word and LaTeX: reading order, heads that repeat, nothing beyond the margin, nothing too small to read."""

import io

import numpy as np
import pytest

from detente.codes import Column, Table, Unit
from detente.faces.formats import to_latex
from detente.faces.report import rendered
from detente.faces.report.content import content
from detente.faces.report.latex import SMALLEST, WIDTH, natural, pieces

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def document(geneva):
    docx = pytest.importorskip("docx", reason="the extra 'documents' is not installed")
    return docx.Document(io.BytesIO(rendered(geneva, ".docx")))


def rooms(document):
    """Each table or picture of the document with the width between the margins of its section."""
    sections, k = list(document.sections), 0
    for block in document.element.body:
        section = sections[k]
        room = section.page_width - section.left_margin - section.right_margin
        if block.tag == f"{W}tbl":
            yield sum(int(column.get(f"{W}w")) * 635 for column in block.iter(f"{W}gridCol")), room
        for extent in block.xpath(".//wp:inline/wp:extent"):
            yield int(extent.get("cx")), room
        k += bool(block.xpath("./w:pPr/w:sectPr"))


def test_no_table_and_no_chart_of_the_document_is_wider_than_its_sheet(document):
    measured = list(rooms(document))
    assert len(measured) > len(document.tables)
    assert not [(wide, room) for wide, room in measured if wide > room * 1.001]


def test_heads_repeat_and_rows_do_not_break(document):
    for table in document.tables:
        rows = table._tbl.tr_lst
        assert rows[0].trPr.find(f"{W}tblHeader") is not None
        assert all(row.trPr.find(f"{W}cantSplit") is not None for row in rows)


def test_wide_tables_stand_on_turned_sheets_between_upright_ones(document):
    turned = [section.page_width > section.page_height for section in document.sections]
    assert turned == [False, True, False]


def test_the_document_says_its_language(document):
    (language,) = document.styles.element.xpath("//w:rPrDefault//w:lang")
    assert language.get(f"{W}val") == document.core_properties.language == "en-GB"


def test_a_chapter_reads_lead_charts_table(geneva, document):
    """What follows the title of each chapter, in the order of the document."""
    kinds = [
        ("table", "")
        if block.tag == f"{W}tbl"
        else ("chart", "")
        if block.xpath(".//wp:inline")
        else ("text", "".join(node.text or "" for node in block.iter(f"{W}t")))
        for block in document.element.body
    ]
    for part in content(geneva).parts:
        start = kinds.index(("text", part.lead))
        assert kinds[start - 1] == ("text", part.title)
        after = kinds[start + 1 :]
        end = next((i for i, kind in enumerate(after) if kind[1] == "In the appendix"), len(after))
        drawn = [i for i, (kind, _) in enumerate(after[:end]) if kind == "chart"][: len(part.charts)]
        if part.table is not None and drawn:
            assert drawn[-1] < next(i for i, (kind, _) in enumerate(after) if kind == "table")


def wide(columns, rows, text="x"):
    names = [f"column_{j}" for j in range(columns)]
    data = {name: np.asarray([text] * rows) for name in names}
    return Table("wide", "Wide", tuple(Column(name, Unit.TEXT, name) for name in names), data, ("a note",))


def test_no_table_in_latex_is_set_in_letters_too_small_to_read(geneva):
    for table in (*geneva.tables.values(), wide(30, 3), wide(3, 200), wide(4, 60, "words " * 30)):
        for piece in pieces(table):
            assert natural(piece) * SMALLEST <= WIDTH, table.name


def test_pieces_of_a_table_in_latex_hold_every_cell_once():
    table = wide(30, 100)
    parts = pieces(table)
    assert {name for part in parts for name in part.data} == set(table.data)
    assert all(part.columns[0].name == "column_0" for part in parts)
    assert sum(len(part) * (len(part.columns) - 1) for part in parts) == 100 * 29
    assert [bool(part.notes) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert len(pieces(wide(3, 100))) == 3
    assert max(to_latex(part).count(r"\\") for part in pieces(wide(3, 100))) < 50


def test_a_table_that_fits_stays_whole():
    (same,) = pieces(wide(3, 10))
    assert same.title == "Wide"
