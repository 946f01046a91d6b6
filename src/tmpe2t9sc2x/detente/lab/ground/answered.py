"""Answered: an average duty at the imports that the world economy would leave, in place of the trade as it was.

The law of a day and that of 1 January 2025 are solved in the world `icio-2022`. Imports of each partner and sector then
weigh as the solved world moves them; goods within one keep to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes.days import BASE_DAY
from detente.data.importers import importer
from detente.data.worlds import load_economy
from detente.economy import Shock, solve
from detente.lab.ground.axes import WORLD, Axes, laid, rows_of, tariff_under
from detente.lab.ground.ground import Ground, ground_of
from detente.trade import Onto

Floats = NDArray[np.float64]


def answered_weights(
    ground: Ground, on: date, rates: Callable[[date], Floats], by_sector: bool = True, replies: tuple[str, ...] = ()
) -> Floats:
    """Imports after the world economy has answered, of every pair of the divided flows, USD, shape (pairs,).

    Parameters
    ----------
    rates : duty of every pair of the undivided flows on a day, share of customs value.
    by_sector : whether goods of a partner move against each other too, or partners against partners alone.
    replies : other importers whose law of the day is laid on the world as well, as "CHN".
    """
    axes = Axes.of(load_economy(WORLD))
    trade = laid(ground, axes)
    old, new = (_imports(ground.law.importer, trade.mean(rates(day)), _answers(replies, day)) for day in (BASE_DAY, on))
    moved = _ratio(new, old) if by_sector else np.broadcast_to(
        _ratio(new.sum(axis=1), old.sum(axis=1))[:, None], new.shape
    )  # fmt: skip
    divided, _ = ground.flows.expanded()
    row, column = axes.rows(divided.partners)[divided.partner_at], axes.columns(ground)[divided.line_at]
    placed = (row >= 0) & (column >= 0)
    # Goods without a sector, as those of chapters 98 and 99, move as imports do on the whole.
    rest = float((trade.worth * moved).sum() / trade.worth.sum())
    return divided.value * np.where(placed, moved[np.maximum(row, 0), np.maximum(column, 0)], rest)


def _ratio(new: Floats, old: Floats) -> Floats:
    return np.where(old > 0, new / np.where(old > 0, old, 1.0), 1.0)


def _imports(code: str, duties: Floats, others: Mapping[str, Floats]) -> Floats:
    """Imports of an importer in the solved world by partner and sector, net of duty, USD."""
    economy = load_economy(WORLD)
    shock = Shock(tariff=tariff_under(economy, {code: duties, **others}))
    return solve(economy, shock).levels["trade"][rows_of(economy, code)].sum(axis=0)


def _answers(codes: tuple[str, ...], on: date) -> dict[str, Floats]:
    return {code: _duties(code, on) for code in codes}


@lru_cache(maxsize=64)
def _duties(code: str, on: date) -> Floats:
    """Duties of an importer on a day by partner and sector of the world, share."""
    ground, trade = _reply(code)
    return trade.mean(ground.rates(on).total)


@lru_cache(maxsize=4)
def _reply(code: str) -> tuple[Ground, Onto]:
    ground = ground_of(importer(code).law)
    return ground, laid(ground, Axes.of(load_economy(WORLD)))
