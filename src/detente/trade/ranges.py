"""Ranges: what the shares nobody observes do to an average.

On one day the duty on an atom of a line is fixed by law, so the average is linear in the weights of the
atoms. It is computed once per atom; a thousand draws of the shares are then dot products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.draws import swing, widest
from detente.law import Shares
from detente.law.space import Atoms
from detente.trade.flows import Floats, Ints, kinds

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

    def at(self, t: Floats) -> Floats:
        """Share at some t in [-1, 1]: low bound at -1, default at 0, high bound at 1; shape (states - 1, lines, ts)."""
        default, low, high = (ends[:, :, None] for ends in (self.default, self.low, self.high))
        return default + np.where(t > 0, t * (high - default), t * (default - low))

    def distinct(self, lines: NDArray[np.bool_]) -> tuple[Ints, BoundedShare]:
        """The share on some lines, each distinct column once, and the column of each line or -1, shape (lines,)."""
        ends = np.concatenate([self.default, self.low, self.high])[:, lines]
        column = np.full(lines.size, -1)
        if ends.size and (ends == ends[:, :1]).all():
            column[lines] = 0
            return column, BoundedShare(*np.split(ends[:, :1], 3))
        columns, own = np.unique(ends, axis=1, return_inverse=True)
        column[lines] = own.reshape(-1)
        return column, BoundedShare(*np.split(columns, 3))


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
    """Weights of kinds of atoms as a function of where the shares lie; atoms of a kind weigh the same in every draw.

    Attributes
    ----------
    n : number of kinds.
    places : aspect -> state of each kind and column of its share, -1 where it is not asked about, both of shape (n,).
    shares : aspect -> the share, each distinct column once.
    """

    n: int
    places: Mapping[str, tuple[Ints, Ints]] = field(repr=False)
    shares: Mapping[str, BoundedShare] = field(repr=False)

    @classmethod
    def of(cls, atoms: Atoms, shares: Mapping[str, BoundedShare]) -> tuple[AtomWeights, Ints]:
        """Weights of the kinds of some atoms, and the kind of each atom, shape (atoms,)."""
        few = {name: shares[name].distinct(atoms.asked[name]) for name in atoms.states}
        places = {name: (states.astype(np.int64), few[name][0][atoms.line]) for name, states in atoms.states.items()}
        codes = [code for state, column in places.values() for code in (state, column + 1)]
        first, kind = kinds(np.zeros_like(atoms.line), *codes)
        every = cls(kind.size, places, {name: share for name, (_, share) in few.items()})
        return every.take(first), kind

    def take(self, some: Ints) -> AtomWeights:
        """Weights of some kinds alone, in that order."""
        places = {name: (state[some], column[some]) for name, (state, column) in self.places.items()}
        used = {name: place for name, place in places.items() if (place[1] >= 0).any()}
        return AtomWeights(some.size, used, self.shares)

    @property
    def inputs(self) -> list[str]:
        """Aspects that move some weight: the bounds of the share differ."""
        return [
            name
            for name, (_, column) in self.places.items()
            if (self.shares[name].low != self.shares[name].high)[:, column[column >= 0]].any()
        ]

    def at(self, positions: Sequence[Mapping[str, float]]) -> Floats:
        """Weight of each kind by position, shape (n, positions).

        Parameters
        ----------
        positions : aspect -> where its share lies, from -1 to 1; 0 for what is left out.
        """
        weight = np.ones((self.n, len(positions)))
        for name, (state, column) in self.places.items():
            share = self.shares[name].at(np.asarray([position.get(name, 0.0) for position in positions]))
            full = np.ones((share.shape[0] + 1, share.shape[1] + 1, len(positions)))
            full[:, :-1] = np.concatenate([1.0 - share.sum(axis=0, keepdims=True), share])
            weight *= full[state, column]
        return weight


def bounded(default: Shares, low: Shares, high: Shares) -> dict[str, BoundedShare]:
    """Shares with their bounds, by aspect."""
    ends = low.by_aspect, high.by_aspect
    return {name: BoundedShare(share, *(end[name] for end in ends)) for name, share in default.by_aspect.items()}
