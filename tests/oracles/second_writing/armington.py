"""The equations of family A for an array library with derivatives of its own (JAX), written from the paper.

Source: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025). Nothing of `accounts` and `equations` is used but the
meaning of the unknowns, so that the two ways to the same numbers check one another. Every function takes the array
library as `xp` (`jax.numpy`, or NumPy where no derivative is wanted). Arrays run [sector, importer, exporter] and
[sector, country]; tariffs and trade costs come as worlds store them, [importer, exporter(, sector)].
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from detente.economy.armington.accounts import PARAMETERS
from detente.economy.armington.equations import option
from detente.economy.frame import Economy, Floats, Shock

Array = Any
"""An array of the library in use."""


class ArmingtonRules(NamedTuple):
    """What changes the form of the equations: roundabout inputs, the use of revenue, who carries the deficit."""

    sectors: int
    countries: int
    roundabout: bool
    tax_cut: bool
    proportional: bool


class ArmingtonWorld(NamedTuple):
    """The baseline in the letters of the paper.

    lam [k, i, j] shares of exporter j in spending of i on k; E, Y, T [i] spending, factor income, transfers of the
    closure, E_c [i] consumption (factor income and the transfers of the baseline), USD;
    Y_k [k, i] income by sector; beta_k [k, i] budget shares; nu, phi [i] distribution shares and exponents of the
    tariff; epsilon, psi [k, 1] trade and scale elasticities; kappa labour supply; beta value added in output.
    """

    lam: Array
    E: Array
    Y: Array
    T: Array
    E_c: Array
    Y_k: Array
    beta_k: Array
    nu: Array
    phi: Array
    epsilon: Array
    psi: Array
    kappa: Array
    beta: Array


class ArmingtonPulls(NamedTuple):
    """Shares after a shock: lam (1+t)^(-epsilon phi) d^(-epsilon), the same over 1 + t, and log productivity."""

    gross: Array
    net: Array
    lift: Array


class Hats(NamedTuple):
    """Everything the equations speak of at one point; USD, hats, [i] or [k, i]."""

    w: Array
    L: Array
    E: Array
    P: Array
    P_formula: Array
    ell: Array
    bought: Array
    sold: Array
    income: Array
    revenue: Array


def world_of(economy: Economy, shock: Shock) -> tuple[ArmingtonRules, ArmingtonWorld]:
    """The calibration (steps 3 and 4 of the paper's appendix) and the rules of a shock's options."""
    n, k = len(economy.countries), len(economy.sectors)
    number = {name: np.asarray(economy.parameters.get(name, old), float) for name, old in PARAMETERS.items()}
    beta, theta = number["value_added_share"], number["firm_dispersion"]
    X = np.asarray(economy.arrays["flows"], float).reshape(n, n, k).transpose(2, 0, 1).copy()
    X[:, range(n), range(n)] /= beta
    nu = np.asarray(economy.arrays["distribution_share"], float) * number["distribution_margin"]
    bought, sold = X.sum(axis=2), ((1.0 - nu)[:, None] * X).sum(axis=1)
    E, Y_k = bought.sum(axis=0), beta * sold + nu * bought
    T = E - Y_k.sum(axis=0) - (1.0 - beta) * sold.sum(axis=0)
    world = ArmingtonWorld(
        lam=X / np.where(bought > 0, bought, 1.0)[:, :, None],
        E=E,
        Y=Y_k.sum(axis=0),
        T=_transfers_of(economy, shock, X.sum(axis=0), T),
        E_c=Y_k.sum(axis=0) + T,
        Y_k=Y_k,
        beta_k=bought / E,
        nu=nu,
        phi=number["pass_through"] + (1.0 + theta) / ((1.0 - nu) * theta) - 1.0 / theta - 1.0,
        epsilon=np.full((k, 1), 1.0) * number["trade_elasticity"].reshape(-1, 1),
        psi=np.full((k, 1), 1.0) * number["scale_elasticity"].reshape(-1, 1),
        kappa=number["labor_supply_elasticity"],
        beta=beta,
    )
    proportional = option(shock, "closure") == "proportional"
    return ArmingtonRules(k, n, bool(beta < 1.0), option(shock, "rebate") == "tax-cut", proportional), world


def _transfers_of(economy: Economy, shock: Shock, X: Floats, T: Floats) -> Floats:
    """T of the closure: none, as they are, or such that every bilateral balance of the pivot closes."""
    closure = option(shock, "closure")
    if closure == "zero":
        return np.zeros_like(T)
    if closure != "balanced":
        return T
    pivot = economy.country(str(option(shock, "pivot")))
    balanced = T - X[:, pivot] + X[pivot]
    balanced[pivot] = 0.0
    if option(shock, "as_published"):
        return balanced
    ratio = np.sqrt(-balanced[balanced < 0].sum() / balanced[balanced > 0].sum())
    return np.where(balanced > 0, ratio * balanced, balanced / ratio)


def pulls(
    xp: Any, rules: ArmingtonRules, world: ArmingtonWorld, tariff: Array, cost: Array | None, productivity: Array | None
) -> ArmingtonPulls:
    """The shares at new tariffs, trade costs and productivity, before anybody's costs change."""
    shape = (rules.countries, rules.countries, rules.sectors)
    t = xp.transpose(xp.reshape(tariff, shape), (2, 0, 1))
    epsilon = world.epsilon[:, :, None]
    log = -epsilon * world.phi[:, None] * xp.log1p(t)
    if cost is not None:
        log = log - epsilon * xp.log(xp.transpose(xp.reshape(cost, shape), (2, 0, 1)))
    lift = xp.zeros((1, 1)) if productivity is None else xp.log(productivity.reshape(rules.countries, -1).T)
    gross = world.lam * xp.exp(log)
    return ArmingtonPulls(gross, gross / (1.0 + t), lift)


def _unknowns(xp: Any, rules: ArmingtonRules, u: Array) -> tuple[Array, Array, Array, Array | None, Array]:
    """Logs of the hats of wages, employment, spending, (prices) and employment shares [k, i]."""
    n, k = rules.countries, rules.sectors
    x, h, e = u[:n], u[n : 2 * n], u[2 * n : 3 * n]
    p = u[3 * n : 4 * n] if rules.roundabout else None
    shares = xp.reshape(u[-k * n :], (k, n)) if k > 1 else xp.zeros((1, n))
    return x, h, e, p, shares


def hats(xp: Any, rules: ArmingtonRules, world: ArmingtonWorld, shock: ArmingtonPulls, u: Array) -> Hats:
    """Costs, demand, prices, incomes and revenue at u, shape (unknowns,)."""
    x, h, e, p, ell = _unknowns(xp, rules, u)
    beta = world.beta
    log_cost = x - world.psi * (h + ell) - shock.lift
    if p is not None:
        log_cost = beta * x + (1.0 - beta) * p - world.psi * ((1.0 - beta) * (x - p) + h + ell) - shock.lift
    cost_power = xp.exp(-world.epsilon * log_cost)
    S = xp.einsum("kij,kj->ki", shock.gross, cost_power)
    S = xp.where(world.beta_k > 0, S, 1.0)
    per = world.beta_k * world.E * xp.exp(e) / S
    bought = per * xp.einsum("kij,kj->ki", shock.net, cost_power)
    sold = cost_power * xp.einsum("kij,ki->kj", shock.net, (1.0 - world.nu) * per)
    log_price = (1.0 - world.phi) * (e - x) - xp.sum(world.beta_k / world.epsilon * xp.log(S), axis=0)
    formula = xp.exp(log_price)
    return Hats(
        w=xp.exp(x), L=xp.exp(h), E=xp.exp(e), P=formula if p is None else xp.exp(p), P_formula=formula,
        ell=xp.exp(ell), bought=bought, sold=sold, income=world.Y * xp.exp(x + h),
        revenue=world.E * xp.exp(e) - xp.sum(bought, axis=0),
    )  # fmt: skip


def _transfers(xp: Any, rules: ArmingtonRules, world: ArmingtonWorld, income: Array) -> Array:
    """T' in step with world income or with each country's own, which then adds up by a common deduction."""
    if not rules.proportional:
        return world.T * xp.sum(income) / xp.sum(world.Y)
    own = world.T / world.Y * income
    return own - income * xp.sum(own) / xp.sum(income)


def residual(xp: Any, rules: ArmingtonRules, world: ArmingtonWorld, shock: ArmingtonPulls, u: Array) -> Array:
    """(F1) to (F5) of `armington` at u, shape (unknowns,), dimensionless; F1 over income, F2 over spending."""
    s = hats(xp, rules, world, shock, u)
    made = world.Y_k * s.w * s.L * s.ell
    live = world.Y_k > 0
    f1 = (made - world.beta * s.sold - world.nu * s.bought) / xp.where(live, world.Y_k, 1.0)
    f1 = xp.where(live, f1, xp.log(s.ell))
    hat, weight = (s.w, world.Y) if rules.roundabout else (s.P, world.E)
    numeraire = xp.sum(weight * (hat - 1.0)) / xp.sum(weight)
    inputs = (1.0 - world.beta) * xp.sum(s.sold, axis=0)
    f2 = (s.revenue + s.income + inputs + _transfers(xp, rules, world, s.income)) / world.E - s.E
    tau = s.revenue / s.income if rules.tax_cut else 0.0
    f3 = s.L - (s.w / ((1.0 - tau) * s.P)) ** world.kappa
    parts = [f1.reshape(-1)[:-1], xp.reshape(numeraire, (1,)), f2, f3]
    if rules.roundabout:
        parts.append(s.P - s.P_formula)
    if rules.sectors > 1:
        parts.append(xp.sum(world.Y_k / world.Y * s.ell, axis=0) - 1.0)
    return xp.concatenate(parts)


def welfare(xp: Any, rules: ArmingtonRules, world: ArmingtonWorld, shock: ArmingtonPulls, u: Array) -> Array:
    """Welfare change delta E^/P^ + (1 - delta) w^ L^/P^ - 1, shape (country,), share; with inputs E^c for E."""
    s = hats(xp, rules, world, shock, u)
    tau = s.revenue / s.income if rules.tax_cut else 0.0
    spent, hat = world.E, s.E
    if rules.roundabout:
        spent = world.E_c
        hat = (s.revenue + s.income + _transfers(xp, rules, world, s.income)) / spent
    delta = spent / (spent - world.kappa * (1.0 - tau) * world.Y / (1.0 + world.kappa))
    return (delta * hat + (1.0 - delta) * s.w * s.L) / s.P - 1.0


def unknowns(rules: ArmingtonRules) -> int:
    """Number of unknowns."""
    return rules.countries * (3 + rules.roundabout + (rules.sectors if rules.sectors > 1 else 0))
