"""Duties of months: what a law makes of the trade of a month by partner, with buyers' answer.

Months as text, "2025-04": the one after, spans, days.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter
from detente.codes.days import BASE_DAY
from detente.lab.averages.laid_law import LaidLaw
from detente.law import Reading, Resolver, Schedule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTNERS = ("CHN", "CAN", "MEX", "EUU", "JPN", "VNM", "TWN")
REST = "rest"
"""Every partner that is not one of `PARTNERS`."""

GROUPS = (*PARTNERS, REST)
ALL = "all"
EVERYONE = (ALL, *GROUPS)

SHORT, LONG = 0.76, 2.0
"""Elasticity of imports to the duty-inclusive price in the first year and in the long run, by Boehm, Levchenko and
Pandalai-Nayar (2023); see the assumptions register."""


@dataclass(frozen=True)
class MonthDuty:
    """A law on the trade of a month by partner, in the order of `GROUPS`, each of shape (groups,).

    Attributes
    ----------
    fixed : statutory duty at fixed weights, share of imports.
    moved : after the answer of buyers, share of the imports left, by elasticity.
    left : imports left over imports without the duties added since the base day, by elasticity.
    """

    fixed: Floats
    moved: dict[float, Floats] = field(repr=False)
    left: dict[float, Floats] = field(repr=False)


@dataclass(frozen=True)
class Trade:
    """A law on the weights of a year, asked by month.

    Attributes
    ----------
    ground : law and trade; reading : of time.
    """

    ground: LaidLaw
    reading: Reading = Reading.PUBLISHED
    _kept: dict[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @cached_property
    def group(self) -> Ints:
        """Group of each pair in `GROUPS`, shape (pairs,)."""
        flows = self.ground.flows
        place = {code: n for n, code in enumerate(GROUPS)}
        of_partner = np.asarray([place.get(code, place[REST]) for code in flows.partners])
        return of_partner[flows.partner_at]

    @cached_property
    def before(self) -> Floats:
        """Duty of each pair under the law of the base day, share, shape (pairs,)."""
        return self.rates(BASE_DAY)

    @cached_property
    def whole(self) -> Floats:
        """Value by group, USD, shape (groups,)."""
        return self._sums(self.ground.flows.value)

    def under(self, ground: LaidLaw, reading: Reading = Reading.PUBLISHED) -> Trade:
        """The same trade under another law; what was laid out stays."""
        other = Trade(ground, reading)
        if ground.flows is self.ground.flows:
            other.__dict__.update({name: getattr(self, name) for name in ("group", "before", "whole")})
        return other

    def _sides(self, day: date) -> tuple[Floats, Floats]:
        """Duty of each pair without and with a claim on a day; kept while the law stands still."""
        kept = self._kept
        if kept.get("day") == day:
            return kept["sides"]
        exposure = self.ground.at(day).exposure
        space = exposure.space
        if kept.get("space") is not space:
            kept.update(space=space, resolver=Resolver(space, self.reading), state=None)
        painted = tuple(kept["resolver"].on(day))
        state = tuple(each.key for each in painted)
        if kept["state"] != state:
            kept.update(state=state, sides=exposure.pair_sides(Schedule(space, day, self.reading, painted)))
        kept["day"] = day
        return kept["sides"]

    def rates(self, day: date) -> Floats:
        """Duty of each pair on a day with the claims of the trade, share, shape (pairs,)."""
        return self._rates(day, self.ground.flows.claim)

    def _rates(self, day: date, claim: Floats) -> Floats:
        plain, claimed = self._sides(day)
        return plain + claim * (claimed - plain)

    def _sums(self, values: Floats) -> Floats:
        return np.bincount(self.group, values, minlength=len(GROUPS)).astype(np.float64)

    def month(self, month: str, claims: Sequence[Floats] = ()) -> list[MonthDuty]:
        """The law of a month, each of its states by the days it lasted.

        Parameters
        ----------
        claims : share of each pair that claims a preference, each of shape (pairs,); those of the trade by default.

        Returns
        -------
        One a set of claims.
        """
        several = claims or [self.ground.flows.claim]
        parts = [(share, [self._on(day, claim) for claim in several]) for day, share in law_days(self.ground, month)]
        return [self._blend([(share, states[k]) for share, states in parts]) for k in range(len(several))]

    def _blend(self, days: Sequence[tuple[float, tuple[Floats, ...]]]) -> MonthDuty:
        fixed, *answers = (np.sum([share * part[k] for share, part in days], axis=0) for k in range(len(days[0][1])))
        pairs = list(zip((SHORT, LONG), answers[::2], answers[1::2], strict=True))
        moved = {elasticity: over(duty, left) for elasticity, duty, left in pairs}
        return MonthDuty(over(fixed, self.whole), moved, {e: over(left, self.whole) for e, _, left in pairs})

    def _on(self, day: date, claim: Floats) -> tuple[Floats, ...]:
        """Duty at fixed weights; duty and imports left after the answer, short and then long; by group, USD."""
        value, rate = self.ground.flows.value, self._rates(day, claim)
        answer = np.log((1.0 + rate) / (1.0 + self.before))
        short, long = (value * np.exp(-elasticity * answer) for elasticity in (SHORT, LONG))
        return tuple(self._sums(x) for x in (value * rate, short * rate, short, long * rate, long))


def over(part: Floats, whole: Floats) -> Floats:
    """A ratio, zero where there is nothing below."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)


def law_days(ground: LaidLaw, month: str) -> list[tuple[date, float]]:
    """First day of each state of the law in a month, and its share of the month's days."""
    first, last = first_day(month), last_day(month)
    edges = {first} | {day for day in (*ground.law.dates, *ground.where.base_days) if first <= day <= last}
    days = sorted(edges)
    ends = [*days[1:], last + timedelta(1)]
    whole = (last - first).days + 1
    return [(day, (end - day).days / whole) for day, end in zip(days, ends, strict=True)]


YEAR = 12


def index(month: str) -> int:
    """Months since the year 0."""
    return YEAR * int(month[:4]) + int(month[5:7]) - 1


def named(number: int) -> str:
    """The month of a number; see `index`."""
    return f"{number // YEAR:04d}-{number % YEAR + 1:02d}"


def moved(month: str, by: int) -> str:
    """The month some months later."""
    return named(index(month) + by)


def after(first: str, last: str) -> tuple[str, ...]:
    """Months after the first up to the last."""
    return tuple(named(n) for n in range(index(first) + 1, index(last) + 1))


def first_day(month: str) -> date:
    """First day of a month."""
    return date(int(month[:4]), int(month[5:7]), 1)


def last_day(month: str) -> date:
    """Last day of a month."""
    day = first_day(month)
    return day.replace(day=monthrange(day.year, day.month)[1])


def checked_month(text: str, name: str) -> str:
    """A month as given.

    Parameters
    ----------
    name : what it is called where it was given.

    Raises
    ------
    InputError : what is no month.
    """
    try:
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m")
    except ValueError:
        raise InputError(Parameter(name), f"'{text}' is not a month", "write year and month, as 2025-04") from None
