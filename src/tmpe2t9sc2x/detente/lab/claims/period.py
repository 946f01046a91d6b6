"""Periods that claims name: a month, a quarter, a half, a calendar or fiscal year, a span of months."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

YEAR = 12
FORMS = re.compile(
    r"(?P<fiscal>FY)?(?P<year>(?:19|20)\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12])))?$",
    re.IGNORECASE,
)
SPAN = ".."
_HOW = "write it as 2025-07, 2025, 2025-Q2, 2025-H1 or FY2025, or two of them with two dots between"
FISCAL_FIRST = 10
"""Month in which the fiscal year of the United States begins, in the year before."""


@dataclass(frozen=True)
class MonthSpan:
    """Some months in a row.

    Attributes
    ----------
    first : months since the year 0, of its first month; length : number of months; text : as a claim names it.
    """

    first: int
    length: int
    text: str

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, as 2025-07."""
        return tuple(_month(self.first + n) for n in range(self.length))

    @property
    def year(self) -> str:
        """The calendar year that it is, or ""."""
        return str(self.first // YEAR) if self.length == YEAR and self.first % YEAR == 0 else ""

    @property
    def key(self) -> str:
        """How a series names it: a month, a calendar year, or its own text."""
        return self.months[0] if self.length == 1 else self.year or self.text

    @property
    def last_day(self) -> date:
        """Last day of the last month."""
        return _first_day(self.first + self.length) - timedelta(days=1)

    def shifted(self, months: int) -> MonthSpan:
        """The same number of months, some later."""
        moved = MonthSpan(self.first + months, self.length, "")
        names = moved.months
        text = names[0] if self.length == 1 else moved.year or f"{names[0]}{SPAN}{names[-1]}"
        return MonthSpan(moved.first, moved.length, text)

    def year_before(self) -> MonthSpan:
        """The same months of the year before."""
        return self.shifted(-YEAR)

    def before(self) -> MonthSpan:
        """As many months just before it."""
        return self.shifted(-self.length)

    def around(self, day: date) -> MonthSpan:
        """The period of this length, counted from this one, in which a day lies."""
        month = day.year * YEAR + day.month - 1
        return self.shifted((month - self.first) // self.length * self.length)


def period_named(text: str) -> MonthSpan:
    """A period from the words of a claim.

    Raises
    ------
    ValueError : none of the forms, or a span that ends before it begins.
    """
    first, _, last = text.strip().partition(SPAN)
    begun = _one(first)
    if not last:
        return begun
    ended = _one(last)
    length = ended.first + ended.length - begun.first
    if length < 1:
        raise ValueError(f"'{text}' ends before it begins; swap its months")
    return MonthSpan(begun.first, length, text.strip())


def _one(text: str) -> MonthSpan:
    parts = FORMS.match(text.strip())
    if parts is None or (parts["fiscal"] and (parts["month"] or parts["quarter"] or parts["half"])):
        raise ValueError(f"'{text}' is no period; {_HOW}")
    start = int(parts["year"]) * YEAR
    if parts["fiscal"]:
        return MonthSpan(start - YEAR + FISCAL_FIRST - 1, YEAR, text.strip().upper())
    if parts["month"]:
        return MonthSpan(start + int(parts["month"]) - 1, 1, text.strip())
    if parts["quarter"]:
        return MonthSpan(start + 3 * (int(parts["quarter"]) - 1), 3, text.strip().upper())
    if parts["half"]:
        return MonthSpan(start + 6 * (int(parts["half"]) - 1), 6, text.strip().upper())
    return MonthSpan(start, YEAR, text.strip())


def _month(number: int) -> str:
    return f"{number // YEAR}-{number % YEAR + 1:02d}"


def _first_day(number: int) -> date:
    return date(number // YEAR, number % YEAR + 1, 1)
