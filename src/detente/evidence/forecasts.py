"""Forecasts, promises, threats and intents (rule V4): open until their day, then settled by the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from detente.codes import InputError
from detente.evidence.events import Event, Match, additional_rate, follows
from detente.evidence.verdicts import Verdict

SOON = 90
"""Days that "soon" stands for, and in which an intent has to show."""

TESTS = ("stays", "below", "falls", "level", "event", "measure_off", "measure_on", "figure")

InForce = Callable[[str, str, date], bool]
"""(importer, measure, day) -> whether a measure of the lawbook is in force."""


def next_week(day: date) -> tuple[date, date]:
    """The seven days from the Monday after."""
    monday = day + timedelta(days=7 - day.weekday())
    return monday, monday + timedelta(days=6)


def soon(day: date) -> tuple[date, date]:
    """The ninety days after."""
    return day, day + timedelta(days=SOON)


def rest_of_year(day: date) -> tuple[date, date]:
    """To the end of the year, for "can only fall"."""
    return day, date(day.year, 12, 31)


WINDOWS: dict[str, Callable[[date], tuple[date, date]]] = {
    "next week": next_week,
    "soon": soon,
    "rest of the year": rest_of_year,
}


@dataclass(frozen=True)
class Expectation:
    """What has to happen, and by when.

    Attributes
    ----------
    test : stays (rate never above `level`), below (first change after the statement ends below it), falls (lower at
        the end of the window than at its start), level (rate at the end of the window at or below it, and back to
        the start), event, measure_off and measure_on (of the lawbook), figure (settled by a series given elsewhere).
    actor, target : whose duty on whom; level : share.
    window : first and last day.
    match, partly : events that keep it, or keep a part of it.
    condition : events one of which must occur by the end of the window, or the statement is void.
    measure : id in the lawbook of `actor`.
    """

    test: str
    window: tuple[date, date]
    actor: str = ""
    target: str = ""
    level: float = 0.0
    match: Match = field(default_factory=Match)
    partly: Match | None = None
    condition: Match | None = None
    measure: str = ""


@dataclass(frozen=True)
class Resolution:
    """How a statement about the future came out.

    Attributes
    ----------
    verdict : open, kept, partly, kept late, broken, void or not checkable.
    when : day on which it was settled; value : rate found, share; events : ids the verdict rests on.
    """

    verdict: Verdict
    reason: str
    when: date | None = None
    value: float = float("nan")
    events: tuple[str, ...] = ()


def settle(
    expected: Expectation, events: Sequence[Event], statement_day: date, as_of: date, in_force: InForce | None = None
) -> Resolution:
    """Settle an expectation on the record of a day.

    Parameters
    ----------
    statement_day : day of the statement; as_of : day whose record counts: later announcements are not seen.
    in_force : tells whether a measure of the lawbook is in force, for the tests of measures.

    Returns
    -------
    Not checkable where the events are silent: on the rate of the pair, on the actors, or on so early a day.

    Raises
    ------
    InputError : a test nobody knows, or a test of measures without a lawbook.
    """
    if expected.test not in TESTS:
        raise InputError("expect", f"unknown test '{expected.test}'", f"use {', '.join(TESTS)}")
    silence = _silence(expected, events)
    if silence:
        return Resolution(Verdict.NOT_CHECKABLE, silence)
    if expected.test.startswith("measure"):
        return _settled(expected, events, statement_day, as_of, in_force)
    return _recorded(_settled(expected, events, statement_day, as_of, in_force), expected, events)


def _settled(
    expected: Expectation, events: Sequence[Event], statement_day: date, as_of: date, in_force: InForce | None
) -> Resolution:
    """The settlement by a record that is not silent."""
    known = [event for event in events if event.announced <= as_of]
    over = as_of > expected.window[1]
    if expected.condition is not None and not expected.condition.found(known, statement_day, expected.window[1]):
        verdict = Verdict.VOID if over else Verdict.OPEN
        return Resolution(verdict, "its condition did not occur" if over else "its condition has not yet occurred")
    if expected.test == "event":
        return _by_event(expected, known, as_of, over)
    if expected.test.startswith("measure"):
        if in_force is None:
            raise InputError("expect", f"'{expected.test}' needs a lawbook", "pass in_force")
        return _by_measure(expected, as_of, in_force)
    if expected.test == "figure":
        return Resolution(Verdict.NOT_CHECKABLE, "settled by a figure that is not on record")
    return _by_rate(expected, known, statement_day, as_of)


RATES = ("stays", "below", "falls", "level")


def _silence(expected: Expectation, events: Sequence[Event]) -> str:
    """Why the events can settle nothing, in words; "" where they can.

    A record without an act of somebody says nothing of what he did: silence is no sign that a statement failed.
    """
    if expected.test == "figure" or not events:
        return ""
    if expected.test in RATES and not follows(events, expected.actor, expected.target):
        return f"the timeline does not follow the duty of {expected.actor} on {expected.target}"
    for match in (expected.match if expected.test == "event" else Match(), expected.condition or Match()):
        if match.actors and not any(set(match.actors) & set(event.actors) for event in events):
            return f"the timeline holds no act of {' or '.join(match.actors)}"
    return ""


def _recorded(settlement: Resolution, expected: Expectation, events: Sequence[Event]) -> Resolution:
    """The settlement, unless it rests on days before the first event: nothing was written down of them."""
    begun = min((event.announced for event in events), default=date.min)
    if expected.window[1] >= begun or settlement.verdict in (Verdict.OPEN, Verdict.KEPT_LATE):
        return settlement
    return Resolution(Verdict.NOT_CHECKABLE, f"the timeline begins on {begun} only")


def _by_event(expected: Expectation, known: Sequence[Event], as_of: date, over: bool) -> Resolution:
    first, last = expected.window
    inside = expected.match.found(known, first, last)
    if inside:
        event = inside[0]
        return Resolution(Verdict.KEPT, f"{event.event_id}: {event.what}", event.announced, events=(event.event_id,))
    parts = expected.partly.found(known, first, last) if expected.partly is not None else []
    if not over:
        return Resolution(Verdict.OPEN, f"open until {last}", events=tuple(e.event_id for e in parts[:1]))
    later = expected.match.found(known, last + timedelta(1), as_of)
    if parts:
        after = f"; in full only on {later[0].announced} ({later[0].event_id})" if later else ""
        reason = f"{parts[0].event_id}: {parts[0].what}{after}"
        return Resolution(Verdict.PARTLY, reason, parts[0].announced, events=(parts[0].event_id,))
    if later:
        reason = f"{later[0].event_id}: {later[0].what}"
        return Resolution(Verdict.KEPT_LATE, reason, later[0].announced, events=(later[0].event_id,))
    return Resolution(Verdict.BROKEN, f"nothing of the kind on record from {first} to {last}")


def _by_measure(expected: Expectation, as_of: date, in_force: InForce) -> Resolution:
    wanted = expected.test == "measure_on"
    last = expected.window[1]
    days = [last + timedelta(n) for n in range((as_of - last).days + 1)]
    if not days:
        return Resolution(Verdict.OPEN, f"open until {last}")
    state = [in_force(expected.actor, expected.measure, day) is wanted for day in days]
    name = f"{expected.measure} in the lawbook of {expected.actor}"
    if state[0]:
        return Resolution(Verdict.KEPT, f"{name} is {'in' if wanted else 'out of'} force on {last}", last)
    if any(state):
        when = days[state.index(True)]
        return Resolution(Verdict.KEPT_LATE, f"{name}: from {when}", when)
    return Resolution(Verdict.BROKEN, f"{name} is {'out of' if wanted else 'in'} force from {last} to {as_of}")


def _by_rate(expected: Expectation, known: Sequence[Event], statement_day: date, as_of: date) -> Resolution:
    first, last = expected.window
    end = min(last, as_of)
    days = [first + timedelta(n) for n in range((end - first).days + 1)]
    rates = [additional_rate(known, expected.actor, expected.target, day) for day in days]
    if expected.test == "stays":
        return _stays(expected, days, [r.total for r in rates], as_of)
    if expected.test == "below":
        return _below(expected, known, statement_day, as_of)
    before = additional_rate(known, expected.actor, expected.target, statement_day).total
    limit = expected.level if expected.test == "level" else before - 1e-9
    hit = [(day, rate) for day, rate in zip(days, rates, strict=True) if rate.total <= limit + 1e-12]
    if hit:
        day, rate = hit[0]
        reason = f"rate of {expected.actor} on {expected.target}: {before:.0%} to {rate.total:.0%} on {day}"
        return Resolution(Verdict.KEPT, reason, day, rate.total, tuple(sorted(set(rate.by_event.values()))))
    if as_of <= last:
        return Resolution(Verdict.OPEN, f"open until {last}", value=rates[-1].total if rates else before)
    return _late(expected, known, (last + timedelta(1), as_of), limit)


def _late(expected: Expectation, known: Sequence[Event], span: tuple[date, date], limit: float) -> Resolution:
    for number in range((span[1] - span[0]).days + 1):
        day = span[0] + timedelta(number)
        level = additional_rate(known, expected.actor, expected.target, day)
        if level.total <= limit + 1e-12:
            return Resolution(Verdict.KEPT_LATE, f"{level.total:.0%} from {day}", day, level.total)
    return Resolution(Verdict.BROKEN, f"not by {expected.window[1]}, and not by {span[1]}")


def _stays(expected: Expectation, days: Sequence[date], rates: Sequence[float], as_of: date) -> Resolution:
    """Never above a level; threats that were only announced do not count."""
    over = [(day, rate) for day, rate in zip(days, rates, strict=True) if rate > expected.level + 1e-12]
    if over:
        return Resolution(Verdict.BROKEN, f"{over[0][1]:.0%} on {over[0][0]}", over[0][0], over[0][1])
    highest = max(rates, default=expected.level)
    span = f"highest from {days[0]} to {days[-1]}: {highest:.0%}" if days else ""
    if as_of < expected.window[1]:
        return Resolution(Verdict.OPEN, f"open until {expected.window[1]}", value=highest)
    return Resolution(Verdict.KEPT, span, expected.window[1], highest)


def _below(expected: Expectation, known: Sequence[Event], statement_day: date, as_of: date) -> Resolution:
    """The first change after the statement has to end below the level."""
    before = additional_rate(known, expected.actor, expected.target, statement_day).total
    end = min(as_of, expected.window[1])
    for number in range(1, (end - statement_day).days + 1):
        day = statement_day + timedelta(number)
        level = additional_rate(known, expected.actor, expected.target, day)
        if abs(level.total - before) > 1e-12:
            ok = level.total < expected.level
            reason = f"first change: {before:.0%} to {level.total:.0%} on {day}"
            events = tuple(sorted(set(level.by_event.values())))
            return Resolution(Verdict.KEPT if ok else Verdict.BROKEN, reason, day, level.total, events)
    if as_of <= expected.window[1]:
        return Resolution(Verdict.OPEN, f"open until {expected.window[1]}", value=before)
    return Resolution(Verdict.BROKEN, f"no change by {expected.window[1]}", value=before)
