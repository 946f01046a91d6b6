"""The economy under a deal: both laws whole on the world of every run, so that page, file and command line agree.

The law of the day, with the deal's duties in place of its own, is averaged by trade into countries and sectors as a run
does it (`lab/world/incidence.py`); what is solved is the same equilibrium. Gains in the talks rest on the same world
and law.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.small_world import sector_groups
from detente.economy import Economy, Equilibrium, Shock, solve
from detente.economy.solver import under_closure
from detente.lab.ground.axes import WORLD, tariff_under
from detente.lab.ground.plane import Plane
from detente.lab.talks.law import mean_rates
from detente.lab.talks.world import economy_of
from detente.lab.world.incidence import CLOSURES, DEFAULT

Floats = NDArray[np.float64]
LONG, SHORT = "long", "short"
KEPT = 1408
"""Equilibria kept: of 128 pairs of laws under every set of elasticities and closure, about 75 MB."""

Owed = Mapping[str, Floats]
"""Duty owed to each importer, USD, shape (partner, sector) of its plane."""


@dataclass(frozen=True)
class DealEconomy:
    """The world of runs under the laws of one day, ready for deals.

    Attributes
    ----------
    planes : law of each side on the axes of that world.
    status : levels of the negotiated duties without a deal, by lever, shares.
    economies : the world in the long and the short run and, by name, under every other set of elasticities and every
        other closure of trade balances.
    options : of the shocks of a closure, by its name; others have none.
    bounds : by name, the laws at the other bound of claims or years, which a run has in its ranges too: planes on the
        axes of the same world, solved in the long run alone.
    """

    planes: Mapping[str, Plane]
    status: Mapping[str, float]
    economies: Mapping[str, Economy] = field(repr=False)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    bounds: Mapping[str, Mapping[str, Plane]] = field(default_factory=dict, repr=False)
    _kept: OrderedDict[tuple[bytes, str], Equilibrium] = field(default_factory=OrderedDict, repr=False, compare=False)

    @cached_property
    def before(self) -> dict[str, Equilibrium]:
        """The equilibria of the status quo, sought from the tariffs of the world's year."""
        tariff = self.tariff({code: plane.owed(self.status) for code, plane in self.planes.items()})
        return {name: solve(economy, self._shock(name, tariff)) for name, economy in self.economies.items()}

    @cached_property
    def at_bounds(self) -> dict[str, DealEconomy]:
        """The same at each other bound of claims and years that moves a duty, in the long run alone."""
        long = {LONG: self.economies[LONG]}
        options = {LONG: self.options[LONG]} if LONG in self.options else {}
        return {
            name: DealEconomy(planes, self.status, long, options)
            for name, planes in self.bounds.items()
            if any(not np.array_equal(plane.duty, self.planes[code].duty) for code, plane in planes.items())
        }

    def _shock(self, name: str, tariff: Floats) -> Shock:
        return Shock(tariff=tariff, options=self.options.get(name, {}))

    def after(self, owed: Owed, names: Sequence[str]) -> dict[str, Equilibrium]:
        """The equilibria under a deal, always sought from the status quo: same deal, same bytes.

        What moves no duty moves none of them, so that recent ones are kept; trade in them is summed over sectors.

        Parameters
        ----------
        names : runs and sets that are wanted.
        """
        mark = hashlib.sha256(b"".join(owed[code].tobytes() for code in self.planes)).digest()
        if missing := [name for name in names if (mark, name) not in self._kept]:
            tariff = self.tariff(owed)
            for name in missing:
                equilibrium = solve(self.economies[name], self._shock(name, tariff), warm=self.before[name])
                self._kept[mark, name] = _slim(equilibrium)
        equilibria = {name: self._kept[mark, name] for name in names}
        for name in names:
            self._kept.move_to_end((mark, name))
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return equilibria

    def runs(self, owed: Owed) -> dict[str, Equilibrium]:
        """The equilibria under a deal in the long and the short run, whole: with their unknowns and sectors."""
        shock = Shock(tariff=self.tariff(owed))
        return {name: solve(self.economies[name], shock, warm=self.before[name]) for name in (LONG, SHORT)}

    def owed(
        self, levels: Mapping[str, float], exempt: Sequence[str], members: Sequence[str], rate: float
    ) -> dict[str, Floats]:
        """What a deal makes each side owe.

        Parameters
        ----------
        exempt : sectors of the small world that the deal's duties leave out.
        members : partners that owe `rate` on top, share; empty for none.
        """
        groups, sectors = sector_groups(), self.planes["USA"].sectors[:-1]
        left_out = [name for name in sectors if name in exempt or groups.get(name) in exempt]
        owed = {code: plane.owed(levels, left_out if code == "USA" else ()) for code, plane in self.planes.items()}
        if members and rate:
            owed["USA"] = owed["USA"] + self.planes["USA"].layer_on(members, rate)
        return owed

    def tariff(self, owed: Owed) -> Floats:
        """Tariff of the world (importer, exporter, sector); cells without trade keep the baseline."""
        economy = self.economies[LONG]
        return tariff_under(
            economy, {code: mean_rates(plane, economy, owed[code]) for code, plane in self.planes.items()}
        )


def _slim(equilibrium: Equilibrium) -> Equilibrium:
    """An equilibrium without its unknowns, hats, sectors and tariffs, a hundredth of its size."""
    small = {name: level for name, level in equilibrium.levels.items() if level.ndim == 1}
    trade = equilibrium.levels["trade"].sum(axis=2, keepdims=True)
    shock = Shock(options=equilibrium.shock.options)
    return replace(equilibrium, shock=shock, u=np.empty(0), hats={}, levels={**small, "trade": trade})


def under_closures(worlds: Mapping[str, Economy], closure: str) -> dict[str, tuple[Economy, Mapping[str, Any]]]:
    """Worlds of runs under a closure, and the one in use under every other, each with the options of its shocks.

    The short run stays under the default.
    """
    shown = {name: under_closure(world, DEFAULT if name == SHORT else closure) for name, world in worlds.items()}
    return shown | {name: under_closure(worlds[LONG], name) for name in CLOSURES if name != closure}


def economies(elasticities: str, short_run: float) -> dict[str, Economy]:
    """The world of runs in the long and the short run and under every other set of elasticities.

    Parameters
    ----------
    elasticities : set in use; `short_run` : what trade elasticities are multiplied by in the short run.
    """
    worlds = {LONG: economy_of(WORLD, elasticities), SHORT: economy_of(WORLD, elasticities, short_run)}
    used, sets = (worlds[LONG].parameters.get(key, ()) for key in ("elasticities", "elasticity_sets"))
    return worlds | {str(name): economy_of(WORLD, str(name)) for name in sets if name != used}
