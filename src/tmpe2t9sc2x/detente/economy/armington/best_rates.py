"""Closed-form best responses of family A with one sector, (S2) of `detente.economy.policies.sufficient`.

Source: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025): t_i = 1 / [(1 + epsilon delta_i) phi_i - 1].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from detente.codes import InputError
from detente.economy.armington.accounts import accounts
from detente.economy.family import TariffWar
from detente.economy.frame import Equilibrium, Floats


def best_rates(war: TariffWar) -> Callable[[Equilibrium], Floats]:
    """The rates of all players at an equilibrium; `InputError` where there is no formula."""
    _check(war)
    return lambda equilibrium: _rates(war, equilibrium)


def _check(war: TariffWar) -> None:
    where, economy = f"sufficient_nash, world {war.economy.name}", war.economy
    if len(economy.sectors) > 1:
        raise InputError(where, "family A has a formula for one sector only", "use nash, or a world of family B")
    if accounts(economy).value_added < 1.0:
        raise InputError(where, "family A has no formula with roundabout inputs", "set value_added_share to 1")
    closure = war.shock.options.get("closure", "fixed-transfers")
    if closure not in ("fixed-transfers", "zero"):
        raise InputError(where, f"there is no formula for the closure {closure}", "use fixed-transfers or zero")
    imports = np.asarray(economy.arrays["flows"], dtype=np.float64)[war.index] > 0
    imports[np.arange(war.index.size), war.index] = False
    if (imports & ~war.taxed[0]).any():
        raise InputError(where, "the formula is for one rate on all imports", "tax everybody: against='everybody'")


def _rates(war: TariffWar, equilibrium: Equilibrium) -> Floats:
    base = accounts(equilibrium.economy)
    slope = base.trade[0, 0] * inverse_supply(equilibrium)[war.index]
    inverse = (1.0 + slope) * base.exponent[war.index] - 1.0
    return np.where(inverse > 0.0, 1.0 / np.maximum(inverse, 1e-300), np.inf)


def inverse_supply(equilibrium: Equilibrium) -> Floats:
    """Inverse export supply elasticity delta that each country faces, shape (country,), from (S2).

    Beside own prices it counts the revenue partners lose when they buy less, and what a higher wage of the country adds
    to transfers fixed relative to world income.
    """
    base, levels = accounts(equilibrium.economy), equilibrium.levels
    trade, spent = levels["trade"], levels["expenditure"][:, None]
    rate = np.zeros_like(trade) if equilibrium.shock.tariff is None else equilibrium.shock.tariff
    share = trade * (1.0 + rate) / spent
    part = levels["revenue"][:, None] / spent
    weight = levels["income"] / levels["income"].sum()
    lost = base.trade[0, 0] * share * (rate / (1.0 + rate) - part)
    income = (levels["transfer"][:, None] * weight / spent - lost) / (1.0 - part)
    sold = base.kept[:, None] * trade
    np.fill_diagonal(sold, 0.0)
    transferred = levels["transfer"] * weight
    fall = (sold * (base.trade[0, 0] * (1.0 - share) - income)).sum(axis=0) - transferred
    return fall / base.trade[0, 0] / (sold.sum(axis=0) + transferred)
