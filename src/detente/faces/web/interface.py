"""The interface below `/api/v1`, beside the questions: jobs with progress and cancel, saved runs, its description."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, FastAPI, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from detente.codes import UnknownName
from detente.faces.ask.question import find, names
from detente.faces.web.answers import Limit, Offset, matches, page, page_of, reply, responses, root_of, unchanged
from detente.faces.web.files import delete_run, document_of, table_of
from detente.faces.web.work.jobs import Jobs, shown
from detente.faces.web.work.questions import answer_to
from detente.faces.web.work.store import ENDED, QUESTION
from detente.faces.web.work.uploads import check_no_file
from detente.lab.scenario import schema
from detente.version import VERSION

HOME = "#/components/schemas/"
router = APIRouter(prefix="/api/v1")
jobs_router, runs_router = APIRouter(prefix="/jobs", tags=["jobs"]), APIRouter(prefix="/runs", tags=["runs"])
_LOCK = threading.Lock()


@router.get("/openapi.json", include_in_schema=False)
def description(request: Request) -> Response:
    """What the interface takes and answers, as OpenAPI; its addresses stand beneath the path of a proxy."""
    root = root_of(request)
    return reply(request, request.app.openapi() | ({"servers": [{"url": root}]} if root else {}))


def describe(app: FastAPI) -> None:
    """Let an application describe itself with the shapes of its answers."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        with _LOCK:
            if app.openapi_schema is None:
                made = plain()
                app.openapi_schema = None
                app.openapi_schema = _filled(made)
        return app.openapi_schema

    app.openapi = whole


def shapes() -> dict[str, Any]:
    """Shapes of answers by name, as JSON Schema."""
    return yaml.safe_load((files("detente.faces.web") / "shapes.yaml").read_text(encoding="utf-8"))


def _filled(made: dict[str, Any]) -> dict[str, Any]:
    """A description with everything in it."""
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(shapes())
    schemas.update(_scenario())
    return made


def _scenario() -> dict[str, Any]:
    """The shape of a scenario: that of its file."""
    made = json.loads(json.dumps(schema()).replace("#/$defs/", f"{HOME}Scenario"))
    parts = {f"Scenario{name}": part for name, part in made.pop("$defs", {}).items()}
    return {"Scenario": made, **parts}


Name = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Id of a job.", examples=["0123456789abcdef"])]
#: Seconds between two looks at a job that is followed.
POLL = 0.25

HEARTBEAT = 15.0
JOB = {
    "id": "0123456789abcdef", "kind": "question", "status": "waiting", "part": "", "done": 0, "total": 0,
    "created": 1.7e9, "started": None, "finished": None, "attempts": 0, "run": None, "error": "",
    "request": {"question": "run", "arguments": {"scenario": "geneva"}},
}  # fmt: skip


class JobRequest(BaseModel):
    """A job: a question by name, and its arguments as the interface takes them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "run", "arguments": {"scenario": "geneva", "draws": 0}}]},
    )
    question: str = Field(max_length=40, json_schema_extra={"enum": [*names()]})
    arguments: dict[str, Any] = Field(default_factory=dict, max_length=40)


def jobs_of(request: Request) -> Jobs:
    """The jobs of the server."""
    return request.app.state.jobs


def begun(request: Request, job: JobRequest) -> str:
    """Put a job in line once everything in it is known and within bounds; its id, or that of one at the same work."""
    question = find(job.question)
    for name in job.arguments:
        if name not in question.parameters:
            raise UnknownName("argument", name[:60], question.parameters, "job")
    check_no_file(question, job.arguments)
    wanted, jobs = answer_to(question, job.arguments), jobs_of(request)
    name = jobs.submit(QUESTION, wanted.words, wanted.key)
    return name or str((jobs.store.job_for(wanted.key) or {}).get("id"))


@jobs_router.post("", summary="Begin a job", responses=responses(JOB, 415, status=202, shape="Job"), status_code=202)
def begin(request: Request, job: JobRequest) -> Response:
    """Put a job in line; its address is in the header Location."""
    view = jobs_of(request).view(begun(request, job))
    return reply(request, view, status=202, headers={"location": f"/api/v1/jobs/{view['id']}"})


@jobs_router.get("", summary="Jobs", responses=responses({"total": 1, "rows": [JOB]}, shape="Jobs"))
def jobs(request: Request, limit: Limit = 50, offset: Offset = 0) -> Response:
    """Jobs on record, the newest first."""
    rows, total = request.app.state.store.jobs(limit, offset)
    return page_of(request, [shown(row) for row in rows], total, limit, offset)


@jobs_router.get("/{name}", summary="One job", responses=responses(JOB, 404, shape="Job"))
def job(request: Request, name: Name) -> Response:
    """A job as it stands: status, progress, and the key of its run once it is done."""
    return reply(request, jobs_of(request).view(name))


@jobs_router.delete("/{name}", summary="Cancel a job", responses=responses(JOB, 404, 409, shape="Job"))
def cancel(request: Request, name: Name) -> Response:
    """End a job that waits or runs: its process is ended at once."""
    return reply(request, jobs_of(request).cancel(name))


EVENTS = responses({}, 404) | {
    200: {"description": "Events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}  # fmt: skip


@jobs_router.get("/{name}/events", summary="Follow a job", responses=EVENTS, response_class=StreamingResponse)
async def events(request: Request, name: Name) -> Response:
    """Progress as server-sent events: `progress` with the job, then `end` with its last state."""
    jobs = jobs_of(request)
    first = await run_in_threadpool(jobs.view, name)
    return StreamingResponse(_followed(request, jobs, name, first), media_type="text/event-stream")


async def _followed(request: Request, jobs: Jobs, name: str, first: dict[str, Any]) -> AsyncIterator[str]:
    last: dict[str, Any] | None = None
    now, quiet = first, 0.0
    while True:
        if now["status"] in ENDED:
            yield f"event: end\ndata: {json.dumps(now)}\n\n"
            return
        if now != last:
            yield f"event: progress\ndata: {json.dumps(now)}\n\n"
            last, quiet = now, 0.0
        elif quiet >= HEARTBEAT:
            yield ": still at it\n\n"
            quiet = 0.0
        await asyncio.sleep(POLL)
        quiet += POLL
        if await request.is_disconnected():
            return
        now = await run_in_threadpool(jobs.view, name)


Key = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="Key of a run.", examples=["0123456789ab"])]
HEAD = {"key": "0123456789ab", "kind": "run", "name": "geneva", "title": "Geneva", "version": "0.1.0", "created": 1.7e9}


@runs_router.get("", summary="Saved runs", responses=responses({"total": 1, "rows": [HEAD]}, shape="Runs"))
def runs(request: Request, limit: Limit = 50, offset: Offset = 0) -> Response:
    """Runs on record, the newest first."""
    rows, total = request.app.state.store.runs(limit, offset)
    return page_of(request, rows, total, limit, offset)


@runs_router.delete("", summary="Delete all runs", responses=responses({"runs": 2, "jobs": 3}, shape="DeletedAll"))
def clear(request: Request) -> Response:
    """Delete every run and every job, for good; jobs that run are ended."""
    runs, jobs = request.app.state.jobs.clear()
    return reply(request, {"runs": runs, "jobs": jobs})


@runs_router.get(
    "/{key}", summary="One run", responses=responses({"key": "0123456789ab", "sentences": []}, 404, shape="Run")
)
def run(
    request: Request,
    key: Key,
    table: Annotated[str, Query(max_length=60, description="One table alone, a page at a time.")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """The whole result: scenario, sentences, tables with units, checks, assumptions, vintages; or one of its tables."""
    document = document_of(request, key)
    if table:
        return page(request, table_of(document, table), limit, offset, key=key)
    tag = f'"{key}"'
    return unchanged(tag) if matches(request, tag) else reply(request, document, tag=tag)


@runs_router.delete(
    "/{key}", summary="Delete a run", responses=responses({"key": "0123456789ab", "gone": True}, 404, shape="Deleted")
)
def delete(request: Request, key: Key) -> Response:
    """Delete a run for good."""
    delete_run(request, key)
    return reply(request, {"key": key, "gone": True})


STATUS = {"name": "detente", "version": VERSION, "cases": {"us-china-2025-05": "ready"}}


@router.get("/status", tags=["status"], summary="State of the server", responses=responses(STATUS, shape="Status"))
def status(request: Request) -> Response:
    """Version of the program, and which cases of the talks are warm."""
    return reply(request, {"name": "detente", "version": VERSION, "cases": request.app.state.engine.status()})


router.include_router(runs_router)
router.include_router(jobs_router)
