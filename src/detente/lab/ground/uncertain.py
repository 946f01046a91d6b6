"""Duties of one law on one day as a function of the shares nobody observes, pair by pair and on the axes of a world.

On one day the law fixes the duty on an atom of a line, so the duty of a pair is linear in the weights of its atoms. It
is computed once; a draw of the shares is then one product over the pairs whose atoms differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from detente.data.flows import STANDS_FOR
from detente.draws import Input, sampled
from detente.lab.ground.averages import Ground
from detente.lab.ground.weights import at_other_claims
from detente.law import Reading, Schedule, Space, schedule_on
from detente.trade import Flows, post_value
from detente.trade.exposure import partner_columns
from detente.trade.ranges import CLAIMS, ELASTICITY, AtomWeights, BoundedShare, bounded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SHARED = (ELASTICITY,)
"""Inputs that are of no importer."""

Position = Mapping[str, float]
"""Input -> where it lies: -1 at its low bound, 0 at its default, 1 at its high bound; 0 for what is left out."""


@dataclass(frozen=True)
class UncertainDuties:
    """Duty of every pair of an importer's trade under one law on one day, linear in the weights of atoms and in claims.

    Attributes
    ----------
    shares : aspect -> its share with bounds; `weights` : of the atoms whose duty depends on shares.
    fixed : duty of the pairs that depend on no share, shape (pairs,), share of customs value; 0 of the others.
    moving : duty of all other pairs by atom, shape (pairs, atoms).
    claimed : what both become in addition if claims move from their default to their other bound; None where the two
        are the same.
    """

    flows: Flows = field(repr=False)
    shares: Mapping[str, BoundedShare] = field(repr=False)
    weights: AtomWeights = field(repr=False)
    fixed: Floats = field(repr=False)
    moving: csr_array = field(repr=False)
    claimed: tuple[Floats, csr_array] | None = field(repr=False)

    @property
    def inputs(self) -> list[str]:
        """Aspects some duty depends on, and the claims if their bounds differ."""
        used = [name for name, (atoms, _, line) in self.weights.places.items() if self._moves(name, atoms, line)]
        return used + ([] if self.claimed is None else [CLAIMS])

    def _moves(self, name: str, atoms: Ints, line: Ints) -> bool:
        share = self.shares.get(name)
        return share is not None and atoms.size > 0 and bool((share.low != share.high)[:, line].any())

    def positions(self, names: Sequence[str], draws: int, seed: int) -> list[dict[str, float]]:
        """Joint draws of where some inputs lie, by Latin hypercube; an input has the same ones in every answer.

        Names are those of `inputs`, or of anything else that lies between -1 and 1.
        """
        if not draws:
            return []
        inputs = [position_input(self.flows.importer, name) for name in names]
        return [dict(zip(names, row, strict=True)) for row in sampled(inputs, draws, seed).values.tolist()]

    def at(self, position: Position) -> Floats:
        """Duty of every pair, shape (pairs,), share of customs value."""
        weight, step = self._weight(position), max(0.0, position.get(CLAIMS, 0.0))
        duty: Floats = self.moving @ weight + self.fixed
        if step and self.claimed is not None:
            fixed, moving = self.claimed
            duty += step * (moving @ weight + fixed)
        return duty

    def _weight(self, position: Position) -> Floats:
        """Weight of each atom in its line, shape (atoms,)."""
        return self.weights.at({name: self.shares[name].at(position.get(name, 0.0)) for name in self.weights.places})

    def owed(self, value: Floats) -> Callable[[Position], float]:
        """The duty owed on values of the pairs, as a function of where the shares lie.

        Parameters
        ----------
        value : shape (pairs,), any one unit, which is that of the duty.
        """
        main, rest = self.moving.T @ value, float(self.fixed @ value)
        fixed, moving = (0.0, np.zeros_like(main))
        if self.claimed is not None:
            fixed, moving = float(self.claimed[0] @ value), self.claimed[1].T @ value

        def duty(position: Position) -> float:
            weight, step = self._weight(position), max(0.0, position.get(CLAIMS, 0.0))
            return float(main @ weight) + rest + step * (float(moving @ weight) + fixed)

        return duty


def stream_name(code: str, name: str) -> str:
    """Name of an input among the inputs of all importers, which is that of its draws."""
    return name if name in SHARED else f"{code} {name}"


def position_input(code: str, name: str, title: str = "") -> Input:
    """An input of an importer as a position: -1 at the low bound, 0 at the default, 1 at the high bound."""
    return Input(stream_name(code, name), 0.0, -1.0, 1.0, title=title)


def uncertain_duties(ground: Ground, on: date, reading: Reading = Reading.EFFECTIVE) -> UncertainDuties:
    """The duties of a ground's law on a day, ready for draws of shares."""
    space, flows = ground.kept_space(on), ground.flows
    schedule = schedule_on(space, on, reading)
    pair, atom, starts = _exploded(space, flows)
    sides = [_row_duty(schedule, flows, pair, atom, preference) for preference in (0, 1)]
    moving = np.zeros(flows.value.size, dtype=bool)
    for duty in sides:
        moving |= np.maximum.reduceat(duty, starts) != np.minimum.reduceat(duty, starts)
    default = ground.where.shares(ground.law, "trade", ground.parameters)
    shares = bounded(default, *ground.where.bounds(ground.law, ground.parameters))
    shares = {name: _known_kept(share) for name, share in shares.items()}
    kept = moving[pair]
    chosen, place = np.unique(atom[kept], return_inverse=True)
    ends = np.concatenate([[0], np.cumsum(np.bincount(pair[kept], minlength=moving.size))])

    def parts(without: Floats, with_claim: Floats) -> tuple[Floats, csr_array]:
        """Duty of pairs without and by atom, at weights of the pairs without and with a claim."""
        duty = without[pair] * sides[0] + with_claim[pair] * sides[1]
        by_atom = csr_array((duty[kept], place, ends), shape=(moving.size, chosen.size))
        return np.where(moving, 0.0, duty[starts]), by_atom

    first, other = _claims(ground)
    step = other - first
    claimed = parts(-step, step) if step.any() else None
    return UncertainDuties(flows, shares, AtomWeights.of(space.atoms, chosen), *parts(1.0 - first, first), claimed)


def _known_kept(share: BoundedShare) -> BoundedShare:
    """The bounds without lines whose share is known and lies outside the bounds of the others."""
    if share.default.shape[0] > 1:
        return share
    known = (share.default < share.low) | (share.default > share.high)
    ends = (np.where(known, share.default, end) for end in (share.low, share.high))
    return BoundedShare(share.default, *ends)


def _claims(ground: Ground) -> tuple[Floats, Floats]:
    """Claim shares at their default and at their other bound."""
    return ground.flows.claim, (at_other_claims(ground.flows) or ground.flows).claim


def _exploded(space: Space, flows: Flows) -> tuple[Ints, Ints, Ints]:
    """Pair and atom of each row, and the first row of each pair."""
    count = np.bincount(space.atoms.line, minlength=len(space.lines))
    first = np.cumsum(count) - count
    per_pair = count[flows.line_at]
    starts = np.cumsum(per_pair) - per_pair
    pair = np.repeat(np.arange(flows.line_at.size), per_pair)
    return pair, first[flows.line_at][pair] + np.arange(pair.size) - starts[pair], starts


def _row_duty(schedule: Schedule, flows: Flows, pair: Ints, atom: Ints, preference: int) -> Floats:
    """Total duty of each row without or with a claim, shape (rows,)."""
    space = schedule.space
    points, floors = schedule.coefficients()
    columns = partner_columns(space, flows, STANDS_FOR)
    cell = space.column_of[columns[:, preference]][flows.partner_at][pair]
    pattern, line = space.pattern[atom], space.atoms.line[atom]
    base = np.stack([space.base[column.base] for column in space.cell_columns])[cell, line]
    return base + points[pattern, cell] - floors[pattern, cell] * base


def averages(flows: Flows, start: Floats, rates: Floats, elasticity: float) -> tuple[float, float, float, float]:
    """Average at fixed and at post-shock weights, share; duty a year at fixed and at post-shock weights, USD."""
    moved = post_value(flows.value, start, rates, elasticity)
    static, elastic = float(flows.value @ rates), float(moved @ rates)
    return static / flows.total, elastic / float(moved.sum()), static, elastic
