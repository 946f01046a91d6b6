"""What every page shares: templates, the frame around a page, refusals as a sentence on a page."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from detente.codes import DetenteError, InputError, Table, UnknownName, dotted
from detente.data.library import catalogue
from detente.data.yamlfile import as_date
from detente.faces.formats import clean, to_csv
from detente.faces.words.language import ENGLISH, languages, load
from detente.version import VERSION

if TYPE_CHECKING:
    from jinja2 import Environment

    from detente.faces.charts import Chart
    from detente.faces.report.readers import Grid

T = TypeVar("T")
LONGEST = 200
"""Characters of a word of an address that are looked at."""


@dataclass(frozen=True)
class Address:
    """What a page was asked for: the request, with the words of its address."""

    request: Request

    def __call__(self, name: str, standard: str = "") -> str:
        """A word of the address, of its path or its query; the standard where it is missing or blank."""
        value = self.request.path_params.get(name) or self.request.query_params.get(name) or standard
        return str(value)[:LONGEST]


PLACES = (
    ("Deal", "/deal"),
    ("Law", "/law"),
    ("World", "/world"),
    ("Materials", "/materials"),
    ("Claims", "/claims"),
    ("Runs", "/runs"),
)
LICENCE = "MIT"


def language_of(request: Request) -> str:
    """Language of sentences on a page: of its address, chosen before, of the browser, of the server, else English."""
    known = languages()
    wanted = [request.query_params.get(LANG, ""), request.cookies.get(LANG, "")]
    ranked = sorted(request.headers.get("accept-language", "")[:LONGEST].split(","), key=_rank, reverse=True)
    wanted += [part.split(";")[0].strip()[:2].lower() for part in ranked]
    wanted += [os.environ.get("DETENTE_LANG", ""), ENGLISH]
    return next(code for code in wanted if code in known)


LANG = "lang"
"""Word of the address, and cookie, that hold a language."""


def _rank(part: str) -> float:
    """How much a browser wants a language of its list."""
    match = re.search(r";\s*q=([\d.]+)", part)
    try:
        return float(match[1]) if match else 1.0
    except ValueError:
        return 0.0


def tongues(request: Request, query: str) -> dict[str, Any]:
    """What a page with sentences of the catalogue needs: its language, and the switch to each of the others."""
    lang = language_of(request)
    kept = "&".join(part for part in query.split("&") if part and not part.startswith(f"{LANG}="))
    rows = [
        {"code": code, "name": load(code).forms["language"], "query": "&".join(filter(None, (kept, f"{LANG}={code}")))}
        for code in languages()
    ]
    return {"say": load(lang), "lang": lang, "tongues": rows}


def spoken(response: Response, request: Request) -> Response:
    """A page that depends on the language: what the reader chose in its address is kept."""
    response.headers["vary"] = "Accept-Language, Cookie"
    chosen = request.query_params.get(LANG, "")
    if chosen in languages():
        response.set_cookie(LANG, chosen, max_age=31_536_000, samesite="lax", httponly=True)
    return response


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Templates of the pages; those of the report lie behind them. What is put into a page is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    from detente.faces.charts.frame import day
    from detente.faces.report.page import coded
    from detente.faces.report.readers import readable

    here, report = (str(files(name) / "templates") for name in ("detente.faces.web", "detente.faces"))
    made = Environment(
        loader=FileSystemLoader([here, report]),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"coded": coded, "day": day, "readable": readable, "dotted": dotted}
    return made


def page(template: str, *, place: str = "", title: str, status: int = 200, **words: Any) -> HTMLResponse:
    """A page as an answer.

    Parameters
    ----------
    place : which of the six places it belongs to.
    words : what its template shows.
    """
    frame = {"places": PLACES, "version": VERSION, "stamp": VERSION, "vintage": vintage(), "licence": LICENCE}
    text = templates().get_template(template).render(place=place, title=title, **frame, **words)
    return HTMLResponse(text, status, {"Cache-Control": "no-cache"})


def refused(error: DetenteError, place: str, status: int = 404) -> Response:
    """A refusal as a page of its own."""
    return page("refused.html.j2", place=place, title="Not found", status=status, message=str(error))


@lru_cache(maxsize=1)
def vintage() -> str:
    """Whose data the pages rest on, and of when."""
    named = (("usa_imports_2024", "Trade"), ("usa_lines", "Tariff lines"), ("icio-2022", "World economy"))
    lines = []
    for name, what in named:
        entry = catalogue().get(name, {})
        publisher = str(entry.get("publisher", "")).split(";")[0]
        lines.append(f"{what}: {', '.join(part for part in (publisher, str(entry.get('vintage', ''))) if part)}")
    return ". ".join(lines) + "."


def tried(work: Callable[[], T], standard: T, messages: list[str]) -> T:
    """What a call gives; where it refuses, its sentence is noted and a standard taken."""
    try:
        return work()
    except DetenteError as error:
        messages.append(str(error))
        return standard


def day_of(text: str, standard: date, messages: list[str]) -> date:
    """A day of an address, or a standard with a message."""
    if not text or text == "today":
        return date.today() if text else standard
    return tried(lambda: as_date(text[:40], "date"), standard, messages)


def picture(chart: Chart) -> dict[str, Any]:
    """A chart with its drawings for a page and for a telephone, as the macros of the report take it."""
    from detente.faces.report.page import figure

    return figure(chart)


def as_script(content: Any) -> Markup:
    """JSON that can stand in a page: nothing in it ends the script it stands in."""
    return Markup(json.dumps(clean(content), ensure_ascii=False).replace("<", "\\u003c"))


def shown(table: Table) -> Grid:
    """A table as readers see it."""
    from detente.faces.report.readers import grid

    return grid(table)


def whole(table: Table) -> Grid:
    """All rows of a table as readers see it, where a report would show the first only."""
    first = shown(table)
    step = len(first.rows) or 1
    parts = [shown(table.take(np.arange(start, min(start + step, len(table))))) for start in range(0, len(table), step)]
    if any(part.heads != first.heads for part in parts):
        return first
    notes = tuple(note for note in first.notes if not note.startswith("The first "))
    return replace(first, rows=tuple(row for part in parts for row in part.rows), notes=notes)


def as_csv(table: Table, name: str) -> Response:
    """A table as a file to keep."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(to_csv(table), headers=headers, media_type="text/csv; charset=utf-8")


FEW = 12
"""Names that a message lists."""


@runtime_checkable
class Named(Protocol):
    """Names of an address that have other names as well."""

    def read(self, text: str) -> str:
        """The name that is meant."""
        ...


def one_of(text: str, known: Mapping[str, object], standard: str, what: str, messages: list[str]) -> str:
    """A name of an address, or the standard with a message."""
    if not text:
        return standard
    text = known.read(text) if isinstance(known, Named) else text
    if text in known:
        return text
    if len(known) > FEW:
        messages.append(str(UnknownName(what, text[:40], known, repair=f"taken {standard}")))
        return standard
    messages.append(
        str(InputError(what, f"'{text[:40]}' is not known", f"taken {standard}; known: {', '.join(known)}"))
    )
    return standard


def number_of(text: str, low: float, high: float, standard: float, what: str, messages: list[str]) -> float:
    """A number of an address within its bounds, or the nearest with a message."""
    if not text:
        return standard
    try:
        value = float(text[:40])
    except ValueError:
        value = float("nan")
    if value != value:
        messages.append(f"{what} '{text[:20]}' is not a number; taken {standard:g}.")
        return standard
    near = min(max(value, low), high)
    if near != value:
        messages.append(f"{what} {value:g} is out of range ({low:g} to {high:g}); taken {near:g}.")
    return near
