"""A scenario as a question asks for it: by name, file, content or value, with what is asked in place of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, UnknownName
from detente.lab.scenario import Scenario, load_scenario, parse_scenario, with_closure
from detente.lab.world.costs import with_costs

Runnable = Scenario | Mapping[str, Any] | str | Path
"""What stands for a scenario: its name or file, what a file says, or a scenario that was made."""


def asked_scenario(
    given: Runnable,
    *,
    variant: str = "",
    world: str = "",
    closure: str = "",
    costs: str | Path | Sequence[Mapping[str, Any]] | None = None,
    seed: int | None = None,
) -> tuple[Scenario, Path]:
    """A scenario, and the folder in which the files that it names lie.

    Parameters
    ----------
    variant : the only one that is kept. world, closure, costs, seed : in place of its own; a file or rows of `costs`.

    Raises
    ------
    InputError, UnknownName : what is no scenario, or what it does not have.
    """
    scenario, folder = _read(given)
    if variant:
        known = scenario.variants
        if variant not in known:
            raise UnknownName("variant", variant[:60], known, Parameter("variant"))
        scenario = scenario.model_copy(update={"variants": {variant: known[variant]}})
    if world:
        from detente.data.worlds import world_names

        own = world if world in world_names() or not Path(world).exists() else str(Path(world).resolve())
        scenario = scenario.model_copy(update={"world": own})
    scenario = with_closure(scenario, closure) if closure else scenario
    scenario = with_costs(scenario, costs) if costs else scenario
    return scenario if seed is None else scenario.model_copy(update={"seed": seed}), folder


def _read(given: Runnable) -> tuple[Scenario, Path]:
    if isinstance(given, Mapping):
        name = str(given.get("name") or "scenario")
        return parse_scenario(given, f"scenario {name}", name), Path()
    if isinstance(given, Scenario):
        return given, Path()
    if not isinstance(given, str | Path):
        repair = "give a name, a path, a mapping as in a scenario file, or a Scenario"
        raise InputError(Parameter("scenario"), f"{given!r:.40} is no scenario", repair)
    scenario, path = load_scenario(str(given))
    return scenario, path.parent
