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
    scenario: Annotated[str, typer.Argument(help="Scenario by name or file.")] = "",
    named: Annotated[str, typer.Option("--scenario", help="The same by name of the option.")] = "",
    variant: Annotated[str, typer.Option("--variant", help="Variant of the scenario; the first by default.")] = "",
    table: Annotated[str, typer.Option("--table", help=f"One of {', '.join(TABLES)}; all by default.")] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Real income, wages, trade by partner, and the duties it faces and levies, before and after."""
    from detente.codes import InputError, UnknownName
    from detente.faces.formats import check_format, emit
    from detente.lab.country.partners import country_tables
    from detente.lab.scenario import shipped

    check_format(format_)
    if table and table not in TABLES:
        raise UnknownName("table", table, TABLES, "--table", f"use {', '.join(TABLES)}")
    if country in shipped():
        line = f"detente country {scenario or 'Germany'} {country}"
        raise InputError("country", f"{country} is a scenario, not a country", f"try: {line}")
    if bool(scenario) == bool(named):
        what = "is given twice" if named else "no scenario was given"
        raise InputError("country", what, f"as in: detente country {country} {named or 'geneva'}")
    tables = country_tables(scenario or named, country, opt.day("today"), variant)
    emit([whole for whole in tables if table in ("", whole.name)], format_, out)
