"""Run: a scenario's chain of steps, from law to rates and revenue, for both sides."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from detente.codes import Table
from detente.data.assumptions import assumptions
from detente.data.importers import importer
from detente.data.yamlfile import as_share
from detente.lab.averages.sides import latest_standing
from detente.lab.duties.among import duty_on_first
from detente.lab.duties.tables import FIXED, POST
from detente.lab.key import data_hashes, key_of, vintages
from detente.lab.part import Built, Part, PartProgress, RunQuestion, Seen
from detente.lab.parts import PARTS, parts_asked
from detente.lab.prepared import begun_checks, prepared
from detente.lab.result import Check, Result
from detente.lab.scenario import Scenario, expectations, opened, shipped_as
from detente.lab.work.chunks import second_process
from detente.lab.work.schedule import Task, begin, handed, outcomes
from detente.lab.work.threads import on_one_thread

#: Modules that parts take in both processes and that bring many others with them.
SHARED = ("detente.lab.world.incidence", "scipy.sparse")

#: Modules of parts that findings of a result take as well, beside the process in which the parts are done.
OF_FINDINGS = ("detente.lab.record.history", "detente.lab.deal.signing")


def load_shared(*, findings: bool = True) -> None:
    """Load what both processes take: a second one that begins as a copy of this one has it then.

    Parameters
    ----------
    findings : whether the findings will be said here.
    """
    from detente.data.worlds import load_economy
    from detente.lab.averages.axes import WORLD

    for module in (*SHARED, *(OF_FINDINGS if findings else ())):
        import_module(module)
    load_economy(WORLD)


@on_one_thread
def run(
    scenario: Scenario | str | Path,
    *,
    today: date | None = None,
    on: date | None = None,
    draws: int | None = None,
    only: Collection[str] = (),
    progress: PartProgress | None = None,
    seen: Seen | None = None,
    executor: Executor | None = None,
    folder: Path | None = None,
) -> Result:
    """Run a scenario by name, path or value.

    Parameters
    ----------
    today : the day that "today" means in a scenario; required if the scenario says it.
    on : a day in place of the scenario's own.
    draws : draws of the ranges. None: the scenario's own, for the shares of goods alone; 0: none; a number asked for:
        joint draws of all inputs as well, ranges of the materials, and the claims of the day, which takes longer.
    only : tables that are wanted, where not all of them are; parts leave out others that cost time.
    progress : told the part, how much of it is done, and of how much.
    seen : shown all tables that stand, each time some are added, and told the names of those to come.
    executor : does some parts beside the others; the same bytes with it and without.
    folder : in which the files lie that a scenario given by value names.

    Raises
    ------
    InputError, UnknownName : what `prepared` refuses, before the first number: all that is wrong with a scenario.
    """
    start = time.perf_counter()
    begun, begun_first = {}, None
    if executor is not None:
        dated, beside = opened(scenario, today, on)
        first = RunQuestion(dated, folder or beside, draws, frozenset(only))
        begun_first = begun_checks(first.scenario, first.folder, draws, executor)
        begun = _begun(first, executor)
    ready = prepared(scenario, today=today, on=on, draws=draws, folder=folder, checks=begun_first)
    scenario, folder, draws, pairings = ready.scenario, ready.folder, ready.draws, ready.pairings
    question = RunQuestion(scenario, folder, draws, frozenset(only), pairings, progress=progress)
    timings = {"law": time.perf_counter() - start}
    done: dict[str, Step] = {}
    with second_process(executor is None and bool(draws)) as own:
        for name, step in outcomes(_tasks(question, executor or own), executor or own, begun):
            done[name], timings[name] = step, step.seconds
            if seen is not None and step.taken is None:
                coming = (part for part in parts_asked(question) if part.name not in done)
                seen(_tables(done), {table for part in coming for table in part.tables})
    del timings[RESTS_ON]
    tables, (hashes, key) = _tables(done), done[RESTS_ON].taken
    # How far each importer's law is on record on the latest day that is compared.
    latest = {code: latest_standing(several) for code, several in pairings.items()}
    standings = {code: standing for code, standing in latest.items() if standing is not None}
    return Result(
        scenario,
        key,
        {name: replace(table, standing=standings.get(scenario.importer)) for name, table in tables.items()},
        checks=tuple(checks(scenario, tables)) if shipped_as(scenario) else (),
        assumptions=tuple(assumptions(importer(scenario.importer).law)),
        vintages=vintages(hashes),
        timings=timings,
        standings=standings,
        remarks={part.name: step.built.remarks for part in PARTS if (step := done.get(part.name))},
    )


@dataclass(frozen=True)
class Step:
    """What a part gave, or takes from the laws for its work in another process, and the seconds it took."""

    built: Built
    seconds: float
    taken: Any = None


def _tasks(question: RunQuestion, executor: Executor | None) -> list[Task[Step]]:
    """Each part that is asked for, after what it takes from the laws; apart are those that may be."""
    taking: dict[str, Task[Step]] = {}
    tasks: list[Task[Step]] = []
    for part in parts_asked(question):
        apart, law = executor is not None and part.apart(question), _law_of(part)
        if part.takes is not None:
            taking.setdefault(law, Task(law, partial(_taken, part.name, question)))
        work = partial(_part, part.name, question.without_law() if apart else question)
        tasks.append(Task(part.name, work, (*part.needs, law), apart, part.seconds))
    return [*taking.values(), *tasks, Task(RESTS_ON, lambda _: _resting(question))]


#: Name of the task that tells what the numbers hang on, which stands at the end of those that are done here.
RESTS_ON = "rests on"


def _resting(question: RunQuestion) -> Step:
    """Hashes of tables and worlds, and the key of the result."""
    hashes = data_hashes(question.scenario)
    return Step(Built(), 0.0, (hashes, key_of(question.scenario, question.folder, question.draws, hashes)))


def _begun(question: RunQuestion, executor: Executor) -> dict[str, Future[Step]]:
    """Parts that take nothing of others, begun while the laws are read here; more load what they need by then."""
    begun: dict[str, Future[Step] | None] = {}
    for part in parts_asked(question):
        if not part.apart(question):
            continue
        if part.takes is None and not part.needs:
            begun[part.name] = begin(executor, Task(part.name, partial(_part, part.name, question.without_law())), {})
        elif part.warm is not None:
            handed(executor, part.warm, question.without_law())
    return {name: future for name, future in begun.items() if future is not None}


def _law_of(part: Part) -> str:
    """Name of the task that takes from the laws what a part needs of them: one for all parts that take the same."""
    same = next(other for other in PARTS if other.takes is part.takes)
    return f"law of {same.name}"


def _taken(name: str, question: RunQuestion, given: Mapping[str, Step]) -> Step:
    start, part = time.perf_counter(), _named(name)
    assert part.takes is not None
    taken = part.takes(question)
    return Step(Built(), time.perf_counter() - start, taken)


def _part(name: str, question: RunQuestion, given: Mapping[str, Step]) -> Step:
    """A part, here or in another process."""
    start, part = time.perf_counter(), _named(name)
    law = given.get(_law_of(part))
    built = part.build(question if law is None else replace(question, taken=law.taken), _tables(given))
    kept = {name: table.settled() for name, table in built.tables.items()}
    return Step(replace(built, tables=kept), time.perf_counter() - start)


def _named(name: str) -> Part:
    return next(part for part in PARTS if part.name == name)


def _tables(done: Mapping[str, Step]) -> dict[str, Table]:
    """All tables of some parts, in the order of the parts."""
    return {name: table for part in PARTS if part.name in done for name, table in done[part.name].built.tables.items()}


#: Expected averages are on record to a thousandth of a point.
TOLERANCE = 5e-6


def checks(scenario: Scenario, tables: Mapping[str, Table]) -> Iterator[Check]:
    """What came out of a shipped scenario against what is on record for its day."""
    record = expectations(scenario.name)
    if not record or str(record.get("on")) != str(scenario.on):
        return
    head = {r["variant"]: r for r in tables["headline"].rows() if r["definition"] == FIXED}
    post = {r["variant"]: r for r in tables["headline"].rows() if r["definition"] == POST}
    rows = {"before": head, "after": head, "post_shock": post}
    for variant, wanted in record["variants"].items():
        for name, value in wanted.items():
            column = "before" if name == "before" else "after"
            # The row of another side's duty on goods of the first; `china`, or its code in lower case.
            code = "CHN" if name == "china" else name.upper()
            row = rows[name][variant] if name in rows else duty_on_first(tables, code, variant)
            assert row is not None, name
            yield Check(f"{variant}, {name}", as_share(value, "expected results"), row[column], TOLERANCE)
