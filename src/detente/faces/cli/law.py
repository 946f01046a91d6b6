"""`detente law`: browse, search, show, compare two dates, follow changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from detente.codes.errors import InputError
from detente.faces.cli import law_new, law_update
from detente.faces.cli import options as opt

if TYPE_CHECKING:
    pass

law_app = typer.Typer(help="Browse the law: measures, lines, changes.", invoke_without_command=True)
Own = opt.Of
LETTERS = 56
"""Of what is not covered, in a list for readers."""

Since = Annotated[str, typer.Option("--changes-since", help="What began, changed or ended since that day.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    law_new.register(law_app)
    law_update.register(law_app)
    app.add_typer(law_app, name="law")


@law_app.callback()
def browse(
    ctx: typer.Context,
    on: Annotated[str, typer.Option("--on", help="Only measures in force on that day.")] = "",
    status: Annotated[str, typer.Option("--status", help="in_force, announced or void.")] = "",
    changes_since: Since = "",
    to: Annotated[str, typer.Option("--to", help="Last day of the changes.")] = "today",
    lawbook: opt.Lawbook = None,
    of: opt.Of = "USA",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """List the measures; or what changed since a day."""
    if ctx.invoked_subcommand is not None:
        ctx.obj = of
        return
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.statute import book as statute

    check_format(format_)
    opt.goes_with(ctx, "--changes-since", bool(changes_since), ("to",))
    for flag, value in (("--on", on), ("--status", status)) if changes_since else ():
        if value:
            raise InputError(flag, "does not go with --changes-since", "leave one of the two out")
    book = opt.law_of(of, lawbook, None)
    if changes_since:
        table = statute.changes_table(book, opt.day(changes_since, "--changes-since"), opt.day(to, "--to"))
    else:
        table = statute.measures_table(book, opt.day(on) if on else None, status)
        if is_text(format_, out):
            table = table.select([c.name for c in table.columns if c.name not in ("kind", "file")])
    emit([table], format_, out)


@law_app.command("importers")
def importers(format_: opt.Format = "text", out: opt.Out = None) -> None:
    """Every importer on record: level, lines, vintage, measures, how far it was read, what is not covered."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.statute.importers import importers_table

    check_format(format_)
    table = importers_table()
    if is_text(format_, out):
        table = table.select([c.name for c in table.columns if c.name not in ("nomenclature", "whose")])
        # The first of what is missing; all of it stands in every other format and on the page.
        firsts = (text.partition(". ")[0].removesuffix(".") for text in table["not_covered"].tolist())
        first = [shorten(text, LETTERS, placeholder=" ...") for text in firsts]
        table = replace(table, data={**table.data, "not_covered": np.asarray(first)})
    emit([table], format_, out)


@law_app.command("audit")
def audit(
    ctx: typer.Context,
    hts: Annotated[
        Path | None, typer.Option("--hts", help="Revision of the US schedule as published: JSON or CSV, also .gz.")
    ] = None,
    on: Annotated[str, typer.Option("--on", help="Day of the law; by default the revision's own, else today.")] = "",
    only: Annotated[str, typer.Option("--only", help="headings, measures, rates, lines or footnotes.")] = "",
    whole: Annotated[bool, typer.Option("--all", help="Known gaps too, one by one.")] = False,
    lawbook: opt.Lawbook = None,
    of: Own = "",
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Hold a revision of the US tariff schedule against the law; without a file, the newest one in the package."""
    from detente.faces.formats import check_format, emit, form_of
    from detente.lab.statute import audit as audits

    check_format(format_)
    code = (of or ctx.obj).upper()
    law = opt.law_of(code, lawbook, None)
    day = opt.day(on) if on else None
    report = audits.audit_file(code, law, hts, lawbook, today=opt.day(""), on=day, only=only)
    single = form_of(out, format_) if out is not None else format_
    names = table_ or (["findings"] if single in ("csv", "parquet") else [])
    tables = opt.chosen(audits.audit_tables(report, whole=whole), names)
    emit([table for table in tables if len(table) or names], format_, out)
    if report.unnamed:
        raise typer.Exit(1)


@law_app.command("show")
def show(
    ctx: typer.Context,
    measure: Annotated[str, typer.Argument(help="Id of the measure.")],
    lawbook: opt.Lawbook = None,
    of: Own = "",
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """One measure: periods, goods, partners, stacking rules."""
    from detente.faces.formats import check_format, emit
    from detente.lab.statute import book as statute

    check_format(format_)
    tables = [t for t in statute.show(opt.law_of(of or ctx.obj, lawbook, None), measure) if len(t)]
    emit(opt.chosen(tables, table_), format_, out)


@law_app.command("record")
def record(
    ctx: typer.Context,
    lawbook: opt.Lawbook = None,
    of: Own = "",
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """How far the law was read, what is open beyond that day, and what it lacks before."""
    from detente.faces.formats import check_format, emit
    from detente.lab.statute import book as statute

    check_format(format_)
    tables = statute.record_tables(opt.law_of(of or ctx.obj, lawbook, None), lawbook)
    emit(opt.chosen(tables, table_), format_, out)


@law_app.command("diff")
def diff(
    ctx: typer.Context,
    before: Annotated[str, typer.Argument(help="First day.")],
    after: Annotated[str, typer.Argument(help="Second day.")],
    lawbook: opt.Lawbook = None,
    of: Own = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Measures that differ between two days."""
    from detente.faces.formats import check_format, emit
    from detente.lab.statute import book as statute

    check_format(format_)
    first: date = opt.day(before, "first day")
    emit(
        [statute.diff_table(opt.law_of(of or ctx.obj, lawbook, None), first, opt.day(after, "second day"))],
        format_,
        out,
    )


@law_app.command("cases")
def cases(ctx: typer.Context, lawbook: opt.Lawbook = None, of: Own = "", format_: opt.Format = "text") -> None:
    """Run the cases beside the law, or those in your own folder, and say which hold."""
    from detente.faces.formats import check_format, emit
    from detente.lab.statute.checks import cases_table

    check_format(format_)
    code = of or ctx.obj
    table = cases_table(code.upper(), opt.law_of(code, lawbook, None), lawbook)
    emit([table], format_, None)
    if not table["holds"].all():
        raise typer.Exit(2)
