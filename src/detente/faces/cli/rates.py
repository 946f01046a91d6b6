"""`detente daily`, `average` and `collected`: effective rates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.numbers import MOST_DRAWS
from detente.faces.cli import options as opt
from detente.faces.cli.weighed import AS_SHIPPED, Claims, Partner, Scope, Weighed, Weights, weighs

if TYPE_CHECKING:
    from datetime import date

    from detente.codes import Table
    from detente.lab.ground.ground import Ground

WEIGHED = "weights"
"""How the note on weights begins."""

MONTH = f"{opt.BASE_DAY.year - 1}-01"
"""First month of the record of duty collected that is shown: a year before days begin."""

As = Annotated[
    str,
    typer.Option("--as", help="Count as a publisher does: yale, piie, tax-foundation, ...; list shows all."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("daily")(daily)
    app.command("average")(average)
    app.command("contributions")(contributions)
    app.command("collected")(collected)


@weighs
def daily(
    from_: Annotated[str, typer.Option("--from", help="First day.")] = opt.SINCE,
    to: Annotated[str, typer.Option("--to", help="Last day.")] = "today",
    by: Annotated[str, typer.Option("--by", help="Columns: authority or measure.")] = "authority",
    partner: Partner = "",
    weighed: Weighed = AS_SHIPPED,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Average duty by day at fixed weights, with what each authority adds; columns sum to the average."""
    from detente.codes import UnknownName
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.ground.averages import by_measure, daily_averages

    check_format(format_)
    if by not in ("authority", "measure"):
        raise UnknownName("column choice", by, ("authority", "measure"), "--by", "use authority or measure")
    first, last = opt.day(from_, "--from"), opt.day(to, "--to")
    table = daily_averages(_narrowed(weighed.ground(), partner, first), first, last, weighed.read, by)
    if is_text(format_, out) and by == "measure":
        table = by_measure(table).noted("every day and every measure: --format csv")
    elif is_text(format_, out):
        table = replace(_steps(table), title=f"Average duty on {_goods(weighed.of, partner)} by day")
    emit([table], format_, out)


def _narrowed(ground: Ground, partner: str, on: date) -> Ground:
    """The ground of some partners only, if any were named."""
    return ground.only(ground.where.countries.expand(partner, on, "--partner")) if partner else ground


def _steps(table: Table) -> Table:
    """Only the days on which the average moves, for readers."""
    import numpy as np

    from detente.faces.formats import shortened

    moved = np.concatenate([[True], np.abs(np.diff(table["average"])) > 5e-7])
    return shortened(table).take(moved)


def average(
    context: typer.Context,
    on: opt.On = "today",
    by: opt.By = None,
    as_: As = "",
    partner: Partner = "",
    definition: Annotated[
        str, typer.Option("--definition", help="fixed or post (weights after substitution).")
    ] = "fixed",
    elasticity: Annotated[float, typer.Option("--elasticity", help="Import-demand elasticity of post.")] = 2.0,
    against: Annotated[str, typer.Option("--against", help="Law that post compares with.")] = opt.SINCE,
    ranges: Annotated[bool, typer.Option("--range", help="Add the 5-95% range over content and claim shares.")] = False,
    draws: Annotated[int, typer.Option("--draws", help="Draws of the range.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 20250512,
    reading: opt.ReadingName = "effective",
    scope: Scope = "tariff-lines",
    claims: Claims = "",
    weights: Weights = "2024",
    set_: opt.SetList = None,
    switch: opt.Switches = None,
    lawbook: opt.Lawbook = None,
    void: opt.Void = None,
    announce: opt.Announce = None,
    of: opt.Of = "USA",
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Average duty on a day, by partner, sector, HS level or end use."""
    from detente.codes import UnknownName
    from detente.faces.formats import check_format, emit, is_text, shortened
    from detente.lab.ground import averages
    from detente.lab.ground import ranges as average_ranges
    from detente.lab.ground.ground import ground_of
    from detente.lab.ground.weights import check_meant
    from detente.trade import Definition

    check_format(format_)
    opt.number(elasticity, "--elasticity", 0, 100)
    opt.number(draws, "--draws", 0, MOST_DRAWS)
    opt.number(seed, "--seed", 0, 2**63)
    names = [d.value for d in Definition]
    if definition not in names:
        raise UnknownName("definition", definition, names, "--definition", "use fixed or post")
    if as_:
        from detente.faces.cli.average_as import named_average

        return named_average(as_, context, opt.day(on), by or (), table_, format_, out)
    check_meant(of, weights, claims)
    opt.goes_with(context, "--definition post", definition == Definition.POST.value, ("elasticity", "against"))
    opt.goes_with(context, "--range", ranges, ("draws", "seed"))
    law = opt.law_of(of, lawbook, switch, void, announce)
    ground = ground_of(law, opt.settings(set_), scope, claims, weights)
    ground = _narrowed(ground, partner, opt.day(on))
    table = averages.average(
        ground,
        opt.day(on),
        by or (),
        definition=Definition(definition),
        reading=opt.reading(reading),
        elasticity=elasticity,
        against=opt.day(against, "--against"),
    )
    if by:
        table = table.sorted("imports", descending=True)
    if is_text(format_, out):
        table = replace(shortened(table), title=f"{_titled(opt.day(on), of, partner)}{_choices(table)}")
    tables = [table]
    if ranges:
        tables.append(average_ranges.range_table(ground, opt.day(on), opt.reading(reading), draws, seed))
    emit(opt.chosen(tables, table_), format_, out)


def _choices(table: Table) -> str:
    """What the average stands on, in the line of its title: its weights and claims."""
    from detente.data.flows import CLAIMS_OF

    named = [note.split(",")[0] for note in table.notes if note.startswith((WEIGHED, CLAIMS_OF))]
    return f" ({'; '.join(named)})" if named else ""


def _titled(on: date, of: str, partner: str) -> str:
    """Whose average it is, on which day, and on whose goods."""
    from detente.codes.standing import spelled_day

    return f"Average duty on {_goods(of, partner)}, {spelled_day(on)}"


def _goods(of: str, partner: str) -> str:
    """Whose imports, and from where: "US imports", "Canada's imports from Germany"."""
    from detente.data.tables import countries, place

    code = countries().code(partner, "--partner") if partner else ""
    owner = "US" if of == "USA" else f"{place(of)}'s"
    return f"{owner} imports{f' from {place(code)}' if code else ''}"


@weighs
def contributions(
    from_: Annotated[str, typer.Option("--from", help="First day.")] = opt.SINCE,
    to: Annotated[str, typer.Option("--to", help="Second day.")] = "today",
    partner: Partner = "",
    weighed: Weighed = AS_SHIPPED,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Which measures moved the average between two days, and by how much."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.ground import averages

    check_format(format_)
    first, last = opt.day(from_, "--from"), opt.day(to, "--to")
    ground = _narrowed(weighed.ground(), partner, last)
    table = averages.contributions(ground, first, last, weighed.read)
    if is_text(format_, out):
        whose = _goods(weighed.of, partner)
        table = replace(table, title=f"Which measures moved the average duty on {whose} from {first} to {last}")
    emit([table], format_, out)


def collected(
    from_: Annotated[str, typer.Option("--from", help="First month, as 2024-01.")] = MONTH,
    to: Annotated[str, typer.Option("--to", help="Last month; the last one on record by default.")] = "",
    partner: Annotated[str, typer.Option("--partner", help="A country, EU, or all.")] = "all",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Duty collected over US imports by month: an observation, with all substitution, delays and claims in it."""
    from detente.faces.formats import check_format, emit
    from detente.lab.ground.collected import collected_table

    check_format(format_)
    first, last = opt.month(from_, "--from"), opt.month(to, "--to") if to else ""
    emit([collected_table(first, last, partner)], format_, out)
