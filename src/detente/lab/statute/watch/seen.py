"""Seen: what a watch sees: changes of the duty on watched goods, each with its acts and its standing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from detente.lab.statute.watch.listed import Watched
from detente.law import MeasureKind


class ChangeStatus(StrEnum):
    """Whether a change is law.

    IN_FORCE: it took place, and the law is read to its day.
    ANNOUNCED: an act lets it begin; the day is still to come, or lies beyond what was read, or has no date.
    LAPSES: as written, something ends on the day; the day is still to come, or lies beyond what was read.
    """

    IN_FORCE = "in_force"
    ANNOUNCED = "announced"
    LAPSES = "lapses"


Span = tuple[float, ...]
"""Lowest and highest of several duties, shares; empty where nobody counted them."""


@dataclass(frozen=True, slots=True)
class MovedMeasure:
    """What a measure does before and after: points of duty, or the share of goods that it covers.

    `words` say what a control or a minimum price does, which have no rate.
    """

    measure: str
    title: str
    before: float
    after: float
    kind: MeasureKind
    act: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class DutyChange:
    """What moves on one day for one row of the list.

    Attributes
    ----------
    day : None where an act is announced without a day to come.
    partner : the origin by name; of a group whose members do not all move alike, those that do.
    before, after : duty as a share of customs value, of lines that owe different ones the mean; NaN where the base duty
        is on record by the mean of its sector alone and the duty hangs on it.
    range_before, range_after : lowest and highest duty of the lines under the code.
    moved : measures behind it; empty where the lines under the code changed.
    fates : duty under each fate of the open clause on that day, with the fate in words; empty where there is none.
    clause : title of that clause.
    """

    good: Watched
    partner: str
    day: date | None
    before: float
    after: float
    status: ChangeStatus
    moved: tuple[MovedMeasure, ...] = ()
    fates: tuple[tuple[str, float], ...] = ()
    clause: str = ""
    range_before: Span = ()
    range_after: Span = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """What is seen of a list.

    Attributes
    ----------
    since, today : the days between which changes are past; read : day to which each importer's law was read.
    """

    goods: tuple[Watched, ...]
    since: date
    today: date
    past: tuple[DutyChange, ...]
    coming: tuple[DutyChange, ...]
    read: dict[str, date | None]


__all__ = ["ChangeStatus", "DutyChange", "MovedMeasure", "Watch"]
