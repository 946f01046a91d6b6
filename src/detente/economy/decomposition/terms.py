"""What two families of models share of a decomposition: the parts that bilateral trade carries, at one point of a path.

Arrays run [sector, importer, exporter]; equations and names are those of `detente.economy.decomposition.decompose`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.economy.decomposition.path import tariff_slope
from detente.economy.frame import Floats, ShockPath
from detente.economy.path_point import PathPoint, ShockSlopes


@dataclass(frozen=True)
class Parts:
    """Parts of d log W at one point (or their integral), by what they can be told apart by.

    Attributes
    ----------
    by_sector : shape (country, sector); `by_partner` : shape (country, partner); `whole` : shape (country,).
    """

    by_sector: Mapping[str, Floats] = field(repr=False)
    by_partner: Mapping[str, Floats] = field(repr=False)
    whole: Mapping[str, Floats] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts, in order."""
        return (*self.by_sector, *self.whole)

    def total(self, name: str) -> Floats:
        """One part by country, shape (country,)."""
        return self.by_sector[name].sum(axis=1) if name in self.by_sector else self.whole[name]

    def totals(self) -> Floats:
        """All parts by country, shape (part, country)."""
        return np.stack([self.total(name) for name in self.names])


def moves(path: ShockPath) -> ShockSlopes:
    """The slopes of a path's shock."""
    n, k = len(path.economy.countries), len(path.economy.sectors)
    shock = path.end.shock
    old, tariff = (_sector_first(values.reshape(n, n, k)) for values in tariff_slope(path.end))
    freight, productivity = None, None
    if shock.cost_hat is not None:
        freight = _sector_first(np.log(shock.cost_hat).reshape(n, n, k))
    if shock.productivity_hat is not None:
        log = np.log(np.asarray(shock.productivity_hat, dtype=np.float64))
        productivity = np.broadcast_to(log.reshape(n, -1), (n, k)).T
    return ShockSlopes(old, tariff, freight, productivity)


def _sector_first(values: Floats) -> Floats:
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def parts_at(here: PathPoint) -> Parts:
    """The parts of d log W / ds at a point."""
    across = here.border[:, None] * here.trade
    own = np.arange(across.shape[1])
    across[:, own, own] = 0.0
    price = import_price(across, here.cost)
    against = here.cost[:, None, :] - price[:, None]
    paid, volume = across * against, _volume(here)
    earned = across.transpose(0, 2, 1) * (here.cost - price)[:, :, None]
    sector = {"terms_of_trade": (earned - paid).sum(axis=2).T, "volume_of_trade": volume.sum(axis=2).T}
    partner = {"terms_of_trade": (earned - paid).sum(axis=0), "volume_of_trade": volume.sum(axis=0)}
    if here.freight is not None:
        lost = -here.trade * here.freight
        sector["trade_costs"], partner["trade_costs"] = lost.sum(axis=2).T, lost.sum(axis=0)
    sector |= here.by_sector
    whole = {"transfer": here.transfer_slope - here.transfer * price, **here.whole}
    wide = here.worth[:, None]
    return Parts(
        {name: values / wide for name, values in sector.items()},
        {name: values / wide for name, values in partner.items()},
        {name: values / here.worth for name, values in whole.items()},
    )


def import_price(across: Floats, cost: Floats) -> Floats:
    """Slope of the log price of imports at the border, shape (country,); 0 where nothing is imported."""
    bought = across.sum(axis=(0, 2))
    moved = (across @ cost[:, :, None])[:, :, 0].sum(axis=0)
    return np.where(bought > 0, moved / np.where(bought > 0, bought, 1.0), 0.0)


def _volume(here: PathPoint) -> Floats:
    """Tariff tau times M times the slope of the log quantity landed, shape (sector, importer, exporter)."""
    quantity = here.flow - here.cost[:, None, :]
    if here.freight is not None:
        quantity = quantity - here.freight
    return here.rate * here.trade * quantity


def integrated(path: ShockPath, parts_along: list[Parts]) -> Parts:
    """Parts along a path from those at its points."""

    def of(kind: str) -> dict[str, Floats]:
        tables = [getattr(parts, kind) for parts in parts_along]
        return {name: path.integral(np.stack([values[name] for values in tables])) for name in tables[0]}

    return Parts(of("by_sector"), of("by_partner"), of("whole"))
