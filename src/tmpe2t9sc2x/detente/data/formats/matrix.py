"""Tables of use by source as matrices: a row for each product of a country, a column for each use of a country."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.codes import InputError, check_none
from detente.data.formats.areas import INPUT_OUTPUT_AREAS
from detente.data.formats.cells import SHOWN
from detente.data.formats.original import Original, ragged
from detente.data.formats.packed import AGAIN, workbook_rows
from detente.data.tables import countries

if TYPE_CHECKING:
    import polars as pl

TOTALS = frozenset(("OUT", "TOT", "GO", "OUTPUT", "TOTAL"))
"""Rows and columns that sum others."""

AT_ONCE = 200
"""Columns that are made long together: zeros go before the next."""

YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)")


def year_of(original: Original) -> str:
    """Year of a table: as the user says, else the last in the name of its file that a year of a table may be."""
    years = YEAR.findall(original.name.rpartition("/")[2])
    return original.words.get("year", "") or (years[-1] if years else "")


def matrix_rows(original: Original, head: int, labels: Sequence[int]) -> tuple[pl.DataFrame, list[str], int]:
    """Cells of a matrix as text: labels of its rows as `label 0` and so on, then a column for each use by its place.

    Returns
    -------
    The cells, heads of the columns of uses in order, and the row of the file of the first.
    """
    import polars as pl

    original.check_end()
    heads = original.first_rows[head]
    if original.container == "workbook":
        rows = workbook_rows(original)[head + 1 :]
        data = {str(k): [row[k] if k < len(row) else "" for row in rows] for k in range(len(heads))}
        frame = pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))
    else:
        try:
            frame = pl.read_csv(
                io.BytesIO(original.text.encode()),
                has_header=False,
                infer_schema=False,
                skip_lines=head + 1,
                separator=original.separator,
                new_columns=[str(k) for k in range(len(heads))],
            )
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            ragged(original, head + 1, len(heads))
            raise InputError(original.name, f"is no table ({type(error).__name__})", AGAIN) from None
    frame = frame.filter(pl.any_horizontal(pl.all().is_not_null() & (pl.all() != "")))
    uses = [k for k in range(len(heads)) if k not in labels and heads[k].strip()]
    if not frame.height or not uses:
        raise InputError(original.name, "has no rows under its head", AGAIN)
    twice = sorted({heads[k] for k in uses if [heads[j] for j in uses].count(heads[k]) > 1}) if len(uses) < 500 else []
    check_none([InputError(original.name, f"column '{name}' is there twice", "keep one") for name in twice[:SHOWN]])
    named = {str(k): f"label {n}" for n, k in enumerate(labels)}
    frame = frame.select([pl.col(place).alias(name) for place, name in named.items()] + [pl.col(str(k)) for k in uses])
    return frame, [heads[k].strip() for k in uses], head + 2


def long_of(original: Original, frame: pl.DataFrame, heads: Sequence[str], first: int) -> pl.DataFrame:
    """Cells other than zero, one a row: labels, `column` and `value`; what is no number is refused, all at once."""
    import polars as pl

    labels = [name for name in frame.columns if name.startswith("label ")]
    faults: list[InputError] = []
    parts: list[pl.DataFrame] = []
    places = frame.columns[len(labels) :]
    for start in range(0, len(places), AT_ONCE):
        named = dict(zip(places[start : start + AT_ONCE], heads[start : start + AT_ONCE], strict=True))
        values = {
            place: _numbers(frame, place, head, labels, first, original.name, faults) for place, head in named.items()
        }
        wide = pl.DataFrame({**{name: frame[name] for name in labels}, **values})
        long = wide.unpivot(index=labels, variable_name="column", value_name="value").filter(pl.col("value") != 0.0)
        parts.append(long.with_columns(pl.col("column").replace(named)))
    check_none(faults)
    return pl.concat(parts)


def _numbers(
    frame: pl.DataFrame, place: str, head: str, labels: Sequence[str], first: int, name: str, faults: list[InputError]
) -> pl.Series:
    """A column as numbers; what is none is added to the faults, as far as they are told."""
    import polars as pl

    cells = frame[place]
    numbers = cells.str.strip_chars().cast(pl.Float64, strict=False)
    wrong = (~numbers.is_finite()).fill_null(True)
    if wrong.any():
        for row in wrong.arg_true().to_list()[: SHOWN - len(faults)]:
            key = " ".join(str(frame[label][row]) for label in labels)
            cell = "" if cells[row] is None else str(cells[row])[:40]
            where = f"{name}, row {row + first} ({key}), column {head}"
            faults.append(InputError(where, f"'{cell}' is no number", f"give a number, or {AGAIN}"))
    return numbers


def complete(original: Original, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse a table that has a use by an industry of which it has no row: the file was cut off.

    Parameters
    ----------
    rows, columns : labels of industries of countries among rows and among columns.
    """
    lacking = sorted(set(columns) - set(rows))
    if lacking:
        shown = ", ".join(lacking[:4])
        what = f"lacks {len(lacking):,} rows of the {len(set(columns)):,} industries of its columns, as {shown}"
        raise InputError(original.name, what, AGAIN)


def check_countries(original: Original, codes: Sequence[str]) -> None:
    """Refuse codes that are no country of a table."""
    book = countries()
    split = re.compile(r"^(MX|CN)[1-3]$")
    wrong = [
        code
        for code in dict.fromkeys(codes)
        if code not in book.names
        and code not in INPUT_OUTPUT_AREAS
        and not split.match(code)
        and code.lower() not in book.aliases
    ]
    check_none([InputError(original.name, f"'{code}' is no country", AGAIN) for code in wrong[:SHOWN]])


def iso3(code: str) -> str:
    """ISO3 of a country of a table; the rest of the world, parts of countries and rows that are none stay."""
    book = countries()
    return INPUT_OUTPUT_AREAS.get(code) or (code if code in book.names else book.aliases.get(code.lower(), code))
