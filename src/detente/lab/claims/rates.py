"""Laws that claims speak of: an importer's on a day, with measures on top, or as its texts had it by another day.

What laws are called among the inputs of a reading, and how far they are on record.

Rates that claims speak of: averages, of partners and of lines, by any lawbook, and those that were announced.

Tariffs that claims speak of: averages, rises, rates on a partner or a line, computed under a named reading.

Duties on single lines that claims speak of: in all, what is added to the base duty, and under other facts.

Rates by the lawbook of any importer, day by day, for statements about pairs that no timeline follows.

Each day is read as the texts out by then said, so that an act made retroactive later counts from its publication. A
rate moves only on days on which the law does; between them it stands.

Rates that were announced and laid on nobody: what a claim about one of them is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from detente.codes import InputError, MissingData, UnknownName, declared_note, digits
from detente.codes.axis import Floats
from detente.codes.days import BASE_DAY
from detente.data.evidence_tables import census_series
from detente.data.flows import usa_imports
from detente.data.importer_lines import order_names, orders_on
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.models import model_of
from detente.data.tables import arrays, countries, place
from detente.evidence import additional_rate, follows, moved
from detente.evidence.events import Level
from detente.evidence.forecasts import Expectation
from detente.evidence.verdicts import Comparator
from detente.lab.averages.laid_law import PRESENT, LaidLaw, laid_law
from detente.lab.averages.ranges import UncertainDuties, uncertain_duties
from detente.lab.averages.reform import reformed
from detente.lab.averages.revenue import collected_partner, collected_rate
from detente.lab.claims.ledger import Statement
from detente.lab.claims.measurand import RATES, Basis, Measured, nothing, quantities
from detente.lab.claims.rows import UNITS, QuantityRow, ReadingRow
from detente.lab.scenario import LawChange
from detente.lab.statute.lookup import LineDuty, UnlistedRate, look_up, look_up_added
from detente.law import Displacement, Goods, Law, Measure, Partners, Period, Rate, Reading, Status
from detente.law.measure import FOREVER, names_partner
from detente.trade import measure_duties
from detente.trade.flows import kinds

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


@memoized
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
        lawless = reading.published is not None or reading.duty == "collected" or reading.of == "decoupling"
        change = None if lawless else amended(where.law, reading.on or as_of, spoken, partners)
        parted += [reading] if change is None else _as_amended(reading, change, spoken)
    return tuple(parted)


#: End of the name of a reading under the law as it was amended later.
AMENDED = "-amended"


def _as_amended(reading: ReadingRow, change: Amendment, spoken: date) -> list[ReadingRow]:
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
    # What a later text would give if it moved nothing.
    texts = {f"{row.name}{AMENDED}": value.value for row, value in measured}
    idle = {row.name for row, value in measured if abs(texts.get(row.name, np.nan) - value.value) < 1e-9}
    kept: list[tuple[ReadingRow, Measured]] = []
    for row, value in measured:
        if f"{row.name}{AMENDED}" in idle:
            label = row.label.removesuffix(_by(row.published))  # without the day whose texts it is by
            kept.append((row.model_copy(update={"label": label}), value))
        elif row.name not in idle:
            kept.append((row, value if row.known is None else replace(value, known=row.known)))
    return kept


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


START = BASE_DAY
#: Days after the end of a month until its trade is public.
PUBLISHED = timedelta(days=36)

LAWBOOK = declared_note("claims.lawbook", country="the United States")
IMPORTS = declared_note("claims.source_imports")
COLLECTED = declared_note("claims.source_collected")
#: A line that no list of exemptions names (toys), on which the steps of a timeline can be counted.
UNEXEMPT = "9503.00.00"


@dataclass(frozen=True)
class Averaged:
    """An average duty, and its draws over the shares nobody observes.

    Attributes
    ----------
    value : at default shares; draws : by draw, shape (n,); share of customs value.
    """

    value: float
    draws: Floats = field(repr=False)


@memoized
def _duties(law: Law, on: date, scope: str, partner: str, shares: Shares = ()) -> UncertainDuties:
    return uncertain_duties(_ground(law, scope, partner, shares), on)


#: Shares of the goods that no code tells, as a reading sets them.
Shares = tuple[tuple[str, float], ...]


def _ground(law: Law, scope: str, partner: str, shares: Shares = ()) -> LaidLaw:
    ground = laid_law(law, dict(shares), scope)
    return ground.only(ground.where.countries.expand(partner, START, "partner")) if partner else ground


@memoized
def _fixed(law: Law, on: date, scope: str, partner: str, draws: int, seed: int, shares: Shares = ()) -> Averaged:
    """Average at fixed weights."""
    duties = _duties(law, on, scope, partner, shares)
    value = duties.flows.value / duties.flows.total
    first, *drawn = duties.owed(value)([{}, *duties.positions(duties.inputs, draws, seed)]).tolist()
    return Averaged(first, np.asarray(drawn))


@memoized
def _substituted(law: Law, on: date, base: date, scope: str, sigma: float, draws: int, seed: int) -> Averaged:
    """Average after buyers have moved between the partners of each HS6 from the law of the base day.

    Pairs of an HS6 whose duties are the same in every draw move together, so that they are counted as one.
    """
    after, before = _duties(law, on, scope, ""), _duties(importer(law.importer).law, base, scope, "")
    flows = after.flows
    six = np.unique(flows.lines.codes.astype("<U6"), return_inverse=True)[1].astype(np.int64)[flows.line_at]

    first, place = kinds(six, *after.codes, *before.codes)
    worth, product = np.bincount(place, flows.value).astype(np.float64), six[first]
    later, earlier = after.of(first), before.of(first)

    def average_at(position: Mapping[str, float]) -> float:
        return moved(worth, earlier.at(position), later.at(position), product, sigma).rate

    names = list(dict.fromkeys([*after.inputs, *before.inputs]))
    return Averaged(average_at({}), np.asarray([average_at(p) for p in after.positions(names, draws, seed)]))


def _averaged(
    basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date, base: date, partner: str = ""
) -> Averaged:
    law, on = law_under(reading, as_of, importer_of(row))
    if reading.substitution == "none":
        shares = tuple(sorted(reading.shares.items()))
        return _fixed(law, on, reading.scope, partner, basis.draws, basis.seed, shares)
    if partner:
        raise InputError(f"reading {reading.name}", "has both a partner and substitution", "leave one of them out")
    return _substituted(law, on, base, reading.scope, reading.sigma, basis.draws, basis.seed)


def average_level(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Average duty on the imports of a country, the United States if none is named."""
    if reading.duty == "collected":
        return _collected(row, reading, as_of)
    if lacking := _from_few(row, reading):
        return lacking
    average = _averaged(basis, row, reading, as_of, row.base or START, reading.partner)
    measured = _average(row, average.value, average.draws)
    if not row.period:
        return measured
    return replace(measured, remark="; ".join(filter(None, (f"tariffs of {reading.on or as_of}", measured.remark))))


def average_rise(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Rise of the average duty on a country's imports against the law of the base day, or what was collected before."""
    base = row.base or START
    if reading.duty == "collected":
        now, year = _collected(row, reading, as_of), base.year - 1
        return replace(now, value=now.value - census_series().at(year))
    if lacking := _from_few(row, reading):
        return lacking
    after = _averaged(basis, row, reading, as_of, base, reading.partner)
    if reading.start == "collected":
        start = census_series().at(base.year - 1)
        return Measured(after.value - start, after.draws - start, (LAWBOOK, IMPORTS, COLLECTED))
    before = _fixed(importer(importer_of(row)).law, base, reading.scope, reading.partner, basis.draws, basis.seed)
    return _average(row, after.value - before.value, after.draws - before.draws)


def _average(row: QuantityRow, value: float, draws: Floats) -> Measured:
    """An average with its inputs, and what is to be said of an importer other than the usual one."""
    code = importer_of(row)
    if code == HOME:
        return Measured(value, draws, (LAWBOOK, IMPORTS))
    law, name = importer(code).law, place(code)
    flows = laid_law(law).flows
    inputs = (lawbook_of(code), f"imports of {name}, {flows.period}, {flows.valuation}")
    return Measured(value, draws, inputs, remark="; ".join((record_of(law), *flows.notes[:1])))


def _no_trade(code: str, partner: str) -> Measured | None:
    """Why nothing can be averaged: another importer's trade with the partner is not on record."""
    if code == HOME or not partner:
        return None
    where = importer(code)
    known = laid_law(where.law).flows.expanded()[0].partners
    if where.countries.expand(partner, START, "partner") & set(known):
        return None
    return nothing(declared_note("claims.imports_unknown", country=place(code), partner=place(partner)))


def _from_few(row: QuantityRow, reading: ReadingRow) -> Measured | None:
    """Why no average over all partners can be computed: the imports of one alone are on record."""
    code = importer_of(row)
    if code == HOME or reading.partner:
        return None
    only, *more = laid_law(importer(code).law).flows.partners
    if more:
        return None
    return nothing(declared_note("claims.imports_from_one", country=place(code), partner=place(only), code=only))


def data_to() -> str:
    """How far the months of duty collected are on record, in words."""
    table = arrays("usa_collected_monthly")
    return declared_note("claims.data_to", period=max(table["month"][table["partner"] == "all"].tolist()))


def _not_collected(period: str | int) -> str:
    """That the duty collected of a period is not on record, and how far it is."""
    return f"{declared_note('claims.collected_unknown', period=period)}; {data_to()}"


def last_full_month(as_of: date) -> date:
    """Last day of the last month that is over at the end of a day."""
    after = as_of + timedelta(days=1)
    return after.replace(day=1) - timedelta(days=1)


def last_full_year(as_of: date) -> int:
    """Last calendar year that is over at the end of a day."""
    return (as_of + timedelta(days=1)).year - 1


def _collected(row: QuantityRow, reading: ReadingRow, as_of: date, partner: str = "") -> Measured:
    """Duty collected over imports in the last full month, or in the last full year where the reading says so."""
    if importer_of(row) != HOME:
        return nothing(declared_note("claims.collected_at_home"))
    if reading.period == "year":
        year = last_full_year(as_of)
        known, value = date(year, 12, 31) + PUBLISHED, census_series().at(year)
        remark = f"the year {year}" if np.isfinite(value) else _not_collected(year)
        return Measured(value, inputs=(COLLECTED,), known=known, remark=remark)
    end = last_full_month(as_of)
    month = f"{end:%Y-%m}"
    try:
        value = collected_rate(month, *([collected_partner(partner)] if partner else []))
    except InputError as error:
        return nothing(f"{error.what}; {error.repair}", COLLECTED)
    alone = not partner and not reading.period and (end.month, as_of) == (12, end)
    remark = declared_note("claims.month_alone", month=month) if alone else month
    remark = remark if np.isfinite(value) else _not_collected(month)
    return Measured(value, inputs=(COLLECTED,), known=end + PUBLISHED, remark=remark)


def partner_additional(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Additional duty on a partner: the steps of the timeline, or what they add on average, or on one line.

    Raises
    ------
    InputError : no partner, or the importer itself.
    """
    code = importer_of(row)
    partner = partner_of(row, reading, code)
    how = reading.of or "events"
    if how == "events":
        return _steps_in_force(basis, row, reading, as_of, partner)
    if how == "line":
        return line_rate(basis, row, reading.model_copy(update={"of": ""}), as_of)
    if how == "addition":
        return _addition(row, reading, as_of, partner)
    if how == "share_below":
        return _share_below(row, reading, as_of, partner)
    return partner_average(basis, row, reading, as_of)


def partner_of(row: QuantityRow, reading: ReadingRow, code: str) -> str:
    """Code of the partner that a claim names, which is not the importer itself."""
    named = reading.partner or row.partner
    if not named:
        raise InputError(f"quantity {row.name}", "names no partner", f"add partner: {'CHN' if code == HOME else HOME}")
    partner = _code(named)
    if partner in (code, *importer(code).members):
        raise InputError("partner", f"{partner} is the importer itself", "give the country of origin of the goods")
    return partner


def _steps_in_force(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date, partner: str) -> Measured:
    """Steps in force by the timeline; by the law where it follows no such duty, or where a line or a law is meant."""
    code, line = importer_of(row), reading.line or row.line
    changed = bool(reading.law or reading.extend or reading.halve_since)
    followed = partner == "CHN" if code == HOME else follows(basis.events, code, partner)
    if followed and not changed and not line:
        level = additional_rate(basis.events, code, partner, reading.on or as_of, reading.published)
        return Measured(level.total, inputs=tuple(sorted(set(level.by_event.values()))))
    law, on = law_under(reading, as_of, code)
    if code != HOME and not line:
        return _no_trade(code, partner) or _most_common(law, on, partner)
    answer = look_up_added(line or UNEXEMPT, partner, on, law=law, of=code)
    return Measured(
        answer.total - answer.main.base,
        inputs=(lawbook_of(code),),
        remark=declared_note("claims.on_line", line=line or UNEXEMPT),
    )


def _most_common(law: Law, on: date, partner: str) -> Measured:
    """The rate, as acts name it, that falls on most of the goods on which an additional duty falls."""
    ground = _ground(law, "tariff-lines", partner)
    rates, value = ground.rates(on), ground.flows.value
    hit = float(value[rates.total - rates.base > 1e-9].sum()) / ground.flows.total
    duties = measure_duties(ground.at(on).exposure, [on], Reading.EFFECTIVE)[0]
    goods: dict[float, float] = {}
    for name, duty in duties.items():
        rate = next(_rates_for(law.by_id[name].periods_on(on), partner), None) or 0.0
        if rate > 0.0:
            goods[rate] = goods.get(rate, 0.0) + duty / rate
    inputs = (lawbook_of(law.importer),)
    if not hit or not goods:
        return Measured(0.0, inputs=inputs, remark=f"{declared_note('claims.no_addition')}; {record_of(law)}")
    remark = f"{declared_note('claims.share_with_addition', share=hit)}; {record_of(law)}"
    return Measured(max(goods, key=lambda rate: goods[rate]), inputs=inputs, remark=remark)


def _addition(row: QuantityRow, reading: ReadingRow, as_of: date, partner: str) -> Measured:
    """What the duties that make up the headline rate add on average on all imports from a partner."""
    code = importer_of(row)
    if lacking := _no_trade(code, partner):
        return lacking
    law, on = law_under(reading, as_of, code)
    ground = _ground(law, reading.scope, partner)
    rates = ground.rates(on)
    if code != HOME:
        added = float(ground.flows.value @ (rates.total - rates.base)) / ground.flows.total
        return _average(row, added, np.zeros(0))
    names = added_by(law, on, partner)
    added = sum((rates.by_authority[n] for n in names if n in rates.by_authority), np.zeros(ground.flows.value.size))
    titles = {authority.id: authority.name for authority in law.authorities}
    counted = ", ".join(titles[name] for name in names)
    remark = declared_note("claims.counted", authorities=counted) if names else declared_note("claims.no_such_duty")
    value = float(ground.flows.value @ added) / ground.flows.total
    return Measured(value, inputs=(LAWBOOK, IMPORTS), remark=remark)


def _code(partner: str) -> str:
    """A country's code from any of its names; a group of countries as it is written."""
    known = importer(HOME).countries
    return partner if known.group(partner) is not None else known.resolve(partner, "partner")


def added_by(law: Law, on: date, partner: str) -> tuple[str, ...]:
    """Authorities whose duties a line without exemption owes beside its base duty, in the order of the law."""
    members = importer(HOME).countries.expand(partner, START, "partner")
    owed: set[str] = set()
    for code in sorted(members):
        points = look_up(UNEXEMPT, code, on, law=law).main.by_authority()
        owed |= {name for name, value in points.items() if value > 0.0}
    return tuple(authority.id for authority in law.authorities if authority.id in owed)


def _share_below(row: QuantityRow, reading: ReadingRow, as_of: date, partner: str) -> Measured:
    if lacking := _no_trade(importer_of(row), partner):
        return lacking
    law, on = law_under(reading, as_of, importer_of(row))
    ground = _ground(law, reading.scope, partner)
    low = ground.rates(on).total < reading.level
    return _average(row, float(ground.flows.value[low].sum()) / ground.flows.total, np.zeros(0))


def partner_average(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Average duty on imports from a partner; of the kind `events` the rate on a line without exemption."""
    partner = partner_of(row, reading, importer_of(row))
    if reading.of == "events":
        return _steps_in_force(basis, row, reading, as_of, partner)
    if reading.duty == "collected":
        return _collected(row, reading, as_of, partner)
    if lacking := _no_trade(importer_of(row), partner):
        return lacking
    average = _averaged(basis, row, reading, as_of, row.base or START, partner)
    return _average(row, average.value, average.draws)


ADDITION, FACTS = "addition", "facts"
#: What a base duty on record is of where it is not of the line.
LEVELS = {"hs6": "subheading", "sector": "sector"}

#: Duties that are one.
SAME = 1e-9


def line_rate(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Duty of an importer on a line from a partner; of the United States without a partner, what most imports pay.

    Raises
    ------
    InputError : no line, or no partner of another importer.
    """
    line, partner = reading.line or row.line, reading.partner or row.partner
    code = importer_of(row)
    if not line or not (partner or code == HOME):
        raise InputError(f"quantity {row.name}", "names no line or no partner", 'add line: "8517.13.00", partner: CHN')
    law, on = law_under(reading, as_of, code)
    if not partner:
        partner, several = _usual(line, law, on)
        return replace(line_rate(basis, row, reading.model_copy(update={"partner": partner}), as_of), remark=several)
    try:
        answer = look_up(line, partner, on, law=law, of=code)
    except UnlistedRate as error:
        return nothing(error.what, lawbook_of(code))
    total, fact = _under(answer, row, reading.of)
    whose = LEVELS.get(answer.level, answer.level)
    level = "" if answer.level == "line" else declared_note("claims.line_level", level=whose)
    record = "" if code == HOME else record_of(law)
    words = (f"line {line}, {answer.basis or 'one rate'}", fact, level, record, _orders(answer, code))
    return Measured(total, inputs=(lawbook_of(code),), remark="; ".join(filter(None, words)))


#: Largest suppliers whose duty is looked at where a claim names none.
SUPPLIERS = 12


def _usual(line: str, law: Law, on: date) -> tuple[str, str]:
    """The largest supplier of a line among those that owe what most of its imports owe, and how that was found."""
    flows = usa_imports()
    start, end = (int(bound[0]) for bound in flows.lines.bounds([digits(line, "line")]))
    mine = (flows.line_at >= start) & (flows.line_at < end)
    worth = np.bincount(flows.partner_at[mine], flows.value[mine], minlength=len(flows.partners))
    owed: dict[float, list[int]] = {}
    for k in np.argsort(-worth, kind="stable")[:SUPPLIERS].tolist():
        if worth[k] > 0:
            with suppress(UnlistedRate):
                owed.setdefault(round(look_up(line, flows.partners[k], on, law=law, of=HOME).total, 9), []).append(k)
    if not owed:
        raise InputError("line", f"nobody is on record as selling {line}", "name the country that the goods come from")
    rate, most = max(owed.items(), key=lambda each: worth[each[1]].sum())
    words = {"line": line, "low": min(owed), "high": max(owed), "share": worth[most].sum() / worth.sum(), "rate": rate}
    return flows.partners[most[0]], declared_note("claims.line_usual", **words)


def _under(answer: LineDuty, row: QuantityRow, of: str) -> tuple[float, str]:
    """The duty of a kind of reading, and the fact that it takes for given."""
    if of == ADDITION:
        return answer.total - answer.main.base, ""
    if of != FACTS or row.value is None:
        return answer.total, ""
    claimed = float(row.value) * UNITS[row.unit or "percent"]
    states = [
        (state.total, f"{fact.title}: {state.name}")
        for fact in answer.facts
        for state in fact.states
        if state.total is not None and abs(state.total - answer.total) > SAME
    ]
    return min(states, key=lambda state: abs(state[0] - claimed), default=(float("nan"), ""))


def _orders(answer: LineDuty, code: str) -> str:
    """A word on duties that no lawbook here holds, where an order on such goods is on record."""
    if code != HOME:
        return ""
    orders = orders_on(answer.code, answer.partner, answer.on)
    return declared_note("claims.line_orders", orders=order_names(orders)) if orders else ""


AVERAGE = "average"
#: Rates nearer than this are one.
HAIR = 1e-9


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


@memoized
def _moves(law: Law) -> frozenset[date]:
    """Days on which a duty begins, the day after it ends, and days on which a text came out."""
    parts = [part for measure in law.measures for part in (*measure.periods, *measure.goods)]
    return law.dates | {part.published for part in parts if part.published is not None}


@memoized
def _rate(code: str, target: str, how: str, day: date) -> float:
    """The rate of an importer on a partner on a day, share."""
    if how == AVERAGE:
        return _target_ground(code, target).whole(day, Reading.PUBLISHED)
    of_member = _on_line if how.replace(".", "").isdigit() or how == ADDITION else _of_measure
    # Partners on whom the rate is looked up: one of those that the law does not tell apart.
    members = sorted(importer(code).countries.expand(target, day, "target"))
    if not _parted(code, frozenset(members)):
        members = members[:1]
    return _alike({member: of_member(code, member, how, day) for member in members}, target)


@memoized
def _target_ground(code: str, target: str) -> LaidLaw:
    ground = laid_law(importer(code).law, None)
    return ground.only(ground.where.countries.expand(target, START, "target"))


@memoized
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
    out = (p for p in measure.periods_on(day) if p.published is None or p.published <= day)
    named = (p for p in out if names_partner(p.partners or measure.partners, partner, day))
    return next(_rates_for(named, partner), None) or 0.0


def _alike(rates: dict[str, float], target: str) -> float:
    """The one rate on all members of a group."""
    values = list(rates.values())
    if max(values) - min(values) > HAIR:
        high, low = max(rates, key=lambda code: rates[code]), min(rates, key=lambda code: rates[code])
        what = f"the rate on {place(high)} is not that on {place(low)}, both of {place(target)}"
        raise InputError("expect", what, "name one of them, or say rate: average")
    return values[0]


#: How long before its first day a rate may have been spoken of.
AHEAD = timedelta(days=180)


def announced(statement: Statement, basis: Basis) -> str:
    """That the rate a claim names was announced and is in force on no day; "" where it was not.

    It is the rate that the text names for the partner, or the one that the claim's own reading gives with the measure
    in force.
    """
    row, quantity = statement.row, statement.part.quantity
    if row is None or quantity is None or quantity.name not in RATES or quantity.value is None:
        return ""
    if quantity.comparator not in (Comparator.EQUAL, Comparator.ABOUT) or not statement.readings:
        return ""
    if not row.partner and quantity.name == "line_rate":
        return ""
    reading = next((r for r in statement.readings if r.default), statement.readings[0])
    code = importer_of(row)
    partner, half = partner_of(row, reading, code), max(quantity.half_unit, HAIR)
    for measure in _announced(code, partner, quantity.as_of):
        day = min(max(quantity.as_of, measure.start), measure.end)
        changes = ({}, {"law": {**reading.law, "announce": [*reading.law.get("announce", ()), measure.id]}})
        readings = (reading.model_copy(update={"on": day, **change}) for change in changes)
        now, laid = (quantities()[row.name].measured(basis, row, given, quantity.as_of).value for given in readings)
        rates = [laid, *(_rates_for(measure.periods, partner) if quantity.name == RATES[0] else ())]
        if abs(laid - now) > HAIR and any(rate is not None and abs(rate - quantity.value) <= half for rate in rates):
            return declared_note("claims.announced_rate", title=measure.title, day=quantity.as_of)
    return ""


def _announced(code: str, partner: str, day: date) -> Iterator[Measure]:
    """Measures of an importer's law that were announced by a day for a partner, and never laid."""
    for measure in importer(code).law.measures:
        named = measure.partners is None or names_partner(measure.partners, partner, measure.start)
        if measure.status is Status.ANNOUNCED and named and day >= measure.start - AHEAD:
            yield measure


def _rates_for(periods: Iterable[Period], partner: str) -> Iterator[float | None]:
    """Rates that periods of a measure name for a partner; None where a rate is no share of value."""
    return (period.rate.by_partner.get(partner, period.rate.value) for period in periods if period.rate is not None)
