"""Averages by HS6 subheading: each owes the highest duty of its lines, metals duties fall on the whole good.

This is how averages are made where trade is known by HS6 alone, as in PIIE's charts of the United States and China.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detente.data.importers import METALS
from detente.lab.ground.ground import Ground
from detente.law import Reading
from detente.trade import PairRates

Floats = NDArray[np.float64]
HS6 = 6


def average_by_subheading(ground: Ground, day: date, reading: Reading, whole_metals: bool) -> float:
    """Average duty on trade with one partner, every subheading at the highest duty among all its lines, share.

    Parameters
    ----------
    whole_metals : duties on the metal in a good are owed on the whole of it, as the metal it holds most of.
    """
    subheading = np.unique(ground.flows.lines.codes.astype(f"<U{HS6}"), return_inverse=True)[1]
    value = np.bincount(subheading[ground.flows.line_at], ground.flows.value, subheading.max() + 1).astype(np.float64)
    everywhere = _on_all_lines(ground, subheading, value)
    rates = _whole(everywhere, day, reading) if whole_metals else _rates(everywhere, day, reading)
    highest = np.full(value.size, -np.inf)
    np.maximum.at(highest, subheading[everywhere.flows.line_at], rates)
    traded = value > 0
    return float(highest[traded] @ value[traded] / value.sum())


def _on_all_lines(ground: Ground, subheading: NDArray[np.int64], value: Floats) -> Ground:
    """The same trade as a dollar on every line of the subheadings that have any."""
    lines = np.flatnonzero(value[subheading] > 0)
    flows, zero = ground.flows, np.zeros(lines.size)
    partner = np.full(lines.size, flows.partner_at[0])
    flows = replace(
        flows, line_at=lines, partner_at=partner, value=zero + 1.0, claim=zero, duty=zero, estimated=zero.astype(bool)
    )
    return Ground(ground.law, flows.claiming(zero), ground.parameters)


def _rates(ground: Ground, day: date, reading: Reading) -> Floats:
    """Duty on each pair of line and partner, share."""
    return ground.reaching(day).rates(day, reading).total


def _whole(ground: Ground, day: date, reading: Reading) -> Floats:
    return whole_metal_rates(ground, day, reading).total


def whole_metal_rates(ground: Ground, day: date, reading: Reading) -> PairRates:
    """Duty of every pair where the metal that a good holds most of counts as the whole of it."""
    if "metal" not in ground.law.aspects:
        return ground.reaching(day).rates(day, reading)
    most = ground.where.shares(ground.law, "trade", ground.parameters).by_aspect["metal"].argmax(axis=0)
    by_metal = [
        Ground(ground.law, ground.flows, {**ground.parameters, f"{metal}_content": 1.0})
        .reaching(day)
        .rates(day, reading)
        for metal in METALS
    ]
    metal, pair = most[ground.flows.line_at], np.arange(ground.flows.value.size)
    names = {name: None for rates in by_metal for name in rates.by_authority}
    zero = np.zeros(pair.size)

    def chosen(of: Callable[[PairRates], Floats]) -> Floats:
        return np.stack([of(rates) for rates in by_metal])[metal, pair]

    return PairRates(
        chosen(lambda rates: rates.base),
        chosen(lambda rates: rates.total),
        {name: chosen(partial(_added, name, zero)) for name in names},
    )


def _added(name: str, none: Floats, rates: PairRates) -> Floats:
    return rates.by_authority.get(name, none)
