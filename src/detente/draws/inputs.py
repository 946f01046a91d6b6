"""Inputs: what nobody knows exactly, with the value used, a range and how it is drawn.

The shape "halves" keeps the median: as many draws lie below the central value as above it. The others are for what is
known of a source. Where their median lies is `median`; results then say where the median of their draws lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName

Floats = NDArray[np.float64]
Value = float | str
"""What an input is in a draw: a number, or the name of a choice."""

SHAPES = ("halves", "uniform", "log-uniform", "triangular", "none", "choice")


@dataclass(frozen=True)
class Input:
    """Something nobody knows.

    Attributes
    ----------
    name : which its draws hang on.
    central : value in the main run: a number, or the name of a choice.
    low, high : ends of the range of a number, in its unit.
    shape : "halves" (one half of the draws on each side of the central value, evenly), "uniform" and "log-uniform"
        between the ends, "triangular" (mode at the central value), "none" (always central) or "choice".
    choices : names that are equally likely.
    title : its id in tables, where that is another than the name.
    ends : what stands at the low and the high end, in words or numbers.
    """

    name: str
    central: Value
    low: float = 0.0
    high: float = 0.0
    shape: str = "halves"
    choices: tuple[str, ...] = ()
    title: str = ""
    ends: tuple[str, str] = ("low bound", "high bound")

    def __post_init__(self) -> None:
        where = f"input {self.name}"
        if self.shape not in SHAPES:
            raise UnknownName("shape", self.shape, SHAPES, where)
        if self.shape == "choice":
            if not self.choices:
                raise InputError(where, "has no choices", "list them")
            return
        if self.shape != "none" and not self.low <= self.high:
            raise InputError(where, f"low {self.low:g} is above high {self.high:g}", "swap them")
        if self.shape in ("halves", "triangular") and not self.low <= float(self.central) <= self.high:
            raise InputError(where, f"{self.central:g} lies outside its range", "widen the range")
        if self.shape == "log-uniform" and self.low <= 0.0:
            raise InputError(where, "a log-uniform range starts above zero", "raise its low end")

    def at(self, u: float) -> Value:
        """The value at a quantile u in [0, 1)."""
        if self.shape == "choice":
            return self.choices[int(u * len(self.choices))]
        if self.shape == "none":
            return self.central
        if self.shape == "log-uniform":
            return float(self.low * (self.high / self.low) ** u)
        if self.shape == "uniform":
            return float(self.low + u * (self.high - self.low))
        middle = float(self.central)
        if self.shape == "triangular":
            return float(triangular(np.asarray(u), self.low, middle, self.high))
        if u < 0.5:
            return float(self.low + 2.0 * u * (middle - self.low))
        return float(middle + (2.0 * u - 1.0) * (self.high - middle))

    @property
    def median(self) -> Value:
        """The value that half of the draws lie below: the central one for "halves" and "none"."""
        return self.central if self.shape == "choice" else self.at(0.5)

    def alone(self) -> tuple[tuple[str, Value], ...]:
        """The values it takes in turn while all else is central, each with what stands there."""
        if self.choices:
            return tuple((name, name) for name in self.choices)
        return ((self.ends[0], self.low), (self.ends[1], self.high))


def triangular(u: Floats, low: Floats | float, central: Floats | float, high: Floats | float) -> Floats:
    """Quantiles of the triangular distribution with its mode at the central value; the last axis is the input."""
    low, central, high = (np.asarray(x, dtype=np.float64) for x in (low, central, high))
    width = np.where(high > low, high - low, 1.0)
    mode = (central - low) / width
    rising = low + np.sqrt(u * width * (central - low))
    falling = high - np.sqrt((1.0 - u) * width * (high - central))
    return np.where(high > low, np.where(u < mode, rising, falling), central)
