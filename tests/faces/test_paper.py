"""Pages of the paper: text stays within the margin, none is blank, wide tables are turned or come in pieces."""

import json
import re
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
import pytest

from detente.faces.report.content import Grid, content
from detente.faces.report.paper import blocks, report_data, split
from detente.faces.words.language import load

MARGIN, SLACK = 51.02, 1.0
"""Of a page, in points, and how much a letter may lean over it."""

FEW = 40
"""Letters of a page that would hold a stray heading alone; its footer has about twenty."""


def step(text):
    """A transform of a drawing as a matrix."""
    word, numbers = re.fullmatch(r"(\w+)\((.*)\)", text).groups()
    a = [float(x) for x in re.split(r"[ ,]+", numbers)]
    if word == "translate":
        return np.array([[1, 0, a[0]], [0, 1, a[1]], [0, 0, 1]])
    if word == "scale":
        return np.diag([a[0], a[-1], 1.0])
    return np.array([[a[0], a[2], a[4]], [a[1], a[3], a[5]], [0, 0, 1]])


def letters(node, where):
    """Where each letter begins, and where each picture begins and ends."""
    if node.get("transform"):
        where = where @ step(node.get("transform"))
    name = node.tag.rpartition("}")[2]
    if name == "use":
        yield (where @ [float(node.get("x", 0)), float(node.get("y", 0)), 1])[:2]
    if name == "image":
        yield (where @ [0, 0, 1])[:2]
        yield (where @ [float(node.get("width")), 0, 1])[:2]
    if name != "defs":
        for child in node:
            yield from letters(child, where)


@pytest.fixture(scope="module")
def pages(geneva):
    """Width and letters of every page."""
    typst = pytest.importorskip("typst", reason="the extra 'documents' is not installed")
    source = (files("detente.faces") / "templates" / "paper.typ").read_bytes()
    drawn = typst.compile(source, format="svg", sys_inputs={"report": report_data(content(geneva))})
    trees = [ElementTree.fromstring(page) for page in drawn]
    return [(float(tree.get("viewBox").split()[2]), np.array(list(letters(tree, np.eye(3))))) for tree in trees]


def test_no_text_and_no_picture_stands_outside_the_margin_of_a_page(pages):
    for number, (width, spots) in enumerate(pages, start=1):
        assert spots[:, 0].min() >= MARGIN - SLACK, number
        assert spots[:, 0].max() <= width - MARGIN + SLACK, number


def test_no_page_is_blank_or_holds_a_heading_alone(pages):
    assert not [number for number, (_, spots) in enumerate(pages, start=1) if len(spots) < FEW]


def test_the_brief_of_a_report_has_one_page(geneva):
    typst = pytest.importorskip("typst", reason="the extra 'documents' is not installed")
    facts = json.loads(report_data(content(geneva)))
    facts |= {name: [] for name in ("parts", "findings", "cards", "method", "words")}
    for name in ("assumptions", "vintages"):
        facts[name]["rows"] = facts[name]["rows"][:1]
    source = (files("detente.faces") / "templates" / "paper.typ").read_bytes()
    drawn = typst.compile(source, format="svg", sys_inputs={"report": json.dumps(facts)})
    assert len(drawn) == 2  # the brief, and what is left of the appendix


def test_wide_tables_lie_across_the_long_side_together_at_the_end(geneva, pages):
    wide = [
        table for part in json.loads(report_data(content(geneva)))["parts"] for table in part["tables"] if table["wide"]
    ]
    turned = [width > 800 for width, _ in pages]
    assert wide
    assert any(turned)
    assert turned == sorted(turned)


def test_a_table_in_pieces_keeps_every_column_and_the_names_of_its_rows():
    for count in range(1, 60):
        pieces = blocks(count, 16)
        assert all(piece[0] == 0 and len(piece) <= 16 for piece in pieces)
        assert sorted({j for piece in pieces for j in piece}) == list(range(count))
    heads = tuple(f"c{j}" for j in range(20))
    grid = Grid("x", "X", heads, (True,) * 20, (tuple(map(str, range(20))),), heads, ("a note",))
    first, second = split(grid, 16, load())
    assert first.title == "X, part 1 of 2"
    assert (first.notes, second.notes) == ((), ("a note",))
    assert second.heads[0] == "c0"
    assert second.rows[0][-1] == "19"


def test_a_long_name_for_machines_breaks_and_a_day_does_not(geneva):
    facts = json.loads(report_data(content(geneva)))
    names = [row[0] for row in facts["assumptions"]["rows"] if len(row[0]) >= 16]
    assert names
    assert all("_\u200b" in name for name in names if "_" in name)
    days = [
        row[0]
        for part in facts["parts"]
        for table in part["tables"]
        if table["heads"][0] == "date"
        for row in table["rows"]
    ]
    assert days
    assert not any(" " in day for day in days)
