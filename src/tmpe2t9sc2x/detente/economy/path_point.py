"""One point of the path of a shock, as a family of models gives it to a decomposition of real income.

Arrays run [sector, importer, exporter]; equations and names are those of `detente.economy.decomposition.decompose`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.economy.frame import Floats


@dataclass(frozen=True)
class PathPoint:
    """One point of a path; slopes are derivatives in s.

    Attributes
    ----------
    trade : M, value net of tariff, shape (sector, importer, exporter), USD.
    rate : tau, share of it, same shape.
    border : share of `trade` that the exporter receives, shape (importer,).
    cost : slope of log c, shape (sector, country).
    flow : slope of log M, shape (sector, importer, exporter).
    freight : slope of log d, same shape; None where trade costs do not change.
    transfer, transfer_slope : D and its slope, shape (country,), USD.
    worth : what turns USD into a log change of real income, shape (country,), USD.
    by_sector : the family's own parts, shape (country, sector), USD; `whole` those without sectors, shape (country,).
    """

    trade: Floats = field(repr=False)
    rate: Floats = field(repr=False)
    border: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    flow: Floats = field(repr=False)
    freight: Floats | None = field(repr=False)
    transfer: Floats = field(repr=False)
    transfer_slope: Floats = field(repr=False)
    worth: Floats = field(repr=False)
    by_sector: Mapping[str, Floats] = field(repr=False)
    whole: Mapping[str, Floats] = field(repr=False)


@dataclass(frozen=True)
class ShockSlopes:
    """Slopes that are the same at every point of a path, [sector, importer, exporter].

    Attributes
    ----------
    old : log of one plus the baseline tariff.
    tariff : slope of log(1 + tau).
    freight : slope of log d, or None.
    productivity : slope of log A, shape (sector, country), or None.
    """

    old: Floats = field(repr=False)
    tariff: Floats = field(repr=False)
    freight: Floats | None = field(repr=False)
    productivity: Floats | None = field(repr=False)

    def rate(self, part: float) -> Floats:
        """The tariff at a part of the shock."""
        return np.expm1(self.old + part * self.tariff)

    def net(self, elasticity: Floats, exponent: Floats | float) -> Floats:
        """Slope of log[(1 + tau)^(-theta phi - 1) d^-theta], theta of shape (sector, 1, 1)."""
        slope = -(elasticity * exponent + 1.0) * self.tariff
        return slope if self.freight is None else slope - elasticity * self.freight
