"""What a format declares: whose it is, how its files are known, what their columns are, and on what terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.codes import Table, table_with
from detente.data.tables import columns_of

if TYPE_CHECKING:
    import polars as pl

    from detente.data.formats.original import Original

CODE, COUNTRY, NUMBER, PERIOD, TEXT = "code", "country", "number", "period", "text"
MISSING = frozenset(("", "NA", "N/A", "(NA)", "na", "n/a", "..", "...", ":", "-", "--", "---", "(D)", "W", "XX"))
"""What publishers write where there is no figure."""

TABULAR = ("text", "workbook", "parquet", "stata")
"""What a table of plain columns may be packed as."""

TRADE = "trade"
USE = "use"
TARIFFS = "tariffs"
SCHEDULE = "schedule"
MINERALS = "minerals"
SERIES = "series"
ROWS = "rows"
KEYS: Mapping[str, tuple[str, ...]] = {
    TRADE: ("reporter", "flow", "partner", "line", "period", "detail"),
    USE: ("seller", "product", "user", "use", "period"),
    TARIFFS: ("importer", "partner", "line", "period", "kind", "detail"),
    SCHEDULE: ("line",),
    MINERALS: ("commodity", "country", "statistic", "unit", "period"),
    SERIES: ("series", "period"),
    ROWS: (),
}
"""What a file becomes -> columns that name a row of it."""

VALUES: Mapping[str, str] = {
    TRADE: "value",
    USE: "value",
    TARIFFS: "rate",
    MINERALS: "value",
    SERIES: "value",
}
"""What a file becomes -> the column whose changes count."""


def fold_head(text: str) -> str:
    """A head without case, blanks and signs, for comparison."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a publisher's file.

    Attributes
    ----------
    name : of the column that it becomes.
    heads : its heads in files, as publishers have changed them; the first is the usual one.
    kind : code, country, number, period or text.
    factor : what one of the file is in the unit of the result.
    digits : lengths that a code may have; of one digit less than the longest, a zero in front is lost.
    needed : whether a file must have it. blank : whether a cell may say nothing.
    signed : whether a number may be below zero.
    areas : codes of the publisher that are no country -> what they become.
    others : pattern of codes of goods that are not all digits.
    """

    name: str
    heads: tuple[str, ...]
    kind: str = TEXT
    factor: float = 1.0
    digits: tuple[int, ...] = ()
    needed: bool = True
    blank: bool = False
    signed: bool = False
    areas: Mapping[str, str] = field(default_factory=dict)
    others: str = ""

    def place(self, heads: Mapping[str, int]) -> int | None:
        """Position of the column among folded heads."""
        return next((heads[fold_head(head)] for head in self.heads if fold_head(head) in heads), None)


Recogniser = Callable[["Original"], bool]
Grids = Callable[["Original"], "tuple[pl.DataFrame, int]"]
Finisher = Callable[["pl.DataFrame", "Original"], "pl.DataFrame"]


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
    finish : the rest of the way to the result.
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
    recognise: Recogniser | None = None
    grid: Grids | None = None
    finish: Finisher | None = None
    member: str = ""
    unique: bool = True
    money: str = "USD"

    @property
    def needed(self) -> tuple[FileColumn, ...]:
        """Columns that a file must have."""
        return tuple(column for column in self.columns if column.needed)


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
