"""The rise of the average duty on US imports since a day."""

from __future__ import annotations

from datetime import date

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.questions import base, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import AVERAGE_KEYS, US_IMPORTS, with_whole_year


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Rise of the average duty on US imports against the law of the base day, or the duty collected before it."""
    from detente.lab.claims.rates import average_rise

    return average_rise(basis, row, reading, as_of)


QUANTITY = Measurand(
    what="rise of the average duty on US imports since a day",
    units=("points", "percent", "share"),
    tolerance=0.0075,
    order=20,
    effect=True,
    needs={"value": refused, "base": base},
    uses=("start", *AVERAGE_KEYS),
    populations={
        "US imports": (*US_IMPORTS, "goods", "US goods"),
    },
    readings=(
        ReadingRow(name="statutory", label="statutory duty at 2024 imports, against the law of the base day"),
        ReadingRow(name="with-98-99", label="the same with chapters 98 and 99", scope="all"),
        ReadingRow(
            name="start-collected", label="against the duty collected in the year before the base day",
            start="collected",
        ),
        ReadingRow(
            name="after-substitution", label="after buyers move between countries (CES, sigma 3)", substitution="ces",
        ),
        ReadingRow(
            name="collected", label="duty collected in the last full month less that of the year before",
            duty="collected",
        ),
    ),
    beside=with_whole_year,
    compute=compute,
)  # fmt: skip
