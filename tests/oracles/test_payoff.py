"""Payoffs of the talks against analytic answers, against SciPy's splines and against exact solves."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BarycentricInterpolator

from detente.codes import InputError, SolveError, UnknownName
from detente.data.worlds import load_economy
from detente.draws import Input, band, columns_of, draw, drivers
from detente.economy import Shock, baseline_tariff, goods, optimal_tariff, solve
from detente.economy.input_output.accounts import accounts
from detente.talks.fit import DutyAxis, PayoffFit, Terms, leja
from detente.talks.inference import DutyChoice, Line, line_of, weight_sets
from detente.talks.payoff import (
    Commitment,
    Horizon,
    PayoffTerm,
    PayoffWeights,
    Power,
    SurfacePayoffs,
    Tabulated,
    fentanyl_break_even,
    threat_at,
)
from detente.talks.solutions import break_even
from detente.talks.space import Formula, Issue, Negotiation, OutcomeSpace, Threat, expected
from detente.talks.world import BILLION, TEXTBOOK, alike, group_of, surface_of
from teaching import duty_on, world_between

TWO = TEXTBOOK["two-country"]
SOLVE = 1e-5
"""Accounts close to a residual of 1e-10 of an income of 27,000 USD bn."""


@pytest.mark.parametrize(("sigma", "best"), [(2.5, 0.752534), (4.0, 0.372508), (6.0, 0.221276)])
def test_the_best_reply_to_ten_points_is_johnsons(sigma, best):
    economy = alike(TWO, sigma)
    tariff = baseline_tariff(economy).copy()
    tariff[1, 0] = 0.10
    found = optimal_tariff(economy, "HOM", shock=Shock(tariff=tariff))
    assert found.rates[1] == pytest.approx(best, abs=1e-6)


def test_with_foreign_free_trade_the_best_duty_follows_the_foreign_own_share():
    """1 / ((sigma - 1) x foreign own-expenditure share), 0.381699 at sigma 4."""
    found = optimal_tariff(alike(TWO), "HOM")
    share = found.equilibrium.levels["trade"][1, 1] / found.equilibrium.levels["trade"][1].sum()
    assert found.rates[1] == pytest.approx(1.0 / (3.0 * share), abs=1e-7)
    assert found.rates[1] == pytest.approx(0.381699, abs=1e-6)


def test_a_small_country_sets_one_over_sigma_less_one():
    economy = alike(TWO)
    flows = BILLION * np.array([[800.0, 200.0], [200.0, 1e6 - 200.0]])
    found = optimal_tariff(replace(economy, arrays={**economy.arrays, "flows": flows}), "HOM")
    assert found.rates[1] == pytest.approx(1.0 / 3.0, abs=2e-4)


@pytest.fixture(scope="module")
def two():
    economy, one = alike(TWO), np.ones(1)
    duties = (
        duty_on(economy, "home", "HOM", "FOR", one, 1.0),
        duty_on(economy, "foreign", "FOR", "HOM", one, 1.0),
    )
    return world_between(economy, ("HOM", "FOR"), baseline_tariff(economy), duties)


def test_two_countries_are_read_off_a_few_solves_to_seven_digits(two):
    found = surface_of(two, 1e-4)
    points = np.random.default_rng(1).random((50, 2))
    assert np.abs(found.parts_at(points) - two.solve(points).parts).max() < 4e-7 * two.level.income[0]
    assert found.solves < 150
    assert found.residual <= 1e-10


def test_a_surface_that_is_off_is_refined_until_it_can_be_trusted(two):
    coarse = surface_of(two, 0.5)
    found = surface_of(two, 0.01, start=coarse.degrees)
    assert coarse.error.largest > 0.01 >= found.error.largest
    assert found.solves > coarse.solves
    with pytest.raises(SolveError, match=r"most of all along (home|foreign); narrow its range"):
        surface_of(two, 1e-6, most=20)


def test_along_one_duty_the_fit_is_the_polynomial_through_its_nodes():
    """SciPy's in the part of the price that is duty."""
    axis = DutyAxis("a", (0.0, 1.35), (0.0, 0.9))
    fit = PayoffFit.through(Terms((axis,), np.arange(8)[:, None]), np.sin(3.0 * leja()[:8])[:, None])
    levels = np.linspace(0.0, 1.35, 40)
    place = levels * 0.9 / 1.35
    by_hand = BarycentricInterpolator(leja()[:8], np.sin(3.0 * leja()[:8]))(place / (1.0 + place) * 1.9 / 0.9)
    assert fit.at(levels[:, None])[:, 0] == pytest.approx(by_hand, abs=1e-10)


@pytest.fixture(scope="module")
def world():
    """The small world with ten points on third countries and two US duties that cover all goods."""
    economy = load_economy("icio-2022-small", elasticities="giri-yi")
    all_goods = group_of(economy, goods(economy))
    base = np.array(baseline_tariff(economy))
    usa = economy.country("USA")
    base[usa] += 0.10 * all_goods * (np.arange(len(economy.countries)) != usa)[:, None]
    base[usa, economy.country("CHN")] -= 0.10 * all_goods
    duties = (
        duty_on(economy, "first", "USA", "CHN", all_goods, 1.5),
        duty_on(economy, "second", "USA", "CHN", all_goods, 1.5),
        duty_on(economy, "answer", "CHN", "USA", all_goods, 1.5),
    )
    return world_between(economy, ("USA", "CHN"), base, duties)


@pytest.fixture(scope="module")
def rough(world):
    return surface_of(world, 1.0)


def solved(world, *levels):
    return solve(world.economy, world.shock(np.array(levels)), warm=world.reference)


def test_the_reference_is_worth_nothing(world):
    assert np.abs(world.parts_at(np.zeros(3))).max() < 1e-8


def test_two_duties_of_one_coverage_are_one_duty(world):
    one, other, third = (
        world.parts_at(np.array(levels)) for levels in ((1.25, 0.2, 1.25), (1.45, 0, 1.25), (0, 1.45, 1.25))
    )
    assert np.abs(one - other).max() < 1e-8
    assert np.abs(one - third).max() < 1e-8


def test_real_income_is_the_welfare_of_the_economy(world):
    found = solved(world, 0.3, 0.2, 0.1)
    parts, everyone = world.measured(found)
    hat = (1.0 + found.changes["welfare"]) / (1.0 + world.reference.changes["welfare"])
    by_welfare = world.level.income * (hat - 1.0)
    assert np.abs(everyone - by_welfare).max() < 1e-7
    assert parts[:, 0] == pytest.approx(everyone[[world.economy.country(c) for c in world.parties]], abs=0)


def test_income_is_value_added_revenue_and_the_deficit(world):
    found = solved(world, 0.3, 0.2, 0.1)
    parts, _ = world.measured(found)
    at = [world.economy.country(c) for c in world.parties]
    price = np.exp(np.log1p(found.changes["prices"]) - world.level.log_price)[at]
    deficit = accounts(world.economy).deficit[at] / BILLION
    assert parts[:, 0] == pytest.approx(parts[:, 1] + parts[:, 3:].sum(axis=1) + deficit / price - deficit, abs=SOLVE)
    assert parts[0, 2] == pytest.approx(-parts[1, 2], abs=1e-9)


def payoffs_of(surface, **given):
    return SurfacePayoffs(("first", "second", "answer", "controls", "action"), surface, **given)


@pytest.fixture
def full(rough):
    omega = np.zeros(15)
    omega[3:14] = 0.7
    return payoffs_of(
        rough,
        weights={"USA": PayoffWeights("x", 0.2, omega, 0.1), "CHN": PayoffWeights("y", 0.3)},
        terms=(
            PayoffTerm("materials", "USA", "controls", Power(30.0, 2.0, 2.0, 4.0).flow().times(-1.0)),
            PayoffTerm("materials", "CHN", "controls", Power(2.0, 1.0).flow()),
            PayoffTerm("fentanyl", "USA", "action", Power(10.0, 1.0).flow()),
        ),
        commitments=(Commitment("CHN", ("first", "second"), 0.10, "<=", 0.05), Commitment("USA", ("first",), 1.0)),
    )


X = np.array([[0.4, 0.13, 0.3, 0.9, 0.2], [1.2, 0.02, 0.01, 0.1, 1.0]])


def test_weights_before_or_after_interpolation_are_the_same(full):
    after = (full.parts(X) * full.on_parts).sum(axis=2)
    assert full.trade(X) == pytest.approx(after, abs=1e-9)


def test_the_parts_of_a_payoff_sum_to_it(full):
    found = full.breakdown(X)
    assert sum(found.values()) == pytest.approx(full.value(X), abs=1e-9)
    assert found["materials"][0] == pytest.approx([-30 * 0.81, 1.8])
    assert found["audience"][0] == pytest.approx([0.0, -0.05 * 43.0])


def test_the_slope_of_a_payoff_is_its_derivative(full):
    for at in range(5):
        step = np.zeros(5)
        step[at] = 1e-6
        by_difference = (full.value(X + step) - full.value(X - step)) / 2e-6
        assert full.slope(X)[:, :, at] == pytest.approx(by_difference, rel=1e-5, abs=1e-5)


def test_without_weights_a_payoff_is_real_income_exactly(rough):
    plain = payoffs_of(rough)
    assert np.array_equal(plain.on_parts[:, 0], [1.0, 1.0])
    assert not plain.on_parts[:, 1:].any()
    assert plain.value(X) == pytest.approx(plain.parts(X)[:, :, 0], abs=1e-9)


def test_a_switch_chooses_between_two_surfaces(world, rough):
    always = np.zeros_like(world.base)
    always[world.economy.country("CHN"), world.economy.country("USA"), 0] = 0.15
    on = surface_of(replace(world, always=always), 1.0)
    both = SurfacePayoffs(("first", "second", "answer", "farm"), on, off=rough, switch="farm")
    point = np.array([[0.3, 0.1, 0.2, 1.0], [0.3, 0.1, 0.2, 0.0]])
    assert both.value(point)[0] == pytest.approx(on.parts_at(point[:1, :3])[0, :, 0], abs=1e-9)
    assert both.value(point)[1] == pytest.approx(rough.parts_at(point[1:, :3])[0, :, 0], abs=1e-9)
    assert both.slope(point)[0, :, 3] == pytest.approx(both.value(point)[0] - both.value(point)[1], abs=1e-9)
    with pytest.raises(InputError, match="a switch needs a surface"):
        SurfacePayoffs(("first", "second", "answer", "farm"), on, switch="farm")


def test_unknown_issues_and_parties_are_refused(rough):
    with pytest.raises(UnknownName, match="unknown issue 'kontrols'"):
        payoffs_of(rough, terms=(PayoffTerm("materials", "USA", "kontrols", Power(1.0, 1.0).flow()),))
    with pytest.raises(UnknownName, match="unknown party 'US'"):
        payoffs_of(rough, weights={"US": PayoffWeights()})


def test_dropping_a_duty_that_hurts_its_owner_leaves_nothing_to_buy(rough):
    plain = payoffs_of(rough)
    deal = np.array([0.1, 0.2, 0.1, 0.0, 1.0])
    price = fentanyl_break_even(plain, "USA", deal, "second")
    without = np.where(np.arange(5) == 1, 0.0, deal)
    assert price == pytest.approx(plain.value(deal[None])[0, 0] - plain.value(without[None])[0, 0], abs=1e-9)
    assert price < 0.0


def test_a_beaten_weight_makes_the_chosen_duty_a_first_order_optimum(world):
    group = group_of(world.economy, ("TEX", "MET", "ELE", "EEQ", "MAC", "VEH", "OMF"))
    levels = np.array([0.2, 0.0, 0.1])
    choice = DutyChoice("c", "2025-03-04", "USA", world, levels, world.duties[0].points[-1] / 1.5)
    line = line_of(choice, group)
    omega = line.omega(mu=0.1)
    weights = np.concatenate([[1.0, 0.1, 0.0], omega * group])
    up, down = (world.parts_at(levels + np.array([h, 0.0, 0.0]))[0] @ weights for h in (2e-3, -2e-3))
    assert abs(up - down) < 1e-6
    assert line.omega(0.0) > omega or line.revenue < 0.0


def test_weights_that_cannot_be_are_said_and_left_out():
    falls = Line("a", "2025-04-02", "CHN", "long run", income=-1.0, revenue=-0.5, added=-0.2)
    sets, said = weight_sets([falls], np.ones(3))
    assert set(sets) == {"welfare"}
    assert "no weight on value added explains this choice of CHN" in said[0]
    assert "revenue alone cannot explain" in said[1]


@pytest.mark.parametrize("years", [1.0, 4.0])
def test_the_share_of_the_short_run_is_its_integral(years):
    rate, decay = 0.05, 24.0
    horizon = Horizon("h", years, rate, decay)
    a, b = rate / 12.0, 1.0 / decay
    end = 12.0 * years
    exact = (1 - np.exp(-(a + b) * end)) / (a + b) / ((1 - np.exp(-a * end)) / a)
    assert horizon.short == pytest.approx(exact, rel=2e-4)
    assert (Horizon("long", float("inf")).short, Horizon("short", 0.0).short) == (0.0, 1.0)


def test_stocks_delay_the_loss_and_a_model_replaces_the_stand_in():
    loss = Power(30.0, 2.0, 2.0, 4.0)
    assert loss.flow().of(np.array([0.9])) == pytest.approx(24.3)
    assert loss.part(8) == pytest.approx([0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1])
    year = np.full(12, 1 / 12)
    assert loss.flow(year).of(np.array([1.0]))[0] == pytest.approx(30 * loss.part(12).mean())
    table = Tabulated(np.array([0.0, 0.5, 1.0]), np.array([[0.0, 0.0], [1.0, 4.0], [2.0, 9.0]]), "model")
    assert table.flow().of(np.array([0.5]))[0] == pytest.approx(4.0)
    assert table.flow(np.array([1.0])).of(np.array([1.0]))[0] == pytest.approx(2.0)
    assert (np.diff(table.flow().of(np.linspace(0, 1, 50))) > 0).all()
    with pytest.raises(InputError, match="one row of months"):
        Tabulated(np.array([0.0, 1.0]), np.zeros((3, 2)))


numbers = st.floats(-100, 100)


@settings(max_examples=50, deadline=None)
@given(numbers, numbers, st.floats(0.01, 100))
def test_at_p_star_a_deal_is_worth_the_expected_threat(deal, past, gap):
    now = past - gap
    pair = (("D0", now, "status-quo"), ("DP", past, "past-law"))
    threats = tuple(Threat(name, name, "", np.full(2, value), kind=kind) for name, value, kind in pair)
    space = OutcomeSpace(("A", "B"), (Issue("a", "A", np.array([0.0, 1.0])),))
    talks = Negotiation(space, Formula(("A", "B"), lambda X: np.hstack([X, X])), threats)
    p = float(break_even(talks, np.full(2, deal))[0])
    assert p * now + (1 - p) * past == pytest.approx(deal, abs=1e-9)
    if 0 <= p <= 1:
        assert expected(*threats, p).value[0] == pytest.approx(deal, abs=1e-9)
    alike = replace(talks, threats=(threats[0], replace(threats[1], value=threats[0].value)))
    assert np.isnan(break_even(alike, np.full(2, deal))).all()


def test_a_threat_beyond_the_axes_is_solved_exactly(world, rough):
    plain = payoffs_of(rough)
    outcome = np.array([2.25, 0.0, 1.25, 0.0, 0.0])

    def exact(levels, extra):
        return world.parts_at(levels, extra)

    found = threat_at(plain, exact, outcome, name="DE", kind="escalation")
    assert found.value == pytest.approx(world.parts_at(outcome[:3])[:, 0])
    assert np.isnan(plain.value(outcome[None])).all()
    with pytest.raises(InputError, match="lies outside"):
        plain.parts(outcome[None])


def test_a_draw_depends_on_seed_and_number_alone():
    inputs = (
        Input("set", "a", shape="choice", choices=("a", "b", "c")),
        Input("loss", 30.0, 5.0, 200.0, "log-uniform"),
        Input("value", 2.0, -1.0, 10.0),
    )
    alone = draw(inputs, 1, 7)
    assert alone == [draw(inputs, 1, i) for i in range(9)][7]
    assert alone != draw(inputs, 2, 7)
    many = np.array([draw(inputs, 1, i)["loss"] for i in range(4000)])
    assert many.min() >= 5.0
    assert many.max() <= 200.0
    assert np.median(many) == pytest.approx(np.sqrt(5 * 200), rel=0.1)


def test_the_inputs_that_move_a_number_are_found():
    inputs = [Input(name, 0.5, 0.0, 1.0) for name in ("a", "b", "c")]
    inputs.append(Input("kind", "x", shape="choice", choices=("x", "y")))
    rows = [draw(inputs, 3, i) for i in range(300)]
    output = np.array([np.exp(3 * one["b"]) + 8.0 * (one["kind"] == "y") + 0.1 * one["a"] for one in rows])
    first, second = drivers(columns_of(rows), output)
    assert {first.name, second.name} == {"b", "kind"}
    assert 1.0 >= first.share >= second.share > 0.2
    low, high = band(np.arange(101.0))
    assert (low, high) == (5.0, 95.0)
