"""Incidence: from compiled law to the tariffs of a world, and what they do to every country.

The duty of every line and partner is averaged by trade into the world's sectors and countries; what has no sector is
reported. Both laws of a pairing are solved from the same baseline, and the later one is told against the earlier one.
Tables are made in `world_tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.economy import Economy, Equilibrium, Shock, elasticities, solve
from detente.lab.ground.axes import Axes, laid, tariff_under
from detente.lab.ground.sides import Pairing, Side
from detente.lab.world.costs import NO_COSTS, Pair, TradeCosts
from detente.trade import Onto

Floats = NDArray[np.float64]


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
    """What one pair of laws does: two equilibria from one baseline."""

    variant: str
    before: Equilibrium
    after: Equilibrium
    unmapped: dict[str, float]

    @property
    def economy(self) -> Economy:
        """The world both were solved in."""
        return self.after.economy

    def change(self, name: str) -> Floats:
        """Change from the earlier law to the later one by country, share."""
        return (1.0 + self.after.changes[name]) / (1.0 + self.before.changes[name]) - 1.0

    def hat(self, name: str, country: str) -> Floats:
        """Later over earlier by sector, less one, share."""
        row = self.economy.country(country)
        return self.after.hats[name][row] / self.before.hats[name][row] - 1.0

    def trade(self, importer: str, exporter: str) -> float:
        """Change of the value imported from a country, net of duty, share."""
        cell = self.economy.country(importer), self.economy.country(exporter)
        return float(self.after.levels["trade"][cell].sum() / self.before.levels["trade"][cell].sum() - 1.0)

    def crossing(self, country: str, *, out: bool) -> Floats:
        """Change of exports or imports of a country by sector, net of duty, share; NaN where there were none."""
        row = self.economy.country(country)
        old, new = (_abroad(equilibrium.levels["trade"], row, out) for equilibrium in (self.before, self.after))
        return np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, np.nan)

    def revenue(self, country: str) -> tuple[float, float]:
        """Duty a year before and after, in equilibrium, USD."""
        row = self.economy.country(country)
        return float(self.before.levels["revenue"][row]), float(self.after.levels["revenue"][row])


def _abroad(trade: Floats, row: int, out: bool) -> Floats:
    """Exports (out) or imports of a country by sector, USD."""
    whole = (trade[:, row] if out else trade[row]).sum(axis=0)
    return whole - trade[row, row]


@dataclass(frozen=True)
class Laws:
    """The tariffs of one pair of laws on a world's axes, and the trade costs that come with them."""

    variant: str
    before: Shock
    after: Shock
    unmapped: dict[str, float]

    def solved(self, economy: Economy, before: Equilibrium | None = None) -> Effect:
        """Both laws in one world of these axes."""
        first = before or solve(economy, replace(self.before))
        return Effect(self.variant, first, solve(economy, replace(self.after)), self.unmapped)


def laws(usa: Sequence[Pairing], chn: Sequence[Pairing], economy: Economy, costs: Sequence[Pair] = ()) -> list[Laws]:
    """The tariffs of each variant, with trade costs where there are some; a law that several share is mapped once."""
    known: dict[tuple[int, int, int], tuple[Shock, dict[str, float]]] = {}
    trade: dict[int, Onto] = {}

    def of(first: Side, second: Side, cost: TradeCosts) -> tuple[Shock, dict[str, float]]:
        key = (id(first), id(second), id(cost))
        if key not in known:
            bare, unmapped = shock((first, second), economy, trade)
            known[key] = replace(bare, cost_hat=cost.hat, notes=cost.notes), unmapped
        return known[key]

    pairs, none = [], (NO_COSTS, NO_COSTS)
    for u, c, cost in zip(usa, chn, costs or [none] * len(usa), strict=True):
        before, unmapped = of(u.before, c.before, cost[0])
        pairs.append(Laws(u.variant, before, of(u.after, c.after, cost[1])[0], unmapped))
    return pairs


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
