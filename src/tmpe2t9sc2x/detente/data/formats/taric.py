"""TARIC of the European Commission: duties on imports by goods code, origin and day, as its workbook gives them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.data.formats.cells import Faulty, grid_of
from detente.data.formats.declared import CODE, TARIFFS, FileColumn, PublishedFormat
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

PERCENT = re.compile(r"^(\d+(?:\.\d+)?)\s*%$")
FROM_GOODS = r"\s+\d\d$"
"""Suffix of a goods code that tells headings from lines."""

COLUMNS = (
    FileColumn("line", ("Goods code",), CODE, digits=(10,)),
    FileColumn("code", ("Add code",), needed=False, blank=True),
    FileColumn("order", ("Order No.", "Order number"), needed=False, blank=True),
    FileColumn("period", ("Start date",)),
    FileColumn("end", ("End date",), needed=False, blank=True),
    FileColumn("origin", ("Origin",)),
    FileColumn("kind", ("Measure type",)),
    FileColumn("basis", ("Legal base",), needed=False, blank=True),
    FileColumn("text", ("Duty",), blank=True),
    FileColumn("partner", ("Origin code",)),
)


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Cells of the workbook; the suffix of goods codes is taken off."""
    import polars as pl

    frame, first = grid_of(original, COLUMNS)
    frame = frame.with_columns(pl.col("line").str.replace(FROM_GOODS, ""))
    faults = Faulty(original.name, first, frame, ("line", "partner", "kind"))
    for name in ("period", "end"):
        if name in frame.columns:
            wrong = ~frame[name].str.contains(r"^(\d{4}-\d\d-\d\d|\d\d[-/.]\d\d[-/.]\d{4}|)")
            faults.add(wrong, name, "is no day", "write it as 2025-01-31")
    faults.add(~frame["text"].str.contains(r"(?i)%|EUR|NAR|free|cond|^$|\d"), "text", "is no duty", "give a duty")
    faults.refuse()
    return frame, first


def _rates(frame: pl.DataFrame, _: Original) -> pl.DataFrame:
    """Rows with the rate in shares where it is of value alone."""
    import polars as pl

    detail = [pl.col(name) for name in ("code", "order", "end", "basis") if name in frame.columns]
    rate = (pl.col("text").str.extract(PERCENT.pattern, 1).cast(pl.Float64, strict=False) / 100).round(12)
    return frame.with_columns(
        pl.lit("EUU").alias("importer"),
        rate.alias("rate"),
        (pl.concat_str(detail, separator=" ").str.strip_chars() if detail else pl.lit("")).alias("detail"),
    )


FORMATS = (
    PublishedFormat(
        name="taric",
        title="duties on imports into the European Union by goods code, origin and day",
        publisher="European Commission",
        becomes=TARIFFS,
        how="get 'Duties Import 01-99.xlsx' of the TARIC group at circabc.europa.eu",
        licence="European Commission: free with the source named",
        columns=COLUMNS,
        grid=_grid,
        finish=_rates,
        unique=False,
    ),
)
