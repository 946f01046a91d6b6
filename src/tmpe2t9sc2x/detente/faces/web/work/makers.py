"""Makers: who asked for a run and may delete it. A browser is known by a cookie of its own, a program by its token.

A user with a key is known by it, in browsers and programs alike, and sees the runs that are his and no others. A server
that only its own machine reaches, without a token, belongs to one person: there everybody is its maker.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from detente.faces.web.problems import Problem
from detente.faces.web.settings import Settings
from detente.faces.web.work.schema import ANSWERS
from detente.faces.web.work.store import Store

COOKIE = "detente_maker"
KEYED = "detente.key"
"""Where the guard notes the id of the key that a request showed."""

WORD = re.compile(r"[0-9a-f]{32}")
YEAR = 31_536_000


@dataclass(frozen=True)
class Maker:
    """Who asks.

    Attributes
    ----------
    name : under which the store knows him; the word of his cookie is not told by it.
    fresh : word that a cookie is to hold from now on, "" where there is nothing to keep.
    alone : whether the whole server is his.
    keyed : whether he showed a key of his own, so that he sees what is his alone.
    """

    name: str
    fresh: str = ""
    alone: bool = False
    keyed: bool = False

    @property
    def sees(self) -> str:
        """Whose runs and jobs he sees; "" stands for all."""
        return self.name if self.keyed else ""

    def marked(self, response: Response, request: Request) -> Response:
        """An answer that has the browser remember who it is."""
        if self.fresh:
            secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
            response.set_cookie(COOKIE, self.fresh, max_age=YEAR, httponly=True, samesite="strict", secure=secure)
        return response


def maker_of(request: Request) -> Maker:
    """Who asks: the browser that holds a cookie, or will; a program that shows the token; or whoever is alone."""
    settings: Settings = request.app.state.settings
    if settings.alone:
        return Maker(_named("alone"), alone=True)
    key = request.scope.get(KEYED, "")
    if key:
        return Maker(_named(f"key {key}"), keyed=True)
    if request.headers.get("authorization"):
        return Maker(_named(f"program {settings.token}"))
    word = request.cookies.get(COOKIE, "")
    if WORD.fullmatch(word):
        return Maker(_named(word))
    fresh = secrets.token_hex(16)
    return Maker(_named(fresh), fresh)


def _named(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()[:16]


def seen(request: Request, key: str) -> bool:
    """Whether the reader may see a run: one of his, or an answer of the server; who has no key of his own sees all."""
    whose = maker_of(request).sees
    if not whose:
        return True
    store: Store = request.app.state.store
    head = store.run_head(key)
    return head is not None and (head["kind"] in ANSWERS or key in store.made_by(whose, [key]))


def delete_all(request: Request) -> tuple[int, int]:
    """Delete every run and every job of the reader, and end those that run; how many of each."""
    maker, state = maker_of(request), request.app.state
    whose = "" if maker.alone else maker.name
    for name in state.store.active(whose):
        state.jobs.cancel(name)
    return state.store.delete_all(whose)


def own(request: Request, rows: list[dict[str, object]]) -> set[str]:
    """Keys of those runs of a list that the reader may delete."""
    maker, store = maker_of(request), request.app.state.store
    keys = [str(row["key"]) for row in rows if row["kind"] not in ANSWERS]
    return set(keys) if maker.alone else store.made_by(maker.name, keys)


def delete(request: Request, key: str) -> bool:
    """Delete a run of the reader; whether it is gone, or only not his any more, since others made it too.

    Raises
    ------
    Problem : 404, no such run; 403, it is not his.
    """
    store: Store = request.app.state.store
    head = store.run_head(key) if seen(request, key) else None
    if head is None:
        raise Problem(404, f"there is no run {key[:12]}")
    if key not in own(request, [head]):
        raise Problem(403, f"run {key} was made by somebody else; who made it may delete it")
    maker = maker_of(request)
    return store.delete_run(key, "" if maker.alone else maker.name)
