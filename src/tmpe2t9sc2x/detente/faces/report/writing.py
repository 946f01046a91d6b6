"""Where a report of several files may go."""

from __future__ import annotations

from pathlib import Path

from detente.codes import InputError
from detente.faces.formats import is_stdout


def check_empty(folder: Path) -> None:
    """Refuse a folder that holds something, before anything is computed."""
    if is_stdout(folder):
        raise InputError(str(folder), "is not a folder", "give the name of a new folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(str(folder), "is not an empty folder", "give a folder that does not exist yet")
