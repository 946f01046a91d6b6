"""What all parties can agree on, whatever their number: is there room, who closes it, and the package of Nash.

An outcome is acceptable where every party has at least its threat payoff. The product of gains may have several peaks
where payoffs are not concave, so the search begins at several places and every peak near the best is kept: more than
one is a finding. A party to whom it does not matter what is agreed is left out of products and smallest gains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.codes.portrait import Readable
from detente.talks.acceptable import NOTHING
from detente.talks.continuous import BestOutcome, peaks, smallest_gain, weighted_sum
from detente.talks.lexicographic import most_of_each
from detente.talks.scatter import begin, climb, log_gains, search, touched
from detente.talks.space import FREE, Bools, Floats, Negotiation

PEAKS = 8
"""Outcomes from which the package of Nash is climbed to."""

WITHIN = 0.01
"""A peak counts whose product of gains falls short of the best by no more, share."""

APART = 1e-3
"""Change of levels, share of their width, from which two packages differ."""

FAR = 1e9
"""Gain of a party that does not count, USD billion a year."""

STEP = 0.01
"""Step of threat payoffs in finite differences, share of the smallest gain."""


@dataclass(frozen=True, repr=False)
class CommonGround(Readable):
    """What all parties prefer to a threat.

    Attributes
    ----------
    counts : parties to whom it matters what is agreed, shape (parties,).
    meeting : outcome with the largest smallest gain, shape (issues,); `smallest` : that gain, USD billion a year.
    empty : "" where a deal gains for all, "only the threat" where none does but the threat is met, "conflict" else.
    room : most that each gains with no other worse off, shape (parties,); `most` : if the others had no say.
    closes : codes of those without whose consent there would be a deal.
    """

    counts: Bools
    meeting: Floats = field(repr=False)
    smallest: float
    empty: str
    room: Floats
    most: Floats
    closes: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class JointDeal(Readable):
    """A package of all parties.

    Attributes
    ----------
    outcome : shape (issues,); `payoffs` : from the reference, shape (parties,), USD billion a year; `gains` : over the
        threat.
    product : of the gains as a share of the largest; one for packages that have none.
    """

    outcome: Floats = field(repr=False)
    payoffs: Floats
    gains: Floats
    product: float = 1.0


def common_ground(negotiation: Negotiation, base: Floats, origin: Floats, constraints: str = FREE) -> CommonGround:
    """Whether a deal gains for all over a threat, and whose refusal closes the table where none does.

    Parameters
    ----------
    base : outcome within the table near which it stands, shape (issues,); `origin` : payoffs of the threat.

    Raises
    ------
    SolveError : a search does not converge.
    """
    counts, n = touched(negotiation, base), origin.size
    best = _smallest(negotiation, base, origin, counts, constraints)
    size = max(float(np.abs(best.payoffs - origin).max()), 1.0)
    gain = float((best.payoffs - origin)[counts].min()) if counts.any() else 0.0
    empty = "" if gain > NOTHING * size else "only the threat" if gain > -NOTHING * size else "conflict"
    whole = np.full(n, -np.inf)
    most = most_of_each(negotiation, range(n), base, whole, constraints) - origin
    room, closes = np.zeros(n), []
    if not empty:
        room = most_of_each(negotiation, range(n), base, origin, constraints, [best.outcome]) - origin
        return CommonGround(counts, best.outcome, gain, empty, np.maximum(room, 0.0), most, ())
    for k in map(int, np.flatnonzero(counts)):
        others = counts & (np.arange(n) != k)
        if others.any():
            without = _smallest(negotiation, base, origin, others, constraints)
            closes += [negotiation.parties[k]] * bool((without.payoffs - origin)[others].min() > NOTHING * size)
    return CommonGround(counts, best.outcome, gain, empty, room, most, tuple(closes))


def _smallest(negotiation: Negotiation, base: Floats, origin: Floats, counts: Bools, constraints: str) -> BestOutcome:
    """The outcome with the largest smallest gain of some parties."""
    free = np.ones(len(negotiation.space.issues), dtype=np.bool_)
    aim = smallest_gain(np.where(counts, origin, -FAR), np.ones(origin.size))
    best = search(negotiation, free, aim, base, constraints, "smallest gain")
    if best is None:
        V = negotiation.payoffs.value(base[None])
        return BestOutcome(base, V[0], float(aim.value(V)[0]), 0.0, 0.0)
    return best


def nash_deals(
    negotiation: Negotiation,
    base: Floats,
    origin: Floats,
    constraints: str = FREE,
    ground: CommonGround | None = None,
    starts: int = PEAKS,
) -> list[JointDeal]:
    """Packages of Nash, weighted by the power of the negotiation: every peak near the best, the best first.

    Parameters
    ----------
    ground : what is acceptable over the threat, where it is known; `starts` : places from which it is climbed.

    Returns
    -------
    Nothing where no deal gains for all.

    Raises
    ------
    SolveError : a search does not converge.
    """
    ground = ground or common_ground(negotiation, base, origin, constraints)
    if ground.empty:
        return []
    counts = ground.counts
    aim = log_gains(origin, counts, shares(negotiation, counts), max(float(ground.room[counts].max()), 1e-9))
    free, floor = np.ones(base.size, dtype=np.bool_), np.where(counts, origin, -np.inf)
    begun = begin(negotiation, free, aim, base, constraints, floor, [ground.meeting], starts)
    if begun is None:
        return []
    problem, places = begun
    spread = [*places[: starts - 1], ground.meeting]
    good = peaks(problem, aim, spread) or [best for best in [search(
        negotiation, free, aim, base, constraints, "package of Nash", floor, [ground.meeting])] if best]  # fmt: skip
    kept: list[JointDeal] = []
    for peak in good:
        product = float(np.exp(counts.sum() * (peak.value - good[0].value)))
        if product >= 1.0 - WITHIN and not any(alike(negotiation, peak.outcome, other.outcome) for other in kept):
            kept.append(JointDeal(peak.outcome, peak.payoffs, peak.payoffs - origin, product))
    return kept


def shares(negotiation: Negotiation, counts: Bools) -> Floats:
    """Bargaining power of those who count, in sum one, shape (parties,)."""
    power = np.array([negotiation.power[code] for code in negotiation.parties]) * counts
    return np.asarray(power / power.sum())


def largest_sum(
    negotiation: Negotiation, base: Floats, floor: Floats, constraints: str = FREE, also: Sequence[Floats] = ()
) -> JointDeal | None:
    """The outcome with the largest sum of payoffs at which nobody has less than the floor; None where none has.

    Parameters
    ----------
    also : outcomes that are known to hold the floors.
    """
    free = np.ones(len(negotiation.space.issues), dtype=np.bool_)
    best = search(negotiation, free, weighted_sum(np.ones(floor.size)), base, constraints, "largest sum", floor, also)
    return None if best is None else JointDeal(best.outcome, best.payoffs, best.payoffs - floor)


def alike(negotiation: Negotiation, first: Floats, second: Floats) -> bool:
    """Whether two packages are one."""
    width = negotiation.space.upper - negotiation.space.lower
    return bool((np.abs(first - second) / width).max() < APART)


def power_of_threats(negotiation: Negotiation, deal: JointDeal, origin: Floats, constraints: str = FREE) -> Floats:
    """Dollars by which the package of Nash moves for each party, per dollar of each party's threat payoff.

    Returns
    -------
    [i, j] is d payoff_i / d threat_j, shape (parties, parties); NaN where nothing is reached.
    """
    counts = np.asarray(deal.gains > 0.0)
    free, n = np.ones(deal.outcome.size, dtype=np.bool_), origin.size
    step, size = STEP * max(float(deal.gains[counts].min(initial=np.inf)), 1e-6), float(deal.gains.max())
    slopes = np.full((n, n), np.nan)
    for j in range(n):
        ends = []
        for sign in (1.0, -1.0):
            moved = origin + sign * step * np.eye(n)[j]
            aim = log_gains(moved, counts, shares(negotiation, counts), size)
            ends.append(climb(negotiation, free, aim, deal.outcome, size, moved, constraints))
        if ends[0] is not None and ends[1] is not None:
            slopes[:, j] = (ends[0].payoffs - ends[1].payoffs) / (2.0 * step)
    return slopes
