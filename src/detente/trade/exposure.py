"""Exposure: the value traded on every cell of a law, so that an average is one product of small arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from detente.codes import InputError
from detente.law import Law, Schedule, Space, refit
from detente.law.resolve import Painted
from detente.trade.flows import Floats, Flows, Ints


@dataclass(frozen=True)
class Exposure:
    """Flows laid on the cells of a space.

    Attributes
    ----------
    columns : position in `space.columns` of each partner without and with preference, shape (partners, 2).
    value, base_value : value, and value times base duty, by cell, USD, shape (patterns, cell columns).
    """

    space: Space
    flows: Flows
    columns: Ints = field(repr=False)
    value: Floats = field(repr=False)
    base_value: Floats = field(repr=False)
    base_duty: float

    def under(self, law: Law) -> Exposure | None:
        """The same trade under another law, if the cells are fine enough for it."""
        space = refit(self.space, law)
        return None if space is None else replace(self, space=space)

    @property
    def total(self) -> float:
        """Total value, USD."""
        return self.flows.total

    @cached_property
    def pair_base(self) -> Floats:
        """Base duty of each pair over its claiming and other goods, shape (pairs,), share."""
        return _pair_base(self.space, self.flows, self.columns)

    @cached_property
    def _rows(self) -> tuple[Ints, Ints, Ints]:
        """Pair and atom of each row, and the first row of each pair."""
        return rows_of(self.space, self.flows.line_at)

    def duty_of(self, painted: Painted) -> float:
        """Duty owed under one painted measure, USD."""
        block = np.ix_(painted.rows, painted.cols)
        owed = float(((self.value[block] * painted.owed) @ painted.rate).sum())
        if painted.floor:
            owed -= float((self.base_value[block] * painted.owed).sum())
        return owed

    def pair_rates(self, schedule: Schedule, authority: str | None = None) -> Floats:
        """Additional duty of each pair under one authority (None = all), shape (pairs,), share."""
        points, floors = schedule.coefficients(authority)
        total = np.zeros(self.flows.value.size)
        for preference in (0, 1):
            weight = self.flows.claim if preference else 1.0 - self.flows.claim
            if preference and not weight.any():
                continue
            total += weight * self._side(points, floors, preference)
        return total

    def _side(self, points: Floats, floors: Floats, preference: int) -> Floats:
        atom, starts = self._rows[1:]
        cells = self._cells[preference]
        duty = points.take(cells)
        if floors.any():
            base = base_at(self.space, cells % self.space.shape[1], self.space.atoms.line[atom])
            duty = duty - floors.take(cells) * base
        return np.add.reduceat(duty * self._weight, starts)

    @cached_property
    def _cells(self) -> tuple[Ints, Ints]:
        """Place of each row in the cells laid end to end, without and with preference: one look-up a rate."""
        pair, atom, _ = self._rows
        columns = self.space.column_of[self.columns][self.flows.partner_at]
        first = self.space.pattern[atom] * self.space.shape[1]
        return first + columns[pair, 0], first + columns[pair, 1]

    @cached_property
    def _weight(self) -> Floats:
        """Share of each row in the value of its line."""
        return self.space.atoms.weight[self._rows[1]]


def partner_columns(space: Space, flows: Flows, stands_for: Mapping[str, str] | None = None) -> Ints:
    """Columns of each partner of the flows without and with preference, shape (partners, 2).

    `stands_for` names the partner whose law a block follows (EUU -> DEU).
    """
    where = {(c.partner, c.preference): i for i, c in enumerate(space.columns)}
    columns = np.empty((len(flows.partners), 2), dtype=np.int64)
    for i, partner in enumerate(flows.partners):
        code = (stands_for or {}).get(partner, partner)
        if (code, False) not in where:
            raise InputError("", f"the schedule has no column for partner {code}", "compile the law for its partners")
        columns[i] = where[(code, False)], where[(code, True)]
    return columns


def expose(space: Space, flows: Flows, stands_for: Mapping[str, str] | None = None) -> Exposure:
    """Lay flows on the cells of a space."""
    if flows.lines is not space.lines and not np.array_equal(flows.lines.codes, space.lines.codes):
        raise InputError(flows.source, "flows and law have different line axes", "build both on the same lines")
    columns = partner_columns(space, flows, stands_for)
    value, base_value = np.zeros(space.shape), np.zeros(space.shape)
    pair, atom, _ = rows_of(space, flows.line_at)
    base_duty = 0.0
    n_rows, n_cols = space.shape
    for preference in (0, 1):
        share = flows.claim if preference else 1.0 - flows.claim
        if preference and not share.any():
            continue
        cell = space.column_of[columns[:, preference]][flows.partner_at]
        worth = (flows.value * share)[pair] * space.atoms.weight[atom]
        duty = worth * base_at(space, cell[pair], space.atoms.line[atom])
        key = space.pattern[atom] * n_cols + cell[pair]
        value += np.bincount(key, worth, minlength=n_rows * n_cols).reshape(space.shape)
        base_value += np.bincount(key, duty, minlength=n_rows * n_cols).reshape(space.shape)
        base_duty += float(duty.sum())
    return Exposure(space, flows, columns, value, base_value, base_duty)


def rows_of(space: Space, line_at: Ints) -> tuple[Ints, Ints, Ints]:
    """One row per pair and atom of its line: pair, atom, and the first row of each pair; `line_at` is of each pair."""
    count = np.bincount(space.atoms.line, minlength=len(space.lines))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    per_pair = count[line_at]
    starts = np.concatenate([[0], np.cumsum(per_pair)[:-1]]).astype(np.int64)
    pair = np.repeat(np.arange(line_at.size), per_pair)
    atom = first[line_at][pair] + np.arange(pair.size) - starts[pair]
    return pair, atom, starts


def base_at(space: Space, cell: Ints, line: Ints) -> Floats:
    """Base duty by cell column and line, one number for each pair of them, share."""
    names = list(space.base)
    column = np.asarray([names.index(each.base) for each in space.cell_columns])
    return np.stack(list(space.base.values()))[column[cell], line]


def _pair_base(space: Space, flows: Flows, columns: Ints) -> Floats:
    cells = space.column_of[columns][flows.partner_at].T
    plain, claimed = (base_at(space, cell, flows.line_at) for cell in cells)
    return (1.0 - flows.claim) * plain + flows.claim * claimed
