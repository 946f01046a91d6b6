"""From law to the world economy: what a deal does to every country."""

import numpy as np
import pytest

from detente.data.worlds import load_economy
from detente.lab.run import run
from detente.lab.scenario import parse_scenario


@pytest.fixture(scope="module")
def geneva(ran):
    return ran("geneva")


def rows(result, name, key):
    return {row[key]: row for row in result.table(name).rows()}


def test_both_parties_gain_from_geneva_and_those_trade_was_diverted_to_lose(geneva):
    world = rows(geneva, "world", "country")
    assert world["USA"]["real_income"] > 0
    assert world["CHN"]["real_income"] > 0
    assert world["VNM"]["real_income"] < 0


def test_trade_between_the_parties_rises_and_comes_back_from_others(geneva):
    parties = {(r["importer"], r["exporter"]): r for r in geneva.table("parties").rows()}
    assert parties[("USA", "CHN")]["trade"] > 0.5
    diverted = {(r["importer"], r["exporter"]): r["change"] for r in geneva.table("diverted").rows()}
    assert diverted[("USA", "CHN")] > 0
    assert diverted[("USA", "VNM")] < 0
    assert diverted[("CHN", "USA")] > 0


def test_sectors_of_a_party_add_up_and_work_only_moves(geneva):
    """Work is of fixed supply in this world: sectors gain what others lose, weighted by what they pay."""
    from detente.economy.input_output.accounts import accounts

    economy = load_economy("icio-2022")
    base = accounts(economy)
    for code in ("USA", "CHN"):
        moved = np.array([r["employment"] for r in geneva.table("sectors").rows() if r["country"] == code])
        paid = (base.value_added_share * base.output)[economy.country(code)]
        assert abs((moved * paid).sum() / paid.sum()) < 0.005
        assert moved.min() < 0 < moved.max()


def test_a_point_of_duty_is_worth_less_than_nothing_to_the_other_party(geneva):
    worth = {(r["importer"], r["exporter"]): r for r in geneva.table("concessions").rows()}
    assert worth[("USA", "CHN")]["chn"] < 0
    assert worth[("CHN", "USA")]["usa"] < 0


def test_headline_numbers_lie_in_their_range(ran):
    table = ran("geneva", draws=None).table("economy")
    assert (table["low"] <= table["change"]).all()
    assert (table["change"] <= table["high"]).all()
    assert (table["low"] < table["high"]).all()


def test_a_scenario_that_changes_nothing_changes_nobody():
    report = {"prices": False, "talks": False}
    scenario = parse_scenario({"title": "x", "on": "2025-05-20", "report": report}, "test", "nothing")
    world = run(scenario, draws=0).table("world")
    for column in ("real_income", "real_wage", "exports_to_gdp", "imports_to_gdp", "real_gdp"):
        assert np.abs(world[column]).max() < 1e-12


def test_the_duty_of_a_sector_is_that_of_its_trade():
    """Chinese toys and clothing at the height of the dispute owe well over the emergency duties of 145%."""
    from datetime import date
    from pathlib import Path

    from detente.lab.averages.axes import Axes, laid
    from detente.lab.averages.sides import _side
    from detente.lab.scenario import Point, load_scenario

    economy = load_economy("icio-2022")
    scenario, _ = load_scenario("geneva")
    side = _side(scenario, Point(on=date(2025, 5, 8)), "USA", Path(), "before")
    trade = laid(side.ground, Axes.of(economy))
    duty = trade.mean(side.rates.total)[economy.country("CHN")]
    assert duty[economy.sector("C13T15")] > 1.45
    assert duty[economy.sector("C31T33")] > 1.40
    assert duty[economy.sector("C26")] < 0.9
    assert trade.unplaced < 0.01


def test_the_range_names_its_sets(ran):
    table = ran("geneva", draws=None).table("elasticities")
    assert len(table) == 8
    assert (table["usa"] > 0).all()


def test_answers_of_worlds_near_by_keep_nothing_of_their_equations():
    """Two thirds of what an answer holds are the equations it solved, which only the one that is shown is asked for."""
    from detente.economy import Shock, baseline_tariff
    from detente.lab.world.incidence import Laws, shown

    economy = load_economy("icio-2022-small")
    tariff = np.array(baseline_tariff(economy))
    tariff[0, 1] += 0.1
    laws = [Laws("one", Shock(), Shock(tariff=tariff), {})]
    main = shown(laws, economy)
    near = shown(laws, economy, "proportional", main)
    assert all(answer.shock.memo for answer in (main[0].before, main[0].after))
    assert not any(answer.shock.memo for answer in (near[0].before, near[0].after))
    assert near[0].number("welfare", "USA") != main[0].number("welfare", "USA")
