"""Sides: one importer's law at one point of a scenario, and pairs of points to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.codes.days import BASE_DAY, EARLIEST, Standing, check_span
from detente.codes.given import Several, several
from detente.codes.hs import digits, is_words
from detente.data.importers import Importer, importer
from detente.data.lawbook import read_own
from detente.data.limits import memoized
from detente.data.tables import countries, place
from detente.data.yamlfile import as_share
from detente.lab.averages.averages import Grouping, contributions, daily_averages, group_sums
from detente.lab.averages.laid_law import DEFAULT, LaidLaw, is_known, laid_law, weights_of
from detente.lab.averages.reform import laid_on, own_law, reformed
from detente.lab.averages.revenue import collected_rate
from detente.lab.scenario import LawChange, Point, Scenario, opened
from detente.lab.statute.book import Wanted, changes_table, lines_table, measures_table, net_table, show
from detente.lab.statute.coverage import AUDITED, checks
from detente.lab.statute.search import search
from detente.lab.statute.standing import fates_of
from detente.law import Law, Measure, Reading, Schedule
from detente.law.law import for_each
from detente.trade import PairRates, Revenue, post_value, yearly_revenue

Row = tuple[Any, ...]


def moved(before: float, after: float) -> tuple[float, float, float]:
    """Before, after, change."""
    return before, after, after - before


#: Law from which post-shock weights and elastic revenue set out.
START = BASE_DAY

#: Change of the average at fixed weights up to which a duty collected still belongs to the law of a day; about what
#: delays and claims part the average on paper and the duty collected by in a quiet month.
SAME_LAW = 0.01


@dataclass(frozen=True)
class Side:
    """One importer's law on one day, laid on its trade."""

    label: str
    on: date
    reading: Reading
    law: Law = field(repr=False)
    ground: LaidLaw = field(repr=False)

    @cached_property
    def here(self) -> LaidLaw:
        """The ground of the day."""
        return self.ground.at(self.on)

    @cached_property
    def schedule(self) -> Schedule:
        """The law on the day."""
        return self.ground.schedule(self.on, self.reading)

    @cached_property
    def rates(self) -> PairRates:
        """Duty of every pair."""
        return self.ground.rates(self.on, self.reading)

    @cached_property
    def start(self) -> PairRates:
        """Duty of every pair under the law of `START`."""
        return self.ground.rates(START)

    @cached_property
    def average(self) -> float:
        """Average duty at fixed weights, share of customs value."""
        flows = self.ground.flows
        return float(flows.value @ self.rates.total) / flows.total

    @cached_property
    def standing(self) -> Standing | None:
        """How far the law is on record on the day, with the average duty under each fate of the open clauses."""
        return self.ground.standing(self.on, self.on, self.reading)

    @cached_property
    def fates(self) -> dict[str, Side]:
        """The same under each fate of the clauses that matter and are open, by name; one side for one law."""

        def under(law: Law) -> Side:
            return self if law is self.law else replace(self, law=law, ground=self.ground.under(law))

        return for_each(fates_of(self.law, self.standing, self.on), under)

    def post(self, elasticity: float) -> float:
        """Average duty at weights after substitution from the law of `START`, share of customs value."""
        moved = post_value(self.ground.flows.value, self.start.total, self.rates.total, elasticity)
        return float(moved @ self.rates.total / moved.sum())

    def revenue(self, elasticity: float) -> Revenue:
        """Duty on a year's imports, USD."""
        return yearly_revenue(self.ground.flows, self.start, self.rates, elasticity)

    def by_authority(self) -> dict[str, float]:
        """What the base duty and each authority add to the average, by name."""
        flows = self.ground.flows
        names = {a.id: a.name for a in self.law.authorities}
        parts = {"Base duty": self.rates.base} | {names[k]: rate for k, rate in self.rates.by_authority.items()}
        return {name: float(flows.value @ rate) / flows.total for name, rate in parts.items()}

    @property
    def base(self) -> float:
        """What the base duty adds to the average."""
        return float(self.ground.flows.value @ self.rates.base) / self.ground.flows.total

    def by_measure(self) -> dict[str, float]:
        """What each measure adds to the average, by id."""
        parts: dict[str, float] = {}
        for painted in self.schedule.duties:
            name, duty = painted.item.measure.id, self.here.exposure.duty_of(painted)
            parts[name] = parts.get(name, 0.0) + duty / self.ground.flows.total
        return parts

    def by_group(self, by: str) -> tuple[Grouping, np.ndarray, np.ndarray]:
        """Groups of the trade with the imports (USD) and the average duty of each."""
        value = self.ground.flows.value
        amounts = (value, value * self.rates.total)
        groups, (worth, duty) = group_sums(self.ground.where, self.ground.flows, by, *amounts)
        return groups, worth, duty / np.where(worth > 0, worth, 1.0)

    @cached_property
    def shipped(self) -> bool:
        """Whether the law is that of the lawbooks, with nothing changed."""
        own = importer(self.law.importer).law
        kept = not self.law.switches and self.law.programmes == own.programmes
        return kept and [*map(id, own.measures)] == [*map(id, self.law.measures)]

    @cached_property
    def collected_before(self) -> tuple[str, float]:
        """Month nearest to the day that lies wholly before it, and the duty collected in it.

        Where the rate is NaN, the month is said to be not on record: nothing was collected under a law that is not
        the shipped one; or not a full month under this law: an act between the month and the day moved the average.
        """
        return self._month_collected(after=False)

    @cached_property
    def collected_after(self) -> tuple[str, float]:
        """The same of the month wholly after it."""
        return self._month_collected(after=True)

    def _month_collected(self, after: bool) -> tuple[str, float]:
        full = self.on.day == 1 and after
        months = self.on.year * 12 + self.on.month - 1 + (0 if full else 1 if after else -1)
        first, last = (date(count // 12, count % 12 + 1, 1) for count in (months, months + 1))
        month = f"{first:%Y-%m}"
        rate = collected_rate(month) if self.shipped and first >= EARLIEST else float("nan")
        if np.isnan(rate):
            return "not on record", rate
        # Whether the law keeps the average of the day on all days between, as far as can be told apart.
        stretch = min(first, self.on), max(last - timedelta(days=1), self.on)
        averages = self.ground.pinned(self.on).daily(*stretch, self.reading)["average"]
        if (np.abs(averages - self.average) > SAME_LAW).any():
            return declared_note("averages.no_month"), float("nan")
        return month, rate

    def with_parameters(self, **given: float) -> Side:
        """The same law with some shares of goods set."""
        parameters, trade = {**self.ground.parameters, **given}, self.ground.trade
        usual = laid_law(self.law, parameters)
        ground = usual if usual.trade is trade else LaidLaw(self.law, trade, parameters)
        return Side(self.label, self.on, self.reading, self.law, ground)


NO_CHANGE = LawChange()


@dataclass(frozen=True)
class Pairing:
    """A variant of a scenario beside what it is compared with, for one importer."""

    variant: str
    before: Side
    after: Side

    @property
    def fates(self) -> dict[str, Pairing]:
        """The same under each fate of open clauses that matter to either side, by name; one pairing for two laws."""
        own: dict[tuple[int, int], Pairing] = {(id(self.before), id(self.after)): self}
        names = dict.fromkeys((*self.before.fates, *self.after.fates))
        sides = {name: [side.fates.get(name, side) for side in (self.before, self.after)] for name in names}
        return {n: own.setdefault((id(b), id(a)), Pairing(self.variant, b, a)) for n, (b, a) in sides.items()}


def fate_words(pairings: Iterable[Pairing]) -> dict[str, str]:
    """Fates of open clauses that matter to some pairings, by name, in words."""
    standings = (side.standing for pair in pairings for side in (pair.after, pair.before))
    return {name: words for s in standings if s is not None for name, words in s.fates.items()}


def latest_standing(pairings: Iterable[Pairing], partners: frozenset[str] = frozenset()) -> Standing | None:
    """Standing of the latest law among those compared, with what may come for goods of some partners."""
    sides = [side for pairing in pairings for side in (pairing.after, pairing.before)]
    last = max(sides, key=lambda side: side.on, default=None)
    standing, record = (None, None) if last is None else (last.standing, last.law.record)
    if last is None or standing is None or record is None or not standing.beyond:
        return standing
    return replace(standing, ahead=tuple(entry.title for entry in record.may_come(last.on, partners)))


def pairings_of(scenario: Scenario, code: str, folder: Path) -> Iterator[Pairing]:
    """An importer's law before and after, for each variant of a dated scenario; `folder` holds its own files."""
    base = scenario.against or Point(on=scenario.on)
    before = _side(scenario, base, code, folder, "before")
    variants: Mapping[str, Point] = scenario.variants or {scenario.name or "scenario": scenario}
    for name, point in variants.items():
        yield Pairing(name, before, _side(scenario, point, code, folder, name))


def _side(scenario: Scenario, point: Point, code: str, folder: Path, label: str) -> Side:
    where = importer(code)
    on = point.on
    assert isinstance(on, date)
    change = point.changes.get(code, NO_CHANGE)
    law = reformed(where, where.law, change, on, folder, f"scenario {scenario.name}")
    given = {name: as_share(value, f"scenario {scenario.name}, set {name}") for name, value in scenario.set.items()}
    if code == scenario.importer:
        weights = weights_of(scenario, folder)
        ground = laid_law(law, given, scenario.scope, scenario.claims, weights)
    else:
        # Year of the trade of an importer that is not the one whose imports are averaged; a file is for that one alone.
        known = is_known(scenario.weights, code, f"scenario {scenario.name}, weights")
        ground = laid_law(law, weights=scenario.weights if known else DEFAULT)
    return Side(label, on, Reading(point.reading), law, ground)


def law_meant(
    of: str,
    on: date | None,
    scenario: str | Path | Mapping[str, Any] | Scenario = "",
    reading: str = Reading.EFFECTIVE.value,
    void: Sequence[str] = (),
    announce: Sequence[str] = (),
    lawbook: str = "",
) -> tuple[Law, date, Reading, Mapping[str, float]]:
    """The law that a scenario comes to, or that of a day, by default today, with changes; how it is read, and shares.

    Raises
    ------
    InputError, UnknownName : what cannot be used; a scenario of several variants.
    """
    if not scenario:
        law = own_law(importer(of), lawbook or None, void, announce)
        return law, on or date.today(), Reading(reading), {}
    if lawbook or void or announce or reading != Reading.EFFECTIVE.value:
        repair = "leave out the changes of the law, or the scenario"
        raise InputError(Parameter("scenario"), "says itself which law is meant", repair)
    side = side_meant(scenario, of, on)
    return side.law, side.on, side.reading, side.ground.parameters


def side_meant(scenario: str | Path | Mapping[str, Any] | Scenario, of: str, on: date | None) -> Side:
    """What a scenario comes to for an importer; errors as `law_meant`."""
    chosen, folder = opened(scenario, date.today(), on)
    sides = [pairing.after for pairing in pairings_of(chosen, of, folder)]
    if len(sides) > 1:
        named = ", ".join(chosen.variants)
        what = f"{chosen.name} has the variants {named}"
        raise InputError(Parameter("scenario"), what, "give a scenario of one")
    return sides[0]


# --- asked law --------------------------------------------------------------------------------------------------------

DAY, MONTH = timedelta(days=1), timedelta(days=30)
#: Digits of a code that acts are looked for under, and of those that words stand for.
CODES, SUBHEADING = (2, 4, 6, 8, 10), 6


def asked_law(
    of: str, on: date | None = None, scenario: str | Mapping[str, Any] | Scenario = "", lawbook: str | Path = ""
) -> tuple[Importer, Law, date]:
    """An importer, its law, and the day that is meant: the one given, the scenario's own, else today.

    Raises
    ------
    InputError, UnknownName : a scenario or lawbook that cannot be used, a scenario of several variants.
    """
    where = importer(of)
    if not scenario:
        return where, own_law(where, lawbook), on or date.today()
    side = side_meant(scenario, of, on)
    law = laid_on(side.law, read_own(Path(lawbook), of), where) if lawbook else side.law
    return where, law, side.on


def _wanted(where: Importer, partners: Several, lines: Several, on: date) -> Wanted:
    """What an act must be on: goods of countries or groups of them, by codes or words."""
    named = (where.countries.expand(text, on, Parameter("partner")) for text in several(partners, "partner"))
    codes = dict[str, None]()
    for text in several(lines, "line"):
        if not is_words(text):
            codes[digits(text, Parameter("line"), CODES)] = None
            continue
        (goods,) = search(where, where.law, text, "lines")
        if not len(goods):
            raise InputError(Parameter("line"), f"'{text[:40]}' names no goods", "give a tariff code, as 8507.60")
        codes |= dict.fromkeys(str(line).replace(".", "")[:SUBHEADING] for line in goods["line"])
    return Wanted(frozenset[str]().union(*named), tuple(codes))


def listed(
    of: str, on: date | None, partners: Several, lines: Several, status: str, scenario: Any, lawbook: str
) -> tuple[Table, date]:
    """Measures of a law on goods of some partners and under some codes, with the day that is meant."""
    where, law, day = asked_law(of, on, scenario, lawbook)
    return measures_table(law, day, status, _wanted(where, partners, lines, day)), day


def shown(name: str, of: str, on: date, lawbook: str) -> tuple[Measure, list[Table]]:
    """One measure by id or title, and its tables; the lines it covers last."""
    where, law, _ = asked_law(of, on, lawbook=lawbook)
    # A measure by its id or its title; `UnknownName` with the nearest ids.
    titled = [m for m in law.measures if m.title.lower() == name.strip().lower()]
    measure = titled[0] if len(titled) == 1 else law.measure(name.strip(), Parameter("measure"))
    return measure, [*show(law, measure, on), lines_table(where, measure, on)]


@dataclass(frozen=True)
class Changed:
    """What changed in a law from a day to another.

    Attributes
    ----------
    changes, net : one row a change; what differs between the two days.
    mover, points : title of the act that moved the average most, "" where none did, and by how much, a share.
    """

    first: date
    last: date
    changes: Table
    net: Table
    mover: str = ""
    points: float = 0.0


def changed(
    of: str, first: date | None, last: date | None, partners: Several, lines: Several, scenario: Any, lawbook: str
) -> Changed:
    """What changed from a day to another, by default in the last 30 days, and what differs between the two."""
    end = last or date.today()
    start = first or max(end - MONTH, EARLIEST)
    check_span(start, end)
    where, law, _ = asked_law(of, None, scenario, lawbook)
    wanted = _wanted(where, partners, lines, end)
    changes = changes_table(law, start, end, wanted)
    net = net_table(law, start, end, wanted)
    # The act among changes that moved the average most, by its title, and by how much.
    acts, before = set(changes["measure"].tolist()), max(start - timedelta(1), EARLIEST)
    moved = contributions(laid_law(law), before, end).rows() if acts and before < end else ()
    most = next(((str(row["title"]), row["change"]) for row in moved if row["measure"] in acts), ("", 0.0))
    return Changed(start, end, changes, net, *most)


@dataclass(frozen=True)
class Week:
    """What moved an average tariff in the seven days that end with a day.

    Attributes
    ----------
    days : average by day, from the day before; moved : what each act added to the change.
    changes, coming : one row a change, in the week and in the year after it.
    origins : whose goods count, where the trade of one country alone is on record.
    """

    last: date
    days: Table
    moved: Table
    changes: Table
    coming: Table
    origins: tuple[str, ...]


@memoized
def week_to(of: str, last: date) -> Week:
    """The seven days that end with a day, by the tariffs of a country."""
    _, law, _ = asked_law(of)
    ground, before = laid_law(law), last - 7 * DAY
    days, coming = daily_averages(ground, before, last), changes_table(law, last + DAY, last + 365 * DAY)
    changes = changes_table(law, before + DAY, last)
    moved, known = contributions(ground, before, last), tuple(ground.flows.partners)
    return Week(last, days, moved, changes, replace(coming, name="coming"), known if len(known) == 1 else ())


def checked(folder: str, of: str, lawbook: str) -> tuple[str, list[Table]]:
    """Whose cases were run, "" of all, and the tables of `checks`."""
    code = of or (AUDITED if lawbook and not folder else "")
    law = asked_law(code, lawbook=lawbook)[1] if lawbook else None
    tables = checks(Path(folder) if folder else None, code, law, Path(lawbook) if lawbook else None)
    return code or (str(tables[0]["importer"][0]) if folder else ""), tables


# --- most moved -------------------------------------------------------------------------------------------------------

UNION = "EU27"
#: The party that sentences and cards of both usual sides name in any case.
OTHER = "CHN"

#: Change of the average duty on all imports that a partner must make to be named; what is smaller prints as zero.
LEAST = 5e-6

NAME = "partner_moved"


@dataclass(frozen=True)
class Moved:
    """A partner, or the European Union as one, with the average US duty on its goods.

    Attributes
    ----------
    code : ISO3, or EU27; `member` : the country itself, or the member that sells most.
    before, after : average duty under each law, share of customs value at the weights of the result.
    """

    code: str
    member: str
    before: float
    after: float

    @property
    def where(self) -> str:
        """The partner within a sentence."""
        return place(self.code)


def moved_table(pairings: Sequence[Pairing], named: str = OTHER) -> Table | None:
    """By variant the partner with the largest change of duty times imports; None where it is `named` anyway in all."""
    rows = [row for pair in pairings if (row := _row(pair, named)) is not None]
    return table_of("duties.partner_moved", rows, period=pairings[0].after.ground.flows.period) if rows else None


def _row(pair: Pairing, named: str) -> tuple[str | float, ...] | None:
    groups, worth, new = pair.after.by_group("partner")
    known, _, old = pair.before.by_group("partner")
    was = dict(zip(known.codes, old.tolist(), strict=True))
    union = countries().expand(UNION)
    blocs: dict[str, list[tuple[str, float, float, float]]] = {}
    for code, value, after in zip(groups.codes, worth.tolist(), new.tolist(), strict=True):
        if value > 0 and code in was:
            blocs.setdefault(UNION if code in union else code, []).append((code, value, was[code], after))
    wholes = list[tuple[str, str, float, float, float, float]]()
    for code, rows in blocs.items():  # a partner or a bloc: code, largest member, imports, averages and their change
        value = sum(row[1] for row in rows)
        before, after = sum(row[1] * row[2] for row in rows) / value, sum(row[1] * row[3] for row in rows) / value
        wholes.append((code, max(rows, key=lambda row: row[1])[0], value, before, after, after - before))
    first = max(wholes, key=lambda row: abs(row[-1]) * row[2], default=None)
    if first is None or first[0] == named or abs(first[-1]) * first[2] <= LEAST * float(worth.sum()):
        return None
    return (pair.variant, *first)


def most_moved(tables: Mapping[str, Table], variant: str = "") -> Moved | None:
    """The partner of a result whose duties change most; None if it is China or no duty moves.

    Parameters
    ----------
    variant : of the scenario; "" is the first.
    """
    if NAME not in tables or "headline" not in tables:
        return None
    wanted = variant or str(tables["headline"]["variant"][0])
    rows = [row for row in tables[NAME].rows() if row["variant"] == wanted]
    return Moved(*(rows[0][key] for key in ("partner", "member", "before", "after"))) if rows else None
