"""Countries that a shock cuts off from the others: a fixed deficit that no trade is left to carry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.codes import SolveError
from detente.economy.frame import Economy, Shock
from detente.economy.input_output.equations import problem

CUT = 1e-4
"""Two countries are cut off from one another when this share of their trade is left at unchanged prices."""

CARRIED = 1e-2
"""Trade left at unchanged prices that a fixed deficit needs, share of the deficit."""


def refuse_stranded(economy: Economy, shock: Shock) -> None:
    """`SolveError` naming countries cut off from the others whose deficit no trade is left to carry."""
    pr = problem(economy, shock)
    if pr.closure == "none":
        return
    base = pr.base
    old, left = (np.einsum("jni,nj->ni", pull, base.spending) for pull in (base.share, pr.pull))
    for members in _islands((left + left.T) > CUT * (old + old.T)):
        crossing = left[members][:, ~members].sum() + left[~members][:, members].sum()
        owed = abs(base.deficit[members].sum())
        if owed > 1e-9 * base.income.sum() and crossing < CARRIED * owed:
            names = [economy.countries[n] for n in np.flatnonzero(members)]
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            raise SolveError(
                f"{economy.name}: no equilibrium. The deficit of {', '.join(names[:3])}{more} with the others "
                "is fixed, and at these costs no trade is left to carry it; use the closure zero."
            )


def _islands(joined: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Groups of countries that trade within but not across, as masks of shape (country,)."""
    free, islands = np.ones(len(joined), dtype=bool), []
    while free.any():
        members = np.zeros(len(joined), dtype=bool)
        members[int(np.argmax(free))] = True
        while (grown := members | joined[members].any(axis=0)).sum() > members.sum():
            members = grown
        free &= ~members
        islands.append(members)
    return islands if len(islands) > 1 else []
