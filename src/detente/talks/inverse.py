"""What the terms signed say about the negotiators: which weights, powers and threats would make them the outcome.

Terms are rationalised by a case when they are acceptable to all, leave next to nothing on the table, and are the Nash
package within a tolerance. The answer is a region; at a corner it gives a one-sided bound and no value; where nothing
rationalises the terms, the condition that fails is named in dollars, issue by issue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.codes import declared_note
from detente.talks.acceptable import Acceptable, acceptable
from detente.talks.frontier import Survey, survey
from detente.talks.improvements import Improvement, LeftOver, left_on_table
from detente.talks.solutions import Corner, corners, solve_concept
from detente.talks.space import FREE, Floats, Negotiation

TABLE = 1.0
"""Terms lie on the frontier when they leave less than this on the table, USD billion a year."""

NEAR = 2.0
"""Terms are the Nash package when each payoff is within this of it, USD billion a year."""


@dataclass(frozen=True)
class Candidate:
    """One set of aims and circumstances that may explain the terms.

    Attributes
    ----------
    labels : what distinguishes it (weights set, horizon ...), for the report.
    negotiation : with these payoffs; `threat`, `constraints` : names.
    power : bargaining power by party, by default the negotiation's.
    """

    labels: Mapping[str, str | float]
    negotiation: Negotiation = field(repr=False)
    threat: str
    constraints: str = FREE
    power: Mapping[str, float] | None = None


@dataclass(frozen=True)
class CandidateVerdict:
    """Whether one candidate rationalises the terms.

    Attributes
    ----------
    candidate : the aims; `gains` : of each party over the threat, USD billion a year, shape (parties,).
    left : left on the table, USD billion a year; `distance` : terms less Nash package, shape (parties,), NaN where no
        package gains for all.
    acceptable, efficient, nash : the three conditions.
    corners : issues of the terms at the end of what is on the table: the verdict then bounds weights from one side.
    issues : changes of one issue that hurt nobody.
    violated : the condition that fails, in dollars; "" where none does.
    """

    candidate: Candidate
    gains: Floats
    left: float
    distance: Floats
    acceptable: bool
    efficient: bool
    nash: bool
    corners: tuple[Corner, ...]
    issues: tuple[Improvement, ...]
    violated: str

    @property
    def holds(self) -> bool:
        """Whether all three conditions hold."""
        return self.acceptable and self.efficient and self.nash


@dataclass(frozen=True)
class Inverse:
    """All candidates and the region of those that rationalise the terms.

    Attributes
    ----------
    outcome : the terms, shape (issues,); `verdicts` : one a candidate.
    sentence : the finding, with the tolerances.
    """

    outcome: Floats
    verdicts: tuple[CandidateVerdict, ...]
    sentence: str

    @property
    def region(self) -> tuple[CandidateVerdict, ...]:
        """Candidates that rationalise the terms."""
        return tuple(verdict for verdict in self.verdicts if verdict.holds)


@dataclass(frozen=True)
class _Known:
    """What candidates share: surveys by negotiation and set, what the terms leave there, acceptable sets by threat."""

    given: Callable[[Negotiation, str], Survey]
    surveys: dict[tuple[int, str], tuple[Survey, LeftOver]] = field(default_factory=dict)
    zones: dict[tuple[int, str, str], Acceptable] = field(default_factory=dict)

    def survey(self, candidate: Candidate, outcome: Floats) -> tuple[Survey, LeftOver]:
        key = id(candidate.negotiation), candidate.constraints
        if key not in self.surveys:
            grid = self.given(candidate.negotiation, candidate.constraints)
            self.surveys[key] = grid, left_on_table(grid, outcome, traced=len(candidate.negotiation.parties) == 2)
        return self.surveys[key]

    def zone(self, candidate: Candidate, grid: Survey) -> Acceptable:
        key = id(candidate.negotiation), candidate.constraints, candidate.threat
        if key not in self.zones:
            self.zones[key] = acceptable(grid, candidate.negotiation.threat(candidate.threat))
        return self.zones[key]


def rationalise(
    outcome: Floats,
    candidates: Sequence[Candidate],
    table: float = TABLE,
    near: float = NEAR,
    surveys: Callable[[Negotiation, str], Survey] = survey,
    names: Mapping[str, str] | None = None,
) -> Inverse:
    """Which candidates make the terms acceptable, efficient and the Nash package.

    Parameters
    ----------
    outcome : terms signed, shape (issues,).
    table, near : tolerances, USD billion a year.
    surveys : payoffs on the grid of a negotiation under a constraint set, where they are known already.
    names : of issues and parties in what is violated, by default their codes.

    Raises
    ------
    SolveError : a search does not converge.
    """
    outcome = np.asarray(outcome, dtype=np.float64)
    known = _Known(surveys)
    verdicts = tuple(_verdict(outcome, candidate, known, table, near, names or {}) for candidate in candidates)
    count = sum(verdict.holds for verdict in verdicts)
    tolerances = {"table": table, "near": near}
    if count:
        words = declared_note("bargain.explained", count=count, tried=len(verdicts), **tolerances)
        return Inverse(outcome, verdicts, words)
    closest = min(verdicts, key=lambda verdict: verdict.left + float(np.maximum(-verdict.gains, 0.0).sum()))
    return Inverse(outcome, verdicts, declared_note("bargain.unexplained", closest=closest.violated, **tolerances))


def _verdict(
    outcome: Floats, candidate: Candidate, known: _Known, table: float, near: float, names: Mapping[str, str]
) -> CandidateVerdict:
    (grid, left), threat = known.survey(candidate, outcome), candidate.negotiation.threat(candidate.threat)
    gains = candidate.negotiation.value(outcome) - threat.value
    solution = None
    # Where a side loses more than the tolerance, the terms cannot be a package that gains for all.
    if (gains >= -near).all():
        solution = solve_concept(
            grid, threat, "asymmetric nash", power=candidate.power, zone=known.zone(candidate, grid)
        )
    distance = np.full(gains.size, np.nan) if solution is None else gains - solution.gains
    accepted, efficient = bool((gains >= -1e-9).all()), left.allowed and left.total < table
    is_nash = solution is not None and bool((np.abs(distance) <= near).all())
    violated = _violated(candidate.negotiation, gains, left, distance, table, near, names)
    return CandidateVerdict(
        candidate,
        gains,
        left.total,
        distance,
        accepted,
        efficient,
        is_nash,
        corners(grid, outcome),
        left.issues,
        violated,
    )


def _violated(
    negotiation: Negotiation,
    gains: Floats,
    left: LeftOver,
    distance: Floats,
    table: float,
    near: float,
    names: Mapping[str, str],
) -> str:
    parties = [names.get(party, party) for party in negotiation.parties]
    words = [
        declared_note("bargain.would_lose", party=party, loss=-gain)
        for party, gain in zip(parties, gains, strict=True)
        if gain < 0.0
    ]
    if not left.allowed:
        words.append(declared_note("bargain.set_broken"))
    if left.total >= table:
        space = negotiation.space
        steps = ", ".join(
            f"{names.get(better.issue, better.issue)} "
            f"{space.issues[space.index(better.issue)].reading(better.after)} gains "
            + " and ".join(f"{gain:.2f}" for gain in better.gains)
            for better in left.issues[:3]
        )
        words.append(declared_note("bargain.left_over", left=left.total) + (f" ({steps})" if steps else ""))
    if not words and np.isnan(distance).any():
        words.append(declared_note("bargain.no_package"))
    if not words and (np.abs(distance) > near).any():
        away = ", ".join(f"{party} {gap:+.2f}" for party, gap in zip(parties, distance, strict=True))
        words.append(declared_note("bargain.away", away=away))
    return "; ".join(words)
