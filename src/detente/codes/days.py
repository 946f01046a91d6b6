"""Days that many questions share, the span of the law, and how far the law behind a number is on record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.codes.errors import InputError
from detente.codes.names import first_upper

#: Law from which a change is counted where no other day is named: the last before the acts of 2025.
BASE_DAY = date(2025, 1, 1)

#: First day the lawbooks cover; earlier law is not in the package.
EARLIEST = date(2018, 1, 1)

#: Last day that may be asked about.
LATEST = date(2100, 1, 1)


def check_day(on: date, where: str = "date") -> None:
    """Refuse days before the lawbooks begin, and those of another century.

    Raises
    ------
    InputError : with the repair.
    """
    if on < EARLIEST:
        raise InputError(where, f"{on} is before the lawbook begins", f"give a day from {EARLIEST} on")
    if on > LATEST:
        raise InputError(where, f"{on} is too far ahead", "give a day of this century")


def check_span(first: date, last: date, longest: int | None = None) -> None:
    """Refuse a span of days that runs backwards, or has more days than are answered at once.

    Raises
    ------
    InputError : with the repair.
    """
    if last < first:
        raise InputError("dates", f"the last day {last} is before the first {first}", "swap them")
    if longest is not None and (last - first).days > longest:
        raise InputError("dates", f"{(last - first).days} days at once", f"ask for {longest} or fewer")


# --- how far the law behind a number is on record, and what the number depends on beyond -----------------------------

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

#: The fate of a clause that was to end after the record does and ended as written; others have names of their own.
LAPSED = "lapsed"

#: What is said of a fate for which something speaks.
LIKELY = " (likely)"

#: Names of columns that hold another column's numbers under a fate of open clauses.
FATED = re.compile(r"(?:(?P<column>\w+)_)?if_(?P<fate>[a-z]+)")


def other_fate(name: str, fate: str) -> str:
    """Name of the column that holds a column's numbers under a fate of open clauses; of `average` it is short."""
    return f"if_{fate}" if name == "average" else f"{name}_if_{fate}"


def of_fate(name: str) -> tuple[str, str]:
    """The column whose numbers a column holds under a fate, and the fate; of any other its own name and ""."""
    match = FATED.fullmatch(name)
    return (name, "") if match is None else (match["column"] or "average", match["fate"])


def fate_columns(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Columns that hold numbers of others under a fate: by fate, the name of each by the column it is of."""
    known, columns = list(names), dict[str, dict[str, str]]()
    for name in known:
        column, fate = of_fate(name)
        if fate and column in known:
            columns.setdefault(fate, {})[column] = name
    return columns


def spelled_day(day: date) -> str:
    """A day as readers write it: "7 October 2026"."""
    return f"{day.day} {day:%B %Y}"


def counted(number: int, noun: str = "") -> str:
    """A number and what is counted: "two clauses", "one clause", or "two" alone; nouns that take an s."""
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return f"{word} {noun}{'' if number == 1 else 's'}" if noun else word


@dataclass(frozen=True, slots=True)
class Branch:
    """The number if open clauses had one fate.

    Attributes
    ----------
    name : `LAPSED`, or the name of another fate in the record.
    value : share of customs value; None where the goods may not be imported.
    words : what the fate is called for readers, as "prolonged to 9 January 2027 (likely)".
    likely : whether what is known speaks for it.
    """

    name: str
    value: float | None
    words: str = ""
    likely: bool = False

    def as_json(self) -> dict[str, object]:
        """The branch for machines."""
        return {"branch": self.name, "total": self.value, "words": self.words, "likely": self.likely}


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
    base_of : day of the schedule that base duties are of; None where its rates have dates of their own.
    measures_to : day of the newest text read in the oldest series of measures behind the number; None = `to`.
    of : what the branches are values of, where the number itself is something else: "an average tariff of ".
    ahead : what may come for these goods, in words; no rate of it is in force.
    """

    to: date
    beyond: bool = False
    clauses: tuple[str, ...] = ()
    day: date | None = None
    last: date | None = None
    branches: tuple[Branch, ...] = ()
    gaps: tuple[str, ...] = ()
    of: str = ""
    base_of: date | None = None
    measures_to: date | None = None
    ahead: tuple[str, ...] = ()

    @property
    def read(self) -> str:
        """How far the texts behind the number were read, base duty and measures apart where they differ."""
        to = spelled_day(self.measures_to or self.to)
        return (
            f"our tariff record runs to {to}"
            if self.base_of is None
            else f"base tariffs of {self.base_of:%B %Y}; our record of other tariffs runs to {to}"
        )

    @property
    def foot(self) -> str:
        """`read` where the line on the record does not say it already; else ""."""
        return "" if self.beyond and self.base_of is None else self.read

    @property
    def line(self) -> str:
        """The standing in one line, "" where the number is within the record."""
        if not self.beyond:
            return ""
        head = f"our tariff record runs to {spelled_day(self.to)}"
        if not self.clauses or self.day is None:
            return f"{head}. Later changes are not in this number"
        it, was = ("it", "was") if len(self.clauses) == 1 else ("they", "were")
        when = f"on {spelled_day(self.day)}" if self.last in (None, self.day) else f"from {spelled_day(self.day)} on"
        due = f"{first_upper(counted(len(self.clauses), 'measure'))} {was} due to change {when}"
        unknown = f"{head}. {due}. We do not know yet whether {it} did"
        if not self.branches:
            return unknown
        return f"{unknown}. {'The goods' if self.barred else 'The result is'} {self.outcomes}"

    @property
    def barred(self) -> bool:
        """Whether goods may not be imported under one of the fates."""
        return not self.of and any(branch.value is None for branch in self.branches)

    @property
    def outcomes(self) -> str:
        """Values with the fates that lead to them: "45.50% if it lapsed, 21.50% if it was prolonged or renewed"."""
        it, was = ("it", "was") if len(self.clauses) == 1 else ("they", "were")
        fates: dict[str, list[str]] = {}
        owe = "owe " * self.barred
        for branch in self.branches:
            value = duty_words(branch.value) if branch.value is None else f"{owe}{duty_words(branch.value)}"
            words = fates.setdefault(value, [])
            verb = "" if branch.name == LAPSED or any(word.startswith(was) for word in words) else f"{was} "
            words.append(f"{verb}{branch.words or branch.name}")
        values = (f"{value} if {it} {' or '.join(words)}" for value, words in fates.items())
        return f"{self.of}{', '.join(values)}"

    @property
    def fates(self) -> dict[str, str]:
        """Fates other than that as written, by name, in words; empty where all agree."""
        return {branch.name: branch.words or branch.name for branch in self.branches if branch.name != LAPSED}

    @property
    def likely(self) -> str:
        """Name of the likely fate, "" where nothing speaks for one."""
        return next((branch.name for branch in self.branches if branch.likely), "")

    @property
    def ahead_line(self) -> str:
        """What may come in one line, "" where nothing is known to."""
        return f"may come, not in this number: {'; '.join(self.ahead)}" if self.ahead else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything a reader should know: the line on the record, what may come, then the gaps of the record."""
        return (*((self.line,) if self.beyond else ()), *((self.ahead_line,) if self.ahead else ()), *self.gaps)

    def as_json(self) -> dict[str, object]:
        """`record_to`, `beyond_record`, `branches` and `gaps` for machines."""
        return {
            "record_to": self.to.isoformat(),
            "beyond_record": self.beyond,
            "branches": [branch.as_json() for branch in self.branches],
            "open_clauses": list(self.clauses),
            "open_from": None if self.day is None else self.day.isoformat(),
            "open_to": None if self.last is None else self.last.isoformat(),
            "branches_of": self.of.strip(),
            "base_of": None if self.base_of is None else self.base_of.isoformat(),
            "measures_to": None if self.measures_to is None else self.measures_to.isoformat(),
            "gaps": list(self.gaps),
            "may_come": list(self.ahead),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Standing:
        """A standing from what `as_json` made of it."""
        days = (content.get(name) for name in ("open_from", "open_to", "base_of", "measures_to"))
        first, last, base_of, measures_to = (date.fromisoformat(day) if day else None for day in days)
        of = content["branches_of"]
        return cls(
            to=date.fromisoformat(content["record_to"]),
            beyond=bool(content["beyond_record"]),
            clauses=tuple(content["open_clauses"]),
            day=first,
            last=last,
            branches=tuple(
                Branch(row["branch"], row["total"], row.get("words", ""), row.get("likely", False))
                for row in content["branches"]
            ),
            gaps=tuple(content["gaps"]),
            of=f"{of} " if of else "",
            base_of=base_of,
            measures_to=measures_to,
            ahead=tuple(content.get("may_come", ())),
        )


def furthest(standings: Iterable[Standing]) -> Standing | None:
    """The first that is about a day beyond its record, else the first; None of none."""
    return max(standings, key=lambda standing: standing.beyond, default=None)


def duty_words(value: float | None) -> str:
    """A duty in words: "53.40%", or that the goods may not be imported, where there is none."""
    return "may not be imported" if value is None else f"{value:.2%}"
