"""All answers at once: `settle` of a negotiation, for every threat and every set of constraints.

No result stands for one threat point alone, and every one names its unit, concept, threat, weights, constraint set and
horizon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.codes import InputError, declared_note
from detente.codes.given import Several, several
from detente.codes.names import Readable
from detente.talks.frontier import LeftOver, left_on_table
from detente.talks.leverage import Linkage, linkage
from detente.talks.solutions import (
    CommonGround,
    Limit,
    Solution,
    break_even,
    common_ground,
    corners,
    largest_sum,
    limits_of,
    solve_all,
)
from detente.talks.space import FREE, Floats, Negotiation, Threat
from detente.talks.stability import Truce, moves_from, truce

#: Share of acceptable outcomes above which a threat does not tell deals apart.
EVERYTHING = 0.95

#: Room above this share of the largest possible gain, on all sides, says the same.
MOST = 0.9

#: Room below this is none, USD billion a year.
NO_ROOM = 0.1


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


#: Key of the note that names a symptom, and what to print.
Found = tuple[str, str]


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


# --- all answers at once ----------------------------------------------------------------------------------------------


UNIT = "USD billion a year"


@dataclass(frozen=True)
class Labels:
    """What every number of a settlement is labelled with."""

    weights: str
    horizon: str
    unit: str = UNIT
    threat: str = ""
    constraints: str = ""


@dataclass(frozen=True, repr=False)
class NamedDeal(Readable):
    """A deal with a name.

    Attributes
    ----------
    name : its name; `outcome` : shape (issues,); `payoffs` : from the reference outcome, shape (parties,).
    gains : over each threat, by its name, shape (parties,).
    break_even : p*, probability that the status quo lasts above which each party signs, shape (parties,).
    left : what it leaves on the table, by constraint set.
    """

    name: str
    outcome: Floats
    payoffs: Floats
    gains: Mapping[str, Floats]
    break_even: Floats
    left: Mapping[str, LeftOver] = field(repr=False)


@dataclass(frozen=True, repr=False)
class Cell(Readable):
    """Answers for one threat and one constraint set.

    Attributes
    ----------
    labels : of all numbers in it; `threat` : the alternative.
    ground : what all prefer to it; `solutions` : by concept, empty where no deal gains for all.
    linkage : all combinations of tracks, None where the threat is a mix or there is one track.
    """

    labels: Labels
    threat: Threat = field(repr=False)
    ground: CommonGround = field(repr=False)
    solutions: Mapping[str, Solution]
    linkage: Linkage | None = field(repr=False)


@dataclass(frozen=True, repr=False)
class Settlement(Readable):
    """What each side would accept, what deal could be struck, and whether it would hold.

    Attributes
    ----------
    negotiation : the case; `labels` : of payoffs.
    cells : by (threat, constraint set).
    deals : those with a name; `reference` : name of the deal from which truces are measured.
    limits : conditional limits of each party; `truces` : of the reference deal, by punishment.
    cautions : sentences to print beside the numbers.
    """

    negotiation: Negotiation = field(repr=False)
    labels: Labels
    cells: Mapping[tuple[str, str], Cell] = field(repr=False)
    deals: Mapping[str, NamedDeal] = field(repr=False)
    reference: str
    limits: tuple[Limit, ...] = field(repr=False)
    truces: Mapping[str, Truce] = field(repr=False)
    cautions: tuple[Caution, ...] = field(repr=False)

    def cell(self, threat: str, constraints: str = FREE) -> Cell:
        """The answers for one threat and set; `UnknownName` if there are none."""
        self.negotiation.threat(threat)
        self.negotiation.space.of_set(constraints)
        return self.cells[threat, constraints]


def settle(
    negotiation: Negotiation,
    *,
    reference: str | None = None,
    sets: Several | None = None,
    linked: Several | None = None,
) -> Settlement:
    """Common ground, packages, limits, linkage and truces, for each threat and constraint set.

    Parameters
    ----------
    reference : deal from which truces are measured, by default the first with a name that is no threat.
    sets : constraint sets, by default all.
    linked : threats against which combinations of tracks are solved, by default the first that has an outcome.

    Raises
    ------
    InputError : no outcome has a name.
    UnknownName : no such deal, set or threat.
    SolveError : a search does not converge.
    """
    space = negotiation.space
    chosen = tuple(space.constraints) if sets is None else several(sets, "sets")
    reference = reference or _reference(negotiation)
    deal = space.outcome(reference)
    tracked = [threat.name for threat in negotiation.threats if threat.outcome is not None and len(space.tracks) > 1]
    ties = tracked[:1] if linked is None else several(linked, "linked")
    moves, cautions = moves_from(negotiation, deal), list[Caution]()
    cells: dict[tuple[str, str], Cell] = {}
    for threat in negotiation.threats:
        for name in chosen:
            ground = common_ground(negotiation, negotiation.space.near(threat), threat.value, name)
            solutions = solve_all(negotiation, threat, name, ground)
            tied = linkage(negotiation, threat, name) if threat.name in ties else None
            labels = Labels(negotiation.weights, negotiation.horizon, threat=threat.name, constraints=name)
            cells[threat.name, name] = Cell(labels, threat, ground, solutions, tied)
            cautions += cautions_over(negotiation, threat, name, ground, solutions.get("nash"), linked=tied)
    punishments = [threat for threat in negotiation.threats if threat.kind != "expected"]
    truces = {threat.name: truce(negotiation, deal, threat, moves=moves) for threat in punishments}
    cautions += [*hurting_duties(negotiation, deal, reference), *unpunished(truces)]
    deals = {name: _deal(negotiation, chosen, name) for name in space.named}
    return Settlement(negotiation, Labels(negotiation.weights, negotiation.horizon), cells, deals, reference,
                      limits_of(negotiation, deal), truces, tuple(cautions))  # fmt: skip


def _reference(negotiation: Negotiation) -> str:
    outcomes = [threat.outcome for threat in negotiation.threats if threat.outcome is not None]
    for name, point in negotiation.space.named.items():
        if not any(np.array_equal(point, other) for other in outcomes):
            return name
    raise InputError(f"negotiation {negotiation.name}", "no deal has a name", "name one outcome that is no threat")


def _deal(negotiation: Negotiation, sets: tuple[str, ...], name: str) -> NamedDeal:
    outcome = negotiation.space.outcome(name)
    payoffs = negotiation.value(outcome)
    gains = {threat.name: payoffs - threat.value for threat in negotiation.threats}
    left = {constraints: left_on_table(negotiation, outcome, constraints) for constraints in sets}
    return NamedDeal(name, outcome, payoffs, gains, break_even(negotiation, payoffs), left)
