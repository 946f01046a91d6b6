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
from detente.chains.rows import EVERY, Floats, Plant, Redesign, Stock, Thrift
from detente.codes import InputError, Table, declared_note, table_with

CARRY = 0.08
"""Yearly cost of holding a stock, share of its value."""

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

    def on(self, chain: SupplyChain) -> SupplyChain:
        """The chain with the lever pulled."""
        return self.change(chain)


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
            chain = lever.on(chain)
    return chain


def _shapley(avoided: dict[int, Floats], k: int, n: int) -> Floats:
    """Mean gain of adding a lever over all orders, shape (month,)."""
    total = np.zeros_like(avoided[0])
    for mask in avoided:
        if not mask >> k & 1:
            size = mask.bit_count()
            total += factorial(size) * factorial(n - size - 1) / factorial(n) * (avoided[mask | 1 << k] - avoided[mask])
    return total


def stockpile(
    country: str, item: str, months: float, *, rate: float = 1.0, value: float = float("nan"), years: float = 2.0
) -> Lever:
    """A national stock of so many months of need; costs its value and 8% of it a year.

    Parameters
    ----------
    item : a grade, an element of feed, or `"*"`.
    rate : most released, share of need.
    value : what it costs to buy, USD; `years` it is held.
    """
    stock = Stock("lever", country, item, months, rate)

    def change(chain: SupplyChain) -> SupplyChain:
        return replace(chain, stocks=(*chain.stocks, stock))

    return Lever(f"stock of {months:g} months, {country} {item}", change, value * (1.0 + CARRY * years))


def stock_value(chain: SupplyChain, country: str, grade: str, months: float) -> float:
    """Purchase price of a stock of a grade, USD: months of the country's need at the base price; `"*"` for all."""
    layout = chain.layout
    place = layout.places.index(country)
    mine = layout.country == place
    if grade != EVERY:
        mine = mine & (layout.grade == chain.grade(grade))
    return float(layout.spending[mine].sum()) * months / 12.0


def thrift(element: str, saving: float, *, start: float = 0.0, over: float = 12.0, cost: float = float("nan")) -> Lever:
    """Less of an element per kg of product; it stretches feed, not finished goods that need a licence all the same."""

    def change(chain: SupplyChain) -> SupplyChain:
        return replace(chain, changes=(*chain.changes, Thrift(element, saving, start, over)))

    return Lever(f"thrift, {saving:.0%} less {element}", change, cost)


def redesign(
    grade: str,
    share: float,
    *,
    start: float = 0.0,
    over: float = 18.0,
    users: tuple[str, ...] = (),
    cost: float = float("nan"),
) -> Lever:
    """A share of a grade is designed out in favour of something no control covers."""

    def change(chain: SupplyChain) -> SupplyChain:
        return replace(chain, changes=(*chain.changes, Redesign(grade, share, start, over, users)))

    return Lever(f"redesign, {share:.0%} of {grade}", change, cost)


def substitution(factor: float, *, cost: float = float("nan")) -> Lever:
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

    return Lever(f"substitution, {factor:g} times easier", change, cost)


def capacity(plant: Plant, *, cost: float = float("nan")) -> Lever:
    """A plant that comes on during the run; recycling is one that has its own feed."""

    def change(chain: SupplyChain) -> SupplyChain:
        return replace(chain, plants=(*chain.plants, plant))

    return Lever(f"capacity, {plant.name}", change, cost)


def price_floor(plant: Plant, floor: float, price: float, months: int) -> Lever:
    """A plant that a price floor brings on: its cost is the floor less the market price on what it makes.

    Parameters
    ----------
    floor, price : USD per kg of what the plant makes.
    """
    made = float(plant.rise(np.arange(0.5, months)).sum()) / 12.0
    lever = capacity(plant, cost=max(floor - price, 0.0) * made)
    return replace(lever, name=f"price floor, {plant.name}")


def sharing(countries: tuple[str, ...], *, cost: float = 0.0) -> Lever:
    """Countries pool what reaches them without an end-use condition and share it by what they lack."""

    def change(chain: SupplyChain) -> SupplyChain:
        return replace(chain, pools=(*chain.pools, countries))

    return Lever(f"sharing, {', '.join(countries)}", change, cost)
