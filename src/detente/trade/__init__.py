"""Trade: the law meets the goods. Effective rates, revenue, daily series, ranges."""

from detente.trade.effective import (
    Definition,
    Grouping,
    PairRates,
    Revenue,
    average_table,
    daily,
    days_between,
    grouped,
    measure_duties,
    pair_rates,
    post_value,
    whole_table,
    yearly_revenue,
)
from detente.trade.exposure import Exposure, expose
from detente.trade.flows import Flows, Onto, Split, onto, places

__all__ = [
    "Definition", "Exposure", "Flows", "Grouping", "Onto", "PairRates", "Revenue", "Split",
    "average_table", "daily", "days_between", "expose", "grouped", "measure_duties", "onto",
    "pair_rates", "places", "post_value", "whole_table", "yearly_revenue",
]  # fmt: skip
