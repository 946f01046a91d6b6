"""`detente talks keys`: every key of a case file, with type, unit, default, meaning and an example."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.data.casekeys import CaseKey, CaseRow

SCHEMA = "json-schema"
FORMAT_HELP = f"text, json, csv, parquet, xlsx or latex; {SCHEMA} for editors."
WIDEST, INDENT = 96, 18


def keys(
    of: Annotated[str, typer.Argument(help="A row, as issues or threats, or a key; all of them by default.")] = "",
    format_: Annotated[str, typer.Option("--format", "-f", help=FORMAT_HELP)] = "text",
    out: opt.Out = None,
) -> None:
    """Every key of a case file: type, unit, default, what it means and an example."""
    from detente.data.casekeys import case_schema, chosen_rows, keys_table
    from detente.faces.formats import FORMATS, check_format, deliver, emit, is_text, to_json

    check_format(format_, (*FORMATS, SCHEMA))
    if format_ == SCHEMA:
        deliver(to_json(case_schema()), out)
    elif is_text(format_, out):
        deliver("\n\n".join("\n".join(_lines(row)) for row in chosen_rows(of)), out)
    else:
        emit([keys_table(of)], format_, out)


def _lines(row: CaseRow) -> Iterator[str]:
    """A row with its keys."""
    yield f"{row.place or 'the file'}: {row.title[:1].lower()}{row.title[1:]} ({row.kind.__name__})"
    for key in row.keys:
        yield from _of_key(key)


def _of_key(key: CaseKey) -> Iterator[str]:
    given = key.default if key.default == "required" else f"default {key.default}"
    head = "; ".join(filter(None, (key.type, key.unit, given)))
    first, *more = [line for text in (head, key.means, key.shown) for line in wrap(text, WIDEST - INDENT)]
    yield f"  {key.name.ljust(INDENT - 3)} {first}"
    yield from (f"{'':{INDENT}}{line}" for line in more)
