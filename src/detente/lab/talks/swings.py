"""What would change an advice: inputs by how far they move the gain, and the value at which the advice turns.

An advice turns where the side no longer gains by the package, where it would no longer sign at even odds (or would,
where it does not), or where the package on the levels of the grid has another level of some issue. The two inputs that
move the gain most are told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.data.caserows import CaseParameter
from detente.lab.talks.advice import ODDS, Swing
from detente.lab.talks.case import WELFARE
from detente.lab.talks.talk import Talk
from detente.talks.frontier import Survey
from detente.talks.joint import JointDeal
from detente.talks.payoff import SurfacePayoffs
from detente.talks.space import Floats, Threat, least

WEIGHTS = "weights"
SHOWN = 2
VALUES, STEPS = 17, 10
"""Values of an input that are tried from end to end, and halvings between two of them."""

NOTHING = 0.05
"""Span of a gain below which an input is not told, USD bn a year."""

MOVED, HALF = 0.099, 0.5
"""Change of a duty that turns an advice, share; of other issues, share of what is on the table."""


@dataclass(frozen=True)
class MovedPayoffs:
    """Payoffs at a value of an input: on the grid, of the package, of the threat, and at even odds."""

    grid: Floats
    deal: Floats
    base: Floats
    odds: Floats


Value = Callable[[float], MovedPayoffs]


@dataclass(frozen=True)
class OpenInput:
    """An input with what payoffs are at its values."""

    name: str
    unit: str
    central: float
    low: float
    high: float
    log: bool
    payoffs: Value

    def values(self) -> Floats:
        """Values from end to end, the central one among them."""
        ends = np.geomspace(self.low, self.high, VALUES) if self.log else np.linspace(self.low, self.high, VALUES)
        return np.union1d(ends, [self.central])


def swings_of(talk: Talk, party: str, grid: Survey, base: Threat, odds: Threat, best: JointDeal) -> tuple[Swing, ...]:
    """The two inputs that move the gain of a side most, with where the advice turns.

    Parameters
    ----------
    grid : outcomes allowed under the headline; `base` : threat over which gains are; `best` : the package.
    odds : the threat at which a side decides to sign.
    """
    me = talk.parties.index(party)
    levers = [*_parameters(talk, grid, base, odds, best), *_weights(talk, grid, base, odds, best)]
    spans = [(lever, _span(lever, me)) for lever in levers]
    widest = sorted((pair for pair in spans if pair[1] > NOTHING), key=lambda pair: -pair[1])[:SHOWN]
    return tuple(_swing(talk, lever, effect, grid, me) for lever, effect in widest)


def _span(lever: OpenInput, me: int) -> float:
    gains = [moved.deal[me] - moved.base[me] for moved in map(lever.payoffs, (lever.low, lever.central, lever.high))]
    return float(max(gains) - min(gains))


# --- payoffs at values of an input -----------------------------------------------------------------------------------


def _parameters(talk: Talk, grid: Survey, base: Threat, odds: Threat, best: JointDeal) -> list[OpenInput]:
    """Parameters; those that move neither terms of the payoffs nor levels of the threat move nothing here."""
    case, payoffs = talk.case, grid.negotiation.payoffs
    rows = {row.kind: row for row in reversed(case.file.threats)}
    row = next((row for row in case.file.threats if row.name == base.name), rows.get("status-quo"))
    past = rows.get("past-law") if odds.name == ODDS else None
    laws = [each for each in (row, past) if each is not None]
    if row is None or not isinstance(payoffs, SurfacePayoffs) or not all(each.outcome for each in laws):
        return []
    open_ = [name for name in case.file.parameters if name not in {**case.inputs, **case.materials}]
    outcomes = [each.outcome for each in laws]
    return [
        _lever(name, case.file.parameters[name], _at_parameter(talk, grid, payoffs, name, outcomes, base, odds, best))
        for name in open_
    ]


def _at_parameter(
    talk: Talk, grid: Survey, payoffs: SurfacePayoffs, name: str, outcomes: Sequence[str], base: Threat, odds: Threat,
    best: JointDeal,
) -> Value:  # fmt: skip
    """Payoffs at values of a parameter: what lies beside trade is reckoned anew."""
    case, months = talk.case, talk.headline.horizon.months
    points = [best.outcome, *(case.outcome(outcome) for outcome in outcomes)]
    beside, fixed = payoffs.beside_trade(grid.X), payoffs.beside_trade(np.stack(points))

    def moved_at(value: float) -> MovedPayoffs:
        other = replace(case, inputs={**case.inputs, name: value})
        moved = replace(payoffs, terms=other.terms(months))
        there = np.stack([best.outcome, *(other.outcome(outcome) for outcome in outcomes)])
        shift = moved.beside_trade(there) - fixed
        even = odds.value + (0.5 * (shift[1] + shift[2]) if len(outcomes) > 1 else shift[1])
        low = even if base.name == odds.name else base.value + shift[1]
        return MovedPayoffs(grid.V + moved.beside_trade(grid.X) - beside, best.payoffs + shift[0], low, even)

    return moved_at


def _lever(name: str, parameter: CaseParameter, payoffs: Value) -> OpenInput:
    low, high = parameter.ends
    return OpenInput(name, parameter.unit, parameter.central, low, high, parameter.spread == "log-uniform", payoffs)


def _weights(talk: Talk, grid: Survey, base: Threat, odds: Threat, best: JointDeal) -> list[OpenInput]:
    """The weight on value added, from none to what it is."""
    setting = talk.headline
    if setting.weights == WELFARE or WELFARE not in talk.weights:
        return []
    omega = max(float(np.max(own.omega, initial=0.0)) for own in talk.case.weights(setting.weights).values())
    if omega <= 0.0:
        return []
    plain = talk.whole(replace(setting, weights=WELFARE))
    day, past = plain.of_kind("status-quo"), plain.of_kind("past-law")
    even = 0.5 * (day.value + past.value) if odds.name == ODDS and day and past else plain.threat(odds.name).value
    low = even if base.name == odds.name else plain.threat(base.name).value
    zero = MovedPayoffs(plain.payoffs.value(grid.X), plain.payoffs.value(best.outcome[None])[0], low, even)
    full = MovedPayoffs(grid.V, best.payoffs, base.value, odds.value)

    def moved_at(value: float) -> MovedPayoffs:
        share = value / omega
        pairs = ((getattr(zero, name), getattr(full, name)) for name in ("grid", "deal", "base", "odds"))
        return MovedPayoffs(*(first + share * (last - first) for first, last in pairs))

    return [OpenInput(WEIGHTS, "", omega, 0.0, omega, False, moved_at)]


# --- where the advice turns ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turned:
    """Where an advice turns: the value, on which side of it, how, and the issue with its level."""

    at: float
    beyond: str
    what: str
    issue: int = -1
    level: float = 0.0


def _swing(talk: Talk, lever: OpenInput, effect: float, grid: Survey, me: int) -> Swing:
    head = Swing(lever.name, lever.unit, effect, lever.central, lever.low, lever.high)
    start = _package(lever.payoffs(lever.central), grid)
    values = lever.values().tolist()
    here = values.index(lever.central)
    ways = (("below", values[: here + 1][::-1]), ("above", values[here:]))
    turns = [turn for beyond, way in ways if (turn := _first(talk, lever, grid, me, start, way, beyond)) is not None]
    if not turns:
        return head
    # The nearer of the two, as places between the ends.
    turn = min(turns, key=lambda each: abs(float(np.interp(each.at, values, range(len(values)))) - here))
    head = replace(head, at=turn.at, beyond=turn.beyond, what=turn.what)
    if turn.what != MOVES or start is None:
        return head
    before, names = float(grid.X[start][turn.issue]), talk.case.outcome_space.names
    return replace(head, issue=names[turn.issue], before=before, level=turn.level)


LOSES, REFUSES, SIGNS, MOVES = "loses", "refuses", "signs", "moves"


def _first(
    talk: Talk, lever: OpenInput, grid: Survey, me: int, start: int | None, way: Sequence[float], beyond: str
) -> Turned | None:
    """The first value along a way from the central one at which the advice turns."""
    centre = lever.payoffs(lever.central)
    signed = bool(centre.deal[me] > centre.odds[me])

    def turned(value: float) -> Turned | None:
        moved = lever.payoffs(value)
        if moved.deal[me] <= moved.base[me]:
            return Turned(value, beyond, LOSES)
        if bool(moved.deal[me] > moved.odds[me]) != signed:
            return Turned(value, beyond, REFUSES if signed else SIGNS)
        return _difference(talk, grid, start, _package(moved, grid), value, beyond)

    good = way[0]
    for value in way[1:]:
        turn = turned(value)
        if turn is None:
            good = value
            continue
        for _ in range(STEPS):
            middle = 0.5 * (good + turn.at)
            between = turned(middle)
            good, turn = (middle, turn) if between is None else (good, between)
        return turn
    return None


def _package(moved: MovedPayoffs, grid: Survey) -> int | None:
    """Row of the grid with the largest product of gains; None where none gains for all."""
    gains = moved.grid - moved.base
    good = least(gains) > 0.0
    if not good.any():
        return None
    return int(np.argmax(np.where(good, np.log(np.maximum(gains, 1e-300)).sum(axis=1), -np.inf)))


def _difference(
    talk: Talk, grid: Survey, start: int | None, now: int | None, value: float, beyond: str
) -> Turned | None:
    """The issue that moves most between two packages of the grid; None where none moves enough."""
    if start is None or now is None:
        return None if start is now else Turned(value, beyond, LOSES)
    space = talk.case.outcome_space
    widths = [MOVED if issue.unit == "share" else HALF * (issue.high - issue.low) for issue in space.issues]
    moves = np.abs(grid.X[now] - grid.X[start]) / np.array(widths)
    most = int(np.argmax(moves))
    return Turned(value, beyond, MOVES, most, float(grid.X[now][most])) if moves[most] >= 1.0 else None
