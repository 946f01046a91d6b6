"""Incidence: from compiled law to the tariffs of a world, and what they do to every country.

The duty of every line and partner is averaged by trade into the world's sectors and countries; what has no sector is
reported. Both laws of a pairing are solved from the same baseline, and the later one is told against the earlier one.
Tables are made in `world_tables`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.economy import Economy, Equilibrium, Shock, elasticities, solve
from detente.lab.ground.axes import Axes, laid, rows_of, tariff_under
from detente.lab.ground.sides import Pairing, Side
from detente.lab.world.costs import NO_COSTS, Pair, TradeCosts
from detente.trade import Onto

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PARTIES = ("USA", "CHN")
"""The two sides of a scenario that names no others."""


def shock(
    sides: Sequence[Side], economy: Economy, known: dict[int, Onto] | None = None
) -> tuple[Shock, dict[str, float]]:
    """The tariffs of a world under the laws of some importers, and the share of the trade of each without a sector.

    Parameters
    ----------
    known : where the trade lies in this world, by what it is; filled for sides of the same trade.
    """
    known, duties, unplaced = {} if known is None else known, {}, {}
    for side in sides:
        key, code = id(side.ground.flows), side.law.importer
        if key not in known:
            known[key] = laid(side.ground, Axes.of(economy))
        duties[code], unplaced[code] = known[key].mean(side.rates.total), known[key].unplaced
    return Shock(tariff=tariff_under(economy, duties)), unplaced


@dataclass(frozen=True)
class Effect:
    """What one pair of laws does: two equilibria from one baseline.

    Attributes
    ----------
    unmapped : share of the trade of each importer without a sector.
    parties : importers whose laws were laid on the world, the two sides first; a union is the sum of its members.
    """

    variant: str
    before: Equilibrium
    after: Equilibrium
    unmapped: Mapping[str, float]
    parties: tuple[str, ...] = PARTIES

    @property
    def economy(self) -> Economy:
        """The world both were solved in."""
        return self.after.economy

    def change(self, name: str) -> Floats:
        """Change from the earlier law to the later one by country, share."""
        return (1.0 + self.after.changes[name]) / (1.0 + self.before.changes[name]) - 1.0

    def rows(self, party: str) -> Ints:
        """Countries of the world that are a party: itself, or the members of a union, shape (members,)."""
        return rows_of(self.economy, party)

    def number(self, name: str, party: str) -> float:
        """Change of a party, share; of a union the mean of its members by what they spent before."""
        rows, change = self.rows(party), self.change(name)
        if rows.size == 1:
            return float(change[rows[0]])
        return float(np.average(change[rows], weights=self.before.levels["trade"][rows].sum(axis=(1, 2))))

    def hat(self, name: str, party: str) -> Floats:
        """Later over earlier by sector, less one; of a union the mean of its members by what they sold before."""
        rows = self.rows(party)
        change = self.after.hats[name][rows] / self.before.hats[name][rows] - 1.0
        if rows.size == 1:
            return change[0]
        sold = self.before.levels["trade"][:, rows].sum(axis=0)
        return (change * sold).sum(axis=0) / np.where(sold.sum(axis=0) > 0, sold.sum(axis=0), 1.0)

    def trade(self, importer: str, exporter: str) -> float:
        """Change of the value imported from a party, net of duty, share."""
        cell = np.ix_(self.rows(importer), self.rows(exporter))
        return float(self.after.levels["trade"][cell].sum() / self.before.levels["trade"][cell].sum() - 1.0)

    def bought(self, party: str) -> tuple[Floats, Floats]:
        """Imports of a party from every country, net of duty, before and after, USD, each of shape (country,)."""
        rows = self.rows(party)
        old, new = (e.levels["trade"][rows].sum(axis=(0, 2)) for e in (self.before, self.after))
        return old, new

    def crossing(self, party: str, *, out: bool) -> Floats:
        """Change of exports or imports of a party by sector, net of duty, share; NaN where there were none."""
        rows = self.rows(party)
        old, new = (_abroad(equilibrium.levels["trade"], rows, out) for equilibrium in (self.before, self.after))
        return np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, np.nan)

    def revenue(self, party: str) -> tuple[float, float]:
        """Duty a year before and after, in equilibrium, USD."""
        rows = self.rows(party)
        return float(self.before.levels["revenue"][rows].sum()), float(self.after.levels["revenue"][rows].sum())


def _abroad(trade: Floats, rows: Ints, out: bool) -> Floats:
    """Exports (out) or imports of some countries together by sector, USD."""
    whole = (trade[:, rows].sum(axis=0) if out else trade[rows].sum(axis=1)).sum(axis=0)
    return whole - trade[np.ix_(rows, rows)].sum(axis=(0, 1))


@dataclass(frozen=True)
class Laws:
    """The tariffs of one pair of laws on a world's axes, and the trade costs that come with them."""

    variant: str
    before: Shock
    after: Shock
    unmapped: Mapping[str, float]
    parties: tuple[str, ...] = PARTIES

    def solved(self, economy: Economy, before: Equilibrium | None = None) -> Effect:
        """Both laws in one world of these axes."""
        first = before or solve(economy, replace(self.before))
        return Effect(self.variant, first, solve(economy, replace(self.after)), self.unmapped, self.parties)


def laws(pairings: Mapping[str, Sequence[Pairing]], economy: Economy, costs: Sequence[Pair] = ()) -> list[Laws]:
    """The tariffs of each variant under the laws of all importers, with trade costs where there are some.

    Laws that several variants share are mapped once.
    """
    known: dict[tuple[int, ...], tuple[Shock, dict[str, float]]] = {}
    trade: dict[int, Onto] = {}

    def of(sides: Sequence[Side], cost: TradeCosts) -> tuple[Shock, dict[str, float]]:
        key = (*map(id, sides), id(cost))
        if key not in known:
            bare, unmapped = shock(sides, economy, trade)
            known[key] = replace(bare, cost_hat=cost.hat, notes=cost.notes), unmapped
        return known[key]

    variants = list(zip(*pairings.values(), strict=True))
    pairs = []
    for several, cost in zip(variants, costs or [(NO_COSTS, NO_COSTS)] * len(variants), strict=True):
        before, unmapped = of([pair.before for pair in several], cost[0])
        after = of([pair.after for pair in several], cost[1])[0]
        pairs.append(Laws(several[0].variant, before, after, unmapped, parties_of(pairings)))
    return pairs


def parties_of(pairings: Mapping[str, Sequence[Pairing]]) -> tuple[str, ...]:
    """The two sides, which come first, and everyone else whose duties differ between the laws compared."""
    codes = tuple(pairings)
    moving = (code for code in codes[2:] if any(pair.before.average != pair.after.average for pair in pairings[code]))
    return (*codes[:2], *moving)


def effects(given: Sequence[Laws], economy: Economy) -> list[Effect]:
    """One effect per variant; an earlier law that several share is solved once."""
    solved: dict[int, Equilibrium] = {}
    results = []
    for pair in given:
        effect = pair.solved(economy, solved.get(id(pair.before)))
        solved[id(pair.before)] = effect.before
        results.append(effect)
    return results


def spread(given: Sequence[Laws], economy: Economy, main: Sequence[Effect]) -> dict[str, list[Effect]]:
    """The effects under every named set of trade elasticities of the world, the set in use first."""
    (used, _), *others = worlds(economy).items()
    return {used: list(main)} | {name: effects(given, other) for name, other in others}


def worlds(economy: Economy) -> dict[str, Economy]:
    """The world under every named set of its trade elasticities, the set in use first; kept with it."""
    if "worlds" not in economy.memo:
        used = str(economy.parameters.get("elasticities", "default"))
        others = [name for name in economy.parameters.get("elasticity_sets", ()) if name != used]
        economy.memo["worlds"] = {name: elasticities(economy, name) for name in others}
    return {str(economy.parameters.get("elasticities", "default")): economy, **economy.memo["worlds"]}
