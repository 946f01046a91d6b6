"""`detente server`: what an institution does with a server's store: backup, restore, retention, keys of users."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from detente.codes import InputError, with_extra

server_app = typer.Typer(no_args_is_help=True, help="The store of a server: backup, restore, prune, keys of users.")
key_app = typer.Typer(no_args_is_help=True, help="Keys of users: add, list, remove.")
server_app.add_typer(key_app, name="key")

Database = Annotated[str, typer.Option("--database", help="As for `detente serve`, or set DETENTE_DATABASE.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of the server, as for `detente serve`.")]
AGE = re.compile(r"(\d{1,5})\s*([dwmy]?)")
DAYS = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(server_app, name="server")


class Kept(NamedTuple):
    """An open store, and what is done with it."""

    store: Any
    archive: Any
    keys: Any


@contextmanager
def _store(database: str, data: Path | None) -> Iterator[Kept]:
    """The store that a server with these settings would open, brought forward where it is older."""
    try:
        from detente.faces.web.settings import Settings, folder_of_user
        from detente.faces.web.work import archive, keys
    except ImportError as error:
        raise InputError("server", f"needs the library '{error.name}'", with_extra("web")) from None
    address = database or os.environ.get("DETENTE_DATABASE", "")
    with archive.opened(Settings(database=address, data_folder=data or folder_of_user()).database_url) as store:
        yield Kept(store, archive, keys)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())


@server_app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="File to write, as detente.backup.gz.")],
    database: Database = "",
    data: Data = None,
) -> None:
    """Write runs, jobs, makers and keys into one file, as they are at one moment; the server may run on."""
    with _store(database, data) as kept:
        print(f"{file}: {_counted(kept.archive.backup(kept.store, file))}")


@server_app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="File that `detente server backup` wrote.")],
    database: Database = "",
    data: Data = None,
) -> None:
    """Add what a backup has and the store has not; into SQLite or PostgreSQL, whichever it came from."""
    with _store(database, data) as kept:
        print(f"restored: {_counted(kept.archive.restore(kept.store, file))}")


@server_app.command("prune")
def prune(
    older: Annotated[str, typer.Option("--older", help="Age, as 90d, 12w, 6m or 2y.")],
    answers: Annotated[bool, typer.Option("--answers", help="Only what the server worked out for its pages.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and remove nothing.")] = False,
    database: Database = "",
    data: Data = None,
) -> None:
    """Remove runs and ended jobs that are older than an age."""
    days = days_of(older)
    with _store(database, data) as kept:
        counts = kept.archive.prune(kept.store, days, only_answers=answers, dry=dry_run)
        print(f"{'would be removed' if dry_run else 'removed'}: {_counted(counts)}")


def days_of(text: str) -> int:
    """Days of an age as 90d, 12w, 6m or 2y.

    Raises
    ------
    InputError : no age, or none at all.
    """
    match = AGE.fullmatch(text.strip().lower())
    if match is None or not int(match[1]):
        raise InputError("--older", f"'{text[:20]}' is no age", "give one as 90d, 12w, 6m or 2y")
    return int(match[1]) * DAYS[match[2]]


@key_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Whose key it is.")], database: Database = "", data: Data = None
) -> None:
    """Make a key for a user, and show it once; nobody can show it again."""
    with _store(database, data) as kept:
        print(kept.keys.add_key(kept.store, name))


@key_app.command("list")
def list_(database: Database = "", data: Data = None) -> None:
    """Keys on record: id, when made, when last used, whose."""
    with _store(database, data) as kept:
        rows = kept.keys.keys_of(kept.store)
        if not rows:
            typer.echo("no keys yet; `detente server key add NAME` makes one", err=True)
        for row in rows:
            print(f"{row['id']}  {_day(row['created'])}  {_day(row['used'])}  {row['name']}")


def _day(seconds: float | None) -> str:
    from datetime import UTC, datetime

    return "never     " if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


@key_app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="Whose key, or its id.")], database: Database = "", data: Data = None
) -> None:
    """Take a key away; within ten seconds nobody gets in with it. Runs of the user stay."""
    with _store(database, data) as kept:
        kept.keys.remove_key(kept.store, name)
        print(f"removed: {name}")
