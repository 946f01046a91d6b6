"""`detente sweep`: a scenario or the world economy over many values of its fields."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.codes.errors import InputError, SolveError
from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.lab.sweep.job import Sweep

ECONOMY = "economy"
"""In place of a scenario: the world economy alone."""

Over = Annotated[
    list[str] | None,
    typer.Option("--over", help="Path and values: report.elasticity=1,2 or usa.change.MEASURE.rate=10%..60%/6."),
]
Tables = Annotated[list[str] | None, typer.Option("--table", help="Tables to keep, as economy:change,low; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("sweep")(sweep)


def sweep(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, a YAML file, or 'economy'.")],
    over: Over = None,
    lhs: Annotated[int | None, typer.Option("--lhs", help="Points of a Latin hypercube, in place of a grid.")] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seed of the hypercube; the scenario's by default.")
    ] = None,
    table: Tables = None,
    draws: Annotated[int | None, typer.Option("--draws", help="Draws of the ranges at each point; none.")] = None,
    world: Annotated[str, typer.Option("--world", help="With 'economy': world by name or path.")] = "",
    tariffs: Annotated[
        Path | None, typer.Option("--tariffs", help="With 'economy': CSV every point starts from.")
    ] = None,
    countries: Annotated[str, typer.Option("--countries", help="With 'economy': rows to keep, as US,China.")] = "",
    workers: Annotated[int | None, typer.Option("--workers", help="Processes; by default one a core.")] = None,
    dask: Annotated[str, typer.Option("--dask", help="Scheduler of a Dask cluster, as tcp://host:8786.")] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of a Parquet dataset.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a sweep that was stopped.")] = False,
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
) -> None:
    """Every combination of some values of a scenario's fields, or points of a Latin hypercube over them."""
    from detente.faces.cli.progress import Progress
    from detente.faces.formats import check_format, emit
    from detente.lab.sweep.design import pairs_of

    check_format(format_)
    _check(out, resume, format_, bool(dask) and workers is not None)
    progress = Progress("sweep", "points", quiet=quiet)
    shared: dict[str, Any] = {"lhs": lhs, "workers": workers, "out": out, "resume": resume, "progress": progress}
    shared |= {"tables": table} if table else {}
    shared |= {"seed": seed} if seed is not None else {}
    pairs = pairs_of(over or ())
    if scenario == ECONOMY:
        if draws is not None:
            raise InputError("--draws", "is for scenarios", "vary elasticities and scale instead")
        given = {"world": world} if world else {}
        call = _economy(pairs, {**shared, **given, "tariffs": tariffs, "countries": opt.listed(countries)})
    else:
        if world or tariffs or countries:
            raise InputError("--world, --tariffs, --countries", "are for `detente sweep economy`", "drop them")
        call = _scenario(scenario, pairs, {**shared, "draws": draws or 0})
    with progress:
        result = _swept(call, dask, out)
    if out is None:
        emit([result.table(name) for name in result.names], format_, None)
    else:
        print(f"{result.points:,} points written to {out}: {', '.join(result.names)}")
    if result.failed:
        raise SolveError(f"{result.failed:,} of {result.points:,} points have no equilibrium: see the table 'failed'")


def _check(out: Path | None, resume: bool, form: str, both: bool) -> None:
    from detente.faces.formats import is_stdout

    if out is not None and is_stdout(out):
        raise InputError("--out", "a sweep is written into a folder", "leave --out away to print the points")
    if resume and out is None:
        raise InputError("--resume", "needs the folder of the sweep", "add --out FOLDER")
    if out is not None and form != "text":
        raise InputError("--format", f"{form} says how to print, and --out writes Parquet", "drop one of them")
    if both:
        raise InputError("--workers", "is for processes of this machine", "drop it, or drop --dask")


def _economy(pairs: dict[str, Any], given: dict[str, Any]) -> Callable[..., Sweep]:
    from detente.lab.sweep.world import sweep_world

    return lambda executor: sweep_world(pairs, executor=executor, **given)


def _scenario(name: str, pairs: dict[str, Any], given: dict[str, Any]) -> Callable[..., Sweep]:
    from detente.lab.sweep.job import sweep

    return lambda executor: sweep(name, pairs, executor=executor, today=opt.day("today"), **given)


def _swept(call: Callable[..., Sweep], address: str, out: Path | None) -> Sweep:
    """The sweep, here or on a cluster; says where the finished part is if it is interrupted."""
    from detente.lab.sweep.job import dask

    try:
        with dask(address) if address else nullcontext(None) as executor:
            return call(executor)
    except KeyboardInterrupt:
        if out is not None and out.exists():
            print(f"\nwhat is finished is in {out}: go on with --resume", file=sys.stderr)
        raise
