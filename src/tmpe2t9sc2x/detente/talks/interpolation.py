"""Interpolation on a grid of duties: cubic splines in log(1 + t) along every axis, with exact derivatives.

Along an axis of four nodes the not-a-knot spline is the cubic through them (Lagrange); on a plane the product of two is
the bicubic spline. The rule is linear in the values at the nodes: weighting parts before or after is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError

Floats = NDArray[np.float64]

LEAST = 4
BLOCK = 1024
"""Points evaluated side by side."""

MANY = 512
"""From so many points on it pays to see whether they lie on a grid."""

SLACK = 1e-6
"""Levels may pass the ends of an axis by this much, share."""


def nodes(top: float, count: int) -> Floats:
    """Levels from zero to `top`, even in log(1 + t), shape (count,), shares."""
    if count < LEAST:
        raise InputError("nodes", f"{count} are too few for a cubic", f"use {LEAST} or more")
    return np.expm1(np.linspace(0.0, np.log1p(top), count))


def few_nodes(top: float, count: int) -> Floats:
    """Levels from zero to `top` at the extremes of a Chebyshev polynomial in log(1 + t), shape (count,), shares.

    The polynomial through values there is far closer to a smooth function than splines on as many even nodes.
    """
    if count < LEAST:
        raise InputError("nodes", f"{count} are too few for a cubic", f"use {LEAST} or more")
    return np.expm1(np.log1p(top) * (1.0 - np.cos(np.pi * np.arange(count) / (count - 1))) / 2.0)


def from_few(values: Floats, tops: Sequence[float], counts: Sequence[int]) -> Floats:
    """Values at `nodes` with `counts` along each axis, from those at `few_nodes`, axes first in both."""
    filled = values
    for axis, (top, count) in enumerate(zip(tops, counts, strict=True)):
        rule = _polynomial(values.shape[axis], np.log1p(nodes(top, count)) / np.log1p(top))
        filled = np.moveaxis(np.tensordot(rule, filled, axes=(1, axis)), 0, axis)
    return filled


def _polynomial(count: int, points: Floats) -> Floats:
    """Weights of values at `count` Chebyshev extremes of 0 to 1 in the polynomial at points, shape (point, count)."""
    extremes = (1.0 - np.cos(np.pi * np.arange(count) / (count - 1))) / 2.0
    gap = points[:, None] - extremes
    sign = np.where(np.arange(count) % 2, -1.0, 1.0)
    sign[[0, -1]] *= 0.5
    met = np.abs(gap) < 1e-14
    weights = sign / np.where(met, 1.0, gap)
    return np.where(met.any(axis=1, keepdims=True), met, weights / weights.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class Interpolant:
    """Quantities between the nodes of a grid.

    Attributes
    ----------
    names : names of the axes.
    axes : levels of the nodes of each axis, even in log(1 + t), shares.
    values : quantities at the nodes, shape (nodes of axis 1, ..., nodes of axis D, quantity).
    """

    names: tuple[str, ...]
    axes: tuple[Floats, ...] = field(repr=False)
    values: Floats = field(repr=False)

    @cached_property
    def _logs(self) -> tuple[Floats, ...]:
        return tuple(np.log1p(axis) for axis in self.axes)

    @cached_property
    def _cells(self) -> Floats:
        """Coefficients [cell of each axis, power of each axis, quantity], highest power first."""
        from scipy.interpolate import CubicSpline

        coefficients, depth = self.values, len(self.axes)
        for logs in self._logs:
            rule = CubicSpline(logs, np.eye(logs.size)).c
            # What is left of the axes comes first, then the quantity, then power and cell of each axis done.
            coefficients = np.tensordot(coefficients, rule, axes=(0, 2))
        order = [2 + 2 * axis for axis in range(depth)] + [1 + 2 * axis for axis in range(depth)] + [0]
        return np.ascontiguousarray(coefficients.transpose(order), dtype=np.float64)

    @cached_property
    def _ends(self) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
        """Lowest and highest levels allowed, step in logs, and the last cell of each axis."""
        low, high = (np.array([axis[end] for axis in self.axes]) for end in (0, -1))
        steps = np.array([logs[1] - logs[0] for logs in self._logs])
        return low - SLACK, high + SLACK, steps, np.array([axis.size - 2 for axis in self.axes])

    def within(self, points: Floats) -> NDArray[np.bool_]:
        """Where all levels lie on the axes, shape (point,)."""
        low, high, _, _ = self._ends
        return np.all((points >= low) & (points <= high), axis=1)

    def _check(self, points: Floats) -> None:
        """`InputError` for the first level beyond an axis."""
        low, high, _, _ = self._ends
        outside = ~((points >= low) & (points <= high))
        if outside.any():
            row, axis = np.argwhere(outside)[0]
            where, level = self.names[axis], float(points[row, axis])
            ends = f"{low[axis] + SLACK:g} to {high[axis] - SLACK:g}"
            raise InputError(where, f"a level of {level:g} lies outside {ends}", "widen the surface or cut the level")

    def _place(self, points: Floats) -> tuple[Floats, Floats]:
        """Coefficients of the cell of each point, shape (point, power of each axis, quantity), and log distances."""
        self._check(points)
        _, _, steps, last = self._ends
        logs = np.log1p(points) - self._starts
        cell = np.clip((logs / steps).astype(np.int64), 0, last)
        cells = self._cells[tuple(cell.T)]
        return cells.reshape(len(points), -1, self.values.shape[-1]), logs - cell * steps

    @cached_property
    def _starts(self) -> Floats:
        return np.array([logs[0] for logs in self._logs])

    def at(self, points: Floats) -> Floats:
        """Quantities at points, shape (point, axis), shares; returns shape (point, quantity)."""
        points = np.asarray(points, dtype=np.float64)
        if len(points) >= MANY:
            self._check(points)
            seen = [np.unique(points[:, axis], return_inverse=True) for axis in range(points.shape[1])]
            if np.prod([levels.size for levels, _ in seen]) <= len(points):
                return self.on([levels for levels, _ in seen])[tuple(back.ravel() for _, back in seen)]
        blocks = [self._scattered(points[start : start + BLOCK]) for start in range(0, len(points), BLOCK)]
        return np.concatenate(blocks) if blocks else np.zeros((0, self.values.shape[-1]))

    def on(self, levels: list[Floats]) -> Floats:
        """Quantities on the product of levels along each axis, shape (levels of axis 1, ..., quantity)."""
        from scipy.interpolate import CubicSpline

        grid = self.values
        for axis, logs in enumerate(self._logs):
            rule = CubicSpline(logs, np.eye(logs.size))(np.log1p(levels[axis]))
            grid = np.moveaxis(np.tensordot(rule, grid, axes=(1, axis)), 0, axis)
        return grid

    def _scattered(self, points: Floats) -> Floats:
        cells, d = self._place(points)
        powers = np.stack([d**3, d**2, d, np.ones_like(d)], axis=2)
        return (_product(powers)[:, None] @ cells)[:, 0]

    def local(self, point: Floats) -> tuple[Floats, Floats]:
        """Quantities and their derivatives at one point, shapes (quantity,) and (quantity, axis): for searches."""
        low, high, steps, last = self._ends
        if ((point < low) | (point > high)).any():
            self._check(point[None])
        logs = np.log1p(point) - self._starts
        cell = np.minimum(np.maximum((logs / steps).astype(np.int64), 0), last)
        d = logs - cell * steps
        powers = np.empty((len(self.axes), 2, LEAST))
        powers[:, 0, 3], powers[:, 1, 3], powers[:, 0, 2], powers[:, 1, 2] = 1.0, 0.0, d, 1.0
        powers[:, 1, 1] = 2.0 * d
        powers[:, 0, 1] = d * d
        powers[:, 0, 0] = powers[:, 0, 1] * d
        powers[:, 1, 0] = 3.0 * powers[:, 0, 1]
        # One axis after the other, by value and by slope: the number of a row says in bits which axes go by slope.
        rows = self._cells[tuple(cell.tolist())].reshape(1, -1)
        for axis in powers:
            rows = (axis @ rows.reshape(len(rows), LEAST, -1)).reshape(2 * len(rows), -1)
        depth = len(self.axes)
        slopes = rows[[1 << (depth - 1 - axis) for axis in range(depth)]]
        return rows[0], slopes.T / (1.0 + point)

    def slopes(self, points: Floats) -> Floats:
        """Derivatives of the quantities in the levels at points, shape (point, quantity, axis)."""
        points = np.asarray(points, dtype=np.float64)
        cells, d = self._place(points)
        unit, zero = np.ones_like(d), np.zeros_like(d)
        powers = np.stack([d**3, d**2, d, unit], axis=2)
        slopes = np.stack([3.0 * d**2, 2.0 * d, unit, zero], axis=2)
        factors = []
        for axis in range(len(self.axes)):
            chosen = powers.copy()
            chosen[:, axis] = slopes[:, axis]
            factors.append(_product(chosen))
        gradient = np.stack(factors, axis=1) @ cells
        return gradient.transpose(0, 2, 1) / (1.0 + points)[:, None]


def _product(factors: Floats) -> Floats:
    """Outer product over axes of factors [point, axis, power], shape (point, power of every axis)."""
    outer = factors[:, 0]
    for axis in range(1, factors.shape[1]):
        outer = (outer[:, :, None] * factors[:, None, axis]).reshape(len(outer), -1)
    return outer
