"""Progress of a question: whoever asked is told how far its answer is, whichever face they ask through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

#: Takes the name of a part, how much of it is done, and of how much.
Tell = Callable[[str, int, int], None]

_listener: ContextVar[Tell | None] = ContextVar("listener", default=None)


@dataclass(frozen=True)
class Working:
    """How long work is done: a folder that keeps what is finished, and processes, None for one a core."""

    folder: Path | None = None
    workers: int | None = 1


ALONE = Working()
_work: ContextVar[Working] = ContextVar("work", default=ALONE)


@contextmanager
def _meanwhile(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def working(work: Working) -> AbstractContextManager[None]:
    """Have the questions that are asked meanwhile worked out so."""
    return _meanwhile(_work, work)


def how() -> Working:
    """How the work of a question is to be done."""
    return _work.get()


def heard_by(listener: Tell) -> AbstractContextManager[None]:
    """Tell somebody how far the questions are that are asked meanwhile."""
    return _meanwhile(_listener, listener)


def tell(part: str, done: int, total: int) -> None:
    """Say how far a part of a question is; nothing where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(part, done, total)


def progress_of(part: str) -> Callable[[int, int], None]:
    """What a part of the lab calls with how much is done, and of how much."""
    return partial(tell, part)
