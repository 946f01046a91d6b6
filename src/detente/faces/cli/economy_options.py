"""Options that the commands of the world economy share, the world they mean, and content as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario
    from detente.lab.world.effects import WorldSetting

World = Annotated[str, typer.Option("--world", help="World by name, or a folder or .npz of your own.")]
Elasticities = Annotated[str, typer.Option("--elasticities", help="Named set of trade elasticities.")]
Closure = Annotated[
    str, typer.Option("--closure", help="fixed-transfers, balanced, balanced-as-published, zero or proportional.")
]
Rebate = Annotated[str, typer.Option("--rebate", help="tax-cut or lump-sum.")]
Horizon = Annotated[str, typer.Option("--horizon", help="long, or short: capital stays in its sector.")]
Objective = Annotated[str, typer.Option("--objective", help="real-income, or political: the government's weights.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="Parameter, as trade_elasticity=8; repeatable.")]
Tariffs = Annotated[
    Path | None,
    typer.Option("--tariffs", help="CSV: importer, exporter, tariff or added[, sector]."),
]
Balances = Annotated[
    str, typer.Option("--closure", help="What happens to trade balances: fixed-transfers, proportional or zero.")
]
Costs = Annotated[
    Path | None,
    typer.Option("--costs", help="Trade costs beside duties: exporter, importer, change (-5%)[, sector, from, until]."),
]
CostsOn = Annotated[str, typer.Option("--on", help="Day on which rows of --costs count; all rows by default.")]
Productivity = Annotated[
    Path | None, typer.Option("--productivity", help="CSV: country, productivity (new over old)[, sector].")
]
Players = Annotated[str, typer.Option("--players", help="Countries, as US,China.")]


def axis(text: str) -> str:
    """What rates differ by, in the word of the program: a country is a partner."""
    return text.replace("country", "partner")


Over = Annotated[str, typer.Option("--over", help="uniform, country, sector or 'country x sector'.", callback=axis)]
DEFAULT = "icio-2022"
"""World of every command, `detente.data.worlds.DEFAULT`, known here before anything is loaded; a test compares them."""


def setting(
    world: str, elasticities: str, pairs: list[str] | None, costs: Path | None = None, on: str = "", **words: str
) -> WorldSetting:
    """The world, its options and its trade costs from the texts of a command."""
    from detente.codes import InputError
    from detente.lab.world.effects import WorldSetting

    if on and costs is None:
        raise InputError("--on", "says on which day trade costs count, and there are none", "add --costs FILE")
    return WorldSetting(world, elasticities, opt.settings(pairs), costs=costs, on=opt.day(on) if on else None, **words)


def with_file(name: str, costs: Path | None, world: str = "", closure: str = "") -> tuple[Scenario | str, Path | None]:
    """A scenario by its name, or by value with the folder in which its own files lie.

    Parameters
    ----------
    costs : file of trade costs in place of its own; `world` : a world, and `closure` : of trade balances, likewise; ""
        for none.
    """
    if costs is None and not world and not closure:
        return name, None
    from detente.data.worlds import world_names
    from detente.lab.scenario import load_scenario, with_closure
    from detente.lab.world.costs import with_costs

    scenario, path = load_scenario(name)
    if world:
        own = world if world in world_names() or not Path(world).exists() else str(Path(world).resolve())
        scenario = scenario.model_copy(update={"world": own})
    scenario = with_closure(scenario, closure) if closure else scenario
    return (with_costs(scenario, costs) if costs else scenario), path.parent


def show(content: dict[str, Any], out: Path | None) -> None:
    """Print content as JSON, or write it to a file."""
    from detente.faces.formats import deliver, to_json

    deliver(to_json(content), out, announce=False)
