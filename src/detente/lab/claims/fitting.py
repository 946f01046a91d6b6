"""Listed readings as a claim asks for them: of its year, its importer, its line, as level or change.

What `of:` means where no definition says it, and what does not go together.

The number in a claim, from the row that holds it: checked against its quantity and put in the program's unit.
"""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date

from detente.codes import InputError, declared_note
from detente.data.tables import place
from detente.evidence.verdicts import Comparator, Quantity, half_unit
from detente.lab.claims.measurand import Measurand, Readings, quantities
from detente.lab.claims.rows import MOVES, NARROWING, SIZES, UNITS, QuantityRow, ReadingRow, period_named

#: Units of a share of one.
SHARES = ("percent", "points", "share")

LAW_KEYS = ("scope", "on", "published", "law", "extend", "halve_since")
#: What a definition without a label is called.
OWN = "the claim's own definition"

#: Names of the importer that is meant where a claim names none; they are asked for without a table of countries.
HOME = ("USA", "US", "United States", "America")

CHINA = ("chn", "china")
YEARS_END = (12, 31)
#: What `of:` says of a series: its level, its change against the year before, or against the period just before.
LEVEL, CHANGE, BEFORE = "level", "change", "before"


def _varied(readings: Readings, **change: object) -> Readings:
    """Readings with some keys changed, none of them the default."""
    return tuple(r.model_copy(update={"default": False, "likely": False, **change}) for r in readings)


# --- averages and rates -----------------------------------------------------------------------------------------------


def of_importer(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Readings that another importer's duty has: of its law at its own imports, without what the US record adds."""
    if not row.importer or row.importer in HOME:
        return _of_year(row, own, listed)
    plain = [r for r in listed if r.duty == "statutory" and r.start == "law" and r.scope == "tariff-lines"]
    chosen = [r for r in plain if r.substitution == "none" or r.sigma == ReadingRow().sigma]
    elsewhere = (r.label.replace("2024 imports", "its own imports").replace(", chapters 1-97", "") for r in chosen)
    return tuple(r.model_copy(update={"label": label}) for r, label in zip(chosen, elsewhere, strict=True))


def _of_year(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Readings of a claim about a whole year: first what was collected in it, then the law of its last day."""
    collected, year = [r for r in listed if r.duty == "collected"], row.year or row.period
    if own is not None or not collected or not str(year).isdigit():
        return listed
    label = declared_note("claims.whole_year", year=year)
    whole = {"name": "whole-year", "label": label, "period": "year", "default": True, "likely": True}
    law = _varied(tuple(r for r in listed if r.duty == "statutory"))
    labels = (declared_note("claims.last_day_of", reading=r.label, year=year) for r in law)
    last = (r.model_copy(update={"label": label}) for r, label in zip(law, labels, strict=True))
    return (collected[0].model_copy(update=whole), *last)


def with_whole_year(row: QuantityRow, readings: Readings) -> Readings:
    """The whole year beside its last month, where a claim about duty collected until 31 December leaves it open."""
    if row.as_of is None or (row.as_of.month, row.as_of.day) != YEARS_END:
        return readings
    months = tuple(r for r in readings if r.duty == "collected" and not r.period)
    if not months or any(r.period for r in readings):
        return readings
    label = declared_note("claims.whole_year", year=row.as_of.year)
    return (*readings, *_varied(months[:1], name="whole-year", label=label, period="year"))


#: A line on the lists of 2018 and 2019: furniture.
LISTED_2018 = "9403.60.80"


def on_line(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Readings of the line that a claim names, or of the importer that it names."""
    if row.line:
        label = declared_note("claims.added_on_line")
        whole = ReadingRow(name="line", label=declared_note("claims.all_on_line"), of="line")
        return (listed[0].model_copy(update={"label": label}), whole)
    if not row.importer or row.importer in HOME:
        label = declared_note("claims.with_2018", line=LISTED_2018)
        of_2018 = ReadingRow(name="with-2018", label=label, line=LISTED_2018)
        return (*listed, of_2018) if row.partner.casefold() in CHINA else listed
    labels = (declared_note("claims.steps_elsewhere"), declared_note("claims.added_elsewhere"))
    changed = zip(listed, labels, strict=False)
    return (*(r.model_copy(update={"label": label}) for r, label in changed), *listed[len(labels) :])


def of_partner(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Readings of the importer named; China waived duties that it did not publish."""
    readings = of_importer(row, own, listed)
    label = declared_note("claims.without_waivers")
    seen = ReadingRow(name="without-waivers", label=label, shares={"exclusion": 0.0})
    return (*readings, seen) if row.importer.casefold() in CHINA else readings


def none_as_high(row: QuantityRow, comparator: Comparator, where: str) -> Comparator:
    """The comparator of a rank is always the same: no year after the one named was as high."""
    if comparator not in (Comparator.EQUAL, Comparator.MORE):
        what = f"a rank since a year cannot be compared by '{comparator}'"
        raise InputError(where, what, "leave the comparator out: no year after it was as high")
    if not str(row.value).isdigit() or len(str(row.value)) != len("1930"):
        raise InputError(where, f"{row.value} is not a year", "write it as value: 1930")
    return Comparator.MORE


def check_rise(row: QuantityRow, readings: Readings, where: str) -> None:
    """Refuse a rank of levels that names a base, and a rank of rises that names none."""
    for reading in readings:
        if reading.of == "rise" and row.base is None:
            raise InputError(where, "a rise has no day it is counted from", "add base: 2025-01-01")
        if reading.of != "rise" and row.base is not None:
            raise InputError(where, "a level is not compared with a base", "leave base out, or say of: rise")


# --- incomes and materials --------------------------------------------------------------------------------------------


def law_or_decoupling(row: QuantityRow, own: ReadingRow | None) -> str:
    """A decoupling, unless a day or a law is named under which income changes."""
    names_law = row.base is not None or (own is not None and bool(own.model_fields_set & set(LAW_KEYS)))
    return "law" if names_law else "decoupling"


def of_horizon(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Listed readings, first those of the horizon that a claim names."""
    return tuple(sorted(listed, key=lambda reading: reading.horizon != (row.horizon or reading.horizon)))


def check_decoupling(row: QuantityRow, readings: Readings, where: str) -> None:
    """Refuse a base law beside a decoupling, which is compared with no law."""
    if row.base is not None and any(reading.of == "decoupling" for reading in readings):
        raise InputError(where, "a decoupling is not compared with a base", "leave base out, or say of: law")


def of_material(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Listed readings of the material that a claim names."""
    if not row.population:
        return listed
    material = {"material": quantities()[row.name].population(row.population)}
    return tuple(reading.model_copy(update=material) for reading in listed)


def check_material(row: QuantityRow, readings: Readings, where: str) -> None:
    """Refuse a material beside another one."""
    named = quantities()[row.name].population(row.population)
    for reading in readings:
        if row.population and reading.material and reading.material != named:
            what = f"population '{row.population}' and material '{reading.material}' are two things"
            raise InputError(where, what, "keep one of them")


#: Year that the listed readings of shares are written for.
LISTED_YEAR = 2024


def of_period(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Listed readings of the year or month that a claim names, or of the year to date up to its day."""
    year, months = (own.year if own else None) or row.year, row.period
    if year is None and months.isdigit():
        year = int(months)
    if year is not None or not (months or row.as_of):
        return listed if year is None else tuple(_in_year(reading, year) for reading in listed)
    if months:
        return tuple(_relabelled(reading, months, months=months) for reading in listed)
    day = row.as_of
    assert day is not None
    whole = (day.month, day.day) == YEARS_END
    return tuple(_in_year(r, day.year) if whole or r.of != "imports" else
                 _relabelled(r, f"{day.year} to date", year=day.year, period="to date") for r in listed)  # fmt: skip


def _in_year(reading: ReadingRow, year: int) -> ReadingRow:
    """A listed reading for another year than the one it is written for, its label with it."""
    label = reading.label.replace(str(reading.year or LISTED_YEAR), str(year))
    return reading.model_copy(update={"year": year, "label": label})


def _relabelled(reading: ReadingRow, words: str, **change: object) -> ReadingRow:
    return reading.model_copy(update={**change, "label": reading.label.replace(str(LISTED_YEAR), words)})


# --- series -----------------------------------------------------------------------------------------------------------


def level_or_change(row: QuantityRow, own: ReadingRow | None) -> str:
    """A value is one of a level; per cent are those of a change."""
    return CHANGE if row.unit in SHARES else LEVEL


def check_level(row: QuantityRow, readings: Readings, where: str) -> None:
    """Refuse a change in dollars or tonnes, a level in per cent, and a level that is said to rise or fall."""
    name, part = row.words, row.unit in SHARES
    for reading in readings:
        if (reading.of in (CHANGE, BEFORE)) is not part:
            what = f"a {'level' if part else 'change'} of {name} is not given in {row.unit or 'what it is counted in'}"
            raise InputError(where, what, "say unit: percent for a change, and leave it out for a level")
    if row.comparator.startswith(("rose", "fell")) and not part:
        raise InputError(where, f"a level of {name} neither rises nor falls", "say unit: percent, as a change")


def of_series(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """The reading as level or change, as the definition or the unit says."""
    kind = (own.of if own else "") or level_or_change(row, own)
    how = "" if kind == LEVEL else f", change against the {'year' if kind == CHANGE else 'period'} before"
    return tuple(r.model_copy(update={"of": kind, "label": f"{r.label}{how}"}) for r in quantities()[row.name].readings)


def of_index(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """The series of the population, against the year or the months before."""
    quantity, kind = quantities()[row.name], (own.of if own else "") or CHANGE
    named, how = quantity.population(row.population), "year" if kind == CHANGE else "months"
    chosen = [reading for reading in quantity.readings if reading.population == named]
    return tuple(r.model_copy(update={"of": kind, "label": f"{r.label}, against the {how} before"}) for r in chosen)


def first_alone(row: QuantityRow, readings: Readings) -> Readings:
    """The claim's own definition, if it has one: a place among the lowest is none among the highest."""
    return readings[:1]


def spelled(period: str) -> str:
    """Months of a period in words."""
    ends = (
        f"{month_name[int(end[5:7])]} {end[:4]}" if re.fullmatch(r"\d{4}-\d\d", end) else end
        for end in period.split("..")
    )
    return " to ".join(ends)


def claimed_quantity(row: QuantityRow, day: date, where: str) -> Quantity:
    """What a claim says the quantity is.

    Raises
    ------
    InputError : a key, a unit or a comparator that has no meaning for the quantity, or no value.
    """
    measurand = quantities()[row.name]
    _check_keys(row, measurand, where)
    comparator, direction = _comparator(row, measurand, where)
    unit, number = _fitting_unit(row, measurand, where), None
    scale, half = UNITS[unit], 0.0
    if row.value is not None:
        half = half_unit(row.value, comparator, scale, exact=measurand.exact)
        number = float(row.value) * scale
        number = direction * abs(number) if direction else number
    as_of = _day_of(row, measurand, where) or day
    words = measurand.label.format(
        importer=place(row.importer or "USA"), partner=place(row.partner) if row.partner else "all countries",
        line=row.line, market=row.market, population=row.population or "all", category=row.category,
    )  # fmt: skip
    period = spelled(row.period) or str(row.year or "")
    return Quantity(row.name, comparator, number, half, unit, as_of, row.base, row.population, direction, words, period)


def _check_keys(row: QuantityRow, measurand: Measurand, where: str) -> None:
    """Refuse a key that would be read and then ignored."""
    for key in NARROWING:
        if getattr(row, key) and key not in measurand.narrowed_by:
            raise InputError(where, f"'{key}' has no meaning for {row.words}", _repair(key, row.name))
    unmeasured = bool(measurand.populations and row.population) and not measurand.population(row.population)
    if row.base is not None and not measurand.compares and not unmeasured:  # What nothing measures is said first.
        what = f"'base' has no meaning for {row.words}, which is compared with no other day"
        raise InputError(where, what, "leave it out, or claim an average tariff rise")
    if row.population and not (measurand.populations or "population" in measurand.needs):
        what = f"'population' has no meaning for {row.words}"
        raise InputError(where, what, f"it takes {', '.join((*measurand.needs, *measurand.optional))}")

    if row.importer not in ("", *HOME) and OURS & {*row.population.casefold().replace(".", "").split()}:
        what = f"importer {row.importer} and population '{row.population}' are two things"
        raise InputError(where, what, "keep one of them")


#: Words of a population that is of the United States.
OURS = {"us", "american", "america"}


def _repair(key: str, name: str) -> str:
    """What to do about a key that a quantity does not take: claim the one most like it that does, or leave it out."""
    users = {other: quantity.narrowed_by for other, quantity in quantities().items() if key in quantity.narrowed_by}
    if not users:
        return "leave it out"
    words = set(name.split("_"))
    nearest = min(users, key=lambda other: (-len(words & set(other.split("_"))), len(users[other])))
    return f"leave it out, or claim {nearest.replace('_', ' ')}"


def _day_of(row: QuantityRow, measurand: Measurand, where: str) -> date | None:
    """The day a claim is about: as named, or the last of its period where a rate is that of a day."""
    if len([key for key in ("period", "year") if getattr(row, key)]) > 1 or (row.period and row.as_of):
        raise InputError(where, "the period is named twice", "keep one of period, year and as_of")
    if "duty" not in measurand.uses:
        return row.as_of
    text = row.period or (str(row.year) if row.year else "")
    if not text:
        return row.as_of
    span = period_named(text)
    if span.length > 1 and not span.year:
        raise InputError(where, f"{row.words} is not on record for {text}", "name a month, or a calendar year")
    return span.last_day


def _fitting_unit(row: QuantityRow, measurand: Measurand, where: str) -> str:
    """The unit as written, or that of the quantity; one that cannot hold the quantity is refused."""
    unit = row.unit or measurand.units[0]
    if unit not in measurand.units:
        what = f"{row.words} is not given in {unit}"
        raise InputError(where, what, f"say unit: {' or '.join(measurand.units)}")
    return unit


def _comparator(row: QuantityRow, measurand: Measurand, where: str) -> tuple[Comparator, int]:
    """The comparator as it is meant, and the direction that its words give a number.

    "fell", with a number, is by how much: the number is compared as its size, and is negative.
    """
    # Direction and size of a comparator: "fell >" is ("fell", ">"), "=" is ("", "=").
    first, _, rest = row.comparator.partition(" ")
    move, size = (first, rest or "=") if first in MOVES else ("", row.comparator)
    if move and not measurand.moves:
        what = f"{row.words} is a level, which is neither up nor down by itself"
        raise InputError(where, what, f"say comparator: {', '.join(SIZES)}, or claim a change, as average tariff rise")
    if row.value is None and (not move or size != "="):
        raise InputError(where, "the quantity has no value", "add 'value: 23', or say comparator: rose")
    if row.value is None:
        return Comparator(move), 0
    value = float(row.value)
    if move == "rose" and value < 0.0:
        raise InputError(where, f"it cannot rise by {row.value}", "say comparator: fell, or leave the sign out")
    bound = value < 0.0 and not move and size in BOUNDS
    if bound and (measurand.effect or _fitting_unit(row, measurand, where) in SHARES):
        what = f"'{size} {row.value}' can be read in two ways"
        sized = "more than" if size in BOUNDS[:2] else "less than"
        raise InputError(where, what, f"say comparator: fell by {sized}, value: {row.value.lstrip('-')}")
    direction = {"rose": 1, "fell": -1}.get(move, 0)
    return measurand.meant(row, Comparator(size), where), direction


BOUNDS = (">", ">=", "<", "<=")
