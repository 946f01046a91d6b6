"""A family that can do nothing beyond equations and accounts is solved, differentiated and told apart by nobody."""

from dataclasses import replace

import numpy as np
import pytest

from detente.codes import InputError, declared_note
from detente.economy import Economy, Shock, calibrate, decompose, formula_tariff, gradient, solve, sufficient_nash
from detente.economy.armington.family import Armington
from detente.economy.families import FAMILIES, family_named, family_of
from detente.economy.family import Family
from detente.economy.frame import baseline_tariff
from detente.economy.policies.policy import Search, groups, weights_of
from detente.economy.policies.sufficient import average
from detente.economy.solver import CHORD, FIXED_POINT, solve_many
from detente.faces.ask.question import find
from detente.lab.scenario import SAME_CLOSURE


class Plain(Armington):
    """Family A with the equations alone: whatever a family may leave out is left to the defaults."""

    name = "plain"
    stackable = False
    iterate = Family.iterate
    several = Family.several
    why_none = Family.why_none
    stack = staticmethod(Family.stack)
    points_of = staticmethod(Family.points_of)
    closed_form = Family.closed_form
    best_rates = staticmethod(Family.best_rates)


@pytest.fixture(scope="module")
def known():
    flows = np.random.default_rng(7).uniform(1.0, 5.0, (4, 4))
    np.fill_diagonal(flows, 0.0)
    return calibrate("four", ("USA", "CHN", "DEU", "JPN"), flows, np.array([90.0, 70.0, 30.0, 40.0]))


@pytest.fixture
def plain(known, monkeypatch):
    monkeypatch.setitem(FAMILIES, "plain", Plain)
    return replace(known, family="plain")


def duty(economy: Economy) -> Shock:
    tariff = np.zeros((4, 4))
    tariff[economy.country("USA"), economy.country("CHN")] = 0.3
    return Shock(tariff)


def test_equations_alone_give_the_equilibrium_and_many_shocks_do_without_a_stack(known, plain):
    one, other = solve(known, duty(known)), solve(plain, duty(plain))
    assert (one.certificate.method, other.certificate.method) == (declared_note(FIXED_POINT), declared_note(CHORD))
    assert other.u == pytest.approx(one.u, abs=1e-9)
    assert gradient(other, "USA") == pytest.approx(gradient(one, "USA"), abs=1e-8)
    shocks = [duty(plain), duty(plain).nothing()]
    ours, theirs = solve_many(plain, shocks), solve_many(known, shocks)
    assert [e.u for e in ours] == [pytest.approx(e.u, abs=1e-9) for e in theirs]
    search = Search(plain, Shock(), weights_of(plain, "USA"), groups(plain, "USA", "uniform"))
    assert np.isfinite(search.tried([np.array([0.1])], np.array([0.05]))).all()


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda world: decompose(solve(world, duty(world))), "has no decomposition"),
        (lambda world: formula_tariff(world, "USA"), "closed forms are for"),
        (lambda world: sufficient_nash(world, ["USA", "CHN"]), "there is no formula here"),
    ],
)
def test_what_a_family_cannot_do_is_refused_in_a_sentence(plain, ask, words):
    with pytest.raises(InputError, match=words):
        ask(plain)


def test_an_average_of_a_world_with_inputs_is_weighed_by_its_final_spending(small):
    tariff = baseline_tariff(small).copy()
    tariff[small.country("USA"), small.country("CHN")] += 0.1
    found = solve(small, Shock(tariff))
    weight = family_of(small).spending(small)
    assert average(found, "welfare") == pytest.approx(
        float(found.changes["welfare"] @ weight / weight.sum()), rel=1e-12
    )
    assert average(found, "welfare", weights="none") == pytest.approx(float(np.mean(found.changes["welfare"])))


def test_the_question_of_a_world_lists_the_closures_of_every_family():
    listed = list(find("economy solve").choices_of("closure"))
    for name in FAMILIES:
        assert {SAME_CLOSURE.get(closure, closure) for closure in family_named(name).closures} <= set(listed)
    assert {"balanced", "proportional"} <= set(listed)
    assert len(listed) == len(set(listed))
