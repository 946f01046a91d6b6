"""Exposure: the value traded on every cell of a law, so that an average is one product of small arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.draws import swing, widest
from detente.law import Law, Schedule, Shares, Space, refit
from detente.law.schedule import Painted
from detente.law.space import Atoms
from detente.trade.flows import Floats, Flows, Ints, PairKinds, kinds, kinds_of_pairs, rows_of


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


# --- ranges: what the shares nobody observes do to an average --------------------------------------------------------
# On one day the duty on an atom of a line is fixed by law, so the average is linear in the weights of the
# atoms. It is computed once per atom; a thousand draws of the shares are then dot products.


CLAIMS, ELASTICITY = "preference claims", "import-demand elasticity"


@dataclass(frozen=True)
class BoundedShare:
    """A share with its bounds, on every line.

    Attributes
    ----------
    default, low, high : share of every state but the first, each of shape (states - 1, lines).
    """

    default: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)

    def at(self, t: Floats) -> Floats:
        """Share at some t in [-1, 1]: low bound at -1, default at 0, high bound at 1; shape (states - 1, lines, ts)."""
        default, low, high = (ends[:, :, None] for ends in (self.default, self.low, self.high))
        return default + np.where(t > 0, t * (high - default), t * (default - low))

    def distinct(self, lines: NDArray[np.bool_]) -> tuple[Ints, BoundedShare]:
        """The share on some lines, each distinct column once, and the column of each line or -1, shape (lines,)."""
        ends = np.concatenate([self.default, self.low, self.high])[:, lines]
        column = np.full(lines.size, -1)
        if ends.size and (ends == ends[:, :1]).all():
            column[lines] = 0
            return column, BoundedShare(*np.split(ends[:, :1], 3))
        columns, own = np.unique(ends, axis=1, return_inverse=True)
        column[lines] = own.reshape(-1)
        return column, BoundedShare(*np.split(columns, 3))


@dataclass(frozen=True, slots=True)
class AverageRange:
    """An average with its range.

    Attributes
    ----------
    value : at the default shares; low, high : 5th and 95th percentile of joint draws.
    swings : input -> (average at its low bound, at its high bound), the others at their defaults.
    """

    value: float
    low: float
    high: float
    swings: Mapping[str, tuple[float, float]]
    draws: int
    seed: int

    @property
    def movers(self) -> list[str]:
        """The two inputs that move the average most."""
        return widest(self.value, self.swings)

    def moved_by(self, name: str) -> bool:
        """Whether an input alone moves the average by more than rounding."""
        return bool(swing((self.value, *self.swings[name])))


@dataclass(frozen=True)
class AtomWeights:
    """Weights of kinds of atoms as a function of where the shares lie; atoms of a kind weigh the same in every draw.

    Attributes
    ----------
    n : number of kinds.
    places : aspect -> state of each kind and column of its share, -1 where it is not asked about, both of shape (n,).
    shares : aspect -> the share, each distinct column once.
    """

    n: int
    places: Mapping[str, tuple[Ints, Ints]] = field(repr=False)
    shares: Mapping[str, BoundedShare] = field(repr=False)

    @classmethod
    def of(cls, atoms: Atoms, shares: Mapping[str, BoundedShare]) -> tuple[AtomWeights, Ints]:
        """Weights of the kinds of some atoms, and the kind of each atom, shape (atoms,)."""
        few = {name: shares[name].distinct(atoms.asked[name]) for name in atoms.states}
        places = {name: (states.astype(np.int64), few[name][0][atoms.line]) for name, states in atoms.states.items()}
        codes = [code for state, column in places.values() for code in (state, column + 1)]
        first, kind = kinds(np.zeros_like(atoms.line), *codes)
        every = cls(kind.size, places, {name: share for name, (_, share) in few.items()})
        return every.take(first), kind

    def take(self, some: Ints) -> AtomWeights:
        """Weights of some kinds alone, in that order."""
        places = {name: (state[some], column[some]) for name, (state, column) in self.places.items()}
        used = {name: place for name, place in places.items() if (place[1] >= 0).any()}
        return AtomWeights(some.size, used, self.shares)

    @property
    def inputs(self) -> list[str]:
        """Aspects that move some weight: the bounds of the share differ."""
        return [
            name
            for name, (_, column) in self.places.items()
            if (self.shares[name].low != self.shares[name].high)[:, column[column >= 0]].any()
        ]

    def at(self, positions: Sequence[Mapping[str, float]]) -> Floats:
        """Weight of each kind by position, shape (n, positions).

        Parameters
        ----------
        positions : aspect -> where its share lies, from -1 to 1; 0 for what is left out.
        """
        weight = np.ones((self.n, len(positions)))
        for name, (state, column) in self.places.items():
            share = self.shares[name].at(np.asarray([position.get(name, 0.0) for position in positions]))
            full = np.ones((share.shape[0] + 1, share.shape[1] + 1, len(positions)))
            full[:, :-1] = np.concatenate([1.0 - share.sum(axis=0, keepdims=True), share])
            weight *= full[state, column]
        return weight


def bounded(default: Shares, low: Shares, high: Shares) -> dict[str, BoundedShare]:
    """Shares with their bounds, by aspect."""
    ends = low.by_aspect, high.by_aspect
    return {name: BoundedShare(share, *(end[name] for end in ends)) for name, share in default.by_aspect.items()}
