"""Sweep: one scenario, or the world economy, over many values of its fields.

Points come in chunks; each chunk is one Parquet file a table, written whole, so that a sweep that was stopped goes on
where it was. The bytes depend on the scenario, the inputs, the seed, data and versions alone, never on the workers.

A folder of a sweep holds `sweep.json` (what was asked and with what), one folder a table with `part-00000.parquet` and
so on, and, once all is done, `parts.json` with the sha256 of every part.

Parts of a sweep: what one chunk of points gives, as Parquet files that carry their own units and notes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

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
from detente.codes.days import furthest, of_fate
from detente.codes.names import Readable
from detente.data.store import remove_halves, write_bytes
from detente.lab.key import made_with
from detente.lab.sweep.design import Interval, Point, Values, label, values_column
from detente.lab.work.chunks import Chunk, Crew, Progress, go_on, spans
from detente.lab.work.parquet import KEY, from_parquet

Numbered = tuple[int, Point]
#: Table of the points without an equilibrium.
FAILED = "failed"

POINT, PREFIX = "point", "over."


def kept_of(name: str, tables: Mapping[str, Table]) -> Table:
    """A table to keep of a point; `UnknownName` where it has none of that name."""
    if name not in tables:
        raise UnknownName("table", name, tables, Parameter("table"), f"tables: {', '.join(tables)}")
    return tables[name]


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
        return cls({path: isinstance(values_column([p[path] for p in points])[0], float) for path in paths})

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
            data[PREFIX + path] = np.asarray(values_column(values) if numeric else [str(value) for value in values])
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


MANIFEST, PARTS = "sweep.json", "parts.json"
#: Names of the files of a sweep.
OWN = re.compile(r"part-\d+\.parquet|sweep\.json|parts\.json")


class Work(Protocol):
    """What a sweep does at its points, and needs to know of it; travels to the workers."""

    def run(self, number: int, rows: Sequence[Numbered]) -> Batch:
        """What one chunk gives."""
        ...

    @property
    def inputs(self) -> Inputs:
        """Columns of the inputs."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """What is kept of each point."""
        ...

    @property
    def size(self) -> int:
        """Points of a chunk."""
        ...

    @property
    def about(self) -> Mapping[str, Any]:
        """What the results depend on besides the points."""
        ...

    def check(self, rows: Sequence[Numbered]) -> None:
        """Refuse what cannot be computed, before anything is."""
        ...


@dataclass(frozen=True, repr=False)
class Sweep(Readable):
    """A finished sweep.

    Attributes
    ----------
    manifest : what was asked, and the versions and data it was made with.
    parts : table -> its Parquet files in order, on disk or in memory.
    points, failed : how many points there are, and how many of them have no equilibrium.
    folder : where the parts lie; None for memory.
    """

    manifest: Mapping[str, Any] = field(repr=False)
    parts: Mapping[str, Sequence[Path | bytes]] = field(repr=False)
    points: int
    failed: int
    folder: Path | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(self.parts)

    def table(self, name: str = "") -> Table:
        """One table over all points, inputs in front as `over.PATH`; by default the first.

        Raises
        ------
        UnknownName : a table that was not kept.
        """
        name = name or next(iter(self.parts), "")
        if name not in self.parts:
            raise UnknownName("table", name, self.parts, "sweep", f"tables: {', '.join(self.parts) or 'none'}")
        return from_parquet([_content(part) for part in self.parts[name]])


def _content(part: Path | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.read_bytes()


def swept(
    job: Work,
    inputs: Mapping[str, Values | Interval],
    points: Sequence[Point],
    design: tuple[int | None, int],
    executor: Executor | None,
    workers: int | None,
    several: int,
    out: str | Path | None,
    resume: bool,
    progress: Progress | None,
) -> Sweep:
    """The sweep of a job over points; `several` : points from which on processes are started by default."""
    crew = Crew(several, workers, executor)
    rows = list(enumerate(points, start=1))
    job.check(rows)
    parts = {n: rows[span.start : span.stop] for n, span in enumerate(spans(len(rows), job.size))}
    shelf = SweepShelf(None if out is None else Path(out), manifest_of(job, inputs, points, design), job, parts)
    shelf.open(resume)
    go_on([Chunk(n, len(part), partial(job.run, n, part)) for n, part in parts.items()], shelf, crew, progress)
    return shelf.finished()


def manifest_of(
    job: Work, inputs: Mapping[str, Values | Interval], points: Sequence[Point], design: tuple[int | None, int]
) -> dict[str, Any]:
    """What was asked, and the versions and data it is made with."""
    lhs, seed = design
    content = {
        **job.about,
        "over": {
            path: str(values) if isinstance(values, Interval) else list(values) for path, values in inputs.items()
        },
        "design": "grid" if lhs is None else "latin hypercube",
        "seed": seed,
        "points": len(points),
        "chunk": job.size,
        "tables": list(job.tables),
        "made_with": dict(made_with()),
    }
    return json.loads(as_json(content))


@dataclass(frozen=True)
class SweepShelf:
    """Where parts of a sweep are kept: a folder, or memory; `done` : chunks that are there."""

    folder: Path | None
    manifest: Mapping[str, Any]
    job: Work
    chunks: Mapping[int, Sequence[Numbered]]
    memory: dict[tuple[str, int], bytes] = field(default_factory=dict, repr=False)
    done: set[int] = field(default_factory=set, repr=False)

    @property
    def _names(self) -> list[str]:
        return [*self.job.tables, FAILED]

    def _path(self, table: str, number: int) -> Path:
        assert self.folder is not None
        return self.folder / table / f"part-{number:05d}.parquet"

    def open(self, resume: bool) -> None:
        """Look for what is done; refuses a folder that holds something else.

        Raises
        ------
        InputError : a file in place of the folder, another sweep in it, or this one without `resume`.
        """
        if self.folder is None or not self._ours():
            return
        self.done.update(n for n in self.chunks if self._complete(n))
        if self.done and not resume:
            what = f"is needed: {self.folder} holds this sweep already, {len(self.done)} of {len(self.chunks)} parts"
            raise InputError(Parameter("resume"), what, "set it to go on, or choose another folder")

    def holds(self, number: int) -> bool:
        """Whether a chunk is done."""
        return number in self.done

    def _ours(self) -> bool:
        """Whether the folder holds parts of this sweep; False for a new or empty one."""
        assert self.folder is not None
        where = str(self.folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError(where, "is a file, not a folder", "choose a folder")
        if not self.folder.exists() or not any(not path.name.startswith(".") for path in self.folder.iterdir()):
            return False
        try:
            manifest = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise InputError(where, "holds something else than a sweep", "choose a new or empty folder") from None
        if manifest == self.manifest:
            remove_halves(self.folder, OWN)
            return True
        known = {*self.manifest, *manifest} if isinstance(manifest, dict) else {"content"}
        other = sorted(k for k in known if not isinstance(manifest, dict) or manifest.get(k) != self.manifest.get(k))
        raise InputError(where, f"holds another sweep ({', '.join(other)} differ)", "choose another folder")

    def _complete(self, n: int) -> bool:
        if all(sound(self._path(table, n)) for table in self.job.tables):
            return True
        path = self._path(FAILED, n)
        return sound(path) and len(from_parquet([path.read_bytes()])) == len(self.chunks[n])

    def keep(self, number: int, content: Batch) -> None:
        """Keep what a chunk gave.

        Raises
        ------
        InputError : a point that was refused, or a worker with other versions or data.
        """
        if content.refused is not None:
            raise content.refused.error()
        mine = self.manifest["made_with"]
        other = [k for k, version in content.made_with.items() if version != mine.get(k)]
        if other:
            raise InputError("sweep", f"a worker has another {' and '.join(other)}", "install the same on all")
        # Failures first: a chunk counts as done once the tables are there.
        for table in sorted(content.parts, key=lambda name: name != FAILED):
            if self.folder is None:
                self.memory[table, number] = content.parts[table]
            else:
                if not (self.folder / MANIFEST).exists():  # a sweep that ends before its first part leaves nothing
                    write_bytes(self.folder / MANIFEST, as_json(self.manifest))
                write_bytes(self._path(table, number), content.parts[table])
        self.done.add(number)

    def finished(self) -> Sweep:
        """The sweep with all its parts."""
        parts: dict[str, list[Path | bytes]] = {}
        for table in self._names:
            for n in self.chunks:
                part = self._part(table, n)
                if part is not None:
                    parts.setdefault(table, []).append(part)
        failed = sum(len(from_parquet([_content(part)])) for part in parts.get(FAILED, ()))
        if self.folder is not None:
            write_bytes(self.folder / PARTS, as_json(self._hashes(parts)))
        return Sweep(self.manifest, parts, sum(map(len, self.chunks.values())), failed, self.folder)

    def _part(self, table: str, n: int) -> Path | bytes | None:
        if self.folder is None:
            return self.memory.get((table, n))
        path = self._path(table, n)
        return path if path.exists() else None

    def _hashes(self, parts: Mapping[str, Sequence[Path | bytes]]) -> dict[str, dict[str, str]]:
        return {
            table: {
                f"part-{n:05d}.parquet": hashlib.sha256(_content(part)).hexdigest()
                for n in self.chunks
                if (part := self._part(table, n)) is not None
            }
            for table in parts
        }
