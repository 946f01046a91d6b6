"""Places in time: whether duties, trade or magnets of a month or year were a record, or the lowest since a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from math import isfinite

from detente.codes import InputError, UnknownName, declared_note
from detente.data.trade_record import ALL, NOTHING, WITH_SERVICES, TradeSeries, customs_receipts, us_duties
from detente.lab.claims.exported import exported_to
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.partners import shares_on_record
from detente.lab.claims.period import MonthSpan, period_named
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import (
    KINDS,
    MONTHS,
    SERVICES,
    SOURCES,
    WHOLE,
    flow_of,
    furthest,
    known_record,
    on_record,
    period_of,
    public_on,
    total,
    with_years,
)

HIGHEST, LOWEST = "highest", "lowest"
BALANCES = ("trade_balance",)
EVER = 10 * MONTHS
"""Months of a record from which on a place on it is one of all time, where a claim names no year."""

FEWEST = 3
"""A place among fewer periods than these is none."""


def _duties(row: QuantityRow, reading: ReadingRow) -> Mapping[str, TradeSeries]:
    flow = flow_of(row, reading)
    receipts = {"receipts": customs_receipts()} if flow.partner == ALL else {}
    return {**receipts, "calculated": us_duties(flow.partner)[1]}


def _trade(row: QuantityRow, reading: ReadingRow) -> Mapping[str, TradeSeries]:
    whole = row.of in BALANCES and quantities()[row.name].population(row.population) == WHOLE
    flow = flow_of(row, reading, WITH_SERVICES if whole else KINDS[row.of])
    return {name: source(flow) for name, source in SOURCES.items() if name != SERVICES}


def _shares(row: QuantityRow, reading: ReadingRow) -> Mapping[str, TradeSeries]:
    """Shares of a partner, by month and year; those of other periods are no sums of them."""
    return shares_on_record(row, reading) if period_of(row).length in (1, MONTHS) else {"none": NOTHING}


def _magnets(row: QuantityRow, reading: ReadingRow) -> Mapping[str, TradeSeries]:
    return {"customs": exported_to(reading.partner or row.partner)}


SERIES: Mapping[str, Callable[[QuantityRow, ReadingRow], Mapping[str, TradeSeries]]] = {
    "tariff_revenue": _duties,
    **dict.fromkeys(KINDS, _trade),
    "partner_share": _shares,
    "magnet_exports": _magnets,
}
"""Quantities that have a place in time -> their records."""


def rank_in_time(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Place of a month or year among those since a year, 1 for the highest, or for the lowest; a deficit by its size.

    Periods up to the one that is ranked count. The record is the one that has most of them.

    Raises
    ------
    UnknownName : a quantity that has no place in time, or a record there is none of.
    InputError : neither the highest nor the lowest.
    """
    if row.of not in SERIES:
        raise UnknownName("quantity", row.of, SERIES, f"quantity {row.name}, of", f"use {', '.join(SERIES)}")
    if reading.of not in ("", HIGHEST, LOWEST):
        raise InputError(f"reading {reading.name}", f"unknown of '{reading.of}'", f"use {HIGHEST}, {LOWEST}")
    period, records = period_of(row), {n: with_years(s) for n, s in SERIES[row.of](row, reading).items()}
    named = known_record(reading, records)
    ranked = {name: _periods(own, period, reading.since) for name, own in records.items() if named in ("", name)}
    record = max(ranked, key=lambda name: len(ranked[name]))
    words = row.of.replace("_", " ")
    if len(ranked[record]) < FEWEST:
        little = declared_note("claims.too_little", period=period.text)
        return Measured(float("nan"), remark=f"{on_record(records[furthest(records)], words)}; {little}")
    placed = _placed(ranked[record], records[record], period, reading.of == LOWEST, words)
    first = list(ranked[record])[-1]
    begun = period_named(first).first
    if placed.value > 1 or (period.first - begun >= EVER if reading.since is None else begun <= reading.since * MONTHS):
        return placed
    # A place before the record begins can be refuted by it, never borne out.
    unknown = declared_note("claims.unknown_before", first=first)
    if reading.since:
        unknown = declared_note("claims.unknown_between", first=first, since=reading.since)
    return replace(placed, value=float("nan"), remark=f"{placed.remark}; {unknown}")


def _periods(series: TradeSeries, period: MonthSpan, since: int | None) -> dict[str, float]:
    """Values of the periods of the same length since a year, up to the one ranked; none where it has no value."""
    if not isfinite(total(series, period)):
        return {}
    first, step, values = (since or 0) * 12, period.shifted(0), dict[str, float]()
    while step.first >= first and isfinite(value := total(series, step)):
        values[step.text], step = value, step.before()
    return values


def _placed(values: Mapping[str, float], series: TradeSeries, period: MonthSpan, lowest: bool, words: str) -> Measured:
    own = total(series, period)
    sizes = {text: abs(value) for text, value in values.items()}
    before = [text for text, size in sizes.items() if (size < abs(own) if lowest else size > abs(own))]
    oldest = list(values)[-1]
    remark = f"{words}, {len(values)} periods from {oldest} to {period.text}"
    if before:
        last = declared_note("claims.last_lower" if lowest else "claims.last_higher", period=before[0])
        remark += f"; {last}"
    inputs = (f"record: {series.source}",)
    return Measured(float(len(before) + 1), inputs=inputs, known=public_on(series, period), remark=remark)
