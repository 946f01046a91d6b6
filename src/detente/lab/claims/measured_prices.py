"""Prices that were measured: consumer and import prices by month, as change of their index over a period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from math import isfinite

from detente.data.evidence_tables import monthly_series
from detente.data.trade_record import TradeSeries
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import measured, period_of
from detente.lab.claims.vocabulary import CHANGE

SERIES: Mapping[str, str] = {
    "consumer prices": "consumer-prices",
    "goods without food and energy": "goods-prices",
    "import prices": "all-import-prices",
    "import prices without fuel": "import-prices",
    "yuan per dollar": "yuan",
}
"""Populations -> series on record."""

RELEASED = timedelta(days=17)
"""Days after the end of a month until its prices are published."""


def price_index(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of a price index over a month or a span of months, share."""
    population, period = quantities()[row.name].population(row.population), period_of(row)
    answer = measured(_index(SERIES[population]), reading.of or CHANGE, row, period, population)
    known = period.last_day + RELEASED if isfinite(answer.value) else None
    return Measured(
        answer.value, inputs=("prices by month, Bureau of Labor Statistics",), known=known, remark=answer.remark
    )


@lru_cache(maxsize=4)
def _index(name: str) -> TradeSeries:
    """Level of an index by month; the sum over months of two equal spans compares their means."""
    months, level = monthly_series(name)
    return TradeSeries("Bureau of Labor Statistics", dict(zip(months.tolist(), level.tolist(), strict=True)))
