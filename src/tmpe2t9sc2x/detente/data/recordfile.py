"""Frontier files: how far a lawbook was read, what is open beyond that day and what it lacks before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import Countries, InputError
from detente.codes.hs import digits
from detente.data.lawbook import CODE_LENGTHS, check_filled, read_layer, read_partners
from detente.data.yamlfile import as_date, as_list, as_prose, as_text, check_keys, read_yaml
from detente.law.law import Law
from detente.law.measure import ALWAYS, FOREVER
from detente.law.record import Clause, Gap, LawRecord, Source

NAME = "frontier.yaml"
CLAUSE_KEYS = ("id", "title", "day", "ends", "begins", "citation")


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
    keys = check_keys(read_yaml(path, where), ("read_to", "sources", "clauses", "gaps"), where, ("read_to",))
    day = as_date(keys["read_to"], f"{where}, read_to")
    return LawRecord(
        day,
        tuple(_source(row, f"{where}, source {n}") for n, row in enumerate(as_list(keys.get("sources")), 1)),
        tuple(_clause(row, day, where, n) for n, row in enumerate(as_list(keys.get("clauses")), 1)),
        tuple(_gap(row, countries, f"{where}, gap {n}") for n, row in enumerate(as_list(keys.get("gaps")), 1)),
    )


def _source(row: Any, place: str) -> Source:
    keys = check_keys(row, ("what", "read", "day"), place, ("what", "read", "day"))
    what, read = (as_prose(keys[key], f"{place}, {key}") for key in ("what", "read"))
    return Source(what, read, as_date(keys["day"], place))


def _clause(row: Any, read_to: date, where: str, number: int) -> Clause:
    keys = check_filled(row, CLAUSE_KEYS, f"{where}, clause {number}", ("id", "title", "day"))
    name = as_text(keys["id"], f"{where}, clause {number}")
    place = f"{where}, clause {name}"
    day = as_date(keys["day"], place)
    if day <= read_to:
        raise InputError(
            place, f"its day {day} is within the record, which goes to {read_to}", "write what became of it"
        )
    names = [tuple(as_text(name, place) for name in as_list(keys.get(key))) for key in ("ends", "begins")]
    if not any(names):
        raise InputError(place, "names nothing that ends or begins", "add ends: or begins: with ids of measures")
    title, citation = (as_prose(keys.get(key), f"{place}, {key}") for key in ("title", "citation"))
    return Clause(name, title, day, names[0], names[1], citation, where)


def _gap(row: Any, countries: Countries, place: str) -> Gap:
    keys = check_filled(row, ("from", "until", "says", "lines", "partners"), place, ("says",))
    start = as_date(keys["from"], place) if keys.get("from") else ALWAYS
    end = as_date(keys["until"], place) if keys.get("until") else FOREVER
    if end < start:
        raise InputError(place, f"a gap ends {end} before it begins {start}", "swap the days")
    given = keys.get("lines", "all")
    prefixes = ("",) if given == "all" else tuple(digits(code, place, CODE_LENGTHS) for code in as_list(given))
    scopes = read_partners(keys.get("partners"), countries, place)
    partners = None if scopes is None else frozenset[str]().union(*(scope.countries for scope in scopes))
    return Gap(start, end, as_prose(keys["says"], f"{place}, says"), prefixes, partners)
