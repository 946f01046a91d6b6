"""The table of an importer's tariff lines in the order of its axis; a column is read when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.tables import arrays

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LineTable(Mapping[str, NDArray[Any]]):
    """Columns by name, arrays of shape (lines,).

    Attributes
    ----------
    name : of the embedded table; "" where columns come from a folder.
    first : columns that are read together, as nearly every question needs them.
    others : columns that are read one by one.
    rows : rows of the table in the order of the axis, shape (lines,).
    content : columns of a folder's own table, in the order of its rows.
    """

    name: str
    first: tuple[str, ...]
    others: tuple[str, ...]
    rows: Ints
    content: Mapping[str, NDArray[Any]] = field(repr=False, default_factory=dict)
    _read: dict[str, NDArray[Any]] = field(repr=False, default_factory=dict)

    @classmethod
    def given(cls, content: Mapping[str, NDArray[Any]], rows: Ints) -> LineTable:
        """A table whose columns are in memory."""
        return cls("", tuple(content), (), rows, content)

    def __getitem__(self, column: str) -> NDArray[Any]:
        if column not in self._read:
            if column not in self.first and column not in self.others:
                raise KeyError(column)
            self._read[column] = self._column(column)[self.rows]
        return self._read[column]

    def _column(self, column: str) -> NDArray[Any]:
        if not self.name:
            return self.content[column]
        group = self.first if column in self.first else (column,)
        return arrays(self.name, group)[column]

    def __iter__(self) -> Iterator[str]:
        return iter((*self.first, *self.others))

    def __len__(self) -> int:
        return len(self.first) + len(self.others)

    def take(self, positions: Sequence[int] | Ints) -> LineTable:
        """The same columns on some positions of the axis."""
        return LineTable(self.name, self.first, self.others, self.rows[np.asarray(positions)], self.content)
