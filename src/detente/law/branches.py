"""Laws that might stand: under each fate of clauses whose fate is not on record, and as a day knew the law to come.

As written, open clauses lapsed. The law that a day knew is carried on to later days, without acts signed after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from detente.law.law import Clause, Fate, Law, ProgrammeChange
from detente.law.measure import FOREVER, Displacement, Goods, Measure, Partners, Period, Status

Span = TypeVar("Span", Goods, Partners, Period)
DAY = timedelta(days=1)


def fate_names(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """Names of all fates of some clauses, in their order."""
    return tuple(dict.fromkeys(fate.name for clause in clauses for fate in clause.fates))


def states(clauses: Iterable[Clause], last: date) -> dict[str, tuple[date | None, ...]]:
    """What each fate makes of some clauses up to a day, by name; names with the same state have the same law.

    A state holds the last day to which each clause goes on, None where it stands as written.
    """
    rows = tuple(clauses)

    def until(clause: Clause, name: str) -> date | None:
        fate = clause.fate(name)
        return None if fate is None else min(fate.until, last)

    return {name: tuple(until(clause, name) for clause in rows) for name in fate_names(rows)}


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


def _prolonged(measure: Measure, clause: Clause, fate: Fate) -> Measure:
    """The measure with everything in it that ends the day before going on as long as the fate says."""
    last, until = clause.day - DAY, fate.until
    scopes = None if measure.partners is None else tuple(_open(scope, last, until) for scope in measure.partners)
    return replace(
        measure,
        goods=tuple(_open(goods, last, until) for goods in measure.goods),
        periods=tuple(_open_period(period, last, until) for period in measure.periods),
        partners=scopes,
    )


def _open(span: Span, last: date, until: date) -> Span:
    return replace(span, end=until) if span.end == last else span


def _open_period(period: Period, last: date, until: date) -> Period:
    scopes = None if period.partners is None else tuple(_open(scope, last, until) for scope in period.partners)
    return replace(_open(period, last, until), partners=scopes)


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
    rules = tuple(_rule(rule, cut) for rule in law.rules if _seen(rule.published or rule.start, cut))
    known = replace(law, measures=tuple(m for m in measures if m.periods), rules=rules, record=None)
    return _named(known)


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


Days = Mapping[tuple[str, date], date]
"""Measure and first day -> day it was signed."""


def _seen(day: date, cut: date) -> bool:
    return day <= cut


def _known(measure: Measure, cut: date, days: Days) -> Measure:
    periods = [p for p in measure.periods if _seen(_signed(measure, p.start, p.published, days), cut)]
    starts = sorted({p.start for p in periods})
    kept = tuple(_carried(p, measure.id, starts, cut, days) for p in periods)
    goods = tuple(_opened(g, cut) for g in measure.goods if _seen(g.published or _first(g, measure, days), cut))
    return replace(measure, periods=kept if goods else (), goods=goods, partners=_scopes(measure.partners, cut))


def _signed(measure: Measure, start: date, published: date | None, days: Days) -> date:
    return published or days.get((measure.id, start), start)


def _first(goods: Goods, measure: Measure, days: Days) -> date:
    """Day on which a block of goods was known: that of its act where one is on record."""
    return days.get((measure.id, goods.start), goods.start)


def _carried(period: Period, name: str, starts: Sequence[date], cut: date, days: Days) -> Period:
    """A period without the end that nobody knew; it gives way to a later one that was known."""
    scopes = _scopes(period.partners, cut)
    if period.end <= cut or _seen(days.get((name, period.end + DAY), FOREVER) if period.end < FOREVER else cut, cut):
        return replace(period, partners=scopes)
    later = [start for start in starts if start > max(period.start, cut)]
    return replace(period, end=later[0] - DAY if later else FOREVER, partners=scopes)


def _opened(goods: Goods, cut: date) -> Goods:
    return goods if goods.end <= cut else replace(goods, end=FOREVER)


def _scopes(scopes: tuple[Partners, ...] | None, cut: date) -> tuple[Partners, ...] | None:
    if scopes is None:
        return None
    return tuple(s if s.end <= cut else replace(s, end=FOREVER) for s in scopes if _seen(s.start, cut))


def _rule(rule: Displacement, cut: date) -> Displacement:
    return rule if rule.end <= cut else replace(rule, end=FOREVER)


def same_on(law: Law, other: Law, day: date) -> bool:
    """Whether two laws have the same measures and rules in force on a day, with the same rates, goods and partners."""
    return _in_force(law, day) == _in_force(other, day)


def _in_force(law: Law, day: date) -> tuple[tuple[Measure, ...], tuple[Displacement, ...]]:
    """Measures and rules of a day, their ends left out."""
    measures = (_of_day(measure, day) for measure in law.measures if measure.periods_on(day))
    rules = (replace(rule, end=FOREVER) for rule in law.rules if rule.start <= day <= rule.end)
    inside = tuple(m for m in measures if m.goods)
    of_day = _named(replace(law, measures=inside, rules=tuple(rules), record=None, rulings=()))
    return of_day.measures, of_day.rules


def _of_day(measure: Measure, day: date) -> Measure:
    periods = (replace(p, end=FOREVER, partners=_scopes_on(p.partners, day)) for p in measure.periods_on(day))
    goods = (replace(g, end=FOREVER) for g in measure.goods if g.start <= day <= g.end)
    return replace(
        measure, periods=tuple(periods), goods=tuple(goods), partners=_scopes_on(measure.partners, day)
    )  # fmt: skip


def _scopes_on(scopes: tuple[Partners, ...] | None, day: date) -> tuple[Partners, ...] | None:
    if scopes is None:
        return None
    return tuple(replace(scope, end=FOREVER) for scope in scopes if scope.start <= day <= scope.end)
