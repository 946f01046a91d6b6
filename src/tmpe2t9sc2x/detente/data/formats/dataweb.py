"""DataWeb of the USITC: US imports or exports by HTS number, country, year and month; USD."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.data.formats.areas import WORLD
from detente.data.formats.cells import checked, grid_of, head_row
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
    FileColumn("detail", ("Data Type", "Rate Provision Code", "District"), needed=False, blank=True),
)


NAMES = COLUMNS[:2]
YEAR = re.compile(r"^(?:Year )?((?:19|20)\d\d)$")
MONTHS = [*map(str, "january february march april may june july august september october november december".split())]


def _spread(original: Original) -> list[tuple[str, str]]:
    """Heads of columns that are each a year or a month, with the period; none where rows are of a period each."""
    row, heads = head_row(original, NAMES)
    if any(column.place(heads) is None for column in NAMES):
        return []
    cells = [cell.strip() for cell in original.first_rows[row]]
    years = [(cell, match[1]) for cell in cells if (match := YEAR.match(cell))]
    months = [(cell, f"{MONTHS.index(cell.lower()) + 1:02d}") for cell in cells if cell.lower() in MONTHS]
    return months if months and COLUMNS[2].place(heads) is not None else years


def _is_query(original: Original) -> bool:
    _, heads = head_row(original, COLUMNS)
    long = all(column.place(heads) is not None for column in COLUMNS if column.needed)
    return long or bool(_spread(original))


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Rows of a period each; where years or months stand side by side, one below another, blank cells left out."""
    import polars as pl

    spread = _spread(original)
    _, heads = head_row(original, COLUMNS)
    if not spread or all(column.place(heads) is not None for column in COLUMNS if column.needed):
        return grid_of(original, COLUMNS)
    of_months = spread[0][0].lower() in MONTHS
    kept = [column for column in COLUMNS if column.name not in ("value", "month", *(() if of_months else ("period",)))]
    places = [FileColumn(period, (head,), NUMBER, blank=True) for head, period in spread]
    frame, first = grid_of(original, (*kept, *places))
    checked(frame, first, (*kept, *places), original.name, ("line", "partner"))  # while rows are those of the file
    names = [name for name in frame.columns if name not in [column.name for column in places]]
    long = frame.unpivot(index=names, variable_name="month" if of_months else "period", value_name="value")
    if "detail" in long.columns:
        # Rows of quantities stand beside those of values; a column of values holds no pieces.
        long = long.filter(~pl.col("detail").str.contains("(?i)quantity"))
    return long.filter(pl.col("value") != ""), first


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
        title="US trade by HTS number, country, year and month, as a query of DataWeb gives it, long or wide",
        publisher="US International Trade Commission",
        becomes=TRADE,
        how="make a query at dataweb.usitc.gov by HTS number and country, and download it",
        licence="work of the US government, in the public domain",
        columns=COLUMNS,
        recognise=_is_query,
        grid=_grid,
        finish=_flows,
    ),
)
