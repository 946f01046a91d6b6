"""Lists of a lawbook: CSV files with a header, beside the measure that names them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detente.codes import InputError
from detente.data.userfile import read_bytes
from detente.data.usertable import check_spelling, csv_rows

LIST_COLUMNS = ("code", "from", "until", "except")
"""Columns of a list that mean something by themselves; others are for its reader, or for `rows` to choose by."""


def read_csv(path: Path, where: str, required: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file with a header; refuses missing columns, empty files and ragged rows."""
    header, rows = read_rows(path, where, required)
    return [dict(zip(header, row, strict=True)) for row in rows]


def check_columns(header: Sequence[str], where: str, required: Sequence[str]) -> None:
    """Refuse a header without a column that is needed, or with one that is all but a column of lists."""
    missing = [name for name in required if name not in header]
    if missing:
        raise InputError(where, f"has no column '{missing[0]}'", f"columns are {', '.join(header)}")
    for name in header:
        if name not in (*required, *LIST_COLUMNS):
            check_spelling(name, LIST_COLUMNS, header, where)


def read_rows(path: Path, where: str, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, refused as in `read_csv`."""
    if not path.exists():
        raise InputError(where, "there is no such file", "put the list beside the measure that names it")
    header, rows = csv_rows(read_bytes(path, where), where)
    check_columns(header, where, required)
    if not rows:
        raise InputError(where, "has no rows", f"give a header with {', '.join(required)} and rows under it")
    return header, rows
