"""How the other side answers an offer, by strategy.

It accepts what gives it at least as much as its own next proposal; otherwise it proposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.codes import declared_note
from detente.lab.talks.talk import Setting, Talk
from detente.talks import CONCEPTS, Threat, solve_concept
from detente.talks.continuous import maximise, weighted_sum
from detente.talks.frontier import Survey
from detente.talks.solutions import nash_on_curve
from detente.talks.space import Floats

TOUGH, SPLIT = "tough", "split"
STRATEGIES: Mapping[str, str] = {
    "nash": "talks.plays_nash",
    "asymmetric nash": "talks.plays_asymmetric",
    "kalai-smorodinsky": "talks.plays_proportion",
    "egalitarian": "talks.plays_equal",
    "utilitarian": "talks.plays_sum",
    TOUGH: "talks.plays_tough",
    SPLIT: "talks.plays_split",
}
"""How the other side proposes, by the key of the note that says it."""


def strategies() -> dict[str, str]:
    """How the other side proposes, in words."""
    return {name: declared_note(key) for name, key in STRATEGIES.items()}


CLOSE = 0.05
"""An offer within this of its own proposal is as good to the other side, USD bn a year."""


@dataclass(frozen=True)
class Answerer:
    """The side that answers the offers of the other.

    Attributes
    ----------
    talk : the case; `setting` : weights and horizon.
    side : its index among the parties; `strategy` : how it proposes.
    rounds : offers made before.
    """

    talk: Talk
    setting: Setting
    side: int
    strategy: str
    rounds: int

    @property
    def threat(self) -> Threat:
        """What happens if talks fail, for the proposals: the first threat."""
        return self.talk.negotiation(self.setting).threat(self.talk.threats[0])

    def reply(self, offer: Floats) -> tuple[bool, Floats | None]:
        """Whether the side accepts an outcome, and what it proposes; None where no deal gains for both."""
        me, value = self.side, self.talk.negotiation(self.setting).value
        proposal, least = self.proposal(), float(self.threat.value[self.side])
        if proposal is not None:
            least = max(least, float(value(proposal)[me]) - CLOSE)
        return bool(value(offer)[me] >= least), proposal

    def proposal(self) -> Floats | None:
        """What the side proposes in this round, shape (issues,)."""
        grid = self.talk.survey(self.setting, self.talk.sets[-1])
        if self.strategy in CONCEPTS:
            solution = solve_concept(grid, self.threat, self.strategy)
            return None if solution is None else solution.outcome
        nash = solve_concept(grid, self.threat, "nash")
        if nash is None:
            return None
        tough = self._toughest(grid, nash.outcome)
        if self.strategy == TOUGH or grid.curve.point:
            return tough
        return self._between(grid, tough, self.rounds, nash.outcome)

    def _toughest(self, grid: Survey, start: Floats) -> Floats:
        me = self.side
        floor = np.where(np.arange(2) == me, -np.inf, self.threat.value)
        keep = grid.V[:, 1 - me] >= self.threat.value[1 - me]
        starts = grid.best(grid.V[:, me], keep) or [start]
        return maximise(grid.problem(floor), weighted_sum(np.eye(2)[me]), starts, TOUGH, spare=[start]).outcome

    def _between(self, grid: Survey, tough: Floats, step: int, nash: Floats) -> Floats:
        """The point of the traced frontier where the first side's payoff is half way nearer to the Nash package."""
        negotiation = self.talk.negotiation(self.setting)
        end = nash_on_curve(grid.curve, self.threat.value)
        start = negotiation.value(tough)
        if end is None or step == 0:
            return tough if step == 0 else nash
        return grid.curve.outcome(float(end[0] + (start[0] - end[0]) * 0.5**step))
