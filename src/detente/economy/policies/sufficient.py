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

Closed-form tariffs of family A and the averages of the published tables.

Source: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025): optimal uniform tariff
t* = 1 / ((1 + epsilon delta) phi - 1), with delta the inverse export supply elasticity the country faces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError, UnknownName, declared_note
from detente.codes.names import Readable
from detente.economy.armington.accounts import accounts
from detente.economy.families import family_of
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff
from detente.economy.newton import Anderson
from detente.economy.policies.policy import GRID, HIGHEST, LOWEST, Search, groups, one_rate, said_unsolved, weights_of
from detente.economy.solver import solve

AGAINST = ("players", "everybody")
#: Rate from which every player begins, share.
START = 0.2

#: A step moves no log of one plus a rate further than this.
LONGEST = 0.5

Formula = Callable[[Equilibrium], Floats]


@dataclass(frozen=True)
class Departure:
    """How far a rate of the formula is from the exact best response to the others' rates.

    Attributes
    ----------
    best : exact best rate, by a fresh search, share; `gap` is the formula's rate less this one, share.
    first_order : derivative of the player's welfare in log(1 + rate) at the formula's rate, share.
    gain : what the player would gain by moving to `best` alone, share of welfare.
    unsolved : rate beyond which the search found no equilibrium, share; not a number where it met none such.
    """

    best: float
    gap: float
    first_order: float
    gain: float
    unsolved: float = np.nan


@dataclass(frozen=True, repr=False)
class SufficientNash(Readable):
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
            return (*self.equilibrium.notes, declared_note("economy.by_formula"))
        error = declared_note("economy.by_formula_apart", gap=self.gap, gain=self.gain)
        ends = (said_unsolved(departure.unsolved, code) for code, departure in self.departures.items())
        return (*self.equilibrium.notes, *(note for end in ends for note in end), error)


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
    formula = family_of(economy).best_rates(war)
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
    return Departure(rate, float(np.expm1(log[0])) - rate, float(slope[0]), best - now, search.unsolved)


def _scanned(search: Search) -> Floats:
    """Rates to scan, shares: up to the first without an equilibrium, where a family has one: slow to establish."""
    if family_of(search.economy).rates_end:
        for count, rate in enumerate(GRID):
            if count > 1 and not np.isfinite(search.values(np.array([rate]))[0]):
                return GRID[:count]
    return GRID


WEIGHTS = ("expenditure", "gdp", "none")


def _one_sector(economy: Economy) -> None:
    if not family_of(economy).closed_form(economy):
        raise InputError(f"world {economy.name}", "closed forms are for one-sector Armington worlds", "solve for it")


def _inverse_supply(flows: Floats, share: Floats, size: Floats, margin: Floats, index: int) -> float:
    """Inverse export supply elasticity delta of a country; arrays [importer, exporter], `size` is Z."""
    sold = (1.0 - margin) * flows[:, index] * (1.0 - share[:, index])
    return float((sold.sum() - sold[index]) / ((1.0 - margin[index]) * (size[index] - flows[index, index])))


def formula_tariff(economy: Economy, country: str = "USA", *, size: str = "expenditure") -> float:
    """The formula-optimal uniform tariff of a country, share.

    `size` is what Z stands for: "expenditure" (E, the published one-sided tariff) or "income" (Y, in the published
    two-sided optimum).
    """
    _one_sector(economy)
    base, index = accounts(economy), economy.country(country)
    if size not in ("expenditure", "income"):
        raise UnknownName("size", size, ("expenditure", "income"))
    z = base.spending if size == "expenditure" else base.income
    delta = _inverse_supply(base.flows[0], base.share[0], z, base.margin, index)
    return float(1.0 / ((1.0 + base.trade[0, 0] * delta) * base.exponent[index] - 1.0))


def formula_retaliation(economy: Economy, country: str = "USA") -> float:
    """The formula-optimal tariff of everybody else on a country, one rate, share: the same on the 2 x 2 aggregate."""
    _one_sector(economy)
    base, index = accounts(economy), economy.country(country)
    group = (np.arange(base.spending.size) == index).astype(int)
    member = np.eye(2)[group]
    flows = member.T @ base.flows[0] @ member
    rest = int(np.flatnonzero(group == 0)[0])
    margin = np.array([base.margin[rest], base.margin[index]])
    share = flows / flows.sum(axis=1, keepdims=True)
    delta = _inverse_supply(flows, share, member.T @ base.income, margin, 0)
    return float(1.0 / ((1.0 + base.trade[0, 0] * delta) * base.exponent[rest] - 1.0))


def one_sided(economy: Economy, country: str, rates: float | Floats) -> Floats:
    """Tariffs of a country on every partner, at one rate or by exporter, shape (importer, exporter), shares."""
    tariff, index = baseline_tariff(economy), economy.country(country)
    tariff[index] = rates
    tariff[index, index] = 0.0
    return tariff


def with_retaliation(economy: Economy, tariff: Floats, country: str, rates: float | Floats | None = None) -> Floats:
    """The tariffs with every partner's on a country set: at a rate, or reciprocal where none is given."""
    both, index = tariff.copy(), economy.country(country)
    both[:, index] = tariff[index] if rates is None else rates
    both[index, index] = 0.0
    return both


def average(
    equilibrium: Equilibrium,
    column: str,
    *,
    weights: str | None = None,
    leave_out: Sequence[str] = (),
) -> float:
    """Average of a column of the table over countries, share.

    `weights` are baseline "expenditure", "gdp" (the array `gdp` of the world) or "none". By default as published:
    expenditure, with roundabout inputs the GDP of the world's file. Countries in `leave_out` do not count.
    """
    if column not in equilibrium.changes:
        raise UnknownName("column", column, equilibrium.changes)
    values = equilibrium.changes[column]
    weight = _weight(equilibrium.economy, weights)
    for code in leave_out:
        weight[equilibrium.economy.country(code)] = 0.0
    return float((values * weight).sum() / weight.sum())


def _weight(economy: Economy, name: str | None) -> Floats:
    family = family_of(economy)
    chosen = name or family.averaged_by(economy)
    if chosen not in WEIGHTS:
        raise UnknownName("weights", chosen, WEIGHTS)
    if chosen == "none":
        return np.ones(len(economy.countries))
    if chosen == "gdp" and "gdp" not in economy.arrays:
        raise InputError(f"world {economy.name}", "has no GDP to weigh by", "weigh by expenditure")
    return np.array(family.expenditure(economy) if chosen == "expenditure" else economy.arrays["gdp"], dtype=np.float64)
