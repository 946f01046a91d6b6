"""Solver of family B: a chord on wages with input-output blocks solved within each country, accelerated.

The Jacobian where nothing changes is split. Within a country the feedback of prices on costs and of output on spending
is inverted exactly (one small matrix a country); across countries only wages are: N x N, with prices and spending that
follow them at first order. That is a few small products an evaluation, and Anderson acceleration (Walker and Ni 2011)
does the rest. Where it fails the shock is walked in parts, and where that fails exact Newton follows (`newton`), in
large worlds by GMRES with the split at the point as preconditioner. Derivatives use the transpose of all this.

Countries that a shock cuts off from the others: a fixed deficit that no trade is left to carry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import SolveError
from detente.economy.frame import Economy, Floats, Shock, partial_shock
from detente.economy.input_output.equations import (
    InputOutputProblem,
    InputOutputState,
    apply,
    apply_t,
    blocks,
    jacobian_at,
    joined,
    problem,
    pull_back,
    pulled_residual,
    push,
    push_wages,
    residual_of,
    state,
    turned,
    unchanged,
)
from detente.economy.newton import DENSE, NEAR_BY, accelerated, gmres

#: Two countries are cut off from one another when this share of their trade is left at unchanged prices.
CUT = 1e-4

#: Trade left at unchanged prices that a fixed deficit needs, share of the deficit.
CARRIED = 1e-2


def refuse_stranded(economy: Economy, shock: Shock) -> None:
    """`SolveError` naming countries cut off from the others whose deficit no trade is left to carry."""
    pr = problem(economy, shock)
    if pr.closure == "none":
        return
    base = pr.base
    old, left = (np.einsum("jni,nj->ni", pull, base.spending) for pull in (base.share, pr.pull))
    for members in _islands((left + left.T) > CUT * (old + old.T)):
        crossing = left[members][:, ~members].sum() + left[~members][:, members].sum()
        owed = abs(base.deficit[members].sum())
        if owed > 1e-9 * base.income.sum() and crossing < CARRIED * owed:
            names = [economy.countries[n] for n in np.flatnonzero(members)]
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            raise SolveError(
                f"{economy.name}: no equilibrium. The deficit of {', '.join(names[:3])}{more} with the others "
                "is fixed, and at these costs no trade is left to carry it; use the closure zero."
            )


def _islands(joined: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Groups of countries that trade within but not across, as masks of shape (country,)."""
    free, islands = np.ones(len(joined), dtype=bool), []
    while free.any():
        members = np.zeros(len(joined), dtype=bool)
        members[int(np.argmax(free))] = True
        while (grown := members | joined[members].any(axis=0)).sum() > members.sum():
            members = grown
        free &= ~members
        islands.append(members)
    return islands if len(islands) > 1 else []


#: Share above which it is asked first whether trade is left to carry a fixed deficit.
HIGH_TARIFF = 2.0

#: Smallest part of a shock that the walk in parts takes; exact Newton does the rest.
SMALLEST_PART = 1.0 / 16.0

#: Residual with which a part on the way is left.
NEAR = 1e-6

#: Accuracy of a Newton step found by GMRES, relative to the residual.
KRYLOV = 1e-6

#: Wages that no trade ties together stay where they are: directions this flat are left out of a step.
SINGULAR = 1e-10

#: Unknowns above which the split is kept in 32 bits: it is only a direction, and reading it is most of a step.
WIDE = 6000

#: Accuracy of the slopes of prices and spending in wages, logs; the acceleration mends the rest, at no more steps.
FEEDBACK = 1.0


@dataclass(frozen=True)
class SplitInverse:
    """The approximate inverse of the Jacobian of one economy and closure.

    Attributes
    ----------
    within : inverse within each country, prices then spending, shape (country, 2 sector, 2 sector).
    wages : inverse of the slope of B3 in wages, shape (country, country).
    followed : slopes of log prices and spending in log wages, shape (country * 2 sector, country).

    `within` and `followed` have 32 bits in wide worlds.
    """

    within: NDArray[Any] = field(repr=False)
    wages: Floats = field(repr=False)
    followed: NDArray[Any] = field(repr=False)

    def solve(self, f: Floats) -> Floats:
        """An approximation of the inverse Jacobian @ f, shape (unknowns,)."""
        n, both = self.within.shape[:2]
        fx, fp, fz = blocks(f, n, both // 2)
        x, digits = self.wages @ fx, self.within.dtype
        pz = apply(self.within, np.concatenate([fp, fz], axis=1, dtype=digits))
        pz = pz + (self.followed @ x.astype(digits, copy=False)).reshape(n, both)
        return joined(x, pz[:, : both // 2], pz[:, both // 2 :])

    def solve_t(self, v: Floats) -> Floats:
        """The transpose of `solve`."""
        n, both = self.within.shape[:2]
        vx, vp, vz = blocks(v, n, both // 2)
        pz = np.concatenate([vp, vz], axis=1, dtype=self.within.dtype)
        x = (vx + pz.ravel() @ self.followed) @ self.wages
        pz = apply_t(self.within, pz)
        return joined(x, pz[:, : both // 2], pz[:, both // 2 :])


def split(economy: Economy, shock: Shock) -> SplitInverse:
    """The split of the Jacobian where nothing changes, kept with it; that of a world near by, if it has one."""
    key = ("split", shock.key)
    if key not in economy.memo:
        near = economy.memo.get(NEAR_BY)
        economy.memo[key] = (
            _own_split(economy, shock)
            if near is None
            else split(near, Shock(options={name: value for name, value in shock.options.items() if name != "closure"}))
        )
    return economy.memo[key]


def _own_split(economy: Economy, shock: Shock) -> SplitInverse:
    nothing = shock.nothing()
    pr = problem(economy, nothing)
    return split_at(pr, state(pr, unchanged(economy)))


def split_at(pr: InputOutputProblem, s: InputOutputState) -> SplitInverse:
    """The split of the Jacobian at a state."""
    within = _inverse_within(pr, s)
    n, sectors = s.p.shape
    pz, slope, before = np.zeros((n, 2 * sectors, n)), np.eye(n), np.inf
    for step in range(60):
        along = joined(np.eye(n), pz[:, :sectors], pz[:, sectors:])
        slope, fp, fz = blocks(push(pr, s, along) if step else push_wages(pr, s), n, sectors)
        moved = within @ np.concatenate([fp, fz], axis=1)
        size = float(np.abs(moved).max())
        if not size < before:
            # With strong scale economies what crosses borders outweighs what does not: the series does not close.
            break
        pz, before = pz - moved, size
        if size < FEEDBACK:
            break
    wages = np.asarray(np.linalg.pinv(slope, rcond=SINGULAR), dtype=np.float64)
    digits = np.float32 if n + 2 * n * sectors > WIDE else np.float64
    return SplitInverse(within.astype(digits, copy=False), wages, pz.reshape(-1, n).astype(digits, copy=False))


def _inverse_within(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """Inverse of the feedback of prices and spending on themselves within each country, what crosses borders aside."""
    base, tech = pr.base, pr.tech
    identity = np.eye(s.p.shape[1])
    own = (np.einsum("jnn->nj", pr.pull) * (s.q / s.G).T)[:, :, None]
    home = (np.einsum("jnn->nj", pr.net) * (s.q * s.g).T)[:, :, None]
    sold = home / np.where(s.output > 0, s.output, 1.0)[:, :, None]
    theta = base.theta[:, None]
    cost_z = (tech.damped * tech.output_slope)[:, :, None] * sold * identity
    cost_p = tech.damped[:, :, None] * s.users + theta * cost_z
    made_z = s.output[:, :, None] * (sold * identity - theta * cost_z)
    made_p = s.output[:, :, None] * theta * (sold * identity - cost_p)
    earned_z = s.spending - (s.g * s.m).T + (theta * home * cost_z + tech.rents[:, :, None] * made_z).sum(axis=1)
    earned_p = -(s.g * s.m).T * base.theta + (theta * home * cost_p + tech.rents[:, :, None] * made_p).sum(axis=1)
    earned_p = earned_p - tech.supply * base.final * s.wages[:, None]
    uses_p = s.inputs @ made_p + base.final[:, :, None] * earned_p[:, None, :]
    uses_z = s.inputs @ made_z + base.final[:, :, None] * earned_z[:, None, :]
    if tech.substitution is not None:
        uses_p = uses_p + turned(pr, s)
    spent = np.exp(s.z)[:, :, None] * identity - uses_z / pr.scale[:, :, None]
    top = np.concatenate([identity - own * cost_p, -own * cost_z], axis=2)
    return np.linalg.inv(np.concatenate([top, np.concatenate([-uses_p / pr.scale[:, :, None], spent], axis=2)], axis=1))


def equilibrium_point(economy: Economy, shock: Shock, u: Floats, tol: float, most: int) -> tuple[Floats, int]:
    """The best iterate u and the evaluations used; `SolveError` where no trade is left to carry a fixed deficit."""
    if shock.cost_hat is not None or (shock.tariff is not None and shock.tariff.max() > HIGH_TARIFF):
        refuse_stranded(economy, shock)
    solution, used, size = _walk(economy, shock, u, tol, most, split(economy, shock))
    if not size <= tol and NEAR_BY in economy.memo:
        # The directions of the world near by do not lead here: from now on this one has its own.
        del economy.memo[NEAR_BY]
        economy.memo["split", shock.key] = _own_split(economy, shock)
        return equilibrium_point(economy, shock, u, tol, most)
    if size <= tol or (problem(economy, shock).tech.output_slope < 0.0).any():
        # With scale economies there may be several equilibria: steps as long as these may change from one to another.
        return solution, used
    walked, more, left = _by_parts(economy, shock, np.zeros_like(u), tol, most)
    return walked if left <= tol else solution, used + more


def _walk(
    economy: Economy, shock: Shock, u: Floats, tol: float, most: int, inverse: SplitInverse
) -> tuple[Floats, int, float]:
    """The accelerated chord: best iterate, evaluations, its largest residual."""
    pr = problem(economy, shock)
    return accelerated(lambda v: residual_of(pr, state(pr, v)), inverse.solve, u, tol, most)


def krylov_solver(u: Floats, economy: Economy, shock: Shock) -> Callable[[Floats], Floats]:
    """The inverse of the Jacobian at u as a function of vectors, by GMRES with the split there."""
    pr = problem(economy, shock)
    s = state(pr, u)
    return gmres(lambda d: push(pr, s, d), split_at(pr, s).solve, u.size, KRYLOV)


def _by_parts(economy: Economy, shock: Shock, u: Floats, tol: float, most: int) -> tuple[Floats, int, float]:
    """Walk along parts of the shock, the split taken anew at each, halving what cannot be taken at once."""
    done, part, used, inverse = 0.0, 0.5, 0, split(economy, shock)
    while part >= SMALLEST_PART:
        goal = min(1.0, done + part)
        step = shock if goal == 1.0 else partial_shock(economy, shock, goal)
        enough = tol if goal == 1.0 else NEAR
        solution, more, size = _walk(economy, step, u, enough, most, inverse)
        used += more
        if size > enough:
            part /= 2
            continue
        if goal == 1.0:
            return solution, used, size
        u, done = solution, goal
        pr = problem(economy, step)
        inverse = split_at(pr, state(pr, u))
    return u, used, np.inf


def adjoint_point(
    u: Floats, economy: Economy, shock: Shock, v: Floats, tol: float, near: Floats | None = None
) -> Floats:
    """Solve y @ dF/du = v at a solution, from a y near by; `SolveError` if that does not converge."""
    pr, inverse = problem(economy, shock), split(economy, shock)
    s, largest = state(pr, u), float(np.abs(v).max()) or 1.0
    # Steps are bounded, so the problem is solved for a right-hand side whose largest entry is one.
    aim = v / largest

    def gap(y: Floats) -> Floats:
        return pull_back(pr, s, pulled_residual(pr, s, y), with_tariff=False)[0] - aim

    start = inverse.solve_t(aim) if near is None else near / largest
    adjoint, _, size = accelerated(gap, inverse.solve_t, start, tol, 200)
    if not size <= 1e3 * tol:
        adjoint = _exact_adjoint(economy, shock, u, aim, lambda y: gap(y) + aim)
        size = float(np.abs(gap(adjoint)).max())
    if not size <= 1e3 * tol:
        raise SolveError(f"{economy.name}: the adjoint equations did not converge (residual {size:.2g})")
    return adjoint * largest


def _exact_adjoint(
    economy: Economy, shock: Shock, u: Floats, aim: Floats, transposed: Callable[[Floats], Floats]
) -> Floats:
    """The same by the Jacobian itself, in large worlds by GMRES with the split at the point."""
    pr = problem(economy, shock)
    s = state(pr, u)
    if u.size <= DENSE:
        return np.asarray(np.linalg.solve(jacobian_at(pr, s).T, aim), dtype=np.float64)
    return gmres(transposed, split_at(pr, s).solve_t, u.size, 1e-9)(aim)
