"""`talks advice`: what it prints for readers and machines."""

import json

import pytest

import detente as dt

CASE = "two-country"


def test_cases_are_listed_with_variants_and_threats(detente):
    ran = detente("talks")
    assert ran.code == 0
    listed = {row["case"]: row for row in dt.talks_advice()}
    assert set(listed) >= {"us-china-2025-05", "us-china-today", CASE}
    assert listed["us-china-today"]["variants"] == "lapsed, prolonged, renewed"
    assert listed[CASE]["threats"] == "D0, DP, DN"


def test_what_the_case_says_is_a_table():
    said = dt.talks_advice("us-china-today").table("said")
    assert {"note", "threat", "fact", "assumption", "input", "source"} <= set(said["kind"])


def test_two_threat_points_are_the_least(detente):
    ran = detente("talks", CASE, "--threat", "D0")
    assert ran.code == 2
    assert "no result is shown for one threat point alone" in ran.err
    ran = detente("talks", CASE, "--threat", "D0,DN", "--table", "solutions", "--json")
    assert {row["threat"] for row in json.loads(ran.out)["tables"]["solutions"]["rows"]} == {"D0", "DN"}


def test_every_table_has_its_unit_and_meaning():
    answer = dt.talks_advice(CASE)
    for name in "payoffs gains room limits left solutions leverage delay stability inverse".split():
        table = answer.table(name)
        assert len(table), name
        assert all(column.description for column in table.columns)
    payoffs = {row["party"]: row["payoff"] for row in answer.table("threats") if row["threat"] == "DN"}
    assert payoffs["HOM"] == pytest.approx(-18.2663e9, rel=1e-4)


def test_same_seed_same_bytes():
    first, again = (dt.talks_advice("us-china-today", values="welfare", draws=2, seed=7) for _ in range(2))
    assert first.to_dict() == again.to_dict()
    (row,) = [row for row in first.table("bands") if row["number"] == "welfare | mutual_cut | USA | over D0"]
    assert row["low"] < row["median"] < row["high"]
    assert row["drivers"] == "", "any two draws agree with every input"


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


def test_an_empty_acceptable_set_says_why(detente, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FILE.format(**GOOD), encoding="utf-8")
    answer = dt.talks_advice(str(path))
    assert any("only the threat" in str(cell) for row in answer.table("room") for cell in row.values())
