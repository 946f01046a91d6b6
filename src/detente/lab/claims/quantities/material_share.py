"""The share of a country in the production of a material, at one stage of it, in a year."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, FittedElsewhere, Measurand, Wording, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import SHARES, period


def _material(wording: Wording) -> str:
    """A share in what?"""
    if wording.names("population") or wording.names("material"):
        return ""
    return "the claim does not say which material; add population: gallium"


def _country(wording: Wording) -> str:
    """Whose share?"""
    if wording.names("partner") or wording.row.country:
        return ""
    return "the claim names no country for the material; add partner: CHN"


QUANTITY = Measurand(
    what="share of a country in the production of a material, or in a stage of the rare-earth chain",
    units=SHARES,
    # Sources on one stage part by two points, and the survey rounds its world totals.
    tolerance=0.02,
    order=85,
    example={"value": "98", "population": "gallium", "year": "2024"},
    needs={"value": refused, "population": _material, "partner": _country, "year": period},
    narrowed_by=("partner", "country", "year", "period"),
    uses=("partner", "material", "stage", "year", "record"),
    readings=(
        ReadingRow(name="survey", label="production by country, US Geological Survey", record="2026"),
        ReadingRow(
            name="survey-2025",
            label="the same as its edition of January 2025 printed it",
            record="2025",
        ),
        ReadingRow(name="chain", label="stage of the rare-earth chain, mean of its sources"),
    ),
    fitting=FittedElsewhere("materials", "fitted"),
    compute=Elsewhere("materials", "material_share"),
)
