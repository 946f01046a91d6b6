"""Events and promises as YAML files, checked key by key before anything is settled, and what a statement expects.

A file is a list of rows, or a mapping with a title, a note and the rows under their name. Files of the package are
given by name, those of a user by path. A name nobody knows would match no event, and a statement about the future would
come out as broken: so names of actors, tracks and events are looked up here, and keys that a test would not use are
refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field

from detente.codes import InputError, UnknownName, check_none
from detente.data.library import package_folder
from detente.data.models import (
    Day,
    FileModel,
    Number,
    Prose,
    Rate,
    Texts,
    lines_of,
    lookup,
    model_of,
    one_of,
    record_of,
)
from detente.data.tables import countries
from detente.data.yamlfile import read_yaml
from detente.evidence.events import PRECISIONS, STATUSES, VERBS, VERIFIED, Event, Match, check_events
from detente.evidence.forecasts import TESTS, WINDOWS, Expectation, Promise


@lookup
def _in_utc(value: datetime) -> datetime:
    """A moment in UTC; one without a zone is refused, since it could be anywhere."""
    if value.tzinfo is None:
        raise InputError("", f"{value} has no time zone", "write it as 2025-05-12T07:01Z")
    return value.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_in_utc)]
Verb = Annotated[str, one_of(VERBS, "verb")]
Status = Annotated[str, one_of(STATUSES, "status")]


class EventSource(FileModel):
    """Where an event is told."""

    title: Prose
    url: Prose = ""
    publisher: Prose = ""
    day: Prose = ""
    retrieved: Prose = ""
    note: Prose = ""


class EventRow(FileModel):
    """An event; times carry a zone, levels are '34%' or 0.34 and stand on the event's own track."""

    event_id: str
    announced: Day
    actors: Annotated[Texts, Field(min_length=1)]
    target: str = ""
    verb: Verb
    track: str
    what: str
    status: Status
    announced_utc: Moment | None = None
    precision: Annotated[str, one_of(PRECISIONS, "precision")] = "minute"
    market_knew_utc: Moment | None = None
    effective: Day | None = None
    expires: Day | None = None
    instrument: str = ""
    legal_basis: str = ""
    scope: str = "all"
    level_before: Rate | None = None
    level_after: Rate | None = None
    conditional_on: str = ""
    supersedes: Texts = ()
    sources: Texts = ()
    verified: Annotated[str, one_of(VERIFIED, "word for how well it is verified")] = "general knowledge"
    note: str = ""


class MatchRow(FileModel):
    """Which events count."""

    tracks: Texts = ()
    verbs: tuple[Verb, ...] = ()
    statuses: tuple[Status, ...] = ()
    actors: Texts = ()
    event_ids: Texts = ()

    def match(self) -> Match:
        """The same for the pure layer."""
        return Match(self.tracks, self.verbs, self.statuses, self.actors, self.event_ids)


class ExpectRow(FileModel):
    """What has to happen, and by when: a named window, or first and last day."""

    test: Annotated[str, one_of(TESTS, "test")]
    actor: str = Field(default="", validation_alias=AliasChoices("actor", "importer"))
    target: str = Field(default="", validation_alias=AliasChoices("target", "partner"))
    level: Rate = 0.0
    rate: str = ""
    window: Literal["next week", "soon", "rest of the year"] | None = None
    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = Field(default=None, validation_alias=AliasChoices("until", "by"))
    match: MatchRow | None = None
    partly: MatchRow | None = None
    condition: MatchRow | None = None
    measure: str = ""

    def expectation(self, statement_day: date, due: Day | None, where: str) -> Expectation:
        """The same for the pure layer, its days counted from the statement."""
        first, last = WINDOWS[self.window](statement_day) if self.window else (statement_day, due or self.until)
        first, last = self.from_ or first, self.until or last
        if last is None:
            until = WINDOWS["soon"](statement_day)[1]
            raise InputError(where, "says nothing about when", f"add window: soon, or until: {until}")
        match, partly, condition = (row.match() if row else None for row in (self.match, self.partly, self.condition))
        return Expectation(
            self.test, (first, last), self.actor, self.target, self.level, match or Match(), partly, condition,
            self.measure, self.rate,
        )  # fmt: skip


class PromiseRow(FileModel):
    """A promise of one side in an agreement."""

    promise_id: str
    agreement: str
    by: str
    what: str
    account: str
    made: Day
    due: Day
    expect: ExpectRow
    event_id: str = ""
    figure: str = ""
    quantity: Number = float("nan")
    unit: str = ""
    source: str = ""
    note: str = ""


class _Headed(FileModel):
    title: Prose = ""
    note: Prose = ""


class EventsFile(_Headed):
    """A timeline with its sources by name."""

    sources: dict[str, EventSource] = Field(default_factory=dict)
    events: tuple[EventRow, ...]


class PromisesFile(_Headed):
    """Promises of an agreement."""

    promises: tuple[PromiseRow, ...]


def _folder() -> Path:
    return package_folder() / "ledgers"


def load_events(name: str | Path = "us-china-events") -> tuple[tuple[Event, ...], Mapping[str, Mapping[str, str]]]:
    """A timeline of the package by name, or a file by path, with its sources.

    Raises
    ------
    InputError : an event that is incomplete, precedes its announcement, or names what is not there.
    """
    path, where = path_of(name)
    content = in_rows(read_yaml(path, where), "events", where, "event_id")
    file = model_of(EventsFile, content, where, _unsourced, lines_of(path))
    events = tuple(_event(row) for row in file.events)
    check_events(events, where)
    return events, {name: source.model_dump(exclude_unset=True) for name, source in file.sources.items()}


def in_rows(content: Any, key: str, where: str, name: str) -> Mapping[str, Any]:
    """The content of a file of rows; a bare list has nothing above it."""
    file = {key: content} if isinstance(content, list) else content
    if not isinstance(file, Mapping) or not isinstance(file.get(key), list):
        raise InputError(where, f"holds no list of {key}", f"start with '{key}:' and '- {name}: ...'")
    return file


def _unsourced(file: EventsFile, where: str) -> Iterator[InputError]:
    """Sources of events that the file does not name."""
    for event in file.events:
        for name in event.sources:
            if name not in file.sources:
                repair = "add it under sources: {title: ..., url: ...}"
                yield UnknownName("source", name, file.sources, f"{where}, event {event.event_id}", repair)


def _event(row: EventRow) -> Event:
    return record_of(Event, row, **({"precision": "day"} if row.announced_utc is None else {}))


def check_unique(names: Sequence[str], where: str, kind: str = "claim") -> None:
    """Refuse a name that stands twice."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise InputError(where, f"{kind} {twice[0]} is there twice", f"give each {kind} its own id")


def load_promises(name: str | Path = "us-china-promises") -> tuple[Promise, ...]:
    """Promises of the package by name, or a file by path; the shipped timeline settles them.

    Raises
    ------
    InputError : a promise that is incomplete, or due before it was made. UnknownName : an actor, track or event nobody
        knows.
    """
    path, where = path_of(name)
    content = in_rows(read_yaml(path, where), "promises", where, "promise_id")
    promises, faults, events = [], list[InputError](), load_events()[0]
    for own in model_of(PromisesFile, content, where, line=lines_of(path)).promises:
        try:
            expected = expectation(own.expect, own.made, own.due, events, f"{where}, promise {own.promise_id}")
            promises.append(record_of(Promise, own, expected=expected))
        except InputError as error:
            faults.append(error)
    check_none(faults)
    check_unique([promise.promise_id for promise in promises], where, "promise")
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


# --- what a statement expects -----------------------------------------------------------------------------------------

ALWAYS = ("test", "window", "from_", "until", "condition")
PAIR = ("actor", "target")
#: Keys that each test cannot do without.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "stays": (*PAIR, "level"),
    "below": (*PAIR, "level"),
    "falls": PAIR,
    "level": (*PAIR, "level"),
    "rises": PAIR,
    "reaches": (*PAIR, "level"),
    "event": ("match",),
    "measure_off": ("actor", "measure"),
    "measure_on": ("actor", "measure"),
    "figure": (),
}

#: Keys that a test may use besides.
ALSO: Mapping[str, tuple[str, ...]] = {
    "event": ("partly",), **dict.fromkeys(("stays", "below", "falls", "level", "rises", "reaches"), ("rate",)),
}  # fmt: skip

EXAMPLES = {
    "actor": "actor: USA",
    "target": "target: CHN",
    "level": "level: 60%",
    "match": "match: {tracks: [rare_earth], verbs: [suspend]}",
    "measure": "measure: cn_medium_heavy_rare_earths",
}


def expectation(row: ExpectRow, stated: date, due: date | None, events: Sequence[Event], where: str) -> Expectation:
    """What a statement expects, its names known and its days in order.

    Parameters
    ----------
    stated : day of the statement; due : last day where `expect` names none.
    events : the timeline that settles it; its codes of actors are understood, besides countries by code or name.

    Raises
    ------
    InputError : a key that is missing or that the test does not use, a match that names no kind of event, a last day
        before the statement. UnknownName : an actor, a track or an event nobody knows.
    """
    place = f"{where}, expect"
    _check_keys(row, place)
    if row.window and row.until:
        raise InputError(place, f"has both window: {row.window} and until: {row.until}", "leave one of them out")
    expected = row.expectation(stated, due, where)
    _check_days(expected.window, stated, place)
    names = {name: _actor(getattr(expected, name), events, f"{place}.{name}") for name in PAIR}
    parts = {
        name: _matched(getattr(row, name).match(), events, f"{place}.{name}")
        for name in ("match", "partly", "condition")
        if getattr(row, name) is not None
    }
    return replace(expected, **names, **parts)


def _check_keys(row: ExpectRow, place: str) -> None:
    test, given = row.test, row.model_fields_set
    needed, also = NEEDED[test], ALSO.get(test, ())
    for name in needed:
        if name not in given or getattr(row, name) in ("", None):
            raise InputError(place, f"test '{test}' needs '{name}'", f"add {EXAMPLES[name]}")
    idle = sorted(given - {*ALWAYS, *needed, *also})
    if idle:
        uses = ", ".join((*needed, *also)) or "none of the keys besides its days"
        hint = {
            "falls": "; to say how far, use test: level",
            "rises": "; to say how far, use test: reaches",
            "event": "; name actors in match: {actors: [CHN], ...}",
        }
        raise InputError(place, f"'{idle[0]}' has no meaning for test '{test}'", f"it uses {uses}{hint.get(test, '')}")


def _check_days(window: tuple[date, date], stated: date, place: str) -> None:
    first, last = window
    if last < stated:
        raise InputError(place, f"ends on {last}, before it was said on {stated}", "correct one of the days")
    if first < stated:
        raise InputError(place, f"begins on {first}, before it was said on {stated}", "give a later 'from', or none")
    if last < first:
        raise InputError(place, f"ends on {last}, before it begins on {first}", "swap 'from' and 'until'")


def _actor(name: str, events: Sequence[Event], where: str) -> str:
    """Code of an actor: as the timeline writes it, or a country or a group of them by any code or name."""
    if not name or any(name in (*event.actors, event.target) for event in events):
        return name
    group = countries().group(name)
    return countries().resolve(name, where) if group is None else group.id


def _matched(match: Match, events: Sequence[Event], where: str) -> Match:
    """A match whose names are all known, and that says which events it means."""
    if not match.says_which:
        what = "does not say which events count: every one would do"
        raise InputError(where, what, "add tracks, verbs or event_ids")
    pools = {"track": {event.track for event in events}, "event": {event.event_id for event in events}}
    for kind, names, key in (("track", match.tracks, "tracks"), ("event", match.event_ids, "event_ids")):
        unknown = [name for name in names if name not in pools[kind]]
        if unknown:
            known = sorted(pools[kind])
            place = "see the table details of detente events"
            repair = f"the timeline has {', '.join(known)}" if kind == "track" else place
            raise UnknownName(kind, unknown[0], known, f"{where}.{key}", repair)
    return replace(match, actors=tuple(_actor(name, events, f"{where}.actors") for name in match.actors))
