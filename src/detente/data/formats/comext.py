"""Comext of Eurostat: trade of the European Union by eight digits of its nomenclature and month; EUR and kilograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.formats.areas import EU_AREAS
from detente.data.formats.declared import CODE, COUNTRY, NUMBER, PERIOD, TRADE, FileColumn, PublishedFormat
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

FLOWS = {"1": "import", "2": "export"}


def _flows(frame: pl.DataFrame, original: Original) -> pl.DataFrame:
    """Rows with the words for flows, and the customs procedure that tells them apart."""
    import polars as pl

    unknown = frame.filter(~pl.col("flow").is_in(list(FLOWS)))
    if unknown.height:
        raise InputError(original.name, f"'{unknown['flow'][0]}' is no flow", "1 is imports, 2 exports")
    detail = [pl.lit("procedure ") + pl.col("procedure")] if "procedure" in frame.columns else [pl.lit("")]
    return frame.with_columns(pl.col("flow").replace(FLOWS), pl.concat_str(detail).alias("detail"))


FORMATS = (
    PublishedFormat(
        name="comext",
        title="trade of EU members by CN8, partner, procedure and month, EUR",
        publisher="Eurostat",
        becomes=TRADE,
        how=(
            "get a month of the bulk download, as https://ec.europa.eu/eurostat/api/dissemination/files"
            "?file=comext%2FCOMEXT_DATA%2FPRODUCTS%2Ffull_v2_202412.7z, unpack it and give the .dat or CSV in it"
        ),
        licence="Eurostat: free with the source named",
        columns=(
            FileColumn("reporter", ("REPORTER", "DECLARANT_ISO", "DECLARANT"), COUNTRY, areas=EU_AREAS),
            FileColumn("partner", ("PARTNER", "PARTNER_ISO"), COUNTRY, areas=EU_AREAS),
            FileColumn("line", ("PRODUCT_NC",), CODE, digits=(8, 6, 4, 2), others=r"^(TOTAL|[\dA-Z]{8})$"),
            FileColumn("flow", ("FLOW",)),
            FileColumn("procedure", ("STAT_PROCEDURE", "STAT_REGIME"), needed=False, blank=True),
            FileColumn("quantity_unit", ("SUPPL_UNIT", "SUPP_UNIT"), needed=False, blank=True),
            FileColumn("period", ("PERIOD",), PERIOD),
            FileColumn("value", ("VALUE_EUR", "VALUE_IN_EUROS"), NUMBER),
            FileColumn("weight", ("QUANTITY_KG", "QUANTITY_IN_KG"), NUMBER, needed=False, blank=True),
            FileColumn("quantity", ("QUANTITY_SUPPL_UNIT", "SUP_QUANTITY"), NUMBER, needed=False, blank=True),
        ),
        finish=_flows,
        money="EUR",
    ),
)
