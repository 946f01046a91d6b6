"""Points of a path in family B, with the parts that profits and scale add.

The algebra is in `detente.economy.decomposition.decompose`; symbols are those of
`detente.economy.input_output.technology`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from detente.codes import declared_note
from detente.economy.frame import Floats, PathPoint, ShockPath, ShockSlopes
from detente.economy.input_output.accounts import accounts
from detente.economy.input_output.equations import InputOutputProblem, InputOutputState, problem, state
from detente.economy.input_output.technology import bundle_price, by_sector, profit_share

EXACT = 1e-8
"""Largest gap of an identity the algebra rests on, dimensionless."""


def points_of(path: ShockPath, change: ShockSlopes) -> Iterator[PathPoint]:
    """The points of a path, in order."""
    problems = [problem(path.economy, path.shock(k)) for k in range(len(path.u))]
    states = [state(pr, u) for pr, u in zip(problems, path.u, strict=True)]
    theta = problems[0].base.theta[:, None, None]
    net = change.net(theta, 1.0)
    cost = path.slope(np.stack([s.log_cost.T for s in states]))
    spread = path.slope(np.stack([_log(s.g) for s in states]))
    transfer = path.slope(np.stack([s.deficit for s in states]))
    own = _own_parts(path, states, cost, change)
    for k, (pr, s) in enumerate(zip(problems, states, strict=True)):
        yield PathPoint(
            trade=pr.net * s.q[:, None, :] * s.g[:, :, None],
            rate=change.rate(float(path.parts[k])),
            border=np.ones(s.x.size),
            cost=cost[k],
            flow=net - theta * cost[k][:, None, :] + spread[k][:, :, None],
            freight=change.freight,
            transfer=s.deficit,
            transfer_slope=transfer[k],
            worth=net_spending(pr, s),
            by_sector={name: values[k] for name, values in own.items()},
            whole={},
        )


def net_spending(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """Final spending less what work costs the worker, shape (country,), USD."""
    return s.final_spending - pr.tech.supply / (1.0 + pr.tech.supply) * s.wages


def _log(values: Floats) -> Floats:
    return np.log(np.where(values > 0, values, 1.0))


def _own_parts(path: ShockPath, states: list[InputOutputState], cost: Floats, change: ShockSlopes) -> dict[str, Floats]:
    """Profits, scale and productivity where the world has them, each of shape (point, country, sector), USD."""
    profit, scale = profit_share(path.economy, accounts(path.economy)), by_sector(path.economy, "scale_elasticity")
    output = np.stack([s.output for s in states])
    sales, wage = path.slope(_log(output)), path.slope(np.stack([s.x for s in states]))
    parts: dict[str, Floats] = {}
    if profit.any():
        parts["profits"] = output * profit * (sales - cost.transpose(0, 2, 1))
    if scale.any():
        parts["scale"] = output * (1.0 - profit) * scale * (sales - wage[:, :, None])
    if change.productivity is not None:
        parts["productivity"] = output * (1.0 - profit) * change.productivity.T
    return parts


def may_remain(path: ShockPath, welfare: Floats) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Every country unless cost and real income at the end are those the algebra knows, and why.

    `welfare` is the change at the end, shape (country,).
    """
    last = len(path.u) - 1
    pr = problem(path.economy, path.shock(last))
    s = state(pr, path.u[last])
    covered = bool(max(np.abs(gap).max() for gap in _identities(pr, s, welfare)) < EXACT)
    return np.full(welfare.shape, not covered), () if covered else (declared_note("economy.remainder"),)


def _identities(pr: InputOutputProblem, s: InputOutputState, welfare: Floats) -> tuple[Floats, Floats]:
    base, tech = pr.base, pr.tech
    inputs = tech.users.sum(axis=2) * bundle_price(tech, s.p)
    sales = _log(s.output) - _log(pr.made.T)
    cost = tech.wage_slope * s.x[:, None] + tech.output_slope * sales + inputs - pr.lift
    before = base.final_spending - tech.supply / (1.0 + tech.supply) * tech.labor_income
    real = net_spending(pr, s) / before * np.exp(-(base.final * s.p).sum(axis=1))
    return np.where(s.output > 0, s.log_cost - cost, 0.0), real - 1.0 - welfare
