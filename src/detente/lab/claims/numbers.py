"""The number in a claim, from the row that holds it: checked against its quantity and put in the program's unit."""

from __future__ import annotations

from datetime import date

from detente.codes import InputError
from detente.evidence.verdicts import Comparator, Quantity, half_unit
from detente.lab.claims.fitting import HOME, SHARES
from detente.lab.claims.measurand import Measurand, quantities
from detente.lab.claims.period import period_named
from detente.lab.claims.rows import MOVES, NARROWING, SIZES, UNITS, QuantityRow


def claimed_quantity(row: QuantityRow, day: date, where: str) -> Quantity:
    """What a claim says the quantity is.

    Raises
    ------
    InputError : a key, a unit or a comparator that has no meaning for the quantity, or no value.
    """
    measurand = quantities()[row.name]
    _check_keys(row, measurand, where)
    comparator, direction = _comparator(row, measurand, where)
    unit, number = _unit(row, measurand, where), None
    scale, half = UNITS[unit], 0.0
    if row.value is not None:
        half = half_unit(row.value, comparator, scale, exact=measurand.exact)
        number = float(row.value) * scale
        number = direction * abs(number) if direction else number
    as_of = _day_of(row, measurand, where) or day
    return Quantity(row.name, comparator, number, half, unit, as_of, row.base, row.population, direction)


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


OURS = {"us", "american", "america"}
"""Words of a population that is of the United States."""


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


def _unit(row: QuantityRow, measurand: Measurand, where: str) -> str:
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
    move, size = _split(row.comparator)
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
    if value < 0.0 and not move and size in BOUNDS and (measurand.effect or _unit(row, measurand, where) in SHARES):
        what = f"'{size} {row.value}' can be read in two ways"
        sized = "more than" if size in BOUNDS[:2] else "less than"
        raise InputError(where, what, f"say comparator: fell by {sized}, value: {row.value.lstrip('-')}")
    direction = {"rose": 1, "fell": -1}.get(move, 0)
    return measurand.meant(row, Comparator(size), where), direction


BOUNDS = (">", ">=", "<", "<=")


def _split(comparator: str) -> tuple[str, str]:
    """Direction and size of a comparator: "fell >" is ("fell", ">"), "=" is ("", "=")."""
    first, _, rest = comparator.partition(" ")
    return (first, rest or "=") if first in MOVES else ("", comparator)
