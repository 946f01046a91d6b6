"""Workers: this process, processes of this machine, or an executor of `concurrent.futures`, as Dask has."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from detente.codes import InputError, Parameter, with_extra
from detente.data.limits import processors
from detente.lab.work.threads import THREADS

Done = TypeVar("Done")

GRACE = 0.3
"""Seconds that a process has for what it is at, where nobody waits for it any more."""

SECONDS = 10
"""How long a Dask scheduler may take to answer."""


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
