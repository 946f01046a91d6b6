"""What the terms signed say about the negotiators: which weights, powers and threats would make them the outcome.

Terms are rationalised by a case when they are acceptable to all, leave next to nothing on the table, and are the Nash
package within a tolerance. The answer is a region; at a corner it gives a one-sided bound and no value; where nothing
rationalises the terms, the condition that fails is named in dollars, issue by issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente.codes import declared_note
from detente.talks.directions import Improvement, LeftOver, left_on_table
from detente.talks.solutions import Corner, Solution, corners, nash_deals
from detente.talks.space import FREE, Floats, Negotiation

TABLE = 1.0
"""Terms lie on the frontier when they leave less than this on the table, USD billion a year."""

NEAR = 2.0
"""Terms are the Nash package when each payoff is within this of it, USD billion a year."""

STARTS = 3
"""Places from which the package of Nash is climbed to."""


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


def rationalise(
    outcome: Floats,
    candidates: Sequence[Candidate],
    table: float = TABLE,
    near: float = NEAR,
    names: Mapping[str, str] | None = None,
) -> Inverse:
    """Which candidates make the terms acceptable, efficient and the Nash package.

    Parameters
    ----------
    outcome : terms signed, shape (issues,).
    table, near : tolerances, USD billion a year.
    names : of issues and parties in what is violated, by default their codes.

    Raises
    ------
    SolveError : a search does not converge.
    """
    outcome, known = np.asarray(outcome, dtype=np.float64), dict[tuple[int, str], LeftOver]()
    for candidate in candidates:
        key = id(candidate.negotiation), candidate.constraints
        if key not in known:
            known[key] = left_on_table(candidate.negotiation, outcome, candidate.constraints)
    verdicts = tuple(
        _verdict(outcome, each, known[id(each.negotiation), each.constraints], table, near, names or {})
        for each in candidates
    )
    count = sum(verdict.holds for verdict in verdicts)
    tolerances = {"table": table, "near": near}
    if count:
        words = declared_note("bargain.explained", count=count, tried=len(verdicts), **tolerances)
        return Inverse(outcome, verdicts, words)
    closest = min(verdicts, key=lambda verdict: verdict.left + float(np.maximum(-verdict.gains, 0.0).sum()))
    return Inverse(outcome, verdicts, declared_note("bargain.unexplained", closest=closest.violated, **tolerances))


def _verdict(
    outcome: Floats, candidate: Candidate, left: LeftOver, table: float, near: float, names: Mapping[str, str]
) -> CandidateVerdict:
    negotiation, packages = candidate.negotiation, list[Solution]()
    threat = negotiation.threat(candidate.threat)
    gains = left.payoffs - threat.value
    # Where a side loses more than the tolerance, the terms cannot be a package that gains for all.
    if (gains >= -near).all():
        powered = replace(negotiation, power=candidate.power or negotiation.power)
        packages = nash_deals(powered, powered.space.near(threat), threat.value, candidate.constraints, starts=STARTS)
    distance = gains - packages[0].gains if packages else np.full(gains.size, np.nan)
    accepted, efficient = bool((gains >= -1e-9).all()), left.allowed and left.total < table
    is_nash = bool(packages) and bool((np.abs(distance) <= near).all())
    ends = corners(negotiation, outcome, candidate.constraints)
    violated = _violated(negotiation, gains, left, distance, table, near, names)
    return CandidateVerdict(
        candidate, gains, left.total, distance, accepted, efficient, is_nash, ends, left.issues, violated
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
