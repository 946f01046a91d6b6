"""The change of real income by what people are paid from: wages, work, tariff revenue, transfers; exact, no path.

With wages Y = w L, rents K (profits and, in the short run, capital tied to its sector), revenue R, transfer D (the
trade deficit net of tariffs), C = Y + K + R + D, price index P and a dash for after, real income changes by ::

    weight [Y/P ((w'/P')/(w/P) - 1)]                real_wage
    + weight [Y'/P' - Y/P (w'/P')/(w/P)]            employment, 0 where labour supply is fixed
    + weight [K'/P' - K/P]                          rents
    + weight [R'/P' - R/P]                          tariff_revenue
    + weight [D'/P' - D/P]                          transfer
    + leisure

weight = 1 / (C - kappa/(1 + kappa) Y) at the baseline; `leisure` is what more work costs those who work and, where
revenue cuts the income tax, what new weights of welfare add; zero where labour supply is fixed. A transfer that is
fixed in units of the numeraire shrinks in real terms as prices rise.
"""

from __future__ import annotations

import numpy as np

from detente.codes import Table, table_with
from detente.economy.decomposition.path import of_real_income
from detente.economy.families import family_of
from detente.economy.frame import Equilibrium, Floats
from detente.economy.solver import solve


@np.errstate(all="ignore")
def income_parts(equilibrium: Equilibrium) -> Table:
    """Real wage, employment, rents, revenue, transfer and leisure in the change of real income, one row a country.

    Every column is a share of baseline real income; the six add up to the last. `SolveError` if a closure that first
    moves the baseline has no equilibrium there.
    """
    equilibrium = of_real_income(equilibrium)
    economy, shock = equilibrium.economy, equilibrium.shock
    before = solve(economy, shock.nothing())
    old, new = _real(before), _real(equilibrium)
    family = family_of(economy)
    weight, wage = 1.0 / family.worth(economy, shock), _real_wage(equilibrium) / _real_wage(before)
    change = family.welfare(equilibrium.u, economy, shock) - family.welfare(before.u, economy, before.shock)
    data = {
        "real_wage": weight * old["wages"] * (wage - 1.0),
        "employment": weight * (new["wages"] - old["wages"] * wage),
        "rents": weight * (new["rents"] - old["rents"]),
        "tariff_revenue": weight * (new["revenue"] - old["revenue"]),
        "transfer": weight * (new["transfer"] - old["transfer"]),
    }
    data |= {"leisure": change - np.sum(list(data.values()), axis=0), "real_income": change}
    return table_with("economy.income_parts", {"country": np.asarray(economy.countries), **data}, world=economy.name)


def _prices(equilibrium: Equilibrium) -> Floats:
    return equilibrium.hats["prices"] if "prices" in equilibrium.hats else 1.0 + equilibrium.changes["prices"]


def _real(equilibrium: Equilibrium) -> dict[str, Floats]:
    """Wages, rents, revenue and transfer over the price index, each of shape (country,), USD of the baseline."""
    levels, prices = equilibrium.levels, _prices(equilibrium)
    wages = levels["wages"] if "wages" in levels else levels["income"]
    transfer = levels["transfer"] if "transfer" in levels else levels["deficit"]
    values = {"wages": wages, "rents": levels["income"] - wages, "revenue": levels["revenue"], "transfer": transfer}
    return {name: value / prices for name, value in values.items()}


def _real_wage(equilibrium: Equilibrium) -> Floats:
    return equilibrium.hats["wage"] / _prices(equilibrium)
