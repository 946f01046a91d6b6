"""All answers at once: `settle` of a negotiation, for every threat and every set of constraints.

No result stands for one threat point alone, and every one names its unit, concept, threat, weights, constraint set and
horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.codes import InputError
from detente.codes.given import Several, several
from detente.codes.portrait import Readable
from detente.talks import degenerate
from detente.talks.acceptable import Acceptable, Limit, acceptable, break_even, conditional_limits
from detente.talks.degenerate import Caution
from detente.talks.delay import DelayLedger
from detente.talks.frontier import Curve, Survey, survey
from detente.talks.improvements import LeftOver, left_on_table
from detente.talks.leverage import Leverage, ThreatValue, all_threats, leverage
from detente.talks.linkage import Linkage, linkage
from detente.talks.responses import War, tariff_war
from detente.talks.solutions import Solution, solve_all
from detente.talks.space import FREE, Floats, Negotiation, Threat, factors
from detente.talks.stability import HostileAct, Truce, moves_from, self_enforcing, truce

UNIT = "USD billion a year"


@dataclass(frozen=True)
class Labels:
    """What every number of a settlement is labelled with."""

    weights: str
    horizon: str
    unit: str = UNIT
    concept: str = ""
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
    zone : the acceptable set; `solutions` : by concept, empty where no deal gains for all.
    leverage : the four measures from the reference deal; `linkage` : all combinations of tracks, None where the threat
        is a mix or there is one track.
    """

    labels: Labels
    threat: Threat = field(repr=False)
    zone: Acceptable = field(repr=False)
    solutions: Mapping[str, Solution]
    leverage: Leverage | None = field(repr=False)
    linkage: Linkage | None = field(repr=False)


@dataclass(frozen=True, repr=False)
class Settlement(Readable):
    """What each side would accept, what deal could be struck, and whether it would hold.

    Attributes
    ----------
    negotiation : the case; `labels` : of payoffs.
    cells : by (threat, constraint set); `frontiers` : by constraint set, of two parties.
    deals : those with a name; `reference` : name of the deal from which leverage and truces are measured.
    war : mutual best responses, None where a party sets no duty.
    limits : conditional limits of each party; `truces` : of the reference deal, by punishment.
    enforced : share of outcomes of the full grid that hold by themselves, and the lowest, by punishment.
    ledger : of delay, None without paths; `cautions` : sentences to print beside the numbers.
    """

    negotiation: Negotiation = field(repr=False)
    labels: Labels
    cells: Mapping[tuple[str, str], Cell] = field(repr=False)
    frontiers: Mapping[str, Curve] = field(repr=False)
    deals: Mapping[str, NamedDeal] = field(repr=False)
    reference: str
    war: War | None = field(repr=False)
    limits: tuple[Limit, ...] = field(repr=False)
    truces: Mapping[str, Truce] = field(repr=False)
    enforced: Mapping[str, tuple[float, Floats]] = field(repr=False)
    ledger: DelayLedger | None = field(repr=False)
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
    acts: Sequence[HostileAct] = (),
    ledger: DelayLedger | None = None,
    surveys: Mapping[str, Survey] | None = None,
) -> Settlement:
    """Acceptable sets, frontiers, solutions, leverage, linkage and truces, for each threat and constraint set.

    Parameters
    ----------
    reference : deal from which leverage and truces are measured, by default the first with a name that is no threat.
    sets : constraint sets, by default all.
    linked : threats against which combinations of tracks are solved, by default the first that has an outcome.
    acts : hostile acts outside the deal's list; `ledger` : of delay, from `delay_ledger`.
    surveys : payoffs on the grid by constraint set, where known.

    Raises
    ------
    InputError : no outcome has a name, or a constraint set allows nothing.
    UnknownName : no such deal, set or threat.
    SolveError : a search does not converge.
    """
    space = negotiation.space
    sets = tuple(space.constraints) if sets is None else several(sets, "sets")
    known = surveys or {}
    whole = known[FREE] if FREE in known else survey(negotiation, FREE)
    surveys = {FREE: whole, **known}
    surveys = {name: surveys[name] if name in surveys else survey(negotiation, name, known=whole) for name in sets}
    for name, grid in surveys.items():
        if not len(grid.X):
            raise InputError(f"constraint set {name}", "allows no outcome of the grid", "add levels that meet it")
    reference = reference or _reference(negotiation)
    deal = space.outcome(reference)
    tracked = [threat.name for threat in negotiation.threats if threat.outcome is not None and len(space.tracks) > 1]
    linked = tracked[:1] if linked is None else several(linked, "linked")
    week = None if ledger is None else ledger.total[0]
    actions, moves = all_threats(negotiation, deal), moves_from(negotiation, deal)
    cells = {
        (threat.name, name): _cell(grid, threat, deal, reference, threat.name in linked, week, actions)
        for threat in negotiation.threats
        for name, grid in surveys.items()
    }
    punishments = [threat for threat in negotiation.threats if threat.kind != "expected"]
    truces = {threat.name: truce(negotiation, deal, threat, acts=acts, moves=moves) for threat in punishments}
    cautions = _cautions(negotiation, surveys, cells, deal, reference, truces)
    return Settlement(
        negotiation,
        Labels(negotiation.weights, negotiation.horizon),
        cells,
        {name: grid.curve for name, grid in surveys.items()} if len(space.parties) == 2 else {},
        {name: _deal(negotiation, surveys, name) for name in space.named},
        reference,
        _war(negotiation),
        _limits(negotiation, deal),
        truces,
        {threat.name: _enforced(whole, threat) for threat in punishments},
        ledger,
        cautions,
    )


def _reference(negotiation: Negotiation) -> str:
    outcomes = [threat.outcome for threat in negotiation.threats if threat.outcome is not None]
    for name, point in negotiation.space.named.items():
        if not any(np.array_equal(point, other) for other in outcomes):
            return name
    raise InputError(f"negotiation {negotiation.name}", "no deal has a name", "name one outcome that is no threat")


def _cell(
    grid: Survey,
    threat: Threat,
    deal: Floats,
    reference: str,
    linked: bool,
    week: Floats | None,
    actions: Sequence[ThreatValue],
) -> Cell:
    negotiation = grid.negotiation
    zone = acceptable(grid, threat)
    solutions = solve_all(grid, threat, zone)
    lever = None
    if len(negotiation.parties) == 2:
        nash = solutions.get("nash")
        lever = leverage(
            negotiation, grid.curve, threat, deal, name=reference, predicted=nash, week=week, actions=actions
        )
    links = linkage(negotiation, threat, grid.constraints, grid) if linked else None
    labels = Labels(negotiation.weights, negotiation.horizon, threat=threat.name, constraints=grid.constraints)
    return Cell(labels, threat, zone, solutions, lever, links)


def _deal(negotiation: Negotiation, surveys: Mapping[str, Survey], name: str) -> NamedDeal:
    outcome = negotiation.space.outcome(name)
    payoffs = negotiation.value(outcome)
    gains = {threat.name: payoffs - threat.value for threat in negotiation.threats}
    left = {constraints: left_on_table(grid, outcome, traced=True) for constraints, grid in surveys.items()}
    return NamedDeal(name, outcome, payoffs, gains, break_even(negotiation, payoffs), left)


def _war(negotiation: Negotiation) -> War | None:
    space = negotiation.space
    if not all(space.own(party) for party in space.parties):
        return None
    known = negotiation.of_kind("war")
    start = space.default if known is None or known.outcome is None else known.outcome
    return tariff_war(space, negotiation.payoffs, start)


def _limits(negotiation: Negotiation, deal: Floats) -> tuple[Limit, ...]:
    """Each party's limit on each duty of the others, over a few levels of its own first duty."""
    space, rows = negotiation.space, []
    for party in space.parties:
        own = space.own(party)
        duties = [
            k for k, issue in enumerate(space.issues) if issue.kind == "duty" and issue.party not in (party, "both")
        ]
        for k in duties if own else []:
            levels = space.issues[own[0]].levels
            some = levels[np.unique(np.linspace(0, levels.size - 1, 5).astype(int))]
            names = space.names[k], space.names[own[0]]
            rows += conditional_limits(negotiation, party, *names, some, deal)
    return tuple(rows)


def _enforced(whole: Survey, threat: Threat) -> tuple[float, Floats]:
    patience = factors(whole.negotiation, whole.negotiation.lag)
    mask, lowest = self_enforcing(whole, threat.value, patience)
    return float(mask.mean()), lowest


def _cautions(
    negotiation: Negotiation,
    surveys: Mapping[str, Survey],
    cells: Mapping[tuple[str, str], Cell],
    deal: Floats,
    reference: str,
    truces: Mapping[str, Truce],
) -> tuple[Caution, ...]:
    cautions: list[Caution] = []
    for (_, constraints), cell in cells.items():
        grid = surveys[constraints]
        cautions += degenerate.everything_acceptable(cell.zone)
        cautions += degenerate.nothing_acceptable(grid, cell.zone) + degenerate.coarse_grid(cell.zone)
        cautions += degenerate.lowest_on_offer(grid, cell.solutions)
        cautions += degenerate.welfare_says_zero(negotiation, cell.solutions)
        cautions += degenerate.empty_linkage(negotiation, cell.linkage, cell.threat) if cell.linkage else []
    cautions += degenerate.hurting_duties(negotiation, deal, reference)
    for name, pact in truces.items():
        cautions += [Caution("punishment rewards", note, name) for note in pact.notes if "no punishment" in note]
    return tuple(cautions)
