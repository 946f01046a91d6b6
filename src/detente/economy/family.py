"""What a family of models is: a value with equations, and with answers to what the rest of the economy asks of it.

Solver, gradient, decompositions and policies ask a family; none compares its name. A family is a folder of the economy
with a class derived from `Family`; `detente.economy.families` lists them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.economy.frame import (
    Certificate,
    Economy,
    Equilibrium,
    Floats,
    PathPoint,
    Shock,
    ShockPath,
    ShockSlopes,
    baseline_tariff,
    check_tariff,
    shape_of,
)

Solve = Callable[[Economy, Shock], Equilibrium]


class PullBack(Protocol):
    """What turns adjoints of the quantities of a state into those of u and of the tariff."""

    def __call__(self, pr: Any, s: Any, c: Any, *, with_tariff: bool) -> tuple[Floats, Floats | None]:
        """Adjoints of u and, at given u, of the tariff; None if it is not wanted."""
        ...


class Stack(Protocol):
    """Several shocks of one economy as one problem, arrays with the shock first."""

    def residuals(self, U: Floats) -> Floats:
        """Residuals of all, shape (shock, unknowns)."""
        ...

    def read_out(
        self, U: Floats, used: NDArray[np.int64], places: NDArray[np.int64]
    ) -> Iterator[tuple[int, Equilibrium]]:
        """Place and equilibrium of each of the places."""
        ...


@dataclass(frozen=True)
class InTime:
    """What a path of quarters needs of a world.

    Attributes
    ----------
    short : the world with the trade elasticities of the first quarter.
    theta : trade elasticities of the long run, shape (sector,).
    spent, revenue : final spending and tariff revenue, shape (country,), USD.
    invested : the part of final spending that is investment, shape (country,).
    consumed, renewed : share of each product in consumption and in investment, shape (country, sector).
    capital : share of capital in value added; `value_added` : share of it in costs, shape (country, sector).
    real_gdp : of an equilibrium and the volumes it buys [importer, exporter, sector]: its change, shape (country,).
    """

    short: Economy
    theta: Floats
    spent: Floats = field(repr=False)
    revenue: Floats = field(repr=False)
    invested: Floats = field(repr=False)
    consumed: Floats = field(repr=False)
    renewed: Floats = field(repr=False)
    capital: float
    value_added: Floats = field(repr=False)
    real_gdp: Callable[[Equilibrium, Floats], Floats] = field(repr=False)

    def productivity(self, log_capital: Floats) -> Floats:
        """Productivity hat of a stock of capital over the baseline's, shape (country, sector)."""
        return np.exp(self.capital * log_capital[:, None] * self.value_added)

    def log_capital(self, solved: Equilibrium) -> Floats:
        """Log of the capital that investment keeps up, over the baseline's, shape (country,)."""
        return np.log(solved.hats["wage"]) - (self.renewed * np.log(solved.hats["price"])).sum(axis=1)


class TariffWar(Protocol):
    """Who taxes what where every player sets one rate."""

    @property
    def economy(self) -> Economy:
        """The world."""
        ...

    @property
    def shock(self) -> Shock:
        """Tariffs of everybody else and the options of the closure."""
        ...

    @cached_property
    def index(self) -> NDArray[np.int64]:
        """Position of each player among the countries, shape (player,)."""
        ...

    @cached_property
    def taxed(self) -> NDArray[np.bool_]:
        """Whether a player taxes a cell, shape (sector, player, exporter)."""
        ...


class Family(ABC):
    """A family of models: equations F(u; economy, shock) = 0 in the logs of hats u, with derivatives by hand.

    u = 0 solves the shock that changes nothing. Residuals are scaled (dimensionless), so that one tolerance fits all.
    Equations and accounts every family has; of what follows them a family takes what it can do, and the defaults say
    that it cannot.

    Attributes
    ----------
    name : how worlds name the family.
    options : what a shock may choose, with the defaults.
    rebates : ways of giving tariff revenue back.
    closures : what may happen to deficits, by the names readers know them by.
    without : closure of the solve that sets deficits to zero.
    marks : arrays of a world that no other family has, by which a world without a family's name is known.
    stackable : whether `stack` may make one problem of several shocks.
    always_balanced : whether accounts balance by construction, so that there is nothing to repair.
    rates_end : whether high rates may leave no equilibrium, which a search is slow to establish.
    """

    name: ClassVar[str]
    options: ClassVar[Mapping[str, Any]]
    rebates: ClassVar[tuple[str, ...]]
    closures: ClassVar[tuple[str, ...]]
    without: ClassVar[str]
    marks: ClassVar[tuple[str, ...]] = ()
    stackable: ClassVar[bool] = False
    always_balanced: ClassVar[bool] = False
    rates_end: ClassVar[bool] = False

    # Equations.

    def check(self, economy: Economy, shock: Shock) -> None:
        """Raise `InputError` for a shock or options that cannot be solved, naming the cell."""
        for name in shock.options:
            if name not in self.options:
                known = f"family {self.name} has {', '.join(self.options)}"
                raise UnknownName("option", name, self.options, "shock", known)
        if shock.tariff is not None:
            new, old = check_tariff(economy, shock.tariff), baseline_tariff(economy)
            own = np.einsum("ii...->i...", new) != np.einsum("ii...->i...", old)
            if own.any():
                name = economy.countries[int(np.argwhere(own)[0][0])]
                raise InputError(
                    f"tariff ({name}, {name})", "no shock touches a country's own trade", "keep the baseline there"
                )
        countries = (len(economy.countries),)
        by_sector = (countries, (*countries, len(economy.sectors)))
        _check_hat("cost_hat", shock.cost_hat, (shape_of(economy),))
        _check_hat("productivity_hat", shock.productivity_hat, by_sector)

    @abstractmethod
    def start(self, economy: Economy, shock: Shock) -> Floats:
        """First guess, zeros of shape (unknowns,) where nothing better is known."""

    @abstractmethod
    def at(self, u: Floats, economy: Economy, shock: Shock) -> tuple[Any, Any]:
        """What the equations need of an economy and a shock, and every quantity at u."""

    #: Residuals at a state, shape (unknowns,).
    gaps: Callable[[Any, Any], Floats]

    #: Adjoints of the quantities of a state for v @ F.
    pull_gaps: Callable[[Any, Any, Floats], Any]

    #: Adjoints of u and, at given u, of the tariff from those of the quantities of a state.
    pull_back: PullBack

    @abstractmethod
    def pull_welfare(self, economy: Economy, shock: Shock, pr: Any, s: Any, weights: Floats) -> Any:
        """Adjoints of the quantities of a state for weights @ welfare."""

    @abstractmethod
    def pull_revenue(self, pr: Any, s: Any, index: int) -> Any:
        """Adjoints of the quantities of a state for a country's tariff revenue over its consumer prices."""

    @abstractmethod
    def jacobian(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """dF/du, shape (unknowns, unknowns)."""

    @abstractmethod
    def welfare(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """Change of welfare by country, shape (country,), share."""

    def residual(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """Residuals, shape (unknowns,), dimensionless."""
        return self.gaps(*self.at(u, economy, shock))

    def vjp(
        self, u: Floats, economy: Economy, shock: Shock, v: Floats, *, with_tariff: bool = True
    ) -> tuple[Floats, Floats | None]:
        """Return v @ dF/du of shape (unknowns,) and v @ dF/dtariff shaped like the tariff (None if not wanted)."""
        pr, s = self.at(u, economy, shock)
        in_u, in_tariff = self.pull_back(pr, s, self.pull_gaps(pr, s, v), with_tariff=with_tariff)
        return in_u, None if in_tariff is None else in_tariff.reshape(shape_of(economy))

    def welfare_gradient(self, u: Floats, economy: Economy, shock: Shock, weights: Floats) -> tuple[Floats, Floats]:
        """Return weights @ d welfare/du, shape (unknowns,), and weights @ d welfare/dtariff at given u."""
        pr, s = self.at(u, economy, shock)
        return self._both(economy, pr, s, self.pull_welfare(economy, shock, pr, s, weights))

    def revenue_gradient(self, equilibrium: Equilibrium, index: int) -> tuple[Floats, Floats]:
        """Derivatives of a country's tariff revenue over its consumer prices in u, and, at given u, in the tariff."""
        pr, s = self.at(equilibrium.u, equilibrium.economy, equilibrium.shock)
        return self._both(equilibrium.economy, pr, s, self.pull_revenue(pr, s, index))

    def _both(self, economy: Economy, pr: Any, s: Any, c: Any) -> tuple[Floats, Floats]:
        in_u, in_tariff = self.pull_back(pr, s, c, with_tariff=True)
        assert in_tariff is not None
        return in_u, in_tariff.reshape(shape_of(economy))

    @abstractmethod
    def label(self, economy: Economy, shock: Shock, row: int) -> str:
        """Country (and sector) of one residual, for messages."""

    @abstractmethod
    def walras(self, u: Floats, economy: Economy, shock: Shock) -> float:
        """Residual of the dropped equation over world income."""

    @abstractmethod
    def read_out(self, u: Floats, economy: Economy, shock: Shock, certificate: Certificate) -> Equilibrium:
        """Hats, levels and changes at the solution."""

    # Accounts and prices.

    @abstractmethod
    def world(self, given: Economy, where: str) -> Economy:
        """An economy from what a reader gives, the rest by default; `where` is named in messages.

        Raises `InputError` or `UnknownName` for a parameter or for accounts that cannot be.
        """

    @abstractmethod
    def rebased(self, economy: Economy, first: Equilibrium) -> Economy:
        """The economy whose baseline is an equilibrium at the old tariffs without deficits."""

    def without_deficits(self, economy: Economy, solve: Solve) -> Economy:
        """The baseline after deficits are set to zero at the old tariffs, an accounting step; kept with the economy."""
        if "without deficits" not in economy.memo:
            first = solve(economy, Shock(options={"closure": self.without}))
            economy.memo["without deficits"] = self.rebased(economy, first)
        return economy.memo["without deficits"]

    @abstractmethod
    def spending(self, economy: Economy) -> Floats:
        """Spending on consumption at the baseline, shape (country,), USD: weights of averages over countries."""

    @abstractmethod
    def worth(self, economy: Economy, shock: Shock) -> Floats:
        """What the change of welfare is a share of, shape (country,), USD; `shock` gives the horizon."""

    @abstractmethod
    def trade_elasticity(self, economy: Economy) -> Floats:
        """Trade elasticity, shape (sector,)."""

    @abstractmethod
    def cost_hat(self, equilibrium: Equilibrium) -> Floats:
        """Cost of what each country makes over the baseline's, shape (exporter, sector)."""

    @staticmethod
    def is_balanced(economy: Economy) -> bool:
        """Whether the accounts of a world balance."""
        return True

    @staticmethod
    def balance(economy: Economy) -> Economy:
        """The world with its accounts repaired so that they balance."""
        return economy

    def closure(self, name: str) -> Mapping[str, Any]:
        """Options of a shock for a closure by the name readers know it by."""
        return {"closure": name}

    # Ways of solving that not every family has.

    def iterate(self, economy: Economy, shock: Shock, u: Floats, tol: float, most: int) -> tuple[Floats, int] | None:
        """A fixed point of the family's own, the best iterate and evaluations; None for chord-Newton in its place."""
        return None

    def stages(self, economy: Economy, shock: Shock, solve: Solve) -> Equilibrium | None:
        """The equilibrium of a closure with a first step, `solve` being the plain one; None for one without."""
        if shock.options.get("closure") != "zero":
            return None
        rest = {name: value for name, value in shock.options.items() if name != "closure"}
        return solve(self.without_deficits(economy, solve), replace(shock, options=rest))

    def several(self, economy: Economy, shock: Shock) -> bool:
        """Whether there may be more than one equilibrium."""
        return False

    def why_none(self, u: Floats, economy: Economy, shock: Shock) -> str:
        """Why there is no equilibrium, where the state shows it; empty otherwise."""
        return ""

    @staticmethod
    def krylov(u: Floats, economy: Economy, shock: Shock) -> Callable[[Floats], Floats] | None:
        """The inverse of dF/du as a function of vectors, for worlds too large to factor it; None to factor it."""
        return None

    @staticmethod
    def adjoint(
        u: Floats, economy: Economy, shock: Shock, v: Floats, tol: float, near: Floats | None = None
    ) -> Floats | None:
        """Solve z @ dF/du = v, shape (unknowns,), from a solution near by; None: GMRES behind the first Jacobian."""
        return None

    @staticmethod
    def stack(economy: Economy, shocks: Sequence[Shock]) -> Stack | None:
        """Several shocks with the same options as one problem; None where they cannot be stacked."""
        return None

    def in_time(self, economy: Economy, ratio: float) -> InTime:
        """What a path of quarters needs; `ratio` is the trade elasticity of the first quarter over the long run's.

        `InputError` for a family without paths.
        """
        raise InputError(
            f"world {economy.name}", f"family '{economy.family}' has no path of quarters", "use a world of many sectors"
        )

    # What algebra on paper knows of the family.

    @staticmethod
    def points_of(path: ShockPath, change: ShockSlopes) -> Iterator[PathPoint]:
        """What a decomposition of real income needs at the points of a path, in order."""
        raise InputError(
            f"world {path.economy.name}", f"family '{path.economy.family}' has no decomposition", "use solve(...)"
        )

    def may_remain(self, path: ShockPath) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """Countries, shape (country,), whose remainder is more than an error of integration, and why."""
        return np.zeros(len(path.economy.countries), dtype=bool), ()

    def published_terms(self, equilibrium: Equilibrium) -> tuple[Floats, Floats] | None:
        """Terms and volume of trade at first order as published, each of shape (country,), share; None for none."""
        return None

    def closed_form(self, economy: Economy) -> bool:
        """Whether the closed-form optimal tariffs of `policies.formulas` hold in this world."""
        return False

    @staticmethod
    def witness(economy: Economy, points: Mapping[str, Equilibrium]) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """What an auditor needs to check equilibria, by name, in decimals: data, and what solves; None for none."""
        return None

    def averaged_by(self, economy: Economy) -> str:
        """What averages over countries are weighed by as published: "expenditure" or "gdp"."""
        return "expenditure"

    def expenditure(self, economy: Economy) -> Floats:
        """Spending that averages are weighed by as published, shape (country,), USD."""
        return self.spending(economy)

    @staticmethod
    def best_rates(war: TariffWar) -> Callable[[Equilibrium], Floats]:
        """Best responses of all players at an equilibrium by formula, shape (player,), share.

        Raises `InputError` for a world or closure for which there is no formula.
        """
        raise InputError(f"sufficient_nash, world {war.economy.name}", "there is no formula here", "use nash")


def _check_hat(name: str, hat: Floats | None, shapes: tuple[tuple[int, ...], ...]) -> None:
    if hat is None:
        return
    if np.shape(hat) not in shapes:
        raise InputError(name, f"shape {np.shape(hat)} does not fit", f"give {' or '.join(map(str, shapes))}")
    if not (np.isfinite(hat).all() and (np.asarray(hat) > 0).all()):
        raise InputError(name, "a hat is not a positive number", "give new over old, 1 for no change")
