"""Political optima against searches of another kind from many drawn starts; the three policies agree."""

import numpy as np
import pytest
from scipy.optimize import minimize

from detente.codes import SolveError
from detente.data.worlds import load_economy
from detente.economy import Economy, Shock, aggregate, cooperative, nash, optimal_tariff, solve
from detente.economy.policies.policy import CLOSED, HIGHEST, LOWEST, Search, groups, weights_of
from detente.economy.tariff_table import goods

pytestmark = pytest.mark.sampled(3, together=True)

POLITICS = Shock(options={"closure": "zero", "objective": "political"})
"""Balanced trade: a deficit fixed in money would be a ransom from partners that can no longer sell."""
KEPT = ("USA", "CHN")
BRANCHES = {"TEX": "MAN", "OMF": "MAN", "WPP": "MAN", "ELE": "MAC", "EEQ": "MAC", "VEH": "MAC", "FOO": "AGR"}
BRANCHES |= {"ENE": "ORE", "MET": "ORE", "PHA": "CHM"}


@pytest.fixture(scope="module")
def world():
    """Three regions and goods of the world of 2022 without inputs: low elasticities, profits, uneven weights."""
    small = load_economy("icio-2022-small")
    small = aggregate(small, {c: c if c in KEPT else "RST" for c in small.countries}, BRANCHES)
    at = [small.sector(name) for name in goods(small)]
    flows, tariff = (np.asarray(small.arrays[name])[:, :, at] for name in ("flows", "tariff"))
    n, k = len(small.countries), len(at)
    spending = (flows * (1.0 + tariff)).sum(axis=1)
    draw = np.random.default_rng(0)
    weight = np.exp(draw.normal(0.0, 0.9, (n, k)))
    weight[0, 2] *= 2.0
    arrays = {
        "flows": flows,
        "tariff": tariff,
        "input_share": np.zeros((n, k, k)),
        "final_share": spending / spending.sum(axis=1, keepdims=True),
        "political_weight": weight,
    }
    parameters = {"trade_elasticity": draw.uniform(1.0, 4.0, k), "theta_max": 0.0, "markup": 1.0}
    return Economy("three", "caliendo_parro", small.countries, goods(small), arrays, parameters)


def brute(world, country, starts, seed=0):
    """The best of plain L-BFGS-B from drawn rates, some of them closed."""
    group = groups(world, country, "partner x sector")
    size, draw, values = int(group.max()) + 1, np.random.default_rng(seed), []
    bounds = [(np.log1p(LOWEST), np.log1p(CLOSED))] * size
    for _ in range(starts):
        search = Search(world, POLITICS, weights_of(world, country), group)
        logs = np.where(draw.uniform(size=size) < draw.uniform(0.0, 0.5), 2.4, draw.uniform(-0.1, 1.0, size))

        def downhill(logs, search=search):
            try:
                value, slope = search.slope(logs)
            except SolveError:
                return 1.0, np.zeros(size)
            return -1e2 * value, -1e2 * slope

        found = minimize(downhill, logs, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13})
        values.append(-float(found.fun) / 1e2)
    return max(values)


@pytest.mark.parametrize("country", KEPT)
def test_the_default_search_finds_the_best_of_many_drawn_starts(world, country):
    best = optimal_tariff(world, country, over="partner x sector", shock=POLITICS)
    assert best.value >= brute(world, country, 3) - 1e-7
    assert best.certificate.spread < 1e-6


def test_a_rate_that_ends_at_the_highest_of_the_search_is_carried_on(world):
    """With weights this uneven a sector is best closed: 1,000 per cent leave some of its trade."""
    best = optimal_tariff(world, "USA", over="partner x sector", shock=POLITICS)
    assert best.rates.max() > HIGHEST
    at = np.minimum(best.rates, HIGHEST)
    tariff = np.array(best.equilibrium.shock.tariff)
    tariff[world.country("USA")] = at
    assert best.value > solve(world, POLITICS.with_tariff(tariff)).payoff[world.country("USA")] + 1e-6


@pytest.mark.parametrize("over", ["uniform", "sector"])
def test_each_rate_of_a_war_is_the_optimal_tariff_given_the_others(world, over):
    war = nash(world, ["USA", "CHN"], over=over, shock=POLITICS)
    held = POLITICS.with_tariff(np.asarray(war.equilibrium.shock.tariff))
    assert war.certificate.gain < 1e-7
    for player, other in (("USA", "CHN"), ("CHN", "USA")):
        best = optimal_tariff(world, player, over=over, shock=held, partners=[other])
        assert best.value == pytest.approx(war.welfare[player], abs=1e-8)
        at = world.country(player), world.country(other)
        rates = np.minimum([best.rates[at[1]], held.tariff[at]], 1.0)
        assert rates[0] == pytest.approx(rates[1], abs=1e-3)


def test_no_joint_change_of_rates_beats_a_deal(world):
    """The product of gains falls at any other rates, near or far; so at least one of the two loses."""
    deal = cooperative(world, ["USA", "CHN"], over="sector", shock=POLITICS)
    usa, china = world.country("USA"), world.country("CHN")
    tariff, draw = np.asarray(deal.equilibrium.shock.tariff), np.random.default_rng(1)
    threat = np.array([deal.threat["USA"], deal.threat["CHN"]])
    for width in (0.003, 0.03, 0.3) * 2:
        moved = np.array(tariff)
        for at in ((usa, china), (china, usa)):
            logs = np.log1p(tariff[at]) + draw.uniform(-width, width, tariff[at].size)
            moved[at] = np.expm1(logs).clip(LOWEST, None)
        gains = solve(world, POLITICS.with_tariff(moved)).payoff[[usa, china]] - threat
        assert gains.min() <= 0.0 or float(np.sqrt(gains.prod())) < deal.product
        assert (gains < np.array([deal.gains["USA"], deal.gains["CHN"]])).any()
