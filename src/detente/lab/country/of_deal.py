"""What a deal of the Deal page does to one country: the tables of `lab/country/partners.py` on equilibria kept warm."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from detente.codes import Table
from detente.codes.standing import Standing
from detente.data.worlds import load_economy
from detente.lab.country.partners import CountryCase, Levied
from detente.lab.deal.answer import DealEngine
from detente.lab.deal.economy import SHORT
from detente.lab.deal.levers import Levers
from detente.lab.deal.numbers import SIDES, DealCase, status_levels
from detente.lab.ground.axes import WORLD
from detente.lab.ground.bounds import CLAIMS_MOVED, YEAR_MOVED
from detente.lab.ground.plane import Plane
from detente.lab.world.chosen import place_in
from detente.lab.world.incidence import CLOSURES, Effect


@dataclass(frozen=True)
class CountryOfDeal:
    """A country under a deal.

    Attributes
    ----------
    code, name : of the country of the world; `against` : what changes are measured against, in words.
    tables : as `country_tables` has them for the file of the deal.
    """

    code: str
    name: str
    key: str
    levers: Levers
    against: str
    tables: tuple[Table, ...] = field(repr=False)
    standings: dict[str, Standing] = field(repr=False)


def country_of_deal(engine: DealEngine, levers: Levers, code: str) -> CountryOfDeal:
    """What a deal does to a country of the world of runs.

    Raises
    ------
    UnknownName : no country of that world.
    """
    case = engine.case(levers)
    shown = _effect(case, levers.horizon)
    spread = {run: _effect(case, run) for run in case.after if run != SHORT}
    world = engine.world(levers.on, levers.year, levers.closure)
    levied = {importer: _levied(engine, case, world.planes[importer]) for importer in SIDES}
    sets = tuple(name for name in spread if name not in (*CLOSURES, CLAIMS_MOVED, YEAR_MOVED))
    country = CountryCase(code, shown, spread, levied, sets)
    standings = engine.standings(levers.on)
    tables = tuple(replace(table, standing=standings.get("USA")) for table in country.tables())
    return CountryOfDeal(code, country.name, engine.key(levers), levers, case.words, tables, standings)


def place_of(name: str) -> tuple[str, str]:
    """Country of the world of deals for any country by name, and a note where it is part of a region there."""
    return place_in(load_economy(WORLD), name)


def _effect(case: DealCase, run: str) -> Effect:
    return Effect(run, case.before[run], case.after[run], {})


def _levied(engine: DealEngine, case: DealCase, plane: Plane) -> Levied:
    """Duties of a side by partner, without and under the deal."""
    owed = engine.world(case.levers.on, case.levers.year).owed(
        case.levels, case.levers.exempt, engine.members(case.levers), case.levers.rate
    )
    without = plane.owed(status_levels(case))
    return Levied(plane.region, plane.worth.sum(axis=1), without.sum(axis=1), owed[plane.importer].sum(axis=1))
