"""What of a run is done on a second process meanwhile: materials from the start, then what the talks are read from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from detente.codes import Table
from detente.data.limits import processors
from detente.lab.scenario import Scenario

if TYPE_CHECKING:
    from detente.lab.sides import Pairing
    from detente.talks.surface import Surface

Given = ParamSpec("Given")
Found = TypeVar("Found")
Ready = Callable[[Mapping[str, Table]], None]
"""Told the tables of a run that stand so far."""


def started(
    executor: Executor | None, function: Callable[Given, Found], /, *args: Given.args, **named: Given.kwargs
) -> Callable[[], Found]:
    """Starts a function beside this process; what is returned waits for it, or does here what is not begun or is lost.

    Parameters
    ----------
    executor : where it is done; None: here, once it is wanted.
    function : of a module, with arguments that travel; it gives the same wherever it is done.
    """
    return _job(executor, partial(function, *args, **named), take=True)


def left_to(
    executor: Executor, function: Callable[Given, Found], /, *args: Given.args, **named: Given.kwargs
) -> Callable[[], Found]:
    """As `started`, for what costs this process more to take back than to wait for; only what is lost is done here."""
    return _job(executor, partial(function, *args, **named), take=False)


def _job(executor: Executor | None, here: Callable[[], Found], *, take: bool) -> Callable[[], Found]:
    if executor is None:
        return here
    try:
        future = executor.submit(here)
    except RuntimeError:  # It is broken, or has ended.
        return here

    def found() -> Found:
        try:
            return here() if take and future.cancel() else future.result()
        except (BrokenExecutor, CancelledError):
            return here()

    return found


@contextmanager
def second_process(wanted: bool = True) -> Iterator[Executor | None]:
    """One more process of this machine; None where it is not wanted or there is one core alone."""
    if not wanted or processors() < 2:
        yield None
        return
    from detente.lab.sweep_workers import processes

    with processes(1, patient=False, forked=True) as pool:
        yield pool


def begun(
    executor: Executor | None, scenario: Scenario, folder: Path, draws: int | None
) -> Callable[[], tuple[dict[str, Table], list[str]]] | None:
    """Starts on the materials, which wait for no law; what gives their tables and findings, None where nothing was
    begun: with draws they take all cores.
    """
    if executor is None or scenario.materials is None or draws:
        return None
    from detente.lab import run_parts

    return started(executor, run_parts.materials, scenario, folder, 0, None)


class Surfaces:
    """Surfaces of payoffs behind the talks, begun beside once the law is read; where none is, None."""

    def __init__(
        self, executor: Executor | None, scenario: Scenario, pairings: Mapping[str, Sequence[Pairing]]
    ) -> None:
        self.executor, self.scenario, self.pairings = executor, scenario, pairings
        self._begun: dict[bool, Callable[[], Surface]] = {}

    def begin(self) -> None:
        """Start on the surfaces; what nobody has begun when it is wanted is done then.

        The long run is wanted first, and the short run late in the talks.
        """
        if self.executor is None or not self.scenario.report.talks:
            return
        from detente.lab.talks_run import coarse, speaks_for

        file = speaks_for(self.scenario, self.pairings["USA"], self.pairings["CHN"])
        if file is None:
            return
        case = coarse(file)
        runs = (False, True)
        for short in runs:
            case.space(short=short)  # Travels with the case, so that no law is read there.
        self._begun = {short: started(self.executor, case.surface, short=short) for short in runs}

    def __call__(self, short: bool) -> Surface | None:
        """The surface; None where it was not begun."""
        return self._begun[short]() if short in self._begun else None
