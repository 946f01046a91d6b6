"""Solve an economy under a shock, alone or in batches.

Chord-Newton on the inverse of the Jacobian at the baseline, kept with the economy, with Anderson acceleration (Walker
and Ni 2011); where that fails exact Newton with step control, and last Newton along the path of the shock (`newton`). A
path that turns back is followed on past the fold: where it comes to the whole shock, that equilibrium is given with a
warning that it lies on another branch; otherwise it is refused, with the part of the shock that can be carried. A
solve that ends above its tolerance raises `SolveError`; it never returns numbers.

Worlds near by: other elasticities or another closure of one world, solved with the directions of the first.

What a solve takes from the baseline is only a direction: steps along that of a world near by lead to the same answer in
a few more evaluations, and finding a direction anew costs more than those. Where they lead nowhere, a world takes its
own.

Derivatives of welfare in every tariff by one adjoint solve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.codes import SolveError, declared_note
from detente.codes.kinds import checked
from detente.economy.families import family_of
from detente.economy.family import Family
from detente.economy.frame import (
    Certificate,
    Economy,
    Equilibrium,
    Floats,
    Shock,
    baseline_tariff,
    partial_shock,
    shape_of,
)
from detente.economy.input_output.accounts import take_accounts
from detente.economy.newton import NEAR_BY, PathEnd, benchmark_inverse, chord, follow, newton

#: Shocks solved side by side; more would not stay in the cache.
STACKED = 32

#: Evaluations after which an answer under scale economies is looked at again: it may be another equilibrium.
QUICK = 60

FIXED_POINT, CHORD, NEWTON = "economy.fixed_point", "economy.chord", "economy.newton"
#: Notes of the register on how an equilibrium was found.
PATH, BEYOND = "economy.path", "economy.past_fold"

ADVICE = "Try a smaller shock, or the closure zero if deficits are large."
OTHER_BRANCH = "Beyond it there is another equilibrium, which no small steps lead to."


@checked
def solve(
    economy: Economy,
    shock: Shock,
    *,
    tol: float = 1e-10,
    max_iter: int = 200,
    warm: Equilibrium | None = None,
    persist: bool = True,
) -> Equilibrium:
    """The equilibrium of an economy under a shock.

    Parameters
    ----------
    tol : largest scaled residual accepted, dimensionless.
    max_iter : most evaluations of the accelerated iteration before exact Newton steps in.
    warm : an equilibrium near the answer to start from.
    persist : whether to walk the path of the shock where exact Newton fails; searches do without.

    Raises
    ------
    InputError : a shock that does not fit the economy, or a value that cannot be used.
    SolveError : a fold before the whole shock from which no branch leads on, with the part of it that can be carried;
        or no convergence, with the last residual and the country (and sector) where it is largest.

    An equilibrium that only a branch past a fold leads to says so in its certificate (`method`) and in its notes.
    """
    family = family_of(economy)
    family.check(economy, shock)

    def plain(base: Economy, change: Shock) -> Equilibrium:
        return _solve(family, base, change, tol, max_iter, None if warm is None else warm.u, persist)

    with np.errstate(all="ignore"):
        staged = family.stages(economy, shock, plain)
        equilibrium = plain(economy, shock) if staged is None else staged
    return replace(equilibrium, notes=(*shock.notes, *equilibrium.notes)) if shock.notes else equilibrium


def without_deficits(economy: Economy) -> Economy:
    """The baseline after deficits are set to zero at the old tariffs, as the closure `zero` takes it."""
    return family_of(economy).without_deficits(economy, solve)


def _solve(
    family: Family, economy: Economy, shock: Shock, tol: float, max_iter: int, warm: Floats | None, persist: bool
) -> Equilibrium:
    start = family.start(economy, shock)
    u, used, method = _accelerated(
        family, economy, shock, start if warm is None or warm.shape != start.shape else warm, tol, max_iter
    )
    gap, part = family.residual(u, economy, shock), 1.0
    if not np.abs(gap).max() <= tol or (persist and used > QUICK and family.several(economy, shock)):
        u, method, more, part = _exact(family, economy, shock, u, start, tol, persist)
        used, gap = used + more, family.residual(u, economy, shock)
    words = declared_note(method, part=100.0 * part)
    equilibrium = family.read_out(u, economy, shock, _certify(family, economy, shock, u, gap, used, tol, words))
    if method != BEYOND:
        return equilibrium
    return replace(equilibrium, notes=(*equilibrium.notes, declared_note("economy.elsewhere")))


def _accelerated(
    family: Family, economy: Economy, shock: Shock, u: Floats, tol: float, max_iter: int
) -> tuple[Floats, int, str]:
    """The family's own fixed point, or chord-Newton: the best iterate, its evaluations and how it was found."""
    own = family.iterate(economy, shock, u, tol, max_iter)
    if own is not None:
        return *own, FIXED_POINT
    return *_chord_alone(family, economy, shock, u, tol, max_iter), CHORD


def _exact(
    family: Family, economy: Economy, shock: Shock, u: Floats, start: Floats, tol: float, persist: bool
) -> tuple[Floats, str, int, float]:
    """Exact Newton, and the path of the shock where that fails or may have led to another equilibrium.

    At a fold the equilibrium on the branch beyond it, where there is one; `SolveError` otherwise. The point, how it was
    found, evaluations, and the part of the shock up to a fold, share.
    """
    tried, used = newton(family, economy, shock, u if np.isfinite(u).all() else start, tol)
    solved = bool(np.abs(family.residual(tried, economy, shock)).max() <= tol)
    if not persist or (solved and not family.several(economy, shock)):
        return tried, NEWTON, used, 1.0
    path = follow(family, economy, shock, start)
    used += path.used
    if path.part >= 1.0:
        point, more = newton(family, economy, shock, path.u, tol)
        return point, PATH, used + more, 1.0
    if path.beyond is not None:
        point, more = newton(family, economy, shock, path.beyond, tol)
        if _sound(family, economy, shock, point, tol):
            return point, BEYOND, used + more, path.part
    if solved and not path.fold:
        return tried, NEWTON, used, 1.0
    raise _cut_short(family, economy, shock, path, used, solved)


def _sound(family: Family, economy: Economy, shock: Shock, u: Floats, tol: float) -> bool:
    """Whether a point is an equilibrium with positive hats and incomes."""
    if not np.abs(family.residual(u, economy, shock)).max() <= tol:
        return False
    equilibrium = family.read_out(u, economy, shock, Certificate(0.0, 0.0, 0, True, "", ""))
    incomes = [equilibrium.levels[name] for name in ("income", "expenditure") if name in equilibrium.levels]
    positive = [np.asarray(value) for value in (*equilibrium.hats.values(), *incomes)]
    return all(bool((np.isfinite(value) & (value > 0.0)).all()) for value in positive)


def _cut_short(family: Family, economy: Economy, shock: Shock, path: PathEnd, used: int, other: bool) -> SolveError:
    """The error of a path that ends before the whole shock."""
    country = family.label(economy, shock, path.leading).split(",")[0]
    carried = f"{100.0 * path.part:.3g} per cent of the shock (in logs{_laid_by(economy, shock)})"
    part = partial_shock(economy, shock, path.part)
    advice = family.why_none(path.u, economy, part) or ADVICE
    if not path.fold:
        return SolveError(
            f"{economy.name}: no equilibrium found in {used} evaluations; followed from the baseline it is lost after "
            f"{carried}, moving fastest in {country}. {advice}"
        )
    beyond = f" {OTHER_BRANCH}" if other else ""
    return SolveError(
        f"{economy.name}: the path of equilibria turns back (a fold) at {carried}, moving fastest in {country}. That "
        f"much can be carried; beyond it no equilibrium follows from the one before.{beyond} {advice}"
    )


def _laid_by(economy: Economy, shock: Shock) -> str:
    """Whose tariffs a shock changes, for a message: the countries at which one has to look first."""
    if shock.tariff is None:
        return ""
    changed = np.any(np.asarray(shock.tariff) != baseline_tariff(economy), axis=tuple(range(1, np.ndim(shock.tariff))))
    codes = [code for code, moved in zip(economy.countries, changed, strict=True) if moved]
    named = ", ".join(codes[:3]) + (f" and {len(codes) - 3} more" if len(codes) > 3 else "")
    return f"; tariffs of {named}" if codes else ""


def _certify(
    family: Family, economy: Economy, shock: Shock, u: Floats, gap: Floats, used: int, tol: float, method: str
) -> Certificate:
    """The certificate of a solution with residuals `gap`; `SolveError` for what is none."""
    size = np.where(np.isfinite(gap), np.abs(gap), np.inf)
    index = int(np.argmax(size))
    worst = family.label(economy, shock, index)
    if not size[index] <= tol:
        reason = family.why_none(u, economy, shock)
        raise SolveError(
            f"{economy.name}: no equilibrium found in {used} evaluations; the largest residual is {size[index]:.3g} "
            f"(tolerance {tol:g}) at {worst}. {reason or ADVICE}"
        )
    return Certificate(float(size[index]), family.walras(u, economy, shock), used, True, worst, method)


def _chord_alone(
    family: Family, economy: Economy, shock: Shock, u: Floats, tol: float, max_iter: int
) -> tuple[Floats, int]:
    def residuals(U: Floats) -> Floats:
        return family.residual(U[0], economy, shock)[None]

    solution, used, _ = chord(residuals, benchmark_inverse(family, economy, shock), u[None], tol, max_iter)
    return solution[0], int(used[0])


@np.errstate(all="ignore")
def solve_many(
    economy: Economy, shocks: Sequence[Shock], *, tol: float = 1e-10, max_iter: int = 60
) -> list[Equilibrium]:
    """The equilibria of many shocks of one economy, in their order; shocks with the same options share evaluations.

    Errors are those of `solve`; the first shock without an equilibrium raises.
    """
    equilibria = _stacks(economy, shocks, tol, max_iter)
    return [equilibria.get(i) or solve(economy, shock, tol=tol) for i, shock in enumerate(shocks)]


@np.errstate(all="ignore")
def scan(
    economy: Economy, shocks: Sequence[Shock], *, tol: float = 1e-10, max_iter: int = 60
) -> list[Equilibrium | None]:
    """As `solve_many`, for searches: None where the quick iteration finds no equilibrium."""
    equilibria = _stacks(economy, shocks, tol, max_iter)
    return [
        equilibria[i] if i in equilibria else _quick(economy, shock, tol, max_iter) for i, shock in enumerate(shocks)
    ]


def _quick(economy: Economy, shock: Shock, tol: float, max_iter: int) -> Equilibrium | None:
    try:
        return solve(economy, shock, tol=tol, max_iter=max_iter, persist=False)
    except SolveError:
        return None


def _stacks(economy: Economy, shocks: Sequence[Shock], tol: float, max_iter: int) -> dict[int, Equilibrium | None]:
    """Equilibria by place of the shocks that could be stacked, None where the iteration did not converge."""
    family = family_of(economy)
    for shock in shocks:
        family.check(economy, shock)
    equilibria: dict[int, Equilibrium | None] = {}
    for places in _groups(shocks) if family.stackable else ():
        equilibria.update(_solve_stack(family, economy, shocks, places, tol, max_iter))
    return equilibria


def _groups(shocks: Sequence[Shock]) -> Iterator[list[int]]:
    """Places of shocks with the same options, at most `STACKED` at a time."""
    by_key: dict[object, list[int]] = {}
    for i, shock in enumerate(shocks):
        by_key.setdefault(shock.key, []).append(i)
    for places in by_key.values():
        yield from (places[start : start + STACKED] for start in range(0, len(places), STACKED))


def _solve_stack(
    family: Family, economy: Economy, shocks: Sequence[Shock], places: list[int], tol: float, max_iter: int
) -> dict[int, Equilibrium | None]:
    """Equilibria of the places; None where the iteration did not converge, nothing where there is no stack."""
    chosen = [shocks[i] for i in places]
    stack = family.stack(economy, chosen)
    if stack is None:
        return {}
    U = np.stack([family.start(economy, shock) for shock in chosen])
    with np.errstate(all="ignore"):
        U, used, size = chord(stack.residuals, benchmark_inverse(family, economy, chosen[0]), U, tol, max_iter)
        good = np.flatnonzero(size <= tol)
        solved = {places[b]: result for b, result in stack.read_out(U, used, good)}
    return {place: solved.get(place) for place in places}


def beside(other: Economy, economy: Economy) -> Economy:
    """The other world, solved from now on with the directions of one near by, which has the same axes."""
    other.memo[NEAR_BY] = economy
    return other


def with_elasticities(economy: Economy, theta: Any, near: Economy) -> Economy:
    """A world with other trade elasticities and the accounts it has in any case, solved with the directions of `near`.

    Parameters
    ----------
    theta : trade elasticities, one or shape (sector,).
    """
    other = economy.with_parameters(trade_elasticity=theta)
    take_accounts(other, economy)
    return beside(other, near)


def under_closure(economy: Economy, closure: str) -> tuple[Economy, Mapping[str, Any]]:
    """A world near by in which deficits follow another closure, and the options of its shocks; kept with the first.

    Parameters
    ----------
    closure : by the name readers know it by, such as "proportional"; the default of the family is the world itself.

    Raises
    ------
    UnknownName : at the first solve, a closure that the family does not have.
    """
    family = family_of(economy)
    options = dict(family.closure(closure))
    if options.get("closure") == family.closure(str(family.options["closure"]))["closure"]:
        return economy, {}
    key = ("under closure", closure)
    if key not in economy.memo:
        other = replace(economy)
        take_accounts(other, economy)
        beside(other, economy)
        economy.memo[key] = beside(without_deficits(other), economy) if closure == ZERO else other
    return economy.memo[key], {} if closure == ZERO else options


#: The closure whose deficits are gone from the baseline: its world is another one, and its shocks have no options.
ZERO = "zero"


Objective = str | Mapping[str, float] | Floats | Callable[[Equilibrium], tuple[Floats, Floats]]


@np.errstate(all="ignore")
def gradient(equilibrium: Equilibrium, objective: Objective, *, tol: float = 1e-11) -> Floats:
    """Derivative of an objective in every tariff at an equilibrium, by one adjoint solve.

    Parameters
    ----------
    objective : a country (its welfare change); weights on the welfare changes of countries, by code or as an array of
        shape (country,); or a function of the equilibrium that returns its own derivatives in u, shape (unknowns,),
        and, at given u, in the tariff.
    tol : residual of the adjoint equation over its right-hand side.

    Returns
    -------
    Shape of the tariff, change of the objective per unit of tariff (0.01 is one percentage point).
    """
    return gradient_from(equilibrium, objective, None, tol=tol)[0]


@np.errstate(all="ignore")
def gradient_from(
    equilibrium: Equilibrium, objective: Objective, near: Floats | None, *, tol: float = 1e-11
) -> tuple[Floats, Floats]:
    """As `gradient`, from the adjoint of an equilibrium near by; gives its own as well, shape (unknowns,)."""
    economy, shock, u = equilibrium.economy, equilibrium.shock, equilibrium.u
    family = family_of(economy)
    shock = shock if shock.tariff is not None else shock.with_tariff(baseline_tariff(economy))
    if callable(objective):
        in_u, in_tariff = objective(equilibrium)
    else:
        in_u, in_tariff = family.welfare_gradient(u, economy, shock, _weights(economy, objective))
    z = family.adjoint(u, economy, shock, in_u, tol, near)
    z = _adjoint(family, economy, shock, u, in_u, tol) if z is None else z
    through = family.vjp(u, economy, shock, z)[1]
    assert through is not None
    return np.asarray(in_tariff - through).reshape(shape_of(economy)), z


def _weights(economy: Economy, objective: str | Mapping[str, float] | Floats) -> Floats:
    if isinstance(objective, np.ndarray):
        return objective
    weights = np.zeros(len(economy.countries))
    for code, weight in ({objective: 1.0} if isinstance(objective, str) else objective).items():
        weights[economy.country(code, "objective")] = weight
    return weights


def _adjoint(family: Family, economy: Economy, shock: Shock, u: Floats, v: Floats, tol: float) -> Floats:
    """Solve z @ dF/du = v by GMRES behind the baseline inverse; by a dense solve where that stalls."""
    inverse = benchmark_inverse(family, economy, shock)

    def apply(y: Floats) -> Floats:
        return family.vjp(u, economy, shock, y @ inverse, with_tariff=False)[0]

    y = _gmres(apply, v, tol)
    if y is not None:
        return y @ inverse
    return np.linalg.solve(family.jacobian(u, economy, shock).T, v).astype(np.float64)


def _gmres(apply: Callable[[Floats], Floats], b: Floats, tol: float, most: int = 50) -> Floats | None:
    """Solve apply(y) = b (Saad and Schultz 1986); None if not within `tol` after `most` products."""
    size = float(np.linalg.norm(b))
    if size == 0.0:
        return np.zeros_like(b)
    basis, hess = np.zeros((most + 1, b.size)), np.zeros((most + 1, most))
    basis[0] = b / size
    target = np.zeros(most + 1)
    target[0] = size
    for k in range(most):
        w = apply(basis[k])
        for _ in range(2):
            along = basis[: k + 1] @ w
            hess[: k + 1, k] += along
            w = w - along @ basis[: k + 1]
        hess[k + 1, k] = np.linalg.norm(w)
        basis[k + 1] = w / max(hess[k + 1, k], 1e-300)
        weights, *_ = np.linalg.lstsq(hess[: k + 2, : k + 1], target[: k + 2], rcond=None)
        if np.linalg.norm(hess[: k + 2, : k + 1] @ weights - target[: k + 2]) <= tol * size:
            return weights @ basis[: k + 1]
    return None
