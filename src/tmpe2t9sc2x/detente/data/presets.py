"""Presets: deals that the Deal page offers at once, one file each in `presets/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.codes import InputError, UnknownName
from detente.data.casefile import case_names
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_text, check_keys, read_yaml

KEYS = ("title", "place", "case", "date", "levers", "outcome")
TODAY = "today"


@dataclass(frozen=True, slots=True)
class Preset:
    """A deal under a name.

    Attributes
    ----------
    place : where it stands in the list. case : of the talks.
    on : day of the law; None = the day on which it is shown.
    levers : values in the units of the address, by lever. outcome : the outcome of the case that it is, "" = none.
    """

    title: str
    place: int
    case: str
    on: date | None
    levers: Mapping[str, float]
    outcome: str = ""


@lru_cache(maxsize=1)
def presets() -> tuple[Preset, ...]:
    """Presets of the package, from the files in their folder, in order.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    rows = [read_preset(path) for path in sorted((package_folder() / "presets").glob("*.yaml"))]
    return tuple(sorted(rows, key=lambda preset: preset.place))


def read_preset(path: Path) -> Preset:
    """One preset from its file; errors as `presets`."""
    where = f"presets/{path.name}"
    keys = check_keys(read_yaml(path, where), KEYS, where, ("title", "case", "date", "levers"))
    case, day, place = as_text(keys["case"], f"{where}, case"), keys["date"], keys.get("place", 0)
    if case not in case_names():
        raise UnknownName("case", case, case_names(), where, f"use {', '.join(case_names())}")
    if isinstance(place, bool) or not isinstance(place, int):
        raise InputError(where, f"'place' is {place!r}, not a whole number", "write where it stands, as in place: 10")
    return Preset(
        as_text(keys["title"], f"{where}, title"),
        place,
        case,
        None if day == TODAY else as_date(day, f"{where}, date"),
        _levers(keys["levers"], f"{where}, levers"),
        as_text(keys.get("outcome") or "", f"{where}, outcome"),
    )


def _levers(value: Any, where: str) -> dict[str, float]:
    if not isinstance(value, Mapping) or not value:
        raise InputError(where, "should be a mapping of levers to numbers", "write them as in {us: 34, cn: 34}")
    for name, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise InputError(where, f"'{name}' is {number!r}, not a number", "write the value of the lever")
    return {str(name): float(number) for name, number in value.items()}
