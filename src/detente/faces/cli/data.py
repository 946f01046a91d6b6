"""`detente data` and `detente assumptions`: what the numbers are made of."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.faces.cli import options as opt


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("data")(data)
    app.command("assumptions")(assumptions)


def data(
    name: Annotated[str, typer.Argument(help="Table to show; all by default.")] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Tables of the package: publisher, licence, vintage, columns."""
    from detente.faces.formats import check_format, emit
    from detente.lab.register import catalogue_table, table_card

    check_format(format_)
    emit([table_card(name)] if name else [catalogue_table()], format_, out)


def assumptions(of: opt.Of = "USA", format_: opt.Format = "text", out: opt.Out = None) -> None:
    """The register of assumptions: statement, source, where used, how to change it, what it does."""
    from detente.data.importers import importer
    from detente.faces.formats import check_format, emit
    from detente.lab.register import assumptions_table

    check_format(format_)
    emit([assumptions_table(importer(of.upper()).law)], format_, out)
