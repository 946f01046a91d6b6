"""A country's own law beside a deal of others: its duties as its lawbook has them, not as the world table does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detente.codes import UnknownName
from detente.data.importerfile import importer_id, lawbooks
from detente.data.importers import importer
from detente.economy import Equilibrium, solve
from detente.lab.averages.axes import rows_of
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.sides import Side
from detente.lab.country.deal_world import DealWorld
from detente.lab.scenario import SHORT
from detente.lab.world.incidence import shock


def own_importer(country: str) -> str:
    """Importer whose lawbook says more of a country's duties than the table of the world; "" where none does.

    The United States and China, whose laws every deal has, are none.
    """
    try:
        code = importer_id(country)
    except UnknownName:
        return ""
    if code in SHORT or code not in lawbooks():
        return ""
    where = importer(code)
    known = where.file.level != "sector" or where.file.known or where.law.measures or where.programmes.by_symbol
    return code if known else ""


def under_own_law(world: DealWorld, country: str) -> Equilibrium:
    """The world after a deal, with the duties of the country, or of its union, as its own law of that day has them."""
    after, code = world.effect.after, own_importer(country)
    if not code or code in world.pairs:
        return after
    side = world.usa.after
    law = importer(code).law
    laid = shock([Side(side.label, side.on, side.reading, law, laid_law(law))], world.economy)[0].tariff
    rows = rows_of(world.economy, code)
    tariff = np.array(after.shock.tariff, dtype=np.float64)
    tariff[rows] = np.asarray(laid)[rows]
    return solve(world.economy, replace(after.shock, tariff=tariff, notes=()), warm=after, persist=False)
