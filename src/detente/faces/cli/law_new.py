"""`detente law new`: the folder of an importer from a schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.data.law_folder import NewLaw
    from detente.data.schedule_heads import Heads

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
    from detente.data.law_folder import LawSource
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
    from detente.data.law_folder import LawSource
    from detente.faces.cli.endings import in_flags
    from detente.faces.formats import emit

    assert isinstance(given, LawSource)
    tables = [_columns_table(law.heads, given.schedule.name)]
    if law.flow_heads is not None and given.flows is not None:
        tables.append(_columns_table(law.flow_heads, given.flows.name))
    emit(tables, "text", None)
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
    from detente.data.shipped_measures import measures_shipped

    count = measures_shipped(code)
    if taken:
        typer.echo(f"{count:,} measures of {name} were taken over from the package; they are yours to go on with.")
    elif count:
        typer.echo(f"The package has {count:,} measures of {name}; --with-measures takes them over.")
