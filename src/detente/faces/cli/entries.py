"""`detente entries`: what the entries of a file owe, row by row, in dollars and in the order of filing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.errors import InputError, NotRated
from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.lab.entries.job import RatedEntries

Tables = Annotated[
    list[str] | None, typer.Option("--table", help="Only these tables, as entry_rows, entry_filing; repeatable.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("entries")(entries)


def entries(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or Excel: line, partner, date, value and more.")],
    void: opt.Void = None,
    reading: opt.ReadingName = "effective",
    switch: opt.Switches = None,
    lawbook: opt.Lawbook = None,
    announce: opt.Announce = None,
    of: opt.Of = "USA",
    presume: opt.Presume = False,
    table: Tables = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes; by default one a core.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a file that was stopped.")] = False,
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Dollars owed by heading in the order of filing, fees, open questions; with --void what would be refunded."""
    from detente.faces.cli.progress import Progress
    from detente.faces.entry_files import check_tables
    from detente.faces.formats import BINARY, check_format, is_stdout
    from detente.lab.entries.job import EntriesOrder, rate_entries

    check_format(format_)
    names = check_tables(table or ())
    filed = out is not None and not is_stdout(out)
    if resume and not filed:
        raise InputError("--resume", "needs the file or folder that was to be written", "add --out FILE")
    if not filed and format_ in BINARY:
        raise InputError("--format", f"{format_} cannot be printed", f"add --out entries.{format_}")
    order = EntriesOrder(
        of, opt.law_of(of, lawbook, switch, None, announce), opt.reading(reading), tuple(void or ()), presume
    )
    folder = _folder(out) if filed and out is not None else _passing(file)
    with Progress("entries", "rows", quiet=quiet) as progress:
        try:
            rated = rate_entries(file, order, folder=folder, workers=workers, progress=progress)
        except KeyboardInterrupt:
            if filed and folder is not None and folder.exists():
                print(f"\nwhat is finished is in {folder}: go on with --resume", file=sys.stderr)
            raise
    sums = rated.sums  # read off the pieces, which are removed once everything is written
    _given(rated, out if filed else None, format_, names)
    if folder is not None:
        _cleared(folder)
    _told(int(sums["rows"]), int(sums["not_rated"]))


def _folder(out: Path) -> Path:
    """Where pieces are kept while the file is rated."""
    return out.parent / f"{out.name}.pieces"


LARGE = 20_000_000
"""Bytes of a file from which pieces are not kept in memory, though nothing is written."""


def _passing(file: Path) -> Path | None:
    """A folder for the pieces of a large file of which only sums are shown; None keeps them in memory."""
    if not file.is_file() or file.stat().st_size < LARGE:
        return None
    from detente.data.store import passing_folder

    return passing_folder("detente-entries")


def _cleared(folder: Path) -> None:
    from detente.data.store import remove_folder

    remove_folder(folder)


def _given(rated: RatedEntries, out: Path | None, form: str, names: tuple[str, ...]) -> None:
    """Write or print the tables."""
    from detente.faces.entry_files import shown, write_entries

    if out is None:
        print(shown(rated, form, names))
        return
    for path in write_entries(rated, out, form, names):
        print(f"written to {path}")
    if form == "text" and not names:
        print(f"\n{shown(rated, 'text', ('entry_summary',))}")


def _told(rows: int, wrong: int) -> None:
    """End with another exit code where rows could not be rated."""
    if wrong:
        raise NotRated(f"{wrong:,} of {rows:,} rows could not be rated; each has its reason in its row.")
