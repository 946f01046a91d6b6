"""What the conditions of a set leave of every issue: where it may lie, whether it moves, what binds the rest."""

from __future__ import annotations

import numpy as np

from detente.talks.space import FREE, HOLDS, LAWFUL, Bools, Constraint, Floats, OutcomeSpace


def signable(space: OutcomeSpace) -> str:
    """Name of the set of what all may sign, of the free one where no law is known."""
    return LAWFUL if LAWFUL in space.constraints else FREE


def held_issues(space: OutcomeSpace) -> frozenset[str]:
    """Names of the issues that no deal may move."""
    low, high = reach(space, signable(space))
    return frozenset(name for name, room in zip(space.names, high - low, strict=True) if abs(room) <= HOLDS)


def reach(space: OutcomeSpace, constraints: str) -> tuple[Floats, Floats]:
    """Lowest and highest level of each issue by the conditions of a set on it alone, each of shape (issues,)."""
    low, high, zero = space.lower.copy(), space.upper.copy(), np.zeros((1, len(space.issues)))
    for rule in space.of_set(constraints):
        if len(rule.coefficients) == 1:
            ((name, weight),) = rule.coefficients.items()
            k, level = space.index(name), -float(rule.gap(zero)[0]) / weight
            if rule.kind == "equal" or weight > 0.0:
                low[k] = max(low[k], level)
            if rule.kind == "equal" or weight < 0.0:
                high[k] = min(high[k], level)
    return low, high


def within(
    space: OutcomeSpace, free: Bools, base: Floats, constraints: str
) -> tuple[Bools, Floats, tuple[Constraint, ...]]:
    """Issues that still move under a set, an outcome with the others where they are held, and what binds the rest.

    A condition that names issues which are not to move does not bind.

    Parameters
    ----------
    free : issues that are to move, shape (issues,); `base` : levels of the others, shape (issues,).
    """
    low, high = reach(space, constraints)
    fixed = free & (np.abs(high - low) <= HOLDS)
    moving, point = free & ~fixed, np.where(fixed, low, base)
    whole, names = ({name for name, on in zip(space.names, some, strict=True) if on} for some in (free, moving))
    rules = [rule for rule in space.of_set(constraints) if whole >= {*rule.coefficients}]
    bind = (rule for rule in rules if not rule.coefficients or names & {*rule.coefficients})
    return moving, point, tuple(bind if free.all() else (rule for rule in bind if rule.coefficients))
