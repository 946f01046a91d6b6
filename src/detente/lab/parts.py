"""Parts of a run, each declared in its room: schedule, key, chapters and trimming follow from this list.

To add a part, write its `part.py` and name it here.
"""

from __future__ import annotations

from collections.abc import Iterable

from detente.codes import InputError, Parameter
from detente.lab.chains.part import PART as MATERIALS
from detente.lab.deal.part import PART as TALKS
from detente.lab.deal.part import WORTH
from detente.lab.duties.part import DAILY, REVENUE
from detente.lab.duties.part import PART as DUTIES
from detente.lab.part import Part, RunQuestion
from detente.lab.prices.part import PART as PRICES
from detente.lab.ranges.part import PART as RANGES
from detente.lab.record.part import HISTORY, RECORD
from detente.lab.scenario import Scenario
from detente.lab.world.part import PART as WORLD

#: In the order in which their tables and findings stand; each after those it needs.
PARTS: tuple[Part, ...] = (DUTIES, DAILY, WORLD, WORTH, REVENUE, PRICES, HISTORY, MATERIALS, TALKS, RECORD, RANGES)


def parts_asked(question: RunQuestion) -> tuple[Part, ...]:
    """The parts a question asks for, in their order."""
    return tuple(part for part in PARTS if part.asked(question))


def rests_on(scenario: Scenario) -> list[str]:
    """Embedded tables, worlds and surfaces that the parts of a scenario read, each once."""
    names = (name for part in parts_asked(RunQuestion(scenario)) for name in part.rests_on(scenario))
    return list(dict.fromkeys(names))


def tables_without(names: Iterable[str]) -> frozenset[str]:
    """All tables that parts bring but some, by name."""
    return frozenset(table for part in PARTS for table in part.tables) - frozenset(names)


def trimmed(scenario: Scenario, wanted: Iterable[str]) -> Scenario:
    """The scenario without the parts that no table to keep takes; as it is where a table is of no part.

    Raises
    ------
    InputError : a table of a part that the scenario leaves out.
    """
    names = frozenset(wanted)
    for part in PARTS:
        absent = ", ".join(sorted(names & set(part.tables)))
        if absent and part.key.startswith("report.") and not part.asked(RunQuestion(scenario)):
            raise InputError(Parameter("table"), f"{absent} is not part of the report", f"set {part.key}: true")
    known = {*scenario.report.by, *(table for part in PARTS for table in part.tables)}
    if not names <= known:
        return scenario
    for part in PARTS:
        if part.kept is not None:
            scenario = part.kept(scenario, names)
        elif part.off is not None and not names & set(part.tables):
            scenario = part.off(scenario)
    return scenario
