"""A result as a file that can be read again: tables with their units, so that a report needs no second run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Column, InputError, Table
from detente.codes.standing import Standing
from detente.codes.units import Unit
from detente.faces.formats import to_json
from detente.lab.result import Check, Result
from detente.lab.run import TOLERANCE
from detente.lab.scenario import Scenario, shipped
from detente.version import VERSION

TEXTS = (Unit.TEXT, Unit.CODE, Unit.DATE)
REPAIR = "write one with `detente run SCENARIO --report FILE.json`"


def as_document(result: Result) -> dict[str, Any]:
    """Everything of a result but its timings, with title, notes, units and meanings of every table."""
    about = {
        name: {
            "title": table.title,
            "notes": list(table.notes),
            "columns": [{"name": c.name, "unit": str(c.unit), "description": c.description} for c in table.columns],
        }
        for name, table in result.tables.items()
    }
    return {**result.as_dict(), "about": about, "version": VERSION}


def to_document(result: Result) -> str:
    """The document as JSON text."""
    return to_json(as_document(result))


def read_result(path: Path) -> Result:
    """A result from the file a report has written.

    Raises
    ------
    InputError
        naming the file and what it lacks.
    """
    if str(path) in shipped():
        raise InputError(str(path), "is a scenario, not a result", f"run it: detente run {path} --report FILE.html")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise InputError(str(path), "is not a JSON file", REPAIR) from None
    return from_document(content, str(path))


def from_document(content: object, where: str = "document") -> Result:
    """A result from its document, as `as_document` makes it and JSON gives it back.

    Parameters
    ----------
    where : what a refusal calls it, such as the name of its file.

    Raises
    ------
    InputError
        naming what the document lacks.
    """
    if not isinstance(content, Mapping) or not {"key", "scenario", "tables"} <= set(content):
        raise InputError(where, "is not a result of this program", REPAIR)
    if "about" not in content:
        raise InputError(where, "does not say the units of its tables", REPAIR)
    try:
        return _result(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(where, f"is damaged ({type(error).__name__}: {error})".rstrip("."), REPAIR) from None


def _result(content: Mapping[str, Any]) -> Result:
    scenario = Scenario.model_validate(content["scenario"])
    standings = {code: Standing.from_json(row) for code, row in content.get("record", {}).items()}
    tables = {name: _table(name, rows, content["about"][name]) for name, rows in content["tables"].items()}
    return Result(
        scenario=scenario,
        key=str(content["key"]),
        tables={name: replace(table, standing=standings.get("USA")) for name, table in tables.items()},
        sentences=tuple(content.get("sentences", ())),
        checks=tuple(Check(c["name"], c["expected"], c["found"], TOLERANCE) for c in content.get("checks", ())),
        assumptions=tuple(content.get("assumptions", ())),
        vintages=content.get("vintages", {}),
        standings=standings,
    )


def _table(name: str, rows: list[Mapping[str, Any]], about: Mapping[str, Any]) -> Table:
    columns = tuple(Column(c["name"], Unit(c["unit"]), c["description"]) for c in about["columns"])
    data = {c.name: _values([row[c.name] for row in rows], c.unit) for c in columns}
    return Table(name, str(about["title"]), columns, data, tuple(about["notes"]))


def _values(values: list[Any], unit: Unit) -> NDArray[Any]:
    """A column; what JSON has as null is an unknown number."""
    if unit in TEXTS:
        return np.asarray(
            [value if isinstance(value, bool) else "" if value is None else str(value) for value in values]
        )
    return np.asarray([np.nan if value is None else value for value in values])
