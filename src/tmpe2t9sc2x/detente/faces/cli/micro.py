"""`detente micro`: what a law owes on microdata of any size, month by month."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.errors import InputError
from detente.faces.cli import options as opt
from detente.faces.cli.weighed import Claims, Scope

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.lab.micro.micro import Micro

HUNDREDTH = 0.01
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--by", help="weights, gap: partner, chapter, hs4, line, sector; repeatable. daily: authority or measure."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("micro")(micro)


def micro(
    files: Annotated[list[Path], typer.Argument(help="CSV, gzipped CSV, Parquet, or folders of them.")],
    ask: Annotated[str, typer.Option("--ask", help="weights, daily, gap or refunds.")] = "weights",
    by: Groups = None,
    void: opt.Void = None,
    weights: Annotated[
        str, typer.Option("--weights", help="daily: own month, a number of months, or FIRST..LAST.")
    ] = "own",
    from_: Annotated[str, typer.Option("--from", help="First month, as 2025-01.")] = "",
    to: Annotated[str, typer.Option("--to", help="Last month.")] = "",
    top: Annotated[int, typer.Option("--top", help="Gaps to list; 0 for all.")] = 50,
    bad: Annotated[str, typer.Option("--bad", help="Share of the rows that may be unusable.")] = "1%",
    work: Annotated[Path | None, typer.Option("--work", help="Folder that keeps what is done, to go on from.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes; by default one a core.")] = None,
    dask: Annotated[str, typer.Option("--dask", help="Scheduler of a Dask cluster, as tcp://host:8786.")] = "",
    reading: opt.ReadingName = "effective",
    scope: Scope = "tariff-lines",
    claims: Claims = "",
    set_: opt.SetList = None,
    switch: opt.Switches = None,
    lawbook: opt.Lawbook = None,
    announce: opt.Announce = None,
    of: opt.Of = "USA",
    table_: opt.Tables = None,
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Rows by month, line and partner: weights, daily averages, duty owed beside collected, refunds at stake."""
    from detente.faces.cli.progress import Progress
    from detente.faces.formats import check_format, emit, is_text
    from detente.faces.micro_view import in_dollars
    from detente.lab.micro.micro import micro as answered
    from detente.lab.micro.setting import MicroSetting
    from detente.lab.work.workers import dask as cluster

    check_format(format_)
    _check(dask, workers, work)
    names = tuple(void or ())
    setting = MicroSetting(
        of.upper(), opt.reading(reading).value, scope, claims, tuple(sorted(opt.settings(set_).items())),
        "" if lawbook is None else str(lawbook.resolve()), tuple(switch or ()), () if ask == "refunds" else names,
        tuple(announce or ()),
    )  # fmt: skip
    progress = Progress("micro", quiet=quiet)
    try:
        with progress, cluster(dask) if dask else nullcontext(None) as executor:
            result = answered(
                files,
                ask,
                setting=setting,
                by=[opt.grouping(name) for name in by or ()],
                void=names if ask == "refunds" else (),
                weights=weights,
                first=opt.month(from_, "--from") if from_ else "",
                last=opt.month(to, "--to") if to else "",
                top=int(opt.number(top, "--top", 0, 10_000_000)),
                bad=_share(bad),
                work=work,
                workers=workers,
                executor=executor,
                tell=progress.part,
            )
    except KeyboardInterrupt:
        if work is not None and work.exists():
            print(f"\nwhat is finished is in {work}: ask again to go on", file=sys.stderr)
        raise
    shown = _shown(result, table_)
    emit([in_dollars(table) for table in shown] if is_text(format_, out) else shown, format_, out)


def _shown(result: Micro, names: list[str] | None) -> list[Table]:
    from detente.faces.micro_view import screen

    return opt.chosen(list(result.tables.values()), names) if names else screen(result)


def _check(dask: str, workers: int | None, work: Path | None) -> None:
    if dask and workers is not None:
        raise InputError("--workers", "is for processes of this machine", "drop it, or drop --dask")
    if dask and work is None:
        raise InputError("--dask", "needs a folder that all workers can reach", "add --work FOLDER")


def _share(text: str) -> float:
    try:
        number = float(text.removesuffix("%")) * (HUNDREDTH if text.endswith("%") else 1.0)
    except ValueError:
        raise InputError("--bad", f"'{text}' is no share", "write it as 1% or 0.01") from None
    return opt.number(number, "--bad", 0.0, 1.0)
