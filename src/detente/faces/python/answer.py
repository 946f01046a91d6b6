"""Answer: what every answer of the Python face has, and how it shows itself in a terminal and a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from detente.codes import Table, UnknownName
from detente.codes.table import export
from detente.faces.python.words import in_python

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from detente.faces.python.plots import Plot

LINES, LETTERS = 30, 100
"""Lines that an answer prints at most, and letters of a line of prose."""


@runtime_checkable
class AnswerLike(Protocol):
    """What every answer has: text, HTML, tables by name, sentences, charts, plain values.

    `detente.run` gives one, and so do all of the questions in this package; a `Table` is one as well.
    """

    @property
    def tables(self) -> Mapping[str, Table]:
        """Tables by name; the first is the main one."""
        ...

    @property
    def sentences(self) -> Sequence[str]:
        """The answer in words."""
        ...

    def plot(self, name: str = "") -> Plot:
        """A chart by name; the first where none is named."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        ...

    def _repr_html_(self) -> str: ...


class AnswerBase:
    """Base of the answers: they say a title, sentences and tables, and everything else follows.

    A subclass gives `title`, `sentences` and `tables`, and may name another `lead` table.
    """

    @property
    def title(self) -> str:
        """One line on what was asked."""
        raise NotImplementedError

    @property
    def sentences(self) -> Sequence[str]:
        """The answer in words."""
        return ()

    @property
    def tables(self) -> Mapping[str, Table]:
        """Tables by name."""
        return {}

    @property
    def lead(self) -> str:
        """Name of the table that stands for the answer; "" where it has none."""
        return next(iter(self.tables), "")

    def shown(self) -> Table | None:
        """The table that is printed: the main one, or what a reader gets of it."""
        return self.table(self.lead) if self.lead else None

    def table(self, name: str = "") -> Table:
        """A table by name, the main one where none is named; `UnknownName` for one that is not there."""
        name = name or self.lead
        if name not in self.tables:
            raise UnknownName("table", name, self.tables, "", f"tables: {', '.join(self.tables)}")
        return in_words(self.tables[name])

    def __getitem__(self, name: str) -> Table:
        return self.table(name)

    def __iter__(self) -> Iterator[Any]:
        """Names of the tables."""
        return iter(self.tables)

    def __str__(self) -> str:
        """The answer as a terminal shows it, 30 lines at most."""
        lines = [self.title, *prose(self.sentences)]
        table = self.shown()
        if table is not None:
            lines += ["", *table.brief(max(LINES - len(lines) - 4, 5))]
        if len(self.tables) > 1:
            lines += ["", *prose([f"Tables: {', '.join(self.tables)}"], "")]
        return "\n".join(lines[:LINES])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """The answer as a notebook shows it."""
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        table = self.shown()
        others = ", ".join(f"<code>{escape(name)}</code>" for name in self.tables)
        foot = f"<div><small>tables: {others}</small></div>" if len(self.tables) > 1 else ""
        body = in_words(table)._repr_html_() if table is not None else ""
        return f"<h3>{escape(self.title)}</h3>{f'<ul>{items}</ul>' if items else ''}{body}{foot}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The answer for a notebook and for a terminal."""
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def plot(self, name: str = "") -> Plot:
        """A chart by its name in the gallery; the first that the tables make where none is named.

        Raises
        ------
        UnknownName, InputError : there is no such chart of this answer, or none at all.
        """
        from detente.faces.python.plots import plot

        return plot(self.tables, name)

    def to_dict(self) -> dict[str, Any]:
        """Title, sentences and tables as plain values."""
        tables = {name: table.to_dict() for name, table in self.tables.items()}
        return {"title": self.title, "sentences": list(self.sentences), "tables": tables}

    def to_polars(self, name: str = "") -> pl.DataFrame:
        """A table as a polars data frame, the main one where none is named."""
        return export("to_polars")(self.table(name))

    def to_frame(self, name: str = "") -> pl.DataFrame:
        """The same as `to_polars`."""
        return self.to_polars(name)

    def to_pandas(self, name: str = "") -> pd.DataFrame:
        """A table as a pandas data frame; needs the extra `pandas`."""
        return export("to_pandas")(self.table(name))

    def to_arrow(self, name: str = "") -> pa.Table:
        """A table as an Arrow table; needs the extra `arrow`."""
        return export("to_arrow")(self.table(name))

    def to_stata(self, path: str | Path, name: str = "") -> Path:
        """Write a table as a file of Stata; needs the extra `pandas`."""
        return export("to_stata")(self.table(name), path)

    def to_sdmx_csv(self, path: str | Path | None = None, name: str = "") -> str:
        """A table as SDMX-CSV, written to a file where a path is given."""
        return export("to_sdmx_csv")(self.table(name), path)


def in_words(table: Table) -> Table:
    """A table whose notes speak of arguments, where those of the layers below speak of flags."""
    notes = tuple(map(in_python, table.notes))
    return table if notes == table.notes else replace(table, notes=notes)


def prose(sentences: Sequence[str], mark: str = "- ") -> list[str]:
    """Sentences in lines, those after the first of each set in."""
    return [
        line
        for sentence in sentences
        for line in wrap(f"{mark}{sentence}", LETTERS, subsequent_indent=" " * len(mark), break_long_words=False)
    ]
