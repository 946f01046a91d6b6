"""Family B: many countries and sectors with input-output links.

Source: Caliendo and Parro (2015), "Estimates of the Trade and Welfare Effects of NAFTA". Unknowns are logs of the hats
of wages, prices by sector and spending by sector. Importer n, exporter i, sectors j and k::

    (B1) c^_nj = w^_n^gamma_nj prod_k P^_nk^gamma_nkj,   kappa^_nij = d^_nij (1 + tau'_nij) / (1 + tau_nij)
         P^_nj = [sum_i pi_nij (kappa^_nij c^_ij)^-theta_j]^(-1/theta_j)
         pi'_nij = pi_nij (kappa^_nij c^_ij / P^_nj)^-theta_j
    (B2) Y'_ik = sum_n pi'_nik X'_nk / (1 + tau'_nik)
         X'_nj = sum_k gamma_njk Y'_nk + alpha_nj I'_n,   I'_n = w^_n V_n + R'_n + D'_n
         R'_n = sum_ij tau'_nij pi'_nij X'_nj / (1 + tau'_nij)
    (B3) w^_n V_n = sum_j gamma_nj Y'_nj; the largest country's is replaced by sum_n V_n (w^_n - 1) = 0

Options of a shock. `closure`: `fixed` D' = D in units of the numeraire (default); `gdp` keeps D over value added, less
what makes the world add up; `zero` solves D' = 0 at the old tariffs first and shocks the result. `horizon`: `long`
(default, the capital of a country is fixed), `short`, capital tied to its sector, or `steady`, capital as much as pays.
`objective`: what policies of the shock maximise, `real-income` (default) or `political`, the government's weighted
income of Ossa (2014) with the array `political_weight` [country, sector]::

    G_n = sum_j lambda_nj [gamma_nj Y'_nj + l'_nj (R'_n + D'_n)] / P_n,   l'_nj the share of j in the wages of n

World arrays and parameters: `input_output`; labour supply, scale, profits and capital: `technology`. With labour supply
L^ = (w^ / P^)^kappa, income net of what work costs the worker stands for I in real income, as in family A with a
lump-sum rebate. The exporter enters only through q = c^^-theta, so that one evaluation is three products of a matrix by
a vector in each sector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import UnknownName, declared_note
from detente.economy.family import Family, InTime
from detente.economy.frame import Certificate, Economy, Equilibrium, Floats, Shock, ShockPath, quantities, shape_of
from detente.economy.input_output import real_income
from detente.economy.input_output.accounts import (
    PARAMETERS,
    accounts,
    balance,
    capped,
    check_balanced,
    investment_mix,
    investment_share,
    is_balanced,
    one_capital_share,
    take_accounts,
    technology,
    with_final_residual,
)
from detente.economy.input_output.best_rates import best_rates
from detente.economy.input_output.equations import (
    CLOSURES,
    OPTIONS,
    InputOutputCotangents,
    InputOutputProblem,
    InputOutputState,
    closure_of,
    jacobian_at,
    nothing,
    problem,
    pull_back,
    pulled_residual,
    residual_of,
    state,
    unchanged,
)
from detente.economy.input_output.wage_chord import adjoint_point, equilibrium_point, krylov_solver
from detente.economy.input_output.witness import witness

#: Texts of a world that stand among its parameters.
BESIDE = ("elasticities", "elasticity_sets", "services")

#: Names of the closures by their names in a world of one sector.
SAME = {"fixed-transfers": "fixed", "proportional": "gdp", "zero": "zero"}


class CaliendoParro(Family):
    """Family B; stateless."""

    name = "caliendo_parro"
    options = OPTIONS
    rebates = ("lump-sum",)
    closures = tuple(name for name in CLOSURES if name != "none")
    without = "none"
    marks = ("input_share",)

    def check(self, economy: Economy, shock: Shock) -> None:
        """Refuse worlds that do not balance, options the family does not have and cells that cannot be solved."""
        super().check(economy, shock)
        if closure_of(shock) not in ("zero", "none"):
            check_balanced(economy)
        technology(economy, shock)
        real_income.check(economy, shock)

    def start(self, economy: Economy, shock: Shock) -> Floats:
        """No change, shape (unknowns,)."""
        return unchanged(economy)

    def at(self, u: Floats, economy: Economy, shock: Shock) -> tuple[InputOutputProblem, InputOutputState]:
        """Problem and state at u."""
        pr = problem(economy, shock)
        return pr, state(pr, u)

    gaps = staticmethod(residual_of)
    pull_gaps = staticmethod(pulled_residual)

    pull_back = staticmethod(pull_back)

    def jacobian(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """dF/du, shape (unknowns, unknowns); large, the family's own solver does without."""
        return jacobian_at(*self.at(u, economy, shock))

    def iterate(self, economy: Economy, shock: Shock, u: Floats, tol: float, most: int) -> tuple[Floats, int]:
        """The family's own solver, see `wage_chord`; returns the best iterate and evaluations."""
        return equilibrium_point(economy, shock, u, tol, most)

    krylov = staticmethod(krylov_solver)
    adjoint = staticmethod(adjoint_point)

    def welfare(self, u: Floats, economy: Economy, shock: Shock) -> Floats:
        """Change of what the shock's objective names, real income unless said, shape (country,), share."""
        return real_income.change(economy, shock, *self.at(u, economy, shock))

    def pull_welfare(
        self, economy: Economy, shock: Shock, pr: InputOutputProblem, s: InputOutputState, weights: Floats
    ) -> InputOutputCotangents:
        """Adjoints for weights @ what the shock's objective names."""
        return real_income.pull(economy, shock, pr, s, weights)

    def pull_revenue(self, pr: InputOutputProblem, s: InputOutputState, index: int) -> InputOutputCotangents:
        """Adjoints for the revenue R' of a country over its prices."""
        price = float(np.exp(pr.base.final[index] @ s.p[index]))
        country = np.arange(s.x.size) == index
        on_price = -pr.base.final * (country * s.revenue)[:, None] / price
        return replace(nothing(s), revenue=country / price, p=on_price)

    def label(self, economy: Economy, shock: Shock, row: int) -> str:
        """Country and sector of a residual."""
        n, s = len(economy.countries), len(economy.sectors)
        if row < n:
            return f"{economy.countries[row]}, wages"
        kind, cell = divmod(row - n, n * s)
        what = "prices" if kind == 0 else "spending"
        return f"{economy.countries[cell // s]}, {economy.sectors[cell % s]}, {what}"

    def walras(self, u: Floats, economy: Economy, shock: Shock) -> float:
        """Gap of the dropped equation over world income."""
        pr = problem(economy, shock)
        s, dropped = state(pr, u), pr.dropped
        gap = s.wages[dropped] - (pr.tech.labor[dropped] * s.output[dropped]).sum()
        return float(gap / pr.base.income.sum())

    def several(self, economy: Economy, shock: Shock) -> bool:
        """Whether there may be several equilibria: where costs fall with sales."""
        return bool((problem(economy, shock).tech.output_slope < 0.0).any())

    def why_none(self, u: Floats, economy: Economy, shock: Shock) -> str:
        """What to try where there is no equilibrium and scale economies are at work; empty otherwise."""
        strength = -(problem(economy, shock).tech.output_slope * problem(economy, shock).base.theta).min()
        if strength <= 0.0:
            return ""
        return f"Scale economies are at {strength:.2g} of what makes sectors tip over; lower scale_elasticity."

    def read_out(self, u: Floats, economy: Economy, shock: Shock, certificate: Certificate) -> Equilibrium:
        """Hats `wage` (country,), `price`, `cost`, `spending`, `labor` (country, sector); levels in USD."""
        pr = problem(economy, shock)
        s = state(pr, u)
        trade = pr.net * s.q[:, None, :]
        trade *= s.g[:, :, None]
        trade = trade.transpose(1, 2, 0)
        changes = _changes(pr, s, trade) | real_income.changes(economy, pr, s)
        changes["real_gdp"] = _real_gdp(pr, s, quantities(trade, np.exp(s.log_cost), shock))
        equilibrium = Equilibrium(economy, shock, u, _hats(pr, s), _levels(s, trade), changes, certificate)
        notes = (*capped(economy, pr.base), *real_income.concentration(equilibrium))
        if pr.base.guarded:
            sectors = ", ".join(pr.base.guarded)
            notes = (declared_note("economy.guarded", most=pr.base.theta.max(), sectors=sectors), *notes)
        return replace(equilibrium, notes=notes)

    def rebased(self, economy: Economy, first: Equilibrium) -> Economy:
        """The baseline after D' = 0 at the old tariffs, an accounting step, not part of a policy."""
        note = declared_note("economy.old_tariffs_base")
        arrays = {**economy.arrays, "flows": np.ascontiguousarray(first.levels["trade"])}
        return replace(economy, arrays=arrays, notes=(*economy.notes, note))

    is_balanced = staticmethod(is_balanced)
    balance = staticmethod(balance)
    witness = staticmethod(witness)

    def closure(self, name: str) -> Mapping[str, Any]:
        """The closure by its own name or by that of worlds of one sector."""
        return {"closure": SAME.get(name, name)}

    def world(self, given: Economy, where: str) -> Economy:
        """A world from flows, tariffs and input shares, final shares found as what is left where they are missing.

        `UnknownName` for a parameter nobody knows; `InputError` for accounts that cannot be.
        """
        for key in given.parameters:
            if key not in (*PARAMETERS, *BESIDE):
                raise UnknownName("parameter", key, PARAMETERS, f"world {given.name}")
        n, s = len(given.countries), len(given.sectors)
        arrays = {"tariff": np.zeros((n, n, s)), "input_share": np.zeros((n, s, s)), **given.arrays}
        arrays |= {key: arrays[key].reshape(shape_of(given)) for key in ("flows", "tariff")}
        arrays.setdefault("final_share", np.full((n, s), 1.0 / s))
        economy = replace(given, arrays=arrays, parameters={**PARAMETERS, **given.parameters})
        economy = economy if "final_share" in given.arrays else with_final_residual(economy)
        accounts(economy)
        for values in economy.arrays.values():
            values.flags.writeable = False
        return economy

    def spending(self, economy: Economy) -> Floats:
        """Final spending, shape (country,), USD."""
        return accounts(economy).final_spending

    def worth(self, economy: Economy, shock: Shock) -> Floats:
        """Final spending less what work costs the worker, shape (country,), USD."""
        tech = technology(economy, shock)
        return accounts(economy).final_spending - tech.supply / (1.0 + tech.supply) * tech.labor_income

    def trade_elasticity(self, economy: Economy) -> Floats:
        """Theta after the guard, shape (sector,)."""
        return accounts(economy).theta

    def cost_hat(self, equilibrium: Equilibrium) -> Floats:
        """Cost over the baseline's, shape (exporter, sector)."""
        return equilibrium.hats["cost"]

    def in_time(self, economy: Economy, ratio: float) -> InTime:
        """Investment as the world's array has it; the world with short elasticities is kept with the first."""
        base, key = accounts(economy), ("in time", ratio)
        if key not in economy.memo:
            short = economy.with_parameters(trade_elasticity=base.theta * ratio, theta_max=0.0)
            take_accounts(short, economy)
            economy.memo[key] = short
        mix, part = investment_mix(economy, base), investment_share(economy, base)
        whole = part.sum(axis=1)
        return InTime(
            short=economy if ratio == 1.0 else economy.memo[key],
            theta=base.theta,
            spent=base.final_spending,
            revenue=base.revenue,
            invested=whole,
            consumed=(base.final - part).clip(0.0) / (1.0 - whole)[:, None],
            renewed=mix,
            capital=one_capital_share(economy),
            value_added=base.value_added_share,
            real_gdp=lambda solved, bought: _real_gdp(*self.at(solved.u, solved.economy, solved.shock), bought),
        )

    points_of = staticmethod(real_income.points_of)
    best_rates = staticmethod(best_rates)

    def may_remain(self, path: ShockPath) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
        """Every country where the model has more than the algebra knows."""
        last = len(path.u) - 1
        return real_income.may_remain(path, self.welfare(path.u[last], path.economy, path.shock(last)))

    def published_terms(self, equilibrium: Equilibrium) -> tuple[Floats, Floats]:
        """Equations 16 and 17 of Caliendo and Parro (2015), each of shape (country,), share."""
        terms, volume = real_income.terms_by_sector(equilibrium)
        return terms.sum(axis=1), volume.sum(axis=1)


def _hats(pr: InputOutputProblem, s: InputOutputState) -> dict[str, Floats]:
    spending, output = pr.base.spending, pr.base.output
    made = np.where(output > 0, s.output / np.where(output > 0, output, 1.0), 1.0)
    wage = np.exp(s.x)
    return {
        "wage": wage,
        "price": np.exp(s.p),
        "cost": np.exp(s.log_cost),
        "spending": np.where(spending > 0, s.spending / np.where(spending > 0, spending, 1.0), 1.0),
        "output": made,
        "labor": made / wage[:, None],
    }


def _real_gdp(pr: InputOutputProblem, s: InputOutputState, bought: Floats) -> Floats:
    """Change of final uses and exports less imports, at the prices and duties of the baseline, shape (country,), share.

    Of what a country buys of a sector final uses take the part that they pay for, whatever its origin.
    """
    base = pr.base
    used = np.einsum("nij,jni->nj", bought, 1.0 + base.tariff)
    final = base.final * s.final_spending[:, None] / np.where(s.spending > 0, s.spending, 1.0)
    net_exports = bought.sum(axis=(0, 2)) - bought.sum(axis=(1, 2))
    return ((final * used).sum(axis=1) + net_exports) / (base.income + base.revenue) - 1.0


def _levels(s: InputOutputState, trade: Floats) -> dict[str, Floats]:
    return {
        "trade": trade,
        "income": s.income,
        "wages": s.wages,
        "expenditure": s.final_spending,
        "spending": s.spending,
        "output": s.output,
        "revenue": s.revenue,
        "deficit": s.deficit,
    }


def _changes(pr: InputOutputProblem, s: InputOutputState, trade: Floats) -> dict[str, Floats]:
    base = pr.base
    old_own = np.einsum("jnn,nj->n", base.net, base.spending)
    own = np.einsum("nnj->n", trade)
    old_exports, exports = base.output.sum(axis=1) - old_own, s.output.sum(axis=1) - own
    log_prices = (base.final * s.p).sum(axis=1)
    unbalanced = np.abs(base.deficit) > 1e-12 * base.income
    return {
        "deficit": np.where(
            unbalanced, (s.deficit - base.deficit) / np.where(unbalanced, np.abs(base.deficit), 1.0), 0.0
        ),
        "exports_to_gdp": _growth(exports, old_exports, s.income / base.income),
        "imports_to_gdp": _growth(exports + s.deficit, old_exports + base.deficit, s.income / base.income),
        "prices": np.expm1(log_prices),
        "real_wage": np.expm1(s.x - log_prices),
        "revenue_to_expenditure": s.revenue / base.final_spending,
    }


def _growth(new: Floats, old: Floats, income: Floats) -> Floats:
    """Growth over that of income; not a number where there was nothing."""
    return np.where(old > 0.0, new / np.where(old > 0.0, old, 1.0) / income - 1.0, np.nan)
