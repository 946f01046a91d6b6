"""Nash tariffs by formula: exact with two countries, the published closed form, and an error that is measured."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from detente.codes import InputError, SolveError, UnknownName
from detente.data.worlds import load_economy
from detente.economy import Economy, Shock, formula_tariff, nash, solve
from detente.economy.armington.accounts import PARAMETERS
from detente.economy.armington.accounts import accounts as armington_accounts
from detente.economy.armington.family import inverse_supply
from detente.economy.input_output.accounts import accounts, balance
from detente.economy.policies.policy import HIGHEST
from detente.economy.policies.sufficient import sufficient_nash
from rows import rows_of

LISTED = rows_of(__file__)

CODES = tuple("ABCDEF")
PLAIN = {"labor_supply_elasticity": 0.0, "scale_elasticity": 0.0}
seeds = st.integers(0, 10_000)


def world(seed, n=4, sectors=1, *, inputs=False, deficits=0.2, services=()):
    """A world of family B; `deficits` mixes drawn flows with their symmetric part."""
    draw = np.random.default_rng(seed)
    flows = draw.uniform(1.0, 10.0, (n, n, sectors))
    flows[range(n), range(n)] = draw.uniform(30.0, 80.0, (n, sectors))
    flows = deficits * flows + (1.0 - deficits) * (flows + flows.transpose(1, 0, 2)) / 2.0
    tariff = draw.uniform(0.0, 0.1, flows.shape) * (deficits > 0)
    tariff[range(n), range(n)] = 0.0
    spent = (flows * (1.0 + tariff)).sum(axis=1)
    shares = draw.uniform(0.05, 0.5 / sectors, (n, sectors, sectors)) if inputs else np.zeros((n, sectors, sectors))
    arrays = {"flows": flows, "tariff": tariff, "input_share": shares, "final_share": spent / spent.sum(1)[:, None]}
    parameters = {"trade_elasticity": draw.uniform(3.0, 7.0, sectors), "services": services}
    names = tuple(f"s{k}" for k in range(sectors))
    drawn = Economy("drawn", "caliendo_parro", CODES[:n], names, arrays, parameters)
    return balance(drawn) if inputs else replace(drawn, arrays={**arrays, "final_share": _final(drawn)})


def _final(economy):
    """Final shares that leave nothing over where there are no inputs."""
    base = accounts(economy)
    return base.spending / base.spending.sum(axis=1)[:, None]


def one_sector(flows, **parameters):
    """A one-sector world of family A without margin, labour supply and scale."""
    n = len(flows)
    arrays = {"flows": np.asarray(flows, dtype=float), "distribution_share": np.zeros(n)}
    return Economy("one", "armington", CODES[:n], ("all",), arrays, {**PARAMETERS, **PLAIN, **parameters})


def symmetric_flows(seed, n=3):
    draw = np.random.default_rng(seed)
    flows = draw.uniform(2.0, 8.0, (n, n))
    flows[range(n), range(n)] = draw.uniform(40.0, 90.0, n)
    return (flows + flows.T) / 2.0


def closed_form(found, at, *, same_sector=False):
    """(S2) by loops over what an equilibrium shows; `same_sector` weighs lost revenue as the paper prints it."""
    trade, theta = found.levels["trade"], accounts(found.economy).theta
    rate, spent = found.shock.tariff.reshape(trade.shape), found.levels["spending"]
    n, sectors = spent.shape
    others = [m for m in range(n) if m != at]
    exports = sum(trade[m, at, k] for m in others for k in range(sectors))
    inverse = 0.0
    for m in others:
        buying = [trade[m, at, k] / exports for k in range(sectors)]
        share = trade[m] * (1.0 + rate[m]) / spent[m]
        budget = spent[m] / spent[m].sum()
        t = rate[m, at, 0]
        at_home = float(sum(budget[k] * share[m, k] for k in range(sectors)))
        for k in range(sectors):
            lost = t * budget[k] * share[m, k] / (1.0 + t * at_home) * theta[k] * share[at, k]
            inverse += buying[k] * theta[k] * (1.0 - share[at, k])
            inverse += (buying[k] if same_sector else sum(buying)) * lost
    return 1.0 / inverse


TWO = LISTED["two"]


@pytest.mark.sampled(5)
@pytest.mark.parametrize("case", TWO)
@pytest.mark.parametrize("closure", ["fixed", "zero"])
def test_with_two_countries_the_formula_is_the_best_response(case, closure):
    economy = world(3, 2, **{"deficits": 0.05, **TWO[case]})
    shock = Shock(options={"closure": closure})
    found, war = sufficient_nash(economy, shock=shock), nash(economy, ["A", "B"], shock=shock)
    assert found.equilibrium.certificate.converged
    assert found.step <= 1e-10
    for code in found.players:
        assert found.rates[code] == pytest.approx(float(war.rates[code][0]), abs=1e-6)
        assert found.welfare[code] == pytest.approx(war.welfare[code], abs=1e-8)
    assert found.gap < 1e-6
    assert found.gain < 1e-9


@pytest.mark.parametrize("rebate", ["tax-cut", "lump-sum"])
@pytest.mark.parametrize("transfer", [0.0, 0.1])
def test_family_a_with_two_countries_and_nothing_but_trade_is_exact(rebate, transfer):
    flows = symmetric_flows(1, 2) + np.array([[0.0, transfer], [0.0, 0.0]])
    economy, shock = one_sector(flows), Shock(options={"rebate": rebate})
    found, war = sufficient_nash(economy, shock=shock), nash(economy, ["A", "B"], shock=shock)
    assert found.gap < 1e-6
    for code in found.players:
        assert found.rates[code] == pytest.approx(float(war.rates[code][0]), abs=1e-6)


def test_a_country_that_faces_identical_halves_of_another_is_exact_too():
    """Partners that are alike move together, which is all the method assumes."""
    pair = np.array([[60.0, 6.0], [6.0, 90.0]])
    half = [[60.0, 3.0, 3.0], [3.0, 42.5, 2.5], [3.0, 2.5, 42.5]]
    alike, two = one_sector(half), one_sector(pair)
    found = sufficient_nash(alike, measured=["A"])
    assert abs(found.departures["A"].gap) < 1e-8
    assert found.rates["B"] == pytest.approx(found.rates["C"], abs=1e-10)
    assert found.rates["A"] != pytest.approx(sufficient_nash(two).rates["A"], abs=1e-4)


def test_so_it_is_with_inputs_services_and_deficits():
    two = world(7, 2, 3, inputs=True, deficits=0.05, services=("s2",))
    part, of = np.array([1.0, 0.5, 0.5]), [0, 1, 1]
    flows = two.arrays["flows"][of][:, of] * part[:, None, None] * part[None, :, None]
    arrays = {
        "flows": flows,
        "tariff": two.arrays["tariff"][of][:, of],
        "input_share": two.arrays["input_share"][of],
        "final_share": two.arrays["final_share"][of],
    }
    economy = replace(two, countries=CODES[:3], arrays=arrays)
    found = sufficient_nash(economy)
    assert abs(found.departures["A"].gap) < 1e-7
    assert found.departures["A"].gain < 1e-10
    assert abs(found.departures["B"].gap) > 1e-6


@given(seeds, st.sampled_from([1, 3]), st.sampled_from([2, 4]))
@settings(max_examples=12)
def test_without_inputs_and_deficits_the_rates_are_the_closed_form(seed, sectors, n):
    economy = world(seed, n, sectors, deficits=0.0)
    found = sufficient_nash(economy, measured=())
    for at, code in enumerate(found.players):
        assert found.rates[code] == pytest.approx(closed_form(found.equilibrium, at), abs=1e-8)


def test_lost_revenue_weighs_on_all_exports():
    """One sector: equation (13) of the paper. Several: only the weights of (S2) give the best response of two."""
    one = sufficient_nash(world(5, 4, deficits=0.0), measured=())
    assert one.rates["A"] == pytest.approx(closed_form(one.equilibrium, 0, same_sector=True), abs=1e-8)
    several = sufficient_nash(world(5, 2, 3, deficits=0.0))
    assert several.gap < 1e-6
    assert abs(several.rates["A"] - closed_form(several.equilibrium, 0, same_sector=True)) > 1e-4


@pytest.mark.parametrize(("n", "theta"), [(2, 3.0), (3, 5.0), (6, 4.0)])
def test_identical_countries_have_the_rate_of_one_equation(n, theta):
    """t theta [1 - (1 - delta) lambda] = 1, lambda the share of one partner in spending after the war."""
    home = 0.7
    flows = np.full((n, n), 100.0 * (1.0 - home) / (n - 1))
    np.fill_diagonal(flows, 100.0 * home)

    def gap(t):
        abroad = (1.0 - home) * (1.0 + t) ** -theta
        share, at_home = abroad / (abroad + home) / (n - 1), home / (abroad + home)
        delta = t * at_home / (1.0 + t * at_home)
        return t * theta * (1.0 - (1.0 - delta) * share) - 1.0

    rate = brentq(gap, 0.01, 5.0, xtol=1e-14)
    found = sufficient_nash(one_sector(flows, trade_elasticity=theta), measured=())
    assert [found.rates[code] for code in found.players] == pytest.approx([rate] * n, abs=1e-9)


def test_a_small_country_sets_the_inverse_of_the_trade_elasticity():
    flows = symmetric_flows(4, 3)
    flows[0], flows[:, 0] = flows[0] * 1e-6, flows[:, 0] * 1e-6
    economy = one_sector(flows, trade_elasticity=5.0)
    assert sufficient_nash(economy, measured=()).rates["A"] == pytest.approx(0.2, abs=1e-5)


@given(seeds, st.booleans())
@settings(max_examples=5)
def test_the_error_of_the_method_is_small_and_measured(seed, inputs):
    found = sufficient_nash(world(seed, 4, 2, inputs=inputs, deficits=0.1))
    for departure in found.departures.values():
        assert -1e-10 < departure.gain < 1e-5
        assert abs(departure.gap) < 0.01
        assert departure.first_order * departure.gap < 1e-12
    assert found.gap == max(abs(one.gap) for one in found.departures.values())


@given(seeds, st.permutations(range(4)))
@settings(max_examples=5)
def test_relabelling_countries_permutes_the_rates(seed, order):
    economy, order = world(seed, 4, 2, inputs=True, services=("s1",)), list(order)
    arrays = {name: values[order] for name, values in economy.arrays.items()}
    for name in ("flows", "tariff"):
        arrays[name] = arrays[name][:, order]
    turned = replace(economy, countries=tuple(economy.countries[i] for i in order), arrays=arrays)
    first, second = (sufficient_nash(w, ["A", "C", "D"], measured=()) for w in (economy, turned))
    assert [second.rates[code] for code in first.players] == pytest.approx(list(first.rates.values()), abs=1e-8)


def test_players_tax_one_another_or_everybody():
    economy = world(8, 4, 2, services=("s1",))
    baseline = economy.arrays["tariff"]
    among = sufficient_nash(economy, ["A", "B"])
    tariff = among.equilibrium.shock.tariff
    assert tariff[0, 1, 0] == pytest.approx(among.rates["A"])
    assert (tariff[:, :, 1] == baseline[:, :, 1]).all()
    assert (tariff[0, 2:] == baseline[0, 2:]).all()
    war = nash(economy, ["A", "B"])
    assert among.rates["A"] == pytest.approx(float(war.rates["A"][0]), abs=0.02)
    wide = sufficient_nash(economy, ["A", "B"], against="everybody")
    assert (wide.equilibrium.shock.tariff[0, 1:, 0] == wide.rates["A"]).all()
    assert wide.gain < 1e-5
    everyone = [sufficient_nash(economy, against=name, measured=()).rates for name in ("players", "everybody")]
    assert everyone[0] == everyone[1]


def test_a_rate_that_is_only_locally_best_shows_as_a_gain():
    """A large fixed deficit makes a very high rate better still; the fresh search finds it and the notes say so.

    From some rate on A cannot pay any more. Where that is depends on the last bits of a solve: the search stays below.
    """
    found = sufficient_nash(world(3, 2, deficits=0.2))
    assert found.departures["B"].best == pytest.approx(HIGHEST)
    assert found.departures["B"].unsolved > 50.0
    assert "no equilibrium was found any more" in found.notes[-2]
    assert np.isnan(found.departures["A"].unsolved)
    assert max(abs(one.first_order) for one in found.departures.values()) < 1e-8
    assert found.gain > 0.01
    assert found.gap > 1.0
    assert "would gain" in found.notes[-1]
    assert sufficient_nash(world(3, 2, deficits=0.2), shock=Shock(options={"closure": "zero"})).gain < 1e-9


def test_family_a_takes_the_published_formula_at_equilibrium():
    economy = one_sector(symmetric_flows(2), trade_elasticity=4.0)
    still = solve(economy, Shock())
    base = armington_accounts(economy)
    for at, code in enumerate(economy.countries):
        rate = 1.0 / ((1.0 + 4.0 * inverse_supply(still)[at]) * base.exponent[at] - 1.0)
        assert rate == pytest.approx(formula_tariff(economy, code, size="income"), abs=1e-12)


def test_the_world_of_194_settles_and_its_error_is_named():
    economy = load_economy("libday-2023")
    found = sufficient_nash(economy, ["USA", "CHN"], against="everybody")
    assert found.iterations < 15
    assert found.gain < 1e-3
    assert "exact best responses" in found.notes[-1]
    every = sufficient_nash(economy, measured=())
    assert len(every.rates) == 194
    assert np.isnan(every.gain)
    assert "not measured" in every.notes[-1]


def test_the_world_of_20_by_15_is_within_half_a_point_of_exact_best_responses():
    economy = load_economy("icio-2022-small")
    found = sufficient_nash(economy, measured=["USA", "CHN", "EUN", "VNM"])
    assert found.iterations < 15
    assert found.gap < 0.006
    assert found.gain < 1e-5
    war = nash(economy, ["USA", "CHN"])
    pair = sufficient_nash(economy, ["USA", "CHN"], measured=())
    for code in pair.players:
        assert pair.rates[code] == pytest.approx(float(war.rates[code][0]), abs=0.006)
        assert pair.welfare[code] == pytest.approx(war.welfare[code], abs=1e-4)


A, B = one_sector(symmetric_flows(1)), world(1, 3, 2)


@pytest.mark.parametrize(
    ("economy", "arguments", "text"),
    [
        (B, {"players": ["A"]}, "at least two players"), (B, {"players": ["A", "A"]}, "each named once"),
        (B, {"shock": Shock(options={"closure": "gdp"})}, "no formula for closure gdp"),
        (B, {"shock": Shock(options={"horizon": "short"})}, "no formula for horizon short"),
        (B.with_parameters(trade_elasticity=4.0), {"players": ["A", "B"], "sectors": ["s9"]}, "s9"),
        (replace(B, parameters={**B.parameters, "markup": 1.0}), {}, "markup is not 0"),
        (replace(B, parameters={**B.parameters, "input_substitution": 0.5}), {}, "Cobb-Douglas"),
        (A, {"players": ["A", "B"]}, "one rate on all imports"),
        (A.with_parameters(value_added_share=0.5), {}, "roundabout"),
        (A, {"shock": Shock(options={"closure": "proportional"})}, "closure proportional"),
    ],
)  # fmt: skip
def test_what_has_no_formula_is_refused_by_name(economy, arguments, text):
    with pytest.raises((InputError, UnknownName), match=text):
        sufficient_nash(economy, **arguments)


@pytest.mark.parametrize("arguments", [{"against": "nobody"}, {"players": ["A", "Z"]}, {"measured": ["Z"]}])
def test_unknown_names_are_refused(arguments):
    with pytest.raises(UnknownName):
        sufficient_nash(B, **arguments)


def test_a_formula_without_a_finite_rate_is_refused_by_name():
    """A country that lives on transfers from the only other one gains from any rise of its rate."""
    draw = np.random.default_rng(1)
    flows = draw.uniform(1.0, 10.0, (2, 2))
    flows[range(2), range(2)] = draw.uniform(20.0, 80.0, 2)
    economy = one_sector(flows)
    with pytest.raises(SolveError, match="no finite rate for A"):
        sufficient_nash(economy)
