"""UN Comtrade: bulk files, CSV and JSON of its interface; USD and kilograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.formats.areas import UN_AREAS
from detente.data.formats.cells import json_grid
from detente.data.formats.declared import CODE, COUNTRY, NUMBER, PERIOD, TRADE, FileColumn, PublishedFormat
from detente.data.formats.original import AGAIN, Original

if TYPE_CHECKING:
    import polars as pl

FLOWS = {"M": "import", "X": "export", "RX": "re-export", "RM": "re-import", "DX": "domestic export"}
FLOWS |= {"MIP": "import for processing", "XIP": "export after processing", "MOP": "import after processing abroad"}
FLOWS |= {"XOP": "export for processing abroad", "FM": "foreign import", "IM": "import", "EX": "export"}
TOTALS = {"customs": "C00", "transport": "0", "second": "0", "supply": "0"}
"""Values of the columns that tell rows apart where a row is of all."""

COLUMNS = (
    FileColumn("period", ("period", "Period"), PERIOD),
    FileColumn("reporter", ("reporterCode", "Reporter Code"), COUNTRY, areas=UN_AREAS),
    FileColumn("flow", ("flowCode", "Trade Flow Code")),
    FileColumn("partner", ("partnerCode", "Partner Code"), COUNTRY, areas=UN_AREAS),
    FileColumn("line", ("cmdCode", "Commodity Code"), CODE, others=r"^(TOTAL|AG\d|\d{4}[A-Z]{2})$"),
    FileColumn("value", ("primaryValue", "Trade Value (US$)"), NUMBER),
    FileColumn("quantity", ("qty", "Qty"), NUMBER, needed=False, blank=True),
    FileColumn("quantity_unit", ("qtyUnitAbbr", "qtyUnitCode", "Qty Unit"), needed=False, blank=True),
    FileColumn("weight", ("netWgt", "Netweight (kg)"), NUMBER, needed=False, blank=True),
    FileColumn("customs", ("customsCode",), needed=False, blank=True),
    FileColumn("transport", ("motCode",), needed=False, blank=True),
    FileColumn("second", ("partner2Code",), needed=False, blank=True),
    FileColumn("supply", ("mosCode",), needed=False, blank=True),
)
TERMS = "UN Comtrade terms: free for own use, not for passing on the data as they are"
HOW = "ask at comtradeplus.un.org, or get bulk files with a key of the United Nations"


def _flows(frame: pl.DataFrame, original: Original) -> pl.DataFrame:
    """Rows with the words for flows, and what tells them apart."""
    import polars as pl

    unknown = frame.filter(~pl.col("flow").is_in(list(FLOWS)))
    if unknown.height:
        what = f"'{unknown['flow'][0]}' is no code of a flow"
        raise InputError(original.name, what, f"use {', '.join(FLOWS)}")
    parts = [
        pl.when(pl.col(name).is_in([total, ""])).then(pl.lit("")).otherwise(pl.lit(f"{name} ") + pl.col(name))
        for name, total in TOTALS.items()
        if name in frame.columns
    ]
    detail = pl.concat_str(parts, separator=" ").str.strip_chars() if parts else pl.lit("")
    return frame.with_columns(pl.col("flow").replace(FLOWS), detail.alias("detail"))


def _answer(original: Original) -> tuple[pl.DataFrame, int]:
    """Rows of an answer of the interface, which counts them itself."""
    content = original.json
    rows = content["data"]
    if content.get("error"):
        raise InputError(original.name, f"is an answer of an error: {str(content['error'])[:80]}", "ask for less")
    count = content.get("count")
    if isinstance(count, int) and count != len(rows):
        raise InputError(original.name, f"says it has {count:,} rows and has {len(rows):,}", AGAIN)
    return json_grid(rows, COLUMNS, original.name), 1


def _is_answer(original: Original) -> bool:
    content = original.json
    return (
        isinstance(content, dict)
        and isinstance(content.get("data"), list)
        and any(isinstance(row, dict) and {"cmdCode", "flowCode"} & row.keys() for row in content["data"][:1])
    )


FORMATS = (
    PublishedFormat(
        name="comtrade",
        title="trade as countries report it, by HS code, year or month: bulk file or CSV",
        publisher="United Nations",
        becomes=TRADE,
        how=HOW,
        licence=TERMS,
        columns=COLUMNS,
        finish=_flows,
    ),
    PublishedFormat(
        name="comtrade-api",
        title="trade as countries report it: an answer of the interface in JSON",
        publisher="United Nations",
        becomes=TRADE,
        how=(
            "ask https://comtradeapi.un.org/public/v1/preview/C/A/HS?reporterCode=842&period=2023&cmdCode=280530 "
            "with the codes and the year that you want"
        ),
        licence=TERMS,
        columns=COLUMNS,
        containers=("json",),
        recognise=_is_answer,
        grid=_answer,
        finish=_flows,
    ),
)
