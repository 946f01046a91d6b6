"""Ranges: what the shares nobody observes do to an average.

On one day the duty on an atom of a line is fixed by law, so the average is linear in the weights of the
atoms. It is computed once per atom; a thousand draws of the shares are then dot products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.law import Shares
from detente.law.space import Atoms
from detente.trade.flows import Floats, Ints

CLAIMS, ELASTICITY = "preference claims", "import-demand elasticity"

ROUNDING, SMALLEST = 1e-9, 1e-6
"""Numbers that differ by less are one: a share of the central value, which counts as no smaller than the second."""


@dataclass(frozen=True)
class Spread:
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
class Range:
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
        size = {name: abs(hi - lo) for name, (lo, hi) in self.swings.items() if self.moved_by(name)}
        return sorted(size, key=lambda n: -size[n])[:2]

    def moved_by(self, name: str) -> bool:
        """Whether an input alone moves the average by more than rounding."""
        return bool(swing((self.value, *self.swings[name])))


def swing(values: Sequence[float]) -> float:
    """How far apart values of one number are, the first of them the central one; 0 where that is rounding."""
    known = [value for value in values if value == value]
    size = max(known, default=0.0) - min(known, default=0.0)
    return size if size > ROUNDING * max(abs(values[0]), SMALLEST) else 0.0


@dataclass(frozen=True)
class Weights:
    """Weights of some atoms as a function of the shares.

    Attributes
    ----------
    n : number of atoms.
    places : aspect -> the atoms whose line is asked about it, their state and line.
    """

    n: int
    places: Mapping[str, tuple[Ints, NDArray[np.int8], Ints]] = field(repr=False)

    @classmethod
    def of(cls, atoms: Atoms, chosen: Ints) -> Weights:
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


def spreads_of(default: Shares, low: Shares, high: Shares) -> dict[str, Spread]:
    """Spreads from shares at their defaults and bounds."""
    return {name: Spread(share, low.by_aspect[name], high.by_aspect[name]) for name, share in default.by_aspect.items()}
