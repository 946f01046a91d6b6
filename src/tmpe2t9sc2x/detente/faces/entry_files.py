"""Files of rated entries: one table as CSV or Parquet, all of them as a workbook or in a folder, or none at all."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import InputError, Table, UnknownName
from detente.data.store import make_folder, write_bytes, write_parts
from detente.faces.formats import check_format, form_of, render, to_bytes
from detente.lab.entries.job import LONG, TABLES, RatedEntries
from detente.lab.entries.tables import SUMMARY, entry_table

if TYPE_CHECKING:
    import polars as pl

ALL = (SUMMARY, *TABLES)
MAIN = "entry_rows"
SHEET_ROWS = 1_048_575
"""Rows that a sheet of a workbook takes under its header."""

FOLDERS = ("csv", "parquet")
"""Formats of the files in a folder."""


def check_tables(names: Sequence[str]) -> tuple[str, ...]:
    """Names of tables, once all are known.

    Raises
    ------
    UnknownName : a table that entries do not have.
    """
    for name in names:
        if name not in ALL:
            raise UnknownName("table", name, ALL, "--table", f"use {', '.join(ALL)}")
    return tuple(names)


def is_folder(out: Path) -> bool:
    """Whether a name means a folder with a file for each table."""
    return out.is_dir() or not out.suffix


def write_entries(entries: RatedEntries, out: Path, form: str, names: Sequence[str]) -> list[Path]:
    """Write tables to a file, or each to one in a folder; the files written.

    Parameters
    ----------
    form : as asked for; "text" stands for what the name of the file says.
    names : of tables; none: the rows in a file of one table, all of them elsewhere.

    Raises
    ------
    InputError : more tables than a file of the format holds, more rows than a sheet takes.
    """
    if is_folder(out):
        kind = form if form in FOLDERS else "csv"
        make_folder(out)
        return [_one(entries, out / f"{name}.{kind}", kind, name) for name in names or ALL]
    kind = form_of(out, form)
    check_format(kind)
    if kind in ("csv", "parquet"):
        if len(names) > 1:
            raise InputError("--table", f"{kind} holds one table", "name one, or give a folder as --out")
        return [_one(entries, out, kind, names[0] if names else MAIN)]
    tables = [_for_machines(entries, name) for name in names or ALL]
    largest = max(tables, key=len)
    if kind == "xlsx" and len(largest) > SHEET_ROWS:
        what = f"{largest.name} has {len(largest):,} rows, a sheet takes {SHEET_ROWS:,}"
        raise InputError("--out", what, "write .csv or .parquet, or name smaller tables with --table")
    return [write_bytes(out, to_bytes(tables, kind))]


def shown(entries: RatedEntries, form: str, names: Sequence[str]) -> str:
    """Tables as text: sums and what is open for readers, or those named in any format."""
    if form == "text" and not names:
        tables = [entry_table(entries, SUMMARY), *_filled(entries)]
    else:
        tables = [_for_machines(entries, name) for name in names or ((MAIN,) if form == "csv" else ALL)]
    return render(tables, form)


def _filled(entries: RatedEntries) -> list[Table]:
    """The tables that a reader gets beside the summary, those that are empty left out."""
    tables = [entry_table(entries, name, TOP) for name in ("entry_sums", "entry_answers", "entry_reasons")]
    return [_first(table, name) for table, name in zip(tables, tables, strict=True) if len(name)]


TOP = 8
"""Rows of each kind of sum that a reader gets."""


def _first(table: Table, _: Table) -> Table:
    import numpy as np

    few = 4 * TOP
    return table.take(np.arange(min(len(table), few)))


def _for_machines(entries: RatedEntries, name: str) -> Table:
    table = entry_table(entries, name)
    return replace(table, notes=()) if name in LONG else table


def _one(entries: RatedEntries, path: Path, kind: str, name: str) -> Path:
    """One table in a file of its own, long ones piece by piece."""
    if name in LONG and kind == "csv":
        return write_parts(path, _csv_parts(entries.frames(name)))
    if name in LONG:
        out = io.BytesIO()
        entries.frame(name).write_parquet(out)
        return write_bytes(path, out.getvalue())
    content = to_bytes([entry_table(entries, name)], kind)
    return write_bytes(path, content + b"\n" if kind == "csv" else content)


def _csv_parts(frames: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    for number, frame in enumerate(frames):
        yield frame.write_csv(include_header=number == 0, float_precision=None).encode()
