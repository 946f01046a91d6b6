"""Printed: a number as somebody printed it, with its unit, what it is a number of, and how finely it was said."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from detente.codes import InputError, Parameter, UnknownName
from detente.codes.units import Unit

AVERAGE, REVENUE, PRICES, HOUSEHOLDS = "average", "revenue", "prices", "households"
WHAT = (AVERAGE, REVENUE, PRICES, HOUSEHOLDS)
ALSO = {
    "tariff": AVERAGE, "duty": AVERAGE, "rate": AVERAGE, "averages": AVERAGE, "revenues": REVENUE, "price": PRICES,
    "household": HOUSEHOLDS, "cost": HOUSEHOLDS,
}  # fmt: skip
UNITS = {AVERAGE: Unit.SHARE, PRICES: Unit.SHARE, REVENUE: Unit.USD, HOUSEHOLDS: Unit.DOLLARS}
MOVES = {Unit.SHARE: Unit.POINTS, Unit.USD: Unit.USD, Unit.DOLLARS: Unit.DOLLARS}
"""Unit of a quantity -> unit of a step of it."""

SCALES = {"bn": 1e9, "billion": 1e9, "tn": 1e12, "trillion": 1e12, "m": 1e6, "mn": 1e6, "million": 1e6}
NUMBER = re.compile(
    r"(?P<minus>[-\u2212]?)(?P<dollar>\$?)\s*(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s*"
    r"(?P<unit>%|per ?cent|points|pp)?\s*(?P<scale>bn|billion|tn|trillion|mn|million|m)?\s*(?P<usd>usd|dollars?)?",
    re.IGNORECASE,
)
BILLION = 1e9
COARSE = 0.025
"""What a round number may be off by, share of it: 300 is not 250 to 350."""

LONGEST = 40


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number in print.

    Attributes
    ----------
    what : one of `WHAT`. value : share, or USD a year. tolerance : half of its last digit, in the same unit.
    """

    what: str
    value: float
    tolerance: float

    @property
    def unit(self) -> Unit:
        """Unit of the value."""
        return UNITS[self.what]


def printed(text: str | float, what: str = "") -> PrintedNumber:
    """A number as it was printed: "17.8", "17.8%", "$2,800", "300bn".

    Parameters
    ----------
    what : what it is a number of; "" lets its unit say it: billions are revenue, dollars a household's.

    Raises
    ------
    InputError : what is no number, or has the unit of something else. UnknownName : a quantity that is not here.
    """
    words = str(text).strip()[:LONGEST]
    match = NUMBER.fullmatch(words)
    if match is None:
        raise InputError(Parameter("number"), f"'{words}' is not a number", "write it as 17.8, $2,800 or 300bn")
    digits, scale = match["digits"].replace(",", ""), (match["scale"] or "").lower()
    dollars, percent = bool(match["dollar"] or match["usd"]), bool(match["unit"])
    kind = quantity(what) if what else REVENUE if scale else HOUSEHOLDS if dollars else AVERAGE
    _check_unit(kind, words, percent, bool(scale), dollars)
    factor = 0.01 if UNITS[kind] is Unit.SHARE else SCALES.get(scale, BILLION if kind == REVENUE else 1.0)
    value = float(digits) * factor * (-1.0 if match["minus"] else 1.0)
    if not math.isfinite(value):
        raise InputError(Parameter("number"), f"'{words}' is too large", "write it as 17.8, $2,800 or 300bn")
    return PrintedNumber(kind, value, _half_step(digits) * factor)


def quantity(text: str) -> str:
    """A quantity by its name or another word for it, or `UnknownName`."""
    name = text.strip().lower()
    name = ALSO.get(name, name)
    if name not in WHAT:
        raise UnknownName("quantity", text, WHAT, Parameter("what"), f"use {', '.join(WHAT)}")
    return name


def _check_unit(kind: str, words: str, percent: bool, scaled: bool, dollars: bool) -> None:
    share = UNITS[kind] is Unit.SHARE
    if (share and (scaled or dollars)) or (not share and percent) or (kind == HOUSEHOLDS and scaled):
        usual = {Unit.SHARE: "per cent", Unit.USD: "billions of dollars", Unit.DOLLARS: "dollars"}[UNITS[kind]]
        raise InputError(Parameter("number"), f"'{words}' is no number of {kind}", f"give it in {usual}")


def _half_step(digits: str) -> float:
    """Half of the last digit that was said; zeros at the end of a whole number say little."""
    number = Decimal(digits)
    if number == 0:
        return 0.05
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent == 0:
        zeros = len(digits) - len(digits.rstrip("0"))
        return min(0.5 * 10.0**zeros, max(COARSE * float(number), 0.5))
    return 0.5 * 10.0**exponent
