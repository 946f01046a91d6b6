"""Branches: a law in which clauses whose fate is not on record were renewed; as written, they lapsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from detente.law.law import Law
from detente.law.measure import FOREVER, Goods, Measure, Partners, Period, Status
from detente.law.record import Clause

Span = TypeVar("Span", Goods, Partners, Period)


def renewed(law: Law, clauses: Iterable[Clause]) -> Law:
    """The law as if these clauses had been renewed: what was to end goes on, what was to begin does not."""
    chosen = list(clauses)
    prolonged = {name: clause.day for clause in chosen for name in clause.ends}
    unbegun = {name: clause.day for clause in chosen for name in clause.begins}
    measures = (_prolonged(m, prolonged[m.id]) if m.id in prolonged else m for m in law.measures)
    return replace(law, measures=tuple(_unbegun(m, unbegun[m.id]) if m.id in unbegun else m for m in measures))


def _prolonged(measure: Measure, day: date) -> Measure:
    """The measure with everything in it that ends the day before going on without end."""
    last = day - timedelta(days=1)
    scopes = None if measure.partners is None else tuple(_open(scope, last) for scope in measure.partners)
    return replace(
        measure,
        goods=tuple(_open(goods, last) for goods in measure.goods),
        periods=tuple(_open_period(period, last) for period in measure.periods),
        partners=scopes,
    )


def _open(span: Span, last: date) -> Span:
    return replace(span, end=FOREVER) if span.end == last else span


def _open_period(period: Period, last: date) -> Period:
    scopes = None if period.partners is None else tuple(_open(scope, last) for scope in period.partners)
    return replace(_open(period, last), partners=scopes)


def _unbegun(measure: Measure, day: date) -> Measure:
    """The measure without what begins on the day; void if nothing is left."""
    kept = tuple(period for period in measure.periods if period.start != day)
    return replace(measure, periods=kept) if kept else measure.with_status(Status.VOID)
