"""Samples: what an input draws hangs on the seed and its name, never on what else is drawn.

A Latin hypercube (`sampled`) spreads a known number of draws evenly; one stream a name (`draw`) gives a draw by its
number alone, so that it can be done anywhere and taken up again.

So an input that is added, left out or found to move nothing shifts no other, and one input has the same draws in every
answer. The numbers come from the raw output of PCG64 (O'Neill 2014) behind a SeedSequence, both of which NumPy keeps
as they are in every version and on every machine; the shapes that its Generator makes of them it may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, whole_number
from detente.draws.inputs import Floats, Input, Value

WORDS = 4
"""32-bit words of a name's digest that enter the seed."""
UNUSED_BITS = np.uint64(11)
"""A double has 53 bits of fraction; the rest of a 64-bit word is dropped."""


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
