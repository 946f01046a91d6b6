"""Scores: how far forecasts missed, beside naive rules, with an interval from blocks of months.

What a model said of bargains and threats from cases as known on their day, beside what came.

The rate of a bargain is a sample over draws of what its case assumes; its score is the continuous ranked probability
score. Terms that a partner gives are said with certainty, and scored by Brier beside the share of earlier bargains.
The tilt of chances is scored with each threat left out of the slopes that move it, and with its whole episode left out:
too few episodes had ended before for slopes in order of time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.draws.sample import uniforms
from detente.evidence.chances import Ranged, posterior_mode, standardised, tilt_chances

Floats = NDArray[np.float64]

BLOCK = 3
"""Months of a block: misses of one quarter hang together."""

FEW = 4
"""Months below which there is no interval."""

DRAWS = 1000
TAILS = (5.0, 95.0)


@dataclass(frozen=True)
class Accuracy:
    """How far forecasts missed; NaN where nothing came yet.

    Attributes
    ----------
    months : that are compared; error : mean absolute error; bias : mean of forecast less outcome.
    """

    months: int
    error: float
    bias: float


def score(forecast: Floats, came: Floats) -> Accuracy:
    """Mean absolute error and bias over the months of which the outcome is known, in the unit of the forecast."""
    miss = known_misses(forecast, came)
    if not miss.size:
        return Accuracy(0, float("nan"), float("nan"))
    return Accuracy(miss.size, float(np.abs(miss).mean()), float(miss.mean()))


def known_misses(forecast: Floats, came: Floats) -> Floats:
    """Forecast less outcome where both are known, shape (known,)."""
    miss = np.asarray(forecast, dtype=float) - np.asarray(came, dtype=float)
    return miss[np.isfinite(miss)]


NOTHING = Ranged(float("nan"), float("nan"), float("nan"))


def ratio_to(forecast: Floats, rule: Floats, came: Floats, *, seed: int, name: str, block: int = BLOCK) -> Ranged:
    """A forecast's mean absolute error over that of a rule, with an interval by a circular block bootstrap over months.

    Below 1 the forecast was the better one. Few months make a wide interval: it says what the months at hand can tell,
    not more.

    Parameters
    ----------
    forecast, rule, came : by month in order, shape (months,).
    name : of the stream of draws.

    Raises
    ------
    InputError : blocks of less than a month.
    """
    if block < 1:
        raise InputError("score", f"a block of {block} months cannot be", "take blocks of one month or more")
    own, other = np.abs(np.asarray(forecast) - came), np.abs(np.asarray(rule) - came)
    known = np.isfinite(own) & np.isfinite(other)
    own, other = own[known], other[known]
    if not own.size or not other.sum() > 0:
        return NOTHING
    value = float(own.sum() / other.sum())
    if own.size < FEW:
        return Ranged(value, float("nan"), float("nan"))
    drawn = _blocks(own.size, min(block, own.size // 2), seed, name)
    ratios = own[drawn].sum(axis=1) / np.maximum(other[drawn].sum(axis=1), np.finfo(float).tiny)
    low, high = np.percentile(ratios, TAILS)
    return Ranged(value, float(low), float(high))


def _blocks(n: int, block: int, seed: int, name: str) -> NDArray[np.int64]:
    """Positions of each draw: runs of months that follow one another, the first after the last; shape (DRAWS, n)."""
    runs = -(-n // block)
    starts = (uniforms(seed, f"score {name}", DRAWS * runs) * n).astype(np.int64).reshape(DRAWS, runs)
    places = (starts[:, :, None] + np.arange(block)) % n
    return places.reshape(DRAWS, -1)[:, :n]


Ints = NDArray[np.int64]

ENOUGH = 10
"""Episodes below which rules are not ranked."""

NEAR = 3
"""Days after that of a case within which the bargain that it is about was announced."""


@dataclass(frozen=True)
class ModelForecast:
    """What a model said of a case between the United States and one other, as known on its day.

    Attributes
    ----------
    case, day : its name and day, ISO; partner : the other side.
    threat : id of the threat with the next deadline, "" without one; p : chance that talks that fail end in it.
    before : general rate of the day, share; rate : of the package, NaN where nothing gains for both.
    sample : the rate over draws of what the case assumes; where nothing gains, that of the day.
    room, asymmetry, credibility : the three numbers of a threat, NaN without one; see `detente.evidence.chances`.
    terms : whether the package has what a partner gives, by name; None where it is not on the table.
    """

    case: str
    day: str
    partner: str
    threat: str
    p: float
    before: float
    rate: float
    sample: tuple[float, ...] = field(repr=False)
    room: float
    asymmetry: float
    credibility: float
    terms: Mapping[str, bool | None] = field(default_factory=dict)

    @property
    def points(self) -> Floats:
        """The sample in points."""
        return 100.0 * np.asarray(self.sample)


def covariates_by_threat(forecasts: Sequence[ModelForecast]) -> dict[str, tuple[float, float, float]]:
    """The three numbers of each threat, of the latest case that is about it."""
    ordered = sorted((each for each in forecasts if each.threat), key=lambda each: each.day)
    return {each.threat: (each.room, each.asymmetry, each.credibility) for each in ordered}


def tilted_without(bases: Floats, numbers: Floats, outcome: Ints, group: Ints) -> Floats:
    """Chances of each threat, tilted by slopes that its group has no part in; one set of slopes for all others.

    Parameters
    ----------
    bases : chances before the tilt, shape (threats, 4); numbers : the three of each, shape (threats, 3).
    outcome : what came, place in `OUTCOMES`; group : what is left out together; both of shape (threats,).
    """
    made = bases.copy()
    for k in range(len(bases)):
        others = group != group[k]
        if not others.any():
            continue
        even = np.ones(len(bases))
        standard = standardised(numbers, others, even)
        slopes = posterior_mode(bases[others], standard[others], outcome[others], even[others])
        made[k] = tilt_chances(bases[[k]], standard[[k]], slopes)[0]
    return made
