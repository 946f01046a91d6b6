"""Language of an answer: of its address, chosen before, of the browser, of the server, else English."""

from __future__ import annotations

import os
import re

from starlette.requests import Request
from starlette.responses import Response

from detente.faces.words.language import ENGLISH, Language, languages, load

LANG = "lang"
"""Word of the address, and cookie, that hold a language."""

VARY = "Accept-Language, Cookie"
LONGEST = 200
"""Characters of a header that are looked at."""


def language_of(request: Request) -> str:
    """Code of the language of a page."""
    return wanted_of(request, os.environ.get("DETENTE_LANG", ""))


def wanted_of(request: Request, standard: str = "") -> str:
    """Code of the language that a request asks for: a standard, or English, where it asks for none there is."""
    known = languages()
    wanted = [request.query_params.get(LANG, ""), request.cookies.get(LANG, "")]
    ranked = sorted(request.headers.get("accept-language", "")[:LONGEST].split(","), key=_rank, reverse=True)
    wanted += [part.split(";")[0].strip()[:2].lower() for part in ranked]
    return next(code for code in (*wanted, standard, ENGLISH) if code in known)


def _rank(part: str) -> float:
    """How much a browser wants a language of its list."""
    match = re.search(r";\s*q=([\d.]+)", part)
    try:
        return float(match[1]) if match else 1.0
    except ValueError:
        return 0.0


def say_of(request: Request | None) -> Language:
    """The language of a page; English where nobody's request is known."""
    return load(language_of(request) if request is not None else ENGLISH)


def tongues(query: str) -> list[dict[str, str]]:
    """The switch to every language: the page with all that its address says."""
    kept = "&".join(part for part in query.split("&") if part and not part.startswith(f"{LANG}="))
    return [
        {"code": code, "name": load(code).forms["language"], "query": "&".join(filter(None, (kept, f"{LANG}={code}")))}
        for code in languages()
    ]


def spoken(response: Response, request: Request) -> Response:
    """A page that depends on the language: what the reader chose in its address is kept."""
    response.headers["vary"] = VARY
    chosen = request.query_params.get(LANG, "")
    if chosen in languages():
        response.set_cookie(LANG, chosen, max_age=31_536_000, samesite="lax", httponly=True)
    return response
