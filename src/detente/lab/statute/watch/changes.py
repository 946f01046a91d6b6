"""Changes: every day on which the duty on watched goods moves, the acts behind it, and what is known to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import nan

import numpy as np

from detente.codes import InputError, Parameter, declared_note
from detente.codes.days import LATEST, check_day
from detente.data.importers import Importer, importer
from detente.data.tables import partner_name
from detente.lab.statute.book import LawStep, rate_text, steps
from detente.lab.statute.standing import words_of
from detente.lab.statute.watch.levels import BASE, LEAST, Floats, LawDay, WatchedGoods, WatchedPair, moved_measures
from detente.lab.statute.watch.listed import Watched, by_importer
from detente.lab.statute.watch.seen import ChangeStatus, DutyChange, MovedMeasure, Watch
from detente.law import Clause, Law, Measure, MeasureKind, Status
from detente.law.branches import under_fate
from detente.law.measure import names_partner

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


__all__ = ["read_to", "watch"]
