"""Relative advantage: the duty on a country's goods beside that on its rivals' goods in the same market.

By tariff line the rivals are all others who sell in the line, weighed by their trade; by sector the lines are weighed
by what the country itself sells, so that both duties are of the same goods. Below zero the country is ahead.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.economy import Economy, goods
from detente.lab.country.lines import LineTrade
from detente.lab.world.incidence import Effect

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[float, float]
"""Before and after."""


@dataclass(frozen=True)
class Beside:
    """Duties of a country and of its rivals on some groups of goods.

    Attributes
    ----------
    key : place of each group; `sales` : what the country sells there, USD.
    own, rivals : duty before and after, share, shape (2, groups).
    """

    key: Ints
    sales: Floats = field(repr=False)
    own: Floats = field(repr=False)
    rivals: Floats = field(repr=False)

    @property
    def margin(self) -> Floats:
        """Own duty less that of the rivals, before and after, share, shape (2, groups)."""
        return self.own - self.rivals

    def whole(self) -> Beside:
        """All groups as one, weighed by what the country sells."""
        weights = self.sales / max(float(self.sales.sum()), 1.0)
        return Beside(np.array([-1]), self.sales.sum(keepdims=True), *((d @ weights)[:, None] for d in self.duties))

    @property
    def duties(self) -> tuple[Floats, Floats]:
        """Own duties and those of the rivals."""
        return self.own, self.rivals

    def take(self, chosen: Ints) -> Beside:
        """Some groups, in an order."""
        return Beside(self.key[chosen], self.sales[chosen], self.own[:, chosen], self.rivals[:, chosen])


def by_line(trade: LineTrade, seller: int) -> Beside:
    """Duties of a country and its rivals in each line in which both sell."""
    own, rivals = np.stack(trade.duty(seller)), np.stack(trade.rivals(seller))
    both = np.flatnonzero(np.isfinite(own).all(axis=0) & np.isfinite(rivals).all(axis=0))
    return Beside(both, trade.value[both, seller], own[:, both], rivals[:, both])


def by_sector(trade: LineTrade, lines: Beside, count: int) -> Beside:
    """The same by sector of the world, lines weighed by what the country sells."""
    sector = trade.sector[lines.key]
    placed = sector >= 0

    def summed(amounts: Floats) -> Floats:
        return np.bincount(sector[placed], amounts[placed], minlength=count).astype(np.float64)

    sales = summed(lines.sales)
    known = np.flatnonzero(sales > 0.0)
    own, rivals = (
        np.stack([summed(row * lines.sales)[known] / sales[known] for row in rates]) for rates in lines.duties
    )
    return Beside(known, sales[known], own, rivals)


def by_sector_of_world(effect: Effect, market: str, seller: int) -> Beside:
    """The same from the tariffs of a world, where trade by line is known of one seller alone."""
    economy = effect.economy
    m, flows = economy.country(market), _flows(economy)
    others = np.ones(len(economy.countries), dtype=np.bool_)
    others[[m, seller]] = False
    rates = np.stack([np.asarray(e.shock.tariff)[m] for e in (effect.before, effect.after)])
    trade = flows[m]
    inside = np.isin(economy.sectors, goods(economy))
    known = np.flatnonzero(inside & (trade[seller] > 0.0) & (trade[others].sum(axis=0) > 0.0))
    weights = trade[others][:, known]
    rivals = (rates[:, others][:, :, known] * weights).sum(axis=1) / weights.sum(axis=0)
    return Beside(known, trade[seller, known], rates[:, seller, known], rivals)


def _flows(economy: Economy) -> Floats:
    n = len(economy.countries)
    return np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(n, n, -1)
