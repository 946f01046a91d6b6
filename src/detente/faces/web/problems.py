"""Problems: every error as application/problem+json, one clear sentence each, never a traceback."""

from __future__ import annotations

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from detente.codes import InputError, MissingData, SolveError, UnknownName
from detente.codes.errors import DetenteError
from detente.faces.web.store import Away

LOG = logging.getLogger("detente.server")
MEDIA = "application/problem+json"
TITLES = {
    400: "Not a request that can be read",
    401: "A token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "No such format",
    409: "Not in this state",
    413: "Too much",
    415: "Not a format that is read here",
    421: "Not the name of this server",
    422: "Cannot be used",
    429: "Too many requests",
    500: "A mistake of the program",
    503: "Not ready yet",
}


class Problem(Exception):
    """An error with its status.

    Parameters
    ----------
    status : of HTTP; `detail` : one sentence; `more` : further members, such as `where`.
    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers or {}, more


def answer(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """A problem as an answer."""
    content = {"type": "about:blank", "title": TITLES.get(status, "Problem"), "status": status, "detail": detail}
    body = json.dumps({**content, **more}, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, headers, MEDIA)


def status_of(error: DetenteError) -> int:
    """The status of an error raised on purpose."""
    if isinstance(error, MissingData):
        return 503
    return 422 if isinstance(error, InputError | SolveError) else 400


def of_error(error: DetenteError) -> Response:
    """A mistake of the user, or a solve that did not end, as a problem."""
    more: dict[str, Any] = {}
    if isinstance(error, InputError) and not isinstance(error, UnknownName):
        more = {"where": error.where, "what": error.what, "repair": error.repair}
    elif isinstance(error, UnknownName):
        more = {"kind": error.kind, "name": error.name[:200]}
    return answer(status_of(error), str(error)[:2000], **more)


def unforeseen(method: str, path: str, error: Exception) -> Response:
    """A mistake of the program: its place in the log, its kind alone in the answer."""
    LOG.error("%s %s: %s", method, path[:200], type(error).__name__, exc_info=error)
    return answer(500, f"internal error ({type(error).__name__}); the server's log has more")


def register(app: FastAPI) -> None:
    """Make every error of an application a problem."""

    async def known(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, DetenteError)
        return of_error(error)

    async def away(request: Request, error: Exception) -> Response:
        LOG.error("%s: the database does not answer (%s)", request.url.path[:200], error)
        return answer(503, "the database of this server does not answer; ask again", {"retry-after": "2"})

    async def own(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, Problem)
        return answer(error.status, error.detail, error.headers, **error.more)

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        detail = str(error.detail)
        if error.status_code == 404:
            detail = f"there is nothing at {request.url.path[:200]}"
        elif error.status_code == 405:
            detail = f"{request.method} is not understood at {request.url.path[:200]}"
        return answer(error.status_code, detail, dict(error.headers or {}))

    async def invalid(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, RequestValidationError)
        rows = [{"where": ".".join(map(str, e["loc"]))[:200], "what": str(e["msg"])[:300]} for e in error.errors()[:20]]
        first = rows[0] if rows else {"where": "request", "what": "cannot be read"}
        return answer(422, f"{first['where']}: {first['what'].lower()}.", errors=rows)

    app.add_exception_handler(DetenteError, known)
    app.add_exception_handler(Problem, own)
    app.add_exception_handler(Away, away)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, invalid)
