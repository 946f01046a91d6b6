"""Threats with a deadline: what came of each, who was involved, and which of them were one decision.

An outcome at a deadline is one of four. A duty that comes within a week of its day counts as carried out: most of those
of August 2025 came six days late. Threats of one wave, of one giver and day, or of one pair in quick succession hang
together and count as one episode.

When talks end: how long before the deadline threats are settled, and by how much deadlines are put off.

The share settled within some days of the deadline is that of earlier settlements with one more on each of 30 days, so
that no day is ruled out. A threat that is still open with some days left has lost the settlements that come earlier.

Chances of what comes of a threat at its deadline: stated rules, each from what was known the day before.

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

Scores: how far forecasts missed, beside naive rules, with an interval from blocks of months.

What a model said of bargains and threats from cases as known on their day, beside what came.

The rate of a bargain is a sample over draws of what its case assumes; its score is the continuous ranked probability
score. Terms that a partner gives are said with certainty, and scored by Brier beside the share of earlier bargains.
The tilt of chances is scored with each threat left out of the slopes that move it, and with its whole episode left out:
too few episodes had ended before for slopes in order of time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.axis import Floats, Ints
from detente.draws.sample import uniforms

Marks = NDArray[np.bool_]

#: What can come of a threat at its deadline.
OUTCOMES = ("imposed", "postponed", "deal", "dropped")

CARRIED_OUT = ("imposed", "imposed_reduced")

#: Days after the deadline within which a duty still counts as carried out.
GRACE = 7

#: Days after the deadline of a threat within which the next on the same pair belongs to its episode.
APART = 14

#: Batch of the letters of July 2025: with every threat of the same deadline one decision.
WAVE = "letters"

#: Whom a threat involves.
WHO = ("China", "every partner", "one partner")

CHINA, WORLD = "CHN", "world"


@dataclass(frozen=True)
class RecordedThreat:
    """A threat of a duty or control.

    Attributes
    ----------
    giver, receiver : codes of countries; "world" or words for groups.
    rate : threatened, points; NaN where it is no single number.
    deadline : None where none was named.
    came : what had come at the deadline; final, final_on : what came in the end and when.
    late : days by which it came late or was postponed, None where unknown.
    """

    id: str
    giver: str
    receiver: str
    measure: str
    rate: float
    announced: date
    deadline: date | None
    came: str
    final: str
    final_on: date | None
    batch: str
    late: int | None = None

    @property
    def who(self) -> str:
        """Whom it involves, one of `WHO`."""
        if CHINA in (self.giver, self.receiver):
            return WHO[0]
        return WHO[1] if self.receiver == WORLD else WHO[2]

    @property
    def pair(self) -> frozenset[str]:
        """The two sides, in no order."""
        return frozenset((self.giver, self.receiver))

    @property
    def notice(self) -> int:
        """Days from announcement to deadline; 0 without one."""
        return (self.deadline - self.announced).days if self.deadline else 0

    def due(self, day: date) -> date | None:
        """The deadline that lies ahead on a day: its own, or the later one to which it was put off; None without one.

        A threat that had come, or was settled, by that day has none.
        """
        if self.deadline is None or self.announced >= day or (self.final_on is not None and self.final_on < day):
            return None
        if self.deadline >= day:
            return self.deadline
        # How far a deadline was put off is known before the end only of what is still open at the end of the record.
        open_still = self.came == "postponed" and self.final == "pending" and self.late
        later = self.deadline + timedelta(days=self.late) if open_still and self.late else self.deadline
        return later if later >= day else None

    def outcome(self, grace: int = GRACE) -> str:
        """What came at the deadline, one of `OUTCOMES`; "" where nothing can be said.

        Parameters
        ----------
        grace : days within which a duty that came late counts as carried out; 0 is strictly on the day.
        """
        if self.came in CARRIED_OUT or (grace and self.came == "postponed" and self._late(grace)):
            return OUTCOMES[0]
        return self.came if self.came in OUTCOMES else ""

    def _late(self, grace: int) -> bool:
        """Whether the duty came some days after its deadline all the same."""
        if self.final not in CARRIED_OUT or self.final_on is None or self.deadline is None:
            return False
        return (self.final_on - self.deadline).days <= grace


def scored(threats: Sequence[RecordedThreat]) -> tuple[RecordedThreat, ...]:
    """The threats that have a deadline and an outcome."""
    return tuple(each for each in threats if each.deadline is not None and each.outcome())


def running(threats: Sequence[RecordedThreat], day: date) -> tuple[tuple[RecordedThreat, date], ...]:
    """Threats that still run on a day with the deadline that lies ahead; of one with a row of its own, that row."""
    ahead = [(each, due) for each in threats if (due := each.due(day)) is not None]
    own = {(each.pair, due) for each, due in ahead if due == each.deadline}
    return tuple((each, due) for each, due in ahead if due == each.deadline or (each.pair, due) not in own)


def links(threats: Sequence[RecordedThreat], apart: int = APART) -> Marks:
    """Which threats hang together at once, shape (threats, threats); episodes are what chains of links join.

    Parameters
    ----------
    apart : days between a deadline and the next announcement on the same pair that still join them; -1 joins a pair
        only where the threats overlap in time.
    """
    # Which belong to the letters: by batch, or by the deadline that the letters had.
    days = {each.deadline for each in threats if each.batch == WAVE}
    common = max(days, key=lambda day: sum(each.deadline == day for each in threats), default=None)
    wave = [each.batch == WAVE or each.deadline == common for each in threats]
    size = range(len(threats))
    together = [[(wave[k] and wave[j]) or (not (wave[k] or wave[j]) and _together(threats[k], threats[j], apart))
                 for j in size] for k in size]  # fmt: skip
    linked = np.array(together, dtype=bool).reshape(len(threats), len(threats))
    return linked | linked.T


def joined(linked: Marks) -> Ints:
    """Number of the episode of each threat, shape (threats,)."""
    from scipy.sparse.csgraph import connected_components

    return connected_components(linked, directed=False)[1].astype(np.int64)


def episodes(threats: Sequence[RecordedThreat], apart: int = APART) -> tuple[str, ...]:
    """Episode of each threat with a deadline, by the first id in it; shape (threats,).

    Parameters
    ----------
    apart : see `links`.
    """
    number = joined(links(threats, apart)).tolist()
    firsts: dict[int, str] = {}
    for k, each in sorted(zip(number, threats, strict=True), key=lambda row: row[1].id):
        firsts.setdefault(k, each.id)
    return tuple(firsts[k] for k in number)


def _together(first: RecordedThreat, second: RecordedThreat, apart: int) -> bool:
    """Whether the second follows the first as part of one episode."""
    if first.giver == second.giver and first.announced == second.announced:
        return True
    later = first.pair == second.pair and first.announced <= second.announced
    return later and first.deadline is not None and (second.announced - first.deadline).days <= apart


#: Days before the deadline that one settlement each is added to.
SMOOTHED = 30


@dataclass(frozen=True)
class SettledThreat:
    """A threat settled before its deadline.

    Attributes
    ----------
    day : of the settlement; left : days to the deadline.
    """

    id: str
    day: date
    left: int


@dataclass(frozen=True)
class Timing:
    """Days before the deadline on which earlier threats were settled, shape (settlements,)."""

    left: tuple[int, ...]

    def share(self, days: int) -> float:
        """Share settled with so many days left or fewer, smoothed; 0 below zero."""
        if days < 0:
            return 0.0
        seen = sum(each <= days for each in self.left) + min(days + 1, SMOOTHED)
        return seen / (len(self.left) + SMOOTHED)

    def soon(self, chance: float, left: int, within: int) -> float:
        """Chance that it is settled within some days.

        Parameters
        ----------
        chance : that it is settled by the deadline at all; left : days to the deadline.
        """
        open_still = self.share(left)
        return chance * (open_still - self.share(left - within)) / open_still if open_still > 0.0 else 0.0

    @property
    def median(self) -> float:
        """Median of the days; NaN without a settlement."""
        return float(np.median(self.left)) if self.left else float("nan")

    def within(self, days: int) -> int:
        """How many were settled with so many days left or fewer."""
        return sum(each <= days for each in self.left)


def timing(settlements: Sequence[SettledThreat], day: date, but: str = "") -> Timing:
    """Settlements that were known on a day, without the one that is forecast."""
    return Timing(tuple(each.left for each in settlements if each.day < day and each.id != but))


def postponements(threats: Sequence[RecordedThreat], day: date, giver: str = "USA") -> tuple[int, ...]:
    """Days by which a giver put deadlines off, as known on a day, in order; the letters of July 2025 left out."""
    rows = (each for each in threats if each.giver == giver and each.came == "postponed" and each.batch != WAVE)
    days = [each.late for each in rows if each.late and each.deadline is not None and each.deadline < day]
    return tuple(sorted(days))


#: Episodes that the even forecast counts for in the shares of all.
PRIOR = 2.0

#: Episodes that the shares of all count for in those of a class.
SHRINK = 5.0

#: Days of notice up to which it is short.
SHORT = 7

#: What the rules that always name one outcome give it.
SURE = 0.7

#: What the rule of the latest outcome gives it.
LATEST = 0.5


#: What a forecast sees: episodes as they were known the day before; the same outcomes, but episodes as large as they
#: became; every other episode, later ones as well.
VIEWS = ("then", "whole", "hindsight")


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


#: Chances of the four outcomes of one threat, from what is seen.
Rule = Callable[[ThreatRecord, int, Sight], Floats]

EVEN = np.full(len(OUTCOMES), 1.0 / len(OUTCOMES))


def even(record: ThreatRecord, k: int, sight: Sight) -> Floats:
    """The same chance for each outcome."""
    return EVEN


def pooled(record: ThreatRecord, k: int, sight: Sight) -> Floats:
    """Shares of every earlier episode."""
    return record.shares(sight, True, EVEN, PRIOR)


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


#: Rules by name; the first is the one that is used.
RULES: Mapping[str, Rule] = {
    "record": stated,
    "even": even,
    "pooled": pooled,
    # Shares of the earlier episodes with the same sides, pulled to those of all.
    "who": lambda record, k, sight: record.shares(sight, record.who == record.who[k], pooled(record, k, sight), SHRINK),
    "latest": latest,
    "imposed": always("imposed"),
    "postponed": always("postponed"),
}


def chances(record: ThreatRecord, rule: Rule, view: str = VIEWS[0]) -> Floats:
    """Forecasts of every threat by a rule, shape (threats, outcomes).

    Parameters
    ----------
    view : what each forecast sees, one of `VIEWS`.
    """
    return np.array([rule(record, k, sight) for k, sight in enumerate(record.sights(view))])


#: Scale of the half-normal prior of a slope: a factor of 1.3 for one deviation.
SPREAD = 0.25

#: Earlier episodes with the three numbers below which no slope is looked for.
FEWEST = 10

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


class Ranged(NamedTuple):
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


#: Months of a block: misses of one quarter hang together.
BLOCK = 3

#: Months below which there is no interval.
FEW = 4

BLOCK_DRAWS = 1000


@dataclass(frozen=True)
class Accuracy:
    """How far forecasts missed; NaN where nothing came yet.

    Attributes
    ----------
    months : that are compared; error : mean absolute error; bias : mean of forecast less outcome.
    """

    months: int
    error: float
    bias: float


def accuracy(forecast: Floats, came: Floats) -> Accuracy:
    """Mean absolute error and bias over the months of which the outcome is known, in the unit of the forecast."""
    miss = np.asarray(forecast, dtype=float) - np.asarray(came, dtype=float)
    miss = miss[np.isfinite(miss)]
    if not miss.size:
        return Accuracy(0, float("nan"), float("nan"))
    return Accuracy(miss.size, float(np.abs(miss).mean()), float(miss.mean()))


NOTHING = Ranged(float("nan"), float("nan"), float("nan"))


def ratio_to(forecast: Floats, rule: Floats, came: Floats, *, seed: int, name: str, block: int = BLOCK) -> Ranged:
    """A forecast's mean absolute error over that of a rule, with an interval by a circular block bootstrap over months.

    Below 1 the forecast was the better one. Few months make a wide interval: it says what the months at hand can tell,
    not more.

    Parameters
    ----------
    forecast, rule, came : by month in order, shape (months,).
    name : of the stream of draws.

    Raises
    ------
    InputError : blocks of less than a month.
    """
    if block < 1:
        raise InputError("score", f"a block of {block} months cannot be", "take blocks of one month or more")
    own, other = np.abs(np.asarray(forecast) - came), np.abs(np.asarray(rule) - came)
    known = np.isfinite(own) & np.isfinite(other)
    own, other = own[known], other[known]
    if not own.size or not other.sum() > 0:
        return NOTHING
    value = float(own.sum() / other.sum())
    if own.size < FEW:
        return Ranged(value, float("nan"), float("nan"))
    drawn = _run_positions(own.size, min(block, own.size // 2), seed, name)
    ratios = own[drawn].sum(axis=1) / np.maximum(other[drawn].sum(axis=1), np.finfo(float).tiny)
    low, high = np.percentile(ratios, TAILS)
    return Ranged(value, float(low), float(high))


def _run_positions(n: int, block: int, seed: int, name: str) -> NDArray[np.int64]:
    """Positions of each draw: runs of months that follow one another, the first after the last; shape (DRAWS, n)."""
    runs = -(-n // block)
    starts = (uniforms(seed, f"score {name}", BLOCK_DRAWS * runs) * n).astype(np.int64).reshape(BLOCK_DRAWS, runs)
    places = (starts[:, :, None] + np.arange(block)) % n
    return places.reshape(BLOCK_DRAWS, -1)[:, :n]


#: Episodes below which rules are not ranked.
ENOUGH = 10

#: Days after that of a case within which the bargain that it is about was announced.
NEAR = 3


@dataclass(frozen=True)
class ModelForecast:
    """What a model said of a case between the United States and one other, as known on its day.

    Attributes
    ----------
    case, day : its name and day, ISO; partner : the other side.
    threat : id of the threat with the next deadline, "" without one; p : chance that talks that fail end in it.
    before : general rate of the day, share; rate : of the package, NaN where nothing gains for both.
    sample : the rate over draws of what the case assumes; where nothing gains, that of the day.
    room, asymmetry, credibility : the three numbers of a threat, NaN without one; see `detente.evidence.chances`.
    terms : whether the package has what a partner gives, by name; None where it is not on the table.
    """

    case: str
    day: str
    partner: str
    threat: str
    p: float
    before: float
    rate: float
    sample: tuple[float, ...] = field(repr=False)
    room: float
    asymmetry: float
    credibility: float
    terms: Mapping[str, bool | None] = field(default_factory=dict)

    @property
    def points(self) -> Floats:
        """The sample in points."""
        return 100.0 * np.asarray(self.sample)


def covariates_by_threat(forecasts: Sequence[ModelForecast]) -> dict[str, tuple[float, float, float]]:
    """The three numbers of each threat, of the latest case that is about it."""
    ordered = sorted((each for each in forecasts if each.threat), key=lambda each: each.day)
    return {each.threat: (each.room, each.asymmetry, each.credibility) for each in ordered}


def tilted_without(bases: Floats, numbers: Floats, outcome: Ints, group: Ints) -> Floats:
    """Chances of each threat, tilted by slopes that its group has no part in; one set of slopes for all others.

    Parameters
    ----------
    bases : chances before the tilt, shape (threats, 4); numbers : the three of each, shape (threats, 3).
    outcome : what came, place in `OUTCOMES`; group : what is left out together; both of shape (threats,).
    """
    made = bases.copy()
    for k in range(len(bases)):
        others = group != group[k]
        if not others.any():
            continue
        even = np.ones(len(bases))
        standard = standardised(numbers, others, even)
        slopes = posterior_mode(bases[others], standard[others], outcome[others], even[others])
        made[k] = tilt_chances(bases[[k]], standard[[k]], slopes)[0]
    return made
