"""Choices of every question to the world economy, known before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LONG, SHORT, STEADY = "long-run", "first-year", "steady-state"
#: How much time trade and capital have, by what a world calls it.
#:
#: In the first year capital stays in its sector. In the long run it moves between the sectors of its country, which has
#: as much as before. In the steady state every country has as much capital as pays.
HORIZONS = {LONG: "", SHORT: "short", STEADY: "steady"}

ONE_RATE = "one rate"
#: What rates may differ by, by what the search calls it.
VARY = {ONE_RATE: "uniform", "country": "partner", "sector": "sector", "country x sector": "partner x sector"}

CLOSURES = ("fixed-transfers", "proportional", "zero", "balanced", "balanced-as-published")
INCOME, REVENUE = "real-income", "revenue"
OBJECTIVES = (INCOME, "political", REVENUE)

OUTCOMES = WAR, AGREEMENT, BOTH = ("war", "agreement", "both")

#: A file, or rows.
Given = str | Path | Sequence[Mapping[str, Any]]


def worlds() -> Sequence[str]:
    """Worlds of the package."""
    from detente.data.worlds import world_names

    return world_names()


#: Choices of the arguments that every question to the world economy has.
COMMON: Mapping[str, Any] = {"world": worlds, "closure": CLOSURES, "horizon": tuple(HORIZONS)}
