"""Samples: what an input draws hangs on the seed and its name, never on what else is drawn.

A Latin hypercube (`sampled`) spreads a known number of draws evenly; one stream a name (`draw`) gives a draw by its
number alone, so that it can be done anywhere and taken up again.

So an input that is added, left out or found to move nothing shifts no other, and one input has the same draws in every
answer. The numbers come from the raw output of PCG64 (O'Neill 2014) behind a SeedSequence, both of which NumPy keeps
as they are in every version and on every machine; the shapes that its Generator makes of them it may change.

Inputs: what nobody knows exactly, with the value used, a range and how it is drawn.

The shape "halves" keeps the median: as many draws lie below the central value as above it. The others are for what is
known of a source. Where their median lies is `median`; results then say where the median of their draws lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName, whole_number
from detente.codes.axis import Floats

#: What an input is in a draw: a number, or the name of a choice.
Value = float | str

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


#: 32-bit words of a name's digest that enter the seed.
WORDS = 4
#: A double has 53 bits of fraction; the rest of a 64-bit word is dropped.
UNUSED_BITS = np.uint64(11)


def uniforms(seed: int, name: str, n: int, start: int = 0) -> Floats:
    """Numbers `start` to `start + n` of the stream of a name, evenly spread in [0, 1), shape (n,).

    Raises
    ------
    InputError : a seed that is no whole number from 0 on.
    """
    digest = np.frombuffer(sha256(name.encode()).digest()[: 4 * WORDS], dtype="<u4")
    bits = np.random.PCG64(np.random.SeedSequence([whole_number(seed, "seed", 0), *digest.tolist()]))
    bits.advance(start)
    words: NDArray[np.uint64] = bits.random_raw(n)
    return (words >> UNUSED_BITS).astype(np.float64) * 2.0**-53


def hypercube(names: Sequence[str], n: int, seed: int) -> Floats:
    """Latin hypercube in (0, 1) (McKay, Beckman and Conover 1979): each column has one point in every n-th.

    Parameters
    ----------
    names : of the columns, each with a stream of its own.

    Returns
    -------
    Shape (n, len(names)).

    Raises
    ------
    InputError : fewer than one draw.
    """
    if n < 1:
        raise InputError("draws", f"{n} draws cannot be", "ask for at least 1")
    places = np.empty((n, len(names)))
    for k, name in enumerate(names):
        numbers = uniforms(seed, name, 2 * n)
        places[:, k] = (np.argsort(numbers[:n], kind="stable") + numbers[n:]) / n
    return places


@dataclass(frozen=True)
class Sample:
    """Joint draws of some inputs.

    Attributes
    ----------
    places : quantile of each input in each draw, 0 to 1, shape (draws, inputs).
    seed : what they were drawn with.
    """

    inputs: tuple[Input, ...]
    places: Floats = field(repr=False)
    seed: int

    def __len__(self) -> int:
        return int(self.places.shape[0])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(each.name for each in self.inputs)

    @cached_property
    def rows(self) -> tuple[dict[str, Value], ...]:
        """The values of each draw by input."""
        return tuple(
            {each.name: each.at(u) for each, u in zip(self.inputs, row, strict=True)} for row in self.places.tolist()
        )

    @cached_property
    def values(self) -> Floats:
        """The values of inputs that are numbers, shape (draws, inputs), in their units."""
        return np.array([list(row.values()) for row in self.rows], dtype=np.float64)


def sampled(inputs: Iterable[Input], n: int, seed: int) -> Sample:
    """Joint draws by Latin hypercube, independent across inputs.

    Raises
    ------
    InputError : fewer than one draw.
    """
    inputs = tuple(inputs)
    return Sample(inputs, hypercube([each.name for each in inputs], n, seed), seed)


def draw(inputs: Iterable[Input], seed: int, i: int) -> dict[str, Value]:
    """Draw number i of all inputs by name; the same for the same seed and number, whatever else is drawn."""
    return {each.name: each.at(float(uniforms(seed, each.name, 1, i)[0])) for each in inputs}


def central(inputs: Iterable[Input]) -> dict[str, Value]:
    """The values of the main run."""
    return {each.name: each.central for each in inputs}
