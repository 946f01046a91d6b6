"""What a duty that a scenario adds falls on, and what keeps it from the rest of the trade it is meant for."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from detente.lab.averages.sides import pairings_of
from detente.lab.duties.tables import reach_table, short_of
from detente.lab.scenario import Scenario

TEN = {"id": "ten", "title": "Ten on everything", "goods": "all", "partners": "all"}


def added(authority: str, on: date = date(2026, 3, 15)) -> list:
    measure = TEN | {"authority": authority, "periods": [{"rate": "10%", "from": str(on)}]}
    scenario = Scenario.model_validate({"name": "ten", "on": on, "usa": {"add": [measure]}})
    return list(pairings_of(scenario, "USA", Path()))


@pytest.fixture(scope="module")
def reciprocal():
    return added("reciprocal")


def test_what_an_added_duty_moves_is_its_rate_on_what_it_is_owed_on(reciprocal):
    table = reach_table(reciprocal)
    meant, owed = table["imports"][:2]
    total = reciprocal[0].after.ground.flows.total
    assert meant == pytest.approx(total)
    assert reciprocal[0].after.by_measure()["ten"] == pytest.approx(0.1 * owed / total)
    assert table["imports"][2:].sum() >= meant - owed > 0


def test_each_exemption_named_gives_back_its_trade_when_it_is_lifted(reciprocal):
    side = reciprocal[0].after
    table = reach_table(reciprocal)
    owed, (name, imports) = table["imports"][1], (table["by"][3], table["imports"][3])
    law = side.law.without([name])
    lifted = replace(side, law=law, ground=side.ground.under(law)).by_measure()["ten"]
    assert name == "exm_info"
    assert (lifted - side.by_measure()["ten"]) * side.ground.flows.total == pytest.approx(0.1 * imports)
    assert owed + imports <= table["imports"][0]


def test_the_trade_that_is_meant_stands_beside_what_takes_it_first(reciprocal):
    ((meant, owed, taken),) = short_of(reach_table(reciprocal))
    assert owed["imports"] < meant["imports"] == pytest.approx(reciprocal[0].after.ground.flows.total)
    assert (taken[0]["what"], len(taken)) == ("Civil aircraft and their parts, European Union", 6)


def test_a_scenario_that_adds_no_duty_has_no_such_table():
    on = date(2026, 3, 15)
    scenario = Scenario.model_validate({"name": "none", "on": on, "usa": {"void": ["s122"]}})
    assert reach_table(list(pairings_of(scenario, "USA", Path()))) is None
