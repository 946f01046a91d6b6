"""Batches: chunks of points handed to workers, and what they give, as each is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from typing import Any, Protocol

from detente.codes import InputError
from detente.lab.sweep.chunks import Batch, Numbered

AHEAD = 64
"""Chunks handed out and not yet back, at most; more would only fill memory."""


class Job(Protocol):
    """Work on chunks of points; travels to the workers."""

    def run(self, number: int, rows: Sequence[Numbered]) -> Batch:
        """What one chunk gives."""
        ...


Chunk = tuple[int, Sequence[Numbered]]


def batches(job: Job, chunks: Sequence[Chunk], executor: Executor | None) -> Iterator[Batch]:
    """What the chunks give, as each is done; None runs them here, in order.

    Raises
    ------
    InputError : workers that ended before their work.
    """
    if executor is None:
        yield from (job.run(number, rows) for number, rows in chunks)
        return
    left, out = iter(chunks), set[Future[Any]]()
    try:
        while True:
            out |= {executor.submit(job.run, number, rows) for number, rows in _next(left, AHEAD - len(out))}
            if not out:
                return
            done, out = wait(out, return_when=FIRST_COMPLETED)
            yield from (_result(future) for future in done)
    except BrokenExecutor:
        raise _lost() from None
    finally:
        for future in out:
            future.cancel()


def _next(left: Iterator[Chunk], count: int) -> Iterator[Chunk]:
    for _, chunk in zip(range(count), left, strict=False):
        yield chunk


def _result(future: Future[Any]) -> Batch:
    try:
        return future.result()
    except CancelledError:
        raise _lost() from None
    except Exception as error:
        if type(error).__name__ in ("KilledWorker", "FutureCancelledError"):
            raise _lost() from None
        raise


def _lost() -> InputError:
    return InputError(
        "sweep",
        "a worker ended before its work was done",
        "what is finished is kept: go on with --resume",
    )
