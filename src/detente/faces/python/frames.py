"""Frames: a table as a data frame of polars, pandas or Arrow, as a file of Stata, and as SDMX-CSV.

Numbers stay as they are inside the program: a share is 0.25, an amount is in USD. Titles, units and notes go with the
table where a format has a place for them.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.codes import Column, InputError, Table, Unit, with_extra
from detente.codes.table import EXPORTS
from detente.codes.units import TEXTS
from detente.data.store import write_bytes
from detente.faces.formats import csv_cell, heading, polars_frame

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

#: Extra of the package that brings a library.
EXTRA = {"pandas": "pandas", "pyarrow": "arrow", "altair": "dev"}


def library(module: str, what: str) -> Any:
    """A library that only some ways out need.

    Raises
    ------
    InputError : it is not installed; says what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        repair = with_extra(EXTRA[module])
        raise InputError(what, f"needs the library '{module}', which is not installed", repair) from None


def to_polars(table: Table) -> pl.DataFrame:
    """A polars data frame; rows beyond the record of the law say how far that goes."""
    return polars_frame(table.for_machines())


def to_pandas(table: Table) -> pd.DataFrame:
    """A pandas data frame with days as days; `attrs` hold name, title, units, meanings and notes."""
    pandas = library("pandas", "to_pandas")
    table = table.for_machines()
    data = {c.name: table[c.name].tolist() for c in table.columns}
    made = pandas.DataFrame(data, columns=[c.name for c in table.columns])
    for column in table.columns:
        if column.unit is Unit.DATE and _days(table, column):
            made[column.name] = pandas.to_datetime(made[column.name].replace("", None))
    made.attrs = about(table)
    return made


_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})?")


def _days(table: Table, column: Column) -> bool:
    """Whether a column of dates holds days: months and years are left as they are."""
    values = table[column.name].tolist()
    return any(values) and all(isinstance(text, str) and _DAY.fullmatch(text) for text in values)


def about(table: Table) -> dict[str, Any]:
    """What a frame says of its table."""
    return {
        "name": table.name,
        "title": table.title,
        "units": {c.name: c.unit.value for c in table.columns},
        "means": {c.name: c.description for c in table.columns},
        "notes": list(table.notes),
    }


def to_arrow(table: Table) -> pa.Table:
    """An Arrow table; the schema carries what `about` says, each field its unit and meaning."""
    arrow = library("pyarrow", "to_arrow")
    table = table.for_machines()
    made = to_polars(table).to_arrow()
    fields = [
        made.schema.field(c.name).with_metadata({"unit": c.unit.value, "means": c.description}) for c in table.columns
    ]
    head = {"detente": json.dumps(about(table), ensure_ascii=False)}
    return made.cast(arrow.schema(fields, metadata=head))


#: Letters of a name and of a label in a file of Stata.
LONGEST_NAME, LONGEST_LABEL = 32, 80


def to_stata(table: Table, path: str | Path) -> Path:
    """Write a file of Stata, version 118 of its format, which Stata 14 and later read; returns its path.

    Raises
    ------
    InputError : pandas is not installed, or the file is not named .dta.
    """
    target = Path(path)
    if target.suffix != ".dta":
        raise InputError("path", f"'{path}' is no .dta file", "end its name with .dta")
    return write_bytes(target, stata_bytes(table))


def stata_bytes(table: Table) -> bytes:
    """The same as bytes."""
    table = table.for_machines()
    made = to_pandas(table)
    made.columns = list(stata_names(table).values())
    labels = dict(zip(made.columns, (heading(c)[:LONGEST_LABEL] for c in table.columns), strict=True))
    days = {name: "td" for name in made.columns if str(made[name].dtype).startswith("datetime")}
    texts = [
        name for name in made.columns if made[name].dtype.kind == "O" or str(made[name].dtype) in ("str", "string")
    ]
    for name in texts:
        made[name] = made[name].astype(object).where(made[name].notna(), "").astype(str)
    long = [name for name in texts if made[name].str.len().max() > LONGEST_TEXT] if len(made) else []
    out = io.BytesIO()
    made.to_stata(
        out, write_index=False, version=118, variable_labels=labels, data_label=table.title[:LONGEST_LABEL],
        convert_dates=days, convert_strl=long,
    )  # fmt: skip
    return out.getvalue()


#: Letters of a text in a file of Stata that are not stored apart.
LONGEST_TEXT = 2000


def stata_names(table: Table) -> dict[str, str]:
    """Names of columns that Stata takes: letters, digits and underscores, 32 at most, none twice."""
    names: dict[str, str] = {}
    for column in table.columns:
        plain = re.sub(r"\W", "_", column.name, flags=re.ASCII)[:LONGEST_NAME]
        plain = plain if plain[:1].isalpha() or plain[:1] == "_" else f"_{plain}"[:LONGEST_NAME]
        number = 1
        while plain in names.values():
            number += 1
            plain = f"{plain[: LONGEST_NAME - 1 - len(str(number))]}_{number}"
        names[column.name] = plain
    return names


AGENCY, VERSION = "DETENTE", "1.0.0"


def to_sdmx_csv(table: Table, path: str | Path | None = None) -> str:
    """SDMX-CSV 2.0: one row an observation, the columns of words as dimensions, `INDICATOR` the column of the number.

    Numbers that are not known are left out. Where the words do not tell rows apart, `ROW` does. What the columns mean
    lies with `about`; the file itself has no place for it.
    """
    table = table.for_machines()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    keys = [c for c in table.columns if c.unit in TEXTS or table[c.name].dtype.kind not in "fiub"]
    numbered = len({tuple(row[c.name] for c in keys) for row in table.rows()}) < len(table)
    heads = [_sdmx(c.name) for c in keys]
    writer.writerow(
        ["STRUCTURE", "STRUCTURE_ID", "ACTION", *(["ROW"] if numbered else []), *heads, "INDICATOR", "OBS_VALUE",
         "UNIT_MEASURE"]
    )  # fmt: skip
    flow = f"{AGENCY}:{_sdmx(table.name)}({VERSION})"
    for number, row in enumerate(table.rows(), start=1):
        first = ["dataflow", flow, "I", *([number] if numbered else []), *(csv_cell(row[c.name]) for c in keys)]
        writer.writerows([*first, *last] for last in _observations(table, row, keys))
    text = out.getvalue()
    if path is not None:
        write_bytes(Path(path), text.encode())
    return text


def _observations(table: Table, row: dict[str, Any], keys: list[Column]) -> Iterator[list[Any]]:
    """Indicator, value and unit of each number of a row that is known."""
    for column in table.columns:
        value = csv_cell(row[column.name])
        if column not in keys and value is not None:
            yield [_sdmx(column.name), value, UNITS.get(column.unit, column.unit.name)]


#: Codes of the list of units that SDMX shares; a share is a pure number.
UNITS = {Unit.SHARE: "PURE_NUMB", Unit.POINTS: "PURE_NUMB", Unit.HAT: "PURE_NUMB", Unit.NONE: "PURE_NUMB",
         Unit.DOLLARS: "USD", Unit.CENTS: "USD"}  # fmt: skip


def _sdmx(name: str) -> str:
    """A name as an identifier of SDMX."""
    return re.sub(r"[^A-Z0-9_]", "_", name.upper())


EXPORTS.update(
    to_polars=to_polars,
    to_pandas=to_pandas,
    to_arrow=to_arrow,
    to_stata=to_stata,
    to_sdmx_csv=to_sdmx_csv,
)
