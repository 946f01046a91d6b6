"""Sweep of a scenario: every point is a scenario of its own, run whole; chosen tables are kept.

Paths of a sweep into a scenario: dotted names of its fields, checked against the schema.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from detente.codes import DetenteError, InputError, SolveError, Table, UnknownName
from detente.codes.given import several
from detente.codes.kinds import checked
from detente.data.importers import SET_ALIASES, importer, parameter_names
from detente.data.library import sha256
from detente.lab.key import made_with, own_files, own_laws, rooted
from detente.lab.parts import trimmed
from detente.lab.run import run
from detente.lab.scenario import SHORT, Change, LawChange, Point, Scenario, load_scenario, parse_scenario
from detente.lab.sweep.design import Point as SweepPoint
from detente.lab.sweep.design import inputs_of, label, points_of
from detente.lab.sweep.job import FAILED as FAILED_TABLE
from detente.lab.sweep.job import (
    Batch,
    Inputs,
    Numbered,
    Refused,
    Sweep,
    failed_table,
    joined,
    kept_of,
    swept,
)
from detente.lab.work.chunks import Progress
from detente.lab.work.parquet import to_parquet
from detente.lab.work.threads import on_one_thread

Content = dict[str, Any]


def content_of(scenario: Scenario) -> Content:
    """What a scenario's file says, defaults left out."""
    return scenario.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)


def check_paths(scenario: Scenario, paths: Mapping[str, Any]) -> None:
    """Refuse a path that leads nowhere, a measure or a share of goods nobody knows.

    Raises
    ------
    UnknownName : with the nearest known names.
    InputError : a path beyond a value, or an entry of a list that is not there.
    """
    for path in paths:
        placed(content_of(scenario), path, None)
        _check_names(scenario, path)


def _check_names(scenario: Scenario, path: str) -> None:
    first, *rest = path.split(".")
    where = f"over {path}"
    if first == "set" and rest:
        known = parameter_names(importer(scenario.importer).law)
        if SET_ALIASES.get(rest[0], rest[0]) not in known:
            raise UnknownName("parameter", rest[0], known, where, f"known: {', '.join(known)}")
    for code, change, name in _measures_named(scenario, path):
        law = importer(code).law
        if not change.lawbook and not change.add and name not in law.by_id:
            raise UnknownName("measure", name, law.by_id, where, "find it with `detente find`")


def _measures_named(scenario: Scenario, path: str) -> list[tuple[str, LawChange, str]]:
    """Importer, its change and the measure that a path goes through by name."""
    parts = path.split(".")
    places = {(key,): code for code, key in SHORT.items()} | {("laws", code): code for code in scenario.laws}
    for place, code in places.items():
        own, *rest = parts[len(place) :] or [""]
        if tuple(parts[: len(place)]) == place and own == "change" and rest and not rest[0].isdigit():
            return [(code, scenario.changes[code], rest[0])]
    return []


def placed(content: Content, path: str, value: Any) -> Content:
    """A scenario's content with one value in its place; what is on the way is made.

    A list is entered by number, counted from 0; the list `change` also by the id of a measure.

    Raises
    ------
    UnknownName, InputError : as `check_paths`.
    """
    parts = path.split(".")
    if not all(parts):
        raise InputError(f"over {path}", "is not a path", "join names with dots, as in report.elasticity")
    varied = copy.deepcopy(content)
    _enter(Scenario, varied, parts, value, f"over {path}")
    return varied


def _enter(kind: Any, holder: Any, parts: list[str], value: Any, where: str) -> None:
    """Put a value into a mapping or list at the end of a path."""
    step, *rest = parts
    key, inner = _step(kind, holder, step, where)
    if not rest:
        # Where a value is text alone, 2024 typed without quotes is "2024".
        words = get_origin(inner) is Literal and all(isinstance(word, str) for word in get_args(inner))
        holder[key] = str(value) if (inner is str or words) and type(value) is int else value
        return
    if _shape(inner)[0] == "value":
        raise InputError(where, f"'{step}' is a value and has no fields", f"end the path at {step}")
    if isinstance(holder, dict) and holder.get(key) is None:
        holder[key] = [] if _shape(inner)[0] == "list" else {}
    _enter(inner, holder[key], rest, value, where)


def _step(kind: Any, holder: Any, step: str, where: str) -> tuple[Any, Any]:
    """Key of one step of a path in its holder, and the type of what lies there."""
    shape, inner = _shape(kind)
    if shape == "model":
        fields = {field.alias or name: field.annotation for name, field in inner.model_fields.items()}
        if step not in fields:
            raise UnknownName("field", step, fields, where, f"known: {', '.join(fields)}")
        return step, fields[step]
    if shape == "dict":
        if isinstance(inner, type) and issubclass(inner, Point) and step not in holder:
            raise UnknownName("variant", step, holder, where, f"the scenario has {', '.join(holder) or 'none'}")
        return step, inner
    return _entry(inner, holder, step, where), inner


def _entry(inner: Any, holder: list[Any], step: str, where: str) -> int:
    """Place of an entry in a list; a change of a measure that is not there yet is added."""
    if step.isdigit():
        if int(step) < len(holder):
            return int(step)
        raise InputError(where, f"there is no entry {step}", f"the list has {len(holder)}, counted from 0")
    if inner is not Change:
        raise InputError(where, f"'{step}' is not the number of an entry", "lists are entered by number, from 0")
    for index, entry in enumerate(holder):
        if entry.get("measure") == step:
            return index
    holder.append({"measure": step})
    return len(holder) - 1


def _shape(kind: Any) -> tuple[str, Any]:
    """Whether a type is a model, a list, a mapping or a value, and what it holds."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _shape(arguments[0])
    if origin in (Union, UnionType):
        shapes = [_shape(argument) for argument in arguments if argument is not type(None)]
        return next((shape for shape in shapes if shape[0] != "value"), ("value", None))
    if origin is list:
        return "list", arguments[0]
    if origin is dict:
        return "dict", arguments[1]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "model", kind
    return "value", None


def scenario_at(content: Content, point: SweepPoint, number: int, name: str) -> Scenario:
    """The scenario of one point.

    Raises
    ------
    InputError : a value the schema refuses, naming the point.
    """
    varied = content
    for path, value in point.items():
        varied = placed(varied, path, value)
    return parse_scenario(varied, f"point {number} ({label(point)})", name)


#: A sweep of scenarios comes in about so many chunks, of so many points at most.
CHUNKS, LARGEST = 64, 64

#: Points of a scenario from which on processes are started unless told otherwise.
SEVERAL = 12

TABLES = ("headline", "economy")
DRAWS = "report.draws"


@dataclass(frozen=True)
class ScenarioJob:
    """Runs of a scenario at some points.

    Attributes
    ----------
    scenario : as its file says; `root` : its folder.
    inputs : columns of the inputs; `tables` : what is kept of each point.
    draws : of the ranges at each point; None keeps the scenario's own.
    today : the day "today" means.
    """

    scenario: Scenario
    root: Path
    inputs: Inputs
    tables: tuple[str, ...]
    draws: int | None
    today: date | None = None
    size: int = field(default=1)

    def check(self, rows: Sequence[Numbered]) -> None:
        """Refuse paths and values no scenario can have, before anything runs.

        Raises
        ------
        InputError : naming the path, or the point and its values.
        """
        check_paths(self.scenario, self.inputs.numeric)
        content = content_of(self.scenario)
        for number, point in rows:
            scenario_at(content, point, number, self.scenario.name)

    @property
    def about(self) -> Mapping[str, Any]:
        """What the results depend on besides the points."""
        return {
            "scenario": self.scenario.model_dump(mode="json", by_alias=True),
            "files": {os.path.relpath(path, self.root): sha256(path) for path in own_files(self.scenario, self.root)}
            | {name: sha256(path) for name, path in own_laws(self.scenario).items()},
            "draws": self.draws,
            "today": str(self.today) if _says_today(self.scenario) else None,
        }

    @on_one_thread
    def run(self, number: int, rows: Sequence[Numbered]) -> Batch:
        """The tables of one chunk of points."""
        content = content_of(self.scenario)
        kept: dict[str, list[Table]] = {name: [] for name in self.tables}
        solved: list[Numbered] = []
        failed: list[tuple[Numbered, str]] = []
        for point_number, point in rows:
            try:
                tables = self._tables(content, point_number, point)
                chosen = {name: kept_of(name, tables) for name in self.tables}
            except SolveError as error:
                failed.append(((point_number, point), str(error)))
                continue
            except DetenteError as error:
                return Batch(number, {}, 0, Refused.of(error, point_number, point), made_with())
            solved.append((point_number, point))
            for name, table in chosen.items():
                kept[name].append(table)
        parts = {name: to_parquet(joined(self.inputs, solved, pieces)) for name, pieces in kept.items() if pieces}
        if failed:
            parts[FAILED_TABLE] = to_parquet(failed_table(self.inputs, failed))
        return Batch(number, parts, len(failed), None, made_with())

    def _tables(self, content: dict[str, Any], number: int, point: Mapping[str, Any]) -> Mapping[str, Table]:
        scenario = scenario_at(content, point, number, self.scenario.name)
        only = {*self.tables}
        scenario = trimmed(rooted(scenario, self.root), only)
        return run(scenario, today=self.today, draws=None if DRAWS in point else self.draws, only=only).tables


def _says_today(scenario: Scenario) -> bool:
    points = (scenario, scenario.against, *scenario.variants.values())
    return any(point is not None and point.on == "today" for point in points)


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
    tables : what is kept of each point, as "headline".
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
        scenario, folder.resolve(), Inputs.of(points), several(tables, "tables"), draws, today, _size(len(points))
    )
    return swept(job, inputs, points, (lhs, seed), executor, workers, SEVERAL, out, resume, progress)


def _size(points: int) -> int:
    """Points of a chunk; it depends on their number alone, so that parts are the same on any workers."""
    return max(1, min(LARGEST, points // CHUNKS))
