"""The level of a market over its level on another day."""

from __future__ import annotations

from datetime import date

import numpy as np

from detente.codes import InputError
from detente.data.evidence_tables import level_ratio, not_quoted
from detente.lab.claims.measurand import Basis, Measurand, Measured, base, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import MARKET_KEYS, SESSIONS


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Level of a market over its level on the base day."""
    if row.base is None:
        raise InputError(f"quantity {row.name}", "has no base day", "add base: 2025-04-02")
    market, session = reading.market or row.market, reading.session or as_of
    value = level_ratio(market, row.base, session)
    lacking = not_quoted(market, row.base, session) or f"{market} is not quoted on {session} relative to {row.base}"
    missing = "" if np.isfinite(value) else lacking
    return Measured(value, inputs=(SESSIONS,), known=None if missing else session, remark=missing)


QUANTITY = Measurand(
    what="level of a market over its level on another day",
    units=("ratio", "percent", "share"),
    tolerance=0.01,
    order=70,
    example={"value": "'1.00'", "base": "2025-04-02", "as_of": "2025-05-08"},
    needs={"value": refused, "base": base, "market": refused},
    narrowed_by=("market",),
    uses=MARKET_KEYS,
    readings=(ReadingRow(name="closes", label="closes of both days"),),
    compute=compute,
)
