"""Promises: what each side undertook in an agreement, and whether the record shows that it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.evidence.events import Event
from detente.evidence.forecasts import Expectation, InForce, Levels, Resolution, settle


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
