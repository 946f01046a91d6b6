"""Labelled numbers: one for each country, product or day, with its unit; in per cent, as people read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.codes import Column, Table, Unit, UnknownName
from detente.faces.charts import Chart, forms
from detente.faces.charts.frame import MINUS, fixed
from detente.faces.python.answer import AnswerBase
from detente.faces.python.plots import Plot

PER_CENT = 100.0
BARS = 15
"""Bars of a chart at most."""


@dataclass(frozen=True, repr=False)
class Labelled(AnswerBase):
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

    def plot(self, name: str = "bars") -> Plot:
        """The largest numbers as bars about zero."""
        shown = self.largest(BARS)
        rows = [
            {"label": label, "value": fixed(value), "text": f"{value:+.2f}".replace("-", MINUS)}
            for label, value in sorted(zip(shown.names, shown.values, strict=True), key=lambda pair: -pair[1])
        ]
        words = "; ".join(f"{row['label']} {row['text']}" for row in rows[:3])
        note = f"The {len(rows)} largest of {len(self)}, whatever their sign."
        source = "Détente, computed from this result"
        return Plot(
            (
                Chart(
                    "bars", "series", self.what, f"{words}, {self.unit}.", self.unit, 2, note, source,
                    lambda width: forms.bars(rows, width, self.title),
                ),
            )
        )  # fmt: skip

    def largest(self, count: int = 10) -> Labelled:
        """The codes with the largest numbers, whatever their sign."""
        order = sorted(range(len(self)), key=lambda i: -abs(self.values[i]))[:count]
        return self._only(order)

    def _only(self, order: Sequence[int]) -> Labelled:
        codes, names = (tuple(row[i] for i in order) for row in (self.codes, self.names))
        values = tuple(self.values[i] for i in order)
        return replace(self, codes=codes, names=names, values=values)
