"""Record: tables of the timeline of events and of what became of promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from math import isnan
from pathlib import Path

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.data.caserows import CaseFile
from detente.data.dealrecord import bargains
from detente.data.eventfile import load_events, load_promises
from detente.data.evidence_tables import purchase
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.data.tables import countries, partner_name, place
from detente.evidence import Event, Promise, Resolution, Verdict, additional_rate, track
from detente.evidence.chances import SEED
from detente.lab.score.track import KINDS as TRACKED
from detente.lab.score.track import steps_table
from detente.lab.score.track import track as tracks
from detente.lab.statute.standing import standing_of
from detente.lab.talks.advice import ADVICE
from detente.lab.talks.outlook import AMERICA, outlook_on
from detente.lab.talks.power import terms_tables

#: Kind of an event by what is done.
KINDS = {
    **dict.fromkeys(("impose", "raise", "cut", "suspend", "extend", "remove", "exempt"), "tariffs"),
    **dict.fromkeys(("control", "license"), "controls"),
    **dict.fromkeys(("sign", "talks", "statement", "promise"), "talks"),
    "threat": "threats",
    "court": "rulings",
}

#: Track of investigations and announced acts of a lawbook, a kind of their own.
PROSPECTS = "may come"


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
    # The days on which each was announced and took effect.
    marked = [(event, (event.announced, event.effective if event.status == "in_force" else None)) for event in events]
    chosen = [event for event, days in marked if any(day is not None and first <= day <= last for day in days)]
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


#: Days after the end of a year until its trade is public.
PUBLISHED = 45


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


# --- what became of threats, deals, truces and promises, in one table, with the tables of what is asked for ----------


#: Promises of the sides; what signed terms say of those who signed, which is solved when it is asked for.
PROMISE, TERMS = "promise", "terms"

EVERY = (*TRACKED, PROMISE, TERMS)
US = partner_name("USA")


def lives_beside(file: CaseFile) -> list[Table]:
    """How long bargains lived on the record of a case's day, with the forecast of its advice; none without the US."""
    if AMERICA not in file.parties:
        return []
    view = outlook_on(file, ADVICE, day=file.on)
    return [steps_table(bargains(), view.read, view.then)]


def asked_record(
    kind: str = "", first: date | None = None, last: date | None = None, case: str = "", as_of: date | None = None,
    seed: int = SEED, tell: Callable[[int, int], None] | None = None,
) -> list[Table]:  # fmt: skip
    """The record in one table, a row each, and the tables of its kinds: of `track`, of promises, or of signed terms.

    Parameters
    ----------
    kind : one of `KINDS`, `PROMISE` or `TERMS`; all but the last where none is named.
    first, last : days of the rows of the first table, included. case : an id, an agreement, or a case with terms.
    tell : told how many cases with signed terms are done, and of how many.

    Raises
    ------
    UnknownName, InputError : as `track`, and what has no row in the span.
    """
    if kind == TERMS:
        return terms_tables([case] if case else [], tell)
    promised = case in {promise.agreement for promise in load_promises()}
    tables = [] if kind == PROMISE or promised else tracks(kind, deal=case, as_of=as_of, seed=seed)
    if kind == PROMISE or promised or not (kind or case):
        tables.append(promises_table(as_of or date.today(), case))
    rows = sorted((row for table in tables for row in _rows(table)), reverse=True)
    kept = [row for row in rows if (first is None or row[0] >= str(first)) and (last is None or row[0] <= str(last))]
    if not kept:
        raise InputError(Parameter("from"), "leaves nothing of the record", "take a longer span")
    return [table_of("track.record", kept), *tables]


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    """Rows of the record that a table gives: day, kind, name, who, on whom, what, what was expected, what came."""
    for row in table.rows():
        if table.name == "track_threats":
            chances = {name: row[key] for key, name in OUTCOMES.items()}
            expected = max(chances, key=lambda name: chances[name])
            rate = f"{100 * row['rate']:g}% on " if not isnan(row["rate"]) else ""
            yield (row["deadline"], "threat", row["id"], row["giver"], row["receiver"], f"{rate}{row['measure']}",
                   f"{expected}, {chances[expected]:.0%}", row["came"])  # fmt: skip
        elif table.name == "track_rates":
            yield (row["announced"], "deal", row["id"], US, row["partner"], "US tariff afterwards",
                   f"{row['median']:.1%}, {row['low']:.1%} to {row['high']:.1%}", f"{row['agreed']:.1%}")  # fmt: skip
        elif table.name == "track_lives":
            life = f"life of a {row['form']}" if row["form"].startswith("dated") else f"life of what is {row['form']}"
            yield (row["announced"], "truce", row["id"], US, row["partner"], life,
                   f"{row['day_90']:.0%} after 90 days, {row['day_365']:.0%} after a year",
                   f"{row['end']} after {row['days']:.0f} days")  # fmt: skip
        elif table.name == "promises":
            yield (row["made"], PROMISE, row["promise"], partner_name(row["by"]), "the other side", row["what"],
                   f"by {row['due']}" if row["due"] else "", row["verdict"])  # fmt: skip


#: Columns of the chances of threats, by what comes.
OUTCOMES = {"imposed": "carried out", "postponed": "postponed", "agreed": "deal", "dropped": "dropped"}
