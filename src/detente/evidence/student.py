"""Student's distribution from what Python has: the library that has more of this kind takes long to load."""

from __future__ import annotations

import math

TINY, CLOSE, MOST = 1e-300, 1e-15, 500


def two_sided(t: float, freedom: float) -> float:
    """Chance that a Student variable lies as far from zero as t; NaN for a t or a freedom that is none.

    The regularised incomplete beta function I_x(freedom / 2, 1 / 2) at x = freedom / (freedom + t^2).
    """
    if math.isnan(t) or not freedom > 0.0:
        return math.nan
    if math.isinf(t):
        return 0.0
    y = t * t / (freedom + t * t)
    if y < 1.5 / (0.5 * freedom + 2.5):
        return 1.0 - _beta(y, 1.0 - y, 0.5, 0.5 * freedom)
    return _beta(freedom / (freedom + t * t), y, 0.5 * freedom, 0.5)


def _beta(x: float, y: float, a: float, b: float) -> float:
    """I_x(a, b) with y = 1 - x, where its continued fraction is quick (DLMF 8.17.22, evaluated as Lentz does)."""
    if x <= 0.0:
        return 0.0
    size = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(y)
    value, c, d = 1.0, 1.0, 0.0
    for m in range(MOST):
        for step in _steps(m, x, a, b):
            d = 1.0 / _kept(1.0 + step * d)
            c = _kept(1.0 + step / c)
            value *= c * d
        if abs(c * d - 1.0) < CLOSE:
            break
    return math.exp(size) / a / value


def _steps(m: int, x: float, a: float, b: float) -> tuple[float, ...]:
    """Coefficients 2m and 2m + 1 of the fraction; that of zero is none."""
    odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return (odd,) if m == 0 else (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), odd)


def _kept(value: float) -> float:
    return value if abs(value) > TINY else TINY
