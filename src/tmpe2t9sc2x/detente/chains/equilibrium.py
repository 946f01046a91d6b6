"""Solve the network economy under a shortage: Newton from zero with halving, then through parts of the shortage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.chains.network import Network, Shortage, pooled, rations
from detente.chains.network_equations import Floats, NetworkPoint, Rations, Structure, evaluate, newton_step, unknowns
from detente.codes import InputError, SolveError, UnknownName, declared_note
from detente.codes.portrait import Readable

PERIODS = ("quarter", "long-run")
ALLOCATIONS = ("own", "common pool")

TOLERANCE = 1e-10
LARGEST_STEP = 3.0
"""A Newton step moves no log of a hat further than this."""

MOST_STEPS = 50
HALVINGS = 14
SMALLEST_PART = 1.0 / 128.0
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
    """A network economy under a shortage.

    Attributes
    ----------
    network, shortage : what was solved; `period` and `allocation` : how.
    u : unknowns at the solution, logs of hats; a start for solves nearby.
    price, bundle, bundle_price, output : p, M, m and y, shape (industry,), hats.
    quantity : q, material received over base need, shape (industry,), hats; what a pool gave where there was one.
    shadow_price : lambda, value of one more unit of the material over its base price, shape (industry,), hats; not a
        number where nothing is bought. A value, not a price anybody pays abroad.
    value_added, value_added_price : V (1 in the quarter) and w, shape (industry,), hats.
    wage, rental : of the factors that move in the long run, hats; not a number in the quarter, where each industry has
        its own. Equal where the network does not tell labour from capital.
    imported_price : prices of imported rows, shape (row,), hats.
    basket : P, price of final demand, hat. Nominal final demand is the numeraire.
    final, imported_final : final use of domestic and imported rows, shapes (industry,) and (row,), hats.
    other_imports : other imports of each industry, shape (industry,), hats.
    certificate : residuals, iterations, method.
    """

    network: Network
    shortage: Shortage
    period: str
    allocation: str
    u: Floats = field(repr=False)
    price: Floats = field(repr=False)
    bundle: Floats = field(repr=False)
    bundle_price: Floats = field(repr=False)
    output: Floats = field(repr=False)
    quantity: Floats = field(repr=False)
    shadow_price: Floats = field(repr=False)
    value_added: Floats = field(repr=False)
    value_added_price: Floats = field(repr=False)
    wage: float
    rental: float
    imported_price: Floats = field(repr=False)
    basket: float
    final: Floats = field(repr=False)
    imported_final: Floats = field(repr=False)
    other_imports: Floats = field(repr=False)
    certificate: NetworkCertificate


def equilibrium(
    network: Network,
    shortage: Shortage,
    *,
    period: str = "quarter",
    allocation: str = "own",
    tol: float = TOLERANCE,
    start: NetworkEquilibrium | None = None,
) -> NetworkEquilibrium:
    """The network economy under a shortage (spec of chains, steps 14 to 16).

    Parameters
    ----------
    period : "quarter" keeps value added where it is; "long-run" lets factors move, with one wage and one rental.
    allocation : "own" gives each user its quantity; "common pool" shares the same total at one shadow price.
    tol : largest residual accepted, logs.
    start : an equilibrium near the answer, of this network, of one alike, or of the same without imported rows; by
        default the solve starts from no change.

    Raises
    ------
    UnknownName : a period or allocation that does not exist. InputError : a shortage that does not fit the network.
    SolveError : no convergence, with the last residual and the industry where it is largest.
    """
    for kind, name, known in (("period", period, PERIODS), ("allocation", allocation, ALLOCATIONS)):
        if name not in known:
            raise UnknownName(kind, name, known, f"network {network.name}", f"use {' or '.join(known)}")
    chosen = pooled(network, shortage) if allocation == "common pool" else shortage
    short, structure = rations(network, chosen, period == "long-run"), network.structure
    zero = np.zeros(unknowns(structure, short))
    starts = [zero] if start is None else [*_from(start.u, structure, zero), zero]
    with np.errstate(all="ignore"):
        iterate, used, method = _solve(structure, short, starts, tol)
        certificate = _certify(network, structure, short, iterate, used, method, tol)
        return _read_out(network, chosen, structure, short, (period, allocation), iterate, certificate)


def _from(u: Floats, structure: Structure, zero: Floats) -> list[Floats]:
    """Unknowns of a solve nearby on the axes of this one, prices of imported rows at their base where it has none."""
    goods, users = structure.inputs.shape
    if u.size == zero.size:
        return [u]
    if u.size != zero.size - (goods - users):
        return []
    return [np.concatenate([u[: 2 * users], zero[2 * users : goods + users], u[2 * users :]])]


def equilibria(
    network: Network | Sequence[Network],
    shortages: Sequence[Shortage],
    *,
    period: str = "quarter",
    allocation: str = "own",
    near: Sequence[NetworkEquilibrium] = (),
    tol: float = TOLERANCE,
) -> list[NetworkEquilibrium]:
    """Equilibria of the quarters of a path, each started from the one before, or from one nearby.

    Parameters
    ----------
    network : one network, or one for each quarter where elasticities change along the path (`with_elasticities`).
    near : equilibria of the same quarters to start from, such as those without short imported rows.
    tol : largest residual accepted, logs.

    Raises
    ------
    InputError : networks and shortages that differ in number; otherwise as `equilibrium`, for the first quarter that
        has no answer.
    """
    networks = [network] * len(shortages) if isinstance(network, Network) else list(network)
    if len(networks) != len(shortages):
        raise InputError("equilibria", f"{len(networks)} networks for {len(shortages)} shortages", "give one each")
    path: list[NetworkEquilibrium] = []
    for t, (now, shortage) in enumerate(zip(networks, shortages, strict=True)):
        start = near[t] if near else path[-1] if path else None
        path.append(equilibrium(now, shortage, period=period, allocation=allocation, tol=tol, start=start))
    return path


@dataclass(frozen=True)
class _Iterate:
    u: Floats
    point: NetworkPoint

    @property
    def size(self) -> float:
        """Norm of the residuals; infinite where one is not a number."""
        norm = float(np.linalg.norm(self.point.residual))
        return norm if np.isfinite(norm) else np.inf

    @property
    def largest(self) -> float:
        largest = float(np.abs(self.point.residual).max(initial=0.0))
        return largest if np.isfinite(largest) else np.inf


def _solve(structure: Structure, short: Rations, starts: Iterable[Floats], tol: float) -> tuple[_Iterate, int, str]:
    """Newton from each start, then through parts of the shortage; the last iterate, steps used, method."""
    used = 0
    for start in starts:
        iterate, more = _newton(structure, short, start, tol)
        used += more
        if iterate.largest <= tol:
            return iterate, used, "Newton"
    iterate, more = _by_parts(structure, short, np.zeros(unknowns(structure, short)), tol)
    return iterate, used + more, declared_note("chains.newton_parts")


def _newton(structure: Structure, short: Rations, u: Floats, tol: float) -> tuple[_Iterate, int]:
    """Newton with steps of bounded length, halved until the residuals fall."""
    iterate = _Iterate(u, evaluate(structure, short, u))
    for used in range(MOST_STEPS):
        if iterate.largest <= tol:
            return iterate, used
        try:
            step = newton_step(structure, short, iterate.point)
        except np.linalg.LinAlgError:
            return iterate, used
        step *= min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        better = _line_search(structure, short, iterate, step)
        if better is None:
            return iterate, used
        iterate = better
    return iterate, MOST_STEPS


def _line_search(structure: Structure, short: Rations, iterate: _Iterate, step: Floats) -> _Iterate | None:
    for halving in range(HALVINGS):
        part = 0.5**halving
        trial = iterate.u + part * step
        new = _Iterate(trial, evaluate(structure, short, trial))
        if new.size < iterate.size * (1.0 - 1e-4 * part):
            return new
    return None


def _by_parts(structure: Structure, short: Rations, u: Floats, tol: float) -> tuple[_Iterate, int]:
    """Newton along parts of the shortage, each from the last; parts grow while Newton follows."""
    done, part, used = 0.0, 0.25, 0
    while done < 1.0 and part > SMALLEST_PART:
        target = min(1.0, done + part)
        iterate, more = _newton(structure, short.scaled(target), u, max(tol, 1e-8) if target < 1.0 else tol)
        used += more
        if iterate.largest <= max(tol, 1e-8 if target < 1.0 else 0.0):
            u, done, part = iterate.u, target, 1.5 * part
        else:
            part = 0.5 * part
    return _Iterate(u, evaluate(structure, short, u)), used


def _certify(
    network: Network, structure: Structure, short: Rations, iterate: _Iterate, used: int, method: str, tol: float
) -> NetworkCertificate:
    size = np.nan_to_num(np.abs(iterate.point.residual), nan=np.inf)
    worst = label_of(network, int(np.argmax(size)))
    if not iterate.largest <= tol:
        raise SolveError(
            f"network {network.name}: no equilibrium found in {used} steps; the largest residual is "
            f"{iterate.largest:.3g} (tolerance {tol:g}) at {worst}. {ADVICE}"
        )
    return NetworkCertificate(
        iterate.largest, _walras(network, structure, short, iterate.point), used, True, worst, method
    )


def label_of(network: Network, row: int) -> str:
    """Name of the equation of one residual."""
    n, m = len(network.industries), len(network.imported_rows)
    if row < n:
        return f"price of {network.industries[row]}"
    if row < 2 * n + m:
        return (*network.industries, *network.imported_rows)[row - n]
    return f"common price {row - 2 * n - m + 1}"


def _walras(network: Network, structure: Structure, short: Rations, point: NetworkPoint) -> float:
    """Nominal final demand less value added, the worth of the material and of imported rows, and other imports."""
    n = len(network.industries)
    factor = np.exp(_value_added_price(structure, short, point) + point.value_added)
    material = np.where(network.spending > 0, np.exp(_shadow_price(structure, point) + point.quantity), 0.0)
    paid = network.value_added @ factor + network.spending @ material
    paid += network.imported_supply @ np.exp(point.goods[n:] + short.imported)
    paid += network.other_imports @ np.exp(_other_imports(structure, point)) * np.exp(point.basket)
    return float((network.final_demand - paid) / network.final_demand)


def _shadow_price(structure: Structure, point: NetworkPoint) -> Floats:
    """Log lambda = log b - log(q/B)/sigma."""
    return point.composite_price - (point.quantity - point.composite) / structure.sigma


def _value_added_price(structure: Structure, short: Rations, point: NetworkPoint) -> Floats:
    """Log w = log b - log(V/B)/theta."""
    if short.long_run:
        return point.common[short.pool_quantity.size :] @ structure.factor_share
    return point.composite_price + point.composite / structure.theta


def _other_imports(structure: Structure, point: NetworkPoint) -> Floats:
    """Log of other imports of each industry."""
    return point.bundle - structure.epsilon * (point.basket - point.bundle_price)


def _read_out(
    network: Network,
    shortage: Shortage,
    structure: Structure,
    short: Rations,
    labels: tuple[str, str],
    iterate: _Iterate,
    certificate: NetworkCertificate,
) -> NetworkEquilibrium:
    point, n = iterate.point, len(network.industries)
    shadow = np.where(network.spending > 0, np.exp(_shadow_price(structure, point)), np.nan)
    final = np.exp((structure.rho - 1.0) * point.basket - structure.rho * point.goods)
    factors = np.exp(point.common[short.pool_quantity.size :])
    return NetworkEquilibrium(
        network=network,
        shortage=shortage,
        period=labels[0],
        allocation=labels[1],
        u=iterate.u,
        price=np.exp(point.goods[:n]),
        bundle=np.exp(point.bundle),
        bundle_price=np.exp(point.bundle_price),
        output=np.exp(point.output),
        quantity=np.where(network.spending > 0, np.exp(point.quantity), 1.0),
        shadow_price=shadow,
        value_added=np.exp(point.value_added),
        value_added_price=np.exp(_value_added_price(structure, short, point)),
        wage=float(factors[0]) if factors.size else np.nan,
        rental=float(factors[-1]) if factors.size else np.nan,
        imported_price=np.exp(point.goods[n:]),
        basket=float(np.exp(point.basket)),
        final=final[:n],
        imported_final=final[n:],
        other_imports=np.exp(_other_imports(structure, point)),
        certificate=certificate,
    )
