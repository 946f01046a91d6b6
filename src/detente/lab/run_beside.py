"""What of a run waits for no law, on a second process from the start: materials, and what the talks are read from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from detente.codes import Table
from detente.lab.scenario import Scenario

if TYPE_CHECKING:
    from detente.talks.surface import Surface

Given = ParamSpec("Given")
Found = TypeVar("Found")


def started(
    executor: Executor | None, function: Callable[Given, Found], /, *args: Given.args, **named: Given.kwargs
) -> Callable[[], Found]:
    """Starts a function beside this process; what is returned waits for it, or does here what is not begun or is lost.

    Parameters
    ----------
    executor : where it is done; None: here, once it is wanted.
    function : of a module, with arguments that travel; it gives the same wherever it is done.
    """
    here = partial(function, *args, **named)
    if executor is None:
        return here
    try:
        future = executor.submit(function, *args, **named)
    except BrokenExecutor:
        return here

    def found() -> Found:
        try:
            return here() if future.cancel() else future.result()
        except BrokenExecutor:
            return here()

    return found


@contextmanager
def second_process(wanted: bool = True) -> Iterator[Executor | None]:
    """One more process of this machine; None where it is not wanted or there is one core alone."""
    if not wanted or (os.cpu_count() or 1) < 2:
        yield None
        return
    from detente.lab.sweep_workers import processes

    with processes(1, patient=False) as pool:
        yield pool


def begun(
    executor: Executor | None, scenario: Scenario, folder: Path, draws: int | None
) -> tuple[Callable[[], dict[str, Table]] | None, Callable[[bool], Surface | None] | None]:
    """Starts on what waits for no law: what gives the tables of the materials, where no draws are asked for, and what
    gives the surfaces of the talks; None where nothing was begun.
    """
    if executor is None:
        return None, None
    from detente.lab import run_parts

    short = scenario.materials is not None and not draws
    tables = started(executor, run_parts.materials, scenario, folder, 0, None) if short else None
    return tables, surfaces(executor, scenario)


def surfaces(executor: Executor, scenario: Scenario) -> Callable[[bool], Surface | None] | None:
    """What gives the surfaces of payoffs behind the talks, short run or long; None where none is to be started."""
    if not scenario.report.talks or not isinstance(scenario.on, date):
        return None
    jobs = {short: started(executor, _surface, scenario.on, short) for short in (False, True)}
    return lambda short: jobs[short]()


def _surface(on: date, short: bool) -> Surface | None:
    from detente.lab.talks_run import case_for, coarse

    file = case_for(on)
    return None if file is None else coarse(file).surface(short=short)
