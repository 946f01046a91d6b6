"""The economy under a deal: both laws whole on the world of every run, so that page, file and command line agree.

The law of the day, with the deal's duties in place of its own, is averaged by trade into countries and sectors as a run
does it (`lab/world/incidence.py`), and the same equilibrium is solved. Gains in the talks rest on the case's own world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.data.small_world import sector_groups
from detente.economy import Economy, Equilibrium, Shock, solve
from detente.lab.deal.law import Plane
from detente.lab.ground.axes import WORLD, tariff_under
from detente.lab.talks.world import economy_of

Floats = NDArray[np.float64]
LONG, SHORT = "long", "short"
Owed = Mapping[str, Floats]
"""Duty owed to each importer, USD, shape (partner, sector) of its plane."""


@dataclass(frozen=True)
class DealEconomy:
    """The world of runs under the laws of one day, ready for deals.

    Attributes
    ----------
    planes : law of each side on the axes of that world.
    status : levels of the negotiated duties without a deal, by lever, shares.
    economies : the world in the long and the short run and, by name, under every other set of elasticities.
    """

    planes: Mapping[str, Plane]
    status: Mapping[str, float]
    economies: Mapping[str, Economy] = field(repr=False)

    @cached_property
    def before(self) -> dict[str, Equilibrium]:
        """The equilibria of the status quo, sought from the tariffs of the world's year."""
        tariff = self.tariff({code: plane.owed(self.status) for code, plane in self.planes.items()})
        return {name: solve(economy, Shock(tariff=tariff)) for name, economy in self.economies.items()}

    def after(self, owed: Owed) -> dict[str, Equilibrium]:
        """The equilibria under a deal, always sought from the status quo: same deal, same bytes."""
        tariff = self.tariff(owed)
        return {
            name: solve(economy, Shock(tariff=tariff), warm=self.before[name])
            for name, economy in self.economies.items()
        }

    def owed(
        self, levels: Mapping[str, float], exempt: Sequence[str], members: Sequence[str], rate: float
    ) -> dict[str, Floats]:
        """What a deal makes each side owe.

        Parameters
        ----------
        exempt : sectors of the case's world that the deal's duties leave out.
        members : partners that owe `rate` on top, share; empty for none.
        """
        groups, sectors = sector_groups(), self.planes["USA"].sectors[:-1]
        left_out = [name for name in sectors if name in exempt or groups.get(name) in exempt]
        found = {code: plane.owed(levels, left_out if code == "USA" else ()) for code, plane in self.planes.items()}
        if members and rate:
            found["USA"] = found["USA"] + self.planes["USA"].layer_on(members, rate)
        return found

    def tariff(self, owed: Owed) -> Floats:
        """Tariff of the world (importer, exporter, sector); cells without trade keep the baseline."""
        duties = {code: self._mean(plane, owed[code]) for code, plane in self.planes.items()}
        return tariff_under(self.economies[LONG], duties)

    def _mean(self, plane: Plane, owed: Floats) -> Floats:
        """Average duty by country and sector of the world, share; NaN without trade."""
        worth, duty = (self._by_country(plane, one) for one in (plane.worth, owed))
        known = worth > 0.0
        return np.where(known, duty / np.where(known, worth, 1.0), np.nan)

    def _by_country(self, plane: Plane, amounts: Floats) -> Floats:
        """Amounts by country and sector of the world; goods without a sector are left out."""
        economy = self.economies[LONG]
        found = np.zeros((len(economy.countries), len(economy.sectors)))
        np.add.at(found, [economy.country(name) for name in plane.region], amounts[:, : len(economy.sectors)])
        return found


def economies(elasticities: str, short_run: float) -> dict[str, Economy]:
    """The world of runs in the long and the short run and under every other set of elasticities.

    Parameters
    ----------
    elasticities : set in use; `short_run` : what trade elasticities are multiplied by in the short run.
    """
    found = {LONG: economy_of(WORLD, elasticities), SHORT: economy_of(WORLD, elasticities, short_run)}
    used, sets = (found[LONG].parameters.get(key, ()) for key in ("elasticities", "elasticity_sets"))
    return found | {str(name): economy_of(WORLD, str(name)) for name in sets if name != used}
