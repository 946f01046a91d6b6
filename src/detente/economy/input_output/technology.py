"""How sectors of family B make their goods: labour, capital tied to its sector, profits, scale.

Sales of sector j in country n pay for inputs (gamma_nkj), labour, capital and profits. With m_nj the profit share of
sales, s_nj the share of capital in what labour and capital earn, psi_j the scale elasticity, and y the log of sales
over the baseline::

    log c_nj = a_nj (1 - s_nj) log w_n + a_nj s_nj log r_nj + sum_k b_nkj log P_nk - psi_j log l_nj
    a_nj = (gamma_nj - m_nj) / (1 - m_nj),   b_nkj = gamma_nkj / (1 - m_nj)
    log r_nj = y_nj (capital stays where it is),   log l_nj = y_nj - log w_n (labour moves)

so that costs follow wages with the slope a (1 - s) + psi and sales with the slope a s - psi. Where inputs are not
Cobb-Douglas among themselves (eta_j other than 1), the bundle of inputs of a user has the price M and its parts move::

    M_nj = [sum_k o_nkj P_nk^(1 - eta_j)]^(1 / (1 - eta_j)),   o_nkj = gamma_nkj / sum_k gamma_nkj
    gamma'_nkj = gamma_nkj (P_nk / M_nj)^(1 - eta_j),   sum_k b_nkj log M_nj in place of sum_k b_nkj log P_nk

A critical input is one whose users hardly replace it, eta near zero. Profits are those of a
fixed number of firms under monopolistic competition (Ossa 2014, "Trade Wars and Trade Talks with Data", American
Economic Review 104(12)): m_nj = 1 / (1 + theta_j) = 1 / sigma_j, times the parameter `markup`.

Parameters, zero unless set: `labor_supply_elasticity` kappa; `scale_elasticity` psi, one number or one a sector;
`markup`, 1 for the profits of Ossa. `input_substitution` eta is one unless set, one number or one a using sector.
`capital_share`, one number or one a sector, counts under the option `horizon` = "short" alone; in the long run capital
moves as labour does and the two earn one wage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, UnknownName, declared_note
from detente.economy.frame import Economy, Floats, Shock
from detente.economy.input_output.accounts import InputOutputAccounts, accounts

HORIZONS = ("long", "short")


@dataclass(frozen=True)
class Technology:
    """Shares and slopes of costs; [country, sector] unless said.

    Attributes
    ----------
    labor : share of sales that goes to the factor that moves between sectors.
    rents : share of sales that stays with capital of the sector and as profit.
    wage_slope, output_slope : slopes of log unit cost in the log of the wage and of sales over the baseline.
    users : b transposed, slope of the unit cost of a user in the price of an input, shape (country, user, input).
    damped : 1 / (1 + theta output_slope): answer of costs that follow sales to a rise of costs.
    labor_income : income of the moving factor, shape (country,), USD.
    bundle : o transposed, shape (country, user, input); `substitution` eta, shape (sector,), None if inputs are
        Cobb-Douglas.
    supply : kappa, elasticity of labour supply in the real wage.
    """

    labor: Floats = field(repr=False)
    rents: Floats = field(repr=False)
    wage_slope: Floats = field(repr=False)
    output_slope: Floats = field(repr=False)
    users: Floats = field(repr=False)
    damped: Floats = field(repr=False)
    labor_income: Floats = field(repr=False)
    bundle: Floats = field(repr=False)
    substitution: Floats | None
    supply: float
    follows_sales: bool
    """Whether the cost of any sector moves with its sales."""


def horizon_of(shock: Shock) -> str:
    """The horizon of a shock; `UnknownName` for another than long and short."""
    name = str(shock.options.get("horizon", "long"))
    if name not in HORIZONS:
        raise UnknownName("horizon", name, HORIZONS, Parameter("horizon"), f"use {' or '.join(HORIZONS)}")
    return name


def technology(economy: Economy, shock: Shock) -> Technology:
    """The technology of a world over the horizon of a shock, kept with the world."""
    key = ("technology", horizon_of(shock))
    if key not in economy.memo:
        economy.memo[key] = _technology(economy, accounts(economy), key[1])
    return economy.memo[key]


def _technology(economy: Economy, base: InputOutputAccounts, horizon: str) -> Technology:
    scale = by_sector(economy, "scale_elasticity")
    capital = by_sector(economy, "capital_share") if horizon == "short" else np.zeros_like(scale)
    if (capital >= 1.0).any():
        raise InputError(
            "parameter capital_share", f"{capital.max():g} leaves nothing to labour", "give a share below 1"
        )
    profit = profit_share(economy, base)
    earned = base.value_added_share - profit
    labor = earned * (1.0 - capital)
    _check_labor(economy, labor, base)
    factor = earned / (1.0 - profit)
    slope = factor * capital - scale
    users = np.ascontiguousarray((base.inputs / (1.0 - profit)[:, None, :]).transpose(0, 2, 1))
    eta = by_sector(economy, "input_substitution", 1.0)
    return Technology(
        labor=labor,
        rents=base.value_added_share - labor,
        wage_slope=factor * (1.0 - capital) + scale,
        output_slope=slope,
        users=users,
        damped=1.0 / (1.0 + _checked(economy, base.theta * slope)),
        labor_income=(labor * base.output).sum(axis=1),
        bundle=users / np.where((whole := users.sum(axis=2, keepdims=True)) > 0, whole, 1.0),
        substitution=None if (eta == 1.0).all() else eta,
        supply=float(by_sector(economy, "labor_supply_elasticity")[0]),
        follows_sales=bool(slope.any()),
    )


def tilt(tech: Technology, p: Floats) -> Floats | None:
    """(P_k / M_j)^(1 - eta_j) at log prices p, shape (country, user, input); None if inputs are Cobb-Douglas."""
    if tech.substitution is None:
        return None
    power = (1.0 - tech.substitution)[None, :, None]
    mean = (tech.bundle * p[:, None, :]).sum(axis=2, keepdims=True)
    around = p[:, None, :] - mean
    total = 1.0 + (tech.bundle * np.expm1(power * around)).sum(axis=2, keepdims=True)
    return np.exp(power * around) / total


def bundle_price(tech: Technology, p: Floats) -> Floats:
    """Log of the price M of the bundle of inputs at log prices p, shape (country, user)."""
    mean = (tech.bundle * p[:, None, :]).sum(axis=2)
    if tech.substitution is None:
        return mean
    power = (1.0 - tech.substitution)[None, :]
    # Less one throughout, so that nothing is lost where eta is close to one.
    over = (tech.bundle * np.expm1(power[:, :, None] * (p[:, None, :] - mean[:, :, None]))).sum(axis=2)
    return mean + np.log1p(over) / np.where(power == 0.0, 1.0, power)


def by_sector(economy: Economy, name: str, default: float = 0.0) -> Floats:
    """A parameter of zero or more as one number a sector; `InputError` for what cannot be one."""
    value: Any = economy.parameters.get(name, default)
    given = np.asarray(value, dtype=np.float64).reshape(-1)
    if given.size not in (1, len(economy.sectors)):
        raise InputError(f"parameter {name}", f"{given.size} numbers", f"give one or {len(economy.sectors)}")
    bad = ~np.isfinite(given) | (given < 0)
    if bad.any():
        raise InputError(f"parameter {name}", f"{given[bad][0]:g} is not a usable value", "give zero or more")
    return np.broadcast_to(given, (len(economy.sectors),)).copy()


def profit_share(economy: Economy, base: InputOutputAccounts) -> Floats:
    """Profits over sales, shape (country, sector): `markup` over 1 + theta; never more than value added.

    Where value added is less, all of it is profit: `capped` counts these cells and names the largest.
    """
    return np.minimum(_markups(economy, base), base.value_added_share)


def _markups(economy: Economy, base: InputOutputAccounts) -> Floats:
    return np.broadcast_to(by_sector(economy, "markup") / (1.0 + base.theta), base.output.shape)


def capped(economy: Economy, base: InputOutputAccounts) -> tuple[str, ...]:
    """That profits were lowered to value added in some cells, and where most is sold; nothing where none was."""
    sold = np.where(_markups(economy, base) > base.value_added_share, base.output, 0.0)
    if not (sold > 0.0).any():
        return ()
    n, j = np.unravel_index(int(np.argmax(sold)), sold.shape)
    where = f"{economy.countries[n]} {economy.sectors[j]}"
    share = sold.sum() / base.output.sum()
    return (declared_note("economy.profits_capped", count=int((sold > 0).sum()), share=share, where=where),)


def _check_labor(economy: Economy, labor: Floats, base: InputOutputAccounts) -> None:
    poor = (labor * base.output).sum(axis=1) <= 0
    if poor.any():
        name = economy.countries[int(np.argmax(poor))]
        raise InputError(f"world {economy.name}, {name}", "no sales are left to labour", "give a lower markup")


def _checked(economy: Economy, product: Floats) -> Floats:
    """Refuse scale economies so strong that a sector has no one size: theta psi of one or more."""
    if (product <= -1.0).any():
        n, j = np.argwhere(product <= -1.0)[0]
        raise InputError(
            f"parameter scale_elasticity, {economy.sectors[j]}",
            f"times the trade elasticity it is {-product[n, j]:.3g} in {economy.countries[n]}, so sectors tip over",
            "keep the product below 1",
        )
    return product
