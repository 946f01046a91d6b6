"""Score: forecasts of duty, imports and prices made with the data of one month, beside the months that came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from detente.codes import Table
from detente.data.days import day_named
from detente.lab.score.duties import checked_month, moved
from detente.lab.score.estimate import estimates
from detente.lab.score.forecast import LONGEST, came, check_span, forecast, last_on_record, price_paths
from detente.lab.score.tables import (
    DUTY,
    IMPORTS,
    KNOWING,
    RATE,
    SEED,
    SERIES,
    Scored,
    claims_table,
    horizons_table,
    misses_table,
    parameters_table,
    prices_table,
    rates_table,
    scores_table,
    surprises_table,
    tests_table,
    values_table,
)

DAY = "score"
"""Id of the day that forecasts know where no month is named."""

WHAT = {
    "average": (RATE, KNOWING),
    "revenue": (DUTY,),
    "imports": (IMPORTS,),
    "prices": tuple(SERIES.values()),
}
"""What is forecast, and its names in the column `quantity`."""


def standard_month() -> str:
    """The month of the forecasts where none is named."""
    return day_named(DAY).strftime("%Y-%m")


def score(
    as_of: date | None = None, to: date | None = None, *, what: str = "", rates: str = "statutory", seed: int = SEED
) -> list[Table]:
    """Forecasts made in a month, scored: errors beside those of naive rules, by month, horizon and cause.

    Parameters
    ----------
    as_of, to : a day of the month whose law and data are known, and of the last one; by default the month before the
        duties of April 2025, and a year ahead of it as far as anything is on record.
    what : one of `WHAT`; all where none is named.
    rates : "statutory", or "collected" for delay and shares not collected as estimated on the months up to `as_of`.

    Returns
    -------
    Tables scores, score_surprises, score_misses, score_horizons, score_rates, score_values, score_prices, and with
    collected rates score_parameters, score_tests, score_claims.

    Raises
    ------
    InputError : months without record, a span beyond a year.
    """
    made = checked_month(standard_month() if as_of is None else f"{as_of:%Y-%m}", "as_of")
    made, months = check_span(made, min(last_on_record(), moved(made, LONGEST)) if to is None else f"{to:%Y-%m}")
    known = estimates(made) if rates == "collected" else None
    path = forecast(made, months[-1], None if known is None else known.collection)
    outcome, sources = came(months)
    scored = Scored(path, outcome, sources, price_paths(made, months), seed)
    tables = [
        scores_table(scored), surprises_table(scored), misses_table(scored), horizons_table(scored),
        rates_table(scored), values_table(scored), prices_table(scored),
    ]  # fmt: skip
    tables += [] if known is None else [parameters_table(known), tests_table(known), claims_table()]
    return [_about(table, WHAT[what]) for table in tables] if what else tables


def _about(table: Table, quantities: Sequence[str]) -> Table:
    """The rows of a table about some quantities; all where it has no such column."""
    return table.take(np.isin(table["quantity"], quantities)) if "quantity" in table.data else table
