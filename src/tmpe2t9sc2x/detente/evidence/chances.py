"""Chances of what comes of a threat at its deadline: stated rules, each from what was known the day before.

`record` is the rule that is used: shares of the outcomes of earlier episodes, pulled to those of all by class (who is
involved, how much notice there was). All others know less and stand beside it. No rule sees the threat's own episode,
an outcome of its day or later, or which threats a later one was to join.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.evidence.threats import APART, GRACE, OUTCOMES, WHO, Ints, Marks, RecordedThreat, joined, links

Floats = NDArray[np.float64]

PRIOR = 2.0
"""Episodes that the even forecast counts for in the shares of all."""

SHRINK = 5.0
"""Episodes that the shares of all count for in those of a class."""

SHORT = 7
"""Days of notice up to which it is short."""

SURE = 0.7
"""What the rules that always name one outcome give it."""

LATEST = 0.5
"""What the rule of the latest outcome gives it."""


VIEWS = ("then", "whole", "hindsight")
"""What a forecast sees: episodes as they were known the day before; the same outcomes, but episodes as large as they
became; every other episode, later ones as well."""


@dataclass(frozen=True)
class Sight:
    """What is seen of the record for one forecast, each of shape (threats,).

    Attributes
    ----------
    seen : threats whose outcome counts; weight : one over the threats of the episode, so that each counts once.
    """

    seen: Marks
    weight: Floats


@dataclass(frozen=True)
class ThreatRecord:
    """Threats with outcomes as arrays, each of shape (threats,).

    Attributes
    ----------
    outcome : place in `OUTCOMES`; announced, deadline : ordinals of days.
    who : place in `WHO`; short : whether notice was short; rank : place among the ids.
    linked : which hang together at once, shape (threats, threats).
    """

    outcome: Ints
    announced: Ints
    deadline: Ints
    who: Ints
    short: Marks
    rank: Ints
    linked: Marks

    @cached_property
    def episode(self) -> Ints:
        """Number of the episode, as the record ended up."""
        return joined(self.linked)

    @cached_property
    def _sights(self) -> dict[str, tuple[Sight, ...]]:
        return {}

    def sights(self, view: str = VIEWS[0]) -> tuple[Sight, ...]:
        """What the forecast of each threat sees, made once for all rules; see `sight`."""
        if view not in self._sights:
            self._sights[view] = tuple(self.sight(k, view) for k in range(self.outcome.size))
        return self._sights[view]

    def sight(self, k: int, view: str = VIEWS[0]) -> Sight:
        """What a forecast of one threat sees, without its own episode.

        Parameters
        ----------
        view : one of `VIEWS`.
        """
        episode, seen = self.episode, np.ones(self.outcome.size, dtype=bool)
        if view != "hindsight":
            seen = self.deadline < self.deadline[k] - 1
        if view == "then":
            known = seen | (self.announced < self.deadline[k])
            known[k] = True
            episode = np.full(self.outcome.size, -1)
            episode[known] = joined(self.linked[np.ix_(known, known)])
        seen &= episode != episode[k]
        return Sight(seen, _weights(episode, seen if view == "then" else np.ones_like(seen)))

    def ahead(self, k: int, known: Marks) -> Sight:
        """What a forecast of a threat that still runs sees: the outcomes that are known, without its own episode."""
        seen = known & (self.episode != self.episode[k])
        return Sight(seen, _weights(self.episode, seen))

    def shares(self, sight: Sight, alike: Marks | bool, prior: Floats, count: float) -> Floats:
        """Shares of the outcomes that are seen and alike, pulled to others that count as so many episodes, (4,)."""
        weight = np.where(sight.seen & alike, sight.weight, 0.0)
        return (np.bincount(self.outcome, weight, len(OUTCOMES)) + count * prior) / (weight.sum() + count)


def _weights(episode: Ints, which: Marks) -> Floats:
    """One over how many of some threats an episode has, shape (threats,); 0 of the others."""
    weight = np.zeros(episode.size)
    _, place, size = np.unique(episode[which], return_inverse=True, return_counts=True)
    weight[which] = 1.0 / size[place]
    return weight


def record_of(threats: Sequence[RecordedThreat], grace: int = GRACE, apart: int = APART) -> ThreatRecord:
    """Threats with deadline and outcome as arrays.

    Parameters
    ----------
    grace, apart : see `RecordedThreat.outcome` and `links`.
    """
    return ThreatRecord(
        outcome=np.array([OUTCOMES.index(each.outcome(grace)) for each in threats]),
        announced=np.array([each.announced.toordinal() for each in threats]),
        deadline=np.array([each.deadline.toordinal() for each in threats if each.deadline is not None]),
        who=np.array([WHO.index(each.who) for each in threats]),
        short=np.array([each.notice <= SHORT for each in threats]),
        rank=np.argsort(np.argsort([each.id for each in threats])),
        linked=links(threats, apart),
    )


Rule = Callable[[ThreatRecord, int, Sight], Floats]
"""Chances of the four outcomes of one threat, from what is seen."""

EVEN = np.full(len(OUTCOMES), 1.0 / len(OUTCOMES))


def even(record: ThreatRecord, k: int, sight: Sight) -> Floats:
    """The same chance for each outcome."""
    return EVEN


def pooled(record: ThreatRecord, k: int, sight: Sight) -> Floats:
    """Shares of every earlier episode."""
    return record.shares(sight, True, EVEN, PRIOR)


def by_who(record: ThreatRecord, k: int, sight: Sight) -> Floats:
    """Shares of the earlier episodes with the same sides, pulled to those of all."""
    return record.shares(sight, record.who == record.who[k], pooled(record, k, sight), SHRINK)


def stated(record: ThreatRecord, k: int, sight: Sight) -> Floats:
    """The rule that is used: shares by sides and notice, pulled to those of all."""
    alike = (record.who == record.who[k]) & (record.short == record.short[k])
    return record.shares(sight, alike, pooled(record, k, sight), SHRINK)


def latest(record: ThreatRecord, k: int, sight: Sight) -> Floats:
    """Half on the latest outcome, the other half on all alike; of one day the last by id."""
    if not sight.seen.any():
        return EVEN
    order = np.lexsort((record.rank, record.deadline))
    last = order[sight.seen[order]][-1]
    return (1.0 - LATEST) * EVEN + LATEST * (np.arange(len(OUTCOMES)) == record.outcome[last])


def always(name: str) -> Rule:
    """The rule that gives one outcome `SURE` and the rest alike."""
    place = OUTCOMES.index(name)
    chances = np.where(np.arange(len(OUTCOMES)) == place, SURE, (1.0 - SURE) / (len(OUTCOMES) - 1))
    return lambda record, k, sight: chances


RULES: Mapping[str, Rule] = {
    "record": stated,
    "even": even,
    "pooled": pooled,
    "who": by_who,
    "latest": latest,
    "imposed": always("imposed"),
    "postponed": always("postponed"),
}
"""Rules by name; the first is the one that is used."""


def chances(record: ThreatRecord, rule: Rule, view: str = VIEWS[0]) -> Floats:
    """Forecasts of every threat by a rule, shape (threats, outcomes).

    Parameters
    ----------
    view : what each forecast sees, one of `VIEWS`.
    """
    return np.array([rule(record, k, sight) for k, sight in enumerate(record.sights(view))])
