"""Transit past a control: places that are better supplied pass on to those that are worse supplied (step 10).

What a buyer gets in transit is taken from the receipts of those who pass it on, so that nothing appears from nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.chains.chain import SupplyChain
from detente.chains.rows import Floats

EVEN = 1e-12
"""Move of a place's supply below which nothing moves, share of its need."""

SMUGGLED = "smuggle_cap"
"""Parameter of what is smuggled; a chain without it has none."""


@dataclass(frozen=True)
class Leak:
    """How transit works.

    Attributes
    ----------
    opens : months after the start of the time axis.
    cap : share of what a place may pass on of its receipts, and of what a place may get of its need; enforcement has
        been taken off.
    smuggled : most that gets past the control, share of the restrictor's base flow; it comes out of what the restrictor
        withholds.
    """

    opens: float
    cap: float
    smuggled: float = 0.0


def leak_of(chain: SupplyChain, announced: float, *, enforcement: float = 0.0, cap: float | None = None) -> Leak:
    """Transit and smuggling with the chain's parameters; enforcement 1 closes both. `cap` replaces that of transit."""
    most = chain.value("leak_cap") if cap is None else cap
    past = chain.value(SMUGGLED) if SMUGGLED in chain.parameters else 0.0
    left = 1.0 - enforcement
    return Leak(announced + chain.value("leak_lag"), most * left, past * left)


@dataclass(frozen=True)
class Transit:
    """What places get in transit and what they pass on, kg a year; in every column the two sums are the same."""

    gained: Floats
    passed: Floats


def transit(cap: float, received: Floats, need: Floats, passable: Floats) -> Transit:
    """Material that moves from places better supplied to places worse supplied, and never past equality.

    With x the share of need received, the level x* at which all rooms meet: sum of min(cap need, (x* - x) need) over
    those below it is the sum of min(cap passable, (x - x*) need) over those above. Both sides are paid in full there.

    Parameters
    ----------
    cap : share, 0 to 1.
    received, need : kg a year, shape (place, ...).
    passable : part of what was received that may be passed on, kg a year, same shape.
    """
    wants = need > 0.0
    weight = np.where(wants, need, 0.0)
    share = np.divide(received, need, out=np.zeros_like(received), where=wants)
    given = np.divide(passable, need, out=np.zeros_like(passable), where=wants)
    level = _level(share - cap * given, share + cap, weight, cap * (weight * given).sum(axis=0))
    gap = np.where(wants, level - share, 0.0)
    gap[np.abs(gap) <= EVEN] = 0.0
    gained = weight * np.clip(gap, 0.0, cap)
    passed = np.minimum(cap * passable, weight * np.maximum(-gap, 0.0))
    got, gave = gained.sum(axis=0), passed.sum(axis=0)
    moved = np.minimum(got, gave)
    ratio_in = np.divide(moved, got, out=np.zeros_like(got), where=got > 0.0)
    ratio_out = np.divide(moved, gave, out=np.zeros_like(gave), where=gave > 0.0)
    return Transit(gained * ratio_in, passed * ratio_out)


def _level(low: Floats, high: Floats, weight: Floats, given: Floats) -> Floats:
    """Root of sum weight clip(x - low, 0, high - low) = given, which is piecewise linear and rises; shape (...)."""
    edges = np.concatenate([low, high])
    order = np.argsort(edges, axis=0, kind="stable")
    edges = np.take_along_axis(edges, order, axis=0)
    slope = np.cumsum(np.take_along_axis(np.concatenate([weight, -weight]), order, axis=0), axis=0)[:-1]
    value = np.concatenate([np.zeros_like(edges[:1]), np.cumsum(slope * np.diff(edges, axis=0), axis=0)])
    segment = np.minimum((value < given).sum(axis=0), len(edges) - 1)[None]
    before = np.maximum(segment - 1, 0)
    start, base = (np.take_along_axis(values, before, axis=0)[0] for values in (edges, value))
    rise = np.take_along_axis(slope, np.minimum(before, len(slope) - 1), axis=0)[0]
    return start + np.divide(given - base, rise, out=np.zeros_like(given), where=rise > 0.0)
