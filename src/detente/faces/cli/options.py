"""Options that several commands share, and how their texts become values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.errors import InputError, UnknownName

if TYPE_CHECKING:
    from detente.codes import Table


def _law_code(text: str) -> str:
    """Id of an importer by any name or code, a member of a union for the union; "" stays."""
    if not text.strip():
        return ""
    from detente.data.importerfile import importer_id, member_note

    code = importer_id(text, "--of")
    note = "" if text.strip().upper() == code else member_note(text, code)
    if note:
        typer.echo(f"{note}.", err=True)
    return code


NO_FILES = ("nan", "none", "null", "undefined")
"""What a script writes where it has no name of a file."""


def named_file(path: Path | None) -> Path | None:
    """A file to write, whose name is one."""
    if path is not None and path.name.lower() in NO_FILES:
        raise InputError("--out", f"'{path}' is not the name of a file", "give one, as in averages.csv")
    return path


Format = Annotated[
    str,
    typer.Option("--format", "-f", help="text, json, csv, parquet, xlsx or latex; --json and --csv are short for two."),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="File to write instead of printing.", callback=named_file)
]
Lawbook = Annotated[Path | None, typer.Option("--lawbook", help="File or folder of your own measures, laid on top.")]
Tables = Annotated[list[str] | None, typer.Option("--table", help="Only these tables; repeatable.")]
Of = Annotated[
    str,
    typer.Option("--of", help="Whose law is meant, by name or code: US, China, Germany, JPN.", callback=_law_code),
]


def chosen(tables: Sequence[Table], names: Sequence[str] | None) -> list[Table]:
    """The tables that --table names, in their order; all of them where none is named."""
    known = [table.name for table in tables]
    for name in names or ():
        if name not in known:
            raise UnknownName("table", name, known, "--table", f"use {', '.join(known)}")
    return [table for table in tables if not names or table.name in names]
