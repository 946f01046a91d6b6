"""Which of a quantity's listed readings a claim can mean: those of the thing it speaks of, and no others.

`population` says what a share or a number is of; a rank is one of levels unless the definition says `of: rise`; real
income is judged on a decoupling unless a day is named whose law is meant. What nothing in the package measures gets no
reading, and `why_unread` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from detente.codes import InputError
from detente.codes.countries import fold
from detente.data.claimrows import LAW_KEYS, OF_WHOM, QuantityRow, ReadingRow, parsed
from detente.data.library import package_folder
from detente.data.tables import countries
from detente.data.yamlfile import read_yaml

OWN = "the claim's own definition"
"""What a definition without a label is called."""

UNLESS_SAID: Mapping[str, str] = {"rank_since": "level", "real_income_change": "decoupling"}
"""What `of:` means where a claim does not say it."""


AVERAGES = ("average_tariff_level", "average_tariff_rise")
YEARS_END = (12, 31)
SHARES_OF = 2024
"""Year that listed readings of shares are written for."""


def default_readings(quantity: str) -> tuple[ReadingRow, ...]:
    """Readings of a quantity as the package defines them, the default first."""
    rows = quantity_table()[quantity]["readings"]
    return tuple(parsed(ReadingRow, row, f"quantities.yaml, {quantity}") for row in rows)


@lru_cache(maxsize=1)
def quantity_table() -> Mapping[str, Mapping[str, Any]]:
    """Quantities with unit, meaning and readings."""
    path = package_folder() / "ledgers" / "quantities.yaml"
    return dict(read_yaml(path, "quantities.yaml")["quantities"])


def readings_meant(
    row: QuantityRow, own: ReadingRow | None, given: Sequence[ReadingRow] = ()
) -> tuple[ReadingRow, ...]:
    """Readings a claim is judged on, its own definition first; none where nothing measures what it speaks of.

    Parameters
    ----------
    own : the claim's definition; given : readings it brings along, in place of the listed ones.
    """
    population = (own.population if own else "") or row.population
    listed = tuple(given) or _as_asked(row, own, _of_population(row.name, population, _of_kind(row, own)))
    if own is None:
        return tuple(given) or _with_year(row, _led(listed))
    own = _completed(row, own, listed)
    if own is None:
        return ()
    own = own.model_copy(update={"default": True, "likely": True, "label": own.label or OWN})
    others = tuple(r.model_copy(update={"default": False, "likely": False}) for r in listed)
    return _with_year(row, (own, *others))


def _as_asked(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Listed readings of the year that a claim about a share names, and of the material one about a shortage names."""
    if row.name == "months_of_shortage" and row.population:
        named = {"material": _population(row.name, row.population)}
        return tuple(reading.model_copy(update=named) for reading in listed)
    year = (own.year if own else None) or row.year or (row.as_of.year if row.as_of else None)
    if row.name != "share" or year is None:
        return listed
    return tuple(_in_year(reading, year) for reading in listed)


def _in_year(reading: ReadingRow, year: int) -> ReadingRow:
    """A listed reading for another year than the one it is written for, its label with it."""
    label = reading.label.replace(str(reading.year or SHARES_OF), str(year))
    return reading.model_copy(update={"year": year, "label": label})


def _with_year(row: QuantityRow, readings: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The whole year beside its last month, where a claim about duty collected until 31 December leaves it open."""
    if row.name not in AVERAGES or row.as_of is None or (row.as_of.month, row.as_of.day) != YEARS_END:
        return readings
    months = [r for r in readings if r.duty == "collected" and not r.period]
    if not months or any(r.period for r in readings):
        return readings
    label = f"duty collected in the whole year {row.as_of.year}"
    year = {"name": "whole-year", "label": label, "period": "year", "default": False, "likely": False}
    return (*readings, months[0].model_copy(update=year))


def check_base(row: QuantityRow, readings: Sequence[ReadingRow], where: str) -> None:
    """Refuse a rank of levels that names a base, and a rank of rises that names none."""
    for reading in readings if row.name == "rank_since" else ():
        if reading.of == "rise" and row.base is None:
            raise InputError(where, "a rise has no day it is counted from", "add base: 2025-01-01")
        if reading.of != "rise" and row.base is not None:
            raise InputError(where, "a level is not compared with a base", "leave base out, or say of: rise")


def why_unread(row: QuantityRow) -> str:
    """Why no reading fits a claim, for its reader."""
    name = row.name.replace("_", " ")
    if row.name in OF_WHOM["partner"] and _country(row.population):
        return f"a country is no population here; name it under partner: {_country(row.population)}"
    if row.population:
        what = f"nothing in the program measures {name} of '{row.population}'"
    else:
        what = f"the claim does not say what the {name} is of"
    return f"{what}; it can be population: {', '.join(_populations(row.name))}"


def _country(text: str) -> str:
    """Code of a country by any of its names, "" for what is none."""
    known = countries()
    code = text.strip().upper()
    return code if code in known.names else known.aliases.get(fold(text), "")


def _of_kind(row: QuantityRow, own: ReadingRow | None) -> tuple[ReadingRow, ...]:
    """Listed readings of the kind the claim asks for."""
    listed = default_readings(row.name)
    if row.name not in UNLESS_SAID:
        return listed
    wanted = _kind(row, own)
    return tuple(r for r in listed if (r.of or UNLESS_SAID[row.name]) == wanted)


def _kind(row: QuantityRow, own: ReadingRow | None) -> str:
    if own is not None and own.of:
        return own.of
    names_law = row.base is not None or (own is not None and bool(own.model_fields_set & set(LAW_KEYS)))
    return "law" if row.name == "real_income_change" and names_law else UNLESS_SAID[row.name]


def _of_population(quantity: str, population: str, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Listed readings of the thing the claim speaks of."""
    known = _populations(quantity)
    apart = any(r.population for r in listed)
    if not known or not (population or apart):
        return listed
    found = _population(quantity, population)
    if not found:
        return ()
    return tuple(r for r in listed if r.population == found) if apart else listed


def _population(quantity: str, words: str) -> str:
    """A population by any of its words, "" for one that nothing measures."""
    known, wanted = _populations(quantity), _plain(words)
    return next((name for name, others in known.items() if wanted in {_plain(w) for w in (name, *others)}), "")


def _populations(quantity: str) -> Mapping[str, list[str]]:
    """Populations that a quantity is measured for, each with other words for it."""
    return quantity_table()[quantity].get("populations", {})


IDLE_WORDS = ("the", "of", "all", "in", "total", "world", "world's", "global")


def _plain(text: str) -> str:
    """Words that tell one population from another."""
    words = text.casefold().replace("-", " ").split()
    return " ".join(word for word in words if word not in IDLE_WORDS)


def _completed(row: QuantityRow, own: ReadingRow, listed: tuple[ReadingRow, ...]) -> ReadingRow | None:
    """The claim's definition with what it leaves to the first listed reading; None where that is not known."""
    if row.name in UNLESS_SAID:
        return own.model_copy(update={"of": _kind(row, own)})
    if not any(r.population for r in default_readings(row.name)):
        return None if row.population and not listed else own
    if not own.of and (own.stage or own.material):
        return own.model_copy(update={"of": "stage"})
    if own.of:
        return own
    if not listed:
        return None
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return listed[0].model_copy(update={"name": own.name, "label": own.label, **given})


def _led(listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """Readings of which the first is the default where none is."""
    if not listed or any(r.default for r in listed):
        return listed
    return (listed[0].model_copy(update={"default": True, "likely": True}), *listed[1:])
