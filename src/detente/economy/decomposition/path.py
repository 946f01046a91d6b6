"""The path of equilibria from the baseline to a shock, at points where it can be differentiated and integrated.

Part s of a shock is `frame.partial_shock`: every tariff (trade cost, productivity) moves in proportion to its log,
from s = 0, the baseline, to s = 1. Points are those of Chebyshev and Lobatto, s_k = (1 - cos(pi k / n)) / 2, both ends
among them: what is smooth along the path is differentiated by its interpolating polynomial and integrated by the
weights of Clenshaw and Curtis (1960), with errors that fall faster than any power of n (Trefethen 2000, chapters 6 and
12). The points of n are among those of 2n, so that refining a path keeps what is solved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from detente.codes import SolveError
from detente.economy.families import family_of
from detente.economy.frame import (
    Equilibrium,
    Floats,
    ShockPath,
    barycentric,
    baseline_tariff,
    points,
    shape_of,
    shock_at,
)
from detente.economy.solver import solve

COARSEST, FINEST = 4, 64
"""Intervals of the first and of the last path tried."""

SOLVED, LOOSEST, TIGHTEST = 1e-4, 1e-10, 1e-12
"""Points are solved to this share of the tolerance of an integral, within these bounds."""


@dataclass(frozen=True)
class PathCertificate:
    """How well the parts of an integral along a path add up.

    Attributes
    ----------
    gap : largest difference between the sum of the parts and the change they explain, same unit as the change.
    moved : largest change of a part when the points were last doubled.
    points : equilibria along the path.
    worst : country with the largest gap.
    """

    gap: float
    moved: float
    points: int
    worst: str


def interpolated(values: Floats, s: float) -> Floats:
    """The polynomial through values at the points, at s that is none of them, shape (...)."""
    c: Floats = barycentric(len(values) - 1) / (s - points(len(values) - 1))
    return np.tensordot(np.asarray(c / c.sum(), dtype=np.float64), values, axes=1)


def of_real_income(end: Equilibrium) -> Equilibrium:
    """The same equilibrium, read for real income whatever objective its shock names."""
    if "objective" not in end.shock.options:
        return end
    options = {name: value for name, value in end.shock.options.items() if name != "objective"}
    return replace(end, shock=replace(end.shock, options=options))


def log_welfare(path: ShockPath) -> Floats:
    """Log of welfare, baseline 1, at both ends of a path, shape (2, country)."""
    family = family_of(path.economy)
    ends = [family.welfare(path.u[k], path.economy, path.shock(k)) for k in (0, len(path.u) - 1)]
    return np.log1p(np.stack(ends))


def tariff_slope(end: Equilibrium) -> tuple[Floats, Floats]:
    """Log of one plus the baseline tariff and its move over the path, each shaped like the tariff."""
    old = np.log1p(baseline_tariff(end.economy))
    new = old if end.shock.tariff is None else np.log1p(end.shock.tariff)
    return old, (new - old).reshape(shape_of(end.economy))


def paths(end: Equilibrium, tol: float) -> Iterator[ShockPath]:
    """Ever finer paths to an equilibrium, kept with its shock; each has the points of the last and as many between.

    Raises
    ------
    SolveError : no equilibrium at a point of the path.
    """
    stored = end.shock.memo.get("paths")
    if stored is None or stored[0] is not end or stored[1] > tol:
        stored = (end, tol, {})
        end.shock.memo["paths"] = stored
    known: dict[int, Floats] = stored[2]
    solved = min(LOOSEST, max(TIGHTEST, SOLVED * tol))
    intervals = COARSEST
    while intervals <= FINEST:
        if intervals not in known:
            known[intervals] = _solved(end, known.get(intervals // 2), intervals, solved)
        yield ShockPath(end, known[intervals])
        intervals *= 2


def _solved(end: Equilibrium, coarser: Floats | None, intervals: int, tol: float) -> Floats:
    """Unknowns at the points, shape (n + 1, unknown)."""
    if coarser is None:
        ends = [_point(end, part, end.u * part, tol) for part in (0.0, 1.0)]
        inner = [_point(end, s, ends[0] + s * (ends[1] - ends[0]), tol) for s in points(intervals)[1:-1]]
        return np.stack([ends[0], *inner, ends[1]])
    unknowns = np.empty((intervals + 1, coarser.shape[1]))
    unknowns[::2] = coarser
    for k in range(1, intervals, 2):
        part = float(points(intervals)[k])
        unknowns[k] = _point(end, part, interpolated(coarser, part), tol)
    return unknowns


def _point(end: Equilibrium, part: float, guess: Floats, tol: float) -> Floats:
    try:
        return solve(end.economy, shock_at(end, part), tol=tol, warm=replace(end, u=guess)).u
    except SolveError as error:
        raise SolveError(f"The path to the shock breaks at {part:.0%} of it: {error}") from None


def unsettled(end: Equilibrium, what: str, certificate: PathCertificate, tol: float) -> SolveError:
    """What to raise where the finest path does not add up."""
    return SolveError(
        f"{end.economy.name}: the {what} does not add up at {certificate.points} points of the path: the gap is "
        f"{certificate.gap:.2g} at {certificate.worst} and parts still move by {certificate.moved:.2g} "
        f"(tolerance {tol:g}). Try a smaller shock, or a larger tolerance."
    )
