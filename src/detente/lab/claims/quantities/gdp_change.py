"""The change of real GDP: under duties or in a decoupling, or output lost where a material runs short."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Wording, base, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import ECONOMIES, LAW_KEYS, SHARES

REAL = "real GDP at the prices and duties of the world's own year"


def _compared_with(wording: Wording) -> str:
    """A change needs the day it is counted from; it may be that of a decoupling instead."""
    if wording.own is not None and wording.own.of in ("decoupling", "shortage"):
        return ""
    return base(wording, ", or definition: {of: decoupling} for trade of the two cut by nine tenths")


def _kind(row: QuantityRow, own: ReadingRow | None) -> str:
    """A decoupling, unless a day or a law is named."""
    names_law = row.base is not None or (own is not None and bool(own.model_fields_set & set(LAW_KEYS)))
    return "law" if names_law else "decoupling"


QUANTITY = Measurand(
    what="change of real GDP of the world, or of the partner named, at the prices and duties of the world's own year",
    units=SHARES,
    # As real income: forecasts of the same shock part by a quarter of a point.
    tolerance=0.0025,
    order=135,
    effect=True,
    settled="once workers, trade and capital have moved",
    example={"value": "-0.1", "as_of": "2025-05-08"},
    needs={"value": refused, "base": _compared_with},
    narrowed_by=("partner", "horizon"),
    uses=("of", "horizon", "partner", "material", "stocks", "licences", *LAW_KEYS),
    kinds=("", "decoupling", "law", "shortage"),
    populations=ECONOMIES,
    readings=(
        ReadingRow(name="long-run", label=f"{REAL}; duties of the day, capital mobile", of="law", horizon="long"),
        ReadingRow(name="short-run", label=f"{REAL}; capital fixed in its sector", of="law", horizon="short"),
        ReadingRow(
            name="decoupling", label=f"{REAL}; trade between the two cut by 90%, capital mobile", of="decoupling",
            horizon="long",
        ),
        ReadingRow(
            name="decoupling-short", label=f"{REAL}; the same with capital fixed in its sector", of="decoupling",
            horizon="short",
        ),
        ReadingRow(
            name="shortage", label="output lost where a material runs short, first year, at base prices", of="shortage",
        ),
    ),
    unless_said=_kind,
    compute=Elsewhere("economy", "gdp"),
)  # fmt: skip
