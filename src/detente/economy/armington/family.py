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

Two closures first change the baseline. `zero` solves T = 0 at no tariff and takes the answer as the new baseline, so
that the accounting step is no part of the policy's effect. `balanced` (the pivot's bilateral balances close) solves its
transfers at no tariff and then with tariffs and reports the difference of the two changes, as published. Balanced
transfers do not sum to zero: by default they are rescaled so that they do; `as_published` keeps them and lets the
dropped equation absorb the gap.

Points of a path in family A, with the parts that distribution, entry, scale and employment add.

The algebra is in `detente.economy.decomposition`; symbols are those of `detente.economy.armington.family`.

Closed-form best responses of family A with one sector, (S2) of `detente.economy.policies.sufficient`.

Source: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025): t_i = 1 / [(1 + epsilon delta_i) phi_i - 1].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName, declared_note
from detente.economy.armington.accounts import PARAMETERS, accounts, calibrate
from detente.economy.armington.equations import (
    CLOSURES,
    OPTIONS,
    REBATES,
    ArmingtonCotangents,
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
    stacked,
    state,
    transfers,
    welfare_of,
    zeros,
)
from detente.economy.family import Family, Solve, TariffWar
from detente.economy.frame import Certificate, Economy, Equilibrium, Floats, PathPoint, Shock, ShockPath, ShockSlopes
from detente.economy.newton import accelerated, benchmark_inverse


@dataclass(frozen=True)
class StateSlopes:
    """Derivatives in s at one point.

    Attributes
    ----------
    wage, employment, prices : of logs w, L and P, shape (country,).
    tau, transfer : of R/Y' and of T', same shape.
    cost, spread, share : of logs c, g (spending on a sector over S) and ell, shape (sector, country).
    """

    wage: Floats = field(repr=False)
    employment: Floats = field(repr=False)
    prices: Floats = field(repr=False)
    tau: Floats = field(repr=False)
    transfer: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    spread: Floats = field(repr=False)
    share: Floats = field(repr=False)


def points_of(path: ShockPath, change: ShockSlopes) -> Iterator[PathPoint]:
    """The points of a path, in order."""
    problems = [problem(path.economy, path.shock(k)) for k in range(len(path.u))]
    states = [state(pr, u) for pr, u in zip(problems, path.u, strict=True)]
    slopes = _slopes(path, problems, states)
    for part, pr, s, slope in zip(path.parts, problems, states, slopes, strict=True):
        yield _point(pr, s, slope, change, float(part))


def may_remain(path: ShockPath) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The country whose equation is dropped, where transfers are kept as published, and why."""
    last = np.arange(len(path.economy.countries)) == len(path.economy.countries) - 1
    options = path.end.shock.options
    if options.get("closure") != "balanced" or not options.get("as_published"):
        return np.zeros_like(last), ()
    return last, (declared_note("economy.dropped"),)


def _slopes(path: ShockPath, problems: list[ArmingtonProblem], states: list[ArmingtonState]) -> Iterator[StateSlopes]:
    trade = problems[0].base.trade
    along = (
        [s.x for s in states],
        [s.h for s in states],
        [s.p for s in states],
        [s.tau for s in states],
        [transfers(pr, s.income) for pr, s in zip(problems, states, strict=True)],
        [-np.log(s.q) / trade for s in states],
        [np.log(np.where(s.g > 0, s.g, 1.0)) for s in states],
        [np.broadcast_to(s.y, s.q.shape) for s in states],
    )
    columns = [path.slope(np.stack(values)) for values in along]
    return (StateSlopes(*(column[k] for column in columns)) for k in range(len(states)))


def _point(pr: ArmingtonProblem, s: ArmingtonState, slope: StateSlopes, change: ShockSlopes, part: float) -> PathPoint:
    base, elasticity = pr.base, pr.base.trade[:, :, None]
    trade, rate = pr.net * s.q[:, None, :] * s.g[:, :, None], change.rate(part)
    flow = change.net(elasticity, base.exponent[:, None]) - elasticity * slope.cost[:, None, :]
    flow = flow + slope.spread[:, :, None]
    worth, whole = _labor(pr, s, slope)
    return PathPoint(
        trade=trade,
        rate=rate,
        border=base.kept,
        cost=slope.cost,
        flow=flow,
        freight=change.freight,
        transfer=transfers(pr, s.income),
        transfer_slope=slope.transfer,
        worth=worth,
        by_sector=_by_sector(pr, s, slope, change, trade, rate, flow),
        whole=whole,
    )


def _by_sector(
    pr: ArmingtonProblem,
    s: ArmingtonState,
    slope: StateSlopes,
    change: ShockSlopes,
    trade: Floats,
    rate: Floats,
    flow: Floats,
) -> dict[str, Floats]:
    """Distribution, pass-through, scale and productivity, each of shape (country, sector), USD."""
    base = pr.base
    dearer = slope.wage[:, None] - slope.cost[:, None, :]
    entry = ((1.0 + rate) * trade * (flow - slope.wage[:, None])).sum(axis=2)
    inputs = (1.0 - base.value_added) * (slope.wage - slope.prices)
    scale = s.sales * base.scale * (inputs + slope.employment + slope.share)
    parts = {
        "distribution": base.margin * (trade * dearer).sum(axis=2),
        "pass_through": -base.pass_on * entry,
        "scale": scale,
    }
    if change.productivity is not None:
        parts["productivity"] = s.sales * change.productivity
    return {name: values.T for name, values in parts.items()}


def _labor(pr: ArmingtonProblem, s: ArmingtonState, slope: StateSlopes) -> tuple[Floats, dict[str, Floats]]:
    """What a USD is worth in log welfare, and the parts that a tax cut adds, USD, each of shape (country,)."""
    base = pr.base
    whole = base.spending if base.value_added == 1.0 else base.consumption
    spent = s.income + s.revenue + transfers(pr, s.income)
    spending, earning = spent / whole * np.exp(-s.p), np.exp(s.x + s.h - s.p)
    weight = base.labor / (1.0 + base.labor)
    net = whole - weight * (1.0 - (s.tau if pr.tax_cut else 0.0)) * base.income
    delta = whole / net
    worth = np.exp(s.p) * net * (delta * spending + (1.0 - delta) * earning)
    if not pr.tax_cut:
        return worth, {}
    leisure = weight * slope.tau * base.income * ((1.0 + delta) * earning - delta * spending) * np.exp(s.p)
    return worth, {"employment": s.tau * s.income * slope.employment, "leisure": leisure}


def best_rates(war: TariffWar) -> Callable[[Equilibrium], Floats]:
    """The rates of all players at an equilibrium; `InputError` where there is no formula."""
    _check(war)
    return lambda equilibrium: _rates(war, equilibrium)


def _check(war: TariffWar) -> None:
    where, economy = f"sufficient_nash, world {war.economy.name}", war.economy
    if len(economy.sectors) > 1:
        raise InputError(where, "family A has a formula for one sector only", "use nash, or a world of family B")
    if accounts(economy).value_added < 1.0:
        raise InputError(where, "family A has no formula with roundabout inputs", "set value_added_share to 1")
    closure = war.shock.options.get("closure", "fixed-transfers")
    if closure not in ("fixed-transfers", "zero"):
        raise InputError(where, f"there is no formula for the closure {closure}", "use fixed-transfers or zero")
    imports = np.asarray(economy.arrays["flows"], dtype=np.float64)[war.index] > 0
    imports[np.arange(war.index.size), war.index] = False
    if (imports & ~war.taxed[0]).any():
        raise InputError(where, "the formula is for one rate on all imports", "tax everybody: against='everybody'")


def _rates(war: TariffWar, equilibrium: Equilibrium) -> Floats:
    base = accounts(equilibrium.economy)
    slope = base.trade[0, 0] * inverse_supply(equilibrium)[war.index]
    inverse = (1.0 + slope) * base.exponent[war.index] - 1.0
    return np.where(inverse > 0.0, 1.0 / np.maximum(inverse, 1e-300), np.inf)


def inverse_supply(equilibrium: Equilibrium) -> Floats:
    """Inverse export supply elasticity delta that each country faces, shape (country,), from (S2).

    Beside own prices it counts the revenue partners lose when they buy less, and what a higher wage of the country adds
    to transfers fixed relative to world income.
    """
    base, levels = accounts(equilibrium.economy), equilibrium.levels
    trade, spent = levels["trade"], levels["expenditure"][:, None]
    rate = np.zeros_like(trade) if equilibrium.shock.tariff is None else equilibrium.shock.tariff
    share = trade * (1.0 + rate) / spent
    part = levels["revenue"][:, None] / spent
    weight = levels["income"] / levels["income"].sum()
    lost = base.trade[0, 0] * share * (rate / (1.0 + rate) - part)
    income = (levels["transfer"][:, None] * weight / spent - lost) / (1.0 - part)
    sold = base.kept[:, None] * trade
    np.fill_diagonal(sold, 0.0)
    transferred = levels["transfer"] * weight
    fall = (sold * (base.trade[0, 0] * (1.0 - share) - income)).sum(axis=0) - transferred
    return fall / base.trade[0, 0] / (sold.sum(axis=0) + transferred)


#: Tariff revenue over factor income from which handing it out as a tax cut may be why there is no equilibrium.
HEAVY = 0.3

#: The closure `balanced` with transfers that do not sum to zero, as the paper solves it.
AS_PUBLISHED = "balanced-as-published"


class Armington(Family):
    """Family A; stateless."""

    name = "armington"
    options = OPTIONS
    rebates = REBATES
    closures = (*CLOSURES, AS_PUBLISHED)
    stackable = True
    always_balanced = True
    without = "zero"
    rates_end = True

    def check(self, economy: Economy, shock: Shock) -> None:
        """Refuse options the family does not have, and cells that cannot be solved."""
        super().check(economy, shock)
        for name, known in (("closure", CLOSURES), ("rebate", REBATES)):
            if option(shock, name) not in known:
                raise UnknownName(name, str(option(shock, name)), known, "shock", f"use {', '.join(known)}")

    def start(self, economy: Economy, shock: Shock) -> Floats:
        """No change, shape (unknowns,)."""
        base = accounts(economy)
        n, k = base.spending.size, base.trade.shape[0]
        return np.zeros(n * (3 + (base.value_added < 1.0) + (k if k > 1 else 0)))

    def at(self, u: Floats, economy: Economy, shock: Shock) -> tuple[ArmingtonProblem, ArmingtonState]:
        """Problem and state at u; the last state is kept, since a solve asks for it several times."""
        pr = problem(economy, shock)
        kept = shock.memo.get("state")
        if kept is None or kept[0] is not u or kept[1] is not pr:
            kept = (u, pr, state(pr, u))
            shock.memo["state"] = kept
        return pr, kept[2]

    gaps = staticmethod(residual)
    pull_gaps = staticmethod(from_residual)
    pull_back = staticmethod(pull_back)

    def jacobian(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """dF/du, shape (unknowns, unknowns): the adjoint of every unit vector at once."""
        return self.vjp(u, economy, shock, np.eye(u.size), with_tariff=False)[0]

    def welfare(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """Change of welfare: delta E^/P^ + (1 - delta) w^ L^/P^ - 1, shape (country,), share."""
        return welfare_of(*self.at(u, economy, shock))[0]

    def pull_welfare(
        self, economy: Economy, shock: Shock, pr: ArmingtonProblem, s: ArmingtonState, weights: Floats
    ) -> ArmingtonCotangents:
        """Adjoints for weights @ welfare."""
        return from_welfare(pr, s, weights)

    def pull_revenue(self, pr: ArmingtonProblem, s: ArmingtonState, index: int) -> ArmingtonCotangents:
        """Adjoints for the revenue of a country, E - sum X net of tariff, over its prices."""
        price = float(np.exp(s.p[index]))
        c = zeros((), pr.base.trade.shape[0], pr.base.spending.size)
        c.e[index] = pr.base.spending[index] * np.exp(s.e[index]) / price
        c.imports[:, index] = -1.0 / price
        c.p[index] = -float(s.revenue[index]) / price
        return c

    def label(self, economy: Economy, shock: Shock, row: int) -> str:
        """Country and sector of a residual."""
        n, k = len(economy.countries), len(economy.sectors)
        country = economy.countries[row % n]
        return country if k == 1 or row >= n * k else f"{country}, {economy.sectors[row // n]}"

    def walras(self, u: Floats, economy: Economy, shock: Shock) -> float:
        """Gap of the dropped equation over world income."""
        pr, s = self.at(u, economy, shock)
        gap = clearing(pr, s)[..., -1, -1] * pr.base.income_by[-1, -1]
        return float(gap / pr.base.income.sum())

    def several(self, economy: Economy, shock: Shock) -> bool:
        """Whether there may be several equilibria: where costs fall with work."""
        return bool((accounts(economy).scale > 0.0).any())

    def why_none(self, u: Floats, economy: Economy, shock: Shock) -> str:
        """Why there is no equilibrium, where the state shows it; empty otherwise."""
        pr, s = self.at(u, economy, shock)
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
        pr, s = self.at(u, economy, shock)
        return equilibrium_of(economy, shock, u, s, certificate, changes_of(pr, s))

    stack = staticmethod(stacked)

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
        balanced = shock.options.get("closure") == "balanced"
        return _balanced(economy, shock, solve) if balanced else super().stages(economy, shock, solve)

    def rebased(self, economy: Economy, first: Equilibrium) -> Economy:
        """The economy whose baseline is an equilibrium without tariffs."""
        trade = np.array(first.levels["trade"])
        own = np.einsum("ii...->i...", trade)
        own *= accounts(economy).value_added
        note = declared_note("economy.no_tariff_base")
        return replace(economy, arrays={**economy.arrays, "flows": trade}, notes=(*economy.notes, note))

    def closure(self, name: str) -> Mapping[str, Any]:
        """The closure by its own name; `balanced-as-published` keeps transfers that do not sum to zero."""
        return {"closure": "balanced", "as_published": True} if name == AS_PUBLISHED else {"closure": name}

    def world(self, given: Economy, where: str) -> Economy:
        """A world from flows, own trade found from GDP where the diagonal is empty; `UnknownName` for a parameter."""
        for key in given.parameters:
            if key not in PARAMETERS:
                raise UnknownName("parameter", key, PARAMETERS, where)
        countries, arrays, notes = given.countries, dict(given.arrays), given.notes
        own = np.einsum("ii...->i...", arrays["flows"])
        if len(given.sectors) == 1 and "gdp" in arrays and not own.any():
            flows, margin = arrays["flows"].reshape(len(countries), -1), arrays.get("distribution_share")
            more = {"margin": margin, "notes": notes, **given.parameters}
            return calibrate(given.name, countries, flows, arrays["gdp"], **more)
        arrays.setdefault("distribution_share", np.zeros(len(countries)))
        sizes = own.reshape(len(countries), -1).sum(axis=1)
        without = [code for code, size in zip(countries, sizes, strict=True) if not size]
        if without:
            notes = (*notes, declared_note("economy.no_own_trade", countries=", ".join(without[:5])))
        if not arrays.get("tariff", np.zeros(1)).any():
            arrays.pop("tariff", None)
        return replace(given, arrays=arrays, parameters={**PARAMETERS, **given.parameters}, notes=notes)

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

    points_of = staticmethod(points_of)

    def may_remain(self, path: ShockPath) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """The last country where transfers are kept as published."""
        return may_remain(path)

    best_rates = staticmethod(best_rates)

    def averaged_by(self, economy: Economy) -> str:
        """Spending; with roundabout inputs the GDP of the world's file."""
        return "gdp" if accounts(economy).value_added < 1.0 and "gdp" in economy.arrays else "expenditure"

    def expenditure(self, economy: Economy) -> Floats:
        """All spending, that on inputs with it."""
        return accounts(economy).spending

    def closed_form(self, economy: Economy) -> bool:
        """With one sector."""
        return len(economy.sectors) == 1


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


def _balanced(economy: Economy, shock: Shock, solve: Solve) -> Equilibrium:
    equilibrium = _difference(economy, shock, solve)
    if shock.options.get("as_published"):
        walras = equilibrium.certificate.walras
        note = declared_note("economy.transfers_published", share=walras)
        return replace(equilibrium, notes=(*equilibrium.notes, note))
    published = _difference(economy, replace(shock, options={**shock.options, "as_published": True}), solve)
    moved = np.abs(equilibrium.changes["welfare"] - published.changes["welfare"])
    worst = int(np.argmax(moved))
    country = economy.countries[worst]
    note = declared_note("economy.transfers_rescaled", points=100 * moved[worst], country=country)
    return replace(equilibrium, notes=(*equilibrium.notes, note))


def _difference(economy: Economy, shock: Shock, solve: Solve) -> Equilibrium:
    """Changes with tariffs less changes without, both under the closure's transfers."""
    key = ("balanced", shock.key)
    if key not in economy.memo:
        economy.memo[key] = solve(economy, shock.nothing())
    first = economy.memo[key]
    second = solve(economy, shock)
    return replace(second, changes={name: second.changes[name] - first.changes[name] for name in second.changes})
