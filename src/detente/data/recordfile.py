"""Frontier files: how far a lawbook was read, what is open beyond that day and what it lacks before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import Countries, InputError
from detente.codes.hs import digits
from detente.codes.standing import LAPSED
from detente.data.lawbook import CODE_LENGTHS, check_filled, read_layer, read_partners
from detente.data.yamlfile import as_date, as_list, as_prose, as_text, check_keys, read_yaml
from detente.law.law import Law
from detente.law.measure import ALWAYS, FOREVER
from detente.law.record import RENEWED, Clause, Fate, Foreseen, Gap, LawRecord, Source

NAME = "frontier.yaml"
CLAUSE_KEYS = ("id", "title", "day", "ends", "begins", "programmes", "citation", "fates")
FATE_KEYS = ("name", "until", "title", "likely", "citation")
AHEAD_KEYS = ("title", "from", "day", "lines", "partners", "citation")


def read_own(root: Path, importer: str, countries: Countries) -> Law:
    """A user's layer, with how far it was read if its folder says so; see `read_layer`."""
    layer = read_layer(root, importer, countries)
    _check_layer(layer)
    return replace(layer, record=read_record(root, countries)) if root.is_dir() else layer


def _check_layer(layer: Law) -> None:
    """Refuse rulings on base duties, which are the importer's own."""
    for ruling in layer.rulings:
        if ruling.column:
            repair = "write a measure on goods of the partner"
            raise InputError(ruling.place, "sets base duties, which a layer cannot change", repair)


def read_record(root: Path, countries: Countries) -> LawRecord | None:
    """How far a lawbook was read, from its `frontier.yaml`; None where it has none."""
    path = root / NAME
    if not path.exists():
        return None
    where = str(path.relative_to(root.parent))
    keys = check_keys(
        read_yaml(path, where), ("read_to", "sources", "clauses", "gaps", "may_come"), where, ("read_to",)
    )
    day = as_date(keys["read_to"], f"{where}, read_to")
    return LawRecord(
        day,
        tuple(_source(row, f"{where}, source {n}") for n, row in enumerate(as_list(keys.get("sources")), 1)),
        tuple(_clause(row, day, where, n) for n, row in enumerate(as_list(keys.get("clauses")), 1)),
        tuple(_gap(row, countries, f"{where}, gap {n}") for n, row in enumerate(as_list(keys.get("gaps")), 1)),
        tuple(
            _ahead(row, countries, f"{where}, may_come {n}") for n, row in enumerate(as_list(keys.get("may_come")), 1)
        ),
    )


def _source(row: Any, place: str) -> Source:
    keys = check_keys(row, ("what", "read", "day", "authorities"), place, ("what", "read", "day"))
    what, read = (as_prose(keys[key], f"{place}, {key}") for key in ("what", "read"))
    named = tuple(as_text(name, f"{place}, authorities") for name in as_list(keys.get("authorities")))
    return Source(what, read, as_date(keys["day"], place), named)


def _clause(row: Any, read_to: date, where: str, number: int) -> Clause:
    keys = check_filled(row, CLAUSE_KEYS, f"{where}, clause {number}", ("id", "title", "day"))
    name = as_text(keys["id"], f"{where}, clause {number}")
    place = f"{where}, clause {name}"
    day = as_date(keys["day"], place)
    if day <= read_to:
        raise InputError(
            place, f"its day {day} is within the record, which goes to {read_to}", "write what became of it"
        )
    kinds = ("ends", "begins", "programmes")
    names = [tuple(as_text(name, place) for name in as_list(keys.get(key))) for key in kinds]
    if not any(names):
        raise InputError(place, "names nothing that ends or begins", "add ends: or begins: with ids of measures")
    title, citation = (as_prose(keys.get(key), f"{place}, {key}") for key in ("title", "citation"))
    fates = tuple(_fate(row, day, f"{place}, fate {n}") for n, row in enumerate(as_list(keys.get("fates")), 1))
    if len({fate.name for fate in fates}) < len(fates):
        raise InputError(f"{place}, fates", "a name is there twice", "give each fate a name of its own")
    return Clause(name, title, day, names[0], names[1], citation, names[2], fates or (RENEWED,), where)


def _fate(row: Any, day: date, place: str) -> Fate:
    keys = check_filled(row, FATE_KEYS, place, ("name",))
    name = as_text(keys["name"], place)
    if not name.isalpha() or not name.isascii() or not name.islower() or name == LAPSED:
        raise InputError(place, f"'{name}' is no name of a fate", f"write one lower-case word other than {LAPSED}")
    until = as_date(keys["until"], f"{place}, until") if keys.get("until") else FOREVER
    if until < day:
        raise InputError(place, f"it runs out on {until}, before the clause's day {day}", "name a later day")
    title, citation = (as_prose(keys.get(key), f"{place}, {key}") for key in ("title", "citation"))
    likely = keys.get("likely", False)
    if not isinstance(likely, bool):
        raise InputError(f"{place}, likely", f"is {likely!r}", "write true or false")
    return Fate(name, until, title, likely, citation)


def _ahead(row: Any, countries: Countries, place: str) -> Foreseen:
    keys = check_filled(row, AHEAD_KEYS, place, ("title", "from", "citation"))
    start = as_date(keys["from"], f"{place}, from")
    day = as_date(keys["day"], f"{place}, day") if keys.get("day") else None
    title, citation = (as_prose(keys[key], f"{place}, {key}") for key in ("title", "citation"))
    return Foreseen(title, start, day, _partners(keys, countries, place), _prefixes(keys, place), citation, place)


def _gap(row: Any, countries: Countries, place: str) -> Gap:
    keys = check_filled(row, ("from", "until", "says", "lines", "partners"), place, ("says",))
    start = as_date(keys["from"], place) if keys.get("from") else ALWAYS
    end = as_date(keys["until"], place) if keys.get("until") else FOREVER
    if end < start:
        raise InputError(place, f"a gap ends {end} before it begins {start}", "swap the days")
    says = as_prose(keys["says"], f"{place}, says")
    return Gap(start, end, says, _prefixes(keys, place), _partners(keys, countries, place))


def _prefixes(keys: dict[str, Any], place: str) -> tuple[str, ...]:
    """Codes that an entry concerns."""
    given = keys.get("lines", "all")
    return ("",) if given == "all" else tuple(digits(code, place, CODE_LENGTHS) for code in as_list(given))


def _partners(keys: dict[str, Any], countries: Countries, place: str) -> frozenset[str] | None:
    """Partners that an entry concerns; None = all."""
    scopes = read_partners(keys.get("partners"), countries, place)
    return None if scopes is None else frozenset[str]().union(*(scope.countries for scope in scopes))
