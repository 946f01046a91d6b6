"""The world economy in a run: both laws of each pairing solved, and what differs between them.

The same change of law under other closures of trade balances, as a run under each has it.

The first round of prices knows no trade balances, so that what a closure moves is read off the world economy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from detente.codes import Table, declared_note, table_of
from detente.data.worlds import world_names
from detente.economy import Economy, Shock, solve
from detente.economy.solver import under_closure
from detente.lab.averages.sides import Pairing
from detente.lab.part import Built, Part, RunQuestion, Tables, reporting
from detente.lab.scenario import CLOSURES, Scenario
from detente.lab.world import incidence
from detente.lab.world import tables as build
from detente.lab.world.chosen import changes_costs, costs_table, pairs_of, world_of
from detente.lab.world.incidence import Laws, Spread, laws, shown

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
    "closures",
    "concessions",
)


def _build(question: RunQuestion, tables: Tables) -> Built:
    """Tables under both laws of each pairing; only those wanted."""
    economy = world_of(question.scenario, question.folder)
    given = question.taken or _takes(question)
    spread = spread_of(question, given)
    effects = spread[spread.used]
    builders: dict[str, Callable[[], Table]] = {
        "economy": lambda: build.headline_table(spread),
        "world": lambda: build.world_table(spread),
        "incomes": lambda: build.incomes_table(spread),
        "parties": lambda: build.bilateral_table(spread),
        "diverted": lambda: build.diverted_table(effects),
        "sectors": lambda: build.sector_table(effects),
    }
    if effects[0].parties != incidence.PARTIES:
        builders["outcomes"] = lambda: build.outcomes_table(effects)
    if build.single(economy, effects[0].parties):
        builders["concessions"] = lambda: build.concessions_table(effects)
    builders["closures"] = lambda: build.closures_table(spread)
    if question.draws != 0:
        builders["elasticities"] = lambda: build.sets_table(spread)
    if changes_costs(question.scenario):
        names = [effect.variant for effect in effects]
        pairs = pairs_of(question.scenario, question.folder, economy)
        builders[COSTS] = lambda: costs_table(names, pairs, economy)
    return Built({name: make() for name, make in builders.items() if question.wants(name)})


def _kept(scenario: Scenario, wanted: frozenset[str]) -> Scenario:
    """Without the world where no table takes it."""
    return scenario if wanted & {*NAMES, COSTS} else reporting(scenario, world=False)


def spread_of(question: RunQuestion, given: Mapping[str, Sequence[Laws]]) -> Spread:
    """What both laws do, and what ranges run over where draws are not declined."""
    economy, closure = world_of(question.scenario, question.folder), question.scenario.closure
    main = incidence.shown(given[""], economy, closure)
    if question.draws == 0:
        return incidence.alone(economy, main, closure)
    bounds = {name: laws for name, laws in given.items() if name}
    return incidence.spread(given[""], economy, main, closure, bounds)


def _takes(question: RunQuestion) -> dict[str, list[Laws]]:
    """The tariffs of both laws of each pairing on the axes of the world, with the trade costs of the scenario.

    Beside them those at other bounds of claims and weights, where ranges are wanted.
    """
    economy = world_of(question.scenario, question.folder)
    costs_of = pairs_of(question.scenario, question.folder, economy)
    if question.draws == 0:
        return {"": incidence.laws(question.pairings, economy, costs_of)}
    return incidence.bounded_laws(question.pairings, economy, costs_of)


def warm(question: RunQuestion) -> None:
    """Load what a world takes, and begin with it, whatever the laws say."""
    economy = world_of(question.scenario, question.folder)
    solve(economy, Shock())
    for other in incidence.worlds(economy).values():
        solve(other, Shock())
    for name in incidence.CLOSURES:
        under_closure(economy, name)


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
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


AMERICA = "USA"


def closure_table(scenario: Scenario, pairings: Mapping[str, Sequence[Pairing]], folder: Path = Path()) -> Table:
    """Consumer prices over wages and real income of the United States under each closure of trade balances.

    Parameters
    ----------
    pairings : laws that are compared, by importer, the United States first; `folder` : of the files of the scenario.
    """
    economy = world_of(scenario, folder)
    given = laws(pairings, economy, pairs_of(scenario, folder, economy))
    rows = list(_by_closure(scenario.closure, given, economy))
    note = "; ".join((f"world {scenario.world}", declared_note("world.no_balances")))
    return table_of("prices.closures", rows, (note,))


def _by_closure(first: str, given: Sequence[Laws], economy: Economy) -> Iterator[tuple[object, ...]]:
    main = None
    for name in (first, *(name for name in CLOSURES if name != first)):
        effects = shown(given, economy, name, main)
        main = main or effects
        for effect in effects:
            wage, income = (effect.number(each, AMERICA) for each in ("real_wage", "welfare"))
            yield effect.variant, name, 1.0 / (1.0 + wage) - 1.0, income
