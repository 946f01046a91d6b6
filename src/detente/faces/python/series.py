"""Labelled numbers: one for each country, product or day, with its unit; in per cent, as people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.codes import Column, Table, Unit, UnknownName
from detente.faces.python.answer import Shown

PER_CENT = 100.0


@dataclass(frozen=True, repr=False)
class Labelled(Shown):
    """Numbers by code, in the unit they are shown in.

    Attributes
    ----------
    what : what they are, in words; `unit` : of the numbers, as "%".
    key : what the codes are of, as "country".
    codes, names, values : in one order; `values` are in `unit`.
    resolve : a code from what a reader may call it.
    """

    what: str
    unit: str
    key: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[float, ...]
    resolve: Callable[[str], str] = str

    @property
    def title(self) -> str:
        """What the numbers are, with their unit."""
        return f"{self.what}, {self.unit}"

    @property
    def column(self) -> str:
        """Name of the column of the numbers in a frame."""
        return "per_cent" if self.unit == "%" else "value"

    @property
    def tables(self) -> Mapping[str, Table]:
        """The numbers as a table of three columns: code, name, number."""
        columns = (
            Column(self.key, Unit.CODE, "code"),
            Column("name", Unit.TEXT, "name"),
            Column(self.column, Unit.NONE, self.title, label=self.unit),
        )
        rows = list(zip(self.codes, self.names, self.values, strict=True))
        table = Table.of_rows("series", self.title, columns, rows)
        return {"series": table}

    def shown(self) -> Table:
        """The numbers with the largest first, whatever their sign."""
        order = np.argsort(-np.abs(np.nan_to_num(np.array(self.values))), kind="stable")
        table = self.tables["series"].take(order)
        digits = np.array([f"{value:+.3f}" if value == value else "" for value in table[self.column].tolist()])
        return Table(table.name, table.title, table.columns, {**table.data, self.column: digits})

    def __getitem__(self, name: str) -> float:  # type: ignore[override]
        code = name if name in self.codes else self.resolve(name)
        if code not in self.codes:
            raise UnknownName(self.key, name, (*self.names, *self.codes), "", f"{len(self.codes)} are there")
        return self.values[self.codes.index(code)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def items(self) -> Iterator[tuple[str, float]]:
        """Codes with their numbers."""
        return iter(zip(self.codes, self.values, strict=True))

    def to_numpy(self) -> np.ndarray:
        """The numbers, shape (codes,), in the unit they are shown in."""
        return np.array(self.values)

    def largest(self, count: int = 10) -> Labelled:
        """The codes with the largest numbers, whatever their sign."""
        order = sorted(range(len(self)), key=lambda i: -abs(self.values[i]))[:count]
        return self._only(order)

    def _only(self, order: Sequence[int]) -> Labelled:
        codes, names = (tuple(row[i] for i in order) for row in (self.codes, self.names))
        values = tuple(self.values[i] for i in order)
        return replace(self, codes=codes, names=names, values=values)
