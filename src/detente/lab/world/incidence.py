"""Incidence: from compiled law to the tariffs of a world, and what they do to every country.

The duty of every line and partner is averaged by trade into the world's sectors and countries; what has no sector is
reported. Both laws of a pairing are solved from the same baseline, and the later one is told against the earlier one.
Tables are made in `world_tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.economy import Economy, Equilibrium, Shock, baseline_tariff, elasticities, solve
from detente.lab.duties.averages import class_of_lines
from detente.lab.duties.sides import Pairing, Side
from detente.trade import Flows

Floats = NDArray[np.float64]

WORLD = "icio-2022"
REST = "ROW"


@dataclass(frozen=True)
class Mapped:
    """Duties of one importer on a world's axes.

    Attributes
    ----------
    tariff : mean duty by exporter and sector, share of customs value, shape (countries, sectors); NaN without trade.
    unmapped : share of the trade that has no sector.
    """

    tariff: Floats
    unmapped: float


def mapped(side: Side, economy: Economy) -> Mapped:
    """Trade-weighted duty of a side's law by country and sector of a world."""
    flows, source = side.ground.flows.expanded()
    rates = side.rates.total[source]
    sector = _sectors(side, flows, economy)
    known = sector >= 0
    n, s = len(economy.countries), len(economy.sectors)
    key = (_countries(flows, economy) * s + sector)[known]
    worth = np.bincount(key, flows.value[known], minlength=n * s)
    duty = np.bincount(key, (flows.value * rates)[known], minlength=n * s)
    mean = np.where(worth > 0, duty / np.where(worth > 0, worth, 1.0), np.nan)
    return Mapped(mean.reshape(n, s), 1.0 - float(flows.value[known].sum()) / flows.total)


def _countries(flows: Flows, economy: Economy) -> NDArray[np.int64]:
    """Country of the world of each pair; partners it does not have are the rest of the world."""
    position = {code: i for i, code in enumerate(economy.countries)}
    rest = position[REST]
    return np.asarray([position.get(code, rest) for code in flows.partners], dtype=np.int64)[flows.partner_at]


def _sectors(side: Side, flows: Flows, economy: Economy) -> NDArray[np.int64]:
    """Sector of each pair, -1 without one; a line counts in the sector that takes most of it."""
    position = {name: i for i, name in enumerate(economy.sectors)}
    names = class_of_lines(side.ground.where, "icio28").tolist()
    sector = np.asarray([position.get(name, -1) for name in names], dtype=np.int64)
    return sector[flows.line_at]


def shock(sides: Sequence[Side], economy: Economy) -> tuple[Shock, dict[str, float]]:
    """The tariffs of a world under the laws of some importers; cells without trade keep the baseline."""
    tariff = np.array(baseline_tariff(economy))
    unmapped: dict[str, float] = {}
    for side in sides:
        own, found = economy.country(side.law.importer), mapped(side, economy)
        known = np.isfinite(found.tariff)
        known[own] = False
        tariff[own] = np.where(known, np.where(known, found.tariff, 0.0), tariff[own])
        unmapped[side.law.importer] = found.unmapped
    return Shock(tariff=tariff), unmapped


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
        at = self.economy.country(country)
        return self.after.hats[name][at] / self.before.hats[name][at] - 1.0

    def trade(self, importer: str, exporter: str) -> float:
        """Change of the value imported from a country, net of duty, share."""
        at = self.economy.country(importer), self.economy.country(exporter)
        return float(self.after.levels["trade"][at].sum() / self.before.levels["trade"][at].sum() - 1.0)

    def crossing(self, country: str, *, out: bool) -> Floats:
        """Change of exports or imports of a country by sector, net of duty, share; NaN where there were none."""
        at = self.economy.country(country)
        old, new = (_abroad(one.levels["trade"], at, out) for one in (self.before, self.after))
        return np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1.0, np.nan)

    def revenue(self, country: str) -> tuple[float, float]:
        """Duty a year before and after, in equilibrium, USD."""
        at = self.economy.country(country)
        return float(self.before.levels["revenue"][at]), float(self.after.levels["revenue"][at])


def _abroad(trade: Floats, at: int, out: bool) -> Floats:
    """Exports (out) or imports of a country by sector, USD."""
    whole = (trade[:, at] if out else trade[at]).sum(axis=0)
    return whole - trade[at, at]


@dataclass(frozen=True)
class Laws:
    """The tariffs of one pair of laws on a world's axes."""

    variant: str
    before: Shock
    after: Shock
    unmapped: dict[str, float]

    def solved(self, economy: Economy, before: Equilibrium | None = None) -> Effect:
        """Both laws in one world of these axes."""
        first = before or solve(economy, Shock(tariff=self.before.tariff))
        return Effect(self.variant, first, solve(economy, Shock(tariff=self.after.tariff)), self.unmapped)


def laws(usa: Sequence[Pairing], chn: Sequence[Pairing], economy: Economy) -> list[Laws]:
    """The tariffs of each variant; a law that several share is mapped once."""
    known: dict[tuple[int, int], tuple[Shock, dict[str, float]]] = {}

    def of(first: Side, second: Side) -> tuple[Shock, dict[str, float]]:
        key = (id(first), id(second))
        if key not in known:
            known[key] = shock((first, second), economy)
        return known[key]

    found = []
    for u, c in zip(usa, chn, strict=True):
        before, unmapped = of(u.before, c.before)
        found.append(Laws(u.variant, before, of(u.after, c.after)[0], unmapped))
    return found


def effects(given: Sequence[Laws], economy: Economy) -> list[Effect]:
    """One effect per variant; an earlier law that several share is solved once."""
    solved: dict[int, Equilibrium] = {}
    found = []
    for one in given:
        effect = one.solved(economy, solved.get(id(one.before)))
        solved[id(one.before)] = effect.before
        found.append(effect)
    return found


def spread(given: Sequence[Laws], economy: Economy, main: Sequence[Effect]) -> dict[str, list[Effect]]:
    """The effects under every named set of trade elasticities of the world, the set in use first."""
    used = str(economy.parameters.get("elasticities", "default"))
    others = [name for name in economy.parameters.get("elasticity_sets", ()) if name != used]
    return {used: list(main)} | {name: effects(given, elasticities(economy, name)) for name in others}
