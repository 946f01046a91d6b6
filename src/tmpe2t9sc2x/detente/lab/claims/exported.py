"""China's exports of magnets that claims speak of, by month, tonnes: what its customs publish, as reported."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from math import isfinite

from detente.codes import declared_note
from detente.data.tables import arrays, countries, place
from detente.data.trade_record import ALL, TradeSeries
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import WORLD, measured, period_of
from detente.lab.claims.vocabulary import level_or_change

KG = 1000.0
"""Kilograms in a tonne."""

RELEASED = timedelta(days=20)
"""Days after the end of a month until China's customs publish its exports by good."""

PERIODS = ("month", "year", "part_year")


def magnet_exports(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """China's exports of permanent magnets to a partner, or to all, over a period, tonnes; or their change, share.

    Raises
    ------
    UnknownName : a partner nobody knows. InputError : no period.
    """
    period, partner = period_of(row), _code(reading.partner or row.partner)
    kind = reading.of or level_or_change(row, None)
    answer = measured(_series(partner), kind, row, period, _words(partner))
    known = period.last_day + RELEASED if isfinite(answer.value) else None
    inputs = (declared_note("claims.source_chinese_exports"),)
    return Measured(answer.value, inputs=inputs, known=known, remark=answer.remark)


def _words(partner: str) -> str:
    if partner == ALL:
        return declared_note("claims.magnet_exports")
    return declared_note("claims.magnet_exports_to", partner=place(partner))


def exported_to(partner: str) -> TradeSeries:
    """Exports of magnets to a partner by any name, or to all, by month and year, tonnes."""
    return _series(_code(partner))


def _code(text: str) -> str:
    if text.strip().casefold() in WORLD:
        return ALL
    group = countries().group(text)
    return countries().resolve(text, "quantity magnet_exports, partner") if group is None else group.id


@lru_cache(maxsize=16)
def _series(partner: str) -> TradeSeries:
    table = arrays("chain_flows")
    own = (table["product"] == "magnets") & (table["destination"] == ("WLD" if partner == ALL else partner))
    rows = [row for row in own.nonzero()[0] if table["kind"][row] in PERIODS]
    return TradeSeries("customs of China", {str(table["period"][r]): float(table["value"][r]) / KG for r in rows})
