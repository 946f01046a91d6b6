"""Law: measures and stacking rules as data, compiled to rates on lines and partners on any date."""

from detente.law.law import (
    Authority,
    Clause,
    Fate,
    Foreseen,
    Gap,
    Law,
    LawRecord,
    ProgrammeChange,
    Reading,
    Ruling,
    Source,
)
from detente.law.measure import (
    Aspect,
    Displacement,
    Goods,
    Measure,
    MeasureKind,
    Partners,
    Period,
    Rate,
    Shares,
    Status,
    When,
)
from detente.law.schedule import DutyTerm, Ladder, Painted, Resolver, Schedule, schedule_on
from detente.law.space import ZERO, Painter, PartnerColumn, Space, build_space, refit

__all__ = [
    "ZERO", "Aspect", "Authority", "Clause", "Displacement", "DutyTerm", "Fate", "Foreseen",
    "Gap", "Goods", "Ladder", "Law", "LawRecord", "Measure", "MeasureKind", "Painted", "Painter",
    "PartnerColumn", "Partners", "Period", "ProgrammeChange", "Rate", "Reading", "Resolver",
    "Ruling", "Schedule", "Shares", "Source", "Space", "Status", "When", "build_space", "refit",
    "schedule_on",
]  # fmt: skip
