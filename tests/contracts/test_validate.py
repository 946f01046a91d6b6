"""What a run refuses a dry run refuses, in the same words."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

import detente as dt
from detente.codes import DetenteError
from detente.lab.prepared import prepared
from detente.lab.run import run
from detente.lab.scenario import parse_scenario, shipped

TODAY = date(2026, 11, 27)
PLAIN = {"world": False, "prices": False, "talks": False, "draws": 0, "by": []}


def changed(**entry):
    return {"usa": {"change": [{"measure": "rec_chn", "rate": "34%", **entry}]}}


ROWS = Path(__file__).parents[1] / "data" / "refused.yaml"
FAULTY = yaml.safe_load(ROWS.read_text(encoding="utf-8"))["scenarios"]
ODD = [
    {"on": "2018-01-01"}, {"on": "2099-01-01"}, {"record": {"claims": "may-2025", "as_of": "2025-01-01"}},
    {"materials": {"countries": [], "months": 1}}, changed(partners=["USA"]), {"variants": {}},
    {"report": {"partners": ["China", "EU27"], "by": ["partner"]}}, {"seed": 10**30}, {"name": "a/b"},
]  # fmt: skip
"""What looks odd and can be run all the same."""


def content(given):
    return {"on": "2025-05-14", **given, "report": {**PLAIN, **given.get("report", {})}}


def said(answer):
    """What is refused, in words; "" for nothing."""
    try:
        answer()
    except DetenteError as error:
        return str(error)
    return ""


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("given", "words"), FAULTY, ids=[str(k) for k in range(len(FAULTY))])
def test_what_run_refuses_a_dry_run_refuses_in_the_same_words(given, words):
    def read(name):
        return parse_scenario(content(given), name, "uploaded")

    refused = said(lambda: run(read("uploaded scenario"), today=TODAY))
    assert words in refused
    assert said(lambda: prepared(read("uploaded scenario"), today=TODAY)) == refused
    assert words in said(lambda: dt.run(content(given), dry_run=True))


@pytest.mark.sampled(5)
@pytest.mark.parametrize("given", ODD, ids=[str(k) for k in range(len(ODD))])
def test_what_validate_takes_runs(given):
    scenario = parse_scenario(content(given), "a file", "mine")
    assert prepared(scenario, today=TODAY).pairings
    assert run(scenario, today=TODAY).tables


def test_claims_said_later_are_refused_where_draws_judge_them():
    scenario = parse_scenario(content(ODD[2]), "a file", "mine")
    assert "was said on" in said(lambda: prepared(scenario, draws=4))
    assert said(lambda: prepared(scenario, draws=4)) == said(lambda: run(scenario, draws=4))


def test_every_shipped_scenario_is_valid(detente):
    rows = json.loads(detente("run", *shipped(), "--dry-run", "--json").out)["tables"]["checked"]["rows"]
    assert list(dict.fromkeys(row["name"] for row in rows)) == list(shipped())
