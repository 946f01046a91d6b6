"""Every: forecasts made in every month on record, their errors by months ahead and by month of the forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note, table_of
from detente.evidence.collection import FEWEST
from detente.evidence.scores import score
from detente.lab.score.duties import moved
from detente.lab.score.estimate import estimates
from detente.lab.score.forecast import (
    CLAIMING,
    LONGEST,
    PUBLISHED,
    RULES,
    Forecast,
    came,
    claimed,
    forecast,
    imports_and_duty,
)
from detente.lab.score.tables import DUTY, IMPORTS, RATE, best_rule

Floats = NDArray[np.float64]

NAMES = {RATE: "rate", DUTY: "duty", IMPORTS: "imports"}


@dataclass(frozen=True)
class Ahead:
    """Forecasts of one quantity made some months before, in order of the months they were made, each (forecasts,)."""

    quantity: str
    ahead: int
    forecast: Floats
    came: Floats
    rules: Mapping[str, Floats]


def every_table(seed: int, collected: bool = False) -> list[Table]:
    """Errors of forecasts made in every month, by months ahead, and of each month's forecast of the duty rate.

    Parameters
    ----------
    collected : whether each is taken through delay and shares not collected, as estimated on the months up to it.
    """
    made = forecasts(collected)
    ends = {"first": made[0].made, "last": made[-1].made}
    ahead = [_row(each, seed) for each in by_ahead(made)]
    last = max(f.months[-1] for f in made)
    record = (declared_note("score.all_to", month=last), declared_note("score.each_collected") if collected else "")
    origins = [_origin(each) for each in made]
    return [table_of("score.score_ahead", ahead, record, **ends), table_of("score.score_origins", origins, record)]


def every_named(seed: int, collected: bool) -> Mapping[str, Callable[[], Table]]:
    """The tables of `every_table` by name, both made when the first of them is asked for."""
    tables = cache(lambda: every_table(seed, collected))
    return {"score_ahead": lambda: tables()[0], "score_origins": lambda: tables()[1]}


def forecasts(collected: bool = False) -> list[Forecast]:
    """Forecasts made in every month with claims on record that has a later month with duty on entries.

    Parameters
    ----------
    collected : see `every_table`; months too early for an estimate are left out.
    """
    months = claimed(CLAIMING[0])[0]
    known = [m for m in months if np.isfinite(imports_and_duty([m])[1][0, 0])]
    first = FEWEST - 1 if collected else 0
    return [
        forecast(
            month,
            min(moved(month, LONGEST), known[-1]),
            estimates(month).collection if collected else None,
            (PUBLISHED,),
        )
        for month in known[first:-1]
    ]


def by_ahead(made: list[Forecast]) -> Iterator[Ahead]:
    """Every quantity of all partners together by months ahead."""
    outcomes = [came(each.months)[0] for each in made]
    for quantity, name in NAMES.items():
        for ahead in range(1, LONGEST):
            cells: list[tuple[float, ...]] = []
            for each, outcome in zip(made, outcomes, strict=True):
                if len(each.months) >= ahead:
                    paths = (each.paths[PUBLISHED], outcome, *(each.rules[rule] for rule in RULES))
                    cells.append(tuple(float(getattr(path, name)[ahead - 1, 0]) for path in paths))
            if cells:
                own, outcome_of, *rules = np.asarray(cells).T
                known: dict[str, Floats] = dict(zip(RULES, rules, strict=True))
                if quantity == IMPORTS:
                    known.pop("fixed")
                yield Ahead(quantity, ahead, own, outcome_of, known)


def _row(each: Ahead, seed: int) -> tuple[object, ...]:
    own = score(each.forecast, each.came)
    scale = 1.0 if each.quantity == RATE else float(np.nanmean(each.came))
    errors, best, ratio = best_rule(each.forecast, each.rules, each.came, seed, f"{each.quantity} {each.ahead}")
    return (
        each.quantity, each.ahead, own.months, own.error / scale, own.bias / scale,
        *(errors.get(rule, np.nan) / scale for rule in RULES), best, ratio.value, ratio.low, ratio.high,
    )  # fmt: skip


def _origin(each: Forecast) -> tuple[object, ...]:
    outcome = came(each.months)[0].rate[:, 0]
    own = score(each.paths[PUBLISHED].rate[:, 0], outcome)
    rules = (score(each.rules[rule].rate[:, 0], outcome).error for rule in RULES)
    return (each.made, own.months, own.error, own.bias, *rules)
