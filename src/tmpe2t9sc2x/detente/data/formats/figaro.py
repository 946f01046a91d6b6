"""FIGARO of Eurostat: use by source of EU members and partners, as a flat file or a matrix; million EUR."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.data.formats.areas import EU_AREAS, INPUT_OUTPUT_AREAS
from detente.data.formats.declared import COUNTRY, NUMBER, USE, FileColumn, PublishedFormat
from detente.data.formats.matrix import TOTALS, check_countries, complete, iso3, long_of, matrix_rows, year_of
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

AREAS = {**EU_AREAS, **INPUT_OUTPUT_AREAS, "W2": "DOM", "WRL_REST": "ROW"}
LABEL = re.compile(r"^(FIGW1|WRL_REST|[A-Z][A-Z0-9]|W2)_(.+)$")
FINAL = re.compile(r"^(P3_S\d+|P51G|P5M|P3|P5|P52_?\w*)$")
FIRST = frozenset(("rowlabels", "icioirow", "icioprow", "icsuprow", "icuserow"))
LICENCE = "Eurostat: free with the source named"
HOW = "get a year of the FIGARO tables at ec.europa.eu/eurostat/web/esa-supply-use-input-tables/database"


def _dated(frame: pl.DataFrame, original: Original) -> pl.DataFrame:
    import polars as pl

    return frame.filter(pl.col("value") != 0.0).with_columns(pl.lit(year_of(original)).alias("period"))


def _is_matrix(original: Original) -> bool:
    rows = original.first_rows
    heads = [cell.strip() for cell in rows[0]] if rows else []
    return len(heads) > 4 and heads[0].lower() in FIRST and all(LABEL.match(head) for head in heads[1:] if head)


def _matrix(original: Original) -> tuple[pl.DataFrame, int]:
    """Uses other than zero of a matrix."""
    import polars as pl

    frame, heads, first = matrix_rows(original, 0, (0,))
    rows = frame["label 0"].fill_null("").to_list()
    parts = {label: LABEL.match(label) for label in {*rows, *heads}}
    industries = [head for head in heads if (match := parts[head]) and not FINAL.match(match[2])]
    check_countries(original, [_area(match[1]) for match in parts.values() if match and match[1] != "W2"])
    complete(original, rows, industries)
    long = long_of(original, frame, heads, first).filter(~pl.col("label 0").is_in(list(TOTALS)))
    areas = {label: iso3(_area(match[1])) if match else "" for label, match in parts.items()}
    items = {label: match[2] if match else label for label, match in parts.items()}
    return (
        long.select(
            pl.col("label 0").replace_strict(areas, default="").alias("seller"),
            pl.col("label 0").replace_strict(items, default="").alias("product"),
            pl.col("column").replace_strict(areas, default="").alias("user"),
            pl.col("column").replace_strict(items, default="").alias("use"),
            pl.lit(year_of(original)).alias("period"),
            (pl.col("value") * 1e6).alias("value"),
        ),
        first,
    )


def _area(code: str) -> str:
    return AREAS.get(code, code)


FORMATS = (
    PublishedFormat(
        name="figaro",
        title="use by source of EU members and 18 partners, 64 industries: flat file, EUR",
        publisher="Eurostat",
        becomes=USE,
        how=HOW,
        licence=LICENCE,
        columns=(
            FileColumn("seller", ("refArea",), COUNTRY, areas=AREAS),
            FileColumn("product", ("rowIi", "rowPi")),
            FileColumn("user", ("counterpartArea",), COUNTRY, areas=AREAS),
            FileColumn("use", ("colIi", "colPi")),
            FileColumn("value", ("obsValue",), NUMBER, factor=1e6, signed=True),
        ),
        finish=_dated,
        money="EUR",
    ),
    PublishedFormat(
        name="figaro-matrix",
        title="use by source of EU members and 18 partners, 64 industries: matrix, EUR",
        publisher="Eurostat",
        becomes=USE,
        how=HOW,
        licence=LICENCE,
        containers=("text",),
        recognise=_is_matrix,
        grid=_matrix,
        money="EUR",
    ),
)
