"""Skill of chances beside a rule that knows less: Brier and log scores by episode, with an interval over episodes.

Proper scores: Gneiting and Raftery (2007). Means are over episodes, each of which counts once; intervals are 5 and 95%
of draws of whole episodes. An interval that holds zero says that the two cannot be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.draws.sample import uniforms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS = 2000
SEED = 7
TAILS = (5.0, 95.0)


@dataclass(frozen=True)
class Skill:
    """One less the score over that of the reference: above zero is better.

    Attributes
    ----------
    low, high : 5 and 95% of draws of episodes.
    """

    value: float
    low: float
    high: float

    @property
    def open(self) -> bool:
        """Whether the record cannot tell the two apart."""
        return not (self.low > 0.0 or self.high < 0.0)


def brier(chances: Floats, outcome: Ints) -> Floats:
    """Sum over outcomes of the squared difference between chance and what came, shape (rows,); 0 to 2."""
    came = np.eye(chances.shape[1])[outcome]
    return ((chances - came) ** 2).sum(axis=1)


def log_score(chances: Floats, outcome: Ints) -> Floats:
    """Minus the logarithm of the chance given to what came, shape (rows,)."""
    return -np.log(chances[np.arange(outcome.size), outcome])


def crps(sample: Floats, weight: Floats, came: float) -> float:
    """Continuous ranked probability score of a weighted sample, in its unit: mean |X - y| - mean |X - X'| / 2."""
    share = weight / weight.sum()
    apart = np.abs(sample[:, None] - sample[None, :])
    return float(share @ np.abs(sample - came) - 0.5 * share @ apart @ share)


def by_episode(score: Floats, episode: Ints) -> Floats:
    """Mean score of each episode, shape (episodes,)."""
    _, place, size = np.unique(episode, return_inverse=True, return_counts=True)
    return np.bincount(place, score) / size


def skill(score: Floats, reference: Floats, episode: Ints, seed: int = SEED) -> Skill:
    """Skill of scores over those of a reference, with an interval by drawing episodes; NaN where that never missed.

    Parameters
    ----------
    score, reference : by row, shape (rows,); lower is better.

    Raises
    ------
    InputError : no rows.
    """
    if not score.size:
        raise InputError("record of threats", "no threat is left to score", "take fewer of the limits away")
    own, other = by_episode(score, episode), by_episode(reference, episode)
    drawn = (uniforms(seed, "episodes", DRAWS * own.size) * own.size).astype(np.int64).reshape(DRAWS, own.size)
    sums, beside = own[drawn].sum(axis=1), other[drawn].sum(axis=1)
    if not other.sum() > 0.0:
        return Skill(float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(1.0 - sums[beside > 0.0] / beside[beside > 0.0], TAILS)
    return Skill(float(1.0 - own.sum() / other.sum()), float(low), float(high))


@dataclass(frozen=True)
class Bin:
    """Forecasts of one outcome that lie together.

    Attributes
    ----------
    count : forecasts; chance : their mean; share : how often it came.
    """

    count: int
    chance: float
    share: float


def calibration(chance: Floats, came: NDArray[np.bool_], edges: tuple[float, ...]) -> tuple[Bin, ...]:
    """Forecasts of one outcome beside how often it came, between edges; empty bins are left out."""
    place = np.digitize(chance, edges)
    bins = (place == k for k in range(len(edges) + 1))
    return tuple(Bin(int(b.sum()), float(chance[b].mean()), float(came[b].mean())) for b in bins if b.any())
