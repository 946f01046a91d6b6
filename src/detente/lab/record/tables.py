"""Record: tables of the timeline of events and of what became of promises."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.data.eventfile import load_events, load_promises
from detente.data.evidence_tables import purchase
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.data.tables import countries, place
from detente.evidence import Event, Promise, Resolution, Verdict, additional_rate, track
from detente.lab.statute.standing import standing_of

KINDS = {
    **dict.fromkeys(("impose", "raise", "cut", "suspend", "extend", "remove", "exempt"), "tariffs"),
    **dict.fromkeys(("control", "license"), "controls"),
    **dict.fromkeys(("sign", "talks", "statement", "promise"), "talks"),
    "threat": "threats",
    "court": "rulings",
}
"""Kind of an event by what is done."""

PROSPECTS = "may come"
"""Track of investigations and announced acts of a lawbook, a kind of their own."""


def kinds() -> tuple[str, ...]:
    """Names of the kinds of events."""
    return (*dict.fromkeys(KINDS.values()), "prospects")


def kind_of(event: Event) -> str:
    """What kind of thing an event is."""
    return "prospects" if event.track == PROSPECTS else KINDS[event.verb]


def events_table(first: date = date.min, last: date = date.max, source: str | Path = "us-china-events") -> Table:
    """Events of a file announced in a span, with the additional rate of both sides from each one's first day."""
    events, sources = load_events(source)
    return table_of_events(events, first, last, sources, events)


def table_of_events(
    events: Sequence[Event],
    first: date,
    last: date,
    sources: Mapping[str, Mapping[str, str]],
    between: Sequence[Event],
) -> Table:
    """Events announced or taking effect in a span, in their order; `between` : those that add up to both sides' rates.

    Raises
    ------
    InputError : no event falls into the span.
    """
    chosen = [e for e in events if _falls(e, first, last)]
    if not chosen:
        if not events:
            raise InputError("events", "there is none like this on record", "use other words, kind or country")
        span = f"{min(e.announced for e in events)} to {max(e.announced for e in events)}"
        raise InputError("events", "there is none in this span", f"the timeline runs {span}")
    rows = [_event_row(event, between) for event in sorted(chosen, key=lambda e: e.announced)]
    used = sorted({name for event in chosen for name in event.sources})
    cited = [
        f"{sources[name]['title']}{': ' + sources[name]['url'] if 'url' in sources[name] else ''}" for name in used
    ]
    table = table_of("record.events", rows, cited)
    days = [day for event in chosen for day in (event.announced, event.effective) if day is not None]
    return table.standing_on(standing_of(importer("USA").law, min(days), min(max(days), last)))


def _falls(event: Event, first: date, last: date) -> bool:
    """Whether an event was announced in a span, or took effect in it."""
    begins = event.effective if event.status == "in_force" else None
    return first <= event.announced <= last or (begins is not None and first <= begins <= last)


def _event_row(event: Event, events: Sequence[Event]) -> tuple[object, ...]:
    counts = event.effective is not None and event.status == "in_force" and event.level_after is not None
    day = event.effective if counts else None
    both = [
        additional_rate(events, a, b, day).total if day else float("nan") for a, b in (("USA", "CHN"), ("CHN", "USA"))
    ]
    stamp = "" if event.announced_utc is None else event.announced_utc.strftime("%Y-%m-%d %H:%M")
    levels = [float("nan") if level is None else level for level in (event.level_before, event.level_after)]
    return (
        event.event_id, str(event.announced), stamp, str(event.effective or ""), str(event.expires or ""),
        "+".join(event.actors), event.target, event.verb, event.track, event.what, event.status, *levels, *both,
        event.instrument, event.verified, event.note, kind_of(event),
    )  # fmt: skip


ACT = re.compile(r"\b(?P<act>[a-z]\w*) in the lawbook of (?P<code>[A-Z]{3})\b")
SIDE = re.compile(r"\b(?P<word>of|on) (?P<code>[A-Z]{3})\b")


def in_words(reason: str) -> str:
    """What a record shows with acts by their titles and countries by name, in the place of ids and codes."""
    known = countries().names

    def titled(act: re.Match[str]) -> str:
        measure = importer(act["code"]).law.by_id.get(act["act"]) if act["code"] in lawbooks() else None
        return f"'{act['act'] if measure is None else measure.title}' of {place(act['code'])}"

    def named(side: re.Match[str]) -> str:
        return f"{side['word']} {place(side['code']) if side['code'] in known else side['code']}"

    return SIDE.sub(named, ACT.sub(titled, reason))


def promises_table(as_of: date, agreement: str = "", source: str | Path = "us-china-promises") -> Table:
    """Every promise made by a day with what became of it on the record of that day."""
    promises, events = load_promises(source), load_events()[0]
    names = list(dict.fromkeys(promise.agreement for promise in promises))
    if agreement and agreement not in names:
        raise UnknownName("agreement", agreement, names, Parameter("case"), f"use {', '.join(names)}")
    # Half of the program stands behind a law in force on a day; events and promises elsewhere do without.
    from detente.lab.claims.check import in_force, levels

    tracked = [(p, s) for p, s in track(promises, events, as_of, in_force, levels) if agreement in ("", p.agreement)]
    if not tracked:
        raise InputError(Parameter("as_of"), f"no promise was made by {as_of}", "give a later day")
    rows = [_promise_row(promise, _figured(promise, settled, as_of)) for promise, settled in tracked]
    table = table_of("record.promises", rows, as_of=as_of)
    return table.standing_on(standing_of(importer("USA").law, as_of, as_of))


PUBLISHED = 45
"""Days after the end of a year until its trade is public."""


def _figured(promise: Promise, settled: Resolution, as_of: date) -> Resolution:
    """What a series says of a quantity: never a verdict where it measures something else."""
    if promise.figure == "" or settled.verdict is not Verdict.NOT_CHECKABLE:
        return settled
    year = promise.due.year
    value = purchase(promise.figure, year)
    if (as_of - promise.due).days < 0:
        return Resolution(Verdict.OPEN, declared_note("claims.open_until", day=promise.due))
    if not np.isfinite(value) or (as_of - date(year, 12, 31)).days < PUBLISHED:
        words = declared_note("record.exports_unknown", good=promise.figure, year=year)
        return Resolution(Verdict.NOT_CHECKABLE, words)
    sold = declared_note("record.exports_of_year", year=year, value=value / 1e9)
    needed = declared_note("record.price_needed", tonnes=promise.quantity / 1e6, price=value / promise.quantity)
    return Resolution(Verdict.NOT_CHECKABLE, f"{sold}; {needed}", value=value)


def _promise_row(promise: Promise, settled: Resolution) -> tuple[object, ...]:
    when = "" if settled.when is None else str(settled.when)
    note = "; ".join(filter(None, (promise.source, promise.note)))
    return (
        promise.promise_id, promise.agreement, promise.by, promise.what, promise.account, str(promise.made),
        str(promise.due), str(settled.verdict), when, in_words(settled.reason), note,
    )  # fmt: skip
