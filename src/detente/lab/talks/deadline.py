"""Threats on record whose deadline stands on the day of a case, and the chances of what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.data.caserows import CaseFile
from detente.data.dealrecord import threats
from detente.evidence.chances import EVEN, record_of, stated
from detente.evidence.outlook import in_steps
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
    chances = dict(zip(OUTCOMES, forecast(threat, known), strict=True))
    day = threat.deadline.isoformat() if threat.deadline else ""
    steps = {name: in_steps(chance) for name, chance in chances.items()}
    return Deadline(
        threat.giver, threat.receiver, threat.measure, day, steps["imposed"], steps["postponed"], steps["deal"],
        steps["dropped"], float(EVEN[OUTCOMES.index("deal")]),
    )  # fmt: skip


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
