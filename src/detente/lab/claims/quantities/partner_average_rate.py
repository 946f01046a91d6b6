"""The average duty on imports from a partner."""

from __future__ import annotations

from datetime import date

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.questions import refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import LAW_KEYS, SHARES


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Average duty on imports from a partner."""
    from detente.lab.claims.rates import partner_average

    return partner_average(basis, row, reading, as_of)


QUANTITY = Measurand(
    what="average duty on imports from a partner",
    units=SHARES,
    tolerance=0.03,
    order=40,
    needs={"value": refused, "partner": refused},
    narrowed_by=("partner",),
    uses=("partner", "weights", *LAW_KEYS),
    readings=(
        ReadingRow(name="statutory", label="statutory duty at 2024 imports from the partner, chapters 1-97"),
        ReadingRow(name="with-98-99", label="the same with chapters 98 and 99", scope="all"),
    ),
    compute=compute,
)
