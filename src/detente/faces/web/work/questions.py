"""Questions whose answers take half a minute: worked out once, in a process beside the server, and kept.

An answer has a key before it is computed: kind and words of the question, version of the program, and data. Whoever
asks first puts a job in line, everybody else finds that job; when it is done the answer lies among the runs under its
key.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente.data.library import package_folder, sha256, user_folder
from detente.data.limits import memoized
from detente.faces.ask.question import Question, find
from detente.faces.ask.saved import answer_of
from detente.faces.formats import to_bytes
from detente.faces.report.saved import from_document
from detente.faces.web.answers import root_of
from detente.faces.web.problems import Problem
from detente.faces.web.work.jobs import Jobs
from detente.faces.web.work.store import ANSWER, ENDED, FAILED, INTERRUPTED, Store
from detente.lab.result import Result
from detente.version import VERSION

LOG = logging.getLogger("detente.server")
#: Seconds for which a question that could not be answered is not tried again.
RETRY = 60.0

POLL = 0.25
LONGEST = 60
KEPT = 32
#: Seconds between two looks whether a new day has begun.
AGAIN = 600.0


@dataclass(frozen=True)
class WebQuestion:
    """A question with what it takes, as JSON; `own` is the key of its answer where that is known before."""

    request: str
    own: str = ""

    @property
    def words(self) -> dict[str, Any]:
        """What the work takes."""
        return json.loads(self.request)

    @property
    def key(self) -> str:
        """12 hex digits of everything the answer depends on."""
        if self.own:
            return self.own
        # Tables in the user's library come before those of the package.
        own = (f"{path.name} {sha256(path)}" for path in sorted(user_folder().glob("*.parquet")))
        text = json.dumps([self.request, VERSION, *_data(), *own])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def answer_to(question: Question, given: Mapping[str, Any], late: Sequence[str] = ()) -> WebQuestion:
    """A question of the registry, which is worked out beside the server.

    Parameters
    ----------
    given : its arguments as texts or values of JSON, which are read once, so that what cannot be used is refused now.
    late : tables that are made only when they are named.

    Raises
    ------
    InputError, UnknownName, Faults : what cannot be used.
    """
    question.read(given)
    wanted = {name: _plain(value) for name, value in given.items() if value not in (None, "", [])}
    words = {"question": question.name, "arguments": wanted, "tables": sorted(late)}
    text = json.dumps(words | {"today": date.today().isoformat()}, sort_keys=True)
    return WebQuestion(text, question.known_key(given) if question.known_key is not None else "")


def _plain(value: Any) -> Any:
    """A value as every face would write it: one of a list alone, numbers as texts."""
    if isinstance(value, list | tuple):
        return _plain(value[0]) if len(value) == 1 else [_plain(item) for item in value]
    return str(value) if isinstance(value, int | float) else value


@dataclass(frozen=True)
class Pending:
    """An answer that is being computed: its job as a reader sees it."""

    job: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Id of the job."""
        return str(self.job["id"])


@dataclass
class Questions:
    """Answers of a server.

    Attributes
    ----------
    store : where they are kept; `jobs` : who works them out.
    """

    store: Store
    jobs: Jobs
    _held: OrderedDict[str, Any] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def ask(self, question: WebQuestion, early: bool = False) -> Any:
        """The answer where it is at hand; else the job that works it out, begun where there was none.

        Parameters
        ----------
        early : nobody waits for it yet, so that what others ask for goes first.

        Raises
        ------
        Problem : 422, it could not be computed a moment ago; 503, too many wait.
        """
        key = question.key
        result = self._at_hand(key)
        if result is not None:
            return result
        row = self._job(question, key, early)
        # A job that ended since has left its answer.
        return self._at_hand(key) or Pending(self.jobs.latest(row))

    def _at_hand(self, key: str) -> Any:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        document = self.store.run(key)
        if document is None:
            return None
        result = answer_of(document) if "answer" in document else result_of_document(document)
        with self._lock:
            self._held[key] = result
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return result

    def _job(self, question: WebQuestion, key: str, early: bool) -> dict[str, Any]:
        """The job that works for an answer; a new one where the last was cancelled or is long over."""
        row = self.store.job_for(key)
        if row is None or row["status"] in ENDED:
            _fresh_failure(row)
            self.jobs.submit(ANSWER, question.words, key, early)
            row = self.store.job_for(key)
        elif row["early"] and not early:
            self.store.change_job(row["id"], early=0)
        assert row is not None
        return row

    def ahead(self, begin: Future[Any]) -> None:
        """Work out in the background what pages show first: now, and on every new day.

        Parameters
        ----------
        begin : done once the server has nothing more urgent to do.
        """
        threading.Thread(target=self._ahead, args=(begin,), name="questions ahead", daemon=True).start()

    def _ahead(self, begin: Future[Any]) -> None:
        while not begin.done():
            if self._stopped.wait(1.0):
                return
        last: date | None = None
        while not self._stopped.is_set():
            if last != date.today():
                last = date.today()
                try:
                    for question in usual():
                        self.ask(question, early=True)
                except Exception as error:
                    # Nothing is lost: whoever asks begins the work.
                    LOG.error("answers cannot be worked out ahead (%s)", type(error).__name__)
            self._stopped.wait(AGAIN)

    def stop(self) -> None:
        """Work out nothing more ahead."""
        self._stopped.set()


def result_of_document(document: Mapping[str, Any]) -> Result:
    """The result that a document holds."""
    return from_document(document, f"run {str(document.get('key', ''))[:12]}")


def usual() -> list[WebQuestion]:
    """What pages show first: verdicts of all ledgers today, and of each on its last day, and levers of the chains."""
    from detente.data.chainfile import chain_names
    from detente.lab.claims.ledger import ledger_names, load_ledger

    check, levers = find("check"), find("chain levers")
    days = [{"ledger": name, "as_of": load_ledger(name).month_end.isoformat()} for name in ledger_names()]
    return [
        *(answer_to(check, given) for given in ({}, *days)),
        *(answer_to(levers, {"mineral": name}) for name in chain_names()),
    ]


def _fresh_failure(row: Mapping[str, Any] | None) -> None:
    """Say why there is no answer, where that was found out a moment ago."""
    if row is None or row["status"] not in (FAILED, INTERRUPTED):
        return
    left = RETRY - (time.time() - (row["finished"] or 0.0))
    if left > 0.0:
        raise Problem(422, str(row["error"]), {"retry-after": str(int(left) + 1)})


@memoized
def _data() -> tuple[str, ...]:
    """Hashes of the tables and texts of the package."""
    ends = (".parquet", ".npz", ".yaml", ".csv", ".toml")
    return tuple(sha256(path) for path in sorted(package_folder().rglob("*")) if path.suffix in ends)


async def answered(
    request: Request, make: Callable[[], Any], show: Callable[[Any], Response], wait: int = 0
) -> Response:
    """The answer to a question as a call gives it: shown where it is at hand, else 202 with the address of its job.

    Parameters
    ----------
    make : the question, or its answer as `Questions.ask` gives it; it may refuse. `show` : the answer as a response.
    wait : seconds to wait for an answer that is being computed, up to the patience of the server; no thread of the
        server is held meanwhile.
    """
    questions: Questions = request.app.state.questions

    def answer_or_job() -> Any:
        made = make()
        return questions.ask(made) if isinstance(made, WebQuestion) else made

    answer = await run_in_threadpool(answer_or_job)
    end = time.monotonic() + min(wait, request.app.state.settings.patience)
    while isinstance(answer, Pending) and time.monotonic() < end and not await request.is_disconnected():
        await asyncio.sleep(POLL)
        job = await run_in_threadpool(questions.jobs.view, answer.name)
        answer = await run_in_threadpool(answer_or_job) if job["status"] in ENDED else Pending(job)
    if isinstance(answer, Pending):
        return later(request, answer)
    return await run_in_threadpool(show, answer)


def later(request: Request, pending: Pending) -> Response:
    """202: how far the job is, where it is followed, and where the answer will be."""
    root = root_of(request)
    again = f"{root}{request.url.path}" + (f"?{request.url.query}" if request.url.query else "")
    content = {key: pending.job[key] for key in ("status", "part", "done", "total")}
    place = f"/api/v1/jobs/{pending.name}"
    headers = {"location": place, "retry-after": "2"}
    return Response(to_bytes({**content, "job": f"{root}{place}", "again": again}), 202, headers, "application/json")


#: What an operation says of itself that may answer later.
PENDING: dict[Any, Any] = {
    202: {
        "description": "Being computed: follow the job in Location, then ask again; or ask with wait.",
        "headers": {
            "Location": {"description": "Address of the job.", "schema": {"type": "string"}},
            "Retry-After": {"description": "Seconds.", "schema": {"type": "string"}},
        },
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["status", "part", "done", "total", "job", "again"],
                    "properties": {
                        "status": {"type": "string"}, "part": {"type": "string"}, "done": {"type": "integer"},
                        "total": {"type": "integer"}, "job": {"type": "string"}, "again": {"type": "string"},
                    },
                },
                "example": {
                    "status": "running", "part": "claims", "done": 12, "total": 41,
                    "job": "/api/v1/jobs/0123456789abcdef", "again": "/api/v1/claims?as_of=2025-05-31",
                },
            }
        },
    }
}  # fmt: skip


def awaited(answer: object, words: str) -> Mapping[str, Any] | None:
    """What a page says of an answer that is being computed; None where there is nothing to wait for."""
    if not isinstance(answer, Pending):
        return None
    return {"id": answer.name, "words": words, "done": answer.job["done"], "total": answer.job["total"]}
