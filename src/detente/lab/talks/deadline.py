"""Threats on record whose deadline stands on the day of a case, and the chances of what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from detente.data.caserows import CaseFile
from detente.data.dealrecord import threats
from detente.evidence.chances import EVEN, brier, by_episode, chances, even, record_of, stated
from detente.evidence.lives import in_steps
from detente.evidence.threats import OUTCOMES, RecordedThreat, scored
from detente.lab.talks.advice import Deadline


def deadline_of(file: CaseFile) -> Deadline | None:
    """The next deadline between the parties of a case, None where none stands on its day.

    The stated rule sees episodes whose deadline lay before the day; what came of the threat itself is not read.
    """
    standing = [each for each in threats() if stands(each, file)]
    if not standing:
        return None
    threat = min(standing, key=lambda each: (each.deadline, each.announced, each.id))
    known = [each for each in scored(threats()) if each.deadline is not None and each.deadline < file.on]
    forecasts = dict(zip(OUTCOMES, forecast(threat, known), strict=True))
    day = threat.deadline.isoformat() if threat.deadline else ""
    steps = {name: in_steps(chance) for name, chance in forecasts.items()}
    return Deadline(
        threat.giver, threat.receiver, threat.measure, day, steps["imposed"], steps["postponed"], steps["deal"],
        steps["dropped"], float(EVEN[OUTCOMES.index("deal")]), *_scores(tuple(known)),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _scores(known: tuple[RecordedThreat, ...]) -> tuple[float, float]:
    """Brier scores of the stated rule and of the even forecast over the episodes of some threats."""
    if not known:
        alone = float(brier(EVEN[None], np.zeros(1, dtype=np.int64)).mean())
        return alone, alone
    record = record_of(known)
    own, none = (brier(chances(record, rule), record.outcome) for rule in (stated, even))
    return float(by_episode(own, record.episode).mean()), float(by_episode(none, record.episode).mean())


def stands(threat: RecordedThreat, file: CaseFile) -> bool:
    """Whether a duty was threatened between parties of a case by its day, with a deadline that is not past."""
    between = {threat.giver, threat.receiver} <= set(file.parties) and threat.rate == threat.rate
    return between and threat.announced <= file.on and threat.deadline is not None and threat.deadline > file.on


def forecast(threat: RecordedThreat, known: Sequence[RecordedThreat]) -> list[float]:
    """Chances of the four outcomes of a threat by the stated rule, from others whose outcome is known."""
    # The rule does not read the outcome of the threat it forecasts; a stand-in keeps it out of the arrays as well.
    record = record_of([*known, replace(threat, came="postponed", final="", final_on=None)])
    place = len(known)
    return [float(chance) for chance in stated(record, place, record.sight(place))]
