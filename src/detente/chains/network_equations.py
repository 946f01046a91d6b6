"""Equations of the network economy behind a shortage, for many networks of one size at once.

Unknowns are logs of hats: prices p of n industries, bundles M of intermediates they use, prices of m imported rows, and
last the price of each pool of a controlled material. At zero nothing has changed. For each industry, B is value added
with intermediates, b its price, m the price of the bundle:

    quarter     B = [v + (1-v) M^r]^(1/r), r = (theta-1)/theta;  b = m (M/B)^(1/theta)
    rationed    y = [s q^h + (1-s) B^h]^(1/h), h = (sigma-1)/sigma;  lambda = b (q/B)^(-1/sigma)
    pooled      the same with one lambda for all users of the pool and q left to them

Residuals: log p - log b - (log B - log y)/sigma; log demand over supply of every domestic and imported row; log use
over supply of every pool. With M rather than y as unknown every trial is feasible however small q is.
Source: nested CES network with general equilibrium as in Baqaee and Farhi (2019), "The Macroeconomic Impact of
Microeconomic Shocks: Beyond Hulten's Theorem".

A sum over the axis of a network never mixes networks, so that each comes out as it would alone, to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.chains.industry import ces_log, substitution_exponent
from detente.chains.network import Floats, Network, Shortage, Structure

Rows = TypeVar("Rows")


@dataclass(frozen=True)
class NetworkStack(Structure):
    """Networks of one size under their shortages: the shares of `Structure` with a network in front, and what is short.

    Attributes
    ----------
    quantity : log of the material received over base need, shape (network, user).
    imported : log of the supply of imported rows, shape (network, row).
    pooled : share of each user in the need of each pool, 0 outside, shape (network, pool, user).
    pool_quantity : log of what each pool receives over its need, shape (network, pool).
    """

    sigma: Floats = field(repr=False)
    theta: Floats = field(repr=False)
    epsilon: Floats = field(repr=False)
    rho: Floats = field(repr=False)
    quantity: Floats = field(repr=False)
    imported: Floats = field(repr=False)
    pooled: Floats = field(repr=False)
    pool_quantity: Floats = field(repr=False)

    @cached_property
    def member(self) -> Floats:
        """1 where a user is in a pool, shape (network, pool, user)."""
        return (self.pooled > 0.0).astype(np.float64)

    @property
    def unknowns(self) -> int:
        """How many there are: 2n + m, and one for each pool."""
        return self.material.shape[1] + self.basket.shape[1] + self.pool_quantity.shape[1]

    def scaled(self, part: float) -> NetworkStack:
        """A part of the shortages, in logs."""
        short = ("quantity", "imported", "pool_quantity")
        return replace(self, **{name: part * getattr(self, name) for name in short})


def stack_of(networks: Sequence[Network], shortages: Sequence[Shortage]) -> NetworkStack:
    """Networks with as many industries, imported rows and pools as each other, and their shortages."""
    rows = [_row(*each) for each in zip(networks, shortages, strict=True)]
    return NetworkStack(*(np.array(values, dtype=np.float64) for values in zip(*rows, strict=True)))


def _row(network: Network, shortage: Shortage) -> list[Any]:
    bought, spending = network.spending > 0, network.spending
    pooled = np.zeros((len(shortage.pools), spending.size))
    for number, pool in enumerate(shortage.pools):
        users = list(pool.users)
        pooled[number, users] = spending[users] / spending[users].sum()
    return [
        *(getattr(network.structure, share.name) for share in fields(Structure)),
        np.where(bought, network.sigma, 1.0), network.theta, [network.epsilon], [network.rho],
        np.where(bought, np.log(shortage.quantity), 0.0), np.log(shortage.imported), pooled,
        np.log([pool.quantity for pool in shortage.pools]),
    ]  # fmt: skip


def rows_of(stacked: Rows, rows: NDArray[np.int64]) -> Rows:
    """Some of the networks of a stack, or of where they stand."""
    kept: Any = stacked
    return type(kept)(*(getattr(kept, each.name)[rows] for each in fields(kept)))


@dataclass(frozen=True)
class Points:
    """Where the networks stand, logs of hats unless said otherwise, shape (network, ...).

    Attributes
    ----------
    goods : prices of goods, shape (network, good); `basket` : their index in final demand, shape (network, 1).
    bundle, bundle_price : M and m; `composite`, `composite_price` : B and b, shape (network, user).
    output : y; `quantity` : q, shape (network, user).
    common : prices of the pools, shape (network, pool); `demand` : for goods over base, hats, shape (network, good).
    inner, material : share of intermediates in B and of the material in y, shape (network, user).
    residual : shape (network, unknown).
    """

    goods: Floats
    basket: Floats
    bundle: Floats
    bundle_price: Floats
    composite: Floats
    composite_price: Floats
    output: Floats
    quantity: Floats
    common: Floats
    demand: Floats
    inner: Floats
    material: Floats
    residual: Floats


def _times(matrix: Floats, vector: Floats) -> Floats:
    """Matrix times vector for each network."""
    return np.matmul(matrix, vector[..., None])[..., 0]


def _index(logs: Floats, shares: Floats, elasticity: Floats) -> Floats:
    """Log of the CES price index, shape (network, 1)."""
    k = 1.0 - elasticity
    flat = (shares * logs).sum(axis=1, keepdims=True)
    curved = np.log1p((shares * np.expm1(k * logs)).sum(axis=1, keepdims=True)) / np.where(k == 0.0, 1.0, k)
    return np.where(k == 0.0, flat, curved)


def _bundle_prices(stack: NetworkStack, goods: Floats, basket: Floats) -> Floats:
    """Log prices of the bundles of intermediates; other imports cost the final basket."""
    k = 1.0 - stack.epsilon
    flat = _times(stack.inputs, goods) + stack.other * basket
    rise = _times(stack.inputs, np.expm1(k * goods)) + stack.other * np.expm1(k * basket)
    return np.where(k == 0.0, flat, np.log1p(rise) / np.where(k == 0.0, 1.0, k))


def evaluate(stack: NetworkStack, u: Floats) -> Points:
    """The economies and the residuals of their equations at unknowns u, shape (network, unknown)."""
    n, size = stack.material.shape[1], stack.basket.shape[1]
    goods, bundle = np.concatenate([u[:, :n], u[:, 2 * n : n + size]], axis=1), u[:, n : 2 * n]
    common, quantity = u[:, n + size :], stack.quantity
    basket = _index(goods, stack.basket, stack.rho)
    m = _bundle_prices(stack, goods, basket)
    composite, inner = ces_log(bundle, 1.0 - stack.value_added, substitution_exponent(stack.theta))
    price = m + (bundle - composite) / stack.theta
    if common.size:
        shared = composite + stack.sigma * (price - (common[:, :, None] * stack.member).sum(axis=1))
        quantity = np.where(stack.member.any(axis=1), shared, quantity)
    gain, material = ces_log(quantity - composite, stack.material, substitution_exponent(stack.sigma))
    weight = np.exp(bundle + stack.epsilon * m)
    demand = np.exp(-stack.epsilon * goods) * _times(stack.demand, weight)
    demand += stack.final * np.exp((stack.rho - 1.0) * basket - stack.rho * goods)
    output = composite + gain
    rows = np.log(demand) - np.concatenate([output, stack.imported], axis=1)
    pools = np.log(_times(stack.pooled, np.exp(quantity))) - stack.pool_quantity
    residual = np.concatenate([goods[:, :n] - price + gain / stack.sigma, rows, pools], axis=1)
    return Points(
        goods, basket, bundle, m, composite, price, output, quantity, common, demand, inner, material, residual
    )


def newton_steps(stack: NetworkStack, points: Points) -> Floats:
    """The step of each network that would bring its linearised residuals to zero, shape (network, unknown).

    Bundles are solved for first, each from the price equation of its industry, so that goods and pools are left.
    """
    n, size = stack.material.shape[1], stack.basket.shape[1]
    users, goods_at = np.arange(n), np.arange(size)
    gap, eps, rho = points.residual, stack.epsilon, stack.rho
    inside = stack.member.any(axis=1)
    # Slopes of the log of q over B in M, m and the prices of pools; where a user has its own q, only B moves.
    rise = (1.0 - points.inner) / stack.theta
    x_bundle, x_price = np.where(inside, stack.sigma * rise, -points.inner), np.where(inside, stack.sigma, 0.0)
    x_common = -stack.sigma[:, :, None] * stack.member.transpose(0, 2, 1)
    pull = points.material / stack.sigma
    on_price, per_m = -rise + pull * x_bundle, -1.0 + pull * x_price
    weight = np.exp(points.bundle + eps * points.bundle_price)
    sales = stack.demand * (np.exp(-eps * points.goods) / points.demand)[..., None] * weight[:, None, :]
    final = stack.final * np.exp((rho - 1.0) * points.basket - rho * points.goods) / points.demand
    basket = stack.basket * np.exp((1.0 - rho) * (points.goods - points.basket))
    k = 1.0 - eps
    bundle = stack.inputs * np.exp(k * points.goods)[:, None, :]
    bundle += (stack.other * np.exp(k * points.basket))[..., None] * basket[:, None, :]
    bundle *= np.exp(-k * points.bundle_price)[..., None]
    used = stack.pooled * np.exp(points.quantity)[:, None, :]
    used /= used.sum(axis=2, keepdims=True)
    through = eps[..., None] * sales
    per_price = sales
    if points.common.size:
        through = np.concatenate([through, used * x_price[:, None, :]], axis=1)
        per_price = np.concatenate([sales, used * (points.inner + x_bundle)[:, None, :]], axis=1)
        through[:, users, users] -= points.material * x_price
    per_price[:, users, users] -= points.inner + points.material * x_bundle
    per_price /= on_price[:, None, :]
    through -= per_price * per_m[:, None, :]
    matrix = np.empty((len(gap), per_price.shape[1], per_price.shape[1]))
    np.matmul(through, bundle, out=matrix[:, :, :size])
    matrix[:, :, :n] -= per_price
    matrix[:, :size, :size] += ((rho - 1.0) * final)[..., None] * basket[:, None, :]
    matrix[:, goods_at, goods_at] -= eps * (1.0 - final) + rho * final
    matrix[:, :, size:] = -np.matmul(per_price, pull[:, :, None] * x_common)
    matrix[:, :n, size:] -= points.material[:, :, None] * x_common
    matrix[:, size:, size:] += np.matmul(used, x_common)
    step = solutions(matrix, _times(per_price, gap[:, :n]) - gap[:, n:])
    goods, common = step[:, :size], step[:, size:]
    taken = gap[:, :n] + goods[:, :n] + per_m * _times(bundle, goods) + pull * _times(x_common, common)
    return np.concatenate([goods[:, :n], -taken / on_price, goods[:, n:], common], axis=1)


def solutions(matrix: Floats, right: Floats) -> Floats:
    """Solutions of many linear systems, each as alone; not a number where a matrix is singular.

    Parameters
    ----------
    matrix : shape (system, n, n); `right` of shape (system, n).
    """
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        if len(matrix) == 1:
            return np.full(right.shape, np.nan)
        return np.concatenate([solutions(matrix[k : k + 1], right[k : k + 1]) for k in range(len(matrix))])


def shadow_price(stack: NetworkStack, points: Points) -> Floats:
    """Log lambda = log b - log(q/B)/sigma, shape (network, user)."""
    return points.composite_price - (points.quantity - points.composite) / stack.sigma


def value_added_price(stack: NetworkStack, points: Points) -> Floats:
    """Log price of value added, log b + log(B)/theta, shape (network, user)."""
    return points.composite_price + points.composite / stack.theta


def other_imports(stack: NetworkStack, points: Points) -> Floats:
    """Log of other imports of each industry, shape (network, user)."""
    return points.bundle - stack.epsilon * (points.basket - points.bundle_price)
