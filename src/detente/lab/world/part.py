"""The world economy in a run: both laws of each pairing solved, and what differs between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from detente.codes import Table
from detente.lab.part import Built, Part, Question, Tables, reporting

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario
    from detente.lab.world.incidence import Laws

COSTS = "costs"
NAMES = (
    "economy",
    "incomes",
    "world",
    "parties",
    "outcomes",
    "diverted",
    "sectors",
    "elasticities",
    "concessions",
)
LAFFER = "laffer"


def _build(question: Question, tables: Tables) -> Built:
    """Tables under both laws of each pairing; only those wanted."""
    from detente.lab.world import costs, incidence
    from detente.lab.world import tables as build
    from detente.lab.world.chosen import world_of

    economy = world_of(question.scenario, question.folder)
    given = question.taken or _takes(question)
    effects = incidence.effects(given, economy)
    used = str(economy.parameters.get("elasticities", "default"))
    spread = {used: effects} if question.draws == 0 else incidence.spread(given, economy, effects)
    builders: dict[str, Callable[[], Table]] = {
        "economy": lambda: build.headline_table(spread),
        "world": lambda: build.world_table(spread),
        "incomes": lambda: build.incomes_table(spread),
        "parties": lambda: build.bilateral_table(effects),
        "diverted": lambda: build.diverted_table(effects),
        "sectors": lambda: build.sector_table(effects),
    }
    if effects[0].parties != incidence.PARTIES:
        builders["outcomes"] = lambda: build.outcomes_table(effects)
    if build.single(economy, effects[0].parties):
        builders["concessions"] = lambda: build.concessions_table(effects)
    if question.draws != 0:
        builders["elasticities"] = lambda: build.sets_table(spread)
    if costs.changes_costs(question.scenario):
        names = [effect.variant for effect in effects]
        pairs = costs.pairs_of(question.scenario, question.folder, economy)
        builders[COSTS] = lambda: costs.costs_table(names, pairs, economy)
    return Built({name: make() for name, make in builders.items() if question.wants(name)})


def _build_laffer(question: Question, tables: Tables) -> Built:
    """The duty that raises most under the first pairing, which costs more than all other tables of the world."""
    from detente.economy import solve
    from detente.lab.world import tables as build
    from detente.lab.world.chosen import world_of

    economy = world_of(question.scenario, question.folder)
    first, *_ = question.taken or _takes(question)
    if not build.single(economy, first.parties):
        return Built()
    return Built({LAFFER: build.laffer_table(first.variant, solve(economy, replace(first.after)), first.parties)})


def _kept(scenario: Scenario, wanted: frozenset[str]) -> Scenario:
    """Without the world where no table takes it."""
    return scenario if wanted & {*NAMES, COSTS, LAFFER} else reporting(scenario, world=False)


def _takes(question: Question) -> list[Laws]:
    """The tariffs of both laws of each pairing on the axes of the world, with the trade costs of the scenario."""
    from detente.lab.world import costs, incidence
    from detente.lab.world.chosen import world_of

    economy = world_of(question.scenario, question.folder)
    return incidence.laws(question.pairings, economy, costs.pairs_of(question.scenario, question.folder, economy))


def warm(question: Question) -> None:
    """Load what a world takes, and begin with it, whatever the laws say."""
    from detente.economy import Shock, solve
    from detente.lab.world import incidence
    from detente.lab.world.chosen import world_of

    economy = world_of(question.scenario, question.folder)
    solve(economy, Shock())
    for other in incidence.worlds(economy).values():
        solve(other, Shock())


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    from detente.data.worlds import world_names

    # A world of the user's own is among the files of the scenario.
    own = (scenario.world,) if scenario.world in world_names() else ()
    return ("concordance_hs6_icio28", "icio28_sectors", *own)


PART = Part(
    "world",
    {**dict.fromkeys(NAMES, "world"), COSTS: "deal"},
    asked=lambda question: question.scenario.report.world,
    build=_build,
    rests_on=_rests_on,
    key="report.world",
    kept=_kept,
    # With draws the other process has the claims.
    apart=lambda question: not question.draws,
    seconds=0.7,
    takes=_takes,
    warm=warm,
)
LAFFER_PART = Part(
    "laffer",
    {LAFFER: "world"},
    asked=lambda question: question.scenario.report.world and question.wants(LAFFER),
    build=_build_laffer,
    rests_on=_rests_on,
    key="report.world",
    apart=lambda question: not question.draws,
    seconds=0.6,
    takes=_takes,
)
