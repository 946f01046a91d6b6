"""Customs duties that claims speak of: received, calculated, or of a year at the law of a day.

Receipts are cash, seasonally adjusted, with refunds taken off, and come a month after the goods; calculated duty is
what entries of the month owe. What a law brings in a year is counted on imports as they were, and after demand answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from math import isfinite

import numpy as np

from detente.codes import declared_note
from detente.data.tables import place
from detente.data.trade_record import ALL, NOTHING, TradeSeries, customs_receipts, us_duties
from detente.lab.claims.income import WORLD, duty_by_set
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.period import period_named
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rates import IMPORTS, LAWBOOK, PUBLISHED, law_under
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import (
    TradeFlow,
    answers,
    as_asked,
    flow_of,
    furthest,
    known_record,
    measured,
    on_record,
    period_of,
)
from detente.lab.claims.vocabulary import PROJECTED, level_or_change
from detente.lab.ground.ground import ground_of
from detente.lab.ground.yearly import revenue
from detente.law import Law

BOOKED = timedelta(days=12)
"""Days after the end of a month until the Treasury has published its receipts."""

STATIC, ELASTIC, EQUILIBRIUM, PACE = "static", "elastic", "equilibrium", "pace"
ANSWERS = (EQUILIBRIUM, STATIC, ELASTIC, PACE)
MONTHS = 12


def _receipts(flow: TradeFlow) -> TradeSeries:
    return customs_receipts() if flow.partner == ALL else NOTHING


REFUNDED = 1.0 - 117.7 / 124.0
"""Part of gross receipts that was refunded in the four months to January 2026: net and gross as the Treasury gave them
in its monthly statement; other months on record lie within two hundredths of it.
"""


def _gross(flow: TradeFlow) -> TradeSeries:
    """Receipts before refunds, from those after them."""
    net = _receipts(flow)
    return replace(net, values={month: value / (1.0 - REFUNDED) for month, value in net.values.items()})


def _calculated(flow: TradeFlow) -> TradeSeries:
    return us_duties(flow.partner)[1]


SOURCES: Mapping[str, Callable[[TradeFlow], TradeSeries]] = {
    "receipts": _receipts, "gross": _gross, "calculated": _calculated,
}  # fmt: skip


def tariff_revenue(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Customs duties of a period, USD, their change, or those of a year at the law of the day.

    Raises
    ------
    UnknownName : a record there is none of.
    """
    kind = reading.of or level_or_change(row, None)
    if kind == PROJECTED:
        return _projected(row, reading, as_of)
    flow, period = flow_of(row, reading), period_of(row)
    record = known_record(reading, SOURCES) or _records(flow, row, kind)[0]
    answer = measured(SOURCES[record](flow), kind, row, period, _words(flow))
    if record != "calculated" and isfinite(answer.value):
        source = declared_note("claims.source_receipts")
        remark = answer.remark
        if record == "gross":
            remark = "; ".join(filter(None, (remark, declared_note("claims.source_gross", part=REFUNDED))))
        return Measured(answer.value, inputs=(source,), known=period.last_day + BOOKED, remark=remark)
    inputs = (declared_note("claims.source_calculated"),)
    return Measured(answer.value, inputs=inputs, known=answer.known, remark=answer.remark)


def _words(flow: TradeFlow) -> str:
    if flow.partner == ALL:
        return declared_note("claims.customs_duties")
    return declared_note("claims.customs_duties_on", partner=place(flow.partner))


def _projected(row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Duty of a year at the law of a day: on imports of 2024 as they were, after demand or after the world answers."""
    law, on = law_under(reading, as_of)
    partner = reading.partner or row.partner
    how = known_record(reading, ANSWERS) or (STATIC if partner else EQUILIBRIUM)
    if how == PACE:
        return _pace(row, reading, as_of)
    remark = declared_note("claims.year_at_law", day=on)
    if how != EQUILIBRIUM:
        return Measured(_of_a_year(law, on, reading.scope, partner)[how], inputs=(LAWBOOK, IMPORTS), remark=remark)
    if partner:
        return Measured(float("nan"), inputs=(LAWBOOK, IMPORTS), remark=declared_note("claims.answered_by_all"))
    spread = np.asarray(duty_by_set(law, on, reading.scope))
    inputs = (LAWBOOK, IMPORTS, declared_note("claims.source_sets", world=WORLD, sets=spread.size))
    return Measured(float(spread[0]), spread, inputs, remark=remark, range_of="sets of elasticities")


def _pace(row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Twelve times the duty of the last month that was public on a day."""
    flow = flow_of(row, reading)
    series = customs_receipts() if flow.partner == ALL else us_duties(flow.partner)[1]
    lag = BOOKED if flow.partner == ALL else PUBLISHED
    known = {month: value for month, value in series.values.items() if _public(month, lag) <= as_of}
    if not known:
        return Measured(float("nan"), inputs=(series.source,), remark=on_record(series, _words(flow)))
    last = max(known)
    return Measured(
        MONTHS * known[last], inputs=(series.source,), known=_public(last, lag), remark=f"twelve times {last}"
    )


def _public(month: str, lag: timedelta) -> date:
    return period_named(month).last_day + lag


@lru_cache(maxsize=16)
def _of_a_year(law: Law, on: date, scope: str, partner: str) -> Mapping[str, float]:
    table = revenue(ground_of(law, None, scope), on, partner=partner)
    return {name: float(table[name].sum()) for name in (STATIC, ELASTIC)}


def _records(flow: TradeFlow, row: QuantityRow, kind: str) -> list[str]:
    """Records that have the period of a claim; that which goes furthest where none has."""
    series = {name: source(flow) for name, source in SOURCES.items()}
    full = [name for name, own in series.items() if answers(own, row, kind)]
    return full or [furthest(series)]


def fitted(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Listed readings that have the period of a claim, or those of a year at a law."""
    readings = quantities()[row.name].readings
    kind = (own.of if own else "") or level_or_change(row, own)
    if kind == PROJECTED:
        partner = (own.partner if own else "") or row.partner
        counted = [r for r in readings if r.of == PROJECTED and not (partner and r.record == EQUILIBRIUM)]
        return tuple(counted)
    if not row.period and row.year is None:
        return readings
    return as_asked(readings, _records(flow_of(row, own), row, kind), kind)
