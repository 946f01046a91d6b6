"""What a shortage costs, by the measure named: GDP as printed, income, exact real income.

A loss is a share of annual GDP. It never comes without its measure, its period and its scope: the first quarter is two
to three times the year, the scope with imported parts several times the direct one, and the measures part by half when
the loss passes one or two per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from detente.chains.equilibrium import NetworkEquilibrium
from detente.codes import InputError, Parameter, UnknownName
from detente.codes.portrait import Readable

SCOPES = ("direct", "requirement")
QUARTERS = 4

GDP = "GDP at base prices"
INCOME = "income, rent abroad"
REAL_INCOME = "exact real income, rent at home"


@dataclass(frozen=True, repr=False)
class Loss(Readable):
    """One loss with what it needs to mean anything.

    Attributes
    ----------
    value : loss over annual GDP, share; positive where something is lost.
    measure : one of the names of this module, such as `GDP`.
    period : "peak quarter, annual rate", "year 1" or "long run, each year".
    scope : "direct" or "requirement" (with the material inside imported parts).
    """

    value: float
    measure: str
    period: str
    scope: str


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


def income_change(equilibrium: NetworkEquilibrium, rent_abroad: float = 0.0) -> float:
    """Change of real income, share (measures b and c of step 18).

    Final spending less imports at constant terms of trade less rent paid abroad, over the price of the final basket.

    Parameters
    ----------
    rent_abroad : what the restrictor and traders abroad earn above the base price on the licensed volume, USD per year
        (`prices` outside and inside times volume, never the shadow price). Zero gives exact real income.
    """
    basket = equilibrium.network.final_demand * (1.0 / equilibrium.basket - 1.0)
    return float((basket - _imports_change(equilibrium) - rent_abroad) / equilibrium.network.gdp)


def real_income_change(equilibrium: NetworkEquilibrium) -> float:
    """Change of exact real income with all rent at home, share (measure c of step 18)."""
    return income_change(equilibrium)


def losses(
    path: Sequence[NetworkEquilibrium],
    *,
    scope: str,
    weights: Sequence[float] | None = None,
    rent_abroad: Sequence[float] | None = None,
) -> tuple[Loss, ...]:
    """Losses of a path of quarters by measures a, b and c: the peak quarter at annual rate and each year.

    Parameters
    ----------
    path : equilibria of the quarters from the announcement on.
    scope : "direct" or "requirement".
    weights : months of each quarter over three, shape (quarter,); by default one.
    rent_abroad : rent paid abroad in each quarter, USD at annual rate; by default none, and (b) equals (c).

    Raises
    ------
    InputError : no quarters, long-run equilibria, or lengths that differ. UnknownName : a scope nobody knows.
    """
    if any(equilibrium.period != "quarter" for equilibrium in path):
        raise InputError("losses", "an equilibrium of the long run is no quarter", "use long_run_losses")
    rents = [0.0] * len(path) if rent_abroad is None else list(rent_abroad)
    if len(rents) != len(path):
        raise InputError("rent_abroad", f"{len(rents)} rents for {len(path)} quarters", "give one each")
    values = {
        GDP: [-gdp_change(equilibrium) for equilibrium in path],
        INCOME: [-income_change(equilibrium, rent) for equilibrium, rent in zip(path, rents, strict=True)],
        REAL_INCOME: [-real_income_change(equilibrium) for equilibrium in path],
    }
    return tuple(loss for name, series in values.items() for loss in by_period(series, name, scope, weights))


def long_run_losses(equilibrium: NetworkEquilibrium, *, scope: str, rent_abroad: float = 0.0) -> tuple[Loss, ...]:
    """Losses of one long-run equilibrium, each year; see `losses`."""
    if equilibrium.period != "long-run":
        raise InputError("long_run_losses", "the equilibrium is one of a quarter", "solve with period='long-run'")
    _known(scope)
    values = (-gdp_change(equilibrium), -income_change(equilibrium, rent_abroad), -real_income_change(equilibrium))
    period = "long run, each year"
    return tuple(
        Loss(value, name, period, scope) for value, name in zip(values, (GDP, INCOME, REAL_INCOME), strict=True)
    )


def by_period(
    values: Sequence[float], measure: str, scope: str, weights: Sequence[float] | None = None
) -> tuple[Loss, ...]:
    """Losses of quarters at annual rate as the peak quarter and as years, in shares of annual GDP.

    A year is the sum of its four quarters over four; a quarter cut off by the horizon counts by its weight and months
    beyond the horizon count as no loss.
    """
    _known(scope)
    series = np.asarray(values, dtype=np.float64)
    share = np.ones(series.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if not series.size or share.shape != series.shape:
        raise InputError(measure, f"{share.size} weights for {series.size} quarters", "give one weight a quarter")
    years = range(0, series.size, QUARTERS)
    annual = [float(share[start : start + QUARTERS] @ series[start : start + QUARTERS]) / QUARTERS for start in years]
    peak = Loss(float(series.max()), measure, "peak quarter, annual rate", scope)
    return peak, *(Loss(value, measure, f"year {k + 1}", scope) for k, value in enumerate(annual))


def _known(scope: str) -> None:
    if scope not in SCOPES:
        raise UnknownName("scope", scope, SCOPES, Parameter("scope"), f"use {' or '.join(SCOPES)}")


def marginal_value(equilibrium: NetworkEquilibrium, quantity: ArrayLike, imported: ArrayLike | None = None) -> float:
    """Exact real income gained per unit of a small change of quantities, USD per year (step 28, by the envelope).

    sum of (lambda_u / P - 1) R_u dq_u and of (p_k / P - 1) Q_k dq_k over imported rows.

    Parameters
    ----------
    quantity : dq of each user for one unit of the cause, shape (industry,), hats. For one more point of licences it is
        0.01 dq_u / dlambda, where several months or stocks lie between take the difference of two runs instead.
    imported : dq of each imported row, shape (row,); by default none moves.
    """
    network = equilibrium.network
    worth = np.where(network.spending > 0, equilibrium.shadow_price / equilibrium.basket - 1.0, 0.0) * network.spending
    value = float(worth @ np.broadcast_to(np.asarray(quantity, dtype=np.float64), worth.shape))
    if imported is not None:
        rows = (equilibrium.imported_price / equilibrium.basket - 1.0) * network.imported_supply
        value += float(rows @ np.broadcast_to(np.asarray(imported, dtype=np.float64), rows.shape))
    return value


def restrictor_value(rent: Sequence[float], lasting_loss: Sequence[float], points: float) -> float:
    """What one more point of licences is worth to the restrictor, USD per year and point.

    Parameters
    ----------
    rent : rent it earns before and after, USD per year.
    lasting_loss : sales lost each year to capacity that buyers build and keep, before and after, USD per year.
    points : points of licences between the two.
    """
    (rent_0, rent_1), (loss_0, loss_1) = rent, lasting_loss
    if points == 0:
        raise InputError("points", "no points lie between the two runs", "compare two different paths of licences")
    return ((rent_1 - rent_0) - (loss_1 - loss_0)) / points
