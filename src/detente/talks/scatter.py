"""Searches for an outcome of any number of parties: begun from outcomes scattered over what moves, climbed to the best.

Issues that do not move stand as in a base. Issues with a list of levels alone are tried at each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from detente.codes import SolveError
from detente.talks.continuous import Aim, BestOutcome, SearchProblem, gap_slope, maximise, peaks, sum_of_logs
from detente.talks.limits import reach, within
from detente.talks.space import FREE, Bools, Floats, Negotiation, OutcomeSpace, least

SCATTERED = 4096
"""Most outcomes among which a search begins."""

FEW = 64
"""Outcomes of a search over no issue; twice as many for each that moves."""

KEPT = 64
"""Clouds of outcomes that a negotiation keeps."""

STARTS = 4
"""Best of them that are climbed from."""

SPARE = 12
"""Further ones, where the best lead nowhere."""

PROJECTED = 12
"""Times that outcomes are moved onto equalities and back within the levels."""

UNTOUCHED = 1e-9
"""A party whose payoffs move by less is not touched by the talks, share of the largest move of all."""


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


def touched(negotiation: Negotiation, base: Floats) -> Bools:
    """Parties to whom it matters what is agreed, shape (parties,); the others are left out of every solution."""
    free = np.ones(len(negotiation.space.issues), dtype=np.bool_)
    problem = SearchProblem(negotiation.space, negotiation.payoffs, (), None, free, 1.0)
    moves = np.ptp(_cloud(negotiation, problem, base, FREE)[1], axis=0)
    return np.asarray(moves > UNTOUCHED * max(float(moves.max()), 1e-300))


def best_from(
    negotiation: Negotiation,
    free: Bools,
    aim: Aim,
    base: Floats,
    constraints: str,
    name: str,
    floor: Floats | None = None,
) -> tuple[Floats, Floats]:
    """The best outcome over the issues that move, the rest as at the base; outcome (issues,) and payoffs (parties,).

    Parameters
    ----------
    floor : least payoff of each party, -inf for none.

    Raises
    ------
    SolveError : the search does not converge.
    """
    best = search(negotiation, free, aim, base, constraints, name, floor)
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
    problem, starts, feasible = begin(negotiation, free, aim, base, constraints, floor, also, STARTS + SPARE)
    if not problem.free.any():
        V = negotiation.payoffs.value(starts[0][None])
        return BestOutcome(starts[0], V[0], float(aim.value(V)[0]), 0.0, 0.0) if feasible else None
    try:
        return maximise(problem, aim, starts[:STARTS], name, starts[STARTS:])
    except SolveError:
        if feasible:
            raise
        return None


def begin(
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
    from scipy.stats import qmc

    low, high = reach(space, constraints)

    moving = np.flatnonzero(free)
    count = min(SCATTERED, FEW * 2**moving.size)
    X = np.tile(np.asarray(base, dtype=np.float64), (count + 1, 1))
    if not moving.size:
        return X[:1]
    spread = qmc.Sobol(moving.size, scramble=False).random(count)
    X[1:, moving] = low[moving] + spread * (high - low)[moving]
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
