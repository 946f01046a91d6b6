"""The number in a claim, from the row that holds it: checked against its quantity and put in the program's unit."""

from __future__ import annotations

from datetime import date

from detente.codes import InputError
from detente.evidence.claims import Quantity
from detente.evidence.verdicts import Comparator, half_unit
from detente.lab.claims.measurand import Measurand
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import NARROWING, UNITS, QuantityRow


def claimed_quantity(row: QuantityRow, day: date, where: str) -> Quantity:
    """What a claim says the quantity is.

    Raises
    ------
    InputError : a key, a unit or a comparator that has no meaning for the quantity, or no value.
    """
    measurand = quantities()[row.name]
    _check_narrowing(row, measurand, where)
    comparator, unit, value = _comparator(row, measurand, where), _unit(row, measurand, where), row.value
    scale = UNITS[unit]
    half = 0.0 if value is None else half_unit(value, comparator, scale, exact=measurand.exact)
    number = None if value is None else float(value) * scale
    return Quantity(row.name, comparator, number, half, unit, row.as_of or day, row.base, row.population)


def _check_narrowing(row: QuantityRow, measurand: Measurand, where: str) -> None:
    for key in NARROWING:
        if getattr(row, key) and key not in measurand.narrowed_by:
            what = f"'{key}' has no meaning for {_words(row.name)}"
            raise InputError(where, what, f"leave it out, or claim a {_words(_example(key))}")


def _example(key: str) -> str:
    """Of the quantities that a key narrows down, the one that takes fewest keys."""
    users = {name: quantity.narrowed_by for name, quantity in quantities().items() if key in quantity.narrowed_by}
    return min(users, key=lambda name: len(users[name]))


def _unit(row: QuantityRow, measurand: Measurand, where: str) -> str:
    """The unit as written, or that of the quantity; one that cannot hold the quantity is refused."""
    unit = row.unit or measurand.units[0]
    if unit not in measurand.units:
        what = f"{_words(row.name)} is not given in {unit}"
        raise InputError(where, what, f"say unit: {' or '.join(measurand.units)}")
    return unit


def _comparator(row: QuantityRow, measurand: Measurand, where: str) -> Comparator:
    """The comparator as it is meant."""
    comparator = Comparator(row.comparator)
    if row.value is None and comparator not in (Comparator.ROSE, Comparator.FELL):
        raise InputError(where, "the quantity has no value", "add 'value: 23', or say comparator: rose")
    return measurand.comparator(row, comparator, where)


def _words(name: str) -> str:
    return name.replace("_", " ")
