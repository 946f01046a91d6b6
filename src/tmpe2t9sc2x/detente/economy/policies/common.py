"""One tariff of several countries on one partner: the best rate of a customs union, or of one country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente.codes.portrait import Readable
from detente.economy.frame import Economy, Equilibrium, Floats, Shock
from detente.economy.policies.concessions import worth
from detente.economy.policies.policy import Search, groups, one_rate
from detente.economy.tariff_table import goods


@dataclass(frozen=True, repr=False)
class CommonRate(Readable):
    """The one rate of some countries on the goods of a partner that is best for them together.

    Attributes
    ----------
    rate : share; `equilibrium` : the solved economy under it; `evaluations` : solves used.
    """

    rate: float
    equilibrium: Equilibrium = field(repr=False)
    evaluations: int


@np.errstate(all="ignore")
def common_rate(economy: Economy, members: Sequence[str], partner: str, shock: Shock) -> CommonRate:
    """The rate that is best for the members together, their real incomes weighed in USD.

    Parameters
    ----------
    members : who set it, each the same; `partner` : on whose goods.
    shock : all other tariffs and trade costs.

    Raises
    ------
    UnknownName, InputError : a country the world does not have, or nothing imported.
    SolveError : no equilibrium along the way.
    """
    group = np.full_like(groups(economy, members[0], "uniform", [partner], goods(economy)), -1)
    for member in members:
        own = groups(economy, member, "uniform", [partner], goods(economy))
        group = np.where(own >= 0, 0, group)
    search = Search(economy, replace(shock, notes=()), shares_of(economy, members), group)
    _, logs = one_rate(search)
    _, best = search.solve(logs)
    return CommonRate(float(np.expm1(logs[0])), best, search.solves)


def shares_of(economy: Economy, members: Sequence[str]) -> Floats:
    """Weights of the real income of some countries in what they have together, shape (country,)."""
    amounts, places = worth(economy), [economy.country(code) for code in members]
    weights = np.zeros(len(economy.countries))
    weights[places] = amounts[places] / amounts[places].sum()
    return weights
