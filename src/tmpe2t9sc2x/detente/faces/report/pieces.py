"""Tables too wide for a page, in pieces that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from detente.faces.report.readers import Grid
from detente.faces.words.language import Language


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


def split(grid: Grid, most: int, say: Language) -> list[Grid]:
    """A table in pieces of at most so many columns; notes stand under the last."""
    chosen = blocks(len(grid.heads), most)
    if len(chosen) == 1:
        return [grid]
    titles = [say("report.part_of", title=grid.title, part=k + 1, count=len(chosen)) for k in range(len(chosen))]
    return [_piece(grid, columns, columns is chosen[-1], titles[k]) for k, columns in enumerate(chosen)]


def _piece(grid: Grid, columns: Sequence[int], last: bool, title: str) -> Grid:

    def of(row: Sequence[str]) -> tuple[str, ...]:
        return tuple(row[j] for j in columns)

    return replace(
        grid,
        title=title if grid.title else "",
        heads=of(grid.heads),
        numeric=tuple(grid.numeric[j] for j in columns),
        rows=tuple(map(of, grid.rows)),
        meanings=of(grid.meanings) if grid.meanings else (),
        notes=grid.notes if last else (),
    )
