"""Ranges: what the shares nobody observes do to an average.

On one day the duty on an atom of a line is fixed by law, so the average is linear in the weights of the
atoms. It is computed once per atom; a thousand draws of the shares are then dot products.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.draws import swing, widest
from detente.law import Shares
from detente.law.space import Atoms
from detente.trade.flows import Floats, Ints

CLAIMS, ELASTICITY = "preference claims", "import-demand elasticity"


@dataclass(frozen=True)
class BoundedShare:
    """A share with its bounds, on every line.

    Attributes
    ----------
    default, low, high : share of every state but the first, each of shape (states - 1, lines).
    """

    default: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)

    def at(self, t: float) -> Floats:
        """Share at t in [-1, 1]: low bound at -1, default at 0, high bound at 1."""
        return self.default + (t * (self.high - self.default) if t > 0 else t * (self.default - self.low))


@dataclass(frozen=True, slots=True)
class AverageRange:
    """An average with its range.

    Attributes
    ----------
    value : at the default shares; low, high : 5th and 95th percentile of joint draws.
    swings : input -> (average at its low bound, at its high bound), the others at their defaults.
    """

    value: float
    low: float
    high: float
    swings: Mapping[str, tuple[float, float]]
    draws: int
    seed: int

    @property
    def movers(self) -> list[str]:
        """The two inputs that move the average most."""
        return widest(self.value, self.swings)

    def moved_by(self, name: str) -> bool:
        """Whether an input alone moves the average by more than rounding."""
        return bool(swing((self.value, *self.swings[name])))


@dataclass(frozen=True)
class AtomWeights:
    """Weights of some atoms as a function of the shares.

    Attributes
    ----------
    n : number of atoms.
    places : aspect -> the atoms whose line is asked about it, their state and line.
    """

    n: int
    places: Mapping[str, tuple[Ints, NDArray[np.int8], Ints]] = field(repr=False)

    @classmethod
    def of(cls, atoms: Atoms, chosen: Ints) -> AtomWeights:
        """Weights of the chosen atoms (positions, shape (n,))."""
        places = {}
        for name, states in atoms.states.items():
            rows = np.flatnonzero(atoms.asked[name][atoms.line[chosen]])
            places[name] = (rows, states[chosen][rows], atoms.line[chosen][rows])
        return cls(chosen.size, places)

    def at(self, shares: Mapping[str, Floats]) -> Floats:
        """Weight of each atom, shape (n,)."""
        weight = np.ones(self.n)
        for name, (rows, states, line) in self.places.items():
            share = shares[name]
            full = np.vstack([1.0 - share.sum(axis=0), share])
            weight[rows] *= full[states, line]
        return weight


def bounded(default: Shares, low: Shares, high: Shares) -> dict[str, BoundedShare]:
    """Shares with their bounds, by aspect."""
    ends = low.by_aspect, high.by_aspect
    return {name: BoundedShare(share, *(end[name] for end in ends)) for name, share in default.by_aspect.items()}
