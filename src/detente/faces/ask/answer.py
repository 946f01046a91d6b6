"""Answer: what every question gives, in every face; it behaves as its main table."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from html import escape
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.codes.days import Standing
from detente.codes.names import as_sentence
from detente.codes.table import EXPORTS, LateTables
from detente.codes.units import PRINTED
from detente.faces.formats import (
    cells,
    clean,
    for_terminal,
    heading,
    is_stdout,
    json_rows,
    shortened,
    terminal_width,
    to_csv,
    to_json,
    to_latex,
    to_parquet,
    to_text,
    wrapped,
)
from detente.version import VERSION

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from detente.codes.days import Branch
    from detente.faces.python.plots import Plot

#: Ways out of the program for every table, each with the module that has it and is loaded when it is first taken.
OUT = {
    **dict.fromkeys(("to_polars", "to_pandas", "to_arrow", "to_stata", "to_sdmx_csv"), "python.frames"),
    "plot": "python.plots",
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
        parts = [self.question, dict(self.arguments), VERSION, vintage().key]
        # A file of the user counts by its content.
        text = json.dumps(parts, sort_keys=True, default=lambda value: str(getattr(value, "digest", value)))
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
        return save(self, path)

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


# --- how far a question is: whoever asked is told, whichever face they ask through -----------------------------------

#: Takes the name of a part, how much of it is done, and of how much.
Tell = Callable[[str, int, int], None]

_listener: ContextVar[Tell | None] = ContextVar("listener", default=None)


@dataclass(frozen=True)
class Working:
    """How long work is done: a folder that keeps what is finished, and processes, None for one a core."""

    folder: Path | None = None
    workers: int | None = 1


ALONE = Working()
_work: ContextVar[Working] = ContextVar("work", default=ALONE)


@contextmanager
def _meanwhile(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def working(work: Working) -> AbstractContextManager[None]:
    """Have the questions that are asked meanwhile worked out so."""
    return _meanwhile(_work, work)


def how() -> Working:
    """How the work of a question is to be done."""
    return _work.get()


def heard_by(listener: Tell) -> AbstractContextManager[None]:
    """Tell somebody how far the questions are that are asked meanwhile."""
    return _meanwhile(_listener, listener)


def tell(part: str, done: int, total: int) -> None:
    """Say how far a part of a question is; nothing where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(part, done, total)


def progress_of(part: str) -> Callable[[int, int], None]:
    """What a part of the lab calls with how much is done, and of how much."""
    return partial(tell, part)


# --- answers on the screen, for programs and as files: the same for every question -----------------------------------

#: Formats that may be printed.
SCREEN = ("text", "json", "csv", "markdown", "latex")

#: Endings of files by the format that they name, where the two differ.
ENDINGS = {"markdown": "md", "latex": "tex"}

TABLES = ("csv", "parquet", "xlsx", "json", "md", "tex", "dta", "sdmx.csv")
PICTURES = ("png", "svg", "card.png")
#: Tables of what a result stands on, which its workbook has as well.
GROUND = ("assumptions", "sources")

#: Endings of reports, beside which all tables of the result are written as a workbook.
REPORTS = ("html", "pdf")

#: Ending of an archive by which a result is checked without this program.
PROOF = "proof.zip"

#: Letters of a line of prose.
WORDS_WIDE = 100


#: How an answer will be shown, for a question that leaves out what nobody will see; empty where nobody says.
HOW: ContextVar[Mapping[str, Any] | None] = ContextVar("how", default=None)


def is_glance() -> bool:
    """Whether an answer will be printed once, as text, with its main table alone."""
    how = HOW.get() or {}
    named = how.get("table") or how.get("notes") or how.get("chart") or how.get("proof")
    return bool(how) and how["format_"] == "text" and not named and (how["out"] is None or is_stdout(how["out"]))


def forms() -> tuple[str, ...]:
    """Every ending that an answer may be written with."""
    return (*TABLES, *PICTURES)


def ending_of(path: str | Path, own: Iterable[str] = ()) -> str:
    """The format that the ending of a file names.

    Parameters
    ----------
    own : further endings of the answer.

    Raises
    ------
    UnknownName : the answer has no such format.
    """
    name, known = Path(path).name.lower(), tuple(dict.fromkeys((*own, *forms())))
    ending = next((form for form in sorted(known, key=len, reverse=True) if name.endswith(f".{form}")), "")
    if not ending:
        last = name.rpartition(".")[2] if "." in name else name
        raise UnknownName("ending", last[:20], known, Parameter("out"), f"use {', '.join(known)}")
    return ending


def as_file(answer: Answer, form: str, tables: Sequence[str] = (), chart: str = "", home: str = "") -> bytes:
    """An answer as the content of a file.

    Parameters
    ----------
    form : one of `forms()`, or an ending of the answer's own. home : address that its feeds link to.
    tables : those that are written; the main one, or all in formats that hold several.
    chart : which one is drawn; the main one where none is named.

    Raises
    ------
    UnknownName, InputError : a table or chart that the answer does not have, two tables in a format of one.
    """
    if form in answer.feeds:
        return answer.feeds[form](home)
    if form == answer.ending:
        return answer.verbatim.encode()
    if form in PICTURES:
        from detente.faces.python.plots import WRITERS

        return WRITERS[f".{form}"](replace(answer.plot(chart), home=home if "://" in home else ""))
    if form == "json":
        return to_json(answer.to_dict(tables)).encode()
    name = tables[0] if tables else next(iter(answer.tables))
    if form in ("csv", "parquet") and len(tables) < 2 and name in answer.long:
        return b"".join(parts_of(answer.long[name], form))
    chosen = [answer.table(name) for name in tables]
    if form == "xlsx":
        _check_sheets(answer, tables)
        from detente.faces.sheets import to_workbook

        ground = [answer.table(name) for name in GROUND if name in answer.more]
        return to_workbook(chosen or [*answer.tables.values(), *ground])
    table = _one(chosen, answer, form)
    if form in ("dta", "sdmx.csv"):
        from detente.faces.python.frames import stata_bytes, to_sdmx_csv

        return to_sdmx_csv(table).encode() if form == "sdmx.csv" else stata_bytes(table)
    if form == "parquet":
        return to_parquet(table)
    return {"csv": to_csv, "md": to_markdown, "tex": to_latex}[form](table).encode()


def parts_of(table: Long, form: str) -> Iterator[bytes]:
    """A long table as CSV piece by piece, or as Parquet."""
    if form == "csv":
        for number, frame in enumerate(table.frames()):
            yield frame.write_csv(include_header=number == 0, float_precision=None).encode()
        return
    from polars.io.plugins import register_io_source

    first, out = next(table.frames()), io.BytesIO()
    register_io_source(lambda *_: table.frames(), schema=first.schema).sink_parquet(out)
    yield out.getvalue()


def _one(chosen: Sequence[Table], answer: Answer, form: str) -> Table:
    if len(chosen) > 1:
        raise InputError(
            Parameter("table"), f"{form} holds one table, {len(chosen)} are named", "name one, or use xlsx"
        )
    return chosen[0] if chosen else answer.main


#: Rows that a sheet of a workbook takes under its header.
SHEET_ROWS = 1_048_575


def _check_sheets(answer: Answer, tables: Sequence[str]) -> None:
    for name, table in answer.long.items():
        if name in (tables or answer.tables) and (rows := table.rows()) > SHEET_ROWS:
            what = f"{name} has {rows:,} rows, a sheet takes {SHEET_ROWS:,}"
            raise InputError(Parameter("out"), what, "write .csv or .parquet, or name smaller tables with --table")


def to_markdown(table: Table) -> str:
    """A table as Markdown, with its title above and its notes beneath."""
    from detente.codes.escaping import markdown, pipes

    table = for_terminal(table)
    grid = pipes(map(heading, table.columns), cells(table), (column.unit in PRINTED for column in table.columns))
    notes = [f"*{markdown(as_sentence(note))}*" for note in table.notes]
    return "\n\n".join([f"**{markdown(table.title)}**", grid, *notes]) + "\n"


def printed(answer: Answer, form: str = "text", tables: Sequence[str] = (), notes: bool = False) -> str:
    """An answer as it is printed.

    Parameters
    ----------
    notes : every note on method and sources.

    Raises
    ------
    UnknownName, InputError : a format that cannot be printed, and as `as_file`.
    """
    if form in (*SCREEN[1:], *answer.endings):
        answer = replace(answer, feeds={name: make for name, make in answer.feeds.items() if name not in SCREEN})
        return as_file(answer, ENDINGS.get(form, form), tables).decode().rstrip("\n")
    if form != "text":
        if form in (*forms(), "txt"):
            raise InputError(Parameter("format"), f"{form} cannot be printed", f"write it: --out answer.{form}")
        raise UnknownName("format", form[:20], SCREEN, Parameter("format"), f"use {', '.join(SCREEN)}")
    blocks = ["\n".join(head(answer))]
    own = [answer.verbatim] if answer.verbatim and not tables else []
    blocks += own
    for name in tables or ([] if own else [next(iter(answer.tables))]):
        long = None if tables else answer.long.get(name)
        table = long.first(ROWS) if long else answer.table(name)
        shown = replace(shortened(table), notes=table.notes if notes else ())
        total = long.rows() if long else len(table)
        blocks.append(to_text(shown, limit=len(table) if tables else ROWS, more=f"--table {table.name}", total=total))
    blocks.append("\n".join(_foot(answer, tables, notes)))
    return "\n\n".join(block for block in blocks if block)


def head(answer: Answer) -> Iterator[str]:
    """What stands above the tables: what a reader must know, and the answer."""
    width = min(WORDS_WIDE, terminal_width())
    for text in dict.fromkeys((answer.headline, *warnings_of(answer))):
        yield from wrapped(text, width)


def warnings_of(answer: Answer) -> tuple[str, ...]:
    """What a reader must know: the answer's own warnings, and that a day lies beyond the record."""
    standing = answer.standing
    beyond = () if standing is None or not standing.beyond else (as_sentence(standing.line),)
    return (*answer.warnings, *beyond)


def _foot(answer: Answer, tables: Sequence[str], notes: bool) -> Iterator[str]:
    standing = answer.standing
    if standing is not None and standing.foot and standing.foot[1:] not in " ".join(answer.verbatim.split()):
        yield as_sentence(standing.foot)
    others = [name for name in answer.names if name not in tables and (tables or name != next(iter(answer.tables)))]
    ways = [f"Other tables: {', '.join(others)} (--table NAME)."] if others else []
    ways += [] if notes or not any(table.notes for table in answer.short.values()) else ["Sources and method: --notes."]
    ways += [f"Next: {answer.following}"] if answer.following else []
    yield from wrapped(" ".join(ways), min(WORDS_WIDE, terminal_width()))


def deliver(answer: Answer, out: Path | None, form: str, options: Any) -> None:
    """Print an answer, or write it to a file whole or not at all; its proof beside it where that is wanted."""
    if proof := options.get("proof"):
        if PROOF not in answer.feeds:
            raise InputError(Parameter("proof"), "is written of one scenario that is run", "leave it out, or name one")
        _write(Path(proof), answer.feeds[PROOF](""))
    if out is not None and is_stdout(out) and form in ("parquet", "xlsx"):
        sys.stdout.buffer.write(as_file(answer, form, options["table"]))
        return None
    if out is None or is_stdout(out):
        return print(printed(answer, form, options["table"], options["notes"]))
    ending = ending_of(out, answer.endings) if form == "text" else ENDINGS.get(form, form)
    if ending == answer.ending and out.exists():  # it is there to be edited
        raise InputError(str(out), "is there already", "give another name, or remove it first")
    from detente.data.store import write_bytes, write_parts

    long = answer.long.get((options["table"] or list(answer.tables))[0]) if len(options["table"]) < 2 else None
    if long is not None and ending in ("csv", "parquet"):
        write_parts(out, parts_of(long, ending))
    else:
        write_bytes(out, as_file(answer, ending, options["table"], options["chart"], workbook_path(out).name))
    tables = with_workbook(answer, out, ending)
    if not options["quiet"]:
        print(f"Written to {out}{f', with its tables in {tables}' if tables else ''}.")


def workbook_path(path: Path) -> Path:
    """The workbook beside a report: "geneva.html" -> "geneva-tables.xlsx"."""
    return path.parent / f"{path.stem}-tables.xlsx"


def with_workbook(answer: Answer, out: Path, ending: str) -> Path | None:
    """Write the workbook of a result beside its report, and say where; None for what is no report."""
    if ending not in REPORTS or answer.result is None:
        return None
    return _write(workbook_path(out), as_file(answer, "xlsx"))


def _write(path: Path, content: bytes) -> Path:
    from detente.data.store import write_bytes  # What is printed needs no store.

    return write_bytes(path, content)


def save(answer: Answer | Table, path: str | Path) -> Path:
    """Write an answer or a table to a file whole; its ending names the format. Returns the path."""
    whole = Answer.of(answer.title, [answer]) if isinstance(answer, Table) else answer
    target = Path(path)
    ending = ending_of(target, whole.endings)
    written = _write(target, as_file(whole, ending, home=workbook_path(target).name))
    with_workbook(whole, written, ending)
    return written


EXPORTS.update(save=save)
