"""Deals kept warm by the server: one engine a case, warmed in the background, and the bytes of recent answers."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from detente.codes.errors import DetenteError
from detente.faces.web.media import to_bytes
from detente.faces.web.problems import Problem
from detente.faces.words.language import load

if TYPE_CHECKING:
    from detente.lab.deal.answer import DealEngine, Dealt

LOG = logging.getLogger("detente.server")
DEFAULT = "us-china-2025-05"
KEPT = 512
SEATS = 8
"""Requests that may wait for a case at once; others are told to ask again."""


class Deals:
    """Engines by case.

    Parameters
    ----------
    patience : seconds for which a request waits while a case is warmed.
    """

    def __init__(self, patience: float = 60.0) -> None:
        self.patience = patience
        self._engines: dict[str, DealEngine] = {}
        self._done: dict[str, threading.Event] = {}
        self._failed: dict[str, DetenteError] = {}
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._seats = threading.Semaphore(SEATS)

    @staticmethod
    def cases() -> tuple[str, ...]:
        """Cases that deals can be made in."""
        from detente.lab.deal.levers import served

        return served()

    def status(self) -> dict[str, str]:
        """Which cases are warm."""
        return {name: "ready" if done.is_set() else "warming" for name, done in self._done.items()}

    def warm(self, case: str = DEFAULT, pause: float = 0.0) -> threading.Event:
        """Begin to warm a case in the background, once, after some seconds."""
        with self._lock:
            if case not in self._done:
                self._done[case] = threading.Event()
                begin = threading.Timer(pause, self._warmed, (case,))
                begin.daemon = True
                begin.start()
            return self._done[case]

    def _warmed(self, case: str) -> None:
        try:
            from detente.lab.deal.answer import engine_of

            self._engines[case] = engine_of(case).ready()
        except DetenteError as error:
            self._failed[case] = error
        except Exception:
            LOG.exception("case %s cannot be warmed", case)
        finally:
            self._done[case].set()

    def engine(self, case: str = DEFAULT, wait: float | None = None) -> DealEngine:
        """The engine of a case, once it is warm.

        Raises
        ------
        Problem : 503 while it is not ready; UnknownName : no such case.
        """
        if case not in self._done and case not in self.cases():
            from detente.codes import UnknownName

            raise UnknownName("case", case[:60], self.cases(), "deal", f"use {', '.join(self.cases())}")
        done = self.warm(case)
        if not done.is_set() and not self._waited(done, self.patience if wait is None else wait):
            raise Problem(503, f"case {case} is being warmed; ask again", {"retry-after": "2"})
        if case in self._failed:
            raise self._failed[case]
        if case not in self._engines:
            raise Problem(503, f"case {case} could not be warmed; the server's log has more")
        return self._engines[case]

    def _waited(self, done: threading.Event, seconds: float) -> bool:
        """Wait for a case, unless so many do that no thread would be left for pages."""
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return done.wait(seconds)
        finally:
            self._seats.release()

    def case_of(self, address: Mapping[str, str]) -> tuple[str, str]:
        """The case that an address names, and what to say where there is none of that name."""
        name = address.get("case", "") or DEFAULT
        if name in self._engines or name in self.cases():
            return name, ""
        return DEFAULT, f"case '{name[:40]}' is not known; taken {DEFAULT} (there are {', '.join(self.cases())})"

    def deal(self, address: Mapping[str, str], quick: bool = False) -> tuple[Dealt, DealEngine]:
        """The deal of an address and the engine that made it; without ranges over elasticities where it is quick."""
        from dataclasses import replace

        case, message = self.case_of(address)
        engine = self.engine(case)
        deal = engine.deal(address, quick)
        return (replace(deal, messages=(message, *deal.messages)) if message else deal), engine

    def tag(self, address: Mapping[str, str], quick: bool = False) -> str:
        """Tag of the answer to an address, known before it is computed."""
        case, message = self.case_of(address)
        engine = self.engine(case)
        levers, messages = engine.read(address)
        words = hashlib.sha256("|".join((message, *messages)).encode("utf-8", "replace")).hexdigest()[:8]
        mended = f"-{words}" if message or messages else ""
        return f'"{engine.key(levers)}{"-quick" if quick else ""}{mended}"'

    def document(self, address: Mapping[str, str], tag: str, quick: bool = False) -> bytes:
        """The answer to an address as JSON."""
        from detente.faces.words.deal import spoken_deal
        from detente.lab.deal.answer import as_document

        with self._lock:
            stored = self._bytes.get(tag)
        if stored is not None:
            return stored
        deal, engine = self.deal(address, quick)
        body = to_bytes(spoken_deal(as_document(deal, engine), load()))
        with self._lock:
            self._bytes[tag] = body
            while len(self._bytes) > KEPT:
                self._bytes.popitem(last=False)
        return body
