"""`/api/v1/law`: a product and partner on a date, its ladder, over time; search."""

from __future__ import annotations

from datetime import date
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
    membership,
    of_union,
    page,
    reply,
    responses,
    side_of,
    table_content,
    table_responses,
    usual_partner,
)
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
