"""TRAINS of UNCTAD through WITS of the World Bank: average rates by HS6, to all and under preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.data.formats.areas import UN_AREAS
from detente.data.formats.cells import head_row
from detente.data.formats.declared import (
    CODE,
    COUNTRY,
    NUMBER,
    PERIOD,
    TARIFFS,
    FileColumn,
    PublishedFormat,
)
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

PERCENT = 0.01
AREAS = {**UN_AREAS, "000": "WLD", "All": "WLD"}
COLUMNS = (
    FileColumn("importer", ("Reporter_ISO_N", "Reporter"), COUNTRY, areas={**AREAS, "918": "EUU", "000": "WLD"}),
    FileColumn("partner", ("Partner",), needed=False, blank=True),
    FileColumn("line", ("ProductCode", "Product"), CODE, digits=(2, 4, 6, 8, 10)),
    FileColumn("period", ("Year", "Tariff Year"), PERIOD),
    FileColumn("kind", ("DutyType",), needed=False, blank=True),
    FileColumn("detail", ("NomenCode", "Native Nomen", "Selected Nomen")),
    FileColumn("rate", ("SimpleAverage", "Simple Average"), NUMBER, factor=PERCENT, blank=True),
    FileColumn("preferential", ("Nbr_Pref_Lines",), needed=False, blank=True),
)


def _rates(frame: pl.DataFrame, original: Original) -> pl.DataFrame:
    """Rows with the kind of rate: a file without a column of it is of one kind, which its columns tell."""
    import polars as pl

    _, heads = head_row(original, COLUMNS)
    kind = "applied" if "nbrpreflines" in heads else "MFN"
    partner = pl.col("partner").replace(AREAS) if "partner" in frame.columns else pl.lit("WLD")
    named = pl.col("kind") if "kind" in frame.columns else pl.lit(kind)
    text = (pl.col("rate") * 100).round(6).cast(pl.String) + "%"
    frame = frame.with_columns(pl.col("rate").round(12))
    return frame.with_columns(partner.alias("partner"), named.alias("kind"), text.fill_null("").alias("text"))


FORMATS = (
    PublishedFormat(
        name="wits",
        title="average rates by reporter, partner, HS6 and year (TRAINS)",
        publisher="UNCTAD and World Bank",
        becomes=TARIFFS,
        how="make a bulk download or a query of tariffs at wits.worldbank.org, CSV",
        licence="terms of WITS: free for own use with the source named, not for passing on",
        columns=COLUMNS,
        finish=_rates,
    ),
)
