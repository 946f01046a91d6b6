"""`detente economy decouple|concessions|laffer|decompose|attribute`: where effects come from, what moves are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.faces.cli import options as opt
from detente.faces.cli.economy_options import (
    DEFAULT,
    Closure,
    Costs,
    CostsOn,
    Elasticities,
    Horizon,
    Objective,
    Players,
    Rebate,
    Set,
    Tariffs,
    World,
    axis,
    setting,
    show,
)
from detente.faces.cli.progress import Progress

Given = Annotated[
    Path,
    typer.Option("--tariffs", help="CSV: importer, exporter, tariff or added[, sector]."),
]


def register(economy_app: typer.Typer) -> None:
    """Add the commands to `detente economy`."""
    for name, command in (
        ("decouple", decouple),
        ("concessions", concessions),
        ("laffer", laffer),
        ("decompose", decompose),
        ("attribute", attribute),
    ):
        economy_app.command(name)(command)


def decouple(
    first: Annotated[str, typer.Option("--first", help="Countries of one bloc, as US,Canada.")] = "USA",
    second: Annotated[str, typer.Option("--second", help="Countries of the other bloc.")] = "CHN",
    cost: Annotated[float, typer.Option("--cost", help="Trade cost of the last step, new over old.")] = 1000.0,
    sectors: Annotated[str, typer.Option("--sectors", help="Sectors that no longer cross; all by default.")] = "",
    world: World = DEFAULT,
    closure: Closure = "",
    rebate: Rebate = "",
    horizon: Horizon = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    costs: Costs = None,
    on: CostsOn = "",
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Two blocs that stop trading with one another, step by step, and what each step costs whom."""
    from detente.faces.formats import check_format, emit
    from detente.lab.world.effects import apart, certificate

    check_format(format_)
    chosen = setting(world, elasticities, set_, costs, on, closure=closure, rebate=rebate, horizon=horizon)
    with Progress("economy decouple", quiet=quiet):
        path = apart(chosen, opt.listed(first), opt.listed(second), cost, opt.listed(sectors))
    if format_ == "json":
        end = dict(zip(path.economy.countries, path.welfare[-1].tolist(), strict=True))
        certificates = [certificate(equilibrium) for equilibrium in path.equilibria]
        show({"path": list(path.table().rows()), "welfare_at_the_end": end, "certificates": certificates}, out)
        return
    emit([path.table()], format_, out)


def concessions(
    players: Players = "USA,CHN",
    by: Annotated[
        str, typer.Option("--by", help="uniform, country, sector or 'country x sector'.", callback=axis)
    ] = "partner",
    tariffs: Tariffs = None,
    world: World = DEFAULT,
    closure: Closure = "",
    rebate: Rebate = "",
    horizon: Horizon = "",
    objective: Objective = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    costs: Costs = None,
    on: CostsOn = "",
    quiet: opt.Quiet = False,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """What one point of each duty is worth to each side, in USD a year, and what one buys of the other."""
    from detente.faces.formats import check_format, emit
    from detente.lab.world.effects import conceded

    check_format(format_)
    words = {"closure": closure, "rebate": rebate, "horizon": horizon, "objective": objective}
    with Progress("economy concessions", quiet=quiet):
        tables = conceded(setting(world, elasticities, set_, costs, on, **words), opt.listed(players), by, tariffs)
    emit(opt.chosen(tables, table_), format_, out)


def laffer(
    country: Annotated[str, typer.Option("--country", help="Country that sets the tariff.")] = "USA",
    partners: Annotated[str, typer.Option("--partners", help="Exporters it falls on; all by default.")] = "",
    highest: Annotated[float, typer.Option("--highest", help="Highest rate looked at, share.")] = 5.0,
    world: World = DEFAULT,
    closure: Closure = "",
    rebate: Rebate = "",
    horizon: Horizon = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    costs: Costs = None,
    on: CostsOn = "",
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Tariff revenue in equilibrium over one rate, and the rate that raises most."""
    from dataclasses import asdict

    from detente.faces.formats import check_format, emit
    from detente.lab.world.effects import revenue_top

    check_format(format_)
    chosen = setting(world, elasticities, set_, costs, on, closure=closure, rebate=rebate, horizon=horizon)
    with Progress("economy laffer", quiet=quiet):
        peak = revenue_top(chosen, country, opt.listed(partners), highest)
    if format_ == "json":
        content = {"country": country, "rate": peak.rate, "revenue": peak.revenue, "today": peak.today}
        content |= {"nominal_rate": peak.nominal_rate, "nominal_revenue": peak.nominal, "welfare": peak.change}
        show(content | {"curve": list(peak.curve.rows()), "certificate": asdict(peak.certificate)}, out)
        return
    note = (
        f"most revenue, over consumer prices, at {peak.rate:.1%}: {peak.revenue / 1e9:,.1f} bn USD a year against "
        f"{peak.today / 1e9:,.1f} bn at today's tariffs; nominal top at {peak.nominal_rate:.1%}"
    )
    emit([peak.curve.noted(note)], format_, out)


def decompose(
    tariffs: Given,
    country: Annotated[str, typer.Option("--country", help="One country in detail; all by default.")] = "",
    by: Annotated[str, typer.Option("--by", help="With a --country: sector or country.")] = "",
    world: World = DEFAULT,
    closure: Closure = "",
    rebate: Rebate = "",
    horizon: Horizon = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    costs: Costs = None,
    on: CostsOn = "",
    quiet: opt.Quiet = False,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Where the change of real income comes from: terms of trade, volume of trade, transfers; parts add up."""
    from detente.faces.formats import check_format, emit
    from detente.lab.world.effects import taken_apart

    check_format(format_)
    chosen = setting(world, elasticities, set_, costs, on, closure=closure, rebate=rebate, horizon=horizon)
    with Progress("economy decompose", quiet=quiet):
        tables = taken_apart(chosen, tariffs, country, opt.grouping(by))
    emit(opt.chosen(tables, table_), format_, out)


def attribute(
    tariffs: Given,
    country: Annotated[str, typer.Option("--country", help="Whose real income.")] = "USA",
    by: Annotated[str, typer.Option("--by", help="Any of importer,exporter,sector.")] = "importer",
    world: World = DEFAULT,
    closure: Closure = "",
    rebate: Rebate = "",
    horizon: Horizon = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    costs: Costs = None,
    on: CostsOn = "",
    quiet: opt.Quiet = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Whose tariffs, on what, changed the real income of a country; effects add up to the change."""
    from detente.faces.formats import check_format, emit
    from detente.lab.world.effects import attributed

    check_format(format_)
    chosen = setting(world, elasticities, set_, costs, on, closure=closure, rebate=rebate, horizon=horizon)
    with Progress("economy attribute", quiet=quiet):
        table = attributed(chosen, tariffs, country, opt.listed(by))
    emit([table], format_, out)
