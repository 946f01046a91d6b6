"""Bands: what draws of a number say of it, from which number of draws on, and where their median lies.

Drivers: the inputs that move a number, over joint draws and alone.

The measure over draws is the squared rank correlation (Spearman 1904); of an input by name it is the share of the
variance of ranks between its sets. Times draws less one, either is chi squared where the input does nothing, with one
degree of freedom less than there are sets (Kruskal and Wallis 1952), or with one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.draws.sample import Floats, Value

#: Share of inputs without effect, at most, among those named as moving a number.
FALSE = 0.05

#: Numbers that differ by less are one: a share of the central value, which counts as no smaller than the second.
ROUNDING, SMALLEST = 1e-9, 1e-6

Column = Sequence[Value] | Floats


@dataclass(frozen=True, slots=True)
class Driver:
    """An input beside a number.

    Attributes
    ----------
    share : squared rank correlation with it, or share of the variance of ranks between the sets of a name.
    correlation : rank correlation with its sign; NaN for a name.
    chance : of so large a share where the input does nothing.
    """

    name: str
    share: float
    correlation: float
    chance: float


def columns_of(rows: Sequence[Mapping[str, Value]]) -> dict[str, list[Value]]:
    """Values of each input over draws, from the inputs of each draw."""
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def associations(columns: Mapping[str, Column], output: Floats) -> tuple[Driver, ...]:
    """All inputs that vary, by their share of a number, largest first; none where the number does not vary.

    Parameters
    ----------
    columns : input -> its value in each draw.
    output : the number, shape (draws,); draws in which it is NaN or infinite are left out.
    """
    known = np.isfinite(output)
    if not known.any() or not np.ptp(output[known]) > 0.0:
        return ()
    ranked = ranks(output[known])
    columns = {name: np.asarray(column)[known] for name, column in columns.items()}
    varying = [_driver(name, column, ranked) for name, column in columns.items() if np.unique(column).size > 1]
    return tuple(sorted(varying, key=lambda each: (-each.share, each.name)))


def drivers(columns: Mapping[str, Column], output: Floats, count: int = 2) -> tuple[Driver, ...]:
    """The inputs that move a number most, largest first; those that are no more than noise are not named.

    Of those that pass, one in twenty at most does nothing (Benjamini and Hochberg 1995), however many are asked about.
    """
    ranking = associations(columns, output)
    chances = sorted(each.chance for each in ranking)
    limits = (FALSE * place / len(ranking) for place in range(1, len(ranking) + 1))
    limit = max((chance for chance, most in zip(chances, limits, strict=True) if chance <= most), default=-1.0)
    return tuple(each for each in ranking if each.chance <= limit)[:count]


def _driver(name: str, column: NDArray[np.generic], ranked: Floats) -> Driver:
    from scipy.special import chdtrc  # Not needed to draw, and slow to load.

    if column.dtype.kind == "U":
        share, freedom, correlation = *_explained(column, ranked), float("nan")
    else:
        correlation = float(np.corrcoef(ranks(column.astype(np.float64)), ranked)[0, 1])
        share, freedom = correlation**2, 1
    return Driver(name, share, correlation, float(chdtrc(freedom, (ranked.size - 1) * share)))


def _explained(column: NDArray[np.generic], ranked: Floats) -> tuple[float, int]:
    """Share of the variance of ranks between sets, and its degrees of freedom."""
    _, group = np.unique(column, return_inverse=True)
    size = np.bincount(group)
    mean = np.bincount(group, ranked) / size
    between = float((size * (mean - ranked.mean()) ** 2).sum())
    return float(between / ((ranked - ranked.mean()) ** 2).sum()), size.size - 1


def ranks(values: Floats) -> Floats:
    """Ranks from 1, ties at their mean, shape (values,)."""
    _, back, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return (last - 0.5 * (size - 1))[back]


def swing(values: Iterable[float]) -> float:
    """How far apart values of one number are, the first of them the central one; 0 where that is rounding."""
    values = list(values)
    known = [value for value in values if value == value]
    size = max(known, default=0.0) - min(known, default=0.0)
    return size if size > ROUNDING * max(abs(values[0]), SMALLEST) else 0.0


def widest(central: float, swings: Mapping[str, Sequence[float]], count: int = 2) -> list[str]:
    """The inputs that alone move a number most, widest first; those that move it by rounding are left out.

    Parameters
    ----------
    swings : input -> the number at the ends of its range, all else central.
    """
    size = {name: swing((central, *ends)) for name, ends in swings.items()}
    return sorted((name for name in size if size[name] > 0.0), key=lambda name: -size[name])[:count]


#: Share of the draws below the low and the high end of a band.
BAND = (0.05, 0.95)

#: Draws below which no range is printed: the 5th and the 95th percentile of fewer lie beyond the outermost draws.
LEAST_DRAWS = 20

#: Share of draws without an equilibrium from which on no range is given.
MOST_FAILED = 0.05

#: Share of its range by which the median of draws lies from the central value where readers are told of it.
AWAY = 0.1


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
