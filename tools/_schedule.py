"""The stored revisions of the tariff schedule as rows with inherited rates, headings above and dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _shared import REVISIONS, digits, legal_dates, read_schedule, read_text_csv
from detente.law.duty import clean

LOW_VALUE = "9999950000"


@dataclass
class Line:
    """A statistical number in one revision; rates are the texts of its 8-digit line."""

    code: str
    path: tuple[str, ...]
    unit: str
    general: str
    special: str
    other: str
    notes: tuple[str, ...] = field(default=())


def row_code(row: dict[str, Any]) -> str:
    return digits(row["htsno"])


def wanted(code: str) -> bool:
    """Chapters 1 to 98, and the low-value number of chapter 99."""
    return len(code) in (8, 10) and (not code.startswith("99") or code == LOW_VALUE)


def lines_of(rows: list[dict[str, Any]]) -> Iterator[Line]:
    """Every statistical number of one revision. An 8-digit line without numbers below it gets the suffix 00."""
    above: list[str] = []
    rates: dict[str, dict[str, Any]] = {}
    parents = {row_code(r)[:8] for r in rows if len(row_code(r)) == 10}
    for row in rows:
        code, indent = row_code(row), int(row["indent"])
        above = [*above[:indent], clean(row["description"])]
        if len(code) == 8:
            rates[code] = row
        if wanted(code) and (len(code) == 10 or code not in parents):
            yield line_of(row, code, tuple(above), rates.get(code[:8], row))


def line_of(row: dict[str, Any], code: str, path: tuple[str, ...], parent: dict[str, Any]) -> Line:
    rated = row if (row["general"] or "").strip() else parent
    general, special, other = (clean(rated[name]) for name in ("general", "special", "other"))
    notes = (*row["footnotes"], *parent["footnotes"])
    return Line(code.ljust(10, "0"), path, "; ".join(row["units"] or ()), general, special, other, notes)


def all_revisions(data: Path) -> dict[str, dict[str, Line]]:
    """Revision (oldest first) -> code -> line."""
    return {name: {line.code: line for line in lines_of(read_schedule(data, name))} for name in REVISIONS}


def day_before(date: str) -> str:
    return (dt.date.fromisoformat(date) - dt.timedelta(days=1)).isoformat()


def change_dates(data: Path) -> dict[tuple[str, str], str]:
    """(code, added or dropped) -> legal date, from the list of changes between all revisions, stored or not."""
    dates, changes = legal_dates(data), {}
    for row in read_text_csv(data / "hts" / "hts_concordance.csv").iter_rows(named=True):
        name = row["revision_to"]
        date = dates[name if name.startswith("2026") else f"2025_{name}"]
        changes[row["old_hts10"], "dropped"] = date
        changes[row["new_hts10"], "added"] = date
    return changes


def validity(
    code: str, present: list[str], data_dates: dict[str, str], changes: dict[tuple[str, str], str]
) -> tuple[str | None, str | None]:
    """First and last day of a code, given the stored revisions that hold it; None = open.

    A change between two stored revisions is dated by the list of changes where it falls between them, else by the
    later of the two.
    """
    first, last = REVISIONS.index(present[0]), REVISIONS.index(present[-1])
    start = end = None
    if first > 0:
        start = dated(changes.get((code, "added")), data_dates, first)
    if last < len(REVISIONS) - 1:
        end = day_before(dated(changes.get((code, "dropped")), data_dates, last + 1))
    return start, end


def dated(change: str | None, dates: dict[str, str], later: int) -> str:
    """The day of a change that the stored revision number `later` is the first to show."""
    low, high = dates[REVISIONS[later - 1]], dates[REVISIONS[later]]
    return change if change and low < change <= high else high
