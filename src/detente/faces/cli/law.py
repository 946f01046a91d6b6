"""`detente law new` and `detente law update`: what makes and changes files; the questions on the law are beside it."""

from __future__ import annotations

import typer

from detente.faces.cli import law_new, law_update


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("law new")(law_new.new)
    app.command("law update")(law_update.update)
