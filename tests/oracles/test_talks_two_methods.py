"""Nash tariffs a second way: best responses on a payoff surface against the formula of sufficient statistics."""

import numpy as np
import pytest

from detente.economy import nash, sufficient_nash
from detente.economy.frame import baseline_tariff
from detente.lab.talks.talk import open_talk
from detente.lab.talks.world import economy_of
from detente.talks import Issue, OutcomeSpace, tariff_war
from detente.talks.payoff import SurfacePayoffs
from detente.talks.world import group_of, surface_of
from teaching import duty_on, world_between

PAIR = ("USA", "CHN")


def test_the_textbook_war_by_best_responses_and_by_formula():
    talk = open_talk("two-country", check=False)
    war = talk.negotiation(talk.settings[0]).threat("DN")
    formula = sufficient_nash(economy_of("two-country"), measured=())
    assert war.outcome == pytest.approx([formula.rates[code] for code in talk.parties], abs=1e-5)
    assert war.value == pytest.approx([1000.0 * formula.welfare[code] for code in talk.parties], abs=1e-3)


def test_the_war_of_two_large_countries_by_three_roads():
    """Best responses on a fit, best responses on the model itself, and the formula with its measured error."""
    economy = economy_of("icio-2022-small", "giri-yi")
    goods = [name for name in economy.sectors if name not in economy.parameters.get("services", ())]
    covered = group_of(economy, goods)
    base = np.array(baseline_tariff(economy))
    for importer, exporter in (PAIR, PAIR[::-1]):
        base[economy.country(importer), economy.country(exporter), covered > 0.0] = 0.0
    both = (PAIR, PAIR[::-1])
    duties = tuple(duty_on(economy, f"duty of {one}", one, other, covered, 0.3) for one, other in both)
    space = world_between(economy, PAIR, base, duties)
    surface = surface_of(space, 1e-4)
    issues = tuple(Issue(duty.issue, code, np.linspace(0.0, 0.3, 13)) for duty, code in zip(duties, PAIR, strict=True))
    war = tariff_war(OutcomeSpace(PAIR, issues), SurfacePayoffs(space.issues, surface))
    exact = nash(economy, list(PAIR))
    formula = sufficient_nash(economy, list(PAIR))
    assert war.outcome == pytest.approx([exact.rates[code][0] for code in PAIR], abs=2e-4)
    for code, level in zip(PAIR, war.outcome, strict=True):
        assert abs(level - formula.rates[code]) < abs(formula.departures[code].gap) + 2e-3
    assert formula.gain < 1e-5
