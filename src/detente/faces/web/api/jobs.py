"""`/api/v1/jobs`: questions as jobs, with progress as server-sent events, and cancel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from detente.codes import UnknownName
from detente.faces.ask.question import find, names
from detente.faces.web.answers import Limit, Offset, page_of, reply, responses
from detente.faces.web.work.jobs import Jobs, shown
from detente.faces.web.work.questions import answer_to
from detente.faces.web.work.schema import ENDED, QUESTION
from detente.faces.web.work.uploads import check_no_file

router = APIRouter(prefix="/jobs", tags=["jobs"])
Name = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Id of a job.", examples=["0123456789abcdef"])]
POLL = 0.25
"""Seconds between two looks at a job that is followed."""

HEARTBEAT = 15.0
EXAMPLE = {
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


@router.post("", summary="Begin a job", responses=responses(EXAMPLE, 415, status=202, shape="Job"), status_code=202)
def begin(request: Request, job: JobRequest) -> Response:
    """Put a job in line; its address is in the header Location."""
    view = jobs_of(request).view(begun(request, job))
    return reply(request, view, status=202, headers={"location": f"/api/v1/jobs/{view['id']}"})


@router.get("", summary="Jobs", responses=responses({"total": 1, "rows": [EXAMPLE]}, shape="Jobs"))
def jobs(request: Request, limit: Limit = 50, offset: Offset = 0) -> Response:
    """Jobs on record, the newest first."""
    rows, total = request.app.state.store.jobs(limit, offset)
    return page_of(request, [shown(row) for row in rows], total, limit, offset)


@router.get("/{name}", summary="One job", responses=responses(EXAMPLE, 404, shape="Job"))
def job(request: Request, name: Name) -> Response:
    """A job as it stands: status, progress, and the key of its run once it is done."""
    return reply(request, jobs_of(request).view(name))


@router.delete("/{name}", summary="Cancel a job", responses=responses(EXAMPLE, 404, 409, shape="Job"))
def cancel(request: Request, name: Name) -> Response:
    """End a job that waits or runs: its process is ended at once."""
    return reply(request, jobs_of(request).cancel(name))


EVENTS = responses({}, 404) | {
    200: {"description": "Events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
}  # fmt: skip


@router.get("/{name}/events", summary="Follow a job", responses=EVENTS, response_class=StreamingResponse)
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
