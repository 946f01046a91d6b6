"""`detente economy`: what tariffs do to every country, and the tariffs countries would choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.faces.cli import options as opt
from detente.faces.cli.economy_effects import register as register_effects
from detente.faces.cli.economy_options import (
    DEFAULT,
    Closure,
    Costs,
    CostsOn,
    Elasticities,
    Horizon,
    Objective,
    Over,
    Players,
    Productivity,
    Rebate,
    Set,
    Tariffs,
    World,
    setting,
    show,
)
from detente.faces.cli.progress import Progress

if TYPE_CHECKING:
    pass

economy_app = typer.Typer(
    help="The world economy: solve, optimal, Nash and cooperative tariffs, decoupling, where gains come from.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    register_effects(economy_app)
    app.add_typer(economy_app, name="economy")


@economy_app.command("solve")
def solve(
    world: World = DEFAULT,
    tariffs: Tariffs = None,
    quotas: Annotated[Path | None, typer.Option("--quotas", help="CSV: importer, exporter, quota[, sector].")] = None,
    productivity: Productivity = None,
    by_sector: Annotated[str, typer.Option("--by-sector", help="Countries to show by sector, or 'all'.")] = "",
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
    """Welfare, trade, prices and employment of every country under new tariffs, as changes in shares."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.world.effects import about_solve, certificate, sector_table, spending_of

    check_format(format_)
    chosen = setting(world, elasticities, set_, costs, on, closure=closure, rebate=rebate, horizon=horizon)
    with Progress("economy solve", quiet=quiet):
        equilibrium = chosen.solved(tariffs, quotas, productivity)
    _ask_for_change(tariffs, quotas, costs, productivity)
    by = None if not by_sector else sector_table(equilibrium, [] if by_sector == "all" else opt.listed(by_sector))
    if format_ == "json":
        content: dict[str, Any] = {"countries": list(equilibrium.table().rows())}
        content |= {} if by is None else {"sectors": list(by.rows())}
        content |= {"expenditure": spending_of(equilibrium)}
        show(content | {"certificate": certificate(equilibrium), "notes": list(equilibrium.notes)}, out)
        return
    table = (equilibrium.table() if by is None else by).noted(about_solve(equilibrium))
    emit([table.sorted("welfare") if is_text(format_, out) and by is None else table], format_, out)


def _ask_for_change(*tables: Path | None) -> None:
    """Refuse a solve in which nothing changes."""
    from detente.codes import InputError

    if all(table is None for table in tables):
        known = "--quotas, --costs and --productivity take tables too"
        repair = f"give --tariffs FILE, a CSV with the columns importer,exporter,tariff; {known}"
        raise InputError("solve", "nothing is to change, so nothing would", repair)


@economy_app.command("balance")
def balance(
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write, .npz; --world reads it.")],
    world: World = DEFAULT,
    trade: Annotated[bool, typer.Option("--trade", help="Set trade deficits to zero too, at the world's tariffs.")] = (
        False
    ),
    set_: Set = None,
    elasticities: Elasticities = "",
) -> None:
    """Balance the accounts of a world: input and final shares moved as little as can be; or its trade."""
    from detente.codes import InputError
    from detente.data.store import write_bytes
    from detente.data.world_files import npz_of

    if out.suffix != ".npz":
        raise InputError("--out", f"'{out}' is no .npz file", "end its name with .npz")
    economy = setting(world, elasticities, set_).balanced(trade=trade)
    write_bytes(out, npz_of(economy))
    print(f"{out}: {economy.notes[-1]}")


@economy_app.command("optimal")
def optimal(
    country: Annotated[str, typer.Option("--country", help="Country that sets its tariffs.")] = "USA",
    over: Over = "uniform",
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
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """The tariffs on goods that are best for a country, the others' as they are."""
    from dataclasses import asdict

    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.world.effects import certificate, rates_table, welfare_of
    from detente.lab.world.effects import optimal as best

    check_format(format_)
    words = {"closure": closure, "rebate": rebate, "horizon": horizon, "objective": objective}
    with Progress("economy optimal", quiet=quiet):
        optimum = best(setting(world, elasticities, set_, costs, on, **words), country, over)
    table = rates_table(optimum)
    if format_ == "json":
        search = asdict(optimum.certificate) | {"solve": certificate(optimum.equilibrium)}
        content = {"country": country, "over": over, "rates": list(table.rows()), "welfare": optimum.value}
        show(content | {"welfare_by_country": welfare_of(optimum.equilibrium), "certificate": search}, out)
        return
    if is_text(format_, out):
        table = table.sorted("rate", descending=True)
    emit([table], format_, out)


@economy_app.command("nash")
def nash(
    players: Players = "USA,CHN",
    over: Over = "uniform",
    method: Annotated[str, typer.Option("--method", help="exact, or sufficient: one rate each by formula.")] = "exact",
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
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Tariffs of some countries on one another from which none gains by moving alone."""
    from dataclasses import asdict

    from detente.codes import UnknownName
    from detente.faces.formats import check_format, emit
    from detente.lab.world.effects import by_formula, formula_table, mutual, nash_table

    check_format(format_)
    words = {"closure": closure, "rebate": rebate, "horizon": horizon, "objective": objective}
    chosen = setting(world, elasticities, set_, costs, on, **words)
    if method not in ("exact", "sufficient"):
        raise UnknownName("method", method, ("exact", "sufficient"), "--method", "use exact or sufficient")
    if method == "sufficient":
        emit([formula_table(by_formula(chosen, opt.listed(players)))], format_, out)
        return
    with Progress("economy nash", quiet=quiet):
        equilibrium = mutual(chosen, opt.listed(players), over)
    if format_ == "json":
        rates = {code: equilibrium.rates[code].tolist() for code in equilibrium.players}
        content = {
            "players": list(equilibrium.players),
            "over": over,
            "rates": rates,
            "welfare": dict(equilibrium.welfare),
        }
        points = [
            {"rates": {code: own.tolist() for code, own in point.rates.items()}, "welfare": dict(point.welfare)}
            | {"gain": point.gain, "holds": point.holds}
            for point in equilibrium.points
        ]
        show(content | {"points": points, "certificate": asdict(equilibrium.certificate)}, out)
        return
    emit([nash_table(equilibrium)], format_, out)


@economy_app.command("cooperative")
def cooperative(
    players: Players = "USA,CHN",
    over: Over = "uniform",
    threat: Annotated[
        Path | None, typer.Option("--threat", help="CSV of the tariffs without agreement; the tariff war by default.")
    ] = None,
    lowest: Annotated[float, typer.Option("--lowest", help="Lowest rate allowed; 0 forbids import subsidies.")] = -0.5,
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
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Tariffs of some countries that share the gains from agreement: the largest product of gains over a threat."""
    from dataclasses import asdict

    from detente.faces.formats import check_format, emit
    from detente.lab.world.effects import agreed

    check_format(format_)
    words = {"closure": closure, "rebate": rebate, "horizon": horizon, "objective": objective}
    with Progress("economy cooperative", quiet=quiet):
        agreement = agreed(
            setting(world, elasticities, set_, costs, on, **words), opt.listed(players), over, threat, lowest
        )
    table = agreement.table()
    if format_ == "json":
        rates = {code: agreement.rates[code].tolist() for code in agreement.players}
        content = {"players": list(table.rows()), "over": over, "rates": rates, "notes": list(agreement.notes)}
        show(content | {"certificate": asdict(agreement.certificate)}, out)
        return
    emit([table], format_, out)
