"""The world economy in JAX: an oracle for residuals and gradients, and batches on whatever device JAX has.

The equations are written a second time, from the papers, one module a family beside this one, and differentiated by
JAX, so that nothing of the equations and adjoints by hand goes into the answer. JAX is imported on first use, and its
64-bit numbers are switched on only while a function here runs.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from detente.codes import InputError, SolveError
from detente.economy.families import family_of
from detente.economy.family import Family
from detente.economy.frame import Certificate, Economy, Equilibrium, Floats, Shock, baseline_tariff, shape_of
from detente.economy.policies.policy import weights_of
from detente.economy.solver import solve
from second_writing import armington, caliendo_parro
from second_writing.iteration import Iterates, walk

WRITINGS = {"armington": armington, "caliendo_parro": caliendo_parro}

AT_ONCE = 32
"""Shocks solved side by side; a graphics card has room for more."""

ROWS = 64
"""Rows of the Jacobian computed side by side."""

CLOSE = 1e-8
"""Largest residual at which an equilibrium counts as one of the equations in JAX."""


def jax_library() -> Any:
    """The module `jax`."""
    import jax

    return jax


def equations_of(economy: Economy) -> Any:
    """The module with the family's equations; `InputError` for a family that has none in JAX."""
    if economy.family not in WRITINGS:
        raise InputError(f"world {economy.name}", f"family '{economy.family}' is not written in JAX", "use solve(...)")
    return WRITINGS[economy.family]


def jax_residual(equilibrium: Equilibrium) -> Floats:
    """Residuals of the equations in JAX at an equilibrium, shape (unknowns,), dimensionless.

    Raises
    ------
    InputError : JAX is not installed.
    SolveError : the equilibrium has other unknowns than these equations.
    """
    jax = jax_library()
    economy, shock = equilibrium.economy, equilibrium.shock
    with jax.enable_x64(True):
        rules, world = equations_of(economy).world_of(economy, shock)
        _check_unknowns(equilibrium, rules)
        _, residual, _, _ = _compiled(equations_of(economy), rules)
        return np.asarray(residual(world, _problem(economy, shock), equilibrium.u))


def jax_gradient(equilibrium: Equilibrium, objective: str | Mapping[str, float] | Floats) -> Floats:
    """Derivative of welfare in every tariff at an equilibrium, by automatic differentiation and one dense solve.

    With F(u, t) = 0 and z dF/du = dW/du, dW/dt is the derivative of W - z F at given u (implicit function theorem).

    Parameters
    ----------
    objective : a country (its welfare change), or weights on the welfare changes of countries, by code or as an array
        of shape (country,).

    Returns
    -------
    Shape of the tariff, change of the objective per unit of tariff (0.01 is one percentage point).

    Raises
    ------
    InputError : JAX is not installed.
    SolveError : the equilibrium does not solve these equations, so that the derivative would be that of another model.
    """
    jax = jax_library()
    economy, shock = equilibrium.economy, equilibrium.shock
    rules, world = equations_of(economy).world_of(economy, shock)
    _check_solved(equilibrium, rules, world)
    weights = objective if isinstance(objective, np.ndarray) else weights_of(economy, objective)
    with jax.enable_x64(True):
        _, _, jacobian, objectives = _compiled(equations_of(economy), rules)
        problem = _problem(economy, shock)
        of_objective, of_residual = objectives(world, problem, equilibrium.u, weights)
        in_u, in_tariff = of_objective
        z = jax.numpy.linalg.solve(jacobian(world, problem, equilibrium.u).T, in_u)
        through = of_residual(z)[0]
        return np.asarray(in_tariff - through).reshape(shape_of(economy))


def solve_batch(
    economy: Economy,
    shocks: Sequence[Shock],
    *,
    device: Any = None,
    tol: float = 1e-10,
    max_iter: int = 60,
    at_once: int = AT_ONCE,
) -> list[Equilibrium]:
    """The equilibria of many shocks of one economy, in their order, iterated side by side on one device.

    Every answer is checked by the residual of `solve`'s own equations; what JAX leaves above the tolerance, and
    closures that take more than one solve (`zero`, `balanced`), go to `solve`.

    Parameters
    ----------
    device : a device of JAX or the name of a platform ("cpu", "gpu"); None is JAX's default.
    tol : largest scaled residual accepted, dimensionless.
    max_iter : most evaluations before a shock goes to `solve`.
    at_once : shocks side by side; memory goes as this times countries squared times sectors.

    Raises
    ------
    InputError : JAX or the device is missing, or a shock does not fit the economy.
    SolveError : no equilibrium, as in `solve`.
    """
    jax, family = jax_library(), family_of(economy)
    if at_once < 1:
        raise InputError("at_once", f"{at_once} shocks side by side is none", "give 1 or more")
    for shock in shocks:
        family.check(economy, shock)
    place = _device(jax, device)
    equilibria: dict[int, Equilibrium] = {}
    with jax.enable_x64(True), jax.default_device(place):
        for places in _groups(equations_of(economy), shocks, at_once):
            chosen = [shocks[i] for i in places]
            ready = _on_device(jax, family, economy, chosen[0])
            if ready is None:
                continue
            walks = _walked(jax, economy, chosen, ready, min(at_once, len(shocks)), tol, max_iter)
            name = f"chord with Anderson acceleration in JAX on {place.platform if place else jax.default_backend()}"
            equilibria.update(_certified(family, economy, chosen, places, walks, tol, name))
    return [equilibria[i] if i in equilibria else solve(economy, shock, tol=tol) for i, shock in enumerate(shocks)]


def _device(jax: Any, device: Any) -> Any:
    """A device of JAX by its platform; None is what JAX was told to use, which may be None again."""
    device = jax.config.jax_default_device if device is None else device
    if not isinstance(device, str):
        return device
    try:
        return jax.devices(device)[0]
    except RuntimeError:
        known = ", ".join(sorted({available.platform for available in jax.devices()}))
        raise InputError("device", f"JAX sees no '{device}' here", f"use one of: {known}") from None


def _check_unknowns(equilibrium: Equilibrium, rules: Any) -> None:
    economy = equilibrium.economy
    expected = equations_of(economy).unknowns(rules)
    if equilibrium.u.shape != (expected,):
        raise SolveError(
            f"{economy.name}: the equilibrium has {equilibrium.u.size} unknowns, the equations in JAX {expected}; "
            "an option used here is not written in JAX. Use gradient(...) and solve(...)."
        )


def _check_solved(equilibrium: Equilibrium, rules: Any, world: Any) -> None:
    """`SolveError` where the two ways of writing the equations part; NumPy tells without compiling anything."""
    model, problem = equations_of(equilibrium.economy), _problem(equilibrium.economy, equilibrium.shock)
    _check_unknowns(equilibrium, rules)
    gap = model.residual(np, rules, world, model.pulls(np, rules, world, *problem), equilibrium.u)
    size = float(np.abs(gap).max())
    if not size <= max(CLOSE, 100.0 * equilibrium.certificate.residual):
        raise SolveError(
            f"{equilibrium.economy.name}: the equilibrium leaves a residual of {size:.2g} in the equations in JAX; "
            "an option used here is not written in JAX. Use gradient(...)."
        )


def _problem(economy: Economy, shock: Shock) -> tuple[Floats, Floats | None, Floats | None]:
    """Tariff, trade cost hat and productivity hat of a shock; None for hats that stay."""
    tariff = baseline_tariff(economy) if shock.tariff is None else np.asarray(shock.tariff, dtype=np.float64)
    cost = None if shock.cost_hat is None else np.asarray(shock.cost_hat, dtype=np.float64)
    lift = None if shock.productivity_hat is None else np.asarray(shock.productivity_hat, dtype=np.float64)
    return tariff, cost, lift


@lru_cache(maxsize=64)
def _compiled(model: Any, rules: Any) -> tuple[Any, Any, Any, Any]:
    """Compiled functions of one form of the equations: walks, residual, Jacobian, and derivatives of an objective."""
    jax = jax_library()
    xp = jax.numpy

    def pulls(world: Any, problem: Any) -> Any:
        return model.pulls(xp, rules, world, *problem)

    def residual(world: Any, problem: Any, u: Any) -> Any:
        return model.residual(xp, rules, world, pulls(world, problem), u)

    def jacobian(world: Any, problem: Any, u: Any) -> Any:
        shock = pulls(world, problem)
        back = jax.vjp(lambda v: model.residual(xp, rules, world, shock, v), u)[1]
        return jax.lax.map(lambda row: back(row)[0], xp.eye(u.size), batch_size=ROWS)

    def objectives(world: Any, problem: Any, u: Any, weights: Any) -> Any:
        tariff, *hats = problem

        def value(v: Any, t: Any) -> Any:
            return weights @ model.welfare(xp, rules, world, pulls(world, (t, *hats)), v)

        return jax.grad(value, (0, 1))(u, tariff), jax.vjp(lambda t: residual(world, (t, *hats), u), tariff)[1]

    def walks(world: Any, approximate: Any, problems: Any, U: Any, tol: Any, most: Any) -> Iterates:
        shocks = jax.vmap(lambda problem: pulls(world, problem))(problems)

        def residual_at(shock: Any, u: Any) -> Any:
            return model.residual(xp, rules, world, shock, u)

        return walk(jax, residual_at, lambda gap: model.correct(xp, rules, approximate, gap), shocks, U, tol, most)

    return jax.jit(walks), jax.jit(residual), jax.jit(jacobian), jax.jit(objectives)


def _groups(model: Any, shocks: Sequence[Shock], at_once: int) -> Iterator[list[int]]:
    """Places of shocks that one compiled function solves side by side."""
    by_key: dict[object, list[int]] = {}
    for i, shock in enumerate(shocks):
        if shock.options.get("closure") not in model.STAGED:
            productivity = None if shock.productivity_hat is None else np.shape(shock.productivity_hat)
            by_key.setdefault((shock.key, shock.cost_hat is None, productivity), []).append(i)
    for places in by_key.values():
        yield from (places[start : start + at_once] for start in range(0, len(places), at_once))


def _walked(
    jax: Any, economy: Economy, shocks: Sequence[Shock], ready: Any, width: int, tol: float, most: int
) -> Iterates:
    """The walks of shocks with the same options, the last one repeated up to `width` so that shapes stay the same."""
    rules, world, approximate = ready
    problems = [_problem(economy, shock) for shock in shocks]
    problems += [problems[-1]] * (width - len(problems))
    stacked = jax.tree.map(lambda *parts: np.stack(parts), *problems)
    U = np.zeros((width, equations_of(economy).unknowns(rules)))
    walks = _compiled(equations_of(economy), rules)[0](world, approximate, stacked, U, tol, most)
    return Iterates(*(np.asarray(part) for part in walks))


def _on_device(jax: Any, family: Family, economy: Economy, shock: Shock) -> Any:
    """Rules, baseline and approximate inverse, kept with the economy for each device.

    None where the family has unknowns that the equations in JAX lack.
    """
    key = ("jax", shock.key, jax.config.jax_default_device)
    if key not in economy.memo:
        model = equations_of(economy)
        rules, world = model.world_of(economy, shock)
        same = family.start(economy, shock).shape == (model.unknowns(rules),)
        approximate = model.inverse(jax, rules, world, baseline_tariff(economy)) if same else None
        economy.memo[key] = (rules, jax.device_put(world), jax.device_put(approximate)) if same else None
    return economy.memo[key]


def _certified(
    family: Family,
    economy: Economy,
    shocks: Sequence[Shock],
    places: Sequence[int],
    walks: Iterates,
    tol: float,
    name: str,
) -> Iterator[tuple[int, Equilibrium]]:
    """Place and equilibrium of the walks that the family's own residual accepts."""
    good = np.flatnonzero(walks.size[: len(shocks)] <= tol)
    stack = family.stack(economy, shocks)
    with np.errstate(all="ignore"):
        if stack is not None:
            U, used = walks.point[: len(shocks)], walks.used[: len(shocks)]
            solved = stack.read_out(U, used, good)
        else:
            solved = (
                (b, _read(family, economy, shocks[b], walks.point[b], int(walks.used[b]), tol)) for b in good.tolist()
            )
        for b, equilibrium in solved:
            if equilibrium is not None and equilibrium.certificate.residual <= tol:
                yield places[b], replace(equilibrium, certificate=replace(equilibrium.certificate, method=name))


def _read(family: Family, economy: Economy, shock: Shock, u: Floats, used: int, tol: float) -> Equilibrium | None:
    """The equilibrium at u with its certificate; None where the family's own residual is above the tolerance."""
    gap = np.abs(family.residual(u, economy, shock))
    index = int(np.argmax(gap))
    if not gap[index] <= tol:
        return None
    worst = family.label(economy, shock, index)
    certificate = Certificate(float(gap[index]), family.walras(u, economy, shock), used, True, worst, "")
    return family.read_out(u, economy, shock, certificate)
