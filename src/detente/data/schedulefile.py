"""Schedules of an importer's folder: lines with their duties, preferences, and rates known by heading and date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, check_none
from detente.data.base_steps import BaseSteps
from detente.data.containers import SHOWN
from detente.data.embedded import COUNTED
from detente.data.library import Later
from detente.data.tables import columns_of
from detente.data.usertable import NUMBER, read_table, table_kinds

if TYPE_CHECKING:
    import polars as pl
else:
    pl = Later("polars")

Floats = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]

LINES, PREFERENCES, KNOWN = "schedule", "preferences", "known"
"""Kinds of tables of a folder, as `usertables.yaml` declares them."""


def heads_of_kind(name: str) -> tuple[str, ...]:
    """Names of the columns of a kind of table, in order."""
    return tuple(column.name for column in table_kinds()[name].columns)


def read_columns(path: Path, name: str) -> Columns:
    """Columns of a table of a folder, texts with "" for missing, numbers with NaN.

    Parameters
    ----------
    name : `LINES`, `PREFERENCES` or `KNOWN`.

    Raises
    ------
    InputError, Faults : what cannot be read, and every fault of a row at once.
    """
    if not path.is_file():
        known = ", ".join(sorted(other.name for other in path.parent.glob("*") if other.is_file()))
        raise InputError(f"{path.parent.name}/{path.name}", "there is no such file", f"the folder holds {known}")
    stat = path.stat()
    return _read(path, name, stat.st_size, stat.st_mtime)


@lru_cache(maxsize=20)
def _read(path: Path, name: str, size: int, modified: float) -> Columns:
    kind, where = table_kinds()[name], f"{path.parent.name}/{path.name}"
    frame = read_table(path, kind, where).with_columns(pl.col(pl.Date).cast(pl.String))
    lacking = {
        column.name: pl.lit(None, pl.Float64) if column.kind == NUMBER else pl.lit("")
        for column in kind.columns
        if column.name not in frame.columns
    }
    columns = columns_of(frame.with_columns(**lacking).select(heads_of_kind(name)))
    check_none([*(_faults(columns, where) if name == LINES else ())][:SHOWN])
    return columns


def _faults(columns: Columns, where: str) -> Iterator[InputError]:
    """Lines that are there twice on a day, or lack a rate."""
    codes, start, until, kind = (columns[name] for name in ("code", "from", "until", "kind"))
    order = np.lexsort((start, codes))
    first, second = order[:-1], order[1:]
    twice = (codes[first] == codes[second]) & ((until[first] == "") | (start[second] <= until[first]))
    for i in second[twice].tolist():
        yield InputError(f"{where}, row {i + 2}", f"line {codes[i]} is there twice", "give each its days, or keep one")
    for i in np.flatnonzero(np.isnan(columns["general"]) & np.isin(kind, COUNTED)).tolist():
        yield InputError(f"{where}, row {i + 2}", f"line {codes[i]} has no rate", "give general, or another kind")


@dataclass(frozen=True)
class Known:
    """Rates known by heading and date, laid on lines.

    Attributes
    ----------
    always : rate that holds on every day, shape (lines,); NaN where none is known.
    steps : those with days; None where there are none.
    source : where the rate of a line without days is written, by line.
    """

    always: Floats = field(repr=False)
    steps: BaseSteps | None
    source: Mapping[str, str] = field(repr=False)


def known_on(lines: Axis, columns: Columns) -> Known:
    """Rates of a table of `KNOWN` on an axis of lines; a longer prefix is the nearer one."""
    dated = (columns["from"] != "") | (columns["until"] != "")
    always = np.full(len(lines), np.nan)
    source: dict[str, str] = {}
    for i in _longest_last(columns["prefix"], np.flatnonzero(~dated)):
        inside = lines.slice(str(columns["prefix"][i]))
        always[inside] = columns["rate"][i]
        source |= dict.fromkeys(lines.codes[inside].tolist(), str(columns["source"][i]))
    return Known(always, _steps(lines, columns, np.flatnonzero(dated)), source)


def _longest_last(prefixes: NDArray[Any], rows: NDArray[np.int64]) -> list[int]:
    return sorted(rows.tolist(), key=lambda i: (len(prefixes[i]), i))


def _steps(lines: Axis, columns: Columns, rows: NDArray[np.int64]) -> BaseSteps | None:
    """Dated rates, a row a line; a later row of a longer prefix is laid over a shorter one."""
    if not rows.size:
        return None
    picked: list[int] = []
    codes: list[str] = []
    for i in _longest_last(columns["prefix"], rows):
        inside = lines.codes[lines.slice(str(columns["prefix"][i]))].tolist()
        codes += inside
        picked += [i] * len(inside)
    table = {name: columns[name][picked] for name in ("from", "until", "rate", "source", "confidence")}
    return BaseSteps({"code": np.asarray(codes, dtype=np.str_), **table})
