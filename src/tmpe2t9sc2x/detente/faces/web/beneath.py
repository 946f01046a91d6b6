"""Beneath a path of a proxy: requests lose it on the way in, addresses of this server get it on the way out.

Pages, scripts and answers are written as if the server stood at the root of its host. Here alone its path is known, so
that no page can forget it: attributes of pages that hold addresses, `Location`, `Link`, and the paths of cookies.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ATTRIBUTE = re.compile(rb'(\s(?:href|src|action|formaction|poster|data-[a-z-]+)=")(/(?!/)[^"]*)"')
"""An address of this server in a page; text and values have their quotes escaped and never look so."""

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
