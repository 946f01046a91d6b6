"""SDMX-CSV 1.0 and 2.0: a row for each observation, as Eurostat, the OECD, the IMF and central banks give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.codes import InputError
from detente.data.formats.cells import grid_of, head_row
from detente.data.formats.declared import NUMBER, SERIES, FileColumn, PublishedFormat, fold_head
from detente.data.formats.original import Original

if TYPE_CHECKING:
    import polars as pl

OBSERVATION = (
    FileColumn("flow", ("DATAFLOW", "STRUCTURE_ID")),
    FileColumn("period", ("TIME_PERIOD",)),
    FileColumn("value", ("OBS_VALUE",), NUMBER, blank=True, signed=True),
    FileColumn("unit", ("UNIT_MEASURE", "UNIT"), needed=False, blank=True),
    FileColumn("times", ("UNIT_MULT",), NUMBER, needed=False, blank=True, signed=True),
)
NO_DIMENSIONS = frozenset(map(fold_head, (
    "STRUCTURE", "STRUCTURE_NAME", "ACTION", "OBS_STATUS", "OBS_FLAG", "CONF_STATUS", "LAST UPDATE", "DECIMALS",
    "REF_YEAR_PRICE", "BASE_PER", "TIME_FORMAT", "CURRENCY", "COMMENT_OBS", "COMMENT_TS", "TITLE", "TITLE_COMPL",
    "OBS_PRE_BREAK", "OBS_COM", "PRICE_BASE_NOTE",
)))  # fmt: skip
"""Columns that say something of an observation and do not name it."""


def _grid(original: Original) -> tuple[pl.DataFrame, int]:
    """Observation and its dimensions joined: every column before the value that is no attribute."""
    row, heads = head_row(original, OBSERVATION)
    order = [fold_head(cell) for cell in original.first_rows[row]]
    known = {fold_head(head) for column in OBSERVATION for head in column.heads}
    last = order.index("obsvalue") if "obsvalue" in order else len(order)
    names = [head for head in order[:last] if head and head not in NO_DIMENSIONS and head not in known]
    extra = [FileColumn(f"dimension {head}", (head,), blank=True) for head in names if head in heads]
    frame, first = grid_of(original, (*OBSERVATION, *extra))
    return frame.with_columns(_joined([column.name for column in extra])), first


def _joined(names: list[str]) -> pl.Expr:
    import polars as pl

    if not names:
        return pl.col("flow").alias("series")
    return (pl.col("flow") + ":" + pl.concat_str(names, separator=".")).alias("series")


def _values(frame: pl.DataFrame, original: Original) -> pl.DataFrame:
    """Values in the unit itself, where a column says that they are in thousands or millions of it."""
    import polars as pl

    if "times" in frame.columns:
        frame = frame.with_columns(pl.col("value") * pl.lit(10.0).pow(pl.col("times").fill_null(0.0)))
    if frame["value"].null_count() == frame.height:
        raise InputError(original.name, "has no value in any row", "ask for other dimensions or periods")
    return frame


FORMATS = (
    PublishedFormat(
        name="sdmx-csv",
        title="observations of any dataflow in SDMX-CSV 1.0 or 2.0",
        publisher="Eurostat, OECD, IMF, ECB and others",
        becomes=SERIES,
        how="ask a publisher's SDMX service for format=csv, or for CSV with labels left out",
        licence="the publisher's own; OECD CC BY 4.0, Eurostat free with the source named",
        columns=(*OBSERVATION, FileColumn("series", ("series",), needed=False)),
        grid=_grid,
        finish=_values,
    ),
)
