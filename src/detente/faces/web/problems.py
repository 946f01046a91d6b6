"""Problems: every error in one clear sentence, never a traceback; application/problem+json, or a page for browsers."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy import exc
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from detente.codes import Faults, InputError, MissingData, SolveError, UnknownName
from detente.codes.errors import DetenteError
from detente.data.limits import memoized
from detente.faces.words.language import load


class Away(Exception):
    """The database does not answer; the text is the kind of error, without any address."""


class Unwritable(Away):
    """Nothing can be written where the server keeps its runs; the text says why, without any path."""


FULL, FIXED = "the disk of this server is full", "the disk of this server is read-only"
CLOSED = "the folder of this server may not be written to"
ERRNOS = {
    errno.ENOSPC: FULL, getattr(errno, "EDQUOT", errno.ENOSPC): FULL, errno.EROFS: FIXED, errno.EACCES: CLOSED,
    errno.EPERM: CLOSED,
}  # fmt: skip
#: What SQLite says where its file cannot be written.
SAID = {
    "database or disk is full": FULL, "readonly database": "the database of this server is read-only",
    "unable to open database file": "the file of this server's database cannot be opened",
    "disk i/o error": "the disk of this server fails",
}  # fmt: skip

#: State by which PostgreSQL says the same.
DISK_FULL = "53100"


def unwritable(error: BaseException | None) -> str:
    """Why nothing could be written, "" where an error is about something else."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in ERRNOS:
            return ERRNOS[error.errno]
        if isinstance(error, exc.DBAPIError):
            text = str(error.orig).lower()
            sentence = next((words for symptom, words in SAID.items() if symptom in text), "")
            if sentence or state_of(error) == DISK_FULL:
                return sentence or FULL
        error = error.__cause__
    return ""


def state_of(error: exc.DBAPIError) -> str:
    """The state that PostgreSQL gives; "" from other databases."""
    detail = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return str(cast("Mapping[str, object]", detail).get("C", "")) if isinstance(detail, Mapping) else ""


LOG = logging.getLogger("detente.server")
MEDIA = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PAGES = ("text/html", "application/xhtml+xml")
PROGRAMS = (MEDIA, "application/json")


def title_of(status: int) -> str:
    """What went wrong, in a few words, by the code of HTTP."""
    return load().sentences.get(f"errors.title_{status}", "Problem")


def spoken(name: str, **parts: str) -> str:
    """A sentence that a page says."""
    return load()(f"errors.{name}", **parts)


class Problem(Exception):
    """An error with its status.

    Parameters
    ----------
    status : of HTTP; `detail` : one sentence; `more` : further members, such as `where`.
    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers or {}, more


class Refusal(Response):
    """A problem as an answer: JSON for programs; a page for who would rather read, as browsers say they do."""

    media_type = MEDIA

    def __init__(self, content: dict[str, Any], headers: dict[str, str] | None = None, spoken: str = "") -> None:
        self.content, self.more, self.spoken = content, dict(headers or {}), spoken
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        super().__init__(body, content["status"], self.more | {"vary": "Accept"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the form that is asked for."""
        if not wants_page(Headers(scope=scope).get("accept", "")):
            await super().__call__(scope, receive, send)
            return
        words = self.spoken or self.content["detail"]
        again = self.more.get("retry-after", "") if scope["method"] in ("GET", "HEAD") else ""
        body = _page(self.status_code, words, again)
        await Response(body, self.status_code, self.more | {"vary": "Accept"}, "text/html")(scope, receive, send)


def wants_page(accept: str) -> bool:
    """Whether a client names pages, and likes them better than JSON; who takes anything gets JSON."""
    liked = dict(_liked(accept))
    page = max((liked.get(kind, 0.0) for kind in PAGES), default=0.0)
    return page > max(liked.get(kind, 0.0) for kind in PROGRAMS)


def _liked(accept: str) -> list[tuple[str, float]]:
    """Media types of an Accept header with how much each is liked, 0 to 1."""
    preferences = []
    for part in accept[:1000].split(","):
        kind, *words = (word.strip().lower() for word in part.split(";"))
        given = next((word[2:] for word in words if word.startswith("q=")), "1")
        preferences.append((kind, float(given) if given.replace(".", "", 1).isdigit() else 0.0))
    return preferences


@memoized
def _page(status: int, words: str, again: str) -> bytes:
    """A problem as a page; where asking again may help, it does so by itself after some seconds."""
    from detente.faces.web.html import page

    made = page("problem.html.j2", title=title_of(status), status=status, code=status, message=words, again=again)
    return bytes(made.body)


def answer(
    status: int, detail: str, headers: dict[str, str] | None = None, spoken: str = "",
    **more: Any,
) -> Response:  # fmt: skip
    """A problem as an answer; `spoken` is what a page says, where that is a sentence of the catalogue."""
    content = {"type": "about:blank", "title": title_of(status), "status": status, "detail": detail}
    return Refusal({**content, **more}, headers, spoken)


def allowed(request: Request) -> str:
    """Methods that an address takes, as the header Allow has them."""
    if request.url.path.startswith("/static/"):
        return "GET, HEAD"
    routes, described = request.app.router.routes, request.app.openapi()["paths"]
    scope = {**request.scope, "path_params": {}}
    taken = {name for name in METHODS if any(r.matches(scope | {"method": name})[0] is Match.FULL for r in routes)}
    if request.url.path in described:
        # Its name alone would be taken for that of something that another address shows.
        taken = {name.upper() for name in described[request.url.path]}
    return ", ".join(name for name in METHODS if name in taken or (name == "HEAD" and "GET" in taken))


def of_error(error: DetenteError) -> Response:
    """A mistake of the user, or a solve that did not end, as a problem."""
    more: dict[str, Any] = {}
    if isinstance(error, Faults):
        more = {"errors": [{"where": str(getattr(each, "where", "")), "what": str(each)} for each in error.faults]}
    elif isinstance(error, InputError) and not isinstance(error, UnknownName):
        more = {"where": error.where, "what": error.what, "repair": error.repair}
    elif isinstance(error, UnknownName):
        more = {"kind": error.kind, "name": error.name[:200]}
    status = 503 if isinstance(error, MissingData) else 422 if isinstance(error, InputError | SolveError) else 400
    return answer(status, str(error)[:2000], **more)


def unforeseen(method: str, path: str, error: Exception) -> Response:
    """A disk that takes nothing, by its name; else a mistake of the program: the log has its place, the answer its
    kind alone.
    """
    words = unwritable(error)
    if words:
        LOG.error("%s %s: %s", method, path[:200], words)
        return full(words)
    LOG.error("%s %s: %s", method, path[:200], type(error).__name__, exc_info=error)
    kind = type(error).__name__
    detail = f"internal error ({kind}); the server's log has more"
    return answer(500, detail, spoken=spoken("internal", kind=kind))


def full(words: str) -> Response:
    """Nothing can be stored, and why."""
    return answer(507, f"{words}; who runs this server can mend it", {"retry-after": "30"})


def register(app: FastAPI) -> None:
    """Make every error of an application a problem."""

    async def known(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, DetenteError)
        return of_error(error)

    async def away(request: Request, error: Exception) -> Response:
        if isinstance(error, Unwritable):
            LOG.error("%s: %s", request.url.path[:200], error)
            return full(str(error))
        LOG.error("%s: the database does not answer (%s)", request.url.path[:200], error)
        detail = "the database of this server does not answer; ask again"
        return answer(503, detail, {"retry-after": "2"}, spoken("database_away"))

    async def own(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, Problem)
        return answer(error.status, error.detail, error.headers, **error.more)

    def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        detail, headers, words = str(error.detail), dict(error.headers or {}), ""
        path = request.url.path[:200]
        if error.status_code == 404:
            detail, words = f"there is nothing at {path}", spoken("nothing_at", path=path)
        elif error.status_code == 405:
            headers = {key: value for key, value in headers.items() if key.lower() != "allow"}
            headers["allow"] = allowed(request)
            detail = f"{request.method} is not understood at {path}; it takes {headers['allow']}"
            words = spoken("not_understood", method=request.method, path=path, methods=headers["allow"])
        return answer(error.status_code, detail, headers, words)

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
