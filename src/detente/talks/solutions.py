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
from typing import cast

import numpy as np

from detente.codes import SolveError, UnknownName, declared_note
from detente.codes.names import Readable
from detente.talks.search import (
    BestOutcome,
    climb,
    gap_slope,
    log_gains,
    peaks,
    search,
    search_starts,
    smallest_gain,
    touched,
    weighted_sum,
)
from detente.talks.space import FREE, Bools, Floats, Negotiation, Threat, expected, local, within

CONCEPTS = ("nash", "asymmetric nash", "kalai-smorodinsky", "egalitarian", "utilitarian")

#: A smallest gain of no more than this share of the scale of payoffs is no gain.
NOTHING = 1e-7

#: Outcomes from which the package of Nash is climbed to.
PEAKS = 8

#: A peak counts whose product of gains falls short of the best by no more, share.
WITHIN = 0.01

#: Change of levels, share of their width, from which two packages differ.
APART = 1e-3

#: Gain of a party that does not count, USD billion a year.
FAR = 1e9

#: Step of threat payoffs in finite differences, share of the smallest gain.
STEP = 0.01

#: A party that could have no more than this, share of the scale, is held where it is.
HELD = 1e-6

#: Bargaining powers closer than this are equal.
TIE = 1e-9


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
    problem, places, _ = search_starts(negotiation, free, aim, base, constraints, floor, [meeting], starts)
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


# --- walk-away points -------------------------------------------------------------------------------------------------


#: Levels at which acceptance is looked at before its ends are solved for.
SCAN = 129


@dataclass(frozen=True, repr=False)
class Limit(Readable):
    """Up to where one party accepts one issue, the others given.

    Attributes
    ----------
    party : who accepts; `issue` : what; `given` : levels of the other issues, as an outcome, shape (issues,).
    threat : name of the alternative; `p` : probability that the status quo lasts, NaN for other threats.
    intervals : accepted levels, none if empty.
    sentence : the limit in words.
    """

    party: str
    issue: str
    given: Floats
    threat: str
    p: float
    intervals: tuple[tuple[float, float], ...]
    sentence: str


def accepted(
    negotiation: Negotiation, party: str, issue: str, given: Floats, threat: Threat
) -> tuple[tuple[float, float], ...]:
    """Intervals of levels of one issue that a party prefers to a threat, the other issues as in `given`.

    Ends are roots of the payoff less the threat value, between levels of a scan.

    Raises
    ------
    UnknownName : no such party or issue.
    """
    from scipy.optimize import brentq

    space = negotiation.space
    k, me = space.index(issue), space.party(party)
    item = space.issues[k]
    levels = item.levels if item.whole else np.union1d(np.linspace(item.low, item.high, SCAN), item.levels)

    def gain(level: Floats | float) -> Floats:
        points = np.atleast_1d(np.asarray(level, dtype=np.float64))
        X = np.tile(np.asarray(given, dtype=np.float64), (points.size, 1))
        X[:, k] = points
        return negotiation.payoffs.value(X)[:, me] - threat.value[me]

    def root(inside: float, outside: float) -> float:
        return cast(float, brentq(lambda level: float(gain(level)[0]), inside, outside, xtol=1e-12))

    good = gain(levels) >= 0.0
    starts = np.flatnonzero(good & ~np.append(False, good[:-1]))
    ends = np.flatnonzero(good & ~np.append(good[1:], False))
    intervals = []
    for a, b in zip(starts, ends, strict=True):
        low = levels[a] if a == 0 or item.whole else root(levels[a], levels[a - 1])
        high = levels[b] if b == levels.size - 1 or item.whole else root(levels[b], levels[b + 1])
        intervals.append((float(low), float(high)))
    return tuple(intervals)


def conditional_limits(
    negotiation: Negotiation,
    party: str,
    issue: str,
    own: str,
    levels: Floats,
    given: Floats,
    probabilities: Sequence[float] = (0.25, 0.5, 0.75, 1.0),
) -> tuple[Limit, ...]:
    """The limit of one issue over levels of another and over the probability that the status quo lasts.

    Parameters
    ----------
    party : who accepts; `issue` : what is asked of it; `own` : the issue that is varied (its own duty).
    levels : of `own`; `given` : levels of everything else, shape (issues,).
    probabilities : that the status quo lasts; needs threats of the kinds "status-quo" and "past-law". Without them the
        threats of the negotiation are taken as they are.
    """
    day, past = negotiation.of_kind("status-quo"), negotiation.of_kind("past-law")
    mixes = [(p, expected(day, past, p)) for p in probabilities] if day and past else []
    threats = mixes or [(float("nan"), threat) for threat in negotiation.threats]
    rows = []
    for p, threat in threats:
        for level in levels:
            outcome = np.array(given, dtype=np.float64)
            outcome[negotiation.space.index(own)] = level
            intervals = accepted(negotiation, party, issue, outcome, threat)
            words = _sentence(negotiation, party, issue, own, float(level), threat, p, intervals)
            rows.append(Limit(party, issue, outcome, threat.name, p, intervals, words))
    return tuple(rows)


def limits_of(negotiation: Negotiation, deal: Floats) -> tuple[Limit, ...]:
    """Each party's limit on each duty of the others, over a few levels of its own first duty, the rest as in a deal."""
    space, rows = negotiation.space, list[Limit]()
    for party in space.parties:
        own = space.own(party)
        for issue in space.issues if own else ():
            if issue.kind == "duty" and issue.party not in (party, "both"):
                levels = space.issues[own[0]].levels
                some = levels[np.unique(np.linspace(0, levels.size - 1, 5).astype(int))]
                rows += conditional_limits(negotiation, party, issue.name, space.names[own[0]], some, deal)
    return tuple(rows)


def _sentence(
    negotiation: Negotiation,
    party: str,
    issue: str,
    own: str,
    level: float,
    threat: Threat,
    p: float,
    intervals: tuple[tuple[float, float], ...],
) -> str:
    space = negotiation.space
    item, given = space.issues[space.index(issue)], space.issues[space.index(own)]
    words = {
        "threat": threat.label if np.isnan(p) else declared_note("bargain.lasting_chance", chance=p),
        "given": given.label or own,
        "level": given.reading(level),
        "party": party,
        "issue": item.label or issue,
    }
    if not intervals:
        return declared_note("bargain.accepts_none", **words)
    low, high = intervals[0]
    if len(intervals) > 1:
        parts = " or ".join(f"{item.reading(a)} to {item.reading(b)}" for a, b in intervals)
        return declared_note("bargain.accepts_parts", **words, parts=parts)
    if low <= item.low and high >= item.high:
        return declared_note("bargain.accepts_any", **words)
    if low <= item.low:
        return declared_note("bargain.accepts_up_to", **words, high=item.reading(high))
    if high >= item.high:
        return declared_note("bargain.accepts_from", **words, low=item.reading(low))
    return declared_note("bargain.accepts_between", **words, low=item.reading(low), high=item.reading(high))


def break_even(negotiation: Negotiation, payoffs: Floats) -> Floats:
    """Probability that the status quo lasts above which each party prefers to sign a deal.

    p* = [V(past law) - V(deal)] / [V(past law) - V(status quo)]: not above 0 where the deal beats the past law anyway,
    above 1 where it is worse than the status quo, NaN where the status quo is no worse than the past law.

    Parameters
    ----------
    payoffs : of the deals, USD billion a year, shape (parties,) or (deals, parties).

    Returns
    -------
    shape of `payoffs`; NaN everywhere without threats of the two kinds.
    """
    payoffs = np.asarray(payoffs, dtype=np.float64)
    day, past = negotiation.of_kind("status-quo"), negotiation.of_kind("past-law")
    if day is None or past is None:
        return np.full(payoffs.shape, np.nan)
    fall = past.value - day.value
    return np.where(fall > 0.0, (past.value - payoffs) / np.where(fall > 0.0, fall, 1.0), np.nan)
