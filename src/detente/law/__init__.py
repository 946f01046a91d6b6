"""Law: measures and stacking rules as data, compiled to rates on lines and partners on any date."""

from detente.law.aspects import Aspect, Shares
from detente.law.law import Authority, Law, Reading
from detente.law.measure import Displacement, Goods, Kind, Measure, Partners, Period, Rate, Status, When
from detente.law.resolve import Painted, Resolver
from detente.law.schedule import Ladder, Schedule, Term, schedule_on
from detente.law.space import ZERO, Column, Painter, Space, build_space, refit

__all__ = [
    "ZERO",
    "Aspect",
    "Authority",
    "Column",
    "Displacement",
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
    "Resolver",
    "Schedule",
    "Shares",
    "Space",
    "Status",
    "Term",
    "When",
    "build_space",
    "refit",
    "schedule_on",
]
