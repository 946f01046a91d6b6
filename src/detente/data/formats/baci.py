"""BACI of CEPII: trade of all countries by subheading, mirrored flows reconciled; thousand USD and tonnes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.data.formats.areas import UN_AREAS
from detente.data.formats.declared import CODE, COUNTRY, NUMBER, PERIOD, TRADE, FileColumn, PublishedFormat
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl


def _imports(frame: pl.DataFrame, _: Original) -> pl.DataFrame:
    """Rows as imports of the importer."""
    import polars as pl

    return frame.with_columns(pl.lit("import").alias("flow"))


FORMATS = (
    PublishedFormat(
        name="baci",
        title="trade of all countries by HS6 and year, reconciled",
        publisher="CEPII",
        becomes=TRADE,
        how=(
            "download an edition of the HS, as https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_HS17_V202501.zip, "
            "and give the CSV of a year"
        ),
        licence="Etalab open licence 2.0: free with citation",
        columns=(
            FileColumn("period", ("t",), PERIOD),
            FileColumn("partner", ("i",), COUNTRY, areas=UN_AREAS),
            FileColumn("reporter", ("j",), COUNTRY, areas=UN_AREAS),
            FileColumn("line", ("k",), CODE, digits=(6,)),
            FileColumn("value", ("v",), NUMBER, factor=1000.0),
            FileColumn("weight", ("q",), NUMBER, factor=1000.0, blank=True),
        ),
        member="Y{year}",
        finish=_imports,
    ),
)
