"""What a statement about the future expects, read against the timeline that settles it.

A name nobody knows would match no event, and the statement would come out as broken: so names of actors, tracks and
events are looked up here, and keys that a test would not use are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from detente.codes import InputError, UnknownName
from detente.data.eventrows import ExpectRow
from detente.data.tables import countries
from detente.evidence.events import Event, Match
from detente.evidence.forecasts import Expectation

ALWAYS = ("test", "window", "from_", "until", "condition")
PAIR = ("actor", "target")
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
"""Keys that each test cannot do without."""

ALSO: Mapping[str, tuple[str, ...]] = {
    "event": ("partly",), **dict.fromkeys(("stays", "below", "falls", "level", "rises", "reaches"), ("rate",)),
}  # fmt: skip
"""Keys that a test may use besides."""

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
