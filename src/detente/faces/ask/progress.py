"""Progress of a question: whoever asked is told how far its answer is, whichever face they ask through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

Tell = Callable[[str, int, int], None]
"""Takes the name of a part, how much of it is done, and of how much."""

_listener: ContextVar[Tell | None] = ContextVar("listener", default=None)


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


def told(part: str) -> Callable[[int, int], None]:
    """What a part of the lab calls with how much is done, and of how much."""
    return partial(tell, part)
