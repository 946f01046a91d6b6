"""Which of a quantity's listed readings a claim can mean: those of the thing it speaks of, and no others.

`population` says what a share or a number is of, `of:` in a definition which kind is meant; the declaration of a
quantity says what holds where a claim leaves it out. What nothing in the package measures gets no reading, and
`why_unread` says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from detente.codes import InputError, declared_note
from detente.codes.countries import fold
from detente.data.tables import countries
from detente.lab.claims.measurand import Measurand, Readings, led
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import OWN


def readings_meant(row: QuantityRow, own: ReadingRow | None, given: Sequence[ReadingRow] = ()) -> Readings:
    """Readings a claim is judged on, its own definition first; none where nothing measures what it speaks of.

    Parameters
    ----------
    own : the claim's definition; given : readings it brings along, in place of the listed ones.
    """
    quantity = quantities()[row.name]
    population = (own.population if own else "") or row.population
    listed = tuple(given) or quantity.fitting(
        row, own, _of_population(quantity, population, _of_kind(quantity, row, own))
    )
    if own is None:
        return tuple(given) or quantity.beside(row, led(listed))
    own = _completed(quantity, row, own, listed)
    if own is None:
        return ()
    own = own.model_copy(update={"default": True, "likely": True, "label": own.label or OWN})
    others = tuple(r.model_copy(update={"default": False, "likely": False}) for r in listed)
    return quantity.beside(row, (own, *others))


ABOUT_ALL = ("name", "label", "default", "likely", "illustrative")


def check_uses(name: str, reading: ReadingRow, where: str) -> None:
    """Refuse a key that would be read and then ignored."""
    quantity = quantities()[name]
    if quantity.kinds is not None and reading.of not in quantity.kinds:
        raise InputError(where, f"unknown of '{reading.of}'", f"use {', '.join(filter(None, quantity.kinds))}")
    if reading.period and reading.duty != "collected" and "duty" in quantity.uses:
        raise InputError(where, "'period' has no meaning for a statutory duty", "add duty: collected, or leave it out")
    idle = sorted(reading.model_fields_set - {*ABOUT_ALL, *quantity.uses})
    if idle:
        what = f"'{idle[0]}' has no meaning for {name.replace('_', ' ')}"
        raise InputError(where, what, f"it uses {', '.join(quantity.uses)}")
    for key, other, values in GOES_WITH:
        if key in reading.model_fields_set and getattr(reading, key) and getattr(reading, other) not in values:
            what = f"'{key}' has no meaning with {other}: {getattr(reading, other) or 'nothing'}"
            raise InputError(where, what, f"leave one of them out, or say {other}: {' or '.join(filter(None, values))}")


STATUTORY = ("statutory",)
GOES_WITH = (
    *((key, "duty", STATUTORY) for key in ("start", "on", "published", "law", "extend", "halve_since")),
    ("sigma", "substitution", ("ces",)),
    ("span", "of", ("rise",)),
    ("times_mean", "of", ("", "level")),
    ("stage", "of", ("", "stage")),
    ("material", "of", ("", "stage")),
    ("group", "of", ("", "controlled_elements")),
    ("level", "of", ("share_below",)),
    ("months", "of", ("", "imports")),
    ("line", "of", ("", "line", "events", "imports")),
)
"""Keys of a reading that are used only beside certain values of another."""


def why_unread(row: QuantityRow) -> str:
    """Why no reading fits a claim, for its reader."""
    name, quantity = row.name.replace("_", " "), quantities()[row.name]
    if quantity.unmodelled:
        return quantity.unmodelled
    if "partner" in quantity.narrowed_by and _country(row.population):
        return declared_note("claims.country_no_population", country=_country(row.population))
    known = ", ".join(quantity.populations)
    if row.population:
        return declared_note("claims.population_unmeasured", quantity=name, population=row.population, known=known)
    return declared_note("claims.population_unsaid", quantity=name, known=known)


def _country(text: str) -> str:
    """Code of a country by any of its names, "" for what is none."""
    known = countries()
    code = text.strip().upper()
    return code if code in known.names else known.aliases.get(fold(text), "")


def _of_kind(quantity: Measurand, row: QuantityRow, own: ReadingRow | None) -> Readings:
    """Listed readings of the kind the claim asks for."""
    wanted = _kind(quantity, row, own)
    return quantity.readings if wanted is None else tuple(r for r in quantity.readings if r.of == wanted)


def _kind(quantity: Measurand, row: QuantityRow, own: ReadingRow | None) -> str | None:
    """What `of:` means in a claim; None where readings of all kinds are compared."""
    if quantity.unless_said is None:
        return None
    return own.of if own is not None and own.of else quantity.unless_said(row, own)


def _of_population(quantity: Measurand, population: str, listed: Readings) -> Readings:
    """Listed readings of the thing the claim speaks of."""
    apart = any(r.population for r in listed)
    if not quantity.populations or not (population or apart):
        return listed
    named = quantity.population(population)
    if not named:
        return ()
    return tuple(r for r in listed if r.population == named) if apart else listed


def _completed(quantity: Measurand, row: QuantityRow, own: ReadingRow, listed: Readings) -> ReadingRow | None:
    """The claim's definition with what it leaves to the first listed reading; None where that is not known."""
    kind = _kind(quantity, row, own)
    if kind is not None:
        return own.model_copy(update={"of": kind})
    if not any(r.population for r in quantity.readings):
        return None if row.population and not listed else own
    if not own.of and (own.stage or own.material):
        return own.model_copy(update={"of": "stage"})
    if own.of:
        return own
    if not listed:
        return None
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return listed[0].model_copy(update={"name": own.name, "label": own.label, **given})
