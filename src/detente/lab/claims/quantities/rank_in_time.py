"""The place of a month or year in time: a record, the lowest since a year, the third highest."""

from __future__ import annotations

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Elsewhere
from detente.lab.claims.questions import Wording, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import period


def _of(wording: Wording) -> str:
    """A record of what?"""
    return "" if wording.row.of else "the claim does not say what is ranked; add of: tariff_revenue"


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
    readings=(ReadingRow(name="highest", label="place among the periods of the record that goes furthest back"),),
    compute=Elsewhere("records", "rank_in_time"),
)
