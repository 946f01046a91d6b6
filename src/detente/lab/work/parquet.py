"""Tables as Parquet files that carry their own titles, units and notes; the same bytes for the same table."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.codes import Column, Table, Unit
from detente.codes.days import Standing, of_fate
from detente.codes.units import TEXTS

if TYPE_CHECKING:
    import polars as pl

#: Name of the entry of a Parquet file that holds titles, units and notes.
KEY = "detente"


def to_parquet(table: Table) -> bytes:
    """A table as a Parquet file with its title, units and notes inside; the same bytes for the same table."""
    import polars as pl

    about = {
        "name": table.name,
        "title": table.title,
        "columns": [[c.name, str(c.unit), c.description, c.label, c.kind] for c in table.columns],
        "notes": list(table.notes),
        "names": dict(table.names),
        "record": None if table.standing is None else table.standing.as_json(),
    }
    series = [_series(c, table.data[c.name]) for c in table.columns]
    out = io.BytesIO()
    pl.DataFrame(series).write_parquet(out, compression="zstd", metadata={KEY: json.dumps(about, ensure_ascii=False)})
    return out.getvalue()


def _series(head: Column, values: np.ndarray) -> pl.Series:
    import polars as pl

    if head.unit in TEXTS:
        return pl.Series(head.name, [str(value) for value in values.tolist()], dtype=pl.String)
    whole = head.unit is Unit.COUNT and np.issubdtype(values.dtype, np.integer)
    return pl.Series(head.name, values.astype(np.int64 if whole else np.float64))


def from_parquet(parts: Sequence[bytes]) -> Table:
    """The table that some parts hold together, in their order; heads and notes are those of the first."""
    import polars as pl

    frame = pl.concat([pl.read_parquet(io.BytesIO(part)) for part in parts], how="diagonal")
    fates = {name: of_fate(name)[0] for name in frame.columns if of_fate(name)[1]}
    frame = frame.with_columns(pl.col(name).fill_null(pl.col(own)) for name, own in fates.items())
    abouts = [json.loads(pl.read_parquet_metadata(io.BytesIO(part))[KEY]) for part in parts]
    about = max(abouts, key=lambda entry: bool((entry.get("record") or {}).get("beyond_record")))
    columns = tuple(Column(name, Unit(unit), *texts) for name, unit, *texts in about["columns"])
    data = {c.name: np.asarray(frame[c.name].to_list()) for c in columns}
    record = about.get("record")
    standing = None if record is None else Standing.from_json(record)
    names = about.get("names", {})
    return Table(about["name"], about["title"], columns, data, tuple(about["notes"]), standing, names)
