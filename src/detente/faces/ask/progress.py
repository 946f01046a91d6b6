"""Progress of a question: whoever asked is told how far its answer is, whichever face they ask through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path

Tell = Callable[[str, int, int], None]
"""Takes the name of a part, how much of it is done, and of how much."""

_listener: ContextVar[Tell | None] = ContextVar("listener", default=None)


@dataclass(frozen=True)
class Working:
    """How long work is done: a folder that keeps what is finished, and processes, None for one a core."""

    folder: Path | None = None
    workers: int | None = 1


ALONE = Working()
_work: ContextVar[Working] = ContextVar("work", default=ALONE)


@contextmanager
def working(work: Working) -> Iterator[None]:
    """Have the questions that are asked meanwhile worked out so."""
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)


def how() -> Working:
    """How the work of a question is to be done."""
    return _work.get()


@contextmanager
def heard_by(listener: Tell) -> Iterator[None]:
    """Tell somebody how far the questions are that are asked meanwhile."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(part: str, done: int, total: int) -> None:
    """Say how far a part of a question is; nothing where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(part, done, total)


def progress_of(part: str) -> Callable[[int, int], None]:
    """What a part of the lab calls with how much is done, and of how much."""
    return partial(tell, part)
