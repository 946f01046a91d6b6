"""Timeline: what happened, made from what is on record: events, threats, deals, acts of every lawbook, rulings.

Nothing is kept by hand here. An act that an event tells already, by its number and first day, is told once; so is a
threat or a deal between the same sides on the same day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.days import BASE_DAY, check_span
from detente.data.days import signings
from detente.data.dealrecord import deals, spelled, threat_rows
from detente.data.eventfile import load_events
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.data.tables import countries, partner_name
from detente.evidence import Event
from detente.evidence.events import WORLD
from detente.lab.record.tables import PROSPECTS, kind_of, table_of_events
from detente.lab.statute.book import LawStep, steps
from detente.law import Law, MeasureKind
from detente.law.measure import ALWAYS

#: Files of the package with threats, talks, promises and statements.
LEDGERS = ("us-china-events", "us-trade-events")

#: Measures of an act that are named.
NAMED = 3

#: Numbers of acts, as in "EO 14257" or "FR 2026-03824".
NUMBER = re.compile(r"\d{4,}")


SHOWN = ("announced", "effective", "actor", "kind", "what", "status")
#: Columns of the table `events`; it has levels where no event is left out, and `details` has all columns.
LEVELS = ("usa_on_chn", "chn_on_usa")

RECENT = timedelta(days=30)


def span_of(first: date | None, last: date | None, whole: bool) -> tuple[date, date]:
    """The span that is meant: to today, and from 30 days before; from 2025 on where the `whole` record is searched."""
    last = last or date.today()
    first = first or (min(BASE_DAY, last) if whole else last - RECENT)
    check_span(first, last)
    return first, last


def timeline(first: date, last: date, words: str = "", kind: str = "", country: str = "") -> list[Table]:
    """Everything on record that was announced or took effect in a span, the newest first: `events` and `details`.

    Parameters
    ----------
    words : all of them stand in what is said of an event. kind : as `kind_of` names it. country : acts or is meant.
    """
    ledgers = [load_events(name) for name in LEDGERS]
    sources = {key: source for _, own in ledgers for key, source in own.items()}
    events = [event for own, _ in ledgers for event in own]
    rows = [*events, *_unless_there(events, [*_threats(), *_deals()])]
    numbers = {(actor, e.effective, number) for e in events for actor in e.actors for number in _numbers(e)}
    start = max(BASE_DAY, first - timedelta(days=LEAD))
    for code in lawbooks():
        law = importer(code).law
        acts = [*_acts(law, start, last), *_rulings(law), *_prospects(law)]
        rows += [act for act in acts if not any((code, act.effective, number) in numbers for number in _numbers(act))]
    wanted = words.lower().split()
    rows = [
        event for event in rows
        if kind in ("", kind_of(event)) and _about(event, country) and all(word in _told(event) for word in wanted)
    ]  # fmt: skip
    table = table_of_events(rows, first, last, sources, ledgers[0][0])
    table = table.take(np.arange(len(table))[::-1])
    shown = (
        SHOWN if words or kind or country else (*SHOWN, *LEVELS)
    )  # levels of some acts alone would draw a wrong course
    return [table.select(shown), replace(table, name="details", title=declared_note("record.in_full"), notes=())]


def _about(event: Event, country: str) -> bool:
    """Whether a country, or a union that it belongs to, acts or is meant."""
    named = {*event.actors, event.target}
    unions = [group for code in named if (group := countries().group(code)) is not None]
    return not country or country in named or any(country in union.on(event.announced) for union in unions)


def _told(event: Event) -> str:
    """All that is said of an event, in small letters."""
    names = (_who(code) for code in (*event.actors, event.target))
    return " ".join((event.track.replace("_", " "), event.what, event.instrument, event.note, *names)).lower()


#: Days before a span on which acts are looked for as well, since a later first day may have been announced in it.
LEAD = 366


def _numbers(event: Event) -> set[str]:
    return set(NUMBER.findall(event.instrument))


def _unless_there(events: Iterable[Event], more: Iterable[Event]) -> Iterator[Event]:
    """Events that are not there already: those between sides that have one on that day."""
    known = {(event.announced, frozenset((*event.actors, event.target)) - {WORLD}) for event in events}
    return (
        event for event in more if (event.announced, frozenset((*event.actors, event.target)) - {WORLD}) not in known
    )


def _threats() -> Iterator[Event]:
    """Threats of the record of threats, each with what became of it."""
    for row in threat_rows():
        rate = "" if row["rate"] is None else f"{row['rate']:g}%, "
        note = declared_note("record.became", what=row["final"], day=row["final_on"] or "no day")
        yield _event(
            row["id"], row["announced"], row["giver"], row["receiver"], "threat", "threats", "announced_only",
            f"{_who(row['receiver'])}: {rate}{spelled(row['measure'])}", note, row["source"], row["confidence"],
            row["deadline"],
        )  # fmt: skip


def _deals() -> Iterator[Event]:
    """Deals, pauses and breakdowns of the record of deals."""
    for row in deals():
        rates = [row[name] for name in ("before", "agreed")]
        moved = f", {rates[0]:g}% to {rates[1]:g}%" if None not in rates and rates[0] != rates[1] else ""
        called = f" ({spelled(row['called'])})" if row["called"] else ""
        yield _event(
            row["id"], row["announced"], "USA", row["partner"], "sign" if row["bargain"] else "statement", "deals",
            "in_force", f"{_who(row['partner'])}: {row['kind']}{called}{moved}", row["status"].replace("_", " "),
            row["source"], row["confidence"],
        )  # fmt: skip


def _who(code: str) -> str:
    """A side of a threat or deal by name; what is no country as it stands."""
    return partner_name(code) if code in countries().names or countries().group(code) is not None else code


def _event(
    name: str, announced: str, actor: str, target: str, verb: str, track: str, status: str, what: str, note: str,
    source: str, confidence: str, due: str = "",
) -> Event:  # fmt: skip
    target = target if target in countries().names or countries().group(target) is not None else WORLD
    return Event(
        name, date.fromisoformat(announced), (actor,), target, verb, track, status, what,
        effective=date.fromisoformat(due) if due else None, instrument=source, verified=f"confidence {confidence}",
        note=note,
    )  # fmt: skip


def _acts(law: Law, first: date, last: date) -> Iterator[Event]:
    """What acts of a lawbook begin, change or end, one event for each act and first day."""
    names = {authority.id: authority.name for authority in law.authorities}
    read = law.record.to if law.record is not None else None
    signed = {(s.day, name): s.signed for s in signings() if law.importer == "USA" for name in s.measures}

    def act(step: LawStep) -> tuple[date, str]:
        return step.day, step.period.instrument or step.measure.instrument

    for (day, instrument), group in groupby(sorted(steps(law, first, last), key=act), act):
        own = sorted(group, key=lambda s: (s.measure.kind is not MeasureKind.DUTY, s.measure.partners is not None))
        texts = list(dict.fromkeys(f"{s.measure.title}: {s.what}" for s in own))
        shown = "; ".join(texts[:NAMED])
        more = declared_note("record.more_measures", count=len(texts) - NAMED) if len(texts) > NAMED else ""
        head = own[0].measure
        known = [signed.get((day, s.measure.id)) or s.period.published or day for s in own]
        # The one partner that some steps are about; else everybody.
        scopes = [s.measure.partners for s in own]
        named = frozenset[str]().union(*(p.countries for scope in scopes for p in scope or ()))
        target = min(named) if len(named) == 1 and None not in scopes else WORLD
        yield Event(
            f"{law.importer}:{day}:{head.id}", min(*known, day), (law.importer,), target, _verb(own[0]),
            names.get(head.authority, head.authority), "in_force" if read is None or day <= read else "announced_only",
            shown + more, effective=day, instrument="; ".join(filter(None, (instrument, head.citation))),
            verified=f"confidence {head.confidence}",
        )  # fmt: skip


def _verb(step: LawStep) -> str:
    """What a step does, in a word of the timeline."""
    if step.measure.kind in (MeasureKind.CONTROL, MeasureKind.BAN):
        return "control" if not step.what.startswith("ends") else "remove"
    if step.measure.kind is MeasureKind.EXEMPTION:
        return "exempt" if not step.what.startswith("ends") else "impose"
    return {"begins": "impose", "ends": "remove"}.get(step.what.split(" ")[0], "raise")


def _rulings(law: Law) -> Iterator[Event]:
    """Rulings of courts, and acts that took away normal trade relations."""
    for ruling in law.rulings:
        if ruling.day != ALWAYS:
            yield Event(
                f"{law.importer}:{ruling.day}:{ruling.id}", ruling.day, (law.importer,), WORLD, "court", "rulings",
                "in_force", ruling.title, effective=ruling.day, instrument=ruling.citation, verified="primary",
            )  # fmt: skip


def _prospects(law: Law) -> Iterator[Event]:
    """What may come: investigations and announced acts, from the day on which they were known."""
    for number, entry in enumerate(law.record.ahead if law.record is not None else (), 1):
        target = min(entry.partners) if entry.partners is not None and len(entry.partners) == 1 else WORLD
        yield Event(
            f"{law.importer}:{entry.start}:may-come-{number}", entry.start, (law.importer,), target, "statement",
            PROSPECTS, "announced_only", entry.title, effective=entry.day, instrument=entry.citation,
        )  # fmt: skip
