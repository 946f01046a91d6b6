"""Compared: tables that set two laws side by side, variant by variant; heads and rows that they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detente.codes import Column, Table, Unit

Row = tuple[Any, ...]
Heads = tuple[tuple[str, Unit, str], ...]

VARIANT: Heads = (("variant", Unit.TEXT, "variant of the scenario"),)
MOVED: Heads = (
    ("before", Unit.SHARE, "under the law it is compared with"),
    ("after", Unit.SHARE, "under the law of the scenario"),
    ("change", Unit.POINTS, "after less before"),
)


def table(name: str, title: str, rows: Sequence[Row], columns: Heads, notes: Sequence[str] = ()) -> Table:
    """A table from rows of tuples."""
    heads = tuple(Column(n, u, d) for n, u, d in columns)
    return Table.of_rows(name, title, heads, rows, tuple(notes))


def moved(before: float, after: float) -> tuple[float, float, float]:
    """Before, after, change."""
    return before, after, after - before
