"""The world economy in JAX: an oracle for residuals and gradients.

The equations are written a second time, from the papers, one module a family beside this one, and differentiated by
JAX, so that nothing of the equations and adjoints by hand goes into the answer. JAX is imported on first use, and its
64-bit numbers are switched on only while a function here runs.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from detente.codes import InputError, SolveError
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff, shape_of
from detente.economy.policies.policy import weights_of
from second_writing import armington, caliendo_parro

WRITINGS = {"armington": armington, "caliendo_parro": caliendo_parro}

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
        residual, _, _ = _compiled(equations_of(economy), rules)
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
        _, jacobian, objectives = _compiled(equations_of(economy), rules)
        problem = _problem(economy, shock)
        of_objective, of_residual = objectives(world, problem, equilibrium.u, weights)
        in_u, in_tariff = of_objective
        z = jax.numpy.linalg.solve(jacobian(world, problem, equilibrium.u).T, in_u)
        through = of_residual(z)[0]
        return np.asarray(in_tariff - through).reshape(shape_of(economy))


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
def _compiled(model: Any, rules: Any) -> tuple[Any, Any, Any]:
    """Compiled functions of one form of the equations: residual, Jacobian, and derivatives of an objective."""
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

    return jax.jit(residual), jax.jit(jacobian), jax.jit(objectives)
