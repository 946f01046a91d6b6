"""Presets: deals that the Deal page offers at once, one file each in `presets/`; each names where its levels stand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from detente.codes import InputError, UnknownName
from detente.data.casefile import case_names
from detente.data.library import package_folder
from detente.data.models import Day, FileModel, Whole, read_model


class Preset(FileModel):
    """A deal under a name, whose levels stand in one other file: that of a scenario, or of a case of the talks.

    Attributes
    ----------
    place : where it stands in the list. case : of the talks.
    scenario, variant : the scenario that it is, and of several variants which; "" where it is an outcome of the case.
    outcome : the outcome of the case that it is, "" where it is a scenario.
    on : day of the law of an outcome; None = the day on which it is shown ("today"), or that of the scenario.
    """

    title: str
    case: str
    place: Whole = 0
    scenario: str = ""
    variant: str = ""
    outcome: str = ""
    on: Annotated[Day | None, BeforeValidator(lambda day: None if day == "today" else day)] = Field(None, alias="date")


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
    return read_model(Preset, path, f"presets/{path.name}", _fits)


def _fits(file: Preset, where: str) -> Iterator[InputError]:
    if file.case not in case_names():
        yield UnknownName("case", file.case, case_names(), f"{where}, case", f"use {', '.join(case_names())}")
    if bool(file.scenario) == bool(file.outcome):
        yield InputError(where, "names neither or both of 'scenario' and 'outcome'", "name the one that it is")
