"""Output lost month by month, beside the need that is not met and the stocks that are left, without and with a deal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.chains.disrupt import Disruption
from detente.chains.measures import gdp_change
from detente.codes import Table, table_of
from detente.data import chain_world

if TYPE_CHECKING:
    from detente.lab.chains.answer import ChainAnswer

Floats = NDArray[np.float64]

YEAR = 12


def lost_table(before: ChainAnswer, after: ChainAnswer, months: list[str], country: str) -> Table:
    """Output lost by a country's industries, its need not met and its stocks by month.

    Parameters
    ----------
    before, after : answers without the deal and with it; `months` : names of the months of the first.
    country : whose; a table without rows where neither answer solved its economy.
    """
    solved = country in before.ran.question.blocs
    rows = list(_rows(before, after, months, country)) if solved else []
    chain, licences = before.ran.question.file.title, before.ran.licences.name
    return table_of("materials.materials_lost", rows, chain=chain, licences=licences)


def _rows(
    before: ChainAnswer, after: ChainAnswer, months: list[str], country: str
) -> Iterator[tuple[str, float, float, float, float, float]]:
    lost = [output_lost(side, country) for side in (before, after)]
    runs = [side.ran.runs[side.ran.scopes[0]] for side in (before, after)]
    short = [_of_country(run, 1.0 - run.met, country) for run in runs]
    stock = _of_country(runs[0], runs[0].stocks.stock, country)
    columns = [values.tolist() for values in (lost[0], lost[1], short[0], short[1], stock)]
    yield from zip(months, *columns, strict=True)


def output_lost(side: ChainAnswer, country: str) -> Floats:
    """Output a country loses, USD a month, shape (month,): GDP at base prices, the same in each month of a quarter."""
    scope, ran = side.ran.scopes[0], side.ran
    effect, places = ran.effects[scope], np.arange(ran.runs[scope].months)
    lost = np.zeros(len(places))
    for quarter, equilibrium in zip(effect.quarters, effect.path(scope, country), strict=True):
        lost[places[quarter.period.months]] = -gdp_change(equilibrium) * chain_world.gdp(country) / YEAR
    return lost + 0.0


def _of_country(run: Disruption, values: Floats, country: str) -> Floats:
    """Mean of a country's pairs, weighed by their spending, shape (month,)."""
    layout = run.chain.layout
    own = layout.country == layout.places.index(country)
    weights = np.where(own, layout.spending, 0.0)
    return weights @ values / weights.sum()
