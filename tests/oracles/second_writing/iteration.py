"""Many fixed points side by side on whatever device JAX uses: a chord with Anderson acceleration, compiled once.

Walker and Ni (2011), type II, by normal equations with a small ridge, as in `solver`. Problems that end or fail stay
where they are while the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from detente.economy.newton import LARGEST_STEP, MEMORY

Array = Any
"""An array of JAX."""


RIDGE = 1e-14


class Iterates(NamedTuple):
    """One problem on its way; a batch has one more axis in front of every array but `step`.

    u; point, where it was evaluated last; move, residual move [unknown] there; size, its largest residual; used,
    evaluations; moves, answers [memory, unknown], what the last steps did to u and to the residual move.
    """

    u: Array
    point: Array
    move: Array
    size: Array
    used: Array
    moves: Array
    answers: Array


def start(xp: Any, U: Array) -> Iterates:
    """The walks before their first evaluation; `U` [problem, unknown] holds the first guesses."""
    problems, size = U.shape
    memory = xp.zeros((problems, MEMORY, size))
    nowhere = xp.full(problems, xp.inf)
    return Iterates(U, U, 0.0 * U, nowhere, xp.zeros(problems, int), memory, memory)


def walk(
    jax: Any,
    residual: Callable[[Any, Array], Array],
    correct: Callable[[Array], Array],
    problems: Any,
    U: Array,
    tol: Array,
    most: Array,
) -> Iterates:
    """Iterate u -> u - correct(residual(problem, u)), accelerated, until no residual is above `tol`.

    Parameters
    ----------
    residual : residuals of one problem at u, shape (unknowns,).
    correct : an approximate inverse Jacobian times residuals, the same for all problems.
    problems : arrays of all problems, the problem on the first axis.
    U : first guesses, shape (problem, unknown).
    most : most evaluations of a problem.

    Returns
    -------
    The walks: `point` is where each was evaluated last and `size` its largest residual there.
    """
    xp = jax.numpy

    def iterate(problem: Any, w: Iterates, step: Array) -> Iterates:
        gap = residual(problem, w.u)
        size = xp.max(xp.abs(gap))
        move = -correct(gap)
        slot = xp.mod(step - 1, MEMORY)
        answer = xp.where(step > 0, move - w.move, 0.0)
        moves = w.moves.at[slot].set(xp.where(step > 0, w.u - w.point, 0.0) + answer)
        answers = w.answers.at[slot].set(answer)
        after = w.u + _bounded(xp, _accelerated(xp, move, moves, answers))
        return Iterates(after, w.u, move, size, w.used + 1, moves, answers)

    def more(state: tuple[Iterates, Array]) -> Array:
        return xp.logical_and(state[1] < most, xp.any(_goes_on(xp, state[0], tol)))

    def every(state: tuple[Iterates, Array]) -> tuple[Iterates, Array]:
        old, step = state
        new = jax.vmap(iterate, (0, 0, None))(problems, old, step)
        live = _goes_on(xp, old, tol) | (step == 0)
        kept = [xp.where(live.reshape(-1, *[1] * (a.ndim - 1)), a, b) for a, b in zip(new, old, strict=True)]
        return Iterates(*kept), step + 1

    return jax.lax.while_loop(more, every, (start(xp, U), xp.zeros((), int)))[0]


def _goes_on(xp: Any, w: Iterates, tol: Array) -> Array:
    """Whether a walk has neither ended nor left the numbers (the first evaluation is still due at infinity)."""
    return (w.size > tol) & ((w.used == 0) | xp.isfinite(w.size))


def _accelerated(xp: Any, move: Array, moves: Array, answers: Array) -> Array:
    gram = answers @ answers.T
    ridge = RIDGE * xp.trace(gram) + 1e-300
    weights = xp.linalg.solve(gram + ridge * xp.eye(MEMORY), answers @ move)
    return move - weights @ moves


def _bounded(xp: Any, step: Array) -> Array:
    largest = xp.max(xp.abs(step))
    return step * xp.minimum(1.0, LARGEST_STEP / xp.maximum(largest, 1e-300))
