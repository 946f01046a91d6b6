"""The share of a country in US imports, or in a stage of the rare-earth chain."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, Wording, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import SHARES, US_IMPORTS, YEARS_END

LISTED_YEAR = 2024
"""Year that the listed readings are written for."""


def _year(wording: Wording) -> str:
    """A share is of a period."""
    if wording.names("year") or wording.row.period or wording.row.as_of is not None:
        return ""
    return "the claim does not say of which year the share is; add year: 2024, or period: 2025-05"


def _of_period(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Listed readings of the year or month that a claim names, or of the year to date up to its day."""
    year = (own.year if own else None) or row.year
    if year is not None or (row.as_of is None and not row.period):
        return listed if year is None else tuple(_in_year(reading, year) for reading in listed)
    if row.period:
        return tuple(_in_months(reading, row.period) for reading in listed)
    day = row.as_of
    assert day is not None
    whole = (day.month, day.day) == YEARS_END
    return tuple(_in_year(r, day.year) if whole or r.of != "imports" else _to_date(r, day.year) for r in listed)


def _in_year(reading: ReadingRow, year: int) -> ReadingRow:
    """A listed reading for another year than the one it is written for, its label with it."""
    label = reading.label.replace(str(reading.year or LISTED_YEAR), str(year))
    return reading.model_copy(update={"year": year, "label": label})


def _in_months(reading: ReadingRow, period: str) -> ReadingRow:
    """A listed reading for some months; what is known by year alone is that of a year."""
    if period.isdigit():
        return _in_year(reading, int(period))
    return reading.model_copy(update={"months": period, "label": reading.label.replace(str(LISTED_YEAR), period)})


def _to_date(reading: ReadingRow, year: int) -> ReadingRow:
    """A listed reading for the full months of a year up to the day of the claim."""
    label = reading.label.replace(str(LISTED_YEAR), f"{year} to date")
    return reading.model_copy(update={"year": year, "period": "to date", "label": label})


QUANTITY = Measurand(
    what="share of a country in US imports, or in a stage of a supply chain",
    units=SHARES,
    tolerance=0.02,
    tolerances={"imports": 0.01},
    order=80,
    example={"value": "13", "year": "2024"},
    needs={"value": refused, "population": refused, "partner": refused, "year": _year},
    narrowed_by=("partner", "line", "year", "period"),
    uses=("of", "population", "partner", "stage", "material", "year", "months", "period", "line", "scope"),
    kinds=("", "imports", "stage", "mines"),
    populations={
        "US imports": US_IMPORTS,
        "rare earths": (
            "rare earth elements", "rare earth supply", "supply of rare earths", "refined rare earths",
            "rare earth refining", "rare earth separation", "rare earth processing",
        ),
        "rare earth mining": (
            "rare earth mines", "rare earth mine production", "mine production of rare earths", "mined rare earths",
            "rare earth ores",
        ),
        "rare earth magnets": ("magnets", "rare earth magnet production", "permanent magnets", "NdFeB magnets"),
        "heavy rare earths": (
            "heavy rare earth elements", "heavy rare earth separation", "separation of heavy rare earths",
        ),
    },
    readings=(
        ReadingRow(
            name="separation", label="separation and refining, all rare earths, 2024", population="rare earths",
            of="stage", stage="separation", material="all", year=2024,
        ),
        ReadingRow(name="mine", label="mine production 2024", population="rare earths", of="mines", year=2024),
        ReadingRow(
            name="magnet", label="magnets, 2024", population="rare earths", of="stage", stage="magnet",
            material="ndfeb", year=2024,
        ),
        ReadingRow(
            name="mining", label="mine production of rare earths 2024", population="rare earth mining", of="mines",
            year=2024,
        ),
        ReadingRow(
            name="magnets", label="sintered magnets of rare earths, 2024", population="rare earth magnets", of="stage",
            stage="magnet", material="ndfeb", year=2024,
        ),
        ReadingRow(
            name="heavy", label="separation of heavy rare earths, 2024", population="heavy rare earths", of="stage",
            stage="separation", material="heavy", year=2024,
        ),
        ReadingRow(
            name="imports", label="US imports for consumption of 2024, all chapters", population="US imports",
            of="imports", scope="all",
        ),
        ReadingRow(name="imports-97", label="the same in chapters 1-97", population="US imports", of="imports"),
    ),
    fitting=_of_period,
    compute=Elsewhere("materials", "share"),
)  # fmt: skip
