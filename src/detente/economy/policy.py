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

from detente.codes import InputError, SolveError, UnknownName
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff, shape_of
from detente.economy.gradient import gradient
from detente.economy.solver import scan, solve

OVER = ("uniform", "partner", "sector", "partner x sector")
LOWEST, HIGHEST = -0.5, 10.0
"""Rates searched, shares."""

STARTS = (0.05, 0.30)
GRID = np.expm1(np.linspace(0.0, np.log(4.0), 12))
"""Rates of the first scan where one rate is sought, shares, even in log(1 + rate)."""


@dataclass(frozen=True)
class OptimumCertificate:
    """What a search for an optimum ended with.

    Attributes
    ----------
    first_order : largest derivative of the objective in log(1 + rate) that a feasible step could still use.
    starts : rate each search began from, share; `values` : objective each one reached, share.
    apart : largest difference between the rates the searches reached, weighted by trade, share.
    evaluations : solves used.
    """

    first_order: float
    starts: tuple[float, ...]
    values: tuple[float, ...]
    apart: float
    evaluations: int


@dataclass(frozen=True)
class Optimum:
    """The best tariffs of one country.

    Attributes
    ----------
    country, over : whose rates, and along which axes they may differ.
    rates : tariffs of the country, shape (exporter,) or (exporter, sector), shares.
    value : the objective, change of welfare as a share.
    equilibrium : the solved economy under these rates.
    """

    country: str
    over: str
    rates: Floats = field(repr=False)
    value: float
    equilibrium: Equilibrium = field(repr=False)
    certificate: OptimumCertificate


@dataclass
class Search:
    """An objective as a function of a few rates; counts its solves and starts each from the last."""

    economy: Economy
    shock: Shock
    weights: Floats
    group: NDArray[np.int64]
    warm: Equilibrium | None = None
    solves: int = 0

    def shock_at(self, logs: Floats) -> Shock:
        """The shock with the rates expm1(logs), shape (rates,), in their cells."""
        old = baseline_tariff(self.economy) if self.shock.tariff is None else self.shock.tariff
        chosen = np.expm1(np.concatenate([logs, [0.0]]))[self.group]
        return self.shock.with_tariff(np.where(self.group >= 0, chosen, old))

    def solve(self, logs: Floats) -> tuple[float, Equilibrium]:
        """Objective and equilibrium at rates."""
        self.solves += 1
        self.warm = solve(self.economy, self.shock_at(logs), warm=self.warm)
        return float(self.weights @ self.warm.changes["welfare"]), self.warm

    def slope(self, logs: Floats) -> tuple[float, Floats]:
        """Objective and its derivative in the logs."""
        value, found = self.solve(logs)
        cells = gradient(found, self.weights)
        chosen = self.group >= 0
        total = np.bincount(self.group[chosen], cells[chosen], logs.size).astype(np.float64)
        return value, total * np.exp(logs)

    def values(self, rates: Floats) -> Floats:
        """Objective at one common rate each, shape (rates,); minus infinity where there is no equilibrium."""
        size = int(self.group.max()) + 1
        shocks = [self.shock_at(np.full(size, np.log1p(rate))) for rate in rates]
        self.solves += len(shocks)
        found = scan(self.economy, shocks)
        return np.array([-np.inf if e is None else self.weights @ e.changes["welfare"] for e in found])


def groups(
    economy: Economy,
    country: str,
    over: str,
    partners: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
) -> NDArray[np.int64]:
    """Which rate a cell takes, -1 for cells that keep theirs; shape of the tariff.

    Cells without trade keep theirs; so does the country itself, and what `partners` and `sectors` leave out.
    """
    if over not in OVER:
        raise UnknownName("over", over, OVER, "optimal tariff", f"use {', '.join(OVER)}")
    n, k = len(economy.countries), len(economy.sectors)
    at = economy.country(country, "optimal tariff")
    exporter, sector = np.meshgrid(np.arange(n), np.arange(k), indexing="ij")
    label = {"uniform": 0 * exporter, "partner": exporter, "sector": sector, "partner x sector": exporter * k + sector}
    chosen = np.zeros((n, k), dtype=bool)
    chosen[[economy.country(code) for code in partners] if partners else slice(None)] = True
    chosen[at] = False
    if sectors:
        chosen &= np.isin(np.arange(k), [economy.sector(name) for name in sectors])
    chosen &= _traded(economy, at)
    group = np.full((n, n, k), -1, dtype=np.int64)
    if not chosen.any():
        raise InputError(f"world {economy.name}, {country}", "nothing is imported from these partners", "name others")
    group[at][chosen] = np.unique(label[over][chosen], return_inverse=True)[1].ravel()
    return group.reshape(shape_of(economy))


def _traded(economy: Economy, at: int) -> NDArray[np.bool_]:
    """Cells (exporter, sector) from which a country imports anything."""
    return _imports(economy)[at] > 0


def _imports(economy: Economy) -> Floats:
    """Baseline imports [importer, exporter, sector], USD."""
    n = len(economy.countries)
    return np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(n, n, len(economy.sectors))


def weights_of(economy: Economy, objective: str | Mapping[str, float]) -> Floats:
    """Weights on the welfare of countries, shape (country,), of an objective by name."""
    weights = np.zeros(len(economy.countries))
    for code, weight in ({objective: 1.0} if isinstance(objective, str) else objective).items():
        weights[economy.country(code, "objective")] = weight
    return weights


def optimal_tariff(
    economy: Economy,
    country: str,
    *,
    over: str = "uniform",
    objective: str | Mapping[str, float] | None = None,
    shock: Shock | None = None,
    partners: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    starts: Sequence[float] = STARTS,
) -> Optimum:
    """The tariffs of a country that are best for an objective, the others' tariffs given.

    Parameters
    ----------
    over : "uniform" (one rate), "partner", "sector" or "partner x sector".
    objective : a country (by default the one that sets the tariffs) or weights on the welfare of several.
    shock : the others' tariffs and the options of the closure; by default nothing else changes.
    partners, sectors : exporters and goods that are taxed; by default all.
    starts : rates the searches begin from, shares; they must meet, which the certificate shows.

    Raises
    ------
    UnknownName, InputError : a country, axis or partner that cannot be used.
    SolveError : no equilibrium along the way.
    """
    group = groups(economy, country, over, partners, sectors)
    search = Search(economy, shock or Shock(), weights_of(economy, objective or country), group)
    if int(group.max()) == 0:
        found = [one_rate(search)]
        starts = (float(GRID[0]),)
    else:
        scale = scale_of(economy, group)
        found = [many_rates(search, np.full(scale.size, np.log1p(start)), scale) for start in starts]
    values = tuple(value for value, _ in found)
    logs = found[int(np.argmax(values))][1]
    weight = scale_of(economy, group) ** 2
    gaps = [float(weight @ np.abs(np.expm1(other) - np.expm1(logs)) / weight.sum()) for _, other in found]
    value, slope = search.slope(logs)
    certificate = OptimumCertificate(_usable(logs, slope), tuple(starts), values, max(gaps), search.solves)
    _, best = search.solve(logs)
    rates = np.asarray(best.shock.tariff)[economy.country(country)]
    return Optimum(country, over, rates, value, best, certificate)


def _usable(logs: Floats, slope: Floats) -> float:
    """Largest derivative that does not push against a bound."""
    stuck = ((logs >= np.log1p(HIGHEST) - 1e-9) & (slope > 0)) | ((logs <= np.log1p(LOWEST) + 1e-9) & (slope < 0))
    return float(np.abs(np.where(stuck, 0.0, slope)).max())


def scale_of(economy: Economy, group: NDArray[np.int64]) -> Floats:
    """Square root of the trade under each rate over its mean, shape (rates,): small cells leave their start too."""
    value = _imports(economy).reshape(group.shape)
    chosen = group >= 0
    total = np.bincount(group[chosen], value[chosen], int(group.max()) + 1)
    return np.sqrt(total / total.mean())


def one_rate(search: Search, grid: Floats = GRID) -> tuple[float, Floats]:
    """Best single rate: a scan, then the root of the derivative between the neighbours of the best."""
    from scipy.optimize import brentq

    values = search.values(grid)
    best = int(np.argmax(values))
    low = np.log1p(grid[best - 1] if best else LOWEST)
    high = np.log1p(grid[best + 1] if best + 1 < grid.size else HIGHEST)

    def derivative(log: float) -> float:
        try:
            return float(search.slope(np.array([log]))[1][0])
        except SolveError:
            return -1.0

    down, up = derivative(low), derivative(high)
    if down <= 0.0 or up >= 0.0:
        log = low if down <= 0.0 else high
    else:
        log = cast(float, brentq(derivative, low, high, xtol=1e-12))
    return search.solve(np.array([log]))[0], np.array([log])


def many_rates(search: Search, logs: Floats, scale: Floats) -> tuple[float, Floats]:
    """Best vector of rates from one start: L-BFGS-B in scaled logs, then again from where it stopped."""
    from scipy.optimize import Bounds, minimize

    bounds = Bounds(np.log1p(LOWEST) * scale, np.log1p(HIGHEST) * scale)
    size = float(np.abs(search.slope(logs)[1] / scale).max()) or 1.0

    def downhill(scaled: Floats) -> tuple[float, Floats]:
        value, slope = search.slope(scaled / scale)
        return -value / size, -slope / scale / size

    options = {"maxcor": 30, "maxiter": 500, "ftol": 1e-15, "gtol": 1e-7}
    found = minimize(downhill, logs * scale, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return -float(found.fun) * size, found.x / scale
