"""Law: measures and stacking rules as data, compiled to rates on lines and partners on any date."""

from detente.law.aspects import Aspect, Shares
from detente.law.branches import renewed
from detente.law.law import Authority, Law, Reading
from detente.law.measure import Displacement, Goods, Kind, Measure, Partners, Period, Rate, Status, When
from detente.law.record import Clause, Gap, Record, Source
from detente.law.resolve import Painted, Resolver
from detente.law.schedule import Ladder, Schedule, Term, schedule_on
from detente.law.space import ZERO, Column, Painter, Space, build_space, refit

__all__ = [
    "ZERO",
    "Aspect",
    "Authority",
    "Clause",
    "Column",
    "Displacement",
    "Gap",
    "Goods",
    "Kind",
    "Ladder",
    "Law",
    "Measure",
    "Painted",
    "Painter",
    "Partners",
    "Period",
    "Rate",
    "Reading",
    "Record",
    "Resolver",
    "Schedule",
    "Shares",
    "Source",
    "Space",
    "Status",
    "Term",
    "When",
    "build_space",
    "refit",
    "renewed",
    "schedule_on",
]
