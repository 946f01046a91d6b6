"""Consumer prices and costs of households that claims speak of: US law of a day against that of the base day.

A reading fixes what buyers pay of a duty, which domestic prices follow and how margins move; the import share of what
consumers buy is drawn between its bounds. Nobody substitutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.data.importers import importer
from detente.data.price_tables import budgets
from detente.data.price_tables import price_tables as accounts
from detente.lab.claims.laws import law_under
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rates import IMPORTS, LAWBOOK, START
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.ground.ground import ground_of
from detente.lab.ground.sides import Side
from detente.lab.prices.prices import Shocks, Start
from detente.law import Law
from detente.law import Reading as Time
from detente.trade.prices import DRAWN, PassThrough, burden, drawn_lines, latin_hypercube, price_effect

Floats = NDArray[np.float64]
LEVEL = "detail"
ACCOUNTS = "input-output accounts of 2017"
SURVEY = "consumer expenditures of 2023"


def consumer_prices(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Rise of consumer prices, share of spending; that part of it which a partner's goods make, where one is named."""
    lines = _lines(basis, row, reading, as_of)
    tables = accounts(LEVEL)
    rise = lines @ tables.purchasers / tables.total
    return Measured(float(rise[0]), rise[1:], (LAWBOOK, IMPORTS, ACCOUNTS), remark=_compared(row, reading, as_of))


def household_cost(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Cost to the average household, USD a year, on the basis the reading names."""
    mean = burden(accounts(LEVEL), _lines(basis, row, reading, as_of), budgets()).mean
    cost = (mean.out_of_pocket if reading.of == "pocket" else mean.national_accounts)[:, 0]
    inputs = (LAWBOOK, IMPORTS, ACCOUNTS, SURVEY)
    return Measured(float(cost[0]), cost[1:], inputs, remark=_compared(row, reading, as_of))


def _compared(row: QuantityRow, reading: ReadingRow, as_of: date) -> str:
    partner = reading.partner or row.partner
    goods = f", goods of {partner} alone" if partner else ""
    return f"law of {reading.on or as_of} against {row.base or START}{goods}"


def _lines(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Floats:
    """Rise of each line of consumer spending, shape (1 + draws, lines): as the reading assumes first, then draws."""
    law, on = law_under(reading, as_of)
    partner = reading.partner or row.partner
    later = _shock(law, on, reading.scope, partner)
    earlier = _shock(importer("USA").law, row.base or START, reading.scope, partner)
    assumed = PassThrough(reading.border, reading.follow, reading.margin)
    tables = accounts(LEVEL)
    middle = price_effect(tables, later, assumed).lines - price_effect(tables, earlier, assumed).lines
    if not basis.draws:
        return middle[None, :]
    drawn = _drawn(assumed, basis)
    spread = (drawn_lines(tables, later, drawn) - drawn_lines(tables, earlier, drawn)).sum(axis=0)
    return np.concatenate([middle[None, :], spread])


def _drawn(assumed: PassThrough, basis: Basis) -> Mapping[str, Floats]:
    """Draws of what no reading fixes."""
    bounds = {name: (getattr(assumed, name),) * 2 for name in DRAWN}
    return latin_hypercube(basis.draws, basis.seed, {**bounds, "import_share": DRAWN["import_share"]})


@lru_cache(maxsize=16)
def _shock(law: Law, on: date, scope: str, partner: str) -> Floats:
    """Rise of duty-inclusive import prices by commodity since the law of `START`, shape (commodities,)."""
    side = Side(str(on), on, Time.EFFECTIVE, law, ground_of(law, None, scope))
    shocks = Shocks(side, Start.of(side), LEVEL)
    if not partner:
        return shocks.total
    members = importer("USA").countries.expand(partner, START, "partner")
    if not members & set(shocks.flows.expanded()[0].partners):
        raise InputError("partner", f"there are no US imports from {partner}", "name another partner")
    rises = [shock for code, shock in shocks.by_partner().items() if code in members]
    return np.sum([np.zeros_like(shocks.total), *rises], axis=0)


def rises_by_line(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Floats:
    """Rise of the price of each line of consumer spending, shape (1 + draws, lines), as `consumer_prices` adds them."""
    return _lines(basis, row, reading, as_of)
