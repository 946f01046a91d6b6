"""Time: short run and long run mixed over a horizon, and deals of a given length with what comes back at their end.

Trade reacts over years: m months after a change its flow is e^(-m/24) short + (1 - e^(-m/24)) long. An outcome is worth
the annuity of its path, the constant flow with the same present value over the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.codes import InputError
from detente.economy.frame import Floats

DECAY = 24.0
"""Months in which the share of the short run falls to 1/e."""

YEAR_DAYS = 365.25
FOREVER = float("inf")


@dataclass(frozen=True)
class Horizon:
    """Over which time a flow counts.

    Attributes
    ----------
    name : for the reader.
    years : years counted; infinite for the long run, 0 for the short run alone.
    rate : discount rate, share a year.
    decay : months in which the share of the short run falls to 1/e.
    """

    name: str
    years: float
    rate: float = 0.05
    decay: float = DECAY

    def __post_init__(self) -> None:
        if not 0.0 < self.rate < 1.0:
            raise InputError(f"horizon {self.name}", f"discount rate {self.rate:g}", "give a share between 0 and 1")
        if self.years < 0.0:
            raise InputError(f"horizon {self.name}", f"{self.years:g} years", "give a positive number of years")

    @property
    def months(self) -> Floats | None:
        """Weight of each month, shape (months,), sum one; None in the long and the short run."""
        count = 0 if np.isinf(self.years) else round(12.0 * self.years)
        if count == 0:
            return None
        weight = np.exp(-self.rate * (np.arange(count) + 0.5) / 12.0)
        return weight / weight.sum()

    @property
    def short(self) -> float:
        """Share of the short run in the annuity."""
        months = self.months
        if months is None:
            return 1.0 if self.years == 0.0 else 0.0
        return float(months @ np.exp(-(np.arange(months.size) + 0.5) / self.decay))


LONG_RUN = Horizon("long run", FOREVER)
SHORT_RUN = Horizon("short run", 0.0)
