"""Escaping: no text turns into a command of the format it is written in."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pytest

from detente.codes import Column, Table, Unit
from detente.codes.escaping import csv_text, latex, markdown
from detente.faces.ask.answer import to_markdown
from detente.faces.formats import json_rows, to_csv, to_json, to_latex
from detente.faces.report import rendered
from detente.faces.report.page import templates
from detente.faces.report.saved import read_result, to_document
from detente.faces.sheets import to_workbook
from detente.faces.web.html import templates as pages
from detente.lab.result import Result
from detente.lab.scenario import load_scenario

ATTACK = "<script>alert(1)</script>"
HOSTILE = f'{ATTACK} [x](javascript:y) "&amp; \\input{{z}} 5% ^~_#$ |*b*| =1+1'


def table(*texts: str) -> Table:
    columns = (Column("name", Unit.TEXT, HOSTILE), Column("share", Unit.SHARE, "a share"))
    data = {"name": np.asarray(texts), "share": np.asarray([-0.5] * len(texts))}
    return Table("average", HOSTILE, columns, data, (HOSTILE,))


@pytest.fixture(scope="module")
def result() -> Result:
    scenario = load_scenario("geneva")[0].model_copy(update={"title": HOSTILE, "note": HOSTILE, "name": HOSTILE})
    return Result(scenario, "0123456789ab", {"average": table(HOSTILE, "b")}, (HOSTILE,))


@pytest.mark.parametrize("brief", [False, True], ids=["full", "brief"])
def test_a_page_holds_no_html_of_its_texts(result, brief):
    """Fails where the templates stop escaping."""
    page = rendered(result, ".html", brief).decode()
    assert ATTACK not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("made", [templates, pages])
def test_every_template_of_html_escapes(made):
    made = made()
    names = [name for name in made.list_templates() if name.endswith(".html.j2")]
    assert names
    assert callable(made.autoescape)
    assert all(made.autoescape(name) for name in names)
    assert made.from_string("{% autoescape true %}{{ x }}{% endautoescape %}").render(x="<") == "&lt;"


def test_a_notebook_escapes(result):
    for shown in (table(HOSTILE)._repr_html_(), result._repr_html_()):
        assert ATTACK not in shown
        assert "&lt;script&gt;" in shown


def test_markdown_and_latex_hold_no_marks_of_texts():
    text = to_markdown(table(HOSTILE))
    assert "<" not in text
    assert not re.search(r"(?<!\\)\[x(?<!\\)\]\(", text)
    assert markdown("a\n# b | *c*") == "a # b \\| \\*c\\*"
    assert markdown("R&D &lt; AT&T") == "R&D &amp;lt; AT&T"
    assert latex("\\a^b~c_{5%}") == (r"\textbackslash{}a\textasciicircum{}b\textasciitilde{}c\_\{5\%\}")
    assert latex("`run --draws 9` \u2013") == r"\textasciigrave{}run -{}-draws 9\textasciigrave{} --"
    text = to_latex(table(HOSTILE))
    assert "\\input{z}" not in text
    assert r"\textbackslash{}input\{z\}" in text
    assert r"\textasciicircum{}\textasciitilde{}" in text


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\rx", "-2+3", '=HYPERLINK("x")'])
def test_a_text_begins_no_formula(text):
    assert csv_text(text) == f"'{text}"
    assert f"'{text[:2]}" in to_csv(table(text))


@pytest.mark.parametrize("text", ["-0.5", "+12%", "-", "a=b", "", "CHN", "-1e5"])
def test_numbers_and_other_texts_stay(text):
    assert csv_text(text) == text
    assert to_csv(table(text)).splitlines()[1].endswith(",-0.5")


def test_a_workbook_holds_no_formulas_and_machines_get_no_infinity():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(to_workbook([table("=1+1", "@x")])))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "n"}
    columns = (Column("x", Unit.NONE, "x"),)
    found = Table("t", "t", columns, {"x": np.asarray([np.inf, -np.inf, np.nan, 1.5])})
    assert json.loads(to_json(json_rows(found))) == [{"x": None}] * 3 + [{"x": 1.5}]
    assert to_csv(found).split() == ["x", '""', '""', '""', "1.5"]
    assert to_json({"a": [np.float64("inf")]}) == '{\n "a": [\n  null\n ]\n}'
    assert to_workbook([found])[:2] == b"PK"


def test_a_result_of_hostile_texts_is_read_again(result, tmp_path):
    path = tmp_path / "r.json"
    path.write_text(to_document(result), encoding="utf-8")
    assert read_result(path).sentences == (HOSTILE,)
