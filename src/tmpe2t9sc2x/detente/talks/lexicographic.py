"""Fair shares for three or more: the smallest share raised first, then the next, until nobody can get more.

With three parties the plain rule of Kalai and Smorodinsky may pick an outcome that another betters for one and hurts
for none (Roth 1979). The lexicographic rule (Imai 1983) raises the smallest gain in proportion to what each could
get at most, holds whoever cannot have more, and goes on; in dollars it is leximin. With two parties both give the
plain rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.codes.portrait import Readable
from detente.talks.continuous import smallest_gain, weighted_sum
from detente.talks.scatter import search, touched
from detente.talks.space import FREE, Bools, Floats, Negotiation

HELD = 1e-6
"""A party that could have no more than this, share of the scale, is held where it is."""


@dataclass(frozen=True, repr=False)
class FairShare(Readable):
    """A lexicographic solution.

    Attributes
    ----------
    outcome : shape (issues,); `payoffs` : from the reference, shape (parties,), USD billion a year; `gains` : over the
        threat.
    ideal : what each could get at most over the acceptable set; ones for leximin in dollars.
    rounds : of parties that were held one after another.
    """

    outcome: Floats = field(repr=False)
    payoffs: Floats
    gains: Floats
    ideal: Floats
    rounds: int


def ideal_gains(negotiation: Negotiation, base: Floats, origin: Floats, constraints: str = FREE) -> Floats | None:
    """Most that each party gets where all others keep the threat's payoffs, shape (parties,); None without a deal."""
    most = most_of_each(negotiation, range(origin.size), base, origin, constraints)
    return None if np.isnan(most).any() else most - origin


def most_of_each(
    negotiation: Negotiation,
    parties: Iterable[int],
    base: Floats,
    floor: Floats,
    constraints: str,
    also: Sequence[Floats] = (),
) -> Floats:
    """Most that some parties get while everybody keeps the floor, shape (parties,); NaN for none and for the others."""
    free, most = np.ones(len(negotiation.space.issues), dtype=bool), np.full(floor.size, np.nan)
    for k in parties:
        aim = weighted_sum((np.arange(floor.size) == k).astype(np.float64))
        best = search(negotiation, free, aim, base, constraints, "fair share", floor, also)
        if best is not None:
            most[k] = best.payoffs[k]
    return most


def fair_share(
    negotiation: Negotiation, base: Floats, origin: Floats, *, dollars: bool = False, constraints: str = FREE
) -> FairShare | None:
    """The lexicographic solution of Kalai and Smorodinsky, or leximin in dollars; None where no deal gains for all.

    A party to whom it does not matter what is agreed is left out: it keeps the threat, the others share.

    Parameters
    ----------
    base : outcome of the threat, from which issues move, shape (issues,); `origin` : its payoffs, shape (parties,).

    Raises
    ------
    SolveError : a search does not converge.
    """
    counts = touched(negotiation, base)
    ideal = np.ones(origin.size) if dollars else ideal_gains(negotiation, base, origin, constraints)
    if ideal is None or not counts.any() or ideal[counts].min() <= 0.0:
        return None
    ideal = np.where(counts, ideal, 1.0)
    free = np.ones(len(negotiation.space.issues), dtype=bool)
    floor, raised, rounds = origin.copy(), counts.copy(), 0
    outcome, payoffs = base, origin
    while raised.any():
        rounds += 1
        # Those held keep their floor; their own gain never counts as the smallest.
        own = np.where(raised, origin, -1e9)
        best = search(negotiation, free, smallest_gain(own, np.where(raised, ideal, 1.0)), base, constraints,
                      "fair share", _loose(floor, ideal), [outcome])  # fmt: skip
        if best is None:
            return None
        outcome, payoffs = best.outcome, best.payoffs
        level = float(((payoffs - origin) / ideal)[raised].min())
        floor = np.where(raised, origin + level * ideal, floor)
        stuck = _stuck(negotiation, outcome, floor, ideal, raised, constraints)
        raised &= ~stuck
    return FairShare(outcome, payoffs, payoffs - origin, ideal, rounds)


def _stuck(
    negotiation: Negotiation, outcome: Floats, floor: Floats, ideal: Floats, raised: Bools, constraints: str
) -> Bools:
    """Who cannot have more than the floor while everybody keeps it; at least one of those raised."""
    near = _loose(floor, ideal)
    most = most_of_each(negotiation, [*map(int, np.flatnonzero(raised))], outcome, near, constraints, [outcome])
    room = np.where(raised, np.nan_to_num((most - floor) / ideal), np.inf)
    return room <= max(float(room.min()), 1e3 * HELD)


def _loose(floor: Floats, ideal: Floats) -> Floats:
    """Floors a little lower, so that what just holds them is found."""
    return floor - HELD * ideal
