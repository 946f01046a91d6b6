"""Answers on the screen, for programs and as files: the same for every question."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.codes.names import as_sentence
from detente.codes.table import EXPORTS
from detente.codes.units import PRINTED
from detente.faces.ask.answer import ROWS, Answer, Long
from detente.faces.formats import (
    cells,
    for_terminal,
    heading,
    is_stdout,
    shortened,
    terminal_width,
    to_csv,
    to_json,
    to_latex,
    to_parquet,
    to_text,
)
from detente.faces.text_tables import wrapped

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

#: Letters of a line of prose.
WORDS_WIDE = 100


#: How an answer will be shown, for a question that leaves out what nobody will see; empty where nobody says.
HOW: ContextVar[Mapping[str, Any] | None] = ContextVar("how", default=None)


def is_glance() -> bool:
    """Whether an answer will be printed once, as text, with its main table alone."""
    how = HOW.get() or {}
    named = how.get("table") or how.get("notes") or how.get("chart")
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
    """Print an answer, or write it to a file whole or not at all."""
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
        write_bytes(out, as_file(answer, ending, options["table"], options["chart"], beside(out).name))
    tables = with_workbook(answer, out, ending)
    if not options["quiet"]:
        print(f"Written to {out}{f', with its tables in {tables}' if tables else ''}.")


def beside(path: Path) -> Path:
    """The workbook beside a report: "geneva.html" -> "geneva-tables.xlsx"."""
    return path.parent / f"{path.stem}-tables.xlsx"


def with_workbook(answer: Answer, out: Path, ending: str) -> Path | None:
    """Write the workbook of a result beside its report, and say where; None for what is no report."""
    if ending not in REPORTS or answer.result is None:
        return None
    from detente.data.store import write_bytes

    return write_bytes(beside(out), as_file(answer, "xlsx"))


def save(answer: Answer | Table, path: str | Path) -> Path:
    """Write an answer or a table to a file whole; its ending names the format. Returns the path."""
    whole = Answer.of(answer.title, [answer]) if isinstance(answer, Table) else answer
    target = Path(path)
    from detente.data.store import write_bytes

    ending = ending_of(target, whole.endings)
    written = write_bytes(target, as_file(whole, ending, home=beside(target).name))
    with_workbook(whole, written, ending)
    return written


EXPORTS.update(save=save)
