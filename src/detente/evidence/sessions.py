"""Sessions: when exchanges close, in UTC, and the first session that can react to an event.

An act of one afternoon in Washington reaches New York the same day and Hong Kong the next; an event study that
dates all assets by the calendar day of the act mixes days before and after it.

Gaps: sessions that a series of prices lacks although its market was open.

A missing session merges two days into one return and moves every day that is counted in sessions. The holidays of
New York follow from rules and a few acts, so that there each missing session is found; of the other markets only the
longest closure is known, and a gap is found where it is longer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from detente.codes import InputError, UnknownName


@dataclass(frozen=True)
class Exchange:
    """An exchange and its close, or a rate that is fixed at an hour of the day.

    Attributes
    ----------
    code : ISO 10383 code, or the release of a rate; city : city or market; release : who publishes it.
    zone : "us", "eu", "uk" (with summer time) or hours ahead of UTC as text.
    closes : local time of the close since `since`, and before it.
    """

    code: str
    city: str
    zone: str
    closes: time
    since: date = date.min
    closed_before: time = time(0)
    release: str = ""

    @property
    def name(self) -> str:
        """City or market, with the release."""
        return f"{self.city} ({self.release})" if self.release else self.city

    def close(self, session: date) -> datetime:
        """Close of a session, UTC."""
        local = self.closes if session >= self.since else self.closed_before
        return datetime.combine(session, local, UTC) - timedelta(hours=utc_offset(self.zone, session))


EXCHANGES: Mapping[str, Exchange] = {
    item.code: item
    for item in (
        Exchange("XNYS", "New York", "us", time(16, 0)),
        Exchange("XHKG", "Hong Kong", "8", time(16, 0)),
        Exchange("XSHG", "Shanghai and Shenzhen", "8", time(15, 0)),
        Exchange("XTKS", "Tokyo", "9", time(15, 30), date(2024, 11, 5), time(15, 0)),
        Exchange("XETR", "Frankfurt", "eu", time(17, 30)),
        Exchange("XLON", "London", "uk", time(16, 30)),
        Exchange("H10", "New York at noon", "us", time(12, 0), release="Federal Reserve, H.10"),
    )
}
"""Regular closes, local time; half days are not on record. The rates of H.10 are those bid at noon in New York."""

ZONES = {"us": (-5, "us"), "eu": (1, "eu"), "uk": (0, "eu")}
"""Hours ahead of UTC in winter, and whose rule of summer time holds."""


def exchange(code: str, where: str = "exchange") -> Exchange:
    """An exchange by its code."""
    if code not in EXCHANGES:
        raise UnknownName("exchange", code, EXCHANGES, where, f"known: {', '.join(EXCHANGES)}")
    return EXCHANGES[code]


def utc_offset(zone: str, day: date) -> int:
    """Hours ahead of UTC in the afternoon of a day."""
    if zone not in ZONES:
        return int(zone)
    winter, rule = ZONES[zone]
    first, last = _summer(rule, day.year)
    return winter + (first <= day < last)


def _summer(rule: str, year: int) -> tuple[date, date]:
    """First day of summer time, and first day after it."""
    if rule == "us":
        return weekday_of_month(year, 3, 6, 2), weekday_of_month(year, 11, 6, 1)
    return last_weekday(year, 3, 6), last_weekday(year, 10, 6)


def weekday_of_month(year: int, month: int, weekday: int, number: int) -> date:
    """The first, second, ... of a weekday (0 = Monday) in a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def last_weekday(year: int, month: int, weekday: int) -> date:
    """The last of a weekday (0 = Monday) in a month of 31 days."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


@dataclass(frozen=True)
class Reaction:
    """The session on which an exchange can first react.

    Attributes
    ----------
    session : day of the session; certain : False where only the day of the event is known.
    """

    session: date
    certain: bool


def event_session(place: Exchange, when: datetime | date, sessions: Sequence[date], where: str = "event") -> Reaction:
    """First session whose close is after the event.

    Parameters
    ----------
    when : moment the market knew, with its zone; or a day where no hour is on record.
    sessions : days on which the exchange traded, in order.

    Raises
    ------
    InputError : a moment without a zone, or no session after the event.
    """
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise InputError(where, f"{when} has no time zone", "write it as 2025-05-12T07:01Z")
        after = [day for day in sessions if place.close(day) > when]
    else:
        after = [day for day in sessions if day >= when]
    if not after:
        raise InputError(where, f"no session of {place.name} on record closes after {when}", "give a longer series")
    return Reaction(min(after), isinstance(when, datetime))


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
