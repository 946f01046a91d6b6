"""What of a run is done on a second process meanwhile: the materials."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from detente.codes import Table
from detente.lab.scenario import Scenario

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
    if not wanted or (os.cpu_count() or 1) < 2:
        yield None
        return
    from detente.lab.work.workers import processes

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
    from detente.lab import parts as run_parts

    return started(executor, run_parts.materials, scenario, folder, 0, None)
