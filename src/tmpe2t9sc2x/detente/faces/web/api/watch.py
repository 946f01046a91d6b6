"""`/api/v1/watch`: what changed for a list of lines and partners since a day, and what is known to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente.codes import InputError, Table, UnknownName
from detente.faces.watchfiles import FORMS, MEDIA, watch_file
from detente.faces.web.answers import (
    Day,
    Limit,
    Offset,
    Side,
    day_of,
    etag_of,
    matches,
    page,
    reply,
    responses,
    side_of,
    table_content,
    table_responses,
    unchanged,
)
from detente.faces.web.api.shapes import of as shape_of
from detente.faces.web.work.uploads import content_of

router = APIRouter(tags=["law"])
DAYS = 30
"""Days that are looked back over where none is named."""

MOST = 400
"""Rows of an address."""

MOST_SENT = 2_000
"""Rows of a list that is sent."""

EXAMPLE = "8507.60:China"
CSV = "text/csv"
Rows = Annotated[
    list[str],
    Query(max_length=MOST, description="line:partner, and :importer and :note where wanted.", examples=[[EXAMPLE]]),
]
Since = Annotated[
    str, Query(max_length=10, description="Day after which changes count; by default 30 days before.", examples=[""])
]
Form = Annotated[
    str, Path(max_length=8, description="rss, ics or jsonl.", examples=["rss"], json_schema_extra={"enum": list(FORMS)})
]
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": shape_of("WatchList"), "example": [{"line": "8507.60", "partner": "China"}],
            },
            CSV: {"schema": {"type": "string"}, "example": "line,partner\n8507.60,China\n"},
        },
    }
}  # fmt: skip


def watched(rows: Sequence[str], since: str, on: str, of: str) -> tuple[Table, date]:
    """The table of a watch whose rows are words of an address, and the day that counts as today."""
    from detente.lab.statute.watch.listed import listed, row_of

    today = day_of(on, "on")
    goods = listed([row_of(text[:400]) for text in rows or [EXAMPLE]], "list", side_of(of), today, first=1)
    return _table(goods, since, today), today


def _table(goods: Sequence[Any], since: str, today: date) -> Table:
    from detente.lab.statute.watch.changes import watch
    from detente.lab.statute.watch.tables import watch_table

    if today - date.min <= timedelta(days=DAYS):
        raise InputError("on", f"{today} is before any law", "give a day of this century")
    return watch_table(watch(goods, day_of(since, "since", today - timedelta(days=DAYS)), today))


@router.get("/watch", summary="Changes for lines and partners", responses=table_responses("watch"))
def watch_list(
    request: Request,
    row: Rows = [EXAMPLE],  # noqa: B006
    since: Since = "",
    on: Day = "",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """What changed for watched lines and partners since a day, and what is known to come, a row a change."""
    return page(request, watched(row, since, on, of)[0], limit, offset)


FEED = responses({}) | {
    200: {"description": "A file.", "content": {kind: {"schema": {"type": "string"}} for kind in MEDIA.values()}}
}  # fmt: skip


@router.get("/watch.{form}", summary="The same as a feed, a calendar or lines", responses=FEED, response_class=Response)
def watch_feed(
    request: Request,
    form: Form,
    row: Rows = [EXAMPLE],  # noqa: B006
    since: Since = "",
    on: Day = "",
    of: Side = "USA",
) -> Response:
    """The same as RSS, as a calendar (ICS), or as lines of JSON for a webhook."""
    if form not in FORMS:
        raise UnknownName("form", form, FORMS, "form", f"use {', '.join(FORMS)}")
    table, today = watched(row, since, on, of)
    home = f"{str(request.base_url).rstrip('/')}/watch?{request.url.query}"
    body = watch_file(table, form, today, home)
    tag = etag_of(body)
    return unchanged(tag) if matches(request, tag) else Response(body, headers={"etag": tag}, media_type=MEDIA[form])


@router.post(
    "/watch", summary="Changes for a whole list", openapi_extra=BODY,
    responses=responses(None, 415, shape="Table_watch"),
)  # fmt: skip
async def watch_whole(request: Request, since: Since = "", on: Day = "", of: Side = "USA") -> Response:
    """The same for a list that is sent, as JSON or CSV: line, partner, importer and note; nothing is kept."""
    body = await request.body()
    return await run_in_threadpool(_whole, request, body, since, on, of)


def _whole(request: Request, body: bytes, since: str, on: str, of: str) -> Response:
    from detente.lab.statute.watch.listed import listed, watched_of

    today, side = day_of(on, "on"), side_of(of)
    media = request.headers.get("content-type", "")
    if media.partition(";")[0].strip().lower() == CSV:
        goods = watched_of(body, "list", side, today)
    else:
        goods = listed(_rows(content_of(body, media)), "list", side, today, first=1)
    if len(goods) > MOST_SENT:
        raise InputError("list", f"has {len(goods):,} rows", f"send at most {MOST_SENT:,}, or use `detente watch`")
    table = _table(goods, since, today)
    return reply(request, {**table_content(table), "limit": len(table), "offset": 0})


def _rows(content: Any) -> list[Mapping[str, str]]:
    """Rows of a list in JSON: objects of texts."""
    rows = content if isinstance(content, list) else None
    if rows is None or any(not isinstance(row, dict) for row in rows):
        raise InputError("list", "is no list of rows", 'send [{"line": "8507.60", "partner": "China"}]')
    return [{name: str(row.get(name) or "")[:200] for name in ("line", "partner", "importer", "note")} for row in rows]
