"""Will the truce hold: what each side gains by breaking it, against what the answer costs it.

Grim trigger with an answer after L periods and discount factor d a period. Keeping the deal is worth more than breaking
it when d^L is at least d* = (V_dev - V_deal) / (V_dev - V_punishment) (Dixit 1987; Bagwell and Staiger 2002). The best
deviation is one that hurts the partner: own duties or controls above the deal. A side whose best move is to cut its own
duty does not cheat, it gives a present, and is reported apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, declared_note
from detente.codes.portrait import Readable
from detente.talks.frontier import Survey, nondominated
from detente.talks.responses import combined_response
from detente.talks.solutions import NOTHING
from detente.talks.space import Bools, Floats, Negotiation, OutcomeSpace, Threat, factors, least

KINDS = ("duty", "control")
"""Kinds of issues with which a truce is broken."""


@dataclass(frozen=True)
class TruceSide:
    """The truce as one side sees it.

    Attributes
    ----------
    party : code; `deal`, `deviation`, `punishment` : payoffs, USD billion a year.
    broken : outcome of the best deviation that hurts the partner, shape (issues,); the deal where none gains.
    least : d*, smallest value of d^L that holds this side; 0 where breaking gains nothing, NaN where the punishment is
        none; `patience` : its d^L.
    slack : present value of keeping less breaking, USD billion.
    margin : fall in the deal's payoff that turns the slack negative, USD billion a year.
    present : what it would gain by cutting its own duties or controls below the deal, USD billion a year.
    """

    party: str
    deal: float
    deviation: float
    punishment: float
    broken: Floats = field(repr=False)
    least: float
    patience: float
    slack: float
    margin: float
    present: float

    @property
    def punished(self) -> bool:
        """Whether the punishment is worse than the deal."""
        return self.punishment < self.deal

    @property
    def holds(self) -> bool:
        """Whether this side keeps the deal: breaking it gains nothing, or what follows costs more than it gains."""
        return self.deviation <= self.deal or (self.punished and self.slack >= -1e-9 * max(1.0, abs(self.deal)))

    @property
    def why(self) -> str:
        """Why it keeps the deal or does not, in words."""
        gain = self.deviation - self.deal
        if gain <= 0.0:
            return declared_note("bargain.breaking_nothing")
        if not self.punished:
            return declared_note("bargain.breaking_unpunished", gain=gain)
        return declared_note("bargain.breaking_punished", gain=gain, cost=self.deal - self.punishment)


@dataclass(frozen=True, repr=False)
class Truce(Readable):
    """A truce under one punishment.

    Attributes
    ----------
    punishment : name; `sides` : in the order of the parties.
    binding : party with the least room between d^L and d*, "" where nobody would break it.
    credible : whether some side would carry the punishment out rather than return to the deal.
    notes : what must be said beside the numbers.
    """

    punishment: str
    sides: tuple[TruceSide, ...]
    binding: str
    credible: bool
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether all sides keep the deal."""
        return all(side.holds for side in self.sides)


@dataclass(frozen=True)
class UnilateralMoves:
    """What one party can do alone from a deal; none of it hangs on the punishment.

    Attributes
    ----------
    broken : outcome of its best deviation that hurts the partner, shape (issues,).
    deviation, given : its payoffs there, and at its best cut, USD billion a year.
    """

    broken: Floats
    deviation: float
    given: float


def moves_from(negotiation: Negotiation, deal: Floats) -> tuple[UnilateralMoves, ...]:
    """Best deviations and best cuts of every party from a deal."""
    deal = np.asarray(deal, dtype=np.float64)
    value = negotiation.value(deal)
    moves = []
    for party in negotiation.parties:
        broken, best = _moved(negotiation, party, deal, value, towards_worst=True)
        _, given = _moved(negotiation, party, deal, value, towards_worst=False)
        moves.append(UnilateralMoves(broken, best, given))
    return tuple(moves)


def truce(
    negotiation: Negotiation,
    deal: Floats,
    punishment: Threat,
    lag: float | None = None,
    moves: Sequence[UnilateralMoves] | None = None,
) -> Truce:
    """Whether a deal holds by itself under one punishment.

    Parameters
    ----------
    deal : shape (issues,).
    lag : weeks until a breach is answered, by default the negotiation's.
    moves : of each party, where known from `moves_from`.

    Raises
    ------
    InputError : a lag that is not positive.
    """
    lag = negotiation.lag if lag is None else lag
    if lag <= 0.0:
        raise InputError("lag", f"{lag} weeks", "give weeks above 0")
    patience, week = factors(negotiation, lag), factors(negotiation, 1.0)
    deal = np.asarray(deal, dtype=np.float64)
    value = negotiation.value(deal)
    moves = moves_from(negotiation, deal) if moves is None else moves
    sides = tuple(
        _side(party, moves[i], value[i], punishment.value[i], float(patience[i]), float(week[i]))
        for i, party in enumerate(negotiation.parties)
    )
    tempted = [side for side in sides if side.least > 0.0]
    binding = min(tempted, key=lambda side: side.patience - side.least).party if tempted else ""
    credible = punishment.credible and not all(side.punished for side in sides)
    return Truce(punishment.name, sides, binding, credible, _notes(sides, punishment, credible))


def _side(
    party: str, moves: UnilateralMoves, value: float, punishment: float, patience: float, week: float
) -> TruceSide:
    at_deal, deviation, answer = float(value), moves.deviation, float(punishment)
    least = deterrence(at_deal, deviation, answer)
    # Present values of weekly flows: unanswered for the lag, punished from then on.
    keep = at_deal / 52.0 / (1.0 - week)
    breach = ((1.0 - patience) * deviation + patience * answer) / 52.0 / (1.0 - week)
    slack = keep - breach
    margin = slack * 52.0 * (1.0 - week)
    present = max(moves.given - at_deal, 0.0)
    return TruceSide(party, at_deal, deviation, answer, moves.broken, least, patience, slack, margin, present)


def deterrence(deal: float, deviation: float, punishment: float) -> float:
    """d*: the smallest d^L with which a side keeps the deal.

    0 where breaking gains nothing, NaN where it gains and the punishment is no worse than the deal.
    """
    if deviation <= deal:
        return 0.0
    return float("nan") if punishment >= deal else (deviation - deal) / (deviation - punishment)


def _moved(
    negotiation: Negotiation, party: str, deal: Floats, value: Floats, *, towards_worst: bool
) -> tuple[Floats, float]:
    """The party's best outcome with its duties and controls only on one side of the deal; the deal if none gains."""
    me = negotiation.space.party(party)
    space = _trimmed(negotiation.space, party, deal, towards_worst)
    own = [k for k in space.own(party, KINDS) if space.issues[k] is not negotiation.space.issues[k]]
    if not own:
        return deal, float(value[me])
    moved = combined_response(space, negotiation.payoffs, party, deal, own)
    after = negotiation.value(moved)
    gains = after[me] > value[me] + 1e-12 * max(1.0, abs(float(value[me])))
    hurts = bool((np.delete(after - value, me) < 0.0).any())
    return (moved, float(after[me])) if gains and (hurts or not towards_worst) else (deal, float(value[me]))


def _trimmed(space: OutcomeSpace, party: str, deal: Floats, towards_worst: bool) -> OutcomeSpace:
    """The space with the party's duties and controls cut to one side of the deal, where there is anything on it."""
    issues = list(space.issues)
    for k in space.own(party, KINDS):
        issue = space.issues[k]
        up = (float(cast(float, issue.worst)) >= deal[k]) == towards_worst
        side = issue.levels[issue.levels > deal[k] + 1e-12] if up else issue.levels[issue.levels < deal[k] - 1e-12]
        if side.size:
            levels = np.union1d(side, [deal[k]])
            issues[k] = replace(issue, levels=levels, default=levels[0], worst=levels[-1])
    return replace(space, issues=tuple(issues), named={})


def _notes(sides: Sequence[TruceSide], punishment: Threat, credible: bool) -> tuple[str, ...]:
    answer = punishment.label
    notes = [
        declared_note("bargain.no_punishment", threat=answer, party=side.party) for side in sides if not side.punished
    ]
    if not credible:
        notes.append(declared_note("bargain.not_credible", threat=answer))
    notes += [
        declared_note("bargain.cuts_alone", party=side.party, gain=side.present) for side in sides if side.present > 0.1
    ]
    return tuple(notes)


def self_enforcing(survey: Survey, punishment: Floats, patience: Floats) -> tuple[Bools, Floats]:
    """Outcomes of the full grid that all sides keep, and those with the lowest duties among them.

    Parameters
    ----------
    survey : of the set without constraints, all issues moving.
    punishment : payoffs, USD billion a year, shape (parties,).
    patience : d^L of each side, shape (parties,).

    Returns
    -------
    mask, shape (outcomes,), and outcomes than which no other has all duties as low, shape (lowest, issues).

    Raises
    ------
    InputError : the survey leaves outcomes of the grid out.
    """
    space = survey.negotiation.space
    gain = survey.V - (1.0 - patience) * survey.deviations - patience * punishment
    # A side that breaking gains nothing keeps the deal whatever would follow.
    gain = np.where(survey.deviations - survey.V <= NOTHING * survey.size, 0.0, gain)
    mask = least(gain) >= -NOTHING * survey.size
    duties = [k for k, issue in enumerate(space.issues) if issue.kind == "duty"]
    if not mask.any() or not duties or survey.shape is None:
        return mask, survey.X[mask]
    others = tuple(k for k in range(len(space.issues)) if k not in duties)
    table = mask.reshape(survey.shape)
    levels = np.argwhere(table.any(axis=others)).astype(np.float64)
    lowest = levels[nondominated(-levels)] if len(duties) > 1 else levels[:1]
    return mask, np.stack([_first_with(survey, table, duties, row.astype(np.int64)) for row in lowest])


def _first_with(survey: Survey, table: Bools, duties: list[int], levels: NDArray[np.int64]) -> Floats:
    """The first outcome of a table that has these levels of the duties, shape (issues,)."""
    cells: list[Any] = [slice(None)] * table.ndim
    for k, level in zip(duties, levels, strict=True):
        cells[k] = slice(level, level + 1)
    part = table[tuple(cells)]
    place = np.array(np.unravel_index(int(np.argmax(part)), part.shape))
    place[duties] += levels
    return np.array([issue.levels[i] for issue, i in zip(survey.negotiation.space.issues, place, strict=True)])
