"""Chances of what comes of a threat at its deadline: stated rules, each from what was known the day before.

`record` is the rule that is used: shares of the outcomes of earlier episodes, pulled to those of all by class (who is
involved, how much notice there was). All others know less and stand beside it. No rule sees the threat's own episode,
an outcome of its day or later, or which threats a later one was to join.

Chances at a deadline, tilted by what a model says of the case: `model-1`, stated before it was scored.

Three numbers a threat, from the case as known: z1 room (what both could share), z2 asymmetry (what a week costs one
side over the other), z3 credibility (what carrying it out is worth to who threatens). Room and asymmetry move a deal,
credibility moves the threat carried out. Slopes are zero or more under half-normal priors, at their posterior mode over
earlier episodes, each of which counts once. Where nothing is known the rule is the record's own.

Skill of chances beside a rule that knows less: Brier and log scores by episode, with an interval over episodes.

Proper scores: Gneiting and Raftery (2007). Means are over episodes, each of which counts once; intervals are 5 and 95%
of draws of whole episodes. An interval that holds zero says that the two cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.draws.sample import uniforms
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
    def sights(self) -> Callable[[str], tuple[Sight, ...]]:
        """What the forecast of each threat sees in a view, made once for all rules; see `sight`."""
        return cache(lambda view: tuple(self.sight(k, view) for k in range(self.outcome.size)))

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


SPREAD = 0.25
"""Scale of the half-normal prior of a slope: a factor of 1.3 for one deviation."""

FEWEST = 10
"""Earlier episodes with the three numbers below which no slope is looked for."""

COVARIATES = 3
DEAL, IMPOSED = OUTCOMES.index("deal"), OUTCOMES.index("imposed")


def covariates_of(threats: Sequence[RecordedThreat], by_id: Mapping[str, Sequence[float]]) -> Floats:
    """The three numbers of each threat, NaN where none are on file, shape (threats, 3)."""
    blank = [np.nan] * COVARIATES
    return np.array([list(by_id.get(each.id, blank)) for each in threats], dtype=np.float64).reshape(-1, COVARIATES)


def model_rule(numbers: Floats) -> Rule:
    """The record's rule tilted by three numbers a threat.

    Parameters
    ----------
    numbers : z1, z2, z3 of each threat of the record, shape (threats, 3); NaN where they are not known.
    """

    def tilted(record: ThreatRecord, k: int, sight: Sight) -> Floats:
        base = stated(record, k, sight)
        seen = sight.seen & np.isfinite(numbers).all(axis=1)
        if not np.isfinite(numbers[k]).all() or np.unique(record.episode[seen]).size < FEWEST:
            return base
        standard = standardised(numbers, seen, sight.weight)
        earlier = np.flatnonzero(seen)
        bases = np.stack([stated(record, int(j), record.sights(VIEWS[0])[j]) for j in earlier])
        slopes = posterior_mode(bases, standard[earlier], record.outcome[earlier], sight.weight[earlier])
        return tilt_chances(base[None], standard[[k]], slopes)[0]

    return tilted


def tilt_chances(base: Floats, standard: Floats, slopes: Floats) -> Floats:
    """Chances times e to the tilt, made whole; the same where nothing tilts them.

    Parameters
    ----------
    base : chances of the four outcomes, shape (rows, 4); standard : of the three numbers, shape (rows, 3).
    slopes : alpha, beta, gamma.
    """
    eta = _tilts(standard, slopes)
    moved = base * np.exp(eta - eta.max(axis=1, keepdims=True))
    whole = moved / moved.sum(axis=1, keepdims=True)
    return np.where(np.abs(eta).max(axis=1, keepdims=True) > 0.0, whole, base)


def posterior_mode(bases: Floats, standard: Floats, outcome: NDArray[np.int64], weight: Floats) -> Floats:
    """Slopes of zero or more at the mode of their posterior, shape (3,); the logarithm of it is concave.

    Parameters
    ----------
    bases : chances before the tilt, shape (rows, 4); standard : shape (rows, 3).
    outcome : place in `OUTCOMES`; weight : one over the threats of the episode, both of shape (rows,).
    """
    from scipy.optimize import minimize

    rows = np.arange(outcome.size)

    def loss(slopes: Floats) -> tuple[float, Floats]:
        made = tilt_chances(bases, standard, slopes)
        against = made - np.eye(len(OUTCOMES))[outcome]
        slope = np.stack([against[:, DEAL], against[:, DEAL], against[:, IMPOSED]], axis=1) * standard
        worth = -weight @ np.log(made[rows, outcome]) + 0.5 * float(slopes @ slopes) / SPREAD**2
        return float(worth), weight @ slope + slopes / SPREAD**2

    bounds = [(0.0, None)] * COVARIATES
    return np.asarray(minimize(loss, np.zeros(COVARIATES), jac=True, method="L-BFGS-B", bounds=bounds).x)


def _tilts(standard: Floats, slopes: Floats) -> Floats:
    """What is added to the logarithm of each chance, shape (rows, 4)."""
    eta = np.zeros((len(standard), len(OUTCOMES)))
    eta[:, DEAL] = standard[:, :2] @ slopes[:2]
    eta[:, IMPOSED] = standard[:, 2] * slopes[2]
    return eta


def standardised(numbers: Floats, seen: NDArray[np.bool_], weight: Floats) -> Floats:
    """Numbers less their mean over earlier episodes, over their deviation; zero where they do not differ."""
    share = weight[seen] / weight[seen].sum()
    mean = share @ numbers[seen]
    spread = np.sqrt(share @ (numbers[seen] - mean) ** 2)
    return np.where(spread > 0.0, (numbers - mean) / np.where(spread > 0.0, spread, 1.0), 0.0)


DRAWS = 2000
SEED = 7
TAILS = (5.0, 95.0)


@dataclass(frozen=True)
class Ranged:
    """A number with 5 and 95% of draws of what it rests on, episodes or months."""

    value: float
    low: float
    high: float

    @property
    def open(self) -> bool:
        """Whether zero lies within: of a skill, the record cannot tell the two apart."""
        return not (self.low > 0.0 or self.high < 0.0)


def brier(chances: Floats, outcome: Ints) -> Floats:
    """Sum over outcomes of the squared difference between chance and what came, shape (rows,); 0 to 2."""
    came = np.eye(chances.shape[1])[outcome]
    return ((chances - came) ** 2).sum(axis=1)


def log_score(chances: Floats, outcome: Ints) -> Floats:
    """Minus the logarithm of the chance given to what came, shape (rows,)."""
    return -np.log(chances[np.arange(outcome.size), outcome])


def crps(sample: Floats, weight: Floats, came: float) -> float:
    """Continuous ranked probability score of a weighted sample, in its unit: mean |X - y| - mean |X - X'| / 2."""
    share = weight / weight.sum()
    apart = np.abs(sample[:, None] - sample[None, :])
    return float(share @ np.abs(sample - came) - 0.5 * share @ apart @ share)


def by_episode(score: Floats, episode: Ints) -> Floats:
    """Mean score of each episode, shape (episodes,)."""
    _, place, size = np.unique(episode, return_inverse=True, return_counts=True)
    return np.bincount(place, score) / size


def skill(score: Floats, reference: Floats, episode: Ints, seed: int = SEED) -> Ranged:
    """One less scores over those of a reference, above zero where better, with an interval by drawing episodes.

    NaN where the reference never missed.

    Parameters
    ----------
    score, reference : by row, shape (rows,); lower is better.

    Raises
    ------
    InputError : no rows.
    """
    if not score.size:
        raise InputError("record of threats", "no threat is left to score", "take fewer of the limits away")
    own, other = by_episode(score, episode), by_episode(reference, episode)
    drawn = (uniforms(seed, "episodes", DRAWS * own.size) * own.size).astype(np.int64).reshape(DRAWS, own.size)
    sums, beside = own[drawn].sum(axis=1), other[drawn].sum(axis=1)
    if not other.sum() > 0.0:
        return Ranged(float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(1.0 - sums[beside > 0.0] / beside[beside > 0.0], TAILS)
    return Ranged(float(1.0 - own.sum() / other.sum()), float(low), float(high))
