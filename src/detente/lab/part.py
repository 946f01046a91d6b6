"""Part: one thing that a run can be asked for, declared once. What it needs, brings and rests on follows from here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from detente.codes import Table
from detente.lab.averages.sides import Pairing
from detente.lab.scenario import Scenario
from detente.lab.work.chunks import Progress

#: Told the part of a run, how much of it is done, and of how much.
PartProgress = Callable[[str, int, int], None]


#: Shown all tables of a run that stand, and told the names of those to come.
Seen = Callable[[Mapping[str, Table], Collection[str]], None]


@dataclass(frozen=True)
class RunQuestion:
    """What the parts of a run answer.

    Attributes
    ----------
    scenario : with every day settled; `folder` : in which the files lie that it names.
    draws : asked for beside the scenario's own, which are of shares of goods alone; None for those.
    only : tables that are wanted; empty for all.
    pairings : importer (ISO3) -> the laws to compare, one pair a variant; empty for parts that are done apart.
    taken : what a part takes from the laws, where it says so.
    progress : told how far a part is.
    """

    scenario: Scenario
    folder: Path = field(default_factory=Path)
    draws: int | None = None
    only: frozenset[str] = frozenset()
    pairings: Mapping[str, Sequence[Pairing]] = field(default_factory=dict, repr=False)
    taken: Any = field(default=None, repr=False)
    progress: PartProgress | None = field(default=None, repr=False)

    @property
    def share_draws(self) -> int:
        """Draws of shares of goods: those asked for, else the scenario's own."""
        return self.scenario.report.draws if self.draws is None else self.draws

    def wants(self, table: str) -> bool:
        """Whether a table is wanted."""
        return not self.only or table in self.only

    def told(self, part: str) -> Progress | None:
        """What a part tells how far it is."""
        return None if self.progress is None else partial(self.progress, part)

    def without_law(self) -> RunQuestion:
        """The same for a part that takes no law of its own: small enough to travel to another process."""
        return replace(self, pairings={}, progress=None)


@dataclass(frozen=True)
class Built:
    """What a part gave: its tables by name, and remarks on why it has no answer."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


Tables = Mapping[str, Table]
Names = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A part of a run.

    Attributes
    ----------
    name : as timings and the documentation call it.
    tables : table -> chapter of the report, in the order in which they are shown there.
    asked : whether a question asks for it.
    build : the question and the tables of the parts it needs -> what it gives; imports what it takes when it is called.
    rests_on : embedded tables, worlds and surfaces that it reads for a scenario.
    needs : names of parts whose tables it takes where they are asked for.
    key : key of the scenario that asks for it, as `report.world`; "" where it cannot be left out.
    off : the scenario without it; `kept` : the scenario with no more of it than some tables take.
    apart : whether it may be done in another process.
    seconds : about how long it takes on one core, by which those done apart are shared out.
    takes : what it takes from the laws, small enough to travel, once for all parts that name the same; None: none.
    warm : what can be done there before the laws stand, such as imports; gives nothing.
    """

    name: str
    tables: Mapping[str, str]
    asked: Callable[[RunQuestion], bool] = field(repr=False)
    build: Callable[[RunQuestion, Tables], Built] = field(repr=False)
    rests_on: Callable[[Scenario], Names] = field(repr=False)
    needs: Names = ()
    key: str = ""
    off: Callable[[Scenario], Scenario] | None = field(repr=False, default=None)
    kept: Callable[[Scenario, frozenset[str]], Scenario] | None = field(repr=False, default=None)
    apart: Callable[[RunQuestion], bool] = field(repr=False, default=lambda _: False)
    seconds: float = 0.0
    takes: Callable[[RunQuestion], Any] | None = field(repr=False, default=None)
    warm: Callable[[RunQuestion], None] | None = field(repr=False, default=None)


def changes_of(scenario: Scenario) -> list[dict[str, Any]]:
    """What a scenario does to each law that it does not leave as it stands."""
    laws = [law for point in (scenario, *scenario.variants.values()) for law in point.changes.values()]
    return [change for law in laws if (change := law.model_dump(exclude_defaults=True))]


def of_rulings(scenario: Scenario) -> bool:
    """Whether rulings are all that a scenario changes: nobody negotiates them, nothing is signed or gained over."""
    changes = changes_of(scenario)
    return bool(changes) and all(set(change) == {"void"} for change in changes)


def reporting(scenario: Scenario, **switches: object) -> Scenario:
    """The scenario with some fields of its report set."""
    return scenario.model_copy(update={"report": scenario.report.model_copy(update=switches)})


def by_name(tables: Sequence[Table]) -> dict[str, Table]:
    """Tables by their names."""
    return {table.name: table for table in tables}
