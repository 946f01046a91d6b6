"""Equations of the network economy behind a shortage, with their Jacobian by hand.

Unknowns are logs of hats: prices p of n industries, bundles M of intermediates they use, prices of m imported rows, and
last the common prices: one for each pool of a controlled material and, in the long run, of each factor. At zero nothing
has changed. For each industry, B is value added with intermediates, b its price, m the price of the bundle:

    quarter     B = [v + (1-v) M^r]^(1/r), r = (theta-1)/theta;  b = m (M/B)^(1/theta)
    long run    b = [v w^(1-theta) + (1-v) m^(1-theta)]^(1/(1-theta));  B = M (m/b)^theta
    rationed    y = [s q^h + (1-s) B^h]^(1/h), h = (sigma-1)/sigma;  lambda = b (q/B)^(-1/sigma)
    pooled      the same with one lambda for all users of the pool and q left to them

Residuals: log p - log b - (log B - log y)/sigma; log demand over supply of every domestic and imported row; log use
over supply of every pool and factor. With M rather than y as unknown every trial is feasible however small q is.
Source: nested CES network with general equilibrium as in Baqaee and Farhi (2019), "The Macroeconomic Impact of
Microeconomic Shocks: Beyond Hulten's Theorem".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.chains.industry import ces_log, substitution_exponent

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Structure:
    """Base shares of a network. Goods are the n industries' products, then the m imported rows.

    Attributes
    ----------
    inputs : share of a good in the bundle of intermediates, shape (good, user).
    other : share of all other imports in the bundle, shape (user,); 1 where an industry buys none at all.
    demand : share of a user in the sales of a good, shape (good, user).
    final : share of final demand in the sales of a good, shape (good,).
    basket : share of a good in final demand, shape (good,).
    value_added : v, share of value added in value added with intermediates, shape (user,).
    material : s, share of the controlled material in cost, shape (user,).
    spending : R, shape (user,), USD.
    sigma, theta : elasticities of users, shape (user,); `epsilon`, `rho` : among intermediates, in final demand.
    factor_share : exponent of each factor in the price of value added, shape (factor, user), columns sum to one.
    factor_use : share of an industry in the income of each factor, shape (factor, user), rows sum to one.
    """

    inputs: Floats = field(repr=False)
    other: Floats = field(repr=False)
    demand: Floats = field(repr=False)
    final: Floats = field(repr=False)
    basket: Floats = field(repr=False)
    value_added: Floats = field(repr=False)
    material: Floats = field(repr=False)
    spending: Floats = field(repr=False)
    sigma: Floats = field(repr=False)
    theta: Floats = field(repr=False)
    epsilon: float
    rho: float
    factor_share: Floats = field(repr=False)
    factor_use: Floats = field(repr=False)

    @cached_property
    def inputs_by_user(self) -> Floats:
        """`inputs` as (user, good), in memory order."""
        return np.ascontiguousarray(self.inputs.T)


@dataclass(frozen=True)
class Rations:
    """What is short, in logs.

    Attributes
    ----------
    quantity : log q of users outside pools, shape (user,); not used inside.
    pool : pool of each user, -1 for none, shape (user,).
    pool_quantity : log of what each pool receives over its need, shape (pool,).
    imported : log of the supply of imported rows, shape (row,).
    long_run : whether factors move between industries.
    """

    quantity: Floats
    pool: NDArray[np.int64]
    pool_quantity: Floats
    imported: Floats
    long_run: bool

    def scaled(self, part: float) -> Rations:
        """A part of the shortage, in logs."""
        less = (part * self.quantity, self.pool, part * self.pool_quantity, part * self.imported)
        return Rations(*less, self.long_run)

    @cached_property
    def pooled(self) -> NDArray[np.bool_]:
        """Users inside a pool."""
        return self.pool >= 0

    def membership(self, spending: Floats) -> Floats:
        """Share of each user in the need of each pool, shape (pool, user)."""
        weight = (self.pool[None, :] == np.arange(self.pool_quantity.size)[:, None]) * spending
        return weight / weight.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class NetworkPoint:
    """Everything at one set of unknowns, logs of hats unless said otherwise.

    Attributes
    ----------
    goods : prices of goods, shape (good,); `basket` : price P of the final basket.
    bundle : M; `bundle_price` : m; `composite`, `composite_price` : B and b; `output` : y; `quantity` : q;
        `value_added` : V, zero in the quarter. All of shape (user,).
    common : prices of pools, then of factors, shape (pool + factor,).
    demand : demand for goods over base, shape (good,).
    inner : mu in the quarter (share of M in B), in the long run the cost share of value added, shape (user,), a share.
    material : alpha, weight of q in y, shape (user,), a share.
    residual : the equations, shape (unknown,).
    """

    goods: Floats
    basket: float
    bundle: Floats
    bundle_price: Floats
    composite: Floats
    composite_price: Floats
    output: Floats
    quantity: Floats
    value_added: Floats
    common: Floats
    demand: Floats
    inner: Floats
    material: Floats
    residual: Floats


def unknowns(structure: Structure, rations: Rations) -> int:
    """How many unknowns there are: 2n + m, one for each pool and, in the long run, for each factor."""
    goods, users = structure.inputs.shape
    factors = structure.factor_use.shape[0] if rations.long_run else 0
    return goods + users + rations.pool_quantity.size + factors


def price_index(logs: Floats, shares: Floats, elasticity: float) -> float:
    """Log of the CES price index of goods, shares at base prices."""
    k = 1.0 - elasticity
    return float(shares @ logs) if k == 0.0 else float(np.log1p(shares @ np.expm1(k * logs)) / k)


def bundle_prices(structure: Structure, goods: Floats, basket: float) -> Floats:
    """Log prices of the bundles of intermediates, shape (user,); other imports cost the final basket."""
    k = 1.0 - structure.epsilon
    if k == 0.0:
        return structure.inputs_by_user @ goods + structure.other * basket
    rise = structure.inputs_by_user @ np.expm1(k * goods) + structure.other * np.expm1(k * basket)
    return np.log1p(rise) / k


def evaluate(structure: Structure, rations: Rations, u: Floats) -> NetworkPoint:
    """The economy and the residuals of its equations at unknowns u."""
    size, n = structure.inputs.shape
    goods, bundle = np.concatenate([u[:n], u[2 * n : size + n]]), u[n : 2 * n]
    common = u[size + n :]
    basket = price_index(goods, structure.basket, structure.rho)
    m = bundle_prices(structure, goods, basket)
    composite, b, value_added, inner = _composite(structure, rations, bundle, m, common)
    sigma = structure.sigma
    x = rations.quantity - composite
    if rations.pool_quantity.size:
        pool_price = common[np.where(rations.pooled, rations.pool, 0)]
        x = np.where(rations.pooled, sigma * (b - pool_price), x)
    gain, material = ces_log(x, structure.material, substitution_exponent(sigma))
    output, quantity = composite + gain, composite + x
    demand = _demand(structure, goods, basket, bundle, m)
    price_gap = goods[:n] - b + gain / sigma
    row_gap = np.log(demand) - np.concatenate([output, rations.imported])
    last = _common_gaps(structure, rations, quantity, value_added, common)
    residual = np.concatenate([price_gap, row_gap, last])
    values = (goods, basket, bundle, m, composite, b, output, quantity, value_added, common, demand, inner, material)
    return NetworkPoint(*values, residual)


def _composite(
    structure: Structure, rations: Rations, bundle: Floats, m: Floats, common: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """B, b, V and the inner share."""
    theta = structure.theta
    if not rations.long_run:
        composite, inner = ces_log(bundle, 1.0 - structure.value_added, substitution_exponent(theta))
        return composite, m + (bundle - composite) / theta, np.zeros(bundle.size), inner
    wage = common[rations.pool_quantity.size :] @ structure.factor_share
    rise, inner = ces_log(wage - m, structure.value_added, 1.0 - theta)
    return bundle - theta * rise, m + rise, bundle - theta * (wage - m), inner


def _demand(structure: Structure, goods: Floats, basket: float, bundle: Floats, m: Floats) -> Floats:
    """Demand for goods over base."""
    inputs = np.exp(-structure.epsilon * goods) * (structure.demand @ np.exp(bundle + structure.epsilon * m))
    return inputs + structure.final * np.exp((structure.rho - 1.0) * basket - structure.rho * goods)


def _common_gaps(
    structure: Structure, rations: Rations, quantity: Floats, value_added: Floats, common: Floats
) -> Floats:
    pools = rations.pool_quantity.size
    if not pools and not rations.long_run:
        return np.zeros(0)
    used = np.log(rations.membership(structure.spending) @ np.exp(quantity)) - rations.pool_quantity
    if not rations.long_run:
        return used
    factor = common[pools:]
    wage = factor @ structure.factor_share
    return np.concatenate([used, np.log(structure.factor_use @ np.exp(wage + value_added)) - factor])


@dataclass(frozen=True)
class NetworkSlopes:
    """Derivatives at a point, over (m, M, common prices) of each user and over prices of goods.

    Attributes
    ----------
    price : of the price equations less dp, `output` : of log y, each of shape (user, 2 + common).
    last : of the equations of pools and factors: over m, over M, each (common, user), over common prices, square.
    sales : share of a user in the demand for a good now, shape (good, user); `final` : of final demand, shape (good,).
    basket : share of a good in final spending now, shape (good,).
    bundle : of bundle prices over prices of goods, cost shares now, shape (user, good).
    """

    price: Floats
    output: Floats
    last: tuple[Floats, Floats, Floats]
    sales: Floats
    final: Floats
    basket: Floats
    bundle: Floats


def slopes(structure: Structure, rations: Rations, point: NetworkPoint) -> NetworkSlopes:
    """Derivatives of the parts of the equations."""
    alpha = point.material[:, None]
    d_composite, d_price = _composite_slopes(structure, rations, point)
    sigma = structure.sigma[:, None]
    d_x = -d_composite
    if rations.pool_quantity.size:
        d_pool = np.zeros_like(d_price)
        inside = np.flatnonzero(rations.pooled)
        d_pool[inside, 2 + rations.pool[inside]] = 1.0
        d_x = np.where(rations.pooled[:, None], sigma * (d_price - d_pool), d_x)
    weight = np.exp(point.bundle + structure.epsilon * point.bundle_price)
    sales = structure.demand * (np.exp(-structure.epsilon * point.goods) / point.demand)[:, None] * weight
    final = structure.final * np.exp((structure.rho - 1.0) * point.basket - structure.rho * point.goods) / point.demand
    basket = structure.basket * np.exp((1.0 - structure.rho) * (point.goods - point.basket))
    return NetworkSlopes(
        price=-d_price + alpha / sigma * d_x,
        output=d_composite + alpha * d_x,
        last=_common_slopes(structure, rations, point, d_composite + d_x),
        sales=sales,
        final=final,
        basket=basket,
        bundle=_bundle_slopes(structure, point, basket),
    )


def _bundle_slopes(structure: Structure, point: NetworkPoint, basket: Floats) -> Floats:
    """Of bundle prices over prices of goods, directly and through the other imports, shape (user, good)."""
    k = 1.0 - structure.epsilon
    direct = structure.inputs_by_user * np.exp(k * point.goods)
    direct += np.outer(structure.other * np.exp(k * point.basket), basket)
    direct *= np.exp(-k * point.bundle_price)[:, None]
    return direct


def _composite_slopes(structure: Structure, rations: Rations, point: NetworkPoint) -> tuple[Floats, Floats]:
    """Of B and b over (m, M, common prices), each of shape (user, 2 + common)."""
    composite, price = np.zeros((2, point.bundle.size, 2 + point.common.size))
    theta, inner = structure.theta, point.inner
    if not rations.long_run:
        composite[:, 1] = inner
        price[:, 0], price[:, 1] = 1.0, (1.0 - inner) / theta
        return composite, price
    factors = slice(2 + rations.pool_quantity.size, None)
    price[:, 0], price[:, factors] = 1.0 - inner, (inner * structure.factor_share).T
    composite[:, 0], composite[:, 1] = theta * inner, 1.0
    composite[:, factors] = -(theta * inner * structure.factor_share).T
    return composite, price


def _common_slopes(
    structure: Structure, rations: Rations, point: NetworkPoint, d_quantity: Floats
) -> tuple[Floats, Floats, Floats]:
    """Of the equations of pools and factors over m, M and common prices."""
    pools = rations.pool_quantity.size
    if not pools and not rations.long_run:
        return np.zeros((0, point.bundle.size)), np.zeros((0, point.bundle.size)), np.zeros((0, 0))
    weight = rations.membership(structure.spending) * np.exp(point.quantity)
    weight = weight / weight.sum(axis=1, keepdims=True)
    on_m, on_bundle, on_common = weight * d_quantity[:, 0], weight * d_quantity[:, 1], weight @ d_quantity[:, 2:]
    if not rations.long_run:
        return on_m, on_bundle, on_common
    income = structure.factor_use * np.exp(point.common[pools:] @ structure.factor_share + point.value_added)
    income = income / income.sum(axis=1, keepdims=True)
    on_factor = (income * (1.0 - structure.theta)) @ structure.factor_share.T - np.eye(len(income))
    on_factor = np.hstack([np.zeros((len(income), pools)), on_factor])
    stacked = (on_m, income * structure.theta), (on_bundle, income), (on_common, on_factor)
    return np.vstack(stacked[0]), np.vstack(stacked[1]), np.vstack(stacked[2])


def on_prices(structure: Structure, d: NetworkSlopes) -> Floats:
    """Own part of the row equations over prices of goods: all but what runs through bundle prices, (good, good)."""
    matrix = ((structure.rho - 1.0) * d.final)[:, None] * d.basket
    matrix[np.diag_indices(d.final.size)] -= structure.epsilon * (1.0 - d.final) + structure.rho * d.final
    return matrix


def jacobian(structure: Structure, rations: Rations, point: NetworkPoint) -> Floats:
    """Derivatives of the residuals in the order of the unknowns, shape (unknown, unknown)."""
    d = slopes(structure, rations, point)
    size, n = structure.inputs.shape
    goods = np.r_[0:n, 2 * n : n + size]
    users, rows, last = np.arange(n), np.arange(n, n + size), np.arange(n + size, point.residual.size)
    matrix = np.zeros((point.residual.size,) * 2)
    matrix[np.ix_(users, goods)] = d.price[:, :1] * d.bundle
    matrix[users, users] += 1.0
    matrix[users, n + users] = d.price[:, 1]
    matrix[np.ix_(users, last)] = d.price[:, 2:]
    on_m, on_bundle = structure.epsilon * d.sales, d.sales.copy()
    on_m[users, users] -= d.output[:, 0]
    on_bundle[users, users] -= d.output[:, 1]
    matrix[np.ix_(rows, goods)] = on_m @ d.bundle + on_prices(structure, d)
    matrix[np.ix_(rows, n + users)] = on_bundle
    matrix[np.ix_(rows[:n], last)] = -d.output[:, 2:]
    matrix[np.ix_(last, goods)] = d.last[0] @ d.bundle
    matrix[np.ix_(last, n + users)] = d.last[1]
    matrix[np.ix_(last, last)] = d.last[2]
    return matrix


def newton_step(structure: Structure, rations: Rations, point: NetworkPoint) -> Floats:
    """The step that would bring the linearised residuals to zero, shape (unknown,).

    In the quarter the price equations give every M, as each holds its own only, and half of the unknowns drop out.
    """
    if rations.long_run:
        return -np.linalg.solve(jacobian(structure, rations, point), point.residual).astype(np.float64)
    d = slopes(structure, rations, point)
    size, n = structure.inputs.shape
    users = np.arange(n)
    gap = point.residual
    on_bundle = np.vstack([d.sales, d.last[1]])
    on_bundle[users, users] -= d.output[:, 1]
    on_m = np.vstack([structure.epsilon * d.sales, d.last[0]])
    on_m[users, users] -= d.output[:, 0]
    # dM = -(gap + dp + price_m dm + price_common dcommon) / price_M
    per_price = on_bundle / d.price[:, 1]
    matrix = np.empty((len(on_bundle),) * 2)
    matrix[:, :size] = (on_m - per_price * d.price[:, 0]) @ d.bundle
    matrix[:, :n] -= per_price
    matrix[:size, :size] += on_prices(structure, d)
    matrix[:, size:] = -per_price @ d.price[:, 2:]
    matrix[:n, size:] -= d.output[:, 2:]
    matrix[size:, size:] += d.last[2]
    step = np.linalg.solve(matrix, per_price @ gap[:n] - gap[n:]).astype(np.float64)
    goods, common = step[:size], step[size:]
    bundle = -(gap[:n] + goods[:n] + d.price[:, 0] * (d.bundle @ goods) + d.price[:, 2:] @ common) / d.price[:, 1]
    return np.concatenate([goods[:n], bundle, goods[n:], common])
