"""Watch: every day on which the duty on watched goods moves, the acts behind it, and what is known to come.

The law is compiled once for each set of base duties, on the lines that are watched alone. A block of a measure that is
painted as on the day before is not looked at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import isnan, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import DetenteError, InputError, Parameter, Table, declared_note, digits, dotted, table_of
from detente.codes.axis import Floats
from detente.codes.days import LATEST, check_day
from detente.codes.errors import check_none, each_fault
from detente.codes.hs import nested
from detente.data.containers import open_original
from detente.data.importerfile import importer_id
from detente.data.importers import Importer, importer
from detente.data.tables import partner_name
from detente.data.usertable import ROW, read_table, table_kinds
from detente.lab.statute.book import LawStep, rate_text, steps
from detente.lab.statute.lookup import UnlistedRate, lines_under, look_up, meant, substitute, weights_of
from detente.lab.statute.standing import standing_of, words_of
from detente.law import Clause, Law, Measure, MeasureKind, PartnerColumn, Reading, Schedule, Space, Status
from detente.law.law import under_fate
from detente.law.measure import names_partner
from detente.law.schedule import Painted, Resolver


class ChangeStatus(StrEnum):
    """Whether a change is law.

    IN_FORCE: it took place, and the law is read to its day.
    ANNOUNCED: an act lets it begin; the day is still to come, or lies beyond what was read, or has no date.
    LAPSES: as written, something ends on the day; the day is still to come, or lies beyond what was read.
    """

    IN_FORCE = "in_force"
    ANNOUNCED = "announced"
    LAPSES = "lapses"


#: Lowest and highest of several duties, shares; empty where nobody counted them.
Span = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MovedMeasure:
    """What a measure does before and after: points of duty, or the share of goods that it covers.

    `words` say what a control or a minimum price does, which have no rate.
    """

    measure: str
    title: str
    before: float
    after: float
    kind: MeasureKind
    act: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class DutyChange:
    """What moves on one day for one row of the list.

    Attributes
    ----------
    good : the row; of one code from one partner before rows are known, a stand-in for it.
    day : None where an act is announced without a day to come.
    partner : the origin by name; of a group whose members do not all move alike, those that do.
    before, after : duty as a share of customs value, of lines that owe different ones the mean; NaN where the base duty
        is on record by the mean of its sector alone and the duty hangs on it.
    range_before, range_after : lowest and highest duty of the lines under the code.
    moved : measures behind it; empty where the lines under the code changed.
    fates : duty under each fate of the open clause on that day, with the fate in words; empty where there is none.
    clause : title of that clause.
    """

    good: Watched
    partner: str
    day: date | None
    before: float
    after: float
    status: ChangeStatus
    moved: tuple[MovedMeasure, ...] = ()
    range_before: Span = ()
    range_after: Span = ()
    fates: tuple[tuple[str, float], ...] = ()
    clause: str = ""

    @property
    def cell(self) -> WatchedPair:
        """The code and the partner that it is of."""
        return WatchedPair(self.good.code, self.partner)

    @property
    def by(self) -> float:
        """By how much the duty moves; where it is on record on neither day, by what its measures add."""
        if isnan(self.before) and isnan(self.after):
            return sum(part.after - part.before for part in self.moved if part.kind is MeasureKind.DUTY)
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Watch:
    """What is seen of a list.

    Attributes
    ----------
    since, today : the days between which changes are past; read : day to which each importer's law was read.
    """

    goods: tuple[Watched, ...]
    since: date
    today: date
    past: tuple[DutyChange, ...]
    coming: tuple[DutyChange, ...]
    read: dict[str, date | None]

    @property
    def changed(self) -> int:
        """Rows whose duty moved by the day, by as much as is shown of a duty."""
        return len({change.good for change in self.past if not abs(change.by) < SHOWN})


#: Change of a duty below which 0.00 points are shown, share.
SHOWN = 5e-5


#: Name of the base duty among measures.
BASE = "base"

#: Change of a duty below which nothing changed, share.
LEAST = 1e-9


class WatchedPair(NamedTuple):
    """A code from one partner: what a level is of."""

    code: str
    partner: str


@dataclass(frozen=True)
class LawDay:
    """The law of one day on the watched goods.

    Attributes
    ----------
    total, base : duty by line and partner, shape (lines, partners), share of customs value.
    lines : lines in the schedule under each code, positions on the axis.
    """

    schedule: Schedule
    total: Floats = field(repr=False)
    base: Floats = field(repr=False)
    lines: Mapping[str, NDArray[np.int64]] = field(repr=False)

    @property
    def day(self) -> date:
        """The day."""
        return self.schedule.on

    @property
    def space(self) -> Space:
        """Where its blocks lie."""
        return self.schedule.space

    @cached_property
    def blocks(self) -> Mapping[str, list[Painted]]:
        """Painted blocks by measure."""
        blocks = defaultdict[str, list[Painted]](list)
        for block in self.schedule.painted:
            if block.applies.size:
                blocks[block.item.measure.id].append(block)
        return blocks

    def does(self, name: str) -> Floats:
        """What a measure adds by line and partner; of a ban or an exemption the share of the goods it covers."""
        space = self.space
        points, floors = np.zeros(space.shape), np.zeros(space.shape)
        for block in self.blocks.get(name, ()):
            place = np.ix_(block.rows, block.cols)
            if block.item.measure.kind is MeasureKind.DUTY:
                points[place] += block.owed * block.rate[None, :]
                floors[place] += block.owed & block.floor
            else:
                points[place] += block.applies
        bases = self.base[space.atoms.line].T
        rows = ((space.column_of[column], base) for column, base in enumerate(bases))
        owed = [space.by_line(points[space.pattern, cell], floors[space.pattern, cell], base) for cell, base in rows]
        return np.stack(owed, axis=1)


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

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes that are watched, each once."""
        return tuple(dict.fromkeys(cell.code for cell in self.cells))

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where the goods of each partner stand in arrays of a day."""
        return {partner: n for n, partner in enumerate(dict.fromkeys(cell.partner for cell in self.cells))}

    def levels(self, law: Law, days: Sequence[date]) -> Iterator[LawDay]:
        """The law on each of these days."""
        inside = {day: {code: self._live(code, day) for code in self.codes} for day in days}
        where = self.where.only(sorted({line for codes in inside.values() for own in codes.values() for line in own}))
        for day in days:
            columns = [PartnerColumn(partner, False, self.where.base_column(partner, day)) for partner in self.columns]
            key = (id(law), tuple(where.lines.codes.tolist()), tuple(columns), self.where.base_since(day))
            if key not in self._spaces:  # the law is compiled once for each set of base duties
                self._spaces[key] = Resolver(where.space(law, columns, context="line", on=day))
            resolver = self._spaces[key]
            schedule = Schedule(resolver.space, day, Reading.EFFECTIVE, tuple(resolver.on(day)))
            base = schedule.base()
            places = {code: where.lines.positions(own) for code, own in inside[day].items()}
            yield LawDay(schedule, base + schedule.rate(), base, places)

    def _live(self, code: str, day: date) -> list[str]:
        """Lines under a code in the schedule of a day; none before the first or after the last of them."""
        prefixes = substitute(self.where, code, day) or (code,)
        try:
            return [line for prefix in prefixes for line in lines_under(self.where, prefix, day)]
        except InputError:
            return []

    def rate(self, level: LawDay, cell: WatchedPair, values: Floats | None = None) -> float:
        """A level's duty on a cell, or the mean of other values by line and partner; NaN where no line is there.

        Lines under one code weigh as in `look_up`. Where they owe the same it counts them equally, and here they keep
        their trade: the duty is the same, and no part of it moves by the weights alone. Without the last digits of the
        sum, so that equal ones are equal.
        """
        places, column = self.places(level, cell)
        if not places.size:
            return nan
        codes = level.space.lines.codes[places].tolist()
        key = (cell, tuple(codes))
        if key not in self._weights:
            stands = substitute(self.where, cell.code, level.day) or (cell.code,)
            apart = [float(number) for number in range(len(codes))]
            self._weights[key] = np.asarray(weights_of(apart, codes, cell.partner, self.where.iso3, stands)[0])
        return rounded(float((level.total if values is None else values)[places, column] @ self._weights[key]))

    def span(self, level: LawDay, cell: WatchedPair) -> Span:
        """Lowest and highest duty of the lines of a cell; NaN where no line is there."""
        own = level.total[self.places(level, cell)]
        return (rounded(float(own.min())), rounded(float(own.max()))) if own.size else (nan, nan)

    def on_record(self, cell: WatchedPair, day: date) -> bool:
        """Whether the duty on a cell is one of its goods, as `look_up` has it, and not that of a mean of its sector."""
        if not self.where.unlisted.any():
            return True
        if (cell, day) not in self._on_record:
            self._on_record[cell, day] = True
            try:
                look_up(*cell, day, of=self.where.iso3)
            except UnlistedRate:
                self._on_record[cell, day] = False
            except InputError:
                pass
        return self._on_record[cell, day]

    def places(self, level: LawDay, cell: WatchedPair) -> tuple[NDArray[np.int64], int]:
        """Where the lines of a code and the goods of a partner stand in arrays of a day."""
        return level.lines[cell.code], self.columns[cell.partner]

    def holds(self, measure: Measure, cell: WatchedPair, day: date) -> bool:
        """Whether a measure names a code, or goods under it, from a partner on a day."""
        named = names_partner(measure.partners, cell.partner, day) and any(
            names_partner(period.partners, cell.partner, day) for period in measure.periods_on(day)
        )
        return named and any(
            block.start <= day <= block.end
            and not cell.code.startswith(block.excepted)
            and any(nested(cell.code, prefix) for prefix in block.prefixes)
            for block in measure.goods
        )

    def change(
        self, cell: WatchedPair, day: date | None, levels: tuple[LawDay, LawDay], status: ChangeStatus,
        moved: tuple[MovedMeasure, ...],
    ) -> DutyChange:  # fmt: skip
        """A change of a cell between two levels."""
        own = Watched(0, self.where.iso3, cell.code, (cell.partner,), "")
        (before, low), (after, high) = ((self.rate(level, cell), self.span(level, cell)) for level in levels)
        return DutyChange(own, cell.partner, day, before, after, status, moved, low, high)


def rounded(value: float) -> float:
    """A duty without the last digits of its sum, so that equal ones are equal."""
    return round(value, 9) + 0.0


DAY = timedelta(days=1)

#: Measures that do something else than before, each with what by line and partner: points, or share of goods.
Moves = Mapping[str, tuple[Measure, Floats, Floats]]


def moved_measures(before: LawDay, now: LawDay) -> Moves:
    """What each measure whose block changed did then and does now.

    Two levels on one space share the blocks that did not change; others are compared as a whole.
    """
    names = {*before.blocks, *now.blocks}
    if before.space is now.space:
        keys = {
            name: [{block.key for block in level.blocks.get(name, ())} for level in (before, now)] for name in names
        }
        names = {name for name, (then, these) in keys.items() if then != these}
    changed = {}
    for name in sorted(names):
        measure = (now.blocks.get(name) or before.blocks[name])[0].item.measure
        then, these = before.does(name), now.does(name)
        if np.abs(these - then).max(initial=0.0) > LEAST:
            changed[name] = (measure, then, these)
    return changed


def watch(goods: Sequence[Watched], since: date, today: date) -> Watch:
    """What changed for watched goods after a day up to today, and what is known to come.

    Raises
    ------
    InputError : a day before the lawbook begins, or after today.
    """
    if since > today:
        raise InputError(Parameter("from"), f"{since} is after {today}", "give a day before it")
    check_day(since)
    changes: list[DutyChange] = []
    for code, own in by_importer(goods).items():
        for part in _parts_of(own):
            cells = dict.fromkeys(WatchedPair(good.code, member) for good in part for member in good.members)
            goods_of = WatchedGoods(importer(code), tuple(cells))
            known = (_on_record(goods_of, change, today) for change in _of_importer(goods_of, since, today))
            changes += _merged_changes(part, known)
    places = {good: number for number, good in enumerate(goods)}
    changes.sort(key=lambda c: (c.day or LATEST, places[c.good], c.partner))
    past = tuple(c for c in changes if c.day is not None and c.day <= today)
    coming = tuple(c for c in changes if c.day is None or c.day > today)
    read = {code: read_to(importer(code)) for code in by_importer(goods)}
    return Watch(tuple(goods), since, today, past, coming, read)


#: Partners whose goods are looked at together: the law is laid on all lines of a part for each of them.
PARTNERS = 40


def _parts_of(goods: Sequence[Watched]) -> Iterator[list[Watched]]:
    """A list in parts with few partners each, so that long ones with many take no more memory."""
    part: list[Watched] = []
    partners: set[str] = set()
    for good in sorted(goods, key=lambda good: good.members):
        if part and len(partners | set(good.members)) > PARTNERS:
            yield part
            part, partners = [], set()
        part.append(good)
        partners |= set(good.members)
    yield part


def read_to(where: Importer) -> date | None:
    """Last day to which an importer's law was read; None where nothing says it."""
    return where.law.record.to if where.law.record is not None else where.file.read_to


#: Members of a group that are named one by one.
NAMED = 6


def _merged_changes(goods: Iterable[Watched], of_cells: Iterable[DutyChange]) -> Iterator[DutyChange]:
    """Changes of cells as those of rows: members of a group that move alike are one."""
    known = defaultdict[WatchedPair, list[DutyChange]](list)
    for change in of_cells:
        known[change.cell].append(change)
    for good in goods:
        alike: dict[DutyChange, list[str]] = {}
        for member in good.members:
            for change in known.get(WatchedPair(good.code, member), ()):
                alike.setdefault(replace(change, good=good, partner=good.partner), []).append(member)
        for change, members in alike.items():
            some = (
                ", ".join(map(partner_name, members)) if len(members) <= NAMED else f"{len(members)} of {good.partner}"
            )
            yield change if len(members) == len(good.members) else replace(change, partner=some)


def _on_record(goods: WatchedGoods, change: DutyChange, today: date) -> DutyChange:
    """A change without duties that hang on the mean of a sector, which is no rate of the good."""
    day = change.day or today
    known = [goods.on_record(change.cell, on) for on in (day - DAY, day)]
    if all(known):
        return change
    before, after = (duty if ok else nan for duty, ok in zip((change.before, change.after), known, strict=True))
    moved = change.moved
    if any(known):
        # What one side adds was counted from the mean on the other.
        words = declared_note("watch.whole", before=duty_text(before), after=duty_text(after))
        moved = tuple(replace(part, words=part.words or words) for part in moved)
    return replace(change, before=before, after=after, moved=moved, range_before=(), range_after=())


def duty_text(duty: float) -> str:
    """A duty in short words; that it is not on record where it is not."""
    return declared_note("watch.unlisted") if duty != duty else f"{100 * duty:.4g}%"


def _of_importer(goods: WatchedGoods, since: date, today: date) -> Iterator[DutyChange]:
    where, law = goods.where, goods.where.law
    days = [since, *sorted(day for day in law.dates | set(where.base_days) if since < day < LATEST)]
    levels = list(goods.levels(law, days))
    of_days = [change for pair in pairwise(levels) for change in _between(goods, *pair, today)]
    yield from _joined([*_with_fates(goods, law, of_days), *_controls(goods, levels, since, today)])
    yield from _run_out(goods, law, today)
    yield from _announced(goods, levels, today)


def _joined(changes: Iterable[DutyChange]) -> Iterator[DutyChange]:
    """Changes of one code from one partner on one day as one: a duty, and a control that begins with it."""
    days = defaultdict[tuple[WatchedPair, date | None], list[DutyChange]](list)
    for change in changes:
        days[change.cell, change.day].append(change)
    for several in days.values():
        moved = tuple(part for change in several for part in change.moved)
        titles = dict.fromkeys(change.clause for change in several if change.clause)
        yield replace(several[0], moved=moved, clause="; ".join(titles))


def _between(goods: WatchedGoods, before: LawDay, now: LawDay, today: date) -> Iterator[DutyChange]:
    """What moves between two levels, one change a cell."""
    moved = moved_measures(before, now)
    touched = np.abs(now.total - before.total) > LEAST
    for _, then, these in moved.values():
        touched |= np.abs(these - then) > LEAST
    for cell in goods.cells:
        if not touched[goods.places(now, cell)].any():
            continue
        old, new = goods.rate(before, cell), goods.rate(now, cell)
        if isnan(old) or isnan(new):
            continue
        parts = tuple(_parts(goods, before, now, cell, moved))
        if abs(new - old) > LEAST or any(part.kind is not MeasureKind.EXEMPTION for part in parts):
            measures = [goods.where.law.by_id[part.measure] for part in parts if part.measure != BASE]
            status = _status(goods.where, now.day, measures, today)
            yield goods.change(cell, now.day, (before, now), status, parts)


def _parts(goods: WatchedGoods, before: LawDay, now: LawDay, cell: WatchedPair, moved: Moves) -> Iterator[MovedMeasure]:
    """The base duty and each measure that does something else than before on a cell."""
    base = goods.rate(before, cell, before.base), goods.rate(now, cell, now.base)
    if abs(base[1] - base[0]) > LEAST:
        line = str(now.space.lines.codes[now.lines[cell.code][0]])
        cited = goods.where.base_source(line, now.day, cell.partner)
        yield MovedMeasure(BASE, "Base duty", *base, MeasureKind.DUTY, cited)
    places = goods.places(now, cell)
    for name, (measure, then, these) in moved.items():
        if np.abs(these[places] - then[places]).max(initial=0.0) <= LEAST:
            continue
        was, is_now = goods.rate(before, cell, then), goods.rate(now, cell, these)
        if abs(is_now - was) > LEAST:
            act = _act(measure, cell.partner, now.day, now.day - DAY, before.day)
            yield MovedMeasure(name, measure.title, was, is_now, measure.kind, act)


def _act(measure: Measure, partner: str, *days: date) -> str:
    """Instrument and citation of the period in force for a partner on the first of some days that has one."""
    named = (p for day in days for p in measure.periods_on(day) if names_partner(p.partners, partner, day))
    period = next(named, measure.periods[-1])
    parts = (period.instrument or measure.instrument, period.citation or measure.citation)
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _status(where: Importer, day: date, measures: Sequence[Measure], today: date) -> ChangeStatus:
    """Whether a change of a day took place, is to begin, or is an end as written."""
    read = read_to(where)
    if day <= today and (read is None or day <= read):
        return ChangeStatus.IN_FORCE
    spans = [span for m in measures for span in (*m.periods, *m.goods, *(m.partners or ()))]
    ends = any(span.end == day - DAY for span in spans) and not any(span.start == day for span in spans)
    return ChangeStatus.LAPSES if ends else ChangeStatus.ANNOUNCED


def _with_fates(goods: WatchedGoods, law: Law, changes: Sequence[DutyChange]) -> Iterator[DutyChange]:
    """Changes, those of the day of an open clause with the duty under each of its other fates."""
    clauses = _open(law)
    levels: dict[tuple[date, str], LawDay] = {}
    for change in changes:
        named = {part.measure for part in change.moved}
        open_ = [c for c in clauses.get(change.day or LATEST, ()) if named & c.names]
        if not open_ or change.day is None:
            yield change
            continue
        duties = defaultdict[float, list[str]](list)
        for name, words in words_of(open_).items():
            key = change.day, name
            if key not in levels:
                levels[key] = next(goods.levels(under_fate(law, name, clauses[change.day]), [change.day]))
            duties[goods.rate(levels[key], change.cell)].append(words)
        fates = tuple((" or ".join(words), duty) for duty, words in duties.items())
        status = ChangeStatus.LAPSES if any(c.ends for c in open_) else ChangeStatus.ANNOUNCED
        yield replace(change, fates=fates, clause="; ".join(c.title for c in open_), status=status)


def _run_out(goods: WatchedGoods, law: Law, today: date) -> Iterator[DutyChange]:
    """What moves once a fate that prolongs open clauses to a day has run out; as written nothing does on that day."""
    clauses = law.record.clauses if law.record is not None else ()
    for until, name in dict.fromkeys((f.until, f.name) for c in clauses for f in c.fates if today <= f.until < LATEST):
        own = [c for c in clauses if (fate := c.fate(name)) is not None and fate.until == until]
        last, after = goods.levels(under_fate(law, name, own), [until, until + DAY])
        written = next(goods.levels(law, [until + DAY]))
        for change in _between(goods, last, after, today):
            open_ = [c for c in own if c.names & {part.measure for part in change.moved}]
            if open_:
                words = words_of(open_)[name]
                fates = ((f"{words}, until the day", change.before), (words, change.after))
                still = goods.change(change.cell, change.day, (written, written), ChangeStatus.LAPSES, change.moved)
                yield replace(still, fates=fates, clause="; ".join(c.title for c in open_))


def _open(law: Law) -> Mapping[date, list[Clause]]:
    """Open clauses by day."""
    clauses = defaultdict[date, list[Clause]](list)
    for clause in law.record.clauses if law.record is not None else ():
        clauses[clause.day].append(clause)
    return clauses


#: Measures that lie on goods without a rate.
TOLD = (MeasureKind.CONTROL, MeasureKind.MINIMUM)


def _controls(goods: WatchedGoods, levels: Sequence[LawDay], since: date, today: date) -> Iterator[DutyChange]:
    """Licences and minimum prices that begin, change or end on watched goods."""
    by_day = defaultdict[tuple[date, str], list[LawStep]](list)
    clauses = _open(goods.where.law)
    for step in steps(goods.where.law, since + DAY, LATEST):
        if step.measure.kind in TOLD:
            by_day[step.day, step.measure.id].append(step)
    for (day, _), own in by_day.items():
        level = max((level for level in levels if level.day <= day), key=lambda level: level.day)
        measure, words = own[0].measure, "; ".join(step.what for step in own)
        status = _status(goods.where, day, [measure], today)
        cells = (c for c in goods.cells if goods.holds(measure, c, day) or goods.holds(measure, c, day - DAY))
        titles = "; ".join(c.title for c in clauses.get(day, ()) if measure.id in c.names)
        for change in _without_rate(goods, cells, level, measure, day, words, status):
            yield replace(change, clause=titles)


def _without_rate(
    goods: WatchedGoods, cells: Iterable[WatchedPair], level: LawDay, measure: Measure, day: date | None, words: str,
    status: ChangeStatus,
) -> Iterator[DutyChange]:  # fmt: skip
    """A measure that moves no duty, on each of some cells."""
    on = day or level.day
    for cell in cells:
        act = _act(measure, cell.partner, on, on - DAY)
        part = MovedMeasure(measure.id, measure.title, 0.0, 0.0, measure.kind, act, words)
        yield goods.change(cell, day, (level, level), status, (part,))


def _announced(goods: WatchedGoods, levels: Sequence[LawDay], today: date) -> Iterator[DutyChange]:
    """Acts that are announced or suspended: what they would change, as if they began on their day or now."""
    law, now = goods.where.law, max((level for level in levels if level.day <= today), key=lambda level: level.day)
    for measure in law.measures:
        if measure.status is not Status.ANNOUNCED or measure.end < today or measure.kind is MeasureKind.REGIME:
            continue
        day = max(measure.start, today)
        when = measure.start if measure.start > today else None
        cells = tuple(cell for cell in goods.cells if goods.holds(measure, cell, day))
        if cells and measure.kind in TOLD:
            words = f"begins {rate_text(measure.periods[-1])}".strip()
            yield from _without_rate(goods, cells, now, measure, when, words, ChangeStatus.ANNOUNCED)
        elif cells:
            own = WatchedGoods(goods.where, cells)
            without, with_it = (next(own.levels(book, [day])) for book in (law, law.with_announced([measure.id])))
            for change in _between(own, without, with_it, today):
                yield replace(change, day=when, status=ChangeStatus.ANNOUNCED)


#: The two parts of a watch.
CHANGES, COMING = "changes", "coming"


def watch_tables(seen: Watch) -> list[Table]:
    """Both parts in one table, for files that hold one; tables `changes`, `coming` and `read`."""
    days = [f"{partner_name(code)} {day or 'not on record'}" for code, day in seen.read.items()]
    moved = {change.good for change in (*seen.past, *seen.coming)}
    words = {
        "since": seen.since, "today": seen.today, "read": ", ".join(days), "count": len(seen.goods),
        "still": len(seen.goods) - len(moved),
    }  # fmt: skip
    # How far the law was read that was read least far.
    laws = [importer(code).law for code, day in seen.read.items() if day is not None]
    standings = [standing for law in laws if (standing := standing_of(law, seen.since, seen.today)) is not None]
    standing = min(standings, key=lambda each: each.to, default=None)
    parts = {CHANGES: [_row(change) for change in seen.past], COMING: [_row(change) for change in seen.coming]}
    read = [
        (
            code, partner_name(code), "" if day is None else day.isoformat(),
            sum(good.importer == code for good in seen.goods), sum(good.importer == code for good in moved),
        )
        for code, day in seen.read.items()
    ]  # fmt: skip
    tables = [
        table_of("watch.watch", [(part, *row) for part, rows in parts.items() for row in rows], **words),
        table_of("watch.changes", parts[CHANGES], **words),
        table_of("watch.coming", parts[COMING], tuple(_ahead(seen)), **words),
    ]
    return [*(table.standing_on(standing) for table in tables), table_of("watch.read", read)]


def _ahead(seen: Watch) -> Iterator[str]:
    """What may come for watched goods and has no rate, with the partners it concerns."""
    partners = defaultdict[str, dict[str, None]](dict)
    for good in seen.goods:
        record = importer(good.importer).law.record
        for entry in record.may_come(seen.today, frozenset(good.members), good.code) if record is not None else ():
            partners[entry.title][good.partner] = None
    for title, names in partners.items():
        yield declared_note("watch.may_come", title=title, partners=", ".join(names))


def change_words(change: DutyChange) -> str:
    """The measures behind a change, each with what it adds before and after."""
    return "; ".join(map(_words, change.moved)) or declared_note("watch.lines")


def _words(part: MovedMeasure) -> str:
    if part.words:
        return f"{part.title}: {part.words}"
    if part.kind is MeasureKind.DUTY:
        return f"{part.title}: {100 * part.before:.4g} to {100 * part.after:.4g} points"
    if not part.before or not part.after:
        share = part.before or part.after
        some = "" if share > 1.0 - 1e-6 else f" on {100 * share:.3g}% of the goods"
        return f"{part.title}: {'begins' if part.after else 'ends'}{some}"
    return declared_note("watch.share", title=part.title, before=100 * part.before, after=100 * part.after)


def _row(change: DutyChange) -> tuple[Any, ...]:
    good, spans = change.good, (change.range_before, change.range_after)
    acts = dict.fromkeys(part.act for part in change.moved if part.act)
    words = (" to ".join(dict.fromkeys(f"{duty:.2%}" for duty in span)) for span in spans)
    apart = any(span and span[0] != span[1] for span in spans)
    return (
        "" if change.day is None else change.day.isoformat(), good.row, good.importer, good.line, change.partner,
        ", then ".join(dict.fromkeys(words)) if apart else "", change.before, change.after, change.by,
        change_words(change), "; ".join(acts), " ".join(part.measure for part in change.moved), change.status,
        "; ".join(f"{100 * duty:.4g}% if {fate}" for fate, duty in change.fates), change.clause, good.note,
    )  # fmt: skip


# --- listed: the lines and partners that somebody watches, read from rows of text; every fault is named with ---------


NEEDED, OPTIONAL = ("line", "partner"), ("importer", "note")
#: Rows of a list.
MOST = 5_000

#: Letters of a cell.
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Watched:
    """Goods of one origin that one importer takes.

    Attributes
    ----------
    row : of the file, whose header is row 1.
    importer : id of the country or union whose law it is.
    code : tariff code, digits.
    members : ISO3 codes of the origin, several of a group.
    partner : the origin by name.
    note : what the reader wrote beside it.
    """

    row: int
    importer: str
    code: str
    members: tuple[str, ...]
    partner: str
    note: str = ""

    @property
    def line(self) -> str:
        """The code with its dots."""
        return dotted(self.code)


def goods_of(given: Any, name: str, of: str = "USA", on: date | None = None, most: int | None = None) -> list[Watched]:
    """The list of a file, a data frame, or rows that are typed.

    Parameters
    ----------
    given : paths, a file that was sent, a frame of polars, or texts as `row_of` reads them. name : what it is called.
    of, on : as in `listed`. most : rows that it may have.

    Raises
    ------
    InputError, UnknownName, Faults : what cannot be read, with its row; all of it at once.
    """
    if isinstance(given, list):
        goods = listed([row_of(text[:400]) for text in given], "list", of, on, first=1)
    else:
        file, *others = given if isinstance(given, tuple) else [given]
        if others:
            raise InputError(name, "are several files", "give one")
        where = str(file) if isinstance(file, Path) else name
        content = getattr(file, "content", None)
        given = file if content is None else open_original(Path(file.name), content=content, name=name)
        frame = read_table(given, table_kinds()["watch"], where)
        goods = listed(frame.drop(ROW).to_dicts(), where, of, on)
    if most is not None and len(goods) > most:
        raise InputError(name, f"has {len(goods):,} rows", f"send at most {most:,}, or use `detente watch`")
    return goods


def listed(
    rows: Sequence[Mapping[str, str]], where: str, of: str = "USA", on: date | None = None, first: int = 2
) -> list[Watched]:
    """The list of rows of text by column.

    Parameters
    ----------
    where : what a refusal calls the file.
    of : importer of rows that name none.
    on : day whose schedule has the lines; today where none is given.
    first : number of the first row.

    Raises
    ------
    InputError, UnknownName, Faults : what cannot be read, with its row; a list that is empty or too long.
    """
    if not rows:
        raise InputError(where, "watches nothing", "give rows of a tariff code and a country")
    if len(rows) > MOST:
        raise InputError(where, f"has {len(rows):,} rows", f"give at most {MOST:,}")
    day, goods, faults = on or date.today(), [], []
    kept: dict[tuple[str, ...], tuple[str, str, tuple[str, ...], str]] = {}
    for number, row in enumerate(rows, start=first):
        key = (row.get("importer", "") or of, row["line"], row["partner"])
        try:
            if key not in kept:
                kept[key] = _read(*key, day)
            code, line, members, partner = kept[key]
        except DetenteError as error:
            place = f"{where}, row {number}"
            faults += [f.inside(place) if isinstance(f, InputError) else f for f in each_fault(error)]
            continue
        goods.append(Watched(number, code, line, members, partner, row.get("note", "")[:LONGEST]))
    check_none(faults)
    return goods


def _read(of: str, line: str, partner: str, on: date) -> tuple[str, str, tuple[str, ...], str]:
    """Importer, digits, members and name of one row; everything wrong with it at once."""
    blank = [name for name, text in zip(NEEDED, (line, partner), strict=True) if not text]
    faults: list[DetenteError] = [InputError(name, "is blank", "fill it in, or delete the row") for name in blank]
    try:
        where = importer(importer_id(of))
    except DetenteError as error:
        check_none([error, *faults])
        raise

    def lines() -> None:
        code = digits(line, "line", where.file.lengths)
        for prefix in substitute(where, code, on) or (code,):
            lines_under(where, prefix, on)

    checks = {"line": lines, "partner": lambda: where.countries.expand(partner, on, "partner")}
    for look in (look for name, look in checks.items() if name not in blank):
        try:
            look()
        except DetenteError as error:
            faults.append(error)
    check_none(faults)
    goods = meant(where, where.law, line, partner, on)
    group = where.countries.group(partner) if goods.members else None
    name = group.title if group is not None else partner_name(goods.origin)
    return where.iso3, goods.code, tuple(goods.members) or (goods.origin,), name


def row_of(text: str) -> dict[str, str]:
    """A row as one word: LINE:PARTNER, and where wanted :IMPORTER and :NOTE."""
    cells = [cell.strip() for cell in text.split(":", len(NEEDED) + len(OPTIONAL) - 1)]
    return {**dict.fromkeys((*NEEDED, *OPTIONAL), ""), **dict(zip((*NEEDED, *OPTIONAL), cells, strict=False))}


def by_importer(goods: Iterable[Watched]) -> dict[str, list[Watched]]:
    """The list by whose law it is, in the order in which importers come."""
    rows = list(goods)
    return {code: [good for good in rows if good.importer == code] for code in dict.fromkeys(g.importer for g in rows)}
