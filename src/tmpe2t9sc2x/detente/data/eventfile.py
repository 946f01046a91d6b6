"""Events and promises as YAML files, checked key by key before anything is settled.

A file is a list of rows, or a mapping with a title, a note and the rows under their name. Files of the package are
given by name, those of a user by path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detente.codes import InputError, UnknownName
from detente.data.eventrows import EventRow, PromiseRow, parsed
from detente.data.expectations import expectation
from detente.data.library import package_folder
from detente.data.yamlfile import as_prose, check_keys, read_yaml
from detente.evidence.events import Event, check_events
from detente.evidence.promises import Promise


def _folder() -> Path:
    return package_folder() / "ledgers"


def load_events(name: str | Path = "us-china-events") -> tuple[tuple[Event, ...], Mapping[str, Mapping[str, str]]]:
    """A timeline of the package by name, or a file by path, with its sources.

    Raises
    ------
    InputError : an event that is incomplete, precedes its announcement, or names what is not there.
    """
    path, where = path_of(name)
    content = read_yaml(path, where)
    head, rows = headed(content, "events", ("sources",), where, "start with 'events:' and '- event_id: ...'")
    sources = _sources(head.get("sources", {}), f"{where}, sources")
    events = tuple(_event(row, f"{where}, event {label_of(row, 'event_id', n)}") for n, row in enumerate(rows, start=1))
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


def headed(content: Any, key: str, more: Sequence[str], where: str, repair: str) -> tuple[dict[str, Any], list[Any]]:
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
    sources: dict[str, dict[str, str]] = {}
    for name, row in given.items():
        keys = check_keys(row, SOURCE_KEYS, f"{where}, {name}", ("title",))
        sources[str(name)] = {key: as_prose(value, f"{where}, {name}, {key}") for key, value in keys.items()}
    return sources


def _event(row: Any, where: str) -> Event:
    row_read = parsed(EventRow, row, where)
    values = row_read.model_dump()
    for name in ("announced_utc", "market_knew_utc"):
        values[name] = in_utc(values[name], f"{where}, {name}")
    for name in ("actors", "supersedes", "sources"):
        values[name] = tuple(values[name])
    if row_read.announced_utc is None:
        values["precision"] = "day"
    return Event(**values)


def in_utc(value: datetime | None, where: str) -> datetime | None:
    """A moment in UTC; one without a zone is refused, since it could be anywhere."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise InputError(where, f"{value} has no time zone", "write it as 2025-05-12T07:01Z")
    return value.astimezone(UTC)


def check_unique(names: Sequence[str], where: str) -> None:
    """Refuse a name that stands twice."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise InputError(where, f"claim {twice[0]} is there twice", "give each claim its own id")


def load_promises(name: str | Path = "us-china-promises") -> tuple[Promise, ...]:
    """Promises of the package by name, or a file by path; the shipped timeline settles them.

    Raises
    ------
    InputError : a promise that is incomplete, or due before it was made. UnknownName : an actor, track or event nobody
        knows.
    """
    path, where = path_of(name)
    content = read_yaml(path, where)
    _, rows = headed(content, "promises", (), where, "start with 'promises:' and '- promise_id: ...'")
    promises, events = [], load_events()[0]
    for number, row in enumerate(rows, start=1):
        place = f"{where}, promise {label_of(row, 'promise_id', number)}"
        own = parsed(PromiseRow, row, place)
        values = {name: getattr(own, name) for name in PromiseRow.model_fields if name != "expect"}
        promises.append(Promise(**values, expected=expectation(own.expect, own.made, own.due, events, place)))
    check_unique([promise.promise_id for promise in promises], where)
    return tuple(promises)


def path_of(name: str | Path) -> tuple[Path, str]:
    """Path of a file of the package by name, or of a user by path, and what to call it.

    Raises
    ------
    UnknownName : neither.
    """
    shipped = _folder() / f"{name}.yaml"
    if not Path(name).suffix and shipped.exists():
        return shipped, f"{name}.yaml"
    if Path(name).name == str(name) and not Path(name).suffix and not Path(name).exists():
        raise unknown_ledger(str(name))
    return Path(name), str(name)


def unknown_ledger(name: str) -> UnknownName:
    """What to say of a name that is neither a ledger or timeline of the package nor a path."""
    known = [path.stem for path in sorted(_folder().glob("*.yaml"))]
    return UnknownName("ledger", name, known, repair=f"shipped: {', '.join(known)}; or give a path")


def label_of(row: Any, key: str, number: int) -> str:
    """What to call a row: its id, or its number in the file."""
    return str(row.get(key) or number) if isinstance(row, Mapping) else str(number)
