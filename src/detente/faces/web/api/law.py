"""`/api/v1/law`: a product and partner on a date, its ladder, over time; search, measures, diff and changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from detente.codes.days import BASE_DAY
from detente.faces.web.answers import (
    SINCE,
    TABLE_EXAMPLE,
    Day,
    From,
    Limit,
    Offset,
    Side,
    To,
    day_of,
    etag_of,
    matches,
    membership,
    of_union,
    page,
    reply,
    responses,
    side_of,
    table_content,
    table_responses,
    unchanged,
    usual_partner,
)
from detente.faces.web.beneath import base_of
from detente.faces.web.feeds import MEDIA, atom
from detente.faces.web.known import one_of

router = APIRouter(prefix="/law", tags=["law"])
Code = Annotated[str, Path(max_length=20, description="Tariff code, 4 to 10 digits.", examples=["8507.60.00.10"])]
Partner = Annotated[
    str,
    Query(
        max_length=60,
        description="Country of origin; by name as well. China if left out, for other importers the United States.",
        examples=["CHN"],
        json_schema_extra=one_of("nations"),
    ),
]
Claim = Annotated[
    str,
    Query(
        max_length=40,
        description="Preference programme claimed.",
        examples=[""],
        json_schema_extra=one_of("programmes"),
    ),
]
Reading = Annotated[
    str,
    Query(max_length=20, description="Reading of time.", examples=["effective"], json_schema_extra=one_of("readings")),
]
LADDER = {
    "line": "8507.60.00.10", "partner": "CHN", "date": "2025-05-14", "total": 0.409, "base": 0.034,
    "terms": [{"measure": "fent_chn", "rate": 0.2, "share": 1.0, "points": 0.2, "citation": "90 FR 11463"}],
}  # fmt: skip


def _answer(line: str, partner: str, on: date, claim: str, reading: str, of: str) -> Any:
    from detente.codes import UnknownName
    from detente.lab.statute.lookup import look_up
    from detente.law import Reading as Read

    known = [reading.value for reading in Read]
    if reading not in known:
        raise UnknownName("reading", reading, known, "reading", f"use {', '.join(known)}")
    return look_up(line, partner, on, claim=claim, reading=Read(reading), of=of)


def ladder_of(answer: Any, of: str) -> dict[str, Any]:
    """A ladder as plain values, with the names of goods and country."""
    from detente.data.importers import importer
    from detente.data.tables import partner_name
    from detente.faces.ladder import as_json, explained

    where = importer(of)
    text = where.description(where.lines.index(answer.main.line))
    country = partner_name(answer.partner)
    content = as_json(answer)
    return {**content, "of": of, "country": country, "description": text, "words": explained(answer, country, text)}


@router.get(
    "/search", summary="Search lines and measures", responses=responses({"tables": [TABLE_EXAMPLE]}, shape="Found")
)
def search(
    request: Request,
    words: Annotated[str, Query(min_length=1, max_length=200, description="Words or a code.", examples=["lithium"])],
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Tariff lines and measures whose texts hold every word, or lines under a code."""
    from detente.codes import InputError
    from detente.data.importers import importer
    from detente.lab.statute.search import lines_of_code
    from detente.lab.statute.search import search as law_search

    where = importer(side_of(of))
    try:
        tables = lines_of_code(where, words) or law_search(where, where.law, words)
    except InputError as error:
        if "nothing holds" not in error.what:
            raise
        tables = []
    content = []
    for table in tables:
        rows = table.take(range_of(len(table), limit, offset))
        content.append({**table_content(rows), "total": len(table), "limit": limit, "offset": offset})
    return reply(request, {"words": words, "of": side_of(of), "tables": content})


def range_of(size: int, limit: int, offset: int) -> Any:
    """Positions of one page."""
    import numpy as np

    return np.arange(min(offset, size), min(offset + limit, size))


@router.get("/line/{code}", summary="The duty on a good", responses=responses(LADDER, shape="Ladder"))
def line(
    request: Request,
    code: Code,
    partner: Partner = "",
    on: Day = "",
    claim: Claim = "",
    reading: Reading = "effective",
    of: Side = "USA",
) -> Response:
    """The ladder of duties on a code from a partner on a day, each rung with its citation and what it displaced."""
    side = side_of(of)
    answer = _answer(code, usual_partner(side, partner), day_of(on, "on"), claim, reading, side)
    return reply(request, {**ladder_of(answer, side), "member_of": membership(of, side) or None})


@router.get("/line/{code}/history", summary="The duty over time", responses=table_responses("line_history"))
def over_time(
    request: Request,
    code: Code,
    partner: Partner = "",
    first: From = SINCE,
    last: To = "",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """The duty on a code from a partner between two days: a row for every level, with the acts that brought it."""
    from detente.lab.statute.line_history import line_history

    begin, end, side = day_of(first, "from", BASE_DAY), day_of(last, "to"), side_of(of)
    table = line_history(code, usual_partner(side, partner), first=begin, last=end, of=side)
    return page(request, of_union(table, of, side), limit, offset)


@router.get("/measures", summary="Measures of a law", responses=table_responses("measures"))
def measures(
    request: Request,
    on: Day = "",
    status: Annotated[
        str,
        Query(max_length=20, description="Status of measures.", examples=[""], json_schema_extra=one_of("statuses")),
    ] = "",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Every measure with its status, days and rate; on a day, those in force on it."""
    from detente.data.importers import importer
    from detente.lab.statute.book import measures_table

    side = side_of(of)
    table = measures_table(importer(side).law, day_of(on, "on") if on else None, status)
    return page(request, of_union(table, of, side), limit, offset)


@router.get("/importers", summary="Importers on record", responses=table_responses("importers"))
def importers(request: Request, limit: Limit = 100, offset: Offset = 0) -> Response:
    """Every importer on record: level, lines, vintage, measures, how far it was read, and what is not covered."""
    from detente.lab.statute.importers import importers_table

    return page(request, importers_table(), limit, offset)


@router.get(
    "/measures/{name}",
    summary="One measure",
    responses=responses({"tables": [TABLE_EXAMPLE]}, 404, shape="MeasureTables"),
)
def measure(
    request: Request,
    name: Annotated[
        str,
        Path(
            max_length=80, description="Id of the measure.", examples=["fent_chn"], json_schema_extra=one_of("measures")
        ),
    ],
    of: Side = "USA",
) -> Response:
    """One measure: its text, its periods, its goods and the stacking rules that name it."""
    from detente.data.importers import importer
    from detente.lab.statute.book import show

    tables = show(importer(side_of(of)).law, name)
    return reply(request, {"name": name, "tables": [table_content(table) for table in tables]})


def changes_of(of: str, first: str, last: str) -> Any:
    """Changes of a law between two days; the last year up to today where nothing is said."""
    from detente.data.importers import importer
    from detente.lab.statute.book import changes_table

    end = day_of(last, "to")
    begin = day_of(first, "from", end - timedelta(days=365) if end > date(2, 1, 1) else end)
    side = side_of(of)
    return of_union(changes_table(importer(side).law, begin, end), of, side)


@router.get("/changes", summary="Changes of a law", responses=table_responses("changes"))
def changes(
    request: Request, first: From = SINCE, last: To = "", of: Side = "USA", limit: Limit = 50, offset: Offset = 0
) -> Response:
    """What began, changed and ended between two days."""
    return page(request, changes_of(of, first, last), limit, offset)


ATOM = responses({}, status=200) | {
    200: {"description": "A feed.", "content": {MEDIA: {"schema": {"type": "string"}}}}
}  # fmt: skip


@router.get("/changes.atom", summary="Changes of a law as a feed", responses=ATOM, response_class=Response)
def feed(request: Request, first: From = SINCE, last: To = "", of: Side = "USA") -> Response:
    """The same as an Atom feed, newest first."""
    table = changes_of(of, first, last)
    body = atom(table, table.title, base_of(request), "/law/changes")
    tag = etag_of(body)
    return unchanged(tag) if matches(request, tag) else Response(body, headers={"etag": tag}, media_type=MEDIA)


@router.get("/diff", summary="Two dates of a law", responses=table_responses("diff"))
def diff(
    request: Request,
    before: Day = "",
    after: Day = "",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Measures that differ between two days: what held then, what holds now; around the last act on record else."""
    from detente.data.importers import importer
    from detente.lab.statute.book import diff_table
    from detente.lab.statute.line_history import last_act

    side = side_of(of)
    second = day_of(after, "after", last_act(side, date.today()))
    first = day_of(before, "before", second - timedelta(days=1))
    return page(request, of_union(diff_table(importer(side).law, first, second), of, side), limit, offset)
