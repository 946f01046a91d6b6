"""When talks end: how long before the deadline threats are settled, and by how much deadlines are put off.

The share settled within some days of the deadline is that of earlier settlements with one more on each of 30 days, so
that no day is ruled out. A threat that is still open with some days left has lost the settlements that come earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from detente.evidence.threats import WAVE, RecordedThreat

SMOOTHED = 30
"""Days before the deadline that one settlement each is added to."""


@dataclass(frozen=True)
class SettledThreat:
    """A threat settled before its deadline.

    Attributes
    ----------
    day : of the settlement; left : days to the deadline.
    """

    id: str
    day: date
    left: int


@dataclass(frozen=True)
class Timing:
    """Days before the deadline on which earlier threats were settled, shape (settlements,)."""

    left: tuple[int, ...]

    def share(self, days: int) -> float:
        """Share settled with so many days left or fewer, smoothed; 0 below zero."""
        if days < 0:
            return 0.0
        seen = sum(each <= days for each in self.left) + min(days + 1, SMOOTHED)
        return seen / (len(self.left) + SMOOTHED)

    def soon(self, chance: float, left: int, within: int) -> float:
        """Chance that it is settled within some days.

        Parameters
        ----------
        chance : that it is settled by the deadline at all; left : days to the deadline.
        """
        open_still = self.share(left)
        return chance * (open_still - self.share(left - within)) / open_still if open_still > 0.0 else 0.0

    @property
    def median(self) -> float:
        """Median of the days; NaN without a settlement."""
        return float(np.median(self.left)) if self.left else float("nan")

    def within(self, days: int) -> int:
        """How many were settled with so many days left or fewer."""
        return sum(each <= days for each in self.left)


def timing(settlements: Sequence[SettledThreat], day: date, but: str = "") -> Timing:
    """Settlements that were known on a day, without the one that is forecast."""
    return Timing(tuple(each.left for each in settlements if each.day < day and each.id != but))


def postponements(threats: Sequence[RecordedThreat], day: date, giver: str = "USA") -> tuple[int, ...]:
    """Days by which a giver put deadlines off, as known on a day, in order; the letters of July 2025 left out."""
    rows = (each for each in threats if each.giver == giver and each.came == "postponed" and each.batch != WAVE)
    days = [each.late for each in rows if each.late and each.deadline is not None and each.deadline < day]
    return tuple(sorted(days))
