"""US Bureau of Economic Analysis: answers of its interface in JSON, and tables as its pages give them in CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, check_none
from detente.data.formats.cells import json_grid, period_of
from detente.data.formats.declared import MISSING, NUMBER, SERIES, FileColumn, PublishedFormat
from detente.data.formats.original import AGAIN, Original

if TYPE_CHECKING:
    import polars as pl

LICENCE = "work of the US government, in the public domain"
ANSWER = (
    FileColumn("table", ("TableName", "TableID", "Indicator", "Code"), blank=True),
    FileColumn("code", ("SeriesCode", "RowCode", "AreaOrCountry", "GeoFips", "LineNumber", "Industry"), blank=True),
    FileColumn("line", ("LineDescription", "ColCode", "TimeSeriesDescription", "GeoName", "IndustrYDescription"),
               needed=False, blank=True),
    FileColumn("period", ("TimePeriod", "Year")),
    FileColumn("unit", ("CL_UNIT", "METRIC_NAME"), needed=False, blank=True),
    FileColumn("times", ("UNIT_MULT",), NUMBER, needed=False, blank=True, signed=True),
    FileColumn("value", ("DataValue",), NUMBER, blank=True, signed=True),
)  # fmt: skip
YEARS = re.compile(r"^(\d{4})(?:\s*-?\s*Q([1-4]))?$")
QUARTER = re.compile(r"^(\d{4})Q([1-4])$")
MONTH = re.compile(r"^(\d{4})M(\d\d)$")


def _is_answer(original: Original) -> bool:
    return isinstance(original.json, dict) and "BEAAPI" in original.json


def _answer(original: Original) -> tuple[pl.DataFrame, int]:
    """Rows of an answer; one that tells an error is refused with its words."""
    content = original.json["BEAAPI"]
    results = content.get("Results", {}) if isinstance(content, Mapping) else {}
    results = results[0] if isinstance(results, list) and results else results
    error = content.get("Error") or (results.get("Error") if isinstance(results, Mapping) else None)
    if error:
        words = error.get("APIErrorDescription", error) if isinstance(error, Mapping) else error
        raise InputError(original.name, f"is an answer of an error: {str(words)[:100]}", "ask again")
    rows: Any = results.get("Data") if isinstance(results, Mapping) else None
    return json_grid(rows if isinstance(rows, list) else [rows] if rows else [], ANSWER, original.name), 1


def _series(frame: pl.DataFrame, _: Original) -> pl.DataFrame:
    """Series by table, code and line; values in the unit itself."""
    import polars as pl

    names = [pl.col(name) for name in ("table", "code", "line") if name in frame.columns]
    value = pl.col("value")
    if "times" in frame.columns:
        value = value * pl.lit(10.0).pow(pl.col("times").fill_null(0.0))
    periods = {text: _period(text) for text in frame["period"].unique().to_list()}
    return frame.with_columns(
        pl.concat_str(names, separator=" ").alias("series"), value.alias("value"), pl.col("period").replace(periods)
    )


def _period(text: str) -> str:
    if match := QUARTER.match(text):
        return f"{match[1]}-Q{match[2]}"
    if match := MONTH.match(text):
        return f"{match[1]}-{match[2]}"
    return period_of(text)


def _head(original: Original) -> int:
    """The row of heads of a table in CSV: Line, a blank, and years."""
    for number, row in enumerate(original.first_rows):
        cells = [cell.strip() for cell in row]
        if cells[:1] == ["Line"] and len(cells) > 2 and any(YEARS.match(cell) for cell in cells[2:4]):
            return number
    return -1


def _is_table(original: Original) -> bool:
    return _head(original) >= 0


def _table(original: Original) -> tuple[pl.DataFrame, int]:
    """A row for each line and period; notes beneath the table are left out."""
    import polars as pl

    original.check_end()
    head = _head(original)
    heads = [cell.strip() for cell in original.first_rows[head]]
    rows = _lines(original)[head + 1 :]
    faults: list[InputError] = []
    cells: list[tuple[str, str, str, float | None]] = []
    unit = next((row[0] for row in original.first_rows[:head] if re.match(r"^\[", row[0] if row else "")), "")
    for number, row in enumerate(rows, start=head + 2):
        if not row or not row[0].strip().isdigit():
            continue
        if len(row) != len(heads):
            faults.append(InputError(f"{original.name}, row {number}", f"has {len(row)} cells of {len(heads)}", AGAIN))
            continue
        for period, cell in zip(heads[2:], row[2:], strict=True):
            value = _number(cell)
            if value is None and cell.strip() not in MISSING and not re.fullmatch(r"\.+", cell.strip()):
                where = f"{original.name}, row {number} (line {row[0]} {period})"
                faults.append(InputError(where, f"'{cell[:40]}' is no number", "give a number"))
            cells.append((f"{row[0].strip()} {row[1].strip()}", _period(period.replace(" ", "")), unit, value))
    check_none(faults[:20])
    if not cells:
        raise InputError(original.name, "has no numbered line under its head", AGAIN)
    kinds = {"series": pl.String, "period": pl.String, "unit": pl.String, "value": pl.Float64}
    return pl.DataFrame(cells, schema=kinds, orient="row"), head + 2


def _lines(original: Original) -> Sequence[Sequence[str]]:
    import csv
    import io

    return list(csv.reader(io.StringIO(original.text, newline="")))


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        return None


FORMATS = (
    PublishedFormat(
        name="bea-api",
        title="national accounts, trade by country, input-output: an answer in JSON",
        publisher="US Bureau of Economic Analysis",
        becomes=SERIES,
        how="ask apps.bea.gov/api/data with your key for ResultFormat=JSON",
        licence=LICENCE,
        columns=ANSWER,
        containers=("json",),
        recognise=_is_answer,
        grid=_answer,
        finish=_series,
        unique=False,
    ),
    PublishedFormat(
        name="bea",
        title="a table of the accounts as the pages of the bureau give it in CSV",
        publisher="US Bureau of Economic Analysis",
        becomes=SERIES,
        how="open a table at apps.bea.gov/iTable and download it as CSV",
        licence=LICENCE,
        containers=("text",),
        recognise=_is_table,
        grid=_table,
        unique=False,
    ),
)
