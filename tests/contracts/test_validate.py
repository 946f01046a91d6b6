"""What a run refuses a dry run refuses, in the same words."""

import json
from datetime import date

import pytest

import detente as dt
from detente.codes import DetenteError
from detente.lab.prepared import prepared
from detente.lab.run import run
from detente.lab.scenario import parse_scenario, shipped

TODAY = date(2026, 11, 27)
PLAIN = {"world": False, "prices": False, "talks": False, "draws": 0, "by": []}
ADDED = {
    "id": "mine", "title": "Mine", "authority": "section_232", "goods": "all", "partners": ["CHN"],
    "periods": [{"rate": 0.1, "from": "2025-05-01"}],
}  # fmt: skip


def changed(**entry):
    return {"usa": {"change": [{"measure": "rec_chn", "rate": "34%", **entry}]}}


FAULTY = [
    ({"report": {"by": ["partnr"]}}, "did you mean 'partner'"),
    ({"report": {"partners": ["Narnia"]}}, "report.partners"),
    ({"report": {"products": [{"line": "8507.61.00.99", "partner": "CHN"}]}}, "report.products, product 1"),
    ({"report": {"products": [{"line": "8507.60.00.10", "partner": "Chna"}]}}, "did you mean 'China'"),
    ({"report": {"products": [{"line": "8507.60.00.10", "partner": "USA"}]}}, "importer itself"),
    ({"report": {"products": [{"line": "batteries", "partner": "CHN"}]}}, "not a tariff code"),
    ({"report": {"products": [{"line": "8507.60.00.10", "partner": "G20"}]}}, "owe different duties"),
    ({"report": {"draws": -1}}, "report.draws"),
    ({"report": {"draws": 1_000_000}}, "report.draws"),
    ({"report": {"elasticity": -1}}, "report.elasticity"),
    ({"record": {"moves": ["us-geneva-duty"]}}, "key 'moves' is gone; leave it out"),
    ({"record": {"events": "nowhere"}}, "unknown ledger"),
    ({"record": {"events": "us-china-events", "since": "2031-01-01"}}, "none in this span"),
    ({"record": {"claims": "nowhere"}}, "unknown ledger"),
    ({"record": {"claims": "us-china-events"}}, "no list of claims"),
    ({"materials": {"chain": "gold"}}, "unknown chain"),
    ({"materials": {"without": "april"}}, "did you mean 'april-2025'"),
    ({"materials": {"deal": "nothing"}}, "unknown scenario"),
    ({"materials": {"deal": 1.5}}, "1.5 is too large; give 1 or less"),
    ({"materials": {"countries": ["Narnia"]}}, "unknown country 'Narnia'"),
    ({"materials": {"countries": ["DEU"]}}, "counted in EU27"),
    ({"materials": {"licences_from": "2020-01-01"}}, "before April 2025"),
    ({"materials": {}, "on": "2024-05-14"}, "before April 2025"),
    ({"materials": {"months": 0}}, "materials.months"),
    ({"deal": {"weights": "love"}}, "unknown weights set"),
    ({"deal": {"days": 90}, "counterpart": "EU27"}, "the sides are the United States and the European Union"),
    ({"deal": {"days": 90}, "world": "icio-2052"}, "unknown world 'icio-2052'"),
    ({"deal": {"licences": 2}}, "licences: 2 is out of range"),
    ({"deal": {"days": 0}}, "deal.days"),
    ({"deal": {"lenght": 90}}, "deal: unknown key 'lenght'"),
    ({"against": {"deal": {"days": 90}}}, "against: unknown key 'deal'"),
    ({"variants": {"a": {"deal": {"weights": "love"}}}}, "deal of a"),
    ({"variants": {"a": {"on": "1990-01-01"}}}, "before the lawbook begins"),
    ({"weights": "2009"}, "run from 2015 to 2025"),
    ({"claims": "2031-05"}, "months run from 2025-01 to 2026-02"),
    ({"claims": "late"}, "or a month as 2025-03"),
    ({"set": {"us_contnt": 0.4}}, "did you mean 'us_content'"),
    ({"set": {"us_content": 1.4}}, "not a share"),
    ({"set": {"base": 9}}, "900%"),
    ({"on": "1999-01-01"}, "before the lawbook begins"),
    ({"on": "2150-01-01"}, "too far ahead"),
    ({"against": {"on": "1999-01-01"}}, "before the lawbook begins"),
    ({"usa": {"change": [{"measure": "rec_chnn", "rate": "34%"}]}}, "did you mean 'rec_chn'"),
    ({"usa": {"change": [{"measure": "rec_chn"}]}}, "exactly one of rate and floor"),
    (changed(rate="abc"), "not a rate"),
    (changed(rate=34), "3400%"),
    (changed(until="2025-01-01"), "swap the days"),
    (changed(partners=["Narnia"]), "unknown country"),
    (changed(goods={"sectors": ["unicorns"]}), "unknown sector"),
    (changed(goods={}), "neither sectors nor codes"),
    ({"usa": {"lift": ["authority:nothing"]}}, "unknown measure"),
    ({"usa": {"void": ["basis:XX"]}}, "did you mean 'basis:IEEPA'"),
    ({"usa": {"switches": ["none"]}}, "unknown switch"),
    ({"usa": {"add": [{"id": "x"}]}}, "key 'title' is missing"),
    ({"usa": {"add": [{**ADDED, "id": "rec_chn"}]}}, "is taken by"),
    ({"usa": {"add": [{**ADDED, "authority": "section_999"}]}}, "unknown authority"),
    ({"usa": {"add": [{**ADDED, "goods": [{"codes": ["8507.61"]}]}]}}, "unknown tariff code"),
    ({"chn": {"change": [{"measure": "rec_chn", "rate": "34%"}]}}, "unknown measure"),
    ({"importer": "Atlantis"}, "importer"),
    ({"seed": -1}, "seed"),
]  # fmt: skip
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


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("given", "words"), FAULTY, ids=[str(k) for k in range(len(FAULTY))])
def test_what_run_refuses_a_dry_run_refuses_in_the_same_words(given, words):
    def read(name):
        return parse_scenario(content(given), name, "uploaded")

    refused = said(lambda: run(read("uploaded scenario"), today=TODAY))
    assert words in refused
    assert said(lambda: prepared(read("uploaded scenario"), today=TODAY)) == refused
    assert words in said(lambda: dt.run(content(given), dry_run=True))


@pytest.mark.sampled(3)
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
