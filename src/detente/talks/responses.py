"""What each side would do on its own: best responses, what it is indifferent to, and the tariff war.

A grid is scanned first, because payoffs are flat or have several peaks at high duties; then the first-order condition
is solved, because a search on values alone stalls near 1e-8. A best response at the end of an axis is a corner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError
from detente.codes.portrait import Readable
from detente.talks.space import Floats, OutcomeSpace, Payoffs, local

FLAT = 0.1
"""Levels that cost less than this against the best one count as indifferent, USD billion a year."""

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


@dataclass(frozen=True)
class Response:
    """The best one party can do with its own issues, the others' held.

    Attributes
    ----------
    party : code; `issues` : names of what it sets.
    outcome : all levels with the party's best ones, shape (issues,); `payoff` : of the party, USD billion a year.
    corners : issues that end at a bound, where a further move would gain or do nothing.
    indifferent : by issue, the levels around the best one that cost less than `FLAT`, the party's other issues held.
    lowest : the outcome with the lowest levels that the party is indifferent to, one issue at a time.
    slope : largest first-order residual away from corners, USD billion a year a unit.
    """

    party: str
    issues: tuple[str, ...]
    outcome: Floats
    payoff: float
    corners: tuple[str, ...]
    indifferent: dict[str, tuple[float, float]]
    lowest: Floats
    slope: float


def best_response(
    space: OutcomeSpace, payoffs: Payoffs, party: str, given: Floats, issues: Sequence[str] | None = None
) -> Response:
    """The party's best levels of its own issues, jointly, the others' as in `given`.

    Parameters
    ----------
    given : outcome whose other levels are held, shape (issues,).
    issues : what it may move, by default all duties it sets.

    Raises
    ------
    InputError : the party sets none of the issues.
    """
    own = _own(space, party, issues)
    me = space.party(party)
    outcome = _polished(space, payoffs, me, own, _scanned(space, payoffs, me, own, given))
    value = float(payoffs.value(outcome[None])[0, me])
    slope = payoffs.slope(outcome[None])[0, me]
    corners = tuple(space.names[k] for k in own if outcome[k] in (space.lower[k], space.upper[k]))
    loose = [k for k in own if space.names[k] not in corners and not space.issues[k].whole]
    flat = {space.names[k]: _indifferent(space, payoffs, me, k, outcome, value) for k in own}
    lowest = outcome.copy()
    for k in own:
        lowest[k] = flat[space.names[k]][0]
    residual = float(np.abs(slope[loose]).max(initial=0.0))
    return Response(party, tuple(space.names[k] for k in own), outcome, value, corners, flat, lowest, residual)


def combined_response(space: OutcomeSpace, payoffs: Payoffs, party: str, given: Floats, own: Sequence[int]) -> Floats:
    """The outcome with the party's best levels of some columns, the rest as in `given`, shape (issues,)."""
    me = space.party(party)
    return _polished(space, payoffs, me, own, _scanned(space, payoffs, me, own, given))


def _own(space: OutcomeSpace, party: str, issues: Sequence[str] | None) -> list[int]:
    own = list(space.own(party)) if issues is None else [space.index(name) for name in issues]
    if not own or any(space.issues[k].party not in (party, "both") for k in own):
        raise InputError(f"best response of {party}", "it does not set these issues", "name issues it controls")
    return own


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
        values = payoffs.value(_line(outcome, k, np.array([low, outcome[k], high])))[:, me]
        return [low, float(outcome[k]), high][int(np.argmax(values))]
    return cast(float, brentq(derivative, low, high, xtol=1e-14))


def _line(outcome: Floats, k: int, levels: Floats) -> Floats:
    """Outcomes that differ in one issue, shape (levels, issues)."""
    X = np.tile(outcome, (levels.size, 1))
    X[:, k] = levels
    return X


def _indifferent(
    space: OutcomeSpace, payoffs: Payoffs, me: int, k: int, outcome: Floats, best: float
) -> tuple[float, float]:
    """Levels of one issue around the best that cost less than `FLAT`; ends are roots between nodes of a fine scan."""
    issue = space.issues[k]
    if issue.whole:
        return float(outcome[k]), float(outcome[k])

    def short(level: float) -> float:
        return float(payoffs.value(_line(outcome, k, np.array([level])))[0, me]) - best + FLAT

    ends = []
    for bound in (issue.low, issue.high):
        scan = np.linspace(outcome[k], bound, 65)
        missed = np.flatnonzero(payoffs.value(_line(outcome, k, scan))[:, me] < best - FLAT)
        ends.append(bound if not missed.size else _crossing(short, scan[missed[0] - 1], scan[missed[0]]))
    return ends[0], ends[1]


def _crossing(function: Callable[[float], float], inside: float, outside: float) -> float:
    from scipy.optimize import brentq

    return cast(float, brentq(function, inside, outside, xtol=1e-10))


@dataclass(frozen=True, repr=False)
class War(Readable):
    """Mutual best responses.

    Attributes
    ----------
    outcome : levels of all issues, shape (issues,); `payoffs` : USD billion a year, shape (parties,).
    responses : best response of each party at the outcome.
    rounds : rounds of best responses; `move` : what the last one moved; `gain` : most that a fresh search of one side
        alone finds, USD billion a year.
    crossings : all outcomes of the grid at which the reaction curves cross, shape (crossings, issues).
    winners : parties better off than at the start of the war.
    """

    outcome: Floats
    payoffs: Floats
    responses: tuple[Response, ...]
    rounds: int
    move: float
    gain: float
    crossings: Floats
    winners: tuple[str, ...]

    @property
    def corners(self) -> tuple[str, ...]:
        """Issues at a bound: a duty of 0 is a corner at the base law, not a choice of zero."""
        return tuple(name for response in self.responses for name in response.corners)


def tariff_war(
    space: OutcomeSpace,
    payoffs: Payoffs,
    start: Floats | None = None,
    issues: dict[str, Sequence[str]] | None = None,
) -> War:
    """Best responses in turn until no duty moves, with the crossings of the reaction curves on the grid.

    Parameters
    ----------
    start : outcome from which the war begins and whose other issues are held, by default the default levels.
    issues : by party, what it may move, by default the duties it sets.

    Raises
    ------
    SolveError : a fresh search of one side alone finds a gain. Rounds that go on where nobody gains have met.
    """
    outcome = np.array(space.default if start is None else start, dtype=np.float64)
    begin, issues = outcome.copy(), issues or {}
    movers = [party for party in space.parties if issues.get(party) or space.own(party)]
    players = [(space.party(party), _own(space, party, issues.get(party))) for party in movers]
    outcome, rounds, move = _rounds(space, payoffs, players, outcome)
    responses = [best_response(space, payoffs, party, outcome, issues.get(party)) for party in movers]
    gain = max((_fresh_gain(space, payoffs, response) for response in responses), default=0.0)
    value = payoffs.value(np.stack([outcome, begin]))
    if gain > max(NOTHING, SHARE * float(np.abs(value).max())):
        last = "" if move <= MEETS else f", and after {rounds} rounds duties still move by {move:.1e}"
        raise SolveError(f"tariff war: one side alone still gains {gain:.2g} billion{last}; try another start.")
    winners = tuple(party for party, now, then in zip(space.parties, *value, strict=True) if now > then + 1e-9)
    crossings = _crossings(space, payoffs, players, outcome)
    return War(outcome, value[0], tuple(responses), rounds, move, gain, crossings, winners)


def _fresh_gain(space: OutcomeSpace, payoffs: Payoffs, response: Response) -> float:
    """What one side gains by moving alone to the best outcome of a grid finer than the space's."""
    own = [space.index(name) for name in response.issues]
    many = max(int(FRESH ** (1.0 / len(own))), 2)
    axes = [
        issue.levels if issue.whole else np.linspace(issue.low, issue.high, many)
        for issue in (space.issues[k] for k in own)
    ]
    me = space.party(response.party)
    return float(payoffs.value(_combinations(axes, own, response.outcome))[:, me].max() - response.payoff)


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


def _crossings(
    space: OutcomeSpace, payoffs: Payoffs, players: Sequence[tuple[int, list[int]]], given: Floats
) -> Floats:
    """Outcomes of the grid where rounds of best responses of two parties end, whatever duties they begin from.

    Where the rounds on the grid go back and forth between neighbours, the first of them stands for the crossing.
    """
    if len(players) != 2:
        return given[None]
    (me, first), (you, second) = players
    X = _combinations([space.issues[k].levels for k in (*first, *second)], (*first, *second), given)
    rows = int(np.prod([space.issues[k].levels.size for k in first]))
    V = payoffs.value(X)
    mine = V[:, me].reshape(rows, -1).argmax(axis=0)
    theirs = V[:, you].reshape(rows, -1).argmax(axis=1)
    then = theirs[mine]
    reached = np.arange(then.size)
    for _ in range(then.size):
        reached = then[reached]
    ends = np.unique([min(_cycle(then, start)) for start in np.unique(reached)])
    return X.reshape(rows, then.size, -1)[mine[ends], ends]


def _cycle(then: NDArray[np.int64], start: int) -> list[int]:
    """The states visited from one on a cycle until it comes back."""
    seen = [int(start)]
    while int(then[seen[-1]]) != start:
        seen.append(int(then[seen[-1]]))
    return seen
