"""The equations of family B for an array library with derivatives of its own (JAX), written from the papers.

Source: Caliendo and Parro (2015), (B1) to (B3) as `caliendo_parro` numbers them, Ossa (2014) for profits and political
weights; labour supply, scale, tied capital and the substitution of inputs as `technology` states them. Nothing is used
of the equations elsewhere but the meaning of the unknowns and of the options, so that the two ways to the same numbers
check one another. Every function takes the array library as `xp`. Bilateral arrays run [sector, importer, exporter],
others [country, sector]; tariffs and trade costs come as worlds store them, [importer, exporter, sector].
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from detente.economy.frame import Economy, Floats, Shock
from detente.economy.input_output.accounts import THETA_MAX, is_balanced
from detente.economy.input_output.equations import closure_of

Array = Any
"""An array of the library in use."""


class CaliendoParroRules(NamedTuple):
    """What changes the form of the equations.

    closure : who carries the deficit; substitution : whether inputs are other than Cobb-Douglas; follows_sales :
    whether costs move with sales; political : whether the objective weighs sectors.
    """

    sectors: int
    countries: int
    closure: str
    substitution: bool
    follows_sales: bool
    political: bool


class CaliendoParroWorld(NamedTuple):
    """The baseline in the letters of the papers.

    pi [j, n, i] shares of exporter i in spending of n on j; tau [j, n, i] tariffs; gamma [n, k, j] input k of user j;
    gamma_v [n, j] value added in output; alpha [n, j] final shares; V, R, D [n] value added, revenue, deficit, USD;
    theta [j]; X [n, j] spending that the unknowns measure from, USD; used [n, j] whether a country buys the good;
    Y [n, j] output, USD, 1 where there is none.

    labor, rents [n, j] shares of sales; earned [n] income of labour, USD; b [n, k, j] slopes of costs in prices;
    on_wage, on_sales [n, j] in wages and sales; eta [j] substitution of inputs; kappa labour supply; weight [n, j]
    political weights.
    """

    pi: Array
    tau: Array
    gamma: Array
    gamma_v: Array
    alpha: Array
    V: Array
    R: Array
    D: Array
    theta: Array
    X: Array
    used: Array
    Y: Array
    labor: Array
    rents: Array
    earned: Array
    b: Array
    on_wage: Array
    on_sales: Array
    eta: Array
    kappa: Array
    weight: Array


class CaliendoParroPulls(NamedTuple):
    """What a shock makes of the shares: pi kappa^^-theta, the same over 1 + tau', log productivity [n, j]."""

    gross: Array
    net: Array
    lift: Array


class CaliendoParroState(NamedTuple):
    """Everything the equations speak of at one point, [n] or [n, j].

    x, p, z logs of the hats of wages, prices and spending; gamma [n, k, j] input shares; G = P^^-theta of B1; X
    spending, Y output; wages, revenue, deficit and final spending, USD.
    """

    x: Array
    p: Array
    z: Array
    gamma: Array
    G: Array
    X: Array
    Y: Array
    wages: Array
    revenue: Array
    deficit: Array
    final: Array


def world_of(economy: Economy, shock: Shock) -> tuple[CaliendoParroRules, CaliendoParroWorld]:
    """The baseline accounts of a world and the rules of a shock's options."""
    n, s = len(economy.countries), len(economy.sectors)
    F = np.asarray(economy.arrays["flows"], float).reshape(n, n, s)
    tau = np.asarray(economy.arrays.get("tariff", np.zeros_like(F)), float).reshape(n, n, s)
    gamma = np.asarray(economy.arrays["input_share"], float)
    alpha = np.asarray(economy.arrays["final_share"], float)
    X, Y = (F * (1.0 + tau)).sum(axis=1), F.sum(axis=0)
    gamma_v = 1.0 - gamma.sum(axis=1)
    V, R, D = (gamma_v * Y).sum(axis=1), (F * tau).sum(axis=(1, 2)), F.sum(axis=(1, 2)) - Y.sum(axis=1)
    pi = F * (1.0 + tau) / np.where(X > 0, X, 1.0)[:, None, :] + np.eye(n)[:, :, None] * (X <= 0)[:, None, :]
    if not is_balanced(economy):
        X = np.einsum("nkj,nj->nk", gamma, Y) + alpha * np.maximum(V + R + D, 0.0)[:, None]
    most = float(economy.parameters.get("theta_max", THETA_MAX)) or np.inf
    theta = np.minimum(_by_sector(economy, "trade_elasticity", 4.0), most)
    political = shock.options.get("objective") == "political"
    technology = _technology(economy, shock, theta, gamma, gamma_v)
    world = CaliendoParroWorld(
        pi=pi.transpose(2, 0, 1), tau=tau.transpose(2, 0, 1), gamma=gamma, gamma_v=gamma_v, alpha=alpha, V=V, R=R, D=D,
        theta=theta, X=X, used=X > 0, Y=np.where(Y > 0, Y, 1.0), earned=(technology["labor"] * Y).sum(axis=1),
        weight=np.asarray(economy.arrays["political_weight"], float) if political else np.ones((n, s)), **technology,
    )  # fmt: skip
    rules = CaliendoParroRules(
        s, n, closure_of(shock), bool((world.eta != 1).any()), bool(world.on_sales.any()), political
    )
    return rules, world


def _by_sector(economy: Economy, name: str, default: float) -> Floats:
    return np.full(len(economy.sectors), 1.0) * np.asarray(economy.parameters.get(name, default), float).reshape(-1)


def _technology(economy: Economy, shock: Shock, theta: Floats, gamma: Floats, gamma_v: Floats) -> dict[str, Any]:
    """Who is paid from sales, and how unit costs answer to wages, sales and prices."""
    m = np.minimum(_by_sector(economy, "markup", 0.0) / (1.0 + theta), gamma_v)
    tied = _by_sector(economy, "capital_share", 0.0) * (shock.options.get("horizon") == "short")
    psi, a = _by_sector(economy, "scale_elasticity", 0.0), (gamma_v - m) / (1.0 - m)
    labor = (gamma_v - m) * (1.0 - tied)
    return {
        "labor": labor,
        "rents": gamma_v - labor,
        "b": gamma / (1.0 - m)[:, None, :],
        "on_wage": a * (1.0 - tied) + psi,
        "on_sales": a * tied - psi,
        "eta": _by_sector(economy, "input_substitution", 1.0),
        "kappa": _by_sector(economy, "labor_supply_elasticity", 0.0)[0],
    }


def pulls(
    xp: Any,
    rules: CaliendoParroRules,
    world: CaliendoParroWorld,
    tariff: Array,
    cost: Array | None,
    productivity: Array | None,
) -> CaliendoParroPulls:
    """The shares at new tariffs, trade costs and productivity, before anybody's costs change."""
    shape = (rules.countries, rules.countries, rules.sectors)
    gross = 1.0 + xp.transpose(xp.reshape(tariff, shape), (2, 0, 1))
    log_kappa = xp.log(gross) - xp.log1p(world.tau)
    if cost is not None:
        log_kappa = log_kappa + xp.log(xp.transpose(xp.reshape(cost, shape), (2, 0, 1)))
    lift = xp.zeros((1, 1)) if productivity is None else xp.log(productivity.reshape(rules.countries, -1))
    pull = world.pi * xp.exp(-world.theta[:, None, None] * log_kappa)
    return CaliendoParroPulls(pull, pull / gross, lift)


def unknowns(rules: CaliendoParroRules) -> int:
    """Number of unknowns."""
    return rules.countries * (1 + 2 * rules.sectors)


def _unknowns(rules: CaliendoParroRules, u: Array) -> tuple[Array, Array, Array]:
    """Logs of the hats of wages [n], prices [n, j] and spending [n, j]."""
    n, s = rules.countries, rules.sectors
    return u[:n], u[n : n + n * s].reshape(n, s), u[n + n * s :].reshape(n, s)


def _inputs(xp: Any, rules: CaliendoParroRules, world: CaliendoParroWorld, p: Array) -> tuple[Array, Array]:
    """Input shares [n, k, j] at log prices, and what inputs add to the log of unit costs [n, j]."""
    plain = xp.einsum("nkj,nk->nj", world.b, p)
    if not rules.substitution:
        return world.gamma, plain
    whole = xp.sum(world.b, axis=1)
    power = xp.where(world.eta == 1.0, 1.0, 1.0 - world.eta)
    among = world.b / xp.where(whole > 0, whole, 1.0)[:, None, :]
    summed = xp.einsum("nkj,nkj->nj", among, xp.exp(power * p[:, :, None]))
    bundle = xp.log(xp.where(whole > 0, summed, 1.0)) / power
    moved = world.gamma * xp.exp((1.0 - world.eta) * (p[:, :, None] - bundle[:, None, :]))
    return moved, xp.where(world.eta == 1.0, plain, whole * bundle)


def levels(
    xp: Any, rules: CaliendoParroRules, world: CaliendoParroWorld, shock: CaliendoParroPulls, u: Array
) -> CaliendoParroState:
    """Costs, demand, output, incomes and final spending at u, shape (unknowns,)."""
    x, p, z = _unknowns(rules, u)
    X = world.X * xp.exp(z)
    per = X * xp.exp(world.theta * p)
    met = xp.einsum("jni,nj->ij", shock.net, per)
    gamma, on_inputs = _inputs(xp, rules, world, p)
    log_c = world.on_wage * x[:, None] + on_inputs - shock.lift
    if rules.follows_sales:
        # Sales are c^-theta times what they meet, so that costs which follow them solve one linear equation in logs.
        over = xp.log(xp.where(met > 0, met, world.Y) / world.Y)
        log_c = (log_c + world.on_sales * over) / (1.0 + world.theta * world.on_sales)
    power = xp.exp(-world.theta * log_c)
    Y = power * met
    wages = world.earned * xp.exp(x + world.kappa * (x - xp.sum(world.alpha * p, axis=1)))
    income = wages + xp.sum(world.rents * Y, axis=1)
    revenue = xp.sum(X - per * xp.einsum("jni,ij->nj", shock.net, power), axis=1)
    deficit = _deficits(xp, rules, world, income)
    G = xp.einsum("jni,ij->nj", shock.gross, power)
    return CaliendoParroState(x, p, z, gamma, G, X, Y, wages, revenue, deficit, income + revenue + deficit)


def _deficits(xp: Any, rules: CaliendoParroRules, world: CaliendoParroWorld, income: Array) -> Array:
    if rules.closure == "gdp":
        own = world.D / world.V * income
        return own - income * xp.sum(own) / xp.sum(income)
    return world.D if rules.closure == "fixed" else 0.0 * world.D


def residual(
    xp: Any, rules: CaliendoParroRules, world: CaliendoParroWorld, shock: CaliendoParroPulls, u: Array
) -> Array:
    """B3 over labour income, the largest country's the numeraire; B1 in logs; B2 over X. Shape (unknowns,)."""
    s = levels(xp, rules, world, shock, u)
    numeraire = xp.sum(world.earned * (xp.exp(s.x) - 1.0)) / xp.sum(world.earned)
    b3 = (s.wages - xp.sum(world.labor * s.Y, axis=1)) / world.earned
    b3 = xp.where(xp.arange(rules.countries) == xp.argmax(world.V), numeraire, b3)
    b1 = s.p + xp.log(s.G) / world.theta
    uses = xp.einsum("nkj,nj->nk", s.gamma, s.Y) + world.alpha * s.final[:, None]
    b2 = xp.where(world.used, (s.X - uses) / xp.where(world.used, world.X, 1.0), s.z)
    return xp.concatenate([b3, b1.reshape(-1), b2.reshape(-1)])


def welfare(
    xp: Any, rules: CaliendoParroRules, world: CaliendoParroWorld, shock: CaliendoParroPulls, u: Array
) -> Array:
    """Change of real income, or of what the government weighs by sector, shape (country,), share.

    Real income is (I' - kappa / (1 + kappa) w' L') / prod_j P^_j^alpha_j over its baseline.
    """
    s = levels(xp, rules, world, shock, u)
    if rules.political:
        plain = pulls(xp, rules, world, xp.transpose(world.tau, (1, 2, 0)), None, None)
        old = levels(xp, rules, world, plain, xp.zeros(unknowns(rules)))
        new, before = _weighted(xp, world, s), _weighted(xp, world, old)
    else:
        toil = world.kappa / (1.0 + world.kappa)
        new, before = s.final - toil * s.wages, world.V + world.R + world.D - toil * world.earned
    return new / before * xp.exp(-xp.sum(world.alpha * s.p, axis=1)) - 1.0


def _weighted(xp: Any, world: CaliendoParroWorld, s: CaliendoParroState) -> Array:
    """Income by sector, with the sector's part of revenue and transfers by its wages, times its weight, USD."""
    paid = world.labor * s.Y
    shared = paid / xp.sum(paid, axis=1)[:, None] * (s.revenue + s.deficit)[:, None]
    return xp.sum(world.weight * (world.gamma_v * s.Y + shared), axis=1)
