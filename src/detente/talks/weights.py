"""Weights of a government from what it did alone: the inverse optimum.

On a day when a party chose its duty by itself, no small change of it pays: in the direction of what the duty covered

    dEV + mu dREV + omega dVA = 0.

That is a line in (mu, omega), not a point. Moves that answered the other side and terms that both signed say nothing
about one government's weights and are not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.codes import declared_note
from detente.economy.frame import Floats
from detente.talks.payoff import PayoffWeights
from detente.talks.world import FIRST_PARTS, TalksWorld

STEP = 0.002
"""Step of the central differences, share (0.2 points)."""

FLAT = 1e-6
"""A slope below this is none, USD bn a year a point."""


@dataclass(frozen=True)
class DutyChoice:
    """A duty that a party set alone.

    Attributes
    ----------
    name, date, party : of the choice.
    world : base law of the day, and duties; `levels` : their levels that day, shape (duty,), shares.
    points : that one more share of the instrument adds to the party's tariffs, shape (country, sector).
    """

    name: str
    date: str
    party: str
    world: TalksWorld = field(repr=False)
    levels: Floats = field(repr=False)
    points: Floats = field(repr=False)


@dataclass(frozen=True)
class Line:
    """The weights with which a choice is a best one.

    Attributes
    ----------
    name, date, party, horizon : of the choice.
    income, revenue, added : derivatives of EV, REV and VA of the group, USD bn a year a point.
    """

    name: str
    date: str
    party: str
    horizon: str
    income: float
    revenue: float
    added: float

    def omega(self, mu: float = 0.0) -> float | None:
        """Weight of value added given mu; None where no weight of zero or more explains the choice."""
        pull = self.income + mu * self.revenue
        if abs(self.added) < FLAT:
            return None
        weight = -pull / self.added
        return weight if weight >= 0.0 else None

    @property
    def mu_alone(self) -> float | None:
        """Weight of revenue that explains the choice alone; None where none does."""
        if abs(self.revenue) < FLAT:
            return None
        weight = -self.income / self.revenue
        return weight if weight >= 0.0 else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What cannot be said of the choice."""
        words = []
        if self.omega() is None:
            words.append(declared_note("bargain.no_added_weight", day=self.date, party=self.party))
        if self.mu_alone is None and self.revenue < 0:
            words.append(declared_note("bargain.less_revenue", day=self.date, party=self.party))
        elif self.mu_alone is None:
            words.append(declared_note("bargain.income_rises", day=self.date, party=self.party))
        return tuple(words)


def line_of(choice: DutyChoice, group: Floats, horizon: str = "long run", step: float = STEP) -> Line:
    """The line of a choice by exact central differences.

    Parameters
    ----------
    group : one for sectors whose value added counts, shape (sector,).
    """
    up, down = (_moved(choice, sign * step) for sign in (1.0, -1.0))
    slope = (up - down) / (200.0 * step)
    income, revenue = slope[0], slope[1]
    added = slope[len(FIRST_PARTS) :] @ group
    return Line(choice.name, choice.date, choice.party, horizon, float(income), float(revenue), float(added))


def _moved(choice: DutyChoice, share: float) -> Floats:
    """Parts of the party when its duty moves in the direction of the choice, shape (part,)."""
    world, place = choice.world, choice.world.parties.index(choice.party)
    n = len(world.economy.countries)
    extra = np.zeros((n, n, len(world.economy.sectors)))
    extra[list(world.members[place])] = share * choice.points
    return world.parts_at(choice.levels, extra.reshape(world.base.shape))[place]


def weight_sets(
    lines: Sequence[Line], group: Floats, mu: float = 0.0
) -> tuple[dict[str, PayoffWeights], tuple[str, ...]]:
    """The set `welfare` and one named set for each line, with sentences for those that are not defined.

    Parameters
    ----------
    group : sectors whose value added counts, shape (sector,).
    mu : weight of revenue at which each line is read.
    """
    sets: dict[str, PayoffWeights] = {"welfare": PayoffWeights("welfare")}
    sentences: list[str] = []
    for line in lines:
        omega = line.omega(mu)
        sentences += line.sentences
        if omega is not None:
            sets[line.name] = PayoffWeights(line.name, mu=mu, omega=omega * group)
    return sets, tuple(sentences)
