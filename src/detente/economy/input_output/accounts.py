"""Baseline accounts of worlds with many sectors and input-output links, and the repairs that keep them balanced.

World arrays of family "caliendo_parro" (importer n, exporter i, sectors j and k, country n):

* `flows` [importer, exporter, sector]: value net of tariff, own trade on the diagonal, USD;
* `tariff` [importer, exporter, sector]: baseline rate, share of the value net of tariff;
* `input_share` [country, input, user]: gamma, cost share of an input in the output of a user. First the input;
* `final_share` [country, sector]: alpha, share of final spending, sums to one.

Parameters: `trade_elasticity` theta, one number or one a sector; `theta_max`, the guard above it (0 = none);
`zero_own_trade`, whether a country may sell nothing at home of what it makes; `services`, sectors that pay no tariff;
`elasticity_sets`, names of the rows of the array `elasticity` [set, sector], and `elasticities`, the one in use; those
of `technology`.
Source: Caliendo and Parro (2015), "Estimates of the Trade and Welfare Effects of NAFTA".

How sectors of family B make their goods: labour, capital tied to its sector, profits, scale.

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
`capital_share`, one number or one a sector, counts under the option `horizon` = "short" and "steady"; in the long run
the capital of a country is fixed, moves between its sectors as labour does, and the two earn one wage.

In the steady state (`horizon` = "steady") each country has as much capital as it pays to keep: a constant part of
income is invested, so that capital grows by income over the price of investment goods, K^_n = V^_n / PI^_n with
PI^_n = prod_k P^_nk^iota_nk (Baqaee and Malmberg 2025, "Long-Run Comparative Statics"). Labour and capital share income
in constant parts, so that the capital share s is one number, and the wage stands for income::

    log c_nj = a_nj [(1 - s) log w_n + s log PI_n] + sum_k b_nkj log P_nk - psi_j log l_nj

iota comes from the array `investment_share` [country, sector], gross fixed capital formation over final spending; a
world without it invests as it spends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, SolveError, UnknownName, declared_note
from detente.codes.kinds import checked
from detente.economy.frame import Economy, Floats, Shock

#: Array of a world: gross fixed capital formation by product, share of final spending.
INVESTMENT = "investment_share"

#: Default guard on trade elasticities: above it one sector carries every scenario that lowers tariffs.
THETA_MAX = 20.0

PARAMETERS: Mapping[str, Any] = {
    "trade_elasticity": 4.0,
    "theta_max": THETA_MAX,
    "zero_own_trade": False,
    "services": (),
    "labor_supply_elasticity": 0.0,
    "scale_elasticity": 0.0,
    "markup": 0.0,
    "input_substitution": 1.0,
    "capital_share": 0.4,
}
#: Input shares may be negative by this much: published tables hold small negative uses.
SLIGHT = 0.01

#: Accounts balance when no cell is off by more than this share of the country's spending.
TOLERANCE = 1e-8


@dataclass(frozen=True)
class InputOutputAccounts:
    """Baseline values the equations of family B use.

    Attributes
    ----------
    share : pi, share of the exporter in the importer's spending, shape (sector, importer, exporter).
    net : `share` over one plus the baseline tariff, same shape.
    tariff : baseline tariff, same shape.
    spending : X at prices with tariff, shape (country, sector), USD.
    output : Y, value of sales net of tariff, shape (country, sector), USD.
    value_added_share : gamma_nj = 1 - sum_k gamma_nkj, shape (country, sector).
    inputs : gamma_nkj, shape (country, input, user).
    final : alpha, shape (country, sector).
    income : V, value added, shape (country,), USD.
    revenue : R, tariff revenue, shape (country,), USD.
    deficit : D, imports less exports net of tariff, shape (country,), USD; sums to zero.
    theta : trade elasticities after the guard, shape (sector,).
    guarded : sectors whose elasticity the guard lowered.
    """

    share: Floats = field(repr=False)
    net: Floats = field(repr=False)
    tariff: Floats = field(repr=False)
    spending: Floats = field(repr=False)
    output: Floats = field(repr=False)
    value_added_share: Floats = field(repr=False)
    inputs: Floats = field(repr=False)
    final: Floats = field(repr=False)
    income: Floats = field(repr=False)
    revenue: Floats = field(repr=False)
    deficit: Floats = field(repr=False)
    theta: Floats
    guarded: tuple[str, ...]

    @property
    def final_spending(self) -> Floats:
        """I = V + R + D, shape (country,), USD."""
        return self.income + self.revenue + self.deficit


def accounts(economy: Economy) -> InputOutputAccounts:
    """The accounts of a world, kept with it; `InputError` names the cell where it cannot be one."""
    if "accounts" not in economy.memo:
        economy.memo["accounts"] = _accounts(economy)
    return economy.memo["accounts"]


#: What is kept with a world and does not hang on its trade elasticities.
SHARED = ("balanced", "scale", "stacked", "dutiable", "dutiable trade")


def take_accounts(economy: Economy, other: Economy) -> None:
    """Keep with a world what is known of another, from which it differs in trade elasticities alone."""
    known = other.memo.get("accounts")
    if isinstance(known, InputOutputAccounts):
        theta, guarded = _theta(economy)
        economy.memo["accounts"] = replace(known, theta=theta, guarded=guarded)
        economy.memo.update({key: other.memo[key] for key in SHARED if key in other.memo})


def _accounts(economy: Economy) -> InputOutputAccounts:
    flows, tariff = cube(economy, "flows"), cube(economy, "tariff")
    inputs, final = _input_share(economy), _final_share(economy)
    _check_cells(economy, "flows", flows, flows < 0, "is no value of trade", "give zero or more, then balance(economy)")
    _check_cells(economy, "tariff", tariff, tariff <= -1.0, "is not above -1", "give a share, 0.25 for 25 per cent")
    output = flows.sum(axis=0)
    _check_own_trade(economy, flows, output)
    gross = np.ascontiguousarray((flows * (1.0 + tariff)).transpose(2, 0, 1))
    spending = gross.sum(axis=2).T
    share = gross / np.where(spending.T > 0, spending.T, 1.0)[:, :, None]
    share += (spending.T <= 0)[:, :, None] * np.eye(len(economy.countries))
    rates = np.ascontiguousarray(tariff.transpose(2, 0, 1))
    value_added = _value_added_share(economy, inputs)
    income = (value_added * output).sum(axis=1)
    if (income <= 0).any():
        name = economy.countries[int(np.argmin(income))]
        raise InputError(f"world {economy.name}, {name}", "value added is not positive", "leave the country out")
    theta, guarded = _theta(economy)
    return InputOutputAccounts(
        share=share,
        net=share / (1.0 + rates),
        tariff=rates,
        spending=spending,
        output=output,
        value_added_share=value_added,
        inputs=inputs,
        final=final,
        income=income,
        revenue=(flows * tariff).sum(axis=(1, 2)),
        deficit=flows.sum(axis=(1, 2)) - output.sum(axis=1),
        theta=theta,
        guarded=guarded,
    )


def cube(economy: Economy, name: str) -> Floats:
    """A bilateral array as float64 of shape (importer, exporter, sector); zeros for a missing tariff."""
    shape = (len(economy.countries), len(economy.countries), len(economy.sectors))
    if name == "tariff" and name not in economy.arrays:
        return np.zeros(shape)
    return _array(economy, name, shape)


def _array(economy: Economy, name: str, shape: tuple[int, ...]) -> Floats:
    if name not in economy.arrays:
        raise InputError(f"world {economy.name}", f"has no array '{name}'", f"give one of shape {shape}")
    values = np.asarray(economy.arrays[name], dtype=np.float64)
    if values.size != np.prod(shape):
        raise InputError(f"world {economy.name}, {name}", f"shape {values.shape} does not fit", f"give {shape}")
    return values.reshape(shape)


def _input_share(economy: Economy) -> Floats:
    n, s = len(economy.countries), len(economy.sectors)
    inputs = _array(economy, "input_share", (n, s, s))
    bad = ~np.isfinite(inputs) | (inputs < -SLIGHT)
    if bad.any():
        i, k, j = np.argwhere(bad)[0]
        where = f"input_share, {economy.countries[i]}, input {economy.sectors[k]} of {economy.sectors[j]}"
        raise InputError(where, f"{inputs[i, k, j]:g} is no cost share", "give a share of output, zero or more")
    return inputs


def _final_share(economy: Economy) -> Floats:
    final = _array(economy, "final_share", (len(economy.countries), len(economy.sectors)))
    _check_cells(economy, "final_share", final, final < 0, "is negative", "use balance(economy) to rebuild it")
    off = np.abs(final.sum(axis=1) - 1.0)
    if off.max() > TOLERANCE:
        name = economy.countries[int(np.argmax(off))]
        raise InputError(f"final_share, {name}", f"sums to {final.sum(axis=1)[np.argmax(off)]:.6g}", "scale it to one")
    return final


def _check_cells(economy: Economy, name: str, values: Floats, bad: Any, what: str, repair: str) -> None:
    """`InputError` naming the first cell that is bad or not a number; axes [country..., sector]."""
    wrong = ~np.isfinite(values) | bad
    if wrong.any():
        cell = np.argwhere(wrong)[0]
        names = [*(economy.countries[c] for c in cell[:-1]), economy.sectors[cell[-1]]]
        value = values[tuple(cell)]
        raise InputError(
            f"{name}, {', '.join(names)}", f"{value:g} {what if np.isfinite(value) else 'is no number'}", repair
        )


def _check_own_trade(economy: Economy, flows: Floats, output: Floats) -> None:
    own = np.diagonal(flows, axis1=0, axis2=1).T
    if economy.parameters.get("zero_own_trade") or not ((own <= 0) & (output > 0)).any():
        return
    n, j = np.argwhere((own <= 0) & (output > 0))[0]
    where = f"flows, {economy.countries[n]} from itself, {economy.sectors[j]}"
    repair = "give own trade (output less exports), or set the parameter zero_own_trade, then balance(economy)"
    raise InputError(where, f"own trade is 0 where output is {output[n, j]:.4g}", repair)


def _value_added_share(economy: Economy, inputs: Floats) -> Floats:
    share = 1.0 - inputs.sum(axis=1)
    if (share < 0).any():
        n, j = np.argwhere(share < 0)[0]
        where = f"input_share, {economy.countries[n]}, {economy.sectors[j]}"
        raise InputError(where, f"inputs are {1.0 - share[n, j]:.4g} of output", "inputs must leave value added")
    return share


def _theta(economy: Economy) -> tuple[Floats, tuple[str, ...]]:
    given = np.asarray(economy.parameters.get("trade_elasticity", 4.0), dtype=np.float64)
    if given.size not in (1, len(economy.sectors)):
        raise InputError("trade_elasticity", f"{given.size} numbers", f"give one or {len(economy.sectors)}")
    theta = np.broadcast_to(given.reshape(-1), (len(economy.sectors),)).copy()
    bad = ~np.isfinite(theta) | (theta <= 0)
    if bad.any():
        sector = economy.sectors[int(np.argmax(bad))]
        raise InputError(f"trade_elasticity, {sector}", f"{theta[bad][0]:g} is not positive", "give theta above zero")
    most = float(economy.parameters.get("theta_max", THETA_MAX)) or np.inf
    above = tuple(economy.sectors[k] for k in np.flatnonzero(theta > most))
    return np.minimum(theta, most), above


def imbalance(economy: Economy) -> Floats:
    """X_nk - sum_j gamma_nkj Y_nj - alpha_nk I_n, shape (country, sector), USD."""
    base = accounts(economy)
    inside = (base.inputs @ base.output[:, :, None])[:, :, 0]
    return base.spending - inside - base.final * base.final_spending[:, None]


def is_balanced(economy: Economy) -> bool:
    """Whether no use differs from spending by more than `TOLERANCE` of the country's; kept with the economy."""
    if "balanced" not in economy.memo:
        economy.memo["balanced"] = bool(_off(economy).max() <= TOLERANCE)
    return economy.memo["balanced"]


def _off(economy: Economy) -> Floats:
    return np.abs(imbalance(economy)) / accounts(economy).spending.sum(axis=1)[:, None]


def check_balanced(economy: Economy) -> None:
    """`InputError` naming the cell where uses differ most from spending, with the repair."""
    if is_balanced(economy):
        return
    off = _off(economy)
    n, k = np.unravel_index(int(np.argmax(off)), off.shape)
    where = f"world {economy.name}, {economy.countries[n]}, {economy.sectors[k]}"
    what = f"the accounts do not balance: uses differ from spending by {off[n, k]:.2g} of the country's spending"
    raise InputError(where, what, "use balance(economy), or the closure zero")


def ras(prior: Floats, rows: Floats, columns: Floats, tol: float = 1e-12, most: int = 2000) -> tuple[Floats, int]:
    """Scale rows and columns of positive tables until both sums fit (biproportional adjustment).

    Parameters
    ----------
    prior : tables to scale, shape (country, row, column), zero or more.
    rows, columns : sums to reach, shapes (country, row) and (country, column); equal in total.
    tol : largest gap of a row sum accepted, share of the largest row of the country.

    Returns
    -------
    The scaled tables and the number of sweeps. `SolveError` if the sums cannot be reached.
    """
    table = np.array(prior, dtype=np.float64)
    size, gap = rows.max(axis=1, keepdims=True), rows
    for sweep in range(1, most + 1):
        have = table.sum(axis=2)
        table *= (rows / np.where(have > 0, have, 1.0))[:, :, None]
        have = table.sum(axis=1)
        table *= (columns / np.where(have > 0, have, 1.0))[:, None, :]
        gap = np.abs(table.sum(axis=2) - rows) / size
        if gap.max() < tol:
            return table, sweep
    n, k = np.unravel_index(int(np.argmax(gap)), gap.shape)
    raise SolveError(f"balancing stopped after {most} sweeps with a gap of {gap[n, k]:.2g} at table {n}, row {k}")


def uses(economy: Economy, inputs: Floats, final: Floats) -> tuple[Floats, Floats]:
    """Prior tables [country, input, user and final] of uses in USD and their column totals, recipe steps 6 and 7.

    `inputs` [country, input, user] and `final` [country, sector] are shares; value added takes what inputs leave.
    """
    base = accounts(economy)
    columns = np.concatenate([inputs.sum(axis=1) * base.output, base.final_spending[:, None]], axis=1)
    prior = np.concatenate(
        [inputs * base.output[:, None, :], (final * base.final_spending[:, None])[:, :, None]], axis=2
    )
    total = base.spending.sum(axis=1)[:, None, None]
    return prior + 1e-6 * base.spending[:, :, None] * columns[:, None, :] / total, columns


@checked
def balance(economy: Economy) -> Economy:
    """The same flows, tariffs and value added, with input and final shares moved as little as RAS moves them.

    Uses of each input are scaled until they add up to spending on it, final demand being one more column, so that
    nothing turns negative. `InputError` where final spending is not positive.
    """
    base = accounts(economy)
    if (base.final_spending <= 0).any():
        name = economy.countries[int(np.argmin(base.final_spending))]
        raise InputError(f"world {economy.name}, {name}", "final spending is not positive", "check its deficit")
    prior, columns = uses(economy, base.inputs, base.final)
    table, _ = ras(prior, base.spending, columns)
    inputs = prior[:, :, :-1].sum()
    moved = np.abs(table - prior)[:, :, :-1].sum() / inputs if inputs > 0 else 0.0
    return replace(
        economy,
        arrays={**economy.arrays, **shares_of(table, base.output, base.final_spending, base.inputs)},
        notes=(*economy.notes, declared_note("economy.balanced", share=moved)),
    )


def with_final_residual(economy: Economy) -> Economy:
    """The world with final shares as what inputs leave of spending; where that is negative, `balance` is the repair."""
    base = accounts(economy)
    left = base.spending - (base.inputs @ base.output[:, :, None])[:, :, 0]
    kept = left.clip(0.0)
    total = kept.sum(axis=1, keepdims=True)
    if (total <= 0).any():
        name = economy.countries[int(np.argmin(total))]
        raise InputError(f"world {economy.name}, {name}", "inputs take all of spending", "give final_share")
    note = () if (left >= 0).all() else (declared_note("economy.negative_residual"),)
    return replace(economy, arrays={**economy.arrays, "final_share": kept / total}, notes=(*economy.notes, *note))


def shares_of(table: Floats, output: Floats, final_spending: Floats, idle: Floats) -> dict[str, Floats]:
    """`input_share` and `final_share` from uses in USD [country, input, user and final], recipe step 8.

    `idle` [country, input, user] gives the shares of users without output.
    """
    made = output[:, None, :]
    inputs = np.where(made > 0, table[:, :, :-1] / np.where(made > 0, made, 1.0), idle)
    return {"input_share": inputs, "final_share": table[:, :, -1] / final_spending[:, None]}


HORIZONS = ("long", "short", "steady")


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
    renewed : slope of the unit cost of a user in the price of an investment good, shape (country, user, good); None
        where capital is what it was.
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
    #: Whether the cost of any sector moves with its sales.
    follows_sales: bool
    renewed: Floats | None = field(default=None, repr=False)


def horizon_of(shock: Shock) -> str:
    """The horizon of a shock; `UnknownName` for one that is none of `HORIZONS`."""
    name = str(shock.options.get("horizon", "long"))
    if name not in HORIZONS:
        raise UnknownName("horizon", name, HORIZONS, Parameter("horizon"), f"use {', '.join(HORIZONS)}")
    return name


def technology(economy: Economy, shock: Shock) -> Technology:
    """The technology of a world over the horizon of a shock, kept with the world."""
    key = ("technology", horizon_of(shock))
    if key not in economy.memo:
        economy.memo[key] = _technology(economy, accounts(economy), key[1])
    return economy.memo[key]


def _technology(economy: Economy, base: InputOutputAccounts, horizon: str) -> Technology:
    scale = by_sector(economy, "scale_elasticity")
    capital = np.zeros_like(scale) if horizon == "long" else by_sector(economy, "capital_share")
    if (capital >= 1.0).any():
        raise InputError(
            "parameter capital_share", f"{capital.max():g} leaves nothing to labour", "give a share below 1"
        )
    profit = profit_share(economy, base)
    earned = base.value_added_share - profit
    # Where capital stays in its sector it is paid apart; where it is renewed its price is that of investment goods.
    tied = capital if horizon == "short" else np.zeros_like(scale)
    labor = earned * (1.0 - tied)
    _check_labor(economy, labor, base)
    factor = earned / (1.0 - profit)
    slope = factor * tied - scale
    renewed = None
    if horizon == "steady":
        share = one_capital_share(economy)
        renewed = share * factor[:, :, None] * investment_mix(economy, base)[:, None, :]
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
        renewed=renewed,
    )


def one_capital_share(economy: Economy) -> float:
    """Share of capital in what labour and capital earn, where it must be the same in every sector."""
    share = by_sector(economy, "capital_share")
    if np.ptp(share):
        raise InputError(
            "parameter capital_share",
            "differs between sectors, and renewed capital moves between them",
            "give one number",
        )
    return float(share[0])


def investment_share(economy: Economy, base: InputOutputAccounts) -> Floats:
    """Investment over final spending, shape (country, sector); zero in a world without its array."""
    if INVESTMENT not in economy.arrays:
        return np.zeros_like(base.final)
    share = _array(economy, INVESTMENT, base.final.shape)
    wrong = ~np.isfinite(share) | (share < 0) | (share > base.final + SLIGHT)
    if wrong.any():
        n, j = np.argwhere(wrong)[0]
        raise InputError(
            f"{INVESTMENT}, {economy.countries[n]}, {economy.sectors[j]}",
            f"{share[n, j]:g} is no part of final spending",
            "give at most the final share",
        )
    return share


def investment_mix(economy: Economy, base: InputOutputAccounts) -> Floats:
    """Share of each product in investment, shape (country, sector), sums to one; of final spending without an array."""
    share = investment_share(economy, base)
    whole = share.sum(axis=1, keepdims=True)
    return np.where(whole > 0, share / np.where(whole > 0, whole, 1.0), base.final)


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
