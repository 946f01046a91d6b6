"""`detente data`: tables of the package and of the user's library; publishers' files added and held to hashes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.faces.cli import options as opt
from detente.faces.cli.help import CommandGroup
from detente.faces.cli.usage import GONE

if TYPE_CHECKING:
    from detente.data.formats.declared import ReadFile

SHOW = "show"
"""The command that a bare name stands for."""


class DataGroup(CommandGroup):
    """The commands; a word that is none of them names a table, as in `detente data usa_lines`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words, with the command that a bare name stands for before them."""
        if args and f"data {args[0]}" in GONE:
            ctx.fail(f"No such command '{args[0]}'.")
        if not any(word in self.commands for word in args) and not {"--help", "-h"} & set(args):
            args = [SHOW, *args]
        return super().parse_args(ctx, args)


data_app = typer.Typer(cls=DataGroup, help="Tables of the package and your own, and publishers' files read into them.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="File as its publisher wrote it, packed or not.")]
Name = Annotated[str, typer.Option("--name", help="Name in your library; by default after the file.")]
As = Annotated[str, typer.Option("--as", help="Format, where its content does not tell; see data formats.")]
Encoding = Annotated[str, typer.Option("--encoding", help="Encoding of its text, as cp1252; UTF-8 by default.")]
Member = Annotated[str, typer.Option("--member", help="File within an archive of several.")]
Sheet = Annotated[str, typer.Option("--sheet", help="Sheet of a workbook; the first by default.")]
Inner = Annotated[str, typer.Option("--table", help="Table of a database that has several.")]
Year = Annotated[str, typer.Option("--year", help="Year of a table that does not say it.")]
Key = Annotated[list[str] | None, typer.Option("--key", help="Column that names a row; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(data_app, name="data")


def _forms(name: str) -> Any:
    """The forms of output, once the named one is known."""
    from detente.faces import formats

    formats.check_format(name)
    return formats


def _views() -> Any:
    """What there is to show."""
    from detente.data import own_views

    return own_views


@data_app.command(SHOW, hidden=True)
def show(
    name: Annotated[str, typer.Argument(help="Table to show; all by default.")] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Tables of the package, or what one of them is."""
    from detente.data.assumptions import catalogue_table

    forms = _forms(format_)
    if name:
        info(name, format_=format_, out=out)
    else:
        forms.emit([catalogue_table()], format_, out)


@data_app.command("list")
def list_(format_: opt.Format = "text", out: opt.Out = None) -> None:
    """Tables of your library with their state, then those of the package."""
    from detente.data.assumptions import catalogue_table

    forms = _forms(format_)
    own = _views().library_table()
    several = format_ == "json" or forms.is_text(format_, out)
    shown = [own, catalogue_table()] if several else [own if len(own) else catalogue_table()]
    forms.emit([table for table in shown if len(table) or format_ == "json"], format_, out)


@data_app.command("formats")
def formats(format_: opt.Format = "text", out: opt.Out = None) -> None:
    """Formats of publishers that are read: how to get a file, what it becomes, on what terms."""
    forms = _forms(format_)
    forms.emit([_views().formats_table()], format_, out)


@data_app.command("info")
def info(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="Table by name, or a publisher's file.")],
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """What a table is: publisher, licence, vintage, columns; of a file, its format."""
    forms = _forms(format_)
    forms.emit([_views().info_table(name)], format_, out)


@data_app.command("add")
def add(
    file: File,
    name: Name = "",
    as_: As = "",
    encoding: Encoding = "",
    member: Member = "",
    sheet: Sheet = "",
    inner: Inner = "",
    year: Year = "",
    key: Key = None,
) -> None:
    """Read a publisher's file and put it into your library; a file with faults leaves the library as it was."""
    from detente.data.own_tables import add_table, name_of

    read = _read(file, as_, encoding, member, sheet, inner, year)
    table = add_table(read, name or name_of(read.source), opt.day(""), key=key or ())
    _said(read, table.name)


def _read(file: Path, as_: str, encoding: str, member: str, sheet: str, inner: str, year: str) -> ReadFile:
    from detente.data.formats.known import read_published

    given = {"sheet": sheet, "table": inner, "year": year}
    words = {word: value for word, value in given.items() if value}
    return read_published(file, as_, encoding=encoding, member=member, words=words)


def _said(read: ReadFile, name: str) -> None:
    """What was read, and on what terms it may be used."""
    typer.echo(f"{name}: {read.frame.height:,} rows of {read.format.publisher}, format {read.format.name}.")
    for note in read.notes:
        typer.echo(f"* {note}")
    typer.echo(f"Terms: {read.format.licence}.")


@data_app.command("update")
def update(
    name: Annotated[str, typer.Argument(help="Table of your library.")],
    file: Annotated[Path, typer.Argument(help="File of the new vintage.")],
    as_: As = "",
    encoding: Encoding = "",
    member: Member = "",
    sheet: Sheet = "",
    inner: Inner = "",
    year: Year = "",
    key: Key = None,
    look: Annotated[bool, typer.Option("--look", help="Show what changed, and replace nothing.")] = False,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Put a new vintage in the place of a table, and say what changed: rows added, dropped and changed."""
    from detente.data.own_tables import add_table, own_frame, own_table
    from detente.data.vintages import compare_vintages

    forms = _forms(format_)
    table = own_table(name)
    read = _read(file, as_ or table.format, encoding, member, sheet, inner, year)
    keys = tuple(key or ()) or table.key
    changes = compare_vintages(own_frame(table), read.frame, keys, table.becomes, name)
    parts = opt.chosen(changes.tables, table_)
    forms.emit([part for part in parts if len(part) or not forms.is_text(format_, out)], format_, out)
    if look:
        return
    add_table(read, name, opt.day(""), key=keys, replace=True)
    if format_ == "text":
        typer.echo(f"{name} is now the vintage of {file.name}, {read.frame.height:,} rows.")


@data_app.command("verify")
def verify(
    name: Annotated[str, typer.Argument(help="Table; all of library and package by default.")] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Hold tables against the hashes on record; exit code 2 where one differs."""
    forms = _forms(format_)
    table = _views().verified_table(name)
    forms.emit([table], format_, out)
    if not set(table["state"].tolist()) <= {"whole", "without a record"}:
        raise typer.Exit(2)


@data_app.command("where")
def where(
    name: Annotated[str, typer.Argument(help="Table; the folders by default.")] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Where tables lie: your library and the package; or the file of one table."""
    forms = _forms(format_)
    forms.emit([_views().where_table(name)], format_, out)
