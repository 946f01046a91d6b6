"""Minimum prices and least duties of a lawbook, amounts in dollars by a unit of quantity."""

from __future__ import annotations

import re
from typing import Any

from detente.codes import InputError
from detente.law.measure import MeasureKind, MinimumPrice
from detente.law.quantity import unit_named

_PRICE = re.compile(r"(\d+(?:\.\d+)?) USD/(\S+)")


def minimum_of(keys: dict[str, Any], where: str) -> MinimumPrice:
    """A minimum price from `minimum: 21 USD/kg`; refused where it is none."""
    price = _price(keys.get("minimum"))
    if price is None:
        raise InputError(where, "has no minimum price", "write it as in minimum: 21 USD/kg")
    return MinimumPrice(*price, whole=bool(keys.get("whole")))


def least_of(keys: dict[str, Any], kind: MeasureKind, where: str) -> MinimumPrice | None:
    """The least amount of a duty from `least: 6000 USD/each`; None where there is none."""
    if keys.get("least") is None:
        return None
    price = _price(keys["least"])
    if price is None or kind is not MeasureKind.DUTY or keys.get("rate") is None:
        raise InputError(where, "'least' is the least amount of a duty with a rate", "as in least: 6000 USD/each")
    return MinimumPrice(*price, whole=True)


def _price(value: Any) -> tuple[float, str] | None:
    """USD and unit of a text such as "21 USD/kg"; None where it is none."""
    match = _PRICE.fullmatch(str(value or ""))
    unit = unit_named(match[2]) if match else None
    return None if match is None or unit is None or unit[1] != 1.0 else (float(match[1]), unit[0])
