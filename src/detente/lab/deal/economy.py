"""The economy under a deal, kept warm: a world under the tariffs without and with it, and what a control leaves short.

Where the duties of a deal are measures of two laws (`on_laws`), both laws stand whole on the world of every run, with
the deal's duties in place of their own, averaged by trade into countries and sectors as a run does it
(`lab/world/incidence.py`), so that page, file and command line agree. Elsewhere the world and the tariffs are those of
the talks of the case (`on_case`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.chains.stocks import SHORT as SHORT_OF
from detente.data.chain_build import build
from detente.data.limits import memoized
from detente.data.small_world import SECTORS, group_of_member
from detente.economy import Economy, Equilibrium, Shock, solve
from detente.economy.solver import under_closure
from detente.lab.averages.axes import WORLD, tariff_under
from detente.lab.averages.plane import Plane
from detente.lab.chains.months import CONTROLLED, ChainQuestion, Words, licences_of, months_of, start_of
from detente.lab.talks.case import Case
from detente.lab.talks.world import economy_of, mean_rates
from detente.lab.world.incidence import CLOSURES, DEFAULT

Floats = NDArray[np.float64]
LONG, SHORT = "long", "short"
#: Equilibria kept: of 128 pairs of laws under every set of elasticities and closure, about 75 MB.
KEPT = 1408

#: Duty owed to each importer, USD, shape (partner, sector) of its plane.
Owed = Mapping[str, Floats]


@dataclass(frozen=True)
class DealEconomy:
    """A world under the tariffs of one day, ready for deals.

    Attributes
    ----------
    economies : the world in the long and the short run and, by name, under every other set of elasticities and every
        other closure of trade balances.
    without : tariffs without a deal, shape (importer, exporter, sector).
    options : of the shocks of an economy, by its name; others have none.
    planes : law of each side on the axes of that world, none where a deal moves no measures of laws.
    bounds : by name, the same at the other bound of claims or years, which a run has in its ranges too.
    """

    economies: Mapping[str, Economy] = field(repr=False)
    without: Floats = field(repr=False)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    planes: Mapping[str, Plane] = field(default_factory=dict, repr=False)
    bounds: Mapping[str, DealEconomy] = field(default_factory=dict, repr=False)
    _kept: OrderedDict[tuple[int, str], Equilibrium] = field(default_factory=OrderedDict, repr=False, compare=False)

    @cached_property
    def before(self) -> dict[str, Equilibrium]:
        """The equilibria without a deal, sought from the tariffs of the world's year."""
        return {name: solve(economy, self._shock(name, self.without)) for name, economy in self.economies.items()}

    def _shock(self, name: str, tariff: Floats) -> Shock:
        return Shock(tariff=tariff, options=self.options.get(name, {}))

    def after(self, tariff: Floats, names: Sequence[str]) -> dict[str, Equilibrium]:
        """The equilibria under a deal, always sought from those without it: same deal, same bytes.

        What moves no duty moves none of them, so that recent ones are kept; trade in them is summed over sectors.

        Parameters
        ----------
        names : runs and sets that are wanted.
        """
        equilibria, mark = {}, hash(tariff.tobytes())
        for name in names:
            if (mark, name) not in self._kept:
                solved = solve(self.economies[name], self._shock(name, tariff), warm=self.before[name])
                self._kept[mark, name] = _slim(solved)
            self._kept.move_to_end((mark, name))
            equilibria[name] = self._kept[mark, name]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return equilibria

    def runs(self, tariff: Floats) -> dict[str, Equilibrium]:
        """The equilibria under a deal in the long and the short run, whole: with their unknowns and sectors."""
        return {
            name: solve(self.economies[name], self._shock(name, tariff), warm=self.before[name])
            for name in (LONG, SHORT)
        }


def owed(
    planes: Mapping[str, Plane], levels: Mapping[str, float], exempt: Sequence[str] = (), members: Sequence[str] = (),
    rate: float = 0.0,
) -> dict[str, Floats]:  # fmt: skip
    """What a deal makes each side owe, by importer; the first has exceptions and a duty on others.

    Parameters
    ----------
    levels : of the duties, shares, by lever; `exempt` : sectors of the small world that those of the first leave out.
    members : partners that owe `rate` on top, share; empty for none.
    """
    first, groups = next(iter(planes)), group_of_member(SECTORS)
    left_out = [name for name in planes[first].sectors[:-1] if name in exempt or groups.get(name) in exempt]
    duties = {code: plane.owed(levels, left_out if code == first else ()) for code, plane in planes.items()}
    if members and rate:
        duties[first] = duties[first] + planes[first].layer_on(members, rate)
    return duties


def tariff_of(economy: Economy, planes: Mapping[str, Plane], duties: Owed) -> Floats:
    """Tariff of the world (importer, exporter, sector); cells without trade keep the baseline."""
    return tariff_under(economy, {code: mean_rates(plane, economy, duties[code]) for code, plane in planes.items()})


def on_laws(
    worlds: Mapping[str, Economy], closure: str, planes: Mapping[str, Plane], status: Mapping[str, float],
    bounds: Mapping[str, Mapping[str, Plane]],
) -> DealEconomy:  # fmt: skip
    """The world of every run under two laws of one day.

    Parameters
    ----------
    worlds : of `economies`; `closure` : of trade balances in the one that is shown; the short run stays under the
        default, and the long one is under every other closure as well.
    status : levels of the negotiated duties without a deal, shares; `bounds` : planes at other bounds, by name.
    """
    shown = {name: under_closure(world, DEFAULT if name == SHORT else closure) for name, world in worlds.items()}
    every = shown | {name: under_closure(worlds[LONG], name) for name in CLOSURES if name != closure}
    options = {name: own for name, (_, own) in every.items()}
    shown_world, long = shown[LONG][0], {LONG: shown[LONG][0]}
    moved = {
        name: DealEconomy(long, tariff_of(shown_world, own, owed(own, status)), options, own)
        for name, own in bounds.items()
        if any(not np.array_equal(plane.duty, planes[code].duty) for code, plane in own.items())
    }
    without = tariff_of(shown_world, planes, owed(planes, status))
    return DealEconomy({name: world for name, (world, _) in every.items()}, without, options, planes, moved)


def on_case(case: Case, status: Floats) -> DealEconomy:
    """The world of the talks of a case, under the tariffs of its status quo, shape (issue,)."""
    worlds = {name: case.economy(short=name == SHORT) for name in (LONG, SHORT)}
    options = {name: {"closure": case.file.world.closure} for name in worlds}
    return DealEconomy(worlds, tariff_in(case, status), options)


def tariff_in(case: Case, outcome: Floats) -> Floats:
    """Tariff of the world of a case in an outcome, shape (importer, exporter, sector)."""
    space = case.space(switched=case.switched(outcome))
    columns = [case.issues.index(duty.issue) for duty in space.duties]
    return space.tariff(outcome[columns])


def economies(elasticities: str, short_run: float) -> dict[str, Economy]:
    """The world of runs in the long and the short run and under every other set of elasticities.

    Parameters
    ----------
    elasticities : set in use; `short_run` : what trade elasticities are multiplied by in the short run.
    """
    worlds = {LONG: economy_of(WORLD, elasticities), SHORT: economy_of(WORLD, elasticities, short_run)}
    used, sets = (worlds[LONG].parameters.get(key, ()) for key in ("elasticities", "elasticity_sets"))
    return worlds | {str(name): economy_of(WORLD, str(name)) for name in sets if name != used}


def _slim(equilibrium: Equilibrium) -> Equilibrium:
    """An equilibrium without its unknowns, hats, sectors and tariffs, a hundredth of its size."""
    small = {name: level for name, level in equilibrium.levels.items() if level.ndim == 1}
    trade = equilibrium.levels["trade"].sum(axis=2, keepdims=True)
    shock = Shock(options=equilibrium.shock.options)
    return replace(equilibrium, shock=shock, u=np.empty(0), hats={}, levels={**small, "trade": trade})


# --- what a control leaves short --------------------------------------------------------------------------------------

CHAIN = "rare-earths"
MONTHS = 24
#: Shares of licences withheld at which the months of the chain are run.
LEVELS = tuple(round(0.1 * k, 1) for k in range(11))


@dataclass(frozen=True)
class LicenceShortage:
    """Months of the chain by share of licences withheld from one buyer.

    Attributes
    ----------
    months : months of `MONTHS` in which the buyer's users are short, shape (levels,).
    unmet : need not met in the worst month, share of spending, shape (levels,).
    first : month in which they first are short, NaN for never, shape (levels,).
    """

    months: Floats
    unmet: Floats
    first: Floats

    def at(self, withheld: float) -> tuple[float, float, float]:
        """The three at a share withheld, read between the levels that were run."""
        return (
            float(np.interp(withheld, LEVELS, self.months)),
            float(np.interp(withheld, LEVELS, self.unmet)),
            float(self.first[int(np.argmin(np.abs(np.array(LEVELS) - withheld)))]),
        )


@memoized
def shortages(buyer: str) -> LicenceShortage:
    """Months, unmet need and first month short of a buyer at every level."""
    rows = []
    for level in LEVELS:
        words = Words(cut=level, elements=CONTROLLED, to=(buyer,))
        question = ChainQuestion(CHAIN, words, MONTHS, "direct", None, (buyer,))
        chain = build(question.file, scope="direct", start=start_of(question.words), values={})
        run = months_of(question, chain, licences_of(question.words, chain))
        spent = np.bincount(chain.layout.user, chain.layout.spending, minlength=len(chain.users))
        own = spent * np.array([user.country == buyer for user in chain.users])
        unmet = 1.0 - own @ run.met_by_user / own.sum()
        short = np.flatnonzero(unmet > SHORT_OF)
        rows.append((float(short.size), float(unmet.max()), float(short[0] + 1) if short.size else np.nan))
    return LicenceShortage(*np.array(rows).T)
