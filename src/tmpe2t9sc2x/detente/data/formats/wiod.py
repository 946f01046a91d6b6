"""World Input-Output Database, release of 2016: rows by industry and country, columns by country and number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.formats.declared import USE, PublishedFormat, fold_head
from detente.data.formats.matrix import check_countries, complete, iso3, long_of, matrix_rows, year_of
from detente.data.formats.original import Original
from detente.data.formats.packed import AGAIN

if TYPE_CHECKING:
    import polars as pl

LABELS = ("industrycode", "country", "rnr")
BESIDE = ("industrydescription", "year")
USER = re.compile(r"^v?([A-Z]{3}|ROW|RoW)(\d{1,2})$")
FINAL = {57: "CONS_h", 58: "CONS_np", 59: "CONS_g", 60: "GFCF", 61: "INVEN"}
"""Number of a column of final use -> its code."""

TOTALS = ("II_fob", "GO")
"""Rows that sum others."""


def _head(original: Original) -> int:
    """The row of heads, -1 where there is none."""
    for number, row in enumerate(original.first_rows):
        if set(LABELS) <= {fold_head(cell) for cell in row}:
            return number
    return -1


def _is_wiod(original: Original) -> bool:
    return _head(original) >= 0


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Uses other than zero; rows of taxes, margins and value added have no country."""
    import polars as pl

    head = _head(original)
    heads = [fold_head(cell) for cell in original.first_rows[head]]
    places = [heads.index(label) for label in LABELS]
    years = {place for place, name in enumerate(heads) if name in BESIDE}
    frame, uses, first = matrix_rows(original, head, (*places, *years))
    frame = frame.drop([name for name in frame.columns if name.startswith("label ") and int(name[6:]) > 2])
    kept = [(place, name) for place, name in zip(frame.columns[3:], uses, strict=True) if USER.match(name)]
    if not kept:
        raise InputError(original.name, "has no column of a use, as AUS1", AGAIN)
    frame = frame.select([*frame.columns[:3], *(place for place, _ in kept)])
    names = [name for _, name in kept]
    number = {name: (match[1], int(match[2])) for name in names if (match := USER.match(name))}
    check_countries(original, [country for country, _ in number.values()])
    code = dict(zip(frame["label 2"].to_list(), frame["label 0"].to_list(), strict=True))
    rows = [f"{c} {n}" for c, n in zip(frame["label 1"].to_list(), frame["label 2"].to_list(), strict=True)]
    complete(original, rows, [f"{c} {n}" for c, n in number.values() if n not in FINAL])
    long = long_of(original, frame, names, first).filter(~pl.col("label 0").is_in(TOTALS))
    sellers = {c: "" if c == "TOT" else iso3(c) for c in set(frame["label 1"].to_list())}
    users = {name: iso3(country) for name, (country, _) in number.items()}
    uses_of = {name: FINAL.get(n) or code.get(str(n), str(n)) for name, (_, n) in number.items()}
    return (
        long.select(
            pl.col("label 1").replace_strict(sellers, default="").alias("seller"),
            pl.col("label 0").alias("product"),
            pl.col("column").replace_strict(users, default="").alias("user"),
            pl.col("column").replace_strict(uses_of, default="").alias("use"),
            pl.lit(year_of(original)).alias("period"),
            (pl.col("value") * 1e6).alias("value"),
        ),
        first,
    )


FORMATS = (
    PublishedFormat(
        name="wiod",
        title="use by source of 43 countries and the rest, 56 industries (release of 2016)",
        publisher="World Input-Output Database, University of Groningen",
        becomes=USE,
        how="get the tables in R or Excel at www.rug.nl/ggdc/valuechain/wiod; save a year as CSV or .xlsx",
        licence="CC BY 4.0: cite Timmer and others (2015)",
        containers=("text", "workbook"),
        recognise=_is_wiod,
        grid=_grid,
    ),
)
