"""A sweep as a question asks for it: of a scenario or of the world economy, here or on the workers of a cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from detente.lab.key import rooted
from detente.lab.prepared import asked_scenario
from detente.lab.sweep.job import TABLES, Sweep, sweep
from detente.lab.sweep.world import sweep_world
from detente.lab.work.chunks import Progress
from detente.lab.work.workers import dask

ECONOMY = "economy"
"""In place of a scenario: the world economy alone."""

CLUSTER = "DETENTE_DASK"
"""Environment variable with the address of a Dask scheduler, such as tcp://127.0.0.1:8786."""


def swept_as(
    scenario: Any,
    over: Mapping[str, Any],
    sample: int | None = None,
    seed: int | None = None,
    *,
    draws: int = 0,
    country: Sequence[str] = (),
    tariffs: str = "",
    world: str = "",
    work: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """The sweep of a scenario or of the world economy.

    Parameters
    ----------
    sample : points of a Latin hypercube, in place of every combination. seed : of it, and of the scenario's draws.
    country, tariffs : of the world economy. work : folder of what is finished, from which a sweep goes on.

    Raises
    ------
    InputError, UnknownName : what cannot be swept over.
    """
    address = os.environ.get(CLUSTER, "")
    with dask(address) if address else nullcontext(None) as executor:
        shared: dict[str, Any] = {
            "lhs": sample, "out": work, "resume": work is not None, "executor": executor,
            "workers": None if executor else workers, "progress": progress,
        }  # fmt: skip
        if scenario == ECONOMY:
            own = {"world": world} if world else {}
            own |= {"seed": seed} if seed is not None else {}
            return sweep_world(over, tariffs=tariffs or None, countries=country, **own, **shared)
        given = scenario
        if world or isinstance(scenario, Mapping):
            given = rooted(*asked_scenario(scenario, world=world))
        kept = TABLES if asked_scenario(scenario)[0].report.world else TABLES[:1]
        return sweep(given, over, seed=seed, draws=draws, tables=kept, today=date.today(), **shared)
