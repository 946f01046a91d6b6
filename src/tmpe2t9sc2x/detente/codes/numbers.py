"""Numbers that a caller gives: draws, seeds, months; refused in one sentence where a command would refuse them."""

from __future__ import annotations

import operator
from typing import Any

from detente.codes.errors import InputError

MOST_DRAWS = 10_000
"""Draws of a range at most: more cost hours and move no printed digit."""


def whole_number(value: Any, where: str, low: int, high: int | None = None) -> int:
    """A whole number within limits, of Python or NumPy.

    Parameters
    ----------
    where : name of the argument, as the caller writes it.
    high : no upper limit where it is None.

    Raises
    ------
    InputError : no whole number, or one out of the limits.
    """
    limits = f"from {low} to {high}" if high is not None else f"of at least {low}"
    repair = f"give a whole number {limits}"
    try:
        number = operator.index(value)
    except TypeError:
        raise InputError(where, f"{value!r} is not a whole number", repair) from None
    if isinstance(value, bool):
        raise InputError(where, f"{value} is not a whole number", repair)
    if number < low or (high is not None and number > high):
        raise InputError(where, f"{number} is out of range", repair)
    return number
