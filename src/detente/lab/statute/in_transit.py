"""Goods in transit: what was on the water as a duty began owes what it owed before, if it is entered in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from detente.codes import InputError
from detente.data.library import package_folder
from detente.data.yamlfile import read_yaml
from detente.law import Law
from detente.law.measure import Measure

NAME = "in_transit.yaml"
DAY = timedelta(1)


@dataclass(frozen=True)
class TransitClause:
    """A clause on goods in transit.

    Attributes
    ----------
    of : importer. `measures` : selectors of those that do not yet fall on the goods.
    loaded : day before which they are loaded; `first`, `entered` : from and before which they are entered.
    as_of : day of which the measures count. `heading` : under which the goods are filed.
    """

    of: str
    measures: tuple[str, ...]
    loaded: date
    first: date
    entered: date
    as_of: date
    heading: str
    source: str

    def held(self, measure: Measure) -> Measure:
        """The measure with the periods of its earlier day in the place of those of the clause's days."""
        last = self.entered - DAY
        periods = [replace(p, start=self.first, end=last) for p in measure.periods_on(self.as_of)]
        for period in measure.periods:
            if period.start < self.first:
                periods.append(replace(period, end=min(period.end, self.first - DAY)))
            if period.end > last:
                periods.append(replace(period, start=max(period.start, self.entered)))
        return replace(measure, periods=tuple(sorted(periods, key=lambda period: period.start)))


@lru_cache(maxsize=1)
def _clauses() -> tuple[TransitClause, ...]:
    rows = [{"from": row["loaded"], **row} for row in read_yaml(package_folder() / NAME, NAME)]
    made = ({**row, "measures": tuple(row["measures"])} for row in rows)
    return tuple(TransitClause(first=row.pop("from"), **row) for row in made)


def clauses_of(of: str, loaded: date | None, on: date) -> tuple[TransitClause, ...]:
    """Clauses that goods loaded and entered on two days are under, that of the latest day first; none without a day.

    Raises
    ------
    InputError : a day of loading after that of entry.
    """
    if loaded is None:
        return ()
    if loaded > on:
        raise InputError("loaded", f"{loaded} is after the day of entry, {on}", "give the day the goods set out")
    mine = [c for c in _clauses() if c.of == of and loaded < c.loaded and c.first <= on < c.entered]
    return tuple(sorted(mine, key=lambda clause: clause.loaded, reverse=True))


@lru_cache(maxsize=8)
def law_in_transit(law: Law, clauses: tuple[TransitClause, ...]) -> Law:
    """The law on goods under some clauses; an earlier one counts where several name a measure."""
    if not clauses:
        return law
    measures = {measure.id: measure for measure in law.measures}
    for clause in clauses:
        for chosen in law.select(clause.measures):
            measures[chosen.id] = clause.held(law.by_id[chosen.id])
    return replace(law, measures=tuple(measure for measure in measures.values() if measure.periods))
