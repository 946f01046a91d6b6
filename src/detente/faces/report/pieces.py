"""Tables too wide for a page, in pieces that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from detente.faces.report.readers import Grid


def blocks(count: int, most: int) -> list[tuple[int, ...]]:
    """Numbers of the columns of each piece, of about one size; the first column names the rows of every piece.

    Parameters
    ----------
    count : columns of the table; `most` : of a piece, at least 2.
    """
    if count <= most:
        return [tuple(range(count))]
    pieces = ceil((count - 1) / (most - 1))
    size = ceil((count - 1) / pieces)
    return [(0, *range(start, min(start + size, count))) for start in range(1, count, size)]


def split(grid: Grid, most: int) -> list[Grid]:
    """A table in pieces of at most so many columns; notes stand under the last."""
    chosen = blocks(len(grid.heads), most)
    return [_piece(grid, columns, columns is chosen[-1], k, len(chosen)) for k, columns in enumerate(chosen, start=1)]


def _piece(grid: Grid, columns: Sequence[int], last: bool, k: int, count: int) -> Grid:
    if count == 1:
        return grid

    def of(row: Sequence[str]) -> tuple[str, ...]:
        return tuple(row[j] for j in columns)

    return replace(
        grid,
        title=f"{grid.title}, part {k} of {count}" if grid.title else "",
        heads=of(grid.heads),
        numeric=tuple(grid.numeric[j] for j in columns),
        rows=tuple(map(of, grid.rows)),
        meanings=of(grid.meanings) if grid.meanings else (),
        notes=grid.notes if last else (),
    )
