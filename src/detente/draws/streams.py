"""Random numbers by name: what an input draws hangs on the seed and its name, never on what else is drawn.

So an input that is added, left out or found to move nothing shifts no other, and one input has the same draws in every
answer. The numbers come from the raw output of PCG64 (O'Neill 2014) behind a SeedSequence, both of which NumPy keeps
as they are in every version and on every machine; the shapes that its Generator makes of them it may change.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, whole_number

Floats = NDArray[np.float64]

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
