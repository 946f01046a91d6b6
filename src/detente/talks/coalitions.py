"""What some of the parties can do without the others: values of coalitions, the core, and who blocks a deal.

A coalition moves the issues whose giver and receivers are all in it; every other issue stands where the failure of
the talks leaves it ("stand"), or outsiders reply with their own duties ("answer"). The value of a coalition depends on
that conjecture, so a reader is shown both. With transfers the core is a linear programme over 2^n - 2 rows (least core:
the smallest excess that no coalition beats); without, a deal is blocked where some coalition has one of its own that is
better for each of its members.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from detente.codes import InputError, SolveError, UnknownName
from detente.codes.portrait import Readable
from detente.talks.continuous import (
    Aim,
    BestOutcome,
    SearchProblem,
    maximise,
    peaks,
    smallest_gain,
    sum_of_logs,
    weighted_sum,
)
from detente.talks.space import Bools, Floats, Negotiation, OutcomeSpace

CONJECTURES = ("stand", "answer")
"""What outsiders of a coalition do: keep the levels of the threat, or answer with duties of their own."""

SCATTERED = 512
"""Outcomes among which the search of a coalition begins."""

FEW = 32
"""Outcomes of a search over no issue; twice as many for each that moves."""

STARTS = 4
"""Best of them that are climbed from."""

SPARE = 12
"""Further ones, where the best lead nowhere."""

ROUNDS = 60
"""Rounds of answers before it is said that there is no end."""

SETTLED = 1e-8
"""Change of levels, share of their width, below which answers have ended."""

BETTER = 1e-9
"""Gain below which nobody moves again, share of the scale of the aim."""

SOFT = 0.02
"""Around zero a loss begins to be paid for within this, USD billion a year, so that searches have slopes."""

UNTOUCHED = 1e-9
"""A party whose payoffs move by less is not touched by the talks, share of the largest move of all."""

BLOCKS = 0.1
"""Gain of each member above which a coalition blocks, USD billion a year."""

AWAY = 1e9
"""Worse than anything, USD billion a year: the floor of a party that is not counted."""


@dataclass(frozen=True, repr=False)
class CoalitionDeal(Readable):
    """What a coalition does by itself.

    Attributes
    ----------
    members : codes; `conjecture` : what the others do.
    issues : names of the issues that it moves; none where there is nothing on the table between its members.
    outcome : shape (issues,); `payoffs` : of all parties, from the reference, USD billion a year, shape (parties,).
    value : sum of the payoffs of its members, less what leaks where losers are paid.
    """

    members: tuple[str, ...]
    conjecture: str
    issues: tuple[str, ...]
    outcome: Floats = field(repr=False)
    payoffs: Floats
    value: float


@dataclass(frozen=True, repr=False)
class LeastCore(Readable):
    """The least core of a game with transfers.

    Attributes
    ----------
    excess : smallest e at which no coalition is short by more; the core is not empty where it is zero or less.
    payoffs : one division that attains it, shape (parties,), in the unit of the values.
    tight : coalitions that are short by e, those that hold the division in place.
    """

    parties: tuple[str, ...]
    excess: float
    payoffs: Floats
    tight: tuple[tuple[str, ...], ...]

    @property
    def empty(self) -> bool:
        """Whether every division is beaten by some coalition."""
        return self.excess > 1e-9


@dataclass(frozen=True, repr=False)
class BlockingCoalition(Readable):
    """A coalition's better deal.

    Attributes
    ----------
    members : codes; `gain` : of the member that gains least, USD billion a year; `outcome`, `payoffs` : its deal.
    """

    members: tuple[str, ...]
    gain: float
    outcome: Floats = field(repr=False)
    payoffs: Floats

    @property
    def blocks(self) -> bool:
        """Whether every member gains enough to leave the deal."""
        return self.gain > BLOCKS


def coalitions(parties: Sequence[str], proper: bool = True) -> Iterator[tuple[str, ...]]:
    """Every coalition, the small ones first; without that of all where `proper`."""
    last = len(parties) - 1 if proper else len(parties)
    for size in range(1, last + 1):
        yield from combinations(parties, size)


def moved_by(space: OutcomeSpace, members: Sequence[str]) -> Bools:
    """Issues whose giver and receivers are all members, shape (issues,)."""
    inside = set(members)
    for code in inside:
        space.party(code)
    return np.array([space.sides(issue) <= inside for issue in space.issues])


def coalition_deal(
    negotiation: Negotiation,
    members: Sequence[str],
    threat: Floats,
    conjecture: str = "stand",
    constraints: str = "free",
    leak: float = 0.0,
) -> CoalitionDeal:
    """The deal with the largest sum of payoffs that a coalition reaches by itself.

    Parameters
    ----------
    threat : outcome when talks fail, shape (issues,).
    leak : share of a transferred dollar that is lost: those who lose by the deal are paid by those who gain.

    Raises
    ------
    UnknownName : a member or conjecture that is not known.
    SolveError : the search does not converge, or answers do not end.
    """
    if conjecture not in CONJECTURES:
        raise UnknownName("conjecture", conjecture, CONJECTURES)
    if not 0.0 <= leak < 1.0:
        raise InputError("leak", f"{leak} of a dollar", "give a share from 0 to below 1")
    space, members = negotiation.space, tuple(members)
    free, count = moved_by(space, members), members_of(space, members)
    outcome = np.asarray(threat, dtype=np.float64)
    origin = negotiation.value(outcome)
    aim = leaky_sum(origin, count, leak) if leak else weighted_sum(count.astype(np.float64))
    if conjecture == "answer":
        outcome = _answered(negotiation, members, free, aim, outcome, constraints)
    outcome, payoffs = best_from(negotiation, free, aim, outcome, constraints, f"coalition {' and '.join(members)}")
    names = tuple(name for name, moves in zip(space.names, free, strict=True) if moves)
    lost = np.maximum(origin - payoffs, 0.0)[count].sum() * (1.0 / (1.0 - leak) - 1.0)
    return CoalitionDeal(members, conjecture, names, outcome, payoffs, float(payoffs[count].sum() - lost))


def coalition_values(
    negotiation: Negotiation, threat: Floats, conjecture: str = "stand", constraints: str = "free", leak: float = 0.0
) -> dict[tuple[str, ...], CoalitionDeal]:
    """What every coalition reaches by itself, that of all included; see `coalition_deal`."""
    names = coalitions(negotiation.parties, proper=False)
    return {some: coalition_deal(negotiation, some, threat, conjecture, constraints, leak) for some in names}


def leaky_sum(origin: Floats, count: Bools, leak: float) -> Aim:
    """Gains of some parties less what those who gain pay to make the others whole, of which a share is lost.

    Parameters
    ----------
    origin : payoffs over which gains are, shape (parties,); `count` : whose gains count; `leak` : share, below 1.
    """
    dear = 1.0 / (1.0 - leak) - 1.0

    def value(V: Floats) -> Floats:
        gain = (V - origin)[:, count]
        return (gain - dear * SOFT * np.logaddexp(0.0, -gain / SOFT)).sum(axis=1)

    def slope(v: Floats) -> Floats:
        gain = np.clip((v - origin) / SOFT, -700.0, 700.0)
        return np.where(count, 1.0 + dear / (1.0 + np.exp(gain)), 0.0)

    return Aim(value, slope)


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
    moves = np.ptp(negotiation.payoffs.value(scattered(negotiation.space, free, base)), axis=0)
    return np.asarray(moves > UNTOUCHED * max(float(moves.max()), 1e-300))


def least_core(values: Mapping[tuple[str, ...], float], parties: Sequence[str]) -> LeastCore:
    """The least core: min e over divisions of v(N) under which no proper coalition S has less than v(S) - e.

    Parameters
    ----------
    values : by coalition, every one of them, members in the order of the parties.

    Raises
    ------
    InputError : a coalition without value.
    """
    from scipy.optimize import linprog

    whole, n = tuple(parties), len(parties)
    proper = list(coalitions(whole))
    for some in (*proper, whole):
        if some not in values:
            raise InputError("values of coalitions", f"none of {' and '.join(some)}", "give one for each coalition")
    rows = np.array([[-(code in some) for code in whole] + [-1.0] for some in proper], dtype=np.float64)
    bounds = np.array([-values[some] for some in proper])
    done: Any = linprog(
        np.append(np.zeros(n), 1.0), A_ub=rows, b_ub=bounds, A_eq=np.append(np.ones(n), 0.0)[None],
        b_eq=[values[whole]], bounds=[(None, None)] * (n + 1), method="highs",
    )  # fmt: skip
    if not done.success:
        raise SolveError(f"least core: the linear programme ends with '{done.message}'; values must be finite.")
    slack = bounds - rows @ done.x
    tight = tuple(some for some, gap in zip(proper, slack, strict=True) if gap <= 1e-9 * max(1.0, np.abs(bounds).max()))
    return LeastCore(whole, float(done.x[-1]), done.x[:-1], tight)


def blocks(
    negotiation: Negotiation, threat: Floats, payoffs: Floats, constraints: str = "free"
) -> list[BlockingCoalition]:
    """For every proper coalition the deal of its own that raises its worst-off member most over a deal's payoffs.

    Parameters
    ----------
    threat : outcome when talks fail, shape (issues,); `payoffs` : of the deal, shape (parties,).

    Returns
    -------
    The largest gain first; a coalition blocks where its `gain` is above `BLOCKS`.
    """
    space, rows = negotiation.space, []
    for members in coalitions(negotiation.parties):
        count = members_of(space, members)
        aim = smallest_gain(np.where(count, payoffs, -AWAY), np.ones(count.size))
        free = moved_by(space, members)
        outcome, own = best_from(negotiation, free, aim, np.asarray(threat), constraints, "blocking")
        rows.append(BlockingCoalition(members, float((own - payoffs)[count].min()), outcome, own))
    return sorted(rows, key=lambda row: -row.gain)


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
    """The same with its certificate; None where no scattered outcome holds what must hold.

    Parameters
    ----------
    also : outcomes from which the search may begin besides, such as one that is known to hold the floors.
    """
    begun = begin(negotiation, free, aim, base, constraints, floor, also, STARTS + SPARE)
    if begun is None:
        return None
    problem, starts = begun
    if not free.any():
        V = negotiation.payoffs.value(starts[0][None])
        return BestOutcome(starts[0], V[0], float(aim.value(V)[0]), 0.0, 0.0)
    return maximise(problem, aim, starts[:STARTS], name, starts[STARTS:])


def begin(
    negotiation: Negotiation,
    free: Bools,
    aim: Aim,
    base: Floats,
    constraints: str = "free",
    floor: Floats | None = None,
    also: Sequence[Floats] = (),
    starts: int = STARTS,
) -> tuple[SearchProblem, list[Floats]] | None:
    """What a search looks for and the best scattered outcomes from which it begins, best first; None without any."""
    space = negotiation.space
    rules = space.of_set(constraints) if free.all() else ()
    X = np.concatenate([scattered(space, free, base), np.reshape(also, (-1, len(space.issues)))])
    V = negotiation.payoffs.value(X)
    size = max(float(np.ptp(V, axis=0).max()), 1e-9)
    problem = SearchProblem(space, negotiation.payoffs, tuple(rules), floor, free, size)
    allowed = problem.allowed(X, V)
    if not allowed.any():
        return None
    scores = np.where(allowed, aim.value(V), -np.inf)
    order = [int(k) for k in np.argsort(-scores, kind="stable") if np.isfinite(scores[k])]
    return problem, [X[k] for k in _spread_first(space, free, X, order)[:starts]]


def _spread_first(space: OutcomeSpace, free: Bools, X: Floats, order: list[int]) -> list[int]:
    """Rows of outcomes, best first, those before all others that are the best of their levels of on-or-off issues."""
    switches = [int(k) for k in np.flatnonzero(free) if space.issues[k].whole]
    if not switches:
        return order
    best = {X[row, switches].tobytes(): row for row in reversed(order)}
    heads = sorted(best.values(), key=order.index)
    return [*heads, *(row for row in order if row not in set(heads))]


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
    rules = negotiation.space.of_set(constraints) if free.all() else ()
    problem = SearchProblem(negotiation.space, negotiation.payoffs, tuple(rules), floor, free, size)
    good = peaks(problem, aim, [start])
    return good[0] if good else None


def scattered(space: OutcomeSpace, free: Bools, base: Floats) -> Floats:
    """The base, both ends of each issue that moves, and outcomes spread evenly over them, shape (outcomes, issues)."""
    from scipy.stats import qmc

    moving = np.flatnonzero(free)
    count = min(SCATTERED, FEW * 2**moving.size)
    X = np.tile(np.asarray(base, dtype=np.float64), (count + 1, 1))
    if not moving.size:
        return X[:1]
    spread = qmc.Sobol(moving.size, scramble=False).random(count)
    X[1:, moving] = space.lower[moving] + spread * (space.upper - space.lower)[moving]
    X[1:, moving] = on_levels(space, X[1:])[:, moving]
    return X


def on_levels(space: OutcomeSpace, X: Floats) -> Floats:
    """Outcomes with issues that only have the levels of their list on the nearest, shape (outcomes, issues)."""
    X = np.array(X)
    for k, issue in enumerate(space.issues):
        if issue.whole:
            X[:, k] = issue.levels[np.abs(X[:, k, None] - issue.levels).argmin(axis=1)]
    return X


def _answered(
    negotiation: Negotiation, members: tuple[str, ...], free: Bools, aim: Aim, outcome: Floats, constraints: str
) -> Floats:
    """Levels at which a coalition and the duties of outsiders answer one another.

    Rounds begin where the last one ended; then everybody looks everywhere, and it ends where nobody finds better.
    """
    space = negotiation.space
    movers = [(free, aim, constraints)]
    for code in (code for code in negotiation.parties if code not in members and space.own(code)):
        own = np.isin(np.arange(free.size), space.own(code))
        movers.append((own, weighted_sum(members_of(space, (code,)).astype(np.float64)), "free"))
    movers = [mover for mover in movers if mover[0].any()]
    whole = np.ones(free.size, dtype=np.bool_)
    size = max(float(np.ptp(negotiation.payoffs.value(scattered(space, whole, outcome)), axis=0).max()), 1e-9)
    for _ in range(ROUNDS):
        outcome, moved = _looked_round(negotiation, movers, outcome, size)
        if not moved:
            return outcome
        outcome = _climbed_round(negotiation, movers, outcome, size)
    raise SolveError(f"coalition {' and '.join(members)}: answers of outsiders go round; use the conjecture 'stand'.")


def _looked_round(
    negotiation: Negotiation, movers: Sequence[tuple[Bools, Aim, str]], outcome: Floats, size: float
) -> tuple[Floats, bool]:
    """Everybody's best answer in turn, looked for everywhere, and whether anybody found one."""
    moved = False
    for own, aim, rules in movers:
        best = search(negotiation, own, aim, outcome, rules, "answer", also=[outcome])
        here = float(aim.value(negotiation.value(outcome)[None])[0])
        if best is not None and best.value > here + BETTER * size:
            outcome, moved = best.outcome, True
    return outcome, moved


def _climbed_round(
    negotiation: Negotiation, movers: Sequence[tuple[Bools, Aim, str]], outcome: Floats, size: float
) -> Floats:
    """Rounds of answers near the last ones until levels rest."""
    width = negotiation.space.upper - negotiation.space.lower
    for _ in range(ROUNDS):
        before = outcome
        for own, aim, rules in movers:
            best = climb(negotiation, own, aim, outcome, size, constraints=rules)
            outcome = outcome if best is None else best.outcome
        if np.abs((outcome - before) / width).max() < SETTLED:
            break
    return outcome


def members_of(space: OutcomeSpace, members: Sequence[str]) -> Bools:
    """Which parties are members, shape (parties,)."""
    return np.array([code in members for code in space.parties])
