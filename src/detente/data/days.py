"""Days that the program names outside the law: of the record, of signings, and of what can end a bargain.

`days.yaml` has days of the record; `signed.yaml` the days on which acts of the US law were signed, which is what a day
knew of the duties of later ones; `ends.yaml` laws before a court, and breaches on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from detente.codes import InputError, UnknownName
from detente.data.limits import memoized
from detente.data.models import STRICT, Day, FileModel, Prose, Texts, shipped
from detente.law.law import Signing

NAME, SIGNED, ENDS = "days.yaml", "signed.yaml", "ends.yaml"


class NamedDay(FileModel):
    """A day of the record under an id."""

    id: str
    day: Day
    what: Prose
    source: Prose


class SignedAct(FileModel):
    """An act, the day on which it was signed, its first day, and measures it made where not all of the day."""

    day: Day
    signed: Day
    act: str
    measures: Texts = ()


@dataclass(frozen=True)
class CourtCase:
    """A law that duties rest on and that stands before a court.

    Attributes
    ----------
    law : word by which an instrument names it; since : first day on which a case was open.
    struck : day on which the law fell, None where it has not.
    """

    __pydantic_config__ = STRICT
    law: str
    since: Day
    struck: Day | None = None
    source: str = ""

    def open_on(self, day: date) -> bool:
        """Whether a case was open on a day."""
        return self.since <= day and (self.struck is None or day < self.struck)


@dataclass(frozen=True)
class Breach:
    """A breach of a bargain on record: by whom, and whether of a duty or a control."""

    __pydantic_config__ = STRICT
    pair: frozenset[str]
    day: Day
    kind: str
    by: str
    what: str


class EndsFile(FileModel):
    """What can end a bargain beside its sides."""

    courts: tuple[CourtCase, ...]
    breaches: tuple[Breach, ...]


def days() -> Mapping[str, date]:
    """Days by id.

    Raises
    ------
    InputError, UnknownName : names file, entry and repair.
    """
    days: dict[str, date] = {}
    for row in shipped(tuple[NamedDay, ...], NAME):
        if row.id in days:
            raise InputError(NAME, f"the id '{row.id}' is there twice", "give it another id")
        days[row.id] = row.day
    return days


def day_named(name: str) -> date:
    """The day of an id; `UnknownName` otherwise."""
    if name not in days():
        raise UnknownName("day", name, days(), NAME)
    return days()[name]


@memoized
def signings() -> tuple[Signing, ...]:
    """Every signing on record, in order of the first days.

    Raises
    ------
    InputError : a day that comes before its act.
    """
    for row in (rows := shipped(tuple[SignedAct, ...], SIGNED)):
        if row.signed > row.day:
            what = f"was signed on {row.signed}, after its first day {row.day}"
            raise InputError(f"{SIGNED}, {row.act}", what, "mend one of the days")
    every = [Signing(row.day, row.signed, frozenset(row.measures), row.act) for row in rows]
    return tuple(sorted(every, key=lambda signing: (signing.day, signing.signed)))


def court_cases() -> tuple[CourtCase, ...]:
    """Laws that stand or stood before a court."""
    return shipped(EndsFile, ENDS).courts


def breaches() -> tuple[Breach, ...]:
    """Breaches on record, the first first."""
    return shipped(EndsFile, ENDS).breaches
