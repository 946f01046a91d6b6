"""What signed terms say of those who signed: the weights, powers and threats that would make them the outcome.

For each case of the package whose terms are known, one side's weight on a dollar of jobs is scanned, with bargaining
power and what failed talks would have left. Terms are explained where both sides accept them, where less than a billion
is left on the table, and where they lie within two billion of the Nash package. Nothing here is a forecast: the terms
stand in a file of their own, which no case of the day before reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import Parameter, Table, UnknownName
from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.data.tables import partner_name
from detente.lab.talks.case import Case
from detente.lab.talks.deals import billions
from detente.lab.talks.materials import supplied
from detente.lab.talks.power import scanned
from detente.lab.talks.words import threat_phrase
from detente.talks.horizon import LONG_RUN
from detente.talks.inverse import CandidateVerdict
from detente.talks.space import FREE

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

OMEGAS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Extra dollars for a dollar of value added in the group of a case, of the side that laid the duties."""

POWERS = (0.3, 0.4, 0.5, 0.6, 0.7)
"""Bargaining power of that side."""

MIXED = ("expected", "war")
"""Kinds of threats that are no law of a day."""


@dataclass(frozen=True)
class ExplainedTerms:
    """The terms of a case under every weight, power and threat.

    Attributes
    ----------
    name, title, giver : of the case; who laid the duties.
    threats : names with what readers call them.
    verdicts : by weight, power and threat.
    """

    name: str
    title: str
    giver: str
    threats: tuple[tuple[str, str], ...]
    verdicts: tuple[CandidateVerdict, ...]


def signed_cases() -> tuple[str, ...]:
    """Cases of the package whose terms were signed, between two sides."""
    return tuple(name for name in case_names() if _signed(name))


@lru_cache(maxsize=64)
def _signed(name: str) -> bool:
    if HAPPENED not in variant_names(name):
        return False
    file = load_case(name, HAPPENED)
    return bool(file.signed) and len(file.parties) == 2


def terms_tables(names: Sequence[str] = (), progress: Progress | None = None) -> list[Table]:
    """Which weights, powers and threats explain the terms of each case, and what the terms left on the table.

    Parameters
    ----------
    names : of cases; all that were signed by default.
    progress : told how many cases are done, and of how many.

    Returns
    -------
    Tables signed_terms and left_terms.

    Raises
    ------
    UnknownName : a case without signed terms. SolveError : a search does not converge.
    """
    known = signed_cases()
    for name in names:
        if name not in known:
            raise UnknownName("case with signed terms", name, known, Parameter("case"))
    explained = []
    for number, name in enumerate(names or known):
        if progress is not None:
            progress(number, len(names or known))
        explained.append(explained_terms(name))
    return [_signed_table(explained), _left_table(explained)]


@lru_cache(maxsize=32)
def explained_terms(name: str) -> ExplainedTerms:
    """The terms of a case under every weight, power and threat; errors are those of `terms_tables`."""
    file = load_case(name, HAPPENED)
    case = supplied(Case(file, check=False))
    rows = [row for row in file.threats if row.kind not in MIXED]
    names = {code: partner_name(code) for code in case.parties}
    names |= {issue.name: f"{issue.label or issue.name} at" for issue in case.outcome_space.issues}
    known = [row.name for row in rows]
    verdicts = scanned(case, case.outcome(file.signed), LONG_RUN, OMEGAS, POWERS, known, [FREE], names)
    threats = tuple((row.name, threat_phrase(file, row)) for row in rows)
    return ExplainedTerms(name, file.title, case.parties[0], threats, tuple(verdicts))


def _span(
    verdicts: Sequence[CandidateVerdict], holds: Callable[[CandidateVerdict], bool], label: str
) -> tuple[float, float]:
    """Lowest and highest value of what was scanned where a condition holds; not a number where it never does."""
    values = [float(v.candidate.labels[label]) for v in verdicts if holds(v)]
    return (min(values), max(values)) if values else (np.nan, np.nan)


def _signed_table(explained: Sequence[ExplainedTerms]) -> Table:
    """One row a case and threat: the interval of weights under which each condition holds, and of power for all."""
    rows = []
    for terms in explained:
        for name, words in terms.threats:
            mine = [verdict for verdict in terms.verdicts if verdict.candidate.threat == name]
            closest = min(mine, key=lambda v: v.left + float(np.maximum(-v.gains, 0.0).sum()))
            any_holds = any(verdict.holds for verdict in mine)
            rows.append((
                terms.name, terms.title, terms.giver, words,
                *_span(mine, lambda v: v.acceptable, "omega"), *_span(mine, lambda v: v.efficient, "omega"),
                *_span(mine, lambda v: v.nash, "omega"), *_span(mine, lambda v: v.holds, "omega"),
                *_span(mine, lambda v: v.holds, "power"), "" if any_holds else closest.violated,
            ))  # fmt: skip
    return billions("terms.signed_terms", rows)


def _left_table(explained: Sequence[ExplainedTerms]) -> Table:
    """What the terms left on the table by the weight of jobs, and the one change that gains both most."""
    rows = []
    for terms in explained:
        first = terms.threats[0][0]
        for omega in (OMEGAS[0], OMEGAS[-1]):
            mine = (v for v in terms.verdicts if v.candidate.threat == first)
            verdict = next(v for v in mine if v.candidate.labels["omega"] == omega)
            best = verdict.issues[0] if verdict.issues else None
            space = verdict.candidate.negotiation.space
            step: tuple[object, ...] = ("", "", "", np.nan, np.nan)
            if best is not None:
                issue = space.issues[space.index(best.issue)]
                before, after = issue.reading(best.before), issue.reading(best.after)
                step = (issue.label or issue.name, before, after, *best.gains.tolist())
            rows.append((terms.name, terms.title, omega, verdict.left, *step))
    return billions("terms.left_terms", rows)
