"""What deal is likely: cooperative solutions over the acceptable set, each with the package it picks.

With gains g = V - d over the threat: Nash (1950) maximises the product of gains, weighted by power where sides differ;
Kalai and Smorodinsky (1975) raise all gains in proportion to the most each side could get over the acceptable set;
egalitarian (Kalai 1977) raises them equally, utilitarian raises their sum, both in dollars. The first two do not change
when one side's payoff is measured in other units; the last two do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from detente.codes import UnknownName
from detente.codes.portrait import Readable
from detente.talks.acceptable import Acceptable, acceptable
from detente.talks.continuous import Aim, gap_slope, maximise, smallest_gain, sum_of_logs, weighted_sum
from detente.talks.frontier import Curve, Survey
from detente.talks.space import Floats, Threat, least, local

CONCEPTS = ("nash", "asymmetric nash", "kalai-smorodinsky", "egalitarian", "utilitarian")

TIE = 1e-9
"""Outcomes of the grid within this of the best aim (share of its size) are ties."""

SHOWN = 20
"""Most ties listed."""


@dataclass(frozen=True)
class Corner:
    """An issue that a deal leaves at the end of what is on the table.

    Attributes
    ----------
    issue : its name; `level` : where it stands; `end` : "lowest", "highest", or the name of the constraint that binds.
    beyond : change of each party's payoff for one unit further in that direction, USD billion a year, shape (parties,).
    """

    issue: str
    level: float
    end: str
    beyond: Floats


@dataclass(frozen=True, repr=False)
class Solution(Readable):
    """The package one solution concept picks.

    Attributes
    ----------
    concept : name; `threat` : name of the threat point; `constraints` : name of the set.
    outcome : shape (issues,); `payoffs`, `gains` : over the reference and over the threat, USD billion a year.
    corners : issues at the end of what is on the table.
    ties : other outcomes of the grid with the same aim, shape (ties, issues), at most `SHOWN`.
    grid : the best outcome of the grid, shape (issues,), None where the grid has no deal.
    residual : first-order residual, share; `polled` : most a poll nearby still gains, share of the scale of payoffs.
    """

    concept: str
    threat: str
    constraints: str
    outcome: Floats
    payoffs: Floats
    gains: Floats
    corners: tuple[Corner, ...]
    ties: Floats = field(repr=False)
    grid: Floats | None = field(repr=False)
    residual: float = 0.0
    polled: float = 0.0


def solve_concept(
    survey: Survey,
    threat: Threat,
    concept: str = "nash",
    *,
    power: Mapping[str, float] | None = None,
    zone: Acceptable | None = None,
) -> Solution | None:
    """The package of one concept, continuous from the best outcome of the grid; None where no deal gains for all.

    Parameters
    ----------
    power : bargaining power by party for "asymmetric nash", by default the negotiation's.
    zone : the acceptable set under the threat, if known.

    Raises
    ------
    UnknownName : no such concept.
    SolveError : the search does not converge.
    """
    if concept not in CONCEPTS:
        raise UnknownName("solution concept", concept, CONCEPTS)
    zone = zone or acceptable(survey, threat)
    if zone.empty:
        return None
    aim = _aim(survey, threat, concept, zone, power)
    scores = survey.scores(aim, zone.mask)
    rows = survey.best_rows(scores, zone.mask) if zone.mask.any() else []
    grid = survey.X[rows[0]] if rows else None
    d = threat.value
    starts = [survey.X[row] for row in rows if (survey.V[row] > d).all()] or [zone.compromise.outcome]
    if concept == "egalitarian":
        package = zone.compromise
    else:
        name, spare = f"{concept} against {threat.name}", [zone.compromise.outcome]
        package = maximise(survey.problem(d), aim, starts, name, spare=spare)
    return Solution(
        concept,
        threat.name,
        survey.constraints,
        package.outcome,
        package.payoffs,
        package.payoffs - d,
        corners(survey, package.outcome),
        _ties(survey, scores, grid),
        grid,
        package.residual,
        package.polled,
    )


def nash_package(survey: Survey, threat: Threat) -> Solution | None:
    """The Nash package without the acceptable set around it; None where no deal gains for all.

    Raises
    ------
    SolveError : the search does not converge.
    """
    d = threat.value
    gain = least(survey.V - d)
    if gain.max(initial=-np.inf) <= 1e-3 * survey.size:
        return solve_concept(survey, threat, "nash")
    mask = gain > 0.0
    aim = sum_of_logs(d, np.full(d.size, 1.0 / d.size), float((survey.V[mask] - d).max()))
    scores = survey.scores(aim, mask)
    starts = survey.best(scores, mask)
    package = maximise(survey.problem(d), aim, starts, f"nash against {threat.name}")
    ties, edges = _ties(survey, scores, starts[0]), corners(survey, package.outcome)
    gains = package.payoffs - d
    return Solution(
        "nash",
        threat.name,
        survey.constraints,
        package.outcome,
        package.payoffs,
        gains,
        edges,
        ties,
        starts[0],
        package.residual,
        package.polled,
    )


def _aim(survey: Survey, threat: Threat, concept: str, zone: Acceptable, power: Mapping[str, float] | None) -> Aim:
    d, parties = threat.value, survey.negotiation.parties
    if concept == "nash":
        return sum_of_logs(d, np.full(d.size, 1.0 / d.size), float(zone.room.max()))
    if concept == "asymmetric nash":
        given = power or survey.negotiation.power
        return sum_of_logs(d, np.array([given[party] for party in parties]), float(zone.room.max()))
    if concept == "kalai-smorodinsky":
        return smallest_gain(d, np.maximum(zone.room, 1e-12))
    return smallest_gain(d, np.ones(d.size)) if concept == "egalitarian" else weighted_sum(np.ones(d.size))


def _ties(survey: Survey, scores: Floats, grid: Floats | None) -> Floats:
    if grid is None:
        return np.empty((0, survey.X.shape[1]))
    near = np.flatnonzero(scores >= scores.max() - TIE * max(1.0, abs(float(scores.max()))))
    return survey.X[near[(survey.X[near] != grid).any(axis=1)][:SHOWN]]


def corners(survey: Survey, outcome: Floats) -> tuple[Corner, ...]:
    """Issues that an outcome leaves at a bound or at a constraint on them alone, with the slopes beyond."""
    space = survey.negotiation.space
    slope = local(survey.negotiation.payoffs, outcome)[1]
    width = space.upper - space.lower
    edges = []
    for k in np.flatnonzero(survey.free):
        if outcome[k] <= space.lower[k] + 1e-6 * width[k]:
            edges.append(Corner(space.names[k], float(outcome[k]), "lowest", -slope[:, k]))
        elif outcome[k] >= space.upper[k] - 1e-6 * width[k]:
            edges.append(Corner(space.names[k], float(outcome[k]), "highest", slope[:, k]))
    for rule in survey.rules:
        normal = gap_slope(rule, space, outcome)
        touched = np.flatnonzero(normal)
        if rule.kind == "at-least" and touched.size == 1 and rule.gap(outcome[None])[0] <= 1e-6 * width[touched[0]]:
            k = int(touched[0])
            edges.append(Corner(space.names[k], float(outcome[k]), rule.name, -np.sign(normal[k]) * slope[:, k]))
    return tuple(edges)


def solve_all(survey: Survey, threat: Threat, zone: Acceptable | None = None) -> dict[str, Solution]:
    """All concepts under one threat; empty where no deal gains for all. Equal powers need no second Nash package."""
    zone = zone or acceptable(survey, threat)
    equal = np.ptp(list(survey.negotiation.power.values())) < TIE
    solutions: dict[str, Solution] = {}
    for concept in CONCEPTS:
        if concept == "asymmetric nash" and equal and "nash" in solutions:
            solutions[concept] = _renamed(solutions["nash"], concept)
        elif (solution := solve_concept(survey, threat, concept, zone=zone)) is not None:
            solutions[concept] = solution
    return solutions


def _renamed(solution: Solution, concept: str) -> Solution:
    return replace(solution, concept=concept)


def nash_on_curve(curve: Curve, threat: Floats, power: tuple[float, float] = (0.5, 0.5)) -> Floats | None:
    """Payoffs of the Nash package of two parties on a traced frontier, shape (2,); None where no point gains for both.

    Searched between points of a scan, so that it moves smoothly with the threat.
    """
    from scipy.optimize import brentq

    d, b = np.asarray(threat, dtype=np.float64), np.asarray(power)
    steps = np.linspace(0.0, 1.0, 401)
    gains = curve.at(steps) - d
    good = gains.min(axis=1) > 0.0
    if curve.point or not good.any():
        return curve.payoffs[0] if curve.point and good.any() else None

    def rise(step: float) -> float:
        return float((curve.slope(step) / np.maximum(curve.at(step) - d, 1e-300)) @ b)

    score = np.where(good, np.log(np.maximum(gains, 1e-300)) @ b, -np.inf)
    best = int(np.argmax(score))
    low, high = steps[max(best - 1, 0)], steps[min(best + 1, steps.size - 1)]
    if not rise(low) > 0.0 > rise(high):
        return curve.at(steps[best])
    # The root of the slope is known to the last digit, the top of the value only to half of them.
    package = curve.at(cast(float, brentq(rise, low, high, xtol=1e-15)))
    return package if np.log(np.maximum(package - d, 1e-300)) @ b >= score[best] else curve.at(steps[best])
