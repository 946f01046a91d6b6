"""What concessions are worth, what they exchange for, and the top of the revenue curve."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import InputError, SolveError
from detente.data.worlds import load_economy
from detente.economy import Shock, added, baseline_tariff, gradient, nash, solve
from detente.economy.armington.accounts import accounts
from detente.economy.policies.concessions import concessions, exchange_rates, price_window, rates_of
from detente.economy.policies.cooperative import cooperative
from detente.economy.policies.laffer import laffer, real_revenue, revenue_objective
from detente.economy.policies.policy import worth
from detente.economy.tariff_table import goods
from small_worlds import drawn_tariffs, drawn_world

seeds = st.integers(0, 10_000)


def moved(found, rates, points):
    """Welfare in USD of every country with each rate up by so many points."""
    tariff = baseline_tariff(found.economy) if found.shock.tariff is None else found.shock.tariff
    change = np.concatenate([0.01 * np.asarray(points, dtype=np.float64), [0.0]])[rates.group]
    new = solve(found.economy, Shock(tariff + change, options=found.shock.options), tol=1e-13)
    return worth(found.economy) * new.changes["welfare"]


def slope_along(found, rates, points, step=0.1):
    """Change of welfare in USD per point along a direction: central differences, extrapolated to a step of zero."""
    far, near = (
        (moved(found, rates, h * points) - moved(found, rates, -h * points)) / (2 * h) for h in (step, 0.5 * step)
    )
    return (4.0 * near - far) / 3.0


def check_worth(found, table, rates):
    codes = found.economy.countries
    players = [name.removeprefix("welfare_") for name in table.data if name.startswith("welfare_")]
    for row in range(len(rates)):
        slope = slope_along(found, rates, np.eye(len(rates))[row])
        at = [codes.index(player) for player in players[:-1]]
        size = np.abs(slope).max()
        for player, value in zip(players, [*slope[at], slope.sum() - slope[at].sum()], strict=True):
            assert table[f"welfare_{player}"][row] == pytest.approx(value, rel=1e-5, abs=1e-6 * size)


@given(seeds, st.sampled_from([("partner", 1), ("sector", 2), ("partner x sector", 2), ("uniform", 1)]))
@settings(max_examples=8)
def test_worth_is_that_of_central_differences(seed, form):
    by, sectors = form
    economy = drawn_world(seed, sectors)
    found = solve(economy, Shock(drawn_tariffs(seed, economy, 0.4)), tol=1e-13)
    players = ["USA", "CHN", "DEU"]
    check_worth(found, concessions(found, players, by=by), rates_of(economy, players, by))


def test_worth_is_that_of_central_differences_in_the_world_of_many_sectors(small):
    found = solve(small, Shock(added(small, "USA", ["CHN"], 0.3)))
    table = concessions(found, ["USA", "CHN"], sectors=goods(small))
    check_worth(found, table, rates_of(small, ["USA", "CHN"], "partner", goods(small)))
    assert (table["importer"].tolist(), table["exporter"].tolist()) == (["USA", "CHN"], ["CHN", "USA"])
    assert table["rate"][0] == pytest.approx(0.42, abs=0.005)
    assert table["imports"][0] < rates_of(small, ["USA", "CHN"], "partner", goods(small)).imports[0]


@given(seeds, st.sampled_from([1, 2]))
@settings(max_examples=8)
def test_at_the_exchange_rate_a_side_stays_whole_to_second_order(seed, sectors):
    economy = drawn_world(seed, sectors)
    found = solve(economy, Shock(0.5 * drawn_tariffs(seed, economy, 0.4)), tol=1e-13)
    table = exchange_rates(found, "USA", "CHN")
    rates = rates_of(economy, ["USA", "CHN"])
    for column, code in (("first_whole", "USA"), ("second_whole", "CHN")):
        at, points = economy.country(code), float(table[column][0])
        swap = np.array([-1.0, -points]) / max(1.0, abs(points))
        alone = np.abs([slope_along(found, rates, one)[at] for one in np.eye(2)]).max()
        assert abs(slope_along(found, rates, swap)[at]) < 1e-6 * alone


def test_both_gain_inside_the_window_and_one_loses_outside():
    economy = drawn_world(5)
    tariff = np.zeros((5, 5))
    tariff[4, 0], tariff[0, 4] = 0.06, 0.06
    found = solve(economy, Shock(tariff), tol=1e-13)
    table, rates = exchange_rates(found, "USA", "CHN"), rates_of(economy, ["USA", "CHN"])
    least, most = float(table["least"][0]), float(table["most"][0])
    assert 0.0 < least < most < np.inf
    assert least == pytest.approx(float(table["first_whole"][0]))
    assert most == pytest.approx(float(table["second_whole"][0]))
    now = moved(found, rates, [0.0, 0.0])

    def gains(points):
        return (moved(found, rates, [-0.001, -0.001 * points]) - now)[[4, 0]]

    assert (gains(0.5 * (least + most)) > 0.0).all()
    assert gains(0.9 * least)[0] < 0.0
    assert gains(1.1 * most)[1] < 0.0


def test_where_rates_are_efficient_no_swap_is_good_for_both():
    economy = drawn_world(5)
    deal = cooperative(economy, ["USA", "CHN"]).equilibrium
    table = exchange_rates(deal, "USA", "CHN")
    assert table["first_whole"] == pytest.approx(table["second_whole"], rel=1e-3)
    war = exchange_rates(nash(economy, ["USA", "CHN"]).equilibrium, "USA", "CHN")
    assert abs(war["first_whole"][0]) < 1e-5
    assert abs(war["second_whole"][0]) > 1e5


@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4))
@settings(max_examples=200)
def test_the_window_is_what_trying_every_price_finds(numbers):
    given_, returned = np.array(numbers[:2], dtype=float)[:, None], np.array(numbers[2:], dtype=float)[:, None]
    low, high = (float(bound[0]) for bound in price_window(given_, returned))
    prices = np.linspace(0.0, 8.0, 801) + 0.003
    good = ((given_ + prices * returned) > 0.0).all(axis=0)
    inside = (prices > low) & (prices < high)
    assert (good == inside).all()
    assert np.isnan(low) == np.isnan(high)


@given(seeds, st.sampled_from([1.0, 0.6]))
@settings(max_examples=6)
def test_worth_makes_welfare_an_equivalent_variation(seed, beta):
    """Lump-sum rebate: real consumption less the effort behind it, new less old, in USD of the baseline."""
    economy = drawn_world(seed, value_added_share=beta)
    found = solve(economy, Shock(drawn_tariffs(seed, economy, 0.4), options={"rebate": "lump-sum"}))
    base = accounts(economy)
    effort = base.labor / (1.0 + base.labor)
    levels, price = found.levels, found.hats["prices"]
    spent = levels["income"] + levels["revenue"] + levels["transfer"]
    new = (spent - effort * levels["income"]) / price
    old = base.consumption - effort * base.income
    assert worth(economy) * found.changes["welfare"] == pytest.approx(new - old, rel=1e-7, abs=1e-8 * old.max())
    plain = economy.with_parameters(labor_supply_elasticity=0.0, value_added_share=1.0)
    assert worth(plain) == pytest.approx(accounts(plain).spending)


def test_worth_is_an_equivalent_variation_with_labour_supply_in_the_world_of_many_sectors(small):
    economy = replace(small, parameters={**small.parameters, "labor_supply_elasticity": 0.5})
    found = solve(economy, Shock(added(economy, "USA", ["CHN"], 0.3)))
    before = solve(economy, Shock())
    new, old = (
        (e.levels["expenditure"] - e.levels["wages"] / 3.0) / (1.0 + e.changes["prices"]) for e in (found, before)
    )
    assert worth(economy) * found.changes["welfare"] == pytest.approx(new - old, rel=1e-6, abs=1e-9 * old.max())
    assert (worth(economy) < worth(small)).all()
    table, rates = concessions(found, ["USA", "CHN"]), rates_of(economy, ["USA", "CHN"], "partner")
    check_worth(found, table, rates)


def test_worth_in_usd_is_real_income_whatever_the_objective(small):
    weight = np.ones((20, 15))
    weight[:, :3] = 2.0
    economy = replace(small, arrays={**small.arrays, "political_weight": weight})
    plain = solve(economy, Shock(added(economy, "USA", ["CHN"], 0.3)))
    political = solve(economy, replace(plain.shock, options={"objective": "political"}))
    for column in ("welfare_USA", "welfare_CHN", "welfare_others"):
        both = (concessions(found, ["USA", "CHN"])[column] for found in (plain, political))
        assert next(both) == pytest.approx(next(both), rel=1e-7)
    one, other = (float(exchange_rates(found, "USA", "CHN")["first_whole"][0]) for found in (plain, political))
    assert abs(one - other) > 1e-3


@pytest.mark.parametrize("kind", ["one sector", "several sectors", "roundabout", "input-output"])
def test_revenue_has_the_derivatives_of_central_differences(small, kind):
    economy = {
        "one sector": lambda: drawn_world(3),
        "several sectors": lambda: drawn_world(3, 2),
        "roundabout": lambda: drawn_world(3, value_added_share=0.6),
        "input-output": lambda: small,
    }[kind]()
    rates = drawn_tariffs(3, economy, 0.4)
    if kind == "input-output":
        own = np.arange(len(economy.countries))
        rates[own, own] = baseline_tariff(economy)[own, own]
    at = economy.country("USA")
    unit = float(accounts_income(economy))
    step = np.random.default_rng(2).normal(size=rates.shape)
    step[np.arange(len(economy.countries)), np.arange(len(economy.countries))] = 0.0

    def derivatives(found):
        in_u, in_tariff = revenue_objective(at)(found)
        return in_u / unit, in_tariff / unit

    slope = (gradient(solve(economy, Shock(rates), tol=1e-12), derivatives) * step).sum()
    up, down = (real_revenue(solve(economy, Shock(rates + h * step), tol=1e-13), at) / unit for h in (1e-5, -1e-5))
    assert slope == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-8)


def accounts_income(economy):
    return np.asarray(economy.arrays["flows"]).sum(axis=1).max()


def test_a_small_country_with_little_trade_has_its_top_where_theory_puts_it():
    """Trade balances through the wage: w = (1 + t)^((1 + eps) / (1 + 2 eps)), revenue over prices t w^-(1 + eps)."""
    plain = {"distribution_margin": 0.0, "labor_supply_elasticity": 0.0, "scale_elasticity": 0.0}
    economy = drawn_world(4, **plain)
    flows = economy.arrays["flows"].copy()
    flows[4, :4], flows[:4, 4], flows[4, 4] = flows[4, :4] * 1e-5, flows[:4, 4] * 1e-5, flows[4, 4] * 1e-2
    remote = replace(economy, arrays={**economy.arrays, "flows": flows})
    found = laffer(remote, "USA", shock=Shock(options={"closure": "zero", "rebate": "lump-sum"}))
    assert found.rate == pytest.approx(9.0 / 16.0, abs=1e-3)
    nominal = found.curve["rate"][found.curve["nominal"].argmax()]
    assert nominal == pytest.approx(9.0 / 11.0, abs=0.15)  # the curve has a rate every eighth
    assert found.today == 0.0


def test_the_top_is_a_top(small):
    found = laffer(small, "USA", sectors=goods(small))
    assert found.certificate.below > 0.0 > found.certificate.above
    assert found.certificate.first_order < 1e-8
    assert found.revenue >= found.curve["revenue"].max()
    assert found.revenue > found.today > 0.0
    assert found.rates.shape == (20, 15)
    free = laffer(small, "USA", over="partner", sectors=goods(small))
    assert free.rate == pytest.approx(found.rate, abs=1e-9)
    assert free.revenue_over > found.revenue_over == found.revenue
    assert free.certificate.first_order < 1e-4


def test_where_revenue_has_no_top_the_error_says_why():
    economy = load_economy("libday-2023")
    with pytest.raises(SolveError, match=r"still rises at 10%.*Look further up"):
        laffer(economy, "USA", highest=0.1)
    with pytest.raises(SolveError, match=r"still rises at 1\d\d%.*trade deficit.*closure zero"):
        laffer(economy, "USA")
    with pytest.raises(InputError, match="no highest rate"):
        laffer(economy, "USA", highest=0.0)
    balanced = laffer(economy, "USA", shock=Shock(options={"closure": "zero"}))
    assert balanced.rate < balanced.curve["rate"][balanced.curve["nominal"].argmax()]
