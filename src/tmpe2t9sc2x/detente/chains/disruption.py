"""What a run of a chain gives: shares of need met, first days short, stocks and prices, with a certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.chains.chain import SupplyChain
from detente.chains.ledger import Imbalance, MaterialLedger
from detente.chains.licences import Licences
from detente.chains.months import Deliveries
from detente.chains.prices import Prices
from detente.chains.rows import Floats, Whole
from detente.codes import Table, UnknownName, table_with
from detente.codes.portrait import Readable


@dataclass(frozen=True, repr=False)
class ChainCertificate(Readable):
    """What a run ended with; a run with a larger residual than 1e-9 is not returned.

    Attributes
    ----------
    stages : largest residual of the mass balance by stage and month, share of what enters, shape (stage, month).
    stocks : largest residual of receipts, releases, use and change of stock, months of need.
    lowest_stock : lowest stock of any class, months; at least 0.
    material : where the ledger of all flows in kg is off by most, share of what enters the place.
    market : largest excess of demand over supply at the price outside, share of need.
    """

    stages: Floats
    stocks: float
    lowest_stock: float
    market: float
    material: Imbalance

    @property
    def residual(self) -> float:
        """The largest of all residuals."""
        of_parts = (float(self.stages.max(initial=0.0)), self.stocks, -self.lowest_stock, self.market)
        return max(*of_parts, self.material.residual)


@dataclass(frozen=True, repr=False)
class Disruption(Readable):
    """What happens to the users of a chain, pair by pair of user and grade (`chain.layout`).

    Attributes
    ----------
    met : share of need met, shape (pair, month).
    met_by_class : by cover class, shape (pair, class, month); classes weigh the same.
    weight : spending of the pair over that of its user, shape (pair,): what grades weigh in the user's certainty
        equivalent.
    receipts : all that arrives, share of base need, shape (pair, month).
    first_short : days from the announcement until 5% of a user's need is unmet, shape (user,); NaN for never.
    first_short_by_grade : the same for each pair, shape (pair,).
    stock, stock_at_start : months of base need, shape (pair, month) and (pair,); `released` from national and trader
        stocks, and `restocked` where everything passes again, months of need, shape (pair, month).
    backlog : flow lost under licence since the start and not made up, months of base flow, shape (pair, month).
    leakage : transit, kg a month, shape (grade, month).
    reserve : national and trader stocks left, months of need, shape (reserve, month); `reserve_keys` country and grade
        of each, `reserve_at_start` the same at the start and `reserve_weight` base need, kg a year, shape (reserve,).
        Those of feed are in `deliveries.feed_run`.
    shadow : price of the last kg where allocation is by price, USD per kg, shape (pair, month); 0 elsewhere.
    prices : inside, outside, average and rent by element and month.
    deliveries : receipts by origin, output of producers, new output by stage.
    ledger : all flows of every material by place and month, kg.
    certificate : residuals.
    notes : what bound, what the chain lacks.
    """

    chain: SupplyChain
    licences: Licences
    months: int
    met: Floats = field(repr=False)
    met_by_class: Floats = field(repr=False)
    weight: Floats = field(repr=False)
    receipts: Floats = field(repr=False)
    first_short: Floats = field(repr=False)
    first_short_by_grade: Floats = field(repr=False)
    stock: Floats = field(repr=False)
    stock_at_start: Floats = field(repr=False)
    released: Floats = field(repr=False)
    restocked: Floats = field(repr=False)
    backlog: Floats = field(repr=False)
    leakage: Floats = field(repr=False)
    reserve: Floats = field(repr=False)
    reserve_keys: tuple[tuple[str, str], ...] = field(repr=False)
    reserve_at_start: Floats = field(repr=False)
    reserve_weight: Floats = field(repr=False)
    shadow: Floats = field(repr=False)
    prices: Prices = field(repr=False)
    deliveries: Deliveries = field(repr=False)
    ledger: MaterialLedger = field(repr=False)
    certificate: ChainCertificate
    notes: tuple[str, ...] = ()

    @property
    def unmet(self) -> Floats:
        """Need unmet by pair and month, USD at base prices, shape (pair, month)."""
        return (1.0 - self.met) * self.chain.layout.spending[:, None] / 12.0

    @property
    def met_by_user(self) -> Floats:
        """Share of need met by user and month, grades weighed by spending, shape (user, month)."""
        return by_user(self.chain, self.met)

    def by_user_and_grade(self) -> tuple[Floats, Floats]:
        """Quantities and weights as `certainty_equivalent` takes them (step 12).

        Returns
        -------
        Share of need met, shape (user, grade, class, month), 1 where a user does not need a grade; and what each grade
        weighs in the user's spending, shape (user, grade), rows sum to 1 (0 for a user without need).
        """
        layout, shape = self.chain.layout, (len(self.chain.users), len(self.chain.grades))
        quantity, weight = np.ones((*shape, *self.met_by_class.shape[1:])), np.zeros(shape)
        quantity[layout.user, layout.grade] = self.met_by_class
        weight[layout.user, layout.grade] = self.weight
        return quantity, weight

    def pairs_of(self, country: str, code: str, *, defence: bool = False) -> Whole:
        """Positions of the pairs of one user; `UnknownName` if the chain does not have it."""
        users = self.chain.users
        for u, user in enumerate(users):
            if (user.country, user.code, user.defence) == (country, code, defence):
                return np.flatnonzero(self.chain.layout.user == u)
        label = f"{country} {code}{' defence' if defence else ''}"
        raise UnknownName("user", label, (user.label for user in users), f"chain {self.chain.name}")

    def table(self) -> Table:
        """One row a user, grade and month: share of need met, and what is left of stocks."""
        layout, chain = self.chain.layout, self.chain
        pairs, months = self.met.shape
        who = _who(chain, np.repeat(layout.user, months))
        grades = np.array([grade.name for grade in chain.grades])
        data = who | {
            "grade": np.repeat(grades[layout.grade], months),
            "month": np.tile(np.arange(1, months + 1), pairs),
            "need": np.repeat(layout.spending / 12.0, months),
            "met": self.met.ravel(),
            "stock": self.stock.ravel(),
        }
        return table_with("chains.shortage", data, self._notes, run=self._title)

    def price_table(self) -> Table:
        """One row an element and month: prices inside and outside, what comes under licence, rent."""
        prices = self.prices
        count = len(prices.elements)
        data = {
            "element": np.repeat(np.array(prices.elements, dtype=np.str_), self.months),
            "month": np.tile(np.arange(1, self.months + 1), count),
        } | {name: getattr(prices, name).ravel() for name in ("inside", "outside", "average", "licensed", "rent")}
        return table_with("chains.chain-prices", data, self._notes, run=self._title)

    def first_table(self) -> Table:
        """One row a user: first day short, least and mean share of need met."""
        met = self.met_by_user
        data = _who(self.chain, np.arange(len(self.chain.users))) | {
            "first_short": self.first_short,
            "worst": met.min(axis=1),
            "met": met.mean(axis=1),
        }
        return table_with("chains.users_short", data, self._notes, run=self._title)

    @property
    def _title(self) -> str:
        return f"{self.chain.name}, {self.licences.name}, scope {self.chain.scope}, {self.months} months"

    @property
    def _notes(self) -> tuple[str, ...]:
        return (*self.chain.notes, *self.notes)


def _who(chain: SupplyChain, users: Whole) -> dict[str, NDArray[Any]]:
    return {
        "country": np.array([user.country for user in chain.users], dtype=np.str_)[users],
        "user": np.array([user.code for user in chain.users], dtype=np.str_)[users],
        "defence": np.array([int(user.defence) for user in chain.users], dtype=np.int64)[users],
    }


def by_user(chain: SupplyChain, values: Floats) -> Floats:
    """Mean over the grades of each user by spending, shape (user, ...); a user without need is met in full or 0 short.

    `values` has the shape (pair, ...).
    """
    layout = chain.layout
    first = np.searchsorted(layout.user, np.arange(len(chain.users)))
    weighted = values * weight_of(chain)[:, None]
    has = np.bincount(layout.user, minlength=len(chain.users)) > 0
    out = np.full((len(chain.users), values.shape[1]), np.nan)
    if has.any():
        out[has] = np.add.reduceat(weighted, first[has], axis=0)
    return out


def weight_of(chain: SupplyChain) -> Floats:
    """Spending of each pair over that of its user, shape (pair,)."""
    layout = chain.layout
    total = np.bincount(layout.user, layout.spending, minlength=len(chain.users))
    return layout.spending / total[layout.user]
