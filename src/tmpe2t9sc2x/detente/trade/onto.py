"""Onto: duties of lines and partners averaged by trade on any axes; the one projection of a law onto a world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.trade.flows import Flows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Onto:
    """Where the trade of an importer lies on an axis of partners (rows) and an axis of goods (columns).

    Attributes
    ----------
    shape : rows and columns.
    source : pair of the flows that each part comes from, shape (parts,); a block is divided among its members.
    partner : of each part, a position in the divided flows; `cell` : flat cell; `value` : customs value, USD.
    unplaced : share of the trade that has no cell.
    """

    shape: tuple[int, int]
    source: Ints = field(repr=False)
    partner: Ints = field(repr=False)
    cell: Ints = field(repr=False)
    value: Floats = field(repr=False)
    unplaced: float

    @cached_property
    def worth(self) -> Floats:
        """Imports by cell, USD, shape (rows, columns)."""
        return self.sum(self.value)

    def owed(self, rates: Floats) -> Floats:
        """Duty by cell, USD, shape (rows, columns).

        Parameters
        ----------
        rates : duty of every pair of the undivided flows, share of customs value, shape (pairs,).
        """
        return self.sum(self.value * rates[self.source])

    def mean(self, rates: Floats) -> Floats:
        """Trade-weighted duty by cell, share of customs value, shape (rows, columns); NaN without trade."""
        return self.mean_of(self.owed(rates))

    def mean_of(self, owed: Floats) -> Floats:
        """Average duty by cell from the duty owed in each, USD, both of shape (rows, columns); NaN without trade."""
        return mean_by_cell(owed, self.worth)

    def sum(self, amounts: Floats) -> Floats:
        """Amounts of the parts, shape (parts,), by cell, shape (rows, columns)."""
        sums = np.bincount(self.cell, amounts, minlength=self.shape[0] * self.shape[1])
        return sums.reshape(self.shape).astype(np.float64)


def mean_by_cell(owed: Floats, worth: Floats) -> Floats:
    """Average duty by cell, share, from the duty owed and the imports of each, USD, of one shape; NaN without trade."""
    known = worth > 0.0
    return np.where(known, owed / np.where(known, worth, 1.0), np.nan)


def onto(flows: Flows, row: Ints, column: Ints, shape: tuple[int, int]) -> Onto:
    """The trade of an importer on two axes.

    Parameters
    ----------
    row : of each partner of the divided flows, shape (partners,); -1 for none.
    column : of each line, shape (lines,); -1 for none.
    shape : rows and columns.
    """
    divided, source = flows.expanded()
    rows, columns = row[divided.partner_at], column[divided.line_at]
    known = (rows >= 0) & (columns >= 0)
    value = divided.value[known]
    cell = (rows * shape[1] + columns)[known]
    return Onto(shape, source[known], divided.partner_at[known], cell, value, 1.0 - float(value.sum()) / flows.total)


def places(
    names: Sequence[str], axis: Sequence[str], groups: Mapping[str, str] | None = None, other: str = ""
) -> NDArray[np.int64]:
    """Place of each name on an axis: its own, else that of its group, else that of `other`; -1 for none.

    Parameters
    ----------
    groups : name -> group, where the axis is one of groups.
    """
    positions = {name: place for place, name in enumerate(axis)}
    rest, group = positions.get(other, -1), groups or {}
    known = {name: positions.get(name, positions.get(group.get(name, ""), rest)) for name in set(names)}
    return np.asarray([known[name] for name in names], dtype=np.int64)
