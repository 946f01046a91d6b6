"""The return of a market in a session."""

from __future__ import annotations

from datetime import date

import numpy as np

from detente.data.evidence_tables import not_quoted, session_return
from detente.lab.claims.measurand import Basis, Measurand, Measured, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import MARKET_KEYS, SESSIONS, SHARES


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Simple return of a market in a session: its close over the close before, less one."""
    market, session = reading.market or row.market, reading.session or as_of
    value = float(np.expm1(session_return(market, session)))
    missing = "" if np.isfinite(value) else not_quoted(market, session)
    return Measured(value, inputs=(SESSIONS,), known=None if missing else session, remark=missing)


QUANTITY = Measurand(
    what="return of a market in a session",
    units=SHARES,
    tolerance=0.0005,
    order=60,
    change=True,
    example={"value": "-6", "as_of": "2025-04-04"},
    needs={"value": refused, "market": refused},
    narrowed_by=("market",),
    uses=MARKET_KEYS,
    readings=(ReadingRow(name="session", label="close over the close before"),),
    compute=compute,
)
