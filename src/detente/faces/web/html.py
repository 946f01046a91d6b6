"""What every page shares: templates, the frame around a page, refusals as a sentence on a page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from markupsafe import Markup, escape

from detente.codes import DetenteError, Table, dotted, each_fault
from detente.data.library import catalogue
from detente.data.limits import memoized
from detente.faces.charts.frame import day
from detente.faces.formats import clean
from detente.faces.ladder import cited
from detente.faces.report.page import environment, figure
from detente.faces.report.readers import grid
from detente.faces.web.answers import base_of, taken
from detente.faces.words.language import Language, load
from detente.version import VERSION

if TYPE_CHECKING:
    from jinja2 import Environment

    from detente.faces.charts import Chart
    from detente.faces.report.readers import Grid

T = TypeVar("T")
#: Characters of a word of an address that are looked at.
LONGEST = 200


@dataclass(frozen=True)
class Address:
    """What a page was asked for: the request, with the words of its address."""

    request: Request

    def __call__(self, name: str, standard: str = "") -> str:
        """A word of the address, of its path or its query; the standard where it is missing or blank.

        Raises
        ------
        KeyError : the page does not declare that it reads this word.
        """
        route = self.request.scope.get("route")
        if isinstance(route, APIRoute) and name not in self.request.path_params and name not in taken(route):
            raise KeyError(name)
        value = self.request.path_params.get(name) or self.request.query_params.get(name) or standard
        return str(value)[:LONGEST]


PLACES = (
    ("Deal", "/deal"),
    ("Law", "/law"),
    ("World", "/economy/solve"),
    ("Materials", "/chain/run"),
    ("Talks", "/talks/advice"),
    ("Claims", "/check"),
    ("Runs", "/runs"),
)
LICENCE = "MIT"


@memoized
def templates() -> Environment:
    """Templates of the pages; those of the report lie behind them. What is put into a page is escaped."""
    made = environment("detente.faces.web", "detente.faces")
    made.filters |= {
        "cited": lambda instrument, citation: cited(instrument or "", citation or ""),
        "day": day,
        "dotted": dotted,
        "linked": linked,
    }
    return made


def page(
    template: str, request: Request | None = None, *, place: str = "", title: str, status: int = 200,
    **words: Any,
) -> Response:  # fmt: skip
    """A page as an answer.

    Parameters
    ----------
    request : whose server says whether it keeps anything.
    place : which of the seven places it belongs to.
    words : what its template shows.
    """
    say = load()
    # What scripts say on a page, with the forms of numbers and days.
    scripted = {"forms": {name: say.forms[name] for name in FORMS if name in say.forms},
                "texts": say.texts("script", f"script_{template.partition('.')[0]}")}  # fmt: skip
    frame = {
        "places": PLACES, "version": VERSION, "stamp": VERSION, "vintage": vintage(), "licence": LICENCE,
        "say": say, "origin": "" if request is None else base_of(request),
        "script_words": as_script(scripted),
        "read_only": request is not None and reads_only(request),
    }  # fmt: skip
    text = templates().get_template(template).render(place=place, title=title, **{**frame, **words})
    return HTMLResponse(text, status, {"Cache-Control": "no-cache"})


def reads_only(request: Request) -> bool:
    """Whether the server keeps nothing, so that pages offer nothing that would be kept."""
    app = request.scope.get("app")
    settings = getattr(getattr(app, "state", None), "settings", None)
    return bool(settings and settings.read_only)


FORMS = ("thousands", "decimal", "percent", "minus", "months", "singular")


LINK = re.compile(r"\[([^\]]+)\]\((\w+)\)")


def linked(text: str, **addresses: str) -> Markup:
    """A sentence in which [words](name) is a link to the address of that name."""
    links = {name: escape(address) for name, address in addresses.items()}
    return Markup(LINK.sub(lambda match: f'<a href="{links[match[2]]}">{match[1]}</a>', str(escape(text))))


def vintage() -> tuple[tuple[str, str], ...]:
    """Data that the pages rest on, by id of their name, with whose they are and of when."""
    named = (("usa_imports_2024", "trade"), ("usa_lines", "lines"), ("icio-2022", "world"))
    rows = []
    for name, what in named:
        entry = catalogue().get(name, {})
        publisher = str(entry.get("publisher", "")).split(";")[0]
        rows.append((what, ", ".join(part for part in (publisher, str(entry.get("vintage", ""))) if part)))
    return tuple(rows)


def tried(work: Callable[[], T], standard: T, messages: list[str]) -> T:
    """What a call gives; where it refuses, its sentence is noted and a standard taken."""
    try:
        return work()
    except DetenteError as error:
        messages += map(str, each_fault(error))
        return standard


def picture(chart: Chart) -> dict[str, Any]:
    """A chart with its drawings for a page and for a telephone, as the macros of the report take it."""
    return figure(chart)


def as_script(content: Any) -> Markup:
    """JSON that can stand in a page: nothing in it ends the script it stands in."""
    return Markup(json.dumps(clean(content), ensure_ascii=False).replace("<", "\\u003c"))


def shown(table: Table, say: Language | None = None) -> Grid:
    """A table as readers see it."""
    made, say = grid(table, say), say or load()
    # Of a column that is named by its day, the day is in words.
    return replace(made, title=say.dated(made.title), heads=tuple(map(say.dated, made.heads)))


def whole(table: Table, say: Language | None = None) -> Grid:
    """All rows of a table as readers see it, where a report would show the first only."""
    first, count = shown(table, say), len(table)
    step = len(first.rows) or 1
    parts = [shown(table.take(np.arange(start, min(start + step, count))), say) for start in range(0, count, step)]
    if any(part.heads != first.heads for part in parts):
        return first
    notes = first.notes[1:] if count > len(first.rows) else first.notes
    return replace(first, rows=tuple(row for part in parts for row in part.rows), notes=notes)
