"""Schedule: the law on one date, as coefficients on cells and rates on lines and partners.

Measures are taken in an order in which whoever takes another's place comes first. Each paints a block
(rows = patterns, cols = cell columns); what another measure displaces is cut out of it. Blocks are kept
under a key of everything they depend on, so a day on which little changes costs little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import numpy as np

from detente.codes.errors import LawError, UnknownName
from detente.codes.names import Readable
from detente.law.law import Law, Reading
from detente.law.measure import PAINTED, Displacement, Goods, MeasureKind, Period, Status, When, partners_on
from detente.law.space import Block, Floats, Ints, Item, Mask, Space


@dataclass(frozen=True, eq=False)
class Painted:
    """One measure on one date.

    Attributes
    ----------
    rows, cols : patterns and cell columns of the block.
    applies : where the measure's own scope holds, shape (rows, cols).
    owed : where it is left after stacking and owes more than zero, shape (rows, cols).
    rate : share of customs value by column, shape (cols,); for a floor the floor.
    displaced : ids of measures that took its place -> where, shape (rows, cols).
    key : everything the block depends on.
    scope : what rows, cols and `applies` depend on.
    shape : (patterns, cell columns) of the space.
    """

    item: Item
    rows: Ints
    cols: Ints
    applies: Mask
    owed: Mask
    rate: Floats
    floor: bool
    key: int
    scope: int
    shape: tuple[int, int]
    displaced: Mapping[str, Mask] = field(default_factory=dict)

    @cached_property
    def row_at(self) -> Ints:
        """Row of the block for each pattern, -1 outside it, shape (patterns,)."""
        return _places(self.rows, self.shape[0])

    @cached_property
    def col_at(self) -> Ints:
        """Column of the block for each cell column, -1 outside it, shape (cell columns,)."""
        return _places(self.cols, self.shape[1])


@dataclass(frozen=True, slots=True)
class Overlap:
    """Where two blocks meet: columns of the one that is cut, and the common part as an index of it and of the other."""

    cols: Ints
    part: tuple[Ints | slice, Ints | slice]
    source: tuple[Ints | slice, Ints | slice]


_NOWHERE: Ints = np.zeros(0, dtype=np.int64)


def _places(chosen: Ints, n: int) -> Ints:
    places = np.full(n, -1, dtype=np.int64)
    places[chosen] = np.arange(chosen.size)
    return places


def _index(rows: Ints, cols: Ints, shape: tuple[int, int]) -> tuple[Ints | slice, Ints | slice]:
    """Rows and columns of a block as an index; all of them as a slice, which is quicker.

    They stand in the order of the block, so as many as it has are all of them.
    """
    if cols.size == shape[1]:
        return slice(None) if rows.size == shape[0] else rows, slice(None)
    return (slice(None), cols) if rows.size == shape[0] else (rows[:, None], cols)


class Resolver:
    """Resolves a law on a space date by date, keeping what does not change.

    With `lean` only the blocks of the last day are kept, for who takes many days in order.
    """

    def __init__(
        self, space: Space, reading: Reading = Reading.EFFECTIVE, *, record: bool = False, lean: bool = False
    ) -> None:
        self.space, self.reading, self.record, self.lean = space, reading, record, lean
        self._rows: dict[int, Mask] = {}
        self._cols: dict[object, Mask] = {}
        self._scoped: dict[int, tuple[Ints, Ints, Mask, Floats]] = {}
        self._kept: dict[int, Painted] = {}
        self._overlaps: dict[tuple[int, int], Overlap | None] = {}
        self._by_of = space.law.displacers

    def on(self, day: date) -> list[Painted]:
        """Every measure in force on the day, painted, in order of displacement."""
        active = self._active(day)
        by_measure: dict[str, list[Painted]] = {}
        fresh: dict[int, Painted] = {}
        for name in self._order(active, day):
            for item in active[name]:
                painted = self._paint(item, day, by_measure)
                fresh[painted.key] = painted
                by_measure.setdefault(name, []).append(painted)
            if len(active[name]) > 1:
                _refuse_overlap(by_measure[name], self.space)
        self._kept = fresh if self.lean else self._kept | fresh
        return [painted for several in by_measure.values() for painted in several]

    def _active(self, day: date) -> dict[str, list[Item]]:
        void = self.space.law.voided if self.reading is Reading.RULED else frozenset()
        active: dict[str, list[Item]] = {}
        for item in self.space.items:
            m = item.measure
            law = m.status is Status.IN_FORCE and m.kind in PAINTED and m.id not in void
            if law and self._stands(item.period, day):
                active.setdefault(m.id, []).append(item)
        return active

    def _stands(self, part: Period | Goods | Displacement, day: date) -> bool:
        """Whether it is in force on the day, and known by then where texts are what counts."""
        if not part.start <= day <= part.end:
            return False
        return self.reading is not Reading.PUBLISHED or part.published is None or part.published <= day

    def _order(self, active: Mapping[str, list[Item]], day: date) -> list[str]:
        # Dictionaries keep their order where sets would follow the hash seed: every run lists terms alike.
        graph: dict[str, dict[str, None]] = {name: {} for name in active}
        for name in active:
            for rule, by in self._by_of.get(name, ()):
                if by in graph and self._stands(rule, day):
                    graph[name][by] = None
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            names = error.args[1]
            pairs = ((rule, of, other) for of in names for rule, other in self._by_of.get(of, ()))
            rules = [rule for rule, of, by in pairs if (by, of) in set(pairwise(names))]
            where = ", ".join(dict.fromkeys(rule.source for rule in rules if rule.source)) or "stacking"
            what = f"on {day} measures displace one another in a circle: {' > '.join(names)}"
            raise LawError(where, what, "leave out one of the rules, or give it days") from None

    def _paint(self, item: Item, day: date, done: Mapping[str, list[Painted]]) -> Painted:
        scope_key, (rows, cols, applies, rate) = self._scope(item, day)
        rules = self._by_of.get(item.measure.id, ()) if applies.size else ()
        cuts = [
            (rule, painted, met)
            for rule, by in rules
            if self._stands(rule, day)
            for painted in done.get(by, ())
            if (met := self._overlap(scope_key, rows, cols, painted))
        ]
        key = hash((scope_key, tuple((rule.id, rule.when, by.key) for rule, by, _ in cuts)))
        if key in self._kept:
            return self._kept[key]
        owed, displaced = applies.copy(), {}
        for rule, by, met in cuts:
            cut = self._cut(rule, by, met, cols, day) & applies[met.part]
            if not cut.any():
                continue
            if self.record:
                displaced.setdefault(by.item.measure.id, np.zeros_like(applies))[met.part] |= cut
            owed[met.part] &= ~cut
        floor = item.period.rate is not None and item.period.rate.floor
        if floor and item.period.rate and item.period.rate.value is not None:
            owed &= self.space.below(item.period.rate.value, rows, cols)
        else:
            owed &= (rate != 0.0)[None, :]
        return Painted(item, rows, cols, applies, owed, rate, floor, key, scope_key, self.space.shape, displaced)

    def _scope(self, item: Item, day: date) -> tuple[int, tuple[Ints, Ints, Mask, Floats]]:
        blocks = tuple(i for i, block in enumerate(item.blocks) if self._stands(block.goods, day))
        open_partners = None
        if item.partners is not None:
            open_partners = partners_on(item.partners, day)
        key = hash((id(item), blocks, open_partners))
        if key not in self._scoped:
            self._scoped[key] = self._paint_scope(item, blocks, open_partners)
        return key, self._scoped[key]

    def _paint_scope(
        self, item: Item, blocks: Iterable[int], countries: frozenset[str] | None
    ) -> tuple[Ints, Ints, Mask, Floats]:
        n_rows, n_cols = self.space.shape
        chosen = [item.blocks[i] for i in blocks]
        for block in chosen:
            if id(block) not in self._rows:
                self._rows[id(block)] = self.space.rows_of(block)
        outers = [(self._rows[id(block)], self._columns(countries, block)) for block in chosen]
        rate = _column_rates(item, self.space)
        if not any(row_mask.any() for row_mask, _ in outers):  # Most measures leave a single line alone.
            return _NOWHERE, _NOWHERE, np.zeros((0, 0), dtype=bool), rate[:0]
        covered = ~np.isnan(rate)
        any_rows, any_cols = np.zeros(n_rows, dtype=bool), np.zeros(n_cols, dtype=bool)
        for row_mask, col_mask in outers:
            any_rows |= row_mask
            any_cols |= col_mask & covered
        rows, cols = np.flatnonzero(any_rows), np.flatnonzero(any_cols)
        applies = np.zeros((rows.size, cols.size), dtype=bool)
        for row_mask, col_mask in outers:
            applies |= row_mask[rows][:, None] & col_mask[cols][None, :]
        return rows, cols, applies, rate[cols]

    def _columns(self, countries: frozenset[str] | None, block: Block) -> Mask:
        key = (countries, block.preference)
        if key not in self._cols:
            self._cols[key] = self.space.columns_of(countries, block.preference)
        return self._cols[key]

    def _overlap(self, scope: int, rows: Ints, cols: Ints, by: Painted) -> Overlap | None:
        """Where a block with these rows and cols meets another; None if nowhere. Kept, as scopes seldom change."""
        key = (scope, by.scope)
        if key not in self._overlaps:
            from_rows, from_cols = by.row_at[rows], by.col_at[cols]
            at_rows, at_cols = np.flatnonzero(from_rows >= 0), np.flatnonzero(from_cols >= 0)
            part = _index(at_rows, at_cols, (rows.size, cols.size))
            source = _index(from_rows[at_rows], from_cols[at_cols], by.applies.shape)
            self._overlaps[key] = Overlap(at_cols, part, source) if at_rows.size and at_cols.size else None
        return self._overlaps[key]

    def _cut(self, rule: Displacement, by: Painted, met: Overlap, cols: Ints, day: date) -> Mask:
        """Where in the common part of two blocks the other takes the place of the first."""
        source = by.owed if rule.when is When.OWED else by.applies
        cut = source[met.source]
        if rule.partners is not None:
            cut = cut & self.space.columns_of(partners_on(rule.partners, day))[cols[met.cols]][None, :]
        return cut


def _column_rates(item: Item, space: Space) -> Floats:
    """Rate by cell column, NaN where the period names no rate for the partner; exemptions carry 0."""
    rate = item.period.rate
    if rate is None:
        return np.zeros(space.shape[1])
    if rate.by_partner:
        return np.asarray([rate.by_partner.get(c.partner, np.nan) for c in space.cell_columns])
    return np.full(space.shape[1], 0.0 if rate.value is None else rate.value)


def _refuse_overlap(several: list[Painted], space: Space) -> None:
    """Two periods of one measure on the same goods, partner and day contradict each other."""
    seen = np.zeros(space.shape, dtype=bool)
    for painted in several:
        part = seen[np.ix_(painted.rows, painted.cols)]
        if (part & painted.applies).any():
            m = painted.item.measure
            raise LawError(
                m.source,
                f"periods of '{m.id}' overlap from {painted.item.period.start}",
                "end one before the other begins, or give them different goods or partners",
            )
        seen[np.ix_(painted.rows, painted.cols)] = part | painted.applies


@dataclass(frozen=True, slots=True, repr=False)
class DutyTerm(Readable):
    """One measure's part in the duty on one line from one partner.

    Attributes
    ----------
    rate : share of the value it falls on (for a floor: what is missing to the floor).
    share : share of the line's value it falls on after stacking.
    displaced_by : ids of measures that took its place -> share of value.
    floor : the floor of the total, where the measure is one.
    """

    measure: str
    authority: str
    title: str
    rate: float
    share: float
    citation: str
    instrument: str
    heading: str
    start: date
    end: date
    displaced_by: dict[str, float]
    floor: float | None = None
    note: str = ""

    @property
    def entire(self) -> bool:
        """Whether it falls on the whole value."""
        return self.share > 1.0 - 1e-9

    @property
    def points(self) -> float:
        """What the measure adds to the duty, share of customs value."""
        return self.rate * self.share


@dataclass(frozen=True, repr=False)
class Ladder(Readable):
    """The duty on one line from one partner on one date, rung by rung.

    Attributes
    ----------
    base : base duty, share of customs value.
    terms : duties that apply or were displaced, in order of authority.
    bans : acts under which some of the goods may not be imported; `share` says how much of them.
    total : base plus what each term adds, were the goods let in.
    """

    line: str
    partner: str
    on: date
    base: float
    terms: tuple[DutyTerm, ...]
    bans: tuple[DutyTerm, ...] = ()

    @property
    def total(self) -> float:
        """Duty as a share of customs value."""
        return self.base + sum(term.points for term in self.terms)

    def by_authority(self) -> dict[str, float]:
        """Points added under each authority."""
        points: dict[str, float] = {}
        for term in self.terms:
            points[term.authority] = points.get(term.authority, 0.0) + term.points
        return points


@dataclass(frozen=True, repr=False)
class Schedule(Readable):
    """The law on one date.

    Attributes
    ----------
    painted : measures in force, with the cells on which each owes its duty.
    """

    space: Space
    on: date
    reading: Reading
    painted: tuple[Painted, ...] = field(repr=False)

    @property
    def law(self) -> Law:
        """The law it was made from."""
        return self.space.law

    @property
    def duties(self) -> Iterator[Painted]:
        """Painted duties, without exemptions."""
        return (p for p in self.painted if p.item.measure.kind is MeasureKind.DUTY)

    @cached_property
    def authorities(self) -> tuple[str, ...]:
        """Authorities under which duties are counted, in printing order."""
        return tuple(a.id for a in self.law.levying)

    def coefficients(self, authority: str | None = None) -> tuple[Floats, Floats]:
        """Points added and floors counted on each cell, two arrays of shape (patterns, cell columns).

        The duty of a cell with base duty b is `points - floors * b`, share of customs value.
        """
        points, floors = np.zeros(self.space.shape), np.zeros(self.space.shape)
        for painted in self.duties:
            if authority is None or painted.item.measure.authority == authority:
                block = np.ix_(painted.rows, painted.cols)
                points[block] += painted.owed * painted.rate[None, :]
                if painted.floor:
                    floors[block] += painted.owed
        return points, floors

    def rate(self, authority: str | None = None, columns: Sequence[int] | None = None) -> Floats:
        """Additional duty by line and column, shape (lines, columns), share of customs value.

        `authority` None sums all authorities; the base duty is not in it. `columns` are positions
        in `space.columns`, all by default. Goods are split by the shares the space was built with.
        """
        space = self.space
        wanted = np.arange(len(space.columns)) if columns is None else np.asarray(columns)
        points, floors = self.coefficients(authority)
        rates = np.empty((len(space.lines), space.shape[1]), dtype=np.float64)
        for cell in np.unique(space.column_of[wanted]):
            base = space.base[space.cell_columns[cell].base][space.atoms.line]
            rates[:, cell] = space.by_line(points[space.pattern, cell], floors[space.pattern, cell], base)
        return rates[:, space.column_of[wanted]]

    def base(self, columns: Sequence[int] | None = None) -> Floats:
        """Base duty by line and column, shape (lines, columns), share of customs value."""
        wanted = range(len(self.space.columns)) if columns is None else columns
        return np.stack([self.space.base[self.space.columns[i].base] for i in wanted], axis=1)

    def explain(self, line: str, partner: str, *, preference: bool = False) -> Ladder:
        """Every rung of the duty on a line (ten digits) from a partner (ISO3), goods split by the shares of trade."""
        columns = {(c.partner, c.preference): i for i, c in enumerate(self.space.columns)}
        if (partner, preference) not in columns:
            raise UnknownName("partner", partner, {c.partner for c in self.space.columns}, "schedule")
        recorded = schedule_on(self.space, self.on, self.reading, record=True)
        return recorded.ladder(self.space.lines.index(line, "schedule"), columns[(partner, preference)])

    def ladder(self, line: int, column: int) -> Ladder:
        """Every rung of the duty on one line for one column (positions on the axes)."""
        space = self.space
        cell = int(space.column_of[column])
        chosen = np.flatnonzero(space.atoms.line == line)
        rows, weight = space.pattern[chosen], space.atoms.weight[chosen]
        base, partner = float(space.base[space.columns[column].base][line]), space.columns[column].partner
        terms: dict[MeasureKind, list[DutyTerm]] = {kind: [] for kind in PAINTED}
        for painted in self.painted:
            if (term := _term(painted, rows, weight, cell, base, partner)) is not None:
                terms[painted.item.measure.kind].append(term)
        order = {name: i for i, name in enumerate(self.authorities)}
        duties = sorted(terms[MeasureKind.DUTY], key=lambda term: order.get(term.authority, len(order)))
        bans = tuple(terms[MeasureKind.BAN])
        return Ladder(str(space.lines.codes[line]), partner, self.on, base, tuple(duties), bans)


def _share(mask: Mask, painted: Painted, rows: Ints, weight: Floats, cell: int) -> float:
    """Weight of the atoms on which a mask of a block holds."""
    col = np.flatnonzero(painted.cols == cell)
    if not col.size:
        return 0.0
    places = np.minimum(np.searchsorted(painted.rows, rows), max(painted.rows.size - 1, 0))
    inside = (painted.rows[places] == rows) if painted.rows.size else np.zeros(rows.size, dtype=bool)
    return float(weight[inside & np.where(inside, mask[places, col[0]], False)].sum()) if inside.any() else 0.0


def _term(painted: Painted, rows: Ints, weight: Floats, cell: int, base: float, partner: str) -> DutyTerm | None:
    if not _share(painted.applies, painted, rows, weight, cell):
        return None
    m, period = painted.item.measure, painted.item.period
    left = painted.applies.copy()
    for cut in painted.displaced.values():
        left &= ~cut
    full = float(painted.rate[np.flatnonzero(painted.cols == cell)[0]])
    cuts = {name: _share(cut, painted, rows, weight, cell) for name, cut in painted.displaced.items()}
    return DutyTerm(
        measure=m.id,
        authority=m.authority,
        title=m.title,
        rate=max(0.0, full - base) if painted.floor else full,
        share=_share(left, painted, rows, weight, cell),
        citation=period.citation or m.citation,
        instrument=period.instrument or m.instrument,
        heading=period.heading_of(partner, met=painted.floor and full <= base) or m.heading,
        start=period.start,
        end=period.end,
        displaced_by={name: share for name, share in cuts.items() if share > 0},
        floor=full if painted.floor else None,
        note=period.note or m.note,
    )


def schedule_on(space: Space, day: date, reading: Reading = Reading.EFFECTIVE, *, record: bool = False) -> Schedule:
    """The law of a space on one date. With `record` each displaced term names what took its place."""
    resolver = Resolver(space, reading, record=record)
    return Schedule(space, day, reading, tuple(resolver.on(day)))
