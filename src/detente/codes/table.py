"""Table: columns that carry name, unit and description; what every result is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes.days import Standing
from detente.codes.errors import InputError, UnknownName
from detente.codes.units import PRINTED, Unit

#: Rows of a table that a notebook shows.
SHOWN = 20

#: Letters of a cell that a terminal shows.
LONGEST = 60

#: Digits of the largest number of a column that are kept, where no less is known.
DIGITS = 10

#: Decimals that are kept at most, of USD and of all else: the tolerance of a solve is 1e-10.
CENTS, FINEST = 2, 11

#: Lines of a table that stands at the end of a line of code.
SCREEN = 30

#: Letters of a line of text, and between two columns; a wider table goes on beneath, in blocks of columns.
LINE, GAP = 120, 2

#: Columns with no more letters in a cell than this stand on one line in a notebook.
UNBROKEN, NO_BREAK = 20, ";white-space:nowrap"


#: How a table leaves the program, by name of its method: the faces, which alone know data frames, fill it.
EXPORTS: dict[str, Callable[..., Any]] = {}


def export(name: str) -> Callable[..., Any]:
    """A way out of the program; `InputError` where no face is loaded that has it."""
    if name not in EXPORTS:
        raise InputError(name, "needs the public interface, which is not loaded", "import detente.api")
    return EXPORTS[name]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    name : in files; description : one line; label : its head for readers, if that is another.
    kind : of ids in its cells, which readers see in the words of that vocabulary; "" for other cells.
    """

    name: str
    unit: Unit
    description: str
    label: str = ""
    kind: str = ""


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
    standing : how far the law behind it is on record, where a law is behind it.
    names : words of ids in its cells that come from data, as titles of a lawbook.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    data: Mapping[str, NDArray[Any]] = field(repr=False)
    notes: tuple[str, ...] = ()
    standing: Standing | None = None
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of_rows(
        cls, name: str, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], notes: Sequence[str] = ()
    ) -> Table:
        """A table from rows of values, each in the order of the columns."""
        data = {column.name: np.asarray([row[index] for row in rows]) for index, column in enumerate(columns)}
        return cls(name, title, tuple(columns), data, tuple(notes))

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if set(names) != set(self.data):
            raise InputError(f"table {self.name}", "columns and data differ", "give one array per column")
        lengths = {len(self.data[name]) for name in names}
        if len(lengths) > 1:
            raise InputError(f"table {self.name}", "columns differ in length", "give arrays of one length")

    def __str__(self) -> str:
        """The table as a terminal shows it: title, heads with units, the first rows, notes."""
        grid, wide, right = self._grid()
        notes = [
            line for note in self._notes() for line in wrap(note, LINE, break_long_words=False, break_on_hyphens=False)
        ]
        lines = [self.title]
        for block in _fitting_blocks(grid[1:], wide) if wide else ():
            lines += ["", *_set(grid, block, wide, right)]
        return "\n".join([*lines, *(("", *notes) if notes else ())])

    def __repr__(self) -> str:
        """The table on a screen: what `print` shows where that is short, else the first rows and columns."""
        text = str(self)
        if text.count("\n") < SCREEN:
            return text
        brief = [self.title, "", *self.brief(SCREEN - 2)]
        notes = [line for note in self.notes for line in wrap(note, LINE)]
        return "\n".join([*brief, *(["", *notes][: SCREEN - len(brief)] if len(brief) < SCREEN - 2 else [])])

    def brief(self, most: int) -> list[str]:
        """Heads and first rows in so many lines at most, on one line each; what is left out is counted.

        Parameters
        ----------
        most : lines, five or more.
        """
        grid, wide, right = self._grid()
        if not wide:
            return []
        block = _fitting_blocks(grid[1:], wide)[0]
        fits = len(self) + 2 <= most and len(block) == len(wide)
        kept = grid[: len(grid) if fits else most - 2]
        left = [f"{len(self) - len(kept) + 1:,} more rows"] if len(kept) - 1 < len(self) else []
        left += [f"{len(wide) - len(block)} more columns"] if len(block) < len(wide) else []
        return [*_set(kept, block, wide, right), *([f"... {', '.join(left)}: .to_polars()"] if left else [])]

    def __len__(self) -> int:
        return len(self.data[self.columns[0].name]) if self.columns else 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each a dictionary."""
        return self.rows()

    def __getitem__(self, what: Any) -> Any:
        """A column by its name; several columns as a table, by a list of names; rows as a table, by a slice or mask."""
        if isinstance(what, str):
            if what not in self.data:
                raise UnknownName("column", what, self.data, f"table {self.name}")
            return self.data[what]
        if isinstance(what, list) and all(isinstance(name, str) for name in what):
            return self.select(what)
        if isinstance(what, int | np.integer) and not isinstance(what, bool):
            return next(self.take(np.asarray([what])).rows())
        return self.take(np.arange(len(self))[what])

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The table for whoever reads Arrow, as polars and pandas do."""
        return self.to_polars().__arrow_c_stream__(requested_schema)

    def head(self, rows: int = 5) -> Table:
        """The first rows."""
        return self[:rows]

    def save(self, path: Any) -> Any:
        """Write the table to a file, whose ending names the format: .csv, .xlsx, .parquet, .json and others."""
        return export("save")(self, path)

    @property
    def tables(self) -> Mapping[str, Table]:
        """The table by its name, as any answer has its tables."""
        return {self.name: self}

    @property
    def sentences(self) -> tuple[str, ...]:
        """What stands beneath it."""
        return self.notes

    def _repr_html_(self) -> str:
        """The table as a notebook shows it: units in the heads, what each column means on hovering, notes beneath."""
        notes = "".join(f"<div><small>{_escaped(note)}</small></div>" for note in self._notes())
        return f"<h4>{_escaped(self.title)}</h4>{self._html_grid()}{notes}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The table for a notebook (HTML) and for a terminal (text), with the same cells and notes in both."""
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def _html_grid(self) -> str:
        cells = self._cells()
        columns = self._filled()
        side = ["right" if right else "left" for right in self._right()]
        short = [max((len(row[j]) for row in cells), default=0) <= UNBROKEN for j in range(len(columns))]
        how = [f"text-align:{where}{NO_BREAK if brief else ''}" for where, brief in zip(side, short, strict=True)]
        heads = "".join(
            f'<th style="text-align:{side[j]}" title="{_escaped(c.description)}">{_escaped(_head(c))}</th>'
            for j, c in enumerate(columns)
        )
        body = "".join(
            "<tr>" + "".join(f'<td style="{how[j]}">{_escaped(cell)}</td>' for j, cell in enumerate(row)) + "</tr>"
            for row in cells
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"

    def _grid(self) -> tuple[list[list[str]], list[int], list[bool]]:
        """Heads and rows that are shown, letters of each column, and whether it holds numbers."""
        grid = [[_head(column) for column in self._filled()], *([_cut(cell) for cell in row] for row in self._cells())]
        return grid, [max(map(len, column)) for column in zip(*grid, strict=True)], self._right()

    def _filled(self) -> tuple[Column, ...]:
        """The columns that say something in some row; all of them where there are no rows."""
        rows = list(self.rows())
        return tuple(c for c in self.columns if not rows or any(shown_cell(row[c.name], c) for row in rows))

    def _right(self) -> list[bool]:
        """Whether a shown column holds numbers, which stand at the right."""
        return [np.asarray(self.data[column.name]).dtype.kind in "fiu" for column in self._filled()]

    def _cells(self) -> list[list[str]]:
        """The rows that are shown, as readers see them."""
        columns, rows = self._filled(), self.take(np.arange(min(len(self), SHOWN))).rows()
        return [[shown_cell(row[column.name], column, self.names) for column in columns] for row in rows]

    def _notes(self) -> tuple[str, ...]:
        more = (f"{len(self) - SHOWN:,} more rows: detente.frame(table)",) if len(self) > SHOWN else ()
        return (*more, *self.notes)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as plain dictionaries of Python values."""
        lists = {column.name: np.asarray(self.data[column.name]).tolist() for column in self.columns}
        for i in range(len(self)):
            yield {name: values[i] for name, values in lists.items()}

    def to_polars(self) -> Any:
        """The table as a polars data frame: a share stays a share, an amount is in USD."""
        return export("to_polars")(self)

    def to_pandas(self) -> Any:
        """The table as a pandas data frame, days as days; its `attrs` hold title, units and notes."""
        return export("to_pandas")(self)

    def to_arrow(self) -> Any:
        """The table as an Arrow table; its metadata hold title and notes, those of a column unit and meaning."""
        return export("to_arrow")(self)

    def to_stata(self, path: Any) -> Any:
        """Write the table as a file of Stata (.dta), with a label for each column; returns its path."""
        return export("to_stata")(self, path)

    def to_sdmx_csv(self, path: Any = None) -> str:
        """The table as SDMX-CSV 2.0, one row for each observation; written to a file where a path is given."""
        return export("to_sdmx_csv")(self, path)

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values: title, notes, columns with units, rows."""
        return {
            "name": self.name,
            "title": self.title,
            "notes": list(self.notes),
            "columns": {c.name: {"unit": c.unit.value, "means": c.description} for c in self.columns},
            "rows": list(self.rows()),
        }

    def plot(self, name: str = "") -> Any:
        """The chart of the gallery that draws a table of this name, or the named one."""
        return export("plot")({self.name: self}, name or self.name)

    def select(self, names: Sequence[str]) -> Table:
        """The same table with only the named columns, in that order."""
        by_name = {column.name: column for column in self.columns}
        kept = tuple(by_name[name] for name in names if self[name] is not None)  # an unknown one is refused
        return replace(self, columns=kept, data={name: self.data[name] for name in names})

    def take(self, rows: NDArray[Any]) -> Table:
        """The same table with only these rows (indices or mask)."""
        data = {name: np.asarray(values)[rows] for name, values in self.data.items()}
        return replace(self, data=data)

    def noted(self, *notes: str) -> Table:
        """The same table with more notes beneath."""
        return replace(self, notes=(*self.notes, *notes))

    def named(self, names: Mapping[str, str]) -> Table:
        """The same table with words of ids that come from data."""
        return replace(self, names={**self.names, **names})

    def standing_on(self, standing: Standing | None) -> Table:
        """The same table with how far its law is on record, said before its other notes."""
        if standing is None:
            return self
        return replace(self, standing=standing, notes=tuple(dict.fromkeys((*standing.lines, *self.notes))))

    def for_machines(self) -> Table:
        """The same table; where it is about a day beyond the record, each row says how far that goes."""
        if self.standing is None or not self.standing.beyond or "record_to" in self.data:
            return self
        column = Column("record_to", Unit.DATE, "last day for which the law was read")
        days = np.full(len(self), self.standing.to.isoformat())
        return replace(self, columns=(*self.columns, column), data={**self.data, "record_to": days})

    def settled(self, digits: int = DIGITS) -> Table:
        """The table as it is kept: numbers to some digits of the largest of their column, in its unit.

        What is beneath is left by the tolerance of a solve and by the order in which a processor adds, and is no part
        of a number: rounded, the same question has the same bytes on every processor. Whole numbers stay. Where a
        column says the unit of each row, those of one unit are taken together.
        """
        data = dict(self.data)
        units = np.asarray(data.get(OF_ROWS, np.full(len(self), "")))
        for column in self.columns:
            data[column.name] = np.array(data[column.name])
            for unit in np.unique(units):
                rows = units == unit
                data[column.name][rows] = _settled(data[column.name][rows], column.unit, digits)
        return replace(self, data=data)

    def sorted(self, by: str, descending: bool = False) -> Table:
        """The same table ordered by one column; numbers that agree to ten decimals keep their order."""
        values = self[by]
        if values.dtype.kind == "f":
            values = np.round(values, 10)
            return self.take(np.argsort(-values if descending else values, kind="stable"))
        order = np.argsort(values, kind="stable")
        return self.take(order[::-1] if descending else order)


#: Column with the unit of each row.
OF_ROWS = "unit"


def _settled(values: NDArray[Any], unit: Unit, digits: int) -> NDArray[Any]:
    if values.dtype.kind != "f" or not np.isfinite(values).any():
        return values
    known = np.abs(values[np.isfinite(values)])
    if not known.any() or (known == np.round(known)).all():
        return values
    decimals = digits - 1 - int(np.floor(np.log10(known.max()) + 1e-9))  # 1 less a rounding is 1
    return np.round(values, min(decimals, CENTS if unit is Unit.USD else FINEST)) + 0.0


def _fitting_blocks(rows: Sequence[Sequence[str]], wide: Sequence[int]) -> list[list[int]]:
    """Columns that fit beside one another; each block begins with those that tell the rows apart, where they are short.

    A table that fits on one line is one block.
    """
    taken = [sum(wide[:k]) + GAP * k for k in range(len(wide) + 1)]
    if taken[-1] - GAP <= LINE:
        return [list(range(len(wide)))]
    short = [k for k in range(1, len(wide)) if taken[k] + max(wide[k:]) <= LINE] or [1]
    brief = [k for k in short if taken[k] <= LINE // 2] or short[:1]
    keys = next((k for k in short if len({tuple(row[:k]) for row in rows}) == len(rows)), brief[-1])
    blocks = [list(range(keys))]
    for j in range(keys, len(wide)):
        tried = [*blocks[-1], j]
        if len(blocks[-1]) > keys and sum(wide[k] + GAP for k in tried) - GAP > LINE:
            blocks.append([*range(keys), j])
        else:
            blocks[-1] = tried
    return blocks


def _set(grid: Sequence[Sequence[str]], block: Sequence[int], wide: Sequence[int], right: Sequence[bool]) -> list[str]:
    """Heads, a rule and the rows of some columns, numbers at the right."""
    gap = " " * GAP
    lines = [gap.join(f"{row[j]:{'>' if right[j] else '<'}{wide[j]}}" for j in block).rstrip() for row in grid]
    lines.insert(1, gap.join("-" * wide[j] for j in block))
    return lines


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def _head(column: Column) -> str:
    how = PRINTED.get(column.unit)
    label = column.label or column.name.replace("_", " ")
    return f"{label}, {how.suffix}" if how is not None and how.suffix else label


def shown_cell(value: Any, column: Column, names: Mapping[str, str] | None = None) -> str:
    """A cell as readers see it: shares in per cent, USD in billions, ids in words, blank where nothing is known.

    Parameters
    ----------
    names : words of ids that come from data.
    """
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        if not column.kind:
            return value
        from detente.codes.names import vocabulary, words  # The duty on one good has no ids.

        return words(column.kind, value, names) if value in {**vocabulary(column.kind), **(names or {})} else value
    how = PRINTED.get(column.unit)
    if isinstance(value, float) and (how is None or math.isinf(value)):
        return ("infinite" if value > 0 else "-infinite") if math.isinf(value) else f"{round(value, 12) + 0.0:.4g}"
    return str(value) if how is None else f"{round(value * how.factor, how.digits) + 0.0:,.{how.digits}f}"


def _escaped(text: str) -> str:
    """Text as HTML shows it."""
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, name)
    return text


class LateTables(Mapping[str, Table]):
    """Tables that are made when they are first looked at.

    Parameters
    ----------
    makers : name -> what makes the table.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Table]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __repr__(self) -> str:
        return f"tables: {', '.join(self)}"


def written(table: Table, column: str, row: int) -> str:
    """A number of a table to as many decimals as its column has, at most 12."""
    decimals = max(len(f"{x:.12f}".rstrip("0").partition(".")[2]) for x in table[column].tolist() if x == x)
    return f"{float(table[column][row]):.{decimals}f}"
