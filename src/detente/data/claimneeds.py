"""What a claim has to say before a number can be set against it: a year, a country, a day it is compared with.

A claim that leaves one of them out is not judged on a guess. It is not checkable, and the words ask for what is
missing; where no number can be worked out at all it is refused. What each quantity needs stands in `NEEDS`, and in
docs/evidence.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from detente.data.claimrows import QuantityRow, ReadingRow
from detente.evidence.claims import Kind
from detente.evidence.verdicts import Comparator

NEEDS: Mapping[str, tuple[str, ...]] = {
    "average_tariff_level": ("value",),
    "average_tariff_rise": ("value", "base"),
    "partner_additional_rate": ("value", "partner"),
    "partner_average_rate": ("value", "partner"),
    "line_rate": ("value", "line", "partner"),
    "index_return": ("value", "market"),
    "index_ratio": ("value", "base", "market"),
    "abnormal_return": ("value", "market"),
    "share": ("value", "population", "partner", "year"),
    "count": ("value", "population"),
    "rank_since": ("value",),
    "price_effect": ("value", "base"),
    "household_cost": ("value", "base"),
    "real_income_change": ("value", "base"),
    "months_of_shortage": ("value", "population", "partner"),
}
"""Keys that a claim about a quantity names; a definition or readings of its own may name them in its place."""

EFFECTS = (
    "average_tariff_rise", "price_effect", "household_cost", "real_income_change", "months_of_shortage",
    "abnormal_return",
)  # fmt: skip
"""Quantities that are a difference of two states of the world, so that something can be their cause."""


@dataclass(frozen=True)
class Said:
    """A claim's quantity with the definitions it brings along.

    Attributes
    ----------
    own : its definition; given : its readings.
    """

    row: QuantityRow
    own: ReadingRow | None
    given: Sequence[ReadingRow]

    def names(self, key: str) -> bool:
        """Whether the quantity, the definition or every reading that counts says it."""
        if getattr(self.row, key, None):
            return True
        counted = [reading for reading in self.given if not reading.illustrative]
        own = [] if self.own is None else [self.own]
        return any(getattr(one, key, None) for one in own) or (
            bool(counted) and all(getattr(one, key, None) for one in counted)
        )


def lacking(said: Said, kind: Kind) -> str:
    """Why a claim cannot be checked as it stands, with what to add; "" where it says all it has to."""
    asked = [question(said) for name, question in ASKED.items() if name in NEEDS[said.row.name]]
    asked += [_cause(said)] if kind is Kind.CAUSAL else []
    return next((words for words in asked if words), "")


def _partner(said: Said) -> str:
    """Quantities that would take one country for granted; the others are refused where they are computed."""
    if said.row.name not in ("partner_additional_rate", "months_of_shortage"):
        return ""
    if said.names("partner") or said.row.importer:
        return ""
    return f"the claim names no country for {_words(said)}: of which? add partner: CHN"


def _year(said: Said) -> str:
    if said.names("year") or said.row.as_of is not None:
        return ""
    return "the claim does not say of which year the share is; add year: 2024"


def _base(said: Said) -> str:
    """A change needs the day it is counted from; real income may be that of a decoupling instead."""
    if said.row.base is not None:
        return ""
    ways = "add base: 2025-01-01 for the law of that day"
    if said.row.name == "real_income_change":
        kinds = {reading.of for reading in (*said.given, *([said.own] if said.own else ()))}
        if kinds and kinds <= {"decoupling"}:
            return ""
        ways += ", or definition: {of: decoupling} for trade of the two cut by nine tenths"
    return f"the claim does not say with what it compares {_words(said)}; {ways}"


def _material(said: Said) -> str:
    """A shortage is of a material, by population or by the definition."""
    if said.row.name != "months_of_shortage" or said.names("material") or said.names("population"):
        return ""
    return "the claim does not say which material runs short; add population: rare earths"


def _cause(said: Said) -> str:
    """A cause needs an effect: a difference from something, with a direction."""
    if said.row.name not in EFFECTS:
        known = ", ".join(EFFECTS)
        return f"{_words(said)} is compared with nothing, so that no cause can be checked; claim one of {known}"
    value, comparator = said.row.value, Comparator(said.row.comparator)
    if comparator in (Comparator.EQUAL, Comparator.ABOUT) and value is not None and not float(value):
        return "an effect of zero has no direction; say comparator: rose or fell, or its size"
    return ""


def _words(said: Said) -> str:
    return said.row.name.replace("_", " ")


ASKED: Mapping[str, Callable[[Said], str]] = {
    "population": _material,
    "partner": _partner,
    "year": _year,
    "base": _base,
}
"""Questions for what is missing; other keys are asked for where a claim is read or computed."""
