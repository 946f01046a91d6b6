"""What a side can do about a shortage, and what it is worth (step 25).

A lever is a change of the chain and a cost. Its worth is the loss without it less the loss with it, by month; net of
cost over the run. Levers overlap, so shares of their joint worth do not depend on an order (Shapley 1953). The
break-even probability is cost over worth: the least probability of the disruption at which the lever pays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import factorial

import numpy as np

from detente.chains.chain import SupplyChain
from detente.chains.rows import Floats
from detente.codes import InputError, Table, declared_note, table_with

MOST = 8
"""Levers that are combined at once: 2^8 runs."""

Loss = Callable[[SupplyChain], Floats]
"""Loss by month of a chain under the licences at hand, USD, shape (month,)."""


@dataclass(frozen=True)
class Lever:
    """Something that changes a chain.

    Attributes
    ----------
    change : the chain with the lever pulled.
    cost : USD over the run; NaN where it is not known.
    """

    name: str
    change: Callable[[SupplyChain], SupplyChain] = field(repr=False)
    cost: float = float("nan")


@dataclass(frozen=True)
class LeverWorth:
    """What levers are worth.

    Attributes
    ----------
    levers : names.
    loss : without any, USD by month, shape (month,).
    alone, shares : loss avoided by each alone, and its share of what all avoid together, shape (lever, month).
    together : loss avoided by all, shape (month,).
    cost : USD over the run, shape (lever,); NaN where not known.
    """

    levers: tuple[str, ...]
    loss: Floats = field(repr=False)
    alone: Floats = field(repr=False)
    shares: Floats = field(repr=False)
    together: Floats = field(repr=False)
    cost: Floats = field(repr=False)

    @property
    def break_even(self) -> Floats:
        """Cost over loss avoided alone, shape (lever,); infinite where nothing is avoided."""
        avoided = self.alone.sum(axis=1)
        return np.divide(self.cost, avoided, out=np.full(avoided.shape, np.inf), where=avoided > 0.0)

    def table(self) -> Table:
        """One row a lever: loss avoided alone and its share of all, cost, and when it pays."""
        avoided = self.alone.sum(axis=1)
        data = {
            "lever": np.array(self.levers, dtype=np.str_),
            "alone": avoided,
            "share": self.shares.sum(axis=1),
            "cost": self.cost,
            "net": avoided - self.cost,
            "break_even": self.break_even,
        }
        total = declared_note("chains.together", avoided=self.together.sum(), loss=self.loss.sum())
        return table_with("chains.levers", data, (total,))


def worth(chain: SupplyChain, levers: Sequence[Lever], loss: Loss) -> LeverWorth:
    """Worth of levers alone and together, with shares that do not depend on an order.

    Raises
    ------
    InputError : no lever, more than `MOST`, or two of one name.
    """
    n = len(levers)
    names = tuple(lever.name for lever in levers)
    if not 1 <= n <= MOST:
        raise InputError("levers", f"{n} levers cannot be combined", f"give 1 to {MOST}")
    if len(set(names)) < n:
        raise InputError("levers", "two levers have one name", "name each differently")
    losses = {mask: np.asarray(loss(_pulled(chain, levers, mask)), dtype=np.float64) for mask in range(2**n)}
    avoided = {mask: losses[0] - value for mask, value in losses.items()}
    return LeverWorth(
        names,
        losses[0],
        np.array([avoided[1 << k] for k in range(n)]),
        np.array([_shapley(avoided, k, n) for k in range(n)]),
        avoided[2**n - 1],
        np.array([lever.cost for lever in levers], dtype=np.float64),
    )


def _pulled(chain: SupplyChain, levers: Sequence[Lever], mask: int) -> SupplyChain:
    for k, lever in enumerate(levers):
        if mask >> k & 1:
            chain = lever.change(chain)
    return chain


def _shapley(avoided: dict[int, Floats], k: int, n: int) -> Floats:
    """Mean gain of adding a lever over all orders, shape (month,)."""
    total = np.zeros_like(avoided[0])
    for mask in avoided:
        if not mask >> k & 1:
            size = mask.bit_count()
            total += factorial(size) * factorial(n - size - 1) / factorial(n) * (avoided[mask | 1 << k] - avoided[mask])
    return total


def adding(name: str, cost: float = float("nan"), **rows: Sequence[object]) -> Lever:
    """A lever that adds stocks, changes, plants or pools to a chain.

    A plant that comes on during the run is capacity, and recycling where it has its own feed. A thrift stretches feed,
    not finished goods, which need a licence all the same. A pool shares what reaches its countries without an end-use
    condition by what they lack.
    """
    return Lever(
        name, lambda chain: replace(chain, **{key: (*getattr(chain, key), *new) for key, new in rows.items()}), cost
    )


def substitution(factor: float) -> Lever:
    """Doing without gets easier: long-run elasticities times a factor, cost of doing without divided by it."""

    def change(chain: SupplyChain) -> SupplyChain:
        values = {
            name: parameter.central * factor
            for name, parameter in chain.parameters.items()
            if name.startswith("sigma_end")
        }
        markets = tuple(
            replace(m, blocks=tuple((share, m.price + (choke - m.price) / factor) for share, choke in m.blocks))
            for m in chain.markets
        )
        return replace(chain.with_values(values), markets=markets)

    return Lever("substitution", change)
