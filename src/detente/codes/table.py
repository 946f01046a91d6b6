"""Table: columns that carry name, unit and description; what every result is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes.errors import InputError, UnknownName
from detente.codes.units import Unit


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in files, unit and a one-line definition."""

    name: str
    unit: Unit
    description: str


@dataclass(frozen=True)
class Table:
    """A result table.

    Attributes
    ----------
    name : short name, used for files and sheets.
    title : what the reader sees above it.
    columns : the columns, in order; `detente.frame(table)` gives a data frame.
    data : one array of shape (rows,) per column, keyed by column name.
    notes : definitions and caveats printed beneath.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    data: Mapping[str, NDArray[Any]] = field(repr=False)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if set(names) != set(self.data):
            raise InputError(f"table {self.name}", "columns and data differ", "give one array per column")
        lengths = {len(self.data[name]) for name in names}
        if len(lengths) > 1:
            raise InputError(f"table {self.name}", "columns differ in length", "give arrays of one length")

    def __str__(self) -> str:
        names = ", ".join(column.name for column in self.columns)
        return f"{self.title}: {len(self)} rows of {names}"

    def __len__(self) -> int:
        return len(self.data[self.columns[0].name]) if self.columns else 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        try:
            return self.data[name]
        except KeyError:
            raise UnknownName("column", name, self.data, f"table {self.name}") from None

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as plain dictionaries of Python values."""
        lists = {column.name: np.asarray(self.data[column.name]).tolist() for column in self.columns}
        for i in range(len(self)):
            yield {name: values[i] for name, values in lists.items()}

    def select(self, names: Sequence[str]) -> Table:
        """The same table with only the named columns, in that order."""
        by_name = {column.name: column for column in self.columns}
        kept = tuple(by_name[name] for name in names if self[name] is not None)
        return Table(self.name, self.title, kept, {name: self.data[name] for name in names}, self.notes)

    def take(self, rows: NDArray[Any]) -> Table:
        """The same table with only these rows (indices or mask)."""
        data = {name: np.asarray(values)[rows] for name, values in self.data.items()}
        return Table(self.name, self.title, self.columns, data, self.notes)

    def noted(self, *notes: str) -> Table:
        """The same table with more notes beneath."""
        return Table(self.name, self.title, self.columns, self.data, (*self.notes, *notes))

    def sorted(self, by: str, descending: bool = False) -> Table:
        """The same table ordered by one column."""
        order = np.argsort(self[by], kind="stable")
        return self.take(order[::-1] if descending else order)
