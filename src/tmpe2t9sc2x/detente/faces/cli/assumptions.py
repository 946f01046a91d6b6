"""`detente assumptions`: what the numbers rest on."""

from __future__ import annotations

import typer

from detente.faces.cli import options as opt


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("assumptions")(assumptions)


def assumptions(of: opt.Of = "USA", format_: opt.Format = "text", out: opt.Out = None) -> None:
    """The register of assumptions: statement, source, where used, how to change it, what it does."""
    from detente.data.assumptions import assumptions_table
    from detente.data.importers import importer
    from detente.faces.formats import check_format, emit

    check_format(format_)
    emit([assumptions_table(importer(of.upper()).law)], format_, out)
