"""Worlds near by: other elasticities or another closure of one world, solved with the directions of the first.

What a solve takes from the baseline is only a direction: steps along that of a world near by lead to the same answer in
a few more evaluations, and finding a direction anew costs more than those. Where they lead nowhere, a world takes its
own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from detente.economy.families import family_of
from detente.economy.frame import Economy
from detente.economy.input_output.accounts import take_accounts
from detente.economy.iterate import NEAR_BY
from detente.economy.solver import without_deficits


def beside(other: Economy, economy: Economy) -> Economy:
    """The other world, solved from now on with the directions of one near by, which has the same axes."""
    other.memo[NEAR_BY] = economy
    return other


def with_elasticities(economy: Economy, theta: Any, near: Economy) -> Economy:
    """A world with other trade elasticities and the accounts it has in any case, solved with the directions of `near`.

    Parameters
    ----------
    theta : trade elasticities, one or shape (sector,).
    """
    other = economy.with_parameters(trade_elasticity=theta)
    take_accounts(other, economy)
    return beside(other, near)


def under_closure(economy: Economy, closure: str) -> tuple[Economy, Mapping[str, Any]]:
    """A world near by in which deficits follow another closure, and the options of its shocks; kept with the first.

    Parameters
    ----------
    closure : by the name readers know it by, such as "proportional"; the default of the family is the world itself.

    Raises
    ------
    UnknownName : at the first solve, a closure that the family does not have.
    """
    family = family_of(economy)
    options = dict(family.closure(closure))
    if options.get("closure") == family.closure(str(family.options["closure"]))["closure"]:
        return economy, {}
    key = ("under closure", closure)
    if key not in economy.memo:
        other = replace(economy)
        take_accounts(other, economy)
        beside(other, economy)
        economy.memo[key] = beside(without_deficits(other), economy) if closure == ZERO else other
    return economy.memo[key], {} if closure == ZERO else options


ZERO = "zero"
"""The closure whose deficits are gone from the baseline: its world is another one, and its shocks have no options."""
