"""`/api/v1/jobs`: runs, sweeps, talks and draws of a chain as jobs, with progress as server-sent events, and cancel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from detente.codes import InputError, UnknownName
from detente.faces.web.answers import Limit, Offset, page_of, reply, responses
from detente.faces.web.known import one_of
from detente.faces.web.work.jobs import Jobs, shown
from detente.faces.web.work.schema import ENDED

router = APIRouter(prefix="/jobs", tags=["jobs"])
Name = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Id of a job.", examples=["0123456789abcdef"])]
POLL = 0.25
"""Seconds between two looks at a job that is followed."""

HEARTBEAT = 15.0
MOST_POINTS = 2000
EXAMPLE = {
    "id": "0123456789abcdef", "kind": "run", "status": "waiting", "part": "", "done": 0, "total": 0, "created": 1.7e9,
    "started": None, "finished": None, "attempts": 0, "run": None, "error": "", "request": {"scenario": "geneva"},
}  # fmt: skip


class JobRequest(BaseModel):
    """A job.

    `run` takes a scenario and draws; `sweep` a scenario, `over` and `lhs`; `talks` a case and draws; `chain` a chain
    with `cut` or `path`, months and draws.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "run", "scenario": "geneva", "draws": 0}]}
    )
    kind: Literal["run", "sweep", "talks", "chain"]
    scenario: str | dict[str, Any] | None = Field(
        default=None, description="name of the package, or its content", json_schema_extra=one_of("scenarios")
    )
    draws: int | None = Field(default=None, ge=0, le=2000)
    seed: int | None = Field(default=None, ge=0, le=2**31)
    over: dict[str, str | list[str | float]] = Field(default_factory=dict, max_length=8)
    lhs: int | None = Field(default=None, ge=1, le=MOST_POINTS)
    case: str = Field(default="", max_length=60, description="case of the talks", json_schema_extra=one_of("cases"))
    chain: str = Field(
        default="", max_length=40, description="chain of the package", json_schema_extra=one_of("chains")
    )
    path: str = Field(default="", max_length=40, description="licence path", json_schema_extra=one_of("paths"))
    cut: float | None = Field(default=None, ge=0, le=1)
    months: int = Field(default=24, ge=1, le=60)
    to: str = Field(default="", max_length=60)
    countries: str = Field(default="USA", max_length=60)


def jobs_of(request: Request) -> Jobs:
    """The jobs of the server."""
    return request.app.state.jobs


def checked(job: JobRequest) -> dict[str, Any]:
    """The request of a job, once everything in it is known and within bounds."""
    if job.kind in ("run", "sweep"):
        return _of_scenario(job)
    if job.kind == "talks":
        from detente.data.casefile import case_names

        if job.case not in case_names():
            raise UnknownName("case", job.case, case_names(), "job", f"use {', '.join(case_names())}")
        if job.draws == 1:
            raise InputError("draws", "1 gives no range", "ask for 2 or more, or none")
        return {"case": job.case, "draws": job.draws or 0, "seed": job.seed}
    from detente.faces.web.work.questions import question_of

    question_of(job.chain, job.cut, job.path, job.months, job.to, job.countries)
    return {
        "chain": job.chain, "cut": job.cut, "scenario": job.path, "months": job.months, "to": job.to,
        "countries": job.countries, "draws": job.draws or 0, "seed": job.seed,
    }  # fmt: skip


def _of_scenario(job: JobRequest) -> dict[str, Any]:
    from detente.faces.web.work.uploads import check_paths, measured, proved, scenario_of

    if job.scenario is None:
        raise InputError("scenario", "is missing", "name one of the package, or send its content")
    measured([job.scenario, job.over])
    scenario = scenario_of(job.scenario)
    if not isinstance(job.scenario, str):
        proved(scenario)
    request = {"scenario": job.scenario, "draws": job.draws, "today": date.today().isoformat()}
    if job.kind == "run":
        return request
    from detente.lab.sweep.design import inputs_of, points_of

    if not job.over:
        raise InputError("over", "is missing", "as in {'usa.change.rec_chn.rate': '10%,20%,30%'}")
    check_paths(job.over)
    many = _size(job)
    if many > MOST_POINTS:
        raise InputError("over", f"gives {many:,} points", f"ask for {MOST_POINTS:,} or fewer")
    points = len(points_of(inputs_of(job.over), job.lhs, job.seed or 0))
    if points > MOST_POINTS:
        raise InputError("over", f"gives {points:,} points", f"ask for {MOST_POINTS:,} or fewer")
    return request | {"over": job.over, "lhs": job.lhs, "seed": job.seed}


def _size(job: JobRequest) -> int:
    """Points of a grid before any of them is made."""
    from detente.lab.sweep.design import Interval, inputs_of

    if job.lhs is not None:
        return job.lhs
    size = 1
    for value in job.over.values():
        text = value if isinstance(value, str) else ""
        count = text.rsplit("/", 1)[-1] if "/" in text else ""
        if len(count) > 6 or (count.strip().isdigit() and int(count) > MOST_POINTS):
            return MOST_POINTS + 1
    for values in inputs_of(job.over).values():
        size *= 1 if isinstance(values, Interval) else len(values)
    return size


@router.post("", summary="Begin a job", responses=responses(EXAMPLE, 415, status=202, shape="Job"), status_code=202)
def begin(request: Request, job: JobRequest) -> Response:
    """Put a job in line; its address is in the header Location."""
    view = jobs_of(request).view(jobs_of(request).submit(job.kind, checked(job)))
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
