"""Sessions: when exchanges close, in UTC, and the first session that can react to an event.

An act of one afternoon in Washington reaches New York the same day and Hong Kong the next; an event study that
dates all assets by the calendar day of the act mixes days before and after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

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
