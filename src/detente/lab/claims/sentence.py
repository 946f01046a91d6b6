"""A claim in one sentence: its number, what it measures, and whose; read as a row of a file of claims.

Few words are known, and a sentence that they do not decide is refused with what it takes, not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from detente.codes import InputError, Parameter
from detente.codes.days import BASE_DAY
from detente.data.tables import countries
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import MOVES, SIZES

PHRASES: Mapping[str, tuple[str, ...]] = {
    "household_cost": ("household", "family", "families"),
    "real_income_change": ("real income", "welfare"),
    "gdp_change": ("gdp", "the economy"),
    "tariff_revenue": ("revenue", "customs duties", "tariffs bring in", "tariffs raise"),
    "trade_balance": ("deficit", "surplus", "trade balance"),
    "price_effect": ("price", "inflation", "cost of living"),
    "jobs": ("jobs", "employment"),
    "pass_through": ("pass-through", "passed on", "paid by us importers", "paid by americans"),
    "magnet_exports": ("exports of magnets", "magnet exports"),
    "average_tariff_level": ("average tariff", "average us tariff", "average duty", "effective tariff", "average rate"),
    "partner_average_rate": ("tariff", "duty", "duties"),
    "imports": ("imports",),
    "exports": ("exports",),
}
"""What is measured, and words of which a sentence about it has one; the first that fits decides."""

CAUSAL = ("household_cost", "real_income_change", "gdp_change", "price_effect", "jobs", "pass_through")
"""Effects of tariffs, which the model answers; all else is measured."""

SINCE = ("average_tariff_rise", "household_cost", "real_income_change", "gdp_change", "price_effect")
"""Changes, of which a sentence is taken to mean those since the start of 2025."""

NUMBER = re.compile(
    r"(?P<sign>\$|usd )?(?P<value>\d[\d,]*(?:\.\d+)?) ?"
    r"(?P<unit>%|per ?cent(?:age points?)?|pp\b|points?\b|bn\b|billion|trillion)?",
    re.IGNORECASE,
)
UNITS = {"%": "percent", "percent": "percent", "per cent": "percent", "bn": "usd_bn", "billion": "usd_bn"}
PERIOD = re.compile(r"\b(?:in|of|for|by) ((?:19|20)\d\d)\b")


def row_of(sentence: str, what: str, day: str) -> dict[str, Any]:
    """A sentence as a row of a file of claims.

    Parameters
    ----------
    what : name of the quantity, where the sentence does not say it. day : on which it is taken to be said.

    Raises
    ------
    InputError : no number, or no words that say what it measures.
    """
    text = " ".join(sentence.lower().split())
    year = PERIOD.search(text)
    number = NUMBER.search(text if year is None else text.replace(year[0], " "))
    if number is None:
        raise _unread("has no number", "give one, as: the average tariff is 28 percent")
    sign = "-" if "deficit" in text else ""
    name = what or next((name for name, words in PHRASES.items() if any(word in text for word in words)), "")
    if not name:
        raise _unread("does not say what its number measures", "name it by what, as average_tariff_level")
    moves = [move for move, words in MOVES.items() if set(text.split()) & {move, *words}]
    quantity: dict[str, Any] = {"name": name, "value": sign + number["value"].replace(",", "")}
    unit = (number["unit"] or "").strip()
    if unit == "trillion":
        quantity["value"] = f"{float(quantity['value']) * 1000:g}"
    quantity["unit"] = _unit(unit, bool(number["sign"]), name)
    if name == "average_tariff_level" and not what and (moves or "point" in unit or unit == "pp"):
        quantity["name"] = name = "average_tariff_rise"
    takes = {*quantities()[name].needs, *quantities()[name].optional}
    quantity |= {"comparator": _comparator(text, moves[0] if moves and name not in LEVELS else "")}
    partner = _partner(text)
    quantity |= {"partner": partner} if partner and "partner" in takes else {}
    quantity |= {"year": int(year[1])} if year and "year" in takes else {}
    quantity |= {"base": str(BASE_DAY)} if name in SINCE else {}
    kind = "causal" if name in CAUSAL else "measurement"
    return {"claim_id": "own", "quote": sentence.strip(), "said": day, "kind": kind, "quantity": quantity}


LEVELS = ("average_tariff_level", "average_tariff_rise", "partner_average_rate", "trade_balance")
"""Quantities that a word of movement says nothing more of."""


def _unread(what: str, repair: str) -> InputError:
    return InputError(Parameter("statement"), what, repair)


def _unit(unit: str, dollars: bool, name: str) -> str:
    if unit == "trillion":
        return "usd_bn"
    if unit.startswith("percentage") or unit.startswith("per centage") or unit in ("pp", "point", "points"):
        return "points"
    if unit in UNITS:
        return UNITS[unit]
    units = quantities()[name].units
    return "usd" if dollars and "usd" in units else units[0]


def _comparator(text: str, move: str) -> str:
    """How the sentence compares with its number: a size, a direction, or both."""
    known = sorted(((word, size) for size, words in SIZES.items() for word in words if len(word) > 1), key=_longest)
    size = next((size for word, size in known if f" {word} " in text), "=")
    return size if not move else move if size == "=" else f"{move} by {_spoken(size)}"


def _longest(pair: tuple[str, str]) -> int:
    return -len(pair[0])


def _spoken(size: str) -> str:
    return next(word for word in SIZES[size] if word)


def _partner(text: str) -> str:
    """The one country that a sentence names besides the United States; "" where it names none."""
    names = {name.lower(): code for code, name in countries().names.items() if code != "USA"}
    padded = f" {re.sub(r'[^a-z ]', ' ', text)} "
    codes = {code for name, code in names.items() if f" {name} " in padded}
    return codes.pop() if len(codes) == 1 else ""
