"""Closures of family A that first change the baseline: zero deficits and balanced trade with one country.

`zero` solves T = 0 at no tariff and takes the answer as the new baseline, so that the accounting step is no part of
the policy's effect. `balanced` (the pivot's bilateral balances close) solves its transfers at no tariff and then with
tariffs and reports the difference of the two changes, as published. Balanced transfers do not sum to zero: by default
they are rescaled so that they do; `as_published` keeps them and lets the dropped equation absorb the gap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detente.codes import declared_note
from detente.economy.armington.accounts import accounts
from detente.economy.family import Solve
from detente.economy.frame import Economy, Equilibrium, Shock


def staged(economy: Economy, shock: Shock, solve: Solve) -> Equilibrium | None:
    """The equilibrium of a closure with a first step; None for a closure without one."""
    closure = shock.options.get("closure")
    if closure == "zero":
        rest = {name: value for name, value in shock.options.items() if name != "closure"}
        return solve(without_deficits(economy, solve), replace(shock, options=rest))
    if closure == "balanced":
        return _balanced(economy, shock, solve)
    return None


def without_deficits(economy: Economy, solve: Solve) -> Economy:
    """The baseline after all transfers are set to zero at no tariff, kept with the economy."""
    if "without deficits" not in economy.memo:
        first = solve(economy, Shock(options={"closure": "zero"}))
        economy.memo["without deficits"] = rebased(economy, first)
    return economy.memo["without deficits"]


def rebased(economy: Economy, first: Equilibrium) -> Economy:
    """The economy whose baseline is an equilibrium without tariffs."""
    trade = np.array(first.levels["trade"])
    own = np.einsum("ii...->i...", trade)
    own *= accounts(economy).value_added
    note = declared_note("economy.no_tariff_base")
    arrays = {**economy.arrays, "flows": trade}
    return replace(economy, arrays=arrays, notes=(*economy.notes, note))


def _balanced(economy: Economy, shock: Shock, solve: Solve) -> Equilibrium:
    equilibrium = _difference(economy, shock, solve)
    if shock.options.get("as_published"):
        walras = equilibrium.certificate.walras
        note = declared_note("economy.transfers_published", share=walras)
        return replace(equilibrium, notes=(*equilibrium.notes, note))
    published = _difference(economy, replace(shock, options={**shock.options, "as_published": True}), solve)
    moved = np.abs(equilibrium.changes["welfare"] - published.changes["welfare"])
    worst = int(np.argmax(moved))
    country = economy.countries[worst]
    note = declared_note("economy.transfers_rescaled", points=100 * moved[worst], country=country)
    return replace(equilibrium, notes=(*equilibrium.notes, note))


def _difference(economy: Economy, shock: Shock, solve: Solve) -> Equilibrium:
    """Changes with tariffs less changes without, both under the closure's transfers."""
    key = ("balanced", shock.key)
    if key not in economy.memo:
        economy.memo[key] = solve(economy, shock.nothing())
    first = economy.memo[key]
    second = solve(economy, shock)
    return replace(second, changes={name: second.changes[name] - first.changes[name] for name in second.changes})
