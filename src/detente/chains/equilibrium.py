"""Solve network economies under a shortage: Newton from zero with halving, then through parts of the shortage.

The quarters and countries of a run are solved together, by one Newton on stacked arrays; what does not end there is
begun again alone.

What a shortage costs, by the measure named: GDP as printed, income, exact real income.

A loss is a share of annual GDP. It never comes without its measure, its period and its scope: the first quarter is two
to three times the year, the scope with imported parts several times the direct one, and the measures part by half when
the loss passes one or two per cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.chains.network import (
    Floats,
    Network,
    NetworkStack,
    Shortage,
    evaluate,
    newton_steps,
    other_imports,
    rows_of,
    shadow_price,
    stack_of,
    value_added_price,
)
from detente.codes import SolveError, declared_note
from detente.codes.names import Readable

TOLERANCE = 1e-10
#: A Newton step moves no log of a hat further than this.
LARGEST_STEP = 3.0

MOST_STEPS = 25
HALVINGS = 14
SMALLEST_PART = 1.0 / 128.0
#: Residual with which a part of a shortage on the way is left.
LOOSE = 1e-8

#: Cells of the matrices of the networks that are solved at a time: more of them would not stay near the processor.
BLOCK = 160_000

ADVICE = "Try a smaller cut, a higher floor or higher elasticities."


@dataclass(frozen=True, repr=False)
class NetworkCertificate(Readable):
    """What a solve ended with.

    Attributes
    ----------
    residual : largest residual of the equations, logs.
    walras : nominal final demand less all incomes and imports, over final demand; no equation of the solve.
    iterations : Newton steps.
    converged : whether `residual` is within the tolerance; an unconverged solve is never returned.
    worst : industry or row with the largest residual.
    method : how the last iterate was found.
    """

    residual: float
    walras: float
    iterations: int
    converged: bool
    worst: str
    method: str


@dataclass(frozen=True, eq=False, repr=False)
class NetworkEquilibrium(Readable):
    """A network economy under a shortage, in one quarter: value added stays in its industry.

    Attributes
    ----------
    network, shortage : what was solved.
    u : unknowns at the solution, logs of hats; a start for solves nearby.
    price, bundle, bundle_price, output : p, M, m and y, shape (industry,), hats.
    quantity : q, material received over base need, shape (industry,), hats; what a pool gave where there was one.
    shadow_price : lambda, value of one more unit of the material over its base price, shape (industry,), hats; not a
        number where nothing is bought. A value, not a price anybody pays abroad.
    value_added_price : w, shape (industry,), hats.
    imported_price : prices of imported rows, shape (row,), hats.
    basket : P, price of final demand, hat. Nominal final demand is the numeraire.
    final, imported_final : final use of domestic and imported rows, shapes (industry,) and (row,), hats.
    other_imports : other imports of each industry, shape (industry,), hats.
    certificate : residuals, iterations, method.
    """

    network: Network
    shortage: Shortage
    u: Floats = field(repr=False)
    price: Floats = field(repr=False)
    bundle: Floats = field(repr=False)
    bundle_price: Floats = field(repr=False)
    output: Floats = field(repr=False)
    quantity: Floats = field(repr=False)
    shadow_price: Floats = field(repr=False)
    value_added_price: Floats = field(repr=False)
    imported_price: Floats = field(repr=False)
    basket: float
    final: Floats = field(repr=False)
    imported_final: Floats = field(repr=False)
    other_imports: Floats = field(repr=False)
    certificate: NetworkCertificate


@dataclass(frozen=True)
class NetworkJob:
    """Networks of one run that are solved together, each with its own shortage.

    Attributes
    ----------
    starts : equilibria nearby, one each; the same network without imported rows will do.
    tol : largest residual accepted, logs.
    """

    networks: Sequence[Network]
    shortages: Sequence[Shortage]
    starts: Sequence[NetworkEquilibrium] = ()
    tol: float = TOLERANCE


def equilibrium(network: Network, shortage: Shortage, *, tol: float = TOLERANCE) -> NetworkEquilibrium:
    """The network economy under a shortage (spec of chains, steps 14 to 16).

    Raises
    ------
    SolveError : no equilibrium within the tolerance; the message names industry, residual and what to try.
    """
    (answer,) = solve_many([NetworkJob([network], [shortage], tol=tol)])
    if isinstance(answer, SolveError):
        raise answer
    return answer[0]


def solve_many(jobs: Sequence[NetworkJob]) -> list[list[NetworkEquilibrium] | SolveError]:
    """The networks of many jobs, each as it would be alone; the error of a job where one has no answer."""
    groups: dict[tuple[int, int, int, float], list[tuple[int, int]]] = defaultdict(list)
    for number, job in enumerate(jobs):
        for place, (network, shortage) in enumerate(zip(job.networks, job.shortages, strict=True)):
            size = len(network.industries), len(network.imported_rows), len(shortage.pools)
            groups[*size, job.tol].append((number, place))
    solved: dict[tuple[int, int], NetworkEquilibrium | SolveError] = {}
    with np.errstate(all="ignore"):
        for (n, m, _, tol), members in groups.items():
            most = max(1, BLOCK // (n + m) ** 2)
            for first in range(0, len(members), most):
                block = members[first : first + most]
                solved |= dict(zip(block, _block(jobs, block, tol), strict=True))
    return [_every([solved[n, place] for place in range(len(job.networks))]) for n, job in enumerate(jobs)]


def _every(answers: Sequence[NetworkEquilibrium | SolveError]) -> list[NetworkEquilibrium] | SolveError:
    error = next((answer for answer in answers if isinstance(answer, SolveError)), None)
    return error or [answer for answer in answers if not isinstance(answer, SolveError)]


def _block(
    jobs: Sequence[NetworkJob], members: Sequence[tuple[int, int]], tol: float
) -> list[NetworkEquilibrium | SolveError]:
    """Networks of one size; the error of each that has no answer within the tolerance."""
    networks = [jobs[number].networks[place] for number, place in members]
    shortages = [jobs[number].shortages[place] for number, place in members]
    stack = stack_of(networks, shortages)
    u, users = np.zeros((len(members), stack.unknowns)), 2 * stack.material.shape[1]
    for row, (number, place) in enumerate(members):
        starts = jobs[number].starts
        if starts and starts[place].u.size >= users:
            u[row, : starts[place].u.size] = starts[place].u[: stack.unknowns]
    u, steps = _newton(stack, u, tol)
    methods = ["chains.newton_many"] * len(members)
    for row in np.flatnonzero(~(_largest(stack, u) <= tol)).tolist():
        alone = rows_of(stack, np.array([row]))
        u[row], more = _by_parts(alone, tol)
        methods[row], steps[row] = "chains.newton_parts", steps[row] + more
    return _read_out(networks, shortages, stack, u, steps, methods, tol)


def _largest(stack: NetworkStack, u: Floats) -> Floats:
    return np.abs(evaluate(stack, u).residual).max(axis=1)


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
            left, active, points = left[kept], rows_of(active, kept), rows_of(points, kept)
        step = newton_steps(active, points)
        step *= np.minimum(1.0, LARGEST_STEP / np.maximum(np.abs(step).max(axis=1), 1e-300))[:, None]
        u[left] = _shortened(active, _norm(points.residual), u[left], step)
        steps[left] += 1
    return u, steps


def _shortened(stack: NetworkStack, size: Floats, u: Floats, step: Floats) -> Floats:
    """Unknowns after a step of each network, halved until its residual falls; not a number where there is no step."""
    part, trial = np.ones((len(u), 1)), u + step
    for _ in range(HALVINGS):
        worse = ~(_norm(evaluate(stack, trial).residual) < size * (1.0 - 1e-4 * part[:, 0]))
        if not worse.any():
            break
        part[worse] *= 0.5
        trial = u + part * step
    return trial


def _by_parts(stack: NetworkStack, tol: float) -> tuple[Floats, int]:
    """One network along parts of its shortage, each from the last: unknowns and steps; parts grow as Newton follows."""
    done, part, used, u = 0.0, 0.25, 0, np.zeros((1, stack.unknowns))
    while done < 1.0 and part > SMALLEST_PART:
        target = min(1.0, done + part)
        short, enough = stack.scaled(target), max(tol, LOOSE) if target < 1.0 else tol
        tried, steps = _newton(short, u, enough)
        used += int(steps[0])
        if _largest(short, tried)[0] <= enough:
            u, done, part = tried, target, 1.5 * part
        else:
            part = 0.5 * part
    return u[0], used


def _read_out(
    networks: Sequence[Network],
    shortages: Sequence[Shortage],
    stack: NetworkStack,
    u: Floats,
    steps: NDArray[np.int64],
    methods: Sequence[str],
    tol: float,
) -> list[NetworkEquilibrium | SolveError]:
    """The equilibrium of each network; the error of one whose equations are not solved within the tolerance."""
    points, n = evaluate(stack, u), stack.material.shape[1]
    bought = np.array([network.spending for network in networks]) > 0.0
    final = np.exp((stack.rho - 1.0) * points.basket - stack.rho * points.goods)
    values = {
        "u": u,
        "price": np.exp(points.goods[:, :n]),
        "bundle": np.exp(points.bundle),
        "bundle_price": np.exp(points.bundle_price),
        "output": np.exp(points.output),
        "quantity": np.where(bought, np.exp(points.quantity), 1.0),
        "shadow_price": np.where(bought, np.exp(shadow_price(stack, points)), np.nan),
        "value_added_price": np.exp(value_added_price(stack, points)),
        "imported_price": np.exp(points.goods[:, n:]),
        "final": final[:, :n],
        "imported_final": final[:, n:],
        "other_imports": np.exp(other_imports(stack, points)),
    }
    baskets = np.exp(points.basket[:, 0]).tolist()
    size = np.nan_to_num(np.abs(points.residual), nan=np.inf)
    worst, largest = size.argmax(axis=1).tolist(), size.max(axis=1).tolist()
    answers: list[NetworkEquilibrium | SolveError] = []
    for row, (network, shortage) in enumerate(zip(networks, shortages, strict=True)):
        name, mine = _label(network, worst[row]), {key: each[row] for key, each in values.items()}
        if not largest[row] <= tol:
            answers.append(
                SolveError(
                    f"network {network.name}: no equilibrium found in {steps[row]} steps; the largest residual is "
                    f"{largest[row]:.3g} (tolerance {tol:g}) at {name}. {ADVICE}"
                )
            )
            continue
        walras = _walras(network, shortage, mine, baskets[row])
        certificate = NetworkCertificate(largest[row], walras, int(steps[row]), True, name, declared_note(methods[row]))
        answers.append(NetworkEquilibrium(network, shortage, basket=baskets[row], certificate=certificate, **mine))
    return answers


def _label(network: Network, row: int) -> str:
    """Name of the equation of one residual."""
    n, m = len(network.industries), len(network.imported_rows)
    if row < n:
        return f"price of {network.industries[row]}"
    if row < 2 * n + m:
        return (*network.industries, *network.imported_rows)[row - n]
    return f"common price {row - 2 * n - m + 1}"


def _walras(network: Network, shortage: Shortage, hats: dict[str, Floats], basket: float) -> float:
    """Nominal final demand less all incomes and imports, over final demand; no equation."""
    material = np.where(network.spending > 0.0, hats["shadow_price"] * hats["quantity"], 0.0)
    paid = network.value_added @ hats["value_added_price"] + network.spending @ material
    paid += network.imported_supply @ (hats["imported_price"] * shortage.imported)
    paid += network.other_imports @ hats["other_imports"] * basket
    return float((network.final_demand - paid) / network.final_demand)


QUARTERS = 4

GDP = "GDP at base prices"
INCOME = "income, rent abroad"
REAL_INCOME = "exact real income, rent at home"

PEAK = "peak quarter, annual rate"


@dataclass(frozen=True, repr=False)
class Loss(Readable):
    """A loss of a country with what it needs to mean anything.

    Attributes
    ----------
    scope : "direct" or "requirement" (with the material inside imported parts).
    measure : one of the names of this module, such as `GDP`.
    period : `PEAK`, or "year 1" and so on.
    value : loss over annual GDP, share; positive where something is lost.
    """

    country: str
    scope: str
    measure: str
    period: str
    value: float

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Country, scope, measure and period."""
        return (self.country, self.scope, self.measure, self.period)


def gdp_change(equilibrium: NetworkEquilibrium) -> float:
    """Change of GDP at base prices, share (measure a of step 18).

    Final demand less all imports less the material received, each volume at base prices, over base value added.
    """
    network = equilibrium.network
    final = network.final_use @ (equilibrium.final - 1.0) + network.imported_final @ (equilibrium.imported_final - 1.0)
    return float((final - _imports_change(equilibrium)) / network.gdp)


def _imports_change(equilibrium: NetworkEquilibrium) -> float:
    """Change of the volume of imports, USD at base prices."""
    network = equilibrium.network
    rows = network.imported_supply @ (np.asarray(equilibrium.shortage.imported) - 1.0)
    others = network.other_imports @ (equilibrium.other_imports - 1.0)
    return float(rows + others + network.spending @ (equilibrium.quantity - 1.0))


def real_income_change(equilibrium: NetworkEquilibrium, rent_abroad: float = 0.0) -> float:
    """Change of real income, share (measures b and c of step 18).

    Final spending less imports at constant terms of trade less rent paid abroad, over the price of the final basket.

    Parameters
    ----------
    rent_abroad : what the restrictor and traders abroad earn above the base price on the licensed volume, USD per year
        (`prices` outside and inside times volume, never the shadow price). Zero gives exact real income.
    """
    basket = equilibrium.network.final_demand * (1.0 / equilibrium.basket - 1.0)
    return float((basket - _imports_change(equilibrium) - rent_abroad) / equilibrium.network.gdp)


def losses(
    path: Sequence[NetworkEquilibrium],
    country: str,
    scope: str,
    weights: Sequence[float],
    rent_abroad: Sequence[float],
) -> list[Loss]:
    """Losses of a path of quarters by measures a, b and c: the peak quarter at annual rate and each year.

    A year is the sum of its four quarters over four; a quarter cut off by the horizon counts by its weight and months
    beyond the horizon count as no loss.

    Parameters
    ----------
    path : equilibria of the quarters from the announcement on.
    weights : months of each quarter over three, shape (quarter,).
    rent_abroad : rent paid abroad in each quarter, USD at annual rate.
    """
    values = {
        GDP: [-gdp_change(equilibrium) for equilibrium in path],
        INCOME: [-real_income_change(equilibrium, rent) for equilibrium, rent in zip(path, rent_abroad, strict=True)],
        REAL_INCOME: [-real_income_change(equilibrium) for equilibrium in path],
    }
    share, rows = np.asarray(weights, dtype=np.float64), []
    for measure, lost in values.items():
        rows.append(Loss(country, scope, measure, PEAK, max(lost)))
        for year, start in enumerate(range(0, len(lost), QUARTERS), start=1):
            mine = slice(start, start + QUARTERS)
            annual = float(share[mine] @ np.array(lost[mine])) / QUARTERS
            rows.append(Loss(country, scope, measure, f"year {year}", annual))
    return rows
