"""`detente talks`: what it prints for readers and machines, and how mistakes are told."""

import json

import pytest
from pydantic import TypeAdapter

from detente.faces.cli.talks_page import page_text
from detente.lab.talks.advice import Advice

CASE = "two-country"
SECTIONS = (
    "payoffs threats acceptable frontier solutions leverage delay stability inverse cautions inputs"
).split()  # fmt: skip


def sentence(ran) -> str:
    """The one sentence of a refusal."""
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    return ran.err


def test_cases_are_listed_with_variants_and_threats(detente):
    ran = detente("talks", "--list")
    assert ran.code == 0
    for word in ("us-china-2025-05", "us-china-today", "lapsed, prolonged, renewed", "two-country"):
        assert word in ran.out
    assert "D0, DP" not in ran.out
    assert "D0, DP, DN" in detente("talks", "--list", "--format", "csv").out


def test_a_reader_gets_every_section_in_words(detente, codes):
    ran = detente("talks", CASE, "--section", "all")
    assert ran.code == 0
    assert [name for name in SECTIONS if f"({name}) ==" not in ran.out] == []
    assert max(map(len, ran.out.splitlines())) <= 120
    assert not codes(ran.out)
    head = " ".join(ran.out.split("==")[0].split())
    assert "free trade against the duties of 100 points" in head
    assert "yes if a breach is answered by the duties of 100 points or a tariff war, no if by free trade" in head
    for gloss in ("signs above: chance that", "nash: largest product", "exposure: what the other side loses"):
        assert gloss in ran.out


def test_two_threat_points_are_the_least(detente):
    assert "no result is shown for one threat point alone" in sentence(detente("talks", CASE, "--threat", "D0"))
    ran = detente("talks", CASE, "--threat", "D0,DN", "--section", "solutions")
    assert "a tariff war" in ran.out
    assert " free trade  " not in ran.out


def test_machines_get_every_number_with_its_unit_and_meaning(detente):
    ran = detente("talks", CASE, "--format", "json")
    content = json.loads(ran.out)
    assert content["threats"] == ["D0", "DP", "DN"]
    page = TypeAdapter(Advice).validate_python(content["page"])
    assert page_text(page, CASE) == detente("talks", CASE).out.rstrip()
    assert len(content["sentences"]) > 4
    for name in (
        "payoffs",
        "gains",
        "room",
        "limits",
        "left",
        "solutions",
        "leverage",
        "delay",
        "stability",
        "inverse",
    ):
        table = content["tables"][name]
        assert table["rows"], name
        assert all(column["means"] for column in table["columns"].values())
        assert set(table["rows"][0]) == set(table["columns"])
    for name in ("solutions", "room"):
        assert {"weights", "horizon", "constraints", "threat"} <= set(content["tables"][name]["columns"])
    (row,) = [
        row for row in content["tables"]["threats"]["rows"] if row["threat"] == "DN" and row["horizon"] == "long run"
    ]
    assert row["hom_payoff"] == pytest.approx(-18.2663e9, rel=1e-4)


def test_same_seed_same_bytes_and_draws_are_taken_up_again(detente, tmp_path):
    asked = ["talks", "us-china-today", "--section", "threats", "--weights", "welfare", "--draws", "2", "--seed", "7"]
    first = detente(*asked, "--format", "json", "--resume", str(tmp_path))
    kept = sorted(path.name for path in tmp_path.iterdir())
    again = detente(*asked, "--format", "json", "--resume", str(tmp_path))
    assert kept
    assert first.out == again.out
    assert sorted(path.name for path in tmp_path.iterdir()) == kept
    bands = json.loads(first.out)["tables"]["bands"]["rows"]
    (row,) = [row for row in bands if row["number"] == "welfare | mutual_cut | USA | over D0"]
    assert row["low"] < row["median"] < row["high"]
    assert row["drivers"] == "", "any two draws agree with every input"


def test_tables_go_to_files(detente, tmp_path):
    path = tmp_path / "room.csv"
    assert detente("talks", CASE, "--table", "room", "--out", str(path)).code == 0
    assert path.read_text().splitlines()[0].startswith("weights,horizon,constraints,threat,hom_room")
    assert detente("talks", CASE, "--table", "room", "--format", "csv").out.strip() == path.read_text().strip()
    assert "this has" in sentence(detente("talks", CASE, "--section", "acceptable", "--format", "csv"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-case"], "unknown case 'no-such-case'"),
        (["us-china-2025-5"], "did you mean 'us-china-2025-05'"),
        ([CASE, "--variant", "lapsed"], "unknown variant 'lapsed'"),
        ([CASE, "--threat", "D0,D9"], "unknown threat 'D9'"),
        ([CASE, "--weights", "april"], "unknown weights set 'april'"),
        ([CASE, "--constraints", "tabled"], "unknown constraint set 'tabled'"),
        ([CASE, "--horizon", "century"], "unknown horizon 'century'"),
        ([CASE, "--section", "solution"], "did you mean 'solutions'"),
        ([CASE, "--for", "Japan"], "--for: world two-country has no country but the parties"),
        ([CASE, "--table", "rooms"], "unknown table 'rooms'"),
        ([CASE, "--materials", "chain"], "unknown materials 'chain'"),
        ([CASE, "--materials", "chains-all"], "has no loss from a control"),
        ([CASE, "--set", "fentanyl_value"], "is not a name and a number"),
        ([CASE, "--set", "fentanyl_value=20"], "unknown input 'fentanyl_value'"),
        ([CASE, "--draws", "1"], "give no range"),
        ([CASE, "--draws", "-1"], "--draws"),
        (["us-china-2025-05", "--draws", "5", "--materials", "stand-in"], "draws take the inputs"),
        (["us-china-2025-05", "--draws", "5", "--set", "fentanyl_value=20"], "draws take the inputs"),
        ([CASE, "--format", "yaml"], "unknown format 'yaml'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_sentence(detente, words, said):
    assert said in sentence(detente("talks", *words))


FILE = """
name: mine
title: mine
on: 2025-01-01
parties: [HOM, FOR]
world: {{name: two-country, elasticities: "", closure: fixed}}
issues:
  - {{name: home_duty, {party} levels: {levels}, top: 1.0}}
  - {{name: foreign_duty, party: FOR, levels: {{last: 1.0, step: 0.25}}, top: 1.0}}
outcomes:
  free_trade: {{label: free trade}}
  high: {{levels: {{home_duty: 1.0, foreign_duty: 1.0}}}}
threats:
  - {{name: D0, kind: status-quo, label: now, outcome: high}}
{more}
discount: {{HOM: {rate}, FOR: 0.05}}
{last}
"""
GOOD = {
    "party": "party: HOM,",
    "levels": "{last: 1.0, step: 0.25}",
    "more": "  - {name: DP, kind: past-law, label: before, outcome: free_trade}",
    "rate": "0.05",
    "last": "",
}
TYPES = "beliefs: [{party: HOM, types: {hurried: 0.5, patient: 0.4}}]"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"more": ""}, "only D0 is given; give two or more"),
        ({"party": ""}, "no party"),
        ({"levels": "[0.0, 0.5, 0.25]"}, "levels cross"),
        ({"rate": "1.2"}, "1.2 lies outside (0, 1)"),
        ({"rate": "0"}, "0 lies outside (0, 1)"),
        ({"last": TYPES}, "sums to 0.9; make it sum to 1"),
    ],
)
def test_a_case_that_cannot_be_is_told_in_one_sentence(detente, tmp_path, change, said):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE.format(**{**GOOD, **change}), encoding="utf-8")
    assert said in sentence(detente("talks", str(path)))


def test_an_empty_acceptable_set_says_why(detente, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE.format(**GOOD), encoding="utf-8")
    ran = detente("talks", str(path), "--section", "acceptable,cautions")
    assert "only the threat" in ran.out
    assert "No deal beats before for both" in ran.out
