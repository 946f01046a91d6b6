"""What some of the parties can do without the others: values of coalitions, the core, and who blocks a deal.

A coalition moves the issues whose giver and receivers are all in it; every other issue stands where the failure of
the talks leaves it ("stand"), outsiders reply with their own duties ("answer"), or they sign with one another in
"pairs". The value of a coalition depends on that conjecture, so a reader is shown them all. With transfers the core is
a linear programme over 2^n - 2 rows (least core: the smallest excess that no coalition beats); without, a deal is
blocked where some coalition has one of its own that is better for each of its members.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from detente.codes import InputError, SolveError, UnknownName
from detente.codes.portrait import Readable
from detente.talks.answers import CONJECTURES, settled_answers
from detente.talks.continuous import Aim, smallest_gain, weighted_sum
from detente.talks.scatter import best_from, members_of, moved_by
from detente.talks.space import Bools, Floats, Negotiation

SOFT = 0.02
"""Around zero a loss begins to be paid for within this, USD billion a year, so that searches have slopes."""

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
