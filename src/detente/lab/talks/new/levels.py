"""Levels of the issues of a new case: few enough for every combination to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, inf

MOST, PRODUCT = 6, 20_000
"""Levels of an issue, and combinations of the levels of all issues."""

QUARTER = 1.25
ROUND, FINE = 0.05, 0.025
UNKNOWN = 0.20
"""Top of a duty that nobody lays or threatens, share."""

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def top_of(rates: Sequence[float], allowed: float = inf) -> float:
    """The highest level: a quarter above the highest rate of the day, or of a threat, in whole points.

    Parameters
    ----------
    allowed : what the authority of the duty allows at most, share; a rate above it is on record and stays.
    """
    highest = max(rates, default=0.0)
    top = ceil(round(100.0 * QUARTER * highest, 6)) / 100.0 if highest > 0.0 else UNKNOWN
    return max(min(top, allowed), highest)


def levels_of(rates: Sequence[float], most: int = MOST, allowed: float = inf) -> tuple[float, ...]:
    """Levels from zero to the top: the rates themselves, and round ones in the widest gaps.

    Parameters
    ----------
    rates : of the day, of threats and of the past, shares; `most` : levels at most, three or more.
    allowed : as of `top_of`.
    """
    top = top_of(rates, allowed)
    chosen = {0.0, top, *(round(rate, 6) for rate in rates)}
    while len(chosen) > max(most, 3):
        chosen.remove(_closest(sorted(chosen), {0.0, top, rates[0] if rates else 0.0}))
    while len(chosen) < most:
        new = _between(sorted(chosen))
        if new is None:
            break
        chosen.add(new)
    return tuple(sorted(chosen))


def _closest(levels: list[float], kept: set[float]) -> float:
    """The level that stands nearest to another, those to be kept left out."""
    free = [
        (min(abs(a - b) for b in levels if b != a), a) for a in levels if round(a, 6) not in {round(k, 6) for k in kept}
    ]
    return min(free)[1]


def _between(levels: list[float]) -> float | None:
    """A round level near the middle of the widest gap; None where all gaps are narrow."""
    low, high = max(pairwise(levels), key=lambda pair: (round(pair[1] - pair[0], 9), -pair[0]))
    for step in (ROUND, FINE):
        middle = round(round((low + high) / 2.0 / step) * step, 6)
        if low + 0.01 < middle < high - 0.01:
            return middle
    return None


def most_levels(duties: int, others: int) -> int:
    """Levels of each duty so that no more than `PRODUCT` combinations stand beside those of the other issues."""
    for most in range(MOST, 3, -1):
        if most**duties * max(others, 1) <= PRODUCT:
            return most
    return 3
