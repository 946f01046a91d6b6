"""Alike: pairs of a trade that neither law nor draws tell apart, so that each kind is computed once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.law import Space
from detente.trade.flows import Flows, Ints

LARGEST = 2**62
"""Numbers up to this one fit."""

COUNTED = 2**20
"""Numbers below this one are counted in a table, which is quicker than to sort them."""


@dataclass(frozen=True)
class PairKinds:
    """Kinds of pairs: lines of the same atoms and base duties, partners of the same cells.

    Attributes
    ----------
    kind : of each pair, shape (pairs,).
    cells : cell column of goods without and with a claim, each of shape (kinds,).
    row, atom : kind and atom of each row, shape (rows,); `starts` : first row of each kind, shape (kinds,).
    """

    kind: Ints = field(repr=False)
    cells: tuple[Ints, Ints] = field(repr=False)
    row: Ints = field(repr=False)
    atom: Ints = field(repr=False)
    starts: Ints = field(repr=False)


def kinds_of_pairs(space: Space, flows: Flows, columns: Ints, atom_kind: Ints) -> PairKinds:
    """Kinds of the pairs of a trade under a law.

    Parameters
    ----------
    columns : of each partner without and with preference, as of `partner_columns`.
    atom_kind : what else tells atoms apart, such as kinds of their weights, shape (atoms,).
    """
    without, claimed = space.column_of[columns][flows.partner_at].T
    first, kind = kinds(_kinds_of_lines(space, atom_kind)[flows.line_at], without, claimed)
    return PairKinds(kind, (without[first], claimed[first]), *rows_of(space, flows.line_at[first]))


def rows_of(space: Space, line_at: Ints) -> tuple[Ints, Ints, Ints]:
    """One row per pair and atom of its line: pair, atom, and the first row of each pair; `line_at` is of each pair."""
    count = np.bincount(space.atoms.line, minlength=len(space.lines))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    per_pair = count[line_at]
    starts = np.concatenate([[0], np.cumsum(per_pair)[:-1]]).astype(np.int64)
    pair = np.repeat(np.arange(line_at.size), per_pair)
    atom = first[line_at][pair] + np.arange(pair.size) - starts[pair]
    return pair, atom, starts


def _kinds_of_lines(space: Space, atom_kind: Ints) -> Ints:
    """Kind of each line, shape (lines,): lines of a kind have the same base duties and the same atoms.

    The atoms of a line are known by a sum of random words, one for each thing that an atom can be; that two lines have
    one sum by chance is as likely as lines^2 / 2^65, below 1e-10.
    """
    marks = kinds(space.pattern, atom_kind)[1]
    words = np.random.PCG64(0).random_raw(int(marks.max(initial=0)) + 1)
    sums = np.add.reduceat(words[marks], np.searchsorted(space.atoms.line, np.arange(len(space.lines))))
    return kinds(*(np.unique(column, return_inverse=True)[1] for column in (sums, *space.base.values())))[1]


def kinds(*codes: Ints) -> tuple[Ints, Ints]:
    """Kinds of things by some numbers of each, from zero on: a thing of each kind, and the kind of each thing.

    Parameters
    ----------
    codes : of one shape, (things,).

    Returns
    -------
    Shapes (kinds,) and (things,); things of a kind have all numbers in common.
    """
    key, size = np.zeros(codes[0].size, dtype=np.int64), 1
    for code in codes:
        several = int(code.max(initial=0)) + 1
        if size * several > (LARGEST if size > COUNTED else COUNTED):
            key = _numbered(key, size)[1]
            size = int(key.max(initial=0)) + 1
        key, size = key * several + code, size * several
    return _numbered(key, size)


def _numbered(key: Ints, size: int) -> tuple[Ints, Ints]:
    """The first place of each number below `size` that occurs, in their order, and which of them each one is."""
    if size > COUNTED:
        return _sorted(key)
    where = np.full(size, -1, dtype=np.int64)
    # What is assigned last stays, so that from the end on it is the first place.
    where[key[::-1]] = np.arange(key.size - 1, -1, -1)
    there = np.flatnonzero(where >= 0)
    first = where[there]
    where[there] = np.arange(there.size)
    return first, where[key]


def _sorted(key: Ints) -> tuple[Ints, Ints]:
    """The same of any numbers; as `np.unique` does, but for a sort that keeps no order among equals and is quicker."""
    order = np.argsort(key)
    ordered = key[order]
    new = np.ones(key.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    kind = np.empty(key.size, dtype=np.int64)
    kind[order] = np.cumsum(new) - 1
    return np.minimum.reduceat(order, np.flatnonzero(new)), kind
