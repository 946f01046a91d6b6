"""`/api/v1/micro`: rows of trade by month, line and partner, grouped, and what a law owes on them."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente.data.entryfile import SentFile
from detente.faces.web.answers import PROBLEM, TABLE_EXAMPLE, Limit, Offset, Side, reply, responses, table_content
from detente.faces.web.api.entries import ReadingWord, Void
from detente.faces.web.work.sent_entries import name_of
from detente.faces.web.work.sent_micro import MEDIA, NAME, MicroWords, answered

router = APIRouter(prefix="/micro", tags=["micro"])
Ask = Annotated[
    str,
    Query(
        max_length=10,
        description="Question: weights, daily, gap or refunds.",
        examples=["weights"],
        json_schema_extra={"enum": ["weights", "daily", "gap", "refunds"]},
    ),
]
By = Annotated[
    str,
    Query(
        max_length=60,
        description="Groupings of weights and gaps, comma between: partner, chapter, hs4, line, sector. "
        "Of a daily series: authority or measure.",
        examples=["partner"],
    ),
]
Weights = Annotated[
    str,
    Query(
        max_length=20, description="Of a daily series: own month, 12 months up to it, or FIRST..LAST.", examples=["own"]
    ),
]
First = Annotated[
    str, Query(alias="from", max_length=7, description="First month, as 2025-04; all by default.", examples=["2025-04"])
]
Last = Annotated[str, Query(alias="to", max_length=7, description="Last month; all by default.", examples=["2025-04"])]
Bad = Annotated[float, Query(ge=0, le=1, description="Share of the rows that may be unusable.", examples=[0.01])]
SMALL = "month,line,partner,programme,value,duty\n2025-04,8507600020,China,,900000,800000\n"
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string"}} | ({"example": SMALL} if kind == "text/csv" else {}) for kind in MEDIA
        },
    }
}
EXAMPLE = {"rows": 1, "unusable": 0, "months": ["2025-04"], "tables": [TABLE_EXAMPLE]}


@router.post(
    "", summary="What a law owes on microdata", openapi_extra=BODY,
    responses=responses(EXAMPLE, 415, shape="Microdata") | {413: PROBLEM},
)  # fmt: skip
async def micro(
    request: Request, ask: Ask = "weights", by: By = "", void: Void = "", of: Side = "USA",
    reading: ReadingWord = "effective", weights: Weights = "own", first: First = "", last: Last = "",
    bad: Bad = 0.01, limit: Limit = 50, offset: Offset = 0,
) -> Response:  # fmt: skip
    """Weights, daily averages, duty owed beside collected, or refunds at stake, of rows by month; nothing is kept."""
    body = await request.body()
    media = request.headers.get("content-type", "")
    words = MicroWords(ask, by, void, of, reading, weights, first, last, bad)
    return await run_in_threadpool(_answer, request, body, media, words, slice(offset, offset + limit))


def _answer(request: Request, body: bytes, media: str, words: MicroWords, part: slice) -> Response:
    answer = answered(SentFile(name_of(media, NAME, MEDIA), body), words)
    content: dict[str, Any] = {"rows": answer.rows, "unusable": sum(answer.faults.count.values())}
    content["months"] = list(answer.months)
    content["tables"] = [
        table_content(table.take(np.arange(len(table))[part])) | {"total": len(table)}
        for table in answer.tables.values()
    ]
    return reply(request, content)
