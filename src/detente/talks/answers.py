"""What those outside a coalition do, and the levels at which it and they answer one another.

They "stand", and keep the levels of the threat; they "answer", each with the duties of its own that suit it best; or in
"pairs" they sign with each other, every pair the package of Nash of what stands between the two alone, with the threat
if it fails. Rounds begin where the last one ended; where levels rest everybody looks everywhere, and it ends where
nobody finds better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from detente.codes import SolveError
from detente.talks.continuous import Aim, weighted_sum
from detente.talks.pairwise import ROUNDS, Mover, pair_mover, rested
from detente.talks.scatter import climb, members_of, moved_by, scattered, search
from detente.talks.space import Bools, Floats, Negotiation, OutcomeSpace

CONJECTURES = ("stand", "answer", "pairs")
"""What outsiders of a coalition do: keep the threat, answer with duties of their own, or sign with each other."""

BETTER = 1e-9
"""Gain below which nobody moves again, share of the scale of the aim."""


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
        return best.outcome if best is not None and best.value > here + BETTER * self.size else outcome


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
    whole = np.ones(outcome.size, dtype=np.bool_)
    size = max(float(np.ptp(negotiation.payoffs.value(scattered(space, whole, outcome)), axis=0).max()), 1e-9)
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
