"""`detente law update`: a new revision of the US schedule, compared, held against the law and kept in the library."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from detente.faces.cli import options as opt


def update(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Revision as the USITC exports it: JSON or CSV.")],
    name: Annotated[str, typer.Option("--name", help="Name in your library; by default after the revision.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day of the law; by default the revision's own, else today.")] = "",
    only: Annotated[
        str, typer.Option("--only", help="headings, measures, rates, lines or footnotes; all of them: all.")
    ] = "headings",
    look: Annotated[bool, typer.Option("--dry-run", help="Show what changed, and write nothing.")] = False,
    lawbook: opt.Lawbook = None,
    of: opt.Of = "USA",
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Read a new revision of the US schedule into your library, with what changed and what no measure has."""
    from detente.codes.errors import Parameter
    from detente.data.hts_revision import read_revision
    from detente.data.importers import importer
    from detente.faces.ask.arguments import day
    from detente.faces.ask.questions.law_check import NOT_HELD
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.averages.reform import own_law
    from detente.lab.statute import audit as audits
    from detente.lab.statute.audit import keep_revision, revision_changes

    check_format(format_)
    where = importer(of)
    law = own_law(where, lawbook, (), (), ()) if lawbook else where.law
    revision = read_revision(file)
    report = audits.audit_file(
        of, law, revision, lawbook, today=date.today(), on=day(on, Parameter("on")), only="" if only == "all" else only
    )
    changes = revision_changes(revision)
    tables = [*changes.tables, *audits.audit_tables(report)]
    kept = "" if look else keep_revision(file, name, date.today())
    shown = opt.chosen(tables, table_)
    emit([table for table in shown if len(table) or not is_text(format_, out)], format_, out)
    if format_ == "text":
        typer.echo(f"Your library has it as {kept}." if kept else "Nothing was written.")
    if report.unnamed:
        raise typer.Exit(NOT_HELD)
