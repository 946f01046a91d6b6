"""Duties of any kind between any number of parties, and their surface on a sparse grid.

Each issue adds points to the tariffs of its importers, a function of its level: linear where the level is a rate on
top, bent where it is a floor of the whole duty. A party is a country of the world or several that act as one. Parts
are measured as in `duties`; a quota adds the rent of its exporters, and real income of every country is kept, so that
those outside the talks are seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError
from detente.economy import Economy, Equilibrium, Shock, goods, solve, solve_many
from detente.economy.frame import Floats
from detente.talks.duties import BILLION, FIRST_PARTS, Base, levels_of, real_changes
from detente.talks.sparse import MOST_LEVEL, SparseGrid, SparseSurface, level_for
from detente.talks.surface import LARGEST_ERROR, SEED, Error, Surface, Told, random_levels

Ints = NDArray[np.int64]

RENT = "RENT"
"""What the part of a quota begins with."""

BATCH = 32
"""Equilibria solved side by side."""

CHECKED = 40
"""Outcomes by which a surface is checked."""

CORNERS = 4
"""One in so many of them lies at a corner of the duties."""


@dataclass(frozen=True)
class DutyAxis:
    """An issue that moves tariffs.

    Attributes
    ----------
    issue : name; `top` : highest level that surfaces reach.
    importers, exporters : countries of the world that lay it, and whose goods owe it, positions.
    levels : at which its points are known, ascending from 0, shape (levels,).
    points : added to the tariff by exporter and sector, share, shape (levels, country, sector); linear between levels.
    inside : duty up to the amount of a quota, share; None for what is no quota.
    """

    issue: str
    importers: tuple[int, ...]
    exporters: tuple[int, ...]
    levels: Floats = field(repr=False)
    points: Floats = field(repr=False)
    inside: float | None = None

    def __post_init__(self) -> None:
        if self.levels.ndim != 1 or self.levels.size < 2 or (np.diff(self.levels) <= 0.0).any():
            raise InputError(f"duty {self.issue}", "levels cross", "list them in ascending order, each once")
        if not np.isfinite(self.points).all():
            raise InputError(f"duty {self.issue}", "points are not numbers", "give shares")

    @property
    def top(self) -> float:
        """Highest level."""
        return float(self.levels[-1])

    def at(self, level: float) -> Floats:
        """Points at a level, shape (country, sector); beyond the last level the last slope goes on."""
        k = int(np.clip(np.searchsorted(self.levels, level) - 1, 0, self.levels.size - 2))
        share = (level - self.levels[k]) / (self.levels[k + 1] - self.levels[k])
        return self.points[k] + share * (self.points[k + 1] - self.points[k])

    def bought(self, trade: Floats) -> Floats:
        """What its importers buy of those who owe it, by sector, of trade (importer, exporter, sector), its unit."""
        return trade[np.ix_(self.importers, self.exporters)].sum(axis=(0, 1))

    def covered(self, trade: Floats) -> Floats:
        """Points at the last level for each of it, mean by sector over the exporters that owe it, shape (sector,)."""
        bought = trade[np.ix_(self.importers, self.exporters)].sum(axis=0)
        points = self.points[-1][list(self.exporters)] / self.top
        total = bought.sum(axis=0)
        return np.where(total > 0.0, (points * bought).sum(axis=0) / np.where(total > 0.0, total, 1.0), 0.0)


@dataclass(frozen=True, eq=False)
class WideSpace:
    """A world, its base law and duties between several parties.

    Attributes
    ----------
    economy : the world; `parties` : codes; `members` : countries of the world in each party, positions.
    base : tariffs of the reference, shape (importer, exporter, sector), shares.
    duties : in the order of their issues.
    always : points that every outcome adds to the base, the reference excepted, same shape; None for none.
    options : options of the shocks, such as the closure.
    """

    economy: Economy
    parties: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    base: Floats = field(repr=False)
    duties: tuple[DutyAxis, ...] = field(repr=False)
    always: Floats | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def issues(self) -> tuple[str, ...]:
        """Names of the duties."""
        return tuple(duty.issue for duty in self.duties)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts: EV, REV, BAL, VA by sector, and a rent for each quota."""
        added = (f"VA {sector}" for sector in self.economy.sectors)
        return (*FIRST_PARTS, *added, *(f"{RENT} {duty.issue}" for duty in self.duties if duty.inside is not None))

    @cached_property
    def reference(self) -> Equilibrium:
        """The equilibrium from which payoffs are measured."""
        return solve(self.economy, Shock(tariff=self.base, options=self.options))

    @cached_property
    def level(self) -> Base:
        """Levels of the reference."""
        return _levels(self, self.reference)

    def tariff(self, levels: Floats, extra: Floats | None = None) -> Floats:
        """Tariffs at levels of the duties, shape (duty,); `extra` points on top. No tariff falls below zero."""
        tariff = np.array(self.base if self.always is None else self.base + self.always)
        n = len(self.economy.countries)
        cells = tariff.reshape(n, n, -1)
        for duty, level in zip(self.duties, levels, strict=True):
            if level:
                cells[list(duty.importers)] += duty.at(float(level))
        return np.maximum(tariff, 0.0) if extra is None else np.maximum(tariff + extra, 0.0)

    def shock(self, levels: Floats, extra: Floats | None = None) -> Shock:
        """The same as a shock of the world."""
        return Shock(tariff=self.tariff(levels, extra), options=self.options)

    def parts_at(self, levels: Floats, extra: Floats | None = None) -> Floats:
        """Parts of an outcome by an exact solve, shape (party, part), USD bn a year."""
        return self.measured_at(levels, extra)[0]

    def measured_at(self, levels: Floats, extra: Floats | None = None) -> tuple[Floats, Floats]:
        """The same, and EV of every country, shape (country,), USD bn a year."""
        levels = np.asarray(levels, dtype=np.float64)
        equilibrium = solve(self.economy, self.shock(levels, extra), warm=self.reference)
        return measured_wide(self, equilibrium, levels)


def _levels(space: WideSpace, equilibrium: Equilibrium) -> Base:
    traded = [space.economy.sector(name) for name in goods(space.economy)]
    between = _trade(space, equilibrium)[:, :, traded].sum(axis=2)
    flow = np.array([[between[np.ix_(home, away)].sum() for away in space.members] for home in space.members])
    np.fill_diagonal(flow, 0.0)
    return levels_of(space.economy, equilibrium, flow.sum(axis=0) - flow.sum(axis=1))


def _trade(space: WideSpace, equilibrium: Equilibrium) -> Floats:
    """Imports net of duty, shape (importer, exporter, sector), USD bn."""
    n = len(space.economy.countries)
    return equilibrium.levels["trade"].reshape(n, n, -1) / BILLION


def measured_wide(space: WideSpace, equilibrium: Equilibrium, levels: Floats) -> tuple[Floats, Floats]:
    """Parts of an equilibrium, shape (party, part), and EV of every country, shape (country,), USD bn a year."""
    old, new = space.level, _levels(space, equilibrium)
    by_country = real_changes(old, new)
    worth, revenue, added = (np.array([by[list(some)].sum(axis=0) for some in space.members]) for by in by_country)
    first = np.stack([worth, revenue, new.balance - old.balance], axis=1)
    rents = _rents(space, equilibrium, levels)
    return np.concatenate([first, added, *rents], axis=1), by_country[0]


def _rents(space: WideSpace, equilibrium: Equilibrium, levels: Floats) -> list[Floats]:
    """Rent of each quota as its exporters would have it, from its importers, shape (party, 1), USD bn a year."""
    rents = []
    for duty, level in zip(space.duties, levels, strict=True):
        if duty.inside is None:
            continue
        covered = duty.points[-1] / max(duty.top, 1e-12)
        cells = _trade(space, equilibrium)[list(duty.importers)].sum(axis=0) * covered
        each = max(float(level) - duty.inside, 0.0) * cells.sum(axis=1)
        rent = np.array([each[list(some)].sum() for some in space.members])
        payers = [bool(set(some) & set(duty.importers)) for some in space.members]
        rent[payers] = -each.sum() / max(sum(payers), 1)
        rents.append(rent[:, None])
    return rents


@dataclass(frozen=True, eq=False)
class WideInterpolant:
    """Weighted sums of parts, one a party, between the nodes of a sparse grid."""

    surface: SparseSurface = field(repr=False)

    def within(self, levels: Floats) -> NDArray[np.bool_]:
        """Which levels lie on the grid, shape (point,)."""
        tops = np.asarray(self.surface.grid.tops)
        return np.asarray(((levels >= -1e-9) & (levels <= tops + 1e-9)).all(axis=1))

    def at(self, levels: Floats) -> Floats:
        """Values, shape (point, party)."""
        return self.surface.at(levels)

    def slopes(self, levels: Floats) -> Floats:
        """Derivatives, shape (point, party, duty)."""
        return self.surface.slopes(levels)

    def local(self, levels: Floats) -> tuple[Floats, Floats]:
        """Values and derivatives at one point, shapes (party,) and (party, duty)."""
        basis, steep = self.surface.grid.basis_slopes(levels[None])
        weights = self.surface.weights
        return basis[0] @ weights, weights.T @ steep[0]


@dataclass(frozen=True, eq=False)
class WideSurface:
    """Parts of payoffs on a sparse grid of duties; what `SurfacePayoffs` reads.

    Attributes
    ----------
    issues, parties, parts : names along the axes; `countries` : of the world.
    grid : nodes; `values` : parts there, shape (node, party, part); `world` : real income, shape (node, country).
    added, income : of the parties at the reference, as in `Surface`.
    residual, solves, error : largest residual, equilibria computed, what the exact check says.
    """

    issues: tuple[str, ...]
    parties: tuple[str, ...]
    parts: tuple[str, ...]
    countries: tuple[str, ...]
    grid: SparseGrid
    values: Floats = field(repr=False)
    world: Floats = field(repr=False)
    added: Floats = field(repr=False)
    income: Floats = field(repr=False)
    residual: float
    solves: int
    error: Error = field(default_factory=lambda: Error({}, 0))

    @property
    def tops(self) -> tuple[float, ...]:
        """Highest level of each duty."""
        return self.grid.tops

    @cached_property
    def _fitted(self) -> SparseSurface:
        return self.grid.fitted(self.values)

    @cached_property
    def _others(self) -> SparseSurface:
        return self.grid.fitted(self.world)

    def parts_at(self, levels: Floats) -> Floats:
        """Parts at levels of the duties, shape (point, duty); returns (point, party, part), USD bn a year."""
        return self._fitted.at(np.atleast_2d(levels))

    def part_slopes(self, levels: Floats) -> Floats:
        """Derivatives of the parts, shape (point, party, part, duty), USD bn a year per unit."""
        return self._fitted.slopes(np.atleast_2d(levels))

    def others_at(self, levels: Floats) -> Floats:
        """Change of real income of every country, shape (point, country), USD bn a year."""
        return self._others.at(np.atleast_2d(levels))

    def weighted(self, weights: Floats) -> WideInterpolant:
        """Weighted sum of the parts, weights of shape (party, part), as one quantity a party."""
        return WideInterpolant(self.grid.fitted(np.einsum("npk,pk->np", self.values, weights)))

    def blended(self, other: WideSurface, share: float) -> WideSurface:
        """This surface with `share` of another of the same duties: parts are mixed, not outcomes."""
        if self.issues != other.issues or self.tops != other.tops:
            raise InputError("surfaces", "they are of different duties", "solve both on grids of the same")
        grid = max(self.grid, other.grid, key=lambda each: each.level)
        own, others = self._on(grid), other._on(grid)
        return replace(
            own,
            values=(1.0 - share) * own.values + share * others.values,
            world=(1.0 - share) * own.world + share * others.world,
            residual=max(self.residual, other.residual),
        )

    def _on(self, grid: SparseGrid) -> WideSurface:
        """The same surface on the nodes of a grid no coarser: what fits its own nodes fits these."""
        if grid == self.grid:
            return self
        return replace(self, grid=grid, values=self.parts_at(grid.nodes), world=self.others_at(grid.nodes))

    def moved(self, before: WideSurface, after: WideSurface) -> WideSurface:
        """This surface with what sets two others of its duties apart, whose common error cancels."""
        nodes = self.grid.nodes
        return replace(
            after,
            grid=self.grid,
            values=self.values + after.parts_at(nodes) - before.parts_at(nodes),
            world=self.world + after.others_at(nodes) - before.others_at(nodes),
        )


def blended(long: Surface | WideSurface, short: Surface | WideSurface, share: float) -> Surface | WideSurface:
    """One surface with a share of another of its kind on the same nodes.

    Raises
    ------
    InputError : they are not of one kind, or on different nodes.
    """
    if isinstance(long, WideSurface) and isinstance(short, WideSurface):
        return long.blended(short, share)
    if isinstance(long, Surface) and isinstance(short, Surface):
        return long.blended(short, share)
    raise InputError("surfaces", "they are of two kinds", "solve both on the same grid")


def wide_surface(space: WideSpace, level: int | None = None, progress: Told | None = None) -> WideSurface:
    """The parts at the nodes of a sparse grid.

    Parameters
    ----------
    level : of the grid; by the largest duty where none is given.

    Raises
    ------
    SolveError : no equilibrium at some node.
    """
    tops = tuple(duty.top for duty in space.duties)
    grid = SparseGrid(tops, level_of(space) if level is None else level)
    values, world, residual = solved_points(space, grid.nodes, progress)
    rows = [list(some) for some in space.members]
    added = np.stack([space.level.added[some].sum(axis=0) for some in rows])
    income = np.array([space.level.income[some].sum() for some in rows])
    return WideSurface(
        space.issues, space.parties, space.parts, space.economy.countries, grid, values, world, added, income,
        residual, len(values),
    )  # fmt: skip


def level_of(space: WideSpace) -> int:
    """The level of the grid that the largest points of a space ask for."""
    return level_for([float(np.abs(duty.points).max()) for duty in space.duties])


def solved_points(space: WideSpace, X: Floats, progress: Told | None = None) -> tuple[Floats, Floats, float]:
    """Exact parts at some levels of the duties, shape (point, duty); errors are those of `wide_surface`.

    Returns
    -------
    Parts (point, party, part), real income (point, country), USD bn a year, and the largest residual.
    """
    values = np.empty((len(X), len(space.parties), len(space.parts)))
    world, worst = np.empty((len(X), len(space.economy.countries))), 0.0
    for start in range(0, len(X), BATCH):
        some = X[start : start + BATCH]
        for k, equilibrium in enumerate(solve_many(space.economy, [space.shock(levels) for levels in some])):
            values[start + k], world[start + k] = measured_wide(space, equilibrium, some[k])
            worst = max(worst, equilibrium.certificate.residual)
        if progress is not None:
            progress(min(start + BATCH, len(X)), len(X))
    return values, world, worst


def checked_wide(space: WideSpace, surface: WideSurface, also: Sequence[Floats] = ()) -> WideSurface:
    """The surface with the error that exact solves find: of random outcomes, of corners, and of those named."""
    tops, X = np.array([duty.top for duty in space.duties]), random_levels(space, CHECKED, SEED)
    X[::CORNERS] = np.where(X[::CORNERS] > 0.5 * tops, tops, 0.0)
    inside = [levels for levels in also if (levels <= tops + 1e-9).all()]
    X = np.concatenate([X, np.reshape(inside, (-1, tops.size))])
    gap = np.abs(surface.parts_at(X) - solved_points(space, X)[0]).max(axis=(0, 1))
    return replace(surface, error=Error(dict(zip(surface.parts, gap.tolist(), strict=True)), len(X)))


def trusted_wide(
    space: WideSpace, limit: float = LARGEST_ERROR, also: Sequence[Floats] = (), progress: Told | None = None
) -> WideSurface:
    """A surface checked by exact solves, on the next level where a part is off by more than `limit`, USD bn a year.

    Raises
    ------
    SolveError : still above the limit on the last level.
    """
    level = level_of(space)
    while True:
        surface = checked_wide(space, wide_surface(space, level, progress), also)
        if surface.error.largest <= limit:
            return surface
        if level == MOST_LEVEL:
            raise SolveError(
                f"surface: off by {surface.error.largest:.3g} USD bn on {surface.solves} nodes (limit {limit:g}); "
                "narrow the range of the duties"
            )
        level += 1
