"""Mutual best responses: tariffs from which no player gains by moving alone, with a certificate.

The first-order conditions of all players are solved together by Anderson acceleration (Walker and Ni 2011), one solve
and one adjoint a player at each step; rounds of best responses take over where that fails or where a fresh search
still finds a gain. No trade between the players is measured beside the answer: it is an equilibrium of two countries
alone, but with others to trade with a player may prefer to import again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, SolveError, declared_note
from detente.codes.given import Several, several, several_or_none
from detente.codes.kinds import checked
from detente.codes.names import Readable
from detente.economy.frame import Economy, Equilibrium, Floats, Shock
from detente.economy.newton import MEMORY, Anderson
from detente.economy.policies.policy import (
    CHANCE,
    HIGHEST,
    LOWEST,
    STARTS,
    Found,
    Search,
    at_bound,
    best_of,
    by_rate,
    closings,
    from_all,
    groups,
    many_rates,
    near_rate,
    one_rate,
    said_unsolved,
    scale_of,
    starting_points,
    taxed_at,
    weights_of,
)
from detente.economy.solver import gradient, solve

#: A tariff so high that no trade is left, share; at ten times as much nothing traded pins wages down any more.
DECOUPLED = 1e3

#: A point is an equilibrium when no player gains more than this by moving alone, share of its welfare.
GAIN = 1e-7

#: A step moves no log of one plus a rate further than this.
LONGEST = 0.1

#: Tolerance of searches from further starts, which are only to show where they lead.
MEETING = 1e-5

#: Points further apart than this (share, mean over rates weighted by trade x theta) are different.
APART = 1e-3


@dataclass(frozen=True, repr=False)
class NashCertificate(Readable):
    """What a search for mutual best responses ended with.

    Attributes
    ----------
    gain : largest gain in welfare a player found by moving alone, in fresh searches, share.
    rounds : steps on the joint first-order conditions, or rounds of best responses.
    converged : whether the last step moved no rate by more than the tolerance.
    apart : largest difference between the rates and the best responses that fresh searches reach from 5% and 30% (one
        rate: from a scan), mean over rates weighted by trade x theta, share.
    starts : rates from which the search settled, shares.
    evaluations : solves used by all of this.
    method : how the rates were found.
    unsolved : by player, the rate beyond which a fresh search that led there found no equilibrium, share.
    """

    gain: float
    rounds: int
    converged: bool
    apart: float = 0.0
    starts: tuple[float, ...] = ()
    evaluations: int = 0
    method: str = ""
    unsolved: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class NashPoint(Readable):
    """One point of a tariff game.

    Attributes
    ----------
    rates : rates by player, shares; `welfare` : change of welfare by player, share.
    gain : largest gain a player found by moving alone, share; not a number where that could not be searched.
    """

    rates: Mapping[str, Floats]
    welfare: Mapping[str, float]
    gain: float

    @property
    def holds(self) -> bool:
        """Whether nobody gains more than `GAIN` by moving alone."""
        return self.gain <= GAIN


@dataclass(frozen=True, repr=False)
class Nash(Readable):
    """Tariffs from which no player gains by moving alone.

    Attributes
    ----------
    players : codes, and `over` : along which axes the rates of one may differ.
    rates : rates of each on the others' goods, shares, shape (rates,); one where `over` is "uniform". The full table is
        `equilibrium.shock.tariff`.
    welfare : change of welfare (of what the shock's objective names) of each player, share.
    equilibrium : the solved economy under these rates.
    others : rates by player at every further point looked at; last comes no trade between the players.
    points : all points with welfare and gain, the answer first, then those of `others`; `holds` says whether a point
        is an equilibrium.
    """

    players: tuple[str, ...]
    over: str
    rates: Mapping[str, Floats]
    welfare: Mapping[str, float]
    equilibrium: Equilibrium = field(repr=False)
    certificate: NashCertificate
    others: tuple[Mapping[str, Floats], ...] = ()
    points: tuple[NashPoint, ...] = field(default=(), repr=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """How far the search went, caveats of the solve, and whether no trade between the players would hold."""
        return (*self._searched(), *self.equilibrium.notes, *(_about_no_trade(point) for point in self.points[-1:]))

    def _searched(self) -> tuple[str, ...]:
        size = max(own.size for own in self.rates.values())
        bound = {code: int((at_bound(np.log1p(own)) != 0).sum()) for code, own in self.rates.items()}
        marked = ", ".join(f"{code} {count}" for code, count in bound.items() if count)
        searched = "economy.sought_by_scan" if size == 1 else "economy.sought_from_starts"
        notes = [declared_note(searched, starts=len(STARTS) + CHANCE)]
        notes += [declared_note("economy.at_bound", counts=marked)] if marked else []
        return (
            *notes,
            *(note for code, rate in self.certificate.unsolved.items() for note in said_unsolved(rate, code)),
        )


def _about_no_trade(point: NashPoint) -> str:
    welfare = ", ".join(f"{player} {value:+.3%}" for player, value in point.welfare.items())
    if np.isnan(point.gain):
        return declared_note("economy.no_trade_unsolved")
    if point.holds:
        return declared_note("economy.no_trade_holds", welfare=welfare)
    return declared_note("economy.no_trade_fails", welfare=welfare, gain=point.gain)


@dataclass
class _Game:
    """Players, the cells each one sets and everything that stays; counts its solves."""

    economy: Economy
    players: tuple[str, ...]
    shock: Shock
    cells: tuple[NDArray[np.int64], ...]
    scales: tuple[Floats, ...]
    warm: Equilibrium | None = None
    solves: int = 0
    unsolved: dict[str, float] = field(default_factory=dict)

    def shock_at(self, logs: Sequence[Floats]) -> Shock:
        """The shock in which every player sets its rates."""
        shock = self.shock
        for group, own in zip(self.cells, logs, strict=True):
            shock = taxed_at(self.economy, shock, group, own)
        return shock

    def solve(self, logs: Sequence[Floats]) -> Equilibrium:
        """The equilibrium at the rates of all."""
        self.solves += 1
        self.warm = solve(self.economy, self.shock_at(logs), warm=self.warm, persist=False)
        return self.warm

    def payoff(self, equilibrium: Equilibrium, code: str) -> float:
        """What a player gets at an equilibrium, by the objective of the shock, share."""
        return float(equilibrium.payoff[self.economy.country(code)])

    def slopes(self, stacked: Floats) -> Floats:
        """Derivative of the welfare of each player in its own logs times scales, shape (all rates,)."""
        logs, slopes = self.apart(stacked), []
        equilibrium = self.solve(logs)
        for player, group, own, scale in zip(self.players, self.cells, logs, self.scales, strict=True):
            slopes.append(by_rate(group, gradient(equilibrium, player), own.size) * np.exp(own) / scale)
        return np.concatenate(slopes)

    def search(self, logs: Sequence[Floats], mover: int) -> Search:
        """The welfare of one player as a function of its own rates."""
        weights = weights_of(self.economy, self.players[mover])
        return Search(self.economy, self.shock_at(logs), weights, self.cells[mover], self.warm)

    def same(self, log: float) -> list[Floats]:
        """One rate for everybody."""
        return [np.full(scale.size, log) for scale in self.scales]

    def stacked(self, logs: Sequence[Floats]) -> Floats:
        """Logs of all players times their scales, shape (all rates,)."""
        return np.concatenate([own * scale for own, scale in zip(logs, self.scales, strict=True)])

    def split(self, values: Floats) -> list[Floats]:
        """Values of each player, from shape (all rates,)."""
        return np.split(values, np.cumsum([scale.size for scale in self.scales])[:-1])

    def apart(self, stacked: Floats) -> list[Floats]:
        """The inverse of `stacked`."""
        return [part / scale for part, scale in zip(self.split(stacked), self.scales, strict=True)]

    def move(self, new: Sequence[Floats], old: Sequence[Floats]) -> float:
        """Largest move of a rate in logs, weighted by the root of trade x theta under it over its mean."""
        return float(np.abs(self.stacked(new) - self.stacked(old)).max())

    def distance(self, point: Sequence[Floats], other: Sequence[Floats]) -> float:
        """Largest difference of a player's rates, mean weighted by trade x theta, share."""
        gaps = [np.abs(np.expm1(a) - np.expm1(b)) for a, b in zip(point, other, strict=True)]
        return max(float(np.average(gap, weights=scale**2)) for gap, scale in zip(gaps, self.scales, strict=True))

    def named(self, logs: Sequence[Floats]) -> dict[str, Floats]:
        """Rates by player, shares."""
        return dict(zip(self.players, (np.expm1(own) for own in logs), strict=True))


@dataclass(frozen=True)
class _Settled:
    """Where a search from one start ended."""

    logs: list[Floats]
    start: float
    rounds: int
    method: str


@np.errstate(all="ignore")
@checked
def nash(
    economy: Economy,
    players: Several,
    *,
    over: str = "uniform",
    shock: Shock | None = None,
    sectors: Several | None = None,
    starts: Sequence[float] = STARTS,
    tol: float = 1e-8,
    most: int = 60,
) -> Nash:
    """Rates of each player on the others' goods, each the best answer to the rest; rates replace the baseline.

    The certificate holds the largest gain that a fresh search finds for a player who moves alone; `points` holds every
    equilibrium found from the starts, and no trade between the players, each with welfare and gain.

    Parameters
    ----------
    over : "uniform" (one rate each), "partner", "sector" or "partner x sector".
    shock : tariffs of everybody else and the options of the closure.
    sectors : goods that are taxed; by default all goods, services only if named.
    starts : rates the searches begin from, shares.
    tol : largest move of log(1 + rate) in the last step; with several rates weighted by the root of trade x theta and
        at least 1e-6.

    Raises
    ------
    InputError : fewer than two players. SolveError : the rates do not settle from any start.
    """
    codes, sectors = several(players, "players"), several_or_none(sectors, "sectors")
    if len(set(codes)) < 2:
        raise InputError("nash", "a game needs at least two players", "name two countries")
    cells = tuple(groups(economy, code, over, [other for other in codes if other != code], sectors) for code in codes)
    scales = tuple(scale_of(economy, group) for group in cells)
    game = _Game(economy, codes, shock or Shock(), cells, scales)
    enough = tol if all(scale.size == 1 for scale in scales) else max(tol, 1e-6)
    settled: list[_Settled] = []
    for start in starts:
        point = _settle(game, start, max(enough, MEETING) if settled else enough, most)
        settled += [point] if point is not None else []
    if not settled:
        raise SolveError(f"nash: rates of {', '.join(codes)} still move after {most} rounds. Try other starts.")
    return _report(game, over, settled, enough, most)


def _settle(game: _Game, start: float, tol: float, most: int) -> _Settled | None:
    """The joint conditions from one start, best responses where they fail; None if neither settles."""
    return _together(game, start, tol, most) or _rounds(game, start, tol, most)


def _report(game: _Game, over: str, settled: Sequence[_Settled], tol: float, most: int) -> Nash:
    first, gain, apart = _proved(game, settled[0], tol, most)
    unsolved = {code: rate for code, rate in game.unsolved.items() if not np.isnan(rate)}
    points = [_point(game, first.logs, gain)]
    for other, more in _further(game, first, settled[1:], tol, most):
        points.append(_point(game, other.logs, more))
    equilibrium = solve(game.economy, game.shock_at(first.logs))
    points.append(_no_trade(game, first.logs))
    starts = tuple(reached.start for reached in settled)
    certificate = NashCertificate(gain, first.rounds, True, apart, starts, game.solves, first.method, unsolved)
    rates, welfare = points[0].rates, points[0].welfare
    others = tuple(point.rates for point in points[1:])
    return Nash(game.players, over, rates, welfare, equilibrium, certificate, others, tuple(points))


def _further(
    game: _Game, first: _Settled, settled: Sequence[_Settled], tol: float, most: int
) -> list[tuple[_Settled, float]]:
    """Points other than the first that further starts led to, to the same tolerance, each with its gain."""
    known, further = [first.logs], []
    for point in settled:
        if min(game.distance(point.logs, logs) for logs in known) <= APART:
            continue
        exact, gain, _ = _proved(game, _settle(game, point.start, tol, most) or point, tol, most)
        if min(game.distance(exact.logs, logs) for logs in known) > APART:
            known.append(exact.logs)
            further.append((exact, gain))
    return further


def _point(game: _Game, logs: Sequence[Floats], gain: float) -> NashPoint:
    equilibrium = game.solve(logs)
    welfare = {code: game.payoff(equilibrium, code) for code in game.players}
    return NashPoint(game.named(logs), welfare, gain)


def _proved(game: _Game, point: _Settled, tol: float, most: int) -> tuple[_Settled, float, float]:
    """A point, its gain and its distance from fresh best responses; found anew by rounds where a player still gains."""
    gain, apart = _largest_gain(game, point.logs)
    if gain <= GAIN or point.method == ROUNDS:
        return point, gain, apart
    again = _rounds(game, point.start, tol, most)
    return point if again is None else again, *_largest_gain(game, point.logs if again is None else again.logs)


def _no_trade(game: _Game, near: Sequence[Floats]) -> NashPoint:
    """No trade between the players: welfare, and what one gains who goes back to the rates of the answer, or more."""
    logs = game.same(np.log1p(DECOUPLED))
    game.warm = None
    try:
        equilibrium = game.solve(logs)
        welfare = [game.payoff(equilibrium, code) for code in game.players]
        # What each player gains that alone sets its rates of `near`.
        alone = [[*logs[:mover], near[mover], *logs[mover + 1 :]] for mover in range(len(logs))]
        moved = [game.payoff(game.solve(mixed), code) for mixed, code in zip(alone, game.players, strict=True)]
        gain = max(after - before for after, before in zip(moved, welfare, strict=True))
        if gain <= GAIN:
            gain = max(gain, _largest_gain(game, logs)[0])
    except SolveError:
        return NashPoint(game.named(logs), dict.fromkeys(game.players, np.nan), np.nan)
    return _point(game, logs, gain)


TOGETHER, ROUNDS = "joint first-order conditions", "rounds of best responses"


def _together(game: _Game, start: float, tol: float, most: int) -> _Settled | None:
    """All first-order conditions at once from one start; None if that leaves the bounds or does not settle."""
    game.warm = None
    try:
        return _climb(game, start, tol, most)
    except SolveError:
        return None


def _climb(game: _Game, start: float, tol: float, most: int) -> _Settled | None:
    old = game.stacked(game.same(np.log1p(start)))
    slope = game.slopes(old)
    parts = [own / max(float(np.abs(own).max()), 1e-300) for own in game.split(slope)]
    point = old + (0.02 * np.concatenate(parts))
    bend = _bends(game, point - old, later := game.slopes(point), slope)
    before, step, history = slope / bend, later / bend, Anderson(1, point.size, min(MEMORY, point.size))
    for count in range(2, most + 1):
        if np.abs(step).max() <= tol:
            return _Settled(game.apart(point), start, count, TOGETHER)
        history.remember((point - old)[None], (step - before)[None])
        old, before = point, step
        point = point + _shortened(game, history.next(step[None])[0])
        if not _inside(game, point):
            return None
        step = game.slopes(point) / bend
    return None


def _bends(game: _Game, step: Floats, new: Floats, old: Floats) -> Floats:
    """How fast the slopes of each player fall along a step, shape (all rates,), above zero."""
    bends = []
    for moved, fallen, size in zip(game.split(step), game.split(old - new), game.split(old), strict=True):
        bend = float(fallen @ moved) / max(float(moved @ moved), 1e-300)
        bends.append(np.full(moved.size, max(bend, float(np.abs(size).max()) / LONGEST, 1e-12)))
    return np.concatenate(bends)


def _shortened(game: _Game, step: Floats) -> Floats:
    """A step cut so that its largest move in logs is `LONGEST`."""
    largest = max(float(np.abs(own).max()) for own in game.apart(step))
    return step * min(1.0, LONGEST / max(largest, 1e-300))


def _inside(game: _Game, point: Floats) -> bool:
    logs = np.concatenate(game.apart(point))
    return bool(np.isfinite(logs).all() and logs.min() > np.log1p(LOWEST) and logs.max() < np.log1p(HIGHEST))


def _rounds(game: _Game, start: float, tol: float, most: int) -> _Settled | None:
    """Best responses in turn from one start, the first round by scan, later ones from the last answer."""
    logs, enough = game.same(np.log1p(start)), tol if max(own.size for own in game.scales) == 1 else max(tol, 1e-5)
    for count in range(1, most + 1):
        old = list(logs)
        for mover in range(len(logs)):
            search = game.search(logs, mover)
            if logs[mover].size > 1:
                best = many_rates(search, logs[mover], game.scales[mover])
                logs[mover] = closings(search, *best, game.scales[mover])[1]
            else:
                logs[mover] = one_rate(search)[1] if count == 1 else _near(search, float(logs[mover][0]))
            game.solves += search.solves
        if game.move(logs, old) <= enough:
            return _Settled(logs, start, count, ROUNDS)
    return None


def _near(search: Search, log: float) -> Floats:
    """Best rate near a good guess, by a scan where there is none."""
    best = near_rate(search, log, float(np.log1p(LOWEST)), float(np.log1p(HIGHEST)), 1e-11)
    return one_rate(search)[1] if best is None else np.array([best])


def _largest_gain(game: _Game, logs: Sequence[Floats]) -> tuple[float, float]:
    """Largest gain of a player who moves alone, and how far its best rates are from the ones it has."""
    gains, gaps = [], []
    for mover, own in enumerate(logs):
        search = game.search(logs, mover)
        now, _ = search.solve(own)
        for value, best in _fresh(search, game.scales[mover], (now, own)):
            gains.append(value - now)
            gaps.append(game.distance([best if i == mover else old for i, old in enumerate(logs)], logs))
        game.solves += search.solves
        game.unsolved[game.players[mover]] = search.unsolved
    return float(max(gains)), max(gaps)


def _fresh(search: Search, scale: Floats, known: Found) -> list[Found]:
    """Best responses by searches from afar, which end where they meet the answer: value and logs of each."""
    if scale.size == 1:
        return [one_rate(search, tol=1e-6)]
    answers = from_all(search, starting_points(scale.size, STARTS, CHANCE, 0), scale, [known])
    best = best_of([known, *answers], scale)
    return [*answers, closings(search, *best, scale)]
