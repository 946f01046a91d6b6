"""Laws that might stand: under each fate of clauses whose fate is not on record, and as a day knew the law to come.

As written, open clauses lapsed. The law that a day knew is carried on to later days, without acts signed after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from detente.law.law import Clause, Fate, Law, ProgrammeChange
from detente.law.measure import FOREVER, Displacement, Goods, Measure, Partners, Period, Status

DAY = timedelta(days=1)
Made = TypeVar("Made")
Lasting = TypeVar("Lasting", Goods, Partners, Displacement)


def fate_names(clauses: Iterable[Clause]) -> tuple[str, ...]:
    """Names of all fates of some clauses, in their order."""
    return tuple(dict.fromkeys(fate.name for clause in clauses for fate in clause.fates))


def states(clauses: Iterable[Clause], last: date) -> dict[str, tuple[date | None, ...]]:
    """What each fate makes of some clauses up to a day, by name; names with the same state have the same law.

    A state holds the last day to which each clause goes on, None where it stands as written.
    """
    rows = tuple(clauses)
    fates = {name: [clause.fate(name) for clause in rows] for name in fate_names(rows)}
    return {name: tuple(fate and min(fate.until, last) for fate in each) for name, each in fates.items()}


def laws_under(law: Law, clauses: Iterable[Clause], last: date) -> dict[str, Law]:
    """The law under each fate of some clauses, by name; fates that come to the same by the last day are one law."""
    rows, laws = tuple(clauses), dict[tuple[date | None, ...], Law]()
    named = states(rows, last)
    for name, state in named.items():
        if state not in laws:
            laws[state] = under_fate(law, name, rows) if any(state) else law
    return {name: laws[state] for name, state in named.items()}


def for_each(laws: Mapping[str, Law], make: Callable[[Law], Made]) -> dict[str, Made]:
    """What is made of each law, by name; of one law once."""
    made = {id(law): make(law) for law in {id(law): law for law in laws.values()}.values()}
    return {name: made[id(law)] for name, law in laws.items()}


def under_fate(law: Law, name: str, clauses: Iterable[Clause]) -> Law:
    """The law if these clauses had met the fate of a name: what was to end goes on, what was to begin waits.

    A clause without such a fate stands as written.
    """
    chosen = [(clause, fate) for clause in clauses if (fate := clause.fate(name)) is not None]
    if not chosen:
        return law
    ends = {measure: pair for pair in chosen for measure in pair[0].ends}
    begins = {measure: pair for pair in chosen for measure in pair[0].begins}
    measures = (_prolonged(m, *ends[m.id]) if m.id in ends else m for m in law.measures)
    later = tuple(_delayed(m, *begins[m.id]) if m.id in begins else m for m in measures)
    open_ = tuple(
        ProgrammeChange(p, clause.day, until=fate.until) for clause, fate in chosen for p in clause.programmes
    )
    return replace(law, measures=later, programmes=(*law.programmes, *open_))


def _changed(measure: Measure, change: Callable[[Any], Any]) -> Measure:
    """A measure with each of its spans of days changed, or left out where nothing comes of it."""

    def every(spans: tuple[Any, ...] | None) -> Any:
        return None if spans is None else tuple(new for span in spans if (new := change(span)) is not None)

    periods = tuple(replace(period, partners=every(period.partners)) for period in every(measure.periods))
    return replace(measure, goods=every(measure.goods), periods=periods, partners=every(measure.partners))


def _prolonged(measure: Measure, clause: Clause, fate: Fate) -> Measure:
    """The measure with everything in it that ends the day before going on as long as the fate says."""
    last = clause.day - DAY
    return _changed(measure, lambda span: replace(span, end=fate.until) if span.end == last else span)


def _delayed(measure: Measure, clause: Clause, fate: Fate) -> Measure:
    """The measure with what begins on the day beginning once the fate has run out; void if nothing is left."""
    start = FOREVER if fate.until == FOREVER else fate.until + DAY
    moved = (replace(p, start=start) if p.start == clause.day else p for p in measure.periods)
    kept = tuple(period for period in moved if period.start <= period.end and period.start != FOREVER)
    return replace(measure, periods=kept) if kept else measure.with_status(Status.VOID)


@dataclass(frozen=True)
class Signing:
    """The day on which an act was signed whose duties begin, or end, on a later one.

    Attributes
    ----------
    day : first day of what begins; the day after the last of what ends.
    signed : day of the act, or of its publication.
    measures : ids; empty = every measure that begins or ends on the day.
    act : what was signed.
    """

    day: date
    signed: date
    measures: frozenset[str] = frozenset()
    act: str = ""


def known_law(law: Law, cut: date, signings: Sequence[Signing] = ()) -> Law:
    """The law that the acts signed by a day make, on that day and every later one.

    What began by the day is in it, with what was signed by it for later; an end that was not signed by it is lifted. An
    act without a known day counts from its first day, or from its publication where that came after.

    Parameters
    ----------
    cut : the day, the last whose acts are known.
    """
    days = {(name, s.day): s.signed for s in signings for name in s.measures or (m.id for m in law.measures)}
    measures = tuple(_known(m, cut, days) for m in law.measures)
    rules = tuple(_lasting(rule, cut) for rule in law.rules if (rule.published or rule.start) <= cut)
    return _named(replace(law, measures=tuple(m for m in measures if m.periods), rules=rules, record=None))


def _lasting(span: Lasting, cut: date) -> Lasting:
    """What began by a day without an end that lies after it."""
    return span if span.end <= cut else replace(span, end=FOREVER)


def _named(law: Law) -> Law:
    """The law whose measures, rules and rulings name only what is in it: the others name acts still to come."""
    known = set(law.selectors)

    def kept(selectors: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in selectors if name in known)

    rules = (replace(rule, by=kept(rule.by), of=kept(rule.of)) for rule in law.rules)
    measures = (replace(m, exempts=kept(m.exempts), replaces=kept(m.replaces)) for m in law.measures)
    empty = {m.id for m in law.measures if m.exempts and not kept(m.exempts)}
    return replace(
        law,
        measures=tuple(m for m in measures if m.id not in empty),
        rules=tuple(rule for rule in rules if rule.by and rule.of),
        rulings=tuple(ruling for ruling in law.rulings if set(ruling.voids) <= known),
    )


def _known(measure: Measure, cut: date, days: Mapping[tuple[str, date], date]) -> Measure:
    """A measure as a day knew it; `days` : when what begins in a measure on a day was signed."""

    def seen(part: Period | Goods) -> bool:
        return (part.published or days.get((measure.id, part.start), part.start)) <= cut

    def scopes(of: tuple[Partners, ...] | None) -> tuple[Partners, ...] | None:
        return None if of is None else tuple(_lasting(scope, cut) for scope in of if scope.start <= cut)

    def carried(period: Period) -> Period:
        """Without the end that nobody knew; it gives way to a later period that was known."""
        later = min((start for start in starts if start > max(period.start, cut)), default=None)
        signed = period.end == FOREVER or days.get((measure.id, period.end + DAY), FOREVER) <= cut
        known = period.end <= cut or signed
        end = period.end if known else later - DAY if later else FOREVER
        return replace(period, end=end, partners=scopes(period.partners))

    periods = [period for period in measure.periods if seen(period)]
    starts = {period.start for period in periods}
    goods = tuple(_lasting(block, cut) for block in measure.goods if seen(block))
    kept = tuple(carried(period) for period in periods) if goods else ()
    return replace(measure, periods=kept, goods=goods, partners=scopes(measure.partners))


def same_on(law: Law, other: Law, day: date) -> bool:
    """Whether two laws have the same measures and rules in force on a day, with the same rates, goods and partners."""
    return _in_force(law, day) == _in_force(other, day)


def _in_force(law: Law, day: date) -> tuple[tuple[Measure, ...], tuple[Displacement, ...]]:
    """Measures and rules of a day, their ends left out."""

    def endless(span: Any) -> Any:
        return replace(span, end=FOREVER) if span.start <= day <= span.end else None

    measures = tuple(m for measure in law.measures if (m := _changed(measure, endless)).periods and m.goods)
    rules = tuple(open_ for rule in law.rules if (open_ := endless(rule)) is not None)
    of_day = _named(replace(law, measures=measures, rules=rules, record=None, rulings=()))
    return of_day.measures, of_day.rules
