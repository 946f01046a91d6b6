"""Surfaces: the parts of a payoff solved on a grid of duties once, and read between the nodes ever after.

Nodes are even in log(1 + t). Equilibria follow one another along a snake through the grid, each started from the line
through the two before it. The certificate is the largest residual; random points solved exactly give the error of the
interpolation in USD bn, and above a limit the grid is refined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from detente.codes import InputError, SolveError
from detente.economy import Equilibrium, Shock, solve
from detente.economy.frame import Floats
from detente.talks.duties import DutySpace, measured
from detente.talks.interpolation import Interpolant, few_nodes, from_few, nodes

NODES = (16, 4, 16)
FEW_NODES = (8, 4, 8)
"""Nodes of a thin surface: payoffs within 0.02 USD bn on `icio-2022`."""

DRAW_NODES = (6, 4, 6)
"""Nodes of the thin surface of a draw: payoffs within 0.15 USD bn there."""

CHECKS = 20
LARGEST_ERROR = 0.1
"""Error of a surface above which it is refined, USD bn a year."""

MOST_REFINED = 3
STEPS = 16
"""Equilibria after which one is told of them again."""

Told = Callable[[int, int], None]
SEED = 20250512


@dataclass(frozen=True)
class Error:
    """What the check of a surface by exact solves found, USD bn a year.

    Attributes
    ----------
    by_part : largest error of each part over points and parties.
    points : outcomes solved exactly; zero where the surface was not checked.
    """

    by_part: dict[str, float]
    points: int

    @property
    def largest(self) -> float:
        """The largest error of any part."""
        return max(self.by_part.values(), default=float("nan"))


@dataclass(frozen=True, eq=False)
class Surface:
    """Parts of a payoff on a grid.

    Attributes
    ----------
    issues : names of the duties, in the order of the axes.
    parties, parts : names along the axes of the arrays.
    axes : levels of the nodes of each duty, shares.
    values : parts, shape (nodes of each duty, party, part), USD bn a year from the reference.
    added : value added at the reference, shape (party, sector); `income` : I there, shape (party,), USD bn a year.
    residual : largest residual of all solves, dimensionless.
    solves : equilibria computed.
    error : what the exact check found.
    """

    issues: tuple[str, ...]
    parties: tuple[str, ...]
    parts: tuple[str, ...]
    axes: tuple[Floats, ...] = field(repr=False)
    values: Floats = field(repr=False)
    added: Floats = field(repr=False)
    income: Floats = field(repr=False)
    residual: float
    solves: int
    error: Error = field(default_factory=lambda: Error({}, 0))

    @property
    def tops(self) -> tuple[float, ...]:
        """Highest level of each duty."""
        return tuple(float(axis[-1]) for axis in self.axes)

    @cached_property
    def _parts(self) -> Interpolant:
        flat = self.values.reshape(*self.values.shape[: len(self.axes)], -1)
        return Interpolant(self.issues, self.axes, flat)

    def parts_at(self, levels: Floats) -> Floats:
        """Parts at levels of the duties, shape (point, duty); returns (point, party, part), USD bn a year."""
        parts = self._parts.at(np.atleast_2d(levels))
        return parts.reshape(len(parts), len(self.parties), len(self.parts))

    def part_slopes(self, levels: Floats) -> Floats:
        """Derivatives of the parts in the levels, shape (point, party, part, duty), USD bn a year per unit."""
        slopes = self._parts.slopes(np.atleast_2d(levels))
        return slopes.reshape(len(slopes), len(self.parties), len(self.parts), len(self.issues))

    def weighted(self, weights: Floats) -> Interpolant:
        """Weighted sum of the parts, weights of shape (party, part), as one quantity a party."""
        total = np.einsum("...pk,pk->...p", self.values, weights)
        return Interpolant(self.issues, self.axes, total)

    def blended(self, other: Surface, share: float) -> Surface:
        """This surface with `share` of another on the same nodes: parts are mixed, not outcomes."""
        same = self.issues == other.issues and self.values.shape == other.values.shape
        if not same or not all(np.array_equal(a, b) for a, b in zip(self.axes, other.axes, strict=True)):
            raise InputError("surfaces", "they stand on different nodes", "solve both on the same grid")
        return replace(
            self,
            values=(1.0 - share) * self.values + share * other.values,
            residual=max(self.residual, other.residual),
        )


def solve_surface(
    space: DutySpace, counts: Sequence[int] = NODES, *, tol: float = 1e-10, progress: Told | None = None
) -> Surface:
    """The parts on a grid with `counts` nodes along each duty.

    Parameters
    ----------
    progress : told how many equilibria are solved, and of how many.

    Raises
    ------
    SolveError : no equilibrium at some node, named.
    """
    _check_counts(space, counts)
    axes = tuple(nodes(duty.top, count) for duty, count in zip(space.duties, counts, strict=True))
    values, residual = solve_nodes(space, axes, tol, progress)
    return surface_of(space, axes, values, residual, values[..., 0, 0].size)


def thin_surface(
    space: DutySpace,
    few: Sequence[int],
    counts: Sequence[int] = NODES,
    *,
    tol: float = 1e-10,
    progress: Told | None = None,
) -> Surface:
    """The same from solves at few nodes of polynomials, with which the even grid is filled."""
    _check_counts(space, few)
    tops = [duty.top for duty in space.duties]
    axes = [few_nodes(top, count) for top, count in zip(tops, few, strict=True)]
    values, residual = solve_nodes(space, axes, tol, progress)
    return surface_of(space, *filled(values, tops, counts), residual, values[..., 0, 0].size)


def filled(values: Floats, tops: Sequence[float], counts: Sequence[int]) -> tuple[tuple[Floats, ...], Floats]:
    """Axes and parts on an even grid, from those at `few_nodes`, shape (nodes of each duty, party, part)."""
    axes = tuple(nodes(top, count) for top, count in zip(tops, counts, strict=True))
    return axes, from_few(values, tops, counts)


def solve_nodes(
    space: DutySpace, axes: Sequence[Floats], tol: float = 1e-10, progress: Told | None = None
) -> tuple[Floats, float]:
    """Parts on the product of some levels of each duty, shape (levels of each duty, party, part), and the largest
    residual; errors are those of `solve_surface`.
    """
    shape = tuple(axis.size for axis in axes)
    values = np.empty((*shape, len(space.parties), len(space.parts)))
    worst = space.reference.certificate.residual
    total = int(np.prod(shape))
    for done, (node, equilibrium) in enumerate(_walked(space, tuple(axes), tol), start=1):
        values[node] = measured(space, equilibrium)[0]
        worst = max(worst, equilibrium.certificate.residual)
        if progress is not None and (done % STEPS == 0 or done == total):
            progress(done, total)
    return values, worst


def surface_of(space: DutySpace, axes: Sequence[Floats], values: Floats, residual: float, solves: int) -> Surface:
    """The surface of parts known on a grid; `solves` : equilibria behind it."""
    rows = [space.economy.country(code) for code in space.parties]
    return Surface(
        space.issues, space.parties, space.parts, tuple(axes), values,
        space.level.added[rows], space.level.income[rows], residual, solves,
    )  # fmt: skip


def _check_counts(space: DutySpace, counts: Sequence[int]) -> None:
    if len(counts) != len(space.duties):
        raise InputError("nodes", f"{len(counts)} counts for {len(space.duties)} duties", "give one for each")


def _walked(space: DutySpace, axes: tuple[Floats, ...], tol: float) -> Iterator[tuple[tuple[int, ...], Equilibrium]]:
    """Every node with its equilibrium, along a snake."""
    last, before = space.reference, None
    for node in snake(tuple(axis.size for axis in axes)):
        levels = np.array([axis[k] for axis, k in zip(axes, node, strict=True)])
        start = last if before is None else replace(last, u=2.0 * last.u - before)
        shock = Shock(tariff=space.tariff(levels), options=space.options)
        before = last.u
        try:
            last = solve(space.economy, shock, tol=tol, warm=start)
        except SolveError as error:
            named = ", ".join(f"{name} {level:.3g}" for name, level in zip(space.issues, levels, strict=True))
            raise SolveError(f"surface at {named}: {error}") from None
        yield node, last


def snake(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every place of a grid, each a neighbour of the one before it."""
    if not shape:
        yield ()
        return
    for step, rest in enumerate(snake(shape[:-1])):
        line = range(shape[-1]) if step % 2 == 0 else range(shape[-1] - 1, -1, -1)
        yield from ((*rest, k) for k in line)


def checked(space: DutySpace, surface: Surface, count: int = CHECKS, seed: int = SEED) -> Surface:
    """The surface with the error that `count` random outcomes, solved exactly, find."""
    points = random_levels(space, count, seed)
    exact = np.stack([space.parts_at(levels) for levels in points])
    gap = np.abs(surface.parts_at(points) - exact).max(axis=(0, 1))
    return replace(surface, error=Error(dict(zip(surface.parts, gap.tolist(), strict=True)), count))


class Topped(Protocol):
    """A duty with a highest level, `top`, share."""

    @property
    def top(self) -> float:
        """Highest level."""
        ...


class WithDuties(Protocol):
    """Whatever has duties in an order."""

    @property
    def duties(self) -> Sequence[Topped]:
        """The duties."""
        ...


def random_levels(space: WithDuties, count: int, seed: int) -> Floats:
    """Levels of the duties drawn evenly in log(1 + t), shape (count, duty), shares."""
    tops = np.log1p([duty.top for duty in space.duties])
    return np.expm1(np.random.default_rng(seed).random((count, tops.size)) * tops)


def trusted_surface(
    space: DutySpace,
    counts: Sequence[int] = NODES,
    limit: float = LARGEST_ERROR,
    *,
    few: Sequence[int] = (),
    progress: Told | None = None,
) -> Surface:
    """A surface checked by exact solves, refined until no part is off by more than `limit`, USD bn a year.

    Parameters
    ----------
    few : nodes of a thin surface that is tried first; empty for none.

    Raises
    ------
    SolveError : still above the limit after the last refinement.
    """
    first = (
        thin_surface(space, few, counts, progress=progress) if few else solve_surface(space, counts, progress=progress)
    )
    surface, refined = checked(space, first), 0
    while surface.error.largest > limit and refined < MOST_REFINED:
        counts = tuple(counts) if few and not refined else tuple(2 * count - 1 for count in counts)
        surface, refined = checked(space, solve_surface(space, counts, progress=progress)), refined + 1
    if surface.error.largest <= limit:
        return surface
    raise SolveError(
        f"surface: interpolation is off by {surface.error.largest:.3g} USD bn on {surface.solves} nodes "
        f"(limit {limit:g}); narrow the range of the duties or raise the limit"
    )
