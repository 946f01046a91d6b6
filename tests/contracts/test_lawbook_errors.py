"""Mistakes in a lawbook of one's own: one sentence each, with the file and, where it can be told, the entry."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from detente.codes import InputError
from detente.data.importers import importer
from detente.data.lawbook import read_own
from detente.lab.averages.reform import laid_on
from detente.lab.statute.audit import read_gaps
from detente.lab.statute.lookup import look_up
from detente.law import Reading

FAULTS = Path(__file__).resolve().parents[1] / "data" / "faults" / "lawbook.yaml"
FILES = yaml.safe_load(FAULTS.read_text(encoding="utf-8"))["good"]


@pytest.fixture
def book(tmp_path):
    """Write the lawbook with one file changed, and read it on top of the shipped law."""
    folder = tmp_path / "mylaw"
    folder.mkdir()

    def read(name="", text=""):
        for file, content in {**FILES, **({name: text} if name else {})}.items():
            (folder / file).write_text(content, encoding="utf-8")
        where = importer("USA")
        read_gaps(folder)
        return laid_on(where.law, read_own(folder, "USA"), where)

    return read


def test_the_lawbook_itself_is_read_and_a_ruling_of_a_layer_voids_its_measure(book):
    assert "bicycles" in book().by_id
    law = book()
    owed = {r: look_up("8714.91.30", "KOR", date(2026, 10, 1), law=law, reading=r).total for r in Reading}
    assert owed[Reading.EFFECTIVE] - owed[Reading.RULED] == pytest.approx(0.1)


def test_an_id_that_is_there_twice_names_both_files(book):
    twice = r"mylaw/other.yaml: measure id 'bicycles' is there twice, also in mylaw/bicycles"
    with pytest.raises(InputError, match=twice):
        book("other.yaml", FILES["bicycles.yaml"])


def test_a_circle_of_rules_names_the_files(book):
    circle = "- {id: there, by: [bicycles], of: [s232_auto]}\n- {id: back, by: [s232_auto], of: [bicycles]}\n"
    law = book("stacking.yaml", circle)
    with pytest.raises(InputError, match=r"mylaw/stacking.yaml.*in a circle: .*bicycles.*; leave out one of the rules"):
        look_up("8712.00.25.00", "JPN", date(2026, 7, 1), law=law)


def test_cases_that_are_not_there_are_asked_for(detente):
    ran = detente("law", "check", "--of", "ARG")
    assert (ran.code, "cases.yaml: there is no such file; write cases into it" in ran.err) == (2, True)


def own_act(folder, **more):
    content = {
        "id": "s232_machines", "title": "Machining centres", "authority": "section_232", "instrument": "made up",
        "citation": "none", "goods": [{"codes": ["8457.10"]}], **more,
        "periods": [
            {"rate": "25%", "from": "2026-09-01", "partners": ["all", "-JPN"]},
            {"floor": "15%", "from": "2026-09-01", "partners": ["JPN"]},
        ],
    }  # fmt: skip
    path = folder / "machines.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def test_lines_that_owe_two_duties_of_one_authority_are_listed(detente, tmp_path):
    """An own act of 25 points, 15 all told for Japan, stacks on the 15 all told of Annex III until one gives way."""
    act = own_act(tmp_path)
    for partner, total in (("MEX", 0.40), ("JPN", 0.258)):
        ran = detente("rate", "8457.10.00", partner, "--on", "2026-10-01", "--lawbook", act, "--format", "json")
        assert json.loads(ran.out)["number"]["value"] == pytest.approx(total)
    shown, record = ("law", "show", "s232_machines"), ("law", "coverage")
    for asked in (shown, record):
        text = " ".join(detente(*asked, "--lawbook", act, "--table", "doubled").out.split())
        assert "Lines that owe two duties of one authority" in text, asked
        assert "s232_annex_III" in text
        assert "replaces: [s232_annex_III]" in text
    act = own_act(tmp_path, replaces=["s232_annex_III", "s232_annex_III_col2"])
    assert "doubled" not in detente(*shown, "--lawbook", act).out
    assert "doubled" not in detente(*record, "--lawbook", act).out
    assert "doubled" not in detente("law", "show", "s301_l1").out
