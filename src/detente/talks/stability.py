"""Will the truce hold: what each side gains by breaking it, against what the answer costs it.

Grim trigger with an answer after L periods and discount factor d a period. Keeping the deal is worth more than breaking
it when d^L is at least d* = (V_dev - V_deal) / (V_dev - V_punishment) (Dixit 1987; Bagwell and Staiger 2002). The best
deviation is one that hurts the partner: own duties or controls above the deal. A side whose best move is to cut its own
duty does not cheat, it gives a present, and is reported apart.

A grid is scanned first, because payoffs are flat or have several peaks at high duties; then the first-order condition
is solved, because a search on values alone stalls near 1e-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError, declared_note
from detente.codes.names import Readable
from detente.talks.frontier import Survey, nondominated
from detente.talks.solutions import NOTHING
from detente.talks.space import Bools, Floats, Negotiation, OutcomeSpace, Payoffs, Threat, evenly, factors, least, local

#: A round of best responses that moves no level further than this has met a war.
MEETS = 1e-8

#: Gain of one side alone that is none: USD billion a year, and share of what is at stake.
NO_GAIN, SHARE = 1e-3, 1e-6

#: Most rounds of best responses.
ROUNDS = 200

#: Most outcomes of a grid of own issues; above it so many are spread over the grid.
SCANNED = 40_000

#: Outcomes that are spread over a grid with too many.
SPREAD = 4096

#: Most outcomes of the fresh search that looks for a gain of one side alone.
FRESH = 4001


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
    places = evenly(SPREAD, len(axes))
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
    if gain > max(NO_GAIN, SHARE * float(np.abs(value).max())):
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


# --- will the truce hold ----------------------------------------------------------------------------------------------


#: Kinds of issues with which a truce is broken.
KINDS = ("duty", "control")


@dataclass(frozen=True)
class TruceSide:
    """The truce as one side sees it.

    Attributes
    ----------
    party : code; `deal`, `deviation`, `punishment` : payoffs, USD billion a year.
    broken : outcome of the best deviation that hurts the partner, shape (issues,); the deal where none gains.
    least : d*, smallest value of d^L that holds this side; 0 where breaking gains nothing, NaN where the punishment is
        none; `patience` : its d^L.
    slack : present value of keeping less breaking, USD billion.
    margin : fall in the deal's payoff that turns the slack negative, USD billion a year.
    present : what it would gain by cutting its own duties or controls below the deal, USD billion a year.
    """

    party: str
    deal: float
    deviation: float
    punishment: float
    broken: Floats = field(repr=False)
    least: float
    patience: float
    slack: float
    margin: float
    present: float

    @property
    def punished(self) -> bool:
        """Whether the punishment is worse than the deal."""
        return self.punishment < self.deal

    @property
    def holds(self) -> bool:
        """Whether this side keeps the deal: breaking it gains nothing, or what follows costs more than it gains."""
        return self.deviation <= self.deal or (self.punished and self.slack >= -1e-9 * max(1.0, abs(self.deal)))

    @property
    def why(self) -> str:
        """Why it keeps the deal or does not, in words."""
        gain = self.deviation - self.deal
        if gain <= 0.0:
            return declared_note("bargain.breaking_nothing")
        if not self.punished:
            return declared_note("bargain.breaking_unpunished", gain=gain)
        return declared_note("bargain.breaking_punished", gain=gain, cost=self.deal - self.punishment)


@dataclass(frozen=True, repr=False)
class Truce(Readable):
    """A truce under one punishment.

    Attributes
    ----------
    punishment : name; `sides` : in the order of the parties.
    binding : party with the least room between d^L and d*, "" where nobody would break it.
    credible : whether some side would carry the punishment out rather than return to the deal.
    notes : what must be said beside the numbers.
    """

    punishment: str
    sides: tuple[TruceSide, ...]
    binding: str
    credible: bool
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all sides keep the deal."""
        return all(side.holds for side in self.sides)


@dataclass(frozen=True)
class UnilateralMoves:
    """What one party can do alone from a deal; none of it hangs on the punishment.

    Attributes
    ----------
    broken : outcome of its best deviation that hurts the partner, shape (issues,).
    deviation, given : its payoffs there, and at its best cut, USD billion a year.
    """

    broken: Floats
    deviation: float
    given: float


def moves_from(negotiation: Negotiation, deal: Floats) -> tuple[UnilateralMoves, ...]:
    """Best deviations and best cuts of every party from a deal."""
    deal = np.asarray(deal, dtype=np.float64)
    value = negotiation.value(deal)
    moves = []
    for party in negotiation.parties:
        broken, best = _moved(negotiation, party, deal, value, towards_worst=True)
        _, given = _moved(negotiation, party, deal, value, towards_worst=False)
        moves.append(UnilateralMoves(broken, best, given))
    return tuple(moves)


def truce(
    negotiation: Negotiation,
    deal: Floats,
    punishment: Threat,
    lag: float | None = None,
    moves: Sequence[UnilateralMoves] | None = None,
) -> Truce:
    """Whether a deal holds by itself under one punishment.

    Parameters
    ----------
    deal : shape (issues,).
    lag : weeks until a breach is answered, by default the negotiation's.
    moves : of each party, where known from `moves_from`.

    Raises
    ------
    InputError : a lag that is not positive.
    """
    lag = negotiation.lag if lag is None else lag
    if lag <= 0.0:
        raise InputError("lag", f"{lag} weeks", "give weeks above 0")
    patience, week = factors(negotiation, lag), factors(negotiation, 1.0)
    deal = np.asarray(deal, dtype=np.float64)
    value = negotiation.value(deal)
    moves = moves_from(negotiation, deal) if moves is None else moves
    sides = tuple(
        _side(party, moves[i], value[i], punishment.value[i], float(patience[i]), float(week[i]))
        for i, party in enumerate(negotiation.parties)
    )
    tempted = [side for side in sides if side.least > 0.0]
    binding = min(tempted, key=lambda side: side.patience - side.least).party if tempted else ""
    credible = punishment.credible and not all(side.punished for side in sides)
    return Truce(punishment.name, sides, binding, credible, _notes(sides, punishment, credible))


def _side(
    party: str, moves: UnilateralMoves, value: float, punishment: float, patience: float, week: float
) -> TruceSide:
    at_deal, deviation, answer = float(value), moves.deviation, float(punishment)
    least = deterrence(at_deal, deviation, answer)
    # Present values of weekly flows: unanswered for the lag, punished from then on.
    keep = at_deal / 52.0 / (1.0 - week)
    breach = ((1.0 - patience) * deviation + patience * answer) / 52.0 / (1.0 - week)
    slack = keep - breach
    margin = slack * 52.0 * (1.0 - week)
    present = max(moves.given - at_deal, 0.0)
    return TruceSide(party, at_deal, deviation, answer, moves.broken, least, patience, slack, margin, present)


def deterrence(deal: float, deviation: float, punishment: float) -> float:
    """d*: the smallest d^L with which a side keeps the deal.

    0 where breaking gains nothing, NaN where it gains and the punishment is no worse than the deal.
    """
    if deviation <= deal:
        return 0.0
    return float("nan") if punishment >= deal else (deviation - deal) / (deviation - punishment)


def _moved(
    negotiation: Negotiation, party: str, deal: Floats, value: Floats, *, towards_worst: bool
) -> tuple[Floats, float]:
    """The party's best outcome with its duties and controls only on one side of the deal; the deal if none gains."""
    me = negotiation.space.party(party)
    space = _trimmed(negotiation.space, party, deal, towards_worst)
    own = [k for k in space.own(party, KINDS) if space.issues[k] is not negotiation.space.issues[k]]
    if not own:
        return deal, float(value[me])
    moved = combined_response(space, negotiation.payoffs, party, deal, own)
    after = negotiation.value(moved)
    gains = after[me] > value[me] + 1e-12 * max(1.0, abs(float(value[me])))
    hurts = bool((np.delete(after - value, me) < 0.0).any())
    return (moved, float(after[me])) if gains and (hurts or not towards_worst) else (deal, float(value[me]))


def _trimmed(space: OutcomeSpace, party: str, deal: Floats, towards_worst: bool) -> OutcomeSpace:
    """The space with the party's duties and controls cut to one side of the deal, where there is anything on it."""
    issues = list(space.issues)
    for k in space.own(party, KINDS):
        issue = space.issues[k]
        up = (float(cast(float, issue.worst)) >= deal[k]) == towards_worst
        side = issue.levels[issue.levels > deal[k] + 1e-12] if up else issue.levels[issue.levels < deal[k] - 1e-12]
        if side.size:
            levels = np.union1d(side, [deal[k]])
            issues[k] = replace(issue, levels=levels, default=levels[0], worst=levels[-1])
    return replace(space, issues=tuple(issues), named={})


def _notes(sides: Sequence[TruceSide], punishment: Threat, credible: bool) -> tuple[str, ...]:
    answer = punishment.label
    notes = [
        declared_note("bargain.no_punishment", threat=answer, party=side.party) for side in sides if not side.punished
    ]
    if not credible:
        notes.append(declared_note("bargain.not_credible", threat=answer))
    notes += [
        declared_note("bargain.cuts_alone", party=side.party, gain=side.present) for side in sides if side.present > 0.1
    ]
    return tuple(notes)


def self_enforcing(survey: Survey, punishment: Floats, patience: Floats) -> tuple[Bools, Floats]:
    """Outcomes of the full grid that all sides keep, and those with the lowest duties among them.

    Parameters
    ----------
    survey : of the set without constraints, all issues moving.
    punishment : payoffs, USD billion a year, shape (parties,).
    patience : d^L of each side, shape (parties,).

    Returns
    -------
    mask, shape (outcomes,), and outcomes than which no other has all duties as low, shape (lowest, issues).

    Raises
    ------
    InputError : the survey leaves outcomes of the grid out.
    """
    space = survey.negotiation.space
    gain = survey.V - (1.0 - patience) * survey.deviations - patience * punishment
    # A side that breaking gains nothing keeps the deal whatever would follow.
    gain = np.where(survey.deviations - survey.V <= NOTHING * survey.size, 0.0, gain)
    mask = least(gain) >= -NOTHING * survey.size
    duties = [k for k, issue in enumerate(space.issues) if issue.kind == "duty"]
    if not mask.any() or not duties or survey.shape is None:
        return mask, survey.X[mask]
    others = tuple(k for k in range(len(space.issues)) if k not in duties)
    table = mask.reshape(survey.shape)
    levels = np.argwhere(table.any(axis=others)).astype(np.float64)
    lowest = levels[nondominated(-levels)] if len(duties) > 1 else levels[:1]
    return mask, np.stack([_first_with(survey, table, duties, row.astype(np.int64)) for row in lowest])


def _first_with(survey: Survey, table: Bools, duties: list[int], levels: NDArray[np.int64]) -> Floats:
    """The first outcome of a table that has these levels of the duties, shape (issues,)."""
    cells: list[Any] = [slice(None)] * table.ndim
    for k, level in zip(duties, levels, strict=True):
        cells[k] = slice(level, level + 1)
    part = table[tuple(cells)]
    place = np.array(np.unravel_index(int(np.argmax(part)), part.shape))
    place[duties] += levels
    return np.array([issue.levels[i] for issue, i in zip(survey.negotiation.space.issues, place, strict=True)])
