"""Derivatives of welfare in every tariff by one adjoint solve."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from detente.economy.families import family_of
from detente.economy.family import Family
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff, shape_of
from detente.economy.newton import benchmark_inverse

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
