"""Trade of the United States by tariff line and country of a world, and the duty that each owes on it.

Relative advantage: the duty on a country's goods beside that on its rivals' goods in the same market.

By tariff line the rivals are all others who sell in the line, weighed by their trade; by sector the lines are weighed
by what the country itself sells, so that both duties are of the same goods. Below zero the country is ahead.

Displacement: from whom a country takes sales in a market, and who takes them from it.

The world says how the purchases of a market move between sellers, its own producers among them, sector by sector. As
shares of what it buys they sum to nothing: what some gain others lose. Each gain is matched with all losses of its
sector in proportion. Within a sector the move between two sellers is split among the tariff lines in which both sell,
by their overlap and by how far the duty between them moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes.axis import Floats, Ints
from detente.data.importer_lines import names_of_groups
from detente.economy import Economy, goods
from detente.lab.averages.axes import Axes
from detente.lab.averages.sides import Pairing, Side
from detente.lab.world.incidence import Effect
from detente.trade import onto


@dataclass(frozen=True)
class LineTrade:
    """What each country sells in each tariff line, and the duty it owes.

    Attributes
    ----------
    codes : lines with trade, shape (lines,); `sector` : of the world, of each, -1 for none.
    value : imports, USD, shape (lines, countries); `before`, `after` : duty owed on them, USD, same shape.
    """

    pairing: Pairing = field(repr=False)
    codes: NDArray[np.str_] = field(repr=False)
    sector: Ints = field(repr=False)
    value: Floats = field(repr=False)
    before: Floats = field(repr=False)
    after: Floats = field(repr=False)

    @cached_property
    def everybody(self) -> Floats:
        """Imports of each line, USD, shape (lines,)."""
        return self.value.sum(axis=1)

    def duty(self, seller: int) -> tuple[Floats, Floats]:
        """Duty on the goods of a country before and after, share, shape (lines,); NaN where it sells nothing."""
        return _rate(self.before[:, seller], self.value[:, seller]), _rate(self.after[:, seller], self.value[:, seller])

    def rivals(self, seller: int) -> tuple[Floats, Floats]:
        """Mean duty on the goods of all others in the same line, by their trade, before and after; NaN without them."""
        others = self.everybody - self.value[:, seller]
        return tuple(_rate(owed.sum(axis=1) - owed[:, seller], others) for owed in (self.before, self.after))  # type: ignore[return-value]

    def names(self, lines: Sequence[int]) -> list[str]:
        """Goods of some lines in words."""
        where = self.pairing.after.ground.where
        keys, words = where.lines.codes.tolist(), where.words()
        wanted = {str(self.codes[k]) for k in lines}
        chosen = [(key, own) for key, own in zip(keys, words, strict=True) if key in wanted]
        known = names_of_groups([own for _, own in chosen], [key for key, _ in chosen])
        return [known.get(str(self.codes[k]), "") for k in lines]


def _rate(owed: Floats, value: Floats) -> Floats:
    traded = value > 0.5
    return np.where(traded, owed / np.where(traded, value, 1.0), np.nan)


def line_trade(pairing: Pairing, economy: Economy) -> LineTrade:
    """The trade of an importer by line and country of a world, with the duty under both laws, at its later weights."""
    axes, n = Axes.of(economy), len(economy.countries)
    value, after = _imports_and_duty(pairing.after, axes, n)
    own, owed = _imports_and_duty(pairing.before, axes, n)
    before = np.where(own > 0.0, owed / np.where(own > 0.0, own, 1.0), 0.0) * value
    traded = np.flatnonzero(value.sum(axis=1) > 0.5)
    ground = pairing.after.ground
    sector = axes.columns(ground)
    return LineTrade(
        pairing, ground.flows.lines.codes[traded], sector[traded], value[traded], before[traded], after[traded]
    )


def _imports_and_duty(side: Side, axes: Axes, n: int) -> tuple[Floats, Floats]:
    """Imports and the duty owed on them, USD, shape (lines, countries)."""
    flows = side.ground.flows
    count = len(flows.lines)
    divided, _ = flows.expanded()
    laid = onto(flows, np.zeros(len(divided.partners), dtype=np.int64), np.arange(count), (1, count))
    row = axes.rows(divided.partners)[laid.partner]
    # Partners that a world without a rest does not have are left out, as they are of its duties.
    inside = row >= 0
    cell = (divided.line_at * n + row)[inside]

    def spread(amounts: Floats) -> Floats:
        return np.bincount(cell, amounts[inside], minlength=count * n).reshape(count, n).astype(np.float64)

    return spread(laid.value), spread(laid.value * side.rates.total[laid.source])


#: Before and after.
Pair = tuple[float, float]


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


#: Move of the duty between two sellers, share, below which a line counts as untouched.
LEAST = 1e-6


def taken(effect: Effect, market: str, seller: int) -> Floats:
    """What a country takes from each seller in a market, by sector, USD a year; below zero where it loses to it.

    Returns
    -------
    Shape (country, sector); the market's own place holds its producers. Services are left out.
    """
    economy = effect.economy
    m = economy.country(market)
    old, new = (e.levels["trade"][m] for e in (effect.before, effect.after))
    bought = new.sum(axis=0)
    moved = (_shares(new) - _shares(old)) * bought
    moved[:, ~np.isin(economy.sectors, goods(economy))] = 0.0
    gains, losses = np.maximum(moved, 0.0), np.maximum(-moved, 0.0)
    whole = np.maximum(gains.sum(axis=0), 1e-300)
    return (gains[seller] * losses - losses[seller] * gains) / whole


def _shares(trade: Floats) -> Floats:
    whole = trade.sum(axis=0)
    return trade / np.where(whole > 0.0, whole, 1.0)


def taken_by_line(trade: LineTrade, amounts: Floats, seller: int, home: int) -> Floats:
    """The same by tariff line, shape (lines, country).

    Parameters
    ----------
    amounts : by country and sector, as `taken` gives them; `home` : the market itself, whose producers rival in every
        line that the country sells.
    """
    own = trade.value[:, seller]
    overlap = own[:, None] * trade.value / np.maximum(trade.everybody, 1.0)[:, None]
    overlap[:, home] = own
    overlap[:, seller] = 0.0
    placed = trade.sector >= 0
    sectors, rows = amounts.shape[1], np.where(placed, trade.sector, 0)
    weights = np.where(placed[:, None], overlap * _moves(trade, seller, home), 0.0)
    plain = np.where(placed[:, None], overlap, 0.0)
    touched = _by_sector(weights, rows, sectors)
    weights = np.where((touched > 0.0)[rows], weights, plain)
    whole = _by_sector(weights, rows, sectors)
    return weights / np.where(whole > 0.0, whole, 1.0)[rows] * amounts.T[rows]


def _moves(trade: LineTrade, seller: int, home: int) -> Floats:
    """How far the duty between a country and each other moved in each line, share."""
    value = np.maximum(trade.value, 0.5)
    change = (trade.after - trade.before) / value
    change[:, home] = 0.0
    moves = np.abs(change[:, seller, None] - change)
    return np.where(moves > LEAST, moves, 0.0)


def _by_sector(amounts: Floats, rows: NDArray[np.int64], sectors: int) -> Floats:
    """Sums over the lines of each sector, shape (sector, country)."""
    n = amounts.shape[1]
    cell = rows[:, None] * n + np.arange(n)
    return np.bincount(cell.ravel(), amounts.ravel(), minlength=sectors * n).reshape(sectors, n).astype(np.float64)
