"""`/api/v1/claims`: the ledger of claims with a verdict by rule, events of the timeline, and promises."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente.codes import UnknownName
from detente.faces.web.answers import (
    TABLE,
    TABLE_EXAMPLE,
    Day,
    Limit,
    Offset,
    day_of,
    page,
    reply,
    responses,
    table_content,
)

if TYPE_CHECKING:
    from datetime import date

router = APIRouter(prefix="/claims", tags=["claims"])
Ledger = Annotated[str, Query(max_length=40, description="Ledger of the package.", examples=["may-2025"])]
Only = Annotated[str, Query(max_length=10, description="One claim, as C14.", examples=[""])]
DRAWS = 20
"""Draws behind the ranges of an answer; `detente check --draws` asks for more."""


_LOCK = threading.Lock()


def judged(ledger: str, as_of: date, only: str) -> Any:
    """Checks of a ledger on the record of a day; computed once, however many ask for it at the same time."""
    with _LOCK:
        return _judged(ledger, as_of, only)


@lru_cache(maxsize=16)
def _judged(ledger: str, as_of: date, only: str) -> Any:
    from detente.data.claimfile import ledger_names
    from detente.lab.claims import check

    if ledger not in ledger_names():
        raise UnknownName("ledger", ledger[:40], ledger_names(), "ledger", f"use {', '.join(ledger_names())}")
    return check(ledger, as_of=as_of, draws=DRAWS, only=only)


@router.get("", summary="Claims with verdicts", responses=responses(TABLE_EXAMPLE, schema=TABLE))
def claims(
    request: Request,
    as_of: Day = "",
    ledger: Ledger = "may-2025",
    only: Only = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Every claim with its verdict by rule and the definitions under which it holds."""
    from detente.lab.claim_words import checks_table

    return page(request, checks_table(judged(ledger, day_of(as_of, "as_of"), only)), limit, offset)


@router.get("/readings", summary="Readings of a claim", responses=responses(TABLE_EXAMPLE, schema=TABLE))
def readings(
    request: Request,
    as_of: Day = "",
    ledger: Ledger = "may-2025",
    only: Only = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Every definition under which a claim was computed, with its value and range."""
    from detente.lab.claim_words import readings_table

    return page(request, readings_table(judged(ledger, day_of(as_of, "as_of"), only)), limit, offset)


@router.get("/events", summary="The timeline", responses=responses(TABLE_EXAMPLE, schema=TABLE))
def events(
    request: Request, first: Day = "2025-01-01", last: Day = "", limit: Limit = 50, offset: Offset = 0
) -> Response:
    """Events announced in a span, with the additional duty of both sides from each one's first day."""
    from detente.lab.record import events_table

    return page(request, events_table(day_of(first, "first"), day_of(last, "last")), limit, offset)


@router.get("/promises", summary="Promises", responses=responses({"promises": TABLE_EXAMPLE}))
def promises(request: Request, as_of: Day = "") -> Response:
    """Every promise made by a day with what became of it on the record of that day."""
    from detente.lab.record import promises_table

    return reply(request, {"promises": table_content(promises_table(day_of(as_of, "as_of")))})
