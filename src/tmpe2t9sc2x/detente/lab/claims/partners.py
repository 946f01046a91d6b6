"""Partners that claims compare: the share of one in a country's imports or exports, and its place among all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import isfinite

from detente.codes import InputError
from detente.data.trade_record import ALL, EXPORTS, IMPORTS, TradeSeries
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import (
    NONE,
    SOURCES,
    TradeFlow,
    added,
    answers,
    beyond,
    flow_of,
    furthest,
    known_record,
    period_of,
    public_on,
    total,
    with_years,
)
from detente.lab.claims.vocabulary import LEVEL

RECORDS: Sequence[str] = ("published", "detailed", "table")
"""Records that hold single partners and all of them together."""


def partner_share(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a partner in the imports or exports of a country over a period.

    Raises
    ------
    InputError : no partner. UnknownName : a country or a record there is none of.
    """
    flow, period = _flow(row, reading), period_of(row)
    record = known_record(reading, RECORDS) or _records(flow, row)[0]
    own, whole = SOURCES[record](flow), _whole(record, flow)
    value = total(own, period) / total(whole, period)
    inputs = (f"trade in goods: {own.source}",) if own.source else ()
    if not isfinite(value):
        lacking = own if not isfinite(total(own, period)) else whole
        words = flow.words if lacking is own else replace(flow, partner=ALL).words
        return Measured(NONE, inputs=inputs, remark=beyond(lacking, words, period))
    return Measured(
        value,
        inputs=inputs,
        known=max(public_on(s, period) for s in (own, whole)),
        remark=f"{flow.words}, {period.text}",
    )


def shares_on_record(row: QuantityRow, reading: ReadingRow) -> dict[str, TradeSeries]:
    """Shares of a partner by month and year, in every record that has both it and all partners."""
    flow = _flow(row, reading)
    return {name: _ratio(with_years(SOURCES[name](flow)), with_years(_whole(name, flow))) for name in RECORDS}


def _ratio(own: TradeSeries, whole: TradeSeries) -> TradeSeries:
    shared = own.values.keys() & whole.values.keys()
    return replace(own, values={key: own.values[key] / whole.values[key] for key in shared})


def _whole(record: str, flow: TradeFlow) -> TradeSeries:
    """Trade with all partners in a record; where releases leave out a period, imports for consumption stand in."""
    every = replace(flow, partner=ALL)
    own = SOURCES[record](every)
    return added(own, SOURCES["detailed"](every)) if record == "published" else own


def _flow(row: QuantityRow, reading: ReadingRow | None) -> TradeFlow:
    if not ((reading.partner if reading else "") or row.partner):
        raise InputError(f"quantity {row.name}", "names no partner", "add partner: CHN")
    population = (reading.population if reading else "") or row.population
    kind = quantities()[row.name].population(population)
    return flow_of(row, reading, EXPORTS if kind == EXPORTS else IMPORTS)


def _records(flow: TradeFlow, row: QuantityRow) -> list[str]:
    """Records that have the partner and all partners in the period of a claim."""
    pairs = {name: (SOURCES[name](flow), _whole(name, flow)) for name in RECORDS}
    full = [name for name, pair in pairs.items() if all(answers(series, row, LEVEL) for series in pair)]
    full = [name for name in full if name != "table"] or full
    return full or [furthest({name: own for name, (own, _) in pairs.items()})]


def fitted(row: QuantityRow, own: ReadingRow | None, listed: Sequence[ReadingRow]) -> tuple[ReadingRow, ...]:
    """Listed readings of the flow a claim names whose record has its period."""
    if not listed or not row.partner or (not row.period and row.year is None):
        return tuple(listed)
    names = _records(_flow(row, own), row)
    return tuple(reading for name in names for reading in listed if reading.record == name)
