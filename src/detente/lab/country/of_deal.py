"""What a deal of the Deal page does to one country: the tables of `lab/country/partners.py` on equilibria kept warm."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from detente.codes import Table
from detente.codes.days import Standing
from detente.lab.averages.ranges import CLAIMS_MOVED, YEAR_MOVED
from detente.lab.country.partners import CountryCase, Levied
from detente.lab.deal.answer import DealEngine
from detente.lab.deal.economy import LONG, SHORT, owed
from detente.lab.deal.levers import Deal
from detente.lab.deal.numbers import DealCase
from detente.lab.world.chosen import place_in
from detente.lab.world.incidence import CLOSURES, Effect


@dataclass(frozen=True)
class CountryOfDeal:
    """A country under a deal.

    Attributes
    ----------
    code, name : of the country of the world; `against` : what changes are measured against, in words.
    tables : those of `CountryCase`.
    """

    code: str
    name: str
    key: str
    deal: Deal
    against: str
    tables: tuple[Table, ...] = field(repr=False)
    standings: dict[str, Standing] = field(repr=False)


def country_of_deal(engine: DealEngine, deal: Deal, code: str) -> CountryOfDeal:
    """What a deal does to a country of the world that it is solved in.

    Raises
    ------
    UnknownName : no country of that world.
    """
    case = engine.case(deal)
    spread = {run: _effect(case, run) for run in case.after if run != SHORT}
    sets = tuple(name for name in spread if name not in (*CLOSURES, CLAIMS_MOVED, YEAR_MOVED))
    country = CountryCase(code, _effect(case, deal.horizon), spread, _levied(engine, case), sets)
    standings = engine.standings(deal.on)
    tables = tuple(replace(table, standing=standings.get(case.first)) for table in country.tables())
    return CountryOfDeal(code, country.name, engine.key(deal), deal, case.words, tables, standings)


def place_of(engine: DealEngine, name: str) -> tuple[str, str]:
    """Country of the world of a deal for any country by name, and a note where it is part of a region there."""
    return place_in(engine.world(engine.scale.standard.on).economies[LONG], name)


def _effect(case: DealCase, run: str) -> Effect:
    return Effect(run, case.before[run], case.after[run], {})


def _levied(engine: DealEngine, case: DealCase) -> dict[str, Levied]:
    """Duties of the sides by partner, without and under the deal, where they are measures of laws."""
    deal, world = case.deal, engine.world(case.deal.on, case.deal.year, case.deal.closure)
    laws = engine.world(deal.on, deal.year).planes
    under = owed(laws, case.levels, deal.exempt, engine.members(deal), deal.rate) if laws else {}
    levied = {}
    for code, plane in world.planes.items():
        sums = (duty.sum(axis=1) for duty in (plane.worth, plane.owed(case.status), under[code]))
        levied[code] = Levied(plane.region, *sums)
    return levied
