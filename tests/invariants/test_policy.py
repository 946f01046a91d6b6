"""Best and Nash tariffs against grids, closed forms and searches of another kind, in drawn and in shipped worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente import economy as econ
from detente.codes import SolveError
from detente.data.worlds import announced_tariff, load_economy, load_libday
from detente.economy.aggregation import elasticities
from detente.economy.armington.accounts import PARAMETERS
from detente.economy.armington.family import Armington
from detente.economy.input_output.accounts import balance
from detente.economy.policies.game import GAIN, _Game, _rounds
from detente.economy.policies.policy import OVER, Search, groups, many_rates, one_rate, scale_of, weights_of
from detente.economy.policies.quotas import quantities
from detente.economy.solver import _chord_alone

CODES = ("CHN", "ROW", "USA", "XXX")
ZERO = econ.Shock(options={"closure": "zero"})
NOISE = 2e-9
"""What a residual of 1e-10, the tolerance of a solve, may move welfare by, share."""

seeds = st.integers(0, 10_000)


def world(seed, countries=3, theta=(4.0, 6.0), inputs=0.4, size=None):
    """A balanced world with input-output links drawn at random, tariffs zero; `size` scales countries."""
    draw, k = np.random.default_rng(seed), len(theta)
    flows = draw.uniform(1.0, 10.0, (countries, countries, k))
    flows[range(countries), range(countries)] = draw.uniform(30.0, 90.0, (countries, k))
    if size is not None:
        flows *= np.minimum.outer(size, size)[:, :, None]
    shares = draw.uniform(0.2, 1.0, (countries, k, k))
    arrays = {
        "flows": flows,
        "tariff": np.zeros_like(flows),
        "input_share": inputs * shares / shares.sum(axis=1, keepdims=True),
        "final_share": np.full((countries, k), 1.0 / k),
    }
    names = tuple(f"s{i}" for i in range(k))
    drawn = econ.Economy(
        "drawn", "caliendo_parro", CODES[:countries], names, arrays, {"trade_elasticity": np.array(theta)}
    )
    return balance(replace(drawn, parameters={**drawn.parameters, "theta_max": 20.0}))


def welfare(economy, country, rates, shock=ZERO):
    """Welfare of a country under its own rates by sector, straight from a solve."""
    n, at = len(economy.countries), economy.country(country)
    tariff = np.zeros((n, n, len(economy.sectors))) if shock.tariff is None else np.array(shock.tariff)
    tariff[at] = rates
    tariff[at, at] = 0.0
    return econ.solve(economy, shock.with_tariff(tariff)).change("welfare", country)


@pytest.fixture(scope="module")
def small():
    return load_economy("icio-2022-small")


# One country alone.


@given(seeds, st.sampled_from([0.0, 0.4]))
@settings(max_examples=8, deadline=None)
def test_one_rate_is_best_among_a_grid(seed, inputs):
    economy = world(seed, inputs=inputs)
    best = econ.optimal_tariff(economy, "USA", shock=ZERO)
    rate = best.rates[0, 0]
    values = [welfare(economy, "USA", r) for r in np.linspace(0.0, 1.0, 41)]
    assert best.value >= max(values) - NOISE
    assert abs(rate - np.linspace(0.0, 1.0, 41)[int(np.argmax(values))]) <= 0.025
    assert best.value == pytest.approx(welfare(economy, "USA", rate), abs=NOISE)


@pytest.mark.parametrize("seed", [1, 2])
def test_rates_by_sector_are_best_among_a_grid(seed):
    economy = world(seed)
    best = econ.optimal_tariff(economy, "USA", over="sector", shock=ZERO)
    grid = np.linspace(-0.1, 0.7, 17)
    values = np.array([[welfare(economy, "USA", np.array([a, b])) for b in grid] for a in grid])
    at = np.unravel_index(int(np.argmax(values)), values.shape)
    assert best.value >= values.max() - NOISE
    assert np.abs(best.rates[0] - grid[list(at)]).max() <= 0.05
    assert best.certificate.first_order < 1e-6
    assert best.certificate.apart < 1e-4


@pytest.mark.parametrize("over", OVER)
def test_a_small_country_has_its_optimum_at_the_inverse_of_export_supply(over):
    """Without inputs every price abroad is given and foreigners buy with elasticity theta: t = 1 / theta."""
    economy = world(3, theta=(5.0, 5.0), inputs=0.0, size=np.array([1.0, 1.0, 1e-6]))
    best = econ.optimal_tariff(economy, "USA", over=over, shock=ZERO)
    assert best.rates[:2] == pytest.approx(np.full((2, 2), 0.2), abs=2e-4)


def test_freedom_is_worth_more_and_services_pay_where_they_are_named(small):
    value = {}
    for over in OVER:
        best = econ.optimal_tariff(small, "USA", over=over)
        value[over] = best.value
        assert best.certificate.first_order < 1e-6
        assert best.certificate.apart < 1e-4
        assert best.certificate.spread < NOISE
    assert value["uniform"] < min(value["partner"], value["sector"])
    assert max(value["partner"], value["sector"]) < value["partner x sector"]
    services, at = [s for s in small.sectors if s not in econ.goods(small)], small.country("USA")
    assert services
    for chosen, taxed in ((None, econ.goods(small)), (services, services)):
        cells = groups(small, "USA", "sector", sectors=chosen)[at].max(axis=0) >= 0
        assert tuple(np.asarray(small.sectors)[cells]) == tuple(taxed)


def test_rates_are_scaled_come_back_and_guards_are_named():
    economy = world(5, theta=(2.0, 8.0))
    scale = scale_of(economy, groups(economy, "USA", "sector"))
    trade = economy.arrays["flows"][2, :2].sum(axis=0)
    assert scale**2 / scale[0] ** 2 == pytest.approx(trade * [1.0, 4.0] / trade[0])
    guarded = economy.with_parameters(theta_max=4.0)
    assert scale_of(guarded, groups(guarded, "USA", "sector"))[1] / scale[1] < 1.0
    economy = world(6, theta=(4.0, 18.0))
    group = groups(economy, "USA", "partner x sector")
    scale = scale_of(economy, group)
    found = []
    for high in (0.1, 2.0):
        search = Search(economy, ZERO, weights_of(economy, "USA"), group)
        found.append(many_rates(search, np.array([0.1, 0.1, 0.1, high]), scale))
    assert (found[1][0], found[1][1]) == (pytest.approx(found[0][0], abs=NOISE), pytest.approx(found[0][1], abs=1e-3))
    economy = elasticities(load_economy("icio-2022"), "caliendo-parro")
    assert any("theta_max = 20: C19" in note for note in econ.optimal_tariff(economy, "USA").notes)


def test_nothing_beats_the_optimum_with_roundabout_inputs():
    """The published numerical optimum of this model is none: a uniform rate on a grid must not beat ours."""
    economy = load_libday().with_parameters(value_added_share=0.49)
    uniform, partner = (econ.optimal_tariff(economy, "USA", over=over) for over in ("uniform", "partner"))
    tried = [
        econ.one_sided(economy, "USA", rate) for rate in (*np.linspace(0.02, 0.6, 30), econ.formula_tariff(economy))
    ]
    values = [
        econ.solve(economy, econ.Shock(tariff)).change("welfare", "USA")
        for tariff in (*tried, announced_tariff(economy))
    ]
    assert max(values[:-1]) <= uniform.value + NOISE
    assert max(values) < partner.value
    assert uniform.value < partner.value
    assert partner.certificate.apart < 1e-4


# Games.


@pytest.mark.sampled(3)
@pytest.mark.parametrize("seed", range(4))
def test_no_rate_on_a_grid_beats_a_nash_rate(seed):
    economy = world(seed)
    found = econ.nash(economy, ["USA", "CHN"], shock=ZERO)
    tariff = np.asarray(found.equilibrium.shock.tariff)
    for player, other in (("USA", "CHN"), ("CHN", "USA")):
        at, from_ = economy.country(player), economy.country(other)
        for rate in np.linspace(0.0, 1.0, 11):
            moved = np.array(tariff)
            moved[at, from_] = rate
            gained = econ.solve(economy, ZERO.with_tariff(moved)).change("welfare", player) - found.welfare[player]
            assert gained <= NOISE
    assert found.certificate.gain < NOISE
    assert found.certificate.converged


@pytest.mark.parametrize("over", ["uniform", "sector"])
def test_joint_conditions_and_rounds_of_best_responses_end_in_one_point(small, over):
    found = econ.nash(small, ["USA", "CHN"], over=over)
    cells = tuple(groups(small, a, over, [b]) for a, b in (("USA", "CHN"), ("CHN", "USA")))
    game = _Game(small, ("USA", "CHN"), econ.Shock(), cells, tuple(scale_of(small, group) for group in cells))
    rounds = _rounds(game, 0.05, 1e-8, 60)
    assert found.certificate.method == "joint first-order conditions"
    for player, logs in zip(("USA", "CHN"), rounds.logs, strict=True):
        assert np.expm1(logs) == pytest.approx(found.rates[player], abs=1e-4)


def test_nash_by_sector_has_a_certificate(small):
    found = econ.nash(small, ["USA", "CHN"], over="sector")
    certificate = found.certificate
    assert certificate.gain < NOISE
    assert certificate.apart < 1e-4
    assert certificate.starts == (0.05, 0.30)
    services = [small.sector(s) for s in small.sectors if s not in econ.goods(small)]
    us, china = small.country("USA"), small.country("CHN")
    tariff = np.asarray(found.equilibrium.shock.tariff)
    assert (tariff[us, china, services] == np.asarray(small.arrays["tariff"])[us, china, services]).all()
    assert [len(found.points), len(found.others)] == [2, 1]
    assert found.points[0].holds
    assert found.points[0].welfare == found.welfare


def test_no_trade_holds_between_two_alone_but_not_where_there_are_others(small):
    for seed in range(7, 12):
        alone = econ.nash(world(seed, countries=2, inputs=0.0), ["CHN", "ROW"], shock=ZERO)
        assert alone.points[-1].holds
        assert max(alone.points[-1].welfare.values()) < min(alone.welfare.values())
        assert "is an equilibrium too" in alone.notes[-1]
    among = econ.nash(small, ["USA", "CHN"])
    assert not among.points[-1].holds
    assert among.points[-1].gain > 1e3 * GAIN
    assert "does not hold" in among.notes[-1]


def test_one_rate_where_the_best_lies_at_the_end_of_the_scan():
    """China is best off with an American subsidy: the scan starts at zero, the search goes on below it."""
    economy = world(8)
    search = Search(economy, ZERO, weights_of(economy, "CHN"), groups(economy, "USA", "uniform"))
    value, logs = one_rate(search)
    assert logs[0] < 0.0
    assert value >= search.solve(np.array([0.0]))[0]


@pytest.mark.parametrize("refused", ["above", "above zero", "below"])
def test_rates_that_cannot_be_solved_are_not_better_and_are_named(refused, monkeypatch):
    """The same solves, with an end of the range refused: the search keeps to what has an equilibrium."""
    economy = world(8)
    whole = econ.optimal_tariff(economy, "USA")
    best = float(np.log1p(whole.rates.max()))
    limits = {"above": (-np.inf, best - 0.02), "above zero": (-np.inf, 0.0), "below": (0.5 * best, np.inf)}
    low, high = limits[refused]

    def refusing(self, logs):
        if not low <= logs[0] <= high:
            raise SolveError("no equilibrium at this rate")
        return answer(self, logs)

    answer = Search.solve
    monkeypatch.setattr(Search, "solve", refusing)
    values = Search.values
    monkeypatch.setattr(
        Search,
        "values",
        lambda self, rates: np.where(
            (np.log1p(rates) >= low) & (np.log1p(rates) <= high), values(self, rates), -np.inf
        ),
    )
    found = econ.optimal_tariff(economy, "USA")
    if refused == "below":
        assert found.rates.max() == pytest.approx(whole.rates.max(), abs=1e-8)
        assert not [note for note in found.notes if "no equilibrium" in note]
        return
    assert np.log1p(found.rates.max()) <= high + 1e-12
    assert found.certificate.unsolved == pytest.approx(np.expm1(high), abs=1e-8)
    assert [note for note in found.notes if "no equilibrium was found any more" in note]


# The quick solver of family A.


@pytest.mark.sampled(3)
@pytest.mark.parametrize("options", [{}, {"rebate": "lump-sum"}, {"closure": "proportional"}, {"closure": "zero"}])
@pytest.mark.parametrize("sectors", [1, 3])
def test_spending_in_closed_form_changes_no_answer(options, sectors):
    draw, n = np.random.default_rng(sectors), 5
    flows = draw.uniform(1.0, 10.0, (n, n, sectors))
    flows[range(n), range(n)] = draw.uniform(60.0, 200.0, (n, sectors))
    rates = draw.uniform(0.0, 0.4, flows.shape)
    rates[range(n), range(n)] = 0.0
    if sectors == 1:
        flows, rates = flows[:, :, 0], rates[:, :, 0]
    arrays = {"flows": flows, "distribution_share": draw.uniform(0.0, 0.3, n)}
    names = ("all",) if sectors == 1 else ("a", "b", "c")
    economy = econ.Economy("drawn", "armington", ("A", "B", "C", "D", "E"), names, arrays, PARAMETERS)
    found = econ.solve(economy, econ.Shock(rates, options=options), tol=1e-13)
    shock = econ.Shock(rates, options=found.shock.options)
    start = Armington().start(found.economy, shock)
    whole, _ = _chord_alone(Armington(), found.economy, shock, start, 1e-13, 200)
    assert np.abs(found.u - whole).max() < 1e-12


def test_a_tariff_in_every_cell_of_the_world_of_194():
    economy = load_libday()
    rates = np.random.default_rng(0).uniform(0.0, 0.5, (194, 194))
    np.fill_diagonal(rates, 0.0)
    shock = econ.Shock(rates, options={"rebate": "lump-sum"})
    found = econ.solve(economy, shock, tol=1e-13)
    whole, used = _chord_alone(Armington(), economy, shock, Armington().start(economy, shock), 1e-13, 200)
    assert np.abs(found.u - whole).max() < 1e-12
    assert found.certificate.iterations <= used


def quota_of(economy, rows):
    return econ.quotas_of(economy, rows)[0]


WORLDS = ("icio-2022-small", "libday-2023")


@pytest.mark.parametrize("world", WORLDS)
def test_a_wedge_is_a_tariff_and_a_quota_with_room_changes_nothing(world):
    economy = dt.load_economy(world)
    quota = quota_of(economy, [("USA", "CHN", None, 0.6)])
    found = econ.with_quotas(economy, econ.Shock(), quota)
    old = econ.baseline_tariff(economy)
    tariff = np.where(found.wedge > 0, (1.0 + old) * (1.0 + found.wedge) - 1.0, old)
    again = econ.solve(economy, econ.Shock(tariff=tariff))
    assert again.changes["welfare"] == pytest.approx(found.equilibrium.changes["welfare"], abs=1e-9)
    held = np.isfinite(quota)
    assert held.sum() == len(econ.goods(economy))
    assert np.nanmax(quantities(again)[held]) <= 0.6 + 1e-7
    found = econ.with_quotas(economy, econ.Shock(), quota_of(economy, [("USA", "CHN", None, 1.5)]))
    assert not found.wedge.any()
    assert np.abs(found.equilibrium.changes["welfare"]).max() < 1e-12
    assert found.rent == pytest.approx(np.zeros(len(economy.countries)))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19), st.floats(0.2, 1.3)), min_size=1, max_size=6))
def test_conditions_hold_in_every_cell(cells: list[tuple[int, int, float]]) -> None:
    economy = dt.load_economy("icio-2022-small")
    rows = {(economy.countries[i], economy.countries[j]): limit for i, j, limit in cells if i != j}
    quota = quota_of(economy, [(i, j, None, limit) for (i, j), limit in rows.items()])
    found = econ.with_quotas(economy, econ.Shock(), quota)
    held = np.isfinite(quota) & ~np.isnan(found.quantity)
    assert (found.quantity[held] <= quota[held] * (1 + 1e-7)).all()
    loose = held & (found.quantity < quota * (1 - 1e-6))
    assert (found.wedge[loose] < 1e-7).all()
    assert (found.wedge >= 0).all()


def test_tighter_quotas_have_wider_wedges() -> None:
    economy = dt.load_economy("libday-2023")
    at = economy.country("USA"), economy.country("CHN")
    wedges = [
        econ.with_quotas(economy, econ.Shock(), quota_of(economy, [("USA", "CHN", None, q)])).wedge[at]
        for q in (0.9, 0.5, 0.1)
    ]
    assert 0 < wedges[0] < wedges[1] < wedges[2]
