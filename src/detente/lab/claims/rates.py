"""Tariffs that claims speak of: averages, rises, rates on a partner or a line, computed under a named reading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from detente.codes import InputError
from detente.codes.days import BASE_DAY
from detente.data.evidence_tables import census_series
from detente.data.importers import importer
from detente.evidence import additional_rate, follows, moved
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.ground.averages import Ground, ground_of
from detente.lab.ground.collected import collected_rate
from detente.lab.ground.reform import reformed
from detente.lab.ground.uncertain import UncertainDuties, uncertain_duties
from detente.lab.scenario import LawChange
from detente.lab.statute.lookup import look_up
from detente.law import Law, Period, Rate
from detente.law.measure import FOREVER

Floats = NDArray[np.float64]
START = BASE_DAY
PUBLISHED = timedelta(days=36)
"""Days after the end of a month until its trade is public."""

LAWBOOK = "lawbook of the United States"
IMPORTS = "US imports for consumption of 2024"
COLLECTED = "duty collected by month, Census"
UNEXEMPT = "9503.00.00"
"""A line that no list of exemptions names (toys), on which the steps of a timeline can be counted."""


def law_under(reading: ReadingRow, as_of: date) -> tuple[Law, date]:
    """The law a reading means, reached by measures on top, and its day."""
    on = reading.on or as_of
    content = {
        "law": reading.law,
        "extend": reading.extend and reading.extend.model_dump(),
        "halve": reading.halve_since,
    }
    return _law(json.dumps(content, sort_keys=True, default=str), on), on


@lru_cache(maxsize=64)
def _law(content: str, on: date) -> Law:
    where, label, given = importer("USA"), "reading", json.loads(content)
    law = where.law
    if given["law"]:
        law = reformed(where, law, _change(given["law"]), on, Path(), label)
    if given["extend"]:
        day = date.fromisoformat(given["extend"]["day"])
        law = extended(law, str(given["extend"]["measure"]), day, on, label)
    return law if given["halve"] is None else halved(law, date.fromisoformat(given["halve"]), on)


def _change(content: Any) -> LawChange:
    """Changes to the law, as a scenario writes them under `usa:`."""
    try:
        return LawChange.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"reading, law, {place}", first["msg"].lower(), "write it as in a scenario's usa:") from None


def extended(law: Law, name: str, day: date, on: date, label: str) -> Law:
    """The law with a measure in force from `on` as it was on another day."""
    measure = law.measure(name, label)
    kept = [replace(p, start=on, end=FOREVER) for p in measure.periods_on(day)]
    if not kept:
        raise InputError(label, f"{name} was not in force on {day}", "name a day on which it was")
    return law + replace(measure, periods=tuple(kept))


def halved(law: Law, since: date, on: date) -> Law:
    """The law with every duty begun on or after a day at half its rate; older duties stay as they are."""
    halves = []
    for measure in law.measures:
        begun = min((p.start for p in measure.periods), default=date.min)
        inside = [p for p in measure.periods_on(on) if p.rate is not None]
        if begun >= since and inside:
            periods = tuple(_halved(p) if p in inside else p for p in measure.periods)
            halves.append(replace(measure, periods=periods))
    return law + halves


def _halved(period: Period) -> Period:
    rate = period.rate
    assert rate is not None
    value = None if rate.value is None else rate.value / 2.0
    table = {code: share / 2.0 for code, share in rate.by_partner.items()}
    return replace(period, rate=Rate(value, rate.floor, table))


@dataclass(frozen=True)
class Averaged:
    """An average duty, and its draws over the shares nobody observes.

    Attributes
    ----------
    value : at default shares; draws : by draw, shape (n,); share of customs value.
    """

    value: float
    draws: Floats = field(repr=False)


@lru_cache(maxsize=6)
def _duties(law: Law, on: date, scope: str, partner: str) -> UncertainDuties:
    return uncertain_duties(_ground(law, scope, partner), on)


def _ground(law: Law, scope: str, partner: str) -> Ground:
    ground = ground_of(law, None, scope)
    return ground.only(ground.where.countries.expand(partner, START, "partner")) if partner else ground


@lru_cache(maxsize=48)
def _fixed(law: Law, on: date, scope: str, partner: str, draws: int, seed: int) -> Averaged:
    """Average at the weights of 2024."""
    duties = _duties(law, on, scope, partner)
    value = duties.flows.value / duties.flows.total
    first, *drawn = duties.owed(value)([{}, *duties.positions(duties.inputs, draws, seed)]).tolist()
    return Averaged(first, np.asarray(drawn))


@lru_cache(maxsize=24)
def _substituted(law: Law, on: date, base: date, scope: str, sigma: float, draws: int, seed: int) -> Averaged:
    """Average after buyers have moved between the partners of each HS6 from the law of the base day."""
    after, before = _duties(law, on, scope, ""), _duties(importer("USA").law, base, scope, "")
    flows = after.flows
    six = np.unique(flows.lines.codes.astype("<U6"), return_inverse=True)[1].astype(np.int64)[flows.line_at]

    def average_at(position: Mapping[str, float]) -> float:
        return moved(flows.value, before.at(position), after.at(position), six, sigma).rate

    names = list(dict.fromkeys([*after.inputs, *before.inputs]))
    return Averaged(average_at({}), np.asarray([average_at(p) for p in after.positions(names, draws, seed)]))


def _averaged(basis: Basis, reading: ReadingRow, as_of: date, base: date, partner: str = "") -> Averaged:
    law, on = law_under(reading, as_of)
    if reading.substitution == "none":
        return _fixed(law, on, reading.scope, partner, basis.draws, basis.seed)
    if partner:
        raise InputError(f"reading {reading.name}", "has both a partner and substitution", "leave one of them out")
    return _substituted(law, on, base, reading.scope, reading.sigma, basis.draws, basis.seed)


def average_level(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Average duty on US imports."""
    if reading.duty == "collected":
        return _collected(reading, as_of)
    average = _averaged(basis, reading, as_of, row.base or START, reading.partner)
    return Measured(average.value, average.draws, (LAWBOOK, IMPORTS))


def average_rise(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Rise of the average duty on US imports against the law of the base day, or the duty collected before it."""
    base = row.base or START
    if reading.duty == "collected":
        now, year = _collected(reading, as_of), base.year - 1
        return replace(now, value=now.value - census_series().at(year))
    after = _averaged(basis, reading, as_of, base, reading.partner)
    if reading.start == "collected":
        start = census_series().at(base.year - 1)
        return Measured(after.value - start, after.draws - start, (LAWBOOK, IMPORTS, COLLECTED))
    before = _fixed(importer("USA").law, base, reading.scope, reading.partner, basis.draws, basis.seed)
    return Measured(after.value - before.value, after.draws - before.draws, (LAWBOOK, IMPORTS))


def last_full_month(as_of: date) -> date:
    """Last day of the last month that is over at the end of a day."""
    after = as_of + timedelta(days=1)
    return after.replace(day=1) - timedelta(days=1)


def last_full_year(as_of: date) -> int:
    """Last calendar year that is over at the end of a day."""
    return (as_of + timedelta(days=1)).year - 1


def _collected(reading: ReadingRow, as_of: date) -> Measured:
    """Duty collected over imports in the last full month, or in the last full year where the reading says so."""
    if reading.period == "year":
        year = last_full_year(as_of)
        known, value = date(year, 12, 31) + PUBLISHED, census_series().at(year)
        remark = f"the year {year}" if np.isfinite(value) else f"the duty collected in {year} is not on record"
        return Measured(value, inputs=(COLLECTED,), known=known, remark=remark)
    end = last_full_month(as_of)
    remark = end.strftime("%Y-%m")
    if not reading.period and (end.month, as_of) == (12, end):
        remark += " alone; the whole year with period: year"
    value = collected_rate(end.strftime("%Y-%m"))
    if not np.isfinite(value):
        remark = f"the duty collected in {end:%Y-%m} is not on record"
    return Measured(value, inputs=(COLLECTED,), known=end + PUBLISHED, remark=remark)


def partner_additional(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Additional duty on a partner: the steps of the timeline, or what they add on average, or on one line."""
    if row.importer and _code(row.importer) != "USA":
        return _elsewhere(basis, row, reading, as_of)
    partner = _code(reading.partner or row.partner or "CHN")
    how = reading.of or "events"
    changed = bool(reading.law or reading.extend or reading.halve_since)
    if how == "events" and partner == "CHN" and not changed:
        level = additional_rate(basis.events, "USA", partner, reading.on or as_of)
        return Measured(level.total, inputs=tuple(sorted(set(level.by_event.values()))))
    if how == "events":
        law, on = law_under(reading, as_of)
        answer = look_up(UNEXEMPT, partner, on, law=law)
        return Measured(answer.total - answer.main.base, inputs=(LAWBOOK,), remark=f"on line {UNEXEMPT}")
    if how == "line":
        return line_rate(basis, row, reading, as_of)
    if how == "addition":
        return _addition(reading, as_of, partner)
    if how == "share_below":
        return _share_below(reading, as_of, partner)
    return partner_average(basis, row, reading, as_of)


def _elsewhere(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Additional duty of another importer, where the timeline follows it: there are no imports to average over."""
    if not row.partner:
        raise InputError(f"quantity {row.name}", "names no partner", "add partner: USA")
    importing, partner = _code(row.importer), _code(reading.partner or row.partner)
    if partner == importing:
        raise InputError("partner", f"{partner} is the importer itself", "give the country of origin of the goods")
    if (reading.of or "events") != "events" or reading.model_fields_set & {"law", "extend", "halve_since"}:
        return Measured(float("nan"), remark="computed for imports of the United States alone")
    if not follows(basis.events, importing, partner):
        return Measured(float("nan"), remark=f"the timeline does not follow the duty of {importing} on {partner}")
    level = additional_rate(basis.events, importing, partner, reading.on or as_of)
    return Measured(level.total, inputs=tuple(sorted(set(level.by_event.values()))))


def _addition(reading: ReadingRow, as_of: date, partner: str) -> Measured:
    """What the duties that make up the headline rate add on average on all imports from a partner."""
    law, on = law_under(reading, as_of)
    ground = _ground(law, reading.scope, partner)
    names = added_by(law, on, partner)
    rates = ground.rates(on)
    added = sum((rates.by_authority[n] for n in names if n in rates.by_authority), np.zeros(ground.flows.value.size))
    titles = {authority.id: authority.name for authority in law.authorities}
    remark = f"counted: {', '.join(titles[name] for name in names)}" if names else "no such duty on that day"
    value = float(ground.flows.value @ added) / ground.flows.total
    return Measured(value, inputs=(LAWBOOK, IMPORTS), remark=remark)


def _code(partner: str) -> str:
    """A country's code from any of its names; a group of countries as it is written."""
    countries = importer("USA").countries
    return partner if countries.group(partner) is not None else countries.resolve(partner, "partner")


def added_by(law: Law, on: date, partner: str) -> tuple[str, ...]:
    """Authorities whose duties a line without exemption owes beside its base duty, in the order of the law."""
    members = importer("USA").countries.expand(partner, START, "partner")
    owed: set[str] = set()
    for code in sorted(members):
        points = look_up(UNEXEMPT, code, on, law=law).main.by_authority()
        owed |= {name for name, value in points.items() if value > 0.0}
    return tuple(authority.id for authority in law.authorities if authority.id in owed)


def _share_below(reading: ReadingRow, as_of: date, partner: str) -> Measured:
    law, on = law_under(reading, as_of)
    ground = _ground(law, reading.scope, partner)
    low = ground.rates(on).total < reading.level
    return Measured(float(ground.flows.value[low].sum()) / ground.flows.total, inputs=(LAWBOOK, IMPORTS))


def partner_average(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Average duty on imports from a partner."""
    partner = reading.partner or row.partner
    if not partner:
        raise InputError(f"quantity {row.name}", "names no partner", "add partner: CHN")
    average = _averaged(basis, reading, as_of, row.base or START, partner)
    return Measured(average.value, average.draws, (LAWBOOK, IMPORTS))


def line_rate(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Duty on a line from a partner."""
    line, partner = reading.line or row.line, reading.partner or row.partner
    if not line or not partner:
        raise InputError(f"quantity {row.name}", "names no line or no partner", 'add line: "8517.13.00", partner: CHN')
    law, on = law_under(reading, as_of)
    answer = look_up(line, partner, on, law=law)
    return Measured(answer.total, inputs=(LAWBOOK,), remark=f"line {line}, {answer.basis or 'one rate'}")
