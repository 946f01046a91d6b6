"""Other counts: how others count what tariffs raise and cost, by choices, with the figures they printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from detente.codes import InputError, UnknownName
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_list, as_prose, as_share, as_text, check_keys, read_yaml

NAME = "other_counts.yaml"
WHAT = ("revenue", "prices", "households")
KEYS = "name who what since until choices source known guessed missing figures".split()
NEEDED = "name who what choices source known guessed missing".split()


@dataclass(frozen=True, slots=True)
class CountedFigure:
    """A figure of others: day of the report, day of the law, and value, share or USD a year."""

    report: date
    law: date
    value: float


@dataclass(frozen=True, slots=True)
class OtherCount:
    """How somebody counts.

    Attributes
    ----------
    name : of the definition; who : publisher. what : one of `WHAT`.
    since, until : laws of which days it is about; the last day is not among them.
    choices : names of what is chosen otherwise than we do.
    source, known, guessed : in words. missing : what keeps us from meeting it.
    """

    name: str
    who: str
    what: str
    since: date
    until: date
    choices: tuple[str, ...]
    source: str
    known: str
    guessed: str
    missing: str
    figures: tuple[CountedFigure, ...] = ()

    def law_of(self, report: date) -> date:
        """Day of the law that a report of a day counts; the day itself where none is on record."""
        return next((figure.law for figure in self.figures if figure.report == report), report)


def counts_of(what: str, on: date) -> tuple[OtherCount, ...]:
    """Definitions of a quantity that held on a day."""
    return tuple(row for row in other_counts() if row.what == what and row.since <= on < row.until)


@lru_cache(maxsize=1)
def other_counts() -> tuple[OtherCount, ...]:
    """All definitions, in the order of their file.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    rows = as_list(read_yaml(package_folder() / NAME))
    return tuple(_row(row, f"{NAME}, entry {number}") for number, row in enumerate(rows, start=1))


def _row(row: Any, where: str) -> OtherCount:
    keys = check_keys(row, KEYS, where, NEEDED)
    what = as_text(keys["what"], f"{where}, what")
    if what not in WHAT:
        raise UnknownName("quantity", what, WHAT, where, f"use {', '.join(WHAT)}")
    name, who = (as_text(keys[key], f"{where}, {key}") for key in ("name", "who"))
    first = as_date(keys["since"], where) if keys.get("since") else date.min
    last = as_date(keys["until"], where) if keys.get("until") else date.max
    choices = tuple(as_text(item, f"{where}, choices") for item in as_list(keys["choices"]))
    source, known, guessed, missing = (as_prose(keys[key], f"{where}, {key}") for key in NEEDED[4:])
    figures = tuple(_figure(item, what, f"{where}, figures") for item in as_list(keys.get("figures")))
    return OtherCount(name, who, what, first, last, choices, source, known, guessed, missing, figures)


def _figure(row: Any, what: str, where: str) -> CountedFigure:
    keys = check_keys(row, ("report", "law", "value"), where, ("report", "law", "value"))
    report, law = (as_date(keys[key], f"{where}, {key}") for key in ("report", "law"))
    if what == "prices":
        return CountedFigure(report, law, as_share(keys["value"], f"{where}, value"))
    try:
        return CountedFigure(report, law, float(keys["value"]))
    except (TypeError, ValueError):
        raise InputError(f"{where}, value", f"{keys['value']!r} is not an amount", "give USD a year") from None
