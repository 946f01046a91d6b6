"""Jobs: long work in processes of its own, on record from the first moment, with progress and a real end.

A server that dies takes its workers with it; the next one, or another that shares the database, takes up what was
running, up to a number of times. So does the server itself where a worker was killed. What ended jobs left goes.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.data.store import make_folder, open_log, remove_folder
from detente.faces.web.problems import Away, Problem, Unwritable, unwritable
from detente.faces.web.work.store import ANSWERS, CANCELLED, DONE, FAILED, RUNNING, WAITING, WORK, Store

LOG = logging.getLogger("detente.server")
#: Times that a job is begun before it is reported as interrupted, or as failed where its own process was killed.
ATTEMPTS = 3

#: Variables that no worker of a job gets: addresses of databases, and whatever opens something.
SECRETS = re.compile(r"DETENTE_(DATABASE|METRICS)|PG[A-Z]+$|.*(PASS|SECRET|TOKEN|CREDENTIAL)")

#: Signals by which a machine that is emptied ends every process, workers before the server that watches them.
DRAINED = (signal.SIGTERM, signal.SIGINT)

NAME = re.compile(r"[0-9a-f]{16}")
#: Jobs that may wait.
QUEUE = 100

#: How far the workers of answers stand back behind pages and sliders, as the system counts it; the second where nobody
#: waits for the answer yet.
NICE = (5, 15)

#: Seconds between two notes of the progress in the database.
BETWEEN = 1.0


#: Seconds between two signs of life of a server for the jobs it runs, and between two looks for others.
BEAT = 1.0

#: Seconds without a sign of life after which another server takes a job up.
LEASE = 10.0

NOT_KEPT = "the result cannot be kept: {}"
#: Seconds for which the end of a job is noted again where the database does not answer.
PATIENCE = 60.0


@dataclass
class Running:
    """A job at work; `lost` once it was cancelled or is another server's."""

    process: subprocess.Popen[str]
    lost: bool = False


@dataclass
class Jobs:
    """Jobs of a server. The line they wait in is the database, so that several servers can share it.

    Attributes
    ----------
    store : where they are on record; `folder` : where each keeps what it has done so far.
    count : jobs of people that run at once; up to two answers are worked out beside them.
    name : of this server in the database.
    """

    store: Store
    folder: Path
    count: int = 1
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _running: dict[str, Running] = field(default_factory=dict, repr=False)
    _progress: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    _more: threading.Condition = field(default_factory=threading.Condition, repr=False)
    _stopped: bool = field(default=False, repr=False)

    def start(self) -> None:
        """Begin to work, and to look after what runs."""
        self.store.give_up(LEASE, ATTEMPTS)
        # Who asks for an answer does not wait for one that is worked out ahead.
        for number, line in enumerate([*[(WORK, True)] * self.count, (ANSWERS, True), (ANSWERS, False)]):
            threading.Thread(target=self._work, args=line, name=f"jobs {number}", daemon=True).start()
        threading.Thread(target=self._look_after, name="jobs seen", daemon=True).start()

    def submit(self, kind: str, request: dict[str, Any], answer: str | None = None, early: bool = False) -> str:
        """Put a job on record and in line; its id, "" where another works for the same answer already.

        Parameters
        ----------
        answer : key under which its result will be kept, where it is known; `early` : nobody waits for it yet.

        Raises
        ------
        Problem : 503, too many wait.
        """
        if self.store.waiting(WORK if kind in WORK else ANSWERS) >= QUEUE:
            raise Problem(503, f"{QUEUE} jobs wait already; ask again later", {"retry-after": "60"})
        name = secrets.token_hex(8)
        added = self.store.add_job(
            {"id": name, "kind": kind, "request": json.dumps(request), "status": WAITING, "part": "", "done": 0,
             "total": 0, "created": time.time(), "attempts": 0, "error": "", "answer": answer, "early": int(early)}
        )  # fmt: skip
        with self._more:
            self._more.notify_all()
        return name if added else ""

    def view(self, name: str) -> dict[str, Any]:
        """A job as it stands, with its latest progress.

        Raises
        ------
        Problem : 404, no such job.
        """
        row = self.store.job(name[:16])
        if row is None:
            raise Problem(404, f"there is no job {name[:16]}")
        return self.latest(row)

    def latest(self, row: dict[str, Any]) -> dict[str, Any]:
        """A job on record for a reader, with its latest progress where it runs here."""
        return shown(row) | (self._progress.get(row["id"], {}) if row["status"] == RUNNING else {})

    def cancel(self, name: str) -> dict[str, Any]:
        """End a job for good; where another server runs it, that one ends it within moments.

        Raises
        ------
        Problem : 404, no such job; 409, it has ended.
        """
        if not self.store.change_job(name, active=True, status=CANCELLED, finished=time.time()):
            raise Problem(409, f"job {name} is {self.view(name)['status']}")
        self._lose(name)
        self._clean(name)
        return self.view(name)

    def clear(self) -> tuple[int, int]:
        """Delete every run and job of people for good, and end the jobs that run; how many of each."""
        for name in self.store.active():
            with contextlib.suppress(Problem):  # It has ended meanwhile.
                self.cancel(name)
        return self.store.delete_all()

    def _lose(self, name: str) -> None:
        """End the process of a job that is not to be run here any more."""
        with self._more:
            running = self._running.get(name)
            if running is not None:
                running.lost = True
        if running is not None:
            _kill(running.process)

    def stop(self) -> None:
        """End the workers; what ran waits again, so that another server or the next one takes it up at once."""
        with self._more:
            self._stopped = True
            self._more.notify_all()
            running = dict(self._running)
        for job in running.values():
            _kill(job.process)
        for name in running:
            with contextlib.suppress(Away):
                self.store.back_in_line(name, self.name)

    def _work(self, kinds: tuple[str, ...], early: bool) -> None:
        while not self._stopped:
            row = None
            with _logged("the next job cannot be looked up"):
                row = self.store.take_job(self.name, kinds, LEASE, early, list(self._running))
            if row is None:
                with self._more:
                    if not self._stopped:
                        self._more.wait(BEAT)
                continue
            try:
                self._run(row)
            except Exception as error:
                words = unwritable(error) or "the worker could not be run"
                LOG.error("job %s: %s", row["id"], words, exc_info=None if unwritable(error) else error)
                self._note(row["id"], status=FAILED, finished=time.time(), error=words)
                self._clean(row["id"])

    def _look_after(self) -> None:
        """Give signs of life; end what was cancelled or taken up elsewhere; report what kills every server."""
        while not self._stopped:
            with _logged("signs of life cannot be given"):
                mine = list(self._running)
                kept = self.store.beat(self.name, mine) if mine else set[str]()
                for name in set(mine) - kept:
                    # A job that has just ended is not lost: its process is gone, and nothing more is done.
                    self._lose(name)
                self.store.give_up(LEASE, ATTEMPTS)
                self._sweep()
            with self._more:
                if not self._stopped:
                    self._more.wait(BEAT)

    def _sweep(self) -> None:
        """Remove what jobs have left that ended elsewhere, or while no server ran."""
        with contextlib.suppress(OSError):
            left = {entry.name for entry in self.folder.iterdir() if NAME.fullmatch(entry.name)} - set(self._running)
            for name in self.store.ended(sorted(left)[:QUEUE]) if left else ():
                self._clean(name)

    def _run(self, row: dict[str, Any]) -> None:
        name, kind = row["id"], row["kind"]
        folder = self.folder / name
        make_folder(folder)
        process = _process(folder)
        running = Running(process)
        with self._more:
            self._running[name] = running
        try:
            # A cancel may have come, or the server been stopped, before the process was known.
            with _logged("signs of life cannot be given"):
                running.lost = name not in self.store.beat(self.name, [name])
            if self._stopped or running.lost:
                _kill(process)
            task = {"kind": kind, "request": json.loads(row["request"]), "folder": str(folder),
                     "key": row["answer"] or "", "nice": NICE[row["early"]] if kind in ANSWERS else 0}  # fmt: skip
            last = self._follow(name, process, task)
            if self._stopped:
                with contextlib.suppress(Away):
                    self.store.back_in_line(name, self.name)
            elif running.lost:
                self._clean(name)
            elif "result" not in last and "error" not in last and -process.returncode in DRAINED:
                LOG.error("job %s: %s; begun again", name, _killed(process.returncode))
                self.store.back_in_line(name, self.name)
            elif "result" not in last and "error" not in last and process.returncode < 0 and row["attempts"] < ATTEMPTS:
                LOG.error("job %s: %s; begun again", name, _killed(process.returncode))
                self.store.back_in_line(name, self.name, counts=True)
            else:
                self._finish(row, last, process.returncode)
        finally:
            with self._more:
                self._running.pop(name, None)
            self._progress.pop(name, None)

    def _follow(self, name: str, process: subprocess.Popen[str], task: dict[str, Any]) -> dict[str, Any]:
        """Hand the request over and read progress until the worker ends; its last word."""
        assert process.stdin is not None
        assert process.stdout is not None
        last: dict[str, Any] = {}
        noted = 0.0
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(f"{json.dumps(task)}\n")
            process.stdin.flush()
        for line in process.stdout:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if "part" not in message:
                last = message
                continue
            self._progress[name] = {key: message[key] for key in ("part", "done", "total")}
            if time.monotonic() - noted > BETWEEN:
                noted = time.monotonic()
                with _logged("progress cannot be noted"):
                    self.store.change_own(name, self.name, **self._progress[name])
        process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()
        return last

    def _finish(self, row: Mapping[str, Any], last: Mapping[str, Any], code: int) -> None:
        """Put the end of a job on record: its run, or why there is none."""
        name = str(row["id"])
        if "result" in last:
            document = json.loads(Path(last["result"]).read_text(encoding="utf-8"))
            # The run is on record before the job says so: a server that ends in between loses nothing.
            more = self._progress.get(name, {})
            self._note(name, document, row["kind"], status=DONE, finished=time.time(), **more)
        else:
            words = last.get("error") or _ending(code, row["attempts"])
            if "error" not in last:
                LOG.error("job %s: %s", name, _tail(self.folder / name / "log.txt"))
            self._note(name, status=FAILED, finished=time.time(), error=words)
        self._clean(name)

    def _note(self, name: str, document: Mapping[str, Any] | None = None, kind: str = "", **values: Any) -> None:
        """Put the end of a job on record, however long the database is away; a result for which there is no room is
        told as a failure, which needs less.
        """
        end = time.monotonic() + PATIENCE
        while not self._stopped:
            try:
                more = {} if document is None else {"run": self.store.save_run(document, kind)}
                self.store.change_own(name, self.name, **values, **more)
                return
            except Away as error:
                if isinstance(error, Unwritable) and document is not None:
                    LOG.error("job %s: its result cannot be kept: %s", name, error)
                    document, words = None, NOT_KEPT.format(error)
                    values = {"status": FAILED, "finished": time.time(), "error": words}
                    continue
                if time.monotonic() > end:
                    LOG.error("job %s: its end cannot be noted (%s)", name, error)
                    return
                time.sleep(BEAT)

    def _clean(self, name: str) -> None:
        remove_folder(self.folder / name)


def _killed(code: int) -> str:
    """How a process was ended from outside."""
    try:
        return f"the process of this job was killed ({signal.Signals(-code).name})"
    except ValueError:
        return f"the process of this job was killed (signal {-code})"


def _ending(code: int, attempts: int) -> str:
    """Why a worker ended without a word."""
    if code < 0:
        again = f"{_killed(code)}, {attempts} times" if attempts > 1 else _killed(code)
        return f"{again}; there may be too little memory: ask for fewer points or draws"
    return f"the worker ended before its work (exit code {code}); see the server's log"


@contextlib.contextmanager
def _logged(words: str) -> Iterator[None]:
    """Go on where the database does not answer; the log has the kind of error, and no address of a database."""
    try:
        yield
    except Away as error:
        LOG.error("%s (%s)", words, error)


#: What is on record of a job and is told no reader as it stands.
INWARD = ("request", "owner", "seen", "early", "answer")


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A job for a reader."""
    return {key: row[key] for key in row if key not in INWARD} | {"request": json.loads(row["request"])}


def _process(folder: Path) -> subprocess.Popen[str]:
    """A worker in a session of its own, so that it can be ended with all that it started."""
    with open_log(folder / "log.txt") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "detente.faces.web.work.worker"],
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
    return {key: value for key, value in os.environ.items() if not SECRETS.match(key)}


def _tail(path: Path, most: int = 4000) -> str:
    """The last that a worker wrote."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")[-most:]
    except OSError:
        return "it left no word"


def _kill(process: subprocess.Popen[str]) -> None:
    """End a worker and all that it started; one that has ended by itself is left alone, its number may be another's."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
