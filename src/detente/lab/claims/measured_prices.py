"""Prices that were measured: consumer and import prices by month, as change of their index over a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from math import isfinite, log

import numpy as np

from detente.codes import declared_note
from detente.data.evidence_tables import monthly_series
from detente.data.tables import arrays
from detente.data.trade_record import TradeSeries
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rates import COLLECTED, PUBLISHED, data_to
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.trade import NONE, about, measured, on_record, period_of
from detente.lab.claims.vocabulary import CHANGE
from detente.lab.ground.collected import collected_in

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
    inputs = (declared_note("claims.source_prices"),)
    return Measured(answer.value, inputs=inputs, known=known, remark=answer.remark)


def pass_through(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a duty that importers bear: sellers who bore all of it would cut prices before duty by as much.

    One plus the change of import prices without fuel over that of one plus the duty collected, both as logarithms and
    against the same months of the year before.
    """
    period, prices = period_of(row), _index("import-prices").values
    inputs = (declared_note("claims.source_prices"), COLLECTED)
    months = [month for month in period.months if _known(month, prices)]
    missing = [month for month in period.months if month not in months]
    if len(missing) > len(months):
        words = f"{on_record(_index('import-prices'), 'import prices')}; duty collected: {data_to()}"
        return Measured(NONE, inputs=inputs, remark=f"{words}; {about(period)}")
    moves = log(_rate(months) / _rate([_before(month) for month in months]))
    paces = [[log(prices[m] / prices[_before(m)]) for m in span] for span in (months, map(_before, months))]
    price, pace = (float(np.mean(each)) for each in paces)
    price -= 0.0 if reading.of == "plain" else pace
    remark = declared_note("claims.prices_and_duty", period=period.text, price=price, duty=moves)
    remark += f"; without {', '.join(missing)}" if missing else ""
    if abs(moves) < LEAST:
        return Measured(NONE, inputs=inputs, remark=f"{remark}; {declared_note('claims.duty_moved_little')}")
    value, known = 1.0 + price / moves, period.last_day + PUBLISHED
    if not 0.0 <= value <= 1.0:
        remark = f"{declared_note('claims.pass_through_beyond', value=value)}; {remark}"
        return Measured(NONE, inputs=inputs, known=known, remark=remark)
    return Measured(value, inputs=inputs, known=known, remark=remark)


LEAST = 0.02
"""Least change of the duty, as a logarithm, from which a share of it can be read off prices."""


def _before(month: str) -> str:
    """The same month of the year before."""
    return f"{int(month[:4]) - 1}{month[4:]}"


def _known(month: str, prices: Mapping[str, float]) -> bool:
    """Whether prices of a month and of the two years before are on record, and duty of it and the year before."""
    earlier = _before(month)
    return {month, earlier, _before(earlier)} <= set(prices) and all(
        isfinite(collected_in(m)) for m in (month, earlier)
    )


def _rate(months: Sequence[str]) -> float:
    """One plus the duty collected over imports in some months."""
    table = arrays("usa_collected_monthly")
    own = (table["partner"] == "all") & np.isin(table["month"], months)
    return 1.0 + float(table["duty"][own].sum() / table["imports"][own].sum())


@lru_cache(maxsize=4)
def _index(name: str) -> TradeSeries:
    """Level of an index by month; the sum over months of two equal spans compares their means."""
    months, level = monthly_series(name)
    return TradeSeries("Bureau of Labor Statistics", dict(zip(months.tolist(), level.tolist(), strict=True)))
