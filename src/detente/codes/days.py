"""Days that many questions share: what a change is counted from where nobody says, and the span of the law."""

from __future__ import annotations

from datetime import date

from detente.codes.errors import InputError

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
