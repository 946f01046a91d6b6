"""Profits, labour supply, scale and capital of family B against models written from their own equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import root

import detente as dt
from detente.economy import Economy, Shock, added, gradient, optimal_tariff, shock_of, solve
from detente.economy.input_output.accounts import PARAMETERS, accounts, profit_share, technology
from rows import rows_of

LISTED = rows_of(__file__)

Floats = NDArray[np.float64]


class OssaLevels:
    """The model of Ossa (2014) in levels, without hats: wages solve for labour markets, firms are given.

    T_ijs = M_is tau_ijs^-sigma (m_s w_i / A_is)^(1-sigma) P_js^(sigma-1) mu_js X_j, i exporter, j importer.
    """

    def __init__(self, seed: int, countries: int = 4, sectors: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.s = countries, sectors
        self.sigma = rng.uniform(2.0, 6.0, sectors)
        self.cost = rng.uniform(0.6, 1.6, (countries, countries, sectors))
        self.firms = rng.uniform(0.5, 2.0, (countries, sectors))
        self.budget = rng.dirichlet(np.ones(sectors) * 4, countries)
        self.labor = rng.uniform(0.5, 2.0, countries)
        self.weight = rng.uniform(0.5, 1.5, (countries, sectors))

    def at(self, tariff: Floats) -> dict[str, Floats]:
        """Wages, trade [exporter, importer, sector] net of tariff, welfare and political welfare."""
        found = root(lambda x: self._gap(np.exp(np.append(0.0, x)), tariff), np.zeros(self.n - 1), tol=1e-13)
        assert found.success
        return self._state(np.exp(np.append(0.0, found.x)), tariff)

    def _gap(self, wage: Floats, tariff: Floats) -> Floats:
        state = self._state(wage, tariff)
        paid = (state["trade"].sum(axis=1) * (1.0 - 1.0 / self.sigma)).sum(axis=1)
        return (paid / (wage * self.labor) - 1.0)[1:]

    def _state(self, wage: Floats, tariff: Floats) -> dict[str, Floats]:
        gross = 1.0 + tariff
        kernel = self.firms[:, None] * (self.cost * wage[:, None, None]) ** (1.0 - self.sigma)
        index = (kernel * gross ** (1.0 - self.sigma)).sum(axis=0) ** (1.0 / (1.0 - self.sigma))
        unit = kernel * gross**-self.sigma * index ** (self.sigma - 1.0) * self.budget
        # spending X_j = w L + profits + revenue, linear in X
        profit = (unit / self.sigma).sum(axis=2)
        revenue = (unit * tariff).sum(axis=(0, 2))
        spending = np.linalg.solve(np.eye(self.n) - profit - np.diag(revenue), wage * self.labor)
        trade = unit * spending[:, None]
        price = (index**self.budget).prod(axis=1)
        sales = trade.sum(axis=1)
        paid = sales * (1.0 - 1.0 / self.sigma)
        collected = (trade * tariff).sum(axis=(0, 2))
        by_sector = sales + paid / paid.sum(axis=1, keepdims=True) * collected[:, None]
        return {
            "wage": wage,
            "trade": trade,
            "real": spending / price,
            "political": (self.weight * by_sector).sum(axis=1) / price,
        }

    def codes(self) -> tuple[str, ...]:
        return tuple(f"C{i}" for i in range(self.n))

    def economy(self, tariff: Floats) -> Economy:
        """The same world as a baseline of family B."""
        flows = self.at(tariff)["trade"].transpose(1, 0, 2)
        arrays = {
            "flows": flows,
            "tariff": tariff.transpose(1, 0, 2).copy(),
            "input_share": np.zeros((self.n, self.s, self.s)),
            "final_share": self.budget,
            "political_weight": self.weight,
        }
        sectors = tuple(f"S{k}" for k in range(self.s))
        given = {**PARAMETERS, "trade_elasticity": self.sigma - 1.0, "markup": 1.0}
        return Economy("ossa", "caliendo_parro", self.codes(), sectors, arrays, given)


def _tariff(model: OssaLevels, seed: int, high: float) -> Floats:
    rate = np.random.default_rng(seed).uniform(0.0, high, (model.n, model.n, model.s))
    rate[np.arange(model.n), np.arange(model.n)] = 0.0
    return rate


@pytest.mark.parametrize("seed", range(5))
def test_profits_and_political_welfare_are_those_of_the_model_in_levels(seed: int) -> None:
    model = OssaLevels(seed)
    old, new = _tariff(model, seed, 0.3), _tariff(model, seed + 50, 0.9)
    before, after = model.at(old), model.at(new)
    economy = model.economy(old)
    found = solve(economy, Shock(tariff=new.transpose(1, 0, 2).copy()))
    assert found.changes["welfare"] == pytest.approx(after["real"] / before["real"] - 1.0, abs=1e-8)
    assert found.changes["political_welfare"] == pytest.approx(after["political"] / before["political"] - 1.0, abs=1e-8)
    relative = found.hats["wage"] / found.hats["wage"][0]
    assert relative == pytest.approx(after["wage"] / before["wage"], rel=1e-8)


def test_a_country_with_ossas_objective_chooses_tariffs_nobody_beats_in_levels() -> None:
    model = OssaLevels(3)
    old = _tariff(model, 3, 0.2)
    economy = model.economy(old)
    shock = Shock(options={"objective": "political"})
    best = optimal_tariff(economy, "C0", over="partner x sector", shock=shock)
    rates = old.copy()
    rates[:, 0] = best.rates
    top = model.at(rates)["political"][0]
    assert best.value == pytest.approx(top / model.at(old)["political"][0] - 1.0, abs=1e-8)
    rng = np.random.default_rng(0)
    for _ in range(40):
        trial = rates.copy()
        trial[1:, 0] = np.expm1(np.log1p(trial[1:, 0]) + rng.normal(0.0, 0.05, trial[1:, 0].shape))
        assert model.at(trial)["political"][0] < top + 1e-10


def test_one_sector_with_labour_supply_and_scale_is_eaton_kortum_krugman() -> None:
    rng = np.random.default_rng(5)
    n = 6
    flows = rng.uniform(0.1, 1.0, (n, n)) + 8 * np.diag(rng.uniform(0.5, 2.0, n))
    flows = (flows + flows.T) / 2
    codes = tuple(f"C{i}" for i in range(n))
    number = {"trade_elasticity": 4.0, "labor_supply_elasticity": 0.5, "scale_elasticity": 0.67 / 4.0}
    one = Economy(
        "a", "armington", codes, ("all",), {"flows": flows, "distribution_share": np.zeros(n)},
        {**dict(dt.load_economy("libday-2023").parameters), **number},
    )  # fmt: skip
    arrays = {"flows": flows, "input_share": np.zeros((n, 1, 1)), "final_share": np.ones((n, 1))}
    two = Economy("b", "caliendo_parro", codes, ("all",), arrays, {**PARAMETERS, **number})
    tariff = np.zeros((n, n))
    tariff[0, 1:] = 0.4
    tariff[1, 0] = 0.25
    first = solve(one, Shock(tariff=tariff, options={"rebate": "lump-sum"}))
    second = solve(two, Shock(tariff=tariff))
    for column in ("welfare", "employment", "real_wage", "exports_to_gdp"):
        assert second.changes[column] == pytest.approx(first.changes[column], abs=1e-9), column


def _small(**parameters: float) -> Economy:
    economy = dt.load_economy("icio-2022-small")
    return replace(economy, parameters={**economy.parameters, **parameters})


def _war(economy: Economy, **options: str) -> Shock:
    return shock_of(economy, [("USA", "CHN", None, 0.6), ("CHN", "USA", None, 0.4)], **options)


CASES = LISTED["cases"]


@pytest.mark.parametrize(("parameters", "options"), CASES)
def test_gradients_agree_with_central_differences_and_nothing_changes_nothing(parameters, options):
    economy = _small(**parameters)
    found = solve(economy, _war(economy, **options))
    assert abs(found.certificate.walras) < 1e-9
    slope = gradient(found, "USA")
    base = np.asarray(found.shock.tariff)
    at = economy.country("USA"), economy.country("CHN"), 9
    step = 1e-4
    values = []
    for move in (step, -step):
        tariff = base.copy()
        tariff[at] += move
        values.append(solve(economy, found.shock.with_tariff(tariff), tol=1e-12).change("welfare", "USA"))
    assert slope[at] == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-6)
    found = solve(economy, Shock(options=options))
    for name in ("wage", "price", "labor", "output"):
        assert np.abs(found.hats[name] - 1.0).max() < 1e-12, name


def test_capital_and_labour_supply_are_the_plain_model_at_their_ends():
    economy = _small(capital_share=0.0)
    long, short = (solve(economy, _war(economy, horizon=h)) for h in ("long", "short"))
    assert short.changes["welfare"] == pytest.approx(long.changes["welfare"], abs=1e-10)
    economy = _small(capital_share=0.5)
    long, short = (solve(economy, _war(economy, horizon=h)) for h in ("long", "short"))
    usa = economy.country("USA")
    made = np.log(long.hats["output"][usa]), np.log(short.hats["output"][usa])
    assert np.abs(made[1]).max() < np.abs(made[0]).max()
    economy = _small(labor_supply_elasticity=0.5)
    found = solve(economy, _war(economy))
    assert found.changes["employment"] == pytest.approx((1.0 + found.changes["real_wage"]) ** 0.5 - 1.0, abs=1e-10)


def test_users_who_cannot_replace_an_input_spend_more_on_it_when_it_is_scarce() -> None:
    base = _small()
    hat = np.ones((len(base.countries), len(base.sectors)))
    ore = base.sector("ORE")
    hat[:, ore] = 0.5
    spending = []
    for eta in (0.05, 1.0, 3.0):
        found = solve(_small(input_substitution=eta), Shock(productivity_hat=hat))
        spending.append(
            found.levels["spending"][base.country("USA"), ore] / found.levels["income"][base.country("USA")]
        )
    assert spending[0] > spending[1] > spending[2]


@pytest.mark.parametrize("name", ["icio-2022", "icio-2022-small", "icio-2025-small", "nafta-1993", "wiod-2011"])
def test_the_profits_of_ossa_can_be_had_in_every_world_and_are_never_more_than_value_added(name: str) -> None:
    economy = dt.load_economy(name).with_parameters(markup=1.0)
    base = accounts(economy)
    share = profit_share(economy, base)
    assert (share <= base.value_added_share).all()
    assert (share[share < base.value_added_share - 1e-12] > 0.0).all()
    found = solve(economy, _war(economy))
    assert found.certificate.residual < 1e-10
    assert any("are lowered to value added" in note for note in found.notes)
    assert not [note for note in solve(economy.with_parameters(markup=0.0), Shock()).notes if "profits" in note]


def test_inputs_in_shares_are_the_limit_of_a_substitution_of_one() -> None:
    near, at = (solve(e, _war(e)) for e in (_small(input_substitution=1.0 + 1e-7), _small()))
    assert near.changes["welfare"] == pytest.approx(at.changes["welfare"], abs=1e-8)


@pytest.mark.parametrize(
    ("parameters", "horizon"),
    [({}, "long"), ({"markup": 0.2}, "long"), ({"markup": 0.2, "capital_share": 0.4}, "short")],
)
def test_the_numeraire_is_the_mean_wage_of_what_moves_between_sectors(parameters, horizon) -> None:
    """As the page on the input-output family says; deficits stay in those units."""
    small = dt.load_economy("icio-2022-small")
    world = replace(small, parameters={**small.parameters, **parameters})
    shock = Shock(added(world, "USA", ["CHN"], 0.3), options={"horizon": horizon})
    found, base = solve(world, shock, tol=1e-12), accounts(world)
    made, rise = technology(world, shock), found.hats["wage"] - 1.0
    paid, value_added = made.labor_income, base.value_added_share * base.output
    assert paid @ rise == pytest.approx(0.0, abs=1e-11 * paid.sum())
    new = (made.labor * base.output * found.hats["output"]).sum(axis=1)
    assert found.hats["wage"] * paid == pytest.approx(new, rel=1e-9)
    assert found.changes["deficit"] == pytest.approx(np.zeros(len(paid)), abs=1e-9)
    if parameters:
        moved = value_added.sum(axis=1) @ rise / value_added.sum()
        assert abs(moved) > 1e-7
