"""Jobs gained or lost: named so that claims of it are told why nothing here measures it."""

from __future__ import annotations

from datetime import date

from detente.lab.claims.measurand import Basis, Measurand, Measured, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import SHARES

WHY = (
    "the program holds no employment: its worlds have a fixed supply of labour, so that a tariff moves workers and "
    "makes or ends no job; claim real_income_change, price_effect or months_of_shortage"
)


def _none(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """No reading fits."""
    return ()


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Nothing: a reading that a claim brings along is no record either."""
    return Measured(float("nan"), remark=WHY)


QUANTITY = Measurand(
    what="jobs gained or lost; not measured by anything in the program",
    units=("count", *SHARES),
    # Never used: no number is set against a claim.
    tolerance=0.0,
    order=290,
    effect=True,
    example={"value": "100000"},
    needs={"value": refused},
    narrowed_by=("partner", "country", "year", "period", "category"),
    readings=(ReadingRow(name="none", label="no employment on record"),),
    fitting=_none,
    unmodelled=WHY,
    compute=compute,
)
