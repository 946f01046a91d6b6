"""Claims, events and promises as YAML files, checked key by key before anything is judged.

`ledger_names()` lists the ledgers of the package; a user's own is given by its path. A file of claims is a list, or a
mapping with `claims:` and defaults (`said`, `source`, `events`). Numbers stand as the source gives them: 23 with
`unit: percent` is 23 per cent, and its last digit says how exact it is meant to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from detente.codes import InputError, UnknownName
from detente.data.claimneeds import Said, lacking
from detente.data.claimreadings import check_base, readings_meant
from detente.data.claimrows import ClaimRow, EventRow, PartRow, PromiseRow, QuantityRow, ReadingRow, check_uses, parsed
from detente.data.expectations import expectation
from detente.data.library import package_folder
from detente.data.yamlfile import as_prose, check_keys, read_yaml
from detente.evidence.claims import QUANTITIES, Claim, Kind, Part, Speaker
from detente.evidence.events import Event, check_events
from detente.evidence.forecasts import Expectation
from detente.evidence.promises import Promise

RATED = (Kind.MEASUREMENT, Kind.CAUSAL)
AHEAD = (Kind.FORECAST, Kind.PROMISE, Kind.THREAT, Kind.INTENT)


@dataclass(frozen=True)
class Statement:
    """A part of a claim with what decides it.

    Attributes
    ----------
    row : the quantity as written; readings : definitions to compute, the default first; expected : rule V4.
    lacks : what the quantity does not say and has to, as a question; "" where it says all.
    """

    claim: Claim
    part: Part
    row: QuantityRow | None
    readings: tuple[ReadingRow, ...]
    expected: Expectation | None
    lacks: str = ""


@dataclass(frozen=True)
class Ledger:
    """A file of claims, ready to be judged.

    Attributes
    ----------
    name : of the ledger or path; events : the timeline that settles its forecasts.
    """

    name: str
    title: str
    note: str
    statements: tuple[Statement, ...]
    events: tuple[Event, ...]
    sources: Mapping[str, Mapping[str, str]]


def ledger_names() -> tuple[str, ...]:
    """Ledgers of claims in the package."""
    return ("may-2025",)


def _folder() -> Path:
    return package_folder() / "ledgers"


def load_events(name: str | Path = "us-china-events") -> tuple[tuple[Event, ...], Mapping[str, Mapping[str, str]]]:
    """A timeline of the package by name, or a file by path, with its sources.

    Raises
    ------
    InputError : an event that is incomplete, precedes its announcement, or names what is not there.
    """
    path, where = _found(name)
    content = read_yaml(path, where)
    head, rows = _headed(content, "events", ("sources",), where, "start with 'events:' and '- event_id: ...'")
    sources = _sources(head.get("sources", {}), f"{where}, sources")
    events = tuple(_event(row, f"{where}, event {_label(row, 'event_id', n)}") for n, row in enumerate(rows, start=1))
    check_events(events, where)
    for event in events:
        for name in event.sources:
            if name not in sources:
                known = "add it under sources: {title: ..., url: ...}"
                raise UnknownName("source", name, sources, f"{where}, event {event.event_id}", known)
    return events, sources


SOURCE_KEYS = ("title", "url", "publisher", "day", "retrieved", "note")
HEAD = ("title", "note")
"""Keys every file of rows may have above them."""


def _headed(content: Any, key: str, more: Sequence[str], where: str, repair: str) -> tuple[dict[str, Any], list[Any]]:
    """What stands above the rows of a file, and the rows; a bare list has nothing above it."""
    head = {key: content} if isinstance(content, list) else content
    if not isinstance(head, Mapping) or not isinstance(head.get(key), list):
        raise InputError(where, f"holds no list of {key}", repair)
    head = check_keys(head, (*HEAD, key, *more), where)
    head |= {name: as_prose(head.get(name), f"{where}, {name}") for name in HEAD if name in head}
    return head, head[key]


def _sources(given: Any, where: str) -> dict[str, dict[str, str]]:
    """Sources by id, each with a title and mostly an address."""
    if not isinstance(given, Mapping):
        raise InputError(where, "should name sources by id", "as in eo14195: {title: ..., url: ...}")
    found: dict[str, dict[str, str]] = {}
    for name, row in given.items():
        keys = check_keys(row, SOURCE_KEYS, f"{where}, {name}", ("title",))
        found[str(name)] = {key: as_prose(value, f"{where}, {name}, {key}") for key, value in keys.items()}
    return found


def _event(row: Any, where: str) -> Event:
    found = parsed(EventRow, row, where)
    values = found.model_dump()
    for name in ("announced_utc", "market_knew_utc"):
        values[name] = _utc(values[name], f"{where}, {name}")
    for name in ("actors", "supersedes", "sources"):
        values[name] = tuple(values[name])
    if found.announced_utc is None:
        values["precision"] = "day"
    return Event(**values)


def _utc(value: datetime | None, where: str) -> datetime | None:
    """A moment in UTC; one without a zone is refused, since it could be anywhere."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise InputError(where, f"{value} has no time zone", "write it as 2025-05-12T07:01Z")
    return value.astimezone(UTC)


def load_ledger(name: str | Path = "may-2025") -> Ledger:
    """A ledger of the package by name, or a user's file of claims by path.

    Raises
    ------
    InputError : a claim without quantity or day, a key nobody knows, a number that cannot be read.
    UnknownName : neither a ledger nor a path.
    """
    path, where = _found(name)
    content = read_yaml(path, where)
    keys = ("said", "source", "events")
    head, given = _headed(content, "claims", keys, where, "start with '- claim_id: mine-1'")
    timeline = as_prose(head.get("events"), f"{where}, events") or "us-china-events"
    events, sources = load_events(_beside(path, timeline))
    rows = [_with_defaults(row, head) for row in given]
    statements: list[Statement] = []
    for number, row in enumerate(rows, start=1):
        statements += _statements(row, f"{where}, claim {_label(row, 'claim_id', number)}", events)
    _unique([s.claim.claim_id + s.part.part for s in statements], where)
    title, note = head.get("title", "Claims"), head.get("note", "")
    return Ledger(str(name), title, note, tuple(statements), events, sources)


def _beside(path: Path, name: str) -> str | Path:
    """A timeline of the package by name, or a file that lies beside the claims."""
    near = path.parent / name
    return near if Path(name).suffix and near.exists() else name


def _with_defaults(row: Any, head: Mapping[str, Any]) -> Any:
    if not isinstance(row, Mapping):
        return row
    given = {key: head[key] for key in ("said", "source") if key in head}
    if "said_utc" in row or "said" in row:
        given.pop("said", None)
    return {**given, **row}


def _unique(names: Sequence[str], where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(where, f"claim {twice[0]} is there twice", "give each claim its own id")


def _statements(row: Any, where: str, events: Sequence[Event]) -> list[Statement]:
    found = parsed(ClaimRow, row, where)
    moment = _utc(found.said_utc, f"{where}, said_utc")
    said = moment.date() if moment else found.said
    if said is None:
        raise InputError(where, "has no day", "add said: 2025-05-09, or said_utc: 2025-05-09T10:00Z")
    known = {event.event_id for event in events}
    missing = [name for name in found.event_ids if name not in known]
    if missing:
        raise UnknownName("event", missing[0], known, where)
    rows = found.parts or [_single(found, where)]
    parts = tuple(_part(part, found, said, where) for part in rows)
    claim = Claim(
        found.claim_id, found.quote, Speaker(**found.speaker.model_dump()), said, parts, moment, found.language,
        {key: str(value) for key, value in found.source.items()}, tuple(found.event_ids),
    )  # fmt: skip
    return [_statement(claim, part, own, events, where) for part, own in zip(parts, rows, strict=True)]


def _single(found: ClaimRow, where: str) -> PartRow:
    if not found.kind:
        raise InputError(where, "has no kind", f"add kind: {', '.join(k.value for k in Kind)}")
    return PartRow(**{name: getattr(found, name) for name in PartRow.model_fields})


def _part(row: PartRow, claim: ClaimRow, said: date, where: str) -> Part:
    kind = Kind(row.kind)
    place = f"{where}{f', part {row.part}' if row.part else ''}"
    if kind in RATED and row.quantity is None:
        raise InputError(place, f"a {kind} needs a quantity", f"add quantity: {{name: {QUANTITIES[0]}, value: 23}}")
    if kind in AHEAD and row.expect is None:
        raise InputError(place, f"a {kind} says nothing that can be settled", "add expect: {test: ..., window: soon}")
    quantity = row.quantity.quantity(said, place) if row.quantity else None
    if quantity is not None and quantity.base is not None and quantity.base > quantity.as_of:
        what = f"the base {quantity.base} comes after the day it is compared with, {quantity.as_of}"
        raise InputError(f"{place}, quantity", what, "swap base and as_of")
    return Part(row.part, kind, row.statement or claim.quote, quantity, row.open, row.modality, tuple(row.hedges))


def _statement(claim: Claim, part: Part, row: PartRow, events: Sequence[Event], where: str) -> Statement:
    place = f"{where}{f', part {part.part}' if part.part else ''}"
    expected = expectation(row.expect, claim.said, None, events, place) if row.expect else None
    readings, lacks = tuple(row.readings), ""
    if row.quantity is not None:
        lacks = lacking(Said(row.quantity, row.definition, readings), part.kind)
        readings = readings_meant(row.quantity, row.definition, readings)
        check_base(row.quantity, readings, place)
        for reading in readings:
            check_uses(row.quantity.name, reading, f"{place}, reading {reading.name}")
    return Statement(claim, part, row.quantity, readings, expected, lacks)


def load_promises(name: str | Path = "us-china-promises") -> tuple[Promise, ...]:
    """Promises of the package by name, or a file by path; the shipped timeline settles them.

    Raises
    ------
    InputError : a promise that is incomplete, or due before it was made. UnknownName : an actor, track or event nobody
        knows.
    """
    path, where = _found(name)
    content = read_yaml(path, where)
    _, rows = _headed(content, "promises", (), where, "start with 'promises:' and '- promise_id: ...'")
    found, events = [], load_events()[0]
    for number, row in enumerate(rows, start=1):
        place = f"{where}, promise {_label(row, 'promise_id', number)}"
        own = parsed(PromiseRow, row, place)
        values = {name: getattr(own, name) for name in PromiseRow.model_fields if name != "expect"}
        found.append(Promise(**values, expected=expectation(own.expect, own.made, own.due, events, place)))
    _unique([promise.promise_id for promise in found], where)
    return tuple(found)


def _found(name: str | Path) -> tuple[Path, str]:
    shipped = _folder() / f"{name}.yaml"
    if not Path(name).suffix and shipped.exists():
        return shipped, f"{name}.yaml"
    if not Path(name).suffix and not Path(name).exists():
        raise unknown_ledger(str(name))
    return Path(name), str(name)


def unknown_ledger(name: str) -> UnknownName:
    """What to say of a name that is neither a ledger or timeline of the package nor a path."""
    known = [path.stem for path in sorted(_folder().glob("*.yaml")) if path.stem != "quantities"]
    return UnknownName("ledger", name, known, repair=f"shipped: {', '.join(known)}; or give a path")


def _label(row: Any, key: str, number: int) -> str:
    return str(row.get(key) or number) if isinstance(row, Mapping) else str(number)
