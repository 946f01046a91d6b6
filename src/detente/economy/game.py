"""Mutual best responses: tariffs from which no player gains by moving alone, with a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError
from detente.economy.frame import Economy, Equilibrium, Floats, Shock, baseline_tariff
from detente.economy.policy import STARTS, Search, groups, many_rates, one_rate, scale_of, weights_of
from detente.economy.solver import solve

DECOUPLED = 1e4
"""A tariff so high that no trade is left, share."""


@dataclass(frozen=True)
class NashCertificate:
    """What a search for mutual best responses ended with.

    Attributes
    ----------
    gain : largest gain in welfare a player found by moving alone, in a fresh search, share.
    rounds : rounds of best responses.
    converged : whether the last round moved no rate by more than the tolerance.
    """

    gain: float
    rounds: int
    converged: bool


@dataclass(frozen=True)
class Nash:
    """Tariffs from which no player gains by moving alone.

    Attributes
    ----------
    players : codes, and `over` : along which axes the rates of one may differ.
    rates : rates of each on the others' goods, shares, shape (rates,); one where `over` is "uniform". The full table is
        `equilibrium.shock.tariff`.
    welfare : change of welfare of each player, share.
    equilibrium : the solved economy under these rates.
    others : further fixed points found, as rates by player; no trade between the players is always one.
    """

    players: tuple[str, ...]
    over: str
    rates: Mapping[str, Floats]
    welfare: Mapping[str, float]
    equilibrium: Equilibrium = field(repr=False)
    certificate: NashCertificate
    others: tuple[Mapping[str, Floats], ...] = ()


@dataclass(frozen=True)
class _Game:
    """Players, the cells each one sets and everything that stays."""

    economy: Economy
    players: tuple[str, ...]
    shock: Shock
    cells: tuple[NDArray[np.int64], ...]

    def shock_at(self, logs: Sequence[Floats]) -> Shock:
        """The shock in which every player sets its rates."""
        held = self.shock.tariff
        tariff = baseline_tariff(self.economy) if held is None else held
        for group, own in zip(self.cells, logs, strict=True):
            tariff = np.where(group >= 0, np.expm1(np.concatenate([own, [0.0]]))[group], tariff)
        return self.shock.with_tariff(tariff)

    def search(self, logs: Sequence[Floats], mover: int) -> Search:
        """The welfare of one player as a function of its own rates."""
        weights = weights_of(self.economy, self.players[mover])
        return Search(self.economy, self.shock_at(logs), weights, self.cells[mover])

    def same(self, log: float) -> list[Floats]:
        """One rate for everybody."""
        return [np.full(int(group.max()) + 1, log) for group in self.cells]


def nash(
    economy: Economy,
    players: Sequence[str],
    *,
    over: str = "uniform",
    shock: Shock | None = None,
    sectors: Sequence[str] | None = None,
    starts: Sequence[float] = (0.0, 0.5),
    tol: float = 1e-8,
    most: int = 60,
) -> Nash:
    """Rates of each player on the others' goods, each the best answer to the rest; rates replace the baseline.

    Best responses are found by a scan and a root of the exact derivative (one rate), or by L-BFGS from where the last
    round ended. Rounds run from several starts. The certificate holds the largest gain that a fresh search finds for a
    player who moves alone.

    Parameters
    ----------
    over : "uniform" (one rate each), "partner", "sector" or "partner x sector".
    shock : tariffs of everybody else and the options of the closure.
    sectors : goods that are taxed; by default all.
    starts : rates the rounds begin from, shares.
    tol : largest move of log(1 + rate) in the last round; with several rates weighted by the root of trade and at
        least 1e-5.

    Raises
    ------
    InputError : fewer than two players. SolveError : the rounds do not settle from any start.
    """
    if len(set(players)) < 2:
        raise InputError("nash", "a game needs at least two players", "name two countries")
    codes = tuple(players)
    cells = tuple(groups(economy, code, over, [other for other in codes if other != code], sectors) for code in codes)
    game = _Game(economy, codes, shock or Shock(), cells)
    points = [_rounds(game, start, tol, most) for start in starts]
    settled = [(logs, rounds) for logs, rounds, done in points if done]
    if not settled:
        raise SolveError(f"nash: rates of {', '.join(codes)} still move after {most} rounds. Try other starts.")
    return _report(game, over, settled)


def _report(game: _Game, over: str, settled: Sequence[tuple[list[Floats], int]]) -> Nash:
    logs, rounds = settled[0]
    distinct = [logs]
    for other, _ in settled[1:]:
        if min(_move(game, other, known) for known in distinct) > 1e-3:
            distinct.append(other)
    distinct.append(game.same(np.log1p(DECOUPLED)))
    found = solve(game.economy, game.shock_at(logs))
    certificate = NashCertificate(_largest_gain(game, logs), rounds, True)
    welfare = {code: found.change("welfare", code) for code in game.players}
    rates = [dict(zip(game.players, (np.expm1(own) for own in point), strict=True)) for point in distinct]
    return Nash(game.players, over, rates[0], welfare, found, certificate, tuple(rates[1:]))


def _move(game: _Game, new: Sequence[Floats], old: Sequence[Floats]) -> float:
    """Largest move of a rate in logs, weighted by the root of the trade under it over its mean."""
    scales = [scale_of(game.economy, group) for group in game.cells]
    return max(float((w * np.abs(a - b)).max()) for w, a, b in zip(scales, new, old, strict=True))


def _rounds(game: _Game, start: float, tol: float, most: int) -> tuple[list[Floats], int, bool]:
    """Best responses in turn from one start, the first round by scan, later ones from the last answer."""
    logs = game.same(np.log1p(start))
    enough = tol if all(own.size == 1 for own in logs) else max(tol, 1e-5)
    for count in range(1, most + 1):
        old = list(logs)
        for mover in range(len(logs)):
            search = game.search(logs, mover)
            if logs[mover].size > 1:
                logs[mover] = many_rates(search, logs[mover], scale_of(game.economy, game.cells[mover]))[1]
            else:
                logs[mover] = one_rate(search)[1] if count == 1 else _near(search, float(logs[mover][0]))
        if _move(game, logs, old) <= enough:
            return logs, count, True
    return logs, most, False


def _near(search: Search, log: float, width: float = 0.02) -> Floats:
    """Best rate near a good guess, by secant steps on the derivative; by a scan where those leave."""

    def derivative(at: float) -> float:
        return float(search.slope(np.array([at]))[1][0])

    a, fa = log, derivative(log)
    b = a + (width if fa > 0 else -width) * min(1.0, 1e3 * abs(fa) + 1e-3)
    for _ in range(12):
        fb = derivative(b)
        if abs(fb) < 1e-13 or fb == fa:
            return np.array([b])
        step = -fb * (b - a) / (fb - fa)
        if abs(step) > 0.5:
            break
        a, fa, b = b, fb, b + step
        if abs(step) < 1e-11:
            return np.array([b])
    return one_rate(search)[1]


def _largest_gain(game: _Game, logs: Sequence[Floats]) -> float:
    """Largest gain of a player who moves alone, by a fresh search for each, share of its welfare."""
    gains = []
    for mover, own in enumerate(logs):
        search = game.search(logs, mover)
        now, _ = search.solve(own)
        gains.append(_best(game, search, mover, own.size) - now)
    return float(max(gains))


def _best(game: _Game, search: Search, mover: int, size: int) -> float:
    if size == 1:
        return one_rate(search)[0]
    scale = scale_of(game.economy, game.cells[mover])
    return max(many_rates(search, np.full(size, np.log1p(start)), scale)[0] for start in STARTS)
