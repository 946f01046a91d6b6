"""The time axis of a chain: thirty equal steps a month, so that stocks move daily and results are read by month."""

from __future__ import annotations

import numpy as np

from detente.chains.rows import Floats

STEPS = 30
"""Steps a month."""

DAYS_PER_MONTH = 365.25 / 12.0
"""Days of a mean month; 45 working days at 5 a week are 63 days, 2.07 months."""

STEP = 1.0 / STEPS
"""Length of a step, months."""


def edges(months: int) -> Floats:
    """Bounds of the steps, months, shape (steps + 1,)."""
    return np.arange(months * STEPS + 1) / STEPS


def middles(months: int) -> Floats:
    """Middles of the steps, months, shape (steps,)."""
    return (np.arange(months * STEPS) + 0.5) / STEPS


def by_month(steps: Floats) -> Floats:
    """Mean over the steps of each month; the last axis shrinks from steps to months."""
    return steps.reshape(*steps.shape[:-1], steps.shape[-1] // STEPS, STEPS).mean(axis=-1)


def by_step(months: Floats) -> Floats:
    """Each month's value in all its steps; the last axis grows from months to steps."""
    return np.repeat(months, STEPS, axis=-1)
