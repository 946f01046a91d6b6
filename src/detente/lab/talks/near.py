"""The case of the talks that stands near a day, and whether it speaks for a scenario of that day.

Gains of a case are gains over its status quo. They say something of a scenario only where the duties between the two
sides before it are those of that status quo, or those in force on the day of the case (where the status quo is what
starts by itself soon after).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from detente.codes import declared_note
from detente.data.casefile import settled_case, settled_days
from detente.data.caserows import CaseFile, ThreatRow
from detente.data.importers import shipped_law
from detente.data.limits import memoized
from detente.lab.averages.laid_law import laid_law
from detente.law import Reading

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing, Side

#: A case speaks for scenarios from some days before its date to some days after it.
EARLIEST, LATEST = timedelta(days=-10), timedelta(days=60)

#: How long after its date a case of other sides is still named.
QUARTER = timedelta(days=92)

PARTIES = ("USA", "CHN")
#: Threats of which a run and the Deal page say whether a deal would hold under them.
THREATS = ("D0", "DP", "DN")


def case_for(on: object) -> CaseFile | None:
    """The case of the package nearest before a day, or shortly after it, with what came of it; None where none is."""
    if not isinstance(on, date):
        return None
    # Reading a case takes a while: those of other days are left on the shelf.
    around = [name for name, day in settled_days().items() if EARLIEST <= on - day <= LATEST]
    near = [_case(name) for name in around if of_both_sides(name)]
    return min(near, key=lambda file: abs(on - file.on), default=None)


def case_between(sides: tuple[str, ...], on: date) -> CaseFile | None:
    """The case of the package nearest to a day in which all of some sides talk; None where none is near."""
    around = {name: abs(on - day) for name, day in settled_days().items() if EARLIEST <= on - day <= QUARTER}
    near = (_case(name) for name in sorted(around, key=lambda name: around[name]))
    return next((file for file in near if set(sides) <= set(file.parties)), None)


def of_both_sides(name: str) -> bool:
    """Whether a case of the package is between the United States and China, with the threats that runs speak of."""
    file = _case(name)
    return file.parties == PARTIES and {*THREATS} <= {row.name for row in file.threats}


@memoized
def _case(name: str) -> CaseFile:
    return settled_case(name)


# --- whether the talks of a case speak for a scenario -----------------------------------------------------------------


#: Duties less than half a point apart count as the same.
SAME = 0.005


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
        row.name: round(level_of(sides[row.party], row.authority, other), 9)
        for row in file.issues
        if row.moves_tariffs and row.authority and row.party in sides
        for other in [next(code for code in file.parties if code != row.party)]
    }


@dataclass(frozen=True)
class VariantDuties:
    """Levels of the duties of a case under both laws of a variant, shares, by issue.

    Attributes
    ----------
    was, on : days of the two laws; `before`, `after` : levels under them.
    """

    variant: str
    was: date
    on: date
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass(frozen=True)
class LawOfTalks:
    """What the talks behind a run take from its laws: small enough to travel to another process.

    Attributes
    ----------
    variants : levels of the duties, in the order of the variants; none where no case stands near.
    in_force : levels under the shipped laws of the day of the case; none where they need not be known.
    """

    variants: tuple[VariantDuties, ...]
    in_force: Mapping[str, float]


def law_of_talks(file: CaseFile | None, usa: Sequence[Pairing], chn: Sequence[Pairing]) -> LawOfTalks:
    """What the talks of a case take from the laws of variants, in one order for both sides."""
    if file is None:
        return LawOfTalks((), {})
    variants = tuple(_variant(file, american, chinese) for american, chinese in zip(usa, chn, strict=True))
    status = file.outcomes.get(_status_quo(file).outcome)
    written = {} if status is None else {name: status.levels.get(name) for name in variants[0].before}
    alike = all(
        isinstance(level, int | float) and abs(level - variants[0].before[name]) <= SAME
        for name, level in written.items()
    )
    return LawOfTalks(variants, {} if status is not None and alike else _in_force(file.name))


def _variant(file: CaseFile, usa: Pairing, chn: Pairing) -> VariantDuties:
    before = duties_of(file, {"USA": usa.before, "CHN": chn.before})
    after = duties_of(file, {"USA": usa.after, "CHN": chn.after})
    return VariantDuties(usa.variant, usa.before.on, usa.after.on, before, after)


def _status_quo(file: CaseFile) -> ThreatRow:
    return next(row for row in file.threats if row.kind == "status-quo")


def moves(law: LawOfTalks) -> bool:
    """Whether any variant moves a duty between the two sides."""
    return any(_apart(variant.before, variant.after) for variant in law.variants)


def _apart(first: Mapping[str, float], second: Mapping[str, float]) -> list[str]:
    return [name for name, level in first.items() if abs(level - second.get(name, level)) > SAME]


def starts_elsewhere(file: CaseFile, law: LawOfTalks) -> str:
    """Why the talks of a case do not speak for a scenario, and what to do, in one sentence; "" where they do."""
    from detente.lab.talks.case import Case  # The laws are read where talks need not be loaded.
    from detente.lab.talks.words import threat_phrase

    first, row, base = law.variants[0], _status_quo(file), Case(file)
    status = dict(zip(base.issues, base.outcome(row.outcome).tolist(), strict=True)) if row.outcome else {}
    apart = _apart(first.before, status)
    if not apart or not _apart(first.before, law.in_force):
        return ""
    labels = {issue.name: issue.label or issue.name for issue in file.issues}
    differences = ", ".join(f"{labels[name]} {first.before[name]:.0%} in place of {status[name]:.0%}" for name in apart)
    return declared_note(
        "talks.starts_elsewhere", case=file.name, threat=threat_phrase(file, row), was=first.was,
        differences=differences, on=file.on, against=f"{{on: {file.on}}}",
    )  # fmt: skip


@memoized
def _in_force(case: str) -> dict[str, float]:
    """Levels of the duties of a shipped case under the shipped laws of its day."""
    from detente.lab.averages.sides import Side  # loads the statute, which talks alone do without

    file, sides = settled_case(case), {}
    for code in file.parties:
        law = shipped_law(code)
        sides[code] = Side(code, file.on, Reading.EFFECTIVE, law, laid_law(law))
    return duties_of(file, sides)
