"""What one point of each tariff is worth to each side, and the exchange rates between concessions.

All derivatives are exact, one adjoint solve a side. With W_i the change of welfare of i (share) and M_i what it is a
share of (USD a year at baseline prices), one percentage point more of tariff t is worth 0.01 M_i dW_i/dt to i. If A
cuts its rate s by one point and B cuts its rate t by y points, then i is whole at y = -(dW_i/ds) / (dW_i/dt).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Table, table_of, table_with
from detente.codes.given import Several, several, several_or_none
from detente.codes.kinds import checked
from detente.economy.frame import Economy, Equilibrium, Floats, baseline_tariff, flows_of
from detente.economy.policies.policy import by_rate, groups, weights_of, worth
from detente.economy.solver import gradient

POINT = 0.01
#: Label of a rate that falls on several exporters or sectors.
SEVERAL = "all"


@dataclass(frozen=True)
class Rates:
    """The rates that players set on one another, numbered.

    Attributes
    ----------
    group : number of the rate each cell takes, -1 for cells that keep theirs, shape of the tariff.
    importers, exporters, sectors : codes of each rate; `SEVERAL` where it falls on more than one.
    imports : baseline imports under each rate, shape (rates,), USD.
    """

    group: NDArray[np.int64] = field(repr=False)
    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    sectors: tuple[str, ...]
    imports: Floats = field(repr=False)

    def __len__(self) -> int:
        return len(self.importers)

    def total(self, cells: Floats) -> Floats:
        """Sum of cells, shaped like the tariff, under each rate, shape (rates,)."""
        return by_rate(self.group, cells, len(self))

    def mean(self, economy: Economy, cells: Floats) -> Floats:
        """Mean of cells under each rate at baseline imports, shape (rates,)."""
        return self.total(cells * flows_of(economy)) / self.imports


def players_of(economy: Economy, players: Sequence[str], where: str) -> tuple[str, ...]:
    """Codes of at least two different players that the world has; `InputError` or `UnknownName` otherwise."""
    codes = tuple(players)
    for code in codes:
        economy.country(code, where)
    if len(set(codes)) < max(2, len(codes)):
        raise InputError(where, "players must be two or more different countries", "name each once")
    return codes


def rates_of(
    economy: Economy, players: Sequence[str], over: str = "uniform", sectors: Sequence[str] | None = None
) -> Rates:
    """The rates of each player on the others' goods, players in order.

    Parameters
    ----------
    over : "uniform" (one rate each), "partner", "sector" or "partner x sector".
    sectors : goods that are taxed; by default all goods, services only if named.

    Raises `UnknownName`, `InputError` for players, axes or sectors that cannot be used.
    """
    codes = players_of(economy, players, "rates")
    group = np.full(baseline_tariff(economy).shape, -1, dtype=np.int64)
    for code in codes:
        own = groups(economy, code, over, [other for other in codes if other != code], sectors)
        group = np.where(own >= 0, own + group.max() + 1, group)
    imports = by_rate(group, flows_of(economy), int(group.max()) + 1)
    importers, exporters, goods_of = _names(economy, group)
    return Rates(group, importers, exporters, goods_of, imports)


def _names(economy: Economy, group: NDArray[np.int64]) -> tuple[tuple[str, ...], ...]:
    """Importer, exporter and sector of each rate."""
    n = len(economy.countries)
    cube = group.reshape(n, n, -1)
    cells = [np.nonzero(cube == rate) for rate in range(int(group.max()) + 1)]
    axes = (economy.countries, economy.countries, economy.sectors)
    return tuple(tuple(_one(axis, places[index]) for places in cells) for index, axis in enumerate(axes))


def _one(codes: tuple[str, ...], places: NDArray[np.int64]) -> str:
    known = np.unique(places)
    return codes[known[0]] if known.size == 1 else SEVERAL


@np.errstate(all="ignore")
def derivatives(equilibrium: Equilibrium, weights: Floats, rates: Rates) -> Floats:
    """Derivative of each weighted sum of welfare in each rate.

    Parameters
    ----------
    weights : shape (side, country).

    Returns
    -------
    Shape (side, rates), share of welfare per unit of tariff.
    """
    sizes = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-300)
    return sizes * np.stack([rates.total(gradient(equilibrium, row)) for row in weights / sizes])


@np.errstate(all="ignore")
@checked
def concessions(
    equilibrium: Equilibrium, players: Several, *, by: str = "partner", sectors: Several | None = None
) -> Table:
    """What one percentage point more of each rate between the players is worth to each of them; a cut is worth minus.

    One row a rate: the tariff now (mean at baseline imports), imports under it, and `welfare_<code>` of every player
    and `welfare_others` of everybody else, USD a year per point at baseline prices (see `worth`).

    Parameters
    ----------
    equilibrium : where the worth is taken, such as the law of a day or a tariff war.
    by : "uniform" (one rate a player), "partner", "sector" or "partner x sector".
    sectors : goods that are taxed; by default all goods, services only if named.

    Raises
    ------
    UnknownName, InputError : players, axes or sectors that cannot be used.
    """
    economy = equilibrium.economy
    codes = players_of(economy, several(players, "players"), "concessions")
    rates = rates_of(economy, codes, by, several_or_none(sectors, "sectors"))
    sides = np.stack([weights_of(economy, code) for code in codes])
    weights = np.vstack([sides, 1.0 - sides.sum(axis=0)]) * worth(economy, equilibrium.shock)
    options = {name: value for name, value in equilibrium.shock.options.items() if name != "objective"}
    slopes = POINT * derivatives(
        replace(equilibrium, shock=replace(equilibrium.shock, options=options)), weights, rates
    )
    parties = [*codes, "others"]
    data: dict[str, NDArray[Any]] = {
        "importer": np.asarray(rates.importers),
        "exporter": np.asarray(rates.exporters),
        "sector": np.asarray(rates.sectors),
        "rate": rates.mean(economy, tariff_of(equilibrium)),
        "imports": rates.total(equilibrium.levels["trade"].reshape(rates.group.shape)),
    }
    data |= {f"welfare_{party}": slope for party, slope in zip(parties, slopes, strict=True)}
    return table_with("economy.concessions", data, party=parties, world=economy.name)


def tariff_of(equilibrium: Equilibrium) -> Floats:
    """Tariffs of an equilibrium, shares."""
    tariff = equilibrium.shock.tariff
    return baseline_tariff(equilibrium.economy) if tariff is None else np.asarray(tariff, dtype=np.float64)


@np.errstate(all="ignore")
def exchange_rates(
    equilibrium: Equilibrium, first: str, second: str, *, by: str = "uniform", sectors: Sequence[str] | None = None
) -> Table:
    """How many points of a cut by the second side are paid for one point of a cut by the first.

    `first_whole` and `second_whole` leave one side whole to first order; they are negative where that side would have
    to be paid for, or pay with, a higher rate. Both gain between `least` and `most` points (cuts only, so 0 or more);
    no number stands there if no cut of that rate makes the swap good for both. A side's worth is its welfare, or the
    objective that the shock names.

    Parameters
    ----------
    first, second : the two sides; each cuts rates on the other's goods.
    by : "uniform" (one rate a side) or "sector".

    Raises
    ------
    UnknownName, InputError : sides, axes or sectors that cannot be used.
    """
    economy = equilibrium.economy
    rates = rates_of(economy, players_of(economy, (first, second), "exchange rates"), by, sectors)
    sides = np.stack([weights_of(economy, code) for code in (first, second)])
    slopes = derivatives(equilibrium, sides, rates)
    own = np.asarray(rates.importers) == first
    cut, paid = np.flatnonzero(own), np.flatnonzero(~own)
    s, t = (places.ravel() for places in np.meshgrid(cut, paid, indexing="ij"))
    least, most = price_window(-slopes[:, s], -slopes[:, t])
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = -slopes[:, s] / slopes[:, t]
    names = [np.asarray(rates.sectors)[chosen] for chosen in (s, t)]
    rows = list(zip(*names, *whole, least, most, strict=True))
    return table_of("economy.exchange_rates", rows, first=first, second=second, world=economy.name)


def price_window(given: Floats, returned: Floats) -> tuple[Floats, Floats]:
    """Points y >= 0 with `given` + y `returned` > 0 for every side: least and most; NaN where there are none.

    Parameters
    ----------
    given, returned : what one point of either cut is worth to each side, shape (side, swaps), any unit by side.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        root = -given / returned
    never = (returned == 0.0) & (given <= 0.0)
    low = np.where(returned > 0.0, root, 0.0).clip(0.0).max(axis=0)
    high = np.where(returned < 0.0, root, np.inf).min(axis=0)
    empty = never.any(axis=0) | ~(low < high)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)
