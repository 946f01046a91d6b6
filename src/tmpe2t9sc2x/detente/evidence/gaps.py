"""Gaps: sessions that a series of prices lacks although its market was open.

A missing session merges two days into one return and moves every day that is counted in sessions. The holidays of
New York follow from rules and a few acts, so that there each missing session is found; of the other markets only the
longest closure is known, and a gap is found where it is longer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from detente.codes import InputError
from detente.evidence.sessions import Exchange, last_weekday, weekday_of_month

LONGEST = {"XSHG": 7, "XTKS": 6}
"""Most weekdays in a row that holidays have closed an exchange for; 4 for the others."""
OTHERS = 4

RULED = date(2000, 1, 1)
"""First day for which the holidays of New York are written down."""

CLOSED = frozenset(
    date.fromisoformat(day)
    for day in (
        "2001-09-11 2001-09-12 2001-09-13 2001-09-14 2004-06-11 2007-01-02 2012-10-29 2012-10-30 2018-12-05 2025-01-09"
    ).split()
)
"""Days on which the New York Stock Exchange was closed by an act of its own: attacks, mourning, a storm."""


def check_gaps(asset: str, place: Exchange, rows: Sequence[date], traded: Sequence[date]) -> None:
    """Refuse a stretch of a series that lacks sessions, naming them.

    Parameters
    ----------
    rows : days that the series has a row for, with or without a value.
    traded : days with a value in the stretch, in order; the returns of the first one rests on a day before it.

    Raises
    ------
    InputError : a session without a row where the calendar is on record, or a stretch without values that is longer
        than any holiday.
    """
    missing = [day for a, b in pairwise(traded) for day in _missing(place, a, b, set(rows))]
    if not missing:
        return
    number = f"{len(missing)} session{'s' if len(missing) > 1 else ''}"
    what = f"lacks {number} of {place.name}: {_spans(missing)}"
    repair = "add them, leave the value blank on a day the market was closed, or name another market"
    raise InputError(asset, what, repair)


def _missing(place: Exchange, before: date, after: date, rows: Collection[date]) -> list[date]:
    """Sessions between two days with a value that the series should have."""
    between = [before + timedelta(n) for n in range(1, (after - before).days)]
    weekdays = [day for day in between if day.weekday() < 5]
    if place.code == "XNYS":
        weekdays = [day for day in weekdays if day < RULED or day not in holidays(day.year)]
    if len(weekdays) > LONGEST.get(place.code, OTHERS):
        return weekdays
    ruled = place.code == "XNYS" and before >= RULED
    return [day for day in weekdays if day not in rows] if ruled else []


def _spans(days: Sequence[date]) -> str:
    """Days as stretches that only a weekend interrupts, the first five of them."""
    spans: list[list[date]] = []
    for day in days:
        if spans and (day - spans[-1][-1]).days <= (3 if day.weekday() == 0 else 1):
            spans[-1].append(day)
        else:
            spans.append([day])
    texts = [f"{span[0]}" if len(span) == 1 else f"{span[0]} to {span[-1]}" for span in spans[:5]]
    return ", ".join(texts) + (f" and {len(spans) - 5} more" if len(spans) > 5 else "")


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Weekdays of a year on which the New York Stock Exchange was or will be closed, from 2000 on."""
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 12, 25), *([date(year, 6, 19)] if year >= 2022 else [])]
    moving = [
        weekday_of_month(year, 1, 0, 3),
        weekday_of_month(year, 2, 0, 3),
        _easter(year) - timedelta(2),
        last_weekday(year, 5, 0),
        weekday_of_month(year, 9, 0, 1),
        weekday_of_month(year, 11, 3, 4),
    ]
    observed = [_observed(day) for day in fixed]
    return frozenset(day for day in (*observed, *moving) if day.weekday() < 5) | {d for d in CLOSED if d.year == year}


def _observed(day: date) -> date:
    """Sundays are kept on Monday, Saturdays on Friday, but New Year never on the last day of the year before."""
    shift = {5: 0 if (day.month, day.day) == (1, 1) else -1, 6: 1}
    return day + timedelta(shift.get(day.weekday(), 0))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
