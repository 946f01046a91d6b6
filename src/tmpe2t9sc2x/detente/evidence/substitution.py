"""Substitution between suppliers within a product (rule V7): an average tariff after buyers have moved."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIGMA = 3.0


@dataclass(frozen=True)
class Substitution:
    """Imports after substitution.

    Attributes
    ----------
    value : customs value of each flow, USD, shape (flows,); rate : average duty over it, share.
    """

    value: Floats = field(repr=False)
    rate: float


def moved(value: Floats, before: Floats, after: Floats, product: Ints, sigma: float = SIGMA) -> Substitution:
    """CES between the partners of each product, spending on the product constant.

    E0 = v (1 + t0); shares go with E0 [(1 + t1)/(1 + t0)]^(1 - sigma); customs value w1 = E1/(1 + t1); the rate is
    the sum of t1 w1 over the sum of w1. Very high rates pull the average down, since their imports vanish.

    Parameters
    ----------
    value : customs value, USD; before, after : duty, share; product : group within which buyers move; each (flows,).

    Raises
    ------
    InputError : an elasticity of one or less, or a duty of minus one.
    """
    if not sigma > 1.0:
        raise InputError("substitution", f"sigma of {sigma:g} is not above 1", "give a number from 2 to 5")
    if (after <= -1.0).any() or (before <= -1.0).any():
        raise InputError("substitution", "a duty of -100% or less has no price", "check the rates")
    spent = value * (1.0 + before)
    # A whole power of the inverse is a product where sigma is 3.
    pull = spent * ((1.0 + before) / (1.0 + after)) ** (sigma - 1.0)
    groups = int(product.max()) + 1 if product.size else 0
    total, pulls = (np.bincount(product, weights, minlength=groups) for weights in (spent, pull))
    scale = total / np.where(pulls > 0, pulls, 1.0)
    worth = pull * scale[product] / (1.0 + after)
    whole = float(worth.sum())
    return Substitution(worth, float(after @ worth) / whole if whole > 0 else float("nan"))
