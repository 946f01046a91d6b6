"""Which deals waste value: the Pareto frontier, its curve, and what a deal leaves on the table.

With two parties the outcomes of a grid are sorted by the first payoff and scanned for records of the second. Between
the nodes the frontier is traced by programmes: the most for one side while the other keeps at least so much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.portrait import Readable
from detente.talks.continuous import Aim, BestOutcome, SearchProblem, maximise, weighted_sum
from detente.talks.limits import within
from detente.talks.space import FREE, Bools, Constraint, Floats, Negotiation

POINTS = 24
"""Points between its ends at which a curve is traced."""

TABLED = 20_001
"""Points at which a curve is tabled for look-ups."""

STARTS = 8
"""Outcomes at most from which a search begins."""

FINE = 1e-9
"""Payoffs closer than this share of their scale are equal."""


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
    X : outcomes, shape (outcomes, issues); `V` : payoffs, USD billion a year, shape (outcomes, parties).
    rules : constraints that say anything about the issues that move.
    free : which issues move, shape (issues,).
    """

    negotiation: Negotiation = field(repr=False)
    constraints: str
    X: Floats = field(repr=False)
    V: Floats = field(repr=False)
    rules: tuple[Constraint, ...]
    free: Bools

    @cached_property
    def size(self) -> float:
        """Spread of payoffs, USD billion a year: their scale."""
        return max(float(np.ptp(self.V, axis=0).max()), 1e-9) if len(self.V) else 1.0

    @cached_property
    def front(self) -> NDArray[np.int64]:
        """Outcomes on the frontier of the grid, by rising payoff of the first party."""
        rows = np.flatnonzero(nondominated(self.V))
        return rows[np.argsort(self.V[rows, 0], kind="stable")]

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

    @cached_property
    def curve(self) -> Curve:
        """The frontier between the nodes of the grid, of two parties."""
        return trace(self)

    def problem(self, floor: Floats | None = None) -> SearchProblem:
        """The continuous problem behind the grid, with a least payoff of each party."""
        space = self.negotiation.space
        return SearchProblem(space, self.negotiation.payoffs, self.rules, floor, self.free, self.size)

    def best(self, score: Floats, keep: Bools | None = None) -> list[Floats]:
        """The best outcome by a score, then the best with other levels of issues that are not continuous."""
        return [self.X[row] for row in self.best_rows(score, keep)]

    def best_rows(self, score: Floats, keep: Bools | None = None) -> list[int]:
        """Numbers of the outcomes that `best` gives."""
        score = score if keep is None else np.where(keep, score, -np.inf)
        if not score.size:
            return []
        tops = [int(some[np.argmax(score[some])]) for some in self._apart] or [int(np.argmax(score))]
        rows = sorted((row for row in tops if np.isfinite(score[row])), key=lambda row: (-score[row], row))
        return rows[:STARTS]

    @cached_property
    def _apart(self) -> list[NDArray[np.int64]]:
        """Numbers of the outcomes by the levels of issues that are not continuous; none where all are."""
        whole = [k for k, issue in enumerate(self.negotiation.space.issues) if issue.whole and self.free[k]]
        if not whole or not len(self.X):
            return []
        groups = np.unique(self.X[:, whole], axis=0, return_inverse=True)[1].ravel()
        order = np.argsort(groups, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)

    def scores(self, aim: Aim, keep: Bools) -> Floats:
        """An aim at the outcomes to keep, -inf at the others, shape (outcomes,)."""
        score = np.full(len(self.V), -np.inf)
        score[keep] = aim.value(self.V[keep])
        return score


def survey(
    negotiation: Negotiation,
    constraints: str = FREE,
    free: Sequence[str] | None = None,
    fixed: Floats | None = None,
    known: Survey | None = None,
) -> Survey:
    """Payoffs on the grid.

    Parameters
    ----------
    constraints : name of the set.
    free : issues that move, by default all that the set lets move; the others stay as in `fixed`, shape (issues,).
    known : survey of the free set, whose payoffs are taken over where all issues move.

    Raises
    ------
    UnknownName : no such set or issue.
    """
    space = negotiation.space
    moving = np.ones(len(space.issues), dtype=np.bool_)
    if free is not None:
        moving[:] = False
        moving[[space.index(name) for name in free]] = True
    point = space.default if fixed is None else np.asarray(fixed, dtype=np.float64)
    moving, point, rules = within(space, moving, point, constraints)
    if known is not None and moving.all():
        keep = space.feasible(known.X, constraints)
        return Survey(negotiation, constraints, known.X[keep], np.asfortranarray(known.V[keep]), rules, moving)
    axes = [
        issue.levels if moves else point[k : k + 1]
        for k, (issue, moves) in enumerate(zip(space.issues, moving, strict=True))
    ]
    X = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    # A condition on held issues alone says nothing about what is bargained over here.
    rules = tuple(rule for rule in rules if moving.all() or np.ptp(rule.gap(X)) > 0.0)
    for rule in rules:
        X = X[rule.holds(X)]
    return Survey(negotiation, constraints, X, np.asfortranarray(negotiation.payoffs.value(X)), rules, moving)


@dataclass(frozen=True, repr=False)
class Curve(Readable):
    """The frontier of two parties as a curve.

    Attributes
    ----------
    payoffs : USD billion a year, by rising payoff of the first party, shape (points, 2).
    outcomes : the contract curve in issue space, shape (points, issues).
    """

    payoffs: Floats
    outcomes: Floats = field(repr=False)

    @cached_property
    def steps(self) -> Floats:
        """Place of each point on the way from the second party's best to the first's, 0 to 1, shape (points,)."""
        scaled = self.payoffs / np.maximum(np.ptp(self.payoffs, axis=0), 1e-300)
        way = np.append(0.0, np.hypot(*np.diff(scaled, axis=0).T).cumsum())
        return way / max(float(way[-1]), 1e-300)

    @cached_property
    def _path(self) -> Any:
        from scipy.interpolate import PchipInterpolator

        return PchipInterpolator(self.steps, self.payoffs)

    @cached_property
    def _table(self) -> Floats:
        return self.at(np.linspace(0.0, 1.0, TABLED))

    def at(self, steps: Floats | float) -> Floats:
        """Payoffs at places along the curve, 0 to 1, shape (places, 2) or (2,)."""
        if self.point:
            return np.broadcast_to(self.payoffs[0], (*np.shape(steps), 2)).copy()
        return np.asarray(self._path(steps), dtype=np.float64)

    def slope(self, step: float) -> Floats:
        """Derivative of the payoffs in the place along the curve, shape (2,)."""
        return np.asarray(self._path(step, 1), dtype=np.float64)

    @property
    def point(self) -> bool:
        """Whether both parties like one outcome best, so that nothing is left to bargain over."""
        return len(self.payoffs) < 2

    def second(self, first: Floats | float) -> Floats:
        """Most for the second party while the first gets this; flat below the first point, -inf beyond the last."""
        first = np.asarray(first, dtype=np.float64)
        value = np.interp(first, self._table[:, 0], self._table[:, 1])
        high = self.payoffs[-1, 0]
        return np.where(first > high + FINE * max(1.0, abs(high)), -np.inf, value)

    def first(self, second: Floats | float) -> Floats:
        """Most for the first party while the second gets this, as `second`."""
        second = np.asarray(second, dtype=np.float64)
        value = np.interp(second, self._table[::-1, 1], self._table[::-1, 0])
        high = self.payoffs[0, 1]
        return np.where(second > high + FINE * max(1.0, abs(high)), -np.inf, value)

    def outcome(self, first: float) -> Floats:
        """Outcome at which the first party gets this, between the points traced, shape (issues,)."""
        return np.array([np.interp(first, self.payoffs[:, 0], column) for column in self.outcomes.T])


def curve_of(payoffs: Floats, outcomes: Floats | None = None) -> Curve:
    """The curve through points of a frontier given as payoffs, shape (points, 2)."""
    payoffs = np.asarray(payoffs, dtype=np.float64)
    kept = np.flatnonzero(nondominated(payoffs))
    kept = kept[np.unique(payoffs[kept, 0], return_index=True)[1]]
    outcomes = payoffs[:, :1] if outcomes is None else outcomes
    return Curve(payoffs[kept], outcomes[kept])


def trace(survey: Survey, points: int = POINTS) -> Curve:
    """The frontier of two parties, traced from one side's best outcome to the other's.

    Raises
    ------
    InputError : there are not two parties, or no outcome is allowed.
    """
    if survey.V.shape[1] != 2 or not len(survey.V):
        raise InputError("frontier curve", "needs two parties and an outcome", "use `nondominated` on payoffs")
    ends = [_end(survey, i) for i in (1, 0)]
    low, high = ends[0].payoffs[0], ends[1].payoffs[0]
    if high - low <= 1e-6 * survey.size:
        best = max(ends, key=lambda end: float(end.payoffs.sum()))
        return Curve(best.payoffs[None], best.outcome[None])
    # Evenly spaced in the payoff of the first, then of the second: one of them is steep where the other is flat.
    traced = [
        *ends,
        *_swept(survey, ends[0], ends[1], 0, points // 2),
        *_swept(survey, ends[1], ends[0], 1, points // 2),
    ]
    return curve_of(np.stack([point.payoffs for point in traced]), np.stack([point.outcome for point in traced]))


def _swept(survey: Survey, start: BestOutcome, end: BestOutcome, party: int, points: int) -> list[BestOutcome]:
    """The most for the other party while this one keeps at least so much, at rising levels."""
    other = 1 - party
    last, traced = start, []
    for floor in np.linspace(start.payoffs[party], end.payoffs[party], points + 2)[1:-1]:
        rows = survey.best_rows(survey.V[:, other], survey.V[:, party] >= floor)
        # The last point is where to go on from, unless the grid knows a better branch of the frontier.
        ahead = [survey.X[row] for row in rows if survey.V[row, other] > last.payoffs[other]]
        cells = [survey.X[row] for row in rows]
        kept = np.where(np.arange(2) == party, floor, -np.inf)
        aim = weighted_sum(np.eye(2)[other])
        last = maximise(survey.problem(kept), aim, ahead or [last.outcome], "frontier", spare=[*cells, end.outcome])
        traced.append(last)
    return traced


def _end(survey: Survey, party: int) -> BestOutcome:
    """The outcome one party likes best; a millionth of weight on the other picks among equals."""
    weights = np.full(2, 1e-6)
    weights[party] = 1.0
    return maximise(survey.problem(), weighted_sum(weights), survey.best(survey.V @ weights))
