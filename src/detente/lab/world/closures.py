"""The same change of law under other closures of trade balances, as a run under each has it.

The first round of prices knows no trade balances, so that what a closure moves is read off the world economy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from detente.codes import Table, declared_note, table_of
from detente.data.importers import importer
from detente.economy import Economy
from detente.lab.ground.ground import ground_of
from detente.lab.ground.sides import Pairing, Side, pairings_of
from detente.lab.scenario import CLOSURES, Point, Scenario, opened
from detente.lab.world.chosen import world_of
from detente.lab.world.costs import pairs_of
from detente.lab.world.incidence import Laws, closure_words, laws, shown
from detente.law import Reading

AMERICA, OTHER = "USA", "CHN"


@dataclass(frozen=True)
class Compared:
    """Laws that are compared, by importer, with the scenario that says how.

    Attributes
    ----------
    pairings : importer -> one pairing a variant, the United States first; `folder` : of the files of the scenario.
    """

    scenario: Scenario
    pairings: Mapping[str, Sequence[Pairing]] = field(repr=False)
    folder: Path = Path()


def compared_in(name: str, today: date) -> Compared:
    """Both sides' laws that a scenario compares."""
    scenario, folder = opened(name, today)
    return Compared(scenario, {code: list(pairings_of(scenario, code, folder)) for code in scenario.sides}, folder)


def compared_apart(pairing: Pairing, reading: Reading) -> Compared:
    """A law of the United States on two days, beside China's on the same days."""
    law, days = importer(OTHER).law, (pairing.before.on, pairing.after.on)
    before, after = (Side(str(day), day, reading, law, ground_of(law)) for day in days)
    scenario = Scenario(name="days", on=days[1], against=Point(on=days[0]))
    return Compared(scenario, {AMERICA: [pairing], OTHER: [Pairing(pairing.variant, before, after)]})


def closure_table(compared: Compared) -> Table:
    """Consumer prices over wages and real income of the United States under each closure of trade balances."""
    economy = world_of(compared.scenario, compared.folder)
    given = laws(compared.pairings, economy, pairs_of(compared.scenario, compared.folder, economy))
    rows = list(_by_closure(compared.scenario.closure, given, economy))
    note = "; ".join((f"world {compared.scenario.world}", declared_note("world.no_balances")))
    return table_of("prices.prices_closures", rows, (note,))


def _by_closure(first: str, given: Sequence[Laws], economy: Economy) -> Iterator[tuple[object, ...]]:
    main = None
    for name in (first, *(name for name in CLOSURES if name != first)):
        effects = shown(given, economy, name, main)
        main = main or effects
        for effect in effects:
            wage, income = (effect.number(each, AMERICA) for each in ("real_wage", "welfare"))
            yield effect.variant, closure_words()[name], 1.0 / (1.0 + wage) - 1.0, income
