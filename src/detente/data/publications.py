"""Publications: what publishers of average duties chose otherwise than we do, one file each in `publications/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.codes import InputError
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_list, as_share, as_text, check_keys, read_yaml

KEYS = "source counts before_shifts method electronics importer partner exclusions settled aircraft_whole parts".split()


@dataclass(frozen=True, slots=True)
class Counted:
    """Law announced for a later day that a report counts: in words, its day (None = that of the report), measures."""

    says: str
    on: date | None = None
    announced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodChange:
    """Averages of two reports with a change of method between them, share of customs value, and the laws they count.

    Attributes
    ----------
    until : first day on which the older method no longer holds.
    """

    until: date
    average: float
    next_average: float
    law: date = date.min
    next_law: date = date.min


@dataclass(frozen=True, slots=True)
class Publication:
    """A series of published averages.

    Attributes
    ----------
    counts, before_shifts : by day of the report, ISO; averages before consumption shifts, share of customs value.
    method, electronics : choices that the publisher gave up; None where it made none.
    importer, partner : whose imports, and from whom, "" = all. exclusions : share of goods that leaves exclusions out.
    settled : day on which the law was old, and the publisher's average of it.
    aircraft_whole : whether codes listed for civil aircraft are exempt whatever their use.
    parts : what goods taken for car parts move, share.
    """

    source: str
    counts: Mapping[str, Counted] = field(default_factory=dict)
    before_shifts: Mapping[str, float] = field(default_factory=dict)
    method: MethodChange | None = None
    electronics: MethodChange | None = None
    importer: str = "USA"
    partner: str = ""
    exclusions: str = ""
    settled: tuple[date, float] | None = None
    aircraft_whole: bool = False
    parts: float = 0.0


def publication(source: str) -> Publication:
    """What is known of a publisher's choices, by the name its figures bear; nothing of a publisher without a file."""
    return publications().get(source) or Publication(source)


@lru_cache(maxsize=1)
def publications() -> Mapping[str, Publication]:
    """Publications of the package by source, from the files in their folder.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    return {
        made.source: made for made in map(read_publication, sorted((package_folder() / "publications").glob("*.yaml")))
    }


def read_publication(path: Path) -> Publication:
    """One publication from its file; errors as `publications`."""
    where = f"publications/{path.name}"
    keys = check_keys(read_yaml(path, where), KEYS, where, ("source",))
    return Publication(
        as_text(keys["source"], f"{where}, source"),
        dict(_counted(row, where) for row in as_list(keys.get("counts"))),
        dict(_before(row, where) for row in as_list(keys.get("before_shifts"))),
        _change(keys.get("method"), f"{where}, method"),
        _change(keys.get("electronics"), f"{where}, electronics"),
        as_text(keys.get("importer") or "USA", f"{where}, importer"),
        as_text(keys.get("partner") or "", f"{where}, partner"),
        as_text(keys.get("exclusions") or "", f"{where}, exclusions"),
        _settled(keys.get("settled"), f"{where}, settled"),
        _truth(keys.get("aircraft_whole"), f"{where}, aircraft_whole"),
        as_share(keys.get("parts", 0.0), f"{where}, parts"),
    )


def _counted(row: Any, where: str) -> tuple[str, Counted]:
    keys = check_keys(row, ("report", "says", "on", "announced"), f"{where}, counts", ("report", "says"))
    names = tuple(as_text(name, f"{where}, announced") for name in as_list(keys.get("announced")))
    on = as_date(keys["on"], f"{where}, on") if keys.get("on") else None
    return str(as_date(keys["report"], where)), Counted(as_text(keys["says"], f"{where}, says"), on, names)


def _before(row: Any, where: str) -> tuple[str, float]:
    keys = check_keys(row, ("report", "average"), f"{where}, before_shifts", ("report", "average"))
    return str(as_date(keys["report"], where)), as_share(keys["average"], f"{where}, average")


def _change(value: Any, where: str) -> MethodChange | None:
    if value is None:
        return None
    required = ("until", "average", "next_average")
    keys = check_keys(value, (*required, "law", "next_law"), where, required)
    days = [as_date(keys[key], where) if keys.get(key) else date.min for key in ("law", "next_law")]
    averages = [as_share(keys[key], where) for key in ("average", "next_average")]
    return MethodChange(as_date(keys["until"], where), averages[0], averages[1], days[0], days[1])


def _settled(value: Any, where: str) -> tuple[date, float] | None:
    if value is None:
        return None
    keys = check_keys(value, ("day", "average"), where, ("day", "average"))
    return as_date(keys["day"], where), as_share(keys["average"], where)


def _truth(value: Any, where: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise InputError(where, f"{value!r} is neither true nor false", "write true, or leave it out")
    return bool(value)
