"""Will it hold: what can end a bargain, each with its own hazard, and what the bargain is worth while it lasts.

Three ends compete and their chances multiply: the sides end the bargain; it runs out on its date; a court strikes the
law that its duties rest on. A rate ends with that law, the bargain need not. Hazards are of the day of the forecast and
see nothing later. The stability test may tilt the first by a factor of two, which is an assumption.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from detente.codes import InputError
from detente.evidence.lives import PULL, YEAR, Bargain, outlook

TILT = 2.0
"""Factor by which the stability test moves the hazard at most, until ten ends are on record; assumed."""

ENDINGS = ("bargain", "date", "instrument")
"""What can end it: the sides, its date, the law that its duties rest on."""

LEAST, MOST, STEPS = 0.03, 0.97, 20
"""Chances are said in so many steps, never below the first nor above the second."""


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
    ended = sum(each.gone(day) and _on_its_date(each) for each in past)
    return (ended + 1.0) / (len(past) + 2.0)


def _on_its_date(bargain: Bargain) -> bool:
    return bargain.over is not None and bargain.expires is not None and bargain.over == bargain.expires


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
