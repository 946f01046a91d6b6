"""What changed between two vintages of a table: rows added, dropped and changed, and the largest changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.codes import InputError, Table, table_of
from detente.data.formats.declared import VALUES
from detente.data.library import Later

if TYPE_CHECKING:
    import polars as pl
else:
    pl = Later("polars")

ADDED, DROPPED, ALTERED, SAME = "added", "dropped", "changed", "the same"
LARGEST = 20
TIMES = "time it stands there"
"""Tells rows of one key apart where a table has several."""


@dataclass(frozen=True)
class VintageChanges:
    """Two vintages side by side.

    Attributes
    ----------
    key : columns that name a row. value : the column whose changes count, "" where texts alone do.
    rows : a row for each key, with `what`, and every other column before and after.
    """

    name: str
    key: tuple[str, ...]
    value: str
    rows: pl.DataFrame = field(repr=False)

    def count(self, what: str) -> int:
        """Rows of one kind."""
        return int((self.rows["what"] == what).sum())

    @property
    def tables(self) -> tuple[Table, Table]:
        """Counts with sums, and the largest changes."""
        return _counts(self), _largest(self)


def compare_vintages(
    before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str], becomes: str, name: str
) -> VintageChanges:
    """Changes from one vintage of a table to the next.

    Raises
    ------
    InputError : columns differ, or nothing names a row.
    """
    lacking = [column for column in before.columns if column not in after.columns]
    if lacking:
        raise InputError(name, f"the new vintage lacks the column '{lacking[0]}'", "give a file of the same format")
    names = tuple(column for column in key if column in before.columns)
    if not names:
        raise InputError(name, "has no columns that name a row", "say which, `key=`")
    value = VALUES.get(becomes, "")
    numbers = [column for column in before.columns if before[column].dtype.is_numeric() and column not in names]
    value = value if value in before.columns else numbers[0] if numbers else ""
    others = [column for column in before.columns if column not in names]
    left, right = (_numbered(frame.select(before.columns), names) for frame in (before, after))
    on = [*names, TIMES]
    joined = left.with_columns(old=True).join(
        right.with_columns(new=True), on=on, how="full", coalesce=True, nulls_equal=True, suffix=" after"
    )
    differs = [pl.col(column).ne_missing(pl.col(f"{column} after")) for column in others]
    what = (
        pl.when(pl.col("old").is_null())
        .then(pl.lit(ADDED))
        .when(pl.col("new").is_null())
        .then(pl.lit(DROPPED))
        .when(pl.any_horizontal(differs) if differs else pl.lit(False))
        .then(pl.lit(ALTERED))
        .otherwise(pl.lit(SAME))
    )
    return VintageChanges(name, names, value, joined.with_columns(what.alias("what")).sort(on))


def _numbered(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(pl.len()).over(list(key)).alias(TIMES))


def _counts(changes: VintageChanges) -> Table:
    rows = []
    for what in (ADDED, DROPPED, ALTERED, SAME):
        part = changes.rows.filter(changes.rows["what"] == what)
        sums = [float(part[name].sum() or 0.0) for name in _sides(changes)] or [float("nan")] * 2
        rows.append((what, part.height, *sums))
    return table_of("formats.vintages", rows, name=changes.name)


def _sides(changes: VintageChanges) -> list[str]:
    return [changes.value, f"{changes.value} after"] if changes.value else []


def _largest(changes: VintageChanges) -> Table:
    """The largest changes of the value, or the first changed rows of a table of text."""
    part = changes.rows.filter(pl.col("what") != SAME)
    if changes.value:
        before, after = (pl.col(name).fill_null(0.0) for name in _sides(changes))
        part = part.sort((after - before).abs(), descending=True, nulls_last=True, maintain_order=True)
    rows = [
        (row["what"], " ".join(str(row[name]) for name in changes.key), *_both(row, changes))
        for row in part.head(LARGEST).to_dicts()
    ]
    return table_of("formats.largest", rows, name=changes.name)


def _both(row: dict[str, object], changes: VintageChanges) -> tuple[str, str]:
    """The value before and after; of a table of text the columns that differ."""
    if changes.value and row[changes.value] != row[f"{changes.value} after"]:
        return _shown(row[changes.value]), _shown(row[f"{changes.value} after"])
    others = [name for name in row if f"{name} after" in row and (row[name] or "") != (row[f"{name} after"] or "")]
    sides = ([f"{name}: {_shown(row[f'{name}{end}'])}" for name in others] for end in ("", " after"))
    before, after = ("; ".join(side) for side in sides)
    return ("" if row["what"] == ADDED else before), ("" if row["what"] == DROPPED else after)


def _shown(value: object) -> str:
    return "" if value is None else f"{value:,.6g}" if isinstance(value, float) else str(value)
