"""Averages over countries and lists of closures: what depends on the family is asked of it."""

import numpy as np
import pytest

from detente.data.worlds import load_economy
from detente.economy import Shock, solve
from detente.economy.families import FAMILIES, family_named, family_of
from detente.economy.frame import baseline_tariff
from detente.economy.policies.sufficient import average
from detente.faces.ask.question import find
from detente.lab.scenario import SAME_CLOSURE


@pytest.fixture(scope="module")
def small():
    world = load_economy("icio-2022-small")
    tariff = baseline_tariff(world).copy()
    tariff[world.country("USA"), world.country("CHN")] += 0.1
    return solve(world, Shock(tariff))


def test_an_average_of_a_world_with_inputs_is_weighed_by_its_final_spending(small):
    weight = family_of(small.economy).spending(small.economy)
    assert average(small, "welfare") == pytest.approx(
        float(small.changes["welfare"] @ weight / weight.sum()), rel=1e-12
    )
    assert average(small, "welfare", weights="none") == pytest.approx(float(np.mean(small.changes["welfare"])))


def test_the_question_of_a_world_lists_the_closures_of_every_family():
    listed = list(find("economy solve").choices_of("closure"))
    for name in FAMILIES:
        assert {SAME_CLOSURE.get(closure, closure) for closure in family_named(name).closures} <= set(listed)
    assert {"balanced", "proportional"} <= set(listed)
    assert len(listed) == len(set(listed))
