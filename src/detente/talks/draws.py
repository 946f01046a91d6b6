"""Joint draws of what is uncertain, one at a time and each by its own number, so that any part can be done anywhere.

A draw of an input depends on the seed, its number and the input's name alone. Bands are 5-95% of the draws; the inputs
named beside a number are the two with the largest squared rank correlation with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.codes import InputError, UnknownName
from detente.draws import uniforms
from detente.economy.frame import Floats

SPREADS = ("uniform", "log-uniform", "none", "choice")
BAND = (0.05, 0.95)


@dataclass(frozen=True)
class Spread:
    """An uncertain input.

    Attributes
    ----------
    central : value in the main run: a number, or the name of a choice.
    low, high : ends of the range of a number.
    spread : "uniform", "log-uniform", "none" (always central) or "choice".
    choices : names that are equally likely.
    """

    name: str
    central: float | str
    low: float = 0.0
    high: float = 0.0
    spread: str = "uniform"
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"input {self.name}"
        if self.spread not in SPREADS:
            raise UnknownName("spread", self.spread, SPREADS, where)
        if self.spread == "choice" and not self.choices:
            raise InputError(where, "has no choices", "list them")
        if self.spread in ("uniform", "log-uniform") and not self.low <= self.high:
            raise InputError(where, f"low {self.low:g} is above high {self.high:g}", "swap them")
        if self.spread == "log-uniform" and self.low <= 0.0:
            raise InputError(where, "a log-uniform range starts above zero", "raise its low end")

    def at(self, u: float) -> float | str:
        """The value at a quantile u in [0, 1)."""
        if self.spread == "choice":
            return self.choices[int(u * len(self.choices))]
        if self.spread == "none":
            return self.central
        if self.spread == "log-uniform":
            return float(self.low * (self.high / self.low) ** u)
        return float(self.low + u * (self.high - self.low))


def draw(spreads: Sequence[Spread], seed: int, i: int) -> dict[str, float | str]:
    """Draw number i of all inputs by name; the same for the same seed and number, whatever else is drawn."""
    return {spread.name: spread.at(float(uniforms(seed, spread.name, 1, i)[0])) for spread in spreads}


def central(spreads: Sequence[Spread]) -> dict[str, float | str]:
    """The values of the main run."""
    return {spread.name: spread.central for spread in spreads}


def band(values: Floats, ends: tuple[float, float] = BAND) -> tuple[Floats, Floats]:
    """Low and high end over draws, shape (draw, ...) to (...); draws that are NaN are left out."""
    low, high = np.nanquantile(values, ends, axis=0)
    return low, high


def sign_known(values: Floats) -> bool:
    """Whether the band of one number lies on one side of zero."""
    low, high = band(values)
    return bool(low > 0.0 or high < 0.0)


def drivers(
    inputs: Sequence[Mapping[str, float | str]], output: Floats, count: int = 2
) -> tuple[tuple[str, float], ...]:
    """The inputs that move a number most, with their squared rank correlation.

    For an input by name it is the share of the variance of ranks that its groups explain.
    """
    good = np.isfinite(output)
    ranks = _ranks(output[good])
    found: list[tuple[str, float]] = []
    for name in inputs[0]:
        column = [one[name] for one, kept in zip(inputs, good, strict=True) if kept]
        if len(set(column)) > 1 and np.ptp(ranks) > 0:
            found.append((name, _explained(column, ranks)))
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count])


def _explained(column: Sequence[float | str], ranks: Floats) -> float:
    if not isinstance(column[0], str):
        return float(np.corrcoef(_ranks(np.asarray(column, dtype=np.float64)), ranks)[0, 1] ** 2)
    _, group = np.unique(np.asarray(column), return_inverse=True)
    size = np.bincount(group)
    mean = np.bincount(group, ranks) / size
    return float((size * (mean - ranks.mean()) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())


def _ranks(values: Floats) -> Floats:
    """Ranks, ties at their mean, shape (values,)."""
    _, back, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return (last - 0.5 * (size - 1))[back]
