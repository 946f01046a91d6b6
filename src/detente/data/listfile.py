"""Lists of a lawbook: CSV files with a header, beside the measure that names them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detente.codes import InputError, UnknownName
from detente.data.containers import heads_and_cells, open_original

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
        meant = [column for column in LIST_COLUMNS if column not in header and _one_slip(name.lower(), column)]
        if meant and name not in required:
            raise UnknownName("column", name, meant, where, "or give it another name")


def read_rows(path: Path, where: str, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, refused as in `read_csv`."""
    if not path.exists():
        raise InputError(where, "there is no such file", "put the list beside the measure that names it")
    header, cells = heads_and_cells(open_original(path, name=where))
    check_columns(header, where, required)
    if not cells.height:
        raise InputError(where, "has no rows", f"give a header with {', '.join(required)} and rows under it")
    return header, list(map(list, cells.iter_rows()))


def _one_slip(given: str, known: str) -> bool:
    """Whether two words differ by a letter more, less, changed or moved; words of three letters are left alone."""
    if given == known or len(known) < 4 or abs(len(given) - len(known)) > 1:
        return given == known
    first = next((i for i, (a, b) in enumerate(zip(given, known, strict=False)) if a != b), min(len(given), len(known)))
    rest, other = given[first:], known[first:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return swapped or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]
