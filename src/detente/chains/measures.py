"""What a shortage costs, by the measure named: GDP as printed, income, exact real income.

A loss is a share of annual GDP. It never comes without its measure, its period and its scope: the first quarter is two
to three times the year, the scope with imported parts several times the direct one, and the measures part by half when
the loss passes one or two per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.chains.equilibrium import NetworkEquilibrium
from detente.codes.portrait import Readable

QUARTERS = 4

GDP = "GDP at base prices"
INCOME = "income, rent abroad"
REAL_INCOME = "exact real income, rent at home"

PEAK = "peak quarter, annual rate"


@dataclass(frozen=True, repr=False)
class Loss(Readable):
    """A loss of a country with what it needs to mean anything.

    Attributes
    ----------
    scope : "direct" or "requirement" (with the material inside imported parts).
    measure : one of the names of this module, such as `GDP`.
    period : `PEAK`, or "year 1" and so on.
    value : loss over annual GDP, share; positive where something is lost.
    """

    country: str
    scope: str
    measure: str
    period: str
    value: float

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Country, scope, measure and period."""
        return (self.country, self.scope, self.measure, self.period)


def gdp_change(equilibrium: NetworkEquilibrium) -> float:
    """Change of GDP at base prices, share (measure a of step 18).

    Final demand less all imports less the material received, each volume at base prices, over base value added.
    """
    network = equilibrium.network
    final = network.final_use @ (equilibrium.final - 1.0) + network.imported_final @ (equilibrium.imported_final - 1.0)
    return float((final - _imports_change(equilibrium)) / network.gdp)


def _imports_change(equilibrium: NetworkEquilibrium) -> float:
    """Change of the volume of imports, USD at base prices."""
    network = equilibrium.network
    rows = network.imported_supply @ (np.asarray(equilibrium.shortage.imported) - 1.0)
    others = network.other_imports @ (equilibrium.other_imports - 1.0)
    return float(rows + others + network.spending @ (equilibrium.quantity - 1.0))


def real_income_change(equilibrium: NetworkEquilibrium, rent_abroad: float = 0.0) -> float:
    """Change of real income, share (measures b and c of step 18).

    Final spending less imports at constant terms of trade less rent paid abroad, over the price of the final basket.

    Parameters
    ----------
    rent_abroad : what the restrictor and traders abroad earn above the base price on the licensed volume, USD per year
        (`prices` outside and inside times volume, never the shadow price). Zero gives exact real income.
    """
    basket = equilibrium.network.final_demand * (1.0 / equilibrium.basket - 1.0)
    return float((basket - _imports_change(equilibrium) - rent_abroad) / equilibrium.network.gdp)


def losses(
    path: Sequence[NetworkEquilibrium],
    country: str,
    scope: str,
    weights: Sequence[float],
    rent_abroad: Sequence[float],
) -> list[Loss]:
    """Losses of a path of quarters by measures a, b and c: the peak quarter at annual rate and each year.

    A year is the sum of its four quarters over four; a quarter cut off by the horizon counts by its weight and months
    beyond the horizon count as no loss.

    Parameters
    ----------
    path : equilibria of the quarters from the announcement on.
    weights : months of each quarter over three, shape (quarter,).
    rent_abroad : rent paid abroad in each quarter, USD at annual rate.
    """
    values = {
        GDP: [-gdp_change(equilibrium) for equilibrium in path],
        INCOME: [-real_income_change(equilibrium, rent) for equilibrium, rent in zip(path, rent_abroad, strict=True)],
        REAL_INCOME: [-real_income_change(equilibrium) for equilibrium in path],
    }
    share, rows = np.asarray(weights, dtype=np.float64), []
    for measure, lost in values.items():
        rows.append(Loss(country, scope, measure, PEAK, max(lost)))
        for year, start in enumerate(range(0, len(lost), QUARTERS), start=1):
            mine = slice(start, start + QUARTERS)
            annual = float(share[mine] @ np.array(lost[mine])) / QUARTERS
            rows.append(Loss(country, scope, measure, f"year {year}", annual))
    return rows
