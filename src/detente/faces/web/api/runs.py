"""`/api/v1/runs`: saved results by key, and their tables."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from detente.faces.web.answers import Limit, Offset, matches, page, page_of, reply, responses, unchanged
from detente.faces.web.work.results import delete_run, document_of, table_of

router = APIRouter(prefix="/runs", tags=["runs"])
Key = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="Key of a run.", examples=["0123456789ab"])]
HEAD = {"key": "0123456789ab", "kind": "run", "name": "geneva", "title": "Geneva", "version": "0.1.0", "created": 1.7e9}


@router.get("", summary="Saved runs", responses=responses({"total": 1, "rows": [HEAD]}, shape="Runs"))
def runs(request: Request, limit: Limit = 50, offset: Offset = 0) -> Response:
    """Runs on record, the newest first."""
    rows, total = request.app.state.store.runs(limit, offset)
    return page_of(request, rows, total, limit, offset)


@router.delete("", summary="Delete all runs", responses=responses({"runs": 2, "jobs": 3}, shape="DeletedAll"))
def clear(request: Request) -> Response:
    """Delete every run and every job, for good; jobs that run are ended."""
    runs, jobs = request.app.state.jobs.clear()
    return reply(request, {"runs": runs, "jobs": jobs})


@router.get(
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


@router.delete(
    "/{key}", summary="Delete a run", responses=responses({"key": "0123456789ab", "gone": True}, 404, shape="Deleted")
)
def delete(request: Request, key: Key) -> Response:
    """Delete a run for good."""
    delete_run(request, key)
    return reply(request, {"key": key, "gone": True})
