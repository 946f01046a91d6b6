"""Chunks: long work in pieces that any process may do, each kept as it is done, so that what was stopped goes on.

A chunk gives the same wherever and whenever it is done; so neither the number of processes nor an interruption moves a
byte. In a folder each is a file that appears whole or not at all, under a name with the key of all it depends on.

Workers: this process, processes of this machine, or an executor of `concurrent.futures`, as Dask has.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import multiprocessing
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from detente.codes import InputError, Parameter, with_extra
from detente.data.limits import processors
from detente.data.store import write_bytes
from detente.lab.work.threads import THREADS

Done = TypeVar("Done")

#: Seconds that a process has for what it is at, where nobody waits for it any more.
GRACE = 0.3

#: How long a Dask scheduler may take to answer.
SECONDS = 10


@contextmanager
def processes(count: int, given: Any = None, *, patient: bool = True, forked: bool = False) -> Iterator[Executor]:
    """Processes of this machine; they end with this one, however it ends.

    Parameters
    ----------
    given : what every job needs, sent once to each process, where `given_value` returns it.
    patient : whether jobs under way are waited for at the end, or ended with what nobody asked for any more.
    forked : whether they may begin as copies of this process, which saves them what is imported by then, where that is
        safe; otherwise they begin afresh.
    """
    # Workers inherit one thread of linear algebra each, so that bytes do not depend on the number of cores.
    for name in THREADS:
        os.environ.setdefault(name, "1")
    before = set(multiprocessing.active_children())
    copied = forked and _copies_well()
    context = multiprocessing.get_context("fork") if copied else _Context()
    pool = ProcessPoolExecutor(count, context, _started, (given,))
    if copied:
        # Copies are made when the first job is given: now, as later there may be threads, and locks that they hold.
        pool.submit(int)
    try:
        yield pool
    except BaseException:
        _end(pool, before)
        raise
    if patient:
        pool.shutdown()
    else:
        _end(pool, before)


def _copies_well() -> bool:
    """Whether a copy of this process can work: on Linux, and before there are threads, which would be missing in it."""
    return sys.platform == "linux" and threading.active_count() == 1 and "polars" not in sys.modules


def _end(pool: ProcessPoolExecutor, before: set[BaseProcess]) -> None:
    """End the processes: those at something short once that is done, all others at once."""
    results = getattr(pool, "_result_queue", None)
    pool.shutdown(wait=False, cancel_futures=True)
    ours, until = set(multiprocessing.active_children()) - before, time.monotonic() + GRACE
    for child in ours:
        child.join(max(0.0, until - time.monotonic()))
    if not any(child.is_alive() for child in ours):
        return
    for child in ours:
        child.terminate()
    # What a process was sending stays half sent. The pool's thread waits for the rest as long as anybody could send it,
    # this process too; and at its end the interpreter waits for that thread.
    if results is not None:
        results._writer.close()


class _Worker(SpawnProcess):
    """A fresh process that does not run the caller's script again: its jobs are functions of this package."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802
        main = sys.modules["__main__"]
        hidden = {name: vars(main).pop(name) for name in ("__file__", "__spec__") if name in vars(main)}
        main.__spec__ = None
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            vars(main).update(hidden)


class _Context(SpawnContext):
    Process = _Worker


_GIVEN: ContextVar[Any] = ContextVar("given", default=None)


def given_value() -> Any:
    """What every job needs, in a process of `processes` and while this one is `holding` it."""
    return _GIVEN.get()


@contextmanager
def holding(given: Any) -> Iterator[None]:
    """Do jobs in this process, as in one that was given the value."""
    token = _GIVEN.set(given)
    try:
        yield
    finally:
        _GIVEN.reset(token)


def _started(given: Any) -> None:
    """A worker leaves interrupts to its parent, and ends when the parent is gone."""
    import signal

    _GIVEN.set(given)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def handed(executor: Executor, work: Callable[[], Done]) -> Future[Done]:
    """Work given to an executor.

    A scheduler of Dask unpacks what it passes on, and would load all of this package for it; to it the work goes
    sealed, and only the worker that does it looks inside.
    """
    if type(executor).__module__.partition(".")[0] == "distributed":
        return executor.submit(_unsealed, pickle.dumps(work))
    return executor.submit(work)


def _unsealed(sealed: bytes) -> Any:
    return pickle.loads(sealed)()


@contextmanager
def dask(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster, by the address of its scheduler, such as tcp://127.0.0.1:8786.

    Raises
    ------
    InputError : Dask is not installed, no scheduler answers, or another service does.
    """
    try:
        client_of = importlib.import_module("distributed").Client
    except ImportError:
        raise InputError(Parameter("dask", address), "needs Dask", with_extra("dask")) from None
    try:
        if not _greets(address, SECONDS):
            what = "what answers there is no Dask scheduler"
            raise InputError(Parameter("dask", address), what, "check host and port: a scheduler prints its own")
        client = client_of(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError):
        raise InputError(
            Parameter("dask", address), "no scheduler answers there", "start one with: dask scheduler"
        ) from None
    with client:
        yield client.get_executor(pure=False)


def _greets(address: str, seconds: float) -> bool:
    """Whether a service begins as a Dask scheduler does: with the length of a short message, eight bytes.

    Dask itself takes the first bytes of any other service for a length, and asks for as much memory or waits for good.
    """
    import socket
    from urllib.parse import urlsplit

    place = urlsplit(address if "://" in address else f"tcp://{address}")
    if place.scheme != "tcp" or not place.hostname or not place.port:
        return True
    with socket.create_connection((place.hostname, place.port), timeout=seconds) as service:
        try:
            begins = service.recv(8)
        except TimeoutError:
            return False
    return len(begins) == 8 and 0 < int.from_bytes(begins, "little") < 1 << 20


@contextmanager
def second_process(wanted: bool = True) -> Iterator[Executor | None]:
    """One more process of this machine; None where it is not wanted or there is one core alone."""
    if not wanted or processors() < 2:
        yield None
        return
    with processes(1, patient=False, forked=True) as pool:
        yield pool


Content = TypeVar("Content")
Kept = TypeVar("Kept", contravariant=True)

#: Told how much of long work is done, and of how much: draws, points or runs.
Progress = Callable[[int, int], None]

#: Chunks handed out and not yet back, at most; more would only fill memory.
AHEAD = 64

#: Letters of the key of a chunk.
KEY = 12


@dataclass(frozen=True)
class Chunk(Generic[Content]):
    """A piece of work.

    Attributes
    ----------
    size : draws or points in it.
    work : what does it: a function of a module with its arguments, which travel.
    """

    number: int
    size: int
    work: Callable[[], Content] = field(repr=False)


class Shelf(Protocol[Kept]):
    """Where contents of chunks are kept."""

    def holds(self, number: int) -> bool:
        """Whether a chunk is done."""
        ...

    def keep(self, number: int, content: Kept) -> None:
        """Keep what a chunk gave."""
        ...


@dataclass(frozen=True)
class Files(Generic[Content]):
    """Contents of chunks in memory and, with a folder, in a file each.

    Attributes
    ----------
    name : number of a chunk -> name of its file, with the key of all it depends on.
    pack, unpack : content to bytes, and back; `unpack` raises ValueError for bytes that are no content of that chunk.
    """

    folder: Path | None
    name: Callable[[int], str] = field(repr=False)
    pack: Callable[[Content], bytes] = field(repr=False)
    unpack: Callable[[int, bytes], Content] = field(repr=False)
    contents: dict[int, Content] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.folder is not None and self.folder.exists() and not self.folder.is_dir():
            raise InputError(str(self.folder), "is a file, not a folder", "choose a folder")

    def holds(self, number: int) -> bool:
        """Whether a chunk is done; one that is cut short or damaged on disk is not."""
        if number not in self.contents and self.folder is not None:
            try:
                self.contents[number] = self.unpack(number, (self.folder / self.name(number)).read_bytes())
            except (OSError, ValueError, KeyError, TypeError, EOFError):
                return False
        return number in self.contents

    def keep(self, number: int, content: Content) -> None:
        """Keep what a chunk gave."""
        if self.folder is not None:
            write_bytes(self.folder / self.name(number), self.pack(content))
        self.contents[number] = content

    def in_order(self) -> list[Content]:
        """What all chunks gave."""
        return [self.contents[number] for number in sorted(self.contents)]


def in_memory() -> Files[Any]:
    """Nowhere but in memory."""
    return Files(None, str, lambda content: b"", lambda number, content: None)


def chunk_key(*content: object) -> str:
    """A short name of everything that chunks depend on."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:KEY]


def spans(count: int, size: int) -> list[range]:
    """Draws or points of each chunk, from 0."""
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


@dataclass(frozen=True)
class Crew:
    """Who does the chunks.

    Attributes
    ----------
    several : draws or points from which more than one process is worth its start.
    workers : processes asked for; None: one a core. `executor` : used in place of processes of this machine.
    given : what every chunk needs, sent once to each process, where `given_value` returns it.
    forked : whether processes may begin as copies of this one.
    """

    several: int
    workers: int | None = None
    executor: Executor | None = None
    given: Any = field(default=None, repr=False)
    forked: bool = False

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError(Parameter("workers"), f"{self.workers} processes cannot work", "give 1 or more")

    @contextmanager
    def at_work(self, chunks: int, total: int) -> Iterator[Executor | None]:
        """What chunks are handed to; None where this process does them.

        Parameters
        ----------
        chunks : that are left; `total` : draws or points of the whole.
        """
        wanted = self.workers or (processors() if total >= self.several else 1)
        if self.executor is not None:
            yield self.executor
        elif min(wanted, chunks) > 1:
            with processes(min(wanted, chunks), self.given, forked=self.forked) as pool:
                yield pool
        else:
            with holding(self.given):
                yield None


def go_on(
    chunks: Sequence[Chunk[Content]], shelf: Shelf[Content], crew: Crew, progress: Progress | None = None
) -> None:
    """Do the chunks that a shelf does not hold, and keep each as it is done.

    Raises
    ------
    InputError : a worker that ended before its work; what is finished is kept.
    """
    left = [chunk for chunk in chunks if not shelf.holds(chunk.number)]
    total = sum(chunk.size for chunk in chunks)
    done = total - sum(chunk.size for chunk in left)
    if progress is not None and done:
        progress(done, total)
    with crew.at_work(len(left), total) as executor:
        for chunk, content in _computed(left, executor):
            shelf.keep(chunk.number, content)
            done += chunk.size
            if progress is not None:
                progress(done, total)


def _computed(chunks: Sequence[Chunk[Content]], executor: Executor | None) -> Iterator[tuple[Chunk[Content], Content]]:
    """What the chunks give, as each is done; None does them here, in order."""
    if executor is None:
        yield from ((chunk, chunk.work()) for chunk in chunks)
        return
    left, out = iter(chunks), dict[Future[Content], Chunk[Content]]()
    try:
        while True:
            out |= {handed(executor, chunk.work): chunk for chunk in islice(left, AHEAD - len(out))}
            if not out:
                return
            for future in wait(out, return_when=FIRST_COMPLETED).done:
                yield out.pop(future), _result(future)
    except BrokenExecutor:
        raise _lost() from None
    finally:
        for future in out:
            future.cancel()


def _result(future: Future[Content]) -> Content:
    try:
        return future.result()
    except CancelledError:
        raise _lost() from None
    except Exception as error:
        # What Dask raises in their place is no class of this process.
        if type(error).__name__ in ("KilledWorker", "FutureCancelledError"):
            raise _lost() from None
        raise


def _lost() -> InputError:
    return InputError(
        "workers",
        "one ended before its work was done, by hand or for want of memory",
        "ask again: what a folder holds is not done twice",
    )
