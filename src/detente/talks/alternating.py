"""Alternating offers: who proposes, who waits, and what breakdown and outside options do to the split.

Rubinstein (1982) on a frontier. A side that refuses gets its inside payoff until the next round, then what it proposes
itself; talks may break down between rounds, and an outside option may be taken instead. As rounds grow short the
outcome tends to the asymmetric Nash solution over the inside payoffs with powers in proportion to one over the rates
(Binmore, Rubinstein and Wolinsky 1986).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from detente.codes import InputError, SolveError
from detente.talks.frontier import Curve
from detente.talks.space import Floats

NODES = 100_001
"""Points at which a frontier is tabled, so that its inverse is a look-up."""

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
    rounds : rounds of backward induction used; `binding` : parties (0, 1) whose outside option sets the terms.
    """

    first: Floats
    second: Floats
    rounds: int
    binding: tuple[int, ...]


@dataclass(frozen=True)
class _Table:
    """A frontier as two look-ups."""

    u1: Floats
    u2: Floats

    def second(self, first: float) -> float:
        return float(np.interp(first, self.u1, self.u2))

    def first(self, second: float) -> float:
        return float(np.interp(second, self.u2[::-1], self.u1[::-1]))


def alternating_offers(
    frontier: Curve | tuple[Callable[[Floats], Floats], float, float],
    factors: tuple[float, float],
    inside: Floats | tuple[float, float] = (0.0, 0.0),
    *,
    rounds: int = 100_000,
    breakdown: float = 0.0,
    after_breakdown: Floats | tuple[float, float] | None = None,
    outside: Floats | tuple[float, float] | None = None,
) -> Offers:
    """Backward induction on a frontier of two parties, from the last round to the first.

    Parameters
    ----------
    frontier : a curve, or the second payoff as a falling function of the first with the ends of the first.
    factors : discount factors a round, in (0, 1).
    inside : payoffs while talks go on, USD billion a year, shape (2,).
    rounds : offers after the first, at most; the induction stops when offers no longer move.
    breakdown : probability a round that talks end, with the payoffs `after_breakdown` (by default the inside ones).
    outside : payoffs that a side may take instead of waiting, None for no such option.

    Raises
    ------
    InputError : factors or probabilities that cannot be, or no point that both prefer to the inside payoffs.
    SolveError : the offers still move after the rounds allowed, which is reported only for 100,000 rounds or more.
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
    return _inducted(table, delta * (1.0 - breakdown), stay, out, low, rounds)


def _inducted(table: _Table, weight: Floats, stay: Floats, out: Floats, low: Floats, rounds: int) -> Offers:
    """Offers x (by 1) and y (by 2) backward from a last round after which the inside payoffs go on."""
    size = float(table.u1[-1] - table.u1[0])
    wait, move, done = np.maximum(low, out), np.inf, 0
    x1, y1 = _offers(table, wait)
    while done < rounds and move > SETTLED * size:
        wait = np.maximum(stay + weight * np.array([x1, table.second(y1)]), out)
        new = _offers(table, wait)
        move, (x1, y1), done = max(abs(new[0] - x1), abs(new[1] - y1)), new, done + 1
        if done % 50 == 0 and rounds >= 100_000:
            x1, y1 = _jumped(table, weight, stay, out, x1, y1)
    if move > 1e-9 * size and rounds >= 100_000:
        raise SolveError(f"alternating offers: after {done} rounds offers still move by {move:.1e}; shorten the talks.")
    binding = tuple(i for i in (0, 1) if np.isfinite(out[i]) and wait[i] <= out[i] + 1e-12 * size)
    first, second = np.array([x1, table.second(x1)]), np.array([y1, table.second(y1)])
    return Offers(first, second, done, binding)


def _offers(table: _Table, wait: Floats) -> tuple[float, float]:
    """First payoffs of what each side proposes when refusal is worth `wait` to the other."""
    return table.first(wait[1]), min(max(wait[0], float(table.u1[0])), float(table.u1[-1]))


def _jumped(table: _Table, weight: Floats, stay: Floats, out: Floats, x1: float, y1: float) -> tuple[float, float]:
    """Stationary offers by a root in one variable; the induction then confirms that they no longer move."""
    from scipy.optimize import brentq

    def waits(first: float) -> float:
        return max(float(stay[0] + weight[0] * first), float(out[0]))

    def gap(first: float) -> float:
        reply = max(float(stay[1] + weight[1] * table.second(waits(first))), float(out[1]))
        return table.first(reply) - first

    low, high = float(table.u1[0]), float(table.u1[-1])
    if gap(low) * gap(high) >= 0.0:
        return x1, y1
    first = cast(float, brentq(gap, low, high, xtol=1e-15))
    return first, min(waits(first), high)


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
