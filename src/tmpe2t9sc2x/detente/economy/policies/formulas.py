"""Closed-form tariffs of family A and the averages of the published tables.

Source: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025): optimal uniform tariff
t* = 1 / ((1 + epsilon delta) phi - 1), with delta the inverse export supply elasticity the country faces.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.codes import InputError, UnknownName
from detente.economy.armington.accounts import accounts
from detente.economy.families import family_of
from detente.economy.frame import Economy, Equilibrium, Floats, baseline_tariff

WEIGHTS = ("expenditure", "gdp", "none")


def _one_sector(economy: Economy) -> None:
    if not family_of(economy).closed_form(economy):
        raise InputError(f"world {economy.name}", "closed forms are for one-sector Armington worlds", "solve for it")


def _inverse_supply(flows: Floats, share: Floats, size: Floats, margin: Floats, index: int) -> float:
    """Inverse export supply elasticity delta of a country; arrays [importer, exporter], `size` is Z."""
    sold = (1.0 - margin) * flows[:, index] * (1.0 - share[:, index])
    return float((sold.sum() - sold[index]) / ((1.0 - margin[index]) * (size[index] - flows[index, index])))


def formula_tariff(economy: Economy, country: str = "USA", *, size: str = "expenditure") -> float:
    """The formula-optimal uniform tariff of a country, share.

    `size` is what Z stands for: "expenditure" (E, the published one-sided tariff) or "income" (Y, in the published
    two-sided optimum).
    """
    _one_sector(economy)
    base, index = accounts(economy), economy.country(country)
    if size not in ("expenditure", "income"):
        raise UnknownName("size", size, ("expenditure", "income"))
    z = base.spending if size == "expenditure" else base.income
    delta = _inverse_supply(base.flows[0], base.share[0], z, base.margin, index)
    return float(1.0 / ((1.0 + base.trade[0, 0] * delta) * base.exponent[index] - 1.0))


def formula_retaliation(economy: Economy, country: str = "USA") -> float:
    """The formula-optimal tariff of everybody else on a country, one rate, share: the same on the 2 x 2 aggregate."""
    _one_sector(economy)
    base, index = accounts(economy), economy.country(country)
    group = (np.arange(base.spending.size) == index).astype(int)
    member = np.eye(2)[group]
    flows = member.T @ base.flows[0] @ member
    rest = int(np.flatnonzero(group == 0)[0])
    margin = np.array([base.margin[rest], base.margin[index]])
    share = flows / flows.sum(axis=1, keepdims=True)
    delta = _inverse_supply(flows, share, member.T @ base.income, margin, 0)
    return float(1.0 / ((1.0 + base.trade[0, 0] * delta) * base.exponent[rest] - 1.0))


def one_sided(economy: Economy, country: str, rates: float | Floats) -> Floats:
    """Tariffs of a country on every partner, at one rate or by exporter, shape (importer, exporter), shares."""
    tariff, index = baseline_tariff(economy), economy.country(country)
    tariff[index] = rates
    tariff[index, index] = 0.0
    return tariff


def with_retaliation(economy: Economy, tariff: Floats, country: str, rates: float | Floats | None = None) -> Floats:
    """The tariffs with every partner's on a country set: at a rate, or reciprocal where none is given."""
    both, index = tariff.copy(), economy.country(country)
    both[:, index] = tariff[index] if rates is None else rates
    both[index, index] = 0.0
    return both


def average(
    equilibrium: Equilibrium,
    column: str,
    *,
    weights: str | None = None,
    leave_out: Sequence[str] = (),
) -> float:
    """Average of a column of the table over countries, share.

    `weights` are baseline "expenditure", "gdp" (the array `gdp` of the world) or "none". By default as published:
    expenditure, with roundabout inputs the GDP of the world's file. Countries in `leave_out` do not count.
    """
    if column not in equilibrium.changes:
        raise UnknownName("column", column, equilibrium.changes)
    values = equilibrium.changes[column]
    weight = _weight(equilibrium.economy, weights)
    for code in leave_out:
        weight[equilibrium.economy.country(code)] = 0.0
    return float((values * weight).sum() / weight.sum())


def _weight(economy: Economy, name: str | None) -> Floats:
    family = family_of(economy)
    chosen = name or family.averaged_by(economy)
    if chosen not in WEIGHTS:
        raise UnknownName("weights", chosen, WEIGHTS)
    if chosen == "none":
        return np.ones(len(economy.countries))
    if chosen == "gdp" and "gdp" not in economy.arrays:
        raise InputError(f"world {economy.name}", "has no GDP to weigh by", "weigh by expenditure")
    return np.array(family.expenditure(economy) if chosen == "expenditure" else economy.arrays["gdp"], dtype=np.float64)


def _published(economy: Economy) -> tuple[Floats, Floats]:
    """Trade with tariffs and income at the baseline; refused for a family that publishes no such averages."""
    base = family_of(economy).published_base(economy)
    if base is None:
        raise InputError(
            f"world {economy.name}", "is of a family without these averages", "take the table of countries"
        )
    return base


def world_trade_to_gdp(equilibrium: Equilibrium) -> float:
    """Change of world trade, tariffs included, over world income, share."""
    (old, income), shock = _published(equilibrium.economy), equilibrium.shock
    gross = 1.0 if shock.tariff is None else 1.0 + shock.tariff
    new = equilibrium.levels["trade"] * gross
    old = old.reshape(new.shape)
    abroad = ~np.eye(new.shape[0], dtype=bool)
    grown = equilibrium.levels["income"].sum() / income.sum()
    return float(new[abroad].sum() / old[abroad].sum() / grown - 1.0)


def world_employment(equilibrium: Equilibrium) -> float:
    """Change of world employment, weighted by baseline income, share."""
    _, income = _published(equilibrium.economy)
    return float(income @ equilibrium.changes["employment"] / income.sum())
