"""Deals kept warm by the server: one engine a case, warmed in the background, and the bytes of recent answers."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
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
        self._begun: dict[str, Future[DealEngine]] = {}
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
        return {name: "ready" if future.done() else "warming" for name, future in self._begun.items()}

    def warm(self, case: str = DEFAULT, pause: float = 0.0) -> Future[DealEngine]:
        """Begin to warm a case in the background, once, after some seconds."""
        with self._lock:
            if case not in self._begun:
                self._begun[case] = Future()
                begin = threading.Timer(pause, _warm, (case, self._begun[case]))
                begin.daemon = True
                begin.start()
            return self._begun[case]

    def engine(self, case: str = DEFAULT, wait: float | None = None) -> DealEngine:
        """The engine of a case, once it is warm.

        Raises
        ------
        Problem : 503 while it is not ready; UnknownName : no such case.
        """
        if case not in self._begun and case not in self.cases():
            from detente.codes import UnknownName

            raise UnknownName("case", case[:60], self.cases(), "deal", f"use {', '.join(self.cases())}")
        future = self.warm(case)
        if not future.done() and not self._waited(future, self.patience if wait is None else wait):
            raise Problem(503, f"case {case} is being warmed; ask again", {"retry-after": "2"})
        error = future.exception()
        if error is None or isinstance(error, DetenteError):
            return future.result()
        raise Problem(503, f"case {case} could not be warmed; the server's log has more")

    def _waited(self, future: Future[DealEngine], seconds: float) -> bool:
        """Wait for a case, unless so many do that no thread would be left for pages."""
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return bool(wait_for([future], seconds).done)
        finally:
            self._seats.release()

    def case_of(self, address: Mapping[str, str]) -> tuple[str, str]:
        """The case that an address names, and what to say where there is none of that name."""
        name = address.get("case", "") or DEFAULT
        if name in self._begun or name in self.cases():
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


def _warm(case: str, future: Future[DealEngine]) -> None:
    try:
        from detente.lab.deal.answer import engine_of

        future.set_result(engine_of(case).ready())
    except Exception as error:
        if not isinstance(error, DetenteError):
            LOG.exception("case %s cannot be warmed", case)
        future.set_exception(error)
