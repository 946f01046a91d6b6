"""Branches: a law under each fate of the clauses whose fate is not on record; as written, they lapsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from detente.law.law import Law, ProgrammeChange
from detente.law.measure import FOREVER, Goods, Measure, Partners, Period, Status
from detente.law.record import Clause, Fate

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
