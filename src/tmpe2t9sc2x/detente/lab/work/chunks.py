"""Chunks: long work in pieces that any process may do, each kept as it is done, so that what was stopped goes on.

A chunk gives the same wherever and whenever it is done; so neither the number of processes nor an interruption moves a
byte. In a folder each is a file that appears whole or not at all, under a name with the key of all it depends on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from detente.codes import InputError, Parameter
from detente.data.limits import processors
from detente.data.store import write_bytes
from detente.lab.work.workers import handed, holding, processes

Content = TypeVar("Content")
Kept = TypeVar("Kept", contravariant=True)

Progress = Callable[[int, int], None]
"""Told how much of long work is done, and of how much: draws, points or runs."""

AHEAD = 64
"""Chunks handed out and not yet back, at most; more would only fill memory."""

KEY = 12
"""Letters of the key of a chunk."""


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
