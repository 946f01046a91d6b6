"""DataWeb of the USITC: US imports or exports by HTS number, country, year and month; USD."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.data.formats.areas import WORLD
from detente.data.formats.cells import head_row
from detente.data.formats.declared import CODE, COUNTRY, NUMBER, PERIOD, TRADE, FileColumn, PublishedFormat
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

AREAS = {
    "European Union": "EUU", "EU": "EUU", "USMCA": "USMCA", "All Countries": WORLD, "Total": WORLD,
    "Total All Countries": WORLD, "World": WORLD,
}  # fmt: skip
VALUES = (
    "Customs Value", "General Customs Value", "Imports for Consumption Customs Value", "CIF Import Value",
    "FAS Value", "Total Exports FAS Value", "Domestic Exports FAS Value", "Landed Duty-Paid Value",
)  # fmt: skip
COLUMNS = (
    FileColumn("line", ("HTS Number", "HTS", "Schedule B Number"), CODE, digits=(2, 4, 6, 8, 10)),
    FileColumn("partner", ("Country",), COUNTRY, areas=AREAS),
    FileColumn("period", ("Year",), PERIOD),
    FileColumn("month", ("Month",), needed=False, blank=True),
    FileColumn("value", VALUES, NUMBER),
    FileColumn("duty", ("Calculated Duties",), NUMBER, needed=False, blank=True),
    FileColumn("quantity", ("First Unit of Quantity", "Quantity"), NUMBER, needed=False, blank=True),
    FileColumn("quantity_unit", ("Quantity Description", "Unit of Quantity"), needed=False, blank=True),
    FileColumn("detail", ("Rate Provision Code", "District", "Special Import Program"), needed=False, blank=True),
)


def _flows(frame: pl.DataFrame, original: Original) -> pl.DataFrame:
    """Rows as trade of the United States; its heads say whether it is of exports."""
    import polars as pl

    number, _ = head_row(original, COLUMNS)
    heads = " ".join(original.first_rows[number])
    export = re.search(r"Schedule B|FAS Value|Export", heads) is not None
    period = pl.col("period")
    if "month" in frame.columns:
        month = pl.col("month").str.zfill(2)
        period = pl.when(pl.col("month") != "").then(period + "-" + month).otherwise(period)
    return frame.with_columns(
        pl.lit("USA").alias("reporter"), pl.lit("export" if export else "import").alias("flow"), period.alias("period")
    )


FORMATS = (
    PublishedFormat(
        name="dataweb",
        title="US trade by HTS number, country, year and month, as a query of DataWeb gives it",
        publisher="US International Trade Commission",
        becomes=TRADE,
        how="make a query at dataweb.usitc.gov with years and months in rows, and download it",
        licence="work of the US government, in the public domain",
        columns=COLUMNS,
        finish=_flows,
    ),
)
