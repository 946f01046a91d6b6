"""Minimum prices, least duties and flat amounts of a lawbook, by a unit of quantity, in dollars or its own currency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from detente.codes import InputError
from detente.law.measure import MeasureKind, MinimumPrice
from detente.law.quantity import unit_named

_PRICE = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})/(\S+)")
DOLLARS: Mapping[str, float] = {"USD": 1.0}


def minimum_of(keys: dict[str, Any], where: str, per_usd: Mapping[str, float] = DOLLARS) -> MinimumPrice:
    """A minimum price from `minimum: 21 USD/kg`; refused where it is none.

    Parameters
    ----------
    per_usd : how much of each currency that may be written a dollar buys.
    """
    price = _price(keys.get("minimum"), per_usd)
    if price is None:
        raise InputError(where, "has no minimum price", f"write it as in minimum: 21 {'/kg or '.join(per_usd)}/kg")
    return MinimumPrice(*price, whole=bool(keys.get("whole")))


def least_of(
    keys: dict[str, Any], kind: MeasureKind, where: str, per_usd: Mapping[str, float] = DOLLARS
) -> MinimumPrice | None:
    """The least amount of a duty from `least: 6000 USD/each`, or the flat one of a regime; None where there is none."""
    regime = kind is MeasureKind.REGIME
    name = "flat" if regime or keys.get("flat") is not None else "least"
    if keys.get(name) is None:
        return None
    price = _price(keys[name], per_usd)
    if name == "flat" and (price is None or not regime):
        raise InputError(where, "'flat' is the amount that a regime for small parcels asks", "as in flat: 3 USD/each")
    if price is None or (name == "least" and (kind is not MeasureKind.DUTY or keys.get("rate") is None)):
        raise InputError(where, "'least' is the least amount of a duty with a rate", "as in least: 6000 USD/each")
    return MinimumPrice(*price, whole=True)


def _price(value: Any, per_usd: Mapping[str, float]) -> tuple[float, str] | None:
    """USD and unit of a text such as "21 USD/kg" or "40 EUR/t"; None where it is none."""
    match = _PRICE.fullmatch(str(value or ""))
    unit = unit_named(match[3]) if match and match[2] in per_usd else None
    return None if match is None or unit is None else (float(match[1]) / per_usd[match[2]] / unit[1], unit[0])
