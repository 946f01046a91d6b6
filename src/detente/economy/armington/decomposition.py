"""Points of a path in family A, with the parts that distribution, entry, scale and employment add.

The algebra is in `detente.economy.decomposition.decompose`; symbols are those of `detente.economy.armington.family`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import declared_note
from detente.economy.armington.equations import ArmingtonProblem, ArmingtonState, problem, state, transfers
from detente.economy.frame import Floats, PathPoint, ShockPath, ShockSlopes


@dataclass(frozen=True)
class StateSlopes:
    """Derivatives in s at one point.

    Attributes
    ----------
    wage, employment, prices : of logs w, L and P, shape (country,).
    tau, transfer : of R/Y' and of T', same shape.
    cost, spread, share : of logs c, g (spending on a sector over S) and ell, shape (sector, country).
    """

    wage: Floats = field(repr=False)
    employment: Floats = field(repr=False)
    prices: Floats = field(repr=False)
    tau: Floats = field(repr=False)
    transfer: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    spread: Floats = field(repr=False)
    share: Floats = field(repr=False)


def points_of(path: ShockPath, change: ShockSlopes) -> Iterator[PathPoint]:
    """The points of a path, in order."""
    problems = [problem(path.economy, path.shock(k)) for k in range(len(path.u))]
    states = [state(pr, u) for pr, u in zip(problems, path.u, strict=True)]
    slopes = _slopes(path, problems, states)
    for part, pr, s, slope in zip(path.parts, problems, states, slopes, strict=True):
        yield _point(pr, s, slope, change, float(part))


def may_remain(path: ShockPath) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The country whose equation is dropped, where transfers are kept as published, and why."""
    last = np.arange(len(path.economy.countries)) == len(path.economy.countries) - 1
    options = path.end.shock.options
    if options.get("closure") != "balanced" or not options.get("as_published"):
        return np.zeros_like(last), ()
    return last, (declared_note("economy.dropped"),)


def _slopes(path: ShockPath, problems: list[ArmingtonProblem], states: list[ArmingtonState]) -> Iterator[StateSlopes]:
    trade = problems[0].base.trade
    along = (
        [s.x for s in states],
        [s.h for s in states],
        [s.p for s in states],
        [s.tau for s in states],
        [transfers(pr, s.income) for pr, s in zip(problems, states, strict=True)],
        [-np.log(s.q) / trade for s in states],
        [np.log(np.where(s.g > 0, s.g, 1.0)) for s in states],
        [np.broadcast_to(s.y, s.q.shape) for s in states],
    )
    columns = [path.slope(np.stack(values)) for values in along]
    return (StateSlopes(*(column[k] for column in columns)) for k in range(len(states)))


def _point(pr: ArmingtonProblem, s: ArmingtonState, slope: StateSlopes, change: ShockSlopes, part: float) -> PathPoint:
    base, elasticity = pr.base, pr.base.trade[:, :, None]
    trade, rate = pr.net * s.q[:, None, :] * s.g[:, :, None], change.rate(part)
    flow = change.net(elasticity, base.exponent[:, None]) - elasticity * slope.cost[:, None, :]
    flow = flow + slope.spread[:, :, None]
    worth, whole = _labor(pr, s, slope)
    return PathPoint(
        trade=trade,
        rate=rate,
        border=base.kept,
        cost=slope.cost,
        flow=flow,
        freight=change.freight,
        transfer=transfers(pr, s.income),
        transfer_slope=slope.transfer,
        worth=worth,
        by_sector=_by_sector(pr, s, slope, change, trade, rate, flow),
        whole=whole,
    )


def _by_sector(
    pr: ArmingtonProblem,
    s: ArmingtonState,
    slope: StateSlopes,
    change: ShockSlopes,
    trade: Floats,
    rate: Floats,
    flow: Floats,
) -> dict[str, Floats]:
    """Distribution, pass-through, scale and productivity, each of shape (country, sector), USD."""
    base = pr.base
    dearer = slope.wage[:, None] - slope.cost[:, None, :]
    entry = ((1.0 + rate) * trade * (flow - slope.wage[:, None])).sum(axis=2)
    inputs = (1.0 - base.value_added) * (slope.wage - slope.prices)
    scale = s.sales * base.scale * (inputs + slope.employment + slope.share)
    parts = {
        "distribution": base.margin * (trade * dearer).sum(axis=2),
        "pass_through": -base.pass_on * entry,
        "scale": scale,
    }
    if change.productivity is not None:
        parts["productivity"] = s.sales * change.productivity
    return {name: values.T for name, values in parts.items()}


def _labor(pr: ArmingtonProblem, s: ArmingtonState, slope: StateSlopes) -> tuple[Floats, dict[str, Floats]]:
    """What a USD is worth in log welfare, and the parts that a tax cut adds, USD, each of shape (country,)."""
    base = pr.base
    whole = base.spending if base.value_added == 1.0 else base.consumption
    spent = s.income + s.revenue + transfers(pr, s.income)
    spending, earning = spent / whole * np.exp(-s.p), np.exp(s.x + s.h - s.p)
    weight = base.labor / (1.0 + base.labor)
    net = whole - weight * (1.0 - (s.tau if pr.tax_cut else 0.0)) * base.income
    delta = whole / net
    worth = np.exp(s.p) * net * (delta * spending + (1.0 - delta) * earning)
    if not pr.tax_cut:
        return worth, {}
    leisure = weight * slope.tau * base.income * ((1.0 + delta) * earning - delta * spending) * np.exp(s.p)
    return worth, {"employment": s.tau * s.income * slope.employment, "leisure": leisure}
