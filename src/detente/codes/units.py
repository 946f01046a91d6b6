"""Units used inside the program and how faces print them.

Inside: USD, kg, shares (0.25 for 25 per cent), hats (1 = no change), days or months as named.
Per cent, percentage points and billions exist only in faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Unit of a column or an array."""

    USD = "USD"
    DOLLARS = "USD each"
    CENTS = "USD and cents"
    SHARE = "share"
    POINTS = "share difference"
    HAT = "hat"
    KG = "kg"
    DAYS = "days"
    MONTHS = "months"
    COUNT = "count"
    DATE = "date"
    TEXT = "text"
    CODE = "code"
    NONE = ""


#: Units of what is no number.
TEXTS = (Unit.TEXT, Unit.CODE, Unit.DATE)


@dataclass(frozen=True, slots=True)
class Printed:
    """How a face prints a unit: factor, digits and sign."""

    factor: float
    digits: int
    suffix: str


PRINTED: dict[Unit, Printed] = {
    Unit.USD: Printed(1e-9, 2, "$bn"),
    Unit.DOLLARS: Printed(1.0, 0, "$"),
    Unit.CENTS: Printed(1.0, 2, "$"),
    Unit.SHARE: Printed(100.0, 2, "%"),
    Unit.POINTS: Printed(100.0, 2, "points"),
    Unit.HAT: Printed(1.0, 4, ""),
    Unit.COUNT: Printed(1.0, 0, ""),
}


def readable(value: float, unit: Unit) -> str:
    """One number with its unit, as a reader sees it: 0.1845 share -> '18.45%', 9e9 USD -> '$9.00bn'."""
    how = PRINTED.get(unit)
    if how is None:
        return f"{value:.4g}"
    text = f"{value * how.factor:,.{how.digits}f}"
    if how.suffix.startswith("$"):
        return f"-${text[1:]}{how.suffix[1:]}" if text.startswith("-") else f"${text}{how.suffix[1:]}"
    return f"{text}%" if how.suffix == "%" else f"{text} {how.suffix}".rstrip()
