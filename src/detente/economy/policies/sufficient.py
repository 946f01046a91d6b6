"""Nash tariffs from sufficient statistics: closed-form best responses solved together with the equilibrium.

A second method beside `game.nash`, without numerical optimisation. Source: Lashkaripour (2021), "The Cost of a Global
Tariff War: A Sufficient Statistics Approach", Journal of International Economics 131, propositions 1, 2, 5 and 6.
Importer n, exporter j, sector k; p a world price, M a quantity imported, F = p M, all at the new equilibrium.

A country that moves one rate t and its wage w_i while trade balances loses t sum p dM and gains the terms of trade
G = sum sales dp - sum purchases dp, so that its best rate is::

    t_i = -(G_i + sum_fixed tau p dM) / sum_taxed p dM                                                             (S1)

where `fixed` are the cells whose rates stay (services, partners outside the game, tariffs inside a region). As in
equation (9) of the paper, wages of all others move in one proportion: what is ignored is how they move against one
another, nothing if there are two countries. The derivatives are linear in observed shares: with theta, input shares,
final shares and rates given, costs and prices are one Leontief system, output and spending another, and the clearing
of labour in i ties dw_i to dt. Without inputs and with one rate on all imports and no deficits (S1) is::

    1 / t_i = sum_(n != i) [sum_k chi_nik theta_k (1 - lambda_nik) + chi_ni sum_k delta_nk theta_k lambda_nik]      (S2)

chi the shares in the exports of i, lambda in the spending of n on k, delta_nk = t_n e_nk lambda_nnk / (1 + t_n
lambda_nn). With one sector it is equation (13) of the paper; with several the paper weighs the last term, the revenue
that n loses, by the exports of the same sector, while lower income cuts all purchases.

Inputs: propositions 5 and 6 hold under duty drawbacks. Family B has none, so that (S1) with its Leontief systems takes
their place: tariffs on inputs pass into costs, exports and the partners' prices.

Family A, one sector: t_i = 1 / [(1 + epsilon delta_i) phi_i - 1] of Ignatenko, Lashkaripour, Macedoni and Simonovska
(2025), delta_i from (S2) at the new equilibrium; labour supply and scale enter through phi and the equilibrium alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError, UnknownName
from detente.economy.armington import accounts as armington_accounts
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff
from detente.economy.input_output import accounts as input_output
from detente.economy.iterate import Anderson
from detente.economy.policies.local_search import HIGHEST, LOWEST
from detente.economy.policies.policy import GRID, Search, groups, one_rate, weights_of
from detente.economy.solver import solve

AGAINST = ("players", "everybody")
START = 0.2
"""Rate from which every player begins, share."""

LONGEST = 0.5
"""A step moves no log of one plus a rate further than this."""

Formula = Callable[[Equilibrium], Floats]


@dataclass(frozen=True)
class Departure:
    """How far a rate of the formula is from the exact best response to the others' rates.

    Attributes
    ----------
    best : exact best rate, by a fresh search, share; `gap` is the formula's rate less this one, share.
    first_order : derivative of the player's welfare in log(1 + rate) at the formula's rate, share.
    gain : what the player would gain by moving to `best` alone, share of welfare.
    """

    best: float
    gap: float
    first_order: float
    gain: float


@dataclass(frozen=True)
class SufficientNash:
    """Nash tariffs by formula.

    Attributes
    ----------
    players : codes, in the order given.
    rates : one rate of each on what it taxes, share. The full table is `equilibrium.shock.tariff`.
    welfare : change of welfare of each player, share.
    equilibrium : the solved economy under these rates, with its certificate.
    iterations : steps on the rates, one solve each.
    step : largest move of log(1 + rate) that the formula still asks for.
    departures : by player measured, how far the rate is from the exact best response.
    """

    players: tuple[str, ...]
    rates: Mapping[str, float]
    welfare: Mapping[str, float]
    equilibrium: Equilibrium = field(repr=False)
    iterations: int
    step: float
    departures: Mapping[str, Departure]

    @property
    def gain(self) -> float:
        """Largest gain of a measured player who moves alone, share; NaN if none was measured."""
        return max((departure.gain for departure in self.departures.values()), default=np.nan)

    @property
    def gap(self) -> float:
        """Largest distance of a measured rate from the exact best response, share; NaN if none was measured."""
        return max((abs(departure.gap) for departure in self.departures.values()), default=np.nan)

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats of the solve, and the error of the method as measured."""
        if not self.departures:
            return (*self.equilibrium.notes, "rates by formula; their distance from best responses was not measured")
        error = (
            f"rates by formula, at most {self.gap:.2g} from exact best responses; a player would gain {self.gain:.1e}"
        )
        return (*self.equilibrium.notes, error)


@np.errstate(all="ignore")
def sufficient_nash(
    economy: Economy,
    players: Sequence[str] | None = None,
    *,
    shock: Shock | None = None,
    against: str = "players",
    sectors: Sequence[str] | None = None,
    measured: Sequence[str] | None = None,
    tol: float = 1e-10,
    most: int = 100,
) -> SufficientNash:
    """Nash tariffs as the fixed point of wages, spending and closed-form best responses, one rate a player.

    Parameters
    ----------
    players : who sets tariffs; by default every country.
    shock : tariffs of everybody else and the options of the closure.
    against : whose goods a player taxes, "players" (the others in the game, as in `nash`) or "everybody".
    sectors : goods that are taxed; by default all goods, services only if named.
    measured : players whose rate is compared with an exact best response, by default all; empty for none.
    tol : largest move of log(1 + rate) accepted at the end.
    most : most steps on the rates.

    Raises
    ------
    InputError : fewer than two players, or a world or closure for which there is no formula.
    UnknownName : a country, sector or value of `against` nobody knows.
    SolveError : the rates do not settle, or the formula gives no finite rate.
    """
    codes = economy.countries if players is None else tuple(players)
    for code in measured or ():
        if code not in codes:
            raise UnknownName("player", code, codes, "sufficient_nash, measured")
    war = _war(economy, shock or Shock(), codes, against, sectors)
    formula = _formula(war)
    logs, equilibrium, iterations, step = _settled(war, formula, tol, most)
    departures = {code: _departure(war, equilibrium, logs, code) for code in (codes if measured is None else measured)}
    rates = {code: float(rate) for code, rate in zip(codes, np.expm1(logs), strict=True)}
    welfare = {code: equilibrium.change("welfare", code) for code in codes}
    return SufficientNash(codes, rates, welfare, equilibrium, iterations, step, departures)


@dataclass(frozen=True)
class _War:
    """Who taxes what, and everything that stays; `partners` and `sectors` are the arguments of `policy.groups`."""

    economy: Economy
    shock: Shock
    codes: tuple[str, ...]
    partners: tuple[str, ...]
    sectors: Sequence[str] | None

    def cells(self, code: str) -> NDArray[np.int64]:
        """0 in the cells a player taxes and -1 elsewhere, shape of the tariff."""
        return groups(self.economy, code, "uniform", [other for other in self.partners if other != code], self.sectors)

    @cached_property
    def index(self) -> NDArray[np.int64]:
        """Position of each player among the countries."""
        return np.array([self.economy.country(code) for code in self.codes])

    @cached_property
    def taxed(self) -> NDArray[np.bool_]:
        """Whether a player taxes a cell, shape (sector, player, exporter)."""
        size = (len(self.economy.countries), len(self.economy.sectors))
        own = [self.cells(code)[index].reshape(size) >= 0 for code, index in zip(self.codes, self.index, strict=True)]
        return np.ascontiguousarray(np.stack(own).transpose(2, 0, 1))

    def shock_at(self, logs: Floats) -> Shock:
        """The shock in which every player sets its rate."""
        old, n = self.shock.tariff, len(self.economy.countries)
        tariff = np.array(baseline_tariff(self.economy) if old is None else old, dtype=np.float64, order="C")
        cube, taxed = tariff.reshape(n, n, -1), self.taxed.transpose(1, 2, 0)
        cube[self.index] = np.where(taxed, np.expm1(logs)[:, None, None], cube[self.index])
        return self.shock.with_tariff(tariff)


def _war(economy: Economy, shock: Shock, codes: tuple[str, ...], against: str, sectors: Sequence[str] | None) -> _War:
    if len(set(codes)) < 2 or len(set(codes)) < len(codes):
        raise InputError("sufficient_nash", "a game needs at least two players, each named once", "name two countries")
    if against not in AGAINST:
        raise UnknownName("against", against, AGAINST, "sufficient_nash", f"use {' or '.join(AGAINST)}")
    return _War(economy, shock, codes, economy.countries if against == "everybody" else codes, sectors)


def _settled(war: _War, formula: Formula, tol: float, most: int) -> tuple[Floats, Equilibrium, int, float]:
    """The fixed point of the formula, accelerated: logs, equilibrium, steps and the last step asked for."""
    logs, low, high = np.full(len(war.codes), np.log1p(START)), np.log1p(LOWEST), np.log1p(HIGHEST)
    history, before, step, equilibrium = Anderson(1, logs.size), None, np.full(logs.size, np.inf), None
    for count in range(1, most + 1):
        equilibrium = solve(war.economy, war.shock_at(logs), tol=min(1e-10, tol), warm=equilibrium)
        step = np.log1p(formula(equilibrium).clip(LOWEST, HIGHEST)) - logs
        if np.abs(step).max() <= tol:
            _refuse_bounds(war, logs)
            return logs, equilibrium, count, float(np.abs(step).max())
        if before is not None:
            history.remember((logs - before[0])[None], (step - before[1])[None])
        far = np.abs(step).max() > LONGEST
        before, history = (None, Anderson(1, logs.size)) if far else ((logs, step), history)
        logs = (logs + (step if far else history.next(step[None])[0]).clip(-LONGEST, LONGEST)).clip(low, high)
    worst = war.codes[int(np.argmax(np.abs(step)))]
    raise SolveError(
        f"sufficient_nash: after {most} steps the rate of {worst} still moves by {np.abs(step).max():.2g} in "
        "log(1 + rate). Name fewer players, or use nash."
    )


def _refuse_bounds(war: _War, logs: Floats) -> None:
    stuck = (logs >= np.log1p(HIGHEST) - 1e-6) | (logs <= np.log1p(LOWEST) + 1e-6)
    if stuck.any():
        raise SolveError(
            f"sufficient_nash: the formula gives no finite rate for {war.codes[int(np.argmax(stuck))]} "
            f"(below {LOWEST:.0%} or above {HIGHEST:.0%}): demand for what it sells answers too little. Use nash."
        )


def _departure(war: _War, equilibrium: Equilibrium, logs: Floats, code: str) -> Departure:
    """The exact best response of one player, by a search that knows nothing of the formula."""
    log = logs[[war.codes.index(code)]]
    search = Search(war.economy, war.shock_at(logs), weights_of(war.economy, code), war.cells(code), equilibrium)
    now, slope = search.slope(log)
    best, answer = one_rate(search, _scanned(search), 1e-9)
    rate = float(np.expm1(answer[0]))
    return Departure(rate, float(np.expm1(log[0])) - rate, float(slope[0]), best - now)


def _scanned(search: Search) -> Floats:
    """Rates to scan, shares: up to the first without an equilibrium, slow to establish and met in family A only."""
    if search.economy.family == "armington":
        for count, rate in enumerate(GRID):
            if count > 1 and not np.isfinite(search.values(np.array([rate]))[0]):
                return GRID[:count]
    return GRID


def _formula(war: _War) -> Formula:
    """The rates of all players at an equilibrium, shape (player,); `InputError` where there is no formula."""
    if war.economy.family == "armington":
        _check_armington(war)
        return lambda equilibrium: _armington_rates(war, equilibrium)
    _check_caliendo_parro(war)
    return lambda equilibrium: _rates(war, equilibrium)


# Family A: a closed form.


def _check_armington(war: _War) -> None:
    where, economy = f"sufficient_nash, world {war.economy.name}", war.economy
    if len(economy.sectors) > 1:
        raise InputError(where, "family A has a formula for one sector only", "use nash, or a world of family B")
    if armington_accounts.accounts(economy).value_added < 1.0:
        raise InputError(where, "family A has no formula with roundabout inputs", "set value_added_share to 1")
    closure = war.shock.options.get("closure", "fixed-transfers")
    if closure not in ("fixed-transfers", "zero"):
        raise InputError(where, f"there is no formula for the closure {closure}", "use fixed-transfers or zero")
    imports = np.asarray(economy.arrays["flows"], dtype=np.float64)[war.index] > 0
    imports[np.arange(war.index.size), war.index] = False
    if (imports & ~war.taxed[0]).any():
        raise InputError(where, "the formula is for one rate on all imports", "tax everybody: against='everybody'")


def _armington_rates(war: _War, equilibrium: Equilibrium) -> Floats:
    base = armington_accounts.accounts(equilibrium.economy)
    slope = base.trade[0, 0] * _inverse_supply(equilibrium)[war.index]
    inverse = (1.0 + slope) * base.exponent[war.index] - 1.0
    return np.where(inverse > 0.0, 1.0 / np.maximum(inverse, 1e-300), np.inf)


def _inverse_supply(equilibrium: Equilibrium) -> Floats:
    """Inverse export supply elasticity delta that each country faces, shape (country,), from (S2).

    Beside own prices it counts the revenue partners lose when they buy less, and what a higher wage of the country adds
    to transfers fixed relative to world income.
    """
    base, levels = armington_accounts.accounts(equilibrium.economy), equilibrium.levels
    trade, spent = levels["trade"], levels["expenditure"][:, None]
    rate = np.zeros_like(trade) if equilibrium.shock.tariff is None else equilibrium.shock.tariff
    share = trade * (1.0 + rate) / spent
    part = levels["revenue"][:, None] / spent
    weight = levels["income"] / levels["income"].sum()
    lost = base.trade[0, 0] * share * (rate / (1.0 + rate) - part)
    income = (levels["transfer"][:, None] * weight / spent - lost) / (1.0 - part)
    sold = base.kept[:, None] * trade
    np.fill_diagonal(sold, 0.0)
    transferred = levels["transfer"] * weight
    fall = (sold * (base.trade[0, 0] * (1.0 - share) - income)).sum(axis=0) - transferred
    return fall / base.trade[0, 0] / (sold.sum(axis=0) + transferred)


# Family B: derivatives along a rate and a wage.


def _check_caliendo_parro(war: _War) -> None:
    where, parameters = f"sufficient_nash, world {war.economy.name}", war.economy.parameters
    for name in ("labor_supply_elasticity", "scale_elasticity", "markup"):
        if np.any(np.asarray(parameters.get(name, 0.0), dtype=np.float64) != 0.0):
            raise InputError(where, f"there is no formula where {name} is not 0", f"set {name} to 0, or use nash")
    if np.any(np.asarray(parameters.get("input_substitution", 1.0), dtype=np.float64) != 1.0):
        raise InputError(where, "the formula takes inputs as Cobb-Douglas", "set input_substitution to 1, or use nash")
    known = {"closure": ("fixed", "fixed-transfers", "zero"), "horizon": ("long",), "objective": ("real-income",)}
    for name, values in known.items():
        value = war.shock.options.get(name, values[0])
        if value not in values:
            raise InputError(where, f"there is no formula for {name} {value}", f"use {' or '.join(values)}, or nash")


@dataclass(frozen=True)
class _Shares:
    """What the formula reads of an equilibrium of family B.

    `flow`, `share`, `rate` have the shape (sector, importer, exporter); `spent`, `made` (sector, country); `wages`
    (country,); `inputs`, `final` and `labor` are those of the baseline, `theta` has the shape (sector, 1).
    """

    flow: Floats
    share: Floats
    rate: Floats
    spent: Floats
    made: Floats
    wages: Floats
    inputs: Floats
    final: Floats
    labor: Floats
    theta: Floats

    @cached_property
    def per_spending(self) -> Floats:
        """Purchases net of tariff over spending, shape of `flow`."""
        return self.flow / np.where(self.spent > 0, self.spent, 1.0)[:, :, None]

    @cached_property
    def collected(self) -> Floats:
        """Revenue by sector over spending, shape (sector, importer)."""
        return (self.rate * self.per_spending).sum(axis=2)


def _shares(equilibrium: Equilibrium) -> _Shares:
    base = input_output.accounts(equilibrium.economy)
    flow = np.ascontiguousarray(equilibrium.levels["trade"].transpose(2, 0, 1))
    tariff = equilibrium.shock.tariff
    rate = base.tariff if tariff is None else tariff.reshape(equilibrium.levels["trade"].shape).transpose(2, 0, 1)
    spent = equilibrium.levels["spending"].T
    share = flow * (1.0 + rate) / np.where(spent > 0, spent, 1.0)[:, :, None]
    wages, theta = equilibrium.levels["wages"], base.theta[:, None]
    made = equilibrium.levels["output"].T
    return _Shares(flow, share, rate, spent, made, wages, base.inputs, base.final, base.value_added_share, theta)


@dataclass(frozen=True)
class _Answers:
    """Derivatives along directions: log costs and prices, spending and output in levels, (sector, country, direction);
    `gap`, wages less what sales pay for labour, (country, direction).
    """

    cost: Floats
    price: Floats
    spent: Floats
    made: Floats
    gap: Floats


def _rates(war: _War, equilibrium: Equilibrium) -> Floats:
    """(S1) for every player, shape (player,)."""
    s, index = _shares(equilibrium), war.index
    cost, price, spent = _balanced(_along_rates(s, war), _along_wages(s, index), index)
    bought, theta, charged = s.flow[:, index], s.theta[:, :, None], cost.transpose(0, 2, 1)
    budget = (spent / np.where(s.spent > 0, s.spent, 1.0)[:, index])[:, :, None]
    # p dM: values change by budgets and by relative prices with duty; less the world price, quantities.
    grown = bought * (budget + theta * price[:, :, None] - (1.0 + theta) * (charged + war.taxed))
    terms = (s.made[:, index] * cost[:, index, np.arange(index.size)]).sum(axis=0) - (bought * charged).sum(axis=(0, 2))
    fixed = (np.where(war.taxed, 0.0, s.rate[:, index]) * grown).sum(axis=(0, 2))
    taxed = (war.taxed * grown).sum(axis=(0, 2))
    return np.where(taxed < 0.0, -(terms + fixed) / np.minimum(taxed, -1e-300), np.inf)


def _balanced(rate: _Answers, wage: _Answers, index: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Answers to a rate and the wage that clears the player's labour: costs (sector, country, player), and prices and
    spending of each player, (sector, player).
    """
    each = np.arange(index.size)
    turn = -rate.gap[index, each] / wage.gap[index, each]
    price = rate.price[:, index, each] + turn * wage.price[:, index, each]
    spent = rate.spent[:, index, each] + turn * wage.spent[:, index, each]
    return rate.cost + turn * wage.cost, price, spent


def _along_rates(s: _Shares, war: _War) -> _Answers:
    """Answers to log(1 + rate) of each player in the cells it taxes, wages of all given."""
    index, each = war.index, np.arange(war.index.size)
    raised = np.zeros((*s.spent.shape, index.size))
    raised[:, index, each] = (s.share[:, index] * war.taxed).sum(axis=2)
    lost = -(1.0 + s.theta[:, :, None]) * s.flow[:, index] * war.taxed
    direct = (s.rate[:, index] * lost + (1.0 + s.rate[:, index]) * s.flow[:, index] * war.taxed).sum(axis=(0, 2))
    revenue = np.zeros((s.wages.size, index.size))
    revenue[index, each] = direct
    return _answers(s, np.zeros((s.wages.size, index.size)), raised, lost.transpose(0, 2, 1), revenue)


def _along_wages(s: _Shares, index: NDArray[np.int64]) -> _Answers:
    """Answers to the log wage of each player; wages of the others fall together, so that world wages stay."""
    weight = s.wages[index] / s.wages.sum()
    wages = np.tile(-weight / (1.0 - weight), (s.wages.size, 1))
    wages[index, np.arange(index.size)] = 1.0
    none = np.zeros((*s.spent.shape, index.size))
    return _answers(s, wages, none, none, np.zeros_like(wages))


def _answers(s: _Shares, wages: Floats, raised: Floats, sold: Floats, revenue: Floats) -> _Answers:
    """Answers to logs of wages (country, direction), prices raised and output lost by taxes (sector, country,
    direction), and revenue (country, direction).
    """
    cost, price = _prices(s, wages, raised)
    substituted = s.theta[:, :, None] * price
    sold = sold - s.theta[:, :, None] * s.made[:, :, None] * cost + s.flow.transpose(0, 2, 1) @ substituted
    taxes = s.rate * s.flow
    shifted = taxes.sum(axis=2)[:, :, None] * substituted - s.theta[:, :, None] * (taxes @ cost)
    earned = s.wages[:, None] * wages
    spent, made = _quantities(s, sold, earned + revenue + shifted.sum(axis=0))
    return _Answers(cost, price, spent, made, earned - np.einsum("nk,knd->nd", s.labor, made))


def _prices(s: _Shares, wages: Floats, raised: Floats) -> tuple[Floats, Floats]:
    """Logs of costs and prices: costs follow wages and the prices of inputs, prices the costs of all sellers."""
    by_wage = s.labor.T[:, :, None] * wages
    users = s.inputs.transpose(0, 2, 1)

    def step(price: Floats) -> Floats:
        return s.share @ (by_wage + (users @ price.transpose(1, 0, 2)).transpose(1, 0, 2)) + raised

    price = _series(step, raised)
    return by_wage + (users @ price.transpose(1, 0, 2)).transpose(1, 0, 2), price


def _quantities(s: _Shares, sold: Floats, income: Floats) -> tuple[Floats, Floats]:
    """Spending and output in levels: inputs follow output, final demand income, income what purchases pay in duties."""

    def output(spent: Floats) -> Floats:
        return sold + s.per_spending.transpose(0, 2, 1) @ spent

    def step(spent: Floats) -> Floats:
        final = income + (s.collected[:, :, None] * spent).sum(axis=0)
        used = (s.inputs @ output(spent).transpose(1, 0, 2)).transpose(1, 0, 2)
        return used + s.final.T[:, :, None] * final

    spent = _series(step, np.zeros_like(sold))
    return spent, output(spent)


def _series(step: Callable[[Floats], Floats], start: Floats, most: int = 2000) -> Floats:
    """The fixed point of a linear map that contracts: a Leontief series, summed until its terms are rounding."""
    value = start
    for _ in range(most):
        new = step(value)
        if np.abs(new - value).max() <= 1e-14 * np.abs(new).max():
            return new
        value = new
    raise SolveError(f"sufficient_nash: the chain of inputs does not end within {most} rounds. Check input shares.")
