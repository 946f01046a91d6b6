"""The equations of family A and their adjoints: every quantity at a point, residuals, and derivatives back from them.

Numbers (F1) to (F5) are those of `detente.economy.armington.family`. A state may carry leading axes, one point after
another. Derivatives run backwards only (adjoints); a Jacobian is the adjoint of every unit vector at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.economy.armington.accounts import ArmingtonAccounts
from detente.economy.frame import Floats


@dataclass(frozen=True)
class ArmingtonProblem:
    """What the equations need of one economy and one shock.

    Attributes
    ----------
    base : the accounts.
    pull : lambda (1+t)^(-eps phi) d^(-eps), shape (sector, importer, exporter).
    net : `pull` over 1 + t.
    gross : 1 + t.
    lift : epsilon times the log of the productivity hat, shape (sector, country).
    transfer : T of the closure, shape (country,), USD; `proportional` if it moves with each country's income.
    tax_cut : whether revenue cuts the income tax.
    """

    base: ArmingtonAccounts
    pull: Floats = field(repr=False)
    net: Floats = field(repr=False)
    gross: Floats = field(repr=False)
    lift: Floats = field(repr=False)
    transfer: Floats = field(repr=False)
    proportional: bool
    tax_cut: bool

    def demand(self, q: Floats) -> tuple[Floats, Floats]:
        """S and m: sums over exporters of `pull` q and `net` q, shape (..., sector, importer)."""
        return apply(self.pull, q), apply(self.net, q)

    def supply(self, g: Floats) -> Floats:
        """Sums over importers of `net` g, shape (..., sector, exporter)."""
        return apply_t(self.net, g)


@dataclass(frozen=True)
class ArmingtonState:
    """Every quantity of the equations at one u, leading axes as in u.

    Attributes
    ----------
    x, h, e, p : logs of the hats of wage, employment, spending and prices, shape (..., country).
    y : logs of the hats of employment shares, shape (..., sector, country).
    formula_p : right-hand side of (F4) in logs, shape (..., country).
    q : cost to the power -eps; S, m : its sums with `pull` and `net`; g : spending on the sector over S.
    imports, sales : net value bought, and sold after margins; like q, shape (..., sector, country), USD.
    income, revenue, tau : Y', R (USD) and R over Y', shape (..., country).
    """

    x: Floats
    h: Floats
    e: Floats
    p: Floats
    y: Floats
    formula_p: Floats
    q: Floats
    S: Floats
    m: Floats
    g: Floats
    imports: Floats
    sales: Floats
    income: Floats
    revenue: Floats
    tau: Floats


def apply(A: Floats, v: Floats) -> Floats:
    """sum_j A[k, i, j] v[..., k, j], shape (..., k, i)."""
    if A.shape[0] == 1:
        return v @ A[0].T
    return (A @ v[..., None])[..., 0] if v.ndim == 2 else np.einsum("kij,...kj->...ki", A, v, optimize=True)


def apply_t(A: Floats, v: Floats) -> Floats:
    """sum_i A[k, i, j] v[..., k, i], shape (..., k, j)."""
    if A.shape[0] == 1:
        return v @ A[0]
    return apply(A.transpose(0, 2, 1), v)


def _blocks(base: ArmingtonAccounts, u: Floats) -> tuple[Floats, Floats, Floats, Floats | None, Floats]:
    n, k = base.spending.size, base.trade.shape[0]
    x, h, e = u[..., :n], u[..., n : 2 * n], u[..., 2 * n : 3 * n]
    start = 3 * n
    p = None
    if base.value_added < 1.0:
        p, start = u[..., start : start + n], start + n
    y = u[..., start:].reshape(*u.shape[:-1], k, n) if k > 1 else np.zeros((1, 1))
    return x, h, e, p, y


def state(pr: ArmingtonProblem, u: Floats, *, spent: bool = False) -> ArmingtonState:
    """Every quantity at u, shape (..., unknowns); if `spent`, with the spending that (F2) gives (only for beta = 1)."""
    base = pr.base
    x, h, e, p, y = _blocks(base, u)
    on_wage, on_labor, on_price = base.cost_slopes
    log_q = on_wage * x[..., None, :] + on_labor * (h[..., None, :] + y) + pr.lift
    if p is not None:
        log_q = log_q + on_price * p[..., None, :]
    q = np.exp(log_q)
    S, m = pr.demand(q)
    if not base.buys_everything:
        S = np.where(S > 0, S, 1.0)
    income = base.income * np.exp(x + h)
    if spent:
        paid = (base.budget * m / S).sum(axis=-2)
        spend = (income + transfers(pr, income)) / paid
        e = np.log(spend / base.spending)
    else:
        spend = base.spending * np.exp(e)
    g = base.budget * spend[..., None, :] / S
    imports = g * m
    revenue = spend - imports.sum(axis=-2)
    formula_p = base.pass_on * (e - x) - (base.budget_by_elasticity * np.log(S)).sum(axis=-2)
    return ArmingtonState(
        x, h, e, formula_p if p is None else p, y, formula_p, q, S, m, g, imports,
        q * pr.supply(base.kept * g), income, revenue, revenue / income,
    )  # fmt: skip


def transfers(pr: ArmingtonProblem, income: Floats) -> Floats:
    """T' of the closure at new incomes, shape (..., country), USD."""
    if not pr.proportional:
        return pr.transfer * (income.sum(axis=-1, keepdims=True) / pr.base.income.sum())
    rate = pr.transfer / pr.base.income
    return income * (rate - (rate * income).sum(axis=-1, keepdims=True) / income.sum(axis=-1, keepdims=True))


def clearing(pr: ArmingtonProblem, s: ArmingtonState) -> Floats:
    """(F1) before the numeraire takes the last place, over income, shape (..., sector, country)."""
    base = pr.base
    supply = np.exp(s.x + s.h)[..., None, :] * np.exp(s.y)
    gap = supply - (base.value_added * s.sales + base.margin * s.imports) / base.scale_by
    return gap if base.makes_everything else np.where(base.income_by > 0, gap, s.y)


def _numeraire(pr: ArmingtonProblem, s: ArmingtonState) -> Floats:
    weight, log = (pr.base.spending, s.p) if pr.base.value_added == 1.0 else (pr.base.income, s.x)
    return (weight * np.expm1(log)).sum(axis=-1) / weight.sum()


def residual(pr: ArmingtonProblem, s: ArmingtonState) -> Floats:
    """(F1) to (F5) at a state, shape (..., unknowns), dimensionless; zero at an equilibrium."""
    base = pr.base
    f1 = clearing(pr, s)
    f1[..., -1, -1] = _numeraire(pr, s)
    owed = s.income + transfers(pr, s.income)
    if base.value_added < 1.0:
        owed += (1.0 - base.value_added) * s.sales.sum(axis=-2)
    f2 = (s.imports.sum(axis=-2) - owed) / base.spending
    kept = np.log1p(-s.tau) if pr.tax_cut else 0.0
    f3 = s.h - base.labor * (s.x - s.p - kept)
    parts = [f1.reshape(*f1.shape[:-2], -1), f2, f3]
    if base.value_added < 1.0:
        parts.append(s.p - s.formula_p)
    if base.trade.shape[0] > 1:
        parts.append((base.income_by / base.income * np.exp(s.y)).sum(axis=-2) - 1.0)
    return np.concatenate(parts, axis=-1)


@dataclass
class ArmingtonCotangents:
    """Adjoints of the quantities of a state, leading axes as in v; unset ones are zero."""

    x: Floats
    h: Floats
    e: Floats
    p: Floats
    formula_p: Floats
    y: Floats
    imports: Floats
    sales: Floats
    income: Floats
    tau: Floats


def zeros(lead: tuple[int, ...], k: int, n: int) -> ArmingtonCotangents:
    """Adjoints that are all zero, for k sectors and n countries."""
    by_country, by_sector = lambda: np.zeros((*lead, n)), lambda: np.zeros((*lead, k, n))
    return ArmingtonCotangents(
        by_country(),
        by_country(),
        by_country(),
        by_country(),
        by_country(),
        by_sector(),
        by_sector(),
        by_sector(),
        by_country(),
        by_country(),
    )


def from_residual(pr: ArmingtonProblem, s: ArmingtonState, v: Floats) -> ArmingtonCotangents:
    """Adjoints of the state for v @ F."""
    base = pr.base
    n, k = base.spending.size, base.trade.shape[0]
    c = zeros(v.shape[:-1], k, n)
    v1 = v[..., : k * n].reshape(*v.shape[:-1], k, n).copy()
    v2, v3 = v[..., k * n : (k + 1) * n], v[..., (k + 1) * n : (k + 2) * n]
    _numeraire_back(pr, s, v1[..., -1, -1].copy(), c)
    v1[..., -1, -1] = 0.0
    live = base.income_by > 0
    per = np.where(live, v1 / base.scale_by, 0.0)
    supply = per * base.income_by * np.exp((s.x + s.h)[..., None, :] + s.y)
    c.x += supply.sum(axis=-2)
    c.h += supply.sum(axis=-2)
    c.y += np.where(live, supply, v1)
    spent = v2 / base.spending
    c.sales += -base.value_added * per - (1.0 - base.value_added) * spent[..., None, :]
    c.imports += spent[..., None, :] - base.margin * per
    c.income -= spent + transfers_back(pr, s, spent)
    c.h += v3
    c.x -= base.labor * v3
    c.p += base.labor * v3
    if pr.tax_cut:
        c.tau -= base.labor * v3 / (1.0 - s.tau)
    start = (k + 2) * n
    if base.value_added < 1.0:
        c.p += v[..., start : start + n]
        c.formula_p -= v[..., start : start + n]
        start += n
    if k > 1:
        c.y += v[..., start : start + n][..., None, :] * (base.income_by / base.income) * np.exp(s.y)
    return c


def _numeraire_back(pr: ArmingtonProblem, s: ArmingtonState, v: Floats, c: ArmingtonCotangents) -> None:
    if pr.base.value_added == 1.0:
        c.p += v[..., None] * pr.base.spending * np.exp(s.p) / pr.base.spending.sum()
    else:
        c.x += v[..., None] * pr.base.income * np.exp(s.x) / pr.base.income.sum()


def transfers_back(pr: ArmingtonProblem, s: ArmingtonState, v: Floats) -> Floats:
    """Adjoint of the transfers: v @ d transfers / d income, shape of v."""
    if not pr.proportional:
        return (v * pr.transfer).sum(axis=-1, keepdims=True) / pr.base.income.sum() + np.zeros_like(v)
    rate, world = pr.transfer / pr.base.income, s.income.sum()
    gap = rate - (rate * s.income).sum() / world
    return gap * (v - (v * s.income).sum(axis=-1, keepdims=True) / world)


def pull_back(
    pr: ArmingtonProblem, s: ArmingtonState, c: ArmingtonCotangents, *, with_tariff: bool
) -> tuple[Floats, Floats | None]:
    """Adjoints of u and of the tariff from those of the state."""
    base = pr.base
    c.income -= c.tau * s.tau / s.income
    on_revenue = c.tau / s.income
    c.e += on_revenue * base.spending * np.exp(s.e)
    c.imports -= on_revenue[..., None, :]
    c.x += c.income * s.income
    c.h += c.income * s.income
    explicit = c.formula_p if base.value_added < 1.0 else c.formula_p + c.p
    c.e += base.pass_on * explicit
    c.x -= base.pass_on * explicit
    spread = s.g * (c.imports * s.m + base.kept * apply(pr.net, s.q * c.sales))
    c.e += spread.sum(axis=-2)
    inverse = -(spread + base.budget_by_elasticity * explicit[..., None, :]) / s.S
    on_q = s.sales * c.sales + s.q * (apply_t(pr.net, s.g * c.imports) + apply_t(pr.pull, inverse))
    parts = _to_unknowns(base, c, on_q)
    tariff = _to_tariff(pr, s, c, inverse) if with_tariff else None
    return np.concatenate(parts, axis=-1), tariff


def _to_unknowns(base: ArmingtonAccounts, c: ArmingtonCotangents, on_q: Floats) -> list[Floats]:
    on_wage, on_labor, on_price = base.cost_slopes
    parts = [c.x + (on_wage * on_q).sum(axis=-2), c.h + (on_labor * on_q).sum(axis=-2), c.e]
    if base.value_added < 1.0:
        parts.append(c.p + (on_price * on_q).sum(axis=-2))
    if base.trade.shape[0] > 1:
        by_sector = c.y + on_labor * on_q
        parts.append(by_sector.reshape(*by_sector.shape[:-2], -1))
    return parts


def _to_tariff(pr: ArmingtonProblem, s: ArmingtonState, c: ArmingtonCotangents, inverse: Floats) -> Floats:
    base = pr.base
    weight = (s.g * c.imports)[:, :, None] + (base.kept * s.g)[:, :, None] * c.sales[:, None, :]
    on_net = pr.net * s.q[:, None, :] * weight
    on_pull = on_net + pr.pull * s.q[:, None, :] * inverse[:, :, None]
    elasticity = base.trade[:, :, None] * base.exponent[:, None]
    adjoint = -(elasticity * on_pull + on_net) / pr.gross
    return adjoint[0] if adjoint.shape[0] == 1 else adjoint.transpose(1, 2, 0)
