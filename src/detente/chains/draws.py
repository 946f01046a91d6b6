"""Joint draws of what is not known: a Latin hypercube over ranges, with a seed.

A range with low = high stays fixed. "triangular" has its mode at the central value; "uniform" runs between the ends,
for parameters of which only the ends are known. One seed gives a figure the same draws on every
machine, whatever else is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.chains.chain import Floats, Range
from detente.draws import hypercube


@dataclass(frozen=True)
class Samples:
    """Draws of parameters.

    Attributes
    ----------
    names : parameters.
    values : shape (draw, parameter), in the units of the ranges.
    uniform : where in its range each value lies, 0 to 1, shape (draw, parameter).
    seed : what they were drawn with.
    """

    names: tuple[str, ...]
    values: Floats = field(repr=False)
    uniform: Floats = field(repr=False)
    seed: int

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def __iter__(self) -> Iterator[dict[str, float]]:
        for row in self.values:
            yield dict(zip(self.names, row.tolist(), strict=True))

    def column(self, name: str) -> Floats:
        """The draws of one parameter, shape (draw,)."""
        return self.values[:, self.names.index(name)]


def triangular(uniform: Floats, low: Floats | float, central: Floats | float, high: Floats | float) -> Floats:
    """Quantiles of the triangular distribution with its mode at the central value; the last axis is the parameter."""
    low, central, high = (np.asarray(x, dtype=np.float64) for x in (low, central, high))
    width = np.where(high > low, high - low, 1.0)
    mode = (central - low) / width
    rising = low + np.sqrt(uniform * width * (central - low))
    falling = high - np.sqrt((1.0 - uniform) * width * (high - central))
    return np.where(high > low, np.where(uniform < mode, rising, falling), central)


def draw(parameters: Mapping[str, Range], n: int, seed: int) -> Samples:
    """Joint draws of all parameters by Latin hypercube, independent across parameters.

    Raises
    ------
    InputError : fewer than one draw.
    """
    names = tuple(sorted(parameters))
    uniform = hypercube(names, n, seed)
    values = np.empty_like(uniform)
    for k, name in enumerate(names):
        found = parameters[name]
        if found.shape == "uniform":
            values[:, k] = found.low + uniform[:, k] * (found.high - found.low)
        else:
            values[:, k] = triangular(uniform[:, k], found.low, found.central, found.high)
    return Samples(names, values, uniform, seed)


def renormalised(samples: Samples, group: tuple[str, ...]) -> Samples:
    """The same draws with a group of shares brought back to a sum of 1 in each draw."""
    at = [samples.names.index(name) for name in group]
    values = np.array(samples.values)
    values[:, at] /= values[:, at].sum(axis=1, keepdims=True)
    return Samples(samples.names, values, samples.uniform, samples.seed)


def tornado(samples: Samples, result: Floats) -> list[tuple[str, float]]:
    """Parameters by the strength of their rank correlation with a result, strongest first.

    Parameters
    ----------
    result : one number a draw, shape (draw,).

    Returns
    -------
    (name, Spearman's rho); parameters that did not move are left out.
    """
    ranks = _ranks(result)
    found = [(name, _correlation(_ranks(samples.values[:, k]), ranks)) for k, name in enumerate(samples.names)]
    return sorted((pair for pair in found if np.isfinite(pair[1])), key=lambda pair: -abs(pair[1]))


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2.0
    return middle[inverse].astype(np.float64)


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0.0 else float("nan")
