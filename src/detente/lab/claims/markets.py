"""Markets that claims speak of: their returns and levels on quoted sessions, and moves beyond the normal."""

from __future__ import annotations

from datetime import date

import numpy as np

from detente.codes import InputError, declared_note
from detente.data.evidence_tables import level_ratio, not_quoted, quoted_reaction, session_return
from detente.evidence import rarity
from detente.lab.claims.measurand import Basis, Measured, nothing
from detente.lab.claims.rows import QuantityRow, ReadingRow

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
    apart = declared_note("claims.not_quoted_against", market=market, session=session, base=row.base)
    missing = "" if np.isfinite(value) else not_quoted(market, row.base, session) or apart
    return Measured(value, inputs=(SESSIONS,), known=None if missing else session, remark=missing)


def abnormal_return(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Abnormal return of a market in a session, with the share of earlier days that moved as much."""
    market, session = reading.market or row.market, reading.session or as_of
    reaction = quoted_reaction(market, session)
    if reaction is None:
        lacking = declared_note("claims.no_event_study", market=market, session=session)
        return nothing(not_quoted(market, session) or lacking)
    remark = f"{rarity(reaction['p_placebo'])} ({reaction['placebo_days']} days from {reaction['placebo_from']})"
    spread = reaction["abnormal"] + reaction["error"] * np.asarray([-1.645, 1.645])
    inputs = (SESSIONS, declared_note("claims.source_event_study"))
    return Measured(
        reaction["abnormal"], spread, inputs, session, p_value=reaction["p_placebo"], remark=remark, range_of=NINETY
    )
