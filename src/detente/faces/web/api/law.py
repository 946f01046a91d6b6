"""`/api/v1/law`: a product and partner on a date, its ladder, over time; search, measures, diff and changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

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
    of_union,
    page,
    reply,
    responses,
    side_of,
    table_content,
    table_responses,
    unchanged,
)
from detente.faces.web.beneath import base_of
from detente.faces.web.feeds import MEDIA, atom
from detente.faces.web.known import one_of

router = APIRouter(prefix="/law", tags=["law"])


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
