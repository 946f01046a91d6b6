"""Schedules of an importer's folder: lines with their duties, preferences, and rates known by heading and date."""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError
from detente.data.base_steps import BaseSteps
from detente.data.embedded import COUNTED, EQUIVALENT
from detente.data.tables import columns_of

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Columns = Mapping[str, NDArray[Any]]

LINES = ("code", "general", "kind", "text", "description", "from", "until", "confidence", EQUIVALENT)
PREFERENCES = ("code", "programme", "rate", "text", "from", "until")
KNOWN = ("prefix", "rate", "text", "from", "until", "source", "confidence")
"""Columns of the three tables; all but those in `NEEDED` may be left out."""

NEEDED = {LINES: ("code", "general"), PREFERENCES: ("code", "programme", "rate"), KNOWN: ("prefix", "rate")}
NUMBERS = ("general", "rate", EQUIVALENT)
KINDS = ("free", "ad_valorem", "specific", "compound", "mixed", "other")
LARGEST = 35.0
"""No duty is higher, as a share of value: Egypt levies 3,000% on spirits."""


MOST_FAULTS = 20
"""Faults of a file that one message lists."""


def read_columns(path: Path, names: tuple[str, ...]) -> Columns:
    """Columns of a table of a folder, texts with "" for missing, numbers with NaN.

    Parameters
    ----------
    names : `LINES`, `PREFERENCES` or `KNOWN`.

    Raises
    ------
    InputError : what cannot be read, and every fault of a row at once.
    """
    stat = _stat(path)
    return _read(path, names, *stat)


def _stat(path: Path) -> tuple[int, float]:
    if not path.is_file():
        known = ", ".join(sorted(other.name for other in path.parent.glob("*") if other.is_file()))
        raise InputError(f"{path.parent.name}/{path.name}", "there is no such file", f"the folder holds {known}")
    stat = path.stat()
    return stat.st_size, stat.st_mtime


@lru_cache(maxsize=20)
def _read(path: Path, names: tuple[str, ...], size: int, modified: float) -> Columns:
    where = f"{path.parent.name}/{path.name}"
    frame = _frame(path, where)
    for name in NEEDED[names]:
        if name not in frame.columns:
            raise InputError(where, f"has no column '{name}'", f"columns are {', '.join(frame.columns)}")
    known = columns_of(frame.select(_typed(frame, name, where) for name in names))
    _check(known, names, where)
    return known


def _frame(path: Path, where: str) -> pl.DataFrame:
    import polars as pl

    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        from detente.data.userfile import as_utf8, read_bytes

        content = read_bytes(path, where)
        if path.suffix == ".xz":
            content = lzma.decompress(content)
        return pl.read_csv(as_utf8(content, where).encode(), infer_schema_length=0, truncate_ragged_lines=False)
    except (pl.exceptions.PolarsError, lzma.LZMAError) as error:
        raise InputError(where, "cannot be read as a table", str(error).splitlines()[0]) from None


def _typed(frame: pl.DataFrame, name: str, where: str) -> pl.Expr:
    """A column as text or number; an empty one where the file lacks it."""
    import polars as pl

    kind = pl.Float64 if name in NUMBERS else pl.String
    if name not in frame.columns:
        return pl.lit(None if kind is pl.Float64 else "", dtype=kind).alias(name)
    if kind is pl.Float64 and frame.schema[name] == pl.String:
        _check_numbers(frame, name, where)
    value = pl.col(name).cast(kind, strict=False)
    return value if kind is pl.Float64 else value.fill_null("")


def _check_numbers(frame: pl.DataFrame, name: str, where: str) -> None:
    import polars as pl

    text = frame[name].fill_null("").str.strip_chars()
    wrong = (text != "") & text.cast(pl.Float64, strict=False).is_null()
    refuse_all(
        where,
        (f"row {row + 2}: '{text[row]}' is no {name}" for row in wrong.arg_true().to_list()),
        "write shares as 0.25; duties by quantity go into the column text",
    )


def _check(columns: Columns, names: tuple[str, ...], where: str) -> None:
    codes = columns[names[0]]
    bad = [
        i for i, code in enumerate(codes.tolist()) if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 10)
    ]
    refuse_all(where, (f"row {i + 2}: '{codes[i]}' is no tariff code" for i in bad), "use 2 to 10 digits without dots")
    rate = columns["general" if "general" in columns else "rate"]
    high = np.flatnonzero((rate < 0) | (rate > LARGEST))
    refuse_all(where, (f"row {i + 2}: {rate[i]:g} is no duty" for i in high.tolist()), "write shares: 25% is 0.25")
    if names == LINES:
        _check_lines(columns, where)


def _check_lines(columns: Columns, where: str) -> None:
    codes, start, kind = columns["code"], columns["from"], columns["kind"]
    odd = np.flatnonzero(~np.isin(kind, (*KINDS, "")))
    refuse_all(where, (f"row {i + 2}: '{kind[i]}' is no kind" for i in odd.tolist()), f"use {', '.join(KINDS)}")
    order = np.lexsort((start, codes))
    until = columns["until"]
    first, second = order[:-1], order[1:]
    same = codes[first] == codes[second]
    open_end = until[first] == ""
    overlap = same & (open_end | (start[second] <= until[first]))
    refuse_all(
        where, (f"line {codes[i]} is there twice" for i in second[overlap].tolist()), "give each its days, or keep one"
    )
    missing = np.flatnonzero(np.isnan(columns["general"]) & np.isin(kind, COUNTED))
    refuse_all(
        where, (f"row {i + 2}: line {codes[i]} has no rate" for i in missing.tolist()), "give general, or another kind"
    )


def refuse_all(where: str, faults: Iterable[str], repair: str) -> None:
    """Refuse a file with every fault of one kind, the first `MOST_FAULTS` by name; silent where there is none."""
    listed = list(faults)
    if not listed:
        return
    more = f" and {len(listed) - MOST_FAULTS:,} more" if len(listed) > MOST_FAULTS else ""
    raise InputError(where, "; ".join(listed[:MOST_FAULTS]) + more, repair)


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
    table: dict[str, NDArray[Any]] = {
        name: columns[name][picked] for name in ("from", "until", "rate", "source", "confidence")
    }
    return BaseSteps({"code": np.asarray(codes, dtype=np.str_), **table})


def days_of(columns: Columns) -> set[date]:
    """Days on which rows of a table begin or have just ended."""
    starts = {date.fromisoformat(day) for day in np.unique(columns["from"]).tolist() if day}
    return starts | {date.fromisoformat(day) + timedelta(1) for day in np.unique(columns["until"]).tolist() if day}
