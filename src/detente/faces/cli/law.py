"""`detente law new` and `detente law update`: what makes and changes files; the questions on the law are beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.faces.ask.answer import Answer
from detente.faces.cli.asked import answering

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.data.new_law import NewLaw
    from detente.data.schedule_heads import Heads


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("law new")(new)
    app.command("law update")(answering("law update", update))


Columns = Annotated[
    list[str] | None, typer.Option("--columns", help='What columns are: code="Tariff item",rate=MFN,Japan="JPEPA".')
]


def new(
    country: Annotated[str, typer.Argument(metavar="COUNTRY", help="Country or union whose tariff it is.")],
    schedule: Annotated[Path, typer.Option("--schedule", help="Schedule: CSV, TSV, Excel or Parquet.")],
    flows: Annotated[Path | None, typer.Option("--flows", help="Imports by line and country; else modelled.")] = None,
    preferences: Annotated[
        Path | None, typer.Option("--preferences", help="Rates under agreements, where the schedule has none.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to make; by default the code.")] = None,
    columns: Columns = None,
    flow_columns: Annotated[list[str] | None, typer.Option("--flow-columns", help="The same for --flows.")] = None,
    partners: Annotated[
        list[str] | None, typer.Option("--partners", help="Who may claim a preference: AfCFTA=GHA+EGY.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Rows that are meant, as year=2025.")] = None,
    flow_only: Annotated[list[str] | None, typer.Option("--flow-only", help="The same for --flows.")] = None,
    currency: Annotated[str, typer.Option("--currency", help="Money of duties by quantity, as CAD.")] = "",
    per_usd: Annotated[float, typer.Option("--per-usd", help="How much of it one USD buys, as 1.37.")] = 0.0,
    edition: Annotated[str, typer.Option("--edition", help="HS2022, HS2017 or HS2012; by default seen.")] = "",
    valuation: Annotated[str, typer.Option("--valuation", help="CIF or FOB.")] = "CIF",
    vintage: Annotated[str, typer.Option("--on", help="Day of the schedule; today by default.")] = "",
    source: Annotated[str, typer.Option("--source", help="Who publishes it, for every answer.")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="Sheet of a workbook, or all; the first by default.")] = "",
    keep: Annotated[str, typer.Option("--keep", help="Share of rates kept as text.")] = "5%",
    overlap: Annotated[str, typer.Option("--overlap", help="rest: a short code is what longer ones leave.")] = "refuse",
    rates_are: Annotated[str, typer.Option("--rates-are", help="Numbers without a sign: percent or share.")] = "",
    with_measures: Annotated[bool, typer.Option("--with-measures", help="Take over the package's measures.")] = False,
    faults: Annotated[Path | None, typer.Option("--faults", help="Table of every fault, as CSV.")] = None,
    look: Annotated[bool, typer.Option("--dry-run", help="Show what columns are taken for; write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write schedule and flows of a folder anew.")] = False,
) -> None:
    """Make the folder of an importer from a tariff schedule in a publisher's format."""
    from detente.codes import UnknownName
    from detente.codes.errors import Parameter
    from detente.data import new_law as laws
    from detente.data.new_law import LawSource
    from detente.faces.ask.arguments import day

    for value, options, name in ((overlap, OVERLAPS, "--overlap"), (rates_are, RATES, "--rates-are")):
        if value not in options:
            raise UnknownName("word", value, options, name, f"use {' or '.join(filter(None, options))}")
    given = LawSource(
        importer=country,
        schedule=schedule,
        flows=flows,
        preferences=preferences,
        columns=columns or (),
        flow_columns=flow_columns or (),
        partners=partners or (),
        currency=currency,
        per_usd=per_usd,
        edition=edition.upper(),
        valuation=valuation.upper(),
        vintage=day(vintage, Parameter("on")),
        source=source,
        sheet=sheet,
        only=only or (),
        flow_only=flow_only or (),
        keep=_share(keep),
        overlap=overlap,
        rates_are=rates_are,
        with_measures=with_measures,
    )
    if faults is not None or look:
        draft = laws.draft_law(given)
        if faults is not None:
            laws.write_faults(draft.draft.faults, faults)
            typer.echo(f"{len(draft.draft.faults):,} faults are in {faults}.", err=True)
        if look:
            _print_columns(draft, given)
            return
    law = laws.new_law(given)
    where = folder or Path(law.id.lower())
    stayed = laws.write_law(law, where, force=force)
    _print_columns(law, given)
    _print_done(law, where, stayed)
    _print_measures(law.id, law.name, taken=with_measures)


OVERLAPS, RATES = ("refuse", "rest"), ("", "percent", "share")


def _share(text: str) -> float:
    from detente.codes.given import share

    return share(text, "keep", 0.0, 1.0)


def _print_columns(law: NewLaw, given: object) -> None:
    """What was taken for what, and what else there is to say."""
    from detente.codes import InputError
    from detente.data.new_law import LawSource
    from detente.faces.cli.app import in_flags
    from detente.faces.formats import texts

    assert isinstance(given, LawSource)
    tables = [_columns_table(law.heads, given.schedule.name)]
    if law.flow_heads is not None and given.flows is not None:
        tables.append(_columns_table(law.flow_heads, given.flows.name))
    typer.echo(texts(tables))
    for note in law.notes:
        typer.echo(f"* {in_flags(InputError('', note)).rstrip('.')}")


def _columns_table(heads: Heads, name: str) -> Table:
    from detente.codes import table_of

    rows = [(use.name, use.use, use.why, use.example) for use in heads.uses]
    return table_of("law.columns_taken", rows, file=name)


def _print_done(law: NewLaw, folder: Path, stayed: tuple[str, ...]) -> None:
    lines = law.draft.lines
    typer.echo("")
    typer.echo(
        f"{folder} holds the tariff of {law.name}: {len(lines):,} lines of {law.draft.digits} digits, {law.edition[0]}."
    )
    if stayed:
        typer.echo(f"Your own files stayed as they were: {', '.join(stayed)}.")
    typer.echo(f"Look at it: detente law check {folder}")
    typer.echo(f"Use it: detente rate {lines[0].code} USA --of {law.id} --lawbooks {folder}")


def _print_measures(code: str, name: str, *, taken: bool) -> None:
    """That the package has measures of the importer, which were taken over or would be left out."""
    from detente.data.new_law import measures_shipped

    count = measures_shipped(code)
    if taken:
        typer.echo(f"{count:,} measures of {name} were taken over from the package; they are yours to go on with.")
    elif count:
        typer.echo(f"The package has {count:,} measures of {name}; --with-measures takes them over.")


def _law_code(text: str) -> str:
    """Id of an importer by any name or code, a member of a union for the union; "" stays."""
    if not text.strip():
        return ""
    from detente.data.importerfile import importer_id, member_note

    code = importer_id(text, "--of")
    note = "" if text.strip().upper() == code else member_note(text, code)
    if note:
        typer.echo(f"{note}.", err=True)
    return code


Lawbook = Annotated[Path | None, typer.Option("--lawbook", help="File or folder of your own measures, laid on top.")]
Of = Annotated[
    str,
    typer.Option("--of", help="Whose law is meant, by name or code: US, China, Germany, JPN.", callback=_law_code),
]


def update(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Revision as the USITC exports it: JSON or CSV.")],
    name: Annotated[str, typer.Option("--name", help="Name in your library; by default after the revision.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day of the law; by default the revision's own, else today.")] = "",
    only: Annotated[
        str, typer.Option("--only", help="headings, measures, rates, lines or footnotes; all of them: all.")
    ] = "headings",
    look: Annotated[bool, typer.Option("--dry-run", help="Show what changed, and write nothing.")] = False,
    lawbook: Lawbook = None,
    of: Of = "USA",
) -> Answer:
    """Read a new revision of the US schedule into your library, with what changed and what no measure has."""
    from detente.codes.errors import Parameter
    from detente.data.hts_revision import read_revision
    from detente.data.importers import importer
    from detente.faces.ask.arguments import day
    from detente.faces.ask.questions.law import NOT_HELD
    from detente.faces.formats import texts
    from detente.lab.averages.reform import own_law
    from detente.lab.statute import audit as audits
    from detente.lab.statute.audit import keep_revision, revision_changes

    where = importer(of)
    law = own_law(where, lawbook, (), (), ()) if lawbook else where.law
    revision = read_revision(file)
    report = audits.audit_file(
        of, law, revision, lawbook, today=date.today(), on=day(on, Parameter("on")), only="" if only == "all" else only
    )
    changes = revision_changes(revision)
    tables = [*changes.tables, *audits.audit_tables(report)]
    kept = "" if look else keep_revision(file, name, date.today())
    head = f"Your library has it as {kept}." if kept else "Nothing was written."
    shown = texts([table for table in tables if len(table)])
    return Answer.of(head, tables, verbatim=shown, code=NOT_HELD if report.unnamed else 0)
