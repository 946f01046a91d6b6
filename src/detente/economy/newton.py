"""Exact Newton for one shock, and Newton along the path of a shock with its folds.

The path of equilibria (u, part) solves

    H(u, part) = F(u; part of the shock) - (1 - part) F(u0; no shock) = 0

from u0 at part 0, where a part of a shock is that power of every one plus a tariff, trade cost and productivity. It is
walked by pseudo-arclength (Keller 1977), which goes on where the path turns back: there, at a fold, dH/du is singular
and no equilibrium follows from the one before. The part reached there is what can be carried.

Iterate: accelerated fixed points and chord-Newton, several problems side by side (Walker and Ni 2011).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.economy.family import Family
from detente.economy.frame import Economy, Floats, Shock, partial_shock

#: Unknowns up to which the Jacobian is factored; above, steps are found by GMRES with the family's split.
DENSE = 3000

#: Largest residual of a point of the path, dimensionless.
ON_PATH = 1e-9

#: Shortest step along the path; one that is shorter leads nowhere.
SHORTEST = 1e-7

#: Evaluations along one path; fewer in worlds where each takes a second. Half as many beyond a fold.
MOST, MOST_LARGE = 600, 120

#: Beyond a fold no path is followed below this part, nor where a log of a hat is further from none.
BACKWARD, VANISHED = -0.5, 30.0

#: Part of a residual that one step back to the path may leave; above it slopes are taken anew, so often at most.
SLOW = 0.5

SLOPES = 6

#: Cosine of the largest turn of the path within one step.
STRAIGHT = 0.9

#: Parts over which the slope of H in the part is taken.
DIFFERENCE = 1e-5

Solver = Callable[[Floats], Floats]


@dataclass(frozen=True)
class PathEnd:
    """Where the path of a shock ended.

    Attributes
    ----------
    u : the last point; `part` of the shock carried there, 1 for all of it.
    fold : whether the path turned back there. `leading` : unknown that moves most there.
    used : evaluations of the residual and of its slopes.
    beyond : where the branch after the fold comes to the whole of the shock, None if it does not.
    """

    u: Floats = field(repr=False)
    part: float
    fold: bool
    leading: int
    used: int
    beyond: Floats | None = field(default=None, repr=False)


def slope_solver(family: Family, economy: Economy, shock: Shock, u: Floats) -> Solver:
    """The inverse of dF/du at u as a function of vectors; not a number where it has none."""
    try:
        if u.size > DENSE and (inverse := family.krylov(u, economy, shock)) is not None:
            return inverse
        from scipy.linalg import lu_factor, lu_solve

        factored = lu_factor(family.jacobian(u, economy, shock), check_finite=False)
    except np.linalg.LinAlgError:
        return lambda v: np.full_like(v, np.nan)
    return lambda v: np.asarray(lu_solve(factored, v, check_finite=False))


def gmres(apply: Solver, near: Solver, size: int, accuracy: float) -> Solver:
    """The inverse of a linear map by GMRES, `near` an approximation of it, to an accuracy relative to the vector."""
    from scipy.sparse import linalg

    scipy: Any = linalg
    maps = [
        scipy.LinearOperator((size, size), matvec=lambda d, of=of: of(np.ravel(d)), dtype=np.float64)
        for of in (apply, near)
    ]
    return lambda v: scipy.gmres(maps[0], v, rtol=accuracy, restart=80, maxiter=6, M=maps[1])[0]


def newton(family: Family, economy: Economy, shock: Shock, u: Floats, tol: float, most: int = 40) -> tuple[Floats, int]:
    """Exact Newton from u, a step halved until the residual falls: the last point and evaluations."""
    gap = family.residual(u, economy, shock)
    for used in range(1, most + 1):
        size = float(np.linalg.norm(gap))
        if not np.isfinite(size) or np.abs(gap).max() <= 0.01 * tol:
            return u, used
        step = bounded_step(-slope_solver(family, economy, shock, u)(gap))
        u, gap, fell = _line_search(family, economy, shock, u, step, size)
        if not fell:
            return u, used
    return u, most


def _line_search(
    family: Family, economy: Economy, shock: Shock, u: Floats, step: Floats, size: float
) -> tuple[Floats, Floats, bool]:
    for halvings in range(12):
        trial = u + step * 0.5**halvings
        gap = family.residual(trial, economy, shock)
        if np.linalg.norm(gap) < size * (1.0 - 1e-4 * 0.5**halvings):
            return trial, gap, True
    return u, family.residual(u, economy, shock), False


@dataclass
class _Walk:
    """The path of one shock: its equations, slopes and the count of their evaluations."""

    family: Family
    economy: Economy
    shock: Shock
    start: Floats
    used: int = 0

    first: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.family.residual(self.start, self.economy, self.at(0.0))

    def at(self, part: float) -> Shock:
        return partial_shock(self.economy, self.shock, part)

    def gap(self, u: Floats, part: float) -> Floats:
        """H at a point, shape (unknowns,)."""
        self.used += 1
        return self.family.residual(u, self.economy, self.at(part)) - (1.0 - part) * self.first

    def slopes(self, u: Floats, part: float) -> _Slopes:
        """The slopes of H at a point."""
        self.used += 1
        inverse = slope_solver(self.family, self.economy, self.at(part), u)
        # The slope of H in the part.
        in_part = (self.gap(u, part + DIFFERENCE) - self.gap(u, part - DIFFERENCE)) / (2.0 * DIFFERENCE)
        return _Slopes(inverse, inverse(in_part))


@dataclass(frozen=True)
class _Slopes:
    """The inverse of dH/du at a point, and what it gives of the slope of H in the part."""

    inverse: Solver
    along: Floats


@dataclass(frozen=True)
class _Point:
    """A point of the path and its direction, of length one in the norm of `_dot`."""

    u: Floats
    part: float
    du: Floats
    dpart: float
    slopes: _Slopes = field(repr=False)

    def ahead(self, length: float) -> tuple[Floats, float]:
        return self.u + length * self.du, self.part + length * self.dpart


def _dot(own: Floats, part: float, other: Floats, its: float) -> float:
    """Inner product along the path: the mean over unknowns, and parts of the shock."""
    return float(own @ other) / own.size + part * its


def follow(family: Family, economy: Economy, shock: Shock, start: Floats) -> PathEnd:
    """The path of equilibria from no shock to the whole of it, or to its first fold, or to where it is lost.

    Beyond a fold the branch is followed on, backwards first: `PathEnd.beyond` is where it comes to the whole shock.
    """
    walk = _Walk(family, economy, shock, start)
    here = _tangent(walk, start, 0.0, None)
    if not np.isfinite(here.dpart):
        return PathEnd(start, 0.0, False, 0, walk.used)
    most = MOST if start.size <= DENSE else MOST_LARGE
    before, there, length = _onward(walk, here, 1.0 / max(here.dpart, 1e-3), most, lambda point: point.dpart <= 0.0)
    if there is None:
        return PathEnd(before.u, max(before.part, 0.0), False, int(np.argmax(np.abs(before.du))), walk.used)
    if there.part == 1.0:
        return PathEnd(there.u, 1.0, False, 0, walk.used)
    fold = _fold(walk, before, there, length)
    _, end, _ = _onward(walk, there, length, walk.used + most // 2, _left)
    beyond = end.u if end is not None and end.part == 1.0 else None
    return replace(fold, used=walk.used, beyond=beyond)


def _left(point: _Point) -> bool:
    """Whether a branch beyond a fold has gone where it is followed no further."""
    return point.part < BACKWARD or float(np.abs(point.u).max()) > VANISHED


def _onward(
    walk: _Walk, here: _Point, length: float, most: int, ends: Callable[[_Point], bool]
) -> tuple[_Point, _Point | None, float]:
    """The last point before the whole shock or before a point that `ends` the walk, that point, and the step between.

    None for that point where the path is lost.
    """
    while walk.used < most:
        last = here.part + length * here.dpart >= 1.0
        if last:
            length = (1.0 - here.part) / here.dpart
        there = _step(walk, here, length, fixed=last)
        if there is None:
            length *= 0.3
            if length < SHORTEST:
                break
            continue
        there = replace(there, part=1.0) if last else there
        if last or ends(there):
            return here, there, length
        here, length = there, 1.8 * length
    return here, None, length


def _tangent(walk: _Walk, u: Floats, part: float, before: _Point | None) -> _Point:
    """The direction of the path at a point, onward from the one before; at first towards more of the shock."""
    slopes = walk.slopes(u, part)
    du = -slopes.along
    size = np.sqrt(_dot(du, 1.0, du, 1.0))
    du, dpart = du / size, 1.0 / size
    if before is not None and _dot(du, dpart, before.du, before.dpart) < 0.0:
        du, dpart = -du, -dpart
    return _Point(u, float(part), du, float(dpart), slopes)


def _step(walk: _Walk, here: _Point, length: float, *, fixed: bool) -> _Point | None:
    """The next point of the path; None where Newton does not lead there, or the path turns too much on the way.

    `fixed` keeps the part of the prediction; otherwise the point lies in the plane across the direction.
    """
    u, part = here.ahead(length)
    size, slopes, left = np.inf, here.slopes, SLOPES
    while True:
        gap = walk.gap(u, part)
        now = float(np.abs(gap).max())
        if not np.isfinite(now) or now > 10.0 * size:
            return None
        if now <= ON_PATH:
            there = _tangent(walk, u, part, here)
            straight = _dot(there.du, there.dpart, here.du, here.dpart)
            return there if np.isfinite(straight) and (straight > STRAIGHT or length < 1e-4) else None
        if now > SLOW * size:
            if not left:
                return None
            slopes, left = walk.slopes(u, part), left - 1
        size = min(size, now)
        u, part = _corrected(slopes, here, length, u, part, gap, fixed)


def _corrected(
    slopes: _Slopes, here: _Point, length: float, u: Floats, part: float, gap: Floats, fixed: bool
) -> tuple[Floats, float]:
    """One Newton step on H, with the plane across the direction as one more equation unless the part is fixed.

    `slopes` are those of this point or of one near by: a few steps with those cost less than taking them anew.
    """
    to_zero, along = slopes.inverse(gap), slopes.along
    if fixed:
        return u + bounded_step(-to_zero), part
    off = _dot(u - here.u, part - here.part, here.du, here.dpart) - length
    dpart = (_dot(to_zero, 0.0, here.du, 0.0) - off) / (here.dpart - _dot(along, 0.0, here.du, 0.0))
    return u + bounded_step(-to_zero - dpart * along), part + float(np.clip(dpart, -1.0, 1.0))


def _fold(walk: _Walk, here: _Point, there: _Point, length: float) -> PathEnd:
    """The fold between two points: where the direction holds no more of the shock, by false position."""
    low, high, start, end = 0.0, length, here.dpart, there.dpart
    best = here if here.part > there.part else there
    for _ in range(8):
        middle = low + (high - low) * float(np.clip(start / (start - end), 0.1, 0.9))
        point = _step(walk, here, middle, fixed=False)
        if point is None:
            break
        best = point if point.part > best.part else best
        if abs(point.dpart) < 1e-5:
            break
        if point.dpart > 0.0:
            low, start = middle, point.dpart
        else:
            high, end = middle, point.dpart
    return PathEnd(best.u, best.part, True, int(np.argmax(np.abs(best.du))), walk.used)


MEMORY = 8
#: A step moves no log of a hat further than this.
LARGEST_STEP = 2.0

#: Where a world keeps another of the same axes, whose directions serve it as well.
NEAR_BY = "near by"


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
