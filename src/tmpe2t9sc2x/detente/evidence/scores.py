"""Scores: how far forecasts missed, beside naive rules, with an interval from blocks of months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.draws.sample import uniforms

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


@dataclass(frozen=True)
class Ratio:
    """Mean absolute error over that of a rule: below 1 the forecast was the better one.

    Attributes
    ----------
    low, high : 5% and 95% of draws of blocks of months.
    """

    value: float
    low: float
    high: float


NOTHING = Ratio(float("nan"), float("nan"), float("nan"))


def ratio_to(forecast: Floats, rule: Floats, came: Floats, *, seed: int, name: str, block: int = BLOCK) -> Ratio:
    """A forecast's error over that of a rule, with an interval by a circular block bootstrap over months.

    Few months make a wide interval: it says what the months at hand can tell, not more.

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
        return Ratio(value, float("nan"), float("nan"))
    drawn = _blocks(own.size, min(block, own.size // 2), seed, name)
    ratios = own[drawn].sum(axis=1) / np.maximum(other[drawn].sum(axis=1), np.finfo(float).tiny)
    low, high = np.percentile(ratios, TAILS)
    return Ratio(value, float(low), float(high))


def _blocks(n: int, block: int, seed: int, name: str) -> NDArray[np.int64]:
    """Positions of each draw: runs of months that follow one another, the first after the last; shape (DRAWS, n)."""
    runs = -(-n // block)
    starts = (uniforms(seed, f"score {name}", DRAWS * runs) * n).astype(np.int64).reshape(DRAWS, runs)
    places = (starts[:, :, None] + np.arange(block)) % n
    return places.reshape(DRAWS, -1)[:, :n]
