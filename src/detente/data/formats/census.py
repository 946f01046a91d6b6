"""US Census Bureau: answers of the interface of international trade in JSON, and the monthly files of all lines."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from detente.codes import InputError, check_none
from detente.data.formats.areas import CENSUS_AREAS
from detente.data.formats.cells import SHOWN, json_grid
from detente.data.formats.declared import CODE, COUNTRY, NUMBER, PERIOD, TRADE, FileColumn, PublishedFormat
from detente.data.formats.original import AGAIN, Original

if TYPE_CHECKING:
    import polars as pl

LICENCE = "work of the US government, in the public domain"
COMMODITIES = {"import": "I_COMMODITY", "export": "E_COMMODITY"}
"""Flow -> head of the codes of goods in answers."""

SHARED = (
    FileColumn("partner", ("CTY_CODE",), COUNTRY, areas=CENSUS_AREAS),
    FileColumn("period", ("time", "YEAR"), PERIOD),
    FileColumn("month", ("MONTH",), needed=False, blank=True),
    FileColumn("quantity_unit", ("UNIT_QY1",), needed=False, blank=True),
    FileColumn("district", ("DISTRICT",), needed=False, blank=True),
)
IMPORTS = (
    FileColumn("line", (COMMODITIES["import"],), CODE, digits=(2, 4, 6, 8, 10), others=r"^-$"),
    *SHARED,
    FileColumn("value", ("CON_VAL_MO", "GEN_VAL_MO", "CON_VAL_YR", "GEN_VAL_YR"), NUMBER),
    FileColumn("quantity", ("CON_QY1_MO", "GEN_QY1_MO"), NUMBER, needed=False, blank=True),
    FileColumn("duty", ("CAL_DUT_MO",), NUMBER, needed=False, blank=True),
    FileColumn("provision", ("RP",), needed=False, blank=True),
)
EXPORTS = (
    FileColumn("line", (COMMODITIES["export"],), CODE, digits=(2, 4, 6, 8, 10), others=r"^-$"),
    *SHARED,
    FileColumn("value", ("ALL_VAL_MO", "ALL_VAL_YR"), NUMBER),
    FileColumn("quantity", ("QTY_1_MO",), NUMBER, needed=False, blank=True),
    FileColumn("origin", ("DF",), needed=False, blank=True),
)

LAYOUT = {
    "line": (0, 10), "partner": (10, 4), "subcode": (14, 2), "entry": (16, 2), "unlading": (18, 2),
    "provision": (20, 2), "year": (22, 4), "month": (26, 2), "quantity": (43, 15), "value": (73, 15),
    "dutiable": (88, 15), "duty": (103, 15), "general": (178, 15),
}  # fmt: skip
"""Place and width of what is read of a row of the monthly file of imports."""

WIDE = 223
"""Characters of a row up to the last value that every edition has."""

EXPORT_LAYOUT = {
    "origin": (0, 1), "line": (1, 10), "partner": (11, 4), "district": (15, 2), "year": (17, 4), "month": (21, 2),
    "quantity": (38, 15), "value": (68, 15),
}  # fmt: skip
"""Place and width of what is read of a row of the monthly file of exports; origin: 1 domestic, 2 foreign goods."""

EXPORT_WIDE = 323
"""Characters of a row of exports; a row of imports never has as many."""

DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])"
"""Year and month within a row of a monthly file."""

BULK = (
    FileColumn("line", ("commodity",), CODE, digits=(10,)),
    FileColumn("partner", ("cty_code",), COUNTRY, areas=CENSUS_AREAS),
    FileColumn("period", ("year and month",), PERIOD),
    FileColumn("detail", ("subco, dist_entry, dist_unlad, rate_prov",), blank=True),
    FileColumn("quantity", ("con_qy1_mo",), NUMBER),
    FileColumn("value", ("con_val_mo",), NUMBER),
    FileColumn("duty", ("cal_dut_mo",), NUMBER),
)
EXPORT_BULK = (
    FileColumn("line", ("commodity",), CODE, digits=(10,)),
    FileColumn("partner", ("cty_code",), COUNTRY, areas=CENSUS_AREAS),
    FileColumn("period", ("year and month",), PERIOD),
    FileColumn("detail", ("df, district",), blank=True),
    FileColumn("quantity", ("qty_1_mo",), NUMBER),
    FileColumn("value", ("all_val_mo",), NUMBER),
)


def _is_answer(original: Original, flow: str) -> bool:
    content = original.json
    if not (isinstance(content, list) and content and isinstance(content[0], list)):
        return False
    return COMMODITIES[flow] in map(str, content[0])


def _answer(original: Original, columns: Sequence[FileColumn]) -> tuple[pl.DataFrame, int]:
    """Rows of an answer: a list of lists, the heads first; a head that stands twice has the same cells."""
    heads, *rows = original.json
    wrong = [number for number, row in enumerate(rows, 2) if not isinstance(row, list) or len(row) != len(heads)]
    check_none(
        [InputError(f"{original.name}, row {n}", "has not as many cells as the heads", AGAIN) for n in wrong[:SHOWN]]
    )
    return json_grid([dict(zip(heads, row, strict=True)) for row in rows], columns, original.name), 2


def _of_answer(frame: pl.DataFrame, original: Original, flow: str) -> pl.DataFrame:
    """Rows of an answer as trade of the United States."""
    import polars as pl

    heads = set(map(str, original.json[0]))
    # A dash in the place of a code stands for all of them.
    names = [name for name in ("origin", "district", "provision") if name in frame.columns]
    detail = [pl.when(pl.col(name) == "-").then(pl.lit("")).otherwise(name) for name in names]
    if not heads & {"CON_VAL_MO", "GEN_VAL_MO", "ALL_VAL_MO"}:
        detail.append(pl.lit("year to date"))
    period = pl.col("period")
    if "month" in frame.columns:
        period = pl.when(pl.col("month") != "").then(period.str.slice(0, 4) + "-" + pl.col("month")).otherwise(period)
    return frame.with_columns(
        pl.lit("USA").alias("reporter"),
        pl.lit(flow).alias("flow"),
        period.alias("period"),
        (pl.concat_str(detail, separator=" ").str.strip_chars() if detail else pl.lit("")).alias("detail"),
    )


def _is_bulk(original: Original) -> bool:
    first = original.lines[0] if original.lines else ""
    wide = len(first) >= WIDE and len(first) != EXPORT_WIDE
    return wide and re.match(rf"\d{{14}}.{{8}}{DAY}[\d ]+$", first) is not None


def _is_export_bulk(original: Original) -> bool:
    first = original.lines[0] if original.lines else ""
    return len(first) == EXPORT_WIDE and re.match(rf"\d{{15}}.{{2}}{DAY}[\d ]+$", first) is not None


def _cut(original: Original, wide: int, layout: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
    """Rows of a monthly file, cut at the places of a layout; `wide` : characters that a row has at least."""
    import polars as pl

    original.check_end()
    rows = pl.read_csv(
        io.BytesIO(original.text.encode()),
        has_header=False, infer_schema=False, separator="\x01", quote_char=None, new_columns=["row"],
    )["row"].fill_null("")  # fmt: skip
    wide = max(len(rows[0]), wide)
    short = (rows.str.len_chars() != wide).arg_true().to_list()
    check_none([
        InputError(f"{original.name}, row {n + 1}", f"has {len(rows[n])} characters of {wide}", AGAIN)
        for n in short[:SHOWN]
    ])  # fmt: skip
    parts = {name: rows.str.slice(start, width).str.strip_chars() for name, (start, width) in layout.items()}
    return pl.DataFrame(parts).with_columns((pl.col("year") + "-" + pl.col("month")).alias("period"))


def _rows_of_bulk(original: Original) -> tuple[pl.DataFrame, int]:
    """Rows of a month of imports."""
    import polars as pl

    detail = pl.concat_str(["subcode", "entry", "unlading", "provision"], separator=" ").alias("detail")
    return _cut(original, WIDE, LAYOUT).with_columns(detail).select([column.name for column in BULK]), 1


def _rows_of_export_bulk(original: Original) -> tuple[pl.DataFrame, int]:
    """Rows of a month of exports."""
    import polars as pl

    detail = pl.concat_str(["origin", "district"], separator=" ").alias("detail")
    frame = _cut(original, EXPORT_WIDE, EXPORT_LAYOUT).with_columns(detail)
    return frame.select([column.name for column in EXPORT_BULK]), 1


def _of_bulk(frame: pl.DataFrame, _: Original, flow: str) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(pl.lit("USA").alias("reporter"), pl.lit(flow).alias("flow"))


FORMATS = (
    PublishedFormat(
        name="census-api",
        title="US imports by HS code, country, district and month: an answer in JSON",
        publisher="US Census Bureau",
        becomes=TRADE,
        how=(
            "ask https://api.census.gov/data/timeseries/intltrade/imports/hs"
            "?get=I_COMMODITY,CTY_CODE,CON_VAL_MO,CAL_DUT_MO&COMM_LVL=HS10&time=YYYY-MM"
        ),
        licence=LICENCE,
        columns=IMPORTS,
        containers=("json",),
        recognise=partial(_is_answer, flow="import"),
        grid=partial(_answer, columns=IMPORTS),
        finish=partial(_of_answer, flow="import"),
    ),
    PublishedFormat(
        name="census-api-exports",
        title="US exports by Schedule B code, country, district and month: an answer in JSON",
        publisher="US Census Bureau",
        becomes=TRADE,
        how=(
            "ask https://api.census.gov/data/timeseries/intltrade/exports/hs"
            "?get=E_COMMODITY,CTY_CODE,ALL_VAL_MO,DF&COMM_LVL=HS10&time=YYYY-MM"
        ),
        licence=LICENCE,
        columns=EXPORTS,
        containers=("json",),
        recognise=partial(_is_answer, flow="export"),
        grid=partial(_answer, columns=EXPORTS),
        finish=partial(_of_answer, flow="export"),
    ),
    PublishedFormat(
        name="census-bulk",
        title="US imports of a month by HTS10, country, district and rate provision (IMP_DETL)",
        publisher="US Census Bureau",
        becomes=TRADE,
        how="get the file of a month, as https://www.census.gov/trade/downloads/2024/Merch/im_m/IMDB2412.ZIP",
        licence=LICENCE,
        columns=BULK,
        containers=("text",),
        recognise=_is_bulk,
        grid=_rows_of_bulk,
        finish=partial(_of_bulk, flow="import"),
        member="IMP_DETL",
    ),
    PublishedFormat(
        name="census-bulk-exports",
        title="US exports of a month by Schedule B code, country, district, domestic or foreign goods (EXP_DETL)",
        publisher="US Census Bureau",
        becomes=TRADE,
        how="get the file of a month, as https://www.census.gov/trade/downloads/2024/Merch/ex_m/EXDB2412.ZIP",
        licence=LICENCE,
        columns=EXPORT_BULK,
        containers=("text",),
        recognise=_is_export_bulk,
        grid=_rows_of_export_bulk,
        finish=partial(_of_bulk, flow="export"),
        member="EXP_DETL",
    ),
)
