"""`detente serve prune`: what is too old in the store of a server is removed; its database makes backups."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from detente.codes import InputError, with_extra

AGE = re.compile(r"(\d{1,5})\s*([dwmy]?)")
DAYS = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}


def prune(
    older: Annotated[str, typer.Option("--older", help="Age, as 90d, 12w, 6m or 2y.")],
    answers: Annotated[bool, typer.Option("--answers", help="Only what the server worked out for its pages.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, and remove nothing.")] = False,
    database: Annotated[str, typer.Option("--database", help="As for `detente serve`, or set DETENTE_DATABASE.")] = "",
    data: Annotated[Path | None, typer.Option("--data", help="Folder of the server, as for `detente serve`.")] = None,
) -> None:
    """Remove runs and ended jobs that are older than an age; the server may run on."""
    days = days_of(older)
    try:
        from detente.faces.web.faults import Away, Unwritable
        from detente.faces.web.settings import Settings, folder_of_user
        from detente.faces.web.work.store import open_store
    except ImportError as error:
        raise InputError("serve prune", f"needs the library '{error.name}'", with_extra("web")) from None
    address = database or os.environ.get("DETENTE_DATABASE", "")
    store = open_store(Settings(database=address, data_folder=data or folder_of_user()).database_url)
    try:
        runs, jobs = store.prune(days, only_answers=answers, dry=dry_run)
    except Unwritable as error:
        raise InputError("--database", str(error), "make room, or give another") from None
    except Away:
        raise InputError("--database", "does not answer", "see that it runs, and try again") from None
    finally:
        store.close()
    print(f"{'would be removed' if dry_run else 'removed'}: {runs:,} runs, {jobs:,} jobs")


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
