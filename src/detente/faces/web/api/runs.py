"""`/api/v1/runs`: saved results by key, their tables, side by side, and in every format of a report."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from detente.codes import UnknownName
from detente.faces.web.answers import (
    TABLE_EXAMPLE,
    Limit,
    Offset,
    matches,
    page,
    page_of,
    reply,
    responses,
    table_content,
    unchanged,
)
from detente.faces.web.known import one_of
from detente.faces.web.media import MEDIA, suffixes
from detente.faces.web.problems import Problem
from detente.faces.web.work.results import delete_run, document_of, rendered_as, result_of_document

router = APIRouter(prefix="/runs", tags=["runs"])
Key = Annotated[str, Path(pattern="^[0-9a-f]{12}$", description="Key of a run.", examples=["0123456789ab"])]
Given = Annotated[str, Query(pattern="^[0-9a-f]{12}$", description="Key of a run.", examples=["0123456789ab"])]
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
    "/compare", summary="Two runs side by side", responses=responses({"tables": [TABLE_EXAMPLE]}, 404, shape="Compared")
)
def compare(request: Request, a: Given, b: Given) -> Response:
    """What two runs have in common, side by side: headline averages, or the numbers of two deals."""
    from detente.lab.compare import side_by_side

    first, second = (result_of_document(document_of(request, key)) for key in (a, b))
    return reply(request, {"a": a, "b": b, "tables": [table_content(t) for t in side_by_side(first, second)]})


@router.get(
    "/{key}", summary="One run", responses=responses({"key": "0123456789ab", "sentences": []}, 404, shape="Run")
)
def run(request: Request, key: Key) -> Response:
    """The whole result: scenario, sentences, tables with units, checks, assumptions, vintages."""
    tag = f'"{key}"'
    document = document_of(request, key)
    return unchanged(tag) if matches(request, tag) else reply(request, document, tag=tag)


@router.delete("/compare", include_in_schema=False)
def no_run() -> Response:
    """A comparison is no run: what the address takes is said, and not what a key looks like."""
    raise Problem(405, "DELETE is not understood at /api/v1/runs/compare", {"allow": "GET, HEAD"})


@router.delete(
    "/{key}", summary="Delete a run", responses=responses({"key": "0123456789ab", "gone": True}, 404, shape="Deleted")
)
def delete(request: Request, key: Key) -> Response:
    """Delete a run for good."""
    delete_run(request, key)
    return reply(request, {"key": key, "gone": True})


@router.get(
    "/{key}/tables",
    summary="Tables of a run",
    responses=responses({"tables": [{"name": "headline"}]}, 404, shape="RunTables"),
)
def tables(request: Request, key: Key) -> Response:
    """Names, titles and sizes of the tables of a run."""
    document = document_of(request, key)
    rows = [
        {"name": name, "title": document["about"][name]["title"], "rows": len(rows)}
        for name, rows in document["tables"].items()
    ]
    return reply(request, {"key": key, "tables": rows})


@router.get("/{key}/tables/{name}", summary="One table", responses=responses(TABLE_EXAMPLE, 404, shape="Table"))
def table(
    request: Request,
    key: Key,
    name: Annotated[str, Path(max_length=60, description="Name of a table.", examples=["headline"])],
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """One table of a run, a page at a time."""
    result = result_of_document(document_of(request, key))
    return page(request, result.table(name), limit, offset, key=key)


BYTES = {"description": "The file; as JSON the run itself."}
FILE: dict[Any, Any] = responses({}, 404) | {
    200: {
        "description": "A file.",
        "content": {kind.split(";")[0]: {"schema": BYTES, "example": {}} for kind in MEDIA.values()},
    }
}


@router.get("/{key}/report/{form}", summary="A report of a run", responses=FILE, response_class=Response)
def report(
    request: Request,
    key: Key,
    form: Annotated[str, Path(max_length=8, description="Format of the report.", json_schema_extra=one_of("forms"))],
    brief: Annotated[bool, Query(description="One page, or everything.")] = False,
) -> Response:
    """The run in a format of `detente report`, as a file."""
    if form not in suffixes():
        raise UnknownName("format", form, suffixes(), "report", f"use {', '.join(suffixes())}")
    return rendered_as(result_of_document(document_of(request, key)), form, f"detente-{key}", brief)
