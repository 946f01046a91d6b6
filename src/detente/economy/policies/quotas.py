"""Import quotas in any family: the tariffs that keep quantities within them, the rent to whoever imports.

A quota is a largest quantity over the baseline's. Where it binds, the price at home rises above the price at the border
by a wedge e^mu that works as a tariff and whose revenue is the value of the licences. The wedges solve

    mu >= 0,   quantity hat <= quota,   mu (quota - quantity hat) = 0

cell by cell; quantity is value net of tariff over the exporter's price and the trade cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError, declared_note
from detente.economy.families import family_of
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff, cell_of, flows_of, shape_of
from detente.economy.newton import Anderson
from detente.economy.solver import solve
from detente.economy.tariff_table import Rows, TableRow, laid, touched

MOST = 200
#: Quotas above this are asked about: 80 is more likely 80 per cent of the trade there was than 80 times it.
LARGEST = 10.0

#: A step moves no log of a wedge further than this.
STEP = 1.0


@dataclass(frozen=True)
class Rationed:
    """An equilibrium under quotas.

    Attributes
    ----------
    equilibrium : the solved economy; its tariffs hold the wedges.
    wedge : price at home over price at the border with tariff, less one, shape of the tariff; zero where none binds.
    quantity : quantities over the baseline's, shape of the tariff; NaN where nothing was traded.
    rent : value of the licences by importer, shape (country,), USD a year.
    gap : largest gap of the conditions, in logs; `solves` : equilibria used.
    """

    equilibrium: Equilibrium
    wedge: Floats = field(repr=False)
    quantity: Floats = field(repr=False)
    rent: Floats = field(repr=False)
    gap: float
    solves: int


@np.errstate(all="ignore")
def with_quotas(economy: Economy, shock: Shock, quota: Floats, *, tol: float = 1e-8) -> Rationed:
    """The equilibrium in which imports keep within quotas.

    Parameters
    ----------
    quota : largest quantity over the baseline's, shape of the tariff, above zero; infinity where there is none.
    tol : largest gap of the conditions, in logs.

    Raises
    ------
    InputError : a quota that is not positive, on a country's own trade, or of another shape.
    SolveError : the wedges do not settle, or no equilibrium along the way.
    """
    limit = _checked(economy, quota)
    bound = np.isfinite(limit) & (flows_of(economy) > 0)
    old = baseline_tariff(economy) if shock.tariff is None else np.asarray(shock.tariff)
    theta = family_of(economy).trade_elasticity(economy)
    slope = 1.0 + (np.broadcast_to(theta if len(economy.sectors) > 1 else theta[0], shape_of(economy)))[bound]
    wedge = np.zeros(int(bound.sum()))
    history, before, equilibrium = Anderson(1, wedge.size), None, None
    for used in range(1, MOST + 1):
        tariff = np.array(old)
        tariff[bound] = (1.0 + old[bound]) * np.exp(wedge) - 1.0
        equilibrium = solve(economy, replace(shock, tariff=tariff), warm=equilibrium)
        over = np.log(quantities(equilibrium)[bound] / limit[bound])
        moved = np.maximum(wedge + over / slope, 0.0) - wedge
        gap = float(np.abs(moved * slope).max(initial=0.0))
        if gap <= tol:
            return _rationed(equilibrium, old, bound, wedge, gap, used)
        if before is not None:
            history.remember((wedge - before[0])[None], (moved - before[1])[None])
        before = (wedge, moved)
        step = history.next(moved[None])[0] if wedge.size else moved
        wedge = np.maximum(wedge + np.clip(step, -STEP, STEP), 0.0)
    raise SolveError(f"{economy.name}: quotas did not settle in {MOST} solves. Try larger quotas.")


def quantities(equilibrium: Equilibrium) -> Floats:
    """Quantities traded over the baseline's, shape of the tariff; NaN where nothing was traded."""
    flows = flows_of(equilibrium.economy)
    value = np.asarray(equilibrium.levels["trade"]).reshape(flows.shape)
    cost = 1.0 if equilibrium.shock.cost_hat is None else equilibrium.shock.cost_hat
    grown = np.where(flows > 0, value / np.where(flows > 0, flows, 1.0), np.nan)
    # Price of each exporter's goods over the baseline's, shape (exporter,) or (exporter, sector).
    price = family_of(equilibrium.economy).cost_hat(equilibrium)
    return grown / ((price if len(equilibrium.economy.sectors) > 1 else price[:, 0])[None] * cost)


def quotas_of(economy: Economy, rows: Rows) -> tuple[Floats, str]:
    """Quotas from rows as those of a tariff table, quantities over the baseline's, and one line on what they touch.

    Infinity where there is no quota.
    """
    table = laid(economy, rows, _refuse_quota, "quota")
    base = np.full(table.owner.shape, np.inf)
    return table.numbers(base).reshape(shape_of(economy)), touched(economy, table, name="quotas")


def _refuse_quota(row: TableRow) -> None:
    quota = row.number
    if not quota > 0:
        raise InputError(row.where, f"a quota of {quota:g} is not positive", "give 0.5 for half; decouple cuts all")
    if quota > LARGEST and not row.sure:
        raise InputError(
            row.where,
            f"{quota:g} means {quota:g} times the trade of the baseline",
            f"did you mean {quota / 100:g}? If not, write it as {100 * quota:g}%",
        )


def _checked(economy: Economy, quota: Floats) -> Floats:
    limit = np.asarray(quota, dtype=np.float64)
    if limit.shape != shape_of(economy):
        raise InputError("quota", f"shape {limit.shape} does not fit {shape_of(economy)}", "use the world's own axes")
    own = np.isfinite(np.einsum("ii...->i...", limit))
    if own.any():
        name = economy.countries[int(np.argwhere(own)[0][0])]
        raise InputError(f"quota ({name}, {name})", "a country's own trade has no quota", "leave infinity there")
    bad = np.isnan(limit) | (limit <= 0)
    if bad.any():
        cell = np.argwhere(bad)[0]
        raise InputError(
            f"quota ({cell_of(economy, cell)})", f"{limit[tuple(cell)]:g} is not positive", "give 0.5 for half"
        )
    return limit


def _rationed(
    equilibrium: Equilibrium, old: Floats, bound: NDArray[np.bool_], wedge: Floats, gap: float, used: int
) -> Rationed:
    apart = np.zeros(old.shape)
    apart[bound] = np.expm1(wedge)
    trade = np.asarray(equilibrium.levels["trade"]).reshape(old.shape)
    rent = (trade * (1.0 + old) * apart).reshape(old.shape[0], -1).sum(axis=1)
    binding = int((wedge > 0).sum())
    notes = (*equilibrium.notes, declared_note("economy.quotas_bind", binding=binding, quotas=wedge.size))
    return Rationed(replace(equilibrium, notes=notes), apart, quantities(equilibrium), rent, gap, used)
