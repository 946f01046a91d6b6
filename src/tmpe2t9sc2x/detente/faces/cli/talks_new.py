"""`detente talks new`: a case file between any parties, made from their laws and the record of a day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.faces.cli import options as opt


def new(
    parties: Annotated[
        list[str], typer.Argument(metavar="A B [C ...]", help="Two to six countries, or the EU, by name or code.")
    ],
    on: Annotated[str, typer.Option("--on", help="Day whose facts are the last in it; today by default.")] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write; else it is printed.")] = None,
) -> None:
    """A case to edit: the law of all sides on a day, what lapses, what is threatened, what earlier deals had."""
    from detente.lab.talks.new.draft import new_case

    case = new_case(*parties, on=opt.day(on))
    if out is None:
        typer.echo(case.text, nl=False)
        return
    path = case.write(out)
    typer.echo(f"{path}: {case.title}, {len(case.pieces)} issues on the table, {len(case.shelf)} at hand.")
    typer.echo(f"Read it: detente talks {path}")
