"""Sweep: one scenario, or the world economy, over many values of its fields.

Points come in chunks; each chunk is one Parquet file a table, written whole, so that a sweep that was stopped goes on
where it was. The bytes depend on the scenario, the inputs, the seed, data and versions alone, never on the workers.

A folder of a sweep holds `sweep.json` (what was asked and with what), one folder a table with `part-00000.parquet` and
so on, and, once all is done, `parts.json` with the sha256 of every part.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.codes.kinds import checked
from detente.codes.portrait import Readable
from detente.data.store import remove_halves, write_bytes
from detente.lab.key import made_with
from detente.lab.scenario import Scenario, load_scenario
from detente.lab.sweep.chunks import (
    FAILED,
    Batch,
    Inputs,
    Numbered,
    TableChoice,
    as_json,
    choices_of,
    sound,
)
from detente.lab.sweep.design import Interval, Point, Values, inputs_of, points_of
from detente.lab.sweep.scenario import TABLES, ScenarioJob
from detente.lab.work.chunks import Chunk, Crew, Progress, go_on, spans
from detente.lab.work.parquet import from_parquet
from detente.lab.work.workers import dask

MANIFEST, PARTS = "sweep.json", "parts.json"
OWN = re.compile(r"part-\d+\.parquet|sweep\.json|parts\.json")
"""Names of the files of a sweep."""

CHUNKS, LARGEST = 64, 64
"""A sweep of scenarios comes in about so many chunks, of so many points at most."""

SEVERAL = 12
"""Points of a scenario from which on processes are started unless told otherwise."""


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
    def tables(self) -> tuple[TableChoice, ...]:
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


@checked
def sweep(
    scenario: Scenario | str | Path,
    over: Mapping[str, Any],
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    lhs: int | None = None,
    seed: int | None = None,
    tables: str | Sequence[str] = TABLES,
    out: str | Path | None = None,
    resume: bool = False,
    draws: int | None = 0,
    today: date | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run a scenario at every combination of some values of its fields, or at points of a Latin hypercube.

    Parameters
    ----------
    scenario : name, path or value.
    over : dotted path into the scenario -> values: a list, text as on the command line ("10%,20%", "10%..60%/6"), or
        an `Interval`, drawn from with `lhs`. `usa.change.MEASURE.rate` changes a measure by its id.
    executor : any executor of `concurrent.futures`, such as `dask.distributed.Client(...).get_executor()`.
    workers : processes where no executor is given; 1 runs here. By default one a core for a dozen points and more.
    lhs, seed : number of points of a Latin hypercube and its seed; the scenario's own by default.
    tables : what is kept of each point, as "headline" or "economy:change,low".
    out : folder of a Parquet dataset; memory without. `resume` : go on with a sweep that was stopped there.
    draws : of the ranges at each point; None keeps the scenario's own.
    progress : told how many points of how many are done.

    Raises
    ------
    UnknownName, InputError : a path, value or point that cannot be used, a folder that holds something else.
    """
    folder = Path()
    if not isinstance(scenario, Scenario):
        scenario, path = load_scenario(str(scenario))
        folder = path.parent
    if draws is not None and draws < 0:
        raise InputError("draws", f"{draws} draws cannot be", "give 0 or more")
    seed = scenario.seed if seed is None else seed
    inputs = inputs_of(over)
    points = points_of(inputs, lhs, seed)
    job = ScenarioJob(
        scenario, folder.resolve(), Inputs.of(points), choices_of(tables), draws, today, _size(len(points))
    )
    return swept(job, inputs, points, (lhs, seed), executor, workers, SEVERAL, out, resume, progress)


def _size(points: int) -> int:
    """Points of a chunk; it depends on their number alone, so that parts are the same on any workers."""
    return max(1, min(LARGEST, points // CHUNKS))


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
        "tables": {choice.table: list(choice.columns) for choice in job.tables},
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
        return [*(choice.table for choice in self.job.tables), FAILED]

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
        if all(sound(self._path(choice.table, n)) for choice in self.job.tables):
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
                self._begin()
                write_bytes(self._path(table, number), content.parts[table])
        self.done.add(number)

    def _begin(self) -> None:
        """Write the manifest with the first part: a sweep that ends before leaves nothing behind."""
        assert self.folder is not None
        if not (self.folder / MANIFEST).exists():
            write_bytes(self.folder / MANIFEST, as_json(self.manifest))

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


__all__ = ["Interval", "Sweep", "dask", "sweep", "swept"]
