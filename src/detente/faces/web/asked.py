"""Questions on the web: for each an operation of the interface, a page, files of both and frames, at one address.

`/api/v1/prices` is the operation, `/prices` the page, `/prices.csv` a file of the same answer, `/embed/prices` the page
for a frame. What is asked is read from the query, or from a body of JSON where a value is a mapping.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from detente.codes import DetenteError, InputError, Parameter, Table, UnknownName, each_fault
from detente.codes.given import several
from detente.data.limits import memoized
from detente.data.rowfile import SentFile
from detente.faces.ask.answer import PICTURES, Answer, as_file, forms, warnings_of
from detente.faces.ask.question import Question, all_questions, find
from detente.faces.ask.renamed import moved, new_name
from detente.faces.charts.gallery import charts
from detente.faces.formats import shortened
from detente.faces.web import html
from detente.faces.web.answers import as_file as sent_file
from detente.faces.web.answers import matches, reply, responses, unchanged, whole
from detente.faces.web.html import page, picture, reads_only
from detente.faces.web.problems import Problem, wants_page
from detente.faces.web.work.questions import LONGEST, PENDING, Pending, Questions, answer_to, awaited
from detente.faces.web.work.questions import answered as waited
from detente.faces.web.work.uploads import MEDIA as MEDIA_SENT
from detente.faces.web.work.uploads import check_no_file, given_by

#: Questions whose page is made by hand.
BESPOKE = ("deal",)

#: Parameters that every question has beside its own; the last those that take long alone.
SHOWING = ("table", "chart", "limit", "offset", "wait")

#: Kinds of arguments that are days.
DAYS = ("day", "first", "last", "moment")

#: Seconds for which a call waits for an answer that is worked out, where it says nothing.
PATIENCE = 20

#: Rows of a table that are answered where nobody says how many, and at most.
LIMIT, MOST = 1_000, 10_000

#: Places of the site, by group, or by the first word of a question.
PLACES = {"Tariffs": "Law", "Your goods": "Law", "Deals": "Deal", "World": "World", "Record": "Claims",
          "chain": "Materials", "talks": "Talks"}  # fmt: skip


#: What an answer looks like.
EXAMPLE = {
    "question": "reconcile", "arguments": {"number": "17.8", "on": "2025-05-12"}, "headline": "17.8% is how it counts.",
    "number": None, "tables": {"bridge": {
        "title": "Steps", "columns": [{"name": "moves", "unit": "share difference", "means": "what the step moves"}],
        "rows": [{"moves": 0.024}], "total": 1, "notes": [], "next": None,
    }}, "charts": ["bridge"], "warnings": [], "read_to": "2026-10-07", "branches": [], "key": "0123456789ab",
    "version": "0.2.0",
}  # fmt: skip


def path_of(question: Question) -> str:
    """The address of a question: its words with a slash between."""
    return f"/{question.name.replace(' ', '/')}"


def answered(question: Question, given: Mapping[str, Any]) -> Answer:
    """The answer to a question; kept while the day lasts that is meant where none is named, but for a file."""
    if question.file and not given.get(question.file):
        line = f"curl --data-binary @mine.csv -H 'content-type: text/csv' HOST/api/v1{path_of(question)}"
        typed = f", or type {question.file}={question.typed}" if question.typed else ""
        raise InputError(Parameter(question.file), "is missing", f"send it as the body: {line}{typed}")
    if question.file and isinstance(given[question.file], SentFile):
        return question.ask(given)
    return _answered(question.name, json.dumps(given, sort_keys=True), date.today())


@memoized
def _answered(name: str, given: str, today: date) -> Answer:
    del today  # of the key alone
    return find(name).ask(json.loads(given))


def asked_of(question: Question, request: Request, body: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an address asks, and how it is to be shown.

    Raises
    ------
    InputError, UnknownName : a parameter that nothing takes, or that is given twice and counts once.
    """
    pairs = request.query_params.multi_items()
    given: dict[str, Any] = dict(body or getattr(request.state, "sent", None) or {})
    for name in dict.fromkeys(name for name, _ in pairs):
        values = [text for other, text in pairs if other == name]
        many = name == "table" or (name in question.parameters and question.is_repeated(name))
        if len(values) > 1 and not many:
            raise InputError(Parameter(name[:60]), f"is given {len(values)} times", "give it once")
        given[name] = values if many else values[0]
    showing = SHOWING if question.long else SHOWING[:-1]
    shown = {name: given.pop(name) for name in showing if name in given and name not in question.parameters}
    issues = question.choices_of("levels") if "levels" in question.parameters else ()
    if moved := [f"{name}={given.pop(name)}" for name in issues if name in given]:  # issues stand by their names
        given["levels"] = [*several(given.get("levels", ()), "levels"), *moved]
    for name in given:
        if name not in question.parameters:
            now = new_name(question.name, question.parameters, name)
            known = () if now else (*question.parameters, *showing)
            raise UnknownName("parameter", name[:200], known, repair=f"use '{now}'" if now else "")
    if "scenario" in question.parameters and "scenario" in given:
        given["scenario"] = _of_runs(request, given["scenario"])
    check_no_file(question, given)
    return given, shown


KEY = re.compile(r"[0-9a-f]{12}")


def _of_runs(request: Request, given: Any) -> Any:
    """A scenario, or several; that of a saved run where its key is given."""
    if isinstance(given, list):
        return [_of_runs(request, each) for each in given]
    run = request.app.state.store.run(given) if isinstance(given, str) and KEY.fullmatch(given) else None
    return given if run is None else run["scenario"]


def operation(question: Question) -> Any:
    """The operation of a question."""

    async def answer(request: Request) -> Response:
        led = _renewed(question, request) if "form" in request.path_params else None
        if led is not None:  # a feed that somebody subscribed to
            return led
        given, shown = asked_of(question, request, await _body(question, request))
        if not question.long:
            return await run_in_threadpool(lambda: _reply(question, request, given, shown, answered(question, given)))
        wait = whole(shown, "wait", PATIENCE, 0, LONGEST)
        return await waited(
            request, lambda: kept(question, given, _named(shown), request.app.state.questions),
            lambda answer: _reply(question, request, given, shown, answer), wait,
        )  # fmt: skip

    return answer


async def _body(question: Question, request: Request) -> Any:
    if request.method != "POST":
        return None
    return given_by(question, await request.body(), request.headers.get("content-type", ""))


def _renewed(question: Question, request: Request) -> Response | None:
    """An address whose parameters have other names now, with those; None where none has."""
    strange = [name for name in request.query_params if name not in question.parameters]
    old = {name: now for name in strange if (now := new_name(question.name, question.parameters, name))}
    old = {name: now for name, now in old.items() if now in question.parameters}
    if not old:
        return None
    pairs = [(old.get(name, name), text) for name, text in request.query_params.multi_items()]
    return RedirectResponse(f"{request.url.path}?{QueryParams(pairs)}", 308)


def kept(question: Question, given: Mapping[str, Any], named: Sequence[str], questions: Questions) -> Answer | Pending:
    """The answer to a long question with the tables that are named, or the job that works it out."""
    answer = questions.ask(answer_to(question, given))
    late = () if isinstance(answer, Pending) else [name for name in named if name in answer.more]
    return questions.ask(answer_to(question, given, late)) if late else answer


def _reply(
    question: Question, request: Request, given: Mapping[str, Any], shown: Mapping[str, Any], answer: Answer
) -> Response:
    form = request.path_params.get("form", "")
    limit, offset = _rows(shown)
    tables = _named(shown)
    if form and form != "json":
        home = f"{str(request.base_url).rstrip('/')}{path_of(question)}?{request.url.query}"
        file = _file(question, answer, form, tables, shown, _headers(question, answer, given), home)
        return unchanged(file.headers["etag"]) if matches(request, file.headers["etag"]) else file
    content = answer.to_dict(tables, limit, offset)
    for name, table in content["tables"].items():
        ahead = offset + limit
        more = request.url.include_query_params(table=name, offset=ahead, limit=limit)
        table["next"] = f"{more.path}?{more.query}" if ahead < table["total"] else None
    tag = f'"{answer.key}-{"-".join(map(str, (*tables, limit, offset)))}"'
    return reply(request, content, tag=tag, headers=_headers(question, answer, given))


def _headers(question: Question, answer: Answer, given: Mapping[str, Any]) -> dict[str, str]:
    """How long an answer holds, which is for good where its day is named, and how far its law was read."""
    days = [name for name in given if name in answer.arguments and question.arguments[name].kind in DAYS]
    named = any(str(answer.arguments[name])[:4].isdigit() for name in days)
    read = {} if answer.read_to is None else {"x-law-read-to": answer.read_to.isoformat()}
    return {"cache-control": "max-age=86400" if named else "no-cache"} | read


def _rows(shown: Mapping[str, Any]) -> tuple[int, int]:
    return whole(shown, "limit", LIMIT, 1, MOST), whole(shown, "offset")


def _named(shown: Mapping[str, Any]) -> tuple[str, ...]:
    named = shown.get("table", ())
    return tuple(part for text in ([named] if isinstance(named, str) else named) for part in text.split(",") if part)


def _file(
    question: Question, answer: Answer, form: str, tables: Sequence[str], shown: Mapping[str, Any],
    more: dict[str, str], home: str = "",
) -> Response:  # fmt: skip
    if form not in (*forms(), *answer.endings):
        known = ", ".join((*forms(), *answer.endings))
        raise Problem(404, f"an answer has no format '{form[:12]}'; there are {known}")
    body = as_file(answer, form, tables, str(shown.get("chart", "")), home)
    name, at_once = f"{question.name.replace(' ', '-')}-{answer.key}", form in (*PICTURES, *answer.feeds)
    return sent_file(body, name, form, f'"{answer.key}-{form}"', inline=at_once, **more)


def parameters(question: Question) -> list[dict[str, Any]]:
    """What a question takes, as the description of the interface says it."""
    rows = []
    for name, about in question.arguments.items():
        shape = question.shape(name)
        words = shape.pop("description")
        if shape["type"] == "object":
            shape = {"type": "array", "items": {"type": "string"}}
        row = {"name": name, "in": "query", "required": question.is_required(name), "description": words,
               "schema": shape}  # fmt: skip
        rows.append(row | ({"example": about.example} if about.example else {}))
    whole = {"type": "integer"}
    rows += [
        {"name": "table", "in": "query", "description": "Tables to answer; all by default.",
         "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "chart", "in": "query", "description": "Chart to draw, of a file named .png or .svg.",
         "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "description": "Rows of a table at most.", "schema": {
            **whole, "minimum": 1, "maximum": MOST, "default": LIMIT}},
        {"name": "offset", "in": "query", "description": "Rows left out first.", "schema": {
            **whole, "minimum": 0, "default": 0}},
        {"name": "wait", "in": "query", "description": "Seconds to wait before a job is answered in its place.",
         "schema": {**whole, "minimum": 0, "maximum": LONGEST, "default": PATIENCE}},
    ]  # fmt: skip
    return rows if question.long else rows[:-1]


def page_of(question: Question) -> Any:
    """The page of a question: a form, the answer, its tables and charts."""

    def shown(request: Request) -> Response:
        faults: list[str] = []
        tables: dict[str, Table] = {}
        given, pending = dict(request.query_params), None
        answer: Answer | None = None
        led = _renewed(question, request)
        if led is not None:  # links of earlier versions lead on
            return led
        try:
            if hasattr(request.state, "fault"):
                raise request.state.fault
            given, how = asked_of(question, request)
            needed = any(question.is_required(name) for name in question.parameters)
            if (given or not needed) and (not question.file or given.get(question.file)):
                named = _named(how)
                made = kept(question, given, named, request.app.state.questions) if question.long else None
                pending = made if isinstance(made, Pending) else None
                answer = None if isinstance(made, Pending) else made or answered(question, given)
                if answer is not None:
                    tables = {**answer.tables, **{name: answer.table(name) for name in named}}
        except DetenteError as error:
            if not wants_page(request.headers.get("accept", "")):
                raise
            faults = [str(fault) for fault in each_fault(error)]
        query = "" if request.method == "POST" else request.url.query[:8000]
        return shown_answer(question, request, given, answer, tables, query, faults, pending)

    return shown


def shown_answer(
    question: Question, request: Request, given: Mapping[str, Any], answer: Answer | None,
    tables: Mapping[str, Table], query: str, faults: Sequence[str] = (), pending: Pending | None = None,
) -> Response:  # fmt: skip
    """A page with the form of a question, and its answer where there is one.

    Parameters
    ----------
    given : what stands in the form. tables : those that are shown. query : address of the same, behind its path.
    """
    cell: dict[str, bytes] = {}
    if answer is not None and not faults and request.method == "GET":
        cell = _cell(request.url.path, query, answer.key, tuple(tables), reads_only(request), date.today())
    if "page" in cell:
        return HTMLResponse(cell["page"], headers={"cache-control": "no-cache"})
    drawn = [] if answer is None else charts(answer.tables, answer.charts, between=answer.between)
    made = page(
        "question.html.j2", request, place=_place(question), title=question.title.rstrip("."),
        status=422 if faults else 200, question=question, path=path_of(question), given=given, faults=faults,
        fields=_fields(question, given), answer=answer, warnings=() if answer is None else warnings_of(answer),
        figures=[picture(chart) for chart in drawn],
        grids=[] if answer is None else [_grid(table, answer) for table in tables.values()],
        query=query, sent=request.method == "POST", forms=[form for form in forms() if form not in PICTURES],
        more=[] if answer is None else [name for name in answer.more if name not in tables],
        framed=request.url.path.startswith("/embed/"), pending=awaited(pending, "The answer is being worked out"),
        again=f"{path_of(question)}?{query}", command=_command(question, given),
    )  # fmt: skip
    cell["page"] = bytes(made.body)
    return made


@memoized
def _cell(*words: object) -> dict[str, bytes]:
    """Where the page of an answer is kept once it is made, until the day or the data are others."""
    del words
    return {}


def _place(question: Question) -> str:
    return PLACES.get(question.name.split()[0], PLACES.get(question.group, ""))


def _grid(table: Table, answer: Answer) -> Any:
    """A table of a page: whole, or of a long one the first rows; its tariff codes lead to their rates.

    What the page says above its tables is not said again beneath one.
    """
    made, above = html.whole(shortened(table)) if len(table) <= LIMIT else html.shown(table), warnings_of(answer)
    made = replace(made, notes=tuple(note for note in made.notes if note.rstrip(".") not in " ".join(above)))
    place = next((i for i, head in enumerate(made.heads) if head in CODES), None)
    if place is None:
        return made
    known = {name: several(answer.arguments.get(name) or (), name) for name in ("partner", "of")}
    beside = {name: values[0] for name, values in known.items() if len(values) == 1}
    beside |= {"on": str(answer.arguments["on"])} if answer.arguments.get("on") else {}
    partners = table["partner"].tolist() if "partner" in table.data else [None] * len(made.rows)
    rows = []
    for row, partner in zip(made.rows, partners, strict=False):
        words = {"line": row[place], **beside} | ({"partner": str(partner)} if partner else {})
        link = Markup('<a href="/rate?{}">{}</a>').format(str(QueryParams(words)), row[place])
        rows.append((*row[:place], link if LINE.fullmatch(row[place]) else row[place], *row[place + 1 :]))
    return replace(made, rows=tuple(rows))


#: Columns that hold tariff codes, and what one looks like.
CODES, LINE = ("line", "code"), re.compile(r"\d{4}[\d.]*")


#: Types of fields by the kind of their argument; others are texts.
TYPES = {"day": "date", "first": "date", "last": "date", "file": "file"}


def sent_page(question: Question) -> Any:
    """The page of a question about a file, which a form sends; what was typed in its place leads to an address."""
    shown = page_of(question)

    async def page(request: Request) -> Response:
        given: dict[str, Any] = {}
        try:
            given = await _body(question, request)
        except DetenteError as error:
            request.state.fault = error
        if isinstance(given.get(question.file), str):
            return RedirectResponse(f"{path_of(question)}?{QueryParams(list(given.items()))}", 303)
        request.state.sent = given
        return await run_in_threadpool(shown, request)

    return page


def _command(question: Question, given: Mapping[str, Any]) -> str:
    """The command line that asks the same: subjects by their place, all else by name."""
    words = ["detente", *question.name.split()]
    for name in question.parameters:
        value = given.get(name)
        values = [shlex.quote(str(each)) for each in (value if isinstance(value, list | tuple) else (value,)) if each]
        words += values if name in question.subjects else [f"--{name.replace('_', '-')} {each}" for each in values]
    line = " ".join(words)
    return line if len(line) < LONGEST_LINE else f"detente {question.name} --help"


#: Letters of a command line that a page shows.
LONGEST_LINE = 200


def _fields(question: Question, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Fields of the form: what is asked, its value, and what it may be."""
    rows = []
    for name, about in question.arguments.items():
        if about.kind == "path":
            continue  # the server reads none
        value = given.get(name, "")
        default = question.parameters[name].default
        own = str(default) if isinstance(default, str | int | float | date) and default else ""
        standard = own or (f"as {about.example}" if about.example else "")
        rows.append({
            "name": name, "label": about.served or about.meaning,
            "value": ",".join(value) if isinstance(value, list) else value,
            "choices": _choices(question, name), "default": own,
            "type": TYPES.get(about.kind, "text"), "standard": standard,
            "required": question.is_required(name), "expert": about.expert,
            "typed": question.typed if about.kind == "file" else "",
        })  # fmt: skip
    return rows


def _choices(question: Question, name: str) -> tuple[str, ...]:
    """What a field lists."""
    kind = question.arguments[name].kind
    return ("yes", "no") if kind == "flag" else () if kind in ("mapping", "country") else question.choices_of(name)


def chart_frame(question: Question) -> Any:
    """A chart of a question alone, for a frame of another page."""
    shown = page_of(question)

    def framed(request: Request) -> Response:
        from detente.faces.python.plots import named

        name = request.query_params.get("chart", "")
        if not name:
            return shown(request)
        given, _ = asked_of(question, request)
        answer = kept(question, given, (), request.app.state.questions) if question.long else answered(question, given)
        if isinstance(answer, Pending):
            return shown(request)
        drawn = named(answer.tables, name, answer.between)
        if not drawn:
            raise UnknownName("chart", name[:40], answer.charts, Parameter("chart"), f"use {', '.join(answer.charts)}")
        home = f"{path_of(question)}?{request.url.query}"[:8000]
        card = f"{path_of(question)}.card.png?{request.url.query}"[:8000]
        return page("chart.html.j2", request, title=drawn[0].title, figure=picture(drawn[0]), home=home, card=card)

    return framed


def question_routers() -> tuple[APIRouter, APIRouter]:
    """Operations and pages of all questions."""
    interface, pages = APIRouter(prefix="/api/v1"), APIRouter(include_in_schema=False)
    for question in all_questions():
        path, name = path_of(question), question.name.replace(" ", "_")
        extra = {"parameters": parameters(question), "x-question": question.name}
        # What is a mapping may come as one, in a body.
        posts = {"requestBody": {"content": _contents(question)}}
        about = {"summary": question.title.rstrip("."), "description": question.about, "tags": [question.group],
                 "responses": responses(EXAMPLE, shape="Answer") | (PENDING if question.long else {})}  # fmt: skip
        work = operation(question)
        interface.add_api_route(path, work, methods=["GET"], openapi_extra=extra, operation_id=name, **about)
        own = extra | posts | {"parameters": extra["parameters"][len(question.parameters) :]}
        interface.add_api_route(path, work, methods=["POST"], openapi_extra=own, operation_id=f"post_{name}", **about)
        interface.add_api_route(f"{path}.{{form}}", work, methods=["GET"], include_in_schema=False, openapi_extra=extra)
        if question.name not in BESPOKE:
            pages.add_api_route(path, page_of(question), methods=["GET"], openapi_extra=extra)
            pages.add_api_route(f"/embed{path}", chart_frame(question), methods=["GET"], openapi_extra=extra)
        pages.add_api_route(f"{path}.{{form}}", work, methods=["GET"], openapi_extra=extra)
        if question.file:
            pages.add_api_route(path, sent_page(question), methods=["POST"], openapi_extra=extra)
            pages.add_api_route(f"{path}.{{form}}", work, methods=["POST"], openapi_extra=extra)
    for old in moved():
        router, path = (interface, old.removeprefix("/api/v1")) if old.startswith("/api/v1/") else (pages, old)
        methods = ["GET", "POST"] if router is interface else ["GET"]
        router.add_api_route(
            path, _led_on, methods=methods, openapi_extra={"x-question": ""}, include_in_schema=False
        )  # fmt: skip
    return interface, pages


def _contents(question: Question) -> dict[str, Any]:
    """What the body of a question may be: its arguments, or its file."""
    file = {"schema": {"type": "string", "format": "binary"}}
    kinds: dict[str, Any] = {kind: file for kind in MEDIA_SENT if question.file}
    if question.file:
        kinds["text/csv"] = {"schema": {"type": "string"}, "example": question.sample}
    return {"application/json": {"schema": question.schema()}, **kinds}


def _led_on(request: Request) -> Response:
    """An address of an earlier version leads to that of now, with its parameters renamed."""
    route = request.scope["route"].path
    now, names, more, given = moved()[route]
    now = next((there for name, there in given.items() if request.query_params.get(name)), now)
    within = {name: re.sub(r"[^\w.-]", "", text) for name, text in request.path_params.items() if f"{{{name}}}" in now}
    beside = [(name, text) for name, text in request.path_params.items() if name not in within]
    now = now.format(**within)
    words = [*beside, *request.query_params.multi_items()]
    words = [(name, text) for name, text in words if names.get(name, name) and (text or name not in given)]
    # A value may be called otherwise too.
    pairs = [(text, names.get(f"{name}={text}", names.get(name, name)).partition("=")) for name, text in words]
    kept = [(new, value if equals else text) for text, (new, equals, value) in pairs]
    if request.method == "POST":  # what it holds has other names now
        raise Problem(410, f"this address has moved; post to {now}, which /openapi.json describes")
    query = str(QueryParams([*(pair for pair in more.items() if pair[0] not in dict(kept)), *kept]))
    headers = {"deprecation": "true"} if route.startswith("/api/") else {}
    return RedirectResponse(f"{now}?{query}" if query else now, 308, headers)
