"""Walk-away points: up to where each side accepts an issue, and the chance of today's law above which it signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from detente.codes import declared_note
from detente.codes.portrait import Readable
from detente.talks.space import Floats, Negotiation, Threat, expected

SCAN = 129
"""Levels at which acceptance is looked at before its ends are solved for."""


@dataclass(frozen=True, repr=False)
class Limit(Readable):
    """Up to where one party accepts one issue, the others given.

    Attributes
    ----------
    party : who accepts; `issue` : what; `given` : levels of the other issues, as an outcome, shape (issues,).
    threat : name of the alternative; `p` : probability that the status quo lasts, NaN for other threats.
    intervals : accepted levels, none if empty.
    sentence : the limit in words.
    """

    party: str
    issue: str
    given: Floats
    threat: str
    p: float
    intervals: tuple[tuple[float, float], ...]
    sentence: str


def accepted(
    negotiation: Negotiation, party: str, issue: str, given: Floats, threat: Threat
) -> tuple[tuple[float, float], ...]:
    """Intervals of levels of one issue that a party prefers to a threat, the other issues as in `given`.

    Ends are roots of the payoff less the threat value, between levels of a scan.

    Raises
    ------
    UnknownName : no such party or issue.
    """
    from scipy.optimize import brentq

    space = negotiation.space
    k, me = space.index(issue), space.party(party)
    item = space.issues[k]
    levels = item.levels if item.whole else np.union1d(np.linspace(item.low, item.high, SCAN), item.levels)

    def gain(level: Floats | float) -> Floats:
        points = np.atleast_1d(np.asarray(level, dtype=np.float64))
        X = np.tile(np.asarray(given, dtype=np.float64), (points.size, 1))
        X[:, k] = points
        return negotiation.payoffs.value(X)[:, me] - threat.value[me]

    def root(inside: float, outside: float) -> float:
        return cast(float, brentq(lambda level: float(gain(level)[0]), inside, outside, xtol=1e-12))

    good = gain(levels) >= 0.0
    starts = np.flatnonzero(good & ~np.append(False, good[:-1]))
    ends = np.flatnonzero(good & ~np.append(good[1:], False))
    intervals = []
    for a, b in zip(starts, ends, strict=True):
        low = levels[a] if a == 0 or item.whole else root(levels[a], levels[a - 1])
        high = levels[b] if b == levels.size - 1 or item.whole else root(levels[b], levels[b + 1])
        intervals.append((float(low), float(high)))
    return tuple(intervals)


def conditional_limits(
    negotiation: Negotiation,
    party: str,
    issue: str,
    own: str,
    levels: Floats,
    given: Floats,
    probabilities: Sequence[float] = (0.25, 0.5, 0.75, 1.0),
) -> tuple[Limit, ...]:
    """The limit of one issue over levels of another and over the probability that the status quo lasts.

    Parameters
    ----------
    party : who accepts; `issue` : what is asked of it; `own` : the issue that is varied (its own duty).
    levels : of `own`; `given` : levels of everything else, shape (issues,).
    probabilities : that the status quo lasts; needs threats of the kinds "status-quo" and "past-law". Without them the
        threats of the negotiation are taken as they are.
    """
    day, past = negotiation.of_kind("status-quo"), negotiation.of_kind("past-law")
    mixes = [(p, expected(day, past, p)) for p in probabilities] if day and past else []
    threats = mixes or [(float("nan"), threat) for threat in negotiation.threats]
    rows = []
    for p, threat in threats:
        for level in levels:
            outcome = np.array(given, dtype=np.float64)
            outcome[negotiation.space.index(own)] = level
            intervals = accepted(negotiation, party, issue, outcome, threat)
            words = _sentence(negotiation, party, issue, own, float(level), threat, p, intervals)
            rows.append(Limit(party, issue, outcome, threat.name, p, intervals, words))
    return tuple(rows)


def limits_of(negotiation: Negotiation, deal: Floats) -> tuple[Limit, ...]:
    """Each party's limit on each duty of the others, over a few levels of its own first duty, the rest as in a deal."""
    space, rows = negotiation.space, list[Limit]()
    for party in space.parties:
        own = space.own(party)
        for issue in space.issues if own else ():
            if issue.kind == "duty" and issue.party not in (party, "both"):
                levels = space.issues[own[0]].levels
                some = levels[np.unique(np.linspace(0, levels.size - 1, 5).astype(int))]
                rows += conditional_limits(negotiation, party, issue.name, space.names[own[0]], some, deal)
    return tuple(rows)


def _sentence(
    negotiation: Negotiation,
    party: str,
    issue: str,
    own: str,
    level: float,
    threat: Threat,
    p: float,
    intervals: tuple[tuple[float, float], ...],
) -> str:
    space = negotiation.space
    item, given = space.issues[space.index(issue)], space.issues[space.index(own)]
    words = {
        "threat": threat.label if np.isnan(p) else declared_note("bargain.lasting_chance", chance=p),
        "given": given.label or own,
        "level": given.reading(level),
        "party": party,
        "issue": item.label or issue,
    }
    if not intervals:
        return declared_note("bargain.accepts_none", **words)
    low, high = intervals[0]
    if len(intervals) > 1:
        parts = " or ".join(f"{item.reading(a)} to {item.reading(b)}" for a, b in intervals)
        return declared_note("bargain.accepts_parts", **words, parts=parts)
    if low <= item.low and high >= item.high:
        return declared_note("bargain.accepts_any", **words)
    if low <= item.low:
        return declared_note("bargain.accepts_up_to", **words, high=item.reading(high))
    if high >= item.high:
        return declared_note("bargain.accepts_from", **words, low=item.reading(low))
    return declared_note("bargain.accepts_between", **words, low=item.reading(low), high=item.reading(high))


def break_even(negotiation: Negotiation, payoffs: Floats) -> Floats:
    """Probability that the status quo lasts above which each party prefers to sign a deal.

    p* = [V(past law) - V(deal)] / [V(past law) - V(status quo)]: not above 0 where the deal beats the past law anyway,
    above 1 where it is worse than the status quo, NaN where the status quo is no worse than the past law.

    Parameters
    ----------
    payoffs : of the deals, USD billion a year, shape (parties,) or (deals, parties).

    Returns
    -------
    shape of `payoffs`; NaN everywhere without threats of the two kinds.
    """
    payoffs = np.asarray(payoffs, dtype=np.float64)
    day, past = negotiation.of_kind("status-quo"), negotiation.of_kind("past-law")
    if day is None or past is None:
        return np.full(payoffs.shape, np.nan)
    fall = past.value - day.value
    return np.where(fall > 0.0, (past.value - payoffs) / np.where(fall > 0.0, fall, 1.0), np.nan)
