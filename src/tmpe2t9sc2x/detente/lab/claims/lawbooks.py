"""Rates by the lawbook of any importer, day by day, for statements about pairs that no timeline follows.

Each day is read as the texts out by then said, so that an act made retroactive later counts from its publication. A
rate moves only on days on which the law does; between them it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from detente.codes import InputError, MissingData, UnknownName
from detente.data.importers import importer
from detente.data.tables import place
from detente.evidence.events import Level
from detente.evidence.forecasts import Expectation
from detente.lab.claims.rates import START, UNEXEMPT
from detente.lab.ground.ground import PRESENT, Ground, ground_of
from detente.lab.statute.lookup import look_up
from detente.law import Law, Reading
from detente.law.measure import names_partner

ADDITION, AVERAGE = "addition", "average"
HOME = "USA"
HAIR = 1e-9
"""Rates nearer than this are one."""


def levels(expected: Expectation, first: date, last: date) -> Sequence[Level]:
    """The rate of an expectation on a day and on every later one on which it moves.

    There is none where no lawbook is on record, nor any trade to take the usual average over.

    Raises
    ------
    InputError : a rate that the importer's law does not have, or a group of partners that it treats apart.
    """
    try:
        law = importer(expected.actor).law
    except (UnknownName, MissingData):
        return ()
    days = [first, *sorted(day for day in _moves(law) if first < day <= last)]
    how = expected.rate or (ADDITION if expected.actor == HOME else AVERAGE)
    try:
        rates = [_rate(expected.actor, expected.target, how, day) for day in days]
    except InputError:
        if expected.rate:
            raise
        return ()
    steps = [n for n, rate in enumerate(rates) if not n or abs(rate - rates[n - 1]) > HAIR]
    return [Level(days[n], rates[n], {how: rates[n]}, {}) for n in steps]


@lru_cache(maxsize=16)
def _moves(law: Law) -> frozenset[date]:
    """Days on which a duty begins, the day after it ends, and days on which a text came out."""
    parts = [part for measure in law.measures for part in (*measure.periods, *measure.goods)]
    return law.dates | {part.published for part in parts if part.published is not None}


@lru_cache(maxsize=4096)
def _rate(code: str, target: str, how: str, day: date) -> float:
    """The rate of an importer on a partner on a day, share."""
    if how == AVERAGE:
        return _ground(code, target).whole(day, Reading.PUBLISHED)
    of_member = _on_line if how.replace(".", "").isdigit() or how == ADDITION else _of_measure
    return _alike({member: of_member(code, member, how, day) for member in _members(code, target, day)}, target)


@lru_cache(maxsize=16)
def _ground(code: str, target: str) -> Ground:
    ground = ground_of(importer(code).law, None)
    return ground.only(ground.where.countries.expand(target, START, "target"))


def _members(code: str, target: str, day: date) -> Sequence[str]:
    """Partners on whom the rate is looked up: one of those that the law does not tell apart."""
    members = sorted(importer(code).countries.expand(target, day, "target"))
    return members if len(members) > 1 and _parted(code, frozenset(members)) else members[:1]


@lru_cache(maxsize=64)
def _parted(code: str, members: frozenset[str]) -> bool:
    """Whether the law of today names some of these partners and not others."""
    return importer(code).law.since(PRESENT).tells_apart(members)


def _on_line(code: str, partner: str, how: str, day: date) -> float:
    """Duty on a line; what is added to the base duty on one without exemption."""
    if how == ADDITION and code != HOME:
        what = f"no line without exemption is known of {place(code)}"
        raise InputError("expect", what, "say rate: average, a tariff line, or the id of a measure")
    answer = look_up(UNEXEMPT if how == ADDITION else how, partner, day, of=code, reading=Reading.PUBLISHED)
    return answer.total - answer.main.base if how == ADDITION else answer.total


def _of_measure(code: str, partner: str, name: str, day: date) -> float:
    """Rate of a measure on a partner, zero where it is out of force or does not name him."""
    measure = importer(code).law.measure(name, f"lawbook of {code}")
    for period in measure.periods_on(day):
        unread = period.published is not None and period.published > day
        if period.rate is None or unread or not names_partner(period.partners or measure.partners, partner, day):
            continue
        value = period.rate.by_partner.get(partner, period.rate.value)
        return value or 0.0
    return 0.0


def _alike(rates: dict[str, float], target: str) -> float:
    """The one rate on all members of a group."""
    values = list(rates.values())
    if max(values) - min(values) > HAIR:
        high, low = max(rates, key=lambda code: rates[code]), min(rates, key=lambda code: rates[code])
        what = f"the rate on {place(high)} is not that on {place(low)}, both of {place(target)}"
        raise InputError("expect", what, "name one of them, or say rate: average")
    return values[0]
