"""Forecasts, promises, threats and intents (rule V4): open until their day, then settled by the record.

Promises: what each side undertook in an agreement, and whether the record shows that it was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import dropwhile

from detente.codes import InputError, declared_note
from detente.evidence.events import Event, Level, Match, follows, steps
from detente.evidence.verdicts import Verdict

#: Days that "soon" stands for, and in which an intent has to show.
SOON = 90

TESTS = ("stays", "below", "falls", "level", "rises", "reaches", "event", "measure_off", "measure_on", "figure")

#: (importer, measure, day) -> whether a measure of the lawbook is in force.
InForce = Callable[[str, str, date], bool]

#: (expectation, first day, last day) -> rate on the first day and on every later one on which the law moves it.
#:
#: It comes from the lawbook of the actor, each day as the texts out by then said; empty where no lawbook is on record.
Levels = Callable[["Expectation", date, date], Sequence[Level]]


def next_week(day: date) -> tuple[date, date]:
    """The seven days from the Monday after."""
    monday = day + timedelta(days=7 - day.weekday())
    return monday, monday + timedelta(days=6)


def soon(day: date) -> tuple[date, date]:
    """The ninety days after."""
    return day, day + timedelta(days=SOON)


WINDOWS: dict[str, Callable[[date], tuple[date, date]]] = {
    "next week": next_week,
    "soon": soon,
    "rest of the year": lambda day: (day, date(day.year, 12, 31)),  # "can only fall"
}


@dataclass(frozen=True)
class Expectation:
    """What has to happen, and by when.

    Attributes
    ----------
    test : stays (rate never above `level`), below (first change after the statement ends below it), falls and rises
        (lower, higher, on some day of the window than on that of the statement), level and reaches (at or below, at or
        above it on some day of the window), event, measure_off and measure_on (of the lawbook), figure (settled by a
        series given elsewhere).
    actor, target : whose duty on whom; level : share.
    rate : which rate of the actor's law: addition (on a line without exemption), average, a line, or a measure; "" is
        the timeline where it follows the pair, else the law.
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
    rate: str = ""


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
    expected: Expectation,
    events: Sequence[Event],
    statement_day: date,
    as_of: date,
    in_force: InForce | None = None,
    levels: Levels | None = None,
) -> Resolution:
    """Settle an expectation on the record of a day.

    Parameters
    ----------
    statement_day : day of the statement; as_of : day whose record counts: later announcements are not seen.
    in_force : tells whether a measure of the lawbook is in force, for the tests of measures.
    levels : rates by the lawbook of any actor, for pairs that the timeline does not follow.

    Returns
    -------
    Not checkable where the events are silent: on the rate of the pair, on the actors, or on so early a day.

    Raises
    ------
    InputError : a test nobody knows, or a test of measures without a lawbook.
    """
    if expected.test not in TESTS:
        raise InputError("expect", f"unknown test '{expected.test}'", f"use {', '.join(TESTS)}")
    path = _path(expected, events, as_of, levels)
    silence = _silence(expected, events, path)
    if silence:
        return Resolution(Verdict.NOT_CHECKABLE, silence)
    known, over = [event for event in events if event.announced <= as_of], as_of > expected.window[1]
    if expected.condition is not None and not expected.condition.found(known, statement_day, expected.window[1]):
        note = declared_note("forecasts.no_condition") if over else declared_note("forecasts.condition_open")
        settlement = Resolution(Verdict.VOID if over else Verdict.OPEN, note)
    elif expected.test == "event":
        settlement = _by_event(expected, known, as_of, over)
    elif expected.test.startswith("measure"):
        settlement = _by_measure(expected, as_of, in_force)
    elif path is None:
        settlement = Resolution(Verdict.NOT_CHECKABLE, declared_note("forecasts.no_figure"))
    else:
        settlement = _by_rate(expected, path, statement_day, as_of)
    # Of days before the first event nothing was written down; laws are on record apart from events.
    begun = min((event.announced for event in events), default=date.min)
    by_law = expected.test.startswith("measure") or (path is not None and path.by_law)
    if by_law or expected.window[1] >= begun or settlement.verdict in (Verdict.OPEN, Verdict.KEPT_LATE):
        return settlement
    return Resolution(Verdict.NOT_CHECKABLE, declared_note("forecasts.begins", day=begun))


#: Rates that several acts add up to.
SUMS = ("addition", "average")

RATES = ("stays", "below", "falls", "level", "rises", "reaches")
UPWARD = ("rises", "reaches")
SAME = 1e-12


@dataclass(frozen=True)
class RatePath:
    """The rate that a statement is about, day by day.

    Attributes
    ----------
    between : levels of a span of days: that of its first day, and of every day on which the rate moves.
    by_law : whether it comes from a lawbook, not from the timeline.
    """

    between: Callable[[date, date], Sequence[Level]]
    by_law: bool = False

    def on(self, day: date) -> Level:
        """The level of a day."""
        return self.between(day, day)[0]


def _path(expected: Expectation, events: Sequence[Event], as_of: date, levels: Levels | None) -> RatePath | None:
    """The rates of a statement about a rate: of the timeline, or of the lawbook where that does not follow the pair."""
    if expected.test not in RATES:
        return None
    known = [event for event in events if event.announced <= as_of]
    if not expected.rate and (levels is None or follows(events, expected.actor, expected.target)):
        return RatePath(lambda first, last: steps(known, expected.actor, expected.target, first, last))
    return RatePath(lambda first, last: levels(expected, first, last) if levels is not None else (), by_law=True)


def _silence(expected: Expectation, events: Sequence[Event], path: RatePath | None) -> str:
    """Why the record can settle nothing, in words; "" where it can.

    A record without an act of somebody says nothing of what he did: silence is no sign that a statement failed.
    """
    if path is not None and path.by_law:
        first = expected.window[0]
        silent = declared_note("forecasts.no_rate", actor=expected.actor, target=expected.target)
        return "" if path.between(first, first) else silent
    if expected.test == "figure" or not events:
        return ""
    if expected.test in RATES and not follows(events, expected.actor, expected.target):
        return declared_note("forecasts.not_followed", actor=expected.actor, target=expected.target)
    for match in (expected.match if expected.test == "event" else Match(), expected.condition or Match()):
        if match.actors and not any(set(match.actors) & set(event.actors) for event in events):
            return declared_note("forecasts.no_act", actors=" or ".join(match.actors))
    return ""


def _by_event(expected: Expectation, known: Sequence[Event], as_of: date, over: bool) -> Resolution:
    first, last = expected.window
    inside = expected.match.found(known, first, last)
    if inside:
        event = inside[0]
        return Resolution(Verdict.KEPT, f"{event.event_id}: {event.what}", event.announced, events=(event.event_id,))
    parts = expected.partly.found(known, first, last) if expected.partly is not None else []
    if not over:
        return Resolution(Verdict.OPEN, _open(last), events=tuple(e.event_id for e in parts[:1]))
    # Any act of somebody is no late fulfilment of a statement that does not say which act it meant.
    later = expected.match.found(known, last + timedelta(1), as_of) if expected.match.says_which else []
    if parts:
        after = f"; in full only on {later[0].announced} ({later[0].event_id})" if later else ""
        reason = f"{parts[0].event_id}: {parts[0].what}{after}"
        return Resolution(Verdict.PARTLY, reason, parts[0].announced, events=(parts[0].event_id,))
    if later:
        reason = f"{later[0].event_id}: {later[0].what}"
        return Resolution(Verdict.KEPT_LATE, reason, later[0].announced, events=(later[0].event_id,))
    return Resolution(Verdict.BROKEN, declared_note("forecasts.nothing_came", first=first, last=last))


def _by_measure(expected: Expectation, as_of: date, in_force: InForce | None) -> Resolution:
    if in_force is None:
        raise InputError("expect", f"'{expected.test}' needs a lawbook", "pass in_force")
    wanted = expected.test == "measure_on"
    last = expected.window[1]
    days = [last + timedelta(n) for n in range((as_of - last).days + 1)]
    if not days:
        return Resolution(Verdict.OPEN, _open(last))
    state = [in_force(expected.actor, expected.measure, day) is wanted for day in days]
    words = {"measure": expected.measure, "actor": expected.actor, "day": last}
    if state[0]:
        kept = "forecasts.in_force" if wanted else "forecasts.no_force"
        return Resolution(Verdict.KEPT, declared_note(kept, **words), last)
    if any(state):
        when = days[state.index(True)]
        return Resolution(Verdict.KEPT_LATE, declared_note("forecasts.force_from", **words | {"day": when}), when)
    broken = "forecasts.no_force_between" if wanted else "forecasts.in_force_between"
    return Resolution(Verdict.BROKEN, declared_note(broken, end=as_of, **words))


def _open(last: date) -> str:
    return declared_note("forecasts.open", day=last)


def _by_rate(expected: Expectation, path: RatePath, statement_day: date, as_of: date) -> Resolution:
    first, last = expected.window
    end = min(last, as_of)
    levels = path.between(first, end) if first <= end else ()
    if expected.test == "stays":
        return _stays(expected, levels, as_of)
    if expected.test == "below":
        return _below(expected, path, statement_day, as_of)
    before = path.on(statement_day).total
    reached = _reached(expected, before)
    hit = next((level for level in levels if reached(level.total)), None)
    if hit is not None:
        which = next(iter(hit.by_track)) if path.by_law else "rate"
        whose = f"{which} of {expected.actor} on {expected.target}"
        reason = f"{whose}: {_percent(before)} to {_percent(hit.total)} on {hit.on}"
        return Resolution(Verdict.KEPT, reason, hit.on, hit.total, tuple(sorted(set(hit.by_event.values()))))
    if as_of <= last:
        return Resolution(Verdict.OPEN, _open(last), value=levels[-1].total if levels else before)
    return _late(expected, path, path.between(last + timedelta(1), as_of), reached, as_of)


def _reached(expected: Expectation, before: float) -> Callable[[float], bool]:
    """Whether a rate is what a statement says it will be."""
    bound = expected.level if expected.test in ("level", "reaches") else before
    hair = 0.0 if expected.test in ("level", "reaches") else 1e-9
    if expected.test in UPWARD:
        return lambda rate: rate >= bound + hair - SAME
    return lambda rate: rate <= bound - hair + SAME


def _percent(rate: float) -> str:
    """A rate in words: whole per cents as such, others with a digit."""
    return f"{rate:.0%}" if abs(rate * 100 - round(rate * 100)) < 1e-6 else f"{rate:.1%}"


def _late(
    expected: Expectation, path: RatePath, levels: Sequence[Level], reached: Callable[[float], bool], as_of: date
) -> Resolution:
    """Kept late where what was said came after its day; a rate that other acts raise later is another matter.

    The rate of one measure is the act's own, and so is a cut. Of any other rate, what comes after as long a notice
    again, or as "soon" where the notice was shorter, is laid to other acts.
    """
    notice = max((expected.window[1] - expected.window[0]).days, SOON)
    of_measure = path.by_law and expected.rate not in ("", *SUMS) and not expected.rate.replace(".", "").isdigit()
    own = of_measure or expected.test not in UPWARD
    for level in levels:
        if reached(level.total) and (own or (level.on - expected.window[1]).days <= notice):
            return Resolution(Verdict.KEPT_LATE, f"{_percent(level.total)} from {level.on}", level.on, level.total)
        if reached(level.total):
            words = {"last": expected.window[1], "rate": _percent(level.total), "day": level.on}
            return Resolution(Verdict.BROKEN, declared_note("forecasts.by_another", **words), level.on, level.total)
    return Resolution(Verdict.BROKEN, declared_note("forecasts.not_by", last=expected.window[1], day=as_of))


def _stays(expected: Expectation, levels: Sequence[Level], as_of: date) -> Resolution:
    """Never above a level; threats that were only announced do not count.

    A rate that stands above it on the first day, and comes down within the days, is what the statement looks back on.
    """
    coming = tuple(dropwhile(lambda level: level.total > expected.level + SAME, levels))
    later = bool(coming) and len(coming) < len(levels)
    if levels and not coming and as_of < expected.window[1]:
        return Resolution(Verdict.OPEN, _open(expected.window[1]), value=levels[-1].total)
    levels = coming or levels
    over = next((level for level in levels if level.total > expected.level + SAME), None)
    if over is not None:
        return Resolution(Verdict.BROKEN, f"{_percent(over.total)} on {over.on}", over.on, over.total)
    highest = max((level.total for level in levels), default=expected.level)
    last = min(expected.window[1], as_of)
    words = {"first": expected.window[0], "last": last, "rate": _percent(highest)}
    span = declared_note("forecasts.highest", **words) if levels else ""
    if later:
        span = declared_note("forecasts.highest_since", since=coming[0].on, **words)
    if as_of < expected.window[1]:
        return Resolution(Verdict.OPEN, _open(expected.window[1]), value=highest)
    return Resolution(Verdict.KEPT, span, expected.window[1], highest)


def _below(expected: Expectation, path: RatePath, statement_day: date, as_of: date) -> Resolution:
    """The first change after the statement has to end below the level."""
    end = min(as_of, expected.window[1])
    start, *moves = path.between(statement_day, max(end, statement_day))
    for level in moves:
        if abs(level.total - start.total) > SAME:
            kept = Verdict.KEPT if level.total < expected.level else Verdict.BROKEN
            before, after = _percent(start.total), _percent(level.total)
            reason = declared_note("forecasts.first_change", before=before, after=after, day=level.on)
            return Resolution(kept, reason, level.on, level.total, tuple(sorted(set(level.by_event.values()))))
    if as_of <= expected.window[1]:
        return Resolution(Verdict.OPEN, _open(expected.window[1]), value=start.total)
    return Resolution(Verdict.BROKEN, declared_note("forecasts.no_change", day=expected.window[1]), value=start.total)


@dataclass(frozen=True)
class Promise:
    """One undertaking of one side.

    Attributes
    ----------
    agreement : where it was made; by : ISO3 of the side that promised.
    account : "joint" (a text of both sides) or the side whose account it is.
    made, due : day of the promise, and the day by which it is to be kept.
    figure : name of the series that settles a quantity; "" where the record of events and laws does.
    event_id : the promise in the timeline.
    """

    promise_id: str
    agreement: str
    by: str
    what: str
    account: str
    made: date
    due: date
    expected: Expectation
    event_id: str = ""
    figure: str = ""
    quantity: float = float("nan")
    unit: str = ""
    source: str = ""
    note: str = ""


def track(
    promises: Sequence[Promise],
    events: Sequence[Event],
    as_of: date,
    in_force: InForce,
    levels: Levels | None = None,
) -> list[tuple[Promise, Resolution]]:
    """Every promise made by a day with its settlement on the record of that day."""
    made = [promise for promise in promises if promise.made <= as_of]
    return [(p, settle(p.expected, events, p.made, as_of, in_force, levels)) for p in made]
