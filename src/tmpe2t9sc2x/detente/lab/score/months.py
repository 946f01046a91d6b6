"""Months as text, "2025-04": the one after, spans, days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from detente.codes import InputError, Parameter

YEAR = 12


def index(month: str) -> int:
    """Months since the year 0."""
    return YEAR * int(month[:4]) + int(month[5:7]) - 1


def named(number: int) -> str:
    """The month of a number; see `index`."""
    return f"{number // YEAR:04d}-{number % YEAR + 1:02d}"


def moved(month: str, by: int) -> str:
    """The month some months later."""
    return named(index(month) + by)


def after(first: str, last: str) -> tuple[str, ...]:
    """Months after the first up to the last."""
    return tuple(named(n) for n in range(index(first) + 1, index(last) + 1))


def first_day(month: str) -> date:
    """First day of a month."""
    return date(int(month[:4]), int(month[5:7]), 1)


def last_day(month: str) -> date:
    """Last day of a month."""
    day = first_day(month)
    return day.replace(day=monthrange(day.year, day.month)[1])


def checked_month(text: str, name: str) -> str:
    """A month as given.

    Parameters
    ----------
    name : what it is called where it was given.

    Raises
    ------
    InputError : what is no month.
    """
    try:
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m")
    except ValueError:
        raise InputError(Parameter(name), f"'{text}' is not a month", "write year and month, as 2025-04") from None
