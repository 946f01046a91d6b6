"""Rounding as Customs does it: values to whole dollars, duties to the cent, a half always up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SLACK = 6
"""Decimals to which a product is exact: what lies closer to a half is a half."""


def whole(amounts: Floats) -> Floats:
    """Amounts rounded to whole ones, a half up."""
    return np.floor(np.round(amounts, SLACK) + 0.5)


def cents(dollars: Floats) -> Floats:
    """USD rounded to the cent, half a cent up."""
    return whole(dollars * 100.0) / 100.0
