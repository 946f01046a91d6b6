"""`/api/v1/entries`: what the rows of a file owe, in dollars and in the order of filing."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente.faces.web.answers import (
    PROBLEM,
    SINCE,
    TABLE_EXAMPLE,
    Limit,
    Offset,
    Side,
    reply,
    responses,
    table_content,
)
from detente.faces.web.work.sent_entries import MEDIA, MOST_ROWS

router = APIRouter(prefix="/entries", tags=["entries"])
Void = Annotated[
    str,
    Query(
        max_length=400,
        description="Measures without which refunds are counted: ids, authority:ID or basis:IEEPA, comma between.",
        examples=["basis:IEEPA"],
    ),
]
ReadingWord = Annotated[
    str,
    Query(max_length=10, description="Reading of time: effective, published or ruled.", examples=["effective"]),
]
CSV = f"line,partner,date,value\n8507.60.00.10,China,{SINCE},1000\n"
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string"}} | ({"example": CSV} if kind == "text/csv" else {}) for kind in MEDIA
        },
    }
}
DOLLARS = {"value": 1000.0, "duty": 284.0, "processing_fee": 32.71, "harbor_fee": 0.0, "total": 316.71}
EXAMPLE = {"rows": 1, "not_rated": 0, "entries": 1, "dollars": DOLLARS, "tables": [TABLE_EXAMPLE]}
COUNTS = ("rows", "not_rated", "entries")
BRIEF = ("entry_summary", "entry_sums", "entry_answers", "entry_reasons")
"""Tables of every answer, beside pages of the rows, their headings and the entries."""

LONG = ("entry_rows", "entry_filing", "entry_totals")


@router.post(
    "", summary="What entries owe", openapi_extra=BODY,
    responses=responses(EXAMPLE, 415, shape="RatedEntries") | {413: PROBLEM},
)  # fmt: skip
async def entries(
    request: Request, void: Void = "", of: Side = "USA", reading: ReadingWord = "effective", limit: Limit = 50,
    offset: Offset = 0,
) -> Response:  # fmt: skip
    """Dollars by heading in the order of filing, fees, open questions and refunds of a file; nothing is kept."""
    from starlette.concurrency import run_in_threadpool

    body = await request.body()
    media = request.headers.get("content-type", "")
    return await run_in_threadpool(_rated, request, body, media, (of, void, reading), slice(offset, offset + limit))


def _rated(request: Request, body: bytes, media: str, words: tuple[str, str, str], part: slice) -> Response:
    from detente.faces.web.work.sent_entries import name_of, order_of, rated_sent
    from detente.lab.entries.tables import entry_table

    answer = rated_sent(body, name_of(media), order_of(*words))
    tables = [entry_table(answer, name) for name in (*BRIEF, *LONG)]
    content: dict[str, Any] = {name: int(answer.sums[name]) for name in COUNTS}
    content["dollars"] = {name: value for name, value in answer.sums.items() if name not in COUNTS}
    content["tables"] = [
        table_content(table.take(np.arange(len(table))[part]) if table.name in LONG else table) for table in tables
    ]
    return reply(request, content)


__all__ = ["MOST_ROWS", "router"]
