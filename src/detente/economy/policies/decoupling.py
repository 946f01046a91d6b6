"""Decoupling: trade between two blocs made dearer step by step until none is left, and what each step costs.

Iceberg costs between the blocs rise, both ways, until given shares of their trade are left, and at last to a cost at
which nothing moves. A decoupled world is one whose measured trade between the blocs is gone: where a trade elasticity
is low, some trade outlives any cost typed in, and the path says how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Table, declared_note, table_with
from detente.codes.given import Several, several, several_or_none
from detente.codes.kinds import checked
from detente.codes.names import Readable
from detente.economy.families import family_of
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, shape_of
from detente.economy.solver import solve

#: Cost of the last step, new over old.
PROHIBITIVE = 1000.0

#: Shares of trade left at the steps before the last.
PATH = (0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.01)

#: Trade is gone when this share of it is left.
GONE = 1e-3


@dataclass(frozen=True, repr=False)
class Decoupling(Readable):
    """The path of a world whose two blocs stop trading.

    Attributes
    ----------
    first, second : codes of the blocs.
    costs : trade costs between the blocs, new over old, shape (steps,).
    trade_left : trade between them over its value before, shape (steps,).
    welfare : change of welfare by step and country, shape (steps, countries), shares.
    weights : spending by country, USD, that averages over countries use.
    equilibria : the solved economy of each step, with its certificate.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    costs: Floats
    trade_left: Floats
    welfare: Floats = field(repr=False)
    weights: Floats = field(repr=False)
    equilibria: tuple[Equilibrium, ...] = field(repr=False)

    @property
    def economy(self) -> Economy:
        """The world that was decoupled."""
        return self.equilibria[-1].economy

    @property
    def end(self) -> Equilibrium:
        """The last step."""
        return self.equilibria[-1]

    def mean(self, codes: Sequence[str]) -> Floats:
        """Change of welfare of some countries together at each step, weighted by spending, shape (steps,)."""
        places = np.asarray([self.economy.country(code) for code in codes], dtype=np.int64)
        return self.welfare[:, places] @ self.weights[places] / self.weights[places].sum()

    def table(self) -> Table:
        """One row a step: costs, what trade is left, and what it costs whom."""
        others = [c for c in self.economy.countries if c not in (*self.first, *self.second)]
        steps = self.costs.size
        data = {
            "step": np.arange(steps),
            "cost": self.costs,
            "trade_left": self.trade_left,
            "first": self.mean(self.first),
            "second": self.mean(self.second),
            "others": self.mean(others) if others else np.full(steps, np.nan),
            "world": self.mean(self.economy.countries),
        }
        blocs = {"first": ", ".join(self.first), "second": ", ".join(self.second)}
        notes = (*self._notes(), *self.end.notes)
        return table_with("economy.decoupling", data, notes, world=self.economy.name, **blocs)

    def _notes(self) -> tuple[str, ...]:
        worst = max(equilibrium.certificate.residual for equilibrium in self.equilibria)
        note = declared_note("economy.residual", solves=len(self.equilibria), residual=worst)
        left = self.trade_left[-1]
        return (note,) if left <= GONE else (note, declared_note("economy.outlives", share=left))


@np.errstate(all="ignore")
@checked
def decouple(
    economy: Economy,
    first: Several,
    second: Several,
    *,
    cost: float = PROHIBITIVE,
    path: Sequence[float] = PATH,
    sectors: Several | None = None,
    shock: Shock | None = None,
) -> Decoupling:
    """Make trade between two blocs dearer until nothing is left of it.

    Parameters
    ----------
    first, second : codes of the blocs; they may not share a country.
    cost : trade cost of the last step, new over old.
    path : shares of trade left at the steps before, falling, between 0 and 1; steps beyond the last cost are left out.
    sectors : what no longer crosses; None for everything, services too.
    shock : tariffs and options that hold throughout; its first step is told against the baseline of the world.

    Raises
    ------
    InputError : an empty bloc, a country in both, a cost not above one, a path that does not fall.
    UnknownName : a country or sector the world does not have.
    SolveError : a fixed deficit that no trade is left to carry; the closure zero is the repair.
    """
    first, second, sectors = several(first, "first"), several(second, "second"), several_or_none(sectors, "sectors")
    blocs = _blocs(economy, first, second)
    if not cost > 1.0 or not np.isfinite(cost):
        raise InputError("decouple", f"a cost of {cost:g} cuts no trade", "give a cost above 1")
    if any(not low < high for high, low in zip((1.0, *path), (*path, 0.0), strict=True)):
        raise InputError("decouple, path", "shares of trade left do not fall from one to zero", "give 0.75, 0.5, 0.25")
    walk = _CostWalk(economy, shock or Shock(), _between(economy, blocs, sectors))
    steps = walk.to(path, cost)
    return Decoupling(
        tuple(first),
        tuple(second),
        np.exp([log for log, _ in steps]),
        np.asarray([walk.left(equilibrium) for _, equilibrium in steps]),
        np.stack([equilibrium.changes["welfare"] for _, equilibrium in steps]),
        baseline_spending(steps[0][1].economy),
        tuple(equilibrium for _, equilibrium in steps),
    )


@dataclass
class _CostWalk:
    """Solves at costs between the blocs, each from the last."""

    economy: Economy
    shock: Shock
    between: NDArray[np.bool_]
    before: float = 0.0
    last: Equilibrium | None = None

    def at(self, log: float) -> Equilibrium:
        """The equilibrium at a log of the cost."""
        cost_hat = self.shock.cost_hat
        hat = np.where(self.between, np.exp(log), 1.0) * (1.0 if cost_hat is None else cost_hat)
        self.last = solve(self.economy, replace(self.shock, cost_hat=hat), warm=self.last)
        return self.last

    def left(self, equilibrium: Equilibrium) -> float:
        """Trade between the blocs over what it was."""
        return float(equilibrium.levels["trade"][self.between].sum()) / self.before

    def to(self, path: Sequence[float], cost: float) -> list[tuple[float, Equilibrium]]:
        """The baseline, the steps of the path that this cost reaches, and its end: logs of costs and equilibria."""
        from scipy.optimize import brentq

        first, self.before = self.at(0.0), 1.0
        self.before = self.left(first)
        steps, low, high = [(0.0, first)], 0.0, float(np.log(cost))
        end = self.at(high)
        floor, self.last = self.left(end), first
        for share in path:
            if share <= floor:
                break
            low = cast(float, brentq(lambda log, to=share: np.log(self.left(self.at(log)) / to), low, high, xtol=1e-6))
            steps.append((low, self.at(low)))
        return [*steps, (high, end)]


def _blocs(economy: Economy, first: Sequence[str], second: Sequence[str]) -> tuple[list[int], list[int]]:
    for name, bloc in (("first", first), ("second", second)):
        if not bloc:
            raise InputError("decouple", f"the {name} bloc is empty", "name a country, as USA")
    shared = sorted(set(first) & set(second))
    if shared:
        raise InputError("decouple", f"{shared[0]} is in both blocs", "keep it in one")
    return [economy.country(c, "decouple") for c in first], [economy.country(c, "decouple") for c in second]


def _between(economy: Economy, blocs: tuple[list[int], list[int]], sectors: Sequence[str] | None) -> NDArray[np.bool_]:
    """Cells of trade between the blocs, shaped like the tariff."""
    n, s = len(economy.countries), len(economy.sectors)
    where = np.zeros((n, n, s), dtype=bool)
    work = list(range(s)) if sectors is None else [economy.sector(name, "decouple") for name in sectors]
    for importers, exporters in (blocs, blocs[::-1]):
        where[np.ix_(importers, exporters, work)] = True
    flows = np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(n, n, s)
    if not flows[where].any():
        raise InputError("decouple", "the blocs do not trade in these sectors", "name others")
    return where.reshape(shape_of(economy))


def baseline_spending(economy: Economy) -> Floats:
    """Spending by country that averages over countries weigh with, shape (country,), USD.

    Final spending in family B, all spending in family A (with roundabout inputs that on consumption).
    """
    return family_of(economy).spending(economy)
