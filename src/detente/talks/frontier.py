"""Outcomes of a grid with their payoffs, and those of them that no other betters for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from detente.codes import InputError
from detente.codes.portrait import Readable
from detente.talks.limits import within
from detente.talks.space import FREE, Bools, Floats, Negotiation


def nondominated(V: Floats) -> Bools:
    """Outcomes that no other betters for one party without hurting another.

    Parameters
    ----------
    V : payoffs, shape (outcomes, parties). Of equal rows all are kept.

    Returns
    -------
    shape (outcomes,).
    """
    V = np.asarray(V, dtype=np.float64)
    if V.ndim != 2 or V.shape[1] < 2:
        raise InputError("frontier", f"payoffs of shape {V.shape}", "give one row an outcome, one column a party")
    return _two(V) if V.shape[1] == 2 else _many(V)


def _two(V: Floats) -> Bools:
    first, second = V[:, 0], V[:, 1]
    order = np.argsort(-first)
    # Only outcomes above the best second payoff of a sparse sample can lie on the frontier: few are left to sort well.
    sample = order[:: max(order.size // 4096, 1)]
    best = np.maximum.accumulate(second[sample])
    place = np.searchsorted(-first[sample], -first, side="left") - 1
    beaten = (place >= 0) & (second < best[np.maximum(place, 0)])
    kept = np.flatnonzero(~beaten)
    kept = kept[np.lexsort((-second[kept], -first[kept]))]
    top = np.maximum.accumulate(second[kept])
    before = np.append(-np.inf, top[:-1])
    new = second[kept] > before
    # An equal row follows the record it equals.
    owner = np.maximum.accumulate(np.where(new, np.arange(kept.size), 0))
    same = (first[kept] == first[kept[owner]]) & (second[kept] == second[kept[owner]])
    mask = np.zeros(first.size, dtype=np.bool_)
    mask[kept[new | same]] = True
    return mask


def _many(V: Floats) -> Bools:
    """Outcomes by falling sum: none is dominated by a later one, so each meets only the front found so far."""
    order = np.argsort(-V.sum(axis=1), kind="stable")
    mask = np.zeros(len(V), dtype=np.bool_)
    front = np.empty((0, V.shape[1]))
    for block in np.array_split(order, max(len(order) // 256, 1)):
        rows = V[block]
        alive = np.ones(block.size, dtype=np.bool_)
        for part in np.array_split(front, max(len(front) // 1024, 1)):
            left = np.flatnonzero(alive)
            alive[left] = ~_dominated(rows[left], part)
        left = np.flatnonzero(alive)
        left = left[~_dominated(rows[left], rows[left])]
        mask[block[left]] = True
        front = np.concatenate([front, rows[left]])
    return mask


def _dominated(rows: Floats, by: Floats) -> Bools:
    """Whether some row of `by` is nowhere worse and somewhere better, shape (rows,)."""
    no_worse = np.ones((len(rows), len(by)), dtype=np.bool_)
    better = np.zeros_like(no_worse)
    for i in range(rows.shape[1]):
        no_worse &= by[None, :, i] >= rows[:, None, i]
        better |= by[None, :, i] > rows[:, None, i]
    return np.asarray((no_worse & better).any(axis=1))


@dataclass(frozen=True, repr=False)
class Survey(Readable):
    """All outcomes of a grid that a set of constraints allows, with their payoffs.

    Attributes
    ----------
    negotiation : the case; `constraints` : name of the set.
    X : outcomes, shape (outcomes, issues); `V` : payoffs, USD billion a year, shape (outcomes, parties).
    """

    negotiation: Negotiation = field(repr=False)
    constraints: str
    X: Floats = field(repr=False)
    V: Floats = field(repr=False)

    @cached_property
    def size(self) -> float:
        """Spread of payoffs, USD billion a year: their scale."""
        return max(float(np.ptp(self.V, axis=0).max()), 1e-9) if len(self.V) else 1.0

    @cached_property
    def shape(self) -> tuple[int, ...] | None:
        """Levels of each issue where every combination is there, else None."""
        shape = tuple(issue.levels.size for issue in self.negotiation.space.issues)
        return shape if int(np.prod(shape)) == len(self.X) else None

    @cached_property
    def deviations(self) -> Floats:
        """Most each party gets by moving its duties and controls towards what hurts others, shape (outcomes, parties).

        Raises
        ------
        InputError : the survey leaves outcomes of the grid out.
        """
        if self.shape is None:
            raise InputError("deviations", "the survey leaves outcomes out", "use the set 'free'")
        space, best = self.negotiation.space, np.empty_like(self.V)
        for i, party in enumerate(space.parties):
            table = self.V[:, i].reshape(self.shape)
            for k in space.own(party, ("duty", "control")):
                up = space.issues[k].worst == space.issues[k].high
                way = np.flip(table, k) if up else table
                table = np.maximum.accumulate(way, k)
                table = np.flip(table, k) if up else table
            best[:, i] = table.ravel()
        return best


def survey(negotiation: Negotiation, constraints: str = FREE, known: Survey | None = None) -> Survey:
    """Payoffs on the grid of a set of constraints.

    Parameters
    ----------
    known : survey of the free set, whose payoffs are taken over where all issues move.

    Raises
    ------
    UnknownName : no such set.
    """
    space = negotiation.space
    moving, point, rules = within(space, np.ones(len(space.issues), dtype=np.bool_), space.default, constraints)
    if known is not None and moving.all():
        keep = space.feasible(known.X, constraints)
        return Survey(negotiation, constraints, known.X[keep], np.asfortranarray(known.V[keep]))
    axes = [
        issue.levels if moves else point[k : k + 1]
        for k, (issue, moves) in enumerate(zip(space.issues, moving, strict=True))
    ]
    X = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    for rule in rules:
        X = X[rule.holds(X)]
    return Survey(negotiation, constraints, X, np.asfortranarray(negotiation.payoffs.value(X)))
