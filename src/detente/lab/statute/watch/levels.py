"""Levels: what the watched goods of one importer owe on each day of a list, and what each measure adds on it.

The law is compiled once for each set of base duties, on the lines that are watched alone. A block of a measure that is
painted as on the day before is not looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.hs import nested
from detente.data.importers import Importer
from detente.lab.statute.line_weights import weights_of
from detente.lab.statute.lookup import UnlistedRate, lines_under, look_up, substitute
from detente.lab.statute.watch.listed import Watched
from detente.law import Law, PartnerColumn, Reading, Schedule, Space
from detente.law.measure import Goods as GoodsBlock
from detente.law.measure import Measure, MeasureKind, names_partner
from detente.law.resolve import Painted, Resolver

Floats = NDArray[np.float64]

BASE = "base"
"""Name of the base duty among measures."""

LEAST = 1e-9
"""Change of a duty below which nothing changed, share."""


@dataclass(frozen=True, slots=True)
class WatchedPair:
    """A code from one partner: what a level is of."""

    code: str
    partner: str


@dataclass(frozen=True)
class LawDay:
    """The law of one day on the watched goods.

    Attributes
    ----------
    total, base : duty by line and partner, shape (lines, partners), share of customs value.
    painted : blocks of measures by what they depend on.
    lines : lines in the schedule under each code, positions on the axis.
    """

    day: date
    schedule: Schedule
    total: Floats = field(repr=False)
    base: Floats = field(repr=False)
    painted: Mapping[int, Painted] = field(repr=False)
    lines: Mapping[str, NDArray[np.int64]] = field(repr=False)

    @property
    def space(self) -> Space:
        """Where its blocks lie."""
        return self.schedule.space


@dataclass(frozen=True)
class WatchedGoods:
    """The watched goods of one importer.

    Attributes
    ----------
    where : the importer; cells : codes by partner.
    """

    where: Importer
    cells: tuple[WatchedPair, ...]
    _spaces: dict[tuple[object, ...], Resolver] = field(default_factory=dict, repr=False)
    _weights: dict[tuple[object, ...], Floats] = field(default_factory=dict, repr=False)
    _on_record: dict[tuple[WatchedPair, date], bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, where: Importer, goods: Iterable[Watched]) -> WatchedGoods:
        """The cells of a list, each once."""
        cells = (WatchedPair(good.code, member) for good in goods for member in good.members)
        return cls(where, tuple(dict.fromkeys(cells)))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes that are watched, each once."""
        return tuple(dict.fromkeys(cell.code for cell in self.cells))

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Partners that are watched, each once."""
        return tuple(dict.fromkeys(cell.partner for cell in self.cells))

    def levels(self, law: Law, days: Sequence[date]) -> Iterator[LawDay]:
        """The law on each of these days."""
        inside = {day: {code: self._live(code, day) for code in self.codes} for day in days}
        lines = sorted({line for codes in inside.values() for own in codes.values() for line in own})
        where = self.where.only(lines)
        for day in days:
            resolver = self._resolver(law, where, day)
            painted = resolver.on(day)
            schedule = Schedule(resolver.space, day, Reading.EFFECTIVE, tuple(painted))
            base = schedule.base()
            places = {code: where.lines.positions(own) for code, own in inside[day].items()}
            by_key = {block.key: block for block in painted if block.applies.size}
            yield LawDay(day, schedule, base + schedule.rate(), base, by_key, places)

    def _live(self, code: str, day: date) -> list[str]:
        """Lines under a code in the schedule of a day; none before the first or after the last of them."""
        try:
            return [line for prefix in substitute(self.where, code, day) or (code,) for line in
                    lines_under(self.where, prefix, day)]  # fmt: skip
        except InputError:
            return []

    def _resolver(self, law: Law, where: Importer, day: date) -> Resolver:
        """The law compiled for the base duties of a day; kept."""
        columns = [PartnerColumn(partner, False, self.where.base_column(partner, day)) for partner in self.partners]
        key = (id(law), tuple(where.lines.codes.tolist()), tuple(columns), self.where.base_since(day))
        if key not in self._spaces:
            self._spaces[key] = Resolver(where.space(law, columns, context="line", on=day))
        return self._spaces[key]

    def rate(self, level: LawDay, cell: WatchedPair, values: Floats | None = None) -> float:
        """A level's duty on a cell, or the mean of other values by line and partner; NaN where no line is there.

        Lines under one code weigh as in `look_up`. Where they owe the same it counts them equally, and here they keep
        their trade: the duty is the same, and no part of it moves by the weights alone.
        """
        places, column = level.lines[cell.code], self._column[cell.partner]
        if not places.size:
            return float("nan")
        chosen = (level.total if values is None else values)[places, column]
        return float(chosen @ self._weighed(level, cell)) if places.size > 1 else float(chosen[0])

    def span(self, level: LawDay, cell: WatchedPair) -> tuple[float, float]:
        """Lowest and highest duty of the lines of a cell; NaN where no line is there."""
        own = level.total[self.places(level, cell)]
        return (float(own.min()), float(own.max())) if own.size else (float("nan"), float("nan"))

    def on_record(self, cell: WatchedPair, day: date) -> bool:
        """Whether the duty on a cell is one of its goods, as `look_up` has it, and not that of a mean of its sector."""
        if not self._by_sector:
            return True
        if (cell, day) not in self._on_record:
            try:
                look_up(cell.code, cell.partner, day, of=self.where.iso3)
            except UnlistedRate:
                self._on_record[cell, day] = False
            except InputError:
                self._on_record[cell, day] = True
        return self._on_record.setdefault((cell, day), True)

    @cached_property
    def _by_sector(self) -> bool:
        return bool(self.where.unlisted.any())

    def places(self, level: LawDay, cell: WatchedPair) -> tuple[NDArray[np.int64], int]:
        """Where the lines of a code and the goods of a partner stand in arrays of a day."""
        return level.lines[cell.code], self._column[cell.partner]

    @cached_property
    def _column(self) -> dict[str, int]:
        return {partner: number for number, partner in enumerate(self.partners)}

    def _weighed(self, level: LawDay, cell: WatchedPair) -> Floats:
        places = level.lines[cell.code]
        codes = level.space.lines.codes[places].tolist()
        key = (cell, tuple(codes))
        if key not in self._weights:
            stands = substitute(self.where, cell.code, level.day) or (cell.code,)
            apart = [float(number) for number in range(len(codes))]
            shares, _ = weights_of(apart, codes, cell.partner, self.where.iso3, stands)
            self._weights[key] = np.asarray(shares)
        return self._weights[key]

    def holds(self, measure: Measure, cell: WatchedPair, day: date) -> bool:
        """Whether a measure names a code, or goods under it, from a partner on a day."""
        periods = measure.periods_on(day)
        named = names_partner(measure.partners, cell.partner, day) and any(
            names_partner(period.partners, cell.partner, day) for period in periods
        )
        blocks = (block for block in measure.goods if block.start <= day <= block.end)
        return named and any(_covers(block, cell.code) for block in blocks)


def _covers(block: GoodsBlock, code: str) -> bool:
    """Whether a block of goods has a code, or goods under it."""
    if any(code.startswith(prefix) for prefix in block.excepted):
        return False
    return any(nested(code, prefix) for prefix in block.prefixes)


def moved_measures(before: LawDay, now: LawDay) -> dict[str, tuple[Measure, Floats, Floats]]:
    """What each measure whose block changed did then and does now, by line and partner: points, or share of goods.

    Two levels on one space share the blocks that did not change; others are compared as a whole.
    """
    if before.space is now.space:
        keys = set(before.painted) ^ set(now.painted)
        names = {level.painted[key].item.measure.id for level in (before, now) for key in keys if key in level.painted}
    else:
        names = {block.item.measure.id for level in (before, now) for block in level.painted.values()}
    old, new = (_by_measure(level, names) for level in (before, now))
    changed = {}
    for name in sorted(names):
        measure = (new.get(name) or old[name])[0].item.measure
        then, these = (_laid(level, own.get(name, ()), measure) for level, own in ((before, old), (now, new)))
        if np.abs(these - then).max(initial=0.0) > LEAST:
            changed[name] = (measure, then, these)
    return changed


def _by_measure(level: LawDay, names: set[str]) -> dict[str, list[Painted]]:
    blocks: dict[str, list[Painted]] = {}
    for block in level.painted.values():
        if block.item.measure.id in names:
            blocks.setdefault(block.item.measure.id, []).append(block)
    return blocks


def _laid(level: LawDay, blocks: Sequence[Painted], measure: Measure) -> Floats:
    """What blocks of a measure add by line and partner; of a ban or an exemption the share of the goods it covers."""
    space = level.space
    points, floors = np.zeros(space.shape), np.zeros(space.shape)
    for block in blocks:
        place = np.ix_(block.rows, block.cols)
        if measure.kind is MeasureKind.DUTY:
            points[place] += block.owed * block.rate[None, :]
            if block.floor:
                floors[place] += block.owed
        else:
            points[place] += block.applies
    starts = np.searchsorted(space.atoms.line, np.arange(len(space.lines)))
    columns = []
    for column, cell in enumerate(space.column_of):
        owed = points[space.pattern, cell]
        if floors.any():
            owed = owed - floors[space.pattern, cell] * level.base[space.atoms.line, column]
        columns.append(np.add.reduceat(owed * space.atoms.weight, starts))
    return np.stack(columns, axis=1)


__all__ = ["BASE", "LEAST", "LawDay", "WatchedGoods", "WatchedPair", "moved_measures"]
