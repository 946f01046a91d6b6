"""Households: what dearer consumption costs each tenth of them, on two bases that are never mixed.

* *out of pocket*: rises of prices on what the survey of consumer expenditures says a household pays itself.
* *national accounts*: the loss on all consumption, which holds what others pay for households (health insurance of
  employers and government, the rent owners would pay themselves) and what surveys miss. It is about twice the first,
  and published costs per household are mostly on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.trade.prices import PriceTables

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Budgets:
    """What groups of equally many households earn and spend in a year.

    Attributes
    ----------
    categories : budget categories.
    share : share of a category in a group's spending, shape (categories, groups); sums below 1, the rest is on goods
        no category holds, and is never scaled up.
    expenditure, income : spending, and income after taxes, of a household, USD, shape (groups,).
    households : number of households in all groups.
    growth : consumer spending of the year the burden is told in over that of the price tables.
    """

    categories: tuple[str, ...]
    share: Floats = field(repr=False)
    expenditure: Floats = field(repr=False)
    income: Floats = field(repr=False)
    households: float
    growth: float

    def places(self, categories: Sequence[str]) -> NDArray[np.int64]:
        """Position of each category in the budgets, shape (len(categories),).

        Raises
        ------
        InputError
            for a category that the budgets do not have.
        """
        missing = [name for name in categories if name not in self.categories]
        if missing:
            raise InputError("households", f"budgets have no category '{missing[0]}'", "use the detailed accounts")
        return np.asarray([self.categories.index(name) for name in categories], dtype=np.int64)


@dataclass(frozen=True)
class Burden:
    """Cost of higher prices by group of households, in a year.

    Attributes
    ----------
    rate : rise of prices over a household's own spending, share of expenditure, shape (..., groups).
    out_of_pocket, national_accounts : cost to a household on the two bases, USD, shape (..., groups).
    """

    budgets: Budgets = field(repr=False)
    rate: Floats
    out_of_pocket: Floats
    national_accounts: Floats

    @property
    def share_of_income(self) -> Floats:
        """Cost out of pocket over income after taxes, share, shape (..., groups)."""
        return self.out_of_pocket / self.budgets.income

    @property
    def mean(self) -> Burden:
        """The average household; its rate is cost over spending, shape (..., 1)."""
        b = self.budgets
        whole = Budgets(
            b.categories,
            (b.share @ b.expenditure / b.expenditure.sum())[:, None],
            b.expenditure.mean(keepdims=True),
            b.income.mean(keepdims=True),
            b.households,
            b.growth,
        )
        pocket, accounts = (cost.mean(axis=-1, keepdims=True) for cost in (self.out_of_pocket, self.national_accounts))
        return Burden(whole, pocket / whole.expenditure, pocket, accounts)


def losses(tables: PriceTables, lines: Floats, budgets: Budgets) -> Floats:
    """Loss on each budget category at unchanged purchases, USD a year, shape (..., categories of the tables).

    ``L_g = pi_g RV_g growth`` with the rise of the category and its purchasers' value.

    Parameters
    ----------
    lines : rise of each line of consumer spending, share, shape (..., lines).
    """
    spent = lines * tables.purchasers
    return np.moveaxis(tables.in_categories(np.moveaxis(spent, -1, 0)), 0, -1) * budgets.growth


def burden(tables: PriceTables, lines: Floats, budgets: Budgets) -> Burden:
    """Cost of price rises by group of households.

    Out of pocket: ``rate_d = sum_g s_dg pi_g`` and ``cost_d = rate_d X_d``. National accounts: the loss of a category
    goes to groups as their spending on it, ``w_dg = s_dg X_d / sum_d s_dg X_d``.

    Parameters
    ----------
    lines : rise of each line of consumer spending, share, shape (..., lines).

    Raises
    ------
    InputError
        where the budgets lack a category of the tables.
    """
    places = budgets.places(tables.used_categories)
    lost = losses(tables, lines, budgets)
    rise = lost / (tables.in_categories(tables.purchasers) * budgets.growth)
    share = budgets.share[places]
    rate = rise @ share
    spent = share * budgets.expenditure
    whole = spent.sum(axis=1, keepdims=True)
    weight = np.where(whole > 0, spent / np.where(whole > 0, whole, 1.0), 0.0)
    per_household = budgets.households / budgets.expenditure.size
    return Burden(budgets, rate, rate * budgets.expenditure, lost @ weight / per_household)
