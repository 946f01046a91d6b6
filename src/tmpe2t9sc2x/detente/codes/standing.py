"""Standing: how far the law behind a number is on record, and what the number hangs on beyond that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

LAPSED, RENEWED = "lapsed", "renewed"
"""The two fates of a clause that was to end after the record does: it ended as written, or it was prolonged."""

OTHER_FATE = "_if_renewed"
"""How a column is called that holds another column's numbers if the open clauses were renewed; of `average` it is
`if_renewed` alone."""


def other_fate(name: str) -> str:
    """Name of the column that holds a column's numbers under the other fate of open clauses."""
    return OTHER_FATE[1:] if name == "average" else f"{name}{OTHER_FATE}"


def of_fate(name: str) -> str:
    """The column whose numbers a column of the other fate holds; its own name for any other column."""
    return "average" if name == OTHER_FATE[1:] else name.removesuffix(OTHER_FATE)


def fate_columns(names: Iterable[str]) -> dict[str, str]:
    """Columns that have one for their numbers under the other fate, with the name of that, in the order of these."""
    known = list(names)
    return {of_fate(name): name for name in known if of_fate(name) in known and of_fate(name) != name}


def spelled_day(day: date) -> str:
    """A day as readers write it: "7 October 2026"."""
    return f"{day.day} {day:%B %Y}"


def counted(number: int, noun: str) -> str:
    """A number and what is counted: "two clauses", "one clause"; nouns that take an s."""
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{word} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Branch:
    """The number if open clauses had one fate.

    Attributes
    ----------
    name : `LAPSED` or `RENEWED`.
    value : share of customs value; None where the goods may not be imported.
    """

    name: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the law behind a number is on record.

    Attributes
    ----------
    to : last day for which the law was read.
    beyond : whether the number is about a later day.
    clauses : titles of the clauses that were to end or to begin since, whose fate is not on record.
    day : the day on which the first of them was to.
    last : the day on which the last of them was to.
    branches : the number under each fate; empty where all agree.
    gaps : sentences on what the record lacks on the days asked about.
    of : what the branches are values of, where the number itself is something else: "an average duty of ".
    """

    to: date
    beyond: bool = False
    clauses: tuple[str, ...] = ()
    day: date | None = None
    last: date | None = None
    branches: tuple[Branch, ...] = ()
    gaps: tuple[str, ...] = ()
    of: str = ""

    @property
    def line(self) -> str:
        """The standing in one line, "" where the number is within the record."""
        if not self.beyond:
            return ""
        head = f"law on record to {spelled_day(self.to)}"
        if not self.clauses or self.day is None:
            return f"{head}; acts published after it are not in this number"
        alone = len(self.clauses) == 1
        when = f"on {spelled_day(self.day)}" if self.last in (None, self.day) else f"since {spelled_day(self.day)}"
        open_ = f"{counted(len(self.clauses), 'clause')} {'was' if alone else 'were'} to end {when}"
        fate = f"{'its' if alone else 'their'} fate is not on record"
        if not self.branches:
            return f"{head}; {open_}, {fate}"
        it, was = ("it", "was") if alone else ("they", "were")
        values = {branch.name: f"{duty_words(branch.value)} if {it}" for branch in self.branches}
        return f"{head}; {open_}, {fate}: {self.of}{values[LAPSED]} lapsed, {values[RENEWED]} {was} renewed"

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything a reader should know: the line on the record, then its gaps."""
        return (*((self.line,) if self.beyond else ()), *self.gaps)

    def as_json(self) -> dict[str, object]:
        """`record_to`, `beyond_record`, `branches` and `gaps` for machines."""
        return {
            "record_to": self.to.isoformat(),
            "beyond_record": self.beyond,
            "branches": [{"branch": branch.name, "total": branch.value} for branch in self.branches],
            "open_clauses": list(self.clauses),
            "open_from": None if self.day is None else self.day.isoformat(),
            "open_to": None if self.last is None else self.last.isoformat(),
            "branches_of": self.of.strip(),
            "gaps": list(self.gaps),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Standing:
        """A standing from what `as_json` made of it."""
        first, last = (date.fromisoformat(day) if day else None for day in (content["open_from"], content["open_to"]))
        of = content["branches_of"]
        return cls(
            to=date.fromisoformat(content["record_to"]),
            beyond=bool(content["beyond_record"]),
            clauses=tuple(content["open_clauses"]),
            day=first,
            last=last,
            branches=tuple(Branch(row["branch"], row["total"]) for row in content["branches"]),
            gaps=tuple(content["gaps"]),
            of=f"{of} " if of else "",
        )


def furthest(standings: Iterable[Standing]) -> Standing | None:
    """The first that is about a day beyond its record, else the first; None of none."""
    return max(standings, key=lambda standing: standing.beyond, default=None)


def duty_words(value: float | None) -> str:
    """A duty in words: "53.40%", or that the goods may not be imported, where there is none."""
    return "may not be imported" if value is None else f"{value:.2%}"
