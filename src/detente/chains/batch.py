"""Many small network economies at once: the quarters and countries of a run, solved by one Newton on stacked arrays.

The equations are those of `network_equations` for the quarter without pools, with one axis more in front, and every
answer is certified by them. What does not converge here is solved alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.chains.disrupt import answered
from detente.chains.equilibrium import (
    HALVINGS,
    LARGEST_STEP,
    TOLERANCE,
    NetworkCertificate,
    NetworkEquilibrium,
    equilibrium,
    label_of,
)
from detente.chains.industry import ces_log, substitution_exponent
from detente.chains.network import Network, Rations, Shortage, rations
from detente.chains.network_equations import Floats
from detente.codes import SolveError, declared_note

MOST_STEPS = 25
BLOCK = 160_000
"""Cells of the matrices of the networks that are solved at a time: more of them would not stay near the processor."""


@dataclass(frozen=True)
class NetworkStack:
    """Structures and rations of networks of one size, shape (network, ...); see `Structure` and `Rations`."""

    inputs: Floats
    other: Floats
    demand: Floats
    final: Floats
    basket: Floats
    value_added: Floats
    material: Floats
    sigma: Floats
    theta: Floats
    epsilon: Floats
    rho: Floats
    quantity: Floats
    imported: Floats

    def take(self, rows: NDArray[np.int64]) -> NetworkStack:
        """Some of the networks."""
        return NetworkStack(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Points:
    """Where the networks stand, logs of hats, shape (network, ...); see `Point`."""

    goods: Floats
    basket: Floats
    bundle: Floats
    bundle_price: Floats
    composite: Floats
    composite_price: Floats
    output: Floats
    demand: Floats
    inner: Floats
    material: Floats
    residual: Floats


@dataclass(frozen=True)
class NetworkJob:
    """Networks of one run that are solved together; fields as the arguments of `solve_all`."""

    networks: Sequence[Network]
    shortages: Sequence[Shortage]
    starts: Sequence[NetworkEquilibrium] = ()
    tol: float = TOLERANCE


def solve_all(
    networks: Sequence[Network],
    shortages: Sequence[Shortage],
    *,
    starts: Sequence[NetworkEquilibrium] = (),
    tol: float = TOLERANCE,
) -> list[NetworkEquilibrium]:
    """Quarterly equilibria of many networks, each with its own shortage and without pools.

    Parameters
    ----------
    starts : equilibria nearby, one each; the same network without imported rows will do.
    tol : largest residual accepted, logs.

    Raises
    ------
    InputError, SolveError : as `equilibrium`, for the first network that has no answer.
    """
    return answered(solve_all_many([NetworkJob(networks, shortages, starts, tol)]))[0]


def solve_all_many(jobs: Sequence[NetworkJob]) -> list[list[NetworkEquilibrium] | SolveError]:
    """The networks of many jobs, each as it would be alone; the error of a job where one has no answer."""
    groups: dict[tuple[int, int, float], list[tuple[int, int]]] = defaultdict(list)
    for number, job in enumerate(jobs):
        for place, network in enumerate(job.networks):
            groups[len(network.industries), len(network.imported_rows), job.tol].append((number, place))
    solved: dict[tuple[int, int], NetworkEquilibrium | None] = {}
    with np.errstate(all="ignore"):
        for (n, m, tol), members in groups.items():
            most = max(1, BLOCK // (n + m) ** 2)
            for first in range(0, len(members), most):
                block = members[first : first + most]
                solved |= dict(zip(block, _block(jobs, block, 2 * n + m, tol), strict=True))
    return [
        _every(job, [solved[number, place] for place in range(len(job.networks))]) for number, job in enumerate(jobs)
    ]


def _block(
    jobs: Sequence[NetworkJob], members: Sequence[tuple[int, int]], unknowns: int, tol: float
) -> list[NetworkEquilibrium | None]:
    """Networks of one size; None where there is no answer within the tolerance."""
    networks = [jobs[number].networks[place] for number, place in members]
    shortages = [jobs[number].shortages[place] for number, place in members]
    short = [rations(*each, False) for each in zip(networks, shortages, strict=True)]
    stack, first = _stack(networks, short), np.zeros((len(members), unknowns))
    users = 2 * stack.material.shape[1]
    for row, (number, place) in enumerate(members):
        starts = jobs[number].starts
        if starts and starts[place].u.size >= users:
            first[row, : starts[place].u.size] = starts[place].u[:unknowns]
    u, steps = _newton(stack, first, tol)
    return Solved(networks, shortages, stack, evaluate(stack, u), u, steps).equilibria(tol)


def _every(job: NetworkJob, answers: Sequence[NetworkEquilibrium | None]) -> list[NetworkEquilibrium] | SolveError:
    """What was found, with the solve of one network where that was nothing."""
    try:
        return [
            equilibrium(network, shortage, tol=job.tol) if answer is None else answer
            for network, shortage, answer in zip(job.networks, job.shortages, answers, strict=True)
        ]
    except SolveError as error:
        return error


def _stack(networks: Sequence[Network], short: Sequence[Rations]) -> NetworkStack:
    structures = [network.structure for network in networks]
    rows = [
        [s.inputs_by_user, s.other, s.demand, s.final, s.basket, s.value_added, s.material, s.sigma, s.theta, s.epsilon,
         s.rho, r.quantity, r.imported]
        for s, r in zip(structures, short, strict=True)
    ]  # fmt: skip
    columns = [np.array(values, dtype=np.float64) for values in zip(*rows, strict=True)]
    columns[9], columns[10] = columns[9][:, None], columns[10][:, None]
    return NetworkStack(*columns)


def _times(matrix: Floats, vector: Floats) -> Floats:
    """Matrix times vector for each network."""
    return np.matmul(matrix, vector[..., None])[..., 0]


def _index(logs: Floats, shares: Floats, elasticity: Floats) -> Floats:
    """Log of the CES price index, shape (network, 1)."""
    k = 1.0 - elasticity
    flat = (shares * logs).sum(axis=1, keepdims=True)
    curved = np.log1p((shares * np.expm1(k * logs)).sum(axis=1, keepdims=True)) / np.where(k == 0.0, 1.0, k)
    return np.where(k == 0.0, flat, curved)


def evaluate(stack: NetworkStack, u: Floats) -> Points:
    """The economies and the residuals of their equations at unknowns u, shape (network, unknown)."""
    n = stack.material.shape[1]
    goods, bundle = np.concatenate([u[:, :n], u[:, 2 * n :]], axis=1), u[:, n : 2 * n]
    basket = _index(goods, stack.basket, stack.rho)
    m = _bundle_prices(stack, goods, basket)
    composite, inner = ces_log(bundle, 1.0 - stack.value_added, substitution_exponent(stack.theta))
    price = m + (bundle - composite) / stack.theta
    gain, material = ces_log(stack.quantity - composite, stack.material, substitution_exponent(stack.sigma))
    weight = np.exp(bundle + stack.epsilon * m)
    demand = np.exp(-stack.epsilon * goods) * _times(stack.demand, weight)
    demand += stack.final * np.exp((stack.rho - 1.0) * basket - stack.rho * goods)
    output = composite + gain
    rows = np.log(demand) - np.concatenate([output, stack.imported], axis=1)
    residual = np.concatenate([goods[:, :n] - price + gain / stack.sigma, rows], axis=1)
    return Points(goods, basket, bundle, m, composite, price, output, demand, inner, material, residual)


def _bundle_prices(stack: NetworkStack, goods: Floats, basket: Floats) -> Floats:
    k = 1.0 - stack.epsilon
    flat = _times(stack.inputs, goods) + stack.other * basket
    rise = _times(stack.inputs, np.expm1(k * goods)) + stack.other * np.expm1(k * basket)
    return np.where(k == 0.0, flat, np.log1p(rise) / np.where(k == 0.0, 1.0, k))


def newton_steps(stack: NetworkStack, points: Points) -> Floats:
    """The step of each network that would bring its linearised residuals to zero, shape (network, unknown)."""
    n = stack.material.shape[1]
    users = np.arange(n)
    gap, eps, rho = points.residual, stack.epsilon, stack.rho
    on_price = -(1.0 - points.inner) / stack.theta - points.material / stack.sigma * points.inner
    weight = np.exp(points.bundle + eps * points.bundle_price)
    sales = stack.demand * (np.exp(-eps * points.goods) / points.demand)[..., None] * weight[:, None, :]
    final = stack.final * np.exp((rho - 1.0) * points.basket - rho * points.goods) / points.demand
    basket = stack.basket * np.exp((1.0 - rho) * (points.goods - points.basket))
    k = 1.0 - eps
    bundle = stack.inputs * np.exp(k * points.goods)[:, None, :]
    bundle += (stack.other * np.exp(k * points.basket))[..., None] * basket[:, None, :]
    bundle *= np.exp(-k * points.bundle_price)[..., None]
    per_price = sales.copy()
    per_price[:, users, users] -= points.inner * (1.0 - points.material)
    per_price /= on_price[:, None, :]
    matrix = np.matmul(eps[..., None] * sales + per_price, bundle)
    matrix[:, :, :n] -= per_price
    matrix += ((rho - 1.0) * final)[..., None] * basket[:, None, :]
    diagonal = np.arange(final.shape[1])
    matrix[:, diagonal, diagonal] -= eps * (1.0 - final) + rho * final
    goods = solutions(matrix, _times(per_price, gap[:, :n]) - gap[:, n:])
    taken = -(gap[:, :n] + goods[:, :n] - _times(bundle, goods)) / on_price
    return np.concatenate([goods[:, :n], taken, goods[:, n:]], axis=1)


def solutions(matrix: Floats, right: Floats) -> Floats:
    """Solutions of many linear systems, each as alone; not a number where a matrix is singular.

    Parameters
    ----------
    matrix : shape (system, unknown, unknown); `right` : shape (system, unknown).
    """
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0], dtype=np.float64)
    except np.linalg.LinAlgError:
        if len(matrix) == 1:
            return np.full(right.shape, np.nan)
        return np.concatenate([solutions(matrix[k : k + 1], right[k : k + 1]) for k in range(len(matrix))])


def _norm(residual: Floats) -> Floats:
    norm = np.sqrt((residual * residual).sum(axis=1))
    return np.where(np.isfinite(norm), norm, np.inf)


def _newton(stack: NetworkStack, u: Floats, tol: float) -> tuple[Floats, NDArray[np.int64]]:
    """Newton with steps of bounded length, halved until residuals fall, for each network; steps used by each."""
    u, steps = np.array(u), np.zeros(len(u), dtype=np.int64)
    left = np.arange(len(u))
    active = stack
    for _ in range(MOST_STEPS):
        points = evaluate(active, u[left])
        size = np.abs(points.residual).max(axis=1)
        open_ = (size > tol) & np.isfinite(size)
        if not open_.any():
            break
        if not open_.all():
            kept = np.flatnonzero(open_)
            left, active = left[kept], active.take(kept)
            points = Points(*(getattr(points, name)[kept] for name in points.__dataclass_fields__))
        u[left] = _moved(active, points, u[left])
        steps[left] += 1
    return u, steps


def _moved(stack: NetworkStack, points: Points, u: Floats) -> Floats:
    """Unknowns after one step of each network; not a number where its system is singular."""
    step = newton_steps(stack, points)
    step *= np.minimum(1.0, LARGEST_STEP / np.maximum(np.abs(step).max(axis=1), 1e-300))[:, None]
    size, part = _norm(points.residual), np.ones((len(u), 1))
    trial = u + step
    for _ in range(HALVINGS):
        worse = ~(_norm(evaluate(stack, trial).residual) < size * (1.0 - 1e-4 * part[:, 0]))
        if not worse.any():
            break
        part[worse] *= 0.5
        trial = u + part * step
    return trial


@dataclass(frozen=True)
class Solved:
    """Where a stack of networks stands after its last step.

    Attributes
    ----------
    networks, shortages : what was solved. stack, points : arrays of it, shape (network, ...).
    u : unknowns, shape (network, unknown); `steps` : Newton steps of each.
    """

    networks: Sequence[Network]
    shortages: Sequence[Shortage]
    stack: NetworkStack
    points: Points
    u: Floats
    steps: NDArray[np.int64]

    def equilibria(self, tol: float) -> list[NetworkEquilibrium | None]:
        """The equilibrium of each network; None where its equations are not solved within the tolerance."""
        size = np.abs(self.points.residual)
        worst = np.nan_to_num(size, nan=np.inf).argmax(axis=1).tolist()
        largest, walras = size.max(axis=1).tolist(), self._walras().tolist()
        values = {name: list(rows) for name, rows in self._values().items()}
        scalars = self.steps.tolist(), np.exp(self.points.basket[:, 0]).tolist()
        method, answers = declared_note("chains.newton_many"), list[NetworkEquilibrium | None]()
        for row, (network, shortage, steps, basket) in enumerate(
            zip(self.networks, self.shortages, *scalars, strict=True)
        ):
            if not largest[row] <= tol:
                answers.append(None)
                continue
            name = label_of(network, worst[row])
            certificate = NetworkCertificate(largest[row], walras[row], steps, True, name, method)
            mine = {key: rows[row] for key, rows in values.items()}
            answers.append(_equilibrium(network, shortage, self.u[row], basket, certificate, mine))
        return answers

    def _values(self) -> dict[str, Floats]:
        """What is read out of all networks together, hats, each of shape (network, industry or row)."""
        stack, points, n = self.stack, self.points, self.stack.material.shape[1]
        bought = np.array([network.spending for network in self.networks]) > 0.0
        final = np.exp((stack.rho - 1.0) * points.basket - stack.rho * points.goods)
        return {
            "price": np.exp(points.goods[:, :n]),
            "bundle": np.exp(points.bundle),
            "bundle_price": np.exp(points.bundle_price),
            "output": np.exp(points.output),
            "quantity": np.where(bought, np.exp(stack.quantity), 1.0),
            "shadow_price": np.where(bought, np.exp(self._shadow_price()), np.nan),
            "value_added": np.ones_like(points.bundle),
            "value_added_price": np.exp(points.composite_price + points.composite / stack.theta),
            "imported_price": np.exp(points.goods[:, n:]),
            "final": final[:, :n],
            "imported_final": final[:, n:],
            "other_imports": np.exp(self._other_imports()),
        }

    def _walras(self) -> Floats:
        """Nominal final demand less all incomes and imports, over final demand, shape (network,); no equation."""
        stack, points, n, networks = self.stack, self.points, self.stack.material.shape[1], self.networks
        demand = np.array([network.final_demand for network in networks])
        spending = np.array([network.spending for network in networks])
        material = np.where(spending > 0.0, np.exp(self._shadow_price() + stack.quantity), 0.0)
        paid = np.array([network.value_added for network in networks]) * np.exp(
            points.composite_price + points.composite / stack.theta
        )
        paid += spending * material
        paid += np.array([network.other_imports for network in networks]) * np.exp(
            self._other_imports() + points.basket
        )
        rows = np.array([network.imported_supply for network in networks]) * np.exp(
            points.goods[:, n:] + stack.imported
        )
        return (demand - paid.sum(axis=1) - rows.sum(axis=1)) / demand

    def _shadow_price(self) -> Floats:
        """Log lambda = log b - log(q/B)/sigma."""
        points = self.points
        return points.composite_price - (self.stack.quantity - points.composite) / self.stack.sigma

    def _other_imports(self) -> Floats:
        """Log of other imports of each industry."""
        points = self.points
        return points.bundle - self.stack.epsilon * (points.basket - points.bundle_price)


def _equilibrium(
    network: Network,
    shortage: Shortage,
    u: Floats,
    basket: float,
    certificate: NetworkCertificate,
    values: dict[str, Floats],
) -> NetworkEquilibrium:
    return NetworkEquilibrium(
        network=network,
        shortage=shortage,
        period="quarter",
        allocation="own",
        u=u,
        wage=np.nan,
        rental=np.nan,
        basket=basket,
        certificate=certificate,
        **values,
    )
