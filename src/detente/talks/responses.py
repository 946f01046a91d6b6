"""What each side would do on its own: best responses, and the tariff war.

A grid is scanned first, because payoffs are flat or have several peaks at high duties; then the first-order condition
is solved, because a search on values alone stalls near 1e-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np

from detente.codes import SolveError
from detente.codes.portrait import Readable
from detente.talks.space import Floats, OutcomeSpace, Payoffs, local

MEETS = 1e-8
"""A round of best responses that moves no level further than this has met a war."""

NOTHING, SHARE = 1e-3, 1e-6
"""Gain of one side alone that is none: USD billion a year, and share of what is at stake."""

ROUNDS = 200
"""Most rounds of best responses."""

SCANNED = 40_000
"""Most outcomes of a grid of own issues; above it so many are spread over the grid."""

SPREAD = 4096
"""Outcomes that are spread over a grid with too many."""

FRESH = 4001
"""Most outcomes of the fresh search that looks for a gain of one side alone."""


def combined_response(space: OutcomeSpace, payoffs: Payoffs, party: str, given: Floats, own: Sequence[int]) -> Floats:
    """The outcome with the party's best levels of some columns, the rest as in `given`, shape (issues,)."""
    me = space.party(party)
    return _polished(space, payoffs, me, own, _scanned(space, payoffs, me, own, given))


def _combinations(axes: Sequence[Floats], own: Sequence[int], given: Floats) -> Floats:
    """All combinations of levels of some issues, the others as in `given`, shape (outcomes, issues)."""
    X = np.tile(given, (int(np.prod([axis.size for axis in axes])), 1))
    X[:, list(own)] = np.array(list(product(*axes)))
    return X


def _spread(axes: Sequence[Floats], own: Sequence[int], given: Floats) -> Floats:
    """Outcomes spread over the combinations of levels, and what is given, shape (outcomes, issues)."""
    from scipy.stats import qmc

    places = qmc.Sobol(len(axes), scramble=False).random(SPREAD)
    X = np.tile(given, (SPREAD + 1, 1))
    for k, axis, place in zip(own, axes, places.T, strict=True):
        X[1:, k] = axis[np.minimum((place * axis.size).astype(int), axis.size - 1)]
    return X


def _scanned(space: OutcomeSpace, payoffs: Payoffs, me: int, own: Sequence[int], given: Floats) -> Floats:
    """The best outcome on the grid of the party's own issues; of those spread over it where it has too many."""
    axes = [space.issues[k].levels for k in own]
    few = np.prod([axis.size for axis in axes]) <= SCANNED
    X = _combinations(axes, own, given) if few else _spread(axes, own, given)
    return X[int(np.argmax(payoffs.value(X)[:, me]))]


def _polished(space: OutcomeSpace, payoffs: Payoffs, me: int, own: Sequence[int], start: Floats) -> Floats:
    """The first-order condition in the own issues; the start where it leads to nothing better."""
    moving = [k for k in own if not space.issues[k].whole]
    outcome = start.copy()
    if len(moving) == 1:
        outcome[moving[0]] = _root(space, payoffs, me, moving[0], outcome)
    elif moving:
        outcome = _joint(space, payoffs, me, moving, outcome)
    kept = payoffs.value(np.stack([start, outcome]))[:, me]
    return outcome if kept[1] >= kept[0] - 1e-12 * max(1.0, abs(kept[0])) else start


def _joint(space: OutcomeSpace, payoffs: Payoffs, me: int, moving: list[int], start: Floats) -> Floats:
    """Several issues at once: a climb within bounds, then the root of the conditions of those inside them."""
    from scipy.optimize import minimize, root

    low, width = space.lower[moving], (space.upper - space.lower)[moving]

    def placed(y: Floats, some: Sequence[int], base: Floats) -> Floats:
        x = base.copy()
        x[list(some)] = y
        return x

    def down(y: Floats) -> tuple[float, Floats]:
        V, J = local(payoffs, placed(low + width * y, moving, start))
        return -float(V[me]), -J[me, moving] * width

    options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 200}
    begin = (start[moving] - low) / width
    done = minimize(down, begin, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(moving), options=options)
    outcome = placed(low + width * done.x, moving, start)
    inside = [k for k, y in zip(moving, done.x, strict=True) if 0.0 < y < 1.0]
    if not inside:
        return outcome

    def conditions(y: Floats) -> Floats:
        clipped = np.clip(y, space.lower[inside], space.upper[inside])
        return local(payoffs, placed(clipped, inside, outcome))[1][me, inside]

    solved = root(conditions, outcome[inside], tol=1e-13)
    within = (np.abs(solved.x - np.clip(solved.x, space.lower[inside], space.upper[inside])) <= 0.0).all()
    smaller = np.abs(solved.fun).max() < np.abs(conditions(outcome[inside])).max()
    return placed(solved.x, inside, outcome) if within and smaller else outcome


def _root(space: OutcomeSpace, payoffs: Payoffs, me: int, k: int, outcome: Floats) -> float:
    """Where the derivative in one issue turns from gain to loss, near the level held; an end if it does not turn."""
    from scipy.optimize import brentq

    def derivative(level: float) -> float:
        moved = outcome.copy()
        moved[k] = level
        return float(local(payoffs, moved)[1][me, k])

    levels = space.issues[k].levels
    near = int(np.argmin(np.abs(levels - outcome[k])))
    low, high = float(levels[max(near - 1, 0)]), float(levels[min(near + 1, levels.size - 1)])
    down, up = derivative(low), derivative(high)
    if down <= 0.0 or up >= 0.0:
        X = np.tile(outcome, (3, 1))
        X[:, k] = low, outcome[k], high
        values = payoffs.value(X)[:, me]
        return float(X[int(np.argmax(values)), k])
    return cast(float, brentq(derivative, low, high, xtol=1e-14))


@dataclass(frozen=True, repr=False)
class War(Readable):
    """Mutual best responses.

    Attributes
    ----------
    outcome : levels of all issues, shape (issues,); `payoffs` : USD billion a year, shape (parties,).
    rounds : rounds of best responses; `move` : what the last one moved; `gain` : most that a fresh search of one side
        alone finds, USD billion a year.
    """

    outcome: Floats
    payoffs: Floats
    rounds: int
    move: float
    gain: float


def tariff_war(space: OutcomeSpace, payoffs: Payoffs, start: Floats | None = None) -> War:
    """Best responses in turn until no duty moves.

    Parameters
    ----------
    start : outcome from which the war begins and whose other issues are held, by default the default levels.

    Raises
    ------
    SolveError : a fresh search of one side alone finds a gain. Rounds that go on where nobody gains have met.
    """
    begin = np.array(space.default if start is None else start, dtype=np.float64)
    players = [(space.party(party), list(space.own(party))) for party in space.parties if space.own(party)]
    outcome, rounds, move = _rounds(space, payoffs, players, begin)
    value = payoffs.value(np.stack([outcome, begin]))
    gains = [_fresh(space, payoffs, me, own, outcome) - float(value[0, me]) for me, own in players]
    gain = max(gains, default=0.0)
    if gain > max(NOTHING, SHARE * float(np.abs(value).max())):
        last = "" if move <= MEETS else f", and after {rounds} rounds duties still move by {move:.1e}"
        raise SolveError(f"tariff war: one side alone still gains {gain:.2g} billion{last}; try another start.")
    return War(outcome, value[0], rounds, move, gain)


def _fresh(space: OutcomeSpace, payoffs: Payoffs, me: int, own: list[int], outcome: Floats) -> float:
    """The most that one side gets by moving alone to the best outcome of a grid finer than the space's."""
    many = max(int(FRESH ** (1.0 / len(own))), 2)
    axes = [
        issue.levels if issue.whole else np.linspace(issue.low, issue.high, many)
        for issue in (space.issues[k] for k in own)
    ]
    return float(payoffs.value(_combinations(axes, own, outcome))[:, me].max())


def _rounds(
    space: OutcomeSpace, payoffs: Payoffs, players: Sequence[tuple[int, list[int]]], start: Floats
) -> tuple[Floats, int, float]:
    """Best responses in turn: outcome, rounds and the last move."""
    outcome, rounds, move = start, 0, np.inf
    while move > MEETS and rounds < ROUNDS:
        before = outcome
        for me, own in players:
            outcome = _polished(space, payoffs, me, own, _scanned(space, payoffs, me, own, outcome))
        move, rounds = float(np.abs(outcome - before).max(initial=0.0)), rounds + 1
    return outcome, rounds, move
