"""Rows of a publisher's schedule: what each holds, and the zeros that a code lost in front or was given behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from detente.law.rate_words import UNKNOWN_MONEY, UNKNOWN_UNIT, read_rate

SHORTEST = 6
"""Digits of the shortest tariff line."""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A row of the table: number, digits of its code, cells by use, rates of programmes."""

    number: int
    code: str
    cell: str
    text: str
    start: str
    end: str
    equivalent: str
    grants: Mapping[str, str]


def is_rate(cell: str) -> bool:
    """Whether a cell says a duty, be it in a money or by a unit that nobody knows."""
    rate = read_rate(cell)
    return rate is not None and (rate.kind != "other" or rate.why in (UNKNOWN_MONEY, UNKNOWN_UNIT))


def with_zeros(rows: list[ScheduleRow], typed: bool) -> tuple[list[ScheduleRow], str]:
    """Rows whose codes lost the zero in front, as numbers do, with it; and what is said of it."""
    lengths = Counter(len(row.code) for row in rows if len(row.code) >= SHORTEST)
    if not lengths:
        return rows, ""
    most = max(lengths)
    full = [row.code for row in rows if len(row.code) == most]
    short = [row.code for row in rows if len(row.code) == most - 1]
    lost = bool(short) and not any(code.startswith("0") for code in (*full, *short)) and (typed or most % 2 == 0)
    lost = lost and all(code[0] != "0" for code in short)
    if not lost and not (typed and most % 2 and not any(code.startswith("0") for code in full)):
        return rows, ""
    return [replace(row, code=row.code.zfill(len(row.code) + 1)) if len(row.code) % 2 else row for row in rows], (
        "codes had lost the zero in front; it was put back"
    )


def without_padding(rows: list[ScheduleRow]) -> tuple[list[ScheduleRow], str]:
    """Rows of headings that zeros fill up to the length of a line, as the headings they are; and what is said of it.

    A chapter or a heading is one if another code begins with it; a subheading only where it has no rate.
    """
    longest = max((len(row.code) for row in rows), default=0)
    under = Counter(code[:n] for code in {row.code for row in rows} for n in range(2, longest, 2))
    kept: list[ScheduleRow] = []
    for row in rows:
        bare = max(2, -(-len(row.code.rstrip("0")) // 2) * 2)
        padded = len(row.code) == longest > bare and under[row.code[:bare]] > 1
        heading = padded and (bare < SHORTEST or not is_rate(row.cell))
        kept.append(replace(row, code=row.code[:bare]) if heading else row)
    count = sum(before is not after for before, after in zip(rows, kept, strict=True))
    return kept, f"headings written with zeros up to {longest} digits, which are no lines: {count:,}" if count else ""
