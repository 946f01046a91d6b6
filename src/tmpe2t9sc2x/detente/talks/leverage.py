"""Four measures of leverage, never added up: exposure, marginal power, patience and threat value.

They answer different questions and need not agree: who loses more if talks fail, whose alternative moves the deal, whom
a week costs more, and what harm a side can do at what price (Clayton, Maggiori and Schreger 2024 for joint threats).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from detente.codes.portrait import Readable
from detente.talks.frontier import Curve
from detente.talks.solutions import Solution, nash_on_curve
from detente.talks.space import Floats, Negotiation, Threat

STEP = 1e-3
"""Step of the threat value in finite differences, share of the length of the frontier."""


@dataclass(frozen=True)
class ThreatValue:
    """What one party can do to another from a deal.

    Attributes
    ----------
    party : who threatens; `issues` : with what; `outcome` : the action, as an outcome, shape (issues,).
    loss : of the other side, USD billion a year; `cost` : to oneself; `value` : loss less cost.
    """

    party: str
    issues: tuple[str, ...]
    outcome: Floats
    loss: float
    cost: float

    @property
    def value(self) -> float:
        """Loss of the other side less what it costs oneself, USD billion a year."""
        return self.loss - self.cost


@dataclass(frozen=True, repr=False)
class Leverage(Readable):
    """The four measures against one threat, for two parties.

    Attributes
    ----------
    threat, deal : names.
    exposure : loss of each party if talks fail, USD billion a year, shape (2,); `ratio` : the other's over one's own.
    power : derivative of the predicted payoffs in the threat values: [i, j] is d payoff_i / d threat_j, shape (2, 2);
        NaN where nothing is predicted; `corner` : whether it is zero because the predicted deal is a corner.
    patience : cost of a week's delay to each party over the other's, shape (2,); NaN if unknown.
    actions : for each party the best single action on each issue, then the best joint one.
    """

    threat: str
    deal: str
    parties: tuple[str, ...]
    exposure: Floats
    power: Floats
    corner: bool
    patience: Floats
    actions: tuple[ThreatValue, ...]

    @property
    def ratio(self) -> Floats:
        """The other side's exposure over one's own, NaN where one's own is not positive, shape (2,)."""
        own = np.where(self.exposure > 0.0, self.exposure, np.nan)
        return self.exposure[::-1] / own


def leverage(
    negotiation: Negotiation,
    curve: Curve,
    threat: Threat,
    deal: Floats,
    *,
    name: str = "deal",
    predicted: Solution | None = None,
    week: Floats | None = None,
    actions: Sequence[ThreatValue] | None = None,
) -> Leverage:
    """The four measures of two parties.

    Parameters
    ----------
    deal : reference deal, shape (issues,).
    predicted : the deal whose payoffs move, by default the Nash package on the curve.
    week : cost of a week of no deal, USD billion, shape (2,).
    actions : best threats from the deal, where known from `all_threats`; they do not hang on the threat point.
    """
    V = negotiation.value(deal)
    power = marginal_power(curve, threat.value)
    at_end = curve.point or bool(np.allclose(power, 0.0, atol=1e-6, equal_nan=False))
    corner = at_end or (predicted is not None and bool(predicted.corners) and bool(np.abs(power).max() < 1e-3))
    cost = np.full(2, np.nan) if week is None else np.asarray(week, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        patience = cost / cost[::-1]
    known = all_threats(negotiation, deal) if actions is None else tuple(actions)
    return Leverage(threat.name, name, negotiation.parties, V - threat.value, power, corner, patience, known)


def all_threats(negotiation: Negotiation, deal: Floats) -> tuple[ThreatValue, ...]:
    """The best threats of every party from a deal, as `threat_values`."""
    return tuple(action for party in negotiation.parties for action in threat_values(negotiation, party, deal))


def marginal_power(curve: Curve, threat: Floats, power: tuple[float, float] = (0.5, 0.5)) -> Floats:
    """Derivatives d payoff_i / d threat_j of the Nash package on a frontier by central differences, shape (2, 2)."""
    if curve.point:
        return np.zeros((2, 2))
    step = STEP * float(np.ptp(curve.payoffs[:, 0]))
    slopes = np.full((2, 2), np.nan)
    for j in (0, 1):
        ends = [nash_on_curve(curve, threat + sign * step * np.eye(2)[j], power) for sign in (1.0, -1.0)]
        if ends[0] is not None and ends[1] is not None:
            slopes[:, j] = (ends[0] - ends[1]) / (2.0 * step)
    return slopes


def threat_values(negotiation: Negotiation, party: str, deal: Floats) -> tuple[ThreatValue, ...]:
    """The best threat on each issue a party sets, then the best joint one, with duties and controls alike."""
    own = negotiation.space.own(party, ("duty", "control", "action", "other"))
    single = [_best_action(negotiation, party, [k], deal) for k in own]
    return (*single, _best_action(negotiation, party, list(own), deal)) if len(own) > 1 else tuple(single)


def _best_action(negotiation: Negotiation, party: str, issues: Sequence[int], deal: Floats) -> ThreatValue:
    space = negotiation.space
    me = space.party(party)
    combos = np.array(list(product(*(np.append(space.issues[k].levels, deal[k]) for k in issues))))
    X = np.tile(np.asarray(deal, dtype=np.float64), (len(combos), 1))
    X[:, list(issues)] = combos
    fall = negotiation.value(deal) - negotiation.payoffs.value(X)
    loss = np.delete(fall, me, axis=1).sum(axis=1)
    best = int(np.argmax(loss - fall[:, me]))
    names = tuple(space.names[k] for k in issues)
    return ThreatValue(party, names, X[best], float(loss[best]), float(fall[best, me]))
