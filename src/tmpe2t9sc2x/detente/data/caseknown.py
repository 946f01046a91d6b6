"""Since when what a case states was known: nothing of a later day may stand in a case of a day.

Every row has `known_on`: the day on which it was public, or "structure" for what is of the model and no fact about the
talks. Laws are known by their acts, acts of a belief by their own day, events by the day they were announced, and the
trade that weighs duties by the day its table was released.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from detente.codes import InputError, check_none
from detente.data.caserows import (
    STRUCTURE,
    CaseFile,
    CommitmentRow,
    Known,
    LawRow,
    Rows,
    Stated,
    TermRow,
    WholeLaw,
)
from detente.data.eventfile import load_events
from detente.data.library import catalogue

DAY = timedelta(days=1)
TRADE: Mapping[str, str] = {"USA": "usa_imports_2024", "CHN": "chn_imports_from_usa"}
"""Table of the register whose trade weighs the law of an importer, where the register says when it was released."""

LISTS: Mapping[str, str] = {
    "issues": "issue", "shelf": "issue", "constraints": "constraint", "threats": "threat", "terms": "term",
    "commitments": "commitment", "beliefs": "beliefs about", "outside_acts": "act", "clocks": "clock",
    "positions": "position",
}  # fmt: skip
"""Keys that hold rows, and what one of them is called."""

TABLES: Mapping[str, str] = {"outcomes": "outcome", "parameters": "parameter"}
"""Keys that hold rows by name."""


@dataclass(frozen=True)
class CaseEntry:
    """A row of a case.

    Attributes
    ----------
    key : where it stands; kind : what a row of this key is called; name : of the row.
    known_on : day on which it was public, "structure", or None where the file does not say.
    source : as the file has it.
    """

    key: str
    kind: str
    name: str
    known_on: Known | None
    source: str = ""

    @property
    def title(self) -> str:
        """What a message calls it."""
        return f"{self.kind} '{self.name}'"

    def later(self, day: date) -> str:
        """What is wrong where it was known only after a day; "" where it was not."""
        if not isinstance(self.known_on, date) or self.known_on <= day:
            return ""
        return f"{self.title} is known only since {self.known_on}{f' ({self.source})' if self.source else ''}"


def entries(case: CaseFile) -> Iterator[CaseEntry]:
    """Every row of a case that states something, in the order of the file."""
    for key, kind in LISTS.items():
        for row in getattr(case, key):
            yield _entry(key, kind, _name(row), row)
    for key, kind in TABLES.items():
        for name, row in getattr(case, key).items():
            yield _entry(key, kind, name, row)
    for choice in case.weights.choices:
        yield _entry("weights.choices", "choice", choice.name, choice)
    for name, by_party in case.weights.given.items():
        for party, row in by_party.items():
            yield _entry("weights.given", f"weights of {party}", name, row)


def _entry(key: str, kind: str, name: str, row: Stated) -> CaseEntry:
    return CaseEntry(key, kind, name, row.known_on, str(getattr(row, "source", "")))


def _name(row: Stated) -> str:
    """What tells a row from the others of its key."""
    if isinstance(row, TermRow):
        return f"{row.part} of {row.party}"
    if isinstance(row, CommitmentRow):
        return f"{row.party} {row.comparator} {row.level:g}"
    return next(str(getattr(row, key)) for key in ("name", "instrument", "statement", "party") if hasattr(row, key))


def last_known(case: CaseFile) -> date:
    """The last day whose facts a case may hold: as it says, or the day before its own."""
    return case.as_known or case.on - DAY


def known_faults(case: CaseFile, day: date) -> list[InputError]:
    """What of a case was not known on a day, each in a sentence that names it; none where all was.

    Parameters
    ----------
    day : the last whose facts count.
    """
    rows = list(entries(case))
    later = (row.later(day) for row in rows)
    whats = (*filter(None, later), *_acts(case, day), *_laws(case, day), *_released(case, day))
    return [*(InputError(case.name, what) for what in whats), *_undated(case.name, rows)]


def check_known(case: CaseFile, day: date) -> None:
    """Refuse a case with facts later than a day, all of them at once; errors are those of `known_faults`."""
    check_none(known_faults(case, day))


def _undated(where: str, rows: list[CaseEntry]) -> Iterator[InputError]:
    """Rows that do not say since when they are known, a sentence for each key."""
    for key in dict.fromkeys(row.key for row in rows):
        names = ", ".join(f"'{row.name}'" for row in rows if row.key == key and row.known_on is None)
        if names:
            repair = f"add 'known_on: DAY' to each, or 'known_on: {STRUCTURE}' to what is of the model"
            yield InputError(f"{where}, {key}", f"there is no 'known_on' in {names}", repair)


def _acts(case: CaseFile, day: date) -> Iterator[str]:
    """Acts of beliefs, and events of the timeline of the package, by their own days."""
    for belief in case.beliefs:
        for act in belief.acts:
            if act.date > day:
                yield f"act '{act.what}' of {belief.party} is of {act.date}"
    announced = _announced() if any(row.events for row in case.outside_acts) else {}
    for row in case.outside_acts:
        for event in row.events:
            if event in announced and announced[event] > day:
                yield f"act '{row.name}' counts the event {event}, announced on {announced[event]}"


@lru_cache(maxsize=1)
def _announced() -> Mapping[str, date]:
    """Day on which each event of the timeline was announced."""
    return {event.event_id: event.announced for event in load_events()[0]}


def _laws(case: CaseFile, day: date) -> Iterator[str]:
    """Laws of later days; a whole law may be of a later day, as its acts by then make it."""
    places: list[tuple[str, Rows]] = [("base_law", case.base_law), ("always", case.always)]
    places += [(f"choice '{choice.name}'", choice.law) for choice in case.weights.choices]
    for place, rows in places:
        for row in rows:
            if isinstance(row, WholeLaw) and row.known is not None and row.known > day:
                yield f"the law of {row.importer} in {place} is as known on {row.known}"
            for on in (row.on, row.less) if isinstance(row, LawRow) else ():
                if on is not None and on > day + DAY:
                    yield f"duties of {row.importer} in {place} are those of {on}"


def _released(case: CaseFile, day: date) -> Iterator[str]:
    """Trade that weighs the laws of a case and was not out by the day."""
    rows = (row for row in (*case.base_law, *case.always) if isinstance(row, WholeLaw | LawRow))
    tables = (TRADE[code] for code in dict.fromkeys(row.importer for row in rows) if code in TRADE)
    for name in tables:
        released = date.fromisoformat(catalogue()[name]["released"])
        if released > day:
            yield f"its duties are weighed by the table {name}, released on {released}"


def trade_released(importers: Iterable[str]) -> date | None:
    """Day from which on the trade that weighs the laws of some importers was out; None where no day is on record."""
    register = catalogue()
    return max(
        (date.fromisoformat(register[TRADE[code]]["released"]) for code in importers if code in TRADE), default=None
    )
