"""`detente watch`: what the law changed for a list of lines and partners since a day, and what is known to come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.lab.statute.watch.seen import Watch

DAYS = 30
"""Days that are looked back over where none is named."""

SILENT = ("row", "measures")
"""Columns for machines."""

Lines = Annotated[Path, typer.Argument(help="CSV file with columns line, partner and, if wanted, importer and note.")]
Since = Annotated[str, typer.Option("--since", help="Day after which changes count; 30 days before by default.")]
On = Annotated[str, typer.Option("--on", help="Day that counts as today.")]
Form = Annotated[
    str, typer.Option("--format", "-f", help="text, json, csv, parquet, xlsx, latex, rss, ics or jsonl (webhook).")
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("watch")(watch)


def watch(
    lines: Lines,
    since: Since = "",
    on: On = "today",
    of: opt.Of = "USA",
    table_: opt.Tables = None,
    format_: Form = "text",
    out: opt.Out = None,
) -> None:
    """What changed for your lines and partners since a day, and what is known to come."""
    from detente.faces.formats import FORMATS, check_format, deliver, emit, form_of, is_text
    from detente.faces.watchfiles import FORMS, watch_file
    from detente.lab.statute.watch.changes import watch as seen_of
    from detente.lab.statute.watch.listed import read_watch
    from detente.lab.statute.watch.tables import watch_table, watch_tables

    form = check_format(_form(format_, out, FORMS), (*FORMATS, *FORMS))
    today = opt.day(on)
    first = opt.day(since, "--since") if since else today - timedelta(days=DAYS)
    seen: Watch = seen_of(read_watch(lines, of, today), first, today)
    if form in FORMS:
        content = watch_file(watch_table(seen), form, today)
        deliver(content.decode().rstrip("\n") if out is None else content, out)
        return
    whole = form if out is None else form_of(out, form)
    if whole in ("csv", "parquet") and not table_:
        emit([watch_table(seen)], form, out)
        return
    tables = opt.chosen(watch_tables(seen), table_)
    if is_text(form, out):
        tables = [table.select([c.name for c in table.columns if c.name not in SILENT]) for table in tables]
    emit([table for table in tables if len(table) or table_] or tables[:1], form, out)


def _form(form: str, out: Path | None, forms: tuple[str, ...]) -> str:
    """The form that is asked for, or that the name of the file says."""
    suffix = "" if out is None else out.suffix.lstrip(".").lower()
    return suffix if form == "text" and suffix in forms else form
