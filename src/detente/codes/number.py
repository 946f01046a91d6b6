"""A number and its range as the layers hand them on: values and ids, never words."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

from detente.codes.errors import InputError

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Where a number may lie.

    Attributes
    ----------
    over : ids of what it runs over.
    draws : behind its ends, which are then the 5th and the 95th percentile; 0 where they are the lowest and highest.
    median : of the draws. movers : ids of the inputs that move the number most.
    moved_by : id of the input that alone moves the number from the end near which it lies, one way only; "" for none.
    """

    low: float
    high: float
    over: tuple[str, ...] = ()
    draws: int = 0
    median: float = NAN
    movers: tuple[str, ...] = ()
    moved_by: str = ""


@dataclass(frozen=True, slots=True)
class ResultNumber:
    """A number of a result with what it is compared with.

    Attributes
    ----------
    quantity : id of what it is; the vocabulary of quantities has its unit, decimals and words.
    value : the level after where there is one before, else a change; shares and USD.
    before : level that it is compared with; NaN for a change alone.
    country, partner : whose it is, and towards whom; "" for none.
    fates : the number under every other fate of open clauses, by name of the fate.
    table : where it is read off.
    lengths : of what differs by how long tariffs last, the number of each length, the first of which is `value`.
    """

    quantity: str
    value: float
    country: str = ""
    partner: str = ""
    before: float = NAN
    range: NumberRange | None = None
    table: str = ""
    fates: tuple[tuple[str, float], ...] = ()
    lengths: tuple[tuple[str, float], ...] = ()

    @property
    def level(self) -> bool:
        """Whether it is a level that is compared with an earlier one."""
        return self.before == self.before


# --- numbers that a caller gives: draws, seeds, months; refused in one sentence where a command would refuse ---------


#: Draws of a range at most: more cost hours and move no printed digit.
MOST_DRAWS = 10_000


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
