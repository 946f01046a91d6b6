"""Inter-Country Input-Output tables of the OECD, editions of 2021, 2023 and 2025; million USD at basic prices.

A table is a matrix: a row for each product of a country, a column for each use of a country.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.codes import InputError, check_none
from detente.data.formats.cells import SHOWN
from detente.data.formats.declared import USE, PublishedFormat
from detente.data.formats.original import AGAIN, Original, ragged
from detente.data.tables import countries

if TYPE_CHECKING:
    import polars as pl

LABEL = re.compile(r"^([A-Z][A-Z0-9]{2})_([A-Z][A-Z0-9_]*)$")
FINAL = frozenset(("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "P33"))
"""Kinds of final use."""

OLDER = re.compile(r"_A01_02$")
"""Agriculture in one industry: editions before that of 2025."""

SPLIT = re.compile(r"^(ROW|(MX|CN)[1-3])$")
"""The rest of the world, and parts of Mexico and China by kind of firm."""

TOTALS = ("OUT", "TOT", "GO", "OUTPUT", "TOTAL")
"""Rows and columns that sum others."""

AT_ONCE = 200
"""Columns that are made long together: zeros go before the next."""

YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)")
MILLION = 1e6
FIRST = 2
"""Row of the file of the first row of the matrix."""


def _is_icio(original: Original, older: bool) -> bool:
    heads = original.first_rows[0] if original.first_rows else []
    labels = [cell for cell in heads if LABEL.match(cell.strip())]
    if len(labels) < 4 or len(labels) < len(heads) - 3:
        return False
    return any(OLDER.search(label) for label in labels) is older


def _older(original: Original) -> bool:
    return _is_icio(original, True)


def _newer(original: Original) -> bool:
    return _is_icio(original, False)


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Uses other than zero; rows of value added and taxes have no country."""
    import polars as pl

    frame, heads = _matrix(original)
    industries = [head for head in heads if (match := LABEL.match(head)) and match[2] not in FINAL]
    rows = frame["label"].fill_null("").to_list()
    _check_countries(original, [label[:3] for label in (*industries, *rows) if LABEL.match(label)])
    _check_complete(original, rows, industries)
    long = _long(original, frame, heads)
    long = long.filter(~pl.col("label").is_in(TOTALS) & ~pl.col("column").is_in(TOTALS))
    labels = {label: LABEL.match(label) for label in {*rows, *heads}}
    areas = {label: _iso3(match[1]) if match else "" for label, match in labels.items()}
    items = {label: match[2] if match else label for label, match in labels.items()}
    return (
        long.select(
            pl.col("label").replace_strict(areas, default="").alias("seller"),
            pl.col("label").replace_strict(items, default="").alias("product"),
            pl.col("column").replace_strict(areas, default="").alias("user"),
            pl.col("column").replace_strict(items, default="").alias("use"),
            pl.lit(_year(original)).alias("period"),
            (pl.col("value") * MILLION).alias("value"),
        ),
        FIRST,
    )


def _year(original: Original) -> str:
    """Year of a table: as the user says, else the last in the name of its file that a year of a table may be."""
    years = YEAR.findall(original.name.rpartition("/")[2])
    return original.words.get("year", "") or (years[-1] if years else "")


def _matrix(original: Original) -> tuple[pl.DataFrame, list[str]]:
    """Cells as text, `label` of the row and a column for each use by its place; and heads of the uses in order."""
    import polars as pl

    original.check_end()
    heads = original.first_rows[0]
    try:
        frame = pl.read_csv(
            io.BytesIO(original.text.encode()),
            has_header=False,
            infer_schema=False,
            skip_lines=1,
            separator=original.separator,
            new_columns=["label", *(str(k) for k in range(1, len(heads)))],
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        ragged(original, 1, len(heads))
        raise InputError(original.name, f"is no table ({type(error).__name__})", AGAIN) from None
    frame = frame.filter(pl.any_horizontal(pl.all().is_not_null() & (pl.all() != "")))
    uses = [k for k in range(1, len(heads)) if heads[k].strip()]
    if not frame.height or not uses:
        raise InputError(original.name, "has no rows under its head", AGAIN)
    twice = sorted({heads[k] for k in uses if [heads[j] for j in uses].count(heads[k]) > 1}) if len(uses) < 500 else []
    check_none([InputError(original.name, f"column '{name}' is there twice", "keep one") for name in twice[:SHOWN]])
    return frame.select("label", *map(str, uses)), [heads[k].strip() for k in uses]


def _long(original: Original, frame: pl.DataFrame, heads: Sequence[str]) -> pl.DataFrame:
    """Cells other than zero, one a row: `label`, `column` and `value`; what is no number is refused, all at once."""
    import polars as pl

    faults: list[InputError] = []
    parts: list[pl.DataFrame] = []
    places = frame.columns[1:]
    for start in range(0, len(places), AT_ONCE):
        named = dict(zip(places[start : start + AT_ONCE], heads[start : start + AT_ONCE], strict=True))
        values = {place: _numbers(frame, place, head, original.name, faults) for place, head in named.items()}
        wide = pl.DataFrame({"label": frame["label"], **values})
        long = wide.unpivot(index="label", variable_name="column", value_name="value").filter(pl.col("value") != 0.0)
        parts.append(long.with_columns(pl.col("column").replace(named)))
    check_none(faults)
    return pl.concat(parts)


def _numbers(frame: pl.DataFrame, place: str, head: str, name: str, faults: list[InputError]) -> pl.Series:
    """A column as numbers; what is none is added to the faults, as far as they are told."""
    import polars as pl

    cells = frame[place]
    numbers = cells.str.strip_chars().cast(pl.Float64, strict=False)
    wrong = (~numbers.is_finite()).fill_null(True)
    if wrong.any():
        for row in wrong.arg_true().to_list()[: SHOWN - len(faults)]:
            cell = "" if cells[row] is None else str(cells[row])[:40]
            where = f"{name}, row {row + FIRST} ({frame['label'][row]}), column {head}"
            faults.append(InputError(where, f"'{cell}' is no number", f"give a number, or {AGAIN}"))
    return numbers


def _check_complete(original: Original, rows: Sequence[str], columns: Sequence[str]) -> None:
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


def _check_countries(original: Original, codes: Sequence[str]) -> None:
    """Refuse codes that are no country of a table."""
    book = countries()
    known = {*book.names, *(name.upper() for name in book.aliases)}
    wrong = [code for code in dict.fromkeys(codes) if code not in known and not SPLIT.match(code)]
    check_none([InputError(original.name, f"'{code}' is no country", AGAIN) for code in wrong[:SHOWN]])


def _iso3(code: str) -> str:
    """ISO3 of a country of a table; the rest of the world and parts of countries stay."""
    book = countries()
    return code if code in book.names else book.aliases.get(code.lower(), code)


def _edition(name: str, title: str, older: bool) -> PublishedFormat:
    return PublishedFormat(
        name=name,
        title=title,
        publisher="OECD",
        becomes=USE,
        how="get the archive of years of the ICIO tables at www.oecd.org/sti/ind; give the CSV of a year",
        licence="CC BY 4.0: cite the OECD's ICIO tables and the edition",
        containers=("text",),
        recognise=_older if older else _newer,
        grid=_grid,
        member="{year}",
    )


FORMATS = (
    _edition("icio-2023", "use by source of 76 economies and the rest, 45 industries (edition of 2023)", True),
    _edition("icio-2025", "use by source of 80 economies and the rest, 50 industries (edition of 2025)", False),
)
