"""Whether the talks of a case speak for a scenario: is the law it is compared with one that the talks start from?

Gains of a case are gains over its status quo. They say something of a scenario only where the duties between the two
sides before it are those of that status quo, or those in force on the day of the case (where the status quo is what
starts by itself soon after).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from detente.data.casefile import settled_case
from detente.data.caserows import CaseFile, IssueRow
from detente.data.importers import importer
from detente.lab.ground.ground import ground_of
from detente.lab.ground.sides import Pairing, Side
from detente.lab.talks.case import Case
from detente.lab.talks.words import threat_phrase
from detente.law import Reading

SAME = 0.005
"""Duties less than half a point apart count as the same."""


def level_of(side: Side, authority: str, partner: str) -> float:
    """The highest rate of an authority on a partner's goods under a law, share; zero where it has none."""
    schedule = side.schedule
    if authority not in schedule.authorities:
        return 0.0
    points, _ = schedule.coefficients(authority)
    space = schedule.space
    cells = [
        int(space.column_of[i]) for i, column in enumerate(space.columns) if getattr(column, "partner", "") == partner
    ]
    return float(points[:, cells].max(initial=0.0)) if cells else 0.0


def duties_of(file: CaseFile, sides: Mapping[str, Side]) -> dict[str, float]:
    """Levels of the duties of a case under the laws of both sides, shares; duties that no law shows are left out."""
    return {
        row.name: round(level_of(sides[row.party], row.authority, _other(file, row)), 9)
        for row in file.issues
        if row.moves_tariffs and row.authority and row.party in sides
    }


def _other(file: CaseFile, row: IssueRow) -> str:
    return next(code for code in file.parties if code != row.party)


def moves(file: CaseFile, usa: Sequence[Pairing], chn: Sequence[Pairing]) -> bool:
    """Whether any variant moves a duty between the two sides."""
    return any(
        _apart(
            duties_of(file, _befores(american, chinese)), duties_of(file, {"USA": american.after, "CHN": chinese.after})
        )
        for american, chinese in zip(usa, chn, strict=True)
    )


def _befores(american: Pairing, chinese: Pairing) -> dict[str, Side]:
    return {"USA": american.before, "CHN": chinese.before}


def _apart(first: Mapping[str, float], second: Mapping[str, float]) -> list[str]:
    return [name for name, level in first.items() if abs(level - second.get(name, level)) > SAME]


def starts_elsewhere(file: CaseFile, usa: Sequence[Pairing], chn: Sequence[Pairing]) -> str:
    """Why the talks of a case do not speak for a scenario, and what to do, in one sentence; "" where they do."""
    before = duties_of(file, _befores(usa[0], chn[0]))
    row = next(row for row in file.threats if row.kind == "status-quo")
    base = Case(file)
    status = dict(zip(base.issues, base.outcome(row.outcome).tolist(), strict=True)) if row.outcome else {}
    apart = _apart(before, status)
    if not apart or not _apart(before, _in_force(file.name)):
        return ""
    labels = {issue.name: issue.label or issue.name for issue in file.issues}
    differences = ", ".join(f"{labels[name]} {before[name]:.0%} in place of {status[name]:.0%}" for name in apart)
    return (
        f"Talks are left out: the case {file.name} starts from {threat_phrase(file, row)}, but the law of "
        f"{usa[0].before.on:%-d %B %Y}, with which this scenario is compared, has {differences}; compare it with the "
        f"law of {file.on:%-d %B %Y} (against: {{on: {file.on}}}), or ask `detente talks` with a case of your own."
    )


@lru_cache(maxsize=8)
def _in_force(case: str) -> dict[str, float]:
    """Levels of the duties of a shipped case under the shipped laws of its day."""
    file, sides = settled_case(case), {}
    for code in file.parties:
        law = importer(code).law
        sides[code] = Side(code, file.on, Reading.EFFECTIVE, law, ground_of(law))
    return duties_of(file, sides)
