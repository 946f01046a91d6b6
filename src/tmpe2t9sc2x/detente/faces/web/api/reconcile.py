"""`/api/v1/rates/reconcile`: from our number to one that somebody printed, choice by choice."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente.codes import Table
from detente.faces.web.answers import Day, Limit, Offset, Side, day_of, page, side_of, table_responses
from detente.faces.web.api.rates import Partner
from detente.faces.web.known import one_of
from detente.lab.record.reconcile import Reconciliation

router = APIRouter(prefix="/rates", tags=["rates"])
Number = Annotated[str, Query(min_length=1, max_length=40, description="The number as printed.", examples=["17.8"])]
What = Annotated[
    str,
    Query(
        max_length=12,
        description="What it is a number of; by default its unit says it.",
        examples=["average"],
        json_schema_extra=one_of("quantities"),
    ),
]
Whose = Annotated[
    str,
    Query(
        max_length=40,
        description="Whose definition; the nearest on record by default.",
        examples=["yale"],
        json_schema_extra=one_of("counts"),
    ),
]
Order = Annotated[
    str, Query(max_length=200, description="Choices that come first, comma between.", examples=["claims"])
]
Choices = Annotated[str, Query(max_length=200, description="Choices of one's own, in place of a definition.")]
Mean = Annotated[bool, Query(description="Each choice by its mean over every order.")]


@router.get("/reconcile", summary="From our number to another", responses=table_responses("bridge"))
def reconcile(
    request: Request,
    number: Number = "17.8",
    on: Day = "",
    what: What = "",
    by: Whose = "",
    of: Side = "USA",
    partner: Partner = "",
    order: Order = "",
    choices: Choices = "",
    shapley: Mean = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Steps from our number on a day to another, with what no choice explains; they sum to the difference."""
    tables = _tables(_answer(number, on, what, by, of, partner, order, choices, shapley))
    return page(request, tables[0], limit, offset)


@router.get("/reconcile/nearest", summary="Definitions near a number", responses=table_responses("nearest"))
def nearest(
    request: Request,
    number: Number = "17.8",
    on: Day = "",
    what: What = "",
    of: Side = "USA",
    partner: Partner = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Definitions on record by how near they come to a number on a day."""
    return page(request, _tables(_answer(number, on, what, "", of, partner, "", "", False))[1], limit, offset)


def _answer(
    number: str, on: str, what: str, by: str, of: str, partner: str, order: str, choices: str, shapley: bool
) -> Reconciliation:
    from detente.codes.given import several
    from detente.lab.record.reconcile import reconcile as reconciled

    return reconciled(
        number, day_of(on, "on"), what=what, by=by, of=side_of(of), partner=partner, order=several(order, "order"),
        chosen=several(choices, "choices"), shapley=shapley,
    )  # fmt: skip


def _tables(answer: Reconciliation) -> list[Table]:
    from detente.faces.words.reconcile import told_tables

    return told_tables(answer)
