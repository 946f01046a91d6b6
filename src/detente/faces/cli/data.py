"""`detente data`: tables of the package and of the user's library; publishers' files added, fetched, held to hashes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.codes.errors import InputError
from detente.faces.cli import options as opt

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
Words = Annotated[list[str] | None, typer.Option("--set", help="A word of the address, as year=2024; repeatable.")]


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


@data_app.command("fetch")
def fetch(
    what: Annotated[str, typer.Argument(metavar="FORMAT|ADDRESS", help="Format with an address, or an https address.")],
    words: Words = None,
    name: Name = "",
    sha256: Annotated[str, typer.Option("--sha256", help="Hash that the file must have.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Fetch it; without, it is only said what would be.")] = False,
    as_: As = "",
    member: Member = "",
    format_: opt.Format = "text",
) -> None:
    """Say where a publisher's file is and on what terms; with --yes fetch it, check it and add it."""
    forms = _forms(format_)
    offer = _views().offer_of(what, dict(_pair(word) for word in words or ()), name, as_)
    forms.emit([_views().offer_table(offer, sha256)], format_, None)
    if not yes:
        typer.echo("Nothing was fetched: with --yes it is.", err=format_ != "text")
        return
    from detente.data import fetching
    from detente.data.formats.known import read_published
    from detente.data.own_tables import add_table

    file = fetching.fetch(offer.address, offer.target, sha256=sha256)
    typer.echo(f"{file.path} has {file.size:,} bytes, sha256 {file.sha256}.")
    read = read_published(file.path, offer.format, member=member or offer.member, words=dict(offer.words))
    table = add_table(read, offer.name, opt.day(""), address=offer.address)
    _said(read, table.name)


def _pair(word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise InputError("--set", f"'{word}' is not a word and its value", "write it as year=2024")
    return name.strip(), value.strip()


@data_app.command("update")
def update(
    name: Annotated[str, typer.Argument(help="Table of your library.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="New vintage; else with --yes from where the old came.")
    ] = None,
    as_: As = "",
    encoding: Encoding = "",
    member: Member = "",
    sheet: Sheet = "",
    inner: Inner = "",
    year: Year = "",
    key: Key = None,
    look: Annotated[bool, typer.Option("--look", help="Show what changed, and replace nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch it from the address on record.")] = False,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Put a new vintage in the place of a table, and say what changed: rows added, dropped and changed."""
    from detente.data.own_tables import add_table, own_frame, own_table
    from detente.data.vintages import compare_vintages

    forms = _forms(format_)
    table = own_table(name)
    path = file or _again(table.name, table.address, yes)
    read = _read(path, as_ or table.format, encoding, member, sheet, inner, year)
    keys = tuple(key or ()) or table.key
    changes = compare_vintages(own_frame(table), read.frame, keys, table.becomes, name)
    parts = opt.chosen(changes.tables, table_)
    forms.emit([part for part in parts if len(part) or not forms.is_text(format_, out)], format_, out)
    if look:
        return
    add_table(read, name, opt.day(""), address=table.address if file is None else "", key=keys, replace=True)
    if format_ == "text":
        typer.echo(f"{name} is now the vintage of {path.name}, {read.frame.height:,} rows.")


def _again(name: str, address: str, yes: bool) -> Path:
    """The file at the address that a table came from, fetched anew beside the one before."""
    from detente.data import fetching

    if not address:
        raise InputError(name, "was not fetched, so that no address is on record", "give the file of the new vintage")
    if not yes:
        raise InputError(name, f"came from {address}", "give a file, or say --yes to fetch it from there again")
    offer = _views().offer_of(address, {}, name)
    file = fetching.fetch(address, offer.target.with_name(f"new-{offer.target.name}"))
    typer.echo(f"{file.path} has {file.size:,} bytes, sha256 {file.sha256}.", err=True)
    return file.path


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
