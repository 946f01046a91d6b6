"""Pages of the paper: text stays within the margin, none is blank."""

import json
import re
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
import pytest

from detente.codes import Column, Table
from detente.codes.units import Unit
from detente.faces.report.content import content, grid
from detente.faces.report.paper import laid_out, report_data

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
    facts |= {"parts": [], "method": []}
    source = (files("detente.faces") / "templates" / "paper.typ").read_bytes()
    drawn = typst.compile(source, format="svg", sys_inputs={"report": json.dumps(facts)})
    assert len(drawn) == 2  # the brief, and what is left of the rest


def test_a_long_name_for_machines_breaks_and_a_day_does_not():
    table = Table("x", "X", (Column("name", Unit.TEXT, ""), Column("date", Unit.DATE, "")),
                  {"name": np.array(["pass_through_of_duties"]), "date": np.array(["2025-05-12"])})  # fmt: skip
    name, day = laid_out(grid(table))["rows"][0]
    assert name == "pass_\u200bthrough_\u200bof_\u200bduties"
    assert day == "12\u00a0May\u00a02025"
