"""`detente revenue` and `detente facing`: duty of a year, and what goods of a country owe everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.faces.cli import options as opt
from detente.faces.cli.weighed import AS_SHIPPED, Partner, Weighed, weighs

Elasticity = Annotated[float, typer.Option("--elasticity", help="Import-demand elasticity of the answer of demand.")]
Exporter = Annotated[str, typer.Argument(help="Whose goods: country or group by name or code, as US or Vietnam.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("revenue")(revenue)
    app.command("facing")(facing)


@weighs
def revenue(
    on: Annotated[str, typer.Option("--on", help="Day of the law; today by default.")] = "",
    from_: Annotated[str, typer.Option("--from", help="First day, for a row a month.")] = "",
    to: Annotated[str, typer.Option("--to", help="Last day, for a row a month; today by default.")] = "",
    by: Annotated[str, typer.Option("--by", help="partner, section or authority.")] = "",
    partner: Partner = "",
    elasticity: Elasticity = 2.0,
    against: Annotated[str, typer.Option("--against", help="Law that demand sets out from.")] = opt.SINCE,
    weighed: Weighed = AS_SHIPPED,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Duty of a year at the law of a day: imports as they were, and demand that answers; or month by month."""
    from detente.codes.errors import InputError
    from detente.faces.formats import check_format, emit, is_text, shortened
    from detente.lab.duties.revenue import revenue_on
    from detente.lab.ground import yearly

    check_format(format_)
    opt.number(elasticity, "--elasticity", 0, 100)
    months = bool(from_ or to)
    if months and (by or on):
        raise InputError("--by" if by else "--on", "does not go with months", "leave out --from and --to")
    last = opt.day(to if months else on, "--to" if months else "--on")
    ground = weighed.ground()
    start = opt.day(against, "--against")
    more = {"partner": partner, "elasticity": elasticity, "against": start, "reading": weighed.read}
    if months:
        table = yearly.revenue_by_month(ground, opt.day(from_ or opt.SINCE, "--from"), last, **more)
    else:
        table = revenue_on(ground, last, opt.grouping(by), **more)
    emit([shortened(table) if is_text(format_, out) else table], format_, out)


def facing(
    exporter: Exporter,
    on: opt.On = "today",
    against: Annotated[str, typer.Option("--against", help="Day of the law that is compared with.")] = opt.SINCE,
    by: Annotated[str, typer.Option("--by", help="partner (who sets the duty) or section.")] = "partner",
    reading: opt.ReadingName = "effective",
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Average duty on goods of a country in every importer on record, before and after, and the acts between."""
    from detente.faces.formats import check_format, emit
    from detente.lab.ground.facing import facing_tables

    check_format(format_)
    tables = facing_tables(exporter, opt.day(on), opt.day(against, "--against"), opt.grouping(by), opt.reading(reading))
    emit(opt.chosen(tables, table_), format_, out)
