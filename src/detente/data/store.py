"""The one writer of files: whole or not at all, through links, with the rights a file has or the user's own give it."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all; what is no plain file (a pipe, a device) is written through.

    A link is followed, so that it stays one. A file that is there keeps its rights; a new one has those of the umask.

    Raises
    ------
    OSError
        that names the path.
    """
    try:
        target = path.resolve() if path.is_symlink() else path
        status = _status(target)
        if status is not None and not stat.S_ISREG(status.st_mode):
            with target.open("wb", buffering=0) as file:
                _all(file.fileno(), content)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, content, None if status is None else stat.S_IMODE(status.st_mode))
    except OSError as error:
        # A full disk names no file, and a half-written one would be named by a word of chance.
        raise OSError(error.errno, error.strerror, str(path)) from None
    return path


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _replace(target: Path, content: bytes, mode: int | None) -> None:
    """Put content in the place of a file, by way of a file beside it."""
    beside = target.parent / f".{target.name[:80]}.{secrets.token_hex(4)}"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        try:
            _all(handle, content)
        finally:
            os.close(handle)
        if mode is not None:
            beside.chmod(mode)
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _all(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]
