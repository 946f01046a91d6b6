"""Tables of nobody's format: Parquet, Stata, workbooks and DuckDB, whose columns are taken as they are."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, did_you_mean
from detente.data.formats.cells import Faulty
from detente.data.formats.declared import MISSING, ROWS, Grids, PublishedFormat
from detente.data.formats.original import AGAIN, FIRST_LINES, Original, workbook_rows
from detente.data.usertable import check_header

if TYPE_CHECKING:
    import polars as pl

MOSTLY = 0.8
"""Share of filled cells that are numbers from which on a column is one of numbers."""

HALF = 0.5
"""Share of the widest row that a head fills; a title above it fills less."""

ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!")
"""What a workbook shows where it could not calculate."""


def _typed(original: Original) -> tuple[pl.DataFrame, int]:
    """Columns of a file that says itself what they are."""
    check_header(original.frame.columns, original.name)
    if not original.frame.height:
        raise InputError(original.name, "has no rows", AGAIN)
    return _plain(original.frame), 1


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of numbers and text alone: decimals as numbers, days and all else as text."""
    import polars as pl

    def kind(series: pl.Series) -> pl.Series:
        if series.dtype.is_decimal():
            return series.cast(pl.Float64)
        plain = series.dtype.is_numeric() or series.dtype == pl.String
        return series if plain else series.cast(pl.String, strict=False)

    return frame.select(kind(series) for series in frame.get_columns())


def _workbook(original: Original) -> tuple[pl.DataFrame, int]:
    """Columns of a sheet under the first row that fills it; text among numbers and errors of formulas are refused."""
    import polars as pl

    rows = workbook_rows(original)
    wide = max((sum(map(bool, row)) for row in rows[:FIRST_LINES]), default=0)
    first = next((number for number, row in enumerate(rows) if sum(map(bool, row)) >= max(HALF * wide, 1)), len(rows))
    body = [row for row in rows[first + 1 :]]
    while body and not any(body[-1]):
        body.pop()
    if not body:
        raise InputError(original.name, "has no rows under a head", "give a sheet with names in its first row")
    heads = list(rows[first])
    while heads and not heads[-1]:
        heads.pop()
    check_header(heads, original.name)
    beyond = next((number for number, row in enumerate(body) if any(row[len(heads) :])), None)
    if beyond is not None:
        where = f"{original.name}, row {first + beyond + 2}"
        raise InputError(where, "has a cell in a column without a name", "name every column in the first row")
    data = {name: [row[k] if k < len(row) else "" for row in body] for k, name in enumerate(heads)}
    frame = pl.DataFrame(data, schema=dict.fromkeys(heads, pl.String))
    faults = Faulty(original.name, first + 2, frame, heads[:1])
    columns = [_of_kind(frame[name], faults) for name in heads]
    faults.refuse()
    return pl.DataFrame(columns), first + 2


def _of_kind(cells: pl.Series, faults: Faulty) -> pl.Series:
    """Numbers where most cells are, else text."""
    import polars as pl

    faults.add(cells.is_in(ERRORS), cells.name, "is an error of a formula", "mend it, or write the value")
    filled = ~cells.is_in(list(MISSING))
    values = cells.cast(pl.Float64, strict=False)
    coded = cells.str.contains(r"^0\d").any()
    share = float((filled & values.is_not_null()).sum()) / max(float(filled.sum()), 1.0)
    if coded or share < MOSTLY:
        return cells
    faults.add(
        filled & values.is_null() & ~cells.is_in(ERRORS), cells.name, "is no number, as the column's other cells are",
        "give a number",
    )  # fmt: skip
    return values.alias(cells.name)


def _database(original: Original) -> tuple[pl.DataFrame, int]:
    """The one table of a database, or the one that a user names."""
    try:
        duckdb: Any = import_module("duckdb")
    except ImportError:
        raise InputError(
            original.name, "is a DuckDB database, which needs duckdb", "install detente[duckdb], or write it as Parquet"
        ) from None
    import polars as pl

    try:
        with duckdb.connect(str(original.path), read_only=True) as base:
            names = [str(row[0]) for row in base.execute("select table_name from duckdb_tables()").fetchall()]
            rows = base.execute(f'select * from "{_chosen(original, names)}"')
            heads = [str(column[0]) for column in rows.description or ()]
            frame = pl.DataFrame(rows.fetchall(), schema=heads, orient="row", infer_schema_length=None)
    except duckdb.Error as error:
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None
    if not frame.height:
        raise InputError(original.name, "has no rows", AGAIN)
    return _plain(frame), 1


def _chosen(original: Original, names: list[str]) -> str:
    named = original.words.get("table", "")
    if named in names or (not named and len(names) == 1):
        return named or names[0]
    if named:
        near = did_you_mean(named, names)
        raise InputError(
            original.name, f"has no table '{named}'", f"did you mean {near}?" if near else ", ".join(names)
        )
    what = f"holds {len(names)} tables: {', '.join(names[:8])}" if names else "holds no table"
    raise InputError(original.name, what, "name one of them, `table=`")


def _any(original: Original) -> bool:
    return bool(original.content)


def _rows_of(name: str, title: str, container: str, grid: Grids) -> PublishedFormat:
    return PublishedFormat(
        name=name,
        title=title,
        publisher="whoever made it",
        becomes=ROWS,
        how="any file of that kind",
        licence="its maker's",
        containers=(container,),
        recognise=_any,
        grid=grid,
        unique=False,
    )


FORMATS = (
    _rows_of("parquet", "a table in Parquet", "parquet", _typed),
    _rows_of("stata", "a table of Stata (.dta), editions 10 to 18", "stata", _typed),
    _rows_of("workbook", "a sheet of a workbook (.xlsx)", "workbook", _workbook),
    _rows_of("duckdb", "a table of a DuckDB database", "duckdb", _database),
)
