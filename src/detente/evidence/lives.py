"""At what rate talks end: samples from earlier bargains, beside rules that know less, scored by their distance.

The quantity is the general US rate on the partner after the bargain, in points. `record` moves from the rate of the
day before towards the threatened one by the share of the way that earlier bargains went; without a threat it takes the
share of the old rate that earlier bargains left. `pool`, which is used, joins it with the rates agreed in the weeks
before and, where there is one, with a model's. No bargain sees its own episode or a later one.

How long bargains live: hazards by form, survival by Kaplan and Meier (1958), and forecasts of their day.

A bargain is alive until a side withdraws, lets it lapse or breaks it. One that is replaced by a like or better one, or
that runs on, is censored. The forecast of a day uses the bargains of earlier days and what had come of them by then;
each form is pulled to all with the weight of two ends.

Will it hold: what can end a bargain, each with its own hazard, and what the bargain is worth while it lasts.

Three ends compete and their chances multiply: the sides end the bargain; it runs out on its date; a court strikes the
law that its duties rest on. A rate ends with that law, the bargain need not. Hazards are of the day of the forecast and
see nothing later. The stability test may tilt the first by a factor of two, which is an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.axis import Floats
from detente.evidence.chances import crps

Marks = NDArray[np.bool_]

#: Rate of most deals of 2025, points.
FOCAL = 15.0

#: Share of the threatened rate that the deals of July 2025 ended at, as a rule.
PART = 0.6

HALFWAY = 0.5

#: Shares of the record, of the rates of the weeks before, and of a model in the expected rate; fixed.
POOL = (0.5, 0.25, 0.25)

#: Days before within which an agreed rate is a focus.
RECENT = 60

#: Points within which two rates are one.
NEAR = 0.5


@dataclass(frozen=True)
class Agreement:
    """A bargain with the rates before and after it, points.

    Attributes
    ----------
    threatened : NaN where no number stood; episode : wave or partner that it belongs to.
    """

    id: str
    partner: str
    announced: date
    before: float
    threatened: float
    agreed: float
    episode: str


@dataclass(frozen=True)
class RateRecord:
    """Agreements as arrays, each of shape (agreements,)."""

    agreements: Sequence[Agreement]

    @cached_property
    def before(self) -> Floats:
        """Rate of the day before."""
        return np.array([each.before for each in self.agreements])

    @cached_property
    def agreed(self) -> Floats:
        """Rate afterwards."""
        return np.array([each.agreed for each in self.agreements])

    @cached_property
    def named(self) -> Marks:
        """Whether a threatened rate is on record."""
        return ~np.isnan(np.array([each.threatened for each in self.agreements]))

    @cached_property
    def threatened(self) -> Floats:
        """Threatened rate, or that of the day before where none stood."""
        values = np.array([each.threatened for each in self.agreements])
        return np.where(self.named, values, self.before)

    @property
    def distinct(self) -> Marks:
        """Whether the threat was another rate than that of the day before."""
        return self.threatened != self.before

    @cached_property
    def episode(self) -> NDArray[np.int64]:
        """Number of the episode."""
        return np.unique([each.episode for each in self.agreements], return_inverse=True)[1]

    @cached_property
    def weight(self) -> Floats:
        """One over the agreements of the episode."""
        return 1.0 / np.bincount(self.episode)[self.episode]

    def earlier(self, k: int) -> Marks:
        """Agreements announced before one, without its own episode."""
        days = np.array([each.announced.toordinal() for each in self.agreements])
        return (days < days[k]) & (self.episode != self.episode[k])


#: Rates in points that a rule expects, and their weights.
RateRule = Callable[[RateRecord, int], tuple[Floats, Floats]]


def single(rate: Callable[[RateRecord], Floats]) -> RateRule:
    """A rule that names one rate."""
    return lambda record, k: (rate(record)[[k]], np.ones(1))


def from_record(record: RateRecord, k: int) -> tuple[Floats, Floats]:
    """Shares of the way to the threat that earlier bargains went, with none and half of it as two more."""
    seen, apart = record.earlier(k), record.distinct
    before, threat = record.before, record.threatened
    if apart[k]:
        used = seen & apart
        way = (record.agreed - before)[used] / (threat - before)[used]
        sample = before[k] + np.append(way, [0.0, HALFWAY]) * (threat[k] - before[k])
        return sample, np.append(record.weight[used], [1.0, 1.0])
    used = seen & ~apart & (before > 0.0)
    return before[k] * np.append(record.agreed[used] / before[used], 1.0), np.append(record.weight[used], 1.0)


def earlier_rates(record: RateRecord, k: int) -> tuple[Floats, Floats]:
    """Every rate agreed earlier; that of the day before where there is none."""
    seen = record.earlier(k)
    return (record.agreed[seen], record.weight[seen]) if seen.any() else (record.before[[k]], np.ones(1))


def focus(record: RateRecord, k: int) -> tuple[Floats, Floats]:
    """Rates agreed in the `RECENT` days before, one each; empty where there is none."""
    days = np.array([each.announced.toordinal() for each in record.agreements])
    near = record.earlier(k) & (days >= days[k] - RECENT)
    return record.agreed[near], record.weight[near]


def pool(*samples: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Weighted samples as one, each with its share of `POOL`; a sample that is empty gives its share to the others."""
    parts = [(x, share * w / w.sum()) for (x, w), share in zip(samples, POOL, strict=False) if x.size]
    rates, weights = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return rates, weights / weights.sum()


def expected_rate(record: RateRecord, k: int, model: Floats | None = None) -> tuple[Floats, Floats]:
    """Rates expected of a bargain: as earlier ones moved, as those of the weeks before, and as a model has it.

    Parameters
    ----------
    model : rates of the model over its draws, points; left out where there is none.
    """
    modelled = np.zeros(0) if model is None else np.asarray(model, dtype=np.float64)
    return pool(from_record(record, k), focus(record, k), (modelled, np.ones(modelled.size)))


def chance_of(sample: Floats, weight: Floats, rate: float) -> float:
    """Weight of a sample within `NEAR` points of a rate: chance of "as today"."""
    return float(weight[np.abs(sample - rate) <= NEAR].sum() / weight.sum())


def focal(record: RateRecord, k: int, rate: float) -> float:
    """The rate nearest to one among those agreed at least twice before; NaN without any."""
    levels, counts = np.unique(record.agreed[record.earlier(k)], return_counts=True)
    often = levels[counts > 1]
    return float(often[np.argmin(np.abs(often - rate))]) if often.size else float("nan")


#: Rules by name; the first is the one that is used.
RATE_RULES: Mapping[str, RateRule] = {
    "pool": expected_rate,
    "record": from_record,
    "before": single(lambda record: record.before),
    "fifteen": single(lambda record: np.full(record.before.size, FOCAL)),
    "midpoint": single(lambda record: 0.5 * (record.before + record.threatened)),
    "part": single(lambda record: np.where(record.named, PART * record.threatened, record.before)),
    "threat": single(lambda record: record.threatened),
    "earlier": earlier_rates,
}


def distances(record: RateRecord, rule: RateRule) -> Floats:
    """Continuous ranked probability score of each forecast, points, shape (agreements,); of one rate, its error."""
    return np.array([crps(*rule(record, k), float(record.agreed[k])) for k in range(record.agreed.size)])


def quantiles(sample: Floats, weight: Floats, shares: Sequence[float]) -> Floats:
    """Quantiles of a weighted sample, shape (shares,)."""
    order = np.argsort(sample, kind="stable")
    up_to = np.cumsum(weight[order]) / weight.sum()
    return sample[order][np.searchsorted(up_to, np.asarray(shares) - 1e-12)]


#: Forms of a bargain: dated pause or truce; signed or its rate in an order; general terms, frameworks, posts.
FORMS = ("truce", "order", "terms")

YEAR = 365.25
#: Days after which a bargain is looked at.
HORIZONS = (90, 180, 365)

#: Ends that a prior counts for: of one a year for all, of all for a form.
PULL = 2.0

#: Hostile acts a year between the United States and China, 2025 and 2026: a rule that ends a truce with each.
HOSTILE = 7.3

BAND = (0.05, 0.95)


@dataclass(frozen=True)
class Bargain:
    """A bargain and what became of it.

    Attributes
    ----------
    form : one of `FORMS`; over : day of its end or its replacement, None while it runs.
    ended : whether it ended, rather than was replaced or runs.
    expires : date on which it runs out by its own words, None without one.
    """

    id: str
    partner: str
    form: str
    announced: date
    over: date | None
    ended: bool
    expires: date | None = None

    def lived(self, day: date) -> int:
        """Days of life that were known on a day."""
        last = day if self.over is None else min(self.over, day)
        return (last - self.announced).days

    def gone(self, day: date) -> bool:
        """Whether it was known on a day to have ended."""
        return self.ended and self.over is not None and self.over <= day

    def alive(self, days: int) -> bool:
        """Whether it had not ended so many days after it was announced; a like or better one counts as alive."""
        return not (self.ended and self.over is not None and (self.over - self.announced).days <= days)


@dataclass(frozen=True)
class Hazard:
    """Ends a year of some bargains.

    Attributes
    ----------
    count, ends : bargains and ends; years : of life on record; low, high : 5 and 95% (Jeffreys).
    """

    count: int
    ends: int
    years: float
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Ends a year."""
        return self.ends / self.years if self.years > 0.0 else float("nan")


def hazard(bargains: Sequence[Bargain], day: date) -> Hazard:
    """Ends a year as known on a day, with the interval of a gamma posterior under the prior of Jeffreys."""
    from scipy.special import gammaincinv

    ends = sum(each.gone(day) for each in bargains)
    years = sum(each.lived(day) for each in bargains) / YEAR
    low, high = gammaincinv(ends + 0.5, BAND) / years if years > 0.0 else (float("nan"), float("nan"))
    return Hazard(len(bargains), ends, years, float(low), float(high))


class Alive(NamedTuple):
    """Share alive after some days, with its standard error (Greenwood 1926)."""

    days: int
    share: float
    error: float


def survival(bargains: Sequence[Bargain], day: date, days: int) -> Alive:
    """Share of bargains alive after so many days, by Kaplan and Meier, as known on a day."""
    lives = np.array([each.lived(day) for each in bargains])
    ended = np.array([each.gone(day) for each in bargains], dtype=bool)
    share, spread = 1.0, 0.0
    for end in np.unique(lives[ended & (lives <= days)]):
        risk, ends = int((lives >= end).sum()), int((ended & (lives == end)).sum())
        share *= 1.0 - ends / risk
        spread += ends / (risk * (risk - ends)) if risk > ends else 0.0
    return Alive(days, share, share * float(np.sqrt(spread)))


class AliveStep(NamedTuple):
    """Share alive from a day of life on, and how many were still watched when it fell."""

    days: int
    share: float
    watched: int


def survival_steps(bargains: Sequence[Bargain], day: date, most: int = HORIZONS[-1]) -> tuple[AliveStep, ...]:
    """The curve of Kaplan and Meier as known on a day: from its first day, each fall, to the last day shown.

    Parameters
    ----------
    most : last day of life; where nobody lived so long the curve ends earlier.
    """
    lives = np.array([each.lived(day) for each in bargains], dtype=int)
    ended = np.array([each.gone(day) for each in bargains], dtype=bool)
    last = min(most, int(lives.max(initial=0)))
    falls = np.unique(lives[ended & (lives <= last)]).tolist()
    places = dict.fromkeys([0, *falls, last])
    return tuple(AliveStep(d, survival(bargains, day, d).share, int((lives >= d).sum())) for d in places)


class Outlook(NamedTuple):
    """Hazard that a day's forecast takes, ends a year: of all bargains, and of those of the form."""

    pooled: float
    formed: float

    def alive(self, days: int, formed: bool = True) -> float:
        """Chance to be alive after so many days."""
        return float(np.exp(-(self.formed if formed else self.pooled) * days / YEAR))


def outlook(bargains: Sequence[Bargain], form: str, day: date, but: str = "") -> Outlook:
    """Hazards as known on a day, each pulled with the weight of `PULL` ends.

    Parameters
    ----------
    bargains : those announced on the day or later are not seen.
    but : id of the bargain that is forecast; it does not see itself.
    """
    known = [each for each in bargains if each.announced < day and each.id != but]
    ends, years = _count(known, day)
    pooled = (ends + PULL) / (years + PULL)
    ends, years = _count([each for each in known if each.form == form], day)
    return Outlook(pooled, (ends + PULL) / (years + PULL / pooled))


def _count(bargains: Sequence[Bargain], day: date) -> tuple[int, float]:
    """Ends and years of life known on a day."""
    return sum(each.gone(day) for each in bargains), sum(each.lived(day) for each in bargains) / YEAR


#: Rules of the chance to be alive: by form, which is used; all forms alike; for ever; each hostile act ends it.
SURVIVAL_RULES = ("form", "pooled", "ever", "hostile")


def chance_alive(rule: str, outlook: Outlook, days: int) -> float:
    """Chance to be alive after some days by a rule of `SURVIVAL_RULES`."""
    if rule == "ever":
        return 1.0
    if rule == "hostile":
        return float(np.exp(-HOSTILE * days / YEAR))
    return outlook.alive(days, rule == "form")


def old_enough(bargains: Sequence[Bargain], days: int, end: date) -> list[Bargain]:
    """Bargains announced so many days before the end of the record."""
    return [each for each in bargains if (end - each.announced).days >= days]


def survival_errors(bargains: Sequence[Bargain], rule: str, days: int, end: date) -> Floats:
    """Squared error of a rule's forecast of each bargain that was old enough, shape (bargains,)."""
    return np.array([
        (chance_alive(rule, outlook(bargains, each.form, each.announced, each.id), days) - each.alive(days)) ** 2
        for each in old_enough(bargains, days, end)
    ])  # fmt: skip


#: Factor by which the stability test moves the hazard at most, until ten ends are on record; assumed.
TILT = 2.0

#: What can end it: the sides, its date, the law that its duties rest on.
ENDINGS = ("bargain", "date", "instrument")

#: Chances are said in so many steps, never below the first nor above the second.
LEAST, MOST, STEPS = 0.03, 0.97, 20


@dataclass(frozen=True)
class Ending:
    """One way to end.

    Attributes
    ----------
    name : one of `ENDINGS`; hazard : ends a year.
    chance : of ending on the date; days : from the forecast to the date, None without one.
    """

    name: str
    hazard: float = 0.0
    chance: float = 0.0
    days: int | None = None

    def alive(self, days: int) -> float:
        """Chance not to have ended in this way after so many days."""
        passed = 1.0 - self.chance if self.days is not None and days >= self.days else 1.0
        return passed * float(np.exp(-self.hazard * days / YEAR))


@dataclass(frozen=True)
class Prospect:
    """Forecast of a bargain of a form on a day.

    Attributes
    ----------
    endings : those that compete; pooled : hazard of all bargains alike, ends a year.
    """

    form: str
    day: date
    endings: tuple[Ending, ...]
    pooled: float

    @property
    def hazard(self) -> float:
        """Hazard that the sides end it, ends a year."""
        return self.endings[0].hazard

    def alive(self, days: int) -> float:
        """Chance that nothing has ended it after so many days: the chances of all ends, multiplied."""
        return float(np.prod([ending.alive(days) for ending in self.endings]))

    def beside(self, days: int) -> float:
        """Chance that the sides have not ended it, were all bargains alike."""
        return float(np.exp(-self.pooled * days / YEAR))

    def tilted(self, factor: float) -> Prospect:
        """The same with the hazard of the bargain times a factor."""
        return replace(self, endings=(replace(self.endings[0], hazard=factor * self.hazard), *self.endings[1:]))


def prospect(
    bargains: Sequence[Bargain],
    form: str,
    day: date,
    *,
    but: str = "",
    expires: date | None = None,
    struck: Sequence[date] = (),
    tried: bool = False,
    read: date | None = None,
) -> Prospect:
    """Forecast of a bargain as the record stood on a day.

    Parameters
    ----------
    bargains : the record; those announced on the day or later are not seen. but : id of the bargain itself.
    expires : date on which it runs out by its own words.
    struck : days on which a court struck a law behind duties; tried : whether a case is open on that of this bargain.
    read : first day on which nothing is on record; what a later day would know is not made up.
    """
    seen = day if read is None else min(day, read)
    view = outlook(bargains, form, seen, but)
    endings = [Ending(ENDINGS[0], view.formed)]
    if expires is not None and expires > day:
        endings.append(Ending(ENDINGS[1], chance=date_chance(bargains, seen, but), days=(expires - day).days))
    if tried:
        endings.append(Ending(ENDINGS[2], struck_hazard(bargains, struck, seen)))
    return Prospect(form, day, tuple(endings), view.pooled)


def date_chance(bargains: Sequence[Bargain], day: date, but: str = "") -> float:
    """Chance that a bargain ends on its date, from the dates that had come by a day; the prior is even."""
    past = [each for each in bargains if each.expires is not None and each.expires < day and each.id != but]
    ended = sum(each.gone(day) and each.over == each.expires for each in past)
    return (ended + 1.0) / (len(past) + 2.0)


def struck_hazard(bargains: Sequence[Bargain], struck: Sequence[date], day: date) -> float:
    """Laws that a court strikes a year, from the years of the record, pulled as the hazard of all bargains is."""
    first = min((each.announced for each in bargains), default=day)
    years = max((day - first).days, 0) / YEAR
    return (sum(each < day for each in struck) + PULL) / (years + PULL)


def tilt(breaking: Mapping[str, Collection[str]]) -> float:
    """Factor of the hazard: `TILT` where a side gains by breaking under every answer, its inverse where none does.

    Parameters
    ----------
    breaking : credible answer to a breach -> sides that gain by breaking all the same; without any the factor is 1.
    """
    if not breaking:
        return 1.0
    always = set.intersection(*(set(sides) for sides in breaking.values()))
    return TILT if always else 1.0 if any(breaking.values()) else 1.0 / TILT


def lasting(deal: float, law: float, rate: float, prospect: Prospect) -> float:
    """What a bargain is worth a year for ever, counting that its sides or its date may end it.

    The integral of e^(-(rate + hazard) t) times the deal, and what the law that follows is worth from then on, times
    the rate. A court that strikes a law is left out: what follows then is another law.

    Parameters
    ----------
    deal, law : yearly payoffs of the bargain and of the law that follows, in one unit; rate : of discount, a year.

    Raises
    ------
    InputError : a rate that is not positive.
    """
    if not rate > 0.0:
        raise InputError("rate of discount", f"{rate:g}", "give a rate above zero")
    lost = rate + prospect.hazard
    share = rate / lost
    for ending in prospect.endings:
        if ending.days is not None:
            share *= 1.0 - ending.chance * float(np.exp(-lost * ending.days / YEAR))
    return law + share * (deal - law)


def in_steps(chance: float) -> float:
    """A chance as every face gives it: in steps of five per cent, never below 3 nor above 97.

    Twice is once, so that it may be taken wherever a chance leaves the program.
    """
    near = chance if chance in (LEAST, MOST) else np.round(chance * STEPS) / STEPS
    return float(np.clip(near, LEAST, MOST))
