"""The one writer of files: whole or not at all, through links, with the rights a file has or the user's own give it."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from detente.codes import InputError


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all; what is no plain file (a pipe, a device) is written through.

    A link is followed, so that it stays one. A file that is there keeps its rights; a new one has those of the umask.

    Raises
    ------
    OSError
        that names the path.
    """
    return write_parts(path, (content,))


def write_parts(path: Path, parts: Iterable[bytes]) -> Path:
    """Write a file of many parts whole or not at all, one part in memory at a time; otherwise as `write_bytes`.

    Raises
    ------
    OSError
        that names the path; whatever the parts raise, and the file is as it was.
    """
    try:
        target = path.resolve() if path.is_symlink() else path
        status = _status(target)
        if status is not None and not stat.S_ISREG(status.st_mode):
            with target.open("wb", buffering=0) as file:
                for part in parts:
                    _all(file.fileno(), part)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, parts, None if status is None else stat.S_IMODE(status.st_mode))
    except OSError as error:
        # A full disk names no file, and a half-written one would be named by a word of chance.
        raise OSError(error.errno, error.strerror, str(path)) from None
    return path


def remove_halves(folder: Path, names: re.Pattern[str]) -> None:
    """Remove what a process that was killed while it wrote has left beside files of some names, in a folder and below.

    Only files of this program may be in the folder: another process that writes there loses what it is at.
    """
    for path in folder.rglob(".*"):
        name, _, ending = path.name[1:].rpartition(".")
        if path.is_file() and re.fullmatch(r"\w+", ending) and names.fullmatch(name):
            path.unlink(missing_ok=True)


def write_folder(folder: Path, files: Mapping[str, bytes], *, whole: bool = False) -> Path:
    """Write files into a folder: first beside it, then each moved into its place.

    A folder that is not there yet appears whole or not at all; of one that is, files of other names stay.

    Parameters
    ----------
    whole : whether a folder that is there, and must be empty, is replaced, so that it appears whole too.

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
        if whole and target.exists():
            target.rmdir()
        if target.exists():
            for name in files:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(beside / name, target / name)
        else:
            os.replace(beside, target)
        _keep_names(target.parent)
    finally:
        remove_folder(beside)
    return folder


def make_folder(folder: Path, *, private: bool = False) -> Path:
    """A folder and those above it; one that is there stays as it is.

    Parameters
    ----------
    private : whether only its owner may look into it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    return folder


class PassingFolder:
    """A fresh folder that goes when nobody holds it any more, or with the process."""

    def __init__(self, name: str) -> None:
        # A fresh folder of the system for what is needed only while a command runs; whoever asks removes it.
        self.path = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        weakref.finalize(self, remove_folder, self.path)


def takes_files(folder: Path) -> None:
    """See that a folder takes a file, and leave none.

    Raises
    ------
    OSError : it does not, and why.
    """
    with tempfile.TemporaryFile(dir=folder):
        pass


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it; what cannot be removed stays."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_file(path: Path) -> None:
    """Remove a file, if it is there."""
    path.unlink(missing_ok=True)


def open_log(path: Path) -> BinaryIO:
    """A file that grows, for what another process says."""
    return path.open("ab")


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _replace(target: Path, parts: Iterable[bytes], mode: int | None) -> None:
    """Put content, in parts, in the place of a file, by way of a file beside it."""
    beside = target.parent / f".{target.name[:80]}.{secrets.token_hex(4)}"
    handle = os.open(
        beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666 if mode is None else 0o600
    )
    try:
        try:
            for part in parts:
                _all(handle, part)
            os.fsync(handle)
        finally:
            os.close(handle)
        if mode is not None:
            beside.chmod(mode)
        os.replace(beside, target)
        _keep_names(target.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _keep_names(folder: Path) -> None:
    """Have a folder keep its names through a loss of power, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _all(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]
