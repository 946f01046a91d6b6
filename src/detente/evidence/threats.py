"""Threats with a deadline: what came of each, who was involved, and which of them were one decision.

An outcome at a deadline is one of four. A duty that comes within a week of its day counts as carried out: most of those
of August 2025 came six days late. Threats of one wave, of one giver and day, or of one pair in quick succession hang
together and count as one episode.

When talks end: how long before the deadline threats are settled, and by how much deadlines are put off.

The share settled within some days of the deadline is that of earlier settlements with one more on each of 30 days, so
that no day is ruled out. A threat that is still open with some days left has lost the settlements that come earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Marks = NDArray[np.bool_]
Ints = NDArray[np.int64]

OUTCOMES = ("imposed", "postponed", "deal", "dropped")
"""What can come of a threat at its deadline."""

CARRIED_OUT = ("imposed", "imposed_reduced")

GRACE = 7
"""Days after the deadline within which a duty still counts as carried out."""

APART = 14
"""Days after the deadline of a threat within which the next on the same pair belongs to its episode."""

WAVE = "letters"
"""Batch of the letters of July 2025: with every threat of the same deadline one decision."""

WHO = ("China", "every partner", "one partner")
"""Whom a threat involves."""

CHINA, WORLD = "CHN", "world"


@dataclass(frozen=True)
class RecordedThreat:
    """A threat of a duty or control.

    Attributes
    ----------
    giver, receiver : codes of countries; "world" or words for groups.
    rate : threatened, points; NaN where it is no single number.
    deadline : None where none was named.
    came : what had come at the deadline; final, final_on : what came in the end and when.
    late : days by which it came late or was postponed, None where unknown.
    """

    id: str
    giver: str
    receiver: str
    measure: str
    rate: float
    announced: date
    deadline: date | None
    came: str
    final: str
    final_on: date | None
    batch: str
    late: int | None = None

    @property
    def who(self) -> str:
        """Whom it involves, one of `WHO`."""
        if CHINA in (self.giver, self.receiver):
            return WHO[0]
        return WHO[1] if self.receiver == WORLD else WHO[2]

    @property
    def pair(self) -> frozenset[str]:
        """The two sides, in no order."""
        return frozenset((self.giver, self.receiver))

    @property
    def notice(self) -> int:
        """Days from announcement to deadline; 0 without one."""
        return (self.deadline - self.announced).days if self.deadline else 0

    def due(self, day: date) -> date | None:
        """The deadline that lies ahead on a day: its own, or the later one to which it was put off; None without one.

        A threat that had come, or was settled, by that day has none.
        """
        if self.deadline is None or self.announced >= day or (self.final_on is not None and self.final_on < day):
            return None
        if self.deadline >= day:
            return self.deadline
        # How far a deadline was put off is known before the end only of what is still open at the end of the record.
        open_still = self.came == "postponed" and self.final == "pending" and self.late
        later = self.deadline + timedelta(days=self.late) if open_still and self.late else self.deadline
        return later if later >= day else None

    def outcome(self, grace: int = GRACE) -> str:
        """What came at the deadline, one of `OUTCOMES`; "" where nothing can be said.

        Parameters
        ----------
        grace : days within which a duty that came late counts as carried out; 0 is strictly on the day.
        """
        if self.came in CARRIED_OUT or (grace and self.came == "postponed" and self._late(grace)):
            return OUTCOMES[0]
        return self.came if self.came in OUTCOMES else ""

    def _late(self, grace: int) -> bool:
        """Whether the duty came some days after its deadline all the same."""
        if self.final not in CARRIED_OUT or self.final_on is None or self.deadline is None:
            return False
        return (self.final_on - self.deadline).days <= grace


def scored(threats: Sequence[RecordedThreat]) -> tuple[RecordedThreat, ...]:
    """The threats that have a deadline and an outcome."""
    return tuple(each for each in threats if each.deadline is not None and each.outcome())


def running(threats: Sequence[RecordedThreat], day: date) -> tuple[tuple[RecordedThreat, date], ...]:
    """Threats that still run on a day with the deadline that lies ahead; of one with a row of its own, that row."""
    ahead = [(each, due) for each in threats if (due := each.due(day)) is not None]
    own = {(each.pair, due) for each, due in ahead if due == each.deadline}
    return tuple((each, due) for each, due in ahead if due == each.deadline or (each.pair, due) not in own)


def links(threats: Sequence[RecordedThreat], apart: int = APART) -> Marks:
    """Which threats hang together at once, shape (threats, threats); episodes are what chains of links join.

    Parameters
    ----------
    apart : days between a deadline and the next announcement on the same pair that still join them; -1 joins a pair
        only where the threats overlap in time.
    """
    wave = _wave(threats)
    size = range(len(threats))
    together = [[(wave[k] and wave[j]) or (not (wave[k] or wave[j]) and _together(threats[k], threats[j], apart))
                 for j in size] for k in size]  # fmt: skip
    linked = np.array(together, dtype=bool).reshape(len(threats), len(threats))
    return linked | linked.T


def joined(linked: Marks) -> Ints:
    """Number of the episode of each threat, shape (threats,)."""
    from scipy.sparse.csgraph import connected_components

    return connected_components(linked, directed=False)[1].astype(np.int64)


def episodes(threats: Sequence[RecordedThreat], apart: int = APART) -> tuple[str, ...]:
    """Episode of each threat with a deadline, by the first id in it; shape (threats,).

    Parameters
    ----------
    apart : see `links`.
    """
    number = joined(links(threats, apart)).tolist()
    firsts: dict[int, str] = {}
    for k, each in sorted(zip(number, threats, strict=True), key=lambda row: row[1].id):
        firsts.setdefault(k, each.id)
    return tuple(firsts[k] for k in number)


def _wave(threats: Sequence[RecordedThreat]) -> list[bool]:
    """Which belong to the letters: by batch, or by the deadline that the letters had."""
    days = {each.deadline for each in threats if each.batch == WAVE}
    common = max(days, key=lambda day: sum(each.deadline == day for each in threats), default=None)
    return [each.batch == WAVE or each.deadline == common for each in threats]


def _together(first: RecordedThreat, second: RecordedThreat, apart: int) -> bool:
    """Whether the second follows the first as part of one episode."""
    if first.giver == second.giver and first.announced == second.announced:
        return True
    later = first.pair == second.pair and first.announced <= second.announced
    return later and first.deadline is not None and (second.announced - first.deadline).days <= apart


SMOOTHED = 30
"""Days before the deadline that one settlement each is added to."""


@dataclass(frozen=True)
class SettledThreat:
    """A threat settled before its deadline.

    Attributes
    ----------
    day : of the settlement; left : days to the deadline.
    """

    id: str
    day: date
    left: int


@dataclass(frozen=True)
class Timing:
    """Days before the deadline on which earlier threats were settled, shape (settlements,)."""

    left: tuple[int, ...]

    def share(self, days: int) -> float:
        """Share settled with so many days left or fewer, smoothed; 0 below zero."""
        if days < 0:
            return 0.0
        seen = sum(each <= days for each in self.left) + min(days + 1, SMOOTHED)
        return seen / (len(self.left) + SMOOTHED)

    def soon(self, chance: float, left: int, within: int) -> float:
        """Chance that it is settled within some days.

        Parameters
        ----------
        chance : that it is settled by the deadline at all; left : days to the deadline.
        """
        open_still = self.share(left)
        return chance * (open_still - self.share(left - within)) / open_still if open_still > 0.0 else 0.0

    @property
    def median(self) -> float:
        """Median of the days; NaN without a settlement."""
        return float(np.median(self.left)) if self.left else float("nan")

    def within(self, days: int) -> int:
        """How many were settled with so many days left or fewer."""
        return sum(each <= days for each in self.left)


def timing(settlements: Sequence[SettledThreat], day: date, but: str = "") -> Timing:
    """Settlements that were known on a day, without the one that is forecast."""
    return Timing(tuple(each.left for each in settlements if each.day < day and each.id != but))


def postponements(threats: Sequence[RecordedThreat], day: date, giver: str = "USA") -> tuple[int, ...]:
    """Days by which a giver put deadlines off, as known on a day, in order; the letters of July 2025 left out."""
    rows = (each for each in threats if each.giver == giver and each.came == "postponed" and each.batch != WAVE)
    days = [each.late for each in rows if each.late and each.deadline is not None and each.deadline < day]
    return tuple(sorted(days))
