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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente.codes import InputError, UnknownName
from detente.faces.ask.question import Question
from detente.faces.ask.saved import answer_of
from detente.faces.web.beneath import root_of
from detente.faces.web.media import to_bytes
from detente.faces.web.problems import Problem
from detente.faces.web.work.jobs import Jobs
from detente.faces.web.work.results import result_of_document
from detente.faces.web.work.schema import ENDED, FAILED, INTERRUPTED
from detente.faces.web.work.store import Store

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario

LOG = logging.getLogger("detente.server")
DRAWS = 20
"""Draws behind the ranges of verdicts; `detente check --draws` asks for more."""

RETRY = 60.0
"""Seconds for which a question that could not be answered is not tried again."""

POLL = 0.25
LONGEST = 60
KEPT = 32
AGAIN = 600.0
"""Seconds between two looks whether a new day has begun."""

LENGTH = 24
COUNTRY = "USA"
"""Months and country of the levers that are worked out before anybody asks: those of the page."""

Wait = Annotated[int, Query(ge=0, le=LONGEST, description="Seconds to wait for an answer that is being computed.")]


@dataclass(frozen=True)
class WebQuestion:
    """A question in plain words: `kind` names the work, `request` is what it takes, as JSON.

    `own` is the key of its answer where that is known before it is computed; else it is made of the words. `within` is
    a larger question whose answer, where it is at hand, holds this one's.
    """

    kind: str
    request: str
    own: str = ""
    within: WebQuestion | None = None

    @property
    def words(self) -> dict[str, Any]:
        """What the work takes."""
        return json.loads(self.request)

    @property
    def key(self) -> str:
        """12 hex digits of everything the answer depends on."""
        from detente.version import VERSION

        if self.own:
            return self.own
        text = json.dumps([self.kind, self.request, VERSION, *_data(), *_own_tables()])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def claims_of(ledger: str, as_of: date, only: str = "") -> WebQuestion:
    """Verdicts of a ledger on the record of a day, or of one claim of it: only what is asked for is judged.

    Where all verdicts of the day are at hand, that of the claim is among them.

    Raises
    ------
    InputError : a claim that was said after the day. UnknownName : no such ledger of the package, or no such claim.
    """
    from detente.lab.claims.check import DRAWS as STORED_DRAWS
    from detente.lab.claims.check import chosen
    from detente.lab.claims.kept import STORED
    from detente.lab.claims.ledger import ledger_names, load_ledger

    if ledger not in ledger_names():
        raise UnknownName("ledger", ledger[:40], ledger_names(), "ledger", f"use {', '.join(ledger_names())}")
    book = load_ledger(ledger)
    chosen(book, as_of, only)
    draws = STORED_DRAWS if ledger in STORED else DRAWS
    words = {"ledger": ledger, "as_of": as_of.isoformat(), "only": only, "draws": draws}
    whole = WebQuestion("claims", json.dumps(words | {"only": ""}, sort_keys=True))
    return WebQuestion("claims", json.dumps(words, sort_keys=True), within=whole) if only else whole


@lru_cache(maxsize=8)
def first_shown(ledger: str) -> date:
    """Day whose verdicts the page of claims shows first: the end of the month in which the last claim was made."""
    from detente.lab.claims.ledger import load_ledger

    return load_ledger(ledger).month_end


def chain_of(name: str) -> str:
    """A chain of the package; paths are not looked at."""
    from detente.data.chainfile import chain_names

    if name not in chain_names():
        raise UnknownName("chain", name[:40], chain_names(), "chain", f"use {', '.join(chain_names())}")
    return name


def question_of(name: str, cut: float | None, scenario: str, months: int, to: str, countries: str) -> Any:
    """A question of a chain; licence paths by name only."""
    from detente.data.chain_world import check_bloc
    from detente.lab.chains.months import ChainQuestion, Words
    from detente.lab.chains.paths import SCENARIOS

    if scenario and scenario not in SCENARIOS:
        raise UnknownName("scenario", scenario[:40], SCENARIOS, "scenario", f"use {', '.join(SCENARIOS)}")
    if (cut is None) == (not scenario):
        raise InputError("question", "says neither or both of cut and scenario", "give one, as cut=0.8")
    places, shown = (
        tuple(check_bloc(code.strip().upper(), where) for code in text.split(",") if code.strip())
        for text, where in ((to, "to"), (countries, "countries"))
    )
    words = Words(cut=float("nan") if cut is None else cut, scenario=scenario, to=places)
    return ChainQuestion(chain_of(name), words, months, "direct", countries=shown or ("USA",))


def levers_of(
    chain: str, cut: float | None, path: str, months: int, country: str, names: Iterable[str] = ()
) -> WebQuestion:
    """The worth of levers of a chain to a country; of all of its levers where none is named.

    Raises
    ------
    InputError : not a question a chain can answer, or too many levers. UnknownName : no such chain, path or lever.
    """
    from detente.chains.levers import MOST

    question = question_of(chain, cut, path, months, "", country)
    known, wanted = [row.id for row in question.file.levers], list(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            raise UnknownName("lever", name[:40], known, "names", f"in the file: {', '.join(known)}")
    named = [name for name in known if name in wanted or not wanted]
    if len(named) > MOST:
        raise InputError("names", f"{len(named)} levers cannot be combined", f"name at most {MOST}")
    if len(question.blocs) > 1:
        raise InputError("country", f"{country[:40]} is more than one", "give one")
    words = {"chain": chain, "cut": cut, "path": path, "months": months, "country": question.blocs[0], "names": named}
    return WebQuestion("levers", json.dumps(words, sort_keys=True))


def tariff_of(scenario: Scenario) -> WebQuestion:
    """A scenario of a page, whose answer has the key that every run of its file has.

    Raises
    ------
    InputError, UnknownName : what cannot be run.
    """
    from detente.faces.web.work.uploads import proved
    from detente.lab.key import data_hashes, key_of

    proved(scenario)
    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    words = {"scenario": content, "draws": None}
    key = key_of(scenario, Path(), None, data_hashes(scenario))
    return WebQuestion("tariff", json.dumps(words, sort_keys=True), key)


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
    words = {"question": question.name, "arguments": dict(given), "tables": sorted(late)}
    return WebQuestion("answer", json.dumps(words | {"today": date.today().isoformat()}, sort_keys=True))


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
        if result is None and question.within is not None:
            result = self._at_hand(question.within.key)
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
            self.jobs.submit(question.kind, question.words, key, early)
            row = self.store.job_for(key)
        elif row["early"] and not early:
            self.store.change_job(row["id"], early=0)
        assert row is not None
        return row

    def ahead(self, begin: threading.Event) -> None:
        """Work out in the background what pages show first: now, and on every new day.

        Parameters
        ----------
        begin : set once the server has nothing more urgent to do.
        """
        threading.Thread(target=self._ahead, args=(begin,), name="questions ahead", daemon=True).start()

    def _ahead(self, begin: threading.Event) -> None:
        while not begin.wait(1.0):
            if self._stopped.is_set():
                return
        last: date | None = None
        while not self._stopped.is_set():
            if last != date.today():
                last = date.today()
                try:
                    for question in usual(last):
                        self.ask(question, early=True)
                except Exception as error:
                    # Nothing is lost: whoever asks begins the work.
                    LOG.error("answers cannot be worked out ahead (%s)", type(error).__name__)
            self._stopped.wait(AGAIN)

    def stop(self) -> None:
        """Work out nothing more ahead."""
        self._stopped.set()


def usual(today: date) -> list[WebQuestion]:
    """What pages show first: verdicts of the ledgers of the package, and levers of its chains."""
    from detente.data.chain_build import load_chain
    from detente.data.chainfile import chain_names
    from detente.lab.chains.paths import paths_of
    from detente.lab.claims.ledger import ledger_names

    return [
        *(claims_of(name, day) for name in ledger_names() for day in (first_shown(name), today)),
        *(levers_of(name, None, paths_of(load_chain(name))[0], LENGTH, COUNTRY) for name in chain_names()),
    ]


def _fresh_failure(row: Mapping[str, Any] | None) -> None:
    """Say why there is no answer, where that was found out a moment ago."""
    if row is None or row["status"] not in (FAILED, INTERRUPTED):
        return
    left = RETRY - (time.time() - (row["finished"] or 0.0))
    if left > 0.0:
        raise Problem(422, str(row["error"]), {"retry-after": str(int(left) + 1)})


@lru_cache(maxsize=1)
def _data() -> tuple[str, ...]:
    """Hashes of the tables and texts of the package."""
    from detente.data.library import package_folder, sha256

    ends = (".parquet", ".npz", ".yaml", ".csv", ".toml")
    return tuple(sha256(path) for path in sorted(package_folder().rglob("*")) if path.suffix in ends)


def _own_tables() -> tuple[str, ...]:
    """Names and hashes of tables in the user's library, which come before those of the package."""
    from detente.data.library import sha256, user_folder

    return tuple(f"{path.name} {sha256(path)}" for path in sorted(user_folder().glob("*.parquet")))


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


def kept_document(request: Request, key: str) -> Mapping[str, Any]:
    """What is kept of an answer.

    Raises
    ------
    Problem : 503, it was cleared away since.
    """
    document = request.app.state.store.run(key)
    if document is None:
        raise Problem(503, "the answer was just cleared away; ask again", {"retry-after": "1"})
    return document


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
"""What an operation says of itself that may answer later."""
