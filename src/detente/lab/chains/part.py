"""Materials in a run: who runs short of what is licensed, when and at what cost, without and with a deal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from detente.lab.part import Built, Part, RunQuestion, Tables

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario

NAMES = ("months", "materials_lost", "materials", "materials_short", "materials_prices")


def _build(question: RunQuestion, tables: Tables) -> Built:
    """Ranges only where draws were asked for, as each solves many networks."""
    from detente.lab.chains.materials import located, materials

    scenario, draws = question.scenario, question.draws or 0
    assert scenario.materials is not None
    assert isinstance(scenario.on, date)
    given = located(scenario.materials, question.folder)
    return Built(materials(given, scenario.on, draws, scenario.seed, question.told("supply chain")))


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    from detente.data.library import tables_starting

    return (*tables_starting("chain_"), *tables_starting("io_usa_"))


PART = Part(
    "materials",
    dict.fromkeys(NAMES, "materials"),
    asked=lambda question: question.scenario.materials is not None and isinstance(question.scenario.on, date),
    build=_build,
    rests_on=_rests_on,
    key="materials",
    off=lambda scenario: scenario.model_copy(update={"materials": None}),
    # With draws they take all processors as it is.
    apart=lambda question: not question.draws,
    seconds=0.6,
)
