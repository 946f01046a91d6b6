"""`detente economy`: what tariffs do to every country, in general equilibrium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.economy import Economy

economy_app = typer.Typer(help="The world economy: solve, optimal and Nash tariffs, worlds.", no_args_is_help=True)
World = Annotated[str, typer.Option("--world", help="World by name, or a folder or .npz of your own.")]
Elasticities = Annotated[str, typer.Option("--elasticities", help="Named set of trade elasticities.")]
Closure = Annotated[str, typer.Option("--closure", help="fixed-transfers, balanced, zero or proportional.")]
Rebate = Annotated[str, typer.Option("--rebate", help="tax-cut or lump-sum.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="Parameter, as trade_elasticity=8; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(economy_app, name="economy")


def _world(name: str, pairs: list[str] | None, elasticities: str) -> Economy:
    from detente.lab.world import world

    return world(name, opt.settings(pairs), elasticities)


@economy_app.command("solve")
def solve(
    world: World = "libday-2023",
    tariffs: Annotated[
        Path | None, typer.Option("--tariffs", help="CSV: importer, exporter, tariff[, sector].")
    ] = None,
    closure: Closure = "",
    rebate: Rebate = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Welfare, trade, prices and employment of every country under new tariffs, as changes in shares."""
    from detente.faces.formats import check_format, emit
    from detente.lab.world import certificate, solved

    check_format(format_)
    found = solved(_world(world, set_, elasticities), tariffs, closure, rebate)
    if format_ == "json":
        _print(
            {"countries": list(found.table().rows()), "certificate": certificate(found), "notes": list(found.notes)},
            out,
        )
        return
    table = found.table()
    emit([table.sorted("welfare") if format_ == "text" else table], format_, out)


@economy_app.command("optimal")
def optimal(
    country: Annotated[str, typer.Option("--country", help="Country that sets its tariffs.")] = "USA",
    over: Annotated[str, typer.Option("--over", help="uniform, partner, sector or 'partner x sector'.")] = "uniform",
    world: World = "libday-2023",
    closure: Closure = "",
    rebate: Rebate = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """The tariffs that are best for a country, the others' as they are."""
    from dataclasses import asdict

    from detente.faces.formats import check_format, emit
    from detente.lab.world import certificate, rates_table, welfare_of
    from detente.lab.world import optimal as best

    check_format(format_)
    found = best(_world(world, set_, elasticities), country, over, closure, rebate)
    table = rates_table(found)
    if format_ == "json":
        search = asdict(found.certificate) | {"solve": certificate(found.equilibrium)}
        _print(
            {
                "country": country,
                "over": over,
                "rates": list(table.rows()),
                "welfare": found.value,
                "welfare_by_country": welfare_of(found.equilibrium),
                "certificate": search,
            },
            out,
        )
        return
    emit([table.sorted("rate", descending=True) if format_ == "text" else table], format_, out)


@economy_app.command("nash")
def nash(
    players: Annotated[str, typer.Option("--players", help="Countries, as USA,CHN.")] = "USA,CHN",
    over: Annotated[str, typer.Option("--over", help="uniform, partner, sector or 'partner x sector'.")] = "uniform",
    world: World = "libday-2023",
    closure: Closure = "",
    rebate: Rebate = "",
    set_: Set = None,
    elasticities: Elasticities = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Tariffs of some countries on one another from which none gains by moving alone."""
    from dataclasses import asdict

    from detente.faces.formats import check_format, emit
    from detente.lab.world import mutual, nash_table

    check_format(format_)
    codes = [code.strip() for code in players.split(",") if code.strip()]
    found = mutual(_world(world, set_, elasticities), codes, over, closure, rebate)
    if format_ == "json":
        rates = {code: found.rates[code].tolist() for code in found.players}
        content = {"players": list(found.players), "over": over, "rates": rates, "welfare": dict(found.welfare)}
        _print(content | {"certificate": asdict(found.certificate)}, out)
        return
    emit([nash_table(found)], format_, out)


@economy_app.command("worlds")
def worlds(format_: opt.Format = "text", out: opt.Out = None) -> None:
    """The worlds in the package."""
    from detente.faces.formats import check_format, emit
    from detente.lab.world import worlds_table

    check_format(format_)
    emit([worlds_table()], format_, out)


def _print(content: dict[str, Any], out: Path | None) -> None:
    from detente.faces.formats import to_json, write_bytes

    if out is None:
        print(to_json(content))
    else:
        write_bytes(out, to_json(content).encode())
