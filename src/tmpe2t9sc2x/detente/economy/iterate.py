"""Iterate: accelerated fixed points and chord-Newton, several problems side by side (Walker and Ni 2011)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from detente.economy.family import Family
from detente.economy.frame import Economy, Floats, Shock

MEMORY = 8
LARGEST_STEP = 2.0
"""A step moves no log of a hat further than this."""

NEAR_BY = "near by"
"""Where a world keeps another of the same axes, whose directions serve it as well."""


def benchmark_inverse(family: Family, economy: Economy, shock: Shock) -> Floats:
    """Inverse of the Jacobian where nothing changes, shape (unknowns, unknowns); kept with the economy."""
    key = ("inverse", shock.key)
    if key not in economy.memo:
        nothing = shock.nothing()
        economy.memo[key] = np.linalg.inv(family.jacobian(family.start(economy, nothing), economy, nothing))
    return economy.memo[key]


class Anderson:
    """Memory of accelerated fixed points u -> u + r(u), several side by side: last steps and how r answered them.

    Arrays have shape (problem, step, unknown). Walker and Ni (2011), type II, by normal equations with a small ridge.
    """

    def __init__(self, problems: int, size: int, memory: int = MEMORY) -> None:
        self.moves = np.zeros((problems, memory, size))
        self.answers = np.zeros((problems, memory, size))
        self.gram = np.zeros((problems, memory, memory))
        self.count = 0

    def remember(self, step: Floats, answer: Floats) -> None:
        """Keep one step of u and the change of r it brought, each of shape (problem, unknown)."""
        slot = self.count % self.moves.shape[1]
        self.moves[:, slot], self.answers[:, slot] = step + answer, answer
        self.count += 1
        kept = min(self.count, self.moves.shape[1])
        row = (self.answers[:, :kept] @ answer[:, :, None])[..., 0]
        self.gram[:, slot, :kept] = self.gram[:, :kept, slot] = row

    def next(self, r: Floats) -> Floats:
        """The accelerated step after residual r, shape (problem, unknown)."""
        kept = min(self.count, self.moves.shape[1])
        if not kept:
            return r
        gram = self.gram[:, :kept, :kept]
        ridge = 1e-14 * np.trace(gram, axis1=1, axis2=2) + 1e-300
        target = self.answers[:, :kept] @ r[:, :, None]
        weights = np.linalg.solve(gram + ridge[:, None, None] * np.eye(kept), target)
        return r - (weights.transpose(0, 2, 1) @ self.moves[:, :kept])[:, 0]


def chord(
    residuals: Callable[[Floats], Floats], inverse: Floats, U: Floats, tol: float, max_iter: int
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Iterate u -> u - F(u) / J(baseline), accelerated, several problems side by side.

    Returns the last iterates (problem, unknown), evaluations of each and largest residual of each. A problem that does
    not contract is left where its residual was smallest.
    """
    history = Anderson(*U.shape)
    done = np.zeros(len(U), dtype=bool)
    used = np.zeros(len(U), dtype=np.int64)
    best, kept = np.full(len(U), np.inf), U
    before: tuple[Floats, Floats] | None = None
    for step in range(1, max_iter + 1):
        gap = residuals(U)
        size = np.nan_to_num(np.abs(gap).max(axis=1), nan=np.inf)
        used[~done] = step
        better = ~done & (size < best)
        kept = U if better.all() else np.where(better[:, None], U, kept)
        best = np.where(better, size, best)
        done |= (size <= tol) | ~(size < 1e3 * best) | ((step > 40) & (size > 0.1))
        if done.all():
            break
        r = -(gap @ inverse.T)
        if before is not None:
            history.remember(U - before[0], r - before[1])
        before = (U, r)
        move = bounded_step(history.next(r))
        U = U + (move if not done.any() else np.where(done[:, None], 0.0, move))
    return kept, used, best


def accelerated(
    residual: Callable[[Floats], Floats], inverse: Callable[[Floats], Floats], u: Floats, tol: float, most: int
) -> tuple[Floats, int, float]:
    """Iterate u -> u - inverse(residual(u)) with Anderson acceleration until no residual is above `tol`."""
    history = Anderson(1, u.size)
    before: tuple[Floats, Floats] | None = None
    best, best_u, best_at = np.inf, u, 0
    for used in range(1, most + 1):
        gap = residual(u)
        size = float(np.abs(gap).max())
        if not np.isfinite(size) or used - best_at > 40:
            return best_u, used, best
        if size < best:
            best, best_u, best_at = size, u, used
        if size <= tol:
            return u, used, size
        r = -inverse(gap)
        if before is not None:
            history.remember((u - before[0])[None], (r - before[1])[None])
        before = (u, r)
        u = u + bounded_step(history.next(r[None])[0])
    return best_u, most, best


def bounded_step(step: Floats) -> Floats:
    """Steps shortened so that no log of a hat moves further than `LARGEST_STEP`, shape (..., unknown)."""
    largest = np.abs(step).max(axis=-1, keepdims=True, initial=0.0)
    return step * np.minimum(1.0, LARGEST_STEP / np.maximum(largest, 1e-300))
