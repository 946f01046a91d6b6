"""The same change of law under other closures of trade balances, as a run under each has it.

The first round of prices knows no trade balances, so that what a closure moves is read off the world economy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from detente.codes import Table, declared_note, table_of
from detente.economy import Economy
from detente.lab.ground.sides import Pairing
from detente.lab.scenario import CLOSURES, Scenario
from detente.lab.world.chosen import world_of
from detente.lab.world.costs import pairs_of
from detente.lab.world.incidence import Laws, laws, shown

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
