"""Ranges: what the shares nobody observes do to an average.

On one day the duty on an atom of a line is fixed by law, so the average is linear in the weights of the
atoms. It is computed once per atom; a thousand draws of the shares are then dot products.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.law import Schedule, Shares
from detente.law.space import Atoms, Space
from detente.trade.effective import post_value
from detente.trade.flows import Floats, Flows, Ints

CLAIMS, ELASTICITY = "preference claims", "import-demand elasticity"


@dataclass(frozen=True)
class Spread:
    """A share with its bounds, on every line.

    Attributes
    ----------
    default, low, high : share of every state but the first, each of shape (states - 1, lines).
    """

    default: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)

    def at(self, t: float) -> Floats:
        """Share at t in [-1, 1]: low bound at -1, default at 0, high bound at 1."""
        return self.default + (t * (self.high - self.default) if t > 0 else t * (self.default - self.low))


@dataclass(frozen=True, slots=True)
class Range:
    """An average with its range.

    Attributes
    ----------
    value : at the default shares; low, high : 5th and 95th percentile of joint draws.
    swings : input -> (average at its low bound, at its high bound), the others at their defaults.
    """

    value: float
    low: float
    high: float
    swings: Mapping[str, tuple[float, float]]
    draws: int
    seed: int

    @property
    def movers(self) -> list[str]:
        """The two inputs that move the average most."""
        size = {name: abs(hi - lo) for name, (lo, hi) in self.swings.items()}
        return [name for name in sorted(size, key=lambda n: -size[n]) if size[name] > 0][:2]


def atom_duty(schedule: Schedule, flows: Flows, columns: Ints) -> tuple[Floats, float]:
    """Duty on each atom if it were the whole of its line, USD, shape (atoms,); and the base duty, USD."""
    space = schedule.space
    points, floors = schedule.coefficients()
    value = _line_values(space, flows, columns)
    base = np.stack([space.base[column.base] for column in space.cell_columns], axis=1)
    line, pattern = space.atoms.line, space.pattern
    duty = np.zeros(line.size)
    for cell in range(space.shape[1]):
        worth = value[line, cell]
        duty += worth * (points[pattern, cell] - floors[pattern, cell] * base[line, cell])
    return duty, float((value * base).sum())


def _line_values(space: Space, flows: Flows, columns: Ints) -> Floats:
    """Value by line and cell column, USD, shape (lines, cell columns)."""
    n = space.shape[1]
    value = np.zeros(len(space.lines) * n)
    for preference in (0, 1):
        share = flows.claim if preference else 1.0 - flows.claim
        cell = space.column_of[columns[:, preference]][flows.partner_at]
        value += np.bincount(flows.line_at * n + cell, flows.value * share, minlength=value.size)
    return value.reshape(-1, n)


@dataclass(frozen=True)
class Weights:
    """Weights of some atoms as a function of the shares.

    Attributes
    ----------
    n : number of atoms.
    places : aspect -> the atoms whose line is asked about it, their state and line.
    """

    n: int
    places: Mapping[str, tuple[Ints, NDArray[np.int8], Ints]] = field(repr=False)

    @classmethod
    def of(cls, atoms: Atoms, chosen: Ints) -> Weights:
        """Weights of the chosen atoms (positions, shape (n,))."""
        places = {}
        for name, states in atoms.states.items():
            at = np.flatnonzero(atoms.asked[name][atoms.line[chosen]])
            places[name] = (at, states[chosen][at], atoms.line[chosen][at])
        return cls(chosen.size, places)

    def at(self, shares: Mapping[str, Floats]) -> Floats:
        """Weight of each atom, shape (n,)."""
        weight = np.ones(self.n)
        for name, (at, states, line) in self.places.items():
            share = shares[name]
            full = np.vstack([1.0 - share.sum(axis=0), share])
            weight[at] *= full[states, line]
        return weight


def average_range(
    schedule: Schedule,
    flows: tuple[Flows, Flows | None],
    columns: Ints,
    spreads: Mapping[str, Spread],
    *,
    draws: int = 200,
    seed: int = 20250512,
) -> Range:
    """Range of the average duty of a schedule over joint draws of shares.

    Parameters
    ----------
    flows : trade at the default claim shares, and at the other bound of the claim shares or None.
    columns : position in `space.columns` of each partner without and with preference, shape (partners, 2).
    spreads : aspect -> its share and bounds; the space must have been built with every state kept.
    """
    main, other = flows
    total = main.total
    atoms = schedule.space.atoms
    names = [name for name in atoms.states if name in spreads]
    moved = np.flatnonzero(np.any([atoms.asked[name][atoms.line] for name in atoms.states], axis=0))
    fixed = np.setdiff1d(np.arange(atoms.line.size), moved)
    weights = Weights.of(atoms, moved)

    def parts(trade: Flows) -> tuple[Floats, float]:
        """Duty on the atoms whose weights move, and all other duty, USD."""
        duty, base = atom_duty(schedule, trade, columns)
        return duty[moved], float(duty[fixed].sum()) + base

    duty, rest = parts(main)
    other_duty, other_rest = (duty, rest) if other is None else parts(other)

    def average(t: Mapping[str, float]) -> float:
        weight = weights.at({name: spreads[name].at(t.get(name, 0.0)) for name in names})
        step = max(0.0, t.get(CLAIMS, 0.0))
        owed = float(duty @ weight) * (1.0 - step) + float(other_duty @ weight) * step
        return (owed + rest * (1.0 - step) + other_rest * step) / total

    inputs = names + ([CLAIMS] if other is not None else [])
    swings = {name: (average({name: -1.0}), average({name: 1.0})) for name in inputs}
    inputs = [name for name in inputs if swings[name][0] != swings[name][1]]
    random = np.random.default_rng(seed)
    drawn = random.uniform(-1.0, 1.0, size=(draws, len(inputs)))
    values = [average(dict(zip(inputs, row, strict=True))) for row in drawn]
    value = average({})
    low, high = (value, value) if not values else np.quantile(values, [0.05, 0.95])
    return Range(value, float(low), float(high), swings, draws, seed)


def spreads_of(default: Shares, low: Shares, high: Shares) -> dict[str, Spread]:
    """Spreads from shares at their defaults and bounds."""
    return {name: Spread(share, low.by_aspect[name], high.by_aspect[name]) for name, share in default.by_aspect.items()}


def post_range(
    value: Floats,
    claims: tuple[Floats, Floats],
    start: tuple[Floats, Floats],
    end: tuple[Floats, Floats],
    elasticity: float,
    *,
    draws: int = 60,
    seed: int = 20250512,
) -> Range:
    """Range of the average at post-shock weights over the elasticity and the claim shares.

    Parameters
    ----------
    value : value of each pair, USD, shape (pairs,).
    claims : claim share of each pair at its default and at its other bound, each of shape (pairs,).
    start, end : duty of each pair without and with a claim under the two laws, each of shape (pairs,).
    elasticity : drawn from half to twice of it, evenly in its logarithm.
    """

    def average(t: Mapping[str, float]) -> float:
        step = max(0.0, t.get(CLAIMS, 0.0))
        claim = claims[0] + step * (claims[1] - claims[0])
        before, after = ((1.0 - claim) * plain + claim * claimed for plain, claimed in (start, end))
        weight = post_value(value, before, after, elasticity * 2.0 ** t.get(ELASTICITY, 0.0))
        return float(weight @ after / weight.sum())

    inputs = (ELASTICITY, CLAIMS)
    swings = {name: (average({name: -1.0}), average({name: 1.0})) for name in inputs}
    drawn = np.random.default_rng(seed).uniform(-1.0, 1.0, size=(draws, len(inputs)))
    values = [average(dict(zip(inputs, row, strict=True))) for row in drawn]
    main = average({})
    low, high = np.quantile(values, [0.05, 0.95]) if values else (main, main)
    return Range(main, float(low), float(high), swings, draws, seed)
