"""The frontier: outcomes that no other betters for all, curves between two parties, what a deal leaves, and harm.

Of many parties the frontier is no curve, but the best outcome in each of many directions: in a direction w the smallest
of gain / w is raised as far as it goes (Chebyshev's scale, which reaches parts of the frontier that bend inwards). Two
are shown as a curve, with all others held: the most for one while the other keeps at least so much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations

import numpy as np

from detente.codes import InputError
from detente.codes.names import Readable
from detente.talks.search import (
    BestOutcome,
    climb,
    gap_slope,
    peaks,
    search,
    search_starts,
    smallest_gain,
    weighted_sum,
)
from detente.talks.solutions import CommonGround, largest_sum, most_of_each
from detente.talks.space import FREE, Bools, Constraint, Floats, Negotiation, evenly, least, within


def nondominated(V: Floats) -> Bools:
    """Outcomes that no other betters for one party without hurting another.

    Parameters
    ----------
    V : payoffs, shape (outcomes, parties). Of equal rows all are kept.

    Returns
    -------
    shape (outcomes,).
    """
    V = np.asarray(V, dtype=np.float64)
    if V.ndim != 2 or V.shape[1] < 2:
        raise InputError("frontier", f"payoffs of shape {V.shape}", "give one row an outcome, one column a party")
    return _two(V) if V.shape[1] == 2 else _many(V)


def _two(V: Floats) -> Bools:
    first, second = V[:, 0], V[:, 1]
    order = np.argsort(-first)
    # Only outcomes above the best second payoff of a sparse sample can lie on the frontier: few are left to sort well.
    sample = order[:: max(order.size // 4096, 1)]
    best = np.maximum.accumulate(second[sample])
    place = np.searchsorted(-first[sample], -first, side="left") - 1
    beaten = (place >= 0) & (second < best[np.maximum(place, 0)])
    kept = np.flatnonzero(~beaten)
    kept = kept[np.lexsort((-second[kept], -first[kept]))]
    top = np.maximum.accumulate(second[kept])
    before = np.append(-np.inf, top[:-1])
    new = second[kept] > before
    # An equal row follows the record it equals.
    owner = np.maximum.accumulate(np.where(new, np.arange(kept.size), 0))
    same = (first[kept] == first[kept[owner]]) & (second[kept] == second[kept[owner]])
    mask = np.zeros(first.size, dtype=np.bool_)
    mask[kept[new | same]] = True
    return mask


def _many(V: Floats) -> Bools:
    """Outcomes by falling sum: none is dominated by a later one, so each meets only the front found so far."""
    order = np.argsort(-V.sum(axis=1), kind="stable")
    mask = np.zeros(len(V), dtype=np.bool_)
    front = np.empty((0, V.shape[1]))
    for block in np.array_split(order, max(len(order) // 256, 1)):
        rows = V[block]
        alive = np.ones(block.size, dtype=np.bool_)
        for part in np.array_split(front, max(len(front) // 1024, 1)):
            left = np.flatnonzero(alive)
            alive[left] = ~_dominated(rows[left], part)
        left = np.flatnonzero(alive)
        left = left[~_dominated(rows[left], rows[left])]
        mask[block[left]] = True
        front = np.concatenate([front, rows[left]])
    return mask


def _dominated(rows: Floats, by: Floats) -> Bools:
    """Whether some row of `by` is nowhere worse and somewhere better, shape (rows,)."""
    no_worse = np.ones((len(rows), len(by)), dtype=np.bool_)
    better = np.zeros_like(no_worse)
    for i in range(rows.shape[1]):
        no_worse &= by[None, :, i] >= rows[:, None, i]
        better |= by[None, :, i] > rows[:, None, i]
    return np.asarray((no_worse & better).any(axis=1))


@dataclass(frozen=True, repr=False)
class Survey(Readable):
    """All outcomes of a grid that a set of constraints allows, with their payoffs.

    Attributes
    ----------
    negotiation : the case; `constraints` : name of the set.
    X : outcomes, shape (outcomes, issues).
    """

    negotiation: Negotiation = field(repr=False)
    constraints: str
    X: Floats = field(repr=False)

    @cached_property
    def V(self) -> Floats:  # noqa: N802 - payoffs, as in the papers
        """Payoffs, USD billion a year, shape (outcomes, parties)."""
        return np.asfortranarray(self.negotiation.payoffs.value(self.X))

    @cached_property
    def size(self) -> float:
        """Spread of payoffs, USD billion a year: their scale."""
        return max(float(np.ptp(self.V, axis=0).max()), 1e-9) if len(self.V) else 1.0

    @cached_property
    def shape(self) -> tuple[int, ...] | None:
        """Levels of each issue where every combination is there, else None."""
        shape = tuple(issue.levels.size for issue in self.negotiation.space.issues)
        return shape if int(np.prod(shape)) == len(self.X) else None

    @cached_property
    def deviations(self) -> Floats:
        """Most each party gets by moving its duties and controls towards what hurts others, shape (outcomes, parties).

        Raises
        ------
        InputError : the survey leaves outcomes of the grid out.
        """
        if self.shape is None:
            raise InputError("deviations", "the survey leaves outcomes out", "use the set 'free'")
        space, best = self.negotiation.space, np.empty_like(self.V)
        for i, party in enumerate(space.parties):
            table = self.V[:, i].reshape(self.shape)
            for k in space.own(party, ("duty", "control")):
                up = space.issues[k].worst == space.issues[k].high
                way = np.flip(table, k) if up else table
                table = np.maximum.accumulate(way, k)
                table = np.flip(table, k) if up else table
            best[:, i] = table.ravel()
        return best


def survey(negotiation: Negotiation, constraints: str = FREE) -> Survey:
    """The grid of a set of constraints, whose payoffs are worked out when they are asked for.

    Raises
    ------
    UnknownName : no such set.
    """
    space = negotiation.space
    moving, point, rules = within(space, np.ones(len(space.issues), dtype=np.bool_), space.default, constraints)
    axes = [
        issue.levels if moves else point[k : k + 1]
        for k, (issue, moves) in enumerate(zip(space.issues, moving, strict=True))
    ]
    X = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    for rule in rules:
        X = X[rule.holds(X)]
    return Survey(negotiation, constraints, X)


# --- which deals waste value, among any number of parties -------------------------------------------------------------


#: Directions in which the frontier is looked for.
WAYS = 200

#: Smallest share of a party in a direction.
LEAST_SHARE = 0.01

#: Points of a curve between two parties beside its ends.
POINTS = 8

#: Places beside the last point of a curve from which the next is climbed to: another branch may have come to lead.
BRANCHES = 2

#: Weight on others that picks among equals.
EQUAL = 1e-6

#: Levels looked at along one issue, twice: on the whole of it, then around the best.
LINE = 201

#: A loss of no more is none, and a gain of less in all, USD billion a year.
WORSE, BETTER = 1e-9, 1e-3


@dataclass(frozen=True, repr=False)
class ManyFrontier(Readable):
    """Outcomes that no other betters for one party without hurting another.

    Attributes
    ----------
    outcomes : shape (points, issues); `payoffs` : shape (points, parties), USD billion a year, from the reference.
    ends : for each party the point at which it has most, shape (parties,), rows of the above.
    tried : directions that were tried.
    """

    outcomes: Floats = field(repr=False)
    payoffs: Floats = field(repr=False)
    ends: tuple[int, ...]
    tried: int


@dataclass(frozen=True, repr=False)
class PairCurve(Readable):
    """What two parties can have with all others held.

    Attributes
    ----------
    pair : codes; `floor` : least payoffs, of the pair those of the threat, of the others those of the deal.
    outcomes, payoffs : along the curve, the best for the first last, shape (points, issues) and (points, parties).
    """

    pair: tuple[str, str]
    floor: Floats
    outcomes: Floats = field(repr=False)
    payoffs: Floats


@dataclass(frozen=True)
class Improvement:
    """A change of a deal that hurts nobody.

    Attributes
    ----------
    issue : what changes (with what a constraint ties to it); `before`, `after` : its levels.
    outcome : the changed deal, shape (issues,); `gains` : of each party, USD billion a year, shape (parties,).
    """

    issue: str
    before: float
    after: float
    outcome: Floats
    gains: Floats


@dataclass(frozen=True)
class LeftOver:
    """What a deal leaves on the table.

    Attributes
    ----------
    outcome : the deal; `payoffs` : USD billion a year.
    total : largest total gain with nobody worse off, USD billion a year; `package` : the outcome that gives it;
        `gains` : of each party there.
    alone : largest gain of each party with nobody worse off, shape (parties,).
    issues : changes of one issue that hurt nobody, the largest total first.
    allowed : whether the deal satisfies the constraint set.
    """

    outcome: Floats
    payoffs: Floats
    total: float
    package: Floats
    gains: Floats
    alone: Floats
    issues: tuple[Improvement, ...]
    allowed: bool


@dataclass(frozen=True)
class HarmDone:
    """What a party can do to another from a deal with what falls on it.

    Attributes
    ----------
    party, other : who, to whom; `issues` : with what; `outcome` : shape (issues,).
    loss : of the other, `cost` : to oneself, `beside` : to all further parties, USD billion a year.
    """

    party: str
    other: str
    issues: tuple[str, ...]
    outcome: Floats = field(repr=False)
    loss: float
    cost: float
    beside: float

    @property
    def value(self) -> float:
        """Loss of the other less what it costs oneself."""
        return self.loss - self.cost


def many_frontier(
    negotiation: Negotiation, ground: CommonGround, origin: Floats, constraints: str = FREE, ways: int = WAYS
) -> ManyFrontier | None:
    """The frontier above a threat in many directions; None where no deal gains for all."""
    counts = ground.counts
    if ground.empty:
        return None
    free, size = np.ones(ground.meeting.size, dtype=np.bool_), max(float(ground.room.max()), 1e-9)
    own = np.where(counts, origin, -1e9)
    reached, start = [ground.best], ground.meeting
    for share in directions(int(counts.sum()), ways):
        scale = np.ones(counts.size)
        scale[counts] = share * ground.room[counts] / max(float(ground.room[counts].max()), 1e-12)
        scale = np.maximum(scale, 1e-9)
        best = climb(negotiation, free, smallest_gain(own, scale), start, size, constraints=constraints)
        if best is not None:
            reached.append(best)
            start = best.outcome
    V = np.stack([best.payoffs for best in reached])
    counted = np.round(V[:, counts], 9)
    keep = np.flatnonzero(nondominated(counted)) if counted.shape[1] > 1 else np.array([int(counted[:, 0].argmax())])
    payoffs = V[keep]
    outcomes = np.stack([reached[k].outcome for k in keep])
    return ManyFrontier(outcomes, payoffs, tuple(map(int, payoffs.argmax(axis=0))), ways)


def directions(parties: int, ways: int = WAYS) -> Floats:
    """Directions spread over the simplex, each near the last one, shape (ways, parties)."""
    if parties == 1:
        return np.ones((1, 1))
    shares = -np.log(np.clip(1.0 - evenly(ways, parties), 1e-12, 1.0))
    shares[0] = 1.0
    shares = np.maximum(shares / shares.sum(axis=1, keepdims=True), LEAST_SHARE)
    left, order = list(range(1, ways)), [0]
    while left:
        gaps = ((shares[left] - shares[order[-1]]) ** 2).sum(axis=1)
        order.append(left.pop(int(np.argmin(gaps))))
    return np.asarray(shares[order] / shares[order].sum(axis=1, keepdims=True))


def pair_curve(
    negotiation: Negotiation,
    pair: tuple[str, str],
    deal: Floats,
    origin: Floats,
    constraints: str = FREE,
    points: int = POINTS,
) -> PairCurve:
    """What two parties can have where all others keep what a deal gives them.

    Parameters
    ----------
    deal : at which both have no less than the threat, shape (issues,); `origin` : least payoffs of the two, as those
        of the threat; -inf for none.

    Raises
    ------
    UnknownName : a party that is not one. SolveError : a search does not converge.
    """
    first, second = (negotiation.space.party(code) for code in pair)
    payoffs, n = negotiation.value(deal), len(negotiation.parties)
    floor = np.where(np.isin(np.arange(n), (first, second)), origin, payoffs)
    free, slack = np.ones(deal.size, dtype=np.bool_), WORSE * max(float(np.abs(payoffs).max()), 1.0)
    ends = []
    for k in (second, first):
        best = search(negotiation, free, weighted_sum(np.eye(n)[k] + EQUAL), deal, constraints, "curve", floor - slack,
                      [deal])  # fmt: skip
        ends.append(best or BestOutcome(deal, payoffs, 0.0, 0.0, 0.0))
    reached = [*ends]
    # Evenly spaced in the payoff of the first, then of the second: one of them is steep where the other is flat.
    for k, other, (near, far) in ((first, second, ends), (second, first, ends[::-1])):
        for level in np.linspace(near.payoffs[k], far.payoffs[k], points // 2 + 2)[1:-1]:
            best = most_beside(negotiation, other, k, float(level), near.outcome, far.outcome, floor, constraints)
            if best is not None:
                reached.append(near := best)
    V = np.stack([best.payoffs for best in reached])
    kept = np.flatnonzero(nondominated(V[:, [first, second]]))
    kept = kept[np.unique(V[kept, first], return_index=True)[1]]
    return PairCurve(pair, floor, np.stack([reached[k].outcome for k in kept]), V[kept])


def most_beside(
    negotiation: Negotiation, party: int, other: int, level: float, near: Floats, far: Floats, floor: Floats,
    constraints: str = FREE,
) -> BestOutcome | None:  # fmt: skip
    """The most for a party while another has at least so much; None where nothing good is reached.

    Parameters
    ----------
    near, far : outcomes, on the way between which the search begins; `floor` : least payoffs, shape (parties,).
    """
    raised = np.where(np.arange(floor.size) == other, level, floor)
    free, aim = np.ones(near.size, dtype=np.bool_), weighted_sum(np.eye(floor.size)[party] + EQUAL)
    way = near + np.linspace(0.0, 1.0, 17)[:, None] * (far - near)
    for k, issue in enumerate(negotiation.space.issues):
        if issue.whole:
            way[:, k] = near[k]
    enough = np.flatnonzero(negotiation.payoffs.value(way)[:, other] >= level)
    start = way[enough[0]] if enough.size else far
    problem, places, _ = search_starts(negotiation, free, aim, start, constraints, raised, [start], BRANCHES)
    return next(iter(peaks(problem, aim, [start, *places])), None)


def left_on_table(negotiation: Negotiation, deal: Floats, constraints: str = FREE) -> LeftOver:
    """What a deal leaves on the table: the most for all together, for each alone, and single steps that hurt nobody.

    Raises
    ------
    SolveError : a search does not converge.
    """
    base = negotiation.value(deal)
    best = largest_sum(negotiation, deal, base, constraints, [deal])
    alone = most_of_each(negotiation, range(base.size), deal, base, constraints, [deal]) - base
    free, _, rules = within(negotiation.space, np.ones(deal.size, dtype=np.bool_), deal, constraints)
    steps = _single_steps(negotiation, deal, base, free, rules)
    package, gains = deal, np.zeros(base.size)
    if best is not None and best.gains.sum() > 0.0:
        package, gains = best.outcome, best.gains
    alone, allowed = np.maximum(np.nan_to_num(alone), 0.0), all(rule.holds(deal[None])[0] for rule in rules)
    return LeftOver(deal, base, float(gains.sum()), package, gains, alone, steps, allowed)


def _single_steps(
    negotiation: Negotiation, deal: Floats, base: Floats, free: Bools, rules: Sequence[Constraint]
) -> tuple[Improvement, ...]:
    """The best move of each issue alone that hurts nobody; those that an equality ties together move together."""
    steps, space = [], negotiation.space
    for k in map(int, np.flatnonzero(free)):
        issue, best, way = space.issues[k], None, _direction(negotiation, deal, k, rules)
        low, high = issue.low, issue.high
        for _ in range(2):
            levels = issue.levels if issue.whole else np.linspace(low, high, LINE)
            X = deal + (levels - deal[k])[:, None] * way
            gains = negotiation.payoffs.value(np.clip(X, space.lower, space.upper)) - base
            fair = (least(gains) >= -WORSE) & (least(np.minimum(X - space.lower, space.upper - X)) >= -WORSE)
            for rule in rules:
                fair &= rule.holds(X)
            if not fair.any():
                break
            row = int(np.argmax(np.where(fair, gains.sum(axis=1), -np.inf)))
            best = Improvement(issue.name, float(deal[k]), float(levels[row]), X[row], gains[row])
            low, high = levels[max(row - 1, 0)], levels[min(row + 1, levels.size - 1)]
        if best is not None and best.gains.sum() > BETTER:
            steps.append(best)
    return tuple(sorted(steps, key=lambda step: -float(step.gains.sum())))


def _direction(negotiation: Negotiation, deal: Floats, k: int, rules: Sequence[Constraint]) -> Floats:
    """Move of all levels for one unit of an issue, along equalities that tie it to one other issue."""
    direction = np.eye(deal.size)[k]
    for rule in rules:
        normal = gap_slope(rule, negotiation.space, deal)
        tied = [j for j in np.flatnonzero(normal) if j != k]
        if rule.kind == "equal" and normal[k] and len(tied) == 1:
            direction[tied[0]] = -normal[k] / normal[tied[0]]
    return direction


def harms(negotiation: Negotiation, deal: Floats) -> list[HarmDone]:
    """For every ordered pair the joint action by which one hurts the other most for what it costs itself."""
    rows, space = [], negotiation.space
    for party, other in permutations(negotiation.parties, 2):
        own = np.array([row.party == party and other in (row.receivers or space.parties) for row in space.issues])
        if own.any():
            rows.append(_harm(negotiation, party, other, own, deal))
    return rows


def _harm(negotiation: Negotiation, party: str, other: str, own: Bools, deal: Floats) -> HarmDone:
    space = negotiation.space
    me, you = space.party(party), space.party(other)
    weights = np.zeros(len(space.parties))
    weights[me], weights[you] = 1.0, -1.0
    best = search(negotiation, own, weighted_sum(weights), deal, name=f"harm of {party} to {other}", also=[deal])
    outcome = deal if best is None else best.outcome
    fall = negotiation.value(deal) - negotiation.value(outcome)
    beside = float(np.delete(fall, [me, you]).sum())
    names = tuple(space.names[k] for k in np.flatnonzero(own) if abs(outcome[k] - deal[k]) > 1e-9)
    return HarmDone(party, other, names, outcome, float(fall[you]), float(fall[me]), beside)
