"""Desk: questions at work and what is kept of them. An answer that takes longer than a call may goes on in a thread.

Nothing here is written to disk. Whoever asks the same again gets the answer that was worked out meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from detente.codes import InputError
from detente.faces.ask.answer import Answer

PATIENCE = 20.0
"""Seconds for which a call waits."""

LONGER = 60.0
"""Seconds for which a call for more waits, so that nobody has to ask every second."""

SEATS = 2
"""Long questions that are worked out at once."""

WAITING = 6
"""Long questions that may be under way, those that wait for a seat included."""

AT_WORK = 40
"""Questions that may be under way, short ones included."""

KEPT = 128
"""Answers that are kept."""


@dataclass
class Desk:
    """Questions at work, and answers.

    Attributes
    ----------
    patience : seconds for which a call waits.
    """

    patience: float = PATIENCE
    _answers: OrderedDict[str, Future[Answer]] = field(default_factory=OrderedDict, repr=False)
    _long: set[str] = field(default_factory=set, repr=False)
    _seats: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(SEATS), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    async def answer(self, key: str, make: Callable[[], Answer], long: bool) -> Answer | None:
        """The answer to a question under its key; None where it takes longer than a call may.

        Raises
        ------
        DetenteError : what the question is refused for; InputError : too many are under way.
        """
        return await self._waited(key, self._begun(key, make, long), self.patience)

    async def more(self, key: str) -> Answer | None:
        """The answer of a key, or what is worked out under it; None where it takes longer still.

        Raises
        ------
        DetenteError : what the question is refused for; InputError : no answer that is kept has it.
        """
        with self._lock:
            pairs = [(name, future) for name, future in self._answers.items() if key in (name, _key_of(future))]
        if not pairs:
            raise InputError("key", f"'{key[:20]}' is of no answer that is kept", "ask the question again")
        return await self._waited(*pairs[-1], LONGER)

    async def _waited(self, key: str, future: Future[Answer], patience: float) -> Answer | None:
        try:
            answer = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), patience)
        except TimeoutError:
            if not future.done():
                return None
            answer = future.result()
        except Exception:
            self._forget(key)
            raise
        return answer

    def _begun(self, key: str, make: Callable[[], Answer], long: bool) -> Future[Answer]:
        """The work for an answer; begun where nobody did."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            if long and len(self._long) >= WAITING:
                raise InputError("", f"{WAITING} long questions are under way", "ask again in a minute")
            if sum(not future.done() for future in self._answers.values()) >= AT_WORK:
                raise InputError("", f"{AT_WORK} questions are under way", "ask again in some seconds")
            future: Future[Answer] = Future()
            self._answers[key] = future
            if long:
                self._long.add(key)
            self._drop()
        threading.Thread(target=self._work, args=(key, future, make, long), name=f"answer {key}", daemon=True).start()
        return future

    def _work(self, key: str, future: Future[Answer], make: Callable[[], Answer], long: bool) -> None:
        try:
            if long:
                with self._seats:
                    answer = make()
            else:
                answer = make()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(answer)
        finally:
            with self._lock:
                self._long.discard(key)

    def _drop(self) -> None:
        """Forget the oldest answers that are done."""
        done = [key for key, future in self._answers.items() if future.done()]
        for key in done[: max(0, len(self._answers) - KEPT)]:
            del self._answers[key]

    def _forget(self, key: str) -> None:
        with self._lock:
            self._answers.pop(key, None)


def _key_of(future: Future[Answer]) -> str:
    """The key of an answer that is there."""
    return future.result().key if future.done() and future.exception() is None else ""
