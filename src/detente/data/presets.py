"""Presets: deals that the Deal page offers at once, one file each in `presets/`; each names where its levels stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from detente.codes import InputError, UnknownName
from detente.data.casefile import case_names
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_text, check_keys, read_yaml

KEYS = ("title", "place", "case", "scenario", "variant", "outcome", "date")
TODAY = "today"
NAMES = ("scenario", "variant", "outcome")


@dataclass(frozen=True, slots=True)
class Preset:
    """A deal under a name, whose levels stand in one other file: that of a scenario, or of a case of the talks.

    Attributes
    ----------
    place : where it stands in the list. case : of the talks.
    scenario, variant : the scenario that it is, and of several variants which; "" where it is an outcome of the case.
    outcome : the outcome of the case that it is, "" where it is a scenario.
    on : day of the law of an outcome; None = the day on which it is shown, or that of the scenario.
    """

    title: str
    place: int
    case: str
    scenario: str = ""
    variant: str = ""
    outcome: str = ""
    on: date | None = None


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
    keys = check_keys(read_yaml(path, where), KEYS, where, ("title", "case"))
    texts = {key: as_text(keys.get(key) or "", f"{where}, {key}") for key in ("title", "case", *NAMES)}
    day, place = keys.get("date", TODAY), keys.get("place", 0)
    if texts["case"] not in case_names():
        raise UnknownName("case", texts["case"], case_names(), where, f"use {', '.join(case_names())}")
    if isinstance(place, bool) or not isinstance(place, int):
        raise InputError(where, f"'place' is {place!r}, not a whole number", "write where it stands, as in place: 10")
    if bool(texts["scenario"]) == bool(texts["outcome"]):
        raise InputError(where, "names neither or both of 'scenario' and 'outcome'", "name the one that it is")
    return Preset(place=place, on=None if day == TODAY else as_date(day, f"{where}, date"), **texts)
