"""The move of a market on an event beyond its normal one."""

from __future__ import annotations

from datetime import date

import numpy as np

from detente.data.evidence_tables import not_quoted, quoted_reaction
from detente.evidence import rarity
from detente.lab.claims.measurand import Basis, Measurand, Measured, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import MARKET_KEYS, SESSIONS, SHARES

NINETY = "90% forecast interval"


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Abnormal return of a market in a session, with the share of earlier days that moved as much."""
    market, session = reading.market or row.market, reading.session or as_of
    reaction = quoted_reaction(market, session)
    if reaction is None:
        lacking = not_quoted(market, session) or f"no event study of {market} on {session} is at hand"
        return Measured(float("nan"), remark=lacking)
    remark = f"{rarity(reaction['p_placebo'])} ({reaction['placebo_days']} days from {reaction['placebo_from']})"
    spread = reaction["abnormal"] + reaction["error"] * np.asarray([-1.645, 1.645])
    inputs = (SESSIONS, "results of the event study")
    return Measured(
        reaction["abnormal"], spread, inputs, session, p_value=reaction["p_placebo"], remark=remark, range_of=NINETY
    )


QUANTITY = Measurand(
    what="move of a market on an event beyond its normal one",
    units=SHARES,
    tolerance=0.0005,
    order=150,
    effect=True,
    example={"value": "9", "as_of": "2025-04-09"},
    needs={"value": refused, "market": refused},
    narrowed_by=("market",),
    uses=MARKET_KEYS,
    readings=(ReadingRow(name="constant-mean", label="constant mean of 120 days, placebo on all earlier days"),),
    compute=compute,
)
