"""What some of the parties can do without the others: values of coalitions, the core, and who blocks a deal.

A coalition moves the issues whose giver and receivers are all in it; every other issue stands where the failure of
the talks leaves it ("stand"), outsiders reply with their own duties ("answer"), or they sign with one another in
"pairs". The value of a coalition depends on that conjecture, so a reader is shown them all. With transfers the core is
a linear programme over 2^n - 2 rows (least core: the smallest excess that no coalition beats); without, a deal is
blocked where some coalition has one of its own that is better for each of its members.

Every pair shares the gains of its own issues by Nash, the terms of the others held (Horn and Wolinsky 1988; foundation:
Collard-Wexler, Gowrisankaran and Lee 2019). If a pair fails, its issues go to the threat and the rest stays as agreed.
Pairs do not see what they do to each other, so the result need not be efficient; there may be several, or none.

They "stand", and keep the levels of the threat; they "answer", each with the duties of its own that suit it best; or in
"pairs" they sign with each other, every pair the package of Nash of what stands between the two alone, with the threat
if it fails. Rounds begin where the last one ended; where levels rest everybody looks everywhere, and it ends where
nobody finds better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any, NamedTuple

import numpy as np

from detente.codes import InputError, SolveError, UnknownName
from detente.codes.names import Readable
from detente.talks.fit import SEED
from detente.talks.search import (
    Aim,
    best_from,
    climb,
    log_gains,
    members_of,
    moved_by,
    on_levels,
    search,
    smallest_gain,
    spread,
    weighted_sum,
)
from detente.talks.solutions import Solution
from detente.talks.space import Bools, Floats, Negotiation, OutcomeSpace, signable

ROUNDS = 60
#: Change of levels, share of their width, below which a round has changed nothing.
SETTLED = 1e-8

#: Share of the way that is gone where rounds go round in a circle.
DAMPED = 0.5

#: Change of levels, share of their width, from which two results differ.
APART = 1e-4

#: Gain of a pair's log product below which it keeps its terms.
BETTER = 1e-10

#: Random starts beside the threat and the package of all.
STARTS = 10

#: Partners of a hub of whom every order is tried.
MOST = 4


@dataclass(frozen=True, repr=False)
class PairwiseDeal(Solution):
    """Terms at which no pair would change its own.

    Attributes
    ----------
    rounds : until nothing changed.
    """

    rounds: int = 0


@dataclass(frozen=True, repr=False)
class SignedInTurn(Solution):
    """What parties get where a hub signs with one after another.

    Attributes
    ----------
    order : partners in the order of signature.
    """

    order: tuple[str, ...] = ()


def pairs_of(negotiation: Negotiation) -> tuple[tuple[str, str], ...]:
    """Pairs that have something on the table between them."""
    space = negotiation.space
    return tuple(pair for pair in combinations(space.parties, 2) if moved_by(space, pair).any())


def nash_in_nash(negotiation: Negotiation, threat: Floats, starts: Sequence[Floats] = ()) -> list[PairwiseDeal]:
    """Every result that rounds of pairwise talks reach; empty where they never settle.

    Parameters
    ----------
    threat : outcome when all talks fail, shape (issues,).
    starts : outcomes from which rounds begin besides the threat and some drawn ones, such as the package of all.

    Raises
    ------
    InputError : no pair has an issue of its own.
    """
    if not pairs_of(negotiation):
        what = "no two parties have an issue between them alone"
        raise InputError(f"negotiation {negotiation.name}", what, "name on whom each issue falls")
    space, base = negotiation.space, np.asarray(threat, dtype=np.float64)
    drawn = np.random.default_rng(SEED).random((STARTS, base.size))
    begun = [base, *map(np.asarray, starts), *on_levels(space, space.lower + drawn * (space.upper - space.lower))]
    known: list[PairwiseDeal] = []
    for start in begun:
        try:
            deal = _settled(negotiation, base, start, known)
        except SolveError:
            # From here a pair finds no best terms: no result, as where rounds never settle.
            continue
        if deal is not None and not any(_same(negotiation, deal.outcome, other.outcome) for other in known):
            known.append(deal)
    return known


def in_turn(negotiation: Negotiation, hub: str, threat: Floats) -> list[SignedInTurn]:
    """What everybody gets in every order in which a hub signs, each pair taking earlier terms as law.

    Raises
    ------
    InputError : a hub with too many partners, or with none.
    """
    partners = [code for pair in pairs_of(negotiation) if hub in pair for code in pair if code != hub]
    if not 1 <= len(partners) <= MOST:
        what = f"{len(partners)} partners have an issue with {hub} alone"
        raise InputError(f"negotiation {negotiation.name}", what, f"name a hub with one to {MOST}")
    base = np.asarray(threat, dtype=np.float64)
    none = negotiation.value(base)
    signed: dict[tuple[str, ...], Floats] = {(): base}
    turns = []
    for order in permutations(partners):
        for k, partner in enumerate(order):
            if order[: k + 1] not in signed:
                before = signed[order[:k]]
                signed[order[: k + 1]] = pair_terms(negotiation, (hub, partner), base, before)
        outcome = signed[order]
        payoffs = negotiation.value(outcome)
        turns.append(SignedInTurn(outcome, payoffs, payoffs - none, order=order))
    return turns


def _settled(
    negotiation: Negotiation, threat: Floats, start: Floats, known: Sequence[PairwiseDeal]
) -> PairwiseDeal | None:
    """Rounds of all pairs until nothing changes; None where they do not settle, or settle where it is known.

    Rounds begin where the last one ended; where they rest every pair looks everywhere, and it ends if none moves.
    """
    space, pairs = negotiation.space, pairs_of(negotiation)
    moved = np.any([moved_by(space, pair) for pair in pairs], axis=0)
    movers = [pair_mover(negotiation, pair, threat) for pair in pairs]
    outcome, number = np.where(moved, start, threat), 0
    while number < ROUNDS:
        outcome, number = rested(space, movers, outcome, number)
        if any(_same(negotiation, outcome, other.outcome) for other in known):
            return None
        before, number = outcome, number + 1
        for mover in movers:
            outcome = mover.anywhere(outcome)
        if outcome is before:
            payoffs = negotiation.value(outcome)
            return PairwiseDeal(outcome, payoffs, payoffs - negotiation.value(threat), rounds=number)
    return None


Step = Callable[[Floats], Floats]


class Mover(NamedTuple):
    """Who answers: with what is best near an outcome, and with what is best of all, the outcome itself if none is."""

    near: Step
    anywhere: Step


def pair_mover(negotiation: Negotiation, pair: tuple[str, str], threat: Floats) -> Mover:
    """A pair with what is between the two."""
    return Mover(
        lambda outcome: pair_terms(negotiation, pair, threat, outcome, near=True),
        lambda outcome: pair_terms(negotiation, pair, threat, outcome),
    )


def rested(space: OutcomeSpace, movers: Sequence[Mover], outcome: Floats, number: int = 0) -> tuple[Floats, int]:
    """Rounds of answers near the last ones until levels rest; the levels, and how many rounds there were in all.

    Halfway they go half the way, so that none goes round. `number` : rounds before.
    """
    width = space.upper - space.lower
    for round_ in range(number + 1, ROUNDS + 1):
        after = outcome
        for mover in movers:
            after = mover.near(after)
        change = np.abs((after - outcome) / width).max()
        outcome = after if round_ <= ROUNDS // 2 else outcome + DAMPED * (after - outcome)
        if change < SETTLED:
            return outcome, round_
    return outcome, ROUNDS


def pair_terms(
    negotiation: Negotiation, pair: tuple[str, str], threat: Floats, outcome: Floats, *, near: bool = False
) -> Floats:
    """The pair's issues by Nash, all others as they are; at the threat where nothing is better for both.

    Parameters
    ----------
    threat : outcome when all talks fail, `outcome` : the terms that stand, each of shape (issues,).
    near : whether it looks near its terms alone. Where it finds no better ones, the outcome itself comes back.
    """
    space = negotiation.space
    free, count = moved_by(space, pair), members_of(space, pair)
    failed = np.where(free, threat, outcome)
    origin, here = negotiation.payoffs.value(np.stack([failed, outcome]))
    floor = np.where(count, origin, -np.inf)
    size = max(float(np.abs(origin[count]).max()), 1.0)
    aim = log_gains(origin, count, np.full(count.size, 0.5), size)
    best = climb(negotiation, free, aim, outcome, size, floor, signable(space)) if near else None
    if best is None:
        best = search(negotiation, free, aim, failed, signable(space), "pair", floor, [outcome])
    kept = bool((here - origin)[count].min() >= 0.0)
    if best is None:
        return outcome if np.array_equal(failed, outcome) else failed
    return outcome if kept and best.value <= float(aim.value(here[None])[0]) + BETTER else best.outcome


def _same(negotiation: Negotiation, first: Floats, second: Floats) -> bool:
    width = negotiation.space.upper - negotiation.space.lower
    return bool((np.abs(first - second) / width).max() < APART)


# --- what those outside a coalition do, and the levels at which it and they answer one another ------------------------


#: What outsiders of a coalition do: keep the threat, answer with duties of their own, or sign with each other.
CONJECTURES = ("stand", "answer", "pairs")

#: Gain below which nobody moves again, share of the scale of the aim.
AGAIN = 1e-9


@dataclass(frozen=True)
class _Own:
    """Somebody who moves some issues, shape (issues,), towards an aim under a set of constraints."""

    negotiation: Negotiation
    free: Bools
    aim: Aim
    rules: str
    size: float

    def near(self, outcome: Floats) -> Floats:
        best = climb(self.negotiation, self.free, self.aim, outcome, self.size, constraints=self.rules)
        return outcome if best is None else best.outcome

    def anywhere(self, outcome: Floats) -> Floats:
        best = search(self.negotiation, self.free, self.aim, outcome, self.rules, "answer", also=[outcome])
        here = float(self.aim.value(self.negotiation.value(outcome)[None])[0])
        return best.outcome if best is not None and best.value > here + AGAIN * self.size else outcome


def settled_answers(
    negotiation: Negotiation, members: Sequence[str], aim: Aim, threat: Floats, conjecture: str, constraints: str
) -> Floats:
    """Levels at which a coalition and those outside it answer one another, shape (issues,).

    Parameters
    ----------
    aim : of the coalition; `threat` : outcome when talks fail, shape (issues,); `conjecture` : what the others do.

    Raises
    ------
    SolveError : answers go round without end.
    """
    space, outcome = negotiation.space, np.asarray(threat, dtype=np.float64)
    if conjecture == CONJECTURES[0] or (conjecture == CONJECTURES[2] and not outside_pairs(space, members)):
        return outcome
    size = max(float(spread(negotiation, outcome).max()), 1e-9)
    own = _Own(negotiation, moved_by(space, members), aim, constraints, size)
    movers = [Mover(own.near, own.anywhere)] if own.free.any() else []
    if conjecture == CONJECTURES[1]:
        movers += _alone(negotiation, members, size)
    else:
        movers += [pair_mover(negotiation, pair, outcome) for pair in outside_pairs(space, members)]
    name = " and ".join(members)
    for _ in range(ROUNDS):
        before = outcome
        for mover in movers:
            outcome = mover.anywhere(outcome)
        if outcome is before:
            return outcome
        outcome, _ = rested(space, movers, outcome)
    raise SolveError(f"coalition {name}: answers of outsiders go round; use the conjecture '{CONJECTURES[0]}'.")


def outside_pairs(space: OutcomeSpace, members: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of parties outside a coalition that have something on the table between them alone."""
    others = [code for code in space.parties if code not in members]
    return [pair for pair in combinations(others, 2) if moved_by(space, pair).any()]


def _alone(negotiation: Negotiation, members: Sequence[str], size: float) -> list[Mover]:
    """Each party outside with its own duties."""
    space, movers = negotiation.space, []
    for code in (code for code in negotiation.parties if code not in members and space.own(code)):
        free = np.isin(np.arange(len(space.issues)), space.own(code))
        own = _Own(negotiation, free, weighted_sum(members_of(space, (code,)).astype(np.float64)), "free", size)
        movers.append(Mover(own.near, own.anywhere))
    return movers


# --- what some of the parties can do without the others ---------------------------------------------------------------


#: Around zero a loss begins to be paid for within this, USD billion a year, so that searches have slopes.
SOFT = 0.02

#: Gain of each member above which a coalition blocks, USD billion a year.
BLOCKS = 0.1

#: Worse than anything, USD billion a year: the floor of a party that is not counted.
AWAY = 1e9


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
    outcome = settled_answers(negotiation, members, aim, outcome, conjecture, constraints)
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
