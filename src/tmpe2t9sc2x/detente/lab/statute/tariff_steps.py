"""Steps of a tariff that are no measures: base duties known by day, and preferences that begin or end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from detente.codes import dotted
from detente.data.importers import Importer
from detente.data.programmes import Programme
from detente.data.schedulefile import KNOWN, read_columns
from detente.law.measure import ALWAYS, FOREVER

BASE = "base duty"
PREFERENCE = "preference"
TITLE = "Base duty"
NOT_KNOWN = "not on record"
"""What a base duty was before the first day on which it is known."""

UNCLAIMED, CLAIMED = "not in force", "in force, on claim"


@dataclass(frozen=True, slots=True)
class TariffStep:
    """A part of the tariff with what it says from a day on, and what it said before.

    Attributes
    ----------
    id : code of the goods of a base duty, or symbol of a preference.
    kind : `BASE` or `PREFERENCE`.
    """

    day: date
    id: str
    title: str
    kind: str
    before: str
    after: str
    source: str

    @property
    def what(self) -> str:
        """What happens on the day, in words."""
        if self.kind == PREFERENCE:
            return "begins, on claim" if self.after == CLAIMED else "ends"
        return f"set at {self.after}" if self.before == NOT_KNOWN else f"changes from {self.before} to {self.after}"


def tariff_steps(where: Importer, first: date, last: date) -> list[TariffStep]:
    """What begins, changes or ends from `first` to `last`, both in, beside the measures."""
    made = (*_base_steps(where), *_preference_steps(where))
    return sorted((step for step in made if first <= step.day <= last), key=lambda step: (step.day, step.id))


def net_steps(where: Importer, before: date, after: date) -> Iterator[TariffStep]:
    """What differs between two days, one step for each part of the tariff; they may run backwards."""
    first, last = sorted((before, after))
    of_part: dict[tuple[str, str], list[TariffStep]] = {}
    for step in tariff_steps(where, first + timedelta(1), last):
        of_part.setdefault((step.kind, step.id), []).append(step)
    for steps in of_part.values():
        was, now = steps[0].before, steps[-1].after
        if was != now:
            sides = (was, now) if before <= after else (now, was)
            yield replace(steps[-1], before=sides[0], after=sides[1])


def _base_steps(where: Importer) -> Iterator[TariffStep]:
    """Base duties known by day from a folder's table; a row that nothing follows goes on as the mean of its sector."""
    if not where.file.known:
        return
    table = read_columns(where.file.folder / where.file.known, KNOWN)
    rows = [{name: column[i] for name, column in table.items()} for i in range(len(table["prefix"]))]
    ended = {(str(row["prefix"]), _after(str(row["until"]))): float(row["rate"]) for row in rows if row["until"]}
    for row in rows:
        if row["from"]:
            code, day = str(row["prefix"]), date.fromisoformat(str(row["from"]))
            # What ended the day before may have stood for a whole heading.
            before = (ended[code[:n], day] for n in range(len(code), 0, -1) if (code[:n], day) in ended)
            was = next(map(_percent, before), NOT_KNOWN)
            now, source = _percent(float(row["rate"])), str(row["source"])
            yield TariffStep(day, dotted(code), TITLE, BASE, was, now, source)


def _after(last: str) -> date:
    return date.fromisoformat(last) + timedelta(1)


def _percent(rate: float) -> str:
    return f"{rate * 100:g}%"


def _preference_steps(where: Importer) -> Iterator[TariffStep]:
    """Preferences that one side gives; those of agreements stand by the day on which their cuts are done."""
    for programme in where.programmes.by_symbol.values():
        if programme.kind == PREFERENCE:
            yield from _turns(programme)


def _turns(programme: Programme) -> Iterator[TariffStep]:
    name, title = programme.symbol, programme.title
    if programme.start != ALWAYS:
        yield TariffStep(programme.start, name, title, PREFERENCE, UNCLAIMED, CLAIMED, programme.name)
    if programme.end != FOREVER:
        yield TariffStep(programme.end + timedelta(1), name, title, PREFERENCE, CLAIMED, UNCLAIMED, programme.name)
