"""Alternating offers: who proposes, who waits, and what breakdown and outside options do to the split.

Rubinstein (1982) on a frontier. A side that refuses gets its inside payoff until the next round, then what it proposes
itself; talks may break down between rounds, and an outside option may be taken instead. As rounds grow short the
outcome tends to the asymmetric Nash solution over the inside payoffs with powers in proportion to one over the rates
(Binmore, Rubinstein and Wolinsky 1986), of a local one where the frontier bends inwards (Binmore 1987).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from detente.codes import InputError
from detente.talks.frontier import Curve
from detente.talks.space import Floats

NODES = 100_001
"""Points at which a frontier is tabled, so that its inverse is a look-up."""

LONG = 100_000
"""Rounds from which on talks count as without a last round."""

SETTLED = 1e-13
"""Move of the offers (share of the pie) at which they are stationary."""


def proposer_share(first: float, second: float) -> float:
    """Share of a unit pie of the side that proposes first, (1 - d2) / (1 - d1 d2), of discount factors a round.

    Raises
    ------
    InputError : a discount factor outside (0, 1).
    """
    for factor in (first, second):
        if not 0.0 < factor < 1.0:
            raise InputError("discount factor", f"{factor} is not between 0 and 1", "use exp(-rate x length)")
    return (1.0 - second) / (1.0 - first * second)


@dataclass(frozen=True)
class Offers:
    """The first offer of each side, accepted at once.

    Attributes
    ----------
    first, second : payoffs when the first (second) party proposes, USD billion a year, shape (2,).
    binding : parties (0, 1) whose outside option sets the terms.
    stationary : pairs of stationary offers, more than one only where the frontier bends inwards; 0 for finite talks.
    """

    first: Floats
    second: Floats
    binding: tuple[int, ...]
    stationary: int


@dataclass(frozen=True)
class _Table:
    """A frontier as two look-ups."""

    u1: Floats
    u2: Floats

    def second(self, first: Floats) -> Floats:
        """Second payoff of the point with this first payoff, any shape."""
        return np.asarray(np.interp(first, self.u1, self.u2))

    def first(self, second: Floats) -> Floats:
        """First payoff of the point with this second payoff, any shape."""
        return np.asarray(np.interp(second, self.u2[::-1], self.u1[::-1]))


def alternating_offers(
    frontier: Curve | tuple[Callable[[Floats], Floats], float, float],
    factors: tuple[float, float],
    inside: Floats | tuple[float, float] = (0.0, 0.0),
    *,
    rounds: int = LONG,
    breakdown: float = 0.0,
    after_breakdown: Floats | tuple[float, float] | None = None,
    outside: Floats | tuple[float, float] | None = None,
) -> Offers:
    """Offers on a frontier of two parties: by backward induction from a last round, or stationary without one.

    Where the frontier bends inwards several offers may be stationary: the pair with the largest asymmetric Nash
    product over the inside payoffs is returned, to which offers tend as rounds grow short (Binmore 1987).

    Parameters
    ----------
    frontier : a curve, or the second payoff as a falling function of the first with the ends of the first.
    factors : discount factors a round, in (0, 1).
    inside : payoffs while talks go on, USD billion a year, shape (2,).
    rounds : offers after the first, at most; from `LONG` on talks have no last round.
    breakdown : probability a round that talks end, with the payoffs `after_breakdown` (by default the inside ones).
    outside : payoffs that a side may take instead of waiting, None for no such option.

    Raises
    ------
    InputError : factors or probabilities that cannot be, or no point that both prefer to the inside payoffs.
    """
    proposer_share(*factors)
    if not 0.0 <= breakdown < 1.0:
        raise InputError("breakdown", f"{breakdown} is no probability below 1", "give a share a round")
    table, low = _table(frontier), np.asarray(inside, dtype=np.float64)
    last = low if after_breakdown is None else np.asarray(after_breakdown, dtype=np.float64)
    if table.second(max(low[0], table.u1[0])) < low[1] or table.u1[-1] < low[0]:
        raise InputError("alternating offers", "no point of the frontier beats the inside payoffs", "no deal is struck")
    delta = np.asarray(factors)
    stay = (1.0 - delta) * low + delta * breakdown * last
    out = np.full(2, -np.inf) if outside is None else np.asarray(outside, dtype=np.float64)
    waiting = _Waiting(table, delta * (1.0 - breakdown), stay, out)
    if rounds < LONG:
        return _inducted(waiting, low, rounds)
    power = limit_power((-float(np.log(delta[0])), -float(np.log(delta[1]))))
    return _stationary(waiting, low, power)


@dataclass(frozen=True)
class _Waiting:
    """What each side gets by refusing, on a frontier: `stay` and `weight` times its own next offer, or `out`."""

    table: _Table
    weight: Floats
    stay: Floats
    out: Floats

    def worth(self, side: int, next_offer: Floats) -> Floats:
        """Payoff of a side that refuses and then proposes what gives it `next_offer`, any shape."""
        return np.maximum(self.stay[side] + self.weight[side] * next_offer, self.out[side])

    def second_offer(self, first: Floats) -> Floats:
        """First payoff of what side 2 proposes when side 1 would propose `first` next, any shape."""
        return np.clip(self.worth(0, first), self.table.u1[0], self.table.u1[-1])

    def first_offer(self, second: Floats) -> Floats:
        """First payoff of what side 1 proposes when side 2 would propose `second` next, any shape."""
        return self.table.first(self.worth(1, self.table.second(second)))

    def offers(self, x1: float, y1: float, stationary: int) -> Offers:
        """The offers x (by 1) and y (by 2) with what binds."""
        size = float(self.table.u1[-1] - self.table.u1[0])
        worth = self.worth(0, np.array(x1)), self.worth(1, self.table.second(np.array(y1)))
        binding = tuple(i for i in (0, 1) if np.isfinite(self.out[i]) and worth[i] <= self.out[i] + 1e-12 * size)
        first, second = (np.array([u1, self.table.second(np.array(u1))]) for u1 in (x1, y1))
        return Offers(first, second, binding, stationary)


def _inducted(waiting: _Waiting, low: Floats, rounds: int) -> Offers:
    """Offers backward from a last round after which the inside payoffs go on."""
    table = waiting.table
    size, move, done = float(table.u1[-1] - table.u1[0]), np.inf, 0
    x1 = float(table.first(np.maximum(low, waiting.out)[1]))
    y1 = float(np.clip(np.maximum(low, waiting.out)[0], table.u1[0], table.u1[-1]))
    while done < rounds and move > SETTLED * size:
        new = float(waiting.first_offer(np.array(y1))), float(waiting.second_offer(np.array(x1)))
        move, (x1, y1), done = max(abs(new[0] - x1), abs(new[1] - y1)), new, done + 1
    return waiting.offers(x1, y1, 0)


def _stationary(waiting: _Waiting, low: Floats, power: tuple[float, float]) -> Offers:
    """Offers that reproduce themselves; there always are some, as replies rise with offers and stay on the frontier."""
    from scipy.optimize import brentq

    table = waiting.table

    def gap(first: Floats) -> Floats:
        return waiting.first_offer(waiting.second_offer(first)) - first

    gaps = gap(table.u1)
    cells = np.flatnonzero(gaps[:-1] * gaps[1:] < 0.0)
    between = [cast(float, brentq(gap, table.u1[cell], table.u1[cell + 1], xtol=1e-15)) for cell in cells]
    firsts = np.array([*table.u1[gaps == 0.0], *between])
    gains = np.maximum(np.stack([firsts, table.second(firsts)]) - low[:, np.newaxis], 0.0)
    x1 = float(firsts[int(np.argmax(gains[0] ** power[0] * gains[1] ** power[1]))])
    return waiting.offers(x1, float(waiting.second_offer(np.array(x1))), len(firsts))


def _table(frontier: Curve | tuple[Callable[[Floats], Floats], float, float]) -> _Table:
    if isinstance(frontier, Curve):
        points = frontier.dense(NODES // 10)
        return _Table(points[:, 0], points[:, 1])
    function, low, high = frontier
    u1 = np.linspace(low, high, NODES)
    return _Table(u1, np.asarray(cast(Any, function)(u1), dtype=np.float64))


def limit_power(rates: tuple[float, float]) -> tuple[float, float]:
    """Powers of the asymmetric Nash solution to which offers tend as rounds grow short, from discount rates."""
    first, second = 1.0 / rates[0], 1.0 / rates[1]
    return first / (first + second), second / (first + second)
