"""`detente data`: tables of the package and of the user's library; publishers' files added and held to hashes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.faces.ask.answer import Answer
from detente.faces.cli.asked import answering

if TYPE_CHECKING:
    from detente.data.formats.declared import ReadFile

data_app = typer.Typer(help="Tables of the package and your own, and publishers' files read into them.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="File as its publisher wrote it, packed or not.")]
Name = Annotated[str, typer.Option("--name", help="Name in your library; by default after the file.")]
As = Annotated[str, typer.Option("--as", help="Format, where its content does not tell; see data list formats.")]
Encoding = Annotated[str, typer.Option("--encoding", help="Encoding of its text, as cp1252; UTF-8 by default.")]
Member = Annotated[str, typer.Option("--member", help="File within an archive of several.")]
Sheet = Annotated[str, typer.Option("--sheet", help="Sheet of a workbook; the first by default.")]
Inner = Annotated[str, typer.Option("--table", help="Table of a database that has several.")]
Year = Annotated[str, typer.Option("--year", help="Year of a table that does not say it.")]
Key = Annotated[list[str] | None, typer.Option("--key", help="Column that names a row; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    data_app.command("update")(answering("data update", update))
    data_app.command("verify")(answering("data verify", verify))
    app.add_typer(data_app, name="data")


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
    from detente.data.own_tables import add_table, name_after_file

    read = _read(file, as_, encoding, member, sheet, inner, year)
    table = add_table(read, name or name_after_file(read.source), date.today(), key=key or ())
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


def update(
    name: Annotated[str, typer.Argument(help="Table of your library.")],
    file: Annotated[Path, typer.Argument(help="File of the new vintage.")],
    as_: As = "",
    encoding: Encoding = "",
    member: Member = "",
    sheet: Sheet = "",
    year: Year = "",
    key: Key = None,
    look: Annotated[bool, typer.Option("--look", help="Show what changed, and replace nothing.")] = False,
) -> Answer:
    """Put a new vintage in the place of a table, and say what changed: rows added, dropped and changed."""
    from detente.data.own_tables import add_table, compare_vintages, own_frame, own_table
    from detente.faces.formats import texts

    table = own_table(name)
    read = _read(file, as_ or table.format, encoding, member, sheet, "", year)
    keys = tuple(key or ()) or table.key
    tables = compare_vintages(own_frame(table), read.frame, keys, table.becomes, name).tables
    if not look:
        add_table(read, name, date.today(), key=keys, replace=True)
    verb = "would be" if look else "is now"
    return Answer.of(
        f"{name} {verb} the vintage of {file.name}, {read.frame.height:,} rows.", tables,
        verbatim=texts([each for each in tables if len(each)]),
    )  # fmt: skip


def verify(
    name: Annotated[str, typer.Argument(help="Table; all of library and package by default.")] = "",
) -> Answer:
    """Hold tables against the hashes on record; exit code 2 where one differs."""
    from detente.data.own_tables import verified_table

    table = verified_table(name)
    other = sum(state not in ("whole", "without a record") for state in table["state"].tolist())
    head = f"{other} of {len(table)} tables differ from" if other else f"No table of {len(table)} differs from"
    return Answer.of(f"{head} what is on record.", [table], code=2 if other else 0)
