"""Local searches for several rates, and the steps that no slope leads over.

Near its best each rate has a slope of about trade left x elasticity x (best rate - rate). Divided by what is left the
slopes point straight at the answer, however high the rates; so a fixed point with Anderson acceleration (Walker and Ni
2011) mostly gets there in one to three dozen steps. Where it does not climb, L-BFGS-B takes over from the best point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import SolveError
from detente.economy.families import family_of
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff
from detente.economy.gradient import gradient
from detente.economy.newton import Anderson
from detente.economy.solver import scan, solve

LOWEST, HIGHEST = -0.5, 10.0
"""Rates searched, shares."""

CLOSED = 1e4
"""Rate up to which those that end at the highest are carried on: hardly any trade is left there, share."""

MOST_CELLS = 30
"""Cells that are closed one at a time, those with most trade x theta first; as many sectors, and partners."""

FIRST, LONGEST = 0.05, 0.5
"""First and longest step of a search, log(1 + rate)."""

FAR, RETURNS = 1.5, 3
"""Rates above this many times the mean (in logs) start again from the mean, at most so often."""

NOISE = 1e-10
"""Differences of welfare below this are the tolerance of a solve, share."""

MEETING, MEETING_VALUE = 3e-5, 1e-9
"""Rates (mean weighted by trade x theta) and objective nearer than this are one optimum, shares."""

SLOPE = 1e-7
"""A search ends when no slope is above this share of the largest at its start."""

STEPS, MEMORY, SLIPS = 60, 10, 3
"""Steps of the fixed point, those it remembers, and how often it may fall back to the best point."""

STEEPER = 1.5
"""How much faster slopes fall than trade x elasticity over spending, at least; smaller steps are safe."""

LITTLE = 1e-9
"""Trade left over the mean at the start that counts as none."""

SCREENED, NEAR = 1e-6, 2e-5
"""Tolerance of the first solves of single steps, and how near to the best so far these are solved to the full."""

Found = tuple[float, Floats]
"""Objective, share, and logs of the rates where a search ended."""


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
    def _cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """Flat places of the cells that are set, the rate each takes, and the tariffs of the shock."""
        places = np.flatnonzero(self.group >= 0)
        old = baseline_tariff(self.economy) if self.shock.tariff is None else self.shock.tariff
        return places, self.group.ravel()[places], old

    def shock_at(self, logs: Floats) -> Shock:
        """The shock with the rates expm1(logs), shape (rates,), in their cells."""
        places, rate, old = self._cells
        tariff = np.array(old, dtype=np.float64, order="C")
        tariff.reshape(-1)[places] = np.expm1(logs)[rate]
        return self.shock.with_tariff(tariff)

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
        places, rate, _ = self._cells
        slope = gradient(equilibrium, self.weights).reshape(-1)[places]
        return value, np.bincount(rate, slope, logs.size).astype(np.float64) * np.exp(logs)

    @cached_property
    def _trade(self) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
        """Of each cell that is set: the rate it takes, trade x theta over the mean, theta, log of the old rate."""
        cells, rate, _ = self._cells
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
        cells, rate, _ = self._cells
        imports = imports_of(self.economy)
        value = (imports * elasticity_of(self.economy)).ravel()[cells].sum() / (rate.max() + 1)
        return float(value / imports[np.unravel_index(cells[0], imports.shape)[0]].sum())

    @cached_property
    def axes(self) -> tuple[NDArray[np.int64], ...]:
        """For rates by partner and sector the place of the partner, and of the sector, of each; otherwise nothing."""
        cells, rate, _ = self._cells
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
