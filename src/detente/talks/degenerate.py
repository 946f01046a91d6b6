"""Answers that look like findings and are none: the test of each symptom and the sentence to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.codes import declared_note
from detente.talks.linkage import Linkage
from detente.talks.solutions import CommonGround, Solution, corners, largest_sum
from detente.talks.space import Floats, Negotiation, Threat
from detente.talks.stability import Truce

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


def cautions_over(
    negotiation: Negotiation, threat: Threat, constraints: str, ground: CommonGround, nash: Solution | None,
    share: float = float("nan"), linked: Linkage | None = None,
) -> list[Caution]:  # fmt: skip
    """What must be said beside the answers for one threat and one set of constraints.

    Parameters
    ----------
    nash : the package of Nash; `share` : of all outcomes that are acceptable to all, where it is known.
    """
    remarks = [
        everything_acceptable(threat, ground, share),
        nothing_acceptable(negotiation, threat, constraints, ground),
    ]
    remarks += _at_the_end(negotiation, nash, constraints)
    remarks += empty_linkage(negotiation, linked, threat) if linked is not None else []
    return [Caution(declared_note(key), words, threat.name, constraints) for key, words in filter(None, remarks)]


Found = tuple[str, str]
"""Key of the note that names a symptom, and what to print."""


def everything_acceptable(threat: Threat, ground: CommonGround, share: float = float("nan")) -> Found | None:
    """The threat is so bad that any deal beats it."""
    wide = bool(ground.most.min() > 0.0) and bool((ground.room > MOST * ground.most).all())
    if not (share > EVERYTHING or wide):
        return None
    return "bargain.all_acceptable", declared_note(
        "bargain.any_deal" if share > EVERYTHING else "bargain.nearly_all", threat=threat.label
    )


def nothing_acceptable(
    negotiation: Negotiation, threat: Threat, constraints: str, ground: CommonGround
) -> Found | None:
    """No deal beats the threat for all, or by too little; what conflicts, and whether a transfer would close it."""
    if not ground.empty and ground.room.min() >= NO_ROOM:
        return None
    ends, none = negotiation.value(ground.meeting) - threat.value, np.full(threat.value.size, -np.inf)
    best = largest_sum(negotiation, negotiation.space.near(threat), none, constraints)
    # Only the smallest gain is sought and settled: what the others get beside it may be one of several.
    each = f"{negotiation.parties[int(np.argmin(ends))]} {float(ends.min()):+.2f}"
    gains = ends if best is None else best.payoffs - threat.value
    key, short = "bargain.nothing_closes", float(np.maximum(-gains, 0.0).sum())
    if gains.sum() > 0.0:
        key = "bargain.transfer_closes"
    return "bargain.none_acceptable", declared_note(key, threat=threat.label, each=each, short=short)


def _at_the_end(negotiation: Negotiation, nash: Solution | None, constraints: str) -> list[Found]:
    """Issues that the package of Nash leaves at the end of what is on the table, with what lies beyond; and whether in
    real income alone all duties end at the lowest level.
    """
    space, remarks = negotiation.space, list[Found]()
    ends = corners(negotiation, nash.outcome, constraints) if nash is not None else ()
    for corner in ends:
        issue = space.issues[space.index(corner.issue)]
        per, unit = (0.01, "point") if issue.unit == "share" else (1.0, "unit")
        beyond = " and ".join(f"{per * slope:+.3f}" for slope in corner.beyond)
        remarks.append(("bargain.lowest_on_offer", declared_note(
            "bargain.at_the_limit", issue=corner.issue, level=issue.reading(corner.level), end=corner.end, unit=unit,
            beyond=beyond,
        )))  # fmt: skip
    duties = {issue.name for issue in space.issues if issue.kind == "duty"}
    lowest = {corner.issue for corner in ends if corner.end != "highest"}
    if negotiation.weights == "welfare" and duties and duties <= lowest:
        remarks.append(("bargain.welfare_zero", declared_note("bargain.no_price")))
    return remarks


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


def unpunished(truces: Mapping[str, Truce]) -> list[Caution]:
    """Answers to a breach that are no punishment for a side."""
    return [Caution("punishment rewards", note, name) for name, pact in truces.items() for note in pact.notes
            if "no punishment" in note]  # fmt: skip


def empty_linkage(negotiation: Negotiation, linked: Linkage, threat: Threat) -> list[Found]:
    """Tracks that buy nothing: their owner would give them by itself, or the other side gives nothing for them."""
    space, remarks = negotiation.space, list[Found]()
    for price in linked.prices:
        if not price.moves or any(abs(move) > 5e-4 for move in price.moves.values()):
            continue
        owners = {issue.party for issue in space.issues if issue.track == price.track}
        if alone := _lifts_by_itself(negotiation, price.track, threat):
            remarks.append(
                ("bargain.linkage_zero", declared_note("bargain.lifts_alone", party=alone, track=price.track))
            )
        else:
            payers = [party for party in space.parties if party not in owners] or list(space.parties)
            words = declared_note("bargain.gives_nothing", parties=" and ".join(payers), track=price.track)
            remarks.append(("bargain.linkage_zero", words))
        if price.gains.max() > NO_ROOM:
            remarks.append(("bargain.loss_put_in", declared_note("bargain.assumed_gain", track=price.track)))
    return remarks


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
