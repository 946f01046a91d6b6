"""Guard: who may ask, how much and how often; and the headers that every answer carries.

One piece of plain ASGI in front of everything, so that pages, files and the program interface are held alike.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.data.limits import MEMORY, resident
from detente.faces.ask.question import all_questions
from detente.faces.web.answers import beneath, within
from detente.faces.web.problems import Away, answer, unforeseen
from detente.faces.web.settings import Settings
from detente.faces.web.traffic import ID, REQUEST, AccessLog, Traffic, Visit, label_logs, visit
from detente.faces.web.work.store import Store
from detente.faces.words.language import load
from detente.version import VERSION

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
COOKIE = "detente_token"
#: What is served without a token: the page that asks for it, and its looks.
OPEN = ("/static/", "/login")

HEALTH, METRICS = "/healthz", "/metrics"
#: What a server that keeps nothing answers although it is posted: numbers come in, numbers go out.
COMPUTES = ("/deal/live/improve", "/deal/live/counter", "/mcp")


SAFE = ("GET", "HEAD", "OPTIONS")
#: Requests that compute at once: with more, the loop that answers would seldom have its turn.
THREADS = 16

#: Requests without an answer yet that may wait beside those; who comes then is told to ask again.
WAITING = 48

#: Seconds for which a health check waits for the database.
LOOK = 2.0

#: Clients whose rate is remembered; the one not seen for longest goes first.
CLIENTS = 10_000

LOGIN_BYTES = 4096


@dataclass
class Bucket:
    """What a client may still ask: fills at a rate, empties by one with each request."""

    left: float
    seen: float


@dataclass
class Limiter:
    """Requests a second by client."""

    rate: float
    burst: int
    clients: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def wait(self, client: str, now: float) -> float:
        """Seconds until a client may ask; zero lets it through and counts."""
        if self.rate <= 0.0:
            return 0.0
        bucket = self.clients.pop(client, None) or Bucket(float(self.burst), now)
        left = min(float(self.burst), bucket.left + (now - bucket.seen) * self.rate)
        self.clients[client] = Bucket(max(left - 1.0, 0.0) if left >= 1.0 else left, now)
        while len(self.clients) > CLIENTS:
            self.clients.popitem(last=False)
        return 0.0 if left >= 1.0 else (1.0 - left) / self.rate


class TooLong(Exception):
    """A body above the limit, met while it was read."""


class Guard:
    """The guard before an application.

    Parameters
    ----------
    app : what is guarded; `settings` : token, limits and names.
    store : what the health check asks; none for an application without a store.
    log : gets a line on each request; none by default.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, store: Store | None = None, log: AccessLog | None = None
    ) -> None:
        self.app, self.settings, self.store = app, settings, store
        self.limiter = Limiter(settings.rate, settings.burst)
        self.traffic = Traffic()
        self.log = log
        # A thread of its own, which no solve can take.
        self.doctor = ThreadPoolExecutor(1, "health")
        self.unanswered: set[str] = set()
        MEMORY.budget = settings.memory or MEMORY.budget
        label_logs()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it; count it, and put it on record where that is wanted."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        scope = {**scope, "path": within(scope["path"], self.settings.root)}
        headers = Headers(scope=scope)
        now = visit(scope, headers)
        mark = REQUEST.set(now.id)
        self.traffic.begin()
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _headless(send)
        try:
            await self._answered(scope, receive, _seen(send, now), headers, now)
        finally:
            REQUEST.reset(mark)
            self.traffic.end(now)
            if self.log is not None:
                self.log.write(now)
            if MEMORY.over:
                asyncio.get_running_loop().run_in_executor(self.doctor, MEMORY.trim)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, headers: Headers, now: Visit) -> None:
        started: list[bool] = []

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(True)
                self.unanswered.discard(now.id)
                dress(MutableHeaders(scope=message), scope["path"], self.settings.frames)
            await send(message)

        own = beneath(dressed, self.settings.root)
        alone = await self._beside(scope, headers)
        refused = alone or self.refusal(scope, headers) or self._closed(scope, headers)
        if refused is not None:
            await refused(scope, receive, own)
            return
        if scope["path"] == "/login":
            await (await self._login(scope, receive, headers))(scope, receive, own)
            return
        self.unanswered.add(now.id)
        current_default_thread_limiter().total_tokens = THREADS
        try:
            await self._while_there(scope, receive, dressed)
        except TooLong:
            if not started:
                await self._too_long()(scope, receive, own)
        except ClientDisconnect:
            return
        except Exception as error:
            # Here, inside of the headers, not in the outermost layer of the framework, whose answers carry none.
            if started:
                raise
            await unforeseen(scope["method"], scope["path"], error)(scope, receive, own)
        finally:
            self.unanswered.discard(now.id)

    async def _while_there(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the application answer; what waits for its turn is dropped when the client is gone."""
        counted = _counted(receive, self.settings.body)
        if scope["method"] not in SAFE:
            await self.app(scope, counted, send)
            return
        first = await counted()
        if first.get("more_body") or first["type"] != "http.request":
            await self.app(scope, _from(first, counted), send)
            return
        work = asyncio.ensure_future(self.app(scope, _from(first, counted), send))
        left = asyncio.ensure_future(counted())
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        finally:
            left.cancel()
            work.cancel()

    async def _beside(self, scope: Scope, headers: Headers) -> Response | None:
        """The health check, which is open to all, and measurements for who shows their token; None for all else."""
        if scope["path"] == HEALTH and scope["method"] == "GET":
            return await self._examined(health, self.store)
        if scope["path"] != METRICS or not self.settings.metrics or scope["method"] != "GET":
            return None
        if not _same(_bearer(headers), self.settings.metrics):
            return answer(401, "show the token of measurements as 'Authorization: Bearer TOKEN'")
        return await self._examined(measured, self.traffic, self.store)

    async def _examined(self, look: Callable[..., Response], *given: Any) -> Response:
        """What a look at the server gives, at once: it waits for no thread that computes, and for no database long."""
        looked = asyncio.get_running_loop().run_in_executor(self.doctor, look, *given)
        try:
            return await asyncio.wait_for(looked, LOOK)
        except TimeoutError:
            return JSONResponse({"status": "no database"}, 503)

    def refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that may not pass, whoever sends it; None lets it through."""
        if not self._named(headers):
            return answer(421, "the request names another server; call it by its own name")
        client = scope.get("client")
        pause = self.limiter.wait(client[0] if client else "", time.monotonic())
        if pause > 0.0:
            seconds = max(1, round(pause + 0.5))
            return answer(
                429, f"more than {self.settings.rate:g} requests a second; wait", {"retry-after": f"{seconds}"}
            )
        if not scope["path"].startswith(OPEN) and len(self.unanswered) >= THREADS + WAITING:
            return answer(503, f"{len(self.unanswered)} requests wait already; ask again", {"retry-after": "5"})
        length = headers.get("content-length", "0")
        if not length.isdigit():
            return answer(400, "content-length is not a number")
        if len(length) > 18 or int(length) > self.settings.body:
            return self._too_long()
        if "lang" in QueryParams(scope["query_string"]):
            return answer(422, "lang: is gone, as the program speaks English alone since this version; leave it out.")
        if scope["method"] not in SAFE and not self._own_origin(headers):
            return answer(403, "the request comes from a page of another site")
        if self.settings.read_only and scope["method"] not in SAFE and not scope["path"].startswith(COMPUTES):
            # Questions that are answered at once, from numbers alone, are answered here too.
            quick = (each.name.replace(" ", "/") for each in all_questions() if not each.long and not each.file)
            if scope["path"] not in {f"/api/v1/{name}" for name in quick}:
                return answer(403, "this server keeps nothing and takes nothing in; run one of your own for that")
        return None

    def _closed(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to who does not show the token where one is asked for."""
        if not self.settings.token or scope["path"].startswith(OPEN):
            return None
        # Every candidate is compared, so that neither length nor place says how near a guess was.
        known = any([_same(candidate, self.settings.token) for candidate in _token_shown(headers)])
        return None if known else _unknown(scope)

    def _too_long(self) -> Response:
        return answer(413, f"the request brings more than {self.settings.body:,} bytes")

    def _named(self, headers: Headers) -> bool:
        allowed = self.settings.allowed_hosts
        return not allowed or _host(headers.get("host", "")) in allowed

    def _own_origin(self, headers: Headers) -> bool:
        """Whether a request that changes something comes from a page of this server, or from no page at all."""
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return False
        origin = headers.get("origin", "")
        return not origin or origin.split("://", 1)[-1] == headers.get("host", "")

    async def _login(self, scope: Scope, receive: Receive, headers: Headers) -> Response:
        """The form that asks for the token, and the cookie that keeps it."""
        if scope["method"] not in ("GET", "POST"):
            return answer(405, f"{scope['method']} is not understood at /login", {"allow": "GET, HEAD, POST"})
        if scope["method"] != "POST":
            return Response(_door(scope), 200, {"cache-control": "no-store"}, "text/html")
        body, more = b"", True
        while more and len(body) <= LOGIN_BYTES:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        given = QueryParams(body[:LOGIN_BYTES].decode("utf-8", "replace")).get("token", "")
        if not _same(given, self.settings.token):
            return Response(_door(scope, wrong=True), 401, media_type="text/html")
        response = RedirectResponse("/", 303)
        secure = scope.get("scheme") == "https" or headers.get("x-forwarded-proto") == "https"
        response.set_cookie(COOKIE, given, httponly=True, samesite="strict", secure=secure, max_age=30 * 86400)
        return response


LOGIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Détente</h1>{wrong}<form method="post" action="/login">
<label for="token">{label}</label>
<input id="token" name="token" type="password" autocomplete="off" required>
<button>{enter}</button></form></main></body></html>
"""


def _bearer(headers: Headers) -> str:
    """What a program shows, "" where it shows nothing."""
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else ""


def _token_shown(headers: Headers) -> Iterator[str]:
    """What a request shows as a token."""
    bearer = _bearer(headers)
    if bearer:
        yield bearer
    for part in headers.get("cookie", "").split(";")[:50]:
        name, _, value = part.strip().partition("=")
        if name == COOKIE and value:
            yield value.strip('"')


def _same(shown: str, token: str) -> bool:
    """Whether somebody shows a token, compared in constant time; no token is nobody's."""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode()) and bool(token)


def health(store: Store | None) -> Response:
    """Whether the server answers, and its database; nothing else, since anybody may ask."""
    try:
        if store is not None:
            store.answers()
    except Away:
        return JSONResponse({"status": "no database"}, 503)
    return JSONResponse({"status": "ok"})


def measured(traffic: Traffic, store: Store | None) -> Response:
    """Measurements of this process, of its memory and of the store."""
    try:
        counts = store.counts() if store is not None else {}
    except Away:
        counts = {}
    jobs = {f'status="{name}"': float(count) for name, count in sorted(counts.items()) if name != "runs"}
    own = f'worker="{os.getpid()}"'
    others: dict[str, tuple[str, str, dict[str, float]]] = {
        "info": ("gauge", "The program.", {f'version="{VERSION}"': 1.0}),
        "database_up": ("gauge", "Whether the database answers.", {"": float(bool(counts))}),
        "runs": ("gauge", "Runs on record.", {"": float(counts.get("runs", 0))}),
        "jobs": ("gauge", "Jobs on record.", jobs),
        "memory_bytes": ("gauge", "Memory that this process holds.", {own: float(resident())}),
        "memory_budget_bytes": ("gauge", "Memory above which caches are emptied.", {own: float(MEMORY.budget)}),
        "caches_emptied_total": ("counter", "Times that caches were emptied.", {own: float(MEMORY.emptied)}),
    }
    return Response(traffic.text(others), media_type="text/plain; version=0.0.4; charset=utf-8")


def _seen(send: Send, now: Visit) -> Send:
    """What notes status and size of an answer, and has it carry the id of its request."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            now.status = message["status"]
            MutableHeaders(scope=message)[ID] = now.id
        elif message["type"] == "http.response.body":
            now.size += len(message.get("body", b""))
        await send(message)

    return sent


def _door(scope: Scope, wrong: bool = False) -> str:
    """The form that asks for the token."""
    say = load()
    words = {name: say(f"errors.login_{name}") for name in ("title", "label", "enter")}
    return LOGIN.format(wrong=f"<p>{say('errors.login_wrong')}</p>" if wrong else "", **words)


def _unknown(scope: Scope) -> Response:
    wants_page = scope["method"] == "GET" and not scope["path"].startswith(("/api/", "/deal/live"))
    if wants_page and "text/html" in Headers(scope=scope).get("accept", ""):
        return RedirectResponse("/login", 303)
    return answer(401, "show the token of this server as 'Authorization: Bearer TOKEN'", {"www-authenticate": "Bearer"})


def _host(text: str) -> str:
    """The name in a Host header, without port and brackets."""
    if text.startswith("["):
        return text[1:].split("]", 1)[0]
    return text.rsplit(":", 1)[0].lower() if ":" in text else text.lower()


def dress(headers: MutableHeaders, path: str, frames: Iterable[str] = ("*",)) -> None:
    """Put the headers of every answer on one.

    Parameters
    ----------
    frames : origins whose pages may hold what is under /embed/.
    """
    embedded = path.startswith("/embed/")
    headers["content-security-policy"] = POLICY.format(ancestors=" ".join(frames) if embedded else "'none'")
    if not embedded:
        headers["x-frame-options"] = "DENY"
    headers["cross-origin-resource-policy"] = "cross-origin" if embedded else "same-origin"
    for name, value in FIXED.items():
        headers[name] = value
    if "cache-control" not in headers:
        headers["cache-control"] = "no-cache" if "etag" in headers else "no-store"


def _headless(send: Send) -> Send:
    """What answers HEAD as GET is answered: the same headers, no body, however long one would be."""
    over = False

    async def first(message: Message) -> None:
        nonlocal over
        if message["type"] == "http.response.start":
            await send(message)
        elif not over:
            over = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return first


def _from(first: Message, receive: Receive) -> Receive:
    """What is received, its first message once more."""
    begun = False

    async def received() -> Message:
        nonlocal begun
        if begun:
            return await receive()
        begun = True
        return first

    return received


def _counted(receive: Receive, most: int) -> Receive:
    """A body that is counted while it is read."""
    read = 0

    async def next_part() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > most:
                raise TooLong
        return message

    return next_part
