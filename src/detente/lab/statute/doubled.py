"""Doubled: lines that owe two duties of one authority since a measure of a user's lawbook was laid over the law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note, dotted, table_of
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.law import Law, Measure, MeasureKind, Painted, Schedule, Status, schedule_on

Bools = NDArray[np.bool_]
NAMED = 4
"""Lines and partners that are named."""


def own_measures(law: Law) -> list[Measure]:
    """Measures of a law that the shipped one does not have as they are."""
    shipped = importer(law.importer).law.by_id
    return [measure for measure in law.measures if shipped.get(measure.id) is not measure]


def doubled_table(law: Law, measures: Iterable[Measure]) -> Table:
    """Lines on which measures and others of their authority are both owed, and the rule that lets one give way."""
    rows = [row for measure in measures for row in _rows(law, measure)]
    return table_of("law.doubled", rows)


def _rows(law: Law, measure: Measure) -> Iterator[tuple[str | int | date, ...]]:
    if measure.kind is not MeasureKind.DUTY or measure.status is not Status.IN_FORCE:
        return
    day = measure.periods[-1].start
    schedule = _schedule(law, measure, day)
    mine = [painted for painted in schedule.duties if painted.item.measure.id == measure.id]
    owed: dict[str, Bools] = {}
    for painted in schedule.duties:
        other = painted.item.measure
        if other.authority == measure.authority and other.id != measure.id:
            both = owed.setdefault(other.id, np.zeros(schedule.space.shape, dtype=bool))
            for own in mine:
                both |= _whole(own, schedule) & _whole(painted, schedule)
    for name, both in owed.items():
        patterns, cells = np.nonzero(both)
        if not patterns.size:
            continue
        space = schedule.space
        lines = np.unique(space.atoms.line[np.isin(space.pattern, patterns)])
        codes = [dotted(code) for code in space.lines.codes[lines].tolist()]
        partners = list(dict.fromkeys(partner_name(space.cell_columns[cell].partner) for cell in np.unique(cells)))
        rule = declared_note("law.doubled_rule", own=measure.id, other=name)
        yield measure.id, name, law.measure(name).title, day, len(codes), _some(codes), _some(partners), rule


def _schedule(law: Law, measure: Measure, day: date) -> Schedule:
    """The law of a day on the lines of a measure, with one column for each partner that trade names."""
    whole = importer(law.importer)
    masks = [whole.lines.mask(g.prefixes) & ~whole.lines.mask(g.excepted) for g in measure.goods]
    where = whole.only(whole.lines.codes[np.any(masks, axis=0)].tolist())
    columns = where.trade_columns(sorted(whole.countries.names))[::2]
    return schedule_on(where.space(law.on_day(day), columns, context="line", on=day), day)


def _whole(painted: Painted, schedule: Schedule) -> Bools:
    """Where a painted measure is owed, shape (patterns, cell columns)."""
    mask = np.zeros(schedule.space.shape, dtype=bool)
    mask[np.ix_(painted.rows, painted.cols)] = painted.owed
    return mask


def _some(names: list[str]) -> str:
    """The first of some names, and how many more they are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


__all__ = ["doubled_table", "own_measures"]
