"""Replies: what a country could answer to a law, alone or by agreement, what it gains and who pays.

Who lays one tariff with others answers with them: a member of the European Union as the Union.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from detente.codes.axis import Floats
from detente.data.tables import countries
from detente.economy import Economy, Equilibrium, Shock, gradient, solve, worth
from detente.economy.policies.policy import common_rate
from detente.economy.tariff_table import goods

UNION = "EU27"
RETALIATE, CUT, DEAL = "retaliate", "cut", "deal"
#: Mean duty, share, below which there is nothing to cut or to offer.
NO_DUTY = 5e-4

#: Tolerance of the points that a deal gives, share.
NEAR = 1e-4


@dataclass(frozen=True)
class Sides:
    """Who answers whom, on a world under a law.

    Attributes
    ----------
    country : who asks; `members` : who lays its tariff; `other` : whose goods it falls on.
    law : the world under the law that is answered.
    """

    country: str
    members: tuple[str, ...]
    other: str
    law: Equilibrium = field(repr=False)

    @property
    def economy(self) -> Economy:
        """The world."""
        return self.law.economy

    @property
    def rows(self) -> list[int]:
        """Places of those who lay the tariff."""
        return [self.economy.country(code) for code in self.members]

    @property
    def shock(self) -> Shock:
        """The law, ready to be changed."""
        return replace(self.law.shock, notes=())

    @property
    def kinds(self) -> list[int]:
        """Places of the sectors of goods."""
        return [self.economy.sector(name) for name in goods(self.economy)]

    def own_rate(self) -> float:
        """Mean duty of those who lay it on the goods of the other, by trade, share."""
        return self._mean(self.rows, [self.economy.country(self.other)])

    def _mean(self, importers: Sequence[int], exporters: Sequence[int]) -> float:
        cells = np.ix_(importers, exporters, self.kinds)
        trade = np.asarray(self.economy.arrays["flows"], dtype=np.float64).reshape(self.shape)[cells]
        whole = float(trade.sum())
        return float((np.asarray(self.law.shock.tariff)[cells] * trade).sum() / whole) if whole > 0.0 else 0.0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the tariff."""
        n = len(self.economy.countries)
        return n, n, len(self.economy.sectors)

    def highest(self) -> float:
        """Highest duty of the other on the goods of those who lay it, share."""
        cells = np.ix_([self.economy.country(self.other)], self.rows, self.kinds)
        return float(np.asarray(self.law.shock.tariff)[cells].max())

    def gains(self, equilibrium: Equilibrium) -> Floats:
        """What each country gains over the law, USD a year, shape (country,)."""
        change = (1.0 + equilibrium.changes["welfare"]) / (1.0 + self.law.changes["welfare"]) - 1.0
        return change * worth(self.economy)

    def together(self, amounts: Floats) -> float:
        """What those who lay the tariff have of an amount by country."""
        return float(amounts[self.rows].sum())


@dataclass(frozen=True)
class CountryReply:
    """An answer and what it does.

    Attributes
    ----------
    kind : retaliate, cut or deal; `before`, `after` : own duty on the goods of the other, share.
    points : points that the other takes off its duty in a deal, share; most : with which it would still be whole.
    own, union, other, rest : gain of the country, of those who lay its tariff, of the other and of everybody else, USD.
    payer : who loses most of all, `paid` : that loss, USD.
    """

    kind: str
    before: float
    after: float
    points: float
    most: float
    own: float
    union: float
    other: float
    rest: float
    payer: str
    paid: float


def sides_of(country: str, other: str, law: Equilibrium) -> Sides:
    """Who answers: the country, or the members of its customs union in this world."""
    union = countries().expand(UNION)
    members = tuple(code for code in law.economy.countries if code in union) if country in union else (country,)
    return Sides(country, members, other, law)


def replies(sides: Sides) -> list[CountryReply]:
    """The best duty on the other's goods, none at all, and none in return for some points less."""
    best = common_rate(sides.economy, sides.members, sides.other, sides.shock)
    several = [_reply(sides, RETALIATE, best.equilibrium, best.rate)]
    if sides.own_rate() >= NO_DUTY:
        several.append(_reply(sides, CUT, _without(sides, 0.0), 0.0))
        several += _deal(sides, several[-1])
    return several


def _reply(
    sides: Sides, kind: str, equilibrium: Equilibrium, rate: float, points: float = 0.0, most: float = 0.0
) -> CountryReply:
    gains = sides.gains(equilibrium)
    economy, other = sides.economy, sides.economy.country(sides.other)
    union = sides.together(gains)
    losses = np.array(gains)
    losses[sides.rows] = 0.0
    payer = int(np.argmin(losses))
    own = float(gains[economy.country(sides.country)])
    rest = float(gains.sum()) - union - float(gains[other])
    return CountryReply(
        kind, sides.own_rate(), rate, points, most, own, union, float(gains[other]), rest,
        economy.countries[payer], float(losses[payer]),
    )  # fmt: skip


def _without(sides: Sides, points: float) -> Equilibrium:
    """The world with no duty on the other's goods, and points off the other's duty on one's own, never below zero."""
    other, kinds = sides.economy.country(sides.other), sides.kinds
    tariff = np.array(sides.law.shock.tariff, dtype=np.float64)
    tariff[np.ix_(sides.rows, [other], kinds)] = 0.0
    cells = np.ix_([other], sides.rows, kinds)
    tariff[cells] = np.maximum(tariff[cells] - points, np.minimum(tariff[cells], 0.0))
    return solve(sides.economy, replace(sides.shock, tariff=tariff), warm=sides.law, persist=False)


def _deal(sides: Sides, cut: CountryReply) -> list[CountryReply]:
    """No duty on the other's goods for as many points off the other's as leave both the same gain; none if none do."""
    highest = sides.highest()
    if cut.other <= 0.0 or highest <= 0.0:
        return []

    def gains(points: float) -> tuple[float, float]:
        amounts = sides.gains(_without(sides, points))
        return sides.together(amounts), float(amounts[sides.economy.country(sides.other)])

    def ahead(points: float) -> float:
        own, other = gains(points)
        return other - own

    most = _crossing(lambda points: gains(points)[1], highest)
    if gains(most)[0] <= 0.0:
        return []
    even = 0.0 if cut.union >= cut.other else _crossing(ahead, most)
    return [_reply(sides, DEAL, _without(sides, even), 0.0, even, most)]


def _crossing(of: Callable[[float], float], highest: float) -> float:
    """Where a function that is above zero at none crosses it; the highest where it does not."""
    from scipy.optimize import brentq

    return highest if of(highest) >= 0.0 else cast(float, brentq(of, 0.0, highest, xtol=NEAR))


@dataclass(frozen=True)
class CountryOffer:
    """One duty that a country could give up.

    Attributes
    ----------
    sector : place in the world; `rate` : mean duty on the other's goods, share; `sales` : what the other sells, USD.
    other, union : what no duty there would be worth to the other and to those who lay it, USD a year, first order.
    """

    sector: int
    rate: float
    sales: float
    other: float
    union: float


def offers(sides: Sides) -> list[CountryOffer]:
    """Duties on the other's goods by sector, those first that are worth most to the other."""
    economy = sides.economy
    other, amounts = economy.country(sides.other), worth(economy)
    flows = np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(sides.shape)
    tariff = np.asarray(sides.law.shock.tariff)
    own = np.zeros(len(economy.countries))
    own[sides.rows] = amounts[sides.rows]
    partner = np.zeros_like(own)
    partner[other] = amounts[other]
    slopes = []
    for weights in (partner, own):  # derivative of their real incomes, USD, over those under the law, in every tariff
        size = float(np.abs(weights).max())
        slopes.append(size * gradient(sides.law, weights / size / (1.0 + sides.law.changes["welfare"])))
    several = []
    for k in sides.kinds:
        cells = (sides.rows, other, k)
        sales, rate = float(flows[cells].sum()), tariff[cells]
        mean = float((rate * flows[cells]).sum() / sales) if sales > 0.0 else 0.0
        if mean < NO_DUTY:
            continue
        worths = [-float((slope[cells] * rate).sum()) for slope in slopes]
        several.append(CountryOffer(k, mean, sales, *worths))
    return sorted(several, key=lambda offer: -offer.other)
