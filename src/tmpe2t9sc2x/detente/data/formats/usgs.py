"""Mineral Commodity Summaries of the USGS: production, capacity and reserves of the world, a column a year."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.codes.countries import fold
from detente.data.formats.cells import Faulty, grid_of, head_row
from detente.data.formats.declared import MINERALS, MISSING, FileColumn, PublishedFormat
from detente.data.formats.original import Original
from detente.data.tables import countries

if TYPE_CHECKING:
    import polars as pl

NAMES = (
    FileColumn("commodity", ("COMMODITY",)),
    FileColumn("country", ("COUNTRY",)),
    FileColumn("what", ("TYPE",), blank=True),
    FileColumn("unit", ("UNIT_MEAS",), blank=True),
)
FIGURE = re.compile(r"^(PROD|CAP|RESERVES)_(?:EST_)?\s*(\d{4})$")
KINDS = {"PROD": "production", "CAP": "capacity", "RESERVES": "reserves"}
SIGNS = re.compile(r"^[<>~≈]\s*")
"""Signs before a figure that is no more than a bound, as in >1,000."""


def _figures(original: Original) -> list[tuple[str, str, str]]:
    """Head, kind and year of each column of figures."""
    row, _ = head_row(original, NAMES)
    matches = [(head, FIGURE.match(head.strip())) for head in original.first_rows[row]]
    return [(head, KINDS[match[1]], match[2]) for head, match in matches if match]


def _is_world(original: Original) -> bool:
    _, heads = head_row(original, NAMES)
    return all(column.place(heads) is not None for column in NAMES) and bool(_figures(original))


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """A row for each figure; bounds (>1,000) count as their number."""
    import polars as pl

    figures = _figures(original)
    if not figures:
        raise InputError(original.name, "has no column of a year, as PROD_2023", "get the file again")
    extra = [FileColumn(f"{kind} {year}", (head,), blank=True) for head, kind, year in figures]
    frame, first = grid_of(original, (*NAMES, *extra))
    faults = Faulty(original.name, first, frame, ("commodity", "country", "what"))
    parts = []
    for name in ("commodity", "country"):
        faults.add(frame[name] == "", name, "is blank", "fill it in, or leave the row out")
    for column in extra:
        cells = frame[column.name].str.replace(SIGNS.pattern, "").str.replace_all(",", "", literal=True)
        values = cells.cast(pl.Float64, strict=False)
        none = cells.is_in(list(MISSING)) | cells.str.to_lowercase().str.contains(r"^(large|small|none|moderate|—|–)")
        faults.add(~none & (~values.is_finite()).fill_null(True), column.name, "is no number", "give a number")
        kind, year = column.name.split(" ")
        parts.append(_part(frame, kind, year, values))
    faults.refuse()
    return pl.concat(parts), first


def _part(frame: pl.DataFrame, kind: str, year: str, values: pl.Series) -> pl.DataFrame:
    import polars as pl

    names = {text: _country(text) for text in frame["country"].unique().to_list()}
    return frame.select(
        "commodity",
        pl.col("country").replace(names),
        (pl.lit(f"{kind}: ") + pl.col("what")).str.strip_chars(": ").alias("statistic"),
        "unit",
        pl.lit(year).alias("period"),
        values.alias("value"),
    ).filter(pl.col("value").is_not_null())


def _country(text: str) -> str:
    book = countries()
    return book.aliases.get(fold(text), text)


FORMATS = (
    PublishedFormat(
        name="usgs",
        title="world production, capacity and reserves of minerals, Mineral Commodity Summaries",
        publisher="US Geological Survey",
        becomes=MINERALS,
        how="get the data release of the Mineral Commodity Summaries at www.sciencebase.gov; give its World_Data CSV",
        licence="work of the US government, in the public domain",
        recognise=_is_world,
        grid=_grid,
        unique=False,
    ),
)
