"""`detente country`: what a scenario does to one country of the world."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.faces.cli import options as opt

TABLES = ("country", "country_exports", "country_imports", "country_duties")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("country")(of_country)


def of_country(
    country: Annotated[str, typer.Argument(help="Country by name or code.")],
    scenario: Annotated[str, typer.Argument(help="Scenario by name or file.")],
    variant: Annotated[str, typer.Option("--variant", help="Variant of the scenario; the first by default.")] = "",
    table: Annotated[str, typer.Option("--table", help=f"One of {', '.join(TABLES)}; all by default.")] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Real income, wages, trade by partner, and the duties it faces and levies, before and after."""
    from detente.codes import UnknownName
    from detente.faces.formats import check_format, emit
    from detente.lab.country.partners import country_tables

    check_format(format_)
    if table and table not in TABLES:
        raise UnknownName("table", table, TABLES, "--table", f"use {', '.join(TABLES)}")
    tables = country_tables(scenario, country, opt.day("today"), variant)
    emit([whole for whole in tables if table in ("", whole.name)], format_, out)
