"""Student's distribution, from SciPy, which is loaded when it is first needed."""

from __future__ import annotations


def two_sided(t: float, freedom: float) -> float:
    """Chance that a Student variable of some degrees of freedom lies as far from zero as t."""
    from scipy.special import stdtr

    return float(2.0 * stdtr(freedom, -abs(t)))
