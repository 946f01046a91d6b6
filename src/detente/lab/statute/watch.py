"""Watch: every day on which the duty on watched goods moves, the acts behind it, and what is known to come.

The law is compiled once for each set of base duties, on the lines that are watched alone. A block of a measure that is
painted as on the day before is not looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.codes.days import LATEST, check_day
from detente.codes.hs import nested
from detente.codes.standing import Standing
from detente.data.importers import Importer, importer
from detente.data.tables import partner_name
from detente.lab.statute.book import LawStep, rate_text, steps
from detente.lab.statute.line_weights import weights_of
from detente.lab.statute.lookup import UnlistedRate, lines_under, look_up, substitute
from detente.lab.statute.standing import standing_of, words_of
from detente.lab.statute.watch_list import Watched, by_importer
from detente.law import Clause, Goods, Law, Measure, MeasureKind, PartnerColumn, Reading, Schedule, Space, Status
from detente.law.branches import under_fate
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


Span = tuple[float, ...]
"""Lowest and highest of several duties, shares; empty where nobody counted them."""


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
    fates: tuple[tuple[str, float], ...] = ()
    clause: str = ""
    range_before: Span = ()
    range_after: Span = ()


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


def _covers(block: Goods, code: str) -> bool:
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


DAY = timedelta(days=1)

Moves = Mapping[str, tuple[Measure, Floats, Floats]]
"""Measures that do something else than before, each with what by line and partner."""


def watch(goods: Sequence[Watched], since: date, today: date) -> Watch:
    """What changed for watched goods after a day up to today, and what is known to come.

    Raises
    ------
    InputError : a day before the lawbook begins, or after today.
    """
    if since > today:
        raise InputError(Parameter("from"), f"{since} is after {today}", "give a day before it")
    changes: list[DutyChange] = []
    for code, own in by_importer(goods).items():
        where = importer(code)
        check_day(since)
        for part in _parts_of(own):
            goods_of = WatchedGoods.of(where, part)
            known = (_on_record(goods_of, change, today) for change in _of_importer(goods_of, since, today))
            changes += _together(part, known)
    places = {good: number for number, good in enumerate(goods)}
    changes.sort(key=lambda c: (c.day or LATEST, places[c.good], c.partner))
    past = tuple(c for c in changes if c.day is not None and c.day <= today)
    coming = tuple(c for c in changes if c.day is None or c.day > today)
    return Watch(
        tuple(goods), since, today, past, coming, {code: read_to(importer(code)) for code in by_importer(goods)}
    )


PARTNERS = 40
"""Partners whose goods are looked at together: the law is laid on all lines of a part for each of them."""


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


def _together(goods: Iterable[Watched], of_cells: Iterable[DutyChange]) -> Iterator[DutyChange]:
    """Changes of cells as those of rows: members of a group that move alike are one."""
    known: dict[tuple[str, str], list[DutyChange]] = {}
    for change in of_cells:
        known.setdefault((change.good.code, change.partner), []).append(change)
    for good in goods:
        alike: dict[DutyChange, list[str]] = {}
        for member in good.members:
            for change in known.get((good.code, member), ()):
                alike.setdefault(replace(change, good=good, partner=good.partner), []).append(member)
        for change, members in alike.items():
            whole = len(members) == len(good.members)
            yield change if whole else replace(change, partner=_some(members, good))


NAMED = 6
"""Members of a group that are named one by one."""


def _some(members: Sequence[str], good: Watched) -> str:
    """Members of a group by name, or how many they are."""
    if len(members) > NAMED:
        return f"{len(members)} of {good.partner}"
    return ", ".join(partner_name(member) for member in members)


def _on_record(goods: WatchedGoods, change: DutyChange, today: date) -> DutyChange:
    """A change without duties that hang on the mean of a sector, which is no rate of the good."""
    cell, day = WatchedPair(change.good.code, change.partner), change.day or today
    known = [goods.on_record(cell, on) for on in (day - DAY, day)]
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
    days: dict[tuple[str, str, date | None], DutyChange] = {}
    for change in changes:
        key = (change.good.code, change.partner, change.day)
        first = days.get(key)
        titles = dict.fromkeys(title for title in (first.clause if first else "", change.clause) if title)
        moved = (*(first.moved if first else ()), *change.moved)
        days[key] = replace(first or change, moved=moved, clause="; ".join(titles))
    yield from days.values()


def _between(goods: WatchedGoods, before: LawDay, now: LawDay, today: date) -> Iterator[DutyChange]:
    """What moves between two levels, one change a cell."""
    moved = moved_measures(before, now)
    touched = np.abs(now.total - before.total) > LEAST
    for _, then, these in moved.values():
        touched |= np.abs(these - then) > LEAST
    for cell in goods.cells:
        if touched[goods.places(now, cell)].any():
            change = _change(goods, before, now, cell, moved, today)
            if change is not None:
                yield change


def _change(
    goods: WatchedGoods,
    before: LawDay,
    now: LawDay,
    cell: WatchedPair,
    moved: Moves,
    today: date,
) -> DutyChange | None:
    old, new = goods.rate(before, cell), goods.rate(now, cell)
    parts = tuple(_parts(goods, before, now, cell, moved)) if old == old and new == new else ()
    still = abs(new - old) <= LEAST and all(part.kind is MeasureKind.EXEMPTION for part in parts)
    if old != old or new != new or still:
        return None
    fate = _fate(goods.where, now.day, [goods.where.law.by_id[p.measure] for p in parts if p.measure != BASE], today)
    spans = (tuple(map(rounded, goods.span(level, cell))) for level in (before, now))
    own = _row_of(cell, goods.where.iso3)
    return DutyChange(own, cell.partner, now.day, rounded(old), rounded(new), fate, parts, (), "", *spans)


def rounded(value: float) -> float:
    """A duty without the last digits of its sum, so that equal ones are equal."""
    return round(value, 9) + 0.0


def _row_of(cell: WatchedPair, of: str) -> Watched:
    """A stand-in for the row that a cell belongs to."""
    return Watched(0, of, cell.code, (cell.partner,), "")


def _parts(
    goods: WatchedGoods,
    before: LawDay,
    now: LawDay,
    cell: WatchedPair,
    moved: Moves,
) -> Iterator[MovedMeasure]:
    """The base duty and each measure that does something else than before on a cell."""
    base = rounded(goods.rate(before, cell, before.base)), rounded(goods.rate(now, cell, now.base))
    if abs(base[1] - base[0]) > LEAST:
        line = str(now.space.lines.codes[now.lines[cell.code][0]])
        cited = goods.where.base_source(line, now.day, cell.partner)
        yield MovedMeasure(BASE, "Base duty", *base, MeasureKind.DUTY, cited)
    places = goods.places(now, cell)
    for name, (measure, then, these) in moved.items():
        if np.abs(these[places] - then[places]).max(initial=0.0) <= LEAST:
            continue
        was, is_now = rounded(goods.rate(before, cell, then)), rounded(goods.rate(now, cell, these))
        if abs(is_now - was) > LEAST:
            act = _act(measure, cell.partner, now.day, now.day - DAY, before.day)
            yield MovedMeasure(name, measure.title, was, is_now, measure.kind, act)


def _act(measure: Measure, partner: str, *days: date) -> str:
    """Instrument and citation of the period in force for a partner on the first of some days that has one."""
    named = (p for day in days for p in measure.periods_on(day) if names_partner(p.partners, partner, day))
    period = next(named, measure.periods[-1])
    parts = (period.instrument or measure.instrument, period.citation or measure.citation)
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _fate(where: Importer, day: date, measures: Sequence[Measure], today: date) -> ChangeStatus:
    """Whether a change of a day took place, is to begin, or is an end as written."""
    read = read_to(where)
    if day <= today and (read is None or day <= read):
        return ChangeStatus.IN_FORCE
    ends = any(_ends(measure, day - DAY) for measure in measures)
    return (
        ChangeStatus.LAPSES
        if ends and not any(_begins(measure, day) for measure in measures)
        else ChangeStatus.ANNOUNCED
    )


def _ends(measure: Measure, day: date) -> bool:
    spans = [*measure.periods, *measure.goods, *(measure.partners or ())]
    return any(span.end == day for span in spans)


def _begins(measure: Measure, day: date) -> bool:
    spans = [*measure.periods, *measure.goods, *(measure.partners or ())]
    return any(span.start == day for span in spans)


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
        duties: dict[float, list[str]] = {}
        for name, words in words_of(open_).items():
            key = change.day, name
            if key not in levels:
                levels[key] = next(goods.levels(under_fate(law, name, clauses[change.day]), [change.day]))
            duty = rounded(goods.rate(levels[key], WatchedPair(change.good.code, change.partner)))
            duties.setdefault(duty, []).append(words)
        fates = tuple((" or ".join(words), duty) for duty, words in duties.items())
        fate = ChangeStatus.LAPSES if any(c.ends for c in open_) else ChangeStatus.ANNOUNCED
        yield replace(change, fates=fates, clause="; ".join(c.title for c in open_), status=fate)


def _run_out(goods: WatchedGoods, law: Law, today: date) -> Iterator[DutyChange]:
    """What moves once a fate that prolongs open clauses to a day has run out; as written nothing does on that day."""
    clauses = law.record.clauses if law.record is not None else ()
    for until, name in dict.fromkeys((f.until, f.name) for c in clauses for f in c.fates if today <= f.until < LATEST):
        own = [c for c in clauses if (fate := c.fate(name)) is not None and fate.until == until]
        last, after = goods.levels(under_fate(law, name, own), [until, until + DAY])
        written = next(goods.levels(law, [until + DAY]))
        for change in _between(goods, last, after, today):
            named = {part.measure for part in change.moved}
            open_ = [c for c in own if c.names & named]
            if open_:
                words = words_of(open_)[name]
                cell = WatchedPair(change.good.code, change.partner)
                duty, span = rounded(goods.rate(written, cell)), tuple(map(rounded, goods.span(written, cell)))
                spans = {"range_before": span, "range_after": span}
                fates = ((f"{words}, until the day", change.before), (words, change.after))
                titles, status = "; ".join(c.title for c in open_), ChangeStatus.LAPSES
                yield replace(change, before=duty, after=duty, fates=fates, clause=titles, status=status, **spans)


def _open(law: Law) -> dict[date, list[Clause]]:
    """Open clauses by day."""
    clauses: dict[date, list[Clause]] = {}
    for clause in law.record.clauses if law.record is not None else ():
        clauses.setdefault(clause.day, []).append(clause)
    return clauses


TOLD = (MeasureKind.CONTROL, MeasureKind.MINIMUM)
"""Measures that lie on goods without a rate."""


def _controls(goods: WatchedGoods, levels: Sequence[LawDay], since: date, today: date) -> Iterator[DutyChange]:
    """Licences and minimum prices that begin, change or end on watched goods."""
    by_day: dict[tuple[date, str], list[LawStep]] = {}
    clauses = _open(goods.where.law)
    for step in steps(goods.where.law, since + DAY, LATEST):
        if step.measure.kind in TOLD:
            by_day.setdefault((step.day, step.measure.id), []).append(step)
    for (day, _), own in by_day.items():
        level = max((level for level in levels if level.day <= day), key=lambda level: level.day)
        measure, words = own[0].measure, "; ".join(step.what for step in own)
        fate = _fate(goods.where, day, [measure], today)
        cells = (c for c in goods.cells if goods.holds(measure, c, day) or goods.holds(measure, c, day - DAY))
        titles = [c.title for c in clauses.get(day, ()) if measure.id in c.names]
        for change in _without_rate(goods, cells, level, measure, day, words, fate):
            yield replace(change, clause="; ".join(titles))


def _without_rate(
    goods: WatchedGoods,
    cells: Iterable[WatchedPair],
    level: LawDay,
    measure: Measure,
    day: date | None,
    words: str,
    fate: ChangeStatus,
) -> Iterator[DutyChange]:
    """A measure that moves no duty, on each of some cells."""
    on = day or level.day
    for cell in cells:
        act = _act(measure, cell.partner, on, on - DAY)
        part = MovedMeasure(measure.id, measure.title, 0.0, 0.0, measure.kind, act, words)
        rate, span = rounded(goods.rate(level, cell)), tuple(map(rounded, goods.span(level, cell)))
        own = _row_of(cell, goods.where.iso3)
        yield DutyChange(own, cell.partner, day, rate, rate, fate, (part,), (), "", span, span)


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


CHANGES, COMING = "changes", "coming"
"""The two parts of a watch."""


def watch_tables(seen: Watch) -> list[Table]:
    """Tables `changes`, `coming` and `read`."""
    words, standing = _said_of(seen), _standing(seen)
    past = table_of("watch.changes", [_row(c) for c in seen.past], **words)
    coming = table_of("watch.coming", [_row(c) for c in seen.coming], tuple(_ahead(seen)), **words)
    return [past.standing_on(standing), coming.standing_on(standing), _read(seen)]


def watch_table(seen: Watch) -> Table:
    """Both parts in one table, for files that hold one."""
    rows = [(part, *_row(c)) for part, own in ((CHANGES, seen.past), (COMING, seen.coming)) for c in own]
    return table_of("watch.watch", rows, **_said_of(seen)).standing_on(_standing(seen))


def _ahead(seen: Watch) -> Iterator[str]:
    """What may come for watched goods and has no rate, with the partners it concerns."""
    partners: dict[str, dict[str, None]] = {}
    for good in seen.goods:
        record = importer(good.importer).law.record
        for entry in record.may_come(seen.today, frozenset(good.members), good.code) if record is not None else ():
            partners.setdefault(entry.title, {})[good.partner] = None
    for title, names in partners.items():
        yield declared_note("watch.may_come", title=title, partners=", ".join(names))


def change_words(change: DutyChange) -> str:
    """The measures behind a change, each with what it adds before and after."""
    if not change.moved:
        return declared_note("watch.lines")
    return "; ".join(_words(part) for part in change.moved)


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
    good = change.good
    acts = dict.fromkeys(part.act for part in change.moved if part.act)
    return (
        "" if change.day is None else change.day.isoformat(), good.row, good.importer, good.line, change.partner,
        _range(change), change.before, change.after, _moved_by(change), change_words(change), "; ".join(acts),
        " ".join(part.measure for part in change.moved), change.status,
        "; ".join(f"{100 * duty:.4g}% if {fate}" for fate, duty in change.fates), change.clause, good.note,
    )  # fmt: skip


def _range(change: DutyChange) -> str:
    """Lowest and highest duty of the lines, before and after; "" where all owe the same on both days."""
    spans = (change.range_before, change.range_after)
    if not any(span and span[0] != span[1] for span in spans):
        return ""
    words = (" to ".join(dict.fromkeys(f"{duty:.2%}" for duty in span)) for span in spans)
    return ", then ".join(dict.fromkeys(words))


def _moved_by(change: DutyChange) -> float:
    """By how much the duty moves; where it is on record on neither day, by what its measures add."""
    if isnan(change.before) and isnan(change.after):
        return sum(part.after - part.before for part in change.moved if part.kind is MeasureKind.DUTY)
    return change.after - change.before


def _said_of(seen: Watch) -> dict[str, Any]:
    """What titles and notes say: the days, rows that did not move, and how far each law was read."""
    moved = {change.good for change in (*seen.past, *seen.coming)}
    days = [f"{partner_name(code)} {day or 'not on record'}" for code, day in seen.read.items()]
    counts = {"count": len(seen.goods), "still": len(seen.goods) - len(moved)}
    return {"since": seen.since, "today": seen.today, "read": ", ".join(days), **counts}


def _read(seen: Watch) -> Table:
    moved = {change.good for change in (*seen.past, *seen.coming)}
    rows = [
        (
            code, partner_name(code), "" if day is None else day.isoformat(),
            sum(good.importer == code for good in seen.goods), sum(good.importer == code for good in moved),
        )
        for code, day in seen.read.items()
    ]  # fmt: skip
    return table_of("watch.read", rows)


def _standing(seen: Watch) -> Standing | None:
    """Standing of the law that was read least far; None where no law of the list says how far it was."""
    laws = [importer(code).law for code, day in seen.read.items() if day is not None]
    standings = [standing for law in laws if (standing := standing_of(law, seen.since, seen.today)) is not None]
    return min(standings, key=lambda standing: standing.to) if standings else None
