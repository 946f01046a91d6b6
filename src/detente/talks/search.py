"""Searches for a best outcome: begun from outcomes scattered over what moves, climbed with payoffs and their slopes.

The grid finds where to begin; what is printed comes from here. An answer carries its first-order residual: the part of
the slope of the aim that neither bounds, nor constraints, nor the payoffs kept explain.

Issues that do not move stand as in a base. Issues with a list of levels alone are tried at each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.codes import SolveError
from detente.talks.space import (
    FREE,
    Bools,
    Constraint,
    Floats,
    Negotiation,
    OutcomeSpace,
    Payoffs,
    evenly,
    least,
    local,
    reach,
    within,
)

#: A bound or constraint binds within this share of its range.
ACTIVE = 1e-6

#: Largest first-order residual, share of the slope of the aim, with which an answer needs no further look.
STATIONARY = 1e-4

#: Most that a poll around an answer may still gain, share of the scale of payoffs.
POLLED = 1e-5

#: The same where a search reaches nothing better.
ROUGH = 1e-3

#: Ends of two programmes are one peak where no level differs by more, share of its range.
MET = 1e-4

#: Times that a search goes on from the best outcome of a poll.
CLIMBS = 40

#: Below this share of its scale the logarithm of a gain goes on as its tangent parabola, so that searches return.
LOG = 1e-3


@dataclass(frozen=True)
class Aim:
    """What is maximised, as a function of payoffs.

    Attributes
    ----------
    value : payoffs (outcomes, parties) to shape (outcomes,).
    slope : payoffs (parties,) to derivatives (parties,); None for the smallest of (V - origin) / scale.
    origin, scale : of the smallest gain, shape (parties,).
    """

    value: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats] | None
    origin: Floats | None = None
    scale: Floats | None = None


def weighted_sum(weights: Floats) -> Aim:
    """The sum of payoffs with weights, shape (parties,)."""
    return Aim(lambda V: V @ weights, lambda v: weights)


def sum_of_logs(origin: Floats, power: Floats, size: float) -> Aim:
    """The sum of power x log gains; `size` is the scale of gains in USD billion a year."""
    edge = LOG * size

    def value(V: Floats) -> Floats:
        gain = V - origin
        whole = np.asarray(np.log(np.maximum(gain, edge)) @ power)
        short = np.flatnonzero(least(gain) < edge)
        if short.size:
            low = np.minimum(gain[short] - edge, 0.0) / edge
            whole[short] += (low - 0.5 * low**2) @ power
        return whole

    def slope(v: Floats) -> Floats:
        gain = v - origin
        return power * np.where(gain > edge, 1.0 / np.maximum(gain, edge), (2.0 - gain / edge) / edge)

    return Aim(value, slope)


def smallest_gain(origin: Floats, scale: Floats) -> Aim:
    """The smallest of (V - origin) / scale."""
    return Aim(lambda V: least((V - origin) / scale), None, origin, scale)


@dataclass(frozen=True)
class SearchProblem:
    """An outcome space with what must hold.

    Attributes
    ----------
    space, payoffs : where, and what it is worth.
    constraints : conditions on outcomes.
    floor : least payoff of each party, -inf for none, shape (parties,); None = no floors.
    free : which issues may move, shape (issues,).
    size : scale of payoffs, USD billion a year.
    """

    space: OutcomeSpace
    payoffs: Payoffs
    constraints: tuple[Constraint, ...]
    floor: Floats | None
    free: Bools
    size: float

    def moving(self) -> list[int]:
        """Columns that may move continuously."""
        return [int(k) for k in np.flatnonzero(self.free) if not self.space.issues[k].whole]

    def allowed(self, X: Floats, V: Floats, slack: float = 1e-7) -> Bools:
        """Where bounds, constraints and floors hold, shape (outcomes,)."""
        width = self.space.upper - self.space.lower
        room = np.minimum(X - self.space.lower, self.space.upper - X) / width
        inside = least(room) >= -slack
        for constraint in self.constraints:
            gap = constraint.gap(X)
            inside &= (np.abs(gap) if constraint.kind == "equal" else -gap) <= slack
        if self.floor is not None:
            inside &= least(V - self.floor) >= -slack * self.size
        return inside


@dataclass(frozen=True)
class BestOutcome:
    """A best outcome with its certificate.

    Attributes
    ----------
    outcome : shape (issues,); `payoffs` : USD billion a year, shape (parties,); `value` : of the aim.
    residual : first-order residual, share of the slope of the aim.
    polled : most that a poll of outcomes around it gains, share of the scale of payoffs.
    better : the outcome of the poll that gains so much, shape (issues,); None where none was polled.
    """

    outcome: Floats
    payoffs: Floats
    value: float
    residual: float
    polled: float
    better: Floats | None = None


class _Memo:
    """Payoffs and slopes at the last outcome asked for."""

    def __init__(self, problem: SearchProblem, base: Floats) -> None:
        self.problem, self.base, self.moving = problem, base, problem.moving()
        self.low = problem.space.lower[self.moving]
        self.width = (problem.space.upper - problem.space.lower)[self.moving]
        self.key: bytes | None = None
        self.V, self.J = np.empty(0), np.empty((0, 0))

    def outcome(self, y: Floats) -> Floats:
        x = self.base.copy()
        x[self.moving] = self.low + self.width * np.minimum(np.maximum(y[: len(self.moving)], 0.0), 1.0)
        return x

    def linear(self, constraints: Sequence[Constraint]) -> tuple[Floats, Floats]:
        """Gaps of linear constraints in the scaled levels: at zero (constraints,), slopes (constraints, moving)."""
        space, start = self.problem.space, self.outcome(np.zeros(len(self.moving)))
        at_zero = np.array([float(constraint.gap(start[None])[0]) for constraint in constraints])
        slopes = np.stack([gap_slope(constraint, space, start) for constraint in constraints])
        return at_zero, slopes[:, self.moving] * self.width

    def at(self, y: Floats) -> tuple[Floats, Floats]:
        """Payoffs (parties,) and slopes in the scaled levels (parties, moving)."""
        key = y[: len(self.moving)].tobytes()
        if key != self.key:
            self.key, (self.V, J) = key, local(self.problem.payoffs, self.outcome(y))
            self.J = J[:, self.moving] * self.width
        return self.V, self.J


def maximise(
    problem: SearchProblem, aim: Aim, starts: Sequence[Floats], name: str = "search", spare: Sequence[Floats] = ()
) -> BestOutcome:
    """The best outcome that a programme reaches from the starts, or from the spare ones where those lead nowhere.

    Raises
    ------
    SolveError : from no start is an outcome reached that holds what must hold and cannot be bettered nearby.
    """
    ends = _ends(problem, aim, starts, twice=True)
    good = [peak for peak in ends if _good(peak)]
    if not good and len(spare):
        return maximise(problem, aim, spare, name)
    for _ in range(0 if good else CLIMBS):
        # A programme that stops on a ridge goes on from the best outcome of the poll, which is one step at least.
        best = max(ends, key=lambda peak: peak.value, default=None)
        if best is None or best.better is None or _good(best):
            break
        further = (_climbed(problem, aim, best.better), _judged(problem, aim, *_at(problem, best.better)))
        ends.append(max(filter(None, further), key=lambda peak: peak.value, default=replace(best, better=None)))
    good = good or [peak for peak in ends if _good(peak)]
    left = min((peak.polled for peak in ends), default=np.inf)
    if not good and left <= ROUGH:
        good = [peak for peak in ends if peak.polled <= ROUGH]
    if not good:
        raise SolveError(
            f"{name}: no best outcome was reached from {len(starts)} starts (a move nearby still gains {left:.1e} of "
            "the scale of payoffs); use a finer grid of levels."
        )
    return max(good, key=lambda peak: peak.value)


def peaks(problem: SearchProblem, aim: Aim, starts: Sequence[Floats]) -> list[BestOutcome]:
    """Every outcome that programmes reach from the starts and that nothing nearby betters, the best first."""
    good = [peak for peak in _ends(problem, aim, starts) if _good(peak)]
    return sorted(good, key=lambda peak: -peak.value)


def _ends(problem: SearchProblem, aim: Aim, starts: Sequence[Floats], *, twice: bool = False) -> list[BestOutcome]:
    """Where programmes end at which what must hold holds; `twice` : no more are tried once two end at one best."""
    ends = list[BestOutcome]()
    for start in starts:
        peak = _climbed(problem, aim, np.asarray(start))
        if peak is None:
            continue
        best = max(ends, key=lambda end: end.value, default=None)
        ends.append(peak)
        if twice and best is not None and _good(best) and _good(peak):
            apart = np.abs(best.outcome - peak.outcome) / (problem.space.upper - problem.space.lower)
            if apart.max() <= MET:
                break
    return ends


def _good(peak: BestOutcome) -> bool:
    return peak.residual <= STATIONARY or peak.polled <= POLLED


def _climbed(problem: SearchProblem, aim: Aim, start: Floats) -> BestOutcome | None:
    """One programme from one start; None if what must hold does not hold at its end."""
    from scipy.optimize import minimize

    memo, y = _at(problem, start)
    n, smooth = len(memo.moving), aim.slope is not None
    if n == 0:
        return _judged(problem, aim, memo, y)
    bounds = [(0.0, 1.0)] * n
    if not smooth:
        y, bounds = np.append(y, aim.value(memo.at(y)[0][None])[0]), [*bounds, (None, None)]
    size = _size_of_aim(aim, memo, y, smooth)

    def down(y: Floats) -> float:
        return -float(aim.value(memo.at(y)[0][None])[0]) / size if smooth else -float(y[-1]) / size

    def slope(y: Floats) -> Floats:
        if aim.slope is None:
            return np.append(np.zeros(n), -1.0 / size)
        V, J = memo.at(y)
        return -(aim.slope(V) @ J) / size

    options = {"maxiter": 100, "ftol": 1e-12}
    rows = _conditions(problem, aim, memo, size)
    done = minimize(down, y, jac=slope, bounds=bounds, constraints=rows, method="SLSQP", options=options)
    # Within rounding of a bound a level is put on it.
    y = np.clip(done.x[:n], 0.0, 1.0)
    return _judged(problem, aim, memo, np.where(y < 1e-9, 0.0, np.where(y > 1.0 - 1e-9, 1.0, y)))


def _at(problem: SearchProblem, outcome: Floats) -> tuple[_Memo, Floats]:
    """Payoffs to be asked for around an outcome, and its scaled levels."""
    memo = _Memo(problem, outcome)
    return memo, (outcome[memo.moving] - memo.low) / memo.width


def _size_of_aim(aim: Aim, memo: _Memo, y: Floats, smooth: bool) -> float:
    """What one unit of the aim is measured in, so that slopes are of order one."""
    if not smooth or aim.slope is None:
        return (
            max(abs(float(y[-1])), 1.0) if aim.scale is None else max(memo.problem.size / float(aim.scale.max()), 1e-9)
        )
    V, J = memo.at(y)
    return max(float(np.abs(aim.slope(V) @ J).max()), 1e-12)


def _conditions(problem: SearchProblem, aim: Aim, memo: _Memo, size: float) -> list[dict[str, Any]]:
    """Constraints, floors and, for a smallest gain, gains above it, as rows of the programme."""
    extra = 0 if aim.slope is not None else 1
    bent = [constraint for constraint in problem.constraints if not constraint.coefficients]
    rows = [*_linear_rows(problem, memo, extra), *(_constraint_row(constraint, memo, extra) for constraint in bent)]
    if problem.floor is not None and np.isfinite(problem.floor).any():
        bounded = np.flatnonzero(np.isfinite(problem.floor))
        floor, unit, spare = problem.floor[bounded], problem.size, np.zeros((bounded.size, extra))
        rows.append({
            "type": "ineq",
            "fun": lambda y: (memo.at(y)[0][bounded] - floor) / unit,
            "jac": lambda y: np.concatenate([memo.at(y)[1][bounded] / unit, spare], axis=1),
        })  # fmt: skip
    if aim.origin is not None and aim.scale is not None:
        origin, scale, below = aim.origin, aim.scale, np.full((aim.scale.size, 1), -1.0)
        rows.append({
            "type": "ineq",
            "fun": lambda y: ((memo.at(y)[0] - origin) / scale - y[-1]) / size,
            "jac": lambda y: np.concatenate([memo.at(y)[1] / scale[:, None], below], axis=1) / size,
        })  # fmt: skip
    return rows


def _linear_rows(problem: SearchProblem, memo: _Memo, extra: int) -> list[dict[str, Any]]:
    """Linear constraints as one row of the programme for each kind: their slopes are known once and for all."""
    rows: list[dict[str, Any]] = []
    for kind in dict.fromkeys(constraint.kind for constraint in problem.constraints if constraint.coefficients):
        at_zero, slopes = memo.linear(
            [constraint for constraint in problem.constraints if constraint.coefficients and constraint.kind == kind]
        )
        slopes = np.concatenate([slopes, np.zeros((len(slopes), extra))], axis=1)
        rows.append({
            "type": "eq" if kind == "equal" else "ineq",
            "fun": lambda y, at_zero=at_zero, slopes=slopes: at_zero + slopes @ y,
            "jac": lambda y, slopes=slopes: slopes,
        })  # fmt: skip
    return rows


def _constraint_row(constraint: Constraint, memo: _Memo, extra: int) -> dict[str, Any]:
    kind = "eq" if constraint.kind == "equal" else "ineq"

    def gap(y: Floats) -> Floats:
        return constraint.gap(memo.outcome(y)[None])

    def slope(y: Floats) -> Floats:
        row = gap_slope(constraint, memo.problem.space, memo.outcome(y))[memo.moving] * memo.width
        return np.append(row, np.zeros(extra))[None]

    return {"type": kind, "fun": gap, "jac": slope}


def gap_slope(constraint: Constraint, space: OutcomeSpace, x: Floats) -> Floats:
    """Derivatives of the gap of a constraint in each level, shape (issues,)."""
    if constraint.coefficients:
        return np.array([constraint.coefficients.get(name, 0.0) for name in space.names])
    step = 1e-6 * (space.upper - space.lower)
    up, down = constraint.gap(x + np.diag(step)), constraint.gap(x - np.diag(step))
    return (up - down) / (2.0 * step)


def _judged(problem: SearchProblem, aim: Aim, memo: _Memo, y: Floats) -> BestOutcome | None:
    """The end of a programme with its certificate; None where what must hold does not."""
    outcome = memo.outcome(y)
    V, J = memo.at(y)
    if not problem.allowed(outcome[None], V[None], 1e-6)[0]:
        return None
    value = float(aim.value(V[None])[0])
    residual = _residual(problem, aim, outcome, V, J)
    polled, better = (0.0, None) if residual <= STATIONARY else _polled(problem, aim, outcome, V, value)
    return BestOutcome(outcome, V, value, residual, polled, better)


def _residual(problem: SearchProblem, aim: Aim, outcome: Floats, V: Floats, J: Floats) -> float:
    """Share of the slope of the aim that bounds, constraints and floors in force do not explain."""
    from scipy.optimize import nnls

    moving = problem.moving()
    if not moving:
        return 0.0
    space = problem.space
    width = (space.upper - space.lower)[moving]
    rows = _binding(problem, outcome, V, J, moving, width)
    if aim.slope is not None:
        # What bounds leave of the slope of the aim, as a share of the slopes of payoffs that add up to it.
        weights = aim.slope(V)
        target = (weights @ J) / max(float(np.abs(weights) @ np.linalg.norm(J, axis=1)), 1e-300)
        return float(nnls(-np.stack(rows).T, target)[1]) if rows else float(np.linalg.norm(target))
    return _unexplained_smallest(nnls, rows, aim, V, J, problem.size)


def _unexplained_smallest(
    nnls: Callable[..., tuple[Floats, float]], rows: list[Floats], aim: Aim, V: Floats, J: Floats, size: float
) -> float:
    """Weights on the smallest gains must sum to one and leave no direction that raises them all."""
    scale = np.ones(V.size) if aim.scale is None else aim.scale
    gains = (V - (0.0 if aim.origin is None else aim.origin)) / scale
    tight = np.flatnonzero(gains <= gains.min() + 1e-6 * max(1.0, size / float(scale.max())))
    slopes = J[tight] / scale[tight, None]
    unit = max(float(np.linalg.norm(slopes, axis=1).max()), 1e-12)
    columns = [np.append(slope / unit, 1.0) for slope in slopes] + [np.append(row, 0.0) for row in rows]
    target = np.append(np.zeros(J.shape[1]), 1.0)
    return float(nnls(np.stack(columns).T, target)[1])


def _binding(
    problem: SearchProblem, outcome: Floats, V: Floats, J: Floats, moving: list[int], width: Floats
) -> list[Floats]:
    """Inward unit normals of what binds; equalities in both directions."""
    space, eye = problem.space, np.eye(len(moving))
    rows = []
    for i, k in enumerate(moving):
        rows += [eye[i]] if outcome[k] <= space.lower[k] + ACTIVE * width[i] else []
        rows += [-eye[i]] if outcome[k] >= space.upper[k] - ACTIVE * width[i] else []
    for constraint in problem.constraints:
        normal = gap_slope(constraint, space, outcome)[moving] * width
        length = float(np.linalg.norm(normal))
        if length > 0.0 and (constraint.kind == "equal" or constraint.gap(outcome[None])[0] <= ACTIVE * length):
            rows += [normal / length] + ([-normal / length] if constraint.kind == "equal" else [])
    if problem.floor is not None:
        for i in np.flatnonzero(V - problem.floor <= ACTIVE * problem.size):
            rows += [J[i] / max(float(np.linalg.norm(J[i])), 1e-12)]
    return rows


def _polled(problem: SearchProblem, aim: Aim, outcome: Floats, V: Floats, value: float) -> tuple[float, Floats | None]:
    """Most that outcomes around this one gain, share of the scale of payoffs, and the outcome that gains it."""
    moving = problem.moving()
    width = (problem.space.upper - problem.space.lower)[moving]
    draws = np.random.default_rng(0).standard_normal((64, len(moving)))
    ways = np.vstack([np.eye(len(moving)), -np.eye(len(moving)), draws])
    X = np.concatenate([np.tile(outcome, (len(ways), 1)) for _ in range(4)])
    X[:, moving] += np.concatenate([size * ways * width for size in (1e-2, 1e-3, 1e-4, 1e-5)])
    X = np.clip(X, problem.space.lower, problem.space.upper)
    P = problem.payoffs.value(X)
    keep = problem.allowed(X, P, 0.0)
    if not keep.any():
        return 0.0, None
    per_dollar = 1.0 if aim.slope is None else max(float(np.abs(aim.slope(V)).max()), 1e-300)
    values = aim.value(P[keep])
    dollars = (values.max() - value) / per_dollar * (1.0 if aim.scale is None else float(aim.scale.max()))
    return max(float(dollars), 0.0) / problem.size, X[keep][values.argmax()] if dollars > 0.0 else None


# --- searches for an outcome of any number of parties -----------------------------------------------------------------


#: Most outcomes among which a search begins.
SCATTERED = 4096

#: Outcomes of a search over no issue; twice as many for each that moves.
FEW = 64

#: Clouds of outcomes that a negotiation keeps.
KEPT = 64

#: Best of them that are climbed from.
STARTS = 4

#: Further ones, where the best lead nowhere.
SPARE = 12

#: Times that outcomes are moved onto equalities and back within the levels.
PROJECTED = 12

#: A party whose payoffs move by less is not touched by the talks, share of the largest move of all.
UNTOUCHED = 1e-9


def moved_by(space: OutcomeSpace, members: Sequence[str]) -> Bools:
    """Issues whose giver and receivers are all members, shape (issues,)."""
    inside = set(members)
    for code in inside:
        space.party(code)
    return np.array([space.sides(issue) <= inside for issue in space.issues])


def log_gains(origin: Floats, count: Bools, power: Floats, size: float) -> Aim:
    """Log gains of some parties, with power of shape (parties,); the others do not count."""
    counted = sum_of_logs(origin[count], power[count], size)

    def slope(v: Floats) -> Floats:
        whole = np.zeros(v.size)
        whole[count] = counted.slope(v[count]) if counted.slope is not None else 0.0
        return whole

    return Aim(lambda V: counted.value(V[:, count]), slope)


def spread(negotiation: Negotiation, base: Floats) -> Floats:
    """How far apart the payoffs of each party lie over what is on the table, USD billion a year, shape (parties,)."""
    free = np.ones(len(negotiation.space.issues), dtype=np.bool_)
    problem = SearchProblem(negotiation.space, negotiation.payoffs, (), None, free, 1.0)
    return np.asarray(np.ptp(_cloud(negotiation, problem, base, FREE)[1], axis=0))


def touched(negotiation: Negotiation, base: Floats) -> Bools:
    """Parties to whom it matters what is agreed, shape (parties,); the others are left out of every solution."""
    moves = spread(negotiation, base)
    return np.asarray(moves > UNTOUCHED * max(float(moves.max()), 1e-300))


def best_from(
    negotiation: Negotiation,
    free: Bools,
    aim: Aim,
    base: Floats,
    constraints: str,
    name: str,
) -> tuple[Floats, Floats]:
    """The best outcome over the issues that move, the rest as at the base; outcome (issues,) and payoffs (parties,).

    Raises
    ------
    SolveError : the search does not converge.
    """
    best = search(negotiation, free, aim, base, constraints, name)
    if best is None:
        raise SolveError(f"{name}: nothing on the table holds what must hold; widen the levels or drop a constraint.")
    return best.outcome, best.payoffs


def search(
    negotiation: Negotiation,
    free: Bools,
    aim: Aim,
    base: Floats,
    constraints: str = "free",
    name: str = "search",
    floor: Floats | None = None,
    also: Sequence[Floats] = (),
) -> BestOutcome | None:
    """The same with its certificate; None where nothing is found that holds what must hold.

    Parameters
    ----------
    also : outcomes from which the search may begin besides, such as one that is known to hold the floors.
    """
    problem, starts, feasible = search_starts(negotiation, free, aim, base, constraints, floor, also, STARTS + SPARE)
    if not problem.free.any():
        V = negotiation.payoffs.value(starts[0][None])
        return BestOutcome(starts[0], V[0], float(aim.value(V)[0]), 0.0, 0.0) if feasible else None
    try:
        return maximise(problem, aim, starts[:STARTS], name, starts[STARTS:])
    except SolveError:
        if feasible:
            raise
        return None


def search_starts(
    negotiation: Negotiation,
    free: Bools,
    aim: Aim,
    base: Floats,
    constraints: str = "free",
    floor: Floats | None = None,
    also: Sequence[Floats] = (),
    starts: int = STARTS,
) -> tuple[SearchProblem, list[Floats], bool]:
    """What a search looks for, the outcomes from which it begins, best first, and whether any holds what must hold.

    Where few do, those that miss least come after them: a programme may end where all holds.
    """
    space = negotiation.space
    free, base, rules = within(space, free, base, constraints)
    problem = SearchProblem(space, negotiation.payoffs, rules, floor, free, 1.0)
    X, V = _cloud(negotiation, problem, base, constraints)
    own = _onto_equalities(problem, np.concatenate([base[None], np.reshape(also, (-1, base.size))]))
    X, V = np.concatenate([own, X]), np.concatenate([negotiation.payoffs.value(own), V])
    problem = replace(problem, size=max(float(np.ptp(V, axis=0).max()), 1e-9))
    allowed = problem.allowed(X, V)
    scores = np.where(allowed, aim.value(V), -np.inf)
    order = [int(k) for k in np.argsort(-scores, kind="stable") if np.isfinite(scores[k])]
    chosen = _spread_first(space, free, X, order)[:starts]
    if len(chosen) < starts:
        missed = np.flatnonzero(~allowed)
        short = np.zeros(missed.size) if floor is None else least(V[missed] - floor)
        chosen += missed[np.argsort(-short, kind="stable")][: starts - len(chosen)].tolist()
    return problem, [X[k] for k in chosen], bool(allowed.any())


def _cloud(negotiation: Negotiation, problem: SearchProblem, base: Floats, constraints: str) -> tuple[Floats, Floats]:
    """Outcomes spread over what moves, moved onto equalities, and their payoffs: the same for every search."""
    key = problem.free.tobytes(), base[~problem.free].tobytes(), constraints
    if key not in negotiation.clouds:
        if len(negotiation.clouds) >= KEPT:
            negotiation.clouds.clear()
        X = _onto_equalities(problem, scattered(negotiation.space, problem.free, base, constraints)[1:])
        negotiation.clouds[key] = X, negotiation.payoffs.value(X) if len(X) else np.empty((0, len(negotiation.parties)))
    return negotiation.clouds[key]


def _onto_equalities(problem: SearchProblem, X: Floats) -> Floats:
    """Outcomes moved as little as may be to where linear equalities hold: a threat that breaks one is no obstacle."""
    space, moving = problem.space, problem.moving()
    rules = [rule for rule in problem.constraints if rule.kind == "equal" and rule.coefficients]
    if not rules or not moving:
        return X
    width = (space.upper - space.lower)[moving]
    back = np.linalg.pinv(np.stack([gap_slope(rule, space, X[0])[moving] * width for rule in rules]))
    for _ in range(PROJECTED):
        X[:, moving] -= np.stack([rule.gap(X) for rule in rules], axis=1) @ back.T * width
        X[:, moving] = np.clip(X[:, moving], space.lower[moving], space.upper[moving])
    return X


def _spread_first(space: OutcomeSpace, free: Bools, X: Floats, order: list[int]) -> list[int]:
    """Rows of outcomes, best first, those before all others that are the best of their levels of on-or-off issues."""
    switches = [int(k) for k in np.flatnonzero(free) if space.issues[k].whole]
    if not switches:
        return order
    heads: dict[bytes, int] = {}
    for row in order:
        heads.setdefault(X[row, switches].tobytes(), row)
    first = set(heads.values())
    return [*heads.values(), *(row for row in order if row not in first)]


def climb(
    negotiation: Negotiation,
    free: Bools,
    aim: Aim,
    start: Floats,
    size: float,
    floor: Floats | None = None,
    constraints: str = "free",
) -> BestOutcome | None:
    """The best outcome near one that is nearly it; None where nothing good is reached.

    Parameters
    ----------
    size : scale of payoffs, USD billion a year.
    """
    free, start, rules = within(negotiation.space, free, start, constraints)
    problem = SearchProblem(negotiation.space, negotiation.payoffs, rules, floor, free, size)
    good = peaks(problem, aim, [start])
    return good[0] if good else None


def scattered(space: OutcomeSpace, free: Bools, base: Floats, constraints: str = "free") -> Floats:
    """The base, and outcomes spread evenly over what a set allows of each issue, shape (outcomes, issues)."""
    low, high = reach(space, constraints)
    moving = np.flatnonzero(free)
    count = min(SCATTERED, FEW * 2**moving.size)
    X = np.tile(np.asarray(base, dtype=np.float64), (count + 1, 1))
    if not moving.size:
        return X[:1]
    X[1:, moving] = low[moving] + evenly(count, moving.size) * (high - low)[moving]
    X[1:, moving] = on_levels(space, X[1:])[:, moving]
    return X


def on_levels(space: OutcomeSpace, X: Floats) -> Floats:
    """Outcomes with issues that only have the levels of their list on the nearest, shape (outcomes, issues)."""
    X = np.array(X)
    for k, issue in enumerate(space.issues):
        if issue.whole:
            X[:, k] = issue.levels[np.abs(X[:, k, None] - issue.levels).argmin(axis=1)]
    return X


def members_of(space: OutcomeSpace, members: Sequence[str]) -> Bools:
    """Which parties are members, shape (parties,)."""
    return np.array([code in members for code in space.parties])
