"""The economy of the textbook (Johnson 1953): each country owns one good and likes its own more.

Endowments and CES demand are one sector of the family with many sectors: labour is the endowment, the trade elasticity
is sigma - 1, and there are no inputs.
"""

from __future__ import annotations

import numpy as np

from detente.codes import InputError, declared_note
from detente.economy import Economy
from detente.economy.input_output.accounts import PARAMETERS
from detente.talks.world import BILLION

TEXTBOOK = {"two-country": ("HOM", "FOR"), "three-country": ("HOM", "FOR", "OTH")}
"""Worlds of the textbook by name, with their countries."""

TRILLION = 1000.0


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
    name = next((name for name, some in TEXTBOOK.items() if len(some) == n), "countries alike")
    return Economy(name, "caliendo_parro", names, ("all",), arrays, parameters, notes)
