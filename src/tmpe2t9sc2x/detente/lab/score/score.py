"""Score: forecasts of duty, imports and prices made with the data of one month, beside the months that came."""

from __future__ import annotations

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.data.days import day_named
from detente.lab.score.came import last_on_record
from detente.lab.score.estimate import estimates
from detente.lab.score.every import every_table
from detente.lab.score.forecast import LONGEST, came, check_span, forecast
from detente.lab.score.misses import misses_table
from detente.lab.score.months import checked_month, moved
from detente.lab.score.prices import price_paths
from detente.lab.score.tables import (
    SEED,
    Scored,
    claims_table,
    horizons_table,
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

EVERY = "every"
"""In place of a month: forecasts made in every month on record."""

KINDS = ("law", "collected")
"""The duty of the law, or what is collected of it by delay and shares estimated on months up to the forecast."""


def score(
    made: str = "", through: str = "", *, as_: str = KINDS[0], estimated: str = "", seed: int = SEED
) -> list[Table]:
    """Forecasts made in a month, scored: errors beside those of naive rules, by month, horizon and cause.

    Parameters
    ----------
    made, through : months, "2025-03"; by default the month before the duties of April 2025, and a year ahead of it as
        far as anything is on record. "every" in place of a month: forecasts made in each month on record.
    as_ : "law", or "collected" for delay and shares not collected as estimated on the months up to `made`.
    estimated : last month of the estimates that are shown; without it those that the months at hand allow.

    Returns
    -------
    Tables score_ahead and score_origins for every month; else scores, score_surprises, score_misses, score_horizons,
    score_rates, score_values, score_prices, and with `estimated` or `as_` score_parameters, score_tests, score_claims.

    Raises
    ------
    InputError, UnknownName : months without record, a span beyond a year, another kind of forecast.
    """
    if as_ not in KINDS:
        raise UnknownName("forecast", as_, KINDS, Parameter("as"), f"use {' or '.join(KINDS)}")
    if made == EVERY:
        return _of_every(through, as_, estimated, seed)
    made = checked_month(made or day_named(DAY).strftime("%Y-%m"), "made")
    through = through or min(last_on_record(), moved(made, LONGEST))
    made, months = check_span(made, through)
    if as_ == KINDS[1] and estimated and checked_month(estimated, "estimated") > made:
        raise InputError(Parameter("estimated"), f"{estimated} is after {made}", f"estimate on months to {made}")
    cut = estimated or (made if as_ == KINDS[1] else "")
    known = estimates(cut, "estimated" if estimated else "made") if cut else None
    path = forecast(made, through, known.collection if known is not None and as_ == KINDS[1] else None)
    outcome, sources = came(months)
    scored = Scored(path, outcome, sources, price_paths(made, months), seed)
    tables = [
        scores_table(scored), surprises_table(scored), misses_table(scored), horizons_table(scored),
        rates_table(scored), values_table(scored), prices_table(scored),
    ]  # fmt: skip
    return tables if known is None else [*tables, parameters_table(known), tests_table(known), claims_table()]


def _of_every(through: str, as_: str, estimated: str, seed: int) -> list[Table]:
    """Forecasts made in every month, which take no other month."""
    given = {"through": through, "estimated": estimated}
    for name in (name for name, value in given.items() if value):
        raise InputError(Parameter(name), "does not go with forecasts made in every month", "leave it out")
    return every_table(seed, as_ == KINDS[1])
