"""The path of equilibria from the baseline to a shock, at points where it can be differentiated and integrated.

Part s of a shock is `frame.partial_shock`: every tariff (trade cost, productivity) moves in proportion to its log,
from s = 0, the baseline, to s = 1. Points are those of Chebyshev and Lobatto, s_k = (1 - cos(pi k / n)) / 2, both ends
among them: what is smooth along the path is differentiated by its interpolating polynomial and integrated by the
weights of Clenshaw and Curtis (1960), with errors that fall faster than any power of n (Trefethen 2000, chapters 6 and
12). The points of n are among those of 2n, so that refining a path keeps what is solved.

Whose tariffs, on what and on whom, changed a country's real income: shares of the exact change that add up.

Aumann and Shapley (1974): each rate t_c gets the integral along the path of the shock of its marginal effect,

    effect_c = integral_0^1 (dW / dt_c)(s) (dt_c / ds)(s) ds,     dt_c / ds = (1 + t_c(s)) log[(1 + t'_c) / (1 + t_c)],

all rates moving together, in proportion to log(1 + t); the effects add up to W(1) - W(0) and do not depend on how rates
are grouped. Each point of the path costs one adjoint, whatever the number of rates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, SolveError, Table, UnknownName, declared_note, table_with
from detente.codes.given import Several, several
from detente.codes.kinds import checked
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
from detente.economy.gradient import gradient
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


AXES = ("importer", "exporter", "sector")
OTHER = "other"
"""Label of the row that holds what trade costs and productivity changed, where a shock moves them."""


@dataclass(frozen=True)
class _Groups:
    """Cells whose rate changes and the group of each: `cells` as (importer, exporter, sector), shape (axis, cell)."""

    cells: NDArray[np.int64] = field(repr=False)
    group: NDArray[np.int64] = field(repr=False)
    keys: NDArray[np.int64] = field(repr=False)


@np.errstate(all="ignore")
@checked
def attribution(equilibrium: Equilibrium, country: str, *, by: Several = ("importer",), tol: float = 1e-6) -> Table:
    """What the tariffs of a shock did to one country's real income, by who levies them, on whom and on what.

    Parameters
    ----------
    country : whose real income (welfare where labour supply responds).
    by : which of importer, exporter and sector to tell apart.
    tol : largest gap between the sum of the effects and the change, and largest move of an effect when the points of
        the path are doubled, share.

    Returns
    -------
    One row a group with a rate that changes, largest effect first; effects are shares of real income and add up to the
    change. Where trade costs or productivity change too, their effect is the row `other`.

    Raises
    ------
    UnknownName : a country or axis nobody knows. InputError : no tariff changes.
    SolveError : no equilibrium at a point of the path, or a gap above `tol` on the finest path.
    """
    equilibrium = of_real_income(equilibrium)
    index = equilibrium.economy.country(country, "attribution")
    by = several(by, "by")
    groups = _groups(equilibrium, by)
    values: Floats | None = None
    effects: Floats | None = None
    certificate: PathCertificate | None = None
    for path in paths(equilibrium, tol):
        values = _along(path, country, groups, values)
        last, effects = effects, path.integral(values)
        change = float(np.diff(np.expm1(log_welfare(path)[:, index]))[0])
        certificate = _certificate(path, effects, last, change, country)
        if max(certificate.gap, certificate.moved) <= tol:
            return _table(equilibrium, country, by, groups, effects, change, certificate)
    assert certificate is not None
    raise unsettled(equilibrium, "attribution", certificate, tol)


def _groups(equilibrium: Equilibrium, by: Sequence[str]) -> _Groups:
    for axis in by:
        if axis not in AXES:
            raise UnknownName("axis", axis, AXES, Parameter("by"), f"use {', '.join(AXES)}")
    if not by or len(set(by)) < len(by):
        raise InputError("attribution", "by names no axis or one twice", f"use {', '.join(AXES)}")
    n, k = len(equilibrium.economy.countries), len(equilibrium.economy.sectors)
    cells = np.stack(np.nonzero(tariff_slope(equilibrium)[1].reshape(n, n, k)))
    if not cells.size:
        raise InputError("attribution", "no tariff changes in this shock", "give a shock with other tariffs")
    keys, group = np.unique(cells[[AXES.index(axis) for axis in by]], axis=1, return_inverse=True)
    return _Groups(cells, group.ravel(), keys)


def _along(path: ShockPath, country: str, groups: _Groups, coarser: Floats | None) -> Floats:
    """Marginal effects of the groups at the points, shape (point, group); those of the coarser path are kept."""
    n, k = len(path.economy.countries), len(path.economy.sectors)
    where = tuple(groups.cells)
    old, slope = (values.reshape(n, n, k)[where] for values in tariff_slope(path.end))
    effects = np.empty((len(path.u), groups.keys.shape[1]))
    for point, part in enumerate(path.parts):
        if coarser is not None and point % 2 == 0:
            effects[point] = coarser[point // 2]
            continue
        cells = gradient(path.at(point), country).reshape(n, n, k)[where] * slope * np.exp(old + part * slope)
        effects[point] = np.bincount(groups.group, cells, effects.shape[1])
    return effects


def _certificate(path: ShockPath, effects: Floats, last: Floats | None, change: float, country: str) -> PathCertificate:
    gap = 0.0 if _moves_more(path.end) else abs(change - float(effects.sum()))
    moved = np.inf if last is None else float(np.abs(effects - last).max())
    return PathCertificate(gap, moved, len(path.u), country)


def _moves_more(end: Equilibrium) -> bool:
    return end.shock.cost_hat is not None or end.shock.productivity_hat is not None


def _table(
    equilibrium: Equilibrium,
    country: str,
    by: Sequence[str],
    groups: _Groups,
    effects: Floats,
    change: float,
    certificate: PathCertificate,
) -> Table:
    economy = equilibrium.economy
    names = {"importer": economy.countries, "exporter": economy.countries, "sector": economy.sectors}
    order = np.argsort(-np.abs(effects), kind="stable")
    labels = {axis: [names[axis][i] for i in groups.keys[row][order]] for row, axis in enumerate(by)}
    values = effects[order]
    if _moves_more(equilibrium):
        labels = {axis: [*codes, OTHER] for axis, codes in labels.items()}
        values = np.append(values, change - values.sum())
    data = {axis: np.asarray(codes) for axis, codes in labels.items()} | {"effect": values}
    note = declared_note("economy.effects", change=change, gap=certificate.gap, points=certificate.points)
    absent = [axis for axis in AXES if axis not in by]
    table = table_with("economy.attribution", data, (note,), absent, country=country, world=economy.name)
    return table.select([*by, "effect"])
