"""Writing: several files into a folder, all of them or none."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from detente.codes import InputError
from detente.faces.formats import is_stdout, write_bytes


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder: first beside it, then each moved into its place.

    A folder that is not there yet appears whole or not at all; of one that is, files of other names stay.

    Raises
    ------
    InputError
        where the path is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(str(folder), "is a file, not a folder", "give a folder, or a name that ends in .html")
    target = folder.resolve()
    beside = target.parent / f".{target.name[:80]}.{secrets.token_hex(4)}"
    beside.mkdir(parents=True)
    try:
        for name, content in files.items():
            write_bytes(beside / name, content)
        if target.exists():
            for name in files:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(beside / name, target / name)
        else:
            os.replace(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def check_empty(folder: Path) -> None:
    """Refuse a folder that holds something, before anything is computed."""
    if is_stdout(folder):
        raise InputError(str(folder), "is not a folder", "give the name of a new folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(str(folder), "is not an empty folder", "give a folder that does not exist yet")
