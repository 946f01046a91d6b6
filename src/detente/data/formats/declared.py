"""What a publisher's format declares, and the cells of its files under the names that they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.codes import InputError, Table, check_none, did_you_mean, table_with
from detente.data.containers import AGAIN, SHOWN, TABULAR, Original, grid, text_of
from detente.data.library import pl
from detente.data.tables import columns_of
from detente.data.usertable import FileColumn, fold_head

TRADE, USE, TARIFFS, SCHEDULE = "trade", "use", "tariffs", "schedule"
MINERALS, SERIES, ROWS = "minerals", "series", "rows"
#: What a file becomes -> columns that name a row of it.
KEYS: Mapping[str, tuple[str, ...]] = {
    TRADE: ("reporter", "flow", "partner", "line", "period", "detail"),
    USE: ("seller", "product", "user", "use", "period"),
    TARIFFS: ("importer", "partner", "line", "period", "kind", "detail"),
    SCHEDULE: ("line",),
    MINERALS: ("commodity", "country", "statistic", "unit", "period"),
    SERIES: ("series", "period"),
    ROWS: (),
}

#: What a file becomes -> the column whose changes count.
VALUES: Mapping[str, str] = {
    kind: "rate" if kind == TARIFFS else "value" for kind in KEYS if kind not in (SCHEDULE, ROWS)
}


@dataclass(frozen=True)
class PublishedFormat:
    """A format of a publisher.

    Attributes
    ----------
    name : by which a user names it.
    becomes : kind of table, one of `KEYS`.
    how : how to get a file, with its address where the publisher has one that lasts.
    licence : in a few words; its terms must be read at the publisher's.
    columns : of the file.
    containers : how a file of it is packed: text, json, workbook, parquet, ...
    recognise : whether a file is of it; by default, whether it has the columns.
    grid : cells of a file as text under the publisher's heads, and the row of the first; by default those of a table.
    finish : what a function still does to the rows.
    constants : columns of one text. month : a column whose month belongs to the period.
    detail : columns whose texts tell rows apart: `join` them, without those that `leave_out` says, `named` or not.
    layout : column -> place and width in a row of fixed width. wide, not_wide : characters of such a row; begins : its
        pattern.
    member : pattern of the file within an archive of several.
    unique : whether a key may stand once only.
    money : of the values.
    """

    name: str
    title: str
    publisher: str
    becomes: str
    how: str
    licence: str
    columns: tuple[FileColumn, ...] = ()
    containers: tuple[str, ...] = TABULAR
    recognise: Callable[[Original, PublishedFormat], bool] | None = None
    grid: Callable[[Original, PublishedFormat], tuple[pl.DataFrame, int]] | None = None
    finish: Callable[[pl.DataFrame, Original, PublishedFormat], pl.DataFrame] | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    month: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    layout: Mapping[str, Sequence[int]] = field(default_factory=dict)
    wide: int = 0
    not_wide: int = 0
    begins: str = ""
    member: str = ""
    unique: bool = True
    money: str = "USD"

    @property
    def needed(self) -> tuple[FileColumn, ...]:
        """Columns that a file must have."""
        return tuple(column for column in self.columns if column.needed)

    def finished(self, frame: pl.DataFrame, original: Original) -> pl.DataFrame:
        """Rows as what the file becomes."""
        if self.finish is not None:
            frame = self.finish(frame, original, self)
        if self.month in frame.columns:
            month = pl.col(self.month).str.zfill(2)
            of_month = pl.when(pl.col(self.month) != "").then(pl.col("period").str.slice(0, 4) + "-" + month)
            frame = frame.with_columns(of_month.otherwise("period").alias("period"))
        if self.detail:
            out, named = self.detail.get("leave_out", {}), self.detail.get("named", False)
            parts = [
                pl.when(pl.col(name).is_in([out.get(name, ""), ""])).then(pl.lit("")).otherwise(
                    pl.lit(f"{name} " if named else "") + pl.col(name))
                for name in self.detail["join"] if name in frame.columns
            ]  # fmt: skip
            joined = pl.concat_str(parts, separator=" ").str.strip_chars() if parts else pl.lit("")
            frame = frame.with_columns(joined.alias("detail"))
        return frame.with_columns(pl.lit(text).alias(name) for name, text in self.constants.items())


@dataclass(frozen=True)
class ReadFile:
    """A file of a publisher, read and checked.

    Attributes
    ----------
    format : it is of.
    frame : its rows, in the columns of what it becomes.
    sha256 : of the file as it lies on the disk.
    notes : what was done to read it.
    """

    format: PublishedFormat
    source: str
    frame: pl.DataFrame = field(repr=False)
    sha256: str
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """The rows as a result table with units and meanings."""
        return table_of_frame(self.format.becomes, self.frame, self.format.money, self.source, self.notes)


def table_of_frame(becomes: str, frame: pl.DataFrame, money: str, title: str, notes: tuple[str, ...] = ()) -> Table:
    """Rows of one kind as a result table; rows of no kind have the columns of their file."""
    data = columns_of(frame)
    if becomes == ROWS:
        kinds = [{"column": name, "unit": "" if frame[name].dtype.is_numeric() else "text"} for name in data]
        return table_with("formats.rows", data, notes, column=kinds, title=title)
    unit = "USD" if money == "USD" else ""
    return table_with(f"formats.{becomes}", data, notes, unit=unit, money=money, title=title)


def head_row(original: Original, columns: Sequence[FileColumn]) -> tuple[int, dict[str, int]]:
    """The row that holds most heads of some columns, and position by folded head."""
    best, chosen = -1, (0, dict[str, int]())
    for number, row in enumerate(original.first_rows):
        heads: dict[str, int] = {}
        for place, cell in enumerate(row):
            heads.setdefault(fold_head(cell), place)
        score = sum(column.place(heads) is not None for column in columns)
        if score > best:
            best, chosen = score, (number, heads)
    return chosen


def has_columns(original: Original, columns: Sequence[FileColumn]) -> bool:
    """Whether a file has the columns that it must have."""
    _, heads = head_row(original, columns)
    return all(column.place(heads) is not None for column in columns if column.needed)


def grid_of(original: Original, columns: Sequence[FileColumn]) -> tuple[pl.DataFrame, int]:
    """Columns of a table, as text under their names in the result, and the row of the file of the first.

    Raises
    ------
    InputError : columns that are missing, all at once; rows of another length than the head.
    """
    original.check_end()
    head, heads = head_row(original, columns)
    faults: list[InputError] = []
    for column in columns:
        if column.needed and column.place(heads) is None:
            near = did_you_mean(fold_head(column.heads[0]), [each for each in heads if each])
            hint = f"did you mean {near}?" if near else "get the file again with it"
            faults.append(InputError(original.name, f"has no column '{column.heads[0]}'", hint))
    check_none(faults)
    cells = grid(original, head)
    places = {column.name: place for column in columns if (place := column.place(heads)) is not None}
    if not cells.height:
        raise InputError(original.name, "has no rows under its head", AGAIN)
    return cells.select(cells[:, place].alias(name) for name, place in places.items()), head + 2


def json_grid(rows: Any, columns: Sequence[FileColumn], name: str) -> pl.DataFrame:
    """Rows of an answer in JSON as text, under the names of the result; what no row has is left out.

    Raises
    ------
    InputError : no rows; columns that no row has.
    """
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise InputError(name, "holds no rows", AGAIN)
    folded = [{fold_head(str(key)): cell for key, cell in row.items()} for row in rows]
    heads = {head: 0 for row in folded for head in row}
    missing = [column.heads[0] for column in columns if column.needed and column.place(heads) is None]
    check_none([InputError(name, f"has no column '{head}'", "ask for it too") for head in missing])
    data, faults = {}, list[InputError]()
    for column in columns:
        head = next((fold_head(head) for head in column.heads if fold_head(head) in heads), None)
        if head is not None:
            bare = [number for number, row in enumerate(folded, 1) if head not in row] if column.needed else []
            faults += [InputError(f"{name}, row {n}", f"has no '{column.heads[0]}'", AGAIN) for n in bare[:SHOWN]]
            data[column.name] = [text_of(row.get(head)) for row in folded]
    check_none(faults[:SHOWN])
    return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))
