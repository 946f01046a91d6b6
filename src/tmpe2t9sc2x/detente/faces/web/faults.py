"""Faults: a database that does not answer, and a disk on which nothing can be written."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import cast

from sqlalchemy import exc


class Away(Exception):
    """The database does not answer; the text is the kind of error, without any address."""


class Unwritable(Away):
    """Nothing can be written where the server keeps its runs; the text says why, without any path."""


FULL, FIXED = "the disk of this server is full", "the disk of this server is read-only"
CLOSED = "the folder of this server may not be written to"
ERRNOS = {
    errno.ENOSPC: FULL, getattr(errno, "EDQUOT", errno.ENOSPC): FULL, errno.EROFS: FIXED, errno.EACCES: CLOSED,
    errno.EPERM: CLOSED,
}  # fmt: skip
SAID = {
    "database or disk is full": FULL, "readonly database": "the database of this server is read-only",
    "unable to open database file": "the file of this server's database cannot be opened",
    "disk i/o error": "the disk of this server fails",
}  # fmt: skip
"""What SQLite says where its file cannot be written."""

DISK_FULL = "53100"
"""State by which PostgreSQL says the same."""


def unwritable(error: BaseException | None) -> str:
    """Why nothing could be written, "" where an error is about something else."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in ERRNOS:
            return ERRNOS[error.errno]
        if isinstance(error, exc.DBAPIError):
            text = str(error.orig).lower()
            sentence = next((words for symptom, words in SAID.items() if symptom in text), "")
            if sentence or state_of(error) == DISK_FULL:
                return sentence or FULL
        error = error.__cause__
    return ""


def state_of(error: exc.DBAPIError) -> str:
    """The state that PostgreSQL gives; "" from other databases."""
    detail = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return str(cast("Mapping[str, object]", detail).get("C", "")) if isinstance(detail, Mapping) else ""
