"""The map's projection: where a place lies on the picture, and where there is land.

The equal-area projection of Savric, Patterson and Jenny (2018), as the renderer draws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.data.tables import read
from detente.faces.charts.layout import Box, Point

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COEFFICIENTS = (1.340264, -0.081106, 0.000893, 0.003796)
HALF = np.sqrt(3.0) / 2.0

NORTH, SOUTH = 84.0, -56.5
"""Latitudes at which the picture ends."""

CELL = 3.0
"""Pixels of a cell in which there is land or not."""


def projected(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Place on the plane of the projection, of longitudes and latitudes in degrees; equation 1 of the paper."""
    a, b, c, d = COEFFICIENTS
    angle = np.arcsin(HALF * np.sin(np.radians(lat)))
    square = angle * angle
    sixth = square**3
    across = np.radians(lon) * np.cos(angle) / (HALF * (a + 3 * b * square + sixth * (7 * c + 9 * d * square)))
    return across, angle * (a + b * square + sixth * (c + d * square))


@dataclass(frozen=True)
class Globe:
    """The world on a picture: pixels a unit of the plane, and where its origin lies."""

    wide: int
    high: int
    scale: float
    origin: Point

    @classmethod
    def of(cls, wide: int) -> Globe:
        """The whole width of the world on a width in pixels."""
        edge, _ = projected(np.asarray([180.0]), np.asarray([0.0]))
        scale = wide / (2 * float(edge[0]))
        _, (top, foot) = projected(np.zeros(2), np.asarray([NORTH, SOUTH]))
        return cls(wide, round(scale * float(top - foot)), scale, (wide / 2, scale * float(top)))

    def at(self, lon: float, lat: float) -> Point:
        """Pixels of a place."""
        x, y = projected(np.asarray([lon]), np.asarray([lat]))
        return self.origin[0] + self.scale * float(x[0]), self.origin[1] - self.scale * float(y[0])


class Land:
    """Where there is land, asked box by box."""

    def __init__(self, covered: NDArray[np.bool_]) -> None:
        """`covered` : whether there is land in a cell, shape (rows, columns)."""
        sums = np.cumsum(np.cumsum(covered, axis=0), axis=1)
        self._sums = np.pad(sums, ((1, 0), (1, 0)))

    def within(self, box: Box) -> bool:
        """Whether there is land in a box."""
        rows, columns = (n - 1 for n in self._sums.shape)
        top, foot = (min(max(int(y // CELL), 0), rows) for y in (box.top, box.bottom + CELL))
        left, right = (min(max(int(x // CELL), 0), columns) for x in (box.left, box.right + CELL))
        s = self._sums
        return bool(s[foot, right] - s[top, right] - s[foot, left] + s[top, left])


@lru_cache(maxsize=4)
def land_of(wide: int) -> Land:
    """Land on a picture of a width: a cell is land where its middle lies inside a ring, or its edge runs."""
    globe = Globe.of(wide)
    rows, columns = int(globe.high // CELL) + 1, int(globe.wide // CELL) + 1
    middles = np.asarray((np.arange(rows) + 0.5) * CELL, dtype=np.float64)
    covered = np.zeros((rows, columns), dtype=bool)
    shapes = read("map_shapes", ["lon", "lat"])
    ring = np.repeat(np.arange(len(shapes)), shapes["lon"].list.len().to_numpy())
    x, y = projected(*(shapes[name].explode().to_numpy() / 100.0 for name in ("lon", "lat")))
    across, down = globe.origin[0] + globe.scale * x, globe.origin[1] - globe.scale * y
    inside = (down >= 0) & (down < rows * CELL) & (across >= 0) & (across < columns * CELL)
    covered[(down[inside] // CELL).astype(int), (across[inside] // CELL).astype(int)] = True
    for row, first, last in _spans(ring, across, down, middles):
        covered[row, max(int(first // CELL), 0) : int(last // CELL) + 1] = True
    return Land(covered)


def _spans(ring: Ints, across: Floats, down: Floats, middles: Floats) -> Iterator[tuple[int, float, float]]:
    """What rings enclose: rows, and where in them land begins and ends, at each odd crossing of a ring and the next.

    Parameters
    ----------
    ring : of each point, in the order of the rings; `middles` : heights of the rows, in pixels as the points are.
    """
    edges = np.flatnonzero(ring[1:] == ring[:-1])
    x, u, y, v = across[edges], across[edges + 1], down[edges], down[edges + 1]
    first, end = (np.searchsorted(middles, height) for height in (np.minimum(y, v), np.maximum(y, v)))
    crossed = end - first
    edge = np.repeat(np.arange(edges.size), crossed)
    row = np.arange(edge.size) - np.repeat(np.cumsum(crossed) - crossed - first, crossed)
    place = x[edge] + (middles[row] - y[edge]) / (v[edge] - y[edge]) * (u[edge] - x[edge])
    line = ring[edges][edge] * middles.size + row
    order = np.lexsort((place, line))
    line, place = line[order], place[order]
    number = np.arange(line.size) - np.searchsorted(line, line)
    begins = np.flatnonzero((number[:-1] % 2 == 0) & (line[1:] == line[:-1]))
    yield from zip(*(part[begins].tolist() for part in (line % middles.size, place, np.roll(place, -1))), strict=True)
