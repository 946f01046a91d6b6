"""Best responses of family B by (S1) of `detente.economy.policies.sufficient`: derivatives along a rate and a wage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError
from detente.economy.family import TariffWar
from detente.economy.frame import Equilibrium, Floats
from detente.economy.input_output.accounts import accounts


def best_rates(war: TariffWar) -> Callable[[Equilibrium], Floats]:
    """The rates of all players at an equilibrium; `InputError` where there is no formula."""
    _check(war)
    return lambda equilibrium: _rates(war, equilibrium)


def _check(war: TariffWar) -> None:
    where, parameters = f"sufficient_nash, world {war.economy.name}", war.economy.parameters
    for name in ("labor_supply_elasticity", "scale_elasticity", "markup"):
        if np.any(np.asarray(parameters.get(name, 0.0), dtype=np.float64) != 0.0):
            raise InputError(where, f"there is no formula where {name} is not 0", f"set {name} to 0, or use nash")
    if np.any(np.asarray(parameters.get("input_substitution", 1.0), dtype=np.float64) != 1.0):
        raise InputError(where, "the formula takes inputs as Cobb-Douglas", "set input_substitution to 1, or use nash")
    known = {"closure": ("fixed", "fixed-transfers", "zero"), "horizon": ("long",), "objective": ("real-income",)}
    for name, values in known.items():
        value = war.shock.options.get(name, values[0])
        if value not in values:
            raise InputError(where, f"there is no formula for {name} {value}", f"use {' or '.join(values)}, or nash")


@dataclass(frozen=True)
class _Shares:
    """What the formula reads of an equilibrium of family B.

    `flow`, `share`, `rate` have the shape (sector, importer, exporter); `spent`, `made` (sector, country); `wages`
    (country,); `inputs`, `final` and `labor` are those of the baseline, `theta` has the shape (sector, 1).
    """

    flow: Floats
    share: Floats
    rate: Floats
    spent: Floats
    made: Floats
    wages: Floats
    inputs: Floats
    final: Floats
    labor: Floats
    theta: Floats

    @cached_property
    def per_spending(self) -> Floats:
        """Purchases net of tariff over spending, shape of `flow`."""
        return self.flow / np.where(self.spent > 0, self.spent, 1.0)[:, :, None]

    @cached_property
    def collected(self) -> Floats:
        """Revenue by sector over spending, shape (sector, importer)."""
        return (self.rate * self.per_spending).sum(axis=2)


def _shares(equilibrium: Equilibrium) -> _Shares:
    base = accounts(equilibrium.economy)
    flow = np.ascontiguousarray(equilibrium.levels["trade"].transpose(2, 0, 1))
    tariff = equilibrium.shock.tariff
    rate = base.tariff if tariff is None else tariff.reshape(equilibrium.levels["trade"].shape).transpose(2, 0, 1)
    spent = equilibrium.levels["spending"].T
    share = flow * (1.0 + rate) / np.where(spent > 0, spent, 1.0)[:, :, None]
    wages, theta = equilibrium.levels["wages"], base.theta[:, None]
    made = equilibrium.levels["output"].T
    return _Shares(flow, share, rate, spent, made, wages, base.inputs, base.final, base.value_added_share, theta)


@dataclass(frozen=True)
class _Answers:
    """Derivatives along directions: log costs and prices, spending and output in levels, (sector, country, direction);
    `gap`, wages less what sales pay for labour, (country, direction).
    """

    cost: Floats
    price: Floats
    spent: Floats
    made: Floats
    gap: Floats


def _rates(war: TariffWar, equilibrium: Equilibrium) -> Floats:
    """(S1) for every player, shape (player,)."""
    s, index = _shares(equilibrium), war.index
    cost, price, spent = _balanced(_along_rates(s, war), _along_wages(s, index), index)
    bought, theta, charged = s.flow[:, index], s.theta[:, :, None], cost.transpose(0, 2, 1)
    budget = (spent / np.where(s.spent > 0, s.spent, 1.0)[:, index])[:, :, None]
    # p dM: values change by budgets and by relative prices with duty; less the world price, quantities.
    grown = bought * (budget + theta * price[:, :, None] - (1.0 + theta) * (charged + war.taxed))
    terms = (s.made[:, index] * cost[:, index, np.arange(index.size)]).sum(axis=0) - (bought * charged).sum(axis=(0, 2))
    fixed = (np.where(war.taxed, 0.0, s.rate[:, index]) * grown).sum(axis=(0, 2))
    taxed = (war.taxed * grown).sum(axis=(0, 2))
    return np.where(taxed < 0.0, -(terms + fixed) / np.minimum(taxed, -1e-300), np.inf)


def _balanced(rate: _Answers, wage: _Answers, index: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Answers to a rate and the wage that clears the player's labour: costs (sector, country, player), and prices and
    spending of each player, (sector, player).
    """
    each = np.arange(index.size)
    turn = -rate.gap[index, each] / wage.gap[index, each]
    price = rate.price[:, index, each] + turn * wage.price[:, index, each]
    spent = rate.spent[:, index, each] + turn * wage.spent[:, index, each]
    return rate.cost + turn * wage.cost, price, spent


def _along_rates(s: _Shares, war: TariffWar) -> _Answers:
    """Answers to log(1 + rate) of each player in the cells it taxes, wages of all given."""
    index, each = war.index, np.arange(war.index.size)
    raised = np.zeros((*s.spent.shape, index.size))
    raised[:, index, each] = (s.share[:, index] * war.taxed).sum(axis=2)
    lost = -(1.0 + s.theta[:, :, None]) * s.flow[:, index] * war.taxed
    direct = (s.rate[:, index] * lost + (1.0 + s.rate[:, index]) * s.flow[:, index] * war.taxed).sum(axis=(0, 2))
    revenue = np.zeros((s.wages.size, index.size))
    revenue[index, each] = direct
    return _answers(s, np.zeros((s.wages.size, index.size)), raised, lost.transpose(0, 2, 1), revenue)


def _along_wages(s: _Shares, index: NDArray[np.int64]) -> _Answers:
    """Answers to the log wage of each player; wages of the others fall together, so that world wages stay."""
    weight = s.wages[index] / s.wages.sum()
    wages = np.tile(-weight / (1.0 - weight), (s.wages.size, 1))
    wages[index, np.arange(index.size)] = 1.0
    none = np.zeros((*s.spent.shape, index.size))
    return _answers(s, wages, none, none, np.zeros_like(wages))


def _answers(s: _Shares, wages: Floats, raised: Floats, sold: Floats, revenue: Floats) -> _Answers:
    """Answers to logs of wages (country, direction), prices raised and output lost by taxes (sector, country,
    direction), and revenue (country, direction).
    """
    cost, price = _log_prices(s, wages, raised)
    substituted = s.theta[:, :, None] * price
    sold = sold - s.theta[:, :, None] * s.made[:, :, None] * cost + s.flow.transpose(0, 2, 1) @ substituted
    taxes = s.rate * s.flow
    shifted = taxes.sum(axis=2)[:, :, None] * substituted - s.theta[:, :, None] * (taxes @ cost)
    earned = s.wages[:, None] * wages
    spent, made = _quantities(s, sold, earned + revenue + shifted.sum(axis=0))
    return _Answers(cost, price, spent, made, earned - np.einsum("nk,knd->nd", s.labor, made))


def _log_prices(s: _Shares, wages: Floats, raised: Floats) -> tuple[Floats, Floats]:
    """Logs of costs and prices: costs follow wages and the prices of inputs, prices the costs of all sellers."""
    by_wage = s.labor.T[:, :, None] * wages
    users = s.inputs.transpose(0, 2, 1)

    def step(price: Floats) -> Floats:
        return s.share @ (by_wage + (users @ price.transpose(1, 0, 2)).transpose(1, 0, 2)) + raised

    price = _series(step, raised)
    return by_wage + (users @ price.transpose(1, 0, 2)).transpose(1, 0, 2), price


def _quantities(s: _Shares, sold: Floats, income: Floats) -> tuple[Floats, Floats]:
    """Spending and output in levels: inputs follow output, final demand income, income what purchases pay in duties."""

    def output(spent: Floats) -> Floats:
        return sold + s.per_spending.transpose(0, 2, 1) @ spent

    def step(spent: Floats) -> Floats:
        final = income + (s.collected[:, :, None] * spent).sum(axis=0)
        used = (s.inputs @ output(spent).transpose(1, 0, 2)).transpose(1, 0, 2)
        return used + s.final.T[:, :, None] * final

    spent = _series(step, np.zeros_like(sold))
    return spent, output(spent)


def _series(step: Callable[[Floats], Floats], start: Floats, most: int = 2000) -> Floats:
    """The fixed point of a linear map that contracts: a Leontief series, summed until its terms are rounding."""
    value = start
    for _ in range(most):
        new = step(value)
        if np.abs(new - value).max() <= 1e-14 * np.abs(new).max():
            return new
        value = new
    raise SolveError(f"sufficient_nash: the chain of inputs does not end within {most} rounds. Check input shares.")
