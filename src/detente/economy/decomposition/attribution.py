"""Whose tariffs, on what and on whom, changed a country's real income: shares of the exact change that add up.

Aumann and Shapley (1974): each rate t_c gets the integral along the path of the shock of its marginal effect,

    effect_c = integral_0^1 (dW / dt_c)(s) (dt_c / ds)(s) ds,     dt_c / ds = (1 + t_c(s)) log[(1 + t'_c) / (1 + t_c)],

all rates moving together, in proportion to log(1 + t); the effects add up to W(1) - W(0) and do not depend on how rates
are grouped. Each point of the path costs one adjoint, whatever the number of rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_with
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.economy.decomposition.path import (
    PathCertificate,
    log_welfare,
    of_real_income,
    paths,
    tariff_slope,
    unsettled,
)
from detente.economy.frame import Equilibrium, Floats, ShockPath
from detente.economy.gradient import gradient

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
