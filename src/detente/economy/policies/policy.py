"""Optimal tariffs of one country, with a certificate.

Rates are total tariffs: they replace the baseline. Everything else stays as in the shock given. Search is by exact
gradients (one adjoint solve each) in log(1 + rate).

Local searches for several rates, and the steps that no slope leads over.

Near its best each rate has a slope of about trade left x elasticity x (best rate - rate). Divided by what is left the
slopes point straight at the answer, however high the rates; so a fixed point with Anderson acceleration (Walker and Ni
2011) mostly gets there in one to three dozen steps. Where it does not climb, L-BFGS-B takes over from the best point.

One tariff of several countries on one partner: the best rate of a customs union, or of one country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, SolveError, UnknownName, declared_note
from detente.codes.given import Several, several_or_none
from detente.codes.kinds import checked
from detente.codes.names import Readable
from detente.economy.families import family_of
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff, shape_of
from detente.economy.newton import Anderson
from detente.economy.solver import gradient, scan, solve
from detente.economy.tariff_table import goods

#: Rates searched, shares.
LOWEST, HIGHEST = -0.5, 10.0

#: Rate up to which those that end at the highest are carried on: hardly any trade is left there, share.
CLOSED = 1e4

#: Cells that are closed one at a time, those with most trade x theta first; as many sectors, and partners.
MOST_CELLS = 30

#: First and longest step of a search, log(1 + rate).
FIRST, LONGEST = 0.05, 0.5

#: Rates above this many times the mean (in logs) start again from the mean, at most so often.
FAR, RETURNS = 1.5, 3

#: Differences of welfare below this are the tolerance of a solve, share.
NOISE = 1e-10

#: Rates (mean weighted by trade x theta) and objective nearer than this are one optimum, shares.
MEETING, MEETING_VALUE = 3e-5, 1e-9

#: A search ends when no slope is above this share of the largest at its start.
SLOPE = 1e-7

#: Steps of the fixed point, those it remembers, and how often it may fall back to the best point.
STEPS, MEMORY, SLIPS = 60, 10, 3

#: How much faster slopes fall than trade x elasticity over spending, at least; smaller steps are safe.
STEEPER = 1.5

#: Trade left over the mean at the start that counts as none.
LITTLE = 1e-9

#: Tolerance of the first solves of single steps, and how near to the best so far these are solved to the full.
SCREENED, NEAR = 1e-6, 2e-5

#: Objective, share, and logs of the rates where a search ended.
Found = tuple[float, Floats]


def taxed_at(economy: Economy, shock: Shock, group: NDArray[np.int64], logs: Floats) -> Shock:
    """The shock with the rates expm1(logs), shape (rates,), in the cells of their group; -1 keeps a cell's tariff."""
    old = baseline_tariff(economy) if shock.tariff is None else shock.tariff
    tariff, chosen = np.array(old, dtype=np.float64), group >= 0
    tariff[chosen] = np.expm1(logs)[group[chosen]]
    return shock.with_tariff(tariff)


def by_rate(group: NDArray[np.int64], cells: Floats, rates: int) -> Floats:
    """Sum of cells, shaped like the tariff, under each rate, shape (rates,)."""
    chosen = group >= 0
    return np.bincount(group[chosen], cells.reshape(group.shape)[chosen], rates).astype(np.float64)


@dataclass
class Search:
    """An objective as a function of a few rates; counts its solves and starts each from the last.

    What was solved last is kept: searches ask for the slope where they have just asked for the value. `unsolved` is
    the rate at which `one_rate` found no equilibrium where its search led, share.
    """

    economy: Economy
    shock: Shock
    weights: Floats
    group: NDArray[np.int64]
    warm: Equilibrium | None = None
    solves: int = 0
    tol: float = 1e-10
    unsolved: float = np.nan
    _at: Floats | None = field(default=None, init=False, repr=False)

    @cached_property
    def _cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Flat places of the cells that are set, and the rate each takes."""
        places = np.flatnonzero(self.group >= 0)
        return places, self.group.ravel()[places]

    def shock_at(self, logs: Floats) -> Shock:
        """The shock with the rates expm1(logs), shape (rates,), in their cells."""
        return taxed_at(self.economy, self.shock, self.group, logs)

    def solve(self, logs: Floats) -> tuple[float, Equilibrium]:
        """Objective and equilibrium at rates."""
        if self.warm is None or self._at is None or not np.array_equal(self._at, logs):
            self.solves += 1
            self.warm = solve(self.economy, self.shock_at(logs), tol=self.tol, warm=self.warm, persist=False)
            self._at = np.array(logs)
        return float(self.weights @ self.warm.payoff), self.warm

    def slope(self, logs: Floats) -> tuple[float, Floats]:
        """Objective and its derivative in the logs."""
        value, equilibrium = self.solve(logs)
        return value, by_rate(self.group, gradient(equilibrium, self.weights), logs.size) * np.exp(logs)

    @cached_property
    def _trade(self) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
        """Of each cell that is set: the rate it takes, trade x theta over the mean, theta, log of the old rate."""
        cells, rate = self._cells
        theta = (elasticity_of(self.economy) + 0.0 * imports_of(self.economy)).ravel()[cells]
        value = imports_of(self.economy).ravel()[cells] * theta
        return (
            rate,
            value / value.sum() * (rate.max() + 1),
            theta,
            np.log1p(baseline_tariff(self.economy).ravel()[cells]),
        )

    def left(self, logs: Floats) -> Floats:
        """Trade x theta about left under each rate, over the mean at the baseline, shape (rates,)."""
        rate, value, theta, old = self._trade
        return np.bincount(rate, value * np.exp(-theta * (logs[rate] - old)), logs.size).astype(np.float64)

    @cached_property
    def bend(self) -> float:
        """Mean trade x theta under a rate over the spending of the country that sets them: how slopes fall, share."""
        cells, rate = self._cells
        imports = imports_of(self.economy)
        value = (imports * elasticity_of(self.economy)).ravel()[cells].sum() / (rate.max() + 1)
        return float(value / imports[np.unravel_index(cells[0], imports.shape)[0]].sum())

    @cached_property
    def axes(self) -> tuple[NDArray[np.int64], ...]:
        """For rates by partner and sector the place of the partner, and of the sector, of each; otherwise nothing."""
        cells, rate = self._cells
        if cells.size != rate.max() + 1:
            return ()
        _, partner, sector = np.unravel_index(cells[np.argsort(rate)], imports_of(self.economy).shape)
        return tuple(axis for axis in (sector, partner) if 1 < np.unique(axis).size < axis.size)

    def tried(self, trials: Sequence[Floats], near: Floats) -> list[float]:
        """Objective at trial rates, solved from rates near them; minus infinity where there is no equilibrium.

        What is clearly worse than the rates near by is solved roughly.
        """
        value, equilibrium = self.solve(near)
        if len(self.economy.sectors) == 1 and family_of(self.economy).stackable:
            self.solves += len(trials)
            many = scan(self.economy, [self.shock_at(logs) for logs in trials])
            return [-np.inf if point is None else float(self.weights @ point.payoff) for point in many]
        return [self._tried(logs, value, equilibrium) for logs in trials]

    def _tried(self, logs: Floats, value: float, near: Equilibrium) -> float:
        self.solves += 1
        try:
            equilibrium = solve(self.economy, self.shock_at(logs), tol=SCREENED, warm=near, persist=False)
            rough = float(self.weights @ equilibrium.payoff)
            return rough if rough < value - NEAR else self.solve(logs)[0]
        except SolveError:
            return -np.inf

    def values(self, rates: Floats) -> Floats:
        """Objective at one common rate each, shape (rates,); minus infinity where there is no equilibrium."""
        size = int(self.group.max()) + 1
        shocks = [self.shock_at(np.full(size, np.log1p(rate))) for rate in rates]
        self.solves += len(shocks)
        equilibria = scan(self.economy, shocks)
        return np.array([-np.inf if e is None else self.weights @ e.payoff for e in equilibria])


def traded(economy: Economy, index: int) -> NDArray[np.bool_]:
    """Cells (exporter, sector) from which a country imports anything."""
    return imports_of(economy)[index] > 0


def imports_of(economy: Economy) -> Floats:
    """Baseline imports [importer, exporter, sector], USD."""
    n = len(economy.countries)
    return np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(n, n, len(economy.sectors))


def elasticity_of(economy: Economy) -> Floats:
    """Trade elasticities after the guard `theta_max`, shape (sector,)."""
    theta = np.asarray(economy.parameters.get("trade_elasticity", 1.0), dtype=np.float64).reshape(-1)
    most = float(economy.parameters.get("theta_max", 0.0)) or np.inf
    return np.broadcast_to(np.minimum(theta, most), (len(economy.sectors),))


def starting_points(size: int, starts: Sequence[float], chance: int, seed: int) -> list[Floats]:
    """Logs to begin from: the same rate everywhere, and rates drawn evenly in logs from 0 to 100 per cent."""
    draws = np.random.default_rng(seed).uniform(0.0, np.log(2.0), (chance, size))
    return [*(np.full(size, np.log1p(start)) for start in starts), *draws]


def from_all(search: Search, points: Sequence[Floats], scale: Floats, known: Sequence[Found] = ()) -> list[Found]:
    """Where searches from several points end; one that meets an optimum found before ends there."""
    optima: list[Found] = []
    for logs in points:
        optima.append(many_rates(search, logs, scale, [*known, *optima]))
    return optima


def many_rates(search: Search, logs: Floats, scale: Floats, known: Sequence[Found] = ()) -> Found:
    """Best vector of rates from one start.

    Where a rate is so high that hardly any trade is left no slope leads back. So rates far above the mean start again
    from there, as long as that gains. What ends at the highest rate is carried on until nothing is left.
    """
    value, logs = climbed(search, logs, scale, known)
    for _ in range(RETURNS):
        mean = float(np.average(logs, weights=scale**2))
        far = logs > max(FAR * mean, 0.0)
        if mean <= 0.0 or not far.any():
            break
        again = climbed(search, np.where(far, mean, logs), scale, [*known, (value, logs)])
        if again[0] <= value + NOISE:
            break
        value, logs = again
    return _carried_on(search, (value, logs), scale, known) if _at_highest(logs).any() else (value, logs)


def _at_highest(logs: Floats) -> NDArray[np.bool_]:
    return logs >= np.log1p(HIGHEST) - 1e-6


def _carried_on(search: Search, best: Found, scale: Floats, known: Sequence[Found]) -> Found:
    """The best of a search that ended at the highest rate, of where it leads beyond, and of closing what went there."""
    best = max(best, climbed(search, best[1], scale, known, CLOSED), key=lambda point: point[0])
    shut = np.where(_at_highest(best[1]), np.log1p(CLOSED), best[1])
    try:
        return max(best, (search.solve(shut)[0], shut), key=lambda point: point[0])
    except SolveError:
        return best


def climbed(
    search: Search, logs: Floats, scale: Floats, known: Sequence[Found] = (), highest: float = HIGHEST
) -> Found:
    """Local optimum from one start: the fixed point, and L-BFGS-B from its best point where it does not settle.

    It ends where it meets an optimum that is `known`. `SolveError` only if there is no equilibrium at the start.
    """
    climb = _Climb(search, scale, np.log1p(LOWEST), float(np.log1p(highest)), known)
    return climb.fixed_point(logs) or climb.quasi_newton()


@dataclass
class _Met(Exception):
    """A search has come to an optimum that is known."""

    optimum: Found


@dataclass
class _Climb:
    """One local search: its bounds, the slope at which it ends, and the best point so far."""

    search: Search
    scale: Floats
    low: float
    high: float
    known: Sequence[Found]
    enough: float = 0.0
    best: Found = field(default=(-np.inf, np.zeros(0)), init=False)

    def slope(self, logs: Floats) -> tuple[float, Floats]:
        """Objective and its derivative in the logs; keeps the best point."""
        value, slope = self.search.slope(logs)
        if value > self.best[0]:
            self.best = value, logs.copy()
        if any(same(self.best, other, self.scale) for other in self.known):
            raise _Met(self.best)
        return value, slope

    def fixed_point(self, logs: Floats) -> Found | None:
        """The optimum by slopes over the trade that is left; None where it is not reached."""
        value, slope = self.slope(logs)
        self.enough = SLOPE * max(float(np.abs(slope / self.scale).max()), 0.1 * self.search.bend)
        try:
            return self._accelerated(logs, value, slope)
        except _Met as met:
            return met.optimum
        except SolveError:
            return None

    def _accelerated(self, logs: Floats, value: float, slope: Floats) -> Found | None:
        bend, trust, slips = self._bend(logs, slope), LONGEST, 0
        history, before = Anderson(1, logs.size, MEMORY), None
        for _ in range(STEPS):
            if usable(logs, slope / self.scale, self.low, self.high) <= self.enough:
                return value, logs
            if value < self.best[0] - NOISE and (slips := slips + 1) > SLIPS:
                return None
            step = self._step(logs, slope, bend, trust) * self.scale
            if before is not None:
                history.remember(((logs - before[0]) * self.scale)[None], (step - before[1])[None])
            before = logs, step
            move = (history.next(step[None])[0] / self.scale).clip(-trust, trust)
            logs = (logs + move).clip(self.low, self.high)
            value, slope = self.slope(logs)
        return None

    def _step(self, logs: Floats, slope: Floats, bend: float, longest: float) -> Floats:
        """Slopes over what is left of the trade, within the longest step and the bounds, in logs."""
        step = (slope / np.maximum(self.search.left(logs), LITTLE) / bend).clip(-longest, longest)
        return (logs + step).clip(self.low, self.high) - logs

    def _bend(self, logs: Floats, slope: Floats) -> float:
        """How fast slopes fall over what is left of the trade, seen on a first small step."""
        left = np.maximum(self.search.left(logs), LITTLE)
        step = slope / left
        step *= FIRST / max(float(np.abs(step).max()), 1e-300)
        step = (logs + step).clip(self.low, self.high) - logs
        _, later = self.slope(logs + step)
        seen = float((slope - later) @ step) / max(float(step @ (left * step)), 1e-300)
        return max(seen, STEEPER * self.search.bend, 1e-300)

    def quasi_newton(self) -> Found:
        """L-BFGS-B in scaled logs from the best point, its first step at most `FIRST` in any log.

        Rates without an equilibrium count as worse than any.
        """
        from scipy.optimize import minimize

        logs, scale = self.best[1], self.scale
        bounds = np.outer(scale, (self.low, self.high))
        value, slope = self.search.slope(logs)
        size = float(np.abs(slope / scale**2).max()) / FIRST or 1.0
        worst = -value / size

        def downhill(scaled: Floats) -> tuple[float, Floats]:
            nonlocal worst
            try:
                value, slope = self.slope(scaled / scale)
            except SolveError:
                return worst + 1.0, np.zeros_like(scaled)
            worst = max(worst, -value / size)
            return -value / size, -slope / scale / size

        options = {"maxcor": 30, "maxiter": 500, "ftol": 1e-15, "gtol": self.enough / size}
        try:
            result = minimize(downhill, logs * scale, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        except _Met as met:
            return met.optimum
        return -float(result.fun) * size, result.x / scale


def same(point: Found, other: Found, scale: Floats) -> bool:
    """Whether two points are one optimum, in the objective and in rates."""
    return abs(point[0] - other[0]) <= MEETING_VALUE and apart(point[1], other[1], scale) <= MEETING


def best_of(optima: Sequence[Found], scale: Floats) -> Found:
    """The best of where searches ended; of several at one optimum the first, which went on to the end."""
    best = optima[0]
    for other in optima[1:]:
        if other[0] > best[0] and not same(best, other, scale):
            best = other
    return best


def apart(logs: Floats, other: Floats, scale: Floats) -> float:
    """Difference of rates, mean weighted by trade x theta, share."""
    return float(np.average(np.abs(np.expm1(logs) - np.expm1(other)), weights=scale**2))


def closings(search: Search, value: float, logs: Floats, scale: Floats) -> Found:
    """What closing or reopening one cell, one sector or one partner at a time adds to a search: value and logs.

    No slope leads over such a step: where a sector counts for more than the trade it has, both keeping it open and
    closing it can be best nearby.
    """
    for _ in range(RETURNS):
        best = max(_moved(search, logs, scale), key=lambda point: point[0], default=(value, logs))
        if best[0] <= value + NOISE:
            break
        value, logs = max(best, many_rates(search, best[1], scale, [(value, logs)]), key=lambda point: point[0])
    return value, logs


def _moved(search: Search, logs: Floats, scale: Floats) -> Iterator[Found]:
    """Objective and logs with one group of cells closed, or opened to the mean of the others if it is closed."""
    shut, mean = np.log1p(HIGHEST), float(np.average(logs, weights=scale**2))
    trials = []
    for cells in _groups(search, scale):
        trials.append(logs.copy())
        trials[-1][cells] = mean if (logs[cells] > 0.9 * shut).all() else shut
    return ((value, trial) for value, trial in zip(search.tried(trials, logs), trials, strict=True))


def _groups(search: Search, scale: Floats) -> Iterator[NDArray[np.int64]]:
    """Places of the cells that are closed together: one, those of one sector, those of one partner; largest first."""
    single = np.arange(scale.size)
    for label in (single, *search.axes):
        weight = np.bincount(label, scale**2)
        for number in np.argsort(-weight, kind="stable")[:MOST_CELLS]:
            yield np.flatnonzero(label == number)


def at_bound(logs: Floats) -> NDArray[np.int64]:
    """1 where a rate is at the highest that is reached (closed), -1 at the lowest, else 0; shape of the logs."""
    return (logs >= np.log1p(CLOSED) - 1e-6).astype(np.int64) - (logs <= np.log1p(LOWEST) + 1e-6)


def usable(logs: Floats, slope: Floats, low: float = float(np.log1p(LOWEST)), high: float = np.inf) -> float:
    """Largest derivative that does not push against a bound."""
    stuck = ((logs >= high - 1e-9) & (slope > 0)) | ((logs <= low + 1e-9) & (slope < 0))
    return float(np.abs(np.where(stuck, 0.0, slope)).max())


OVER = ("uniform", "partner", "sector", "partner x sector")
STARTS = (0.05, 0.30)
#: Starts drawn by chance where there are several rates.
CHANCE = 1

#: Rates of the first scan where one rate is sought, shares, even in log(1 + rate).
GRID = np.expm1(np.linspace(0.0, np.log(4.0), 12))


@dataclass(frozen=True, repr=False)
class OptimumCertificate(Readable):
    """What a search for an optimum ended with.

    Attributes
    ----------
    first_order : largest derivative of the objective in log(1 + rate) that a feasible step could still use.
    starts : rate each search began from, share, not a number for one drawn by chance; `values` : objective each one
        reached, share.
    apart : largest difference between the rates the searches reached, mean weighted by trade x theta, share; up to
        3e-5 where a start met an optimum found before.
    evaluations : solves used.
    closed : what closing or reopening single cells, sectors or partners added to the best search, share.
    at_bound : rates that end at the lowest rate searched, or at one so high that trade is closed.
    unsolved : where one rate is sought, the rate the search led to and could not pass, for no equilibrium was found
        beyond it, share; not a number elsewhere.
    """

    first_order: float
    starts: tuple[float, ...]
    values: tuple[float, ...]
    apart: float
    evaluations: int
    closed: float = 0.0
    at_bound: int = 0
    unsolved: float = np.nan

    @property
    def spread(self) -> float:
        """What the best search gained over the worst, share; near zero where all starts meet."""
        return max(self.values) - min(self.values)


@dataclass(frozen=True, repr=False)
class Optimum(Readable):
    """The best tariffs of one country.

    Attributes
    ----------
    country, over : whose rates, and along which axes they may differ.
    rates : tariffs of the country, shape (exporter,) or (exporter, sector), shares.
    group : which of the rates sought each of these cells takes, the same shape; -1 for cells that keep theirs.
    value : the objective, change of welfare as a share.
    equilibrium : the solved economy under these rates.
    """

    country: str
    over: str
    rates: Floats = field(repr=False)
    group: NDArray[np.int64] = field(repr=False)
    value: float
    equilibrium: Equilibrium = field(repr=False)
    certificate: OptimumCertificate

    @property
    def notes(self) -> tuple[str, ...]:
        """How far the search went, and caveats of the solve."""
        return (*said_of(self.certificate), *self.equilibrium.notes)


def said_of(c: OptimumCertificate) -> tuple[str, ...]:
    """What a search can vouch for: the best of so many starts, rates at the bound, and rates that were not solved."""
    n = len(c.starts)
    tried = declared_note("economy.scanned" if n == 1 else "economy.searched", starts=n)
    bound = (declared_note("economy.bound", count=c.at_bound),) if c.at_bound else ()
    return (tried, *bound, *said_unsolved(c.unsolved))


def said_unsolved(rate: float, country: str = "") -> tuple[str, ...]:
    """That a search came to a rate beyond which no equilibrium was found, share; nothing where it is not a number."""
    if np.isnan(rate):
        return ()
    return (declared_note("economy.unsolved_rate", rate=100.0 * rate, of=f" of {country}" if country else ""),)


def groups(
    economy: Economy,
    country: str,
    over: str,
    partners: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> NDArray[np.int64]:
    """Which rate a cell takes, -1 for cells that keep theirs; shape of the tariff.

    Cells without trade keep theirs; so does the country itself, and what `partners` and `sectors` leave out. Without
    `sectors` all goods are taxed: services only where they are named.
    """
    if over not in OVER:
        raise UnknownName("over", over, OVER, Parameter("over"), f"use {', '.join(OVER)}")
    n, k = len(economy.countries), len(economy.sectors)
    index = economy.country(country, "optimal tariff")
    exporter, sector = np.meshgrid(np.arange(n), np.arange(k), indexing="ij")
    label = {"uniform": 0 * exporter, "partner": exporter, "sector": sector, "partner x sector": exporter * k + sector}
    chosen = np.zeros((n, k), dtype=bool)
    chosen[[economy.country(code) for code in partners] if partners else slice(None)] = True
    chosen[index] = False
    chosen &= np.isin(np.arange(k), [economy.sector(name) for name in sectors or goods(economy)])
    chosen &= traded(economy, index)
    group = np.full((n, n, k), -1, dtype=np.int64)
    if not chosen.any():
        raise InputError(f"world {economy.name}, {country}", "nothing is imported from these partners", "name others")
    group[index][chosen] = np.unique(label[over][chosen], return_inverse=True)[1].ravel()
    return group.reshape(shape_of(economy))


def weights_of(economy: Economy, objective: str | Mapping[str, float]) -> Floats:
    """Weights on the welfare of countries, shape (country,), of an objective by name."""
    weights = np.zeros(len(economy.countries))
    for code, weight in ({objective: 1.0} if isinstance(objective, str) else objective).items():
        weights[economy.country(code, "objective")] = weight
    return weights


@np.errstate(all="ignore")
@checked
def optimal_tariff(
    economy: Economy,
    country: str,
    *,
    over: str = "uniform",
    objective: str | Mapping[str, float] | None = None,
    shock: Shock | None = None,
    partners: Several | None = None,
    sectors: Several | None = None,
    starts: Sequence[float] = STARTS,
    chance: int = CHANCE,
    seed: int = 0,
) -> Optimum:
    """The tariffs of a country that are best for an objective, the others' tariffs given.

    Parameters
    ----------
    over : "uniform" (one rate), "partner", "sector" or "partner x sector".
    objective : a country (by default the one that sets the tariffs) or weights on the welfare of several.
    shock : the others' tariffs and the options of the closure; by default nothing else changes.
    partners : exporters that are taxed, by default all; `sectors` : by default all goods, services only if named.
    starts : rates the searches begin from, shares; the certificate shows whether they meet.
    chance : starts drawn by chance beside them where there are several rates; `seed` : of these draws.

    The search is local: the best of its starts, and of what closing or reopening one cell, sector or partner at a time
    adds. A later start ends where it meets an optimum found before.

    Raises
    ------
    UnknownName, InputError : a country, axis or partner that cannot be used.
    SolveError : no equilibrium along the way.
    """
    partners, sectors = several_or_none(partners, "partners"), several_or_none(sectors, "sectors")
    group = groups(economy, country, over, partners, sectors)
    search = Search(economy, shock or Shock(), weights_of(economy, objective or country), group)
    closed = 0.0
    if int(group.max()) == 0:
        optima, starts = [one_rate(search)], (float(GRID[0]),)
        value, logs = optima[0]
    else:
        scale = scale_of(economy, group)
        optima = from_all(search, starting_points(scale.size, starts, chance, seed), scale)
        value, logs = best_of(optima, scale)
        before, (value, logs) = value, closings(search, value, logs, scale)
        closed, starts = value - before, (*starts, *[float("nan")] * chance)
    gaps = [apart(other, logs, scale_of(economy, group)) for _, other in optima]
    values = tuple(value for value, _ in optima)
    value, slope = search.slope(logs)
    bound = int((at_bound(logs) != 0).sum())
    steepest = usable(logs, slope, high=float(np.log1p(CLOSED)))
    ended = (search.solves, closed, bound, search.unsolved)
    certificate = OptimumCertificate(steepest, tuple(starts), values, max(gaps), *ended)
    _, best = search.solve(logs)
    own = economy.country(country)
    return Optimum(country, over, np.asarray(best.shock.tariff)[own], group[own], value, best, certificate)


def scale_of(economy: Economy, group: NDArray[np.int64]) -> Floats:
    """Square root of trade x theta under each rate over its mean, shape (rates,).

    Welfare bends with each log rate about as much as this squared, so that in logs times the scale one step length fits
    all and small sectors leave their start too.
    """
    total = by_rate(group, imports_of(economy) * elasticity_of(economy), int(group.max()) + 1)
    return np.sqrt(total / total.mean())


def one_rate(search: Search, grid: Floats = GRID, tol: float = 1e-10) -> tuple[float, Floats]:
    """Best single rate: a scan, then the root of the derivative (within `tol`) between the neighbours of the best.

    Rates without an equilibrium are not better than those with one. Where the search leads to such rates, it ends at
    the best rate of the scan, or at the highest rate searched, and `search.unsolved` says where it could not go on.
    """
    values = search.values(grid)
    best = int(np.argmax(values))
    middle, highest = float(np.log1p(grid[best])), float(np.log1p(HIGHEST))
    low = float(np.log1p(grid[best - 1] if best else LOWEST))
    high = float(np.log1p(grid[best + 1])) if best + 1 < grid.size else highest
    log = None
    if 0 < best < grid.size - 1 and np.isfinite(values[best - 1 : best + 2]).all():
        log = near_rate(
            search, vertex(np.log1p(grid[best - 1 : best + 2]), values[best - 1 : best + 2]), low, high, tol
        )
    if log is None:
        log = _bracketed(search, low, high, middle, tol)
    if log is None:
        search.warm, log = None, middle
    elif log >= highest:
        value, search.warm = search.solve(np.array([log]))
        near, further = search.warm, _bracketed(search, log, float(np.log1p(CLOSED)), log, tol)
        if further is not None and search.solve(np.array([further]))[0] > value:
            log = further
        else:
            search.warm = near
    return search.solve(np.array([log]))[0], np.array([log])


def vertex(points: Floats, values: Floats) -> float:
    """Where the parabola through three points is highest."""
    down, up = (values[1:] - values[:-1]) / (points[1:] - points[:-1]) * (1.0, -1.0)
    first, last = 0.5 * (points[0] + points[1]), 0.5 * (points[1] + points[2])
    return float(first + (last - first) * down / (down + up)) if down + up > 0.0 else float(points[1])


def near_rate(
    search: Search, log: float, low: float, high: float, tol: float = 1e-10, bend: float | None = None
) -> float | None:
    """Root of the derivative near a good guess, by secant steps; None where they leave, climb no maximum or find none.

    Parameters
    ----------
    bend : how the derivative falls there, which the first step follows; None: it is of a hundredth.
    """
    try:
        return _secant(search, log, low, high, tol, bend)
    except SolveError:
        return None


def _secant(search: Search, log: float, low: float, high: float, tol: float, bend: float | None) -> float | None:
    before, slope = log, float(search.slope(np.array([log]))[1][0])
    log += -slope / bend if bend is not None else 0.01 if slope > 0 else -0.01
    for _ in range(12):
        if not low <= log <= high:
            return None
        now = float(search.slope(np.array([log]))[1][0])
        bend = (now - slope) / (log - before)
        if bend >= 0.0:
            return log if abs(log - before) < 1e-6 else None
        before, slope, log = log, now, log - now / bend
        if abs(log - before) <= tol:
            return log
    return log if abs(log - before) < 1e-6 and low <= log <= high else None


def _bracketed(search: Search, low: float, high: float, solved: float, tol: float) -> float | None:
    """Root of the derivative between two logs, or the end it points to; None where it leads to unsolved rates.

    `solved` is a log between the two at which there is an equilibrium.
    """
    from scipy.optimize import brentq

    unsolved: list[float] = []

    def derivative(log: float) -> float:
        try:
            return float(search.slope(np.array([log]))[1][0])
        except SolveError:
            unsolved.append(log)
            return -1.0 if log > solved else 1.0

    down, up = derivative(low), derivative(high)
    if down <= 0.0 or up >= 0.0:
        return low if down <= 0.0 else high
    root = cast(float, brentq(derivative, low, high, xtol=tol))
    if all(abs(log - root) > 2.0 * tol for log in unsolved):
        return root
    search.unsolved = float(np.expm1(root))
    return None


def worth(economy: Economy, shock: Shock | None = None) -> Floats:
    """What the change of welfare is a share of, shape (country,), USD a year at baseline prices.

    Welfare times this is the equivalent variation: what the country would have to be given at baseline prices to be as
    well off. It is spending on consumption (input-output worlds: V + R + D), less what the work behind it costs the
    worker, kappa / (1 + kappa) of labour income, where labour supply responds. In Armington worlds whose revenue cuts
    an income tax (Ignatenko et al. 2025) it is that where no revenue has cut it yet. `shock` gives the horizon.
    """
    return family_of(economy).worth(economy, shock or Shock())


@dataclass(frozen=True, repr=False)
class CommonRate(Readable):
    """The one rate of some countries on the goods of a partner that is best for them together.

    Attributes
    ----------
    rate : share; `equilibrium` : the solved economy under it; `evaluations` : solves used.
    """

    rate: float
    equilibrium: Equilibrium = field(repr=False)
    evaluations: int


@np.errstate(all="ignore")
def common_rate(economy: Economy, members: Sequence[str], partner: str, shock: Shock) -> CommonRate:
    """The rate that is best for the members together, their real incomes weighed in USD.

    Parameters
    ----------
    members : who set it, each the same; `partner` : on whose goods.
    shock : all other tariffs and trade costs.

    Raises
    ------
    UnknownName, InputError : a country the world does not have, or nothing imported.
    SolveError : no equilibrium along the way.
    """
    group = np.full_like(groups(economy, members[0], "uniform", [partner], goods(economy)), -1)
    for member in members:
        own = groups(economy, member, "uniform", [partner], goods(economy))
        group = np.where(own >= 0, 0, group)
    search = Search(economy, replace(shock, notes=()), shares_of(economy, members), group)
    _, logs = one_rate(search)
    _, best = search.solve(logs)
    return CommonRate(float(np.expm1(logs[0])), best, search.solves)


def shares_of(economy: Economy, members: Sequence[str]) -> Floats:
    """Weights of the real income of some countries in what they have together, shape (country,)."""
    amounts, places = worth(economy), [economy.country(code) for code in members]
    weights = np.zeros(len(economy.countries))
    weights[places] = amounts[places] / amounts[places].sum()
    return weights
