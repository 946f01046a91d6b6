"""Laws that claims speak of: an importer's on a day, with measures on top, or as its texts had it by another day.

What laws are called among the inputs of a reading, and how far they are on record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from detente.codes import InputError, declared_note
from detente.data.importers import importer
from detente.data.models import model_of
from detente.data.tables import countries, place
from detente.lab.averages.reform import reformed
from detente.lab.claims.measurand import Measured
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.scenario import LawChange
from detente.law import Displacement, Goods, Law, Measure, Partners, Period, Rate, Status
from detente.law.measure import FOREVER, names_partner

HOME = "USA"


def importer_of(row: QuantityRow) -> str:
    """Code of the importer that a claim names, of the United States if it names none.

    Raises
    ------
    UnknownName : no country, or one without a law on record.
    """
    if not row.importer:
        return HOME
    return importer(countries().code(row.importer, "importer")).iso3


def law_under(reading: ReadingRow, as_of: date, code: str = "USA") -> tuple[Law, date]:
    """The law of an importer that a reading means, reached by measures on top, and its day."""
    on = reading.on or as_of
    content = {
        "law": reading.law,
        "extend": reading.extend and reading.extend.model_dump(),
        "halve": reading.halve_since,
        "published": reading.published,
    }
    return _law(json.dumps(content, sort_keys=True, default=str), on, code), on


@lru_cache(maxsize=64)
def _law(content: str, on: date, code: str) -> Law:
    where, label, given = importer(code), "reading", json.loads(content)
    law = where.law
    if given["published"]:
        law = as_published(law, date.fromisoformat(given["published"]))
    if given["law"]:
        law = reformed(where, law, model_of(LawChange, given["law"], "reading, law"), on, Path(), label)
    if given["extend"]:
        day = date.fromisoformat(given["extend"]["day"])
        law = extended(law, str(given["extend"]["measure"]), day, on, label)
    return law if given["halve"] is None else halved(law, date.fromisoformat(given["halve"]), on)


def as_published(law: Law, day: date) -> Law:
    """The law as its texts out by a day had it: without what came out later, with effect from before it."""
    changed = [kept for m in law.measures if (kept := _out_by(m, day)) is not m]
    rules = tuple(rule for rule in law.rules if _out(rule, day))
    law = law + changed if changed else law
    return law if len(rules) == len(law.rules) else replace(law, rules=rules)


def _out(part: Period | Goods | Displacement, day: date) -> bool:
    return part.published is None or part.published <= day


def _out_by(measure: Measure, day: date) -> Measure:
    """A measure with the periods and goods that were out by a day; itself where all were."""
    periods = tuple(p for p in measure.periods if _out(p, day))
    goods = tuple(g for g in measure.goods if _out(g, day))
    if len(periods) == len(measure.periods) and len(goods) == len(measure.goods):
        return measure
    kept = replace(measure, periods=periods or measure.periods, goods=goods)
    return kept if periods and (goods or not measure.goods) else kept.with_status(Status.VOID)


class Amendment(NamedTuple):
    """A text that came out after a day and changes the law of that day or before: `effect` is its first day."""

    published: date
    effect: date


def amended(law: Law, on: date, spoken: date, partners: frozenset[str] = frozenset()) -> Amendment | None:
    """The first text after a day that changes, with effect from before, the law of another; None if there is none.

    Parameters
    ----------
    partners : codes of those whose goods are meant; empty = all.
    """
    parts: list[Period | Goods | Displacement] = list(law.rules)
    for measure in law.measures:
        if measure.status is Status.IN_FORCE and _concerns(measure.partners, partners, on):
            parts += [p for p in measure.periods if _concerns(p.partners, partners, on)]
            parts += measure.goods
    later = [(p.published, p.start) for p in parts if p.published and p.start <= on <= p.end and not _out(p, spoken)]
    return Amendment(*min(later)) if later else None


def _concerns(scopes: tuple[Partners, ...] | None, partners: frozenset[str], on: date) -> bool:
    return not partners or any(names_partner(scopes, code, on) for code in partners)


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


Readings = tuple[ReadingRow, ...]


def as_said(row: QuantityRow, readings: Sequence[ReadingRow], as_of: date, spoken: date) -> Readings:
    """Readings of the law as it was published on the day of a claim, the default beside it as amended later.

    A claim about the law of its own day, or of one before, could know no text that came out later with effect from
    before. Readings that name their law as published, and those that rest on no law, stay as they are.
    """
    if as_of > spoken:
        return tuple(readings)
    where = importer(importer_of(row))
    parted: list[ReadingRow] = []
    for reading in readings:
        named = reading.partner or row.partner
        partners = where.countries.expand(named, as_of, "partner") if named else frozenset[str]()
        change = None if _lawless(reading) else amended(where.law, reading.on or as_of, spoken, partners)
        parted += [reading] if change is None else _parted(reading, change, spoken)
    return tuple(parted)


def _lawless(reading: ReadingRow) -> bool:
    return reading.published is not None or reading.duty == "collected" or reading.of == "decoupling"


AMENDED = "-amended"
"""End of the name of a reading under the law as it was amended later."""


def _parted(reading: ReadingRow, change: Amendment, spoken: date) -> list[ReadingRow]:
    """A reading of the law as published on a day; the default also as it was amended later."""
    known = reading.model_copy(update={"published": spoken, "label": _by(spoken, reading.label)})
    if not reading.default:
        return [known]
    label = declared_note("claims.as_amended", reading=reading.label, day=change.effect)
    plain = {"name": reading.name + AMENDED, "label": label, "default": False, "likely": False}
    plain["known"] = change.published
    return [known, reading.model_copy(update=plain)]


def as_known(measured: Sequence[tuple[ReadingRow, Measured]]) -> list[tuple[ReadingRow, Measured]]:
    """Readings with what they give; those of a later text are known from its day, and left out where it moves nothing.

    Where it does, the text was not out when the claim was made.
    """
    values = {row.name: value.value for row, value in measured}
    idle = {row.name for row, value in measured if _moves_nothing(row, value, values)}
    kept: list[tuple[ReadingRow, Measured]] = []
    for row, value in measured:
        if f"{row.name}{AMENDED}" in idle:
            label = row.label.removesuffix(_by(row.published))  # without the day whose texts it is by
            kept.append((row.model_copy(update={"label": label}), value))
        elif row.name not in idle:
            kept.append((row, value if row.known is None else replace(value, known=row.known)))
    return kept


def _moves_nothing(row: ReadingRow, value: Measured, values: Mapping[str, float]) -> bool:
    """Whether a later text gives what the texts of the day gave."""
    before = values.get(row.name.removesuffix(AMENDED))
    return row.name.endswith(AMENDED) and before is not None and abs(before - value.value) < 1e-9


def _by(day: date | None, label: str = "") -> str:
    return declared_note("claims.as_published", reading=label, day=day)


def lawbook_of(code: str) -> str:
    """What the lawbook of an importer is called among inputs."""
    return declared_note("claims.lawbook", country=place(code))


def record_of(law: Law) -> str:
    """How far a law is on record, in words."""
    if law.record is None:
        return ""
    return declared_note("claims.law_to", country=place(law.importer), day=law.record.to)
