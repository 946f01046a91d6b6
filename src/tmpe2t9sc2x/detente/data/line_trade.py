"""How much of each tariff line is imported: what tells lines apart that words alone do not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis
from detente.data.embedded import EMBEDDED
from detente.data.importers import Importer, importer
from detente.data.tables import arrays

Floats = NDArray[np.float64]

YEAR = 2024
"""Year of the trade of the United States on record by line."""

PARENT, SUBHEADING = 8, 6
"""Digits of a rate line and of a subheading."""


@lru_cache(maxsize=4)
def line_trade(iso3: str) -> Floats:
    """Imports of every line of an importer in the latest year on record, shape (lines,), USD.

    Partners whose imports are published by line; China's are of the United States. A line younger than the trade takes
    an even part of the line above it.
    """
    where = importer(iso3)
    table = EMBEDDED.get(where.file.schedule.table)
    if table is None:
        return np.zeros(len(where.lines))
    own = summed(where.lines, *(_of_one(table.trade) if table.bought_of else _of_all(table.trade)))
    standing = np.asarray(where.table["until"]) == ""
    young = standing & (np.asarray(where.table["from"]) > f"{YEAR}-12-31")
    return np.where(young, _even_part(where, own, standing), own)


def summed(lines: Axis, codes: NDArray[np.str_], values: Floats) -> Floats:
    """Values by code on an axis, each at the first line under its code; codes that the axis lacks are left out."""
    start, end = lines.bounds(codes.tolist())
    known = end > start
    return np.bincount(start[known], values[known], minlength=len(lines)).astype(np.float64)


def _of_all(name: str) -> tuple[NDArray[np.str_], Floats]:
    """Trade by line, of all partners together."""
    table = arrays(name, ("code", "value"))
    codes, positions = np.unique(table["code"], return_inverse=True)
    return codes, np.bincount(positions, table["value"]).astype(np.float64)


def _of_one(name: str) -> tuple[NDArray[np.str_], Floats]:
    """Trade of one partner by subheading, in the latest year."""
    table = arrays(name, ("year", "hs6", "value"))
    latest = table["year"] == table["year"].max()
    return table["hs6"][latest], table["value"][latest].astype(np.float64)


def _even_part(where: Importer, own: Floats, standing: NDArray[np.bool_]) -> Floats:
    """Imports under the line above, divided by the lines under it that still stand."""
    length = min(PARENT, where.file.digits - 2)
    count = _of_prefix(where.lines, standing.astype(np.float64), length)
    return _of_prefix(where.lines, own, length) / np.maximum(count, 1.0)


def _of_prefix(lines: Axis, values: Floats, length: int) -> Floats:
    """Sum of the values under the first digits of every line, shape (lines,)."""
    prefixes = lines.codes.astype(f"U{length}")
    group = np.cumsum(np.append(False, prefixes[1:] != prefixes[:-1]))
    return np.bincount(group, values)[group].astype(np.float64)
