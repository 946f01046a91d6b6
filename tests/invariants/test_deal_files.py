"""The file that the Deal page hands out, run, gives what the page shows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from detente.codes import Table
from detente.data.casefile import settled_case
from detente.faces.report.replication import scenario_text
from detente.faces.words.findings import findings
from detente.lab.averages.sides import Pairing, pairings_of
from detente.lab.deal.answer import DealEngine, Dealt
from detente.lab.deal.file import result_of, scenario_of
from detente.lab.deal.levers import Deal, is_laid, served
from detente.lab.deal.numbers import deal_tables
from detente.lab.deal.signing import deals_of, run_talk
from detente.lab.part import RunQuestion
from detente.lab.prepared import prepared
from detente.lab.run import run
from detente.lab.scenario import Proposal, Scenario, parse_scenario
from detente.lab.talks.near import law_of_talks
from detente.lab.talks.talk import Talk
from detente.lab.world.part import PART as WORLD
from detente.lab.world.part import closure_table

MOVED = {
    "part": ({"us": 22.0, "licences": 0.55, "action": 0.3}, {"days": 200}),
    "short": ({"cn": 15.0, "licences": 0.97}, {"days": 400, "horizon": "short", "weights": "april-2025"}),
}
"""Levers that no named deal moves: licences in part, action, length, the other run and weights."""
SHARED = ("deal_months", "deal_unmet", "deal_gains", "deal_break_even", "deal_days")


STORED = 1e-10
"""To what a run stores a share."""

SEARCHED = 1e-6
"""To what it stores what talks search for, as a share of the largest number of its column."""


def deals_of_page(engine: DealEngine) -> dict[str, Dealt]:
    """Every named deal of a case, and those of `MOVED`."""
    plain = Deal(engine.warm.file.name, engine.warm.file.on)
    standard = engine.deal_of(engine.warm.case.outcome(engine.warm.talk.reference), plain)
    found = {name: engine.deal_of(engine.warm.case.outcome(name), standard) for name in engine.warm.file.outcomes}
    return {name: engine.deal(levers) for name, levers in found.items()} | {
        name: engine.deal(replace(standard, levels={**standard.levels, **levels}, **more))
        for name, (levels, more) in MOVED.items()
    }


def file_of(engine: DealEngine, deal: Dealt) -> Scenario:
    """The file that a deal hands out, read as `detente run` reads it."""
    return parse_scenario(yaml.safe_load(scenario_text(scenario_of(engine, deal))), "the file", "deal")


def rows_of(table: Table, **wanted: str) -> list[dict]:
    return [row for row in table.rows() if all(row[key] == value for key, value in wanted.items())]


def assert_economy(deal: Dealt, tables: Mapping[str, Table], name: str) -> None:
    """Income, duty and third countries of a deal are those of a variant of a run; the short run has none."""
    if deal.deal.horizon == "short":
        return
    for code in ("USA", "CHN"):
        (row,) = rows_of(tables["economy"], variant=name, measure="real_income", country=code)
        one, found = deal.number(f"income_{code}"), (row["change"], row["low"], row["high"])
        assert (one.value, one.low, one.high) == pytest.approx(found, abs=1e-8), (name, code)
        collected, (row,) = deal.number(f"revenue_{code}"), rows_of(tables["parties"], variant=name, importer=code)
        found = (row["duty_before"], row["duty_after"])
        assert (collected.before, collected.value) == pytest.approx(found, rel=1e-7), (name, code)
    for code in ("DEU", "VNM"):
        one, (row,) = deal.number(f"income_{code}"), rows_of(tables["incomes"], variant=name, country=code)
        found = (row["real_income"], row["real_income_low"], row["real_income_high"])
        assert (one.value, one.low, one.high) == pytest.approx(found, abs=1e-8), (name, code)


def assert_shared(deal: Dealt, tables: Mapping[str, Table], name: str) -> None:
    """Tables of the page that a run has too are the same, row by row."""
    for key in (key for key in SHARED if key in deal.tables):
        columns = ("value", "before", "low", "high")
        unit = {column: SEARCHED * np.nanmax(np.abs(tables[key][column]), initial=1e-9) for column in columns}
        for mine, other in zip(deal.tables[key].rows(), tables[key].rows(), strict=True):
            assert mine["number"] == other["number"], (name, key)
            for column in columns:
                found = pytest.approx(other[column], rel=1e-9, abs=unit[column], nan_ok=True)
                assert mine[column] == found, (name, mine)


@pytest.mark.sampled(9)
@pytest.mark.parametrize("case", [name for name in served() if is_laid(settled_case(name))])
def test_every_deal_is_the_run_of_its_file(opened_case, case):
    """One number, one world, one range, in page, interface and `detente run` of the file that the page hands out.

    The files of a case run as variants of one, so that what they are compared with is read once.
    """
    engine = opened_case(case)
    deals = deals_of_page(engine)
    files = {name: file_of(engine, deal) for name, deal in deals.items()}
    first = next(iter(files.values()))
    assert all(file.on == first.on and file.against == first.against for file in files.values())
    points = {name: Proposal(on=file.on, usa=file.usa, chn=file.chn, deal=file.deal) for name, file in files.items()}
    asked = prepared(first.model_copy(update={"variants": points}))
    pairs = dict(zip(files, zip(asked.pairings["USA"], asked.pairings["CHN"], strict=True), strict=True))
    wanted = frozenset(("economy", "incomes", "parties"))
    tables = WORLD.build(RunQuestion(asked.scenario, only=wanted, pairings=asked.pairings), {}).tables
    for name, deal in deals.items():
        usa, chn = pairs[name]
        duty = deal.number("us_average")
        assert (duty.before, duty.value) == pytest.approx((usa.before.average, usa.after.average), rel=1e-9), name
        assert_economy(deal, tables, name)
        talk = talk_of(engine, asked.scenario.model_copy(update={"variants": {name: points[name]}}), usa, chn)
        levels = engine.outcome_of(deal.deal)
        assert talk.case.outcome(talk.reference) == pytest.approx(levels, abs=1e-9), name
        if name in MOVED:
            found = deal_tables(talk, replace(deal.deal, on=usa.after.on))
            assert_shared(deal, {table.name: table for table in found}, name)


def talk_of(engine: DealEngine, scenario: Scenario, usa: Pairing, chn: Pairing) -> Talk:
    """The talk of a run, on the surfaces that are solved for the page: those of the case, whatever its deals."""
    file = engine.warm.file
    talk = run_talk(file, deals_of(file, scenario, law_of_talks(file, [usa], [chn]))).talk
    talk.case._surfaces.update(engine.warm.case._surfaces)
    assert talk.whole(talk.headline).threats
    return talk


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["part", "past_law"])
def test_the_file_of_a_deal_runs_whole(engine, name):
    deal = deals_of_page(engine)[name]
    file = file_of(engine, deal)
    plain = {"materials": None, "report": file.report.model_copy(update={"draws": 0, "prices": False, "by": []})}
    found = run(file.model_copy(update=plain), only=("economy", "incomes", "parties"))
    (head,) = rows_of(found.tables["headline"], definition="fixed")
    assert head["after"] == pytest.approx(deal.number("us_average").value, abs=STORED)
    assert_economy(deal, found.tables, file.name)
    assert_shared(deal, found.tables, name)
    assert deal.deal.weights == engine.warm.talk.headline.weights
    first = next(row for row in found.tables["signing"].rows() if row["weights"] == deal.deal.weights)
    for code in ("USA", "CHN"):
        for threat in ("D0", "DP"):
            assert first[f"{code.lower()}_over_{threat}"] == pytest.approx(
                deal.number(f"gain_{code}_{threat}").value, rel=1e-9, abs=1e3
            )
    assert any(f"During its {deal.deal.days} days" in sentence for sentence in findings(found))


def test_a_closure_and_a_year_of_weights_are_those_of_the_file(engine):
    deal, plain = engine.deal({"closure": "zero", "year": "2022"}), engine.deal({})
    file = file_of(engine, deal)
    assert (file.closure, file.weights) == ("zero", "2022")
    pairings = {code: list(pairings_of(file, code, Path())) for code in ("USA", "CHN")}
    assert deal.number("us_average").value == pytest.approx(pairings["USA"][0].after.average, abs=1e-12)
    rows = {row["closure"]: row for row in closure_table(file, pairings).rows()}
    of_file, shown = rows["zero"]["real_income"], deal.number("income_USA")
    assert shown.value == pytest.approx(of_file, abs=1e-8)
    assert shown.low <= min(row["real_income"] for row in rows.values()) + 1e-8
    # Prices in units of the world's income are paid by nobody: the long run tells none.
    assert not [number.name for number in deal.numbers if number.name.startswith("prices_")]
    assert deal.number("income_USA").value != plain.number("income_USA").value
    assert deal.number("gain_USA_D0").value == plain.number("gain_USA_D0").value


@pytest.mark.parametrize(
    "more", [{}, {"except": "electronics,cars"}, {"except": "ELE,PHA,AGR", "partner": "VNM", "rate": "12.5"},
     {"partner": "EUN", "rate": "10"}],
)  # fmt: skip
def test_a_deal_is_a_scenario_that_runs_to_the_same_average(engine, more):
    deal = engine.deal({"us": "34", "cn": "30", "fentanyl": "10", **more})
    scenario = parse_scenario(yaml.safe_load(scenario_text(scenario_of(engine, deal))), "the file", "deal")
    (pair,) = pairings_of(scenario, "USA", Path())
    duty = deal.number("us_average")
    assert (pair.before.average, pair.after.average) == pytest.approx((duty.before, duty.value), abs=STORED)
    assert result_of(engine, deal).key == deal.key
