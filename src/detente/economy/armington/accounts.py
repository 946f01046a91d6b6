"""Baseline accounts of the one- and several-sector Armington worlds, and their calibration from trade and GDP.

Source: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), "Making America Great Again? The Economic Impacts of
Liberation Day Tariffs". Inside, arrays run [sector, importer, exporter]; worlds store [importer, exporter(, sector)].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.economy.frame import Economy, Floats

#: Defaults by name: epsilon, kappa, psi, theta, phi~ and beta of the paper, and a factor on the distribution shares.
#:
#: `trade_elasticity` and `scale_elasticity` may also be one number a sector. `distribution_margin` = 0 is
#: Eaton-Kortum-Krugman; `value_added_share` = 0.49 gives the model with roundabout inputs.
PARAMETERS: Mapping[str, float] = {
    "trade_elasticity": 4.0,
    "labor_supply_elasticity": 0.5,
    "scale_elasticity": 0.67 / 4.0,
    "firm_dispersion": 4.0 / 0.67,
    "pass_through": 1.0,
    "value_added_share": 1.0,
    "distribution_margin": 1.0,
}

#: Distribution margin in the value of consumption, rest of the world and the reference country.
OWN_SHARES = (0.12, 0.26)


@dataclass(frozen=True)
class ArmingtonAccounts:
    """Baseline values that the equations use.

    Attributes
    ----------
    flows : X, value net of tariff, shape (sector, importer, exporter), USD.
    share : lambda, share of the exporter in the importer's spending on the sector, same shape.
    spending : E, shape (country,), USD.
    budget : share of each sector in spending, shape (sector, country).
    income : Y, factor income, shape (country,), USD; `income_by` by sector, shape (sector, country).
    transfer : T = spending less income (and input use), sums to zero, shape (country,), USD.
    margin : nu, share of value that stays where the good is used, shape (country,).
    exponent : phi, exponent of the tariff, shape (country,).
    trade, scale : epsilon and psi, shape (sector, 1).
    labor, value_added : kappa and beta.
    """

    flows: Floats = field(repr=False)
    share: Floats = field(repr=False)
    spending: Floats = field(repr=False)
    budget: Floats = field(repr=False)
    income: Floats = field(repr=False)
    income_by: Floats = field(repr=False)
    transfer: Floats = field(repr=False)
    margin: Floats = field(repr=False)
    exponent: Floats = field(repr=False)
    trade: Floats
    scale: Floats
    labor: float
    value_added: float

    @cached_property
    def cost_slopes(self) -> tuple[Floats, Floats, Floats]:
        """Slopes of log c^(-eps): over log w, log L (and employment shares), log P, each of shape (sector, 1)."""
        inputs = 1.0 - self.value_added
        on_wage = -self.trade * (self.value_added - self.scale * inputs)
        return on_wage, self.trade * self.scale, -self.trade * inputs * (1.0 + self.scale)

    @cached_property
    def kept(self) -> Floats:
        """1 - nu, shape (country,)."""
        return 1.0 - self.margin

    @cached_property
    def pass_on(self) -> Floats:
        """1 - phi, shape (country,)."""
        return 1.0 - self.exponent

    @cached_property
    def budget_by_elasticity(self) -> Floats:
        """Budget shares over epsilon, shape (sector, country)."""
        return self.budget / self.trade

    @cached_property
    def scale_by(self) -> Floats:
        """Income by sector, 1 where there is none, shape (sector, country)."""
        return np.where(self.income_by > 0, self.income_by, 1.0)

    @cached_property
    def makes_everything(self) -> bool:
        """Whether every country earns income in every sector."""
        return bool((self.income_by > 0).all())

    @cached_property
    def buys_everything(self) -> bool:
        """Whether every country buys from every sector."""
        return bool((self.budget > 0).all())

    @cached_property
    def totals(self) -> tuple[Floats, Floats, Floats]:
        """Purchases, sales and own trade over all sectors, each of shape (country,), USD."""
        flows = self.flows.sum(axis=0)
        return flows.sum(axis=1), flows.sum(axis=0), np.diagonal(flows)

    @property
    def consumption(self) -> Floats:
        """E^c = Y + T: spending on consumption, without inputs, shape (country,), USD."""
        return self.income + self.transfer


def accounts(economy: Economy) -> ArmingtonAccounts:
    """The accounts of a world (spec steps 3 and 4), kept with it; `InputError` where it cannot be one."""
    if "accounts" not in economy.memo:
        economy.memo["accounts"] = _accounts(economy)
    return economy.memo["accounts"]


def _accounts(economy: Economy) -> ArmingtonAccounts:
    if np.any(economy.arrays.get("tariff", 0.0)):
        raise InputError(f"world {economy.name}", "this family starts from tariffs of zero", "leave the tariffs out")
    number = {name: parameter(economy, name) for name in PARAMETERS}
    beta = float(number["value_added_share"])
    flows = _inside(economy, "flows").copy()
    own = range(flows.shape[1])
    if not flows[:, own, own].any():
        raise InputError(f"world {economy.name}", "flows hold no own trade", "calibrate(...) finds it from GDP")
    flows[:, own, own] /= beta
    margin = np.asarray(economy.arrays["distribution_share"], dtype=np.float64) * float(number["distribution_margin"])
    by_sector = flows.sum(axis=2)
    spending = by_sector.sum(axis=0)
    sales = np.einsum("i,kij->kj", 1.0 - margin, flows)
    income_by = beta * sales + margin * by_sector
    income = income_by.sum(axis=0)
    theta = float(number["firm_dispersion"])
    _refuse_empty(economy, spending, income)
    return ArmingtonAccounts(
        flows=flows,
        share=flows / np.where(by_sector > 0, by_sector, 1.0)[:, :, None],
        spending=spending,
        budget=by_sector / spending,
        income=income,
        income_by=income_by,
        transfer=spending - income - (1.0 - beta) * sales.sum(axis=0),
        margin=margin,
        exponent=float(number["pass_through"]) + (1.0 + theta) / ((1.0 - margin) * theta) - 1.0 / theta - 1.0,
        trade=_column(economy, number["trade_elasticity"]),
        scale=_column(economy, number["scale_elasticity"]),
        labor=float(number["labor_supply_elasticity"]),
        value_added=beta,
    )


def parameter(economy: Economy, name: str) -> Any:
    """A parameter with its default; `InputError` where its value makes no sense."""
    value = np.asarray(economy.parameters.get(name, PARAMETERS[name]), dtype=np.float64)
    low = value < 0 if name in {"labor_supply_elasticity", "scale_elasticity", "distribution_margin"} else value <= 0
    if not np.isfinite(value).all() or low.any():
        raise InputError(f"parameter {name}", f"{value} is not a usable value", "give a positive number")
    if name == "value_added_share" and float(value) > 1.0:
        raise InputError(f"parameter {name}", f"{value} is above 1", "give a share of output")
    return value


def _column(economy: Economy, value: Any) -> Floats:
    return np.broadcast_to(np.asarray(value, dtype=np.float64).reshape(-1, 1), (len(economy.sectors), 1)).copy()


def _inside(economy: Economy, name: str) -> Floats:
    n, k = len(economy.countries), len(economy.sectors)
    values = np.asarray(economy.arrays[name], dtype=np.float64)
    if values.size != n * n * k:
        raise InputError(f"world {economy.name}, {name}", f"shape {values.shape} does not fit", f"give {(n, n, k)}")
    check_flows(economy.countries, values.reshape(n, n, k))
    return np.ascontiguousarray(values.reshape(n, n, k).transpose(2, 0, 1))


def check_flows(countries: Sequence[str], flows: Floats) -> None:
    """`InputError` naming the first cell [importer, exporter, ...] that is negative or not a number."""
    bad = ~np.isfinite(flows) | (flows < 0)
    if bad.any():
        cell = np.argwhere(bad)[0]
        names = f"{countries[cell[0]]} from {countries[cell[1]]}"
        raise InputError(f"flows, {names}", f"{flows[tuple(cell)]:g} is no value of trade", "give zero or a positive")


def _refuse_empty(economy: Economy, spending: Floats, income: Floats) -> None:
    bad = (spending <= 0) | (income <= 0)
    if bad.any():
        name = economy.countries[int(np.argmax(bad))]
        raise InputError(f"world {economy.name}, {name}", "spending or income is not positive", "leave the country out")


def distribution_shares(
    flows: Floats, gdp: Floats, reference: int, targets: tuple[float, float] = OWN_SHARES
) -> Floats:
    """Distribution shares of two groups, the rest and the reference country (spec step 1).

    Parameters
    ----------
    flows : international trade, shape (importer, exporter), diagonal zero; unit of `gdp`.
    gdp : shape (country,).
    reference : position of the country that stands alone.
    targets : distribution margin in the value of consumption, rest and reference.

    Returns
    -------
    Shares nu of the rest and the reference, shape (2,), floor 0.
    """
    alone = np.arange(gdp.size) == reference
    out, into = flows[~alone, reference].sum(), flows[reference, ~alone].sum()
    within = flows[np.ix_(~alone, ~alone)].sum()
    trade = np.array([[within, out], [into, 0.0]])
    total = np.array([gdp[~alone].sum(), gdp[alone].sum()])
    nu = np.asarray(targets, dtype=np.float64)
    for _ in range(100):
        gap = _margin_gap(nu, trade, total, targets)
        slope = np.stack([(_margin_gap(nu + d, trade, total, targets) - gap) / 1e-7 for d in 1e-7 * np.eye(2)], axis=1)
        nu = nu - np.linalg.solve(slope, gap)
        if np.abs(gap).max() < 1e-15:
            break
    return np.maximum(nu, 0.0)


def _margin_gap(nu: Floats, trade: Floats, gdp: Floats, targets: tuple[float, float]) -> Floats:
    """Margins implied by nu less their targets; `trade` [importer, exporter] of (rest, reference)."""
    spend = gdp + (1.0 - nu) * (trade.sum(axis=1) - (1.0 - nu) @ trade)
    into, out = trade[1, 0], trade[0, 1]
    own_rest = (spend[0] - out) / (spend[0] - out + into)
    own_reference = (spend[1] - into) / (spend[1] - into + out)
    rest = (1.0 - own_rest) * nu[1] + own_rest * nu[0] - targets[0]
    return np.array([rest, own_reference * nu[1] + (1.0 - own_reference) * nu[0] - targets[1]])


def with_own_trade(flows: Floats, gdp: Floats, margin: Floats) -> Floats:
    """Flows with own trade as what is left of spending (spec step 2), shape (importer, exporter), unit of `gdp`."""
    foreign = flows.copy()
    np.fill_diagonal(foreign, 0.0)
    imports = foreign.sum(axis=1)
    transfer = (1.0 - margin) * (imports - (1.0 - margin) @ foreign)
    np.fill_diagonal(foreign, np.maximum(0.0, gdp + transfer - imports))
    return foreign


def _two_shares(countries: Sequence[str], foreign: Floats, gdp: Floats, reference: str) -> Floats:
    if reference not in countries:
        raise UnknownName("country", reference, countries, "calibration", "name the reference country or give margin")
    index = list(countries).index(reference)
    rest, alone = distribution_shares(foreign, gdp, index)
    return np.where(np.arange(len(countries)) == index, alone, rest)


def calibrate(
    name: str,
    countries: Sequence[str],
    flows: Floats,
    gdp: Floats,
    *,
    reference: str = "USA",
    margin: Floats | None = None,
    extra: Mapping[str, NDArray[Any]] | None = None,
    notes: tuple[str, ...] = (),
    **parameters: float,
) -> Economy:
    """A one-sector Armington world from international trade and GDP (spec, family A, calibration).

    Parameters
    ----------
    countries : codes in the order of the arrays.
    flows : value net of tariff, shape (importer, exporter), USD; the diagonal is ignored.
    gdp : shape (country,), USD.
    reference : country whose distribution share differs from the others'.
    margin : distribution shares by country, shape (country,); by default two shares from the targets `OWN_SHARES`.
    extra : further arrays kept with the world.
    parameters : values that replace `PARAMETERS`.
    """
    foreign = np.asarray(flows, dtype=np.float64).copy()
    check_flows(countries, foreign)
    np.fill_diagonal(foreign, 0.0)
    bad = ~(np.isfinite(gdp) & (gdp > 0))
    if bad.any():
        raise InputError(f"gdp, {countries[int(np.argmax(bad))]}", "is not a positive number", "leave the country out")
    nu = _two_shares(countries, foreign, gdp, reference) if margin is None else margin
    arrays = {"flows": with_own_trade(foreign, gdp, nu), "distribution_share": nu, "gdp": gdp, **(extra or {})}
    return Economy(name, "armington", tuple(countries), ("all",), arrays, {**PARAMETERS, **parameters}, notes)
