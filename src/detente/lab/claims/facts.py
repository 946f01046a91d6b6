"""Moves of markets that claims speak of, from quoted sessions and event studies of them."""

from __future__ import annotations

from datetime import date

import numpy as np

from detente.codes import InputError
from detente.data.claimrows import QuantityRow, ReadingRow
from detente.data.evidence_tables import level_ratio, not_quoted, quoted_reaction, session_return
from detente.evidence import rarity
from detente.lab.claims.rates import Basis, Measured

SESSIONS = "quoted sessions"
NINETY = "90% forecast interval"


def index_return(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Simple return of a market in a session: its close over the close before, less one."""
    market, session = reading.market or row.market, reading.session or as_of
    value = float(np.expm1(session_return(market, session)))
    missing = "" if np.isfinite(value) else not_quoted(market, session)
    return Measured(value, inputs=(SESSIONS,), known=None if missing else session, remark=missing)


def index_ratio(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Level of a market over its level on the base day."""
    if row.base is None:
        raise InputError(f"quantity {row.name}", "has no base day", "add base: 2025-04-02")
    market, session = reading.market or row.market, reading.session or as_of
    value = level_ratio(market, row.base, session)
    lacking = not_quoted(market, row.base, session) or f"{market} is not quoted on {session} relative to {row.base}"
    missing = "" if np.isfinite(value) else lacking
    return Measured(value, inputs=(SESSIONS,), known=None if missing else session, remark=missing)


def abnormal_return(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Abnormal return of a market in a session, with the share of earlier days that moved as much."""
    market, session = reading.market or row.market, reading.session or as_of
    found = quoted_reaction(market, session)
    if found is None:
        lacking = not_quoted(market, session) or f"no event study of {market} on {session} is at hand"
        return Measured(float("nan"), remark=lacking)
    remark = f"{rarity(found['p_placebo'])} ({found['placebo_days']} days from {found['placebo_from']})"
    spread = found["abnormal"] + found["error"] * np.asarray([-1.645, 1.645])
    inputs = (SESSIONS, "results of the event study")
    return Measured(
        found["abnormal"], spread, inputs, session, p_value=found["p_placebo"], remark=remark, range_of=NINETY
    )
