"""Jobs: long work in processes of its own, on record from the first moment, with progress and a real end.

A server that dies takes its workers with it; the next one takes up what was running, up to a number of times.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.faces.web.problems import Problem
from detente.faces.web.store import CANCELLED, DONE, ENDED, FAILED, INTERRUPTED, RUNNING, WAITING, Store

LOG = logging.getLogger("detente.server")
ATTEMPTS = 3
"""Times that a job is begun before it is reported as interrupted."""

QUEUE = 100
"""Jobs that may wait."""

BETWEEN = 1.0
"""Seconds between two notes of the progress in the database."""


@dataclass
class Running:
    """A job at work."""

    process: subprocess.Popen[str]
    cancelled: bool = False


@dataclass
class Jobs:
    """Jobs of a server.

    Attributes
    ----------
    store : where they are on record; `folder` : where each keeps what it has done so far.
    count : jobs that run at once.
    """

    store: Store
    folder: Path
    count: int = 1
    _waiting: deque[str] = field(default_factory=deque, repr=False)
    _running: dict[str, Running] = field(default_factory=dict, repr=False)
    _progress: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    _more: threading.Condition = field(default_factory=threading.Condition, repr=False)
    _stopped: bool = field(default=False, repr=False)

    def start(self) -> None:
        """Take up what was left, and begin to work."""
        for row in self.store.jobs_in(WAITING, RUNNING):
            if row["status"] == RUNNING and row["attempts"] >= ATTEMPTS:
                words = f"the server ended while it ran, {row['attempts']} times"
                self.store.change_job(row["id"], status=INTERRUPTED, finished=time.time(), error=words)
                continue
            self.store.change_job(row["id"], status=WAITING)
            self._waiting.append(row["id"])
        for number in range(self.count):
            threading.Thread(target=self._work, name=f"jobs {number}", daemon=True).start()

    def submit(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        """Put a job on record and in line.

        Raises
        ------
        Problem : 503, too many wait.
        """
        if len(self._waiting) >= QUEUE:
            raise Problem(503, f"{QUEUE} jobs wait already; ask again later", {"retry-after": "60"})
        name = secrets.token_hex(8)
        self.store.add_job(
            {"id": name, "kind": kind, "request": json.dumps(request), "status": WAITING, "part": "", "done": 0,
             "total": 0, "created": time.time(), "attempts": 0, "error": ""}
        )  # fmt: skip
        with self._more:
            self._waiting.append(name)
            self._more.notify()
        return self.view(name)

    def view(self, name: str) -> dict[str, Any]:
        """A job as it stands, with its latest progress.

        Raises
        ------
        Problem : 404, no such job.
        """
        row = self.store.job(name[:16])
        if row is None:
            raise Problem(404, f"there is no job {name[:16]}")
        return shown(row) | (self._progress.get(name, {}) if row["status"] == RUNNING else {})

    def cancel(self, name: str) -> dict[str, Any]:
        """End a job for good.

        Raises
        ------
        Problem : 404, no such job; 409, it has ended.
        """
        row = self.view(name)
        if row["status"] in ENDED:
            raise Problem(409, f"job {name} is {row['status']}")
        with self._more:
            held = self._running.get(name)
            if held is not None:
                held.cancelled = True
            if name in self._waiting:
                self._waiting.remove(name)
            self.store.change_job(name, status=CANCELLED, finished=time.time())
        if held is not None:
            _kill(held.process)
        self._clean(name)
        return self.view(name)

    def stop(self) -> None:
        """End the workers; what ran stays on record as running, so that the next server takes it up."""
        with self._more:
            self._stopped = True
            self._more.notify_all()
            held = list(self._running.values())
        for one in held:
            _kill(one.process)

    def _work(self) -> None:
        while True:
            with self._more:
                while not self._waiting and not self._stopped:
                    self._more.wait(1.0)
                if self._stopped:
                    return
                name = self._waiting.popleft()
            try:
                self._run(name)
            except Exception:
                LOG.exception("job %s", name)
                self.store.change_job(name, status=FAILED, finished=time.time(), error="the worker could not be run")

    def _run(self, name: str) -> None:
        row = self.store.job(name)
        if row is None or row["status"] != WAITING:
            return
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        process = _process(folder)
        with self._more:
            # A cancel that came in between has its word on record already.
            latest = self.store.job(name)
            if self._stopped or latest is None or latest["status"] != WAITING:
                _kill(process)
                return
            held = self._running[name] = Running(process)
            self.store.change_job(name, status=RUNNING, started=time.time(), attempts=row["attempts"] + 1)
        try:
            last = self._follow(name, process, {"kind": row["kind"], "request": json.loads(row["request"]),
                                                "folder": str(folder)})  # fmt: skip
        finally:
            with self._more:
                self._running.pop(name, None)
        if not held.cancelled and not self._stopped:
            self._finish(name, row["kind"], last)
        self._progress.pop(name, None)

    def _follow(self, name: str, process: subprocess.Popen[str], asked: dict[str, Any]) -> dict[str, Any]:
        """Hand the request over and read progress until the worker ends; its last word."""
        assert process.stdin is not None
        assert process.stdout is not None
        last: dict[str, Any] = {}
        noted = 0.0
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(f"{json.dumps(asked)}\n")
            process.stdin.flush()
        for line in process.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if "part" not in said:
                last = said
                continue
            self._progress[name] = {key: said[key] for key in ("part", "done", "total")}
            if time.monotonic() - noted > BETWEEN:
                noted = time.monotonic()
                self.store.change_job(name, **self._progress[name])
        process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()
        return last

    def _finish(self, name: str, kind: str, last: dict[str, Any]) -> None:
        if "result" in last:
            document = json.loads(Path(last["result"]).read_text(encoding="utf-8"))
            # The run is on record before the job says so: a server that ends in between loses nothing.
            key = self.store.save_run(document, kind)
            self.store.change_job(name, status=DONE, finished=time.time(), run=key, **self._progress.get(name, {}))
        else:
            words = last.get("error") or "the worker ended before its work; see the server's log"
            if "error" not in last:
                LOG.error("job %s: %s", name, _tail(self.folder / name / "log.txt"))
            self.store.change_job(name, status=FAILED, finished=time.time(), error=words)
        self._clean(name)

    def _clean(self, name: str) -> None:
        shutil.rmtree(self.folder / name, ignore_errors=True)


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A job for a reader."""
    keys = (
        "id",
        "kind",
        "status",
        "part",
        "done",
        "total",
        "created",
        "started",
        "finished",
        "attempts",
        "run",
        "error",
    )
    return {key: row[key] for key in keys} | {"request": json.loads(row["request"])}


def _process(folder: Path) -> subprocess.Popen[str]:
    """A worker in a session of its own, so that it can be ended with all that it started."""
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "detente.faces.web.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            cwd=folder,
            env=_environment(),
        )


def _environment() -> dict[str, str]:
    """What a worker needs of the environment; no token, no address of a database."""
    return {
        key: value for key, value in os.environ.items() if not key.startswith(("DETENTE_TOKEN", "DETENTE_DATABASE"))
    }


def _tail(path: Path, most: int = 4000) -> str:
    """The last that a worker wrote."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")[-most:]
    except OSError:
        return "it left no word"


def _kill(process: subprocess.Popen[str]) -> None:
    """End a worker and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
