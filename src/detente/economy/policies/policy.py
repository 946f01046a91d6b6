"""Optimal tariffs of one country, with a certificate.

Rates are total tariffs: they replace the baseline. Everything else stays as in the shock given. Search is by exact
gradients (one adjoint solve each) in log(1 + rate).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, SolveError, UnknownName, declared_note
from detente.codes.given import Several, several_or_none
from detente.codes.kinds import checked
from detente.codes.portrait import Readable
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, shape_of
from detente.economy.policies.local_search import (
    CLOSED,
    HIGHEST,
    LOWEST,
    Search,
    apart,
    at_bound,
    best_of,
    closings,
    elasticity_of,
    from_all,
    imports_of,
    starting_points,
    traded,
    usable,
)
from detente.economy.tariff_table import goods

OVER = ("uniform", "partner", "sector", "partner x sector")
STARTS = (0.05, 0.30)
CHANCE = 1
"""Starts drawn by chance where there are several rates."""

GRID = np.expm1(np.linspace(0.0, np.log(4.0), 12))
"""Rates of the first scan where one rate is sought, shares, even in log(1 + rate)."""


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
    value = (imports_of(economy) * elasticity_of(economy)).reshape(group.shape)
    chosen = group >= 0
    total = np.bincount(group[chosen], value[chosen], int(group.max()) + 1)
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
