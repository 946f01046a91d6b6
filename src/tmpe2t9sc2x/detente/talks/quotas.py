"""Tariff-rate quotas: the duty at the margin, and who has the rent.

Up to an amount goods pay the duty inside, beyond it the duty outside. Imports fall with the duty, so that one duty
between the two clears the quota: the one inside where it is not filled, the one outside where imports pass it even
then. The rent is the duty at the margin less that inside, on what comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from detente.codes import InputError

EXACT = 1e-10
"""To what the duty is found, share."""


@dataclass(frozen=True)
class QuotaOutcome:
    """Where a quota stands.

    Attributes
    ----------
    duty : at the margin, share; `imports` : at that duty, USD billion a year; `rent` : USD billion a year.
    state : "unfilled", "filled" or "exceeded".
    """

    duty: float
    imports: float
    rent: float
    state: str


def cleared(imports: Callable[[float], float], amount: float, inside: float, outside: float) -> QuotaOutcome:
    """The duty at which imports meet a quota.

    Parameters
    ----------
    imports : value of imports at a duty, USD billion a year; falling in it.
    amount : of the quota, USD billion a year at prices of the base year.

    Raises
    ------
    InputError : an amount below zero, or duties that cross.
    """
    from scipy.optimize import brentq

    if amount < 0.0 or not 0.0 <= inside < outside:
        what = f"amount {amount:g}, duties {inside:g} and {outside:g}"
        raise InputError("quota", what, "give an amount of zero or more, the duty inside below the one outside")
    low = imports(inside)
    if low <= amount:
        return QuotaOutcome(inside, low, 0.0, "unfilled")
    high = imports(outside)
    if high >= amount:
        return QuotaOutcome(outside, high, (outside - inside) * amount, "exceeded")
    root: Any = brentq(lambda t: imports(t) - amount, inside, outside, xtol=EXACT)
    duty = float(root)
    return QuotaOutcome(duty, amount, (duty - inside) * amount, "filled")
