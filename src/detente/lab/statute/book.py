"""Statute: browse a law. Measures as a table, what changed between two dates, whose goods an act is on, cases.

Touches: whether an act is on goods of some countries, and on some tariff codes.

Steps of a tariff that are no measures: base duties known by day, and preferences that begin or end.

Doubled: lines that owe two duties of one authority since a measure of a user's lawbook was laid over the law.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from detente.codes import InputError, Parameter, Table, declared_note, dotted, table_of
from detente.codes.days import EARLIEST, check_day, check_span
from detente.codes.hs import nested
from detente.data.importers import Importer, importer
from detente.data.lawbook import FRONTIER
from detente.data.models import Day, FileModel, Number, Prose, Texts, lookup, one_of, read_rows
from detente.data.programmes import Programme
from detente.data.schedulefile import KNOWN, read_columns
from detente.data.tables import partner_name, place
from detente.data.yamlfile import as_share
from detente.lab.statute.lookup import LineDuty, look_up
from detente.lab.statute.standing import standing_of
from detente.law import (
    Foreseen,
    Gap,
    Law,
    Measure,
    MeasureKind,
    Painted,
    Period,
    Reading,
    Schedule,
    Status,
    schedule_on,
)
from detente.law.measure import ALWAYS, FOREVER, names_partner


@dataclass(frozen=True)
class Wanted:
    """Whose goods an act must be on, and which; empty for all.

    Attributes
    ----------
    partners : ISO3. codes : digits, each for all lines under it.
    """

    partners: frozenset[str] = frozenset()
    codes: tuple[str, ...] = ()

    def touched(self, where: Importer, name: str, *days: date) -> bool:
        """Whether an act, by its id, or a base duty, by its code, is on these goods on one of some days."""
        programme = where.programmes.by_symbol.get(name)
        if programme is None:  # a base duty, for every partner
            return self._among([(name.replace(".", ""), ())])
        open_to = not self.partners or any(programme.open_to(p, day) for p in self.partners for day in days)
        return open_to and (not programme.only or self._among([(code, ()) for code in programme.only]))

    def touches(self, measure: Measure, *days: date) -> bool:
        """Whether a measure is on these goods on one of some days."""
        goods = [(prefix, block.excepted) for block in measure.goods for prefix in block.prefixes]
        return (not measure.goods or self._among(goods)) and (
            not self.partners or any(_named_on(measure, partner, days) for partner in self.partners)
        )

    def _among(self, goods: Sequence[tuple[str, Collection[str]]]) -> bool:
        """Whether one of the codes lies in goods, or they in it, and is not left out."""
        return not self.codes or any(
            nested(code, prefix) and (prefix.startswith(code) or not any(code.startswith(out) for out in excepted))
            for prefix, excepted in goods
            for code in self.codes
        )


ALL = Wanted()


def around(day: date) -> tuple[date, date]:
    """A day and the one before: what ends is there on the one, what begins on the other."""
    return day, day - timedelta(1)


def _named_on(measure: Measure, partner: str, days: Sequence[date]) -> bool:
    """Whether a measure and one of its periods on some days name a partner."""
    scopes: list[tuple[Any, date]] = [(measure.partners, day) for day in days]
    if not any(names_partner(scope, partner, day) for scope, day in scopes):
        return False
    periods = [period for day in days for period in measure.periods_on(day)]
    rated = [period.rate.by_partner for period in periods if period.rate is not None and period.rate.by_partner]
    own = [period.partners for period in periods if period.partners is not None]
    named = not own or any(names_partner(scope, partner, day) for scope in own for day in days)
    return named and (not rated or any(partner in rates for rates in rated))


BASE = "base duty"
PREFERENCE = "preference"
TITLE = "Base duty"
NOT_KNOWN = "not on record"
"""What a base duty was before the first day on which it is known."""

UNCLAIMED, CLAIMED = "not in force", "in force, on claim"


@dataclass(frozen=True, slots=True)
class TariffStep:
    """A part of the tariff with what it says from a day on, and what it said before.

    Attributes
    ----------
    id : code of the goods of a base duty, or symbol of a preference.
    kind : `BASE` or `PREFERENCE`.
    """

    day: date
    id: str
    title: str
    kind: str
    before: str
    after: str
    source: str

    @property
    def what(self) -> str:
        """What happens on the day, in words."""
        if self.kind == PREFERENCE:
            return "begins, on claim" if self.after == CLAIMED else "ends"
        return f"set at {self.after}" if self.before == NOT_KNOWN else f"changes from {self.before} to {self.after}"


def tariff_steps(where: Importer, first: date, last: date) -> list[TariffStep]:
    """What begins, changes or ends from `first` to `last`, both in, beside the measures."""
    made = (*_base_steps(where), *_preference_steps(where))
    return sorted((step for step in made if first <= step.day <= last), key=lambda step: (step.day, step.id))


def net_steps(where: Importer, before: date, after: date) -> Iterator[TariffStep]:
    """What differs between two days, one step for each part of the tariff; they may run backwards."""
    first, last = sorted((before, after))
    of_part: dict[tuple[str, str], list[TariffStep]] = {}
    for step in tariff_steps(where, first + timedelta(1), last):
        of_part.setdefault((step.kind, step.id), []).append(step)
    for steps in of_part.values():
        was, now = steps[0].before, steps[-1].after
        if was != now:
            sides = (was, now) if before <= after else (now, was)
            yield replace(steps[-1], before=sides[0], after=sides[1])


def _base_steps(where: Importer) -> Iterator[TariffStep]:
    """Base duties known by day from a folder's table; a row that nothing follows goes on as the mean of its sector."""
    if not where.file.known:
        return
    table = read_columns(where.file.folder / where.file.known, KNOWN)
    rows = [{name: column[i] for name, column in table.items()} for i in range(len(table["prefix"]))]
    ended = {(str(row["prefix"]), _after(str(row["until"]))): float(row["rate"]) for row in rows if row["until"]}
    for row in rows:
        if row["from"]:
            code, day = str(row["prefix"]), date.fromisoformat(str(row["from"]))
            # What ended the day before may have stood for a whole heading.
            before = (ended[code[:n], day] for n in range(len(code), 0, -1) if (code[:n], day) in ended)
            was = next(map(_percent, before), NOT_KNOWN)
            now, source = _percent(float(row["rate"])), str(row["source"])
            yield TariffStep(day, dotted(code), TITLE, BASE, was, now, source)


def _after(last: str) -> date:
    return date.fromisoformat(last) + timedelta(1)


def _percent(rate: float) -> str:
    return f"{rate * 100:g}%"


def _preference_steps(where: Importer) -> Iterator[TariffStep]:
    """Preferences that one side gives; those of agreements stand by the day on which their cuts are done."""
    for programme in where.programmes.by_symbol.values():
        if programme.kind == PREFERENCE:
            yield from _step_turns(programme)


def _step_turns(programme: Programme) -> Iterator[TariffStep]:
    name, title = programme.symbol, programme.title
    if programme.start != ALWAYS:
        yield TariffStep(programme.start, name, title, PREFERENCE, UNCLAIMED, CLAIMED, programme.name)
    if programme.end != FOREVER:
        yield TariffStep(programme.end + timedelta(1), name, title, PREFERENCE, CLAIMED, UNCLAIMED, programme.name)


Bools = NDArray[np.bool_]
NAMED = 4
"""Lines and partners that are named."""


def own_measures(law: Law) -> list[Measure]:
    """Measures of a law that the shipped one does not have as they are."""
    shipped = importer(law.importer).law.by_id
    return [measure for measure in law.measures if shipped.get(measure.id) is not measure]


def doubled_table(law: Law, measures: Iterable[Measure]) -> Table:
    """Lines on which measures and others of their authority are both owed, and the rule that lets one give way."""
    rows = [row for measure in measures for row in _rows(law, measure)]
    return table_of("law.doubled", rows)


def _rows(law: Law, measure: Measure) -> Iterator[tuple[str | int | date, ...]]:
    if measure.kind is not MeasureKind.DUTY or measure.status is not Status.IN_FORCE:
        return
    day = measure.periods[-1].start
    schedule = _schedule(law, measure, day)
    mine = [painted for painted in schedule.duties if painted.item.measure.id == measure.id]
    owed: dict[str, Bools] = {}
    for painted in schedule.duties:
        other = painted.item.measure
        if other.authority == measure.authority and other.id != measure.id:
            both = owed.setdefault(other.id, np.zeros(schedule.space.shape, dtype=bool))
            for own in mine:
                both |= _whole(own, schedule) & _whole(painted, schedule)
    for name, both in owed.items():
        patterns, cells = np.nonzero(both)
        if not patterns.size:
            continue
        space = schedule.space
        lines = np.unique(space.atoms.line[np.isin(space.pattern, patterns)])
        codes = [dotted(code) for code in space.lines.codes[lines].tolist()]
        partners = list(dict.fromkeys(partner_name(space.cell_columns[cell].partner) for cell in np.unique(cells)))
        rule = declared_note("law.doubled_rule", own=measure.id, other=name)
        yield measure.id, name, law.measure(name).title, day, len(codes), _some(codes), _some(partners), rule


def _schedule(law: Law, measure: Measure, day: date) -> Schedule:
    """The law of a day on the lines of a measure, with one column for each partner that trade names."""
    whole = importer(law.importer)
    masks = [whole.lines.mask(g.prefixes) & ~whole.lines.mask(g.excepted) for g in measure.goods]
    where = whole.only(whole.lines.codes[np.any(masks, axis=0)].tolist())
    columns = where.trade_columns(sorted(whole.countries.names))[::2]
    return schedule_on(where.space(law.on_day(day), columns, context="line", on=day), day)


def _whole(painted: Painted, schedule: Schedule) -> Bools:
    """Where a painted measure is owed, shape (patterns, cell columns)."""
    mask = np.zeros(schedule.space.shape, dtype=bool)
    mask[np.ix_(painted.rows, painted.cols)] = painted.owed
    return mask


def _some(names: list[str]) -> str:
    """The first of some names, and how many more they are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def rate_text(period: Period) -> str:
    """A period's rate in words: "+25%", "floor 15%", "by partner", "minimum 21 USD/kg"."""
    rate, price = period.rate, period.minimum
    if price is not None and rate is not None:
        return f"+{(rate.value or 0.0) * 100:g}%, at least {price.price:g} USD/{price.unit}"
    if price is not None:
        return f"{'whole' if price.whole else 'minimum'} {price.price:g} USD/{price.unit}"
    if rate is None:
        return ""
    if rate.by_partner:
        low, high = min(rate.by_partner.values()), max(rate.by_partner.values())
        return f"by partner, +{low * 100:g}% to +{high * 100:g}%"
    value = f"{(rate.value or 0.0) * 100:g}%"
    return f"floor {value}" if rate.floor else f"+{value}"


def _in_force(measure: Measure, on: date) -> Period | None:
    return next(iter(measure.periods_on(on)), None)


def day_text(day: date) -> str:
    """A day; blank where a span is open."""
    return "" if day in (ALWAYS, FOREVER) else day.isoformat()


STATUSES = {"in-force": Status.IN_FORCE, "announced": Status.ANNOUNCED, "void": Status.VOID, "all": None}
"""Which measures may be listed, by what they are asked for as; of all there is no one status."""


def measures_table(law: Law, on: date, status: str = "in-force", wanted: Wanted = ALL) -> Table:
    """Measures in force on a day; or those announced, struck down, or all, each with its rate of the day or its last.

    Parameters
    ----------
    status : one of `STATUSES`. wanted : whose goods they are on, and which.
    """
    check_day(on)
    kept, rows = STATUSES[status], list[tuple[Any, ...]]()
    for m in law.measures:
        period = _in_force(m, on) or (None if kept is Status.IN_FORCE else m.periods[-1])
        if period is None or kept not in (None, m.status) or not wanted.touches(m, max(on, m.start)):
            continue
        days = (day_text(m.start), day_text(m.end))
        cited = period.citation or m.citation
        rows.append((m.id, m.title, m.authority, rate_text(period), *days, m.status, cited))
    rows.sort(key=lambda row: row[4], reverse=True)  # the newest first
    words = {"importer": place(law.importer), "which": "" if kept is None else f"{str(kept).replace('_', ' ')} "}
    partners = wanted.partners or None
    return table_of("law.measures", rows, on=on, **words).standing_on(standing_of(law, on, on, partners=partners))


def measure_named(law: Law, name: str) -> Measure:
    """A measure by its id or its title; `UnknownName` with the nearest ids."""
    titled = [m for m in law.measures if m.title.lower() == name.strip().lower()]
    return titled[0] if len(titled) == 1 else law.measure(name.strip(), Parameter("measure"))


def show(law: Law, m: Measure, on: date) -> list[Table]:
    """One measure: its periods, its text, its goods and who displaces it."""
    facts = [
        (key, value)
        for key, value in (
            ("id", m.id),
            ("title", m.title),
            ("authority", m.authority),
            ("legal basis", law.basis.get(m.authority, "")),
            ("kind", m.kind),
            ("status", m.status),
            ("class", m.stack_class),
            ("instrument", m.instrument),
            ("citation", m.citation),
            ("heading", m.heading),
            ("confidence", m.confidence),
            ("reviewed", "" if m.reviewed is None else str(m.reviewed)),
            ("note", m.note),
            ("partners", _scope(m)),
            ("exempts", ", ".join(m.exempts)),
            ("replaces", ", ".join(m.replaces)),
            ("file", m.source),
        )
        if value
    ]
    periods = [
        (rate_text(p), day_text(p.start), day_text(p.end), p.published or "", p.instrument, p.citation, _named(p))
        for p in m.periods
    ]
    goods = [
        (
            len(g.prefixes) if g.prefixes != ("",) else "all",
            _sample(g.prefixes),
            _sample(g.excepted),
            _condition(g.where),
            day_text(g.start),
            day_text(g.end),
        )
        for g in m.goods
    ]
    rules = [
        (r.id, ", ".join(r.by), ", ".join(r.of), r.when, day_text(r.start), day_text(r.end), r.citation)
        for r in law.active_rules
        if set(m.selectors) & {*r.by, *r.of}
    ]
    return [
        table_of("law.periods", periods, title=m.title).standing_on(standing_of(law, on, on)),
        table_of("law.measure", facts, title=m.title),
        table_of("law.goods", goods),
        table_of("law.stacking", rules),
        doubled_table(law, [own for own in own_measures(law) if own is m]),
    ]


def lines_table(where: Importer, m: Measure, on: date) -> Table:
    """Tariff lines that a measure names on a day, whatever else it asks of the goods."""
    named = np.zeros(len(where.lines), dtype=bool)
    for goods in (block for block in m.goods if block.start <= on <= block.end):
        inside = where.lines.mask(goods.prefixes)
        named |= inside & ~where.lines.mask(goods.excepted) if goods.excepted else inside
    texts = where.descriptions() if named.any() else ()
    rows = [(dotted(str(where.lines.codes[i])), texts[i]) for i in np.flatnonzero(named)]
    return table_of("law.act_lines", rows, title=m.title, on=on)


def _scope(measure: Measure) -> str:
    if measure.partners is None:
        return "all"
    parts = []
    for scope in measure.partners:
        named = (
            ", ".join(sorted(scope.countries)) if len(scope.countries) <= 30 else f"{len(scope.countries)} countries"
        )
        parts.append(named + (f" from {scope.start}" if scope.start != ALWAYS else ""))
    return "; ".join(parts)


def _sample(codes: tuple[str, ...], n: int = 6) -> str:
    if codes == ("",):
        return ""
    shown = ", ".join(dotted(c) for c in codes[:n])
    return shown + (f" and {len(codes) - n} more" if len(codes) > n else "")


def _condition(where: tuple[tuple[str, frozenset[str]], ...]) -> str:
    return "; ".join(f"{aspect} is {' or '.join(sorted(states))}" for aspect, states in where)


@dataclass(frozen=True, slots=True)
class LawStep:
    """A measure that begins, ends or changes its rate on a day."""

    day: date
    measure: Measure
    what: str
    period: Period


def steps(law: Law, first: date, last: date) -> list[LawStep]:
    """What begins, changes, ends, or gains or loses goods and partners from `first` to `last`, both in."""
    changes: list[LawStep] = []
    for m in law.measures:
        if m.status is Status.IN_FORCE:
            changes += [*_rate_steps(m, first, last), *_scope_steps(m, first, last)]
    return sorted(changes, key=lambda s: (s.day, s.measure.id))


def _rate_steps(m: Measure, first: date, last: date) -> Iterator[LawStep]:
    for period in m.periods:
        if first <= period.start <= last:
            what = _step(m, _in_force(m, period.start - timedelta(1)), period)
            if what:
                yield LawStep(period.start, m, what, period)
        ended = period.end != FOREVER and first <= period.end + timedelta(1) <= last
        if ended and _in_force(m, period.end + timedelta(1)) is None:
            was = f" (was {rate_text(period)})" if rate_text(period) else ""
            yield LawStep(period.end + timedelta(1), m, f"ends{was}", period)


def _step(m: Measure, before: Period | None, period: Period) -> str:
    """What a period brings; "" where it goes on as before, or the lawbook merely begins with it."""
    if before is None:
        known = m.kind is MeasureKind.BAN and period.start == EARLIEST
        return "" if known else f"begins {rate_text(period)}".strip()
    if rate_text(before) != rate_text(period):
        return f"changes from {rate_text(before)} to {rate_text(period)}"
    old, new = (_period_partners(p) for p in (before, period))
    parts = [f"{_names(new - old)} join" if new - old else "", f"{_names(old - new)} leave" if old - new else ""]
    return "; ".join(part for part in parts if part)


def _period_partners(period: Period) -> frozenset[str]:
    return frozenset().union(*(scope.countries for scope in period.partners or ()))


def _scope_steps(m: Measure, first: date, last: date) -> Iterator[LawStep]:
    """Goods and partners that join or leave while the measure stays in force."""
    days = {day for g in m.goods for day in _turns(g.start, g.end)}
    days |= {day for p in m.partners or () for day in _turns(p.start, p.end)}
    for day in sorted(d for d in days if first <= d <= last):
        period, before = _in_force(m, day), _in_force(m, day - timedelta(1))
        if period is not None and before is not None:
            moved = _scope_change(m, day - timedelta(1), day)
            if moved:
                yield LawStep(day, m, moved, period)


def _turns(start: date, end: date) -> list[date]:
    """First day of a span and the day after its last."""
    turns = [start] if start != ALWAYS else []
    return turns + ([end + timedelta(1)] if end != FOREVER else [])


def _scope_change(m: Measure, before: date, after: date) -> str:
    """Codes and partners that a measure gains and loses between two days, in words."""
    then, now = _codes_on(m, before), _codes_on(m, after)
    parts = [
        _codes(len(now - then), "joins", "join"),
        _codes(len(then - now), "leaves", "leave"),
    ]
    old, new = _partners_on(m, before), _partners_on(m, after)
    parts += [f"{_names(new - old)} join" if new - old else "", f"{_names(old - new)} leave" if old - new else ""]
    return "; ".join(part for part in parts if part)


def _codes(count: int, alone: str, several: str) -> str:
    """How many codes do something; blank where none does."""
    return f"1 code {alone}" if count == 1 else f"{count} codes {several}" if count else ""


def _codes_on(m: Measure, day: date) -> set[tuple[str, object]]:
    return {(code, g.where) for g in m.goods if g.start <= day <= g.end for code in g.prefixes}


def _partners_on(m: Measure, day: date) -> frozenset[str]:
    return frozenset().union(*(p.countries for p in m.partners or () if p.start <= day <= p.end))


def _named(period: Period) -> str:
    """Partners of a period alone."""
    return _names(_period_partners(period)) if period.partners else ""


def _names(countries: frozenset[str]) -> str:
    return ", ".join(sorted(countries)) if len(countries) <= 6 else f"{len(countries)} partners"


def changes_table(law: Law, first: date, last: date, wanted: Wanted = ALL) -> Table:
    """Feed of changes between two days: measures, base duties known by day, preferences that one side gives."""
    check_span(first, last)
    where = importer(law.importer)
    rows = [
        (
            s.day,
            s.measure.id,
            s.measure.title,
            s.what,
            s.measure.authority,
            s.period.instrument or s.measure.instrument,
            s.period.citation or s.measure.citation,
        )
        for s in steps(law, first, last)
        if wanted.touches(s.measure, *around(s.day))
    ]
    sides = (s for s in tariff_steps(where, first, last) if wanted.touched(where, s.id, *around(s.day)))
    rows += [(s.day, s.id, s.title, s.what, s.kind, "", s.source) for s in sides]
    rows.sort(key=lambda row: (row[0], row[1]))
    table = table_of("law.changes", rows, importer=place(law.importer), first=first, last=last)
    return table.standing_on(standing_of(law, first, last, partners=wanted.partners or None))


def net_table(law: Law, first: date, last: date, wanted: Wanted = ALL) -> Table:
    """Measures, base duties known by day and preferences that differ between two days: what held then and now."""
    check_day(first)
    check_day(last)
    rows, where = [], importer(law.importer)
    for m in law.measures:
        if m.status is not Status.IN_FORCE or m.kind is MeasureKind.REGIME or not wanted.touches(m, first, last):
            continue
        then, now = _in_force(m, first), _in_force(m, last)
        if then is not now:
            old = "not in force" if then is None else rate_text(then) or "in force"
            new = "not in force" if now is None else rate_text(now) or "in force"
            cited = (now or then).citation if (now or then) else ""  # type: ignore[union-attr]
            rows.append((m.id, m.title, m.authority, old, new, cited or m.citation))
        elif now is not None and _scope_change(m, first, last):
            rows.append((m.id, m.title, m.authority, rate_text(now), _scope_change(m, first, last), m.citation))
    sides = (s for s in net_steps(where, first, last) if wanted.touched(where, s.id, first, last))
    rows += [(s.id, s.title, s.kind, s.before, s.after, s.source) for s in sides]
    table = table_of("law.net", rows, importer=place(law.importer), before=first, after=last)
    return table.standing_on(standing_of(law, first, last))


def record_tables(law: Law, lawbook: Path | None = None) -> list[Table]:
    """How far a law was read: its sources, the clauses open beyond that day, what it lacks before it.

    Parameters
    ----------
    lawbook : file or folder of a user's layer on top; a note says whether the record is its own.
    """
    record = law.record
    if record is None:
        raise InputError(f"law of {law.importer}", "does not say how far it was read", "add a frontier.yaml")
    sources = [(source.what, source.read, source.day) for source in record.sources]
    clauses = [
        (
            c.id,
            c.title,
            c.day,
            ", ".join((*c.ends, *c.begins, *c.programmes)),
            "begins" if c.begins else "ends",
            "; ".join(("lapsed", *(fate.words for fate in c.fates))),
            c.citation,
        )
        for c in record.clauses
    ]
    ahead = [
        (a.title, a.start, day_text(a.day) if a.day else "", _sample(a.prefixes) or "all", _partners(a), a.citation)
        for a in record.ahead
    ]
    gaps = [
        (day_text(g.start), day_text(g.end), _sample(g.prefixes) or "all", _partners(g), g.says) for g in record.gaps
    ]
    tables = [
        table_of("law.sources", sources, importer=place(law.importer), day=record.to),
        table_of("law.clauses", clauses),
        table_of("law.may_come", ahead),
        table_of("law.gaps", gaps),
    ]
    tables += [doubled_table(law, own_measures(law))] if lawbook is not None else []
    shown = [table for table in tables if len(table)] or tables[:1]
    return [shown[0].noted(_whose_record(lawbook)), *shown[1:]] if lawbook is not None else shown


def _whose_record(lawbook: Path) -> str:
    if (lawbook / FRONTIER).exists():
        return declared_note("law.read_to", file=FRONTIER, lawbook=lawbook.name)
    return declared_note("law.shipped_record", lawbook=lawbook.name, file=FRONTIER)


def _partners(of: Gap | Foreseen) -> str:
    return "all" if of.partners is None else _names(of.partners)


@dataclass(frozen=True)
class LawCase:
    """A case beside the law: a good, a day, and what the law says; `banned` names the act where it may not come in."""

    id: str
    title: str
    question: dict[str, Any]
    total: float | None
    base: float | None
    authorities: dict[str, float]
    status: str
    banned: str = ""
    place: str = ""

    def answer(self, importer_code: str, law: Law | None = None) -> LineDuty:
        """What the program says, under the shipped law or another.

        Raises
        ------
        InputError
            a line, partner, fact or switch that nobody knows; the case is named.
        """
        arguments = dict(self.question)
        book = importer(importer_code).law if law is None else law
        switches = arguments.pop("switches", None)
        try:
            return look_up(law=book.with_switches(switches) if switches else book, of=importer_code, **arguments)
        except InputError as error:
            raise error.inside(self.place) from None


CASES = "cases.yaml"


@lookup
def _share(value: Any) -> float:
    """A share as a number or in per cent; here it may be over 200%."""
    return as_share(value, "") if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


Share = Annotated[float, BeforeValidator(_share)]


class LawCaseRow(FileModel):
    """A case of law: what is asked, and what is owed."""

    id: Prose
    title: Prose = ""
    line: str
    partner: str
    on: Day
    claim: str = ""
    reading: Annotated[str, one_of([reading.value for reading in Reading], "reading")] = "effective"
    set: dict[str, Share] = Field(default_factory=dict)
    switches: Texts = ()
    value: Number | None = None
    quantity: str | Number | None = None
    total: Share | None = None
    base: Share | None = None
    authorities: dict[str, Share] = Field(default_factory=dict)
    banned: Prose = ""
    status: Prose = ""
    source: Prose = ""
    note: Prose = ""

    def case(self, where: str) -> LawCase:
        """The same as it is asked."""
        question: dict[str, Any] = {
            "line": self.line,
            "partner": self.partner,
            "on": self.on,
            "claim": self.claim,
            "reading": Reading(self.reading),
            "parameters": self.set,
        }
        question |= {key: getattr(self, key) for key in ("value", "quantity") if getattr(self, key)}
        question |= {"switches": [*self.switches]} if self.switches else {}
        total, place = None if self.banned else self.total, f"{where}, case {self.id}"
        return LawCase(
            self.id, self.title, question, total, self.base, self.authorities, self.status, self.banned, place
        )


def _totals(rows: Sequence[LawCaseRow], where: str) -> Iterator[InputError]:
    for row in rows:
        if row.total is None and not row.banned:
            yield InputError(f"{where}, {row.id}", "key 'total' is missing", "add 'total: 25%', or banned: by what")


def cases(importer_code: str, folder: Path | None = None) -> list[LawCase]:
    """Every case of an importer's shipped lawbook, or of a user's folder.

    Raises
    ------
    InputError
        no such file, or an entry that cannot be read; file and case are named.
    """
    path = (folder or importer(importer_code).lawbook) / CASES
    where = f"{path.parent.name}/{CASES}"
    if not path.is_file():
        raise InputError(where, "there is no such file", "write cases into it; see docs/add_a_measure.md")
    rows = read_rows(LawCaseRow, path, where, _totals)
    return [row.case(where) for row in rows]
