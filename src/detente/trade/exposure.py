"""Exposure: the value traded on every cell of a law, so that an average is one product of small arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from detente.codes import InputError
from detente.law import Law, Schedule, Space, refit
from detente.law.schedule import Painted
from detente.trade.flows import Floats, Flows, Ints, PairKinds, kinds_of_pairs, rows_of


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
    _alike: Exposure | None = field(repr=False, compare=False, default=None)

    def under(self, law: Law) -> Exposure | None:
        """The same trade under another law, if the cells are fine enough for it."""
        space = refit(self.space, law)
        return None if space is None else replace(self, space=space, _alike=None)

    def like(self, other: Exposure) -> Exposure:
        """The exposure with all that claims do not move shared with another of the same trade and cells."""
        return replace(self, space=other.space, _alike=other)

    def with_more(self, other: Exposure, flows: Flows) -> Exposure:
        """The exposure of flows that are those of this one and those of another, on the same cells."""
        value, base_value = self.value + other.value, self.base_value + other.base_value
        base_duty = self.base_duty + other.base_duty
        return replace(self, flows=flows, value=value, base_value=base_value, base_duty=base_duty)

    @property
    def total(self) -> float:
        """Total value, USD."""
        return self.flows.total

    @cached_property
    def _kinds(self) -> PairKinds:
        """Pairs that no duty tells apart but by what they claim."""
        if self._alike is not None:
            return self._alike._kinds
        weight = np.unique(self.space.atoms.weight, return_inverse=True)[1]
        return kinds_of_pairs(self.space, self.flows, self.columns, weight)

    @cached_property
    def pair_base(self) -> Floats:
        """Base duty of each pair over its claiming and other goods, shape (pairs,), share."""
        kinds, claim = self._kinds, self.flows.claim
        line = self.space.atoms.line[kinds.atom[kinds.starts]]
        plain, claimed = (base_at(self.space, cell, line)[kinds.kind] for cell in kinds.cells)
        return (1.0 - claim) * plain + claim * claimed

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
            total += weight * self._side(points, floors, preference)[self._kinds.kind]
        return total

    def pair_sides(self, schedule: Schedule) -> tuple[Floats, Floats]:
        """Whole duty of each pair on goods without and with a claim, shape (pairs,), share.

        The duty of the pair lies between them by the share that claims; see `pair_rates`.
        """
        kinds = self._kinds
        points, floors = schedule.coefficients(None)
        line = self.space.atoms.line[kinds.atom[kinds.starts]]
        plain, claimed = (
            (base_at(self.space, kinds.cells[preference], line) + self._side(points, floors, preference))[kinds.kind]
            for preference in (0, 1)
        )
        return plain, claimed

    def preference(self, schedule: Schedule) -> Floats:
        """What a claim changes in the whole duty of each pair, shape (pairs,), share of what claims."""
        plain, claimed = self.pair_sides(schedule)
        return claimed - plain

    def _side(self, points: Floats, floors: Floats, preference: int) -> Floats:
        """Duty of each kind of pairs on goods without or with a claim, shape (kinds,), share."""
        place, base = self._rows[preference]
        duty = points.take(place)
        if floors.any():
            duty = duty - floors.take(place) * base
        kinds = self._kinds
        return np.add.reduceat(duty * self.space.atoms.weight[kinds.atom], kinds.starts)

    @cached_property
    def _rows(self) -> tuple[tuple[Ints, Floats], ...]:
        """Of each row of the kinds, without and with preference: its place in the cells laid end to end, base duty."""
        if self._alike is not None:
            return self._alike._rows
        space, kinds = self.space, self._kinds
        cells = [cell[kinds.row] for cell in kinds.cells]
        first, line = space.pattern[kinds.atom] * space.shape[1], space.atoms.line[kinds.atom]
        return tuple((first + cell, base_at(space, cell, line)) for cell in cells)


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


def base_at(space: Space, cell: Ints, line: Ints) -> Floats:
    """Base duty by cell column and line, one number for each pair of them, share."""
    names = list(space.base)
    column = np.asarray([names.index(each.base) for each in space.cell_columns])
    return np.stack(list(space.base.values()))[column[cell], line]
