"""Answer: what every question gives, in every face; it behaves as its main table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from html import escape
from importlib import import_module
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from detente.codes import Table, UnknownName
from detente.codes.standing import Standing
from detente.codes.table import EXPORTS, LateTables, export
from detente.faces.formats import clean, json_rows
from detente.version import VERSION

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import polars as pl

    from detente.codes.standing import Branch
    from detente.faces.python.plots import Plot

#: Ways out of the program for every table, each with the module that has it and is loaded when it is first taken.
OUT = {
    **dict.fromkeys(("to_polars", "to_pandas", "to_arrow", "to_stata", "to_sdmx_csv"), "python.frames"),
    "plot": "python.plots", "save": "ask.output",
}  # fmt: skip


def _way(name: str, *given: Any, **named: Any) -> Any:
    import_module(f"detente.faces.{OUT[name]}")
    return EXPORTS[name](*given, **named)


for _name in OUT:
    EXPORTS.setdefault(_name, partial(_way, _name))

#: Lines and letters that are printed of an answer, and rows of its main table.
LINES, LETTERS, ROWS = 30, 100, 15


@dataclass(frozen=True)
class Number:
    """One number with what belongs to it.

    Attributes
    ----------
    value : in `unit`, which is a share, USD, dollars or days. low, high : its range; None where none is drawn.
    moved_by : what moves it most. against : what it is compared with. definition : how it is counted.
    """

    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    moved_by: str = ""
    against: str = ""
    definition: str = ""


@dataclass(frozen=True)
class Long:
    """A table that may be longer than memory: how many rows, the first of them, and all of them piece by piece."""

    rows: Callable[[], int]
    first: Callable[[int], Table]
    frames: Callable[[], Iterator[pl.DataFrame]]


@dataclass(frozen=True, repr=False)
class Answer:
    """What every question gives.

    Attributes
    ----------
    headline : the answer in one or two sentences.
    tables : by name, the main one first. number : the one number it is, where it is one.
    warnings : what a reader must know before the number is quoted.
    question, arguments : what was asked, as it was understood; its maker says alone what it resolved itself.
    following : the next useful command. more : tables that take longer, each made when it is named.
    verbatim : a text to be copied, which the screen shows in place of the main table; `ending` : of a file of it.
    markup : the same as HTML, for pages and notebooks. between : what charts compare, in words, where that is not two
        laws, as in "under the new tariffs".
    feeds : by ending: further files of the answer, as calendars, made for the address that they link to.
    long : by name: tables that may be long, which are read and written piece by piece.
    unfinished : what could not be answered of what was asked, where all else was; "" for nothing.
    result : what the lab gave, for programs that go on with it. own_key : in place of a key made of what was asked.
    code : exit code of the command: 0, 4 where some of it has no equilibrium, 6 where something was checked and fails.
    """

    headline: str
    tables: Mapping[str, Table]
    number: Number | None = None
    warnings: tuple[str, ...] = ()
    question: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    following: str = ""
    more: Mapping[str, Callable[[], Table]] = field(default_factory=dict)
    verbatim: str = ""
    ending: str = ""
    markup: str = ""
    between: str = ""
    feeds: Mapping[str, Callable[[str], bytes]] = field(default_factory=dict)
    long: Mapping[str, Long] = field(default_factory=dict)
    unfinished: str = ""
    result: Any = None
    own_key: str = ""
    code: int = 0

    @classmethod
    def of(cls, headline: str, tables: Sequence[Table], **more: Any) -> Answer:
        """An answer of some tables, the main one first."""
        return cls(headline, {table.name: table for table in tables}, **more)

    @cached_property
    def main(self) -> Table:
        """The table that stands for the answer."""
        return next(iter(self.tables.values()))

    def table(self, name: str = "") -> Table:
        """A table by name, the main one where none is named; `UnknownName` for one that is not there."""
        if name in self.more:
            return self._late[name]
        if name and name not in self.tables:
            raise UnknownName("table", name[:60], self.names, "table", f"use {', '.join(self.names)}")
        return self.tables[name] if name else self.main

    @cached_property
    def _late(self) -> LateTables:
        return LateTables(self.more)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its tables, the main one first and those that take longer last."""
        return (*self.tables, *self.more)

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of files that it has beside those of tables and charts."""
        return (*([self.ending] if self.ending else []), *self.feeds)

    @property
    def short(self) -> Mapping[str, Table]:
        """Its tables without those that may be long."""
        return {name: self.tables[name] for name in self.tables if name not in self.long}

    @property
    def standing(self) -> Standing | None:
        """How far the law behind it is on record."""
        return next((table.standing for table in self.short.values() if table.standing is not None), None)

    @property
    def read_to(self) -> date | None:
        """Last day for which the law behind it was read."""
        return None if self.standing is None else self.standing.to

    @property
    def branches(self) -> tuple[Branch, ...]:
        """The number under each fate of what is open; empty where all agree."""
        return () if self.standing is None else self.standing.branches

    @cached_property
    def charts(self) -> tuple[str, ...]:
        """Names of the charts that its tables make, the main one first."""
        from detente.faces.python.plots import drawable

        return tuple(drawable(self.short))

    @cached_property
    def key(self) -> str:
        """12 hex digits of everything the answer depends on: question, arguments, version and data."""
        from detente.data.library import vintage

        if self.own_key:
            return self.own_key
        text = json.dumps([self.question, dict(self.arguments), VERSION, vintage().key], sort_keys=True, default=_keyed)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.main)

    def __bool__(self) -> bool:
        return True  # one whose main table has no rows is an answer as well

    def __len__(self) -> int:
        return len(self.main)

    def __getitem__(self, what: Any) -> Any:
        return self.main[what]

    def __getattr__(self, name: str) -> Any:
        # An answer behaves as its main table: columns, head, sort, to_pandas and whatever else a table has.
        if name.startswith("__") and name != "__arrow_c_stream__":
            raise AttributeError(name)
        return getattr(self.main, name)

    def __float__(self) -> float:
        if self.number is None:
            known = ", ".join(column.name for column in self.main.columns)
            raise TypeError(f"{self.question or 'the answer'} is no single number; take a column, as of {known}")
        return self.number.value

    def __str__(self) -> str:
        lines = [line for text in (self.headline, *self.warnings) for line in wrap(text, LETTERS)]
        others = wrap(f"Tables: {', '.join(self.names)}", LETTERS) if len(self.names) > 1 else []
        lines += ["", *self.main.brief(max(LINES - len(lines) - len(others) - 3, 5))]
        return "\n".join([*lines, *([""] if others else []), *others])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        words = "".join(f"<p>{escape(text)}</p>" for text in (self.headline, *self.warnings)) + self.markup
        others = ", ".join(f"<code>{escape(name)}</code>" for name in self.names)
        return f"{words}{self.main._repr_html_()}<div><small>tables: {others}</small></div>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def plot(self, name: str = "") -> Plot:
        """A chart by name, the main one where none is named."""
        from detente.faces.python.plots import plot

        return plot(self.tables, name, between=self.between)

    def save(self, path: str | Path) -> Path:
        """Write the answer to a file; its ending names the format, as on the command line."""
        return export("save")(self, path)

    def to_dict(self, tables: Sequence[str] = (), limit: int | None = None, offset: int = 0) -> dict[str, Any]:
        """The answer as every face gives it to a program.

        Parameters
        ----------
        tables : names of those wanted; all where none is named. limit, offset : rows of each.
        """
        shown = {}
        for name in tables or self.tables:
            table = self.table(name)
            rows = json_rows(table)
            kept = rows[offset:] if limit is None else rows[offset : offset + limit]
            columns = [{"name": c.name, "unit": c.unit.value, "means": c.description} for c in table.columns]
            shown[name] = {"title": table.title, "columns": columns, "rows": kept, "total": len(rows),
                           "notes": list(table.notes)}  # fmt: skip
        number = None if self.number is None else vars(self.number)
        arguments = {name: _plain(value) for name, value in self.arguments.items()}
        return clean({
            "question": self.question, "arguments": arguments, "headline": self.headline, "number": number,
            "tables": shown, "charts": list(self.charts), "warnings": list(self.warnings),
            "read_to": None if self.read_to is None else self.read_to.isoformat(),
            "branches": [branch.as_json() for branch in self.branches], "key": self.key, "version": VERSION,
        })  # fmt: skip

    def asked(self, question: str, arguments: Mapping[str, Any], remarks: tuple[str, ...] = ()) -> Answer:
        """The answer with what was asked, and what is to be said of that."""
        return replace(self, question=question, arguments=arguments, warnings=(*remarks, *self.warnings))


def _plain(value: Any) -> Any:
    """An argument as JSON has it."""
    if hasattr(value, "digest"):  # a file of the user
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else list(value) if isinstance(value, tuple) else value


def _keyed(value: Any) -> str:
    """What a value brings to the key of an answer: of a file its content."""
    return str(getattr(value, "digest", value))
