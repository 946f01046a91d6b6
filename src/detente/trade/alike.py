"""Alike: pairs of a trade that neither law nor draws tell apart, so that each kind is computed once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.law import Space
from detente.trade.exposure import rows_of
from detente.trade.flows import Flows, Ints

LARGEST = 2**62
"""Numbers up to this one fit."""


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
        if size * several > LARGEST:
            key = np.unique(key, return_inverse=True)[1]
            size = int(key.max(initial=0)) + 1
        key, size = key * several + code, size * several
    _, first, kind = np.unique(key, return_index=True, return_inverse=True)
    return first, kind
