"""Many: several processes that answer at one address, begun again when one ends, and ended with the first.

Each process is a whole server with a store of its own; they share the database, the line of jobs and the port.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any

import uvicorn

from detente.codes import InputError
from detente.faces.web.app import create_app
from detente.faces.web.listening import BACKLOG, config_of
from detente.faces.web.settings import Settings
from detente.faces.web.work.store import open_store

SOON = 5.0
"""Seconds within which a process that has just begun should not end."""

TRIES = 3
"""Times in a row that one may, before the server gives up."""

GRACE = 10.0
LOOK = 0.5
Finder = Callable[[], Sequence[Any]]
"""What finds the applications that are served beside, in each process anew."""


def bound(settings: Settings) -> Any:
    """A socket that listens where the settings say.

    Raises
    ------
    InputError : the port is not to be had.
    """
    try:
        place = config_of(_nothing, settings).bind_socket()
    except (OSError, SystemExit):
        raise InputError(f"--port {settings.port}", "is taken, or not yours to use", "give another") from None
    place.listen(BACKLOG)
    return place


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    """What stands in for the application, which each process makes for itself."""
    del scope, receive, send


def answer(settings: Settings, place: Any, beside: Finder) -> None:
    """One process: answer until the first one ends, or somebody stops it."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    first = multiprocessing.parent_process()
    if first is not None:
        threading.Thread(target=_end_with, args=(first,), daemon=True).start()
    uvicorn.Server(config_of(create_app(settings, beside()), settings)).run(sockets=[place])


def _end_with(first: BaseProcess) -> None:
    """End with the first process, however that one ended."""
    first.join()
    os.kill(os.getpid(), signal.SIGTERM)


@dataclass
class Team:
    """The processes of a server.

    Attributes
    ----------
    start : begins a process; `count` : how many there are to be.
    """

    start: Callable[[], BaseProcess]
    count: int
    members: list[tuple[BaseProcess, float]] = field(default_factory=list)
    early: int = 0

    def fill(self) -> None:
        """Begin processes until there are as many as there are to be.

        Raises
        ------
        InputError : each that is begun ends at once.
        """
        now = time.monotonic()
        gone = [began for process, began in self.members if not process.is_alive()]
        self.members = [pair for pair in self.members if pair[0].is_alive()]
        self.early = self.early + len(gone) if any(now - began < SOON for began in gone) else 0 if gone else self.early
        if self.early >= TRIES * self.count:
            raise InputError("--workers", "end as soon as they begin", "see the lines above, or begin one alone")
        while len(self.members) < self.count:
            self.members.append((self.start(), now))

    def end(self) -> None:
        """End all: first in order, then at once."""
        for process, _ in self.members:
            process.terminate()
        end = time.monotonic() + GRACE
        for process, _ in self.members:
            process.join(max(0.1, end - time.monotonic()))
            if process.is_alive():
                process.kill()


def serve(settings: Settings, beside: Finder, tell: Callable[[], None]) -> None:
    """Serve with several processes until somebody stops it.

    Parameters
    ----------
    tell : called once the address is open.

    Raises
    ------
    InputError : the port is not to be had, a database that cannot be opened, or processes that do not last.
    """
    # Once, before there are several: the store is brought forward, or refused.
    open_store(settings.database_url).close()
    place, stopped = bound(settings), threading.Event()
    context = multiprocessing.get_context("spawn")

    def start() -> BaseProcess:
        process = context.Process(target=answer, args=(settings, place, beside))
        process.start()
        return process

    team = Team(start, settings.workers)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    try:
        team.fill()
        tell()
        while not stopped.wait(LOOK):
            team.fill()
    finally:
        team.end()
        with contextlib.suppress(OSError):
            place.close()
