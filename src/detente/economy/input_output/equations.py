"""Equations of family B, their derivatives in both directions: what `caliendo_parro` states, term by term.

Vectors run [country, sector] or, where a matrix of bilateral shares acts on them, [sector, country].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Parameter, UnknownName
from detente.economy.frame import Economy, Floats, Shock
from detente.economy.input_output.accounts import (
    InputOutputAccounts,
    Technology,
    accounts,
    bundle_price,
    cube,
    is_balanced,
    technology,
    tilt,
)

#: Names of the closures; those of family A mean the same here. `none` (D' = 0, same baseline) is the first step.
CLOSURES: Mapping[str, str] = {
    "fixed": "fixed", "fixed-transfers": "fixed", "gdp": "gdp", "proportional": "gdp", "zero": "zero", "none": "none",
}  # fmt: skip

OPTIONS: Mapping[str, Any] = {"closure": "fixed", "horizon": "long", "objective": "real-income"}
#: Above this share of changed cells the whole array is computed anew.
DENSE_SHOCK = 0.2


@dataclass(frozen=True)
class InputOutputProblem:
    """What the equations need of one economy and one shock.

    Attributes
    ----------
    base : the accounts.
    tech : shares and slopes of costs over the horizon of the shock.
    stacked : pi kappa^^-theta and the same over 1 + tau', shape (sector, 2 x importer, exporter).
    closure : fixed, gdp or none.
    lift : log of the productivity hat, shape (country, sector), or 0.
    made : output where nothing changes, 1 where a country makes nothing, shape (sector, country), USD.
    dropped : position of the country whose equation gives way to the numeraire.
    spending : what z measures from: X, or in accounts that do not balance the uses they imply, shape (country,
        sector), USD; `scale` the same with 1 where a country does not use a sector.
    idle : where a country does not use a sector, or None if it uses all.
    """

    base: InputOutputAccounts
    tech: Technology
    stacked: Floats = field(repr=False)
    closure: str
    lift: Floats | float = field(repr=False)
    made: Floats = field(repr=False)
    dropped: int
    spending: Floats = field(repr=False)
    scale: Floats = field(repr=False)
    idle: NDArray[np.bool_] | None = field(repr=False)
    #: The last state and what the tariff's slopes need.
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def pull(self) -> Floats:
        """Pull of exporters on importers, pi kappa^^-theta, shape (sector, importer, exporter)."""
        return self.stacked[:, : self.base.income.size]

    @property
    def net(self) -> Floats:
        """`pull` over one plus the new tariff."""
        return self.stacked[:, self.base.income.size :]


@dataclass(frozen=True)
class InputOutputState:
    """Every quantity at one u. By sector first: q, G, m, g, h, shape (sector, country); others (country, sector).

    g is spending over the price term, X' P^^theta; h what an exporter's cost term meets, so that output is q h;
    `inputs` [country, input, user] and `users` [country, user, input] are gamma' and slopes of costs in prices.
    """

    x: Floats
    p: Floats
    z: Floats
    inputs: Floats
    users: Floats
    log_cost: Floats
    q: Floats
    G: Floats
    m: Floats
    g: Floats
    h: Floats
    spending: Floats
    output: Floats
    labor: Floats
    wages: Floats
    rents: Floats
    revenue: Floats
    deficit: Floats

    @property
    def income(self) -> Floats:
        """Value added: wages, capital and profits, shape (country,), USD."""
        return self.wages + self.rents

    @property
    def final_spending(self) -> Floats:
        """I' = value added + R' + D', shape (country,), USD."""
        return self.income + self.revenue + self.deficit


def closure_of(shock: Shock) -> str:
    """The closure by its name in this module; `UnknownName` for another."""
    name = str(shock.options.get("closure", OPTIONS["closure"]))
    if name not in CLOSURES:
        known = [key for key in CLOSURES if key != "none"]
        raise UnknownName("closure", name, known, Parameter("closure"), f"use {', '.join(known)}")
    return CLOSURES[name]


def problem(economy: Economy, shock: Shock) -> InputOutputProblem:
    """The problem of an economy and a shock, kept with the shock."""
    kept = shock.memo.get("caliendo_parro")
    if kept is None or kept[0] is not economy:
        kept = (economy, _problem(economy, shock))
        shock.memo["caliendo_parro"] = kept
    return kept[1]


def _problem(economy: Economy, shock: Shock) -> InputOutputProblem:
    base = accounts(economy)
    lift = 0.0
    if shock.productivity_hat is not None:
        hat = np.asarray(shock.productivity_hat, dtype=np.float64)
        lift = np.log(hat[:, None] if hat.ndim == 1 else hat)
    if "scale" not in economy.memo:
        economy.memo["scale"] = _scale(economy, base)
    spending, scale, idle = economy.memo["scale"]
    return InputOutputProblem(
        base=base,
        tech=technology(economy, shock),
        stacked=_stacked(economy, base, shock),
        closure=closure_of(shock),
        lift=lift,
        made=np.where(base.output > 0, base.output, 1.0).T,
        dropped=int(np.argmax(base.income)),
        spending=spending,
        scale=scale,
        idle=idle,
    )


def _scale(economy: Economy, base: InputOutputAccounts) -> tuple[Floats, Floats, NDArray[np.bool_] | None]:
    spending = base.spending
    if not is_balanced(economy):
        spending = apply(base.inputs, base.output) + base.final * base.final_spending[:, None].clip(0.0)
    idle = spending <= 0
    return spending, np.where(idle, 1.0, spending), idle if idle.any() else None


def _stacked(economy: Economy, base: InputOutputAccounts, shock: Shock) -> Floats:
    """Pulls of the shock; only the cells it changes are computed where they are few."""
    if "stacked" not in economy.memo:
        economy.memo["stacked"] = np.concatenate([base.share, base.net], axis=1)
    if shock.tariff is None and shock.cost_hat is None:
        return economy.memo["stacked"]
    pulls = economy.memo["stacked"].copy()
    old = cube(economy, "tariff")
    new = old if shock.tariff is None else np.asarray(shock.tariff, dtype=np.float64).reshape(old.shape)
    cost = None if shock.cost_hat is None else np.asarray(shock.cost_hat, dtype=np.float64).reshape(old.shape)
    changed = new != old if cost is None else (new != old) | (cost != 1.0)
    many = np.count_nonzero(changed) > DENSE_SHOCK * changed.size
    if many:
        _change_all(pulls, old, new, cost, base.theta)
    else:
        _change_cells(pulls, np.nonzero(changed), old, new, cost, base.theta)
    return pulls


def _change_cells(pulls: Floats, where: Any, old: Floats, new: Floats, cost: Floats | None, theta: Floats) -> None:
    n, i, j = where
    ratio = (1.0 + new[where]) / (1.0 + old[where])
    factor = (ratio if cost is None else ratio * cost[where]) ** -theta[j]
    pulls[j, n, i] *= factor
    pulls[j, pulls.shape[2] + n, i] *= factor / ratio


def _change_all(pulls: Floats, old: Floats, new: Floats, cost: Floats | None, theta: Floats) -> None:
    size = pulls.shape[2]
    ratio = np.ascontiguousarray(((1.0 + new) / (1.0 + old)).transpose(2, 0, 1))
    kappa = ratio if cost is None else ratio * cost.transpose(2, 0, 1)
    factor = np.exp(-theta[:, None, None] * np.log(kappa))
    pulls[:, :size] *= factor
    pulls[:, size:] *= factor / ratio


def apply(A: Floats, v: Floats) -> Floats:
    """sum_i A[s, n, i] v[s, i, ...], shape (s, n, ...)."""
    return A @ v if v.ndim == 3 else (A @ v[:, :, None])[:, :, 0]


def apply_t(A: Floats, v: Floats) -> Floats:
    """sum_n A[s, n, i] v[s, n, ...], shape (s, i, ...)."""
    return A.transpose(0, 2, 1) @ v if v.ndim == 3 else (v[:, None, :] @ A)[:, 0]


def blocks(u: Floats, countries: int, sectors: int) -> tuple[Floats, Floats, Floats]:
    """Wages (country,), prices and spending (country, sector) of u; further axes of u are kept."""
    cells, more = countries * sectors, u.shape[1:]
    shape = (countries, sectors, *more)
    return u[:countries], u[countries : countries + cells].reshape(shape), u[countries + cells :].reshape(shape)


def joined(x: Floats, p: Floats, z: Floats) -> Floats:
    """The inverse of `blocks`."""
    more = x.shape[1:]
    return np.concatenate([x, p.reshape(-1, *more), z.reshape(-1, *more)])


def state(pr: InputOutputProblem, u: Floats) -> InputOutputState:
    """Every quantity at u, shape (unknowns,); the last one is kept, as several look at the same point in turn."""
    kept = pr.memo.get("state")
    if kept is None or not np.array_equal(kept[0], u):
        point = u.copy()
        kept = pr.memo["state"] = (point, _state(pr, point))
    return kept[1]


def _state(pr: InputOutputProblem, u: Floats) -> InputOutputState:
    base, tech = pr.base, pr.tech
    n, s = base.spending.shape
    x, p, z = blocks(u, n, s)
    spending = pr.spending * np.exp(z)
    by_sector = np.ascontiguousarray(spending.T)
    g = by_sector * np.exp(p.T * base.theta[:, None])
    h = apply_t(pr.net, g)
    inputs, users, on_inputs = _used(pr, p)
    log_cost = tech.wage_slope * x[:, None] + on_inputs - pr.lift
    if tech.follows_sales:
        # log(h / made), zero where nothing is sold.
        log_cost = tech.damped * (log_cost + tech.output_slope * np.log(np.where(h > 0, h, pr.made) / pr.made).T)
    q = np.exp(log_cost.T * -base.theta[:, None])
    both = apply(pr.stacked, q)
    G, m = both[:, :n], both[:, n:]
    output = (q * h).T
    labor = tech.supply * (x - (base.final * p).sum(axis=1))
    wages, rents = tech.labor_income * np.exp(x + labor), (tech.rents * output).sum(axis=1)
    revenue = (by_sector - g * m).sum(axis=0)
    return InputOutputState(
        x, p, z, inputs, users, log_cost, q, G, m, g, h, spending, output, labor, wages, rents, revenue,
        deficits(pr, wages + rents),
    )  # fmt: skip


def _used(pr: InputOutputProblem, p: Floats) -> tuple[Floats, Floats, Floats]:
    """Input shares, slopes of costs in prices, and what goods add to log costs (country, user)."""
    tech = pr.tech
    turned, inputs, users = tilt(tech, p), pr.base.inputs, tech.users
    if turned is None:
        added = apply(users, p)
    else:
        inputs, users = inputs * turned.transpose(0, 2, 1), users * turned
        added = tech.users.sum(axis=2) * bundle_price(tech, p)
    if tech.renewed is None:
        return inputs, users, added
    return inputs, users + tech.renewed, added + apply(tech.renewed, p)


def turned(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """Slope of uses in log prices at given output, [country, input, price], USD, where eta is not one."""
    assert pr.tech.substitution is not None
    moved = s.inputs * ((1.0 - pr.tech.substitution) * s.output)[:, None, :]
    used = s.users if pr.tech.renewed is None else s.users - pr.tech.renewed
    share = used / np.where(pr.tech.users.sum(axis=2) > 0, pr.tech.users.sum(axis=2), 1.0)[:, :, None]
    return moved.sum(axis=2)[:, :, None] * np.eye(s.p.shape[1]) - moved @ share


def deficits(pr: InputOutputProblem, income: Floats) -> Floats:
    """D' of the closure at new value added, shape (country,), USD."""
    base = pr.base
    if pr.closure == "fixed":
        return base.deficit
    if pr.closure == "none":
        return np.zeros_like(base.deficit)
    owed = base.deficit / base.income * income
    return owed - income * (owed.sum() / income.sum())


def residual_of(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """B3 over the income of labour, B1 in logs, B2 over X, shape (unknowns,)."""
    base, earned = pr.base, pr.tech.labor_income
    f_x = (s.wages - (pr.tech.labor * s.output).sum(axis=1)) / earned
    f_x[pr.dropped] = (earned * np.expm1(s.x)).sum() / earned.sum()
    f_p = s.p + (np.log(s.G) / base.theta[:, None]).T
    uses = apply(s.inputs, s.output) + base.final * s.final_spending[:, None]
    f_z = (s.spending - uses) / pr.scale
    if pr.idle is not None:
        f_z = np.where(pr.idle, s.z, f_z)
    return joined(f_x, f_p, f_z)


#: Columns of a Jacobian that are made together.
BLOCK = 256


def unchanged(economy: Economy) -> Floats:
    """The unknowns where nothing moves, shape (unknowns,)."""
    n, s = len(economy.countries), len(economy.sectors)
    return np.zeros(n + 2 * n * s)


def jacobian_at(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """dF/du at a state, shape (unknowns, unknowns)."""
    size = s.x.size + s.p.size + s.z.size
    parts = [push(pr, s, np.eye(size, min(BLOCK, size - start), -start)) for start in range(0, size, BLOCK)]
    return np.concatenate(parts, axis=1)


def push(pr: InputOutputProblem, s: InputOutputState, du: Floats) -> Floats:
    """dF/du @ du; `du` of shape (unknowns,) or (unknowns, directions)."""
    if du.ndim == 1:
        return push(pr, s, du[:, None])[:, 0]
    base, tech = pr.base, pr.tech
    dx, dp, dz = blocks(du, *base.spending.shape)
    d_spending = s.spending[:, :, None] * dz
    by_sector = d_spending.transpose(1, 0, 2)
    dg = s.g[:, :, None] * (dz + base.theta[:, None] * dp).transpose(1, 0, 2)
    dh = apply_t(pr.net, dg)
    d_cost = tech.wage_slope[:, :, None] * dx[:, None] + s.users @ dp
    if tech.follows_sales:
        sold = (dh / _positive(s.h)[:, :, None]).transpose(1, 0, 2)
        d_cost = tech.damped[:, :, None] * (d_cost + tech.output_slope[:, :, None] * sold)
    dq = d_cost.transpose(1, 0, 2) * (-base.theta[:, None] * s.q)[:, :, None]
    both = pr.stacked @ dq
    dG, dm = both[:, : dx.shape[0]], both[:, dx.shape[0] :]
    d_output = (dq * s.h[:, :, None] + s.q[:, :, None] * dh).transpose(1, 0, 2)
    d_revenue = (by_sector - dg * s.m[:, :, None] - s.g[:, :, None] * dm).sum(axis=0)
    d_wages, d_rents = _push_wages(pr, s, dx, dp), (tech.rents[:, :, None] * d_output).sum(axis=1)
    d_final = d_wages + d_rents + d_revenue + _push_deficits(pr, s, d_wages + d_rents)
    earned = tech.labor_income[:, None]
    f_x = (d_wages - (tech.labor[:, :, None] * d_output).sum(axis=1)) / earned
    f_x[pr.dropped] = (earned * np.exp(s.x)[:, None] * dx).sum(axis=0) / earned.sum()
    f_p = dp + (dG / (base.theta[:, None] * s.G)[:, :, None]).transpose(1, 0, 2)
    uses = s.inputs @ d_output + base.final[:, :, None] * d_final[:, None]
    if tech.substitution is not None:
        uses += turned(pr, s) @ dp
    f_z = (d_spending - uses) / pr.scale[:, :, None]
    if pr.idle is not None:
        f_z = np.where(pr.idle[:, :, None], dz, f_z)
    return joined(f_x, f_p, f_z)


def push_wages(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """dF/dx, shape (unknowns, country): `push` of one wage after another; each moves the costs of its country alone."""
    base, tech = pr.base, pr.tech
    n = s.x.size
    own, still = np.eye(n), np.zeros((n, s.p.shape[1], 1))
    d_cost = tech.damped * tech.wage_slope if tech.follows_sales else tech.wage_slope
    dq = d_cost.T * (-base.theta[:, None] * s.q)
    d_output = (dq * s.h).T
    d_revenue = -np.einsum("jn,jni,ji->ni", s.g, pr.net, dq)
    d_wages, d_rents = _push_wages(pr, s, own, still), own * (tech.rents * d_output).sum(axis=1)
    d_final = d_wages + d_rents + d_revenue + _push_deficits(pr, s, d_wages + d_rents)
    earned = tech.labor_income[:, None]
    f_x = (d_wages - own * (tech.labor * d_output).sum(axis=1)) / earned
    f_x[pr.dropped] = (earned * np.exp(s.x)[:, None] * own).sum(axis=0) / earned.sum()
    f_p = (pr.pull * dq[:, None, :] / (base.theta[:, None] * s.G)[:, :, None]).transpose(1, 0, 2)
    uses = base.final[:, :, None] * d_final[:, None]
    uses[np.arange(n), :, np.arange(n)] += apply(s.inputs, d_output)
    f_z = -uses / pr.scale[:, :, None]
    if pr.idle is not None:
        f_z = np.where(pr.idle[:, :, None], 0.0, f_z)
    return joined(f_x, f_p, f_z)


def _positive(h: Floats) -> Floats:
    return np.where(h > 0, h, 1.0)


def _push_wages(pr: InputOutputProblem, s: InputOutputState, dx: Floats, dp: Floats) -> Floats:
    moved = dx
    if pr.tech.supply:
        moved = dx + pr.tech.supply * (dx - (pr.base.final[:, :, None] * dp).sum(axis=1))
    return s.wages[:, None] * moved


def _push_deficits(pr: InputOutputProblem, s: InputOutputState, d_income: Floats) -> Floats:
    if pr.closure != "gdp":
        return np.zeros_like(d_income)
    rate, income = (pr.base.deficit / pr.base.income)[:, None], s.income
    world = income.sum()
    mean = (rate[:, 0] * income).sum() / world
    moved = (rate * d_income).sum(axis=0) / world - mean * d_income.sum(axis=0) / world
    return (rate - mean) * d_income - income[:, None] * moved


@dataclass
class InputOutputCotangents:
    """Adjoints of quantities of a state; shapes as there. `final` is that of final spending and all it is made of."""

    x: Floats
    p: Floats
    z: Floats
    G: Floats
    output: Floats
    final: Floats
    wages: Floats
    revenue: Floats
    deficit: Floats


def nothing(s: InputOutputState) -> InputOutputCotangents:
    """Adjoints of zero."""
    by_country, wide, by_sector = np.zeros_like(s.x), np.zeros_like(s.p), np.zeros_like(s.G)
    return InputOutputCotangents(
        by_country, wide, wide, by_sector, wide, by_country, by_country, by_country, by_country
    )


def pulled_residual(pr: InputOutputProblem, s: InputOutputState, v: Floats) -> InputOutputCotangents:
    """Adjoints of the state for v @ F."""
    base, earned = pr.base, pr.tech.labor_income
    vx, vp, vz = blocks(v, *base.spending.shape)
    per = vx / earned
    per[pr.dropped] = 0.0
    used = vz / pr.scale
    z = used * s.spending
    if pr.idle is not None:
        used = np.where(pr.idle, 0.0, used)
        z = np.where(pr.idle, vz, z)
    return replace(
        nothing(s),
        x=vx[pr.dropped] * earned * np.exp(s.x) / earned.sum(),
        p=vp if pr.tech.substitution is None else vp - apply_t(turned(pr, s), used),
        z=z,
        G=vp.T / base.theta[:, None] / s.G,
        output=-pr.tech.labor * per[:, None] - apply_t(s.inputs, used),
        final=-(used * base.final).sum(axis=1),
        wages=per,
    )


def pull_back(
    pr: InputOutputProblem, s: InputOutputState, c: InputOutputCotangents, *, with_tariff: bool
) -> tuple[Floats, Floats | None]:
    """Adjoints of u and, at given u, of the tariff from those of the state."""
    base, tech = pr.base, pr.tech
    on_income = c.final + _pull_deficits(pr, s, c.final + c.deficit)
    on_revenue = c.final + c.revenue
    d_output = np.ascontiguousarray((c.output + tech.rents * on_income[:, None]).T)
    on_h = d_output * s.q
    on_m = -on_revenue * s.g
    on_q = d_output * s.h + apply_t(pr.stacked, np.concatenate([c.G, on_m], axis=1))
    on_cost = (-base.theta[:, None] * on_q * s.q).T
    if tech.follows_sales:
        on_cost = on_cost * tech.damped
        on_h = on_h + (on_cost * tech.output_slope).T / _positive(s.h)
    on_log_g = ((apply(pr.net, on_h) - on_revenue * s.m) * s.g).T
    on_wages = (c.wages + on_income) * s.wages
    x = c.x + (1.0 + tech.supply) * on_wages + (tech.wage_slope * on_cost).sum(axis=1)
    p = c.p + apply_t(s.users, on_cost) + base.theta * on_log_g
    if tech.supply:
        p = p - tech.supply * base.final * on_wages[:, None]
    z = c.z + s.spending * on_revenue[:, None] + on_log_g
    tariff = _pull_tariff(pr, s, c.G, on_m, on_h) if with_tariff else None
    return joined(x, p, z), tariff


def _pull_deficits(pr: InputOutputProblem, s: InputOutputState, v: Floats) -> Floats:
    """V @ d deficits / d value added, shape (country,)."""
    if pr.closure != "gdp":
        return np.zeros_like(v)
    rate, income = pr.base.deficit / pr.base.income, s.income
    world = income.sum()
    mean = (rate * income).sum() / world
    return (rate - mean) * (v - (v * income).sum() / world)


def _pull_tariff(pr: InputOutputProblem, s: InputOutputState, on_G: Floats, on_m: Floats, on_h: Floats) -> Floats:
    """Adjoint of the tariff, [importer, exporter, sector]: kappa^ and 1 + tau' move with it."""
    theta = pr.base.theta[:, None]
    if "over_gross" not in pr.memo:
        pr.memo["over_gross"] = np.divide(pr.net, pr.pull, out=np.ones_like(pr.net), where=pr.net > 0)
    # Two terms over 1 + tau', one not; as each is importer by exporter, products of thin matrices add them up.
    adjoint = np.stack([on_m, s.g], axis=2) @ np.stack([s.q, on_h], axis=1)
    adjoint *= pr.memo["over_gross"]
    adjoint *= (1.0 + theta)[:, :, None]
    adjoint += (theta * on_G)[:, :, None] * s.q[:, None, :]
    adjoint *= pr.net
    return np.negative(adjoint, out=adjoint).transpose(1, 2, 0)
