"""A result as a file that can be read again: tables with their units, so that a report needs no second run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Column, InputError, Table
from detente.codes.days import Standing
from detente.codes.units import TEXTS, Unit
from detente.data.yamlfile import read_json
from detente.faces.formats import to_json
from detente.lab.result import Check, Result
from detente.lab.run import TOLERANCE
from detente.lab.scenario import Record, Scenario, parse_scenario, shipped
from detente.version import VERSION

REPAIR = "write one with `detente run SCENARIO --out FILE.json`"


def as_document(result: Result) -> dict[str, Any]:
    """Everything of a result but its timings, with title, notes, units and meanings of every table."""
    words = {name: about(table) for name, table in result.tables.items()}
    return {**result.to_dict(), "about": words, "version": VERSION}


#: What only some columns have.
FURTHER = ("label", "kind")


def about(table: Table) -> dict[str, Any]:
    """Title, notes and columns of a table; a column has its head for readers where that is not its name."""
    columns = [
        {"name": column.name, "unit": str(column.unit), "description": column.description}
        | {key: text for key in FURTHER if (text := getattr(column, key))}
        for column in table.columns
    ]
    return {"title": table.title, "notes": list(table.notes), "columns": columns, "names": dict(table.names)}


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
        raise InputError(str(path), "is a scenario, not a result", f"run it: detente run {path} --out FILE.html")
    return from_document(read_json(path, REPAIR), str(path))


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
        given = dict(content["scenario"])
        if "record" in given:  # without keys of earlier versions, which nothing of a finished result rests on
            given["record"] = {name: value for name, value in given["record"].items() if name not in Record.gone}
        return _result(content, parse_scenario(given, where, ""))
    except KeyError as error:
        raise InputError(where, f"is damaged: {str(error)[:60]} is missing", REPAIR) from None
    except (TypeError, ValueError, AttributeError) as error:
        message = str(error).partition("\n")[0][:120].rstrip(".")
        raise InputError(where, f"is damaged ({type(error).__name__}: {message})", REPAIR) from None


def _result(content: Mapping[str, Any], scenario: Scenario) -> Result:
    standings = {code: Standing.from_json(row) for code, row in content.get("record", {}).items()}
    tables = {name: table_of(name, rows, content["about"][name]) for name, rows in content["tables"].items()}
    return Result(
        scenario=scenario,
        key=str(content["key"]),
        tables={name: replace(table, standing=standings.get(scenario.importer)) for name, table in tables.items()},
        sentences=tuple(map(_text, _list(content.get("sentences", [])))),
        checks=tuple(
            Check(_text(c["name"]), _number(c["expected"]), _number(c["found"]), TOLERANCE)
            for c in _list(content.get("checks", []))
        ),
        assumptions=tuple(map(_words, _list(content.get("assumptions", [])))),
        vintages={name: _words(row) for name, row in content.get("vintages", {}).items()},
        standings=standings,
    )


def table_of(name: str, rows: Any, about: Mapping[str, Any]) -> Table:
    """A table from its rows and what `about` says of it.

    Raises
    ------
    KeyError, TypeError, ValueError : rows and columns that do not fit.
    """
    columns = tuple(
        Column(_text(c["name"]), Unit(c["unit"]), _text(c["description"]), *(_text(c.get(k, "")) for k in FURTHER))
        for c in _list(about["columns"])
    )
    data = {c.name: _values([row[c.name] for row in _list(rows)], c.unit) for c in columns}
    names = _words(about.get("names", {}))
    return Table(name, _text(about["title"]), columns, data, tuple(map(_text, _list(about["notes"]))), names=names)


def _values(values: list[Any], unit: Unit) -> NDArray[Any]:
    """A column; what JSON has as null is an unknown number."""
    if unit in TEXTS:
        return np.asarray([_cell(value) for value in values])
    return np.asarray([np.nan if value is None else _number(value) for value in values])


def _cell(value: Any) -> str | bool:
    if isinstance(value, list | dict):
        raise ValueError(f"{str(value)[:40]} is not text")
    return value if isinstance(value, bool) else "" if value is None else str(value)


def _number(value: Any) -> Any:
    if not isinstance(value, bool | int | float):
        raise ValueError(f"{str(value)[:40]!r} is not a number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:40]} is not text")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{str(value)[:40]!r} is not a list")
    return value


def _words(row: Any) -> dict[str, str]:
    return {str(key): "" if value is None else _text(value) for key, value in row.items()}
