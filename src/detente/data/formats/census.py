"""US Census Bureau: answers of the interface of international trade in JSON, and the monthly files of all lines."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from detente.codes import InputError, check_none
from detente.data.formats.areas import CENSUS_AREAS
from detente.data.formats.cells import SHOWN, json_grid
from detente.data.formats.declared import CODE, COUNTRY, NUMBER, PERIOD, TRADE, FileColumn, PublishedFormat
from detente.data.formats.original import AGAIN, Original

if TYPE_CHECKING:
    import polars as pl

LICENCE = "work of the US government, in the public domain"
ANSWER = (
    FileColumn("line", ("I_COMMODITY", "E_COMMODITY"), CODE, digits=(2, 4, 6, 8, 10), others=r"^-$"),
    FileColumn("partner", ("CTY_CODE",), COUNTRY, areas=CENSUS_AREAS),
    FileColumn("period", ("time", "YEAR"), PERIOD),
    FileColumn("month", ("MONTH",), needed=False, blank=True),
    FileColumn("value", ("CON_VAL_MO", "GEN_VAL_MO", "ALL_VAL_MO", "CON_VAL_YR", "GEN_VAL_YR", "ALL_VAL_YR"), NUMBER),
    FileColumn("quantity", ("CON_QY1_MO", "GEN_QY1_MO", "QTY_1_MO"), NUMBER, needed=False, blank=True),
    FileColumn("quantity_unit", ("UNIT_QY1",), needed=False, blank=True),
    FileColumn("duty", ("CAL_DUT_MO",), NUMBER, needed=False, blank=True),
    FileColumn("district", ("DISTRICT",), needed=False, blank=True),
    FileColumn("provision", ("RP",), needed=False, blank=True),
)

LAYOUT = {
    "line": (0, 10), "partner": (10, 4), "subcode": (14, 2), "entry": (16, 2), "unlading": (18, 2),
    "provision": (20, 2), "year": (22, 4), "month": (26, 2), "quantity": (43, 15), "value": (73, 15),
    "dutiable": (88, 15), "duty": (103, 15), "general": (178, 15),
}  # fmt: skip
"""Place and width of what is read of a row of the monthly file of imports."""

WIDE = 223
"""Characters of a row up to the last value that every edition has."""

BULK = (
    FileColumn("line", ("commodity",), CODE, digits=(10,)),
    FileColumn("partner", ("cty_code",), COUNTRY, areas=CENSUS_AREAS),
    FileColumn("period", ("year and month",), PERIOD),
    FileColumn("detail", ("subco, dist_entry, dist_unlad, rate_prov",), blank=True),
    FileColumn("quantity", ("con_qy1_mo",), NUMBER),
    FileColumn("value", ("con_val_mo",), NUMBER),
    FileColumn("duty", ("cal_dut_mo",), NUMBER),
)


def _is_answer(original: Original) -> bool:
    content = original.json
    if not (isinstance(content, list) and content and isinstance(content[0], list)):
        return False
    return bool({"I_COMMODITY", "E_COMMODITY"} & set(map(str, content[0])))


def _answer(original: Original) -> tuple[pl.DataFrame, int]:
    """Rows of an answer: a list of lists, the heads first; a head that stands twice has the same cells."""
    heads, *rows = original.json
    wrong = [number for number, row in enumerate(rows, 2) if not isinstance(row, list) or len(row) != len(heads)]
    check_none(
        [InputError(f"{original.name}, row {n}", "has not as many cells as the heads", AGAIN) for n in wrong[:SHOWN]]
    )
    return json_grid([dict(zip(heads, row, strict=True)) for row in rows], ANSWER, original.name), 2


def _of_answer(frame: pl.DataFrame, original: Original) -> pl.DataFrame:
    """Rows of an answer as trade of the United States."""
    import polars as pl

    heads = set(map(str, original.json[0]))
    detail = [pl.col(name) for name in ("district", "provision") if name in frame.columns]
    if not heads & {"CON_VAL_MO", "GEN_VAL_MO", "ALL_VAL_MO"}:
        detail.append(pl.lit("year to date"))
    period = pl.col("period")
    if "month" in frame.columns:
        period = pl.when(pl.col("month") != "").then(period.str.slice(0, 4) + "-" + pl.col("month")).otherwise(period)
    return frame.with_columns(
        pl.lit("USA").alias("reporter"),
        pl.lit("import" if "I_COMMODITY" in heads else "export").alias("flow"),
        period.alias("period"),
        (pl.concat_str(detail, separator=" ").str.strip_chars() if detail else pl.lit("")).alias("detail"),
    )


def _is_bulk(original: Original) -> bool:
    first = original.lines[0] if original.lines else ""
    return len(first) >= WIDE and re.match(r"\d{14}.{8}\d{6}[\d ]+$", first) is not None


def _rows_of_bulk(original: Original) -> tuple[pl.DataFrame, int]:
    """Rows of the monthly file, cut at the places of its layout."""
    import polars as pl

    original.check_end()
    rows = pl.read_csv(
        io.BytesIO(original.text.encode()),
        has_header=False, infer_schema=False, separator="\x01", quote_char=None, new_columns=["row"],
    )["row"].fill_null("")  # fmt: skip
    wide = max(len(rows[0]), WIDE)
    short = (rows.str.len_chars() != wide).arg_true().to_list()
    check_none([
        InputError(f"{original.name}, row {n + 1}", f"has {len(rows[n])} characters of {wide}", AGAIN)
        for n in short[:SHOWN]
    ])  # fmt: skip
    parts = {name: rows.str.slice(start, width).str.strip_chars() for name, (start, width) in LAYOUT.items()}
    frame = pl.DataFrame(parts).with_columns(
        (pl.col("year") + "-" + pl.col("month")).alias("period"),
        pl.concat_str(["subcode", "entry", "unlading", "provision"], separator=" ").alias("detail"),
    )
    return frame.select([column.name for column in BULK]), 1


def _of_bulk(frame: pl.DataFrame, _: Original) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(pl.lit("USA").alias("reporter"), pl.lit("import").alias("flow"))


FORMATS = (
    PublishedFormat(
        name="census-api",
        title="US imports or exports by HS code, country, district and month: an answer in JSON",
        publisher="US Census Bureau",
        becomes=TRADE,
        how="ask api.census.gov/data/timeseries/intltrade for I_COMMODITY or E_COMMODITY, CTY_CODE and a value",
        licence=LICENCE,
        columns=ANSWER,
        containers=("json",),
        address=(
            "https://api.census.gov/data/timeseries/intltrade/imports/hs"
            "?get=I_COMMODITY,CTY_CODE,CON_VAL_MO,CAL_DUT_MO&COMM_LVL=HS{digits}&time={year}-{month}"
        ),
        recognise=_is_answer,
        grid=_answer,
        finish=_of_answer,
    ),
    PublishedFormat(
        name="census-bulk",
        title="US imports of a month by HTS10, country, district and rate provision (IMP_DETL)",
        publisher="US Census Bureau",
        becomes=TRADE,
        how="get IMDByymm.ZIP of a month at www.census.gov/foreign-trade",
        licence=LICENCE,
        columns=BULK,
        containers=("text",),
        address="https://www.census.gov/trade/downloads/{year}/Merch/im_m/IMDB{yymm}.ZIP",
        recognise=_is_bulk,
        grid=_rows_of_bulk,
        finish=_of_bulk,
        member="IMP_DETL",
    ),
)
