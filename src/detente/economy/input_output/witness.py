"""What an auditor needs to check solved equilibria of family B in decimals: accounts, tariffs, and what solves.

The equations of the class that is checked are those of `family` with costs that are Cobb-Douglas in one wage a country
and in prices of inputs, from accounts that balance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.economy.frame import Economy, Equilibrium
from detente.economy.input_output.accounts import accounts, cube, is_balanced, technology
from detente.economy.input_output.equations import blocks, closure_of

Json = dict[str, Any]


def witness(economy: Economy, points: Mapping[str, Equilibrium]) -> tuple[Json, Json] | None:
    """Accounts with the tariffs of each equilibrium, [importer][exporter][sector], and what solves it.

    Parameters
    ----------
    points : equilibria of one economy under one closure, by name.

    Returns
    -------
    None where costs are of another kind or the accounts do not balance. What solves are logs over the baseline: wages
    [country], prices and spending [country][sector].
    """
    if not is_balanced(economy) or not all(_is_plain(economy, point) for point in points.values()):
        return None
    base, flows = accounts(economy), cube(economy, "flows")
    changes = {
        key: {
            name: value.reshape(flows.shape).tolist()
            for name, point in points.items()
            if (value := getattr(point.shock, of)) is not None
        }
        for key, of in (("new", "tariff"), ("costs", "cost_hat"))
    }
    data = {
        "countries": list(economy.countries), "sectors": list(economy.sectors), "theta": base.theta.tolist(),
        "inputs": base.inputs.tolist(), "final": base.final.tolist(),
        "flows": flows.tolist(), "old": cube(economy, "tariff").tolist(), **changes,
    }  # fmt: skip
    names = ("wages", "prices", "spending")
    solved = {
        name: dict(zip(names, (part.tolist() for part in blocks(point.u, *base.spending.shape)), strict=True))
        for name, point in points.items()
    }
    closure, *others = {closure_of(point.shock) for point in points.values()}
    assert not others
    return data, {"closure": closure, "solved": solved}


def _is_plain(economy: Economy, point: Equilibrium) -> bool:
    tech = technology(economy, point.shock)
    more = tech.follows_sales or tech.supply or tech.rents.any() or tech.renewed is not None
    return not more and tech.substitution is None and point.shock.productivity_hat is None
