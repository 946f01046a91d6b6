"""Events: the dated record of threats, duties, promises and talks, and the rate that follows by adding it up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from detente.codes import InputError
from detente.codes.names import Readable

VERBS = (
    "threat", "impose", "raise", "cut", "suspend", "extend", "remove", "exempt", "control", "license", "promise",
    "sign", "court", "talks", "statement",
)  # fmt: skip
STATUSES = ("in_force", "superseded", "announced_only", "promise")
PRECISIONS = ("minute", "about", "day")
VERIFIED = ("primary", "quoted in a primary text", "one side's account", "general knowledge")
WORLD = "WLD"


@dataclass(frozen=True, repr=False)
class Event(Readable):
    """One act, threat, promise or meeting.

    Attributes
    ----------
    announced : day of the announcement, on the calendar of the actor.
    announced_utc : moment of the first public source, an upper bound of when the market knew; None: hour not known.
    precision : "minute" (stamp of a page), "about" or "day".
    market_knew_utc : moment the market knew, where it was earlier than the source.
    effective : legal first day; None for what never takes effect; expires : last day; None is open.
    actors, target : ISO3 codes, WLD for everybody; a joint event has two actors and binds each toward the other.
    level_before, level_after : additional duty on this track alone, share; None where no single level exists.
    status : in_force, superseded (replaced before it took effect), announced_only or promise.
    verified : how well the record is founded; an account of one side stays that side's account.
    """

    event_id: str
    announced: date
    actors: tuple[str, ...]
    target: str
    verb: str
    track: str
    status: str
    what: str
    announced_utc: datetime | None = None
    precision: str = "day"
    market_knew_utc: datetime | None = None
    effective: date | None = None
    expires: date | None = None
    instrument: str = ""
    legal_basis: str = ""
    scope: str = "all"
    level_before: float | None = None
    level_after: float | None = None
    conditional_on: str = ""
    supersedes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    verified: str = "general knowledge"
    note: str = ""

    @property
    def knew(self) -> datetime | date:
        """Moment the market knew, or the day where no hour is on record."""
        return self.market_knew_utc or self.announced_utc or self.announced

    @property
    def joint(self) -> bool:
        """Whether several actors bind themselves."""
        return len(self.actors) > 1


def check_events(events: Sequence[Event], where: str = "events") -> None:
    """Refuse ids used twice, unknown words, acts that work before they are announced, levels that do not join.

    A retroactive act says so: its `note` starts with "retroactive".
    """
    seen: set[str] = set()
    for event in events:
        place = f"{where}, {event.event_id}"
        if event.event_id in seen:
            raise InputError(place, "is there twice", "give each event its own id")
        seen.add(event.event_id)
        _check_order(event, place)
        missing = [name for name in event.supersedes if name not in {e.event_id for e in events}]
        if missing:
            raise InputError(place, f"supersedes {missing[0]}, which is not there", "name an event of the file")


def _check_order(event: Event, place: str) -> None:
    early = event.effective is not None and event.effective < event.announced
    if early and not event.note.startswith("retroactive"):
        raise InputError(
            place,
            f"takes effect on {event.effective}, before its announcement on {event.announced}",
            "correct the dates, or start its note with 'retroactive'",
        )
    if event.expires is not None and event.effective is not None and event.expires < event.effective:
        raise InputError(place, f"ends {event.expires} before it begins {event.effective}", "swap the days")
    if event.announced_utc is not None:
        gap = abs((event.announced_utc.date() - event.announced).days)
        if gap > 1:
            raise InputError(place, f"is stamped {event.announced_utc.date()}, {gap} days off", "correct one of them")


@dataclass(frozen=True)
class Level:
    """The additional rate of one actor on another on a day.

    Attributes
    ----------
    total : sum over tracks, share; by_track : level of each track; by_event : the event that set it.
    """

    on: date
    total: float
    by_track: dict[str, float] = field(repr=False)
    by_event: dict[str, str] = field(repr=False)


def additional_rate(events: Sequence[Event], actor: str, target: str, on: date, known_on: date | None = None) -> Level:
    """Rule E1: on each track the level of the last event in force, summed over tracks.

    Last is the latest effective day, then the latest announcement, then the later row. A duty imposed for a number
    of days falls back to the level before it when they are over.

    Parameters
    ----------
    known_on : count only what was announced by this day; None counts everything.
    """
    last: dict[str, tuple[tuple[date, date, int], Event]] = {}
    for row, event in enumerate(events):
        if event.effective is None or event.effective > on or event.status != "in_force":
            continue
        # Whether it sets a duty of the actor on goods of the target.
        meant = event.target in (target, WORLD) or (event.joint and target in event.actors)
        if event.level_after is None or actor not in event.actors or not meant:
            continue
        if known_on is not None and event.announced > known_on:
            continue
        key = (event.effective, event.announced, row)
        if event.track not in last or key > last[event.track][0]:
            last[event.track] = (key, event)
    by_track = {track: _level(event, on) for track, (_, event) in last.items()}
    total = round(float(sum(by_track.values())), 10)
    return Level(on, total, by_track, {track: event.event_id for track, (_, event) in last.items()})


def follows(events: Sequence[Event], actor: str, target: str) -> bool:
    """Whether a timeline follows the duty of one on the other.

    One that follows single partners and adds a duty on everybody leaves out what else the others owe.
    """
    duties = [event for event in events if event.level_after is not None and actor in event.actors]
    named = any(event.target == target or (event.joint and target in event.actors) for event in duties)
    return named or (bool(duties) and all(event.target == WORLD and not event.joint for event in duties))


def _level(event: Event, on: date) -> float:
    over = event.verb == "impose" and event.expires is not None and on > event.expires
    return (event.level_before or 0.0) if over else (event.level_after or 0.0)


def steps(events: Sequence[Event], actor: str, target: str, first: date, last: date) -> list[Level]:
    """The first day and every day on which the additional rate moves, up to the last."""
    levels: list[Level] = []
    for number in range((last - first).days + 1):
        level = additional_rate(events, actor, target, first + timedelta(number))
        if not levels or abs(level.total - levels[-1].total) > 1e-12:
            levels.append(level)
    return levels


@dataclass(frozen=True)
class Match:
    """Which events count: every attribute that is given must hold; empty ones hold for all.

    Attributes
    ----------
    tracks, verbs, statuses, actors, event_ids : any of them; an event with one of the actors counts.
    """

    tracks: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()

    @property
    def says_which(self) -> bool:
        """Whether it names a track, a verb or an event; without one, every act of its actors counts."""
        return bool(self.tracks or self.verbs or self.event_ids)

    def holds(self, event: Event) -> bool:
        """Whether an event counts."""
        return (
            (not self.tracks or event.track in self.tracks)
            and (not self.verbs or event.verb in self.verbs)
            and (not self.statuses or event.status in self.statuses)
            and (not self.actors or bool(set(self.actors) & set(event.actors)))
            and (not self.event_ids or event.event_id in self.event_ids)
        )

    def found(self, events: Iterable[Event], first: date, last: date) -> list[Event]:
        """Events announced in a span that count, in order of announcement."""
        inside = [event for event in events if first <= event.announced <= last and self.holds(event)]
        return sorted(inside, key=lambda event: (event.announced, event.event_id))
