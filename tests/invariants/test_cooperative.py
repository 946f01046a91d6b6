"""What cooperative tariffs must do: everybody gains, nothing is left on the table, and the theory of two countries."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import SolveError
from detente.data.worlds import load_economy
from detente.economy import Shock, added, nash, solve
from detente.economy.policies.cooperative import common_improvement, continued_log, cooperative
from detente.economy.solver import scan
from small_worlds import drawn_world

pytestmark = pytest.mark.sampled(3, together=True)

PLAIN = {"distribution_margin": 0.0, "labor_supply_elasticity": 0.0, "scale_elasticity": 0.0}
seeds = st.integers(0, 10_000)


def with_rates(economy, usa, chn):
    """Rates between the two players, everything else free."""
    tariff = np.zeros((len(economy.countries),) * 2)
    a, b = economy.country("USA"), economy.country("CHN")
    tariff[a, b], tariff[b, a] = usa, chn
    return Shock(tariff)


@given(seeds, st.sampled_from([("uniform", 1), ("sector", 2)]))
@settings(max_examples=8)
def test_everybody_gains_over_the_war_and_nobody_could_do_better_at_no_cost(seed, form):
    over, sectors = form
    economy = drawn_world(seed, sectors)
    found = cooperative(economy, ["USA", "CHN"], over=over)
    assert min(found.gains.values()) > 0.0
    assert found.certificate.first_order < 1e-4
    assert found.certificate.improvement < 1e-4
    assert found.certificate.apart < 1e-3
    assert "tariff war" in found.notes[0]
    war = nash(economy, ["USA", "CHN"], over=over)
    for code, gain in found.gains.items():
        assert found.threat[code] == pytest.approx(war.welfare[code], abs=1e-9)
        assert found.welfare[code] == pytest.approx(found.equilibrium.change("welfare", code), abs=1e-12)
        assert gain == pytest.approx(found.welfare[code] - found.threat[code], abs=1e-12)


@given(seeds)
@settings(max_examples=6)
def test_no_other_rates_have_a_larger_product_and_players_alike_agree(seed):
    economy = drawn_world(seed)
    weights = {"USA": 0.4, "CHN": 0.6}
    found = cooperative(economy, ["USA", "CHN"], weights=weights)
    near = [float(found.rates[code][0]) for code in ("USA", "CHN")]
    draw = np.random.default_rng(seed)
    tried = np.vstack([near + draw.normal(0.0, 0.01, (30, 2)), draw.uniform(-0.3, 0.5, (60, 2))])
    for point in scan(economy, [with_rates(economy, *pair) for pair in tried]):
        gains = {code: point.change("welfare", code) - found.threat[code] for code in weights}
        if min(gains.values()) > 0.0:
            product = np.prod([gain ** weights[code] for code, gain in gains.items()])
            assert product <= found.product * (1.0 + 1e-7)
    swapped = np.array([4, 1, 2, 3, 0])
    flows = economy.arrays["flows"]
    arrays = {
        "flows": 0.5 * (flows + flows[np.ix_(swapped, swapped)]),
        "distribution_share": 0.5 * (economy.arrays["distribution_share"] * np.ones((2, 1))).sum(axis=0),
    }
    arrays["distribution_share"] = 0.5 * (arrays["distribution_share"] + arrays["distribution_share"][swapped])
    found = cooperative(replace(economy, arrays=arrays), ["USA", "CHN"])
    assert found.rates["USA"] == pytest.approx(found.rates["CHN"], abs=1e-5)
    assert found.gains["USA"] == pytest.approx(found.gains["CHN"], rel=1e-5)


@given(seeds, st.floats(0.2, 0.8))
@settings(max_examples=6)
def test_two_countries_alone_are_efficient_where_their_rates_offset(seed, weight):
    """Mayer (1981): without other countries the contract curve is (1 + t_a)(1 + t_b) = 1; weights move along it."""
    economy = drawn_world(seed, codes=("CHN", "USA"), **PLAIN)
    weights = {"USA": weight, "CHN": 1.0 - weight}
    shock = Shock(options={"closure": "zero", "rebate": "lump-sum"})
    war = nash(economy, ["USA", "CHN"], shock=shock).equilibrium
    found = cooperative(economy, ["USA", "CHN"], weights=weights, threat=war, shock=shock)
    assert (1.0 + found.rates["USA"][0]) * (1.0 + found.rates["CHN"][0]) == pytest.approx(1.0, abs=1e-5)
    if abs(weight - 0.5) > 0.1:
        equal = cooperative(economy, ["USA", "CHN"], threat=war, shock=shock)
        assert (found.gains["USA"] - equal.gains["USA"]) * (weight - 0.5) > 0.0


def test_in_the_world_of_194_the_larger_loser_of_the_war_is_paid_in_tariffs():
    economy = load_economy("libday-2023")
    found = cooperative(economy, ["USA", "CHN"])
    assert found.gains_at_zero["USA"] < 0.0 < min(found.gains.values())
    assert found.rates["USA"][0] > 0.0 > found.rates["CHN"][0]
    table = found.table()
    assert table["gain"].tolist() == [found.gains["USA"], found.gains["CHN"]]
    assert table["rate"] == pytest.approx([found.rates["USA"][0], found.rates["CHN"][0]], abs=1e-12)
    assert "3 starts" in table.notes[-1]


def test_no_subsidies_below_zero_and_many_rates_do_better_than_one(small):
    war = nash(small, ["USA", "CHN"]).equilibrium
    free = cooperative(small, ["USA", "CHN"], threat=war)
    held = cooperative(small, ["USA", "CHN"], threat=war, lowest=0.0)
    assert free.rates["CHN"][0] < 0.0
    assert min(own.min() for own in held.rates.values()) >= 0.0
    assert held.product < free.product
    assert held.certificate.first_order < 1e-4
    threat = solve(small, Shock(added(small, "USA", ["CHN"], 0.5)))
    one = cooperative(small, ["USA", "CHN"], threat=threat)
    many = cooperative(small, ["USA", "CHN"], over="sector", threat=threat, starts=(0.1,))
    assert many.product > one.product
    assert many.certificate.apart < 1e-3
    assert many.certificate.starts == ("0.1", "threat", "chance 1")
    assert "best of 3 starts" in many.notes[-1]


def test_three_players_share_too(small):
    found = cooperative(small, ["USA", "CHN", "EUN"])
    assert min(found.gains.values()) > 0.0
    assert found.certificate.improvement < 1e-5


def test_political_weights_are_bargained_over_where_the_shock_names_them(small):
    weight = np.ones((20, 15))
    weight[:, small.sectors.index("ELE")] = 3.0
    economy = replace(small, arrays={**small.arrays, "political_weight": weight})
    shock = Shock(options={"objective": "political"})
    threat = solve(economy, Shock(added(economy, "USA", ["CHN"], 0.5), options=shock.options))
    found = cooperative(economy, ["USA", "CHN"], threat=threat, shock=shock)
    gains = found.equilibrium.changes["political_welfare"] - threat.changes["political_welfare"]
    at = [economy.country("USA"), economy.country("CHN")]
    assert list(found.gains.values()) == pytest.approx(gains[at], abs=1e-12)
    assert found.certificate.first_order < 1e-4
    assert not found.in_usd
    assert np.isnan(found.table()["gain_usd"]).all()


def test_where_nothing_can_be_shared_the_error_says_so_and_the_logarithm_goes_on_smoothly():
    economy = drawn_world(1)
    start = solve(economy, Shock())
    better = {**start.changes, "welfare": start.changes["welfare"] + 0.5}
    with pytest.raises(SolveError, match=r"nothing to share.*USA.*CHN"):
        cooperative(economy, ["USA", "CHN"], threat=replace(start, changes=better))
    floor, step = 0.3, 1e-6
    at = np.array([-1.0, 0.0, 0.299, 0.3, 0.301, 2.0])
    value, slope = continued_log(at, floor)
    assert value[3:] == pytest.approx(np.log(at[3:]))
    numeric = (continued_log(at + step, floor)[0] - continued_log(at - step, floor)[0]) / (2 * step)
    assert slope == pytest.approx(numeric, rel=1e-6)
    assert (np.diff(slope) < 0).all()


def test_a_common_improvement_is_measured_against_what_each_could_get():
    free = np.ones(2, dtype=bool)
    assert common_improvement(np.array([[1.0, 0.0], [0.0, 2.0]]), free, free) == pytest.approx(1.0)
    assert common_improvement(np.array([[1.0, 1.0], [-2.0, -2.0]]), free, free) == pytest.approx(0.0)
    assert common_improvement(np.array([[1.0, 1.0], [1.0, -1.0]]), free, free) == pytest.approx(0.5)
    assert common_improvement(np.array([[1.0, 0.0], [1.0, 0.0]]), free, ~free) == pytest.approx(0.0)
