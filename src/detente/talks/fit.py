"""Fits: what many exact solves say of some duties, as sparse polynomials that are read at any levels of them.

The coordinate of an axis is p / (1 + p), with p the mean points that a level adds for those who owe it: the part of the
buyer's price that is duty. In it real income is close to a polynomial of low degree, and a floor, which adds nothing
until it passes the base duty, bends the coordinate and not the fit. Along an axis degree d needs one more node than
degree d - 1 (the sequence of Leja: middle, ends, then wherever nodes are farthest apart), so that a set of degrees
which holds everything below each of its members has one node a member.

The set grows where exact solves are farthest from the fit of what is inside, until outcomes that were never nodes are
all within a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError
from detente.economy.frame import Floats

Ints = NDArray[np.int64]
#: Degree of a term along each axis.
Degrees = tuple[int, ...]

#: Highest degree along an axis.
HIGHEST = 20

#: Nodes at which a fit that is still off gives up, and at which one within its limit is refined no further.
MOST, ENOUGH = 2_000, 300

#: Error of a fit above which it is refined, USD bn a year.
LIMIT = 0.02

#: The limit of fits of which nothing is printed.
QUICK = 0.1

#: Outcomes by which a fit is checked, evenly in log(1 + t), and at corners of the duties.
RANDOM, CORNERS = 30, 10

SEED = 20250512
#: Levels may pass the ends of an axis by this much, share.
SLACK = 1e-6

#: Largest size of the argument of a polynomial: there its slope is that of the end, and no limit has to be taken.
INSIDE = 1.0 - 1e-12

#: Of more points, those with the same duties are read once.
BLOCK = 4096

#: Points that are read side by side, few enough to stay in the memory next to the processor.
PIECE = 256

#: Members that join at a time, times that they do between two checks, and the share of the largest surplus at which.
TAKEN, ROUNDS, NEAR = 16, 4, 0.6

#: Hears how many equilibria are solved, and of how many.
Told = Callable[[int, int], None]


#: Exact quantities at levels of the duties: points (point, axis) to quantities (point, quantity).
Solve = Callable[[Floats], Floats]


@lru_cache(maxsize=1)
def leja() -> Floats:
    """Nodes between 0 and 1 in the order of the degrees that they bring."""
    nodes, grid = [0.5, 1.0, 0.0], np.linspace(0.0, 1.0, 4001)
    while len(nodes) <= HIGHEST:
        nodes.append(float(grid[np.abs(grid[:, None] - np.array(nodes)).prod(axis=1).argmax()]))
    return np.array(nodes)


@dataclass(frozen=True)
class DutyAxis:
    """A duty as a fit sees it.

    Attributes
    ----------
    name : of the issue.
    levels : ascending from zero; `mean` : points that they add, ascending, mean over what is bought of those who owe.
    """

    name: str
    levels: tuple[float, ...]
    mean: tuple[float, ...]

    @property
    def top(self) -> float:
        """Highest level."""
        return self.levels[-1]

    @property
    def scale(self) -> float:
        """By what p / (1 + p) is multiplied, so that it ends at one."""
        return (1.0 + self.mean[-1]) / self.mean[-1]

    def slope(self, levels: Floats) -> Floats:
        """Derivative of the mean points in the level; at a bend that of the piece above."""
        piece = np.searchsorted(self.levels, levels, side="right") - 1
        return np.asarray((np.diff(self.mean) / np.diff(self.levels))[np.minimum(piece, len(self.levels) - 2)])

    def level(self, places: Floats) -> Floats:
        """Level of coordinates."""
        return np.interp(places / (self.scale - places), self.mean, self.levels)


@dataclass(frozen=True, eq=False)
class Terms:
    """The polynomials of a fit: products over axes of Chebyshev polynomials.

    Attributes
    ----------
    axes : the duties; `degrees` : of each term along each axis, shape (term, axis).
    """

    axes: tuple[DutyAxis, ...]
    degrees: Ints = field(repr=False)

    @cached_property
    def tops(self) -> Floats:
        """Highest level of each duty, shape (axis,)."""
        return np.array([axis.top for axis in self.axes])

    @cached_property
    def nodes(self) -> Floats:
        """Levels at which a fit of these terms is exact, shape (term, axis)."""
        places = leja()[self.degrees]
        return np.stack([axis.level(places[:, k]) for k, axis in enumerate(self.axes)], axis=1)

    @cached_property
    def _factors(self) -> tuple[Ints, Ints]:
        """Polynomials of each term that are not one, as places among all of all axes, and their axes (term, factor)."""
        most = max(int((self.degrees > 0).sum(axis=1).max(initial=0)), 1)
        axes = np.argsort(self.degrees == 0, axis=1, kind="stable")[:, :most]
        return axes * (self._highest + 1) + np.take_along_axis(self.degrees, axes, axis=1), axes

    @cached_property
    def _highest(self) -> int:
        return int(self.degrees.max(initial=0))

    @cached_property
    def _cells(self) -> Ints:
        """Places of the factors in an array of terms by axes, shape (term x factor,)."""
        axes = self._factors[1]
        return np.asarray((np.arange(len(axes))[:, None] * len(self.axes) + axes).ravel())

    def within(self, levels: Floats) -> NDArray[np.bool_]:
        """Which levels lie on the axes, shape (point,)."""
        return np.asarray(((levels >= -SLACK) & (levels <= self.tops + SLACK)).all(axis=1))

    def values(self, levels: Floats) -> Floats:
        """Every term at levels of the duties, shape (point, term); `InputError` beyond the axes."""
        # Rows of polynomials by point are copied whole, which is quicker than picking one number after another.
        values, places = np.cos(self._angles(levels)[0]).reshape(len(levels), -1).T.copy(), self._factors[0]
        terms = values[places[:, 0]]
        for k in range(1, places.shape[1]):
            terms *= values[places[:, k]]
        return terms.T

    def slopes(self, levels: Floats) -> tuple[Floats, Floats]:
        """The same with derivatives in each level, shapes (point, term) and (point, term, axis)."""
        places = self._factors[0]
        angles, sines, rate = self._angles(levels)
        steep = np.sin(angles) * (self._counted * (rate / sines)[:, :, None])
        factors = np.take(np.cos(angles).reshape(len(levels), -1), places, axis=1)
        slopes = np.take(steep.reshape(len(levels), -1), places, axis=1)
        terms = np.array(factors[:, :, 0])
        for k in range(1, places.shape[1]):
            slopes[:, :, :k] *= factors[:, :, k, None]
            slopes[:, :, k] *= terms
            terms *= factors[:, :, k]
        whole = np.zeros((len(terms), len(places) * len(self.axes)))
        whole[:, self._cells] = slopes.reshape(len(terms), -1)
        return terms, whole.reshape(len(terms), len(places), len(self.axes))

    @cached_property
    def _counted(self) -> Floats:
        return np.arange(self._highest + 1.0)

    @cached_property
    def _straight(self) -> tuple[Floats, Floats, list[int]]:
        """Points that a level adds, the scale of the coordinate, both by axis, and the axes that bend."""
        rates = np.array([axis.mean[-1] / axis.top for axis in self.axes])
        bent = [k for k, axis in enumerate(self.axes) if len(axis.levels) > 2]
        return rates, np.array([axis.scale for axis in self.axes]), bent

    def _angles(self, levels: Floats) -> tuple[Floats, Floats, Floats]:
        """Angles whose cosines are the polynomials (point, axis, degree), their sine, and the slope of the argument."""
        inside = np.minimum(np.maximum(levels, 0.0), self.tops)
        if np.abs(inside - levels).max(initial=0.0) > SLACK:
            point, k = np.argwhere(np.abs(inside - levels) > SLACK)[0]
            what = f"a level of {levels[point, k]:g} lies outside 0 to {self.axes[k].top:g}"
            raise InputError(self.axes[k].name, what, "stay within what is on the table")
        rates, scale, bent = self._straight
        mean, rate = inside * rates, rates[None]
        if bent:
            rate = np.repeat(rate, len(inside), axis=0)
            for k in bent:
                mean[:, k] = np.interp(inside[:, k], self.axes[k].levels, self.axes[k].mean)
                rate[:, k] = self.axes[k].slope(inside[:, k])
        # The argument of the polynomials is 2 u - 1, u the coordinate.
        x = np.minimum(np.maximum(2.0 * scale * mean / (1.0 + mean) - 1.0, -INSIDE), INSIDE)
        theta = np.arccos(x)
        return theta[:, :, None] * self._counted, np.sin(theta), 2.0 * scale * rate / (1.0 + mean) ** 2


@dataclass(frozen=True, eq=False)
class PayoffFit:
    """Quantities at any levels of some duties.

    Attributes
    ----------
    terms : polynomials; `weights` : of each, shape (term, quantity).
    """

    terms: Terms = field(repr=False)
    weights: Floats = field(repr=False)

    @classmethod
    def through(cls, terms: Terms, values: Floats) -> PayoffFit:
        """The fit that is exact at the nodes of its terms, values of shape (term, quantity)."""
        return cls(terms, np.asarray(np.linalg.solve(terms.values(terms.nodes), values), dtype=np.float64))

    def within(self, levels: Floats) -> NDArray[np.bool_]:
        """Which levels lie on the axes, shape (point,)."""
        return self.terms.within(levels)

    def at(self, levels: Floats) -> Floats:
        """Quantities at levels, shape (point, quantity)."""
        levels = np.atleast_2d(np.asarray(levels, dtype=np.float64))
        if len(levels) > BLOCK:
            # Grids of all issues have each duty at few levels: what differs is told by one number a point.
            weights = np.random.default_rng(SEED).random(levels.shape[1])
            keys = sum(level * weight for level, weight in zip(levels.T, weights, strict=True))
            _, first, back = np.unique(keys, return_index=True, return_inverse=True)
            if 2 * first.size < len(levels):
                return np.asarray(self.at(levels[first])[back])
        parts = [self.terms.values(levels[i : i + PIECE]) @ self.weights for i in range(0, len(levels), PIECE)]
        return np.concatenate(parts) if parts else np.zeros((0, self.weights.shape[1]))

    def local(self, levels: Floats) -> tuple[Floats, Floats]:
        """Quantities and derivatives at one point, shapes (quantity,) and (quantity, axis): for searches."""
        values, slopes = self.terms.slopes(levels[None])
        return values[0] @ self.weights, self.weights.T @ slopes[0]

    def weighted(self, weights: Floats) -> PayoffFit:
        """Weighted sums of the quantities, weights of shape (quantity, sum)."""
        return replace(self, weights=self.weights @ weights)

    def blended(self, other: PayoffFit, share: float) -> PayoffFit:
        """This fit with `share` of another of the same axes: quantities are mixed, not levels."""
        rows = np.concatenate([self.terms.degrees, other.terms.degrees])
        degrees, place = np.unique(rows, axis=0, return_inverse=True)
        weights = np.zeros((len(degrees), self.weights.shape[1]))
        np.add.at(weights, place.ravel(), np.concatenate([(1.0 - share) * self.weights, share * other.weights]))
        return PayoffFit(Terms(self.terms.axes, degrees), weights)


def checks_of(axes: Sequence[DutyAxis]) -> Floats:
    """Outcomes at which a fit is checked, `RANDOM` drawn ones and `CORNERS`, shape (outcomes, axis)."""
    dice, tops = np.random.default_rng(SEED), np.array([axis.mean[-1] for axis in axes])
    means = np.expm1(dice.random((RANDOM, tops.size)) * np.log1p(tops))
    drawn = [np.interp(means[:, k], axis.mean, axis.levels) for k, axis in enumerate(axes)]
    ends = np.where(dice.random((CORNERS, tops.size)) > 0.5, [axis.top for axis in axes], 0.0)
    return np.concatenate([np.stack(drawn, axis=1), ends])


@dataclass
class _Growing:
    """A set of degrees with what is solved at its nodes."""

    axes: tuple[DutyAxis, ...]
    solve: Solve
    inner: dict[Degrees, None]
    front: dict[Degrees, float] = field(default_factory=dict)
    known: dict[Degrees, Floats] = field(default_factory=dict)

    def learn(self, some: Iterable[Degrees]) -> None:
        """Solve at the nodes of those that are not known."""
        new = [each for each in some if each not in self.known]
        if new:
            nodes = Terms(self.axes, np.array(new, dtype=np.int64)).nodes
            self.known.update(zip(new, self.solve(nodes), strict=True))

    def fit(self, *, front: bool) -> PayoffFit:
        """The fit of the set, with or without its front."""
        rows = [*self.inner, *self.front] if front else list(self.inner)
        self.learn(rows)
        values = np.stack([self.known[row] for row in rows])
        return PayoffFit.through(Terms(self.axes, np.array(rows, dtype=np.int64)), values)

    def reach(self) -> None:
        """Solve the neighbours of the inner set, each with how far the fit inside is from it."""
        steps = np.eye(len(self.axes), dtype=np.int64)
        new = [tuple((np.array(each) + step).tolist()) for each in self.inner for step in steps]
        new = [each for each in dict.fromkeys(new) if each not in self.inner and each not in self.front]
        # Only those of which every neighbour below is in the inner set.
        new = [
            each for each in new
            if max(each) <= HIGHEST and all((*each[:k], n - 1, *each[k + 1 :]) in self.inner
                                            for k, n in enumerate(each) if n)
        ]  # fmt: skip
        if new:
            self.learn(new)
            guess = self.fit(front=False).at(Terms(self.axes, np.array(new, dtype=np.int64)).nodes)
            gaps = np.abs(np.stack([self.known[each] for each in new]) - guess).max(axis=1)
            self.front.update(zip(new, gaps.tolist(), strict=True))

    def grow(self) -> None:
        """Take in the members of the front that say most."""
        goal = NEAR * max(self.front.values(), default=0.0)
        for _ in range(ROUNDS if self.front else 1):
            taken = [each for each, gap in self.front.items() if gap >= goal][:TAKEN]
            for each in taken:
                self.inner[each] = None
                del self.front[each]
            if taken or not self.front:
                self.reach()

    @property
    def widest(self) -> str:
        """Name of the axis along which the front says most."""
        each = max(self.front, key=lambda each: self.front[each])
        return self.axes[int(np.argmax(each))].name


def fitted(
    axes: Sequence[DutyAxis],
    solve: Solve,
    limit: float = LIMIT,
    *,
    checks: Floats,
    start: Ints | None = None,
    aim: float | None = None,
    most: int = MOST,
) -> tuple[PayoffFit, Floats, Floats]:
    """The fit that exact solves at some outcomes find no farther off than a limit.

    Parameters
    ----------
    limit : on every quantity.
    checks : outcomes that are solved and never nodes, shape (check, axis).
    start : degrees to begin with, of a fit of the same duties, shape (term, axis).
    aim : error down to which a fit within the limit is still refined while it has fewer than `ENOUGH` nodes.

    Returns
    -------
    The fit, its largest error by quantity, shape (quantity,), and the exact quantities at the nodes of its terms.

    Raises
    ------
    SolveError : still above the limit on `most` nodes, or no equilibrium at some node.
    """
    exact = solve(checks)
    first = [(0,) * len(axes)] if start is None else [tuple(row) for row in start.tolist()]
    growing = _Growing(tuple(axes), solve, dict.fromkeys(first))
    while True:
        fit = growing.fit(front=True)
        error = np.abs(fit.at(checks) - exact).max(axis=0)
        largest = error.max(initial=0.0)
        if largest <= limit and (aim is None or largest <= aim or len(fit.weights) >= ENOUGH):
            return fit, error, np.stack([growing.known[tuple(row)] for row in fit.terms.degrees.tolist()])
        if len(fit.weights) > most:
            raise SolveError(
                f"payoffs: read off {len(fit.weights)} solves they are off by {largest:.3g} USD bn "
                f"(limit {limit:g}), most of all along {growing.widest}; narrow its range"
            )
        growing.grow()
