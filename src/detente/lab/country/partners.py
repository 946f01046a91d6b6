"""A deal on the world: both laws of a scenario solved once, under all that ranges run over, for any country to ask.

A country's own law beside a deal of others: its duties as its lawbook has them, not as the world table does.

What two laws do to one country of the world: income with its range, wages, trade by partner, duties.

Everything is read off equilibria that are solved anyway, of a deal or of a scenario, so that both have one answer.
Duties of importers with a lawbook are averages of their law at their own trade; all others are those of the world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Table, UnknownName, declared_note, table_of
from detente.codes.axis import Floats
from detente.data.importerfile import importer_id, lawbooks
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.tables import partner_name
from detente.economy import Economy, Equilibrium, baseline_tariff, goods, solve
from detente.lab.averages.axes import REST, Axes, rows_of
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.sides import Pairing, Side
from detente.lab.country.rivals import LineTrade, line_trade
from detente.lab.deal.part import days_of
from detente.lab.deal.worth import InQuarters, worth_of
from detente.lab.prepared import prepared
from detente.lab.scenario import SHORT, LawChange, Scenario, load_scenario, shipped
from detente.lab.world.chosen import Pair, pairs_of, world_of
from detente.lab.world.incidence import Effect, Laws, bounded_laws, shock, shown, spread

#: Scenario of a brief that names no deal: the law of a day, against that of the eve of 2025.
TODAY = "today"


@dataclass(frozen=True)
class DealWorld:
    """One variant of a scenario, laid on the world and solved.

    Attributes
    ----------
    scenario : with every day settled; `variants` : how many there are.
    pairs : importer -> both laws, before and after.
    effects : what ranges run over -> what it does; as it is shown first. sets : those of trade elasticities among them.
    costs : trade costs that are no duties, before and after.
    """

    scenario: Scenario
    variants: int
    pairs: Mapping[str, Pairing] = field(repr=False)
    effects: Mapping[str, Effect] = field(repr=False)
    sets: tuple[str, ...]
    costs: Pair = field(repr=False)
    #: Briefs that were asked for, by country; never part of the deal itself.
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def effect(self) -> Effect:
        """What it does under the elasticities of the world."""
        return next(iter(self.effects.values()))

    @property
    def usa(self) -> Pairing:
        """Both laws of the United States."""
        return self.pairs["USA"]

    @property
    def economy(self) -> Economy:
        """The world it is solved in."""
        return self.effect.economy

    @cached_property
    def worth(self) -> InQuarters | None:
        """What it is worth by how long it lasts, where it is a deal that ends."""
        days, effect = days_of(self.scenario), self.effect
        if not (days and self.scenario.report.path):
            return None
        laws = Laws("", effect.before.shock, effect.after.shock, {})
        return worth_of(effect.economy, effect.after.shock.options, laws, self.usa.after.on, days)

    @cached_property
    def lines(self) -> LineTrade:
        """Trade and duty of the United States by tariff line and country."""
        return line_trade(self.usa, self.economy)


def deal_world(
    deal: Scenario | str | Path = TODAY,
    today: date | None = None,
    on: date | None = None,
    folder: Path | None = None,
    world: str = "",
    own: str = "",
) -> DealWorld:
    """A deal on the world.

    Parameters
    ----------
    deal : a scenario by name, path or value, of which the first variant is taken.
    today, on : as for a run; `folder` : of one given by value. world : in place of its own, "" for none.
    own : importer whose law is laid on the world beside those of the scenario, "" for none.

    Raises
    ------
    InputError, UnknownName : what a run refuses.
    """
    if isinstance(deal, str) and deal in shipped():
        return _shipped(deal, today if _says_today(deal) else None, on, world, own)
    return _country_case(deal, today, on, folder, world, own)


def _says_today(name: str) -> bool:
    """Whether a scenario of the package hangs on the day it is asked for."""
    scenario, _ = load_scenario(name)
    points = (scenario, scenario.against, *scenario.variants.values())
    return any(point is not None and point.on == TODAY for point in points)


@memoized
def _shipped(name: str, today: date | None, on: date | None, world: str, own: str) -> DealWorld:
    return _country_case(name, today, on, None, world, own)


def _country_case(
    deal: Scenario | str | Path, today: date | None, on: date | None, folder: Path | None, world: str, own: str
) -> DealWorld:
    if world or own:
        scenario, path = (deal, None) if isinstance(deal, Scenario) else load_scenario(str(deal))
        more: dict[str, Any] = {"world": world} if world else {}
        if own:
            # The law of one more importer as it stands on the days of the deal; its two sides stay.
            laws = {**scenario.laws, own: scenario.laws.get(own, LawChange())}
            more |= {"laws": laws, "counterpart": scenario.sides[1]}
        deal, folder = scenario.model_copy(update=more), folder if path is None else path.parent
    ready = prepared(deal, today=today, on=on, folder=folder)
    scenario, economy = ready.scenario, world_of(ready.scenario, ready.folder)
    pairs = {code: several[0] for code, several in ready.pairings.items()}
    costs = pairs_of(scenario, ready.folder, economy)[0]
    given = bounded_laws({code: [pair] for code, pair in pairs.items()}, economy, [costs])
    main, closure = given.pop(""), scenario.closure
    every = spread(main, economy, shown(main, economy, closure), closure, given)
    first = {name: several[0] for name, several in every.items()}
    return DealWorld(scenario, len(ready.pairings[scenario.importer]), pairs, first, every.sets, costs)


def own_importer(country: str) -> str:
    """Importer whose lawbook says more of a country's duties than the table of the world; "" where none does.

    The United States and China, whose laws every deal has, are none.
    """
    try:
        code = importer_id(country)
    except UnknownName:
        return ""
    if code in SHORT or code not in lawbooks():
        return ""
    where = importer(code)
    known = where.file.level != "sector" or where.file.known or where.law.measures or where.programmes.by_symbol
    return code if known else ""


def under_own_law(world: DealWorld, country: str) -> Equilibrium:
    """The world after a deal, with the duties of the country, or of its union, as its own law of that day has them."""
    after, code = world.effect.after, own_importer(country)
    if not code or code in world.pairs:
        return after
    side = world.usa.after
    law = importer(code).law
    laid = shock([Side(side.label, side.on, side.reading, law, laid_law(law))], world.economy)[0].tariff
    rows = rows_of(world.economy, code)
    tariff = np.array(after.shock.tariff, dtype=np.float64)
    tariff[rows] = np.asarray(laid)[rows]
    return solve(world.economy, replace(after.shock, tariff=tariff, notes=()), warm=after, persist=False)


EVERYBODY = "all"
FACES, LEVIES = "faces", "levies"
#: Id of a change -> its name in an equilibrium.
MEASURES = {"real_income": "welfare", "real_wage": "real_wage", "real_gdp": "real_gdp"}

#: Trade a year, USD, below which a partner is left out.
NOTHING = 1e6

OWN_LAW = "own imports"
YEAR = "world's year"


@dataclass(frozen=True)
class Levied:
    """Duties of an importer with a lawbook, by partner.

    Attributes
    ----------
    places : country of the world of each partner, "" where it has none.
    worth : imports, USD, shape (partner,); `before`, `after` : duty owed under each law, USD, shape (partner,).
    """

    places: tuple[str, ...]
    worth: Floats = field(repr=False)
    before: Floats = field(repr=False)
    after: Floats = field(repr=False)

    def average(self, exporter: str = EVERYBODY) -> tuple[float, float] | None:
        """Average duty before and after on goods of a country of the world; None where nothing is bought of it."""
        rows = np.array([exporter in (EVERYBODY, place) for place in self.places], dtype=np.bool_)
        worth = float(self.worth[rows].sum())
        if worth <= 0.0:
            return None
        return float(self.before[rows].sum() / worth), float(self.after[rows].sum() / worth)


@dataclass(frozen=True)
class CountryCase:
    """A country between two laws.

    Attributes
    ----------
    code : of the country of the world; `name` : for readers.
    shown : the effect whose numbers are shown; `spread` : by name, what the range runs over.
    levied : by importer with a lawbook; `sets` : sets of trade elasticities among what the range runs over.
    """

    code: str
    shown: Effect = field(repr=False)
    spread: Mapping[str, Effect] = field(repr=False)
    levied: Mapping[str, Levied] = field(repr=False)
    sets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The country for a reader."""
        return "Rest of the world" if self.code == REST else partner_name(self.code)

    @property
    def economy(self) -> Economy:
        """The world."""
        return self.shown.economy

    @property
    def row(self) -> int:
        """Position in the world."""
        return self.economy.country(self.code)

    def tables(self) -> list[Table]:
        """The four tables of the country."""
        return [self.changes(), self.trade(out=True), self.trade(out=False), self.duties()]

    def changes(self) -> Table:
        """Real income, wages, prices, exports and imports, each with its range."""
        by_set = zip(*map(self._numbers, (self.shown, *self.spread.values())), strict=True)
        names = (*MEASURES, "exports", "imports")
        rows = [(name, own[0], min(own), max(own)) for name, own in zip(names, by_set, strict=True)]
        return table_of("nation.country", rows, self._about(), country=self.name)

    def _numbers(self, effect: Effect) -> tuple[float, ...]:
        """Changes of an effect: those of `MEASURES`, of exports and of imports."""
        traded = []
        for out in (True, False):
            before, after = (float(amounts.sum()) for amounts in abroad(effect, self.row, out=out))
            traded.append(after / before - 1.0)
        return (*(float(effect.change(column)[self.row]) for column in MEASURES.values()), *traded)

    def trade(self, out: bool) -> Table:
        """Exports or imports by partner, the largest first."""
        before, after = abroad(self.shown, self.row, out=out)
        rows: list[tuple[object, ...]] = []
        for index in np.argsort(-after, kind="stable"):
            had, has = float(before[index]), float(after[index])
            if max(had, has) >= NOTHING:
                moved = has / had - 1.0 if had > 0.0 else float("nan")
                rows.append((self.economy.countries[index], had, has, has - had, moved, has / float(after.sum())))
        if out:
            return table_of("nation.country_exports", rows, country=self.name)
        return table_of("nation.country_imports", rows, country=self.name)

    def duties(self) -> Table:
        """Average duties on what it sells and on what it buys, under both laws."""
        rows = [*self._faced(), *self._charged()]
        return table_of("nation.country_duties", rows, country=self.name)

    def _faced(self) -> Iterator[tuple[object, ...]]:
        """By importers with a lawbook, then by everybody else together."""
        others = [code for code in self.economy.countries if code != self.code]
        for code, levied in self.levied.items():
            average = levied.average(self.code) if code != self.code else None
            if average is not None:
                others.remove(code)
                yield _row(FACES, code, self.code, average, OWN_LAW)
        yield _row(FACES, EVERYBODY, self.code, self._same(others, [self.code]), YEAR)

    def _charged(self) -> Iterator[tuple[object, ...]]:
        """On the sides of the talks, then on everybody; of a law of one partner, on the others by the world."""
        own = self.levied.get(self.code)
        sides = [code for code in self.levied if code != self.code]
        for exporter in sides:
            average = own.average(exporter) if own else None
            usual = self._same([self.code], [exporter])
            yield _row(LEVIES, self.code, exporter, average or usual, OWN_LAW if average else YEAR)
        if own is not None and len(set(own.places)) > 1:
            average = own.average()
            assert average is not None
            yield _row(LEVIES, self.code, EVERYBODY, average, OWN_LAW)
        elif own is None:
            others = [code for code in self.economy.countries if code != self.code]
            yield _row(LEVIES, self.code, EVERYBODY, self._same([self.code], others), YEAR)

    def _same(self, importers: Sequence[str], exporters: Sequence[str]) -> tuple[float, float]:
        """Mean tariff of the world on goods between countries at its own trade, which no law of a scenario moves."""
        economy = self.economy
        kinds = [economy.sector(name) for name in goods(economy)]
        places = np.ix_(*(list(map(economy.country, codes)) for codes in (importers, exporters)), kinds)
        worth = economy.arrays["flows"][places]
        mean = float((baseline_tariff(economy)[places] * worth).sum() / worth.sum()) if worth.sum() else 0.0
        return mean, mean

    def _about(self) -> tuple[str, ...]:
        sets = [name for name in self.spread if name in self.sets]
        over = declared_note("world.range", count=len(sets), sets=", ".join(sets))
        others = [name for name in self.spread if name not in self.sets]
        return ("; ".join([f"world {self.economy.name}", over, *others]),)


def abroad(effect: Effect, row: int, *, out: bool) -> tuple[Floats, Floats]:
    """Exports (out) or imports of a country by partner before and after, USD a year net of duty; none with itself."""
    trades = (equilibrium.levels["trade"] for equilibrium in (effect.before, effect.after))
    old, new = (np.array((trade[:, row] if out else trade[row]).sum(axis=-1)) for trade in trades)
    old[row] = new[row] = 0.0
    return old, new


def _row(side: str, importer: str, exporter: str, average: tuple[float, float], weights: str) -> tuple[object, ...]:
    before, after = average
    return side, importer, exporter, before, after, after - before, weights


def country_case(world: DealWorld, code: str) -> CountryCase:
    """A country under both laws of a deal, with its range over the world's sets of trade elasticities."""
    economy = world.economy
    levied = {name: _levied(pair, economy) for name, pair in world.pairs.items() if name in economy.countries}
    return CountryCase(code, world.effect, world.effects, levied, world.sets)


def _levied(pair: Pairing, economy: Economy) -> Levied:
    """Duties of both laws of an importer by partner."""
    partners, worth, before = _by_partner(pair.before)
    _, _, after = _by_partner(pair.after)
    rows = Axes.of(economy).rows(partners).tolist()
    places = tuple(economy.countries[row] if row >= 0 else "" for row in rows)
    return Levied(places, worth, before, after)


def _by_partner(side: Side) -> tuple[tuple[str, ...], Floats, Floats]:
    """Partners of an importer, its imports and the duty owed on them, USD."""
    flows, source = side.ground.flows.expanded()
    size, duty = len(flows.partners), flows.value * side.rates.total[source]
    worth, owed = (
        np.bincount(flows.partner_at, amount, minlength=size).astype(np.float64) for amount in (flows.value, duty)
    )
    return tuple(flows.partners), worth, owed
