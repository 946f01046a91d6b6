"""Parallel talks of two at a time: Nash-in-Nash, and the order in which a hub signs with each.

Every pair shares the gains of its own issues by Nash, the terms of the others held (Horn and Wolinsky 1988; foundation:
Collard-Wexler, Gowrisankaran and Lee 2019). If a pair fails, its issues go to the threat and the rest stays as agreed.
Pairs do not see what they do to each other, so the result need not be efficient; there may be several, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np

from detente.codes import InputError, SolveError
from detente.talks.limits import signable
from detente.talks.scatter import climb, log_gains, members_of, moved_by, on_levels, search
from detente.talks.solutions import Solution
from detente.talks.space import Floats, Negotiation, OutcomeSpace

ROUNDS = 60
SETTLED = 1e-8
"""Change of levels, share of their width, below which a round has changed nothing."""

DAMPED = 0.5
"""Share of the way that is gone where rounds go round in a circle."""

APART = 1e-4
"""Change of levels, share of their width, from which two results differ."""

BETTER = 1e-10
"""Gain of a pair's log product below which it keeps its terms."""

STARTS = 10
"""Random starts beside the threat and the package of all."""

MOST = 4
"""Partners of a hub of whom every order is tried."""


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


def nash_in_nash(
    negotiation: Negotiation, threat: Floats, starts: Sequence[Floats] = (), seed: int = 20250512
) -> list[PairwiseDeal]:
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
    drawn = np.random.default_rng(seed).random((STARTS, base.size))
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
