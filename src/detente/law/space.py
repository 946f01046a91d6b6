"""Space: where the law lives once every line, condition and partner it cannot tell apart is one cell.

Nineteen thousand lines fall into a few thousand patterns, because a measure paints whole prefixes. Each
line is first split into atoms (metal, use, content), each partner into columns (with and without a
preference). Atoms under the same lists, in the same states and the same class of base duty form one
pattern; the law is then evaluated on patterns x columns and broadcast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes.axis import Axis, Floats, Ints, Mask
from detente.codes.errors import InputError
from detente.law.law import Law
from detente.law.measure import PREFERENCE, Goods, Measure, Partners, Period, Shares

#: Condition of a block: for each aspect the numbers of the states it applies in.
States = tuple[tuple[str, tuple[int, ...]], ...]

#: Base-duty column of goods that claim an exemption from the whole base duty.
ZERO = "zero"


@dataclass(frozen=True, slots=True)
class PartnerColumn:
    """A partner's goods with or without a preference, and the column of base duty they fall under."""

    partner: str
    preference: bool
    base: str


@dataclass(frozen=True, slots=True)
class Block:
    """Goods of one measure in one period, with the conditions of both joined."""

    goods: Goods
    mask_id: int
    states: States
    preference: tuple[bool, bool] = (True, True)


@dataclass(frozen=True, slots=True)
class Item:
    """One period of one measure, ready to be painted."""

    measure: Measure
    period: Period
    blocks: tuple[Block, ...]
    partners: tuple[Partners, ...] | None

    @property
    def floor(self) -> float | None:
        """The floor of the total, where the period sets one."""
        rate = self.period.rate
        return rate.value if rate is not None and rate.floor else None


class Painter:
    """Masks of code blocks on one line axis, painted once and kept; threads may share one."""

    def __init__(self, lines: Axis) -> None:
        self.lines = lines
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
        self.masks: dict[int, Mask] = {}
        self.hashes: dict[int, np.uint64] = {}

    def paint(self, goods: Goods) -> int:
        """Number of the mask of a block; `masks[number]` has shape (lines,)."""
        key = (goods.prefixes, goods.excepted)
        number = self._known.get(key)
        if number is None:
            mask, number = goods.lines(self.lines), len(self.masks)
            # Of two threads that want a number at once, one gets it; it is known only once its mask is there.
            while self.masks.setdefault(number, mask) is not mask:
                number += 1
            # From what the block is, not from when it was painted: cells come in one order whatever came before.
            self.hashes[number] = _hash("block", *goods.prefixes, "except", *goods.excepted)
            number = self._known.setdefault(key, number)
        return number


def _hash(*parts: str) -> np.uint64:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


@dataclass(frozen=True)
class Atoms:
    """Lines split by the states of their aspects.

    Attributes
    ----------
    line : position of each atom's line, shape (atoms,), ascending.
    weight : share of the line's value, shape (atoms,); weights of a line sum to one.
    states : aspect id -> state of each atom, shape (atoms,).
    asked : aspect id -> lines on which some measure asks about it, shape (lines,).
    """

    line: Ints
    weight: Floats
    states: Mapping[str, NDArray[np.int8]] = field(repr=False)
    asked: Mapping[str, Mask] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Space:
    """Patterns and columns of a law on a line axis.

    Attributes
    ----------
    law, lines, columns : what was compiled.
    items : one per measure and period.
    base : base-duty column name -> rate, shape (lines,), share of customs value.
    atoms : lines split by state; `pattern` gives each atom's pattern, shape (atoms,).
    first : for each pattern one atom that belongs to it, shape (patterns,).
    column_of : cell column of each entry of `columns`, shape (columns,).
    leader : for each cell column one entry of `columns`, shape (cell columns,).
    """

    law: Law
    lines: Axis
    columns: tuple[PartnerColumn, ...] = field(repr=False)
    items: tuple[Item, ...] = field(repr=False)
    painter: Painter = field(repr=False)
    base: Mapping[str, Floats] = field(repr=False)
    atoms: Atoms = field(repr=False)
    pattern: Ints = field(repr=False)
    first: Ints = field(repr=False)
    column_of: Ints = field(repr=False)
    leader: Ints = field(repr=False)
    floors: tuple[float, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """(patterns, cell columns)."""
        return self.first.size, self.leader.size

    @cached_property
    def pattern_line(self) -> Ints:
        """A line of each pattern, shape (patterns,)."""
        return self.atoms.line[self.first]

    @cached_property
    def cell_columns(self) -> tuple[PartnerColumn, ...]:
        """The column that stands for each cell column."""
        return tuple(self.columns[i] for i in self.leader)

    @cached_property
    def _states(self) -> dict[str, NDArray[np.int8]]:
        return {name: states[self.first] for name, states in self.atoms.states.items()}

    @cached_property
    def _preference(self) -> Mask:
        return np.asarray([column.preference for column in self.cell_columns], dtype=bool)

    @cached_property
    def _partner(self) -> list[str]:
        return [column.partner for column in self.cell_columns]

    def rows_of(self, block: Block) -> Mask:
        """Patterns under a block in its states, shape (patterns,)."""
        return _meets(self._states, block.states, self.painter.masks[block.mask_id][self.pattern_line])

    def columns_of(self, countries: frozenset[str] | None, preference: tuple[bool, bool] = (True, True)) -> Mask:
        """Cell columns of some partners (None = all) in a state of preference, shape (cell columns,)."""
        allowed = np.where(self._preference, preference[1], preference[0])
        if countries is None:
            return allowed
        return allowed & np.asarray([partner in countries for partner in self._partner], dtype=bool)

    @cached_property
    def _classes(self) -> dict[str, NDArray[np.int16]]:
        edges = np.asarray(self.floors)
        names = {column.base for column in self.cell_columns}
        # One for each line under each column: in two bytes, as a calendar holds them for many days.
        return {name: np.searchsorted(edges, self.base[name], side="right").astype(np.int16) for name in names}

    def below(self, floor: float, rows: Ints, cols: Ints) -> Mask:
        """Whether the base duty is under a floor, shape (rows, cols)."""
        limit = self.floors.index(floor)
        lines = self.pattern_line[rows]
        classes = [self._classes[self.cell_columns[c].base][lines] for c in cols]
        return np.stack(classes, axis=1) <= limit if classes else np.zeros((rows.size, 0), dtype=bool)

    def by_line(self, points: Floats, floors: Floats, base: Floats) -> Floats:
        """The duty that atoms owe as means of their lines, shape (lines,), share of customs value.

        Parameters
        ----------
        points, floors : added to each atom, and floors counted on it; base : its base duty; each of shape (atoms,).
        """
        duty = points - floors * base if floors.any() else points
        starts = np.searchsorted(self.atoms.line, np.arange(len(self.lines)))
        return np.add.reduceat(duty * self.atoms.weight, starts)


def build_items(law: Law, painter: Painter) -> tuple[Item, ...]:
    """One item for each period of each measure, its goods painted."""
    items: list[Item] = []
    for measure in law.measures:
        for period in measure.periods:
            blocks = tuple(_block(law, painter, goods, period, measure) for goods in measure.goods)
            partners = period.partners if period.partners is not None else measure.partners
            items.append(Item(measure, period, blocks, partners))
    return tuple(items)


def _block(law: Law, painter: Painter, goods: Goods, period: Period, measure: Measure) -> Block:
    states: dict[str, tuple[int, ...]] = {}
    preference = (True, True)
    for aspect, names in (*goods.where, *period.where):
        if aspect not in law.aspects:
            raise InputError(measure.source, f"condition '{aspect}' of '{measure.id}' is not an aspect of goods")
        numbers = tuple(sorted(law.aspects[aspect].state(name, measure.source) for name in names))
        if aspect == PREFERENCE:
            preference = (preference[0] and 0 in numbers, preference[1] and 1 in numbers)
        else:
            states[aspect] = tuple(n for n in numbers if n in states.get(aspect, numbers))
    return Block(goods, painter.paint(goods), tuple(sorted(states.items())), preference)


def build_space(
    law: Law,
    lines: Axis,
    columns: Sequence[PartnerColumn],
    shares: Shares,
    base: Mapping[str, Floats],
    painter: Painter | None = None,
    *,
    keep_states: bool = False,
) -> Space:
    """Compile a law on a line axis for some partner columns.

    Parameters
    ----------
    columns : one entry per partner and state of preference.
    shares : share of each state of each aspect by line.
    base : base-duty column name -> rate by line, shape (lines,), share.
    painter : masks kept from an earlier law on the same axis; makes a what-if cheap.
    keep_states : keep atoms without weight, so that shares can be drawn on the same patterns.
    """
    brush = painter if painter is not None and painter.lines is lines else Painter(lines)
    items = build_items(law, brush)
    floors = tuple(sorted({item.floor for item in items if item.floor is not None}))
    atoms = split_lines(law, lines, items, brush, shares, keep_states)
    names = {column.base for column in columns}
    key = _pattern_keys(brush, items, atoms, floors, {name: base[name] for name in names})
    _, first, pattern = np.unique(key, return_index=True, return_inverse=True)
    leader, column_of = _merge_columns(items, columns)
    return Space(law, lines, tuple(columns), items, brush, dict(base), atoms, pattern, first, column_of, leader, floors)


def refit(space: Space, law: Law) -> Space | None:
    """The space under another law, if its cells are fine enough for it; None if it must be compiled anew.

    A reform that ends, voids or re-rates measures draws no new line between goods or partners, so patterns,
    columns and everything laid on them can stay.
    """
    items = build_items(law, space.painter)
    if not _reaches(items) <= _reaches(space.items):
        return None
    if not {item.floor for item in items} <= {None, *space.floors}:
        return None
    conditions = _asked(items, space.painter, len(space.lines))
    conditional = space.atoms.asked
    if any(name not in conditional or (mask & ~conditional[name]).any() for name, mask in conditions.items()):
        return None
    # Whether every partner scope and rate table treats the columns of each cell column alike.
    marks = _marks(items, [column.partner for column in space.columns])
    leaders = space.leader[space.column_of].tolist()
    alike = all(mark[i] == mark[leader] for mark in marks for i, leader in enumerate(leaders))
    return replace(space, law=law, items=items) if alike else None


def split_lines(
    law: Law, lines: Axis, items: Iterable[Item], painter: Painter, shares: Shares, keep_states: bool = False
) -> Atoms:
    """Split each line by the aspects that some measure asks about on it."""
    line = np.arange(len(lines), dtype=np.int64)
    weight = np.ones(line.size)
    states: dict[str, NDArray[np.int8]] = {}
    wanted = _asked(items, painter, len(lines))
    for aspect, mask in wanted.items():
        share = shares.by_aspect.get(aspect)
        if share is None:
            share = np.zeros((len(law.aspects[aspect].states) - 1, len(lines)))
        kept = mask if keep_states else np.zeros_like(mask)
        line, weight, states = _split(aspect, np.where(mask, share, 0.0), kept, line, weight, states)
    order = np.argsort(line, kind="stable")
    return Atoms(line[order], weight[order], {name: value[order] for name, value in states.items()}, wanted)


def _asked(items: Iterable[Item], painter: Painter, n: int) -> dict[str, Mask]:
    """Aspect -> lines on which some block has a condition on it."""
    masks: dict[str, set[int]] = {}
    for item in items:
        for block in item.blocks:
            for aspect, _ in block.states:
                masks.setdefault(aspect, set()).add(block.mask_id)
    conditions: dict[str, Mask] = {}
    for aspect in sorted(masks):
        mask = np.zeros(n, dtype=bool)
        for number in masks[aspect]:
            mask |= painter.masks[number]
        conditions[aspect] = mask
    return conditions


def _split(
    aspect: str, share: Floats, kept: Mask, line: Ints, weight: Floats, states: dict[str, NDArray[np.int8]]
) -> tuple[Ints, Floats, dict[str, NDArray[np.int8]]]:
    """Multiply the atoms by the states of one more aspect; parts without weight are dropped."""
    parts = [1.0 - share.sum(axis=0)[line], *(row[line] for row in share)]
    rows = [np.flatnonzero((part > 1e-12) | kept[line]) for part in parts]
    take = np.concatenate(rows)
    state = np.repeat(np.arange(len(parts), dtype=np.int8), [r.size for r in rows])
    weights = np.concatenate([weight[r] * part[r] for r, part in zip(rows, parts, strict=True)])
    grown = {name: value[take] for name, value in states.items()}
    grown[aspect] = state
    return line[take], weights, grown


def _pattern_keys(
    painter: Painter, items: Iterable[Item], atoms: Atoms, floors: tuple[float, ...], base: Mapping[str, Floats]
) -> NDArray[np.uint64]:
    """A 64-bit key per atom: equal keys mean that no measure tells the atoms apart.

    Keys are XORs of hashes of the blocks that reach the atom; two different sets collide with a chance of
    about patterns^2 / 2^65, below 1e-12. A block under a condition that no atom of a line meets leaves the
    line where it is.
    """
    reaches = _reaches(items)
    key = np.zeros(len(painter.lines), dtype=np.uint64)
    for number in sorted(number for number, states in reaches if not states):
        key ^= np.where(painter.masks[number], painter.hashes[number], np.uint64(0))
    for name in sorted(base):
        classes = np.searchsorted(np.asarray(floors), base[name], side="right")
        codes = np.asarray([_hash("base", name, str(c)) for c in range(len(floors) + 1)], dtype=np.uint64)
        key ^= codes[classes]
    atom_key = key[atoms.line]
    conditions = {
        states: np.flatnonzero(_meets(atoms.states, states, np.ones(atoms.line.size, dtype=bool)))
        for _, states in reaches
        if states
    }
    for number, states in sorted(reach for reach in reaches if reach[1]):
        places = conditions[states]
        places = places[painter.masks[number][atoms.line[places]]]
        atom_key[places] ^= _hash("reach", str(painter.hashes[number]), repr(states))
    return atom_key


def _reaches(items: Iterable[Item]) -> set[tuple[int, States]]:
    """What blocks reach: mask and condition, each pair once."""
    return {(block.mask_id, block.states) for item in items for block in item.blocks}


def _meets(states: Mapping[str, NDArray[np.int8]], condition: States, mask: Mask) -> Mask:
    """The part of a mask that meets a condition, by the state of each place in it."""
    for aspect, numbers in condition:
        have = states.get(aspect)
        if have is None:
            mask = mask & np.bool_(0 in numbers)
        else:  # quicker than `np.isin` on a few
            mask = mask & np.logical_or.reduce([have == number for number in numbers])
    return mask


def _merge_columns(items: Iterable[Item], columns: Sequence[PartnerColumn]) -> tuple[Ints, Ints]:
    """Columns whose partners no measure tells apart share a cell column."""
    partners = list(dict.fromkeys(column.partner for column in columns))
    marks = dict(zip(partners, zip(*_marks(items, partners), strict=True), strict=False))
    cells = [(marks.get(column.partner), column.preference, column.base) for column in columns]
    leader = {cell: i for i, cell in reversed(list(enumerate(cells)))}
    number = {cell: n for n, cell in enumerate(dict.fromkeys(cells))}
    leaders = [leader[cell] for cell in number]
    return np.asarray(leaders, dtype=np.int64), np.asarray([number[cell] for cell in cells], dtype=np.int64)


def _marks(items: Iterable[Item], partners: Sequence[str]) -> list[list[object]]:
    """What every partner scope and rate table says of some partners, a list each."""
    rows = tuple(items)
    scopes = {scope.countries for item in rows for scope in item.partners or ()}
    rates = (item.period.rate.by_partner for item in rows if item.period.rate is not None)
    marks: list[list[object]] = [[partner in countries for partner in partners] for countries in scopes]
    return marks + [[rate.get(partner) for partner in partners] for rate in rates if rate]
