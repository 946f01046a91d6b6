"""All answers at once: `settle` of a negotiation, for every threat and every set of constraints.

No result stands for one threat point alone, and every one names its unit, concept, threat, weights, constraint set and
horizon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.codes import InputError
from detente.codes.given import Several, several
from detente.codes.portrait import Readable
from detente.talks.acceptable import Limit, break_even, limits_of
from detente.talks.degenerate import Caution, cautions_over, hurting_duties, unpunished
from detente.talks.directions import LeftOver, left_on_table
from detente.talks.linkage import Linkage, linkage
from detente.talks.solutions import CommonGround, Solution, common_ground, solve_all
from detente.talks.space import FREE, Floats, Negotiation, Threat
from detente.talks.stability import Truce, moves_from, truce

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
