"""`detente reconcile`: from our number to one that somebody printed, choice by choice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.codes.errors import InputError
from detente.faces.cli import options as opt
from detente.faces.cli.rates import Partner

Number = Annotated[str, typer.Argument(help="The number as printed: 17.8, $2,800, 300bn.")]
What = Annotated[
    str, typer.Option("--what", help="average, revenue, prices or households; by default its unit says it.")
]
Whose = Annotated[str, typer.Option("--by", help="Whose definition, as yale; the nearest on record by default.")]
Order = Annotated[str, typer.Option("--order", help="Choices that come first, as claims,reading.")]
With = Annotated[str, typer.Option("--choices", help="Choices of your own, as claims,answers, not a definition.")]
TheirLaw = Annotated[str, typer.Option("--law", help="Day of the law that the number means, where it is another.")]
Shapley = Annotated[bool, typer.Option("--shapley", help="Each choice by its mean over every order.")]
Everything = Annotated[bool, typer.Option("--all", help="Steps that move nothing as well.")]
DRAWN = (".svg", ".png", ".pdf", ".json")
Drawing = Annotated[Path | None, typer.Option("--chart", help="File for the waterfall: .svg, .png, .pdf or .json.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("reconcile")(reconcile)


def reconcile(
    number: Number,
    on: opt.On = "today",
    what: What = "",
    by: Whose = "",
    of: opt.Of = "USA",
    partner: Partner = "",
    order: Order = "",
    choices: With = "",
    law: TheirLaw = "",
    shapley: Shapley = False,
    all_: Everything = False,
    chart: Drawing = None,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """From our number to another, choice by choice: averages, revenue, prices, household cost."""
    from detente.faces.formats import check_format, emit
    from detente.faces.words.reconcile import told_tables
    from detente.lab.record.reconcile import reconcile as reconciled

    check_format(format_)
    if chart is not None and chart.suffix not in DRAWN:
        raise InputError("--chart", f"'{chart}' is no file of a chart", f"end its name with {', '.join(DRAWN)}")
    answer = reconciled(
        number, opt.day(on), what=what, by=by, of=of, partner=partner, order=opt.listed(order),
        chosen=opt.listed(choices), law=opt.day(law, "--law") if law else None, shapley=shapley,
    )  # fmt: skip
    tables = told_tables(answer, everything=all_)
    if chart is not None:
        from detente.faces.python.plots import plot

        plot({tables[0].name: tables[0]}, "bridge").save(chart)
    emit(opt.chosen(tables, table_), format_, out)
