"""Traffic: an id for every request, counts and times for who measures, a line of a log, sizes as they are given.

Nothing here looks at what stands behind a question mark, nor into what is sent: either may hold what is not for others.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import Scope

from detente.codes import InputError
from detente.data.store import open_log

ID = "x-request-id"
NAMED = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Id of the request that is being answered.
REQUEST: ContextVar[str] = ContextVar("request", default="")

#: Seconds up to which answers are counted together.
BOUNDS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0)

LINE = re.compile(r"[\x00-\x1f\x7f]")
#: Letters of a path that a log keeps.
LONGEST = 300

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass
class Visit:
    """A request while it is answered.

    Attributes
    ----------
    id : its own, which the answer carries.
    began : by the clock of the process; `status`, `size` : of the answer, bytes.
    """

    id: str
    method: str
    path: str
    who: str = ""
    began: float = field(default_factory=time.perf_counter)
    status: int = 0
    size: int = 0

    def line(self) -> dict[str, object]:
        """What a log keeps of it: the path without what stands behind a question mark, and nobody's name."""
        return {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"), "request": self.id, "method": self.method,
            "path": LINE.sub("", self.path)[:LONGEST], "status": self.status,
            "milliseconds": round(1000.0 * (time.perf_counter() - self.began), 1), "bytes": self.size,
            "worker": os.getpid(),
        }  # fmt: skip


def visit(scope: Scope, headers: Headers) -> Visit:
    """A request that begins; its id is that of a proxy before, where it is a plain word, else a new one."""
    given = headers.get(ID, "")
    return Visit(given if NAMED.fullmatch(given) else secrets.token_hex(8), scope["method"], scope["path"])


@dataclass
class Traffic:
    """What a process has answered."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    within: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0
    sent: int = 0
    open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self) -> None:
        """A request has come."""
        with self._lock:
            self.open += 1

    def end(self, done: Visit) -> None:
        """A request was answered, or broken off."""
        taken = time.perf_counter() - done.began
        method = done.method if done.method in METHODS else "other"
        with self._lock:
            self.open -= 1
            self.answers[method, f"{done.status // 100}xx" if done.status else "none"] += 1
            self.seconds += taken
            self.sent += done.size
            self.within[next((bound for bound in BOUNDS if taken <= bound), float("inf"))] += 1

    def text(self, others: Mapping[str, tuple[str, str, Mapping[str, float]]]) -> str:
        """Measurements as Prometheus reads them; each of this process says so by its label `worker`.

        Parameters
        ----------
        others : what is measured elsewhere: kind, meaning, and value by labels, by name.
        """
        worker = f'worker="{os.getpid()}"'
        with self._lock:
            answers = {f'{worker},method="{m}",status="{s}"': float(n) for (m, s), n in sorted(self.answers.items())}
            total, count, steps = 0, sum(self.within.values()), dict[str, float]()
            for bound in BOUNDS:
                total += self.within[bound]
                steps[f'{worker},le="{bound:g}"'] = float(total)
            steps[f'{worker},le="+Inf"'] = float(count)
            own = {
                "requests_total": ("counter", "Requests that were answered.", answers),
                "requests_open": ("gauge", "Requests that are being answered.", {worker: float(self.open)}),
                "sent_bytes_total": ("counter", "Bytes of answers.", {worker: float(self.sent)}),
            }
            times = [*_rows("request_seconds_bucket", steps), *_rows("request_seconds_sum", {worker: self.seconds}),
                     *_rows("request_seconds_count", {worker: float(count)})]  # fmt: skip
        lines = [line for name, (kind, words, values) in {**own, **others}.items()
                 for line in (*_about(name, kind, words), *_rows(name, values))]  # fmt: skip
        lines += [*_about("request_seconds", "histogram", "Seconds until an answer was sent."), *times]
        return "\n".join([*lines, ""])


def _about(name: str, kind: str, words: str) -> tuple[str, str]:
    return f"# HELP detente_{name} {words}", f"# TYPE detente_{name} {kind}"


def _rows(name: str, values: Mapping[str, float]) -> list[str]:
    return [f"detente_{name}{f'{{{labels}}}' if labels else ''} {value:g}" for labels, value in values.items()]


class AccessLog:
    """A file that gets a line of JSON for every request; "-" is the output of the program.

    Raises
    ------
    InputError : a file that cannot be written.
    """

    def __init__(self, path: str) -> None:
        try:
            self._file = sys.stdout.buffer if path == "-" else open_log(Path(path).expanduser())
        except OSError as error:
            words = f"cannot be written ({error.strerror})"
            raise InputError(f"--access-log {path}", words, "give a file in a folder of yours") from None

    def write(self, done: Visit) -> None:
        """Put a request on record; what cannot be written stops nobody."""
        line = json.dumps(done.line(), ensure_ascii=False, separators=(",", ":"))
        try:
            # One write a line, so that lines of several processes never mix.
            self._file.write(f"{line}\n".encode("utf-8", "replace"))
            self._file.flush()
        except (OSError, ValueError):
            return


def label_logs() -> None:
    """Have every line of the server's log name the request it is about."""
    log = logging.getLogger("detente.server")
    if not any(isinstance(other, _Named) for other in log.filters):
        log.addFilter(_Named())


class _Named(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        name = REQUEST.get()
        if name and not getattr(record, "request", ""):
            record.request = name
            record.msg = f"{record.msg} [request {name}]"
        return True


LEAST = 300_000_000
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)[bB]?")
UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


def size_of(text: str, where: str = "--memory") -> int:
    """Bytes given as 1500M or 2G.

    Raises
    ------
    InputError : no size, or one in which the program cannot work.
    """
    match = SIZE.fullmatch(text.strip())
    if match is None:
        raise InputError(where, f"'{text[:20]}' is no size", "write it as 1500M or 2G")
    size = round(float(match[1]) * UNITS[match[2].lower()])
    if size < LEAST:
        raise InputError(where, f"{text[:20]} is too little", f"give {LEAST // 1_000_000}M or more")
    return size
