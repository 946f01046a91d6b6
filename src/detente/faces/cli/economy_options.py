"""Options on the world of a scenario, the scenario they make, and content as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario

Balances = Annotated[
    str, typer.Option("--closure", help="What happens to trade balances: fixed-transfers, proportional or zero.")
]
Costs = Annotated[
    Path | None,
    typer.Option("--costs", help="Trade costs beside duties: exporter, importer, change (-5%)[, sector, from, until]."),
]


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
