"""Duties of one law on one day as a function of the shares nobody observes, pair by pair and on the axes of a world.

On one day the law fixes the duty on an atom of a line, so the duty of a pair is linear in the weights of its atoms. It
is computed once for each kind of pair; a draw of the shares is then one product over the kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.data.flows import STANDS_FOR
from detente.draws import Input, sampled
from detente.lab.ground.ground import Ground
from detente.lab.ground.weights import at_other_claims
from detente.law import Reading, Schedule, schedule_on
from detente.trade import Flows, post_value
from detente.trade.exposure import base_at, partner_columns
from detente.trade.flows import PairKinds, kinds, kinds_of_pairs
from detente.trade.ranges import CLAIMS, ELASTICITY, AtomWeights, BoundedShare, bounded

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SEVERAL = 256
"""Positions at which duties are computed side by side."""

SHARED = (ELASTICITY,)
"""Inputs that are of no importer."""

Position = Mapping[str, float]
"""Input -> where it lies: -1 at its low bound, 0 at its default, 1 at its high bound; 0 for what is left out."""

Positions = Sequence[Position]


@dataclass(frozen=True)
class UncertainDuties:
    """Duty of every pair of an importer's trade under one law on one day, linear in the weights of atoms and in claims.

    Attributes
    ----------
    weights : of the kinds of atoms whose duty depends on shares, after one that always weighs 1.
    kind : of each pair; the law and the draws treat pairs of a kind alike but for their claims, shape (pairs,).
    sides : duty of goods without and with a claim by kind of atom, shape (kinds, 1 + atoms), share of customs value.
    claims : share that claims a preference, at its default and at its other bound, each of shape (pairs,).
    """

    flows: Flows = field(repr=False)
    weights: AtomWeights = field(repr=False)
    kind: Ints = field(repr=False)
    sides: tuple[csr_array, csr_array] = field(repr=False)
    claims: tuple[Floats, Floats] = field(repr=False)

    @property
    def inputs(self) -> list[str]:
        """Aspects some duty depends on, and the claims if their bounds differ."""
        first, other = self.claims
        return self.weights.inputs + ([CLAIMS] if (first != other).any() else [])

    def positions(self, names: Sequence[str], draws: int, seed: int) -> list[dict[str, float]]:
        """Joint draws of where some inputs lie, by Latin hypercube; an input has the same ones in every answer.

        Names are those of `inputs`, or of anything else that lies between -1 and 1.
        """
        if not draws:
            return []
        inputs = [position_input(self.flows.importer, name) for name in names]
        return [dict(zip(names, row, strict=True)) for row in sampled(inputs, draws, seed).values.tolist()]

    def of(self, pairs: Ints) -> UncertainDuties:
        """The duties of some pairs, by position, from which no duty of the whole is owed."""
        first, other = self.claims
        return replace(self, kind=self.kind[pairs], claims=(first[pairs], other[pairs]))

    @property
    def codes(self) -> tuple[Ints, ...]:
        """Numbers of each pair that are alike where its duty is the same at every position, each of shape (pairs,)."""
        return self.kind, *(np.unique(part, return_inverse=True)[1] for part in self.claims)

    def at(self, position: Position) -> Floats:
        """Duty of every pair, shape (pairs,), share of customs value."""
        weight = self._weights([position])[:, 0]
        without, claimed = (side @ weight for side in self.sides)
        first, other = self.claims
        step = float(_steps([position])[0])
        claim = first + step * (other - first) if step else first
        return without[self.kind] + claim * (claimed - without)[self.kind]

    def _weights(self, positions: Positions) -> Floats:
        """Weight of each kind of atom in its line, after the one that weighs 1, shape (1 + atoms, positions)."""
        return np.vstack([np.ones(len(positions)), self.weights.at(positions)])

    def owed(self, value: Floats) -> Callable[[Positions], Floats]:
        """The duty owed on values of the pairs at some positions, shape (positions,).

        Parameters
        ----------
        value : shape (pairs,), any one unit, which is that of the duty.
        """
        first, other = self.claims
        without, claimed, step = (
            np.bincount(self.kind, value * part, minlength=self.sides[0].indptr.size - 1)
            for part in (1.0 - first, first, other - first)
        )
        main = self.sides[0].T @ without + self.sides[1].T @ claimed
        further = (self.sides[1] - self.sides[0]).T @ step

        def owed(positions: Positions) -> Floats:
            weights = self._weights(positions)
            return main @ weights + _steps(positions) * (further @ weights)

        return owed

    def of_pairs(self, pairs: Ints) -> Callable[[Positions], Iterator[Floats]]:
        """The duty of some pairs at one position after another, shape (pairs,), share of customs value."""
        first, other = (claim[pairs] for claim in self.claims)
        kind, further = self.kind[pairs], other - first
        without, more = self.sides[0], self.sides[1] - self.sides[0]

        def duties(positions: Positions) -> Iterator[Floats]:
            for start in range(0, len(positions), SEVERAL):
                some = positions[start : start + SEVERAL]
                weights = self._weights(some)
                rows = (np.ascontiguousarray((side @ weights).T) for side in (without, more))
                for plain, claimed, step in zip(*rows, _steps(some), strict=True):
                    yield plain[kind] + (first + step * further if step else first) * claimed[kind]

        return duties

    @cached_property
    def _heeds_claims(self) -> NDArray[np.bool_]:
        """Whether the duty depends on the claim, shape (pairs,)."""
        without, claimed = self.sides
        return np.logical_or.reduceat(without.data != claimed.data, without.indptr[:-1])[self.kind]

    def alike(self, other: UncertainDuties, *values: Floats) -> tuple[Ints, tuple[Floats, ...]]:
        """A pair of each kind that neither law nor draws tell apart, shape (kinds,), and values of each kind.

        Parameters
        ----------
        other : of the same trade under another law.
        values : of the pairs, USD, each of shape (pairs,); they come back by kind, in that order.
        """
        heed = np.flatnonzero(self._heeds_claims | other._heeds_claims)
        # Claims of the other law are others where programmes end between the two.
        same = all(a is b or np.array_equal(a, b) for a, b in zip(self.claims, other.claims, strict=True))
        shares = self.claims if same else (*self.claims, *other.claims)
        claims = np.zeros((len(shares), self.kind.size), dtype=np.int64)
        for number, claim in zip(claims, shares, strict=True):
            number[heed] = np.unique(claim[heed], return_inverse=True)[1]
        first, kind = kinds(self.kind, other.kind, *claims)
        return first, tuple(np.bincount(kind, value).astype(np.float64) for value in values)


def _steps(positions: Positions) -> Floats:
    """How far claims are from their default to their other bound, shape (positions,)."""
    return np.maximum(0.0, [position.get(CLAIMS, 0.0) for position in positions])


def stream_name(code: str, name: str) -> str:
    """Name of an input among the inputs of all importers, which is that of its draws."""
    return name if name in SHARED else f"{code} {name}"


def position_input(code: str, name: str, title: str = "") -> Input:
    """An input of an importer as a position: -1 at the low bound, 0 at the default, 1 at the high bound."""
    return Input(stream_name(code, name), 0.0, -1.0, 1.0, title=title)


def uncertain_duties(
    ground: Ground, on: date, reading: Reading = Reading.EFFECTIVE, claims: tuple[Floats, Floats] | None = None
) -> UncertainDuties:
    """The duties of a ground's law on a day, ready for draws of shares.

    Parameters
    ----------
    claims : those of the same trade on another day, where they are known.
    """
    here = ground.as_of(on)
    ground, claims = here, claims if here is ground else None
    space, flows = ground.kept_space(on), ground.flows
    default = ground.where.shares(ground.law, "trade", ground.parameters)
    shares = bounded(default, *ground.where.bounds(ground.law, ground.parameters))
    weights, atom_kind = AtomWeights.of(space.atoms, {name: _known_kept(share) for name, share in shares.items()})
    pairs = kinds_of_pairs(space, flows, partner_columns(space, flows, STANDS_FOR), atom_kind)
    schedule = schedule_on(space, on, reading)
    duties = [_row_duty(schedule, pairs, cells) for cells in pairs.cells]
    used, place, kept = _moving(pairs, duties, atom_kind)
    ends = np.concatenate([[0], np.cumsum(np.bincount(pairs.row[kept]))])
    shape = pairs.starts.size, used.size + 1
    from scipy.sparse import csr_array  # Slow to load.

    without, claimed = (csr_array((duty[kept], place[kept], ends), shape=shape) for duty in duties)
    first, kind = _distinct(without, claimed, used.size + 1)
    sides = without[first], claimed[first]
    return UncertainDuties(flows, weights.take(used), kind[pairs.kind], sides, claims or claim_bounds(flows))


def _distinct(without: csr_array, claimed: csr_array, n: int) -> tuple[Ints, Ints]:
    """A row of each kind, and the kind of each row, of matrices with n columns.

    Rows are of a kind if they come to the same at random weights; others do so with a chance below 1e-6.
    """
    weights = np.random.PCG64(0).random_raw(2 * n).astype(np.float64)
    sums = without @ weights[:n] + 1j * (claimed @ weights[n:])
    _, first, kind = np.unique(sums, return_index=True, return_inverse=True)
    return first, kind


def _moving(pairs: PairKinds, duties: Sequence[Floats], atom_kind: Ints) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Kinds of atoms in use, the place of each row among them, and the rows to keep.

    Rows of pairs whose duty depends on the atom stand from 1 on; of any other pair the first stands for all, at 0.
    """
    moving = np.zeros(pairs.starts.size, dtype=bool)
    for duty in duties:
        moving |= np.maximum.reduceat(duty, pairs.starts) != np.minimum.reduceat(duty, pairs.starts)
    kept, place = moving[pairs.row], np.zeros(pairs.row.size, dtype=np.int64)
    used, number = np.unique(atom_kind[pairs.atom[kept]], return_inverse=True)
    place[kept] = number + 1
    kept[pairs.starts] = True
    return used, place, kept


def _known_kept(share: BoundedShare) -> BoundedShare:
    """The bounds without lines whose share is known and lies outside the bounds of the others."""
    if share.default.shape[0] > 1:
        return share
    known = (share.default < share.low) | (share.default > share.high)
    ends = (np.where(known, share.default, end) for end in (share.low, share.high))
    return BoundedShare(share.default, *ends)


def claim_bounds(flows: Flows) -> tuple[Floats, Floats]:
    """Claim shares at their default and at their other bound, each of shape (pairs,); kept with the flows."""
    if BOUNDS not in flows.__dict__:
        flows.__dict__[BOUNDS] = flows.claim, (at_other_claims(flows) or flows).claim
    return flows.__dict__[BOUNDS]


BOUNDS = "_claim_bounds"


def _row_duty(schedule: Schedule, pairs: PairKinds, cells: Ints) -> Floats:
    """Total duty of each row in the cells of its kind, shape (rows,)."""
    space, cell = schedule.space, cells[pairs.row]
    points, floors = schedule.coefficients()
    place = space.pattern[pairs.atom] * space.shape[1] + cell
    base = base_at(space, cell, space.atoms.line[pairs.atom])
    return base + points.take(place) - floors.take(place) * base


def averages(value: Floats, start: Floats, rates: Floats, elasticity: float) -> tuple[float, float, float, float]:
    """Average at fixed and at post-shock weights, share; duty a year at fixed and at post-shock weights, USD."""
    moved = post_value(value, start, rates, elasticity)
    static, elastic = float(value @ rates), float(moved @ rates)
    return static / float(value.sum()), elastic / float(moved.sum()), static, elastic
