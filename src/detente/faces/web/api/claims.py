"""`/api/v1/claims`: the ledger of claims with a verdict by rule, events of the timeline, and promises."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente.faces.web.answers import (
    PROBLEM,
    TABLE_EXAMPLE,
    Day,
    Limit,
    Offset,
    day_of,
    page,
    reply,
    responses,
    table_content,
    table_responses,
)
from detente.faces.web.known import one_of
from detente.faces.web.work.questions import DRAWS, PENDING, Wait, answered, claims_of

if TYPE_CHECKING:
    from detente.lab.result import Result

router = APIRouter(prefix="/claims", tags=["claims"])
Ledger = Annotated[
    str,
    Query(
        max_length=40, description="Ledger of the package.", examples=["may-2025"], json_schema_extra=one_of("ledgers")
    ),
]
Only = Annotated[
    str, Query(max_length=10, description="One claim, as C14.", examples=[""], json_schema_extra=one_of("claims"))
]


async def _shown(
    request: Request, name: str, as_of: str, ledger: str, only: str, limit: int, offset: int, wait: int
) -> Response:
    """A page of a table of the verdicts; of one claim where it is asked for."""

    day = day_of(as_of, "as_of")

    def show(result: Result) -> Response:
        from detente.lab.claims.check import chosen
        from detente.lab.claims.ledger import load_ledger

        table = result.table(name)
        if only:
            names = {
                statement.claim.claim_id + statement.part.part for statement in chosen(load_ledger(ledger), day, only)
            }
            table = table.take(np.asarray([str(row) in names for row in table["claim"]], dtype=bool))
        return page(request, table, limit, offset, tag=f'"{result.key}"')

    return await answered(request, lambda: claims_of(ledger, day, only), show, wait)


@router.get("", summary="Claims with verdicts", responses=table_responses("checks") | PENDING)
async def claims(
    request: Request,
    as_of: Day = "",
    ledger: Ledger = "may-2025",
    only: Only = "",
    limit: Limit = 50,
    offset: Offset = 0,
    wait: Wait = 0,
) -> Response:
    """Every claim with its verdict by rule and the definitions under which it holds."""
    return await _shown(request, "checks", as_of, ledger, only, limit, offset, wait)


@router.get("/readings", summary="Readings of a claim", responses=table_responses("readings") | PENDING)
async def readings(
    request: Request,
    as_of: Day = "",
    ledger: Ledger = "may-2025",
    only: Only = "",
    limit: Limit = 50,
    offset: Offset = 0,
    wait: Wait = 0,
) -> Response:
    """Every definition under which a claim was computed, with its value and range."""
    return await _shown(request, "readings", as_of, ledger, only, limit, offset, wait)


@router.get("/board", summary="A ledger at a glance", responses=table_responses("board") | PENDING)
async def board(
    request: Request,
    as_of: Day = "",
    ledger: Ledger = "2025-26",
    only: Only = "",
    limit: Limit = 50,
    offset: Offset = 0,
    wait: Wait = 0,
) -> Response:
    """Every claim with its source, our number beside it, and when and by what it was settled."""
    return await _shown(request, "board", as_of, ledger, only, limit, offset, wait)


EXAMPLE = [{
    "claim_id": "mine-1", "quote": "prices rise by 15 per cent", "said": "2025-05-09", "kind": "causal",
    "quantity": {"name": "price_effect", "comparator": "rose", "value": 15, "base": "2025-01-01"},
}]  # fmt: skip
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "array", "items": {"type": "object"}}, "example": EXAMPLE},
            "application/yaml": {"schema": {"type": "string"}, "example": "- {claim_id: mine-1, quote: words}\n"},
        },
    }
}


@router.post(
    "/check", summary="Check claims of one's own", openapi_extra=BODY,
    responses=responses({"checks": TABLE_EXAMPLE, "readings": TABLE_EXAMPLE, "refused": []}, 415, shape="ClaimsChecked")
    | {413: PROBLEM},
)  # fmt: skip
async def check_own(request: Request, as_of: Day = "") -> Response:
    """Verdicts on at most twenty claims, as files have them; `refused` names every mistake of the others."""
    from starlette.concurrency import run_in_threadpool

    body = await request.body()
    media = request.headers.get("content-type", "")
    return await run_in_threadpool(_checked, request, body, media, as_of)


def _checked(request: Request, body: bytes, media: str, as_of: str) -> Response:
    from detente.faces.web.work.uploads import content_of
    from detente.lab.claims.sent import judged_sent
    from detente.lab.claims.words import checks_table, readings_table

    checks, refused = judged_sent(content_of(body, media), day_of(as_of, "as_of"), DRAWS, date.today())
    tables = {table.name: table_content(table) for table in (checks_table(checks), readings_table(checks))}
    return reply(request, {**tables, "refused": [str(error) for error in refused]})
