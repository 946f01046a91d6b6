"""What was said of the goods and changes nothing: a claim or a share without effect on the duty of a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from detente.data.importers import Importer
from detente.lab.statute.facts import CLAIM
from detente.law import Column, Schedule, schedule_on

USES = {"C": "aircraft_use"}
"""Programmes that are claimed by what the goods are for, and the aspect that says so."""


def idle_names(
    schedule: Schedule, where: Importer, programme: str, shares: Mapping[str, float], given: Iterable[str]
) -> tuple[str, ...]:
    """Names that could be left out, among them `CLAIM`: without any one, lines owe the same by the same measures.

    Parameters
    ----------
    schedule : the law of the day on the lines of `where`, for one column of a partner's goods.
    programme : symbol of the programme claimed, "" = none.
    shares : shares the schedule was compiled with; given : names of those to try.
    """
    duties = _duties(schedule)
    names = [CLAIM] if programme and _duties(_unclaimed(schedule, where, programme, shares)) == duties else []
    column = schedule.space.columns[0]
    for name in given:
        if _duties(_compiled(schedule, where, column, _less(shares, name))) == duties:
            names.append(name)
    return tuple(names)


def _unclaimed(schedule: Schedule, where: Importer, programme: str, shares: Mapping[str, float]) -> Schedule:
    """The same goods without the claim, and without the use that goes with it."""
    partner = schedule.space.columns[0].partner
    column = Column(partner, False, where.base_column(partner, schedule.on))
    return _compiled(schedule, where, column, _less(shares, USES.get(programme, "")))


def _less(shares: Mapping[str, float], name: str) -> dict[str, float]:
    return {other: share for other, share in shares.items() if other != name}


def _compiled(schedule: Schedule, where: Importer, column: Column, shares: Mapping[str, float]) -> Schedule:
    space = where.space(schedule.law, [column], context="line", overrides=shares, on=schedule.on)
    return schedule_on(space, schedule.on, schedule.reading, record=True)


def _duties(schedule: Schedule) -> list[tuple[object, ...]]:
    """What is owed on each line: the base duty, what each measure adds, and who forbids it."""
    ladders = [schedule.ladder(line, 0) for line in range(len(schedule.space.lines))]
    return [
        (
            round(ladder.base, 9),
            {term.measure: points for term in ladder.terms if (points := round(term.points, 9))},
            {ban.measure: round(ban.share, 9) for ban in ladder.bans},
        )
        for ladder in ladders
    ]
