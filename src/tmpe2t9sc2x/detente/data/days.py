"""Days of the record that the program names outside the law, from `days.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from detente.codes import InputError, UnknownName
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_list, as_text, check_keys, read_yaml

NAME = "days.yaml"
KEYS = ("id", "day", "what", "source")


@lru_cache(maxsize=1)
def days() -> Mapping[str, date]:
    """Days by id.

    Raises
    ------
    InputError, UnknownName : names file, entry and repair.
    """
    days: dict[str, date] = {}
    for number, row in enumerate(as_list(read_yaml(package_folder() / NAME, NAME)), 1):
        where = f"{NAME}, entry {number}"
        keys = check_keys(row, KEYS, where, KEYS)
        name = as_text(keys["id"], where)
        if name in days:
            raise InputError(where, f"the id '{name}' is there twice", "give it another id")
        days[name] = as_date(keys["day"], where)
    return days


@lru_cache(maxsize=8)
def read_to(iso3: str) -> date:
    """Last day for which every source of an importer's law was read."""
    where = f"lawbooks/{iso3.lower()}/frontier.yaml"
    return as_date(read_yaml(package_folder() / where, where)["read_to"], where)


def day_named(name: str) -> date:
    """The day of an id; `UnknownName` otherwise."""
    if name not in days():
        raise UnknownName("day", name, days(), NAME)
    return days()[name]
