"""At what rate talks end: samples from earlier bargains, beside rules that know less, scored by their distance.

The quantity is the general US rate on the partner after the bargain, in points. `record` moves from the rate of the
day before towards the threatened one by the share of the way that earlier bargains went; without a threat it takes the
share of the old rate that earlier bargains left. No bargain sees its own episode or a later one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.evidence.skill import crps

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

FOCAL = 15.0
"""Rate of most deals of 2025, points."""

PART = 0.6
"""Share of the threatened rate that the deals of July 2025 ended at, as a rule."""

HALFWAY = 0.5


@dataclass(frozen=True)
class Agreement:
    """A bargain with the rates before and after it, points.

    Attributes
    ----------
    threatened : NaN where no number stood; episode : wave or partner that it belongs to.
    """

    id: str
    partner: str
    announced: date
    before: float
    threatened: float
    agreed: float
    episode: str


@dataclass(frozen=True)
class RateRecord:
    """Agreements as arrays, each of shape (agreements,)."""

    agreements: Sequence[Agreement]

    @cached_property
    def before(self) -> Floats:
        """Rate of the day before."""
        return np.array([each.before for each in self.agreements])

    @cached_property
    def agreed(self) -> Floats:
        """Rate afterwards."""
        return np.array([each.agreed for each in self.agreements])

    @cached_property
    def named(self) -> Marks:
        """Whether a threatened rate is on record."""
        return ~np.isnan(np.array([each.threatened for each in self.agreements]))

    @cached_property
    def threatened(self) -> Floats:
        """Threatened rate, or that of the day before where none stood."""
        values = np.array([each.threatened for each in self.agreements])
        return np.where(self.named, values, self.before)

    @property
    def distinct(self) -> Marks:
        """Whether the threat was another rate than that of the day before."""
        return self.threatened != self.before

    @cached_property
    def episode(self) -> NDArray[np.int64]:
        """Number of the episode."""
        return np.unique([each.episode for each in self.agreements], return_inverse=True)[1]

    @cached_property
    def weight(self) -> Floats:
        """One over the agreements of the episode."""
        return 1.0 / np.bincount(self.episode)[self.episode]

    def earlier(self, k: int) -> Marks:
        """Agreements announced before one, without its own episode."""
        days = np.array([each.announced.toordinal() for each in self.agreements])
        return (days < days[k]) & (self.episode != self.episode[k])


RateRule = Callable[[RateRecord, int], tuple[Floats, Floats]]
"""Rates in points that a rule expects, and their weights."""


def single(rate: Callable[[RateRecord], Floats]) -> RateRule:
    """A rule that names one rate."""
    return lambda record, k: (rate(record)[[k]], np.ones(1))


def from_record(record: RateRecord, k: int) -> tuple[Floats, Floats]:
    """Shares of the way to the threat that earlier bargains went, with none and half of it as two more."""
    seen, apart = record.earlier(k), record.distinct
    before, threat = record.before, record.threatened
    if apart[k]:
        used = seen & apart
        way = (record.agreed - before)[used] / (threat - before)[used]
        sample = before[k] + np.append(way, [0.0, HALFWAY]) * (threat[k] - before[k])
        return sample, np.append(record.weight[used], [1.0, 1.0])
    used = seen & ~apart & (before > 0.0)
    return before[k] * np.append(record.agreed[used] / before[used], 1.0), np.append(record.weight[used], 1.0)


def earlier_rates(record: RateRecord, k: int) -> tuple[Floats, Floats]:
    """Every rate agreed earlier; that of the day before where there is none."""
    seen = record.earlier(k)
    return (record.agreed[seen], record.weight[seen]) if seen.any() else (record.before[[k]], np.ones(1))


RATE_RULES: Mapping[str, RateRule] = {
    "record": from_record,
    "before": single(lambda record: record.before),
    "fifteen": single(lambda record: np.full(record.before.size, FOCAL)),
    "midpoint": single(lambda record: 0.5 * (record.before + record.threatened)),
    "part": single(lambda record: np.where(record.named, PART * record.threatened, record.before)),
    "threat": single(lambda record: record.threatened),
    "earlier": earlier_rates,
}
"""Rules by name; the first is the one that is used."""


def distances(record: RateRecord, rule: RateRule) -> Floats:
    """Continuous ranked probability score of each forecast, points, shape (agreements,); of one rate, its error."""
    return np.array([crps(*rule(record, k), float(record.agreed[k])) for k in range(record.agreed.size)])


def quantiles(sample: Floats, weight: Floats, shares: Sequence[float]) -> Floats:
    """Quantiles of a weighted sample, shape (shares,)."""
    order = np.argsort(sample, kind="stable")
    up_to = np.cumsum(weight[order]) / weight.sum()
    return sample[order][np.searchsorted(up_to, np.asarray(shares) - 1e-12)]
