"""Family A: Armington / Eaton-Kortum / Krugman with a distribution margin, labour supply and scale economies.

Source: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025). Unknowns are logs of the hats of wages, employment and
spending, with roundabout inputs also of prices, with several sectors also of employment shares::

    (F1) Y'_i = beta sum_n (1 - nu_n) X'_in + nu_i sum_j X'_ji, the last country's replaced by the numeraire
    (F2) E_i E^_i = R_i + Y'_i + (1 - beta) sum_n (1 - nu_n) X'_in + T'_i
    (F3) L^_i = (w^_i / ((1 - tau_i) P^_i))^kappa
    (F4) P^_i = (E^_i / w^_i)^(1 - phi_i) prod_k S_ik^(-b_ik / eps_k), an unknown only if beta < 1
    (F5) sum_k ell_ik l^_ik = 1, only with several sectors; F1 then holds by sector

World arrays: `flows` [importer, exporter(, sector)] net of tariff with own trade on the diagonal, USD;
`distribution_share` [country]; `gdp` [country] (optional, weights). Parameters: `accounts.PARAMETERS`.
Options of a shock: `closure` fixed-transfers | balanced | zero | proportional, `rebate` tax-cut | lump-sum,
`as_published` (balanced only), `pivot` (balanced only, the country whose balances close).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.economy.armington import best_rates, closures
from detente.economy.armington.accounts import accounts
from detente.economy.armington.equations import (
    CLOSURES,
    OPTIONS,
    REBATES,
    ArmingtonProblem,
    ArmingtonState,
    changes_of,
    clearing,
    equilibrium_of,
    from_residual,
    from_welfare,
    option,
    problem,
    pull_back,
    residual,
    state,
    welfare_of,
    zeros,
)
from detente.economy.armington.world import world_of
from detente.economy.family import Family, Solve, Stack, TariffWar
from detente.economy.frame import (
    Certificate,
    Economy,
    Equilibrium,
    Floats,
    PathPoint,
    Shock,
    ShockPath,
    ShockSlopes,
    check_tariff,
)
from detente.economy.newton import accelerated, benchmark_inverse

HEAVY = 0.3
"""Tariff revenue over factor income from which handing it out as a tax cut may be why there is no equilibrium."""

AS_PUBLISHED = "balanced-as-published"
"""The closure `balanced` with transfers that do not sum to zero, as the paper solves it."""


def _at(u: Floats, economy: Economy, shock: Shock) -> tuple[ArmingtonProblem, ArmingtonState]:
    """Problem and state at u; the last state is kept, since a solve asks for it several times."""
    pr = problem(economy, shock)
    kept = shock.memo.get("state")
    if kept is None or kept[0] is not u or kept[1] is not pr:
        kept = (u, pr, state(pr, u))
        shock.memo["state"] = kept
    return pr, kept[2]


class Armington(Family):
    """Family A; stateless."""

    name = "armington"
    options = OPTIONS
    rebates = REBATES
    closures = (*CLOSURES, AS_PUBLISHED)
    stackable = True
    always_balanced = True
    rates_end = True

    def check(self, economy: Economy, shock: Shock) -> None:
        """Refuse options the family does not have, and cells that cannot be solved."""
        for name in shock.options:
            if name not in OPTIONS:
                raise UnknownName("option", name, OPTIONS, "shock")
        for name, known in (("closure", CLOSURES), ("rebate", REBATES)):
            if option(shock, name) not in known:
                raise UnknownName(name, str(option(shock, name)), known, "shock", f"use {', '.join(known)}")
        if shock.tariff is not None:
            own = np.einsum("ii...->i...", check_tariff(economy, shock.tariff))
            if own.any():
                name = economy.countries[int(np.argwhere(own)[0][0])]
                raise InputError(f"tariff ({name}, {name})", "a country has no tariff on itself", "set it to zero")
        for name, hat in (("cost_hat", shock.cost_hat), ("productivity_hat", shock.productivity_hat)):
            if hat is not None and not (np.isfinite(hat).all() and (np.asarray(hat) > 0).all()):
                raise InputError(name, "a hat is not a positive number", "give new over old, 1 for no change")

    def start(self, economy: Economy, shock: Shock) -> Floats:
        """No change, shape (unknowns,)."""
        base = accounts(economy)
        n, k = base.spending.size, base.trade.shape[0]
        return np.zeros(n * (3 + (base.value_added < 1.0) + (k if k > 1 else 0)))

    def residual(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """(F1) to (F5), shape (..., unknowns), dimensionless."""
        return residual(*_at(u, economy, shock))

    def vjp(
        self, u: Floats, economy: Economy, shock: Shock, v: Floats, *, with_tariff: bool = True
    ) -> tuple[Floats, Floats | None]:
        """Return v @ dF/du, shape (..., unknowns), and v @ dF/dtariff; without it `v` may have leading axes."""
        pr, s = _at(u, economy, shock)
        return pull_back(pr, s, from_residual(pr, s, v), with_tariff=with_tariff)

    def jacobian(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """dF/du, shape (unknowns, unknowns): the adjoint of every unit vector at once."""
        return self.vjp(u, economy, shock, np.eye(u.size), with_tariff=False)[0]

    def welfare(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """Change of welfare: delta E^/P^ + (1 - delta) w^ L^/P^ - 1, shape (country,), share."""
        return welfare_of(*_at(u, economy, shock))[0]

    def welfare_gradient(self, u: Floats, economy: Economy, shock: Shock, weights: Floats) -> tuple[Floats, Floats]:
        """Gradient of weights @ welfare in u and, at given u, in the tariff."""
        pr, s = _at(u, economy, shock)
        in_u, in_tariff = pull_back(pr, s, from_welfare(pr, s, weights), with_tariff=True)
        assert in_tariff is not None
        return in_u, in_tariff

    def label(self, economy: Economy, shock: Shock, row: int) -> str:
        """Country and sector of a residual."""
        n, k = len(economy.countries), len(economy.sectors)
        country = economy.countries[row % n]
        return country if k == 1 or row >= n * k else f"{country}, {economy.sectors[row // n]}"

    def walras(self, u: Floats, economy: Economy, shock: Shock) -> float:
        """Gap of the dropped equation over world income."""
        pr, s = _at(u, economy, shock)
        gap = clearing(pr, s)[..., -1, -1] * pr.base.income_by[-1, -1]
        return float(gap / pr.base.income.sum())

    def several(self, economy: Economy, shock: Shock) -> bool:
        """Whether there may be several equilibria: where costs fall with work."""
        return bool((accounts(economy).scale > 0.0).any())

    def why_none(self, u: Floats, economy: Economy, shock: Shock) -> str:
        """Why there is no equilibrium, where the state shows it; empty otherwise."""
        pr, s = _at(u, economy, shock)
        if not pr.tax_cut or not (heavy := np.flatnonzero(~(s.tau < HEAVY))).size:
            return ""
        most = int(heavy[np.argmax(np.nan_to_num(s.tau[heavy], nan=np.inf))])
        name = economy.countries[most]
        if not s.tau[most] < 1.0:
            return f"Tariff revenue of {name} exceeds its factor income: no income tax is left; use rebate lump-sum."
        share = f"{100.0 * s.tau[most]:.0f} per cent"
        return f"Tariff revenue of {name} is {share} of its factor income, too much for a tax cut; use rebate lump-sum."

    def read_out(self, u: Floats, economy: Economy, shock: Shock, certificate: Certificate) -> Equilibrium:
        """Hats, levels and changes at the solution."""
        pr, s = _at(u, economy, shock)
        return equilibrium_of(economy, shock, u, s, certificate, changes_of(pr, s))

    def stack(self, economy: Economy, shocks: Sequence[Shock]) -> Stack | None:
        """Several shocks as one problem, for `solver.solve_many`; None where they cannot be stacked."""
        from detente.economy.armington.equations import stacked

        return stacked(economy, shocks)

    def iterate(self, economy: Economy, shock: Shock, u: Floats, tol: float, most: int) -> tuple[Floats, int]:
        """The family's own solver: spending follows from (F2), the rest by an accelerated chord."""
        pr = problem(economy, shock)
        kept, rows, inverse = _reduced(economy, shock, pr)
        here = np.array(u)

        def rest(part: Floats) -> Floats:
            here[kept] = part
            return residual(pr, state(pr, here, spent=kept.size < u.size))[rows]

        solution, used, size = accelerated(rest, lambda f: inverse @ f, u[kept], tol, most)
        if size <= tol:
            return _completed(economy, shock, solution, here, kept), used
        whole, more, _ = accelerated(
            lambda v: self.residual(v, economy, shock),
            lambda f: benchmark_inverse(self, economy, shock) @ f,
            u,
            tol,
            most,
        )
        return whole, used + more

    def stages(self, economy: Economy, shock: Shock, solve: Solve) -> Equilibrium | None:
        """Closures that first change the baseline: `zero` and `balanced`."""
        return closures.staged(economy, shock, solve)

    def without_deficits(self, economy: Economy, solve: Solve) -> Economy:
        """The baseline after all transfers are set to zero."""
        return closures.without_deficits(economy, solve)

    def closure(self, name: str) -> Mapping[str, Any]:
        """The closure by its own name; `balanced-as-published` keeps transfers that do not sum to zero."""
        return {"closure": "balanced", "as_published": True} if name == AS_PUBLISHED else {"closure": name}

    def world(
        self,
        name: str,
        countries: tuple[str, ...],
        sectors: tuple[str, ...],
        arrays: dict[str, NDArray[Any]],
        parameters: dict[str, Any],
        notes: tuple[str, ...],
        where: str,
    ) -> Economy:
        """A world from flows, own trade found from GDP where the diagonal is empty."""
        return world_of(name, countries, sectors, arrays, parameters, notes, where)

    def spending(self, economy: Economy) -> Floats:
        """Spending of households and, without roundabout inputs, all spending, shape (country,), USD."""
        return accounts(economy).consumption

    def worth(self, economy: Economy, shock: Shock) -> Floats:
        """Spending less what work costs the worker where no revenue cuts the income tax, shape (country,), USD."""
        base = accounts(economy)
        return base.consumption - base.labor / (1.0 + base.labor) * base.income

    def trade_elasticity(self, economy: Economy) -> Floats:
        """Epsilon, shape (sector,)."""
        return np.broadcast_to(np.asarray(economy.parameters["trade_elasticity"]), (len(economy.sectors),))

    def cost_hat(self, equilibrium: Equilibrium) -> Floats:
        """Cost over the baseline's, shape (exporter, sector)."""
        pr = problem(equilibrium.economy, equilibrium.shock)
        return (state(pr, equilibrium.u).q ** (-1.0 / pr.base.trade)).T

    def revenue_gradient(self, equilibrium: Equilibrium, index: int) -> tuple[Floats, Floats]:
        """Derivatives of a country's revenue, E - sum X net of tariff, in u and, at given u, in the tariff."""
        pr = problem(equilibrium.economy, equilibrium.shock)
        s = state(pr, equilibrium.u)
        price = float(np.exp(s.p[index]))
        c = zeros((), pr.base.trade.shape[0], pr.base.spending.size)
        c.e[index] = pr.base.spending[index] * np.exp(s.e[index]) / price
        c.imports[:, index] = -1.0 / price
        c.p[index] = -float(s.revenue[index]) / price
        in_u, in_tariff = pull_back(pr, s, c, with_tariff=True)
        assert in_tariff is not None
        return in_u, in_tariff

    def points_of(self, path: ShockPath, change: ShockSlopes) -> Iterator[PathPoint]:
        """Points with the parts that distribution, entry, scale and employment add."""
        from detente.economy.armington.decomposition import points_of

        return points_of(path, change)

    def may_remain(self, path: ShockPath) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """The last country where transfers are kept as published."""
        from detente.economy.armington.decomposition import may_remain

        return may_remain(path)

    def averaged_by(self, economy: Economy) -> str:
        """Spending; with roundabout inputs the GDP of the world's file."""
        return "gdp" if accounts(economy).value_added < 1.0 and "gdp" in economy.arrays else "expenditure"

    def expenditure(self, economy: Economy) -> Floats:
        """All spending, that on inputs with it."""
        return accounts(economy).spending

    def closed_form(self, economy: Economy) -> bool:
        """With one sector."""
        return len(economy.sectors) == 1

    def best_rates(self, war: TariffWar) -> Callable[[Equilibrium], Floats]:
        """(S2) for one sector."""
        return best_rates.best_rates(war)


def _reduced(economy: Economy, shock: Shock, pr: ArmingtonProblem) -> tuple[Any, Any, Floats]:
    """Places of the unknowns and of the residuals without spending and (F2), and their baseline inverse.

    A block of an inverse is the inverse of what is left when the rest is eliminated. With roundabout inputs (F2) holds
    the spending of all countries at once: nothing is left out.
    """
    key = ("reduced", shock.key)
    if key not in economy.memo:
        n, k = len(economy.countries), len(economy.sectors)
        whole = benchmark_inverse(Armington(), economy, shock)
        unknown, equation = np.ones(len(whole), dtype=bool), np.ones(len(whole), dtype=bool)
        if pr.base.value_added == 1.0:
            unknown[2 * n : 3 * n] = equation[k * n : (k + 1) * n] = False
        kept, rows = np.flatnonzero(unknown), np.flatnonzero(equation)
        economy.memo[key] = kept, rows, np.ascontiguousarray(whole[np.ix_(kept, rows)])
    return economy.memo[key]


def _completed(economy: Economy, shock: Shock, part: Floats, here: Floats, kept: Any) -> Floats:
    """All unknowns from those that are not left out; their state is kept with the shock."""
    pr, n = problem(economy, shock), len(economy.countries)
    here[kept] = part
    s = state(pr, here, spent=kept.size < here.size)
    here[2 * n : 3 * n] = s.e
    shock.memo["state"] = (here, pr, s)
    return here
