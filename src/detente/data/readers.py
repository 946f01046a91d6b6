"""Readers of a user's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName, digits
from detente.data.importers import importer
from detente.data.tables import countries
from detente.trade.flows import Flows

if TYPE_CHECKING:
    import polars as pl

FLOW_COLUMNS = ("line", "partner", "value")


def read_flows(path: Path, of: str = "USA") -> Flows:
    """Flows from a CSV or Parquet file with `line, partner, value` (USD) and optionally `claim`.

    Raises
    ------
    InputError
        a missing file or column, an unknown line or partner, a negative value or a duplicate pair,
        each with its row.
    """
    import polars as pl

    where = importer(of)
    frame = _frame(path, {"line": pl.String, "partner": pl.String})
    missing = [name for name in FLOW_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(str(path), f"has no column '{missing[0]}'", f"columns are {', '.join(FLOW_COLUMNS)}, claim")
    if not frame.height:
        raise InputError(str(path), "has no rows", "give one row per line and partner")
    lines = [digits(code, f"{path}, row {i}", (10,)) for i, code in enumerate(frame["line"].to_list(), start=2)]
    names = [countries().resolve(str(p), f"{path}, row {i}") for i, p in enumerate(frame["partner"].to_list(), start=2)]
    value = _numbers(frame, "value", path)
    at = where.lines.positions(lines)
    for row in np.flatnonzero(at < 0)[:1]:
        where.lines.index(lines[row], f"{path}, row {row + 2}")
    pairs = list(zip(lines, names, strict=True))
    if len(set(pairs)) != len(pairs):
        twice = next(i for i, pair in enumerate(pairs) if pair in pairs[:i])
        raise InputError(f"{path}, row {twice + 2}", f"{pairs[twice]} is there twice", "sum the rows first")
    if (value < 0).any():
        raise InputError(f"{path}, row {int(np.argmin(value)) + 2}", "the value is negative", "give zero or more")
    partners = tuple(sorted(set(names)))
    claim = _numbers(frame, "claim", path) if "claim" in frame.columns else np.zeros(value.size)
    position = {code: i for i, code in enumerate(partners)}
    return Flows(
        of,
        path.stem,
        where.lines,
        partners,
        at,
        np.asarray([position[n] for n in names], dtype=np.int64),
        value,
        claim,
        np.zeros(value.size),
        np.zeros(value.size, dtype=bool),
        source=str(path),
    )


def _numbers(frame: pl.DataFrame, name: str, path: Path) -> NDArray[np.float64]:
    import polars as pl

    column = frame[name].cast(pl.Float64, strict=False)
    bad = column.is_null() | column.is_nan().fill_null(True)
    if bad.any():
        row = int(bad.arg_true()[0])
        raise InputError(
            f"{path}, row {row + 2}", f"'{frame[name][row]}' in '{name}' is not a number", "give USD or a share"
        )
    return column.to_numpy()


ENDS = ("importer", "exporter")


def read_tariffs(
    path: Path, countries_known: Sequence[str], sectors: Sequence[str], column: str = "tariff"
) -> list[tuple[str, str, str | None, float]]:
    """Rows (importer, exporter, sector or None, new tariff as a share) of a CSV or Parquet file.

    Columns are `importer, exporter, tariff` (or another `column` of numbers, such as `quota`) and optionally `sector`;
    countries may be given by any code or name that the world's own codes or the country table know. Pairs left out
    keep what they have.

    Raises
    ------
    InputError, UnknownName
        a missing file or column, a number that is none, an unknown country or sector, each with its row.
    """
    import polars as pl

    frame = _frame(path, {"importer": pl.String, "exporter": pl.String, "sector": pl.String})
    needed = (*ENDS, column)
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        wanted = ", ".join((*needed, "sector (optional)"))
        raise InputError(str(path), f"has no column '{missing[0]}'", f"columns are {wanted}")
    rates = _numbers(frame, column, path)
    goods = frame["sector"].to_list() if "sector" in frame.columns else [None] * frame.height
    rows: list[tuple[str, str, str | None, float]] = []
    pairs = zip(frame["importer"].to_list(), frame["exporter"].to_list(), goods, rates.tolist(), strict=True)
    for number, (importer_, exporter, sector, rate) in enumerate(pairs, start=2):
        where = f"{path}, row {number}"
        if sector and sector not in sectors:
            raise UnknownName("sector", sector, sectors, where, f"sectors: {', '.join(sectors)}")
        ends = (_in_world(str(code), countries_known, where) for code in (importer_, exporter))
        rows.append((*ends, sector or None, rate))  # type: ignore[arg-type]
    return rows


def _in_world(text: str, known: Sequence[str], where: str) -> str:
    """Code of a country in a world, by its own code or by any name."""
    if text in known:
        return text
    code = countries().resolve(text, where)
    if code not in known:
        raise UnknownName("country", text, known, where, "the world does not have it; see `detente economy worlds`")
    return code


def _frame(path: Path, texts: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """A CSV or Parquet file with some columns read as text."""
    import polars as pl

    if not path.exists():
        raise InputError(str(path), "there is no such file", "check the path")
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, schema_overrides=dict(texts))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(str(path), f"cannot be read ({type(error).__name__})", "give CSV or Parquet") from None
