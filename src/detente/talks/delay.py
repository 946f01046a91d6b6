"""What waiting costs: week by week without a deal, by part, with the two clocks that move the predicted deal.

A week costs one fifty-second of a yearly flow, the flow of that week and not the long-run loss: trade reacts over
years, stocks of materials run down over weeks, substitutes come over years.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from detente.codes import InputError
from detente.codes.portrait import Readable
from detente.talks.space import Floats

WEEKS = 52.0


@dataclass(frozen=True, repr=False)
class DelayLedger(Readable):
    """A ledger of delay.

    Attributes
    ----------
    parties : codes; `deal` : name of the deal compared with; `parts` : names of the flows.
    weeks : week numbers from 0, shape (weeks,).
    cost : of each week of no deal, USD billion, shape (weeks, parties, parts); `total` : summed over parts.
    cumulative : from the first week, USD billion, shape (weeks, parties).
    stocks : what is left of each stock, by name, share, shape (weeks,).
    inside : payoffs while there is no deal, USD billion a year, shape (weeks, parties): the two clocks.
    predicted : payoffs of the Nash package if talks fell back to that week's flows for ever, shape (weeks, parties),
        NaN where no package gains for all.
    """

    parties: tuple[str, ...]
    deal: str
    parts: tuple[str, ...]
    weeks: Floats
    cost: Floats
    cumulative: Floats
    stocks: Mapping[str, Floats]
    inside: Floats
    predicted: Floats

    @property
    def total(self) -> Floats:
        """Cost of each week, USD billion, shape (weeks, parties)."""
        return self.cost.sum(axis=2)

    @property
    def patience(self) -> Floats:
        """Cost of a week to each party over its cost to the others, shape (weeks, parties)."""
        others = self.total.sum(axis=1, keepdims=True) - self.total
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(others != 0.0, self.total / others, np.nan)


def delay_ledger(
    parties: tuple[str, ...],
    no_deal: Mapping[str, Floats],
    deal: Mapping[str, Floats],
    *,
    name: str = "deal",
    stocks: Mapping[str, Floats] | None = None,
    predict: Callable[[Floats], Floats | None] = lambda inside: None,
) -> DelayLedger:
    """The ledger of weeks without a deal.

    Parameters
    ----------
    no_deal, deal : by part (trade, materials, markets), yearly flows in each week, USD billion a year, shape
        (weeks, parties); the deal's flows are those it would have in the same weeks.
    stocks : by name, what is left in each week, share.
    predict : payoffs of the package of Nash where failed talks leave some payoffs, shape (parties,), None without one.

    Raises
    ------
    InputError : parts or shapes differ.
    """
    parts = tuple(no_deal)
    if set(parts) != set(deal) or not parts:
        raise InputError("delay ledger", f"parts {parts} and {tuple(deal)}", "give the same parts with and without")
    without = np.stack([np.asarray(no_deal[part], dtype=np.float64) for part in parts], axis=2)
    signed = np.stack([np.asarray(deal[part], dtype=np.float64) for part in parts], axis=2)
    if without.shape != signed.shape or without.shape[1] != len(parties):
        raise InputError("delay ledger", f"shapes {without.shape} and {signed.shape}", "give (weeks, parties)")
    cost = (signed - without) / WEEKS
    inside = without.sum(axis=2)
    predicted = np.full(inside.shape, np.nan)
    for week, flows in enumerate(inside):
        if (package := predict(flows)) is not None:
            predicted[week] = package
    weeks = np.arange(len(cost), dtype=np.float64)
    return DelayLedger(
        parties, name, parts, weeks, cost, cost.sum(axis=2).cumsum(axis=0), stocks or {}, inside, predicted
    )
