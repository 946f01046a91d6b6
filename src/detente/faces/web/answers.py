"""Answers: JSON with tags, pages of tables, files; what an address may say, and the path of a proxy before it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from fastapi import Query, Request
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.faces.formats import json_rows, to_bytes
from detente.lab.deal.levers import keys_of_levers

#: Kinds of content by the ending of a file.
MEDIA = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf", "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8", "json": "application/json",
    "py": "text/x-python; charset=utf-8", "sh": "application/x-sh; charset=utf-8", "tex": "application/x-tex",
    "yaml": "application/yaml; charset=utf-8", "md": "text/markdown; charset=utf-8", "atom": "application/atom+xml",
    "parquet": "application/vnd.apache.parquet", "dta": "application/x-stata-dta", "rss": "application/rss+xml",
    "sdmx.csv": "text/csv; charset=utf-8", "png": "image/png", "svg": "image/svg+xml", "ics": "text/calendar",
    "jsonl": "application/x-ndjson", "card.png": "image/png",
}  # fmt: skip


def as_file(body: bytes | str, name: str, form: str, tag: str = "", *, inline: bool = False, **more: str) -> Response:
    """Content as a file to keep, or to be shown at once.

    Parameters
    ----------
    name : without its ending, `form`. tag : its entity tag, "" for none. more : further headers.
    """
    headers = {"content-disposition": f'{"inline" if inline else "attachment"}; filename="{name}.{form}"'}
    headers |= ({"etag": tag} if tag else {}) | more
    return Response(body, headers=headers, media_type=MEDIA.get(form, "text/plain; charset=utf-8"))


#: An address of this server in a page; text and values have their quotes escaped and never look so.
ATTRIBUTE = re.compile(rb'(\s(?:href|src|action|formaction|poster|data-[a-z-]+)=")(/(?!/)[^"]*)"')

LINK = re.compile(r"<(/(?!/)[^>]*)>")
COOKIE = re.compile(r"(;\s*path=)/(?=;|$)", re.IGNORECASE)
HTML = "text/html"


def within(path: str, root: str) -> str:
    """A path as this server knows it: without the path of the proxy, which may have taken it off already."""
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path


def base_of(request: Request) -> str:
    """Address of this server as the reader knows it, without a slash at its end."""
    return f"{request.url.scheme}://{request.url.netloc}{root_of(request)}"


def root_of(request: Request) -> str:
    """Path under which a proxy shows the server; "" for none."""
    settings = getattr(getattr(request.scope.get("app"), "state", None), "settings", None)
    return settings.root if settings else ""


def moved(body: bytes, root: str) -> bytes:
    """A page with the addresses of this server beneath a path."""
    path = root.encode()
    return ATTRIBUTE.sub(lambda match: b"".join([match[1], path, match[2], b'"']), body)


def headed(headers: MutableHeaders, root: str) -> None:
    """Put addresses of headers beneath a path."""
    place = headers.get("location", "")
    if place.startswith("/") and not place.startswith("//"):
        headers["location"] = f"{root}{place}"
    if "link" in headers:
        headers["link"] = LINK.sub(rf"<{root}\1>", headers["link"])
    raw = [
        (name, COOKIE.sub(rf"\1{root}", value.decode("latin-1")).encode("latin-1") if name == b"set-cookie" else value)
        for name, value in headers.raw
    ]
    headers.raw[:] = raw


class Beneath:
    """What puts the answers of an application beneath a path."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self.app, self.root = app, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self.app(scope, receive, beneath(send, self.root) if scope["type"] == "http" else send)


def beneath(send: Send, root: str) -> Send:
    """What sends an answer with its addresses beneath a path; a page is held until it is whole."""
    if not root:
        return send
    start: Message = {}
    parts: list[bytes] = []

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headed(headers, root)
            if headers.get("content-type", "").startswith(HTML):
                start.update(message)
                return
        elif start and message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            body = moved(b"".join(parts), root)
            headers = MutableHeaders(scope=start)
            if "content-length" in headers and parts != [b""]:
                headers["content-length"] = str(len(body))
            await send(start)
            message = {**message, "body": body}
        await send(message)

    return sent


#: Names that people and earlier versions have for one thing: an unknown one is answered with the one that is taken.
ALIKE = (
    ("on", "date", "day", "when"), ("from", "first", "start", "since"), ("to", "last", "end", "until", "through"),
    ("of", "importer"), ("partner", "exporter", "origin"), ("ledger", "name"), ("set", "parameters", "facts"),
    ("publisher", "as"), ("against", "before"), ("claim", "preference"), ("scenario", "deal"), ("weights", "year"),
)  # fmt: skip


#: Behind the name of a page's parameter that may be given several times.
REPEATED = "*"


#: Among the parameters of a page: the levers of a deal, whose names the cases have.
LEVERS = "+"

#: Keys of the address of a deal.
DEAL = f"v case date {LEVERS} duration partner rate except weights horizon closure year"


def names_of(names: str) -> list[str]:
    """Names of parameters with those of the levers of all cases among them."""
    return [each for name in names.split() for each in (keys_of_levers() if name == LEVERS else (name,))]


def page_parameters(names: str) -> dict[str, Any]:
    """What a page reads of its address, as an operation of the interface declares it.

    Parameters
    ----------
    names : with blanks between; `row*` may be given several times.
    """
    return {"parameters": [_declared(name) for name in names.split()]}


def _declared(name: str) -> dict[str, Any]:
    schema = {"type": "array" if name.endswith(REPEATED) else "string"}
    return {"name": name.rstrip(REPEATED), "in": "query", "schema": schema}


async def check_query(request: Request) -> None:
    """Refuse names in the query that the operation or page does not take, and those given twice that count once.

    Raises
    ------
    InputError, UnknownName : the name, with the one to use.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or "x-question" in (route.openapi_extra or {}):
        return  # a question reads its own
    known, pairs = taken(route), request.query_params.multi_items()
    given = [name for name, _ in pairs]
    check_names(given, known)
    for name in dict.fromkeys(given):
        if given.count(name) > 1 and not known.get(name, False):
            raise InputError(name, f"is given {given.count(name)} times", "give it once")


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a name that is not known, with the name of the same thing that is, or else the nearest.

    Raises
    ------
    UnknownName : the first of them.
    """
    named = sorted(known)
    for name in given:
        if name in named:
            continue
        same = next((group for group in ALIKE if name in group), ())
        repair = next((f"use '{other}'" for other in same if other in named), "")
        raise UnknownName("parameter", name[:200], () if repair else named, repair=repair)


def taken(route: APIRoute) -> Mapping[str, bool]:
    """Parameters that an operation or a page takes from the query, each with whether it may be given several times."""
    declared = (route.openapi_extra or {}).get("parameters", ())
    names = {row["name"]: row["schema"].get("type") == "array" for row in declared}
    levers = dict.fromkeys(names_of(LEVERS), False) if names.pop(LEVERS, None) is not None else {}
    return names | levers | _fields(route.dependant)


def _fields(dependant: Any) -> dict[str, bool]:
    """The same of what an operation and its dependencies declare."""
    own = {field.alias: "list" in str(field.field_info.annotation) for field in dependant.query_params}
    for part in dependant.dependencies:
        own |= _fields(part)
    return own


#: Rows of a page at most.
MOST = 500


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
    tag = tag or f'"{hashlib.sha256(body).hexdigest()[:16]}"'
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
    rows = json_rows(table.take(np.arange(min(offset, len(table)), min(offset + limit, len(table)))))
    content = {**more, **about(table), "total": len(table), "limit": limit, "offset": offset, "rows": rows}
    return reply(request, content, tag=tag, headers=links(request, len(table), limit, offset))


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
                "type": "about:blank", "title": "We cannot use this", "status": 422,
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
