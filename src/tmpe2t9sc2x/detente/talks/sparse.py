"""Surfaces of many duties: Smolyak's sparse grid in log(1 + t), with polynomials of Chebyshev and exact slopes.

A product of 16 nodes a duty has 4 billion nodes for eight duties; the sparse grid of level 3 has 849. Nodes are the
nested extremes of Chebyshev polynomials (1, 3, 5, 9, 17 for levels 0 to 4), the basis has one polynomial a node, and
their weights are those of full grids added up, so that no system is solved. Level 3 where every duty is at most 60
points, level 4 above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import product
from math import comb

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_AXES = 12
"""Duties above which those that move least are held."""

MOST_LEVEL = 6

HIGH = 0.60
"""Largest duty, share, up to which level 3 will do."""

SLACK = 1e-6
"""Levels may pass the ends of an axis by this much, share."""

END = 1e-7
"""Sine of the angle of a level below which it stands at an end of its axis."""

BLOCK = 4096
"""Points evaluated side by side."""


def level_for(tops: Sequence[float]) -> int:
    """The level that keeps the error near 0.03 USD bn a year, by the largest duty."""
    return 3 if max(tops) <= HIGH else 4


@lru_cache(maxsize=64)
def _indices(axes: int, level: int) -> tuple[Ints, Ints]:
    """Places of the nodes on the finest axis, and degrees of the polynomials, each of shape (nodes, axes)."""
    places, degrees = [], []
    for levels in _levels(axes, level):
        places += list(product(*(_new_places(k, level) for k in levels)))
        degrees += list(product(*(_new_degrees(k) for k in levels)))
    return np.array(places, dtype=np.int64).reshape(-1, axes), np.array(degrees, dtype=np.int64).reshape(-1, axes)


def _levels(axes: int, total: int) -> list[tuple[int, ...]]:
    """Levels by axis whose sum is at most the total."""
    if axes == 0:
        return [()]
    return [(first, *rest) for first in range(total + 1) for rest in _levels(axes - 1, total - first)]


def _new_degrees(level: int) -> range:
    """Degrees that a level adds: 0; 1, 2; 3, 4; 5 to 8; 9 to 16."""
    return range(1) if level == 0 else range(1, 3) if level == 1 else range(2 ** (level - 1) + 1, 2**level + 1)


def _new_places(level: int, finest: int) -> list[int]:
    """Nodes that a level adds, as places among 0 to 2^finest: the middle; the ends; then what lies between."""
    last = 2 ** max(finest, 1)
    if level == 0:
        return [last // 2]
    if level == 1:
        return [0, last]
    step = last >> level
    return [k * step for k in range(1, 2**level, 2)]


@dataclass(frozen=True)
class _Product:
    """A full grid within the sparse one, of which the fit of the sparse one is a sum.

    Attributes
    ----------
    levels : by axis; factor : with which its fit counts.
    nodes, basis : its nodes and its polynomials among those of the sparse grid, shape (product of sizes,).
    """

    levels: tuple[int, ...]
    factor: int
    nodes: Ints = field(repr=False)
    basis: Ints = field(repr=False)


@lru_cache(maxsize=16)
def _products(axes: int, level: int) -> tuple[_Product, ...]:
    """The full grids whose fits add up to that of a sparse grid: the combination of Smolyak."""
    places, degrees = _indices(axes, level)
    base = (2 ** max(level, 1) + 1) ** np.arange(axes)
    places_at, degrees_at = _Lookup(places @ base), _Lookup(degrees @ base)
    grids = []
    for levels in _levels(axes, level):
        short = level - sum(levels)
        if short < axes:
            nodes, basis = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
            for k, step in zip(levels, base, strict=True):
                known = [place for some in range(k + 1) for place in _new_places(some, level)]
                nodes = np.add.outer(nodes, step * np.sort(known)).ravel()
                basis = np.add.outer(basis, step * np.arange(len(known))).ravel()
            factor = (-1) ** short * comb(axes - 1, short)
            grids.append(_Product(levels, factor, places_at.of(nodes), degrees_at.of(basis)))
    return tuple(grids)


class _Lookup:
    """Positions of numbers in a list in which each stands once."""

    def __init__(self, numbers: Ints) -> None:
        self.order = np.argsort(numbers)
        self.sorted = numbers[self.order]

    def of(self, some: Ints) -> Ints:
        return np.asarray(self.order[np.searchsorted(self.sorted, some)])


@lru_cache(maxsize=8)
def _transform(level: int) -> Floats:
    """Weights of the polynomials through values at the nodes of one axis, shape (polynomials, nodes)."""
    last = 2**level if level else 0
    x = -np.cos(np.pi * np.arange(last + 1) / last) if last else np.zeros(1)
    return np.linalg.inv(np.cos(np.arange(last + 1) * np.arccos(x)[:, None])).astype(np.float64, copy=False)


@dataclass(frozen=True)
class SparseGrid:
    """Nodes at which payoffs of many duties are solved.

    Attributes
    ----------
    tops : largest level of each duty, shares, shape (axes,).
    level : of the grid; 0 is one node.
    """

    tops: tuple[float, ...]
    level: int

    def __post_init__(self) -> None:
        if not self.tops or min(self.tops) <= 0.0:
            raise InputError("duties", "none, or one whose largest level is zero", "give each a largest level above 0")
        if len(self.tops) > MOST_AXES:
            what = f"{len(self.tops)} duties move trade"
            raise InputError("duties", what, f"hold the least important, so that {MOST_AXES} are left")
        if not 0 <= self.level <= MOST_LEVEL:
            raise InputError("level of the sparse grid", f"{self.level}", f"use 0 to {MOST_LEVEL}")

    @cached_property
    def places(self) -> Floats:
        """Nodes between 0 and 1 along each axis, shape (nodes, axes)."""
        last = 2 ** max(self.level, 1)
        places = _indices(len(self.tops), self.level)[0]
        return 0.5 - 0.5 * np.cos(np.pi * places / last)

    @cached_property
    def nodes(self) -> Floats:
        """Levels of the duties, shares, shape (nodes, axes)."""
        return np.expm1(self.places * np.log1p(np.asarray(self.tops)))

    @cached_property
    def degrees(self) -> Ints:
        """Degree of each polynomial of the basis along each axis, shape (nodes, axes)."""
        return _indices(len(self.tops), self.level)[1]

    @cached_property
    def _factors(self) -> tuple[Ints, Ints]:
        """Polynomials that make up each node, as places among all of all axes, and their axes, shape (nodes, factors).

        A node of the grid has at most as many polynomials that are not one as the grid has levels.
        """
        most = max(min(self.level, len(self.tops)), 1)
        axes = np.argsort(self.degrees == 0, axis=1, kind="stable")[:, :most]
        places = axes * (self._last + 1) + np.take_along_axis(self.degrees, axes, axis=1)
        return places, axes

    @cached_property
    def _last(self) -> int:
        """Highest degree along an axis."""
        return int(self.degrees.max(initial=0))

    @cached_property
    def _cells(self) -> Ints:
        """Places of the factors of each node in an array of nodes by axes, shape (nodes x factors,)."""
        axes = self._factors[1]
        return np.asarray((np.arange(len(axes))[:, None] * len(self.tops) + axes).ravel())

    def basis(self, levels: Floats) -> Floats:
        """Every polynomial at levels of the duties, shape (points, nodes).

        Raises
        ------
        InputError : a level outside the grid.
        """
        values, places = self._polynomials(levels)[0], self._factors[0]
        basis = np.take(values, places[:, 0], axis=1)
        for k in range(1, places.shape[1]):
            basis *= np.take(values, places[:, k], axis=1)
        return basis

    def basis_slopes(self, levels: Floats) -> tuple[Floats, Floats]:
        """The same with derivatives in each level, shapes (points, nodes) and (points, nodes, axes)."""
        (values, slopes), places = self._polynomials(levels), self._factors[0]
        factors, steep = np.take(values, places, axis=1), np.take(slopes, places, axis=1)
        basis = np.array(factors[:, :, 0])
        for k in range(1, places.shape[1]):
            steep[:, :, :k] *= factors[:, :, k, None]
            steep[:, :, k] *= basis
            basis *= factors[:, :, k]
        whole = np.zeros((len(basis), len(places) * len(self.tops)))
        whole[:, self._cells] = steep.reshape(len(basis), -1)
        return basis, whole.reshape(len(basis), len(places), len(self.tops))

    def _polynomials(self, levels: Floats) -> tuple[Floats, Floats]:
        """Chebyshev polynomials of all axes and their derivatives in the level, shape (points, axes x degrees)."""
        levels, tops = np.atleast_2d(np.asarray(levels, dtype=np.float64)), np.asarray(self.tops)
        if levels.shape[1] != tops.size:
            raise InputError("levels", f"{levels.shape[1]} for {tops.size} duties", "give one for each")
        if (levels < -SLACK).any() or (levels > tops + SLACK).any():
            raise InputError("levels", "one lies outside the surface", "stay between zero and the largest of each duty")
        inside, log = np.minimum(np.maximum(levels, 0.0), tops), np.log1p(tops)
        x = 2.0 * np.log1p(inside) / log - 1.0
        # T_n = cos n theta, T'_n = n sin n theta / sin theta; at the ends n^2, with the sign of x^(n + 1).
        degrees = np.arange(self._last + 1)
        theta = np.arccos(np.minimum(np.maximum(x, -1.0), 1.0))[..., None]
        angles, sine = degrees * theta, np.sin(theta)
        at_end = sine < END
        slopes = degrees * np.sin(angles) / np.where(at_end, 1.0, sine)
        if at_end.any():
            signs = np.where(x[..., None] > 0.0, 1.0, np.where(degrees % 2, 1.0, -1.0))
            slopes = np.where(at_end, signs * degrees**2, slopes)
        slopes *= (2.0 / ((1.0 + inside) * log))[..., None]
        return np.cos(angles).reshape(len(levels), -1), slopes.reshape(len(levels), -1)

    def fitted(self, values: Floats) -> SparseSurface:
        """The surface through values at the nodes, shape (nodes, ...)."""
        values = np.asarray(values, dtype=np.float64)
        if len(values) != len(self.nodes):
            raise InputError("values", f"{len(values)} for {len(self.nodes)} nodes", "give one for each")
        flat = values.reshape(len(values), -1)
        weights = np.zeros(flat.shape)
        for grid in _products(len(self.tops), self.level):
            # Sizes of the axes that have more than their middle node, the quantities last.
            moving = [k for k in grid.levels if k]
            some = flat[grid.nodes].reshape(*(2**k + 1 for k in moving), -1)
            for axis, k in enumerate(moving):
                some = np.moveaxis(np.tensordot(_transform(k), some, axes=(1, axis)), 0, axis)
            weights[grid.basis] += grid.factor * some.reshape(len(grid.nodes), -1)
        return SparseSurface(self, weights, values.shape[1:])


@dataclass(frozen=True)
class SparseSurface:
    """Quantities of many duties between the nodes of a sparse grid.

    Attributes
    ----------
    weights : of the polynomials, shape (nodes, quantities); shape : of the quantities at one point.
    """

    grid: SparseGrid
    weights: Floats = field(repr=False)
    shape: tuple[int, ...]

    def at(self, levels: Floats) -> Floats:
        """Quantities at levels of the duties, shape (points, ...)."""
        levels = np.atleast_2d(levels)
        parts = [self.grid.basis(some) @ self.weights for some in _blocks(levels)]
        return np.concatenate(parts).reshape(len(levels), *self.shape)

    def slopes(self, levels: Floats) -> Floats:
        """Derivatives in the levels, shape (points, ..., axes), per unit of the level."""
        levels = np.atleast_2d(levels)
        parts = [np.einsum("pnk,nq->pqk", self.grid.basis_slopes(some)[1], self.weights) for some in _blocks(levels)]
        return np.concatenate(parts).reshape(len(levels), *self.shape, len(self.grid.tops))


def _blocks(levels: Floats) -> list[Floats]:
    return np.array_split(levels, max(-(-len(levels) // BLOCK), 1))
