"""Solver of family B: a chord on wages with input-output blocks solved within each country, accelerated.

The Jacobian where nothing changes is split. Within a country the feedback of prices on costs and of output on spending
is inverted exactly (one small matrix a country); across countries only wages are: N x N, with prices and spending that
follow them at first order. That is a few small products an evaluation, and Anderson acceleration (Walker and Ni 2011)
does the rest. Where it fails the shock is walked in parts, and last comes Newton's method with the same split as
preconditioner. Derivatives of a solution use the transpose of all this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detente.codes import SolveError
from detente.economy.caliendo_parro import CaliendoParro, refuse_stranded
from detente.economy.frame import Economy, Floats, Shock
from detente.economy.input_output_equations import (
    Problem,
    State,
    apply,
    apply_t,
    blocks,
    joined,
    problem,
    pull_back,
    pulled_residual,
    push,
    residual_of,
    state,
    turned,
)
from detente.economy.solver import Anderson, partial_shock

LARGEST_STEP = 2.0
"""A step moves no log of a hat further than this."""

SMALLEST_PART = 1.0 / 64.0
SINGULAR = 1e-10
"""Wages that no trade ties together stay where they are: directions this flat are left out of a step."""

FEEDBACK = 1.0
"""Accuracy of the slopes of prices and spending in wages, logs; the acceleration mends the rest, at no more steps."""

ADVICE = "Try a smaller shock, or the closure zero if deficits are large."


@dataclass(frozen=True)
class Split:
    """The approximate inverse of the Jacobian of one economy and closure.

    Attributes
    ----------
    within : inverse within each country, prices then spending, shape (country, 2 sector, 2 sector).
    wages : inverse of the slope of B3 in wages, shape (country, country).
    followed : slopes of log prices and spending in log wages, shape (country * 2 sector, country).
    """

    within: Floats = field(repr=False)
    wages: Floats = field(repr=False)
    followed: Floats = field(repr=False)

    def solve(self, f: Floats) -> Floats:
        """An approximation of the inverse Jacobian @ f, shape (unknowns,)."""
        n, both = self.within.shape[:2]
        fx, fp, fz = blocks(f, n, both // 2)
        x = self.wages @ fx
        pz = apply(self.within, np.concatenate([fp, fz], axis=1)) + (self.followed @ x).reshape(n, both)
        return joined(x, pz[:, : both // 2], pz[:, both // 2 :])

    def solve_t(self, v: Floats) -> Floats:
        """The transpose of `solve`."""
        n, both = self.within.shape[:2]
        vx, vp, vz = blocks(v, n, both // 2)
        pz = np.concatenate([vp, vz], axis=1)
        x = (vx + pz.ravel() @ self.followed) @ self.wages
        pz = apply_t(self.within, pz)
        return joined(x, pz[:, : both // 2], pz[:, both // 2 :])


def split(economy: Economy, shock: Shock) -> Split:
    """The split of the Jacobian where nothing changes, kept with the economy."""
    key = ("split", shock.key)
    if key not in economy.memo:
        nothing = shock.nothing()
        pr = problem(economy, nothing)
        economy.memo[key] = split_at(pr, state(pr, CaliendoParro().start(economy, nothing)))
    return economy.memo[key]


def split_at(pr: Problem, s: State) -> Split:
    """The split of the Jacobian at a state."""
    within = _within(pr, s)
    n, sectors = s.p.shape
    pz, slope = np.zeros((n, 2 * sectors, n)), np.eye(n)
    for _ in range(60):
        slope, fp, fz = blocks(push(pr, s, joined(np.eye(n), pz[:, :sectors], pz[:, sectors:])), n, sectors)
        moved = within @ np.concatenate([fp, fz], axis=1)
        pz = pz - moved
        if np.abs(moved).max() < FEEDBACK:
            break
    wages = np.asarray(np.linalg.pinv(slope, rcond=SINGULAR), dtype=np.float64)
    return Split(within, wages, pz.reshape(-1, n))


def _within(pr: Problem, s: State) -> Floats:
    """Inverse of the feedback of prices and spending on themselves within each country, what crosses borders aside."""
    base, tech = pr.base, pr.tech
    one = np.eye(s.p.shape[1])
    own = (np.einsum("jnn->nj", pr.pull) * (s.q / s.G).T)[:, :, None]
    home = (np.einsum("jnn->nj", pr.net) * (s.q * s.g).T)[:, :, None]
    sold = home / np.where(s.output > 0, s.output, 1.0)[:, :, None]
    theta = base.theta[:, None]
    cost_z = (tech.damped * tech.output_slope)[:, :, None] * sold * one
    cost_p = tech.damped[:, :, None] * s.users + theta * cost_z
    made_z = s.output[:, :, None] * (sold * one - theta * cost_z)
    made_p = s.output[:, :, None] * theta * (sold * one - cost_p)
    earned_z = s.spending - (s.g * s.m).T + (theta * home * cost_z + tech.rents[:, :, None] * made_z).sum(axis=1)
    earned_p = -(s.g * s.m).T * base.theta + (theta * home * cost_p + tech.rents[:, :, None] * made_p).sum(axis=1)
    earned_p = earned_p - tech.supply * base.final * s.wages[:, None]
    uses_p = s.inputs @ made_p + base.final[:, :, None] * earned_p[:, None, :]
    uses_z = s.inputs @ made_z + base.final[:, :, None] * earned_z[:, None, :]
    if tech.substitution is not None:
        uses_p = uses_p + turned(pr, s)
    spent = np.exp(s.z)[:, :, None] * one - uses_z / pr.scale[:, :, None]
    top = np.concatenate([one - own * cost_p, -own * cost_z], axis=2)
    return np.linalg.inv(np.concatenate([top, np.concatenate([-uses_p / pr.scale[:, :, None], spent], axis=2)], axis=1))


def equilibrium_point(economy: Economy, shock: Shock, u: Floats, tol: float, most: int) -> tuple[Floats, int]:
    """The solution u and the evaluations used.

    Raises
    ------
    SolveError : no trade left to carry a fixed deficit, or no convergence, with the worst residual and its place.
    """
    if shock.cost_hat is not None or (shock.tariff is not None and shock.tariff.max() > LARGEST_STEP):
        refuse_stranded(economy, shock)
    found, used, size = _walk(economy, shock, u, tol, most, split(economy, shock))
    if size > tol:
        found, more, size = _by_parts(economy, shock, np.zeros_like(u), tol, most)
        used += more
    if size > tol:
        found, more, size = _newton(economy, shock, found, tol)
        used += more
    if not size <= tol:
        raise _failure(economy, shock, found, used, tol)
    return found, used


def _failure(economy: Economy, shock: Shock, u: Floats, used: int, tol: float) -> SolveError:
    family = CaliendoParro()
    gap = np.abs(family.residual(u, economy, shock))
    at = int(np.argmax(np.where(np.isfinite(gap), gap, np.inf)))
    return SolveError(
        f"{economy.name}: no equilibrium found in {used} evaluations; the largest residual is {gap[at]:.3g} "
        f"(tolerance {tol:g}) at {family.label(economy, shock, at)}. {ADVICE}"
    )


def _walk(
    economy: Economy, shock: Shock, u: Floats, tol: float, most: int, inverse: Split
) -> tuple[Floats, int, float]:
    """The accelerated chord: best iterate, evaluations, its largest residual."""
    pr = problem(economy, shock)
    return accelerated(lambda v: residual_of(pr, state(pr, v)), inverse.solve, u, tol, most)


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
        u = u + _bounded(history.next(r[None])[0])
    return best_u, most, best


def _bounded(step: Floats) -> Floats:
    largest = np.abs(step).max()
    return step * (LARGEST_STEP / largest) if largest > LARGEST_STEP else step


def _by_parts(economy: Economy, shock: Shock, u: Floats, tol: float, most: int) -> tuple[Floats, int, float]:
    """Walk along parts of the shock, halving what cannot be taken at once."""
    done, part, used, inverse = 0.0, 0.5, 0, split(economy, shock)
    while part >= SMALLEST_PART:
        goal = min(1.0, done + part)
        step = shock if goal == 1.0 else partial_shock(economy, shock, goal)
        found, more, size = _walk(economy, step, u, tol if goal == 1.0 else 1e-6, most, inverse)
        used += more
        if size > (tol if goal == 1.0 else 1e-6):
            part /= 2
            continue
        if goal == 1.0:
            return found, used, size
        u, done = found, goal
        pr = problem(economy, step)
        inverse = split_at(pr, state(pr, u))
    return u, used, np.inf


def _newton(economy: Economy, shock: Shock, u: Floats, tol: float, most: int = 30) -> tuple[Floats, int, float]:
    """Newton's method, the split of the Jacobian at each iterate solving for its steps; halved until they help."""
    pr = problem(economy, shock)
    s = state(pr, u)
    gap = residual_of(pr, s)
    for used in range(1, most + 1):
        size = float(np.abs(gap).max())
        if not np.isfinite(size) or size <= tol:
            return u, used, size if np.isfinite(size) else np.inf
        u, s, gap, fell = _search(pr, u, gap, _bounded(_newton_step(pr, s, gap)))
        if not fell:
            return u, used, float(np.abs(gap).max())
    return u, most, float(np.abs(gap).max())


def _newton_step(pr: Problem, s: State, gap: Floats) -> Floats:
    here = split_at(pr, s)
    norm = 1e-3 * float(np.abs(gap).max())
    return accelerated(lambda d: push(pr, s, d) + gap, here.solve, np.zeros_like(gap), norm, 200)[0]


def _search(pr: Problem, u: Floats, gap: Floats, step: Floats) -> tuple[Floats, State, Floats, bool]:
    size = np.linalg.norm(gap)
    for halvings in range(12):
        trial = u + step * 0.5**halvings
        s = state(pr, trial)
        found = residual_of(pr, s)
        if np.linalg.norm(found) < size * (1.0 - 1e-4 * 0.5**halvings):
            return trial, s, found, True
    return u, state(pr, u), gap, False


def adjoint_point(economy: Economy, shock: Shock, u: Floats, v: Floats, tol: float) -> Floats:
    """Solve y @ dF/du = v at a solution; `SolveError` if that does not converge."""
    pr, inverse = problem(economy, shock), split(economy, shock)
    s, largest = state(pr, u), float(np.abs(v).max()) or 1.0
    # Steps are bounded, so the problem is solved for a right-hand side whose largest entry is one.
    aim = v / largest

    def gap(y: Floats) -> Floats:
        return pull_back(pr, s, pulled_residual(pr, s, y), with_tariff=False)[0] - aim

    found, _, size = accelerated(gap, inverse.solve_t, inverse.solve_t(aim), tol, 200)
    if not size <= 1e3 * tol:
        raise SolveError(f"{economy.name}: the adjoint equations did not converge (residual {size:.2g})")
    return found * largest
