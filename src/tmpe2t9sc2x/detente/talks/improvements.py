"""What a deal leaves on the table, and "improve this deal for both": packages and single issues that hurt nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.talks.continuous import Aim, BestOutcome, SearchProblem, gap_slope, maximise, weighted_sum
from detente.talks.frontier import FINE, Curve, Survey
from detente.talks.space import Floats, Issue, least

LINE = 201
"""Levels looked at on the line of one issue, twice: on the axis, then around the best."""


@dataclass(frozen=True)
class Improvement:
    """A change of a deal that hurts nobody.

    Attributes
    ----------
    issue : what changes (with what a constraint ties to it); `before`, `after` : its levels.
    outcome : the changed deal, shape (issues,); `gains` : of each party, USD billion a year, shape (parties,).
    """

    issue: str
    before: float
    after: float
    outcome: Floats
    gains: Floats


@dataclass(frozen=True)
class LeftOver:
    """What a deal leaves on the table.

    Attributes
    ----------
    outcome : the deal; `payoffs` : USD billion a year.
    total : largest total gain with nobody worse off, USD billion a year; `package` : the outcome that gives it;
        `gains` : of each party there.
    alone : largest gain of each party with nobody worse off, shape (parties,).
    issues : changes of one issue that hurt nobody, the largest total first.
    allowed : whether the deal satisfies the constraint set.
    """

    outcome: Floats
    payoffs: Floats
    total: float
    package: Floats
    gains: Floats
    alone: Floats
    issues: tuple[Improvement, ...]
    allowed: bool


def left_on_table(survey: Survey, outcome: Floats, *, traced: bool = False) -> LeftOver:
    """What a deal leaves on the table under the constraint set of the survey.

    Parameters
    ----------
    outcome : the deal, shape (issues,).
    traced : whether the gains of each side alone are read off the curve of two parties instead of solved for.

    Raises
    ------
    SolveError : a search does not converge.
    """
    outcome = np.asarray(outcome, dtype=np.float64)
    payoffs = survey.negotiation.value(outcome)
    allowed = bool(survey.problem().allowed(outcome[None], payoffs[None])[0])
    problem = survey.problem(payoffs)
    traced = traced and payoffs.size == 2
    near = _near_on_curve(survey.curve, payoffs) if traced else []
    total = _most(survey, problem, weighted_sum(np.ones(payoffs.size)), outcome, allowed, near)
    if traced:
        alone = _alone_on_curve(survey.curve, payoffs)
    else:
        most = [_most(survey, problem, weighted_sum(unit), outcome, allowed) for unit in np.eye(payoffs.size)]
        alone = np.array([0.0 if best is None else best.payoffs[i] - payoffs[i] for i, best in enumerate(most)])
        alone = np.maximum(alone, 0.0)
    package, gains = (outcome, np.zeros(payoffs.size)) if total is None else (total.outcome, total.payoffs - payoffs)
    issues = one_issue_improvements(survey, outcome)
    return LeftOver(outcome, payoffs, max(float(gains.sum()), 0.0), package, gains, alone, issues, allowed)


def _near_on_curve(curve: Curve, payoffs: Floats) -> list[Floats]:
    """The traced outcome with the largest sum at which nobody is worse off, from where a search is short."""
    keep = (curve.payoffs >= payoffs).all(axis=1)
    total = np.where(keep, curve.payoffs.sum(axis=1), -np.inf)
    return [curve.outcomes[int(np.argmax(total))]] if keep.any() else []


def _alone_on_curve(curve: Curve, payoffs: Floats) -> Floats:
    """Most each of two parties can gain with the other no worse off, from the points traced, shape (2,)."""
    most = np.array([float(curve.first(payoffs[1])), float(curve.second(payoffs[0]))])
    return np.maximum(most - payoffs, 0.0)


def _most(
    survey: Survey, problem: SearchProblem, aim: Aim, outcome: Floats, allowed: bool, near: Sequence[Floats] = ()
) -> BestOutcome | None:
    """The best outcome with nobody worse off, from the outcomes near it or the best of the grid; None if none is."""
    keep = None if problem.floor is None else least(survey.V - problem.floor) >= 0.0
    starts = survey.best(aim.value(survey.V), keep)
    spare = [outcome] if allowed else []
    if near:
        return maximise(problem, aim, near, "left on the table", spare=[*starts, *spare])
    return maximise(problem, aim, starts or spare, "left on the table", spare=spare) if starts or spare else None


def one_issue_improvements(survey: Survey, outcome: Floats) -> tuple[Improvement, ...]:
    """Changes of one issue that hurt nobody, each with the largest total gain on its axis, ranked.

    Issues that an equality ties together move together.
    """
    base = survey.negotiation.value(outcome)
    issues, free = survey.negotiation.space.issues, [int(k) for k in np.flatnonzero(survey.free)]
    lines = [_Line(k, issues[k].low, issues[k].high, _direction(survey, outcome, k)) for k in free]
    improvements: dict[int, Improvement] = {}
    for _ in range(2):
        lines = _looked_at(survey, lines, outcome, base, improvements)
    better = [improvement for improvement in improvements.values() if improvement.gains.sum() > FINE * survey.size]
    return tuple(sorted(better, key=lambda improvement: -float(improvement.gains.sum())))


@dataclass(frozen=True)
class _Line:
    """Outcomes along issue `k` from `low` to `high`; `direction` is the move of all levels for a unit of it."""

    k: int
    low: float
    high: float
    direction: Floats


def _looked_at(
    survey: Survey, lines: Sequence[_Line], outcome: Floats, base: Floats, improvements: dict[int, Improvement]
) -> list[_Line]:
    """Puts the best of each line into `improvements`, by one look-up; the stretches around those that have one."""
    space, problem = survey.negotiation.space, replace(survey.problem(), floor=base)
    levels = [_levels(space.issues[line.k], line) for line in lines]
    X = [outcome + (some - outcome[line.k])[:, None] * line.direction for line, some in zip(lines, levels, strict=True)]
    if not X:
        return []
    whole = np.concatenate(X)
    V = survey.negotiation.payoffs.value(whole)
    total = np.where(problem.allowed(whole, V, 1e-10), V.sum(axis=1), -np.inf)
    around, start = [], 0
    for line, some in zip(lines, levels, strict=True):
        peak, k = int(np.argmax(total[start : start + some.size])), line.k
        row, start = start + peak, start + some.size
        if np.isfinite(total[row]):
            improvements[k] = Improvement(
                space.names[k], float(outcome[k]), float(some[peak]), whole[row], V[row] - base
            )
            low, high = some[max(peak - 1, 0)], some[min(peak + 1, some.size - 1)]
            around.append(replace(line, low=float(low), high=float(high)))
    return around


def _levels(issue: Issue, line: _Line) -> Floats:
    return issue.levels if issue.whole else np.linspace(line.low, line.high, LINE)


def _direction(survey: Survey, outcome: Floats, k: int) -> Floats:
    """Move of all levels for one unit of an issue, along equalities that tie it to one other issue."""
    direction = np.eye(len(outcome))[k]
    for rule in survey.rules:
        normal = gap_slope(rule, survey.negotiation.space, outcome)
        tied = [j for j in np.flatnonzero(normal) if j != k]
        if rule.kind == "equal" and normal[k] and len(tied) == 1:
            direction[tied[0]] = -normal[k] / normal[tied[0]]
    return direction
