"""`detente brief`: a deal as one country sees it, on a page."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.faces.cli import options as opt
from detente.faces.cli.economy_options import Costs, with_file
from detente.faces.cli.progress import Progress

SCENARIO = "today"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("brief")(brief)


def brief(
    country: Annotated[str, typer.Argument(help="Country by code or name; ROW for the rest of the world.")],
    scenario: Annotated[
        str, typer.Option("--scenario", "--deal", help="Scenario by name or file; the law of the day by default.")
    ] = SCENARIO,
    on: Annotated[str, typer.Option("--on", help="Day in place of the scenario's own.")] = "",
    world: Annotated[str, typer.Option("--world", help="World of single countries, as icio-2025.")] = "",
    costs: Costs = None,
    quiet: opt.Quiet = False,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """What a deal does to a country, its goods beside its rivals', whom it displaces, its best replies and offers."""
    from detente.faces.formats import check_format, deliver, emit, is_stdout, json_rows, to_json
    from detente.faces.words.country import country_page
    from detente.lab.country.brief import country_brief

    check_format(format_)
    days = opt.day("today"), opt.day(on) if on else None
    with Progress(f"brief {country}", quiet=quiet):
        given, folder = with_file(scenario, costs, world)
        study = country_brief(country, given, today=days[0], on=days[1], folder=folder)
    page, tables = country_page(study), list(study.tables.values())
    if format_ == "json" and not table_:
        rows = {name: json_rows(table) for name, table in study.tables.items()}
        deliver(to_json({**page.as_dict(), "market": study.market, "tables": rows}), out, announce=False)
    elif table_:
        emit(opt.chosen(tables, table_), format_, out)
    elif format_ == "text" and is_stdout(out):
        print(f"{page}\n\n  --table {', '.join(study.tables)}; --json for all")
    else:
        emit(tables if format_ in ("text", "xlsx") else tables[:1], format_, out)
