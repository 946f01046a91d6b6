"""Linking enforcement: whether a breach on one track is answered on that track alone or on all of them.

Pooling helps where one track has slack and another lacks it, and hurts where tracks are substitutes for a government
(Spagnolo 1999; Limao 2005): its sign is found, not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detente.codes import InputError
from detente.talks.space import Floats, Negotiation, OutcomeSpace, Threat
from detente.talks.stability import Truce, truce


@dataclass(frozen=True)
class Enforcement:
    """Truces of each track by itself and of all together.

    Attributes
    ----------
    apart : by track, the truce in which only that track is broken and only that track is punished.
    pooled : the truce in which all may be broken and all is punished.
    effect : for each party, slack pooled less the sum of slacks apart, USD billion, shape (parties,).
    """

    apart: dict[str, Truce]
    pooled: Truce
    effect: Floats

    @property
    def helps(self) -> bool:
        """Whether the deal holds pooled and does not hold track by track."""
        return self.pooled.holds and not all(alone.holds for alone in self.apart.values())

    @property
    def hurts(self) -> bool:
        """Whether the deal holds track by track and does not hold pooled."""
        return not self.pooled.holds and all(alone.holds for alone in self.apart.values())


def enforcement(negotiation: Negotiation, deal: Floats, punishment: Threat, lag: float | None = None) -> Enforcement:
    """Slack of a deal with its tracks enforced one by one and together.

    Parameters
    ----------
    deal : shape (issues,); `punishment` : a threat with an outcome, whose levels punish track by track.
    lag : weeks until a breach is answered, by default the negotiation's.

    Raises
    ------
    InputError : the punishment is a mix without an outcome.
    """
    if punishment.outcome is None:
        raise InputError(f"enforcement by {punishment.name}", "it has no outcome", "name a threat with levels")
    deal = np.asarray(deal, dtype=np.float64)
    apart = {
        track: _one(negotiation, track, deal, punishment, punishment.outcome, lag)
        for track in negotiation.space.tracks
        if _breakable(negotiation.space, track)
    }
    whole = replace(punishment, value=negotiation.value(punishment.outcome))
    pooled = truce(negotiation, deal, whole, lag)
    sums = np.sum([[side.slack for side in alone.sides] for alone in apart.values()], axis=0)
    return Enforcement(apart, pooled, np.array([side.slack for side in pooled.sides]) - sums)


def _breakable(space: OutcomeSpace, track: str) -> bool:
    return any(issue.track == track and issue.kind in ("duty", "control") for issue in space.issues)


def _one(
    negotiation: Negotiation, track: str, deal: Floats, punishment: Threat, levels: Floats, lag: float | None
) -> Truce:
    """The truce of one track: other issues cannot be moved and stay at the deal."""
    space = negotiation.space
    on = np.array([issue.track == track for issue in space.issues])
    issues = tuple(issue if issue.track == track else replace(issue, kind="other") for issue in space.issues)
    point = np.where(on, levels, deal)
    value = negotiation.value(point)
    only = replace(negotiation, space=replace(space, issues=issues))
    return truce(only, deal, replace(punishment, value=value, outcome=point), lag)
