"""Solve an economy under a shock, alone or in batches.

Chord-Newton on the inverse of the Jacobian at the baseline, kept with the economy, with Anderson acceleration (Walker
and Ni 2011); exact Newton with step control and, last, steps through parts of the shock where that fails. A solve that
ends above its tolerance raises `SolveError`; it never returns numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError
from detente.economy.frame import Certificate, Economy, Equilibrium, Family, Floats, Shock, baseline_tariff

MEMORY = 8
STACKED = 32
"""Shocks solved side by side; more would not stay in the cache."""

LARGEST_STEP = 2.0
"""A step moves no log of a hat further than this."""

ADVICE = "Try a smaller shock, or the closure zero if deficits are large."
SMALLEST_PART = 1.0 / 64.0


def family_of(economy: Economy) -> Family:
    """The family of a world; `InputError` for one nobody knows."""
    if economy.family == "armington":
        from detente.economy.armington import Armington

        return Armington()
    if economy.family == "caliendo_parro":
        from detente.economy.caliendo_parro import CaliendoParro

        return CaliendoParro()
    raise InputError(f"world {economy.name}", f"unknown family '{economy.family}'", "use armington or caliendo_parro")


def solve(
    economy: Economy,
    shock: Shock,
    *,
    tol: float = 1e-10,
    max_iter: int = 200,
    warm: Equilibrium | None = None,
) -> Equilibrium:
    """The equilibrium of an economy under a shock.

    Parameters
    ----------
    tol : largest scaled residual accepted, dimensionless.
    max_iter : most evaluations of the accelerated iteration before exact Newton steps in.
    warm : an equilibrium near the answer to start from.

    Raises
    ------
    InputError : a shock that does not fit the economy, or a value that cannot be used.
    SolveError : no convergence, with the last residual and the country (and sector) where it is largest.
    """
    family = family_of(economy)
    family.check(economy, shock)

    def plain(base: Economy, change: Shock) -> Equilibrium:
        return _solve(family, base, change, tol, max_iter, None if warm is None else warm.u)

    stages = getattr(family, "stages", None)
    found = stages(economy, shock, plain) if stages else None
    found = plain(economy, shock) if found is None else found
    return replace(found, notes=(*shock.notes, *found.notes)) if shock.notes else found


def _solve(
    family: Family, economy: Economy, shock: Shock, tol: float, max_iter: int, warm: Floats | None
) -> Equilibrium:
    start = family.start(economy, shock)
    u0 = warm if warm is not None and warm.shape == start.shape else start
    used, method, gap = 0, "", np.full(1, np.inf)
    with np.errstate(all="ignore"):
        for name, attempt in _attempts(family, economy, shock, start, tol, max_iter):
            u0, more = attempt(u0)
            used, method = used + more, name
            gap = family.residual(u0, economy, shock)
            if np.abs(gap).max() <= tol:
                break
        certificate = _certify(family, economy, shock, u0, gap, used, tol, method)
    return family.read_out(u0, economy, shock, certificate)


def _attempts(
    family: Family, economy: Economy, shock: Shock, start: Floats, tol: float, max_iter: int
) -> Iterator[tuple[str, Callable[[Floats], tuple[Floats, int]]]]:
    """Methods in the order they are tried; each takes an iterate and returns a better one and its evaluations."""
    own = getattr(family, "iterate", None)
    if own is not None:
        yield "fixed point with Anderson acceleration", lambda u: own(economy, shock, u, tol, max_iter)
    else:
        yield (
            "chord-Newton with Anderson acceleration",
            lambda u: _chord_alone(family, economy, shock, u, tol, max_iter),
        )
    yield "exact Newton", lambda u: _newton(family, economy, shock, u if np.isfinite(u).all() else start, tol)
    yield "exact Newton through parts of the shock", lambda u: _by_parts(family, economy, shock, start, tol)


def _certify(
    family: Family, economy: Economy, shock: Shock, u: Floats, gap: Floats, used: int, tol: float, method: str
) -> Certificate:
    """The certificate of a solution with residuals `gap`; `SolveError` for what is none."""
    size = np.where(np.isfinite(gap), np.abs(gap), np.inf)
    at = int(np.argmax(size))
    worst = family.label(economy, shock, at)
    if not size[at] <= tol:
        reason = getattr(family, "reason", lambda *_: "")(u, economy, shock)
        raise SolveError(
            f"{economy.name}: no equilibrium found in {used} evaluations; the largest residual is {size[at]:.3g} "
            f"(tolerance {tol:g}) at {worst}. {reason or ADVICE}"
        )
    return Certificate(float(size[at]), family.walras(u, economy, shock), used, True, worst, method)


def benchmark_inverse(economy: Economy, shock: Shock) -> Floats:
    """Inverse of the Jacobian where nothing changes, shape (unknowns, unknowns); kept with the economy."""
    key = ("inverse", shock.key)
    if key not in economy.memo:
        family, nothing = family_of(economy), shock.nothing()
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
        at = self.count % self.moves.shape[1]
        self.moves[:, at], self.answers[:, at] = step + answer, answer
        self.count += 1
        kept = min(self.count, self.moves.shape[1])
        row = (self.answers[:, :kept] @ answer[:, :, None])[..., 0]
        self.gram[:, at, :kept] = self.gram[:, :kept, at] = row

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


def _chord(
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
        move = _bounded(history.next(r))
        U = U + (move if not done.any() else np.where(done[:, None], 0.0, move))
    return kept, used, best


def _bounded(step: Floats) -> Floats:
    """Steps shortened so that no log of a hat moves further than `LARGEST_STEP`, shape (..., unknown)."""
    largest = np.abs(step).max(axis=-1, keepdims=True)
    return step * np.minimum(1.0, LARGEST_STEP / np.maximum(largest, 1e-300))


def _chord_alone(
    family: Family, economy: Economy, shock: Shock, u: Floats, tol: float, max_iter: int
) -> tuple[Floats, int]:
    def residuals(U: Floats) -> Floats:
        return family.residual(U[0], economy, shock)[None]

    found, used, _ = _chord(residuals, benchmark_inverse(economy, shock), u[None], tol, max_iter)
    return found[0], int(used[0])


def _newton(
    family: Family, economy: Economy, shock: Shock, u: Floats, tol: float, most: int = 40
) -> tuple[Floats, int]:
    """Exact Newton; a step is halved until the residual falls."""
    gap = family.residual(u, economy, shock)
    for used in range(1, most + 1):
        size = float(np.linalg.norm(gap))
        if not np.isfinite(size) or np.abs(gap).max() <= 0.01 * tol:
            return u, used
        try:
            step = _bounded(-np.linalg.solve(family.jacobian(u, economy, shock), gap).astype(np.float64))
        except np.linalg.LinAlgError:
            return u, used
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


def _by_parts(family: Family, economy: Economy, shock: Shock, u: Floats, tol: float) -> tuple[Floats, int]:
    """Newton along parts of the shock, each started from the last; the part grows as long as Newton follows."""
    done, part, used = 0.0, 0.25, 0
    while done < 1.0 and part > SMALLEST_PART:
        change = partial_shock(economy, shock, min(1.0, done + part))
        trial, more = _newton(family, economy, change, u, tol)
        used += more
        if np.abs(family.residual(trial, economy, change)).max() <= max(tol, 1e-8):
            u, done, part = trial, min(1.0, done + part), 1.5 * part
        else:
            part = 0.5 * part
    return u, used


def partial_shock(economy: Economy, shock: Shock, part: float) -> Shock:
    """A part of a shock in logs: part 0 keeps the baseline, part 1 is the whole shock."""
    tariff = None
    if shock.tariff is not None:
        old = np.log1p(baseline_tariff(economy))
        tariff = np.expm1(old + part * (np.log1p(shock.tariff) - old))
    cost = None if shock.cost_hat is None else shock.cost_hat**part
    productivity = None if shock.productivity_hat is None else shock.productivity_hat**part
    return Shock(tariff, cost, productivity, shock.options)


def solve_many(
    economy: Economy, shocks: Sequence[Shock], *, tol: float = 1e-10, max_iter: int = 60
) -> list[Equilibrium]:
    """The equilibria of many shocks of one economy, in their order; shocks with the same options share evaluations.

    Errors are those of `solve`; the first shock without an equilibrium raises.
    """
    found = _stacks(economy, shocks, tol, max_iter)
    return [found.get(i) or solve(economy, shock, tol=tol) for i, shock in enumerate(shocks)]


def scan(
    economy: Economy, shocks: Sequence[Shock], *, tol: float = 1e-10, max_iter: int = 60
) -> list[Equilibrium | None]:
    """As `solve_many`, for searches: None where the quick iteration finds no equilibrium."""
    found = _stacks(economy, shocks, tol, max_iter)
    return [found[i] if i in found else _quick(economy, shock, tol, max_iter) for i, shock in enumerate(shocks)]


def _quick(economy: Economy, shock: Shock, tol: float, max_iter: int) -> Equilibrium | None:
    try:
        return solve(economy, shock, tol=tol, max_iter=max_iter)
    except SolveError:
        return None


def _stacks(economy: Economy, shocks: Sequence[Shock], tol: float, max_iter: int) -> dict[int, Equilibrium | None]:
    """Equilibria by place of the shocks that could be stacked, None where the iteration did not converge."""
    family = family_of(economy)
    for shock in shocks:
        family.check(economy, shock)
    found: dict[int, Equilibrium | None] = {}
    stack = getattr(family, "stack", None)
    for places in _groups(shocks) if stack else ():
        found.update(_solve_stack(family, economy, shocks, places, tol, max_iter))
    return found


def _groups(shocks: Sequence[Shock]) -> Iterator[list[int]]:
    """Places of shocks with the same options, at most `STACKED` at a time."""
    by_key: dict[object, list[int]] = {}
    for i, shock in enumerate(shocks):
        by_key.setdefault(shock.key, []).append(i)
    for places in by_key.values():
        yield from (places[at : at + STACKED] for at in range(0, len(places), STACKED))


def _solve_stack(
    family: Any, economy: Economy, shocks: Sequence[Shock], places: list[int], tol: float, max_iter: int
) -> dict[int, Equilibrium | None]:
    """Equilibria of the places; None where the iteration did not converge, nothing where there is no stack."""
    chosen = [shocks[i] for i in places]
    stack = family.stack(economy, chosen)
    if stack is None:
        return {}
    U = np.stack([family.start(economy, shock) for shock in chosen])
    with np.errstate(all="ignore"):
        U, used, size = _chord(stack.residuals, benchmark_inverse(economy, chosen[0]), U, tol, max_iter)
        good = np.flatnonzero(size <= tol)
        solved = {places[b]: result for b, result in stack.read_out(U, used, good)}
    return {place: solved.get(place) for place in places}
