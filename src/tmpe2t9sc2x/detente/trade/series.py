"""The average duty day by day, at fixed weights, with what each authority adds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from detente.codes import Table, UnknownName, table_with
from detente.codes.days import check_span
from detente.law import MeasureKind, Reading, Resolver
from detente.trade.exposure import Exposure

GROUPS = ("authority", "measure")
"""What the columns of a daily series stand for."""


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both in."""
    check_span(first, last)
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def measure_duties(
    exposure: Exposure, days: Sequence[date], reading: Reading, resolver: Resolver | None = None
) -> list[dict[str, float]]:
    """Duty owed under each measure on each day, USD; days between acts repeat the day before.

    Parameters
    ----------
    resolver : of the same cells and reading, which knows what it painted before; a new one by default.
    """
    resolver = resolver or Resolver(exposure.space, reading)
    edges = sorted(exposure.space.law.dates)
    known: dict[int, float] = {}
    by_day: list[dict[str, float]] = []
    for i, day in enumerate(days):
        if i and not _acted(edges, days[i - 1], day):
            by_day.append(by_day[-1])
            continue
        duties: dict[str, float] = {}
        for painted in resolver.on(day):
            if painted.item.measure.kind is MeasureKind.DUTY:
                if painted.key not in known:
                    known[painted.key] = exposure.duty_of(painted)
                name = painted.item.measure.id
                duties[name] = duties.get(name, 0.0) + known[painted.key]
        by_day.append(duties)
    return by_day


def _acted(edges: Sequence[date], before: date, day: date) -> bool:
    """Whether anything in the law begins or ends after `before`, up to `day`."""
    return bisect_right(edges, day) > bisect_right(edges, before)


def daily(
    exposure: Exposure,
    days: Sequence[date],
    reading: Reading = Reading.EFFECTIVE,
    by: str = "authority",
    resolver: Resolver | None = None,
) -> Table:
    """Average duty by day at fixed weights, one column per authority (or measure); they sum to the average.

    Returns a Table with `date`, `average`, `base` and the columns, all shares of customs value.
    """
    if by not in GROUPS:
        raise UnknownName("column choice", by, GROUPS, "by", f"use {' or '.join(GROUPS)}")
    law = exposure.space.law
    duties = measure_duties(exposure, days, reading, resolver)
    owner = {m.id: (m.authority if by == "authority" else m.id) for m in law.measures}
    if by == "authority":
        names = [a.id for a in law.levying]
        titles = {a.id: a.name for a in law.levying}
    else:
        names = [m.id for m in law.measures if any(m.id in row for row in duties)]
        titles = {m.id: m.title for m in law.measures}
    data = {name: np.zeros(len(days)) for name in names}
    for i, row in enumerate(duties):
        for measure, duty in row.items():
            data[owner[measure]][i] += duty
    total = exposure.total
    data = {name: duty / total for name, duty in data.items()}
    base = np.full(len(days), exposure.base_duty / total)
    average = base + sum(data.values(), start=np.zeros(len(days)))
    heads = titles if by == "authority" else {}
    weighed = f"weights: {exposure.flows.period}, {exposure.flows.valuation}; reading of time: {reading}"
    return table_with(
        "averages.daily",
        {"date": np.asarray([d.isoformat() for d in days]), "average": average, "base": base, **data},
        (weighed, *exposure.flows.notes),
        part=[{"part": name, "title": titles[name], "label": heads.get(name, "")} for name in names],
    )
