"""Axis: the sorted unique codes of one dimension; sorting makes every prefix a slice."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes.errors import InputError, UnknownName
from detente.codes.names import Readable

_LAST = "\U0010ffff"

#: On so few codes it is quicker to compare each with the prefixes than to look for slices.
SHORT = 16

#: Up to so many prefixes, painting slice by slice is quicker than summing over the axis.
FEW = 64


@dataclass(frozen=True)
class Axis:
    """Codes of one dimension, sorted and unique.

    Attributes
    ----------
    name : what the codes are ("line", "partner", "sector").
    codes : array of str, shape (n,), sorted ascending, no duplicates.
    """

    name: str
    codes: NDArray[np.str_] = field(repr=False)

    def __post_init__(self) -> None:
        codes = np.array(self.codes, dtype=np.str_)
        if not (codes[1:] > codes[:-1]).all():
            codes.sort()
            twice = codes[1:][codes[1:] == codes[:-1]]
            if twice.size:
                raise InputError(f"axis {self.name}", f"'{twice[0]}' is there twice", "give each code once")
        object.__setattr__(self, "codes", codes)

    @classmethod
    def of(cls, name: str, codes: Iterable[str] | NDArray[np.str_]) -> Axis:
        """Axis of the distinct codes among `codes`."""
        texts = np.asarray(codes if isinstance(codes, np.ndarray) else list(codes), dtype=np.str_)
        # To sort texts takes long, and most tables have them in order.
        if texts.size and (texts[1:] >= texts[:-1]).all():
            return cls(name, texts[np.append(True, texts[1:] != texts[:-1])])
        return cls(name, np.unique(texts))

    def __len__(self) -> int:
        return int(self.codes.size)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self._listed)}

    @cached_property
    def _listed(self) -> list[str]:
        return self.codes.tolist()

    def __contains__(self, code: object) -> bool:
        return code in self._positions

    def index(self, code: str, where: str = "") -> int:
        """Position of one code; `UnknownName` if it is not on the axis."""
        try:
            return self._positions[code]
        except KeyError:
            raise UnknownName(self.name, code, self._positions, where) from None

    def positions(self, codes: Sequence[str] | NDArray[np.str_]) -> NDArray[np.int64]:
        """Positions of many codes, shape (m,); -1 where a code is not on the axis."""
        wanted = np.asarray(codes, dtype=np.str_)
        if not len(self):
            return np.full(wanted.shape, -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.codes, wanted), len(self) - 1)
        return np.where(self.codes[places] == wanted, places, -1).astype(np.int64)

    def slice(self, prefix: str) -> slice:
        """The codes that begin with `prefix`, as a slice (possibly empty)."""
        lo, hi = self.bounds([prefix])
        return slice(int(lo[0]), int(hi[0]))

    def bounds(self, prefixes: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First and past-the-last position of each prefix, two arrays of shape (m,)."""
        if len(prefixes) <= FEW:
            codes, ends = self._listed, [prefix + _LAST for prefix in prefixes]
            few = np.array([[bisect_left(codes, text) for text in texts] for texts in (prefixes, ends)], dtype=np.int64)
            return few[0], few[1]
        wanted = np.asarray(prefixes, dtype=np.str_)
        lo = np.searchsorted(self.codes, wanted)
        hi = np.searchsorted(self.codes, np.char.add(wanted, _LAST))
        return lo.astype(np.int64), hi.astype(np.int64)

    def mask(self, prefixes: Sequence[str]) -> NDArray[np.bool_]:
        """True for every code under any of the prefixes, shape (n,)."""
        if len(self) <= SHORT:
            below = tuple(prefixes)
            return np.array([code.startswith(below) for code in self._positions], dtype=bool)
        lo, hi = self.bounds(prefixes)
        if lo.size <= FEW:
            inside = np.zeros(len(self), dtype=bool)
            for first, end in zip(lo.tolist(), hi.tolist(), strict=True):
                inside[first:end] = True
            return inside
        size = len(self) + 1
        steps = np.bincount(lo, minlength=size) - np.bincount(hi, minlength=size)
        return np.cumsum(steps[:-1]) > 0

    @cached_property
    def _alike(self) -> bool:
        """Whether all codes have as many letters, so that none begins another."""
        return bool(np.unique(np.char.str_len(self.codes)).size == 1)

    def longest_prefix(self, prefixes: Sequence[str] | NDArray[np.str_]) -> NDArray[np.int64]:
        """For each code the row of its longest prefix in `prefixes`, -1 if none; shape (n,)."""
        row = np.full(len(self), -1, dtype=np.int64)
        if not len(prefixes):
            return row
        if isinstance(prefixes, np.ndarray):
            whole = self.positions(prefixes)
            if self._alike and (whole >= 0).all():
                row[whole] = np.arange(whole.size)
                return row
        return self.longest_of(np.fromiter(map(len, prefixes), dtype=np.int64), *self.bounds(list(prefixes)))

    def longest_of(self, length: NDArray[np.int64], lo: NDArray[np.int64], hi: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same for prefixes whose lengths and `bounds` are known."""
        row = np.full(len(self), -1, dtype=np.int64)
        order = np.argsort(length, kind="stable")
        lo, under = lo[order], (hi - lo)[order]
        # Longer prefixes stand behind shorter ones, and what is assigned last stays.
        place = np.arange(under.sum()) + np.repeat(lo - (np.cumsum(under) - under), under)
        row[place] = np.repeat(order, under)
        return row


# --- concordances as first-class matrices: from one axis of codes to another, weights of a source sum to one ---------


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


# --- arrays of one kind of number, as signatures name them -----------------------------------------------------------

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
