"""The program interface: everything below `/api/v1`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from detente.faces.web.answers import reply, responses
from detente.faces.web.api import jobs as api_jobs
from detente.faces.web.api import runs as api_runs
from detente.version import VERSION

router = APIRouter(prefix="/api/v1")
for _part in (
    api_runs,
    api_jobs,
):
    router.include_router(_part.router)

EXAMPLE = {"name": "detente", "version": VERSION, "cases": {"us-china-2025-05": "ready"}}


@router.get("/status", tags=["status"], summary="State of the server", responses=responses(EXAMPLE, shape="Status"))
def status(request: Request) -> Response:
    """Version of the program, and which cases of the talks are warm."""
    return reply(request, {"name": "detente", "version": VERSION, "cases": request.app.state.engine.status()})
