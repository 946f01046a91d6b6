"""The equations of family A and their adjoints: every quantity at a point, residuals, and derivatives back from them.

Numbers (F1) to (F5) are those of `detente.economy.armington.family`. A state may carry leading axes, one point after
another. Derivatives run backwards only (adjoints); a Jacobian is the adjoint of every unit vector at once.

The problem of family A: a world and a shock with its options, ready for the equations.

What a state of family A means: welfare with its adjoint, levels by name, the columns of the table.

Many shocks of one one-sector world in one evaluation: the baseline shares are read once, changed cells apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from detente.codes.axis import Ints
from detente.economy.armington.accounts import ArmingtonAccounts, accounts
from detente.economy.frame import Certificate, Economy, Equilibrium, Floats, Shock, check_tariff


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


def residual(pr: ArmingtonProblem, s: ArmingtonState) -> Floats:
    """(F1) to (F5) at a state, shape (..., unknowns), dimensionless; zero at an equilibrium."""
    base = pr.base
    f1 = clearing(pr, s)
    weight, log = (pr.base.spending, s.p) if pr.base.value_added == 1.0 else (pr.base.income, s.x)
    f1[..., -1, -1] = (weight * np.expm1(log)).sum(axis=-1) / weight.sum()
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


CLOSURES = ("fixed-transfers", "balanced", "zero", "proportional")
REBATES = ("tax-cut", "lump-sum")
OPTIONS = {"closure": "fixed-transfers", "rebate": "tax-cut", "as_published": False, "pivot": "USA"}


def option(shock: Shock, name: str) -> Any:
    """An option of the shock with its default."""
    return shock.options.get(name, OPTIONS[name])


def problem(economy: Economy, shock: Shock) -> ArmingtonProblem:
    """The problem of an economy and a shock, kept with the shock."""
    kept = shock.memo.get("armington")
    if kept is None or kept[0] is not economy:
        kept = (economy, _problem(economy, shock))
        shock.memo["armington"] = kept
    return kept[1]


def _problem(economy: Economy, shock: Shock) -> ArmingtonProblem:
    base = accounts(economy)
    shape = base.flows.shape
    rates = np.zeros(shape) if shock.tariff is None else _sector_first(check_tariff(economy, shock.tariff))
    gross = 1.0 + rates
    pull = base.share
    if shock.tariff is not None:
        pull = pull * np.exp(-(base.trade[:, :, None] * base.exponent[:, None]) * np.log(gross))
    if shock.cost_hat is not None:
        pull = pull * _sector_first(np.asarray(shock.cost_hat)) ** (-base.trade[:, :, None])
    return ArmingtonProblem(
        base=base,
        pull=pull,
        net=pull / gross,
        gross=gross,
        lift=base.trade * _lift(shock, shape),
        transfer=_transfer(economy, base, shock),
        proportional=option(shock, "closure") == "proportional",
        tax_cut=option(shock, "rebate") == "tax-cut",
    )


def _sector_first(values: Floats) -> Floats:
    return values[None] if values.ndim == 2 else np.ascontiguousarray(values.transpose(2, 0, 1))


def _lift(shock: Shock, shape: tuple[int, ...]) -> Floats:
    if shock.productivity_hat is None:
        return np.zeros((1, shape[1]))
    hat = np.asarray(shock.productivity_hat, dtype=np.float64)
    return np.log(hat[None] if hat.ndim == 1 else hat.T)


def _transfer(economy: Economy, base: ArmingtonAccounts, shock: Shock) -> Floats:
    closure = option(shock, "closure")
    if closure == "zero":
        return np.zeros_like(base.transfer)
    if closure != "balanced":
        return base.transfer
    pivot = economy.country(str(option(shock, "pivot")), "closure balanced")
    flows = base.flows.sum(axis=0)
    transfer = base.transfer - (flows[:, pivot] - flows[pivot])
    transfer[pivot] = 0.0
    if option(shock, "as_published"):
        return transfer
    # Receipts and payments are scaled towards one another, so that transfers sum to zero; zeros are kept.
    received, paid = transfer.clip(0.0).sum(), -transfer.clip(None, 0.0).sum()
    factor = np.sqrt(paid / received)
    return np.where(transfer > 0, transfer * factor, transfer / factor)


def welfare_of(pr: ArmingtonProblem, s: ArmingtonState) -> tuple[Floats, Floats, Floats]:
    """Welfare change, delta and consumption hat, each of shape (country,)."""
    base = pr.base
    tau = s.tau if pr.tax_cut else 0.0
    whole = base.spending if base.value_added == 1.0 else base.consumption
    hat = np.exp(s.e) if base.value_added == 1.0 else (s.revenue + s.income + transfers(pr, s.income)) / whole
    delta = whole / (whole - base.labor / (1.0 + base.labor) * (1.0 - tau) * base.income)
    return (delta * hat + (1.0 - delta) * np.exp(s.x + s.h)) * np.exp(-s.p) - 1.0, delta, hat


def from_welfare(pr: ArmingtonProblem, s: ArmingtonState, weights: Floats) -> ArmingtonCotangents:
    """Adjoints of the state for weights @ welfare."""
    base = pr.base
    change, delta, hat = welfare_of(pr, s)
    c = zeros((), base.trade.shape[0], base.spending.size)
    real = weights * np.exp(-s.p)
    whole = base.spending if base.value_added == 1.0 else base.consumption
    labor = real * (1.0 - delta) * np.exp(s.x + s.h)
    c.x += labor
    c.h += labor
    c.p -= weights * (1.0 + change)
    if pr.tax_cut:
        slope = -(delta**2) * base.labor / (1.0 + base.labor) * base.income / whole
        c.tau += real * (hat - np.exp(s.x + s.h)) * slope
    if base.value_added == 1.0:
        c.e += real * delta * np.exp(s.e)
        return c
    on_whole = real * delta / whole
    c.income += on_whole + transfers_back(pr, s, on_whole)
    c.e += on_whole * base.spending * np.exp(s.e)
    c.imports -= on_whole[None, :]
    return c


class ArmingtonLevels(Mapping[str, Floats]):
    """New values by name, made when first asked for.

    `trade` (importer, exporter(, sector)) net of tariff; `income`, `expenditure`, `revenue`, `transfer`, USD.
    """

    def __init__(self, economy: Economy, shock: Shock, s: ArmingtonState) -> None:
        self._of = (economy, shock, s)
        self._held = {"income": s.income, "revenue": s.revenue}

    def __getitem__(self, name: str) -> Floats:
        if name not in self._held:
            economy, shock, s = self._of
            pr = problem(economy, shock)
            trade = pr.net * s.q[:, None, :] * s.g[:, :, None]
            self._held["trade"] = trade[0] if trade.shape[0] == 1 else trade.transpose(1, 2, 0)
            self._held["expenditure"] = pr.base.spending * np.exp(s.e)
            self._held["transfer"] = transfers(pr, s.income)
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("trade", "income", "expenditure", "revenue", "transfer"))

    def __len__(self) -> int:
        return 5


def _openness(imports: Floats, exports: Floats, own: Floats, income: Floats) -> tuple[Floats, Floats, Floats]:
    """Deficit (USD), exports over income and imports over income from totals with own trade, shape (country,)."""
    return imports - exports, (exports - own) / income, (imports - own) / income


def changes_of(pr: ArmingtonProblem, s: ArmingtonState) -> dict[str, Floats]:
    """The columns of the table at a state, each of shape (..., country), shares; NaN where the baseline is zero."""
    base = pr.base
    own = (np.einsum("kii->ki", pr.net) * s.q * s.g).sum(axis=-2)
    new = _openness(s.imports.sum(axis=-2), (s.q * pr.supply(s.g)).sum(axis=-2), own, s.income)
    old = _openness(*base.totals, base.income)
    return {
        "welfare": welfare_of(pr, s)[0],
        "deficit": _over(new[0] - old[0], np.abs(old[0])),
        "exports_to_gdp": _over(new[1] - old[1], old[1]),
        "imports_to_gdp": _over(new[2] - old[2], old[2]),
        "employment": np.expm1(s.h),
        "prices": np.expm1(s.p),
        "real_wage": np.expm1(s.x - s.p),
        "revenue_to_expenditure": s.revenue / base.spending,
    }


def _over(change: Floats, old: Floats) -> Floats:
    return np.where(old > 0, change / np.where(old > 0, old, 1.0), np.nan)


def equilibrium_of(
    economy: Economy,
    shock: Shock,
    u: Floats,
    s: ArmingtonState,
    certificate: Certificate,
    changes: dict[str, Floats],
) -> Equilibrium:
    """An equilibrium from its state and table."""
    hats = {"wage": np.exp(s.x), "employment": np.exp(s.h), "expenditure": np.exp(s.e), "prices": np.exp(s.p)}
    if len(economy.sectors) > 1:
        hats["employment_share"] = np.exp(s.y).T
    return Equilibrium(economy, shock, u, hats, ArmingtonLevels(economy, shock, s), changes, certificate)


STAGED = ("zero", "balanced")
#: Stacks with more changed cells than this share of all are solved one by one.
DENSE = 0.2


@dataclass(frozen=True)
class ArmingtonStack(ArmingtonProblem):
    """The problem of several shocks at once; arrays of a state gain a leading axis, the shock.

    Attributes
    ----------
    economy, shocks : what was stacked.
    row, column : flat places (shock, importer) and (shock, exporter) of the cells with a tariff, shape (cells,).
    pull_gap, net_gap : what each cell adds to the baseline share in `pull` and in `net`.
    """

    economy: Economy
    shocks: Sequence[Shock]
    row: Ints = field(repr=False)
    column: Ints = field(repr=False)
    pull_gap: Floats = field(repr=False)
    net_gap: Floats = field(repr=False)

    def demand(self, q: Floats) -> tuple[Floats, Floats]:
        """S and m, shape (shock, sector, importer)."""
        common, cells = q[:, 0] @ self.pull[0].T, q.ravel()[self.column]
        S = common + _spread(self.row, self.pull_gap * cells, common)
        return S[:, None], (common + _spread(self.row, self.net_gap * cells, common))[:, None]

    def supply(self, g: Floats) -> Floats:
        """Sums over importers of `net` g, shape (shock, sector, exporter)."""
        common = g[:, 0] @ self.pull[0]
        return (common + _spread(self.column, self.net_gap * g.ravel()[self.row], common))[:, None]

    def residuals(self, U: Floats) -> Floats:
        """(F1) to (F4) of every shock, shape (shock, unknowns)."""
        return residual(self, state(self, U))

    def read_out(self, U: Floats, used: Ints, places: Ints) -> Iterator[tuple[int, Equilibrium]]:
        """Place and equilibrium of the shocks at `places`."""
        s = state(self, U)
        gap, changes = np.abs(residual(self, s)), changes_of(self, s)
        walras = clearing(self, s)[:, -1, -1] * self.base.income[-1] / self.base.income.sum()
        worst, n = gap.argmax(axis=1), len(self.economy.countries)
        for b in places.tolist():
            name = self.economy.countries[worst[b] % n]
            size = float(gap[b, worst[b]])
            certificate = Certificate(size, float(walras[b]), int(used[b]), True, name, "batched chord-Newton")
            own = {column: values[b] for column, values in changes.items()}
            yield b, equilibrium_of(self.economy, self.shocks[b], U[b], _one(s, b), certificate, own)


def _spread(place: Ints, value: Floats, like: Floats) -> Floats:
    return np.bincount(place, value, like.size).astype(np.float64).reshape(like.shape)


def _one(s: ArmingtonState, b: int) -> ArmingtonState:
    """The state of one shock of a stack."""
    parts = {f.name: getattr(s, f.name) for f in fields(s)}
    return ArmingtonState(**{name: part if name == "y" else part[b] for name, part in parts.items()})


def stacked(economy: Economy, shocks: Sequence[Shock]) -> ArmingtonStack | None:
    """Shocks with the same options as one problem; None for sectors, trade costs, closures in steps, dense tariffs."""
    first = shocks[0]
    costs = any(shock.cost_hat is not None or shock.productivity_hat is not None for shock in shocks)
    if len(economy.sectors) > 1 or costs or first.options.get("closure") in STAGED:
        return None
    base = problem(economy, first.nothing())
    b, i, j, gross = _cells(shocks)
    n = len(economy.countries)
    if b.size > DENSE * len(shocks) * n * n:
        return None
    share = base.base.share[0, i, j]
    pull = share * np.exp(-float(base.base.trade[0, 0]) * base.base.exponent[i] * np.log(gross))
    parts = {f.name: getattr(base, f.name) for f in fields(base)}
    return ArmingtonStack(
        **parts,
        economy=economy,
        shocks=shocks,
        row=b * n + i,
        column=b * n + j,
        pull_gap=pull - share,
        net_gap=pull / gross - share,
    )


def _cells(shocks: Sequence[Shock]) -> tuple[Ints, Ints, Ints, Floats]:
    """Shock, importer, exporter and 1 + tariff of every cell with a tariff, each of shape (cells,)."""
    cells = []
    for b, shock in enumerate(shocks):
        if shock.tariff is not None:
            i, j = np.nonzero(shock.tariff)
            cells.append((np.full(i.size, b), i, j, 1.0 + shock.tariff[i, j]))
    if not cells:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty, np.zeros(0)
    b, i, j, gross = (np.concatenate(parts) for parts in zip(*cells, strict=True))
    return b, i, j, gross
