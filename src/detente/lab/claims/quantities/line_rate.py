"""The duty on one tariff line from a partner."""

from __future__ import annotations

from datetime import date

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.questions import refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import LAW_KEYS, SHARES


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Duty on a line from a partner."""
    from detente.lab.claims.rates import line_rate

    return line_rate(basis, row, reading, as_of)


QUANTITY = Measurand(
    what="duty on one tariff line from a partner",
    units=SHARES,
    tolerance=0.0,
    exact=True,
    order=50,
    needs={"value": refused, "line": refused, "partner": refused},
    narrowed_by=("partner", "line"),
    uses=("partner", "line", *LAW_KEYS),
    readings=(ReadingRow(name="law", label="law of the day"),),
    compute=compute,
)
