"""Bands: what draws of a number say of it, from which number of draws on, and where their median lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.draws.inputs import Floats

BAND = (0.05, 0.95)
"""Share of the draws below the low and the high end of a band."""

LEAST_DRAWS = 20
"""Draws below which no range is printed: the 5th and the 95th percentile of fewer lie beyond the outermost draws."""

MOST_FAILED = 0.05
"""Share of draws without an equilibrium from which on no range is given."""

AWAY = 0.1
"""Share of its range by which the median of draws lies from the central value where readers are told of it."""


def quantiles(values: Floats, shares: Sequence[float]) -> Floats:
    """Quantiles over draws, shape (draws, ...) to (shares, ...): NaN is left out, infinity is larger than any number.

    NaN where all draws are.
    """
    values = np.asarray(values, dtype=np.float64)
    some = ~np.isnan(values).all(axis=0)
    known = np.where(some, values, 0.0)
    if not np.isinf(known).any():
        return np.where(some, np.nanquantile(known, shares, axis=0), np.nan)
    lower, upper = (np.nanquantile(known, shares, axis=0, method=end) for end in ("lower", "higher"))
    with np.errstate(invalid="ignore"):
        inner = np.nanquantile(known, shares, axis=0)
    return np.where(some, np.where(lower == upper, lower, np.where(np.isinf(upper), upper, inner)), np.nan)


def band(values: Floats, ends: tuple[float, float] = BAND) -> tuple[Floats, Floats]:
    """Low and high end over draws, shape (draws, ...) to (...); draws that are NaN are left out."""
    low, high = quantiles(values, ends)
    return low, high


def sign_known(low: Floats, high: Floats, noise: Floats | float = 0.0) -> NDArray[np.bool_]:
    """Whether a band lies on one side of zero, by more than noise in the unit of its ends."""
    return np.asarray((low > noise) | (high < -np.asarray(noise)))


def median_away(central: float, low: float, median: float, high: float) -> bool:
    """Whether the median of draws lies away from the central value, by more than a tenth of their range."""
    return bool(abs(median - central) > AWAY * (high - low))


def moved_by(central: float, low: float, high: float, moves: Mapping[str, Sequence[float]]) -> str:
    """The input that alone moves a central value away from the end of its range near which it lies, one way only.

    "" where it lies further from both ends than a tenth of the range, or where no input moves it one way alone.

    Parameters
    ----------
    moves : id of an input -> the number with this input alone at other places of its range.
    """
    width = high - low
    if not width > 0.0 or not np.isfinite(central):
        return ""
    place = (central - low) / width
    if AWAY < place < 1.0 - AWAY:
        return ""
    sign = 1.0 if place <= AWAY else -1.0
    reach = {name: _reach(central, values, sign) for name, values in moves.items()}
    away = {name: far for name, (far, back) in reach.items() if far > AWAY * width and back <= AWAY * far}
    return max(away, key=lambda name: away[name], default="")


def _reach(central: float, values: Sequence[float], sign: float) -> tuple[float, float]:
    """How far an input moves a number in a direction, and in the other one."""
    steps = [sign * (value - central) for value in values if np.isfinite(value)]
    return max(steps, default=0.0), max((-step for step in steps), default=0.0)
