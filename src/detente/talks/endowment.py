"""The two-country economy of the textbook (Johnson 1953): each side owns one good and likes its own more.

Endowments and CES demand are one sector of the family with many sectors: labour is the endowment, the trade elasticity
is sigma - 1, and there are no inputs.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from detente.codes import InputError, declared_note
from detente.economy import Economy
from detente.economy.input_output.accounts import PARAMETERS
from detente.talks.world import BILLION

NAMES = ("HOM", "FOR")
THREE = ("HOM", "FOR", "OTH")
TRILLION = 1000.0


def endowments(
    sigma: float = 4.0, own: tuple[float, float] = (0.8, 0.8), sizes: tuple[float, float] = (TRILLION, TRILLION)
) -> Economy:
    """A balanced two-country endowment economy with CES demand, without duties.

    Parameters
    ----------
    sigma : elasticity of substitution between the two goods, above one.
    own : share of spending on the own good where prices are one, home and foreign. Trade balances where
        sizes[0] (1 - own[0]) = sizes[1] (1 - own[1]); otherwise prices that balance it are the baseline.
    sizes : income, USD bn a year.

    Raises
    ------
    InputError : sigma not above one, shares outside (0, 1), sizes not positive.
    """
    if not sigma > 1.0:
        raise InputError("sigma", f"{sigma:g} is not above 1", "give an elasticity such as 4")
    if not all(0.0 < share < 1.0 for share in own) or min(sizes) <= 0.0:
        raise InputError("two-country economy", "shares lie outside (0, 1) or a size is not positive", "mend them")
    flows = _balanced(sigma, own, sizes) * BILLION
    arrays = {
        "flows": flows,
        "tariff": np.zeros((2, 2)),
        "input_share": np.zeros((2, 1, 1)),
        "final_share": np.ones((2, 1)),
    }
    notes = (declared_note("bargain.two_countries", sigma=sigma),)
    parameters = {**PARAMETERS, "trade_elasticity": sigma - 1.0}
    return Economy("two-country", "caliendo_parro", NAMES, ("all",), arrays, parameters, notes)


def alike(names: tuple[str, ...], sigma: float = 4.0, own: float = 0.8, size: float = TRILLION) -> Economy:
    """A balanced endowment economy of several countries that differ in name alone, without duties.

    Where all lay the same duty t on all, prices stay at one by symmetry, and with b = (1 - own) (1 + t)^(1 - sigma) the
    share of imports in spending is s = b / (own + b), income size / (1 - s t / (1 + t)), and the price index
    (own + b)^(1 / (1 - sigma)): real income in closed form.

    Parameters
    ----------
    own : share of spending on the own good where prices are one; the rest falls on the others alike.
    size : income of each, USD bn a year.

    Raises
    ------
    InputError : fewer than two names, sigma not above one, a share outside (0, 1), a size that is not positive.
    """
    if len(names) < 2 or not sigma > 1.0 or not 0.0 < own < 1.0 or size <= 0.0:
        raise InputError("economy of the textbook", "names, sigma, share or size do not fit", "mend them")
    n = len(names)
    shares = np.full((n, n), (1.0 - own) / (n - 1))
    np.fill_diagonal(shares, own)
    arrays = {
        "flows": shares * size * BILLION,
        "tariff": np.zeros((n, n)),
        "input_share": np.zeros((n, 1, 1)),
        "final_share": np.ones((n, 1)),
    }
    notes = (declared_note("bargain.alike", count=n, sigma=sigma),)
    parameters = {**PARAMETERS, "trade_elasticity": sigma - 1.0}
    return Economy("three-country", "caliendo_parro", names, ("all",), arrays, parameters, notes)


def real_income_of_alike(duty: float, sigma: float = 4.0, own: float = 0.8, size: float = TRILLION) -> float:
    """Real income of each of several countries that are alike, all with the same duty on all, USD bn a year."""
    bought = (1.0 - own) * (1.0 + duty) ** (1.0 - sigma)
    share = bought / (own + bought)
    income = size / (1.0 - share * duty / (1.0 + duty))
    return float(income / (own + bought) ** (1.0 / (1.0 - sigma)))


def _balanced(sigma: float, own: tuple[float, float], sizes: tuple[float, float]) -> np.ndarray:
    """Flows [importer, exporter] at the price of the foreign good, in terms of the home good, that balances trade."""
    from scipy.optimize import brentq

    def spent(log_price: float) -> np.ndarray:
        price = np.exp(np.array([0.0, log_price]))
        taste = np.array([[own[0], 1.0 - own[0]], [1.0 - own[1], own[1]]])
        worth = taste * price ** (1.0 - sigma)
        return worth / worth.sum(axis=1, keepdims=True) * (np.asarray(sizes) * price)[:, None]

    def gap(log_price: float) -> float:
        flows = spent(log_price)
        return float(flows[0, 1] - flows[1, 0])

    return spent(cast(float, brentq(gap, -20.0, 20.0, xtol=1e-14)))
