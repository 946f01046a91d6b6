"""`/deal/live`: what the Deal page asks as its sliders move, from its address, quick and mended where it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from detente.codes import UnknownName
from detente.faces.web.answers import matches, reply, unchanged
from detente.faces.web.query import DEAL, check_names, names_of, page_parameters
from detente.faces.web.work.kept import DEFAULT, Deals

if TYPE_CHECKING:
    from detente.lab.deal.answer import DealEngine
    from detente.lab.deal.levers import Deal
    from detente.lab.deal.offers import Offer

router = APIRouter(prefix="/deal/live", include_in_schema=False)

MOST = 1e14
"""Gain that a point of the plane may name, USD a year."""


DESCRIBED = page_parameters(DEAL)
Quick = Annotated[
    bool,
    Query(
        description="Leave out ranges over elasticities, as while a slider moves: a sixth of the time.",
        examples=[False],
    ),
]
Given = Annotated[
    dict[str, str | int | float] | None,
    Body(description="Keys of the address; they may stand in the query as well.", examples=[{"us": 34, "cn": 30}]),
]


def deals_of(request: Request) -> Deals:
    """The deals that the server keeps warm."""
    return request.app.state.engine


def address_of(request: Request, body: dict[str, str | int | float] | None = None) -> dict[str, str]:
    """The address in a query, and in a body where there is one, whose keys go first.

    Raises
    ------
    UnknownName : a key of the body that no deal has.
    """
    check_names(body or {}, names_of(DEAL))
    address = {key: value for key, value in request.query_params.multi_items() if key not in OWN}
    for key, value in (body or {}).items():
        address[str(key)[:400]] = str(value)[:400]
    return dict(list(address.items())[:60])


HORIZONS = ("long", "short")
OWN = ("x", "y", "sides", "strategy", "side", "rounds", "quick", "of", "table", "name", "frozen", "country")
"""Parameters of operations and pages that are no keys of an address."""


@router.get("", openapi_extra=DESCRIBED)
def deal(request: Request, quick: Quick = False) -> Response:
    """Numbers of both sides and of third countries, walk-away points, call-outs and levers, from the address."""
    address, kept = address_of(request), deals_of(request)
    tag = kept.tag(address, quick)
    if matches(request, tag):
        return unchanged(tag)
    return reply(request, kept.document(address, tag, quick), tag=tag)


Sides = Annotated[str, Query(description="Two sides that are drawn, the first two by default.", examples=["USA,CHN"])]


@router.get("/set", openapi_extra=DESCRIBED)
def acceptable(
    request: Request, case: str = DEFAULT, weights: str = "", horizon: str = "long", sides: Sides = ""
) -> Response:
    """What the chart of two sides' gains draws: cloud, frontier, walk-away points, packages and dated deals."""
    from detente.lab.deal.offers import acceptable_set, pair_from

    if horizon not in HORIZONS:
        raise UnknownName("horizon", horizon[:20], HORIZONS, "horizon", f"use {' or '.join(HORIZONS)}")
    engine = deals_of(request).engine(case)
    return reply(request, acceptable_set(engine, weights, horizon, pair_from(engine, sides)))


Gain = Annotated[float, Query(ge=-MOST, le=MOST, description="Gain of one of the two, USD a year.", examples=[5e10])]


@router.get("/nearest", openapi_extra=DESCRIBED)
def nearest(request: Request, x: Gain, y: Gain, sides: Sides = "") -> Response:
    """Levers of the deal whose gains are nearest to a point of the plane; the address says where one comes from."""
    from detente.lab.deal.offers import nearest, pair_from

    engine, deal = _read(request)
    return _offered(request, engine, nearest(engine, (x, y), deal, pair_from(engine, sides)))


@router.post("/improve", openapi_extra=DESCRIBED)
def improve(request: Request, body: Given = None) -> Response:
    """The largest total gain with nobody worse off than under the deal of the address."""
    from detente.lab.deal.offers import improve

    engine, deal = _read(request, body)
    return _offered(request, engine, improve(engine, deal))


@router.post("/counter", openapi_extra=DESCRIBED)
def counter(
    request: Request,
    body: Given = None,
    strategy: str = "nash",
    side: str = "",
    rounds: Annotated[int, Query(ge=0, le=100, description="Offers made before.", examples=[0])] = 0,
) -> Response:
    """Whether the other side takes the deal of the address, and what it proposes instead."""
    from detente.lab.deal.offers import counter

    engine, deal = _read(request, body)
    return _offered(request, engine, counter(engine, deal, strategy, side, rounds))


def _read(request: Request, body: dict[str, str | int | float] | None = None) -> tuple[DealEngine, Deal]:
    """The engine of the case of an address, and the deal that it reads there."""
    address, kept = address_of(request, body), deals_of(request)
    engine = kept.engine(kept.case_of(address)[0])
    return engine, engine.read(address)[0]


def _offered(request: Request, engine: DealEngine, offer: Offer) -> Response:
    from detente.lab.deal.offers import offer_row

    return reply(request, offer_row(engine, offer))


@router.post("/keep", openapi_extra=DESCRIBED, status_code=201)
def keep(request: Request, body: Given = None) -> Response:
    """Save the deal of the address, as it is now, under its key: a frozen result among the runs."""
    from detente.faces.report.saved import as_document
    from detente.faces.words.deal import deal_result

    deal, engine = deals_of(request).deal(address_of(request, body))
    result = deal_result(engine, deal)
    request.app.state.store.save_run(as_document(result), "deal")
    return reply(request, {"key": deal.key}, status=201, headers={"location": f"/api/v1/runs/{deal.key}"})
