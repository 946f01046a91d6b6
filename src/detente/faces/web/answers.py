"""Answers: JSON with clean numbers, tables in pages with links, and entity tags, so that nothing travels twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import Response

from detente.codes import InputError, Parameter, Table
from detente.faces.formats import json_rows
from detente.faces.web.media import to_bytes

MOST = 500
"""Rows of a page at most."""


Limit = Annotated[int, Query(ge=1, le=MOST, description="Rows of a page.", examples=[50])]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Rows to leave out first.", examples=[0])]


def whole(given: Mapping[str, Any], name: str, standard: int = 0, least: int = 0, most: int = 10_000_000) -> int:
    """A whole number that says which rows are shown, or how long to wait.

    Raises
    ------
    InputError : it is none, or out of range.
    """
    text = str(given.get(name, standard))
    if not text.lstrip("-").isdigit() or not least <= int(text) <= most:
        raise InputError(Parameter(name), f"'{text[:20]}' is out of range", f"give a number from {least} to {most:,}")
    return int(text)


def etag_of(body: bytes) -> str:
    """Tag of a content."""
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"'


def matches(request: Request, tag: str) -> bool:
    """Whether the client holds this content already."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in given.split(",")]


def unchanged(tag: str) -> Response:
    """The answer to a client that holds the content."""
    return Response(status_code=304, headers={"etag": tag, "cache-control": "no-cache"})


def reply(
    request: Request, content: Any, *, tag: str = "", status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Content as JSON with its tag; 304 where the client holds it."""
    body = content if isinstance(content, bytes) else to_bytes(content)
    tag = tag or etag_of(body)
    if request.method in ("GET", "HEAD") and matches(request, tag):
        return unchanged(tag)
    return Response(body, status, {"etag": tag, **(headers or {})}, "application/json")


def about(table: Table) -> dict[str, Any]:
    """What a table is: title, notes, and unit and meaning of each column."""
    return {
        "name": table.name,
        "title": table.title,
        "columns": [{"name": c.name, "unit": str(c.unit), "description": c.description} for c in table.columns],
        "notes": list(table.notes),
        **(table.standing.as_json() if table.standing is not None else {}),
    }


def page(request: Request, table: Table, limit: int, offset: int, tag: str = "", **more: Any) -> Response:
    """One page of a table, with links to the others; its tag is that of its bytes unless one is given."""
    table = table.for_machines()
    rows = json_rows(table.take(_slice(len(table), limit, offset)))
    content = {**more, **about(table), "total": len(table), "limit": limit, "offset": offset, "rows": rows}
    return reply(request, content, tag=tag, headers=links(request, len(table), limit, offset))


def _slice(size: int, limit: int, offset: int) -> Any:
    import numpy as np

    return np.arange(min(offset, size), min(offset + limit, size))


def page_of(request: Request, rows: Sequence[Any], total: int, limit: int, offset: int) -> Response:
    """One page of rows that were counted elsewhere."""
    content = {"total": total, "limit": limit, "offset": offset, "rows": list(rows)}
    return reply(request, content, headers=links(request, total, limit, offset))


def links(request: Request, total: int, limit: int, offset: int) -> dict[str, str]:
    """Link header with first, previous, next and last page."""
    last = max((total - 1) // limit * limit, 0)
    places = {"first": 0, "prev": max(offset - limit, 0), "next": offset + limit, "last": last}
    wanted = ["first", *(["prev"] if offset else []), *(["next"] if offset + limit < total else []), "last"]
    parts = [f'<{_at(request, limit, places[name])}>; rel="{name}"' for name in wanted]
    return {"link": ", ".join(parts), "x-total-count": str(total)}


def _at(request: Request, limit: int, offset: int) -> str:
    url = request.url.include_query_params(limit=limit, offset=offset)
    return f"{url.path}?{url.query}"


PROBLEM = {
    "description": "A problem, in one sentence; a page for who prefers text/html.",
    "content": {
        "application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": {
                "type": "about:blank", "title": "Cannot be used", "status": 422,
                "detail": "unknown country 'Narnia'; did you mean 'Armenia'?",
            },
        },
        "text/html": {"schema": {"type": "string"}},
    },
}  # fmt: skip


def responses(example: Any, *codes: int, status: int = 200, shape: str = "") -> dict[Any, Any]:
    """What an operation answers, for its description: an example, and the problems it may end in.

    Parameters
    ----------
    shape : name of the shape of the answer.
    """
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{shape}"} if shape else {}
    descriptions: dict[Any, Any] = {
        status: {"description": "As asked.", "content": {"application/json": {"schema": schema, "example": example}}}
    }
    if status == 200:
        descriptions[304] = {"description": "The client holds it already."}
    problems = {400, 401, 403, 413, 421, 422, 429, 503, 507, *codes}
    return descriptions | {code: PROBLEM for code in sorted(problems)}
