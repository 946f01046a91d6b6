"""Answers that look like findings and are none: the test of each symptom and the sentence to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.codes import declared_note
from detente.talks.acceptable import Acceptable
from detente.talks.frontier import Survey
from detente.talks.linkage import Linkage
from detente.talks.solutions import Solution
from detente.talks.space import Floats, Negotiation, Threat

EVERYTHING = 0.95
"""Share of acceptable outcomes above which a threat does not tell deals apart."""

MOST = 0.9
"""Room above this share of the largest possible gain, on all sides, says the same."""

NO_ROOM = 0.1
"""Room below this is none, USD billion a year."""


@dataclass(frozen=True)
class Caution:
    """A sentence to print beside a result.

    Attributes
    ----------
    symptom : short name; `sentence` : what to print; `threat`, `constraints` : what it belongs to, "" for all.
    """

    symptom: str
    sentence: str
    threat: str = ""
    constraints: str = ""


def everything_acceptable(zone: Acceptable) -> list[Caution]:
    """The threat is so bad that any deal beats it."""
    wide = bool(zone.largest.min() > 0.0) and bool((zone.room > MOST * zone.largest).all())
    if zone.share <= EVERYTHING and not wide:
        return []
    if zone.share <= EVERYTHING:
        words = declared_note("bargain.nearly_all", threat=zone.threat.label)
    else:
        words = declared_note("bargain.any_deal", threat=zone.threat.label)
    return [Caution(declared_note("bargain.all_acceptable"), words, zone.threat.name, zone.constraints)]


def nothing_acceptable(survey: Survey, zone: Acceptable) -> list[Caution]:
    """No deal beats the threat for all, or by too little; what conflicts, and whether a transfer would close it."""
    if not zone.empty and zone.room.min() >= NO_ROOM:
        return []
    parties, d = survey.negotiation.parties, zone.threat.value
    gains = survey.V - d
    total = gains.sum(axis=1)
    best = int(np.argmax(total)) if total.size else 0
    ends = zone.compromise.payoffs - d
    # Only the smallest gain is sought and settled: what the others get beside it may be one of several.
    each = f"{parties[int(np.argmin(ends))]} {float(ends.min()):+.2f}"
    short = float(np.maximum(-gains[best], 0.0).sum()) if total.size else np.inf
    if total.size and total[best] > 0.0:
        words = declared_note("bargain.transfer_closes", threat=zone.threat.label, each=each, short=short)
    else:
        words = declared_note("bargain.nothing_closes", threat=zone.threat.label, each=each)
    return [Caution(declared_note("bargain.none_acceptable"), words, zone.threat.name, zone.constraints)]


def coarse_grid(zone: Acceptable) -> list[Caution]:
    """Deals exist between the levels of the grid only."""
    if not zone.coarse:
        return []
    words = declared_note("bargain.between_levels", threat=zone.threat.label)
    return [Caution(declared_note("bargain.grid_coarse"), words, zone.threat.name, zone.constraints)]


def lowest_on_offer(survey: Survey, solutions: Mapping[str, Solution]) -> list[Caution]:
    """Issues that every solution leaves at the end of what is on the table, with what lies beyond."""
    if not solutions:
        return []
    every = [{(corner.issue, corner.end) for corner in solution.corners} for solution in solutions.values()]
    first = next(iter(solutions.values()))
    cautions = []
    for corner in first.corners:
        if not all((corner.issue, corner.end) in ends for ends in every):
            continue
        issue = survey.negotiation.space.issues[survey.negotiation.space.index(corner.issue)]
        per, unit = (0.01, "point") if issue.unit == "share" else (1.0, "unit")
        beyond = " and ".join(f"{per * slope:+.3f}" for slope in corner.beyond)
        words = declared_note(
            "bargain.at_the_limit", issue=corner.issue, level=issue.reading(corner.level), end=corner.end, unit=unit,
            beyond=beyond,
        )  # fmt: skip
        cautions.append(Caution(declared_note("bargain.lowest_on_offer"), words, first.threat, first.constraints))
    return cautions


def welfare_says_zero(negotiation: Negotiation, solutions: Mapping[str, Solution]) -> list[Caution]:
    """In real income alone all duties end at the lowest level."""
    nash = solutions.get("nash")
    if nash is None or negotiation.weights != "welfare":
        return []
    lowest = {corner.issue for corner in nash.corners if corner.end != "highest"}
    duties = {issue.name for issue in negotiation.space.issues if issue.kind == "duty"}
    if not duties or not duties <= lowest:
        return []
    words = declared_note("bargain.no_price")
    return [Caution(declared_note("bargain.welfare_zero"), words, nash.threat, nash.constraints)]


def hurting_duties(negotiation: Negotiation, outcome: Floats, name: str = "the deal") -> list[Caution]:
    """Duties above their lowest level that hurt their owner and everybody else at an outcome."""
    slope = negotiation.payoffs.slope(np.asarray(outcome)[None])[0]
    cautions = []
    for k, issue in enumerate(negotiation.space.issues):
        if issue.kind != "duty" or outcome[k] <= issue.low or slope[:, k].max() >= 0.0:
            continue
        per = 0.01 if issue.unit == "share" else 1.0
        gains = ", ".join(f"{-per * value:.3f}" for value in slope[:, k])
        words = declared_note("bargain.both_would_cut", issue=issue.name, deal=name, gains=gains)
        cautions.append(Caution(declared_note("bargain.duty_hurts"), words))
    return cautions


def empty_linkage(negotiation: Negotiation, linked: Linkage, threat: Threat) -> list[Caution]:
    """Tracks that buy nothing: their owner would give them by itself, or the other side gives nothing for them."""
    space, remarks, zero = negotiation.space, [], declared_note("bargain.linkage_zero")
    for price in linked.prices:
        if not price.moves or any(abs(move) > 5e-4 for move in price.moves.values()):
            continue
        owners = {issue.party for issue in space.issues if issue.track == price.track}
        if alone := _lifts_by_itself(negotiation, price.track, threat):
            remarks.append((zero, declared_note("bargain.lifts_alone", party=alone, track=price.track)))
        else:
            payers = [party for party in space.parties if party not in owners] or list(space.parties)
            words = declared_note("bargain.gives_nothing", parties=" and ".join(payers), track=price.track)
            remarks.append((zero, words))
        if price.gains.max() > NO_ROOM:
            words = declared_note("bargain.assumed_gain", track=price.track)
            remarks.append((declared_note("bargain.loss_put_in"), words))
    return [Caution(name, words, linked.threat, linked.constraints) for name, words in remarks]


def _lifts_by_itself(negotiation: Negotiation, track: str, threat: Threat) -> str:
    """The owner of a control on the track that gains by easing it alone from the threat, "" if none does."""
    if threat.outcome is None:
        return ""
    for k, issue in enumerate(negotiation.space.issues):
        if issue.track == track and issue.kind == "control" and issue.party in negotiation.parties:
            eased = threat.outcome.copy()
            eased[k] = issue.low if issue.worst == issue.high else issue.high
            me = negotiation.space.party(issue.party)
            if negotiation.value(eased)[me] >= negotiation.value(threat.outcome)[me]:
                return issue.party
    return ""
