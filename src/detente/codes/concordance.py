"""Concordances as first-class matrices: from one axis of codes to another, weights of a source sum to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes.axis import Axis
from detente.codes.errors import InputError
from detente.codes.portrait import Readable

Texts = Sequence[str] | NDArray[np.str_]


@dataclass(frozen=True, repr=False)
class Concordance(Readable):
    """A sparse matrix weight[target, source]; every column (source) sums to one.

    Attributes
    ----------
    source, target : axes.
    source_at, target_at : positions of each entry, shape (entries,).
    weight : share of the source's value that falls to the target, shape (entries,).
    """

    name: str
    source: Axis
    target: Axis
    source_at: NDArray[np.int64] = field(repr=False)
    target_at: NDArray[np.int64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)

    def __post_init__(self) -> None:
        sums = np.bincount(self.source_at, self.weight, minlength=len(self.source))
        wrong = np.flatnonzero(np.abs(sums - 1.0) > 1e-6)
        if wrong.size:
            code = self.source.codes[wrong[0]]
            raise InputError(
                f"concordance {self.name}",
                f"weights of '{code}' sum to {sums[wrong[0]]:.4f}",
                "weights of each source code must sum to 1",
            )

    @classmethod
    def of(cls, name: str, source: Texts, target: Texts, weight: Sequence[float] | NDArray[np.float64]) -> Concordance:
        """Concordance from three parallel lists, or arrays."""
        left, right = Axis.of("source", source), Axis.of("target", target)
        weights = np.asarray(weight, dtype=np.float64)
        return cls(name, left, right, left.positions(source), right.positions(target), weights)

    def main(self) -> NDArray[np.int64]:
        """For each source the position of its heaviest target, shape (sources,)."""
        order = np.lexsort((-self.target_at, self.weight))
        best = np.full(len(self.source), -1, dtype=np.int64)
        best[self.source_at[order]] = self.target_at[order]
        return best
