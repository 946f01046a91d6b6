"""Filing: the headings of each row in the order in which Customs takes them, with the dollars owed under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.lab.entries.rating import LEAST, Rated, expand
from detente.lab.entries.rounding import cents, whole
from detente.lab.entries.stacks import BAN, DUTY, StackTerm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BASE = -1
"""In place of a term: the line itself, under which the base duty is owed."""


@dataclass(frozen=True)
class Filing:
    """Headings of rows in order, arrays of shape (headings,).

    Attributes
    ----------
    row : place of the row; `order` : of the heading on the row, from 1.
    term : number of the term, `BASE` for the line itself.
    value : value that it falls on, USD; `rate` : share of that value; `dollars` : what is owed, USD.
    """

    row: Ints = field(repr=False)
    order: Ints = field(repr=False)
    term: Ints = field(repr=False)
    value: Floats = field(repr=False)
    rate: Floats = field(repr=False)
    dollars: Floats = field(repr=False)

    def by_row(self, rows: int, chosen: NDArray[np.bool_] | None = None) -> Floats:
        """Dollars of each row, USD, shape (rows,)."""
        mask = np.ones(self.row.size, dtype=bool) if chosen is None else chosen
        return cents(np.bincount(self.row[mask], self.dollars[mask], rows).astype(np.float64))


def filing(
    rated: Rated, combo: Ints, value: Floats, base: Floats, base_dollars: Floats, terms: Sequence[StackTerm]
) -> Filing:
    """Headings of rows, chapter 99 first, the line itself last.

    Parameters
    ----------
    combo : combination of each row. `value` : customs value in whole dollars, shape (rows,).
    base : base duty as a share of value. `base_dollars` : the same in USD.
    """
    row, place = expand(rated.start[combo], rated.start[combo + 1] - rated.start[combo])
    term, weight = rated.term[place], rated.weight[place]
    rates = np.asarray([t.rate for t in terms] or [0.0])[term]
    floor = np.asarray([t.floor for t in terms] or [False])[term]
    duty = np.asarray([t.kind == DUTY for t in terms] or [False])[term]
    rate = np.where(floor, np.maximum(rates - base[row], 0.0), rates) * duty
    part = np.where(weight > 1.0 - LEAST, value[row], whole(weight * value[row]))
    dollars = cents(part * rate)
    topped = floor & (weight > 1.0 - LEAST)
    # What a floor adds is what the base duty lacks of it, cent by cent.
    dollars = np.where(topped, np.maximum(cents(value[row] * rates) - base_dollars[row], 0.0), dollars)
    kept = np.asarray([t.kind != BAN for t in terms] or [False])[term]
    rows = np.concatenate([row[kept], np.arange(combo.size)])
    return _ordered(
        rows,
        np.concatenate([term[kept], np.full(combo.size, BASE)]),
        np.concatenate([part[kept], value]),
        np.concatenate([rate[kept], base]),
        np.concatenate([dollars[kept], base_dollars]),
        terms,
    )


def _ordered(row: Ints, term: Ints, value: Floats, rate: Floats, dollars: Floats, terms: Sequence[StackTerm]) -> Filing:
    """Headings row by row, each row in the order of filing."""
    # By what a term is and not by its number, which hangs on the piece that met it first.
    keys = [(t.filing, t.kind == DUTY, t.heading, t.measure, t.start, t.rate) for t in terms]
    rank = np.empty(len(terms) + 1, dtype=np.int64)
    rank[sorted(range(len(terms)), key=keys.__getitem__)] = np.arange(len(terms))
    rank[BASE] = len(terms)
    order = np.lexsort((rank[term], row))
    row = row[order]
    first = np.searchsorted(row, row)
    number = np.arange(row.size) - first + 1
    return Filing(row, number, term[order], value[order], rate[order], dollars[order])
