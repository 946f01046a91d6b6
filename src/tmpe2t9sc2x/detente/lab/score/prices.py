"""Prices of later months: what the duties since the month of a forecast add, beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.data.price_tables import price_tables
from detente.lab.prices.prices import commodity_of_lines
from detente.lab.score.came import price_level
from detente.lab.score.duties import Trade
from detente.lab.score.forecast import LAW, PUBLISHED, trade_known, trade_of_month
from detente.lab.score.months import YEAR, last_day, moved
from detente.trade.prices import duty_shock, price_effect

Floats = NDArray[np.float64]

IMPORT_PRICE, CONSUMER_PRICE = "import-prices", "consumer-prices"
LEVEL = "detail"


@dataclass(frozen=True)
class PricePath:
    """Change of a price since the month of the forecast, by month, share, each of shape (months,).

    Attributes
    ----------
    series : name among the monthly series; came : what is on record, NaN where nothing is.
    paths : by reading of the law; rules : of naive rules; effect : of the duties alone, by reading.
    """

    series: str
    came: Floats = field(repr=False)
    paths: dict[str, Floats] = field(repr=False)
    rules: dict[str, Floats] = field(repr=False)
    effect: dict[str, Floats] = field(repr=False)


def price_paths(made: str, months: Sequence[str]) -> list[PricePath]:
    """Import prices before duty, which duties leave alone here, and consumer prices, which bear the whole duty.

    Either goes on at the pace of the twelve months to the forecast; duties come on top at once.
    """
    trade, known = trade_of_month(made), trade_known(made)
    start = consumer_effect(trade, made)
    readings = {PUBLISHED: known, LAW: trade}
    consumer = {
        name: np.asarray([(1.0 + consumer_effect(law, month)) / (1.0 + start) - 1.0 for month in months])
        for name, law in readings.items()
    }
    none = {name: np.zeros(len(months)) for name in readings}
    return [_path(IMPORT_PRICE, made, months, none), _path(CONSUMER_PRICE, made, months, consumer)]


def consumer_effect(trade: Trade, month: str) -> float:
    """Rise of consumer prices by the duties of the last day of a month since the base day, share."""
    flows, accounts = trade.ground.flows, price_tables(LEVEL)
    change = trade.rates(last_day(month)) - trade.before
    commodity = commodity_of_lines(LEVEL)[flows.line_at]
    shock = duty_shock(flows.value, trade.before, change, commodity, len(accounts.commodities))
    return price_effect(accounts, shock).headline


def _path(series: str, made: str, months: Sequence[str], effect: dict[str, Floats]) -> PricePath:
    level, before = price_level(series, [made, moved(made, -YEAR)])
    ahead = np.arange(1, len(months) + 1)
    trend = (level / before) ** (ahead / YEAR)
    last_year = price_level(series, [moved(month, -YEAR) for month in months]) / before
    return PricePath(
        series,
        price_level(series, months) / level - 1.0,
        {name: trend * (1.0 + each) - 1.0 for name, each in effect.items()},
        {"persists": np.zeros(len(months)), "last_year": last_year - 1.0, "fixed": trend - 1.0},
        effect,
    )
