"""Materials under export control, in the units of a payoff: what they cost one side and are worth to the other.

The loss at a share r of licences withheld is a flow by month: stocks delay it, substitutes shrink it later. A model of
the supply chain gives it as arrays; until it does, a number of the case stands in. The net value of keeping control,
K, may be of either sign: below zero its owner gains by lifting alone, and there is nothing to trade.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from detente.codes import InputError
from detente.economy.frame import Floats


@dataclass(frozen=True)
class Flow:
    """A yearly flow as a function of one level.

    Attributes
    ----------
    of : levels, shape (points,), to USD bn a year; `slope` its derivative.
    label : where it comes from.
    """

    of: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    label: str = ""

    def times(self, factor: float) -> Flow:
        """The flow multiplied by a number."""
        return Flow(lambda x: factor * self.of(x), lambda x: factor * self.slope(x), self.label)


class Monthly(Protocol):
    """A flow that changes from month to month after the level is set."""

    @property
    def label(self) -> str:
        """Where it comes from."""
        ...

    def flow(self, weights: Floats | None = None) -> Flow:
        """The yearly flow under weights of the months, shape (months,), sum one; None for the last month on record."""
        ...


@dataclass(frozen=True)
class Power:
    """scale x r^exponent, after months of stock and a ramp.

    Attributes
    ----------
    scale : the flow at r = 1 in the long run, USD bn a year.
    stock, ramp : months of stock, and months until the flow is whole after that.
    """

    scale: float
    exponent: float = 2.0
    stock: float = 0.0
    ramp: float = 0.0
    label: str = ""

    def part(self, months: int) -> Floats:
        """Share of the long-run flow in each month, shape (months,)."""
        time = np.arange(months) + 0.5
        if self.ramp <= 0.0:
            return (time > self.stock).astype(np.float64)
        return np.minimum(np.maximum((time - self.stock) / self.ramp, 0.0), 1.0)

    def flow(self, weights: Floats | None = None) -> Flow:
        """The yearly flow under weights of the months; None for the long run."""
        size = self.scale * (1.0 if weights is None else float(self.part(weights.size) @ weights))
        n = self.exponent
        return Flow(lambda r: size * r**n, lambda r: size * n * r ** (n - 1.0), self.label)


@dataclass(frozen=True)
class Tabulated:
    """Flows that a model computed at some levels, month by month.

    Attributes
    ----------
    levels : ascending from 0, shape (levels,).
    flows : USD bn a year, shape (levels, months); the last month stays for ever.
    low, high : ends of their range, same shape; None where there is none.
    """

    levels: Floats = field(repr=False)
    flows: Floats = field(repr=False)
    label: str = ""
    low: Floats | None = field(default=None, repr=False)
    high: Floats | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.flows.ndim != 2 or len(self.flows) != self.levels.size or self.levels.size < 2:
            raise InputError("materials", f"flows of shape {self.flows.shape} for {self.levels.size} levels",
                             "give one row of months for each level")  # fmt: skip
        if (np.diff(self.levels) <= 0.0).any() or not np.isfinite(self.flows).all():
            raise InputError("materials", "levels cross or a flow is not a number", "list levels in ascending order")

    def flow(self, weights: Floats | None = None) -> Flow:
        """The yearly flow under weights of the months, monotone between the levels; None for the last month."""
        from scipy.interpolate import PchipInterpolator

        curve = PchipInterpolator(self.levels, self._mean(weights))
        slope = curve.derivative()
        return Flow(lambda r: curve(r), lambda r: slope(r), self.label)

    @property
    def ends(self) -> tuple[Tabulated, Tabulated]:
        """The flows at both ends of their range; themselves where there is none."""
        low, high = (self.flows if end is None else end for end in (self.low, self.high))
        return replace(self, flows=low, low=None, high=None), replace(self, flows=high, low=None, high=None)

    def _mean(self, weights: Floats | None) -> Floats:
        if weights is None:
            return self.flows[:, -1]
        months = np.minimum(np.arange(weights.size), self.flows.shape[1] - 1)
        return np.asarray(self.flows[:, months] @ weights, dtype=np.float64)
