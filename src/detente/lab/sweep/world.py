"""Sweep of the world economy: thousands of tariffs, elasticities and closures of one world, solved in batches.

Paths of its inputs:

| path | meaning |
| --- | --- |
| `tariff.IMPORTER.EXPORTER(.SECTOR)` | rate in place of the baseline's, on goods or one sector |
| `points.IMPORTER.EXPORTER(.SECTOR)` | points added to the baseline's |
| `elasticities`, `scale` | named set of trade elasticities; what all of them are multiplied by |
| `closure`, `rebate`, `horizon` | how accounts close, where revenue goes, whether capital moves |
| `set.PARAMETER` | a parameter of the world |

EXPORTER may be `all`. Tariffs come first, in the order they are given; points are added after them.

A sweep as a question asks for it: of a scenario or of the world economy, here or on the workers of a cluster.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import DetenteError, InputError, Parameter, SolveError, Table, UnknownName, table_of
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.data.library import sha256
from detente.data.limits import memoized
from detente.data.small_world import DEFAULT
from detente.data.tariff_tables import read_tariffs
from detente.data.worlds import world_names
from detente.data.yamlfile import as_share
from detente.economy import Economy, Equilibrium, Shock, TableRow, baseline_tariff, goods, shock_of, solve, solve_many
from detente.economy.families import family_of
from detente.economy.input_output.accounts import take_accounts
from detente.economy.solver import with_elasticities
from detente.lab.key import made_with, rooted
from detente.lab.prepared import asked_scenario
from detente.lab.sweep.design import inputs_of, points_of
from detente.lab.sweep.job import (
    FAILED,
    Batch,
    Inputs,
    Numbered,
    Refused,
    Sweep,
    failed_table,
    joined,
    swept,
)
from detente.lab.sweep.scenario import TABLES as SCENARIO_TABLES
from detente.lab.sweep.scenario import sweep
from detente.lab.work.chunks import Progress, dask
from detente.lab.work.parquet import to_parquet
from detente.lab.work.threads import on_one_thread
from detente.lab.world.chosen import countries_of, country_of
from detente.lab.world.effects import WorldSetting

ALL = "all"
TARIFFS = ("tariff", "points")
WORDS = ("elasticities", "closure", "rebate", "horizon")
HEADS = (*TARIFFS, *WORDS, "scale", "set")
TABLES = ("economy", "solves")

#: Points of a chunk at most: half a second of work on the small world.
LARGEST = 256

CHUNKS = 40
MOST_SCALE = 10.0
#: Steps of the grid of scales, in logs: within one the directions of a world serve another at an evaluation more.
STEP = 0.1

#: Points from which on processes are started unless told otherwise: fewer are solved before a process is up.
SEVERAL = 2_000


@dataclass(frozen=True)
class WorldJob:
    """Solves of one world at some points.

    Attributes
    ----------
    world : name or path; `rows` : the table of tariffs every point starts from.
    countries : whose rows are kept; empty for all.
    """

    world: str
    rows: tuple[TableRow, ...]
    countries: tuple[str, ...]
    inputs: Inputs
    tables: tuple[str, ...]
    size: int

    def check(self, rows: Sequence[Numbered]) -> None:
        """Refuse paths of nothing, and worlds, countries and values that cannot be used.

        Raises
        ------
        UnknownName, InputError : naming the path, or the point and its values.
        """
        economy = WorldSetting(self.world).economy()
        for code in self.countries:
            economy.country(code, Parameter("countries"))
        for path in self.inputs.numeric:
            _check_path(economy, path)
        for name in self.tables:
            if name not in TABLES:
                raise UnknownName("table", name, TABLES, Parameter("table"), f"tables: {', '.join(TABLES)}")
        for number, point in rows:
            try:
                _rates(point)
            except InputError as error:
                raise Refused.of(error, number, point).error() from None

    @property
    def about(self) -> Mapping[str, Any]:
        """What the results depend on besides the points."""
        own = {} if self.world in world_names() else {Path(self.world).name: _hash(Path(self.world))}
        return {
            "world": self.world if not own else Path(self.world).name,
            "files": own,
            "tariffs": [[list(v) if isinstance(v, tuple) else v for v in astuple(row)[:-1]] for row in self.rows],
            "countries": list(self.countries),
        }

    @on_one_thread
    def run(self, number: int, rows: Sequence[Numbered]) -> Batch:
        """The tables of one chunk of points; points that share all but tariffs are solved together."""
        equilibria: dict[int, Equilibrium] = {}
        failed: list[tuple[Numbered, str]] = []
        for group in _groups(rows):
            for (point_number, point), result in zip(group, self._solved(group), strict=True):
                if isinstance(result, Equilibrium):
                    equilibria[point_number] = result
                elif isinstance(result, SolveError):
                    failed.append(((point_number, point), str(result)))
                else:
                    return Batch(number, {}, 0, Refused.of(result, point_number, point), made_with())
        solved = [row for row in rows if row[0] in equilibria]
        try:
            parts = self._parts(solved, [equilibria[point_number] for point_number, _ in solved])
        except DetenteError as error:
            return Batch(number, {}, 0, Refused.of(error, *rows[0]), made_with())
        if failed:
            failed.sort(key=lambda row: row[0][0])
            parts[FAILED] = to_parquet(failed_table(self.inputs, failed))
        return Batch(number, parts, len(failed), None, made_with())

    def _solved(self, group: Sequence[Numbered]) -> list[Equilibrium | DetenteError]:
        """An equilibrium or an error for every point of a group."""
        try:
            economy, options = _setting(self.world, _words(group[0][1]))
            start = shock_of(economy, self.rows).tariff if self.rows else baseline_tariff(economy)
            shocks = [Shock(_tariff(economy, np.asarray(start), point), options=options) for _, point in group]
        except DetenteError as error:
            return [error for _ in group]
        if len(shocks) == 1:
            return [_tried(economy, shocks[0])]
        try:
            return list(solve_many(economy, shocks))
        except DetenteError:
            # One of them has no equilibrium or is refused: find out which.
            return [_tried(economy, shock) for shock in shocks]

    def _parts(self, rows: Sequence[Numbered], equilibria: Sequence[Equilibrium]) -> dict[str, bytes]:
        made: dict[str, bytes] = {}
        for name in self.tables if equilibria else ():
            if name == "economy":
                tables = [self._economy_table(result) for result in equilibria]
            else:
                ends = [result.certificate for result in equilibria]
                tables = [table_of("sweep.solves", [(c.residual, c.walras, c.iterations, c.method)]) for c in ends]
            made[name] = to_parquet(joined(self.inputs, rows, tables))
        return made

    def _economy_table(self, equilibrium: Equilibrium) -> Table:
        table = equilibrium.table()
        if not self.countries:
            return table
        return table.take(np.asarray([equilibrium.economy.country(code) for code in self.countries], dtype=np.int64))


def _tried(economy: Economy, shock: Shock) -> Equilibrium | DetenteError:
    try:
        return solve(economy, shock)
    except DetenteError as error:
        return error


def _hash(path: Path) -> Any:
    if path.is_dir():
        return {entry.name: sha256(entry) for entry in sorted(path.iterdir()) if entry.is_file()}
    return sha256(path) if path.is_file() else ""


def _coded(economy: Economy, path: str) -> str:
    """A path of tariffs with the codes of its countries in place of their names."""
    head, *rest = path.split(".")
    if head not in TARIFFS or len(rest) not in (2, 3):
        return path
    codes = [name if name == ALL else country_of(economy, name, f"over {path}") for name in rest[:2]]
    return ".".join([head, *codes, *rest[2:]])


def _check_path(economy: Economy, path: str) -> None:
    head, *rest = path.split(".")
    where = f"over {path}"
    if head not in HEADS:
        raise UnknownName("field", head, HEADS, where, f"known: {', '.join(HEADS)}")
    if head in TARIFFS:
        if len(rest) not in (2, 3):
            raise InputError(
                where, "names no pair of countries", f"write it as {head}.USA.CHN, with a sector if wanted"
            )
        economy.country(rest[0], where)
        if rest[1] != ALL:
            economy.country(rest[1], where)
        if rest[0] == rest[1]:
            raise InputError(where, "a country has no tariff on itself", "name two countries")
        for sector in rest[2:]:
            economy.sector(sector, where)
    elif head == "set":
        known = [name for name, value in economy.parameters.items() if type(value) in (int, float)]
        if ".".join(rest) not in known:
            raise UnknownName("parameter", ".".join(rest), known, where, f"known: {', '.join(known)}")
    elif rest:
        raise InputError(where, f"'{head}' is a value and has no fields", f"end the path at {head}")


def _words(point: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The inputs of a point that are no tariffs."""
    return tuple((path, value) for path, value in point.items() if path.split(".")[0] not in TARIFFS)


def _groups(rows: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    """Points that share all but tariffs, in order of first appearance."""
    groups: dict[str, list[Numbered]] = {}
    for row in rows:
        groups.setdefault(repr(_words(row[1])), []).append(row)
    yield from groups.values()


@memoized
def _setting(world: str, words: tuple[tuple[str, Any], ...]) -> tuple[Economy, Mapping[str, Any]]:
    """The world of some points with the options of their shocks; kept, since building it costs as much as solves.

    A world whose elasticities are scaled is solved with the directions of one whose scale is on a fixed grid, the same
    wherever the point is solved.
    """
    rest = tuple((path, value) for path, value in words if path != "scale")
    economy, options = _unscaled(world, rest)
    given = dict(words)
    if "scale" not in given:
        return economy, options
    scale = _number("scale", given["scale"])
    if not 0.0 < scale <= MOST_SCALE:
        raise InputError("scale", f"{scale:g} is out of range", f"give a number above 0, {MOST_SCALE:g} at most")
    step = round(np.log(scale) / STEP)
    near = economy if step == 0 else _on_the_grid(world, rest, step)
    return with_elasticities(economy, _elasticities(economy, scale), near), options


def _elasticities(economy: Economy, scale: float) -> Any:
    theta = np.asarray(economy.parameters["trade_elasticity"]) * scale
    return theta if theta.ndim else float(theta)


@memoized
def _on_the_grid(world: str, words: tuple[tuple[str, Any], ...], step: int) -> Economy:
    """A world with elasticities scaled by a step of the grid, whose directions serve those around it."""
    economy, _ = _unscaled(world, words)
    other = economy.with_parameters(trade_elasticity=_elasticities(economy, float(np.exp(step * STEP))))
    take_accounts(other, economy)
    return other


@memoized
def _unscaled(world: str, words: tuple[tuple[str, Any], ...]) -> tuple[Economy, Mapping[str, Any]]:
    """The world of some points before its elasticities are scaled, with the options of their shocks."""
    given = dict(words)
    parameters = {path.removeprefix("set."): _number(path, v) for path, v in words if path.startswith("set.")}
    names: dict[str, Any] = {name: str(given[name]) for name in WORDS if given.get(name) is not None}
    setting = WorldSetting(world, parameters=parameters, **names)
    economy = setting.economy()
    options = setting.options(economy)
    # What all scales of it share is known from the start.
    family_of(economy).check(economy, Shock(options=options))
    return economy, options


def _number(path: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(path, f"'{value}' is not a number", "give a number, as in scale=0.5,1")
    return float(value)


def _rates(point: Mapping[str, Any]) -> list[tuple[str, list[str], float]]:
    """Tariffs of a point: kind, importer, exporter and sector, rate as a share; replaced rates before added points."""
    rates = []
    for path, value in point.items():
        head, *cell = path.split(".")
        if head in TARIFFS:
            rates.append((head, cell, as_share(value, path)))
    return sorted(rates, key=lambda row: TARIFFS.index(row[0]))


def _tariff(economy: Economy, start: np.ndarray, point: Mapping[str, Any]) -> np.ndarray:
    """The tariff of a point, shaped like the world's."""
    n = len(economy.countries)
    tariff = np.array(start).reshape(n, n, -1)
    for head, (importer, exporter, *sector), rate in _rates(point):
        i = economy.country(importer)
        partners = [j for j in range(n) if j != i] if exporter == ALL else [economy.country(exporter)]
        cells = np.ix_([i], partners, [economy.sector(code) for code in (sector or goods(economy))])
        tariff[cells] = rate if head == "tariff" else tariff[cells] + rate
    return tariff.reshape(np.shape(start))


@checked
def sweep_world(
    over: Mapping[str, Any],
    *,
    world: str | Path = DEFAULT,
    tariffs: str | Path | None = None,
    countries: Several = (),
    executor: Executor | None = None,
    workers: int | None = None,
    lhs: int | None = None,
    seed: int = 0,
    tables: str | Sequence[str] = TABLES,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Solve a world at every combination of some inputs, or at points of a Latin hypercube.

    Parameters
    ----------
    over : path -> values, as in `sweep`; the paths are those of this module: `tariff.USA.CHN`, `points.USA.all`,
        `elasticities`, `scale`, `closure`, `rebate`, `horizon`, `set.PARAMETER`.
    world : name, or a user's own; by default the world of every run.
    tariffs : table of tariffs (importer, exporter, tariff[, sector]) that every point starts from.
    countries : whose rows are kept; all by default. `tables` : "economy" and "solves".
    executor, workers, lhs, seed, out, resume, progress : as in `sweep`.

    Raises
    ------
    UnknownName, InputError : a path, value or point that cannot be used, a folder that holds something else.
    """
    economy = WorldSetting(str(world)).economy()
    inputs = inputs_of({_coded(economy, path): values for path, values in over.items()})
    points = points_of(inputs, lhs, seed)
    rows = () if tariffs is None else tuple(read_tariffs(Path(tariffs), economy.countries, economy.sectors))
    size = max(1, min(LARGEST, len(points) // CHUNKS))
    kept = tuple(countries_of(economy, several(countries, "countries"), Parameter("countries")))
    job = WorldJob(str(world), rows, kept, Inputs.of(points), several(tables, "tables"), size)
    return swept(job, inputs, points, (lhs, seed), executor, workers, SEVERAL, out, resume, progress)


#: In place of a scenario: the world economy alone.
ECONOMY = "economy"

#: Environment variable with the address of a Dask scheduler, such as tcp://127.0.0.1:8786.
CLUSTER = "DETENTE_DASK"


def swept_as(
    scenario: Any,
    over: Mapping[str, Any],
    sample: int | None = None,
    seed: int | None = None,
    *,
    draws: int = 0,
    country: Sequence[str] = (),
    tariffs: str = "",
    world: str = "",
    work: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The sweep of a scenario or of the world economy.

    Parameters
    ----------
    sample : points of a Latin hypercube, in place of every combination. seed : of it, and of the scenario's draws.
    country, tariffs : of the world economy. work : folder of what is finished, from which a sweep goes on.

    Raises
    ------
    InputError, UnknownName : what cannot be swept over.
    """
    address = os.environ.get(CLUSTER, "")
    with dask(address) if address else nullcontext(None) as executor:
        shared: dict[str, Any] = {
            "lhs": sample, "out": work, "resume": work is not None, "executor": executor,
            "workers": None if executor else workers, "progress": progress,
        }  # fmt: skip
        if scenario == ECONOMY:
            own = {"world": world} if world else {}
            own |= {"seed": seed} if seed is not None else {}
            return sweep_world(over, tariffs=tariffs or None, countries=country, **own, **shared)
        given = scenario
        if world or isinstance(scenario, Mapping):
            given = rooted(*asked_scenario(scenario, world=world))
        kept = SCENARIO_TABLES if asked_scenario(scenario)[0].report.world else SCENARIO_TABLES[:1]
        return sweep(given, over, seed=seed, draws=draws, tables=kept, today=date.today(), **shared)
