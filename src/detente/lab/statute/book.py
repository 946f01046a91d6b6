"""Statute: browse a law. Measures as a table, what changed between two dates, whose goods an act is on, cases.

Touches: whether an act is on goods of some countries, and on some tariff codes.

Steps of a tariff that are no measures: base duties known by day, and preferences that begin or end.

Doubled: lines that owe two duties of one authority since a measure of a user's lawbook was laid over the law.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, PrivateAttr

from detente.codes import InputError, Table, declared_note, dotted, table_of, table_with
from detente.codes.axis import Mask
from detente.codes.days import BASE_DAY, EARLIEST, LATEST, check_day, check_span
from detente.codes.hs import nested
from detente.data.importer_lines import KNOWN, read_columns
from detente.data.importers import Importer, importer
from detente.data.lawbook import FRONTIER
from detente.data.models import Day, FileModel, Number, Prose, Texts, lookup, one_of, read_rows
from detente.data.tables import partner_name, place
from detente.data.yamlfile import as_share
from detente.lab.statute.lookup import LineDuty, line_days, lines_under, look_up, substitute, weights_of
from detente.lab.statute.standing import standing_of
from detente.law import (
    Displacement,
    DutyTerm,
    Foreseen,
    Gap,
    Goods,
    Ladder,
    Law,
    Measure,
    MeasureKind,
    PartnerColumn,
    Partners,
    Period,
    Reading,
    Schedule,
    Space,
    Status,
    schedule_on,
)
from detente.law.law import edges_of
from detente.law.measure import ALWAYS, FOREVER, lines_on, names_partner, partners_on


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
#: What a base duty was before the first day on which it is known.
NOT_KNOWN = "not on record"

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
    rows = [{name: str(column[i]) for name, column in table.items()} for i in range(len(table["prefix"]))]
    rates = [f"{float(row['rate']) * 100:g}%" for row in rows]
    ended = {
        (row["prefix"], date.fromisoformat(row["until"]) + timedelta(1)): rate
        for row, rate in zip(rows, rates, strict=True)
        if row["until"]
    }
    for row, rate in zip(rows, rates, strict=True):
        if row["from"]:
            code, day = row["prefix"], date.fromisoformat(row["from"])
            # What ended the day before may have stood for a whole heading.
            before = (ended[code[:n], day] for n in range(len(code), 0, -1) if (code[:n], day) in ended)
            yield TariffStep(day, dotted(code), TITLE, BASE, next(before, NOT_KNOWN), rate, row["source"])


def _preference_steps(where: Importer) -> Iterator[TariffStep]:
    """Preferences that one side gives; those of agreements stand by the day on which their cuts are done."""
    for p in (each for each in where.programmes.by_symbol.values() if each.kind == PREFERENCE):
        if p.start != ALWAYS:
            yield TariffStep(p.start, p.symbol, p.title, PREFERENCE, UNCLAIMED, CLAIMED, p.name)
        if p.end != FOREVER:
            yield TariffStep(p.end + timedelta(1), p.symbol, p.title, PREFERENCE, CLAIMED, UNCLAIMED, p.name)


#: Lines and partners that are named.
NAMED = 4


def own_measures(law: Law) -> list[Measure]:
    """Measures of a law that the shipped one does not have as they are."""
    shipped = importer(law.importer).law.by_id
    return [measure for measure in law.measures if shipped.get(measure.id) is not measure]


def doubled_table(law: Law, measures: Iterable[Measure]) -> Table:
    """Lines on which measures and others of their authority are both owed, and the rule that lets one give way."""
    return table_of("law.doubled", [row for measure in measures for row in _doubled(law, measure)])


def _doubled(law: Law, measure: Measure) -> Iterator[tuple[str | int | date, ...]]:
    if measure.kind is not MeasureKind.DUTY or measure.status is not Status.IN_FORCE:
        return
    day, whole = measure.periods[-1].start, importer(law.importer)
    # The law of the day on the lines of the measure, with one column for each partner that trade names.
    lines = np.any([block.lines(whole.lines) for block in measure.goods], axis=0)
    where = whole.only(whole.lines.codes[lines].tolist())
    columns = where.trade_columns(sorted(whole.countries.names))[::2]
    space = where.space(law.on_day(day), columns, context="line", on=day)
    owed: dict[str, Mask] = {}
    for painted in schedule_on(space, day).duties:
        mask = owed.setdefault(painted.item.measure.id, np.zeros(space.shape, dtype=bool))
        mask[np.ix_(painted.rows, painted.cols)] |= painted.owed
    mine = owed.pop(measure.id, np.zeros(space.shape, dtype=bool))
    for name, mask in owed.items():
        patterns, cells = np.nonzero(mine & mask)
        if law.measure(name).authority == measure.authority and patterns.size:
            rows = np.unique(space.atoms.line[np.isin(space.pattern, patterns)])
            codes = [dotted(code) for code in space.lines.codes[rows].tolist()]
            partners = list(dict.fromkeys(partner_name(space.cell_columns[cell].partner) for cell in np.unique(cells)))
            rule = declared_note("law.doubled_rule", own=measure.id, other=name)
            some = _first_names(codes, NAMED), _first_names(partners, NAMED)
            yield measure.id, name, law.measure(name).title, day, len(codes), *some, rule


def _first_names(names: Sequence[str], most: int) -> str:
    """The first of some names, and how many more they are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _sample(codes: tuple[str, ...]) -> str:
    """Some of the codes, "" for those of all goods."""
    return "" if codes == ("",) else _first_names([dotted(code) for code in codes], CODES)


#: Codes that are named.
CODES = 6


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


#: Which measures may be listed, by what they are asked for as; of all there is no one status.
STATUSES = {"in-force": Status.IN_FORCE, "announced": Status.ANNOUNCED, "void": Status.VOID, "all": None}


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
        cited = period.citation or m.citation
        rows.append((m.id, m.title, m.authority, rate_text(period), *_days(m), m.status, cited))
    rows.sort(key=lambda row: row[4], reverse=True)  # the newest first
    words = {"importer": place(law.importer), "which": "" if kept is None else f"{str(kept).replace('_', ' ')} "}
    partners = wanted.partners or None
    return table_of("law.measures", rows, on=on, **words).standing_on(standing_of(law, on, on, partners=partners))


def show(law: Law, m: Measure, on: date) -> list[Table]:
    """One measure: its periods, its text, its goods and who displaces it."""
    facts = {
        "id": m.id, "title": m.title, "authority": m.authority, "legal basis": law.basis.get(m.authority, ""),
        "kind": m.kind, "status": m.status, "class": m.stack_class, "instrument": m.instrument, "citation": m.citation,
        "heading": m.heading, "confidence": m.confidence, "reviewed": str(m.reviewed or ""), "note": m.note,
        "partners": "all" if m.partners is None else "; ".join(_scope(scope) for scope in m.partners),
        "exempts": ", ".join(m.exempts), "replaces": ", ".join(m.replaces), "file": m.source,
    }  # fmt: skip
    periods = [
        (rate_text(p), *_days(p), p.published or "", p.instrument, p.citation, _names(_period_partners(p)))
        for p in m.periods
    ]
    goods = [
        (
            len(g.prefixes) if g.prefixes != ("",) else "all", _sample(g.prefixes), _sample(g.excepted),
            "; ".join(f"{aspect} is {' or '.join(sorted(states))}" for aspect, states in g.where), *_days(g),
        )
        for g in m.goods
    ]  # fmt: skip
    rules = [
        (r.id, ", ".join(r.by), ", ".join(r.of), r.when, *_days(r), r.citation)
        for r in law.active_rules
        if {*m.selectors} & {*r.by, *r.of}
    ]
    return [
        table_of("law.periods", periods, title=m.title).standing_on(standing_of(law, on, on)),
        table_of("law.measure", [(key, value) for key, value in facts.items() if value], title=m.title),
        table_of("law.goods", goods),
        table_of("law.stacking", rules),
        doubled_table(law, [own for own in own_measures(law) if own is m]),
    ]


def _days(span: Measure | Goods | Period | Displacement | Gap) -> tuple[str, str]:
    return day_text(span.start), day_text(span.end)


def _scope(scope: Partners) -> str:
    """Countries of a scope by their codes, or how many they are, and from when."""
    many = len(scope.countries) > MOST_NAMED
    named = f"{len(scope.countries)} countries" if many else ", ".join(sorted(scope.countries))
    return named + (f" from {scope.start}" if scope.start != ALWAYS else "")


#: Countries of a scope that are named.
MOST_NAMED = 30


def lines_table(where: Importer, m: Measure, on: date) -> Table:
    """Tariff lines that a measure names on a day, whatever else it asks of the goods."""
    named = np.flatnonzero(lines_on([m], where.lines, on))
    texts = where.descriptions() if named.size else ()
    rows = [(dotted(str(where.lines.codes[i])), texts[i]) for i in named]
    return table_of("law.act_lines", rows, title=m.title, on=on)


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
    return "; ".join(_joining(_period_partners(before), _period_partners(period)))


def _joining(old: frozenset[str], new: frozenset[str]) -> list[str]:
    """Partners that join and leave, in words."""
    moves = ((new - old, "join"), (old - new, "leave"))
    return [f"{_names(partners)} {what}" for partners, what in moves if partners]


def _period_partners(period: Period) -> frozenset[str]:
    return frozenset().union(*(scope.countries for scope in period.partners or ()))


def _scope_steps(m: Measure, first: date, last: date) -> Iterator[LawStep]:
    """Goods and partners that join or leave while the measure stays in force."""
    days = {day for span in (*m.goods, *(m.partners or ())) for day in edges_of(span)}
    for day in sorted(d for d in days if first <= d <= last):
        period, before = _in_force(m, day), _in_force(m, day - timedelta(1))
        if period is not None and before is not None and (moved := _scope_change(m, day - timedelta(1), day)):
            yield LawStep(day, m, moved, period)


def _scope_change(m: Measure, before: date, after: date) -> str:
    """Codes and partners that a measure gains and loses between two days, in words."""
    then, now = (
        {(code, g.where) for g in m.goods if g.start <= day <= g.end for code in g.prefixes} for day in (before, after)
    )
    parts = [count_of_codes(len(now - then), "joins", "join"), count_of_codes(len(then - now), "leaves", "leave")]
    partners = _joining(partners_on(m.partners, before), partners_on(m.partners, after))
    return "; ".join(part for part in (*parts, *partners) if part)


def count_of_codes(count: int, alone: str, several: str) -> str:
    """How many codes do something; blank where none does."""
    return f"1 code {alone}" if count == 1 else f"{count} codes {several}" if count else ""


def _names(countries: frozenset[str] | None) -> str:
    """Partners by their codes, or how many they are."""
    if countries is None:
        return "all"
    return ", ".join(sorted(countries)) if len(countries) <= CODES else f"{len(countries)} partners"


def changes_table(law: Law, first: date, last: date, wanted: Wanted = ALL) -> Table:
    """Feed of changes between two days: measures, base duties known by day, preferences that one side gives."""
    check_span(first, last)
    where, rows = importer(law.importer), list[tuple[Any, ...]]()
    for s in steps(law, first, last):
        m = s.measure
        if wanted.touches(m, *around(s.day)):
            cited = s.period.instrument or m.instrument, s.period.citation or m.citation
            rows.append((s.day, m.id, m.title, s.what, m.authority, *cited))
    sides = (s for s in tariff_steps(where, first, last) if wanted.touched(where, s.id, *around(s.day)))
    rows += [(s.day, s.id, s.title, s.what, s.kind, "", s.source) for s in sides]
    rows.sort(key=lambda row: row[:2])
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
        ends = [("not in force" if p is None else rate_text(p) or "in force") for p in (then, now)]
        cited = m.citation
        if then is now:
            ends = [rate_text(now), _scope_change(m, first, last)] if now is not None else ["", ""]
        elif (period := now or then) is not None:
            cited = period.citation or m.citation
        if ends[1]:
            rows.append((m.id, m.title, m.authority, *ends, cited))
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
    clauses = [
        (
            c.id, c.title, c.day, ", ".join((*c.ends, *c.begins, *c.programmes)), "begins" if c.begins else "ends",
            "; ".join(("lapsed", *(fate.words for fate in c.fates))), c.citation,
        )
        for c in record.clauses
    ]  # fmt: skip
    ahead = [
        (a.title, a.start, "" if a.day is None else day_text(a.day), *_concerned(a), a.citation) for a in record.ahead
    ]
    sources = [(source.what, source.read, source.day) for source in record.sources]
    tables = [
        table_of("law.sources", sources, importer=place(law.importer), day=record.to),
        table_of("law.clauses", clauses),
        table_of("law.may_come", ahead),
        table_of("law.gaps", [(*_days(g), *_concerned(g), g.says) for g in record.gaps]),
    ]
    if lawbook is not None:
        tables.append(doubled_table(law, own_measures(law)))
    first, *others = [table for table in tables if len(table)] or tables[:1]
    if lawbook is not None:
        own = "law.read_to" if (lawbook / FRONTIER).exists() else "law.shipped_record"
        first = first.noted(declared_note(own, file=FRONTIER, lawbook=lawbook.name))
    return [first, *others]


def _concerned(of: Gap | Foreseen) -> tuple[str, str]:
    """The goods and the partners that something is about."""
    return _sample(of.prefixes) or "all", _names(of.partners)


CASES = "cases.yaml"


@lookup
def _share(value: Any) -> float:
    """A share as a number or in per cent; here it may be over 200%."""
    return as_share(value, "") if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


Share = Annotated[float, BeforeValidator(_share)]


class LawCase(FileModel):
    """A case beside the law: a good, a day, and what is owed; `banned` names the act where it may not come in."""

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
    _place: str = PrivateAttr("")

    @property
    def question(self) -> dict[str, Any]:
        """What `look_up` is asked."""
        keys = ("line", "partner", "on", "claim", "value", "quantity")
        given = {key: value for key in keys if (value := getattr(self, key))}
        return given | {"reading": Reading(self.reading), "parameters": self.set}

    def answer(self, importer_code: str, law: Law | None = None) -> LineDuty:
        """What the program says, under the shipped law or another.

        Raises
        ------
        InputError
            a line, partner, fact or switch that nobody knows; the case is named.
        """
        book = importer(importer_code).law if law is None else law
        try:
            law = book.with_switches(self.switches) if self.switches else book
            return look_up(law=law, of=importer_code, **self.question)
        except InputError as error:
            raise error.inside(self._place) from None


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

    def lacking(rows: Sequence[LawCase], where: str) -> Iterator[InputError]:
        for row in rows:
            if row.total is None and not row.banned:
                yield InputError(f"{where}, {row.id}", "key 'total' is missing", "add 'total: 25%', or banned: by what")

    rows = read_rows(LawCase, path, where, lacking)
    for row in rows:
        row._place = f"{where}, case {row.id}"
    return list(rows)


# --- A line over time: every day on which the duty on one good changed, what changed it, and the act behind i --------


#: Name of the base duty among measures.
BASE_MOVE = "base"

#: Change of a duty below which nothing changed, share.
LEAST = 1e-9


def line_history(
    line: str, partner: str, *, first: date = EARLIEST, last: date | None = None, of: str = "USA",
    law: Law | None = None, claim: str = "", shares: Mapping[str, float] | None = None,
    reading: Reading = Reading.EFFECTIVE,
) -> Table:  # fmt: skip
    """The duty on a good from a partner over time, one row per level.

    Parameters
    ----------
    line : tariff code of 4 to 10 digits; of several lines the range of their duties and the mean, as `look_up` weighs.
    first, last : span; steps of the law within it are looked at, by default to the last one on record.
    law, claim, shares, reading : as `look_up` has them; a programme counts on the days on which it is open.

    Raises
    ------
    UnknownName, InputError : as `look_up`, and a span that runs backwards.
    """
    where, last = importer(of), last or last_act(of)
    check_span(first, last)
    check_day(first)
    book = where.law if law is None else law
    answer = look_up(line, partner, last, of=of, law=book, claim=claim, parameters=shares, reading=reading)
    # Days on which numbers under the code came into the schedule, or had left it.
    renewed = line_days(where, [where.lines.slice(code) for code in (answer.stands_in or (answer.code,))])
    acts = {step.day for step in steps(book, first + timedelta(1), last)}
    days = [
        first,
        *sorted(acts | {day for day in (*where.base_days, *renewed) if first < day <= last}),
    ]
    levels = _levels(where, book, answer, days)
    turns = [n for n in range(len(days)) if n == 0 or levels[n].apart(levels[n - 1])]
    rows = [_row(where, answer.partner, levels, n) for n in turns]
    ends = [str(days[n] - timedelta(1)) for n in turns[1:]] + [""]
    data = {name: np.asarray([row[name] for row in rows]) for name in rows[0]} | {"until": np.asarray(ends)}
    code = dotted(answer.code)
    several = max((level for level in levels if level.apart()), key=lambda level: len(level.weights), default=None)
    note = declared_note("law.history_line", code=code)
    if several is not None:
        note = declared_note("law.history_mean", code=code, count=len(several.weights), basis=several.basis)
    table = table_with("law.line_history", data, partner=place(answer.partner), line=code)
    return table.noted(note).standing_on(answer.standing)


def last_act(of: str = "USA", by: date = LATEST) -> date:
    """Day of the last step on record of an importer's law, of those by a day; the base day where there is none."""
    where = importer(of)
    moves = {step.day for step in (*steps(where.law, EARLIEST, by), *tariff_steps(where, EARLIEST, by))}
    return max(moves, default=BASE_DAY)


@dataclass(frozen=True)
class _Level:
    """The lines under a code on a day: what each owes and weighs, shape (lines,), and what the weights are."""

    schedule: Schedule
    owed: NDArray[np.float64]
    weights: tuple[float, ...]
    basis: str

    @property
    def ends(self) -> NDArray[np.float64]:
        """Mean, lowest and highest duty."""
        return np.asarray([self.owed @ np.asarray(self.weights), self.owed.min(), self.owed.max()])

    def apart(self, other: _Level | None = None) -> bool:
        """Whether its lines owe different duties, or other ones than those of another day."""
        span = np.ptp(self.owed) if other is None else np.abs(self.ends - other.ends).max()
        return bool(span > LEAST)

    @cached_property
    def ladders(self) -> tuple[Ladder, ...]:
        """The ladder of each line."""
        return tuple(self.schedule.ladder(i, 0) for i in range(self.owed.size))

    @cached_property
    def base(self) -> float:
        """Mean base duty."""
        return float(sum(w * ladder.base for w, ladder in zip(self.weights, self.ladders, strict=True)))

    def points(self) -> dict[str, tuple[DutyTerm, float]]:
        """What each measure adds, as the mean over the lines."""
        sums: dict[str, tuple[DutyTerm, float]] = {}
        for weight, ladder in zip(self.weights, self.ladders, strict=True):
            for term in ladder.terms:
                first, before = sums.get(term.measure, (term, 0.0))
                sums[term.measure] = first, before + weight * term.points
        return sums


def _levels(where: Importer, law: Law, answer: LineDuty, days: list[date]) -> list[_Level]:
    """The lines of every day; the law is compiled once for each set of them and each base duty that applies."""
    spaces: dict[object, Space] = {}
    levels = []
    for day in days:
        prefixes = substitute(where, answer.code, day) or (answer.code,)
        try:
            codes = tuple(line for prefix in prefixes for line in lines_under(where, prefix, day))
        except InputError:  # a schedule that does not reach back: the lines of the last day stand in
            codes = tuple(ladder.line for ladder in answer.ladders)
        programme = where.programmes.by_symbol.get(answer.claim)
        claim = answer.claim if programme is not None and programme.open_to(answer.partner, day) else ""
        base = where.base_column(answer.partner, day, claim)
        key = (codes, base, where.base_since(day), claim)
        if key not in spaces:
            column = PartnerColumn(answer.partner, bool(claim), base)
            given = answer.parameters
            spaces[key] = where.only(codes).space(law, [column], context="line", on=day, overrides=given)
        schedule = schedule_on(spaces[key], day, answer.reading, record=True)
        owed = (schedule.base() + schedule.rate())[:, 0]
        levels.append(_Level(schedule, owed, *weights_of(owed.tolist(), codes, answer.partner, where.iso3, prefixes)))
    return levels


def _row(where: Importer, partner: str, levels: list[_Level], index: int) -> Mapping[str, object]:
    now, day = levels[index], levels[index].schedule.on
    before = levels[index - 1] if index else None
    moved = list[tuple[str, str, str]]()
    old, new = (level.points() if before is not None and level is not None else {} for level in (before, now))
    for name in dict.fromkeys((*old, *new)):  # measures that add something else than the day before: id, words, act
        was, is_ = (terms[name][1] if name in terms else 0.0 for terms in (old, new))
        if abs(was - is_) > LEAST:
            term = (new.get(name) or old[name])[0]
            words = f"{term.title}: {100 * was:.4g} to {100 * is_:.4g} points"
            moved.append((name, words, "; ".join(part for part in (term.instrument, term.citation) if part)))
    if before is not None and abs(before.base - now.base) > LEAST:
        words = f"Base duty: {100 * before.base:.4g} to {100 * now.base:.4g} points"
        moved.insert(0, (BASE_MOVE, words, where.base_source(now.ladders[0].line, day, partner)))
    mean, low, high = now.ends.tolist()
    names, words, acts = zip(*moved, strict=True) if moved else ((), (), ())
    return {
        "date": str(day), "low": low, "high": high, "total": mean,
        "change": np.nan if before is None else mean - before.ends[0], "what": "; ".join(words),
        "measures": " ".join(names), "citation": "; ".join(dict.fromkeys(filter(None, acts))),
    }  # fmt: skip


__all__ = ["last_act", "line_history"]


__all__ = ["last_act", "line_history"]
