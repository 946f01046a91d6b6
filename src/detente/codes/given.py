"""What a caller gives, understood or refused: one name or several, a share. Errors name the argument."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from detente.codes.errors import InputError, Parameter

#: One name, several parted by commas, or a list of names.
Several = str | Iterable[str]


def several(names: Several | None, name: str) -> tuple[str, ...]:
    """Names given as one text or as a list; a text is never taken letter by letter.

    Parameters
    ----------
    names : "USA", "USA, CHN" or a list of texts; None and "" mean none.
    name : of the argument, for messages.

    Raises
    ------
    InputError : what is no text and no list of texts.
    """
    if names is None:
        return ()
    if isinstance(names, str):
        return tuple(part for part in map(str.strip, names.split(",")) if part)
    if isinstance(names, Mapping | bytes) or not isinstance(names, Iterable):
        raise InputError(Parameter(name), f"{names!r} is no name and no list of names", "give a text or a list of them")
    listed = tuple(names)
    for item in listed:
        if not isinstance(item, str):
            raise InputError(Parameter(name), f"{item!r} is not a text", "give a text or a list of them")
    return listed


def share(value: Any, name: str, low: float = -1.0, high: float = 2.0) -> float:
    """A share given as a number, 0.30, or as text, "30%".

    Parameters
    ----------
    name : of the argument, for messages; `low`, `high` : what it lies between, both included where `high` is 1.

    Raises
    ------
    InputError : no number, a number outside, and 30 where 0.30 is meant.
    """
    number = _number(value)
    sure = isinstance(value, str) and value.strip().endswith("%")
    if not math.isfinite(number):
        raise InputError(Parameter(name), f"{value!r} is not a share", "give 0.25 or '25%'")
    if low <= number <= high and (high <= 1.0 or sure or number < high):
        return number
    if high <= 1.0:
        meant = f"; did you mean {_hundredth(number)}?" if 2.0 < number <= 100.0 else ""
        repair = f"give a share from {low:g} to {high:g}{meant}"
        raise InputError(Parameter(name), f"{number:g} is out of range", repair)
    if number < low:
        raise InputError(Parameter(name), f"{number:g} is out of range", f"give a share of at least {low:g}")
    if sure:
        return number
    repair = f"did you mean {_hundredth(number)}? If not, write '{number:.0%}'"
    raise InputError(Parameter(name), f"{number:g} would mean {number:,.0%}", repair)


def _number(value: Any) -> float:
    """A number, or one that a text says in per cent; NaN for anything else."""
    if isinstance(value, bool):
        return math.nan
    try:
        if not isinstance(value, str):
            return float(value)
        text = value.strip()
        return float(text.removesuffix("%").replace(",", "")) / (100.0 if text.endswith("%") else 1.0)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _hundredth(number: float) -> str:
    """A number of per cent as a share: 30 -> "0.30"."""
    text = f"{number / 100:.4f}".rstrip("0")
    return text if len(text.partition(".")[2]) >= 2 else f"{number / 100:.2f}"


def several_or_none(names: Several | None, name: str) -> tuple[str, ...] | None:
    """The same where None does not mean none: everything, or a default."""
    return None if names is None else several(names, name)


def in_range(value: float, name: str, low: float, high: float) -> None:
    """Refuse a number of an argument that is outside its limits, both included."""
    if not low <= value <= high:
        raise InputError(Parameter(name), f"{value:g} is out of range", f"give a number from {low:g} to {high:g}")
