"""Law: the measures and stacking rules of one importer, how far they were read, and laws that might stand.

A reform is an appended layer. Laws that might stand are those under each fate of clauses whose fate is not on record,
and the law as a day knew it, carried on to later days without acts signed after it. As written, open clauses lapsed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from typing import Any, TypeVar

from detente.codes.days import LIKELY
from detente.codes.errors import InputError, LawError, UnknownName
from detente.codes.hs import nested
from detente.codes.names import Readable
from detente.law.measure import (
    ALWAYS,
    FOREVER,
    PAINTED,
    Aspect,
    Displacement,
    Goods,
    Measure,
    MeasureKind,
    Partners,
    Period,
    Status,
    When,
    spans_of,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A series of texts, the last piece of it that was read, and its day.

    Attributes
    ----------
    authorities : authorities whose measures stand in the series; empty = none of them is told apart.
    """

    what: str
    read: str
    day: date
    authorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fate:
    """What may have become of an open clause, other than that it lapsed as written.

    Attributes
    ----------
    name : one lower-case word, as in names of columns.
    until : last day to which what the clause ends goes on, and before which what it begins does not begin.
    title : in words, as "prolonged to 9 January 2027".
    likely : whether what is known speaks for it.
    """

    name: str
    until: date = FOREVER
    title: str = ""
    likely: bool = False
    citation: str = ""

    @property
    def words(self) -> str:
        """What it is called for readers."""
        return f"{self.title or self.name}{LIKELY if self.likely else ''}"


#: The fate of a clause that names none: it went on without end.
RENEWED = Fate("renewed")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause on record that was to end, or to let something begin, after the record does; its fate is unknown.

    Attributes
    ----------
    day : first day of the change.
    ends : ids of measures that end the day before, as the clause is written.
    begins : ids of measures that begin on the day, as it is written.
    programmes : symbols of preference programmes that end the day before, as it is written.
    fates : what else may have become of it.
    source : file it was read from.
    """

    id: str
    title: str
    day: date
    ends: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    citation: str = ""
    programmes: tuple[str, ...] = ()
    fates: tuple[Fate, ...] = (RENEWED,)
    source: str = field(default="", compare=False)

    def fate(self, name: str) -> Fate | None:
        """The fate of a name; None where the clause has none of it, and so stands as written."""
        return next((fate for fate in self.fates if fate.name == name), None)

    @property
    def names(self) -> frozenset[str]:
        """Ids of all measures that it ends or begins."""
        return frozenset((*self.ends, *self.begins))

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.source}, clause {self.id}" if self.source else f"clause {self.id}"


@dataclass(frozen=True, slots=True)
class Gap:
    """What the law lacks in a span of days (both in), on some lines and partners.

    Attributes
    ----------
    says : one sentence for readers.
    prefixes : codes it concerns; ("",) = all.
    partners : whom it concerns; None = all.
    """

    start: date
    end: date
    says: str
    prefixes: tuple[str, ...] = ("",)
    partners: frozenset[str] | None = None

    def concerns(self, first: date, last: date, code: str = "", partners: frozenset[str] | None = None) -> bool:
        """Whether it falls on days from first to last; "" asks about all goods at once, None about all partners."""
        if last < self.start or first > self.end:
            return False
        if partners is not None and self.partners is not None and not partners & self.partners:
            return False
        near = (nested(code, prefix) for prefix in self.prefixes)
        return any(near) if code else self.prefixes == ("",)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Something that may end in duties: an investigation, an announced act, a power not used; no rate is in force.

    Attributes
    ----------
    title : in words that fit a list, as "section 301 on excess capacity (no rate proposed)".
    start : first day on which it was known.
    day : day for which it stands in prospect; None where none is set.
    partners, prefixes : whose goods, and which; None and ("",) = all.
    """

    title: str
    start: date
    day: date | None = None
    partners: frozenset[str] | None = None
    prefixes: tuple[str, ...] = ("",)
    citation: str = ""
    source: str = field(default="", compare=False)

    def concerns(self, on: date, partners: frozenset[str], code: str = "") -> bool:
        """Whether it was in prospect on a day for goods of some partners, and for a code; "" = all goods."""
        known = self.start <= on and (self.partners is None or bool(self.partners & partners))
        return known and (not code or any(nested(code, prefix) for prefix in self.prefixes))


@dataclass(frozen=True, slots=True)
class LawRecord:
    """How far a law was read.

    Attributes
    ----------
    to : last day for which every source was read.
    clauses : what is open beyond that day.
    gaps : what is known to be lacking before it.
    ahead : what may come, without a rate in force.
    """

    to: date
    sources: tuple[Source, ...] = ()
    clauses: tuple[Clause, ...] = ()
    gaps: tuple[Gap, ...] = ()
    ahead: tuple[Foreseen, ...] = ()

    def read_for(self, authorities: Collection[str]) -> date:
        """Day of the newest text read in the series behind some authorities, the oldest of these days."""
        return min((s.day for s in self.sources if {*s.authorities} & {*authorities}), default=self.to)

    def open_on(self, day: date) -> tuple[Clause, ...]:
        """Clauses whose day has come by then, without a word on what became of them."""
        return tuple(clause for clause in self.clauses if clause.day <= day)

    def may_come(self, on: date, partners: frozenset[str], code: str = "") -> tuple[Foreseen, ...]:
        """What was in prospect on a day for goods of some partners."""
        return tuple(entry for entry in self.ahead if entry.concerns(on, partners, code))

    def lacking(
        self, first: date, last: date, code: str = "", partners: frozenset[str] | None = None
    ) -> tuple[str, ...]:
        """Sentences on what the law lacks on these days, for a code and partners, or for all at once ("", None)."""
        chosen = (gap.says for gap in self.gaps if gap.concerns(first, last, code, partners))
        return tuple(dict.fromkeys(chosen))


def joined_record(own: LawRecord | None, more: LawRecord | None) -> LawRecord | None:
    """The record of a layer over that of the law below: clauses still open by then, and all gaps, stay."""
    if own is None or more is None:
        return more or own
    named = {clause.id for clause in more.clauses}
    kept = tuple(clause for clause in own.clauses if clause.day > more.to and clause.id not in named)
    gaps, ahead = own.gaps + more.gaps, own.ahead + more.ahead
    return LawRecord(more.to, more.sources or own.sources, kept + more.clauses, gaps, ahead)


#: A column of base duties, beside the general one, that a ruling may put a partner's goods under.
COLUMN_2 = "column_2"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruling, or an act that says under which column of base duties a partner's goods stand.

    Attributes
    ----------
    day : the day it was given, or from which it holds.
    voids : selectors of measures that it voids from their first day; they count in all readings but that of the ruling.
    column : column of base duties that goods of `partners` and of members of `group` owe; "" = none.
    group : id of a dated group of countries, "" = none.
    rates : table of rates, by line and days, that stand in place of the column; "" = none.
    source : file it was read from.
    """

    id: str
    title: str
    day: date = ALWAYS
    voids: tuple[str, ...] = ()
    column: str = ""
    partners: frozenset[str] = frozenset()
    group: str = ""
    rates: str = ""
    citation: str = ""
    source: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.source}, ruling {self.id}" if self.source else f"ruling {self.id}"


class Reading(StrEnum):
    """Three readings of time.

    EFFECTIVE: the law as it was collected, on legal effective dates (default).
    PUBLISHED: what the texts out by that day said.
    RULED: the law after the rulings on record, what they void void from its first day.
    """

    EFFECTIVE = "effective"
    PUBLISHED = "published"
    RULED = "ruled"


#: Laws of single days that a law keeps.
FEW_DAYS = 16


@dataclass(frozen=True, slots=True, repr=False)
class Authority(Readable):
    """A heading under which duties are counted, and the statute behind it; `filing` is its place on an entry."""

    id: str
    name: str
    legal_basis: str
    description: str = ""
    filing: int = 0


@dataclass(frozen=True, slots=True, order=True)
class ProgrammeChange:
    """A preference programme that ends or begins with a day, whatever its own days say."""

    symbol: str
    day: date
    opens: bool = False
    until: date | None = None

    @property
    def ends(self) -> bool:
        """Whether the programme ends with the day; with `until` it goes on from its day to that one."""
        return not self.opens and self.until is None


@dataclass(frozen=True, repr=False)
class Law(Readable):
    """All measures and stacking rules of one importer.

    Attributes
    ----------
    importer : ISO3.
    measures : in order of the lawbook; later layers come last.
    rules : stacking rules; everything adds unless a rule says otherwise.
    authorities : in the order of printed columns.
    aspects : facts about goods that conditions may name.
    switches : alternative readings that are on.
    record : how far the law was read; None for a law without a lawbook.
    rulings : what courts and acts say of its measures.
    programmes : preference programmes that end or begin otherwise than on record.
    """

    importer: str
    measures: tuple[Measure, ...] = field(repr=False)
    rules: tuple[Displacement, ...] = field(repr=False, default=())
    authorities: tuple[Authority, ...] = field(repr=False, default=())
    aspects: Mapping[str, Aspect] = field(repr=False, default_factory=dict)
    switches: frozenset[str] = frozenset()
    record: LawRecord | None = field(repr=False, default=None)
    rulings: tuple[Ruling, ...] = field(repr=False, default=())
    programmes: tuple[ProgrammeChange, ...] = ()

    def __post_init__(self) -> None:
        seen: dict[str, Measure] = {}
        for measure in self.measures:
            if measure.id in seen:
                other = f", also in {seen[measure.id].source}" if seen[measure.id].source != measure.source else ""
                raise LawError(measure.source, f"measure id '{measure.id}' is there twice{other}", "give it another id")
            seen[measure.id] = measure

    def __hash__(self) -> int:
        return hash((self.importer, tuple(m.id for m in self.measures), tuple(r.id for r in self.rules), self.switches))

    @cached_property
    def by_id(self) -> dict[str, Measure]:
        """Measures by id."""
        return {measure.id: measure for measure in self.measures}

    @cached_property
    def basis(self) -> dict[str, str]:
        """Legal basis by authority id."""
        return {authority.id: authority.legal_basis for authority in self.authorities}

    @cached_property
    def levying(self) -> tuple[Authority, ...]:
        """Authorities under which duties are counted; those that only forbid, or are announced alone, are left out."""
        silent = {m.authority for m in self.measures} - {
            m.authority for m in self.measures if m.kind is MeasureKind.DUTY and m.status is not Status.ANNOUNCED
        }
        return tuple(authority for authority in self.authorities if authority.id not in silent)

    def measure(self, name: str, where: str = "") -> Measure:
        """One measure by id; `UnknownName` otherwise."""
        if name not in self.by_id:
            raise UnknownName("measure", name, self.by_id, where, "list them with `detente law list`")
        return self.by_id[name]

    def __add__(self, more: Law | Measure | Iterable[Measure]) -> Law:
        """A new law with more measures on top; a measure of the same id takes the place of the older one."""
        if not isinstance(more, Law):
            more = Law(self.importer, (more,) if isinstance(more, Measure) else tuple(more))
        known = {authority.id for authority in self.authorities}
        return replace(
            self,
            measures=(*(measure for measure in self.measures if measure.id not in more.by_id), *more.measures),
            rules=self.rules + more.rules,
            authorities=(
                *self.authorities,
                *(authority for authority in more.authorities if authority.id not in known),
            ),
            aspects={**self.aspects, **more.aspects},
            record=joined_record(self.record, more.record),
            rulings=self.rulings + more.rulings,
        )

    def select(self, selectors: Iterable[str], where: str = "") -> tuple[Measure, ...]:
        """Measures named by selectors: id, authority:ID, class:NAME or basis:NAME."""
        measures: list[Measure] = []
        for selector in selectors:
            hits = [m for m in self.measures if self._selects(selector, m)]
            if not hits:
                raise UnknownName("measure", selector, self.selectors, where, "list them with `detente law list`")
            measures += [m for m in hits if m not in measures]
        return tuple(measures)

    def _selects(self, selector: str, measure: Measure) -> bool:
        if selector.startswith("basis:"):
            return self.basis.get(measure.authority, "").lower() == selector.removeprefix("basis:").lower()
        return selector in (*measure.selectors, f"authority:{measure.authority}")

    @property
    def selectors(self) -> list[str]:
        """What rules may name: measures, and authorities, classes and bases with their prefix."""
        classes = {m.stack_class for m in self.measures if m.stack_class}
        names = [*self.by_id, *(f"authority:{a.id}" for a in self.authorities)]
        return [*names, *(f"class:{c}" for c in classes), *(f"basis:{b}" for b in set(self.basis.values()))]

    def without(self, selectors: Iterable[str], on: date | None = None, where: str = "") -> Law:
        """A new law in which the selected measures are void, or end the day before `on`."""
        chosen = {m.id for m in self.select(selectors, where)}
        return replace(self, measures=tuple(_ended(m, on) if m.id in chosen else m for m in self.measures))

    def with_announced(self, selectors: Iterable[str], where: str = "") -> Law:
        """A new law in which the selected announced (or void) measures are in force."""
        chosen = {m.id for m in self.select(selectors, where)}
        return replace(
            self, measures=tuple(m.with_status(Status.IN_FORCE) if m.id in chosen else m for m in self.measures)
        )

    def with_switches(self, switches: Iterable[str], where: str = "") -> Law:
        """A new law under alternative readings, named as in the stacking rules."""
        known = {name for rule in self.rules for name in (rule.switch, rule.unless) if name}
        for name in switches:
            if name not in known:
                raise UnknownName("switch", name, known, where, f"switches: {', '.join(sorted(known))}")
        return replace(self, switches=self.switches | frozenset(switches))

    def on_day(self, day: date) -> Law:
        """Only the measures with a period on the day, and the rules that name them; kept, as goods share a few days."""
        if day not in self._days:
            if len(self._days) >= FEW_DAYS:
                self._days.clear()
            self._days[day] = replace(self, measures=tuple(m for m in self.measures if m.periods_on(day)))
        return self._days[day]

    @cached_property
    def _days(self) -> dict[date, Law]:
        """Laws of the days asked for last."""
        return {}

    def since(self, day: date) -> Law:
        """Only the measures that still have a period on the day or later, and the rules that name them."""
        return replace(self, measures=tuple(m for m in self.measures if any(p.end >= day for p in m.periods)))

    def tells_apart(self, partners: frozenset[str]) -> bool:
        """Whether some measure or rule treats a few of these partners differently from the others."""
        scopes = [scope for m in self.measures for scope in (m.partners or ())]
        scopes += [scope for m in self.measures for p in m.periods for scope in (p.partners or ())]
        scopes += [scope for rule in self.active_rules for scope in (rule.partners or ())]
        if any(0 < len(partners & scope.countries) < len(partners) for scope in scopes):
            return True
        rates = [p.rate.by_partner for m in self.measures for p in m.periods if p.rate and p.rate.by_partner]
        return any(len({rate.get(partner) for partner in partners}) > 1 for rate in rates)

    @cached_property
    def selected(self) -> Mapping[str, list[str]]:
        """Ids of the measures by what names them, in their order."""
        named = defaultdict[str, list[str]](list)
        for measure in self.measures:
            for selector in measure.selectors:
                named[selector].append(measure.id)
        return named

    @cached_property
    def voided(self) -> frozenset[str]:
        """Ids of the measures that a ruling voids."""
        selectors = [selector for ruling in self.rulings for selector in ruling.voids]
        return frozenset(m.id for m in self.measures if any(self._selects(selector, m) for selector in selectors))

    @cached_property
    def active_rules(self) -> tuple[Displacement, ...]:
        """Rules that count, those written inside measures (exempts, replaces) first."""
        inner: list[Displacement] = []
        for m in self.measures:
            if m.exempts or m.replaces:
                of = m.exempts + m.replaces
                inner.append(Displacement(m.id, (m.id,), of, When.APPLIES, citation=m.citation, source=m.source))
        on = self.switches
        outer = [r for r in self.rules if (not r.switch or r.switch in on) and (not r.unless or r.unless not in on)]
        return tuple(inner + outer)

    @cached_property
    def displacers(self) -> dict[str, list[tuple[Displacement, str]]]:
        """Measure id -> (rule, id of the measure that may take its place)."""
        displacers: dict[str, list[tuple[Displacement, str]]] = {}
        for rule in self.active_rules:
            for of in (name for selector in rule.of for name in self.selected.get(selector, ())):
                for by in (name for selector in rule.by for name in self.selected.get(selector, ())):
                    if by != of:
                        displacers.setdefault(of, []).append((rule, by))
        return displacers

    @cached_property
    def dates(self) -> frozenset[date]:
        """Days on which a measure, a list or a scope begins, or the day after it ends."""
        days: set[date] = set()
        for m in self.measures:
            if m.kind in PAINTED and m.status is Status.IN_FORCE:
                days |= _edges(m)
        for rule in self.active_rules:
            days |= edges_of(rule)
        return frozenset(days)


def _ended(measure: Measure, on: date | None) -> Measure:
    last = date.min if on is None else on - timedelta(1)
    kept = tuple(replace(p, end=min(p.end, last)) for p in measure.periods if on is not None and p.start <= last)
    return replace(measure, periods=kept) if kept else measure.with_status(Status.VOID)


def edges_of(span: Goods | Partners | Period | Displacement) -> set[date]:
    """First day of a span and the day after its last, where it has such."""
    return ({span.start} - {ALWAYS}) | ({span.end + timedelta(1)} if span.end != FOREVER else set())


def _edges(measure: Measure) -> set[date]:
    edges = {part.published for part in (*measure.periods, *measure.goods) if part.published}
    for span in spans_of(measure):
        edges |= edges_of(span)
    lo, hi = measure.start, measure.end
    return {day for day in edges if lo <= day and (hi == FOREVER or day <= hi + timedelta(1))}


def check_record(law: Law) -> None:
    """Refuse open clauses that name measures nobody knows, or that would change nothing."""
    for clause in law.record.clauses if law.record is not None else ():
        place, eve = clause.place, clause.day - timedelta(1)
        wrong = [
            f"'{name}' does not end on {eve}"
            for name in clause.ends
            if all(span.end != eve for span in spans_of(law.measure(name, place)))
        ]
        wrong += [
            f"'{name}' does not begin on {clause.day}"
            for name in clause.begins
            if all(period.start != clause.day for period in law.measure(name, place).periods)
        ]
        if wrong:
            raise InputError(place, wrong[0], "mend the day of the clause, or that of the measure")


def check_selectors(law: Law) -> None:
    """Refuse rules that name measures, authorities or classes nobody knows."""
    known = set(law.selectors)
    named = [(f"{m.source}, exempts", m.exempts) for m in law.measures]
    named += [(f"{m.source}, replaces", m.replaces) for m in law.measures]
    named += [(rule.place, (*rule.by, *rule.of)) for rule in law.rules]
    named += [(ruling.place, ruling.voids) for ruling in law.rulings]
    for place, selectors in named:
        for selector in selectors:
            if selector not in known:
                raise UnknownName("measure", selector, known, place, "list them with `detente law list`")


def check_ranges(law: Law) -> None:
    """Refuse rates below -100% or above 10,000% and periods that end before they begin."""
    for rule in law.rules:
        if rule.end < rule.start:
            raise InputError(rule.place, f"ends {rule.end} before it begins {rule.start}", "swap the days")
    for m in law.measures:
        for span in spans_of(m):
            if span.end < span.start:
                what = type(span).__name__.lower()
                text = f"{what} of '{m.id}' ends {span.end} before it begins {span.start}"
                raise InputError(m.source, text, "swap the days")
        for period in m.periods:
            values = [] if period.rate is None else [period.rate.value, *period.rate.by_partner.values()]
            for value in values:
                if value is not None and not -1.0 <= value <= 100.0:
                    what = f"rate {value:.0%} of '{m.id}' is out of range"
                    raise InputError(m.source, what, "keep it from -100% to 10,000%")


def check_conditions(law: Law) -> None:
    """Refuse conditions on aspects or states nobody knows, and aspects that follow such."""
    for aspect in law.aspects.values():
        if aspect.above is not None and aspect.above[0] not in law.aspects:
            raise UnknownName("aspect", aspect.above[0], law.aspects, f"aspects.yaml, aspect {aspect.id}, above")
    for m in law.measures:
        conditions = [pair for g in m.goods for pair in g.where] + [pair for p in m.periods for pair in p.where]
        for aspect, states in conditions:
            if aspect not in law.aspects:
                raise UnknownName("aspect", aspect, law.aspects, m.source, "see `detente assumptions`")
            for state in states:
                law.aspects[aspect].state(state, m.source)


def check_periods(law: Law) -> None:
    """Refuse two periods of one measure that overlap without a difference of partners or conditions."""
    for m in law.measures:
        for first, second in combinations(m.periods, 2):
            # Tables by partner may share days if they name different partners.
            tables = [p.rate.by_partner for p in (first, second) if p.rate is not None and p.rate.by_partner]
            same = first.partners == second.partners and first.where == second.where
            met = same and first.start <= second.end and second.start <= first.end
            if met and (len(tables) < 2 or set(tables[0]) & set(tables[1])):
                what = f"periods of '{m.id}' overlap from {max(first.start, second.start)}"
                repair = "end one before the other begins, or give them different goods or partners"
                raise LawError(m.source, what, repair)


DAY = timedelta(days=1)
Made = TypeVar("Made")
Lasting = TypeVar("Lasting", Goods, Partners, Displacement)


def fate_names(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """Names of all fates of some clauses, in their order."""
    return tuple(dict.fromkeys(fate.name for clause in clauses for fate in clause.fates))


def states(clauses: Iterable[Clause], last: date) -> dict[str, tuple[date | None, ...]]:
    """What each fate makes of some clauses up to a day, by name; names with the same state have the same law.

    A state holds the last day to which each clause goes on, None where it stands as written.
    """
    rows = tuple(clauses)
    fates = {name: [clause.fate(name) for clause in rows] for name in fate_names(rows)}
    return {name: tuple(fate and min(fate.until, last) for fate in each) for name, each in fates.items()}


def laws_under(law: Law, clauses: Iterable[Clause], last: date) -> dict[str, Law]:
    """The law under each fate of some clauses, by name; fates that come to the same by the last day are one law."""
    rows, laws = tuple(clauses), dict[tuple[date | None, ...], Law]()
    named = states(rows, last)
    for name, state in named.items():
        if state not in laws:
            laws[state] = under_fate(law, name, rows) if any(state) else law
    return {name: laws[state] for name, state in named.items()}


def for_each(laws: Mapping[str, Law], make: Callable[[Law], Made]) -> dict[str, Made]:
    """What is made of each law, by name; of one law once."""
    made = {id(law): make(law) for law in {id(law): law for law in laws.values()}.values()}
    return {name: made[id(law)] for name, law in laws.items()}


def under_fate(law: Law, name: str, clauses: Iterable[Clause]) -> Law:
    """The law if these clauses had met the fate of a name: what was to end goes on, what was to begin waits.

    A clause without such a fate stands as written.
    """
    chosen = [(clause, fate) for clause in clauses if (fate := clause.fate(name)) is not None]
    if not chosen:
        return law
    ends = {measure: pair for pair in chosen for measure in pair[0].ends}
    begins = {measure: pair for pair in chosen for measure in pair[0].begins}
    measures = (_prolonged(m, *ends[m.id]) if m.id in ends else m for m in law.measures)
    later = tuple(_delayed(m, *begins[m.id]) if m.id in begins else m for m in measures)
    open_ = tuple(
        ProgrammeChange(p, clause.day, until=fate.until) for clause, fate in chosen for p in clause.programmes
    )
    return replace(law, measures=later, programmes=(*law.programmes, *open_))


def _changed(measure: Measure, change: Callable[[Any], Any]) -> Measure:
    """A measure with each of its spans of days changed, or left out where nothing comes of it."""

    def every(spans: tuple[Any, ...] | None) -> Any:
        return None if spans is None else tuple(new for span in spans if (new := change(span)) is not None)

    periods = tuple(replace(period, partners=every(period.partners)) for period in every(measure.periods))
    return replace(measure, goods=every(measure.goods), periods=periods, partners=every(measure.partners))


def _prolonged(measure: Measure, clause: Clause, fate: Fate) -> Measure:
    """The measure with everything in it that ends the day before going on as long as the fate says."""
    last = clause.day - DAY
    return _changed(measure, lambda span: replace(span, end=fate.until) if span.end == last else span)


def _delayed(measure: Measure, clause: Clause, fate: Fate) -> Measure:
    """The measure with what begins on the day beginning once the fate has run out; void if nothing is left."""
    start = FOREVER if fate.until == FOREVER else fate.until + DAY
    moved = (replace(p, start=start) if p.start == clause.day else p for p in measure.periods)
    kept = tuple(period for period in moved if period.start <= period.end and period.start != FOREVER)
    return replace(measure, periods=kept) if kept else measure.with_status(Status.VOID)


@dataclass(frozen=True)
class Signing:
    """The day on which an act was signed whose duties begin, or end, on a later one.

    Attributes
    ----------
    day : first day of what begins; the day after the last of what ends.
    signed : day of the act, or of its publication.
    measures : ids; empty = every measure that begins or ends on the day.
    act : what was signed.
    """

    day: date
    signed: date
    measures: frozenset[str] = frozenset()
    act: str = ""


def known_law(law: Law, cut: date, signings: Sequence[Signing] = ()) -> Law:
    """The law that the acts signed by a day make, on that day and every later one.

    What began by the day is in it, with what was signed by it for later; an end that was not signed by it is lifted. An
    act without a known day counts from its first day, or from its publication where that came after.

    Parameters
    ----------
    cut : the day, the last whose acts are known.
    """
    days = {(name, s.day): s.signed for s in signings for name in s.measures or (m.id for m in law.measures)}
    measures = tuple(_known(m, cut, days) for m in law.measures)
    rules = tuple(_lasting(rule, cut) for rule in law.rules if (rule.published or rule.start) <= cut)
    return _named(replace(law, measures=tuple(m for m in measures if m.periods), rules=rules, record=None))


def _lasting(span: Lasting, cut: date) -> Lasting:
    """What began by a day without an end that lies after it."""
    return span if span.end <= cut else replace(span, end=FOREVER)


def _named(law: Law) -> Law:
    """The law whose measures, rules and rulings name only what is in it: the others name acts still to come."""
    known = set(law.selectors)

    def kept(selectors: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in selectors if name in known)

    rules = (replace(rule, by=kept(rule.by), of=kept(rule.of)) for rule in law.rules)
    measures = (replace(m, exempts=kept(m.exempts), replaces=kept(m.replaces)) for m in law.measures)
    empty = {m.id for m in law.measures if m.exempts and not kept(m.exempts)}
    return replace(
        law,
        measures=tuple(m for m in measures if m.id not in empty),
        rules=tuple(rule for rule in rules if rule.by and rule.of),
        rulings=tuple(ruling for ruling in law.rulings if set(ruling.voids) <= known),
    )


def _known(measure: Measure, cut: date, days: Mapping[tuple[str, date], date]) -> Measure:
    """A measure as a day knew it; `days` : when what begins in a measure on a day was signed."""

    def seen(part: Period | Goods) -> bool:
        return (part.published or days.get((measure.id, part.start), part.start)) <= cut

    def scopes(of: tuple[Partners, ...] | None) -> tuple[Partners, ...] | None:
        return None if of is None else tuple(_lasting(scope, cut) for scope in of if scope.start <= cut)

    def carried(period: Period) -> Period:
        """Without the end that nobody knew; it gives way to a later period that was known."""
        later = min((start for start in starts if start > max(period.start, cut)), default=None)
        signed = period.end == FOREVER or days.get((measure.id, period.end + DAY), FOREVER) <= cut
        known = period.end <= cut or signed
        end = period.end if known else later - DAY if later else FOREVER
        return replace(period, end=end, partners=scopes(period.partners))

    periods = [period for period in measure.periods if seen(period)]
    starts = {period.start for period in periods}
    goods = tuple(_lasting(block, cut) for block in measure.goods if seen(block))
    kept = tuple(carried(period) for period in periods) if goods else ()
    return replace(measure, periods=kept, goods=goods, partners=scopes(measure.partners))


def same_on(law: Law, other: Law, day: date) -> bool:
    """Whether two laws have the same measures and rules in force on a day, with the same rates, goods and partners."""
    return _in_force(law, day) == _in_force(other, day)


def _in_force(law: Law, day: date) -> tuple[tuple[Measure, ...], tuple[Displacement, ...]]:
    """Measures and rules of a day, their ends left out."""

    def endless(span: Any) -> Any:
        return replace(span, end=FOREVER) if span.start <= day <= span.end else None

    measures = tuple(m for measure in law.measures if (m := _changed(measure, endless)).periods and m.goods)
    rules = tuple(open_ for rule in law.rules if (open_ := endless(rule)) is not None)
    of_day = _named(replace(law, measures=measures, rules=rules, record=None, rulings=()))
    return of_day.measures, of_day.rules
