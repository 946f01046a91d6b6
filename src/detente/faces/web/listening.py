"""Listening: connections that owe the server something are held for so long only, and make room when all are taken.

A connection owes a request that it has begun, the rest of its body, or the reading of an answer. Each has a deadline,
and where no place is left the one that has owed longest goes, of the address that holds most. So half-open connections
stop nobody: who asks at once is answered at once. Several processes may answer at one address; each is a whole server
with a store of its own, and they share the database, the line of jobs and the port.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from detente.codes import InputError
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work.store import open_store

if TYPE_CHECKING:
    from starlette.types import ASGIApp

#: Seconds for which a connection between two requests is kept, unless its place is needed.
KEEP_ALIVE = 20

#: Bytes a second at which an answer must be read at least.
SLOWEST = 1000

#: Connections that the system takes before the server does; so many more than places may be open for a moment.
BACKLOG = 128

#: The answer to a request that was begun and did not come to its end.
LATE = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 33\r\nconnection: close\r\n\r\nThe request did not come in time.\n"
)


def config_of(app: ASGIApp, settings: Settings, **more: Any) -> uvicorn.Config:
    """How uvicorn serves an application under settings: deadlines, places, and no line of a request in a log."""
    plain: dict[str, Any] = {
        "host": settings.host, "port": settings.port, "log_level": "critical", "access_log": False,
        "server_header": False, "timeout_graceful_shutdown": 3, "timeout_keep_alive": KEEP_ALIVE, "ws": "none",
        "backlog": BACKLOG,
    }  # fmt: skip
    limits = {"head": settings.head_seconds, "body": settings.body_seconds, "places": settings.connections}
    return uvicorn.Config(app, http=type("Held", (Patient,), limits), **plain | more)


class Patient(H11Protocol):
    """A connection with deadlines.

    Attributes
    ----------
    head, body : seconds for the head of a request, and for its body or for the reading of an answer.
    places : connections that are held at once.
    owes : what the other side owes now, "" for nothing; `since` : from when, by the clock of the loop.
    """

    head = 10.0
    body = 30.0
    places = 400

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.owes, self.since = "", 0.0
        self._deadline: asyncio.TimerHandle | None = None
        self._begun = False
        self._full = False
        self._left = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take a place; where there is none left, another gives its own."""
        super().connection_made(transport)
        # Every byte that is not read counts, so that who reads nothing is known at once.
        transport.set_write_buffer_limits(high=0)
        self._look()
        patients = [connection for connection in self.connections if isinstance(connection, Patient)]
        if len(patients) > self.places:
            _make_room(patients)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._owe("")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and see what is still owed."""
        self._begun = True
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """After an answer nothing is owed until the next request begins."""
        self._begun = bool(self.conn.trailing_data[0])
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """The other side does not read its answer."""
        super().pause_writing()
        self._full = True
        self._look()

    def resume_writing(self) -> None:
        """It reads on."""
        super().resume_writing()
        self._full = False
        self._look()

    def _look(self) -> None:
        """Note what the other side owes."""
        if self._full:
            self._owe("reading")
        elif self.transport.is_closing():
            self._owe("")
        elif self.conn.their_state is h11.SEND_BODY:
            self._owe("body")
        elif self.conn.their_state is h11.IDLE and (self._begun or self.cycle is None):
            self._owe("head")
        else:
            self._owe("")

    def _owe(self, what: str) -> None:
        """Begin the time of what is owed; each has one deadline, which single bytes do not move."""
        if what == self.owes:
            return
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self.owes, self.since = what, self.loop.time()
        if what:
            self._wait()

    def _wait(self) -> None:
        self._left = self.transport.get_write_buffer_size()
        self._deadline = self.loop.call_later(self.head if self.owes == "head" else self.body, self.late)

    def late(self) -> None:
        """Close a connection that owes too long; who has begun a request is told why."""
        if self.owes == "reading":
            if self._left - self.transport.get_write_buffer_size() >= SLOWEST * self.body:
                self._wait()
            else:
                # Closed in order it would stay until all is read.
                self.transport.abort()
            return
        if self._begun and (self.cycle is None or not self.cycle.response_started):
            self.transport.write(LATE)
        self.transport.close()

    @property
    def address(self) -> str:
        """Where it comes from."""
        return self.client[0] if self.client else ""

    @property
    def idle(self) -> bool:
        """Whether it can go: something is owed, it lies between two requests, or it follows a job and comes again."""
        done = self.cycle is None or self.cycle.response_complete
        return bool(self.owes) or done or self.scope["path"].endswith("/events")


def _make_room(patients: list[Patient]) -> None:
    """Close one connection for which the server does nothing: of the address with most of them, the oldest."""
    idle = [patient for patient in patients if patient.idle and not patient.transport.is_closing()]
    if not idle:
        return
    many = Counter(patient.address for patient in idle)
    key: Callable[[Patient], tuple[int, float]] = lambda patient: (-many[patient.address], patient.since)  # noqa: E731
    min(idle, key=key).transport.abort()


#: Seconds within which a process that has just begun should not end.
SOON = 5.0

#: Times in a row that one may, before the server gives up.
TRIES = 3

GRACE = 10.0
LOOK = 0.5
#: What finds the applications that are served beside, in each process anew.
Finder = Callable[[], Sequence[Any]]


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
