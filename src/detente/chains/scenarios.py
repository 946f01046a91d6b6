"""Licence paths by name: a cut, a full stop, the acts of 2025 and 2010, release and return (step 27).

Dates are those of the acts: Announcement 18 of 4 April 2025 (Sm, Gd, Tb, Dy, Lu, Sc, Y); Announcements 55 to 58 and 61
of 9 October 2025 (Ho, Er, Tm, Eu, Yb from 8 November, products of third countries from 1 December), suspended on
7 November by Announcement 70; general licences from 18 December 2025. What was approved, how long applicants wait and
what is held up are parameters of the chain. Paths add up: `april_2025() + general_licences(8.6)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from detente.chains.licences import Act, Licences
from detente.chains.steps import DAYS_PER_MONTH

APRIL_2025 = ("Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y")
OCTOBER_2025 = ("Ho", "Er", "Tm", "Eu", "Yb")
READINGS = ("queue", "observed")
QUOTAS_FROM = "2010-07"
"""First month of the time axis of `quota_2010`."""


def months_from(first: date, day: date) -> float:
    """Months from the start of a time axis to a day."""
    return (day - first).days / DAYS_PER_MONTH


def cut(
    share: float,
    *,
    elements: tuple[str, ...] = (),
    countries: tuple[str, ...] = (),
    users: tuple[str, ...] = (),
    basis: str = "flow",
    start: float = 0.0,
) -> Licences:
    """The restrictor's flow of every grade named falls by a share, to every use; `basis` "supply" cuts all origins."""
    act = Act(
        f"cut of {share:g}", start, approved=1.0 - share, elements=elements, countries=countries, users=users,
        basis=basis,
    )  # fmt: skip
    return Licences(act.name, (act,), start)


def full_stop(*, elements: tuple[str, ...] = (), countries: tuple[str, ...] = (), start: float = 0.0) -> Licences:
    """Nothing passes, to nobody or, with `countries`, not to these."""
    act = Act("full stop", start, approved=0.0, elements=elements, countries=countries)
    return Licences("full stop", (act,), start)


def queue(name: str, start: float, elements: tuple[str, ...], countries: tuple[str, ...] = ()) -> Act:
    """A licence queue with the parameters of the chain."""
    return Act(
        name, start, "licence_wait", "approved_share", "approved_share_defence", "hold_up_share", elements,
        countries=countries,
    )  # fmt: skip


def april_2025(observed: Mapping[str, tuple[float, ...]] | None = None, code: str = "") -> Licences:
    """The licences of 4 April 2025 on a time axis that starts on 1 April; they hold from the middle of the 4th.

    Parameters
    ----------
    observed : flows over the same month of 2024 by country, `"*"` for the rest, from April 2025 on
        (`observed_ratios`), which are split by grade with `lambda_heavy`; by default the mechanism of the queue.
    code : customs code that these flows count; what is controlled under other codes, and feed, pass at `lambda_heavy`.
    """
    start = months_from(date(2025, 4, 1), date(2025, 4, 4)) + 0.5 / DAYS_PER_MONTH
    act = queue("licences of April 2025", start, APRIL_2025)
    if observed is None:
        return Licences(act.name, (act,), start)
    seen = replace(act, hold_up=0.0, observed=observed, code=code)
    return Licences(f"{act.name}, as observed", (seen,), start)


def general_licences(start: float, *, elements: tuple[str, ...] = APRIL_2025, defence: bool = False) -> Licences:
    """Civil users get all they ask for without a wait; defence keeps what it had unless `defence`."""
    share = 1.0 if defence else "approved_share_defence"
    return Licences("general licences", (Act("general licences", start, defence=share, elements=elements),), start)


def snap_back(start: float, *, elements: tuple[str, ...] = APRIL_2025) -> Licences:
    """Licences lapse and a second queue begins."""
    return Licences("snap-back", (queue("snap-back", start, elements),), start)


def october_2025(first: date, *, suspended: bool = True) -> Licences:
    """The extension of October 2025 on a time axis that starts on `first`, with or without its suspension.

    The suspension came a day before the new elements were to need licences, so that with it nothing passes less.
    """
    announced = months_from(first, date(2025, 10, 9))
    if suspended:
        return Licences("October 2025, suspended", (), announced)
    start, rule = months_from(first, date(2025, 11, 8)), months_from(first, date(2025, 12, 1))
    return Licences("October 2025", (queue("extension", start, OCTOBER_2025),), announced, ((rule, True),))


def quota_2010(half_year: float = 0.72, year: float = 0.40, *, japan: tuple[float, float] = (2.0, 4.0)) -> Licences:
    """The quotas of July 2010 on a time axis that starts there: the half-year's cut, then the year's.

    Parameters
    ----------
    half_year, year : share by which the quota of the second half of 2010 and that of the whole year fell.
    japan : months in which nothing reached Japan, September to November 2010.
    """
    acts = (
        Act("quota, second half of 2010", 0.0, approved=1.0 - half_year, reexport="free"),
        Act("stop towards Japan", japan[0], approved=0.0, countries=("JPN",), reexport="free"),
        Act("end of the stop", japan[1], approved=1.0 - half_year, countries=("JPN",), reexport="free"),
        Act("quota of the year", 6.0, approved=1.0 - year, reexport="free"),
    )
    return Licences("quotas of 2010", acts)


def observed_ratios(
    now: Mapping[str, tuple[float, ...]], before: Mapping[str, tuple[float, ...]], year_before: Mapping[str, float]
) -> dict[str, tuple[float, ...]]:
    """Exports over the same month a year before, by destination (step 7).

    Months that the year before does not tell apart take what is left of its total in equal parts. A destination's
    unknown months take the ratio of the rest of the world, `"*"`: the world less the destinations known that month.

    Parameters
    ----------
    now, before : exports by month, NaN where unknown, by destination, `"*"` for the world; `before` holds the twelve
        months of the year before, of which the first `len(now)` from the same calendar month on are compared.
    year_before : the year's total by destination, NaN where unknown.

    Returns
    -------
    Ratios by destination, `"*"` for the rest of the world.
    """
    length = len(now["*"])
    filled = {name: _filled(before[name], year_before[name])[:length] for name in before}
    rest = []
    for t in range(length):
        known = [d for d in now if d != "*" and now[d][t] == now[d][t] and filled[d][t] > 0.0]
        top = now["*"][t] - sum(now[d][t] for d in known)
        rest.append(top / (filled["*"][t] - sum(filled[d][t] for d in known)))
    ratios = {"*": tuple(rest)}
    for d in now:
        if d != "*":
            ratios[d] = tuple(
                now[d][t] / filled[d][t] if now[d][t] == now[d][t] else rest[t] for t in range(length)
            )  # fmt: skip
    return ratios


def _filled(months: tuple[float, ...], total: float) -> list[float]:
    """Months of a year with the unknown ones at equal parts of what is left of the total."""
    known = [value for value in months if value == value]
    blank = len(months) - len(known)
    left = (total - sum(known)) / blank if blank else 0.0
    return [value if value == value else left for value in months]
