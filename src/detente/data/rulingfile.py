"""Ruling files: what courts and acts say beside the measures of a lawbook, from its `rulings.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detente.codes import Countries, InputError, UnknownName
from detente.data.yamlfile import as_date, as_list, as_prose, as_text, check_keys, read_yaml
from detente.law.measure import ALWAYS
from detente.law.record import COLUMN_2, Ruling

NAME = "rulings.yaml"
COLUMNS = (COLUMN_2,)
"""Columns of base duties, beside the general one, that a ruling may put a partner's goods under."""

KEYS = "id title day voids column partners group rates citation note".split()


def read_rulings(root: Path, countries: Countries) -> tuple[Ruling, ...]:
    """Rulings of a lawbook folder; none where it has no such file.

    Raises
    ------
    InputError, UnknownName : an entry that says nothing, or names a column, partner or group nobody knows.
    """
    path = root / NAME
    if not path.exists():
        return ()
    where = f"{root.name}/{NAME}"
    rulings: dict[str, Ruling] = {}
    for number, row in enumerate(as_list(read_yaml(path, where)), 1):
        ruling = _ruling(row, where, number, countries)
        if ruling.id in rulings:
            raise InputError(ruling.place, "is there twice", "give it another id")
        rulings[ruling.id] = ruling
    return tuple(rulings.values())


def _ruling(row: Any, where: str, number: int, countries: Countries) -> Ruling:
    keys = check_keys(row, KEYS, f"{where}, ruling {number}", ("id", "title"))
    name = as_text(keys["id"], f"{where}, ruling {number}")
    place = f"{where}, ruling {name}"
    _check_one_effect(keys, place)
    partners = (
        as_text(text, place, 'put quotes around country codes, as in "NO"') for text in as_list(keys.get("partners"))
    )
    return Ruling(
        name,
        as_prose(keys["title"], f"{place}, title"),
        as_date(keys["day"], place) if keys.get("day") else ALWAYS,
        tuple(as_text(selector, place) for selector in as_list(keys.get("voids"))),
        _column(keys.get("column"), place),
        frozenset(countries.resolve(text, place) for text in partners),
        _group(keys.get("group"), countries, place),
        as_text(keys.get("rates") or "", place),
        as_prose(keys.get("citation"), f"{place}, citation"),
        where,
    )


def _check_one_effect(keys: dict[str, Any], place: str) -> None:
    """Refuse an entry that does nothing, two things, or a column for nobody."""
    if bool(keys.get("voids")) == bool(keys.get("column")):
        raise InputError(place, "should say either what it voids or which column it sets", "give voids or column")
    whose = keys.get("partners") or keys.get("group")
    if keys.get("column") and not whose:
        raise InputError(place, "sets a column for nobody", "add partners, or a group of countries")
    if keys.get("voids") and (whose or keys.get("rates")):
        raise InputError(place, "voids measures for every partner", "leave partners, group and rates out")


def _column(value: Any, place: str) -> str:
    if value and value not in COLUMNS:
        raise UnknownName("column", str(value), COLUMNS, place, f"use {', '.join(COLUMNS)}")
    return str(value or "")


def _group(value: Any, countries: Countries, place: str) -> str:
    if value and value not in countries.groups:
        raise UnknownName("group of countries", str(value), countries.groups, place)
    return str(value or "")
