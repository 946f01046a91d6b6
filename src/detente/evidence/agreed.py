"""At what rate talks end: samples from earlier bargains, beside rules that know less, scored by their distance.

The quantity is the general US rate on the partner after the bargain, in points. `record` moves from the rate of the
day before towards the threatened one by the share of the way that earlier bargains went; without a threat it takes the
share of the old rate that earlier bargains left. `pool`, which is used, joins it with the rates agreed in the weeks
before and, where there is one, with a model's. No bargain sees its own episode or a later one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.evidence.chances import crps

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

FOCAL = 15.0
"""Rate of most deals of 2025, points."""

PART = 0.6
"""Share of the threatened rate that the deals of July 2025 ended at, as a rule."""

HALFWAY = 0.5

POOL = (0.5, 0.25, 0.25)
"""Shares of the record, of the rates of the weeks before, and of a model in the expected rate; fixed."""

RECENT = 60
"""Days before within which an agreed rate is a focus."""

NEAR = 0.5
"""Points within which two rates are one."""


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


def focus(record: RateRecord, k: int) -> tuple[Floats, Floats]:
    """Rates agreed in the `RECENT` days before, one each; empty where there is none."""
    days = np.array([each.announced.toordinal() for each in record.agreements])
    near = record.earlier(k) & (days >= days[k] - RECENT)
    return record.agreed[near], record.weight[near]


def pool(*samples: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Weighted samples as one, each with its share of `POOL`; a sample that is empty gives its share to the others."""
    parts = [(x, share * w / w.sum()) for (x, w), share in zip(samples, POOL, strict=False) if x.size]
    rates, weights = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return rates, weights / weights.sum()


def expected_rate(record: RateRecord, k: int, model: Floats | None = None) -> tuple[Floats, Floats]:
    """Rates expected of a bargain: as earlier ones moved, as those of the weeks before, and as a model has it.

    Parameters
    ----------
    model : rates of the model over its draws, points; left out where there is none.
    """
    modelled = np.zeros(0) if model is None else np.asarray(model, dtype=np.float64)
    return pool(from_record(record, k), focus(record, k), (modelled, np.ones(modelled.size)))


def chance_of(sample: Floats, weight: Floats, rate: float) -> float:
    """Weight of a sample within `NEAR` points of a rate: chance of "as today"."""
    return float(weight[np.abs(sample - rate) <= NEAR].sum() / weight.sum())


def focal(record: RateRecord, k: int, rate: float) -> float:
    """The rate nearest to one among those agreed at least twice before; NaN without any."""
    levels, counts = np.unique(record.agreed[record.earlier(k)], return_counts=True)
    often = levels[counts > 1]
    return float(often[np.argmin(np.abs(often - rate))]) if often.size else float("nan")


RATE_RULES: Mapping[str, RateRule] = {
    "pool": expected_rate,
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
