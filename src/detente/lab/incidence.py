"""Incidence: from compiled law to the tariffs of a world, and what they do to every country.

The duty of every line and partner is averaged by trade into the world's sectors and countries; what has no sector is
reported. Both laws of a pairing are solved from the same baseline, and the later one is told against the earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.codes import Column, Table, Unit
from detente.data.worlds import load_economy
from detente.economy import Economy, Equilibrium, Shock, baseline_tariff, elasticities, solve
from detente.lab.averages import class_of_lines
from detente.lab.sides import Pairing, Side
from detente.trade import Flows

Floats = NDArray[np.float64]

WORLD = "icio-2022"
REST = "ROW"
TOP = 15
"""Countries shown: the two parties and those whose real income moves most."""


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

    def change(self, name: str) -> Floats:
        """Change from the earlier law to the later one by country, share."""
        return (1.0 + self.after.changes[name]) / (1.0 + self.before.changes[name]) - 1.0

    def trade(self, importer: str, exporter: str) -> float:
        """Change of the value imported from a country, net of duty, share."""
        economy = self.after.economy
        at = economy.country(importer), economy.country(exporter)
        return float(self.after.levels["trade"][at].sum() / self.before.levels["trade"][at].sum() - 1.0)

    def revenue(self, country: str) -> tuple[float, float]:
        """Duty a year before and after, in equilibrium, USD."""
        at = self.after.economy.country(country)
        return float(self.before.levels["revenue"][at]), float(self.after.levels["revenue"][at])


def effect(usa: Pairing, chn: Pairing, economy: Economy) -> Effect:
    """Both sides' laws before and after in one world."""
    before, unmapped = shock((usa.before, chn.before), economy)
    after, _ = shock((usa.after, chn.after), economy)
    return Effect(usa.variant, solve(economy, before), solve(economy, after), unmapped)


def effects(usa: Sequence[Pairing], chn: Sequence[Pairing], economy: Economy | None = None) -> list[Effect]:
    """One effect per variant, in the default world."""
    base = load_economy(WORLD) if economy is None else economy
    return [effect(u, c, base) for u, c in zip(usa, chn, strict=True)]


SETS = ("lashkaripour-lugovskyy", "caliendo-parro", "uniform-4")
"""Named sets of trade elasticities of the range, beside the default: a low one, a high one and a flat one."""


def range_table(usa: Pairing, chn: Pairing, economy: Economy, main: Effect) -> Table:
    """Real income of the parties under each set of elasticities."""
    found = {str(economy.parameters.get("elasticities", "default")): main}
    found |= {name: effect(usa, chn, elasticities(economy, name)) for name in SETS}
    rows = []
    for name, one in found.items():
        change = one.change("welfare")
        rows.append((name, *(float(change[economy.country(code)]) for code in ("USA", "CHN"))))
    columns = (
        Column("elasticities", Unit.TEXT, "named set of trade elasticities"),
        Column("usa", Unit.SHARE, "change of real income of the United States"),
        Column("chn", Unit.SHARE, "change of real income of China"),
    )
    data = {c.name: np.asarray([row[j] for row in rows]) for j, c in enumerate(columns)}
    title = f"Real income under other trade elasticities, {main.variant}"
    return Table("elasticities", title, columns, data, ("first row: the set used above",))


NUMBERS = (
    ("real_income", "welfare", "change of real income"),
    ("real_wage", "real_wage", "change of the real wage"),
    ("exports_to_gdp", "exports_to_gdp", "change of exports over GDP"),
    ("imports_to_gdp", "imports_to_gdp", "change of imports over GDP"),
    ("prices", "prices", "change of the price of final goods, against the numeraire of world income"),
)


def world_table(found: Sequence[Effect]) -> Table:
    """Real income, wages, trade and prices by country: the later law against the earlier one."""
    rows: list[tuple[object, ...]] = []
    for one in found:
        economy = one.after.economy
        income = one.change("welfare")
        parties = [economy.country(code) for code in ("USA", "CHN")]
        others = [i for i in np.argsort(-np.abs(income)) if i not in parties][: TOP - 2]
        for i in (*parties, *others):
            rows.append((one.variant, economy.countries[i], *(float(one.change(key)[i]) for _, key, _ in NUMBERS)))
    heads = [Column("variant", Unit.TEXT, "variant of the scenario"), Column("country", Unit.CODE, "ISO3")]
    columns = (*heads, *(Column(name, Unit.SHARE, about) for name, _, about in NUMBERS))
    data = {c.name: np.asarray([row[j] for row in rows]) for j, c in enumerate(columns)}
    first = found[0]
    missing = ", ".join(f"{code} {share:.1%}" for code, share in first.unmapped.items())
    worst = max(max(one.before.certificate.residual, one.after.certificate.residual) for one in found)
    notes = (
        f"world {first.after.economy.name}, family of Caliendo and Parro (2015), deficits fixed; both laws solved from "
        f"the tariffs of 2024; largest residual {worst:.0e}",
        f"duties by sector are weighted by trade; trade without a sector: {missing}",
        f"the two parties and the {TOP - 2} countries whose real income moves most",
    )
    return Table("world", "Real income, wages, trade and prices in general equilibrium", columns, data, notes)


def bilateral_table(found: Sequence[Effect]) -> Table:
    """Trade between the parties, and their revenue, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    for one in found:
        for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
            old, new = one.revenue(importer)
            rows.append((one.variant, importer, exporter, one.trade(importer, exporter), old, new, new - old))
    columns = (
        Column("variant", Unit.TEXT, "variant of the scenario"),
        Column("importer", Unit.CODE, "ISO3"),
        Column("exporter", Unit.CODE, "ISO3"),
        Column("trade", Unit.SHARE, "change of the importer's purchases from the exporter, net of duty"),
        Column("duty_before", Unit.USD, "all duty of the importer a year under the earlier law"),
        Column("duty_after", Unit.USD, "all duty of the importer a year under the later law"),
        Column("change", Unit.USD, "change of that duty"),
    )
    data = {c.name: np.asarray([row[j] for row in rows]) for j, c in enumerate(columns)}
    return Table("parties", "Trade between the parties and their duty, in general equilibrium", columns, data)


def diverted_table(found: Sequence[Effect], top: int = 10) -> Table:
    """From whom the United States buys more or less, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    for one in found:
        economy = one.after.economy
        usa = economy.country("USA")
        moved = (one.after.levels["trade"] - one.before.levels["trade"])[usa].sum(axis=-1)
        moved[usa] = 0.0
        for i in np.argsort(-np.abs(moved))[:top]:
            rows.append((one.variant, economy.countries[i], float(moved[i])))
    columns = (
        Column("variant", Unit.TEXT, "variant of the scenario"),
        Column("exporter", Unit.CODE, "ISO3"),
        Column("change", Unit.USD, "change of what the United States buys from it, net of duty"),
    )
    data = {c.name: np.asarray([row[j] for row in rows]) for j, c in enumerate(columns)}
    return Table("diverted", "Where US imports move", columns, data)
