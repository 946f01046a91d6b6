"""Volatility of the day: GARCH(1,1) of residuals, so that a move is measured against its own time.

Source: Bollerslev (1986), Journal of Econometrics 31. The likelihood is normal; the variance starts at its mean.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import SolveError

Floats = NDArray[np.float64]

START = ((0.05, 0.90), (0.10, 0.80), (0.20, 0.60), (0.05, 0.50))
"""Starting points of the search: weight of the last surprise, weight of the last variance."""


def variances(residuals: Floats, alpha: float, beta: float, mean: float) -> Floats:
    """Variance of each day and of the day after the last, shape (n + 1,); the mean variance is targeted."""
    variance = np.empty(residuals.size + 1)
    variance[0] = mean
    constant = mean * (1.0 - alpha - beta)
    for day, surprise in enumerate(residuals.tolist()):
        variance[day + 1] = constant + alpha * surprise**2 + beta * variance[day]
    return variance


def estimate(residuals: Floats) -> tuple[float, float]:
    """Weights of the last surprise and of the last variance by maximum likelihood, both zero or more, sum below one.

    Raises
    ------
    SolveError : the search ended without a maximum from every start.
    """
    from scipy.optimize import minimize

    mean = float(residuals @ residuals) / residuals.size

    def loss(weights: Floats) -> float:
        alpha, beta = float(weights[0]), float(weights[1])
        if alpha + beta >= 0.9999:
            return 1e6 * (1.0 + alpha + beta)
        ratio = variances(residuals, alpha, beta, mean)[:-1] / mean
        return 0.5 * float((np.log(ratio) + residuals**2 / mean / ratio).sum())

    runs: list[Any] = [minimize(loss, np.asarray(s), method="L-BFGS-B", bounds=[(0, 0.9999)] * 2) for s in START]
    ended = [run for run in runs if run.success]
    if not ended:
        raise SolveError("GARCH(1,1) found no maximum; use the model constant-mean")
    best = min(ended, key=lambda run: run.fun)
    return cast(float, float(best.x[0])), float(best.x[1])


def scale_of(residuals: Floats, gap: Floats) -> float:
    """Standard deviation forecast for the event day over that of the estimation window.

    Parameters
    ----------
    residuals : of the estimation window, shape (L,); gap : returns less their mean between it and the event.
    """
    alpha, beta = estimate(residuals)
    mean = float(residuals @ residuals) / residuals.size
    variance = variances(np.concatenate([residuals, gap]), alpha, beta, mean)
    return float(np.sqrt(variance[-1] / mean))
