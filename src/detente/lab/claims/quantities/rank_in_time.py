"""The place of a month or year in time: a record, the lowest since a year, the third highest."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, Wording, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import period


def _of(wording: Wording) -> str:
    """A record of what?"""
    return "" if wording.row.of else "the claim does not say what is ranked; add of: tariff_revenue"


def _alone(row: QuantityRow, readings: Readings) -> Readings:
    """The claim's own definition, if it has one: a place among the lowest is none among the highest."""
    return readings[:1]


QUANTITY = Measurand(
    what="place of a month or year among those since a year, 1 for the highest, or with of: lowest for the lowest",
    units=("count",),
    # A place is counted, not measured: the second highest is no record.
    tolerance=0.0,
    exact=True,
    order=265,
    example={"value": "1", "of": "tariff_revenue", "period": "2025-10"},
    needs={"value": refused, "of": _of, "year": period},
    narrowed_by=("partner", "importer", "country", "year", "period", "of"),
    uses=("of", "since", "record", "partner"),
    kinds=("", "highest", "lowest"),
    populations={
        "imports": ("goods imports", "US imports", "imports of goods"),
        "exports": ("goods exports", "US exports", "exports of goods"),
        "goods": ("goods trade", "merchandise", "trade in goods", "goods deficit"),
        "goods and services": ("trade in goods and services", "whole trade", "overall trade", "total trade"),
    },
    readings=(ReadingRow(name="highest", label="place among the periods of the record that goes furthest back"),),
    beside=_alone,
    compute=Elsewhere("trade", "rank_in_time"),
)
