"""Parts of a sweep: what one chunk of points gives, as Parquet files that carry their own units and notes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import (
    Column,
    DetenteError,
    InputError,
    MissingData,
    Parameter,
    Table,
    Unit,
    UnknownName,
    declared_columns,
    table_with,
)
from detente.codes.standing import furthest, of_fate
from detente.lab.sweep.design import Point, column, label
from detente.lab.work.parquet import KEY, TEXTS

if TYPE_CHECKING:
    pass

Numbered = tuple[int, Point]
FAILED = "failed"
"""Table of the points without an equilibrium."""

POINT, PREFIX = "point", "over."


@dataclass(frozen=True)
class TableChoice:
    """A table to keep of each point: all its columns, or its texts and some numbers."""

    table: str
    columns: tuple[str, ...] = ()

    def of(self, tables: Mapping[str, Table]) -> Table:
        """The columns chosen; `UnknownName` for a table or column that is not there."""
        if self.table not in tables:
            raise UnknownName("table", self.table, tables, Parameter("table"), f"tables: {', '.join(tables)}")
        table = tables[self.table]
        if not self.columns:
            return table
        for name in self.columns:
            if name not in table.data:
                raise UnknownName("column", name, table.data, Parameter("table", self.table))
        keys = [c.name for c in table.columns if c.unit in TEXTS or c.name in self.columns]
        return table.select(keys)


def choices_of(texts: str | Iterable[str]) -> tuple[TableChoice, ...]:
    """Tables to keep from texts such as "economy" or "economy:change,low"."""
    choices = []
    named = [texts] if isinstance(texts, str) else texts
    if not isinstance(named, Iterable):
        raise InputError(Parameter("tables"), f"{texts!r:.40} names no tables", "give a text or a list of them")
    for text in map(str, named):
        name, colon, columns = text.partition(":")
        wanted = tuple(part.strip() for part in columns.split(",") if part.strip())
        if not name.strip() or (colon and not wanted):
            raise InputError(
                Parameter("table"), f"'{text}' names no table or no column", "write it as economy:change,low"
            )
        choices.append(TableChoice(name.strip(), wanted))
    names = [choice.table for choice in choices]
    if len(set(names)) < len(names):
        raise InputError(
            Parameter("table"), "a table is named twice", "give its columns together, as in economy:change,low"
        )
    return tuple(choices)


@dataclass(frozen=True)
class Refused:
    """An error at one point, as something that travels between processes."""

    kind: str
    text: str

    @classmethod
    def of(cls, error: DetenteError, number: int, point: Point) -> Refused:
        """The error with its point."""
        kind = "missing" if isinstance(error, MissingData) else "input"
        return cls(kind, f"point {number} ({label(point)}): {error}")

    def error(self) -> DetenteError:
        """The error again."""
        if self.kind == "missing":
            return MissingData(self.text)
        return InputError("", self.text.rstrip("."))


@dataclass(frozen=True)
class Batch:
    """What one chunk gave.

    Attributes
    ----------
    number : of the chunk; `parts` : table -> Parquet file.
    failed : points without an equilibrium.
    refused : what stopped the chunk; parts are empty then.
    made_with : versions and data of the worker.
    """

    number: int
    parts: Mapping[str, bytes] = field(repr=False)
    failed: int = 0
    refused: Refused | None = None
    made_with: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Inputs:
    """Columns of the inputs of a sweep: path -> whether every value of the sweep is a number."""

    numeric: Mapping[str, bool]

    @classmethod
    def of(cls, points: Sequence[Point]) -> Inputs:
        """The columns of some points."""
        paths = list(points[0]) if points else []
        return cls({path: isinstance(column([p[path] for p in points])[0], float) for path in paths})

    @property
    def named(self) -> list[dict[str, str]]:
        """What the register of tables is told of each input."""
        units = {True: Unit.NONE, False: Unit.TEXT}
        return [{"input": PREFIX + path, "unit": units[kind], "path": path} for path, kind in self.numeric.items()]

    def data(self, rows: Sequence[Numbered]) -> dict[str, np.ndarray]:
        """Number and inputs of the point of each row, by column."""
        data: dict[str, np.ndarray] = {POINT: np.asarray([number for number, _ in rows], dtype=np.int64)}
        for path, numeric in self.numeric.items():
            values = [point[path] for _, point in rows]
            data[PREFIX + path] = np.asarray(column(values) if numeric else [str(value) for value in values])
        return data


def joined(inputs: Inputs, rows: Sequence[Numbered], tables: Sequence[Table]) -> Table:
    """The tables of several points as one, inputs in front."""
    tables = alike(tables)
    first = tables[0]
    for table in tables:
        if [c.name for c in table.columns] != [c.name for c in first.columns]:
            raise InputError(f"table {first.name}", "has other columns at other points", "choose another table")
    repeated = [row for row, table in zip(rows, tables, strict=True) for _ in range(len(table))]
    columns, data = declared_columns("sweep.points", input=inputs.named), inputs.data(repeated)
    data |= {c.name: np.concatenate([np.asarray(table[c.name]) for table in tables]) for c in first.columns}
    latest = furthest(table.standing for table in tables if table.standing is not None)
    return Table(first.name, first.title, (*columns, *first.columns), data, first.notes, latest)


def alike(tables: Sequence[Table]) -> list[Table]:
    """Tables with the columns for fates of open clauses that some have; the same numbers where it has none."""
    fates = {c.name: c for table in tables for c in table.columns if of_fate(c.name)[1]}
    return [_with_fates(table, fates) for table in tables]


def _with_fates(table: Table, fates: Mapping[str, Column]) -> Table:
    own = {name: of_fate(name)[0] for name in fates if name not in table.data}
    more = {name: table.data[base] for name, base in own.items() if base in table.data}
    columns = (*(c for c in table.columns if c.name not in fates), *fates.values())
    return replace(table, columns=columns, data={**table.data, **more}) if fates else table


def failed_table(inputs: Inputs, rows: Sequence[tuple[Numbered, str]]) -> Table:
    """The points without an equilibrium, and why."""
    data = inputs.data([row for row, _ in rows]) | {"reason": np.asarray([reason for _, reason in rows])}
    return table_with("sweep.failed", data, input=inputs.named)


def sound(path: Path) -> bool:
    """Whether a file is a whole part of a sweep."""
    import polars as pl

    try:
        return KEY in pl.read_parquet_metadata(path) and pl.read_parquet(path).height > 0
    except (pl.exceptions.PolarsError, OSError):
        return False


def as_json(content: Any) -> bytes:
    """Settings as JSON, days as text."""
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n").encode()
