"""Bands: what draws of a number say of it, from which number of draws on, and where their median lies."""

from __future__ import annotations

from collections.abc import Sequence

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
    ends = np.where(lower == upper, lower, np.where(np.isinf(upper), upper, inner))
    return np.where(some, ends, np.nan)


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
