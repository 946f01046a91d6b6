"""What a country makes of an equilibrium of family B: real income, and a government's weighted income.

Real income is final spending over the price of final goods; where labour answers the real wage, less what work costs
the worker, kappa / (1 + kappa) of the wage bill (family A, lump-sum rebate). The government's objective is that of
Ossa (2014): income of every sector, with its share of revenue, times the sector's weight.

Where a welfare change comes from in family B: terms of trade and volume of trade, by sector, at first order.

Source: Caliendo and Parro (2015), equations 16 and 17, with flows of the baseline and hats less one (not logs):
M_nij is the value net of tariff that n buys from i, I final spending,

    tot_n = sum_(i != n, j) [M_inj (c^_nj - 1) - M_nij (c^_ij - 1)] / I_n
    vot_n = sum_(i != n, j) tau_nij M_nij (M^_nij - c^_ij) / I_n

Points of a path in family B, with the parts that profits and scale add.

The algebra is in `detente.economy.decomposition`; symbols are those of
`detente.economy.input_output.accounts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_with
from detente.economy.frame import Economy, Equilibrium, Floats, PathPoint, Shock, ShockPath, ShockSlopes
from detente.economy.input_output.accounts import accounts, bundle_price, by_sector, profit_share
from detente.economy.input_output.equations import (
    InputOutputCotangents,
    InputOutputProblem,
    InputOutputState,
    nothing,
    problem,
    state,
)

WEIGHTS = "political_weight"
OBJECTIVES = ("real-income", "political")


def change(economy: Economy, shock: Shock, pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """Change of what a shock's objective names, shape (country,), share."""
    return _political(pr, s, political_weight(economy)) if _is_political(shock) else _real(pr, s)


def pull(
    economy: Economy, shock: Shock, pr: InputOutputProblem, s: InputOutputState, on: Floats
) -> InputOutputCotangents:
    """Adjoints of the state for on @ change."""
    return _pull_political(pr, s, political_weight(economy), on) if _is_political(shock) else _pull_real(pr, s, on)


def _is_political(shock: Shock) -> bool:
    return bool(shock.options.get("objective", "real-income") == "political")


def check(economy: Economy, shock: Shock) -> None:
    """Refuse an objective nobody knows, or one without the weights it needs."""
    name = str(shock.options.get("objective", "real-income"))
    if name not in OBJECTIVES:
        raise UnknownName("objective", name, OBJECTIVES, Parameter("objective"), f"use {' or '.join(OBJECTIVES)}")
    if _is_political(shock):
        political_weight(economy)


def political_weight(economy: Economy) -> Floats:
    """Weights lambda, shape (country, sector); only their ratios within a country matter."""
    shape = (len(economy.countries), len(economy.sectors))
    where = f"world {economy.name}, {WEIGHTS}"
    if WEIGHTS not in economy.arrays:
        raise InputError(where, "is missing", f"give weights of shape {shape}, one on average in each country")
    weight = np.asarray(economy.arrays[WEIGHTS], dtype=np.float64)
    if weight.size != np.prod(shape):
        raise InputError(where, f"shape {weight.shape} does not fit", f"give {shape}")
    weight = weight.reshape(shape)
    bad = ~np.isfinite(weight) | (weight < 0) | (weight.sum(axis=1) <= 0)[:, None]
    if bad.any():
        n, j = np.argwhere(bad)[0]
        raise InputError(
            f"{WEIGHTS}, {economy.countries[n]}, {economy.sectors[j]}",
            f"{weight[n, j]:g} is no weight",
            "give zero or more",
        )
    return weight


def changes(economy: Economy, pr: InputOutputProblem, s: InputOutputState) -> dict[str, Floats]:
    """Columns of the table that this module knows, each of shape (country,), shares."""
    columns = {"welfare": _real(pr, s)}
    if pr.tech.supply:
        columns["employment"] = np.expm1(s.labor)
    if WEIGHTS in economy.arrays:
        columns["political_welfare"] = _political(pr, s, political_weight(economy))
    return columns


def _toil(pr: InputOutputProblem) -> float:
    """Share of the wage bill that makes up for work."""
    return pr.tech.supply / (1.0 + pr.tech.supply)


def _price(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    return np.exp((pr.base.final * s.p).sum(axis=1))


def _real(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    old = pr.base.final_spending - _toil(pr) * pr.tech.labor_income
    return (s.final_spending - _toil(pr) * s.wages) / old / _price(pr, s) - 1.0


def _pull_real(pr: InputOutputProblem, s: InputOutputState, on: Floats) -> InputOutputCotangents:
    old = pr.base.final_spending - _toil(pr) * pr.tech.labor_income
    each = on / (old * _price(pr, s))
    return replace(
        nothing(s),
        p=-pr.base.final * (on * (1.0 + _real(pr, s)))[:, None],
        final=each,
        wages=-_toil(pr) * each,
    )


def _political(pr: InputOutputProblem, s: InputOutputState, weight: Floats) -> Floats:
    now, _, _ = _weighted(pr, weight, s.output, s.revenue + s.deficit)
    base = pr.base
    before, _, _ = _weighted(pr, weight, base.output, base.revenue + base.deficit)
    return now / before / _price(pr, s) - 1.0


def _weighted(pr: InputOutputProblem, weight: Floats, output: Floats, shared: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted income, mean weight of workers and the wage bill by output, each of shape (country,)."""
    labor = pr.tech.labor * output
    bill = labor.sum(axis=1)
    mean = (weight * labor).sum(axis=1) / bill
    return (weight * pr.base.value_added_share * output).sum(axis=1) + mean * shared, mean, bill


def _pull_political(pr: InputOutputProblem, s: InputOutputState, weight: Floats, on: Floats) -> InputOutputCotangents:
    base, shared = pr.base, s.revenue + s.deficit
    before, _, _ = _weighted(pr, weight, base.output, base.revenue + base.deficit)
    now, mean, bill = _weighted(pr, weight, s.output, shared)
    each = on / (before * _price(pr, s))
    by_sector = weight * base.value_added_share + pr.tech.labor * (weight - mean[:, None]) * (shared / bill)[:, None]
    return replace(
        nothing(s),
        p=-base.final * (each * now)[:, None],
        output=each[:, None] * by_sector,
        revenue=each * mean,
        deficit=each * mean,
    )


#: Welfare changes below this share are not worth a note.
SMALL = 1e-4

NAMED = 3


def terms_by_sector(equilibrium: Equilibrium) -> tuple[Floats, Floats]:
    """Terms and volume of trade by sector, each of shape (country, sector), share of baseline final spending."""
    economy, base = equilibrium.economy, accounts(equilibrium.economy)
    cost = equilibrium.hats["cost"]
    spent = base.final_spending[:, None]
    bought = base.spending * _at_first(base.net, cost - 1.0)
    terms = base.output * (cost - 1.0) - bought
    if "dutiable trade" not in economy.memo:  # the one set last: another thread may stand between the two
        foreign = 1.0 - np.eye(len(economy.countries))
        economy.memo["dutiable"] = base.tariff * foreign
        economy.memo["dutiable trade"] = base.net * economy.memo["dutiable"]
    trade = equilibrium.levels["trade"].transpose(2, 0, 1)
    collected = np.einsum("jni,jni->nj", economy.memo["dutiable"], trade)
    volume = collected - base.spending * _at_first(economy.memo["dutiable trade"], cost)
    return terms / spent, volume / spent


def _at_first(weights: Floats, values: Floats) -> Floats:
    """sum_i weights[sector, n, i] values[i, sector], shape (n, sector)."""
    return (weights @ values.T[:, :, None])[:, :, 0].T


@np.errstate(all="ignore")
def first_order(equilibrium: Equilibrium) -> Table:
    """Terms of trade, volume of trade and their sum beside the exact change of real income, one row a country."""
    terms, volume = (part.sum(axis=1) for part in terms_by_sector(equilibrium))
    data = {
        "country": np.asarray(equilibrium.economy.countries),
        "terms_of_trade": terms,
        "volume_of_trade": volume,
        "first_order": terms + volume,
        "real_income": equilibrium.changes["welfare"],
    }
    return table_with("economy.first_order", data, equilibrium.notes, world=equilibrium.economy.name)


def concentration(equilibrium: Equilibrium) -> tuple[str, ...]:
    """A note where one sector makes over half of what the sectors of a country add up to in absolute terms."""
    terms, volume = terms_by_sector(equilibrium)
    size = np.abs(terms + volume)
    share = size.max(axis=1) / size.sum(axis=1).clip(1e-300)
    moved = np.abs(equilibrium.changes["welfare"]) > SMALL
    concentrated = np.flatnonzero((share > 0.5) & moved)
    if not concentrated.size:
        return ()
    weight = np.abs(equilibrium.changes["welfare"]) * accounts(equilibrium.economy).final_spending
    concentrated = concentrated[np.argsort(-weight[concentrated], kind="stable")]
    names = [
        f"{equilibrium.economy.countries[n]} {equilibrium.economy.sectors[int(np.argmax(size[n]))]} ({share[n]:.0%})"
        for n in concentrated[:NAMED]
    ]
    words = {"countries": ", ".join(names), "count": concentrated.size - NAMED}
    return (declared_note("economy.concentrated_more" if words["count"] > 0 else "economy.concentrated", **words),)


#: Largest gap of an identity the algebra rests on, dimensionless.
EXACT = 1e-8


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
