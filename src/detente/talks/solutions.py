"""What deal is likely: is there room for one, who closes the table, and the package of each concept, for any parties.

With gains g = V - d over the threat: Nash (1950) maximises the product of gains, weighted by power where sides differ;
Kalai and Smorodinsky (1975) raise all gains in proportion to the most each side could get over the acceptable set;
egalitarian (Kalai 1977) raises them equally, utilitarian raises their sum, both in dollars. The first two do not change
when one side's payoff is measured in other units; the last two do.

With three parties the plain rule of Kalai and Smorodinsky may pick an outcome that another betters for one and hurts
for none (Roth 1979). So the smallest share is raised first, then the next, until nobody can get more (Imai 1983); with
two parties that is the plain rule. The product of gains may have several peaks where payoffs are not concave: the
search begins at several places and every peak near the best is kept. A party to whom it does not matter what is agreed
is left out of products and smallest gains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from detente.codes import SolveError, UnknownName
from detente.codes.portrait import Readable
from detente.talks.continuous import BestOutcome, gap_slope, peaks, smallest_gain, weighted_sum
from detente.talks.limits import within
from detente.talks.scatter import begin, climb, log_gains, search, touched
from detente.talks.space import FREE, Bools, Floats, Negotiation, Threat, local

CONCEPTS = ("nash", "asymmetric nash", "kalai-smorodinsky", "egalitarian", "utilitarian")

NOTHING = 1e-7
"""A smallest gain of no more than this share of the scale of payoffs is no gain."""

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

HELD = 1e-6
"""A party that could have no more than this, share of the scale, is held where it is."""

TIE = 1e-9
"""Bargaining powers closer than this are equal."""


@dataclass(frozen=True, repr=False)
class CommonGround(Readable):
    """What all parties prefer to a threat.

    Attributes
    ----------
    counts : parties to whom it matters what is agreed, shape (parties,).
    best : the outcome with the largest smallest gain, with its certificate; `smallest` : that gain, USD billion a year.
    empty : "" where a deal gains for all, "only the threat" where none does but the threat is met, "conflict" else.
    room : most that each gains with no other worse off, shape (parties,); `most` : if the others had no say.
    closes : codes of those without whose consent there would be a deal.
    """

    counts: Bools
    best: BestOutcome = field(repr=False)
    smallest: float
    empty: str
    room: Floats
    most: Floats
    closes: tuple[str, ...]

    @property
    def meeting(self) -> Floats:
        """The outcome with the largest smallest gain, shape (issues,)."""
        return self.best.outcome


@dataclass(frozen=True, repr=False)
class Solution(Readable):
    """A package of all parties.

    Attributes
    ----------
    outcome : shape (issues,); `payoffs` : from the reference, shape (parties,), USD billion a year; `gains` : over the
        threat.
    product : of the gains as a share of the largest; one for packages that have none.
    residual : first-order residual, share; `polled` : most a poll nearby still gains, share of the scale of payoffs.
    """

    outcome: Floats = field(repr=False)
    payoffs: Floats
    gains: Floats
    product: float = 1.0
    residual: float = 0.0
    polled: float = 0.0


@dataclass(frozen=True)
class Corner:
    """An issue that a deal leaves at the end of what is on the table.

    Attributes
    ----------
    issue : its name; `level` : where it stands; `end` : "lowest", "highest", or the name of the constraint that binds.
    beyond : change of each party's payoff for one unit further in that direction, USD billion a year, shape (parties,).
    """

    issue: str
    level: float
    end: str
    beyond: Floats


def _made(best: BestOutcome, origin: Floats, product: float = 1.0) -> Solution:
    return Solution(best.outcome, best.payoffs, best.payoffs - origin, product, best.residual, best.polled)


def _every(base: Floats) -> Bools:
    return np.ones(base.size, dtype=np.bool_)


# --- what is acceptable to all ---------------------------------------------------------------------------------------


def common_ground(
    negotiation: Negotiation, base: Floats, origin: Floats, constraints: str = FREE, *, whole: bool = True
) -> CommonGround:
    """Whether a deal gains for all over a threat, and whose refusal closes the table where none does.

    Parameters
    ----------
    base : outcome within the table near which it stands, shape (issues,); `origin` : payoffs of the threat.
    whole : whether it is asked what each could have alone and who closes the table: packages need neither.

    Raises
    ------
    SolveError : a search does not converge.
    """
    counts, n = touched(negotiation, base), origin.size
    best, gain, empty = _meeting(negotiation, base, origin, counts, constraints, _every(base))
    most_of = partial(most_of_each, negotiation, range(n), base, constraints=constraints)
    most, room, closes = np.full(n, np.nan), np.zeros(n), []
    if not empty:
        room = np.maximum(most_of(floor=origin, also=[best.outcome]) - origin, 0.0)
    if whole:
        most = np.maximum(most_of(floor=np.full(n, -np.inf)) - origin, room)
    for k in map(int, np.flatnonzero(counts)) if whole and empty else ():
        others = counts & (np.arange(n) != k)
        if others.any() and not _meeting(negotiation, base, origin, others, constraints, _every(base))[2]:
            closes.append(negotiation.parties[k])
    return CommonGround(counts, best, gain, empty, room, most, tuple(closes))


def _meeting(
    negotiation: Negotiation, base: Floats, origin: Floats, counts: Bools, constraints: str, free: Bools
) -> tuple[BestOutcome, float, str]:
    """The outcome with the largest smallest gain of some parties, that gain, and why it is none: "" where it is one."""
    aim = smallest_gain(np.where(counts, origin, -FAR), np.ones(origin.size))
    best = search(negotiation, free, aim, base, constraints, "smallest gain")
    if best is None:
        V = negotiation.payoffs.value(base[None])
        best = BestOutcome(base, V[0], float(aim.value(V)[0]), 0.0, 0.0)
    gains = best.payoffs - origin
    gain = float(gains[counts].min()) if counts.any() else 0.0
    nothing = NOTHING * max(float(np.abs(gains).max()), 1.0)
    return best, gain, "" if gain > nothing else "only the threat" if gain > -nothing else "conflict"


def most_of_each(
    negotiation: Negotiation,
    parties: Iterable[int],
    base: Floats,
    floor: Floats,
    constraints: str,
    also: Sequence[Floats] = (),
) -> Floats:
    """Most that some parties get while everybody keeps the floor, shape (parties,); NaN for none and for the others."""
    most = np.full(floor.size, np.nan)
    for k in parties:
        aim = weighted_sum((np.arange(floor.size) == k).astype(np.float64))
        best = search(negotiation, _every(base), aim, base, constraints, "room", floor, also)
        if best is not None:
            most[k] = best.payoffs[k]
    return most


# --- packages --------------------------------------------------------------------------------------------------------


def solve_all(
    negotiation: Negotiation, threat: Threat, constraints: str = FREE, ground: CommonGround | None = None
) -> dict[str, Solution]:
    """The package of every concept under one threat; empty where no deal gains for all.

    Equal powers need no second package of Nash.
    """
    base = negotiation.space.near(threat)
    ground = ground or common_ground(negotiation, base, threat.value, constraints, whole=False)
    solutions: dict[str, Solution] = {}
    for concept in CONCEPTS:
        if concept == "asymmetric nash" and np.ptp(list(negotiation.power.values())) < TIE and "nash" in solutions:
            solutions[concept] = solutions["nash"]
        elif (solution := solve_concept(negotiation, threat, concept, constraints, ground)) is not None:
            solutions[concept] = solution
    return solutions


def solve_concept(
    negotiation: Negotiation,
    threat: Threat,
    concept: str = "nash",
    constraints: str = FREE,
    ground: CommonGround | None = None,
) -> Solution | None:
    """The package of one concept; None where no deal gains for all.

    Parameters
    ----------
    ground : what is acceptable over the threat, where it is known.

    Raises
    ------
    UnknownName : no such concept. SolveError : a search does not converge.
    """
    if concept not in CONCEPTS:
        raise UnknownName("solution concept", concept, CONCEPTS)
    base, origin = negotiation.space.near(threat), threat.value
    if "nash" in concept:
        alike = negotiation if concept == "asymmetric nash" else replace(negotiation, power={})
        return next(iter(nash_deals(alike, base, origin, constraints, ground, PEAKS // 2)), None)
    ground = ground or common_ground(negotiation, base, origin, constraints, whole=False)
    if ground.empty:
        return None
    if concept == "utilitarian":
        return largest_sum(negotiation, base, origin, constraints, [ground.meeting])
    return fair_share(negotiation, base, origin, dollars=concept == "egalitarian", constraints=constraints,
                      ground=ground)  # fmt: skip


def nash_deals(
    negotiation: Negotiation,
    base: Floats,
    origin: Floats,
    constraints: str = FREE,
    ground: CommonGround | None = None,
    starts: int = PEAKS,
    free: Bools | None = None,
) -> list[Solution]:
    """Packages of Nash, weighted by the power of the negotiation: every peak near the best, the best first.

    Parameters
    ----------
    ground : what is acceptable over the threat, where it is known; `starts` : places from which it is climbed.
    free : issues that move, all by default.

    Returns
    -------
    Nothing where no deal gains for all.

    Raises
    ------
    SolveError : a search does not converge.
    """
    free = _every(base) if free is None else free
    if ground is None:
        counts = touched(negotiation, base)
        best, _, empty = _meeting(negotiation, base, origin, counts, constraints, free)
        meeting, size = best.outcome, float((best.payoffs - origin).max())
    else:
        counts, meeting, empty, size = ground.counts, ground.meeting, ground.empty, float(ground.room.max())
    if empty:
        return []
    aim = log_gains(origin, counts, shares(negotiation, counts), max(size, 1e-9))
    floor = np.where(counts, origin, -np.inf)
    problem, places, _ = begin(negotiation, free, aim, base, constraints, floor, [meeting], starts)
    good = peaks(problem, aim, [*places[: starts - 1], meeting]) or [best for best in [search(
        negotiation, free, aim, base, constraints, "package of Nash", floor, [meeting])] if best]  # fmt: skip
    kept: list[Solution] = []
    for peak in good:
        product = float(np.exp(counts.sum() * (peak.value - good[0].value)))
        if product >= 1.0 - WITHIN and not any(alike(negotiation, peak.outcome, other.outcome) for other in kept):
            kept.append(_made(peak, origin, product))
    return kept


def shares(negotiation: Negotiation, counts: Bools) -> Floats:
    """Bargaining power of those who count, in sum one, shape (parties,)."""
    power = np.array([negotiation.power[code] for code in negotiation.parties]) * counts
    return np.asarray(power / power.sum())


def largest_sum(
    negotiation: Negotiation,
    base: Floats,
    floor: Floats,
    constraints: str = FREE,
    also: Sequence[Floats] = (),
    free: Bools | None = None,
) -> Solution | None:
    """The outcome with the largest sum of payoffs at which nobody has less than the floor; None where none has.

    Parameters
    ----------
    also : outcomes that are known to hold the floors; `free` : issues that move, all by default.
    """
    free, aim = _every(base) if free is None else free, weighted_sum(np.ones(floor.size))
    best = search(negotiation, free, aim, base, constraints, "largest sum", floor, also)
    return None if best is None else _made(best, floor)


def alike(negotiation: Negotiation, first: Floats, second: Floats) -> bool:
    """Whether two packages are one."""
    width = negotiation.space.upper - negotiation.space.lower
    return bool((np.abs(first - second) / width).max() < APART)


def nash_near(
    negotiation: Negotiation, start: Floats, origin: Floats, constraints: str = FREE, counts: Bools | None = None
) -> Solution | None:
    """The package of Nash near an outcome, for threat payoffs that have moved a little; None where none is reached."""
    counts = np.ones(origin.size, dtype=np.bool_) if counts is None else counts
    size = max(float((negotiation.value(start) - origin).max()), 1e-9)
    aim = log_gains(origin, counts, shares(negotiation, counts), size)
    best = climb(negotiation, _every(start), aim, start, size, origin, constraints)
    return None if best is None else _made(best, origin)


def power_of_threats(negotiation: Negotiation, deal: Solution, origin: Floats, constraints: str = FREE) -> Floats:
    """Dollars by which the package of Nash moves for each party, per dollar of each party's threat payoff.

    Returns
    -------
    [i, j] is d payoff_i / d threat_j, shape (parties, parties); NaN where nothing is reached.
    """
    counts, n = np.asarray(deal.gains > 0.0), origin.size
    step = STEP * max(float(deal.gains[counts].min(initial=np.inf)), 1e-6)
    slopes = np.full((n, n), np.nan)
    for j, unit in enumerate(step * np.eye(n)):
        up, down = (nash_near(negotiation, deal.outcome, origin + move, constraints, counts) for move in (unit, -unit))
        if up is not None and down is not None:
            slopes[:, j] = (up.payoffs - down.payoffs) / (2.0 * step)
    return slopes


def fair_share(
    negotiation: Negotiation,
    base: Floats,
    origin: Floats,
    *,
    dollars: bool = False,
    constraints: str = FREE,
    ground: CommonGround | None = None,
) -> Solution | None:
    """The lexicographic solution of Kalai and Smorodinsky, or leximin in dollars; None where no deal gains for all.

    A party to whom it does not matter what is agreed is left out: it keeps the threat, the others share.

    Parameters
    ----------
    base : outcome of the threat, from which issues move, shape (issues,); `origin` : its payoffs, shape (parties,).
    ground : what is acceptable over the threat, where it is known.

    Raises
    ------
    SolveError : a search does not converge.
    """
    ground = ground or common_ground(negotiation, base, origin, constraints, whole=False)
    counts, ideal = ground.counts, np.ones(origin.size) if dollars else ground.room
    if ground.empty or not counts.any() or ideal[counts].min() <= 0.0:
        return None
    ideal = np.where(counts, ideal, 1.0)
    floor, raised, package = origin.copy(), counts.copy(), None
    outcome = ground.meeting
    while raised.any():
        # Those held keep their floor; their own gain never counts as the smallest.
        aim = smallest_gain(np.where(raised, origin, -FAR), np.where(raised, ideal, 1.0))
        near, best = floor - HELD * ideal, ground.best if dollars and package is None else None
        try:
            best = best or search(negotiation, _every(base), aim, base, constraints, "fair share", near, [outcome])
            if best is None:
                break
            package, outcome = _made(best, origin), best.outcome
            if counts.sum() <= 2:
                break
            level = float((package.gains / ideal)[raised].min())
            floor = np.where(raised, origin + level * ideal, floor)
            raised &= ~_stuck(negotiation, outcome, floor, ideal, raised, constraints)
        except SolveError:
            if package is None:
                raise
            # What is reached stands: nobody is found to have more.
            break
    return package


def _stuck(
    negotiation: Negotiation, outcome: Floats, floor: Floats, ideal: Floats, raised: Bools, constraints: str
) -> Bools:
    """Who cannot have more than the floor while everybody keeps it; at least one of those raised."""
    near, places = floor - HELD * ideal, map(int, np.flatnonzero(raised))
    most = most_of_each(negotiation, places, outcome, near, constraints, [outcome])
    room = np.where(raised, np.nan_to_num((most - floor) / ideal), np.inf)
    return room <= max(float(room.min()), 1e3 * HELD)


def corners(negotiation: Negotiation, outcome: Floats, constraints: str = FREE) -> tuple[Corner, ...]:
    """Issues that an outcome leaves at a bound or at a constraint on them alone, with the slopes beyond."""
    space = negotiation.space
    slope, width = local(negotiation.payoffs, outcome)[1], space.upper - space.lower
    free, _, rules = within(space, _every(outcome), outcome, constraints)
    edges = []
    for k in np.flatnonzero(free):
        if outcome[k] <= space.lower[k] + 1e-6 * width[k]:
            edges.append(Corner(space.names[k], float(outcome[k]), "lowest", -slope[:, k]))
        elif outcome[k] >= space.upper[k] - 1e-6 * width[k]:
            edges.append(Corner(space.names[k], float(outcome[k]), "highest", slope[:, k]))
    for rule in rules:
        normal = gap_slope(rule, space, outcome)
        touched_by = np.flatnonzero(normal)
        k = int(touched_by[0])
        if rule.kind == "at-least" and touched_by.size == 1 and rule.gap(outcome[None])[0] <= 1e-6 * width[k]:
            edges.append(Corner(space.names[k], float(outcome[k]), rule.name, -np.sign(normal[k]) * slope[:, k]))
    return tuple(edges)
