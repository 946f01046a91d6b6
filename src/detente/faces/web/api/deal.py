"""`/api/v1/deal`: a deal from its address, the acceptable set, the nearest deal, better and counter offers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from detente.codes import UnknownName
from detente.data.days import read_to
from detente.faces.web.answers import TABLE_EXAMPLE, matches, reply, responses, unchanged
from detente.faces.web.known import one_of, some_of
from detente.faces.web.query import check_names
from detente.faces.web.work.kept import DEFAULT, Deals
from detente.faces.words.language import load

router = APIRouter(prefix="/deal", tags=["deal"])

MOST = 1e14
"""Gain that a point of the plane may name, USD a year."""


def _lever(what: str, example: str, known: str) -> Any:
    return Query(max_length=400, description=what, examples=[example], json_schema_extra=one_of(known))


NUMERIC: dict[str, Any] = {"type": "number"}
ADDRESS: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
    ("v", "Version of the address.", "1", {"type": "string", "enum": ["1"]}),
    ("case", "Case of the talks.", DEFAULT, one_of("served")),
    ("date", "Day of the law.", "2025-05-14", {"type": "string", "maxLength": 400}),
    ("us", "US duty on China, per cent.", 10, NUMERIC),
    ("fentanyl", "US fentanyl duty, per cent.", 20, NUMERIC),
    ("cn", "Chinese duty on US goods, per cent.", 10, NUMERIC),
    ("licences", "Share of rare-earth licences granted, 0 to 1.", 1, NUMERIC),
    ("action", "Action on fentanyl precursors, 0 to 1.", 0.5, NUMERIC),
    ("duration", "Days of the deal.", 90, NUMERIC),
    ("partner", "A third partner on which the United States lays a duty; by name as well.", "MEX", one_of("thirds")),
    ("rate", "That duty, per cent.", 25, NUMERIC),
    ("except", "Sectors left out of the US duties, comma between.", "ELE", some_of("sectors")),
    ("weights", "Weights of the payoffs; the last choice of the case by default.", "welfare", one_of("weights")),
    ("horizon", "Long or short run.", "long", one_of("horizons")),
    ("closure", "What happens to trade balances, in the long run.", "proportional", one_of("balances")),
    ("year", "Year of the trade that weighs duties.", "2023", one_of("years")),
)
PARAMETERS = [
    {"name": name, "in": "query", "required": False, "description": f"{what} A bad value is mended, with a message.",
     "schema": schema, "example": example}
    for name, what, example, schema in ADDRESS
]  # fmt: skip
DESCRIBED = {"parameters": PARAMETERS}

NUMBER = {
    "id": "us_average", "table": "deal_duties", "label": "US average duty", "value": 0.1282, "low": None, "high": None,
    "unit": "share", "text": "12.82%", "definition": "statutory average at fixed weights, all imports of 2024",
    "baseline": "law of 14 May 2025 with the duties of 8 May 2025", "baseline_value": 0.2273, "range": "no range here",
    "side": "USA", "branches": [],
}  # fmt: skip
RECORD = {"record_to": read_to("USA").isoformat(), "beyond_record": False, "record_lines": [], "record": {}}
EXAMPLE = {
    "key": "0123456789ab",
    "scenario": {"v": "1", "case": DEFAULT, "date": "2025-05-14", "us": "10", "messages": [], "query": "v=1&us=10"},
    "sentence": "US real income +0.33% [+0.16%, +0.40%], China +0.30% [+0.18%, +0.46%] against the law of 8 May 2025",
    "hold": "Would Geneva hold by itself: yes if a breach is answered by the status quo",
    "assumed": ["In the numbers of the United States against the status quo, +43.3 USD bn a year is an assumption"],
    "moves": True,
    "keeps": {"D0": True, "DP": False},
    "outlook": {
        "day": "2025-05-12",
        "form": "truce",
        "assumed": False,
        "chances": {"90": 0.52},
        "beside": {"90": 0.57},
        "ever": True,
        "came": "replaced",
        "lived": 288,
        "now": None,
        "read": "2026-08-21",
    },
    "brief": {
        "deal": "On the table are the US reciprocal duty at 10% and the Chinese duty at 10%. It runs 90 days.",
        "does": ["Real income rises 0.33% in the United States and 0.31% in China once trade has settled."],
        "hold": ["Both sides gain over the law of 8 May 2025, which failed talks would leave."],
    },
    **RECORD,
    "numbers": [NUMBER],
    "sides": {},
    "walks": [{"threat": "D0", "label": "status quo", "USA": False, "CHN": False}],
    "flat": [],
    "point": {"USA": 1.1e11, "CHN": 4.4e10},
    "levers": {"us": {"value": 10, "least": 0, "most": 125, "step": 1, "unit": "%", "label": "US duty", "ticks": []}},
}
OFFER = {
    "levers": {"us": 0, "fentanyl": 0, "cn": 0, "licences": 1, "action": 1, "duration": 90},
    "scenario": {"query": "v=1&us=0&cn=0"}, "point": {"USA": 1.6e11, "CHN": 9.1e10},
    "better": {"USA": 5e10, "CHN": 4e10},
    "sentence": "161.4 USD bn a year more in all, nobody worse off", "accepts": None, **RECORD,
}  # fmt: skip
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
    check_names(body or {}, [name for name, *_ in ADDRESS])
    address = {key: value for key, value in request.query_params.multi_items() if key not in OWN}
    for key, value in (body or {}).items():
        address[str(key)[:400]] = str(value)[:400]
    return dict(list(address.items())[:60])


HORIZONS = ("long", "short")
OWN = ("usa", "chn", "strategy", "side", "rounds", "quick", "of", "table", "name", "frozen")
"""Parameters of operations and pages that are no keys of an address."""


@router.get("", summary="The numbers of a deal", responses=responses(EXAMPLE, shape="Deal"), openapi_extra=DESCRIBED)
def deal(request: Request, quick: Quick = False) -> Response:
    """Numbers of both sides and of third countries, walk-away points, call-outs and levers, from the address."""
    address, kept = address_of(request), deals_of(request)
    tag = kept.tag(address, quick)
    if matches(request, tag):
        return unchanged(tag)
    return reply(request, kept.document(address, tag, quick), tag=tag)


@router.get(
    "/cases", summary="Cases of the talks", responses=responses({"cases": [DEFAULT], "status": {}}, shape="Cases")
)
def cases(request: Request) -> Response:
    """Cases that deals can be made in, and which of them are warm."""
    return reply(request, {"cases": list(Deals.cases()), "default": DEFAULT, "status": deals_of(request).status()})


@router.get(
    "/set",
    summary="The acceptable set",
    responses=responses({"cloud": [[1e11, 4e10]], "frontier": []}, shape="AcceptableSet"),
)
def acceptable(
    request: Request,
    case: Annotated[str, _lever("Case of the talks.", DEFAULT, "served")] = DEFAULT,
    weights: Annotated[
        str, _lever("Weights of the payoffs; the last choice of the case by default.", "welfare", "weights")
    ] = "",
    horizon: Annotated[str, _lever("Long or short run.", "long", "horizons")] = "long",
) -> Response:
    """What the chart of both sides' gains draws: cloud, frontier, walk-away points, packages and dated deals."""
    from detente.lab.deal.acceptable import acceptable_set

    if horizon not in HORIZONS:
        raise UnknownName("horizon", horizon[:20], HORIZONS, "horizon", f"use {' or '.join(HORIZONS)}")
    return reply(request, acceptable_set(deals_of(request).engine(case), weights, horizon))


@router.get(
    "/country", summary="What a deal does to one country",
    responses=responses({"country": "DEU", "name": "Germany", "tables": [TABLE_EXAMPLE]}, shape="CountryOfDeal"),
    openapi_extra=DESCRIBED,
)  # fmt: skip
def country(
    request: Request,
    of: Annotated[
        str,
        Query(max_length=60, description="The country; by name as well.", examples=["DEU"],
              json_schema_extra=one_of("nations")),
    ] = "USA",
) -> Response:  # fmt: skip
    """Real income with its range, wages, prices, trade by partner, duties it faces and levies; from the address."""
    from detente.faces.web.work.countries import country_document

    return reply(request, country_document(deals_of(request), address_of(request), of, load()))


@router.get(
    "/nearest", summary="The deal nearest to a point", responses=responses(OFFER, shape="Offer"),
    openapi_extra=DESCRIBED,
)  # fmt: skip
def nearest(
    request: Request,
    usa: Annotated[
        float, Query(ge=-MOST, le=MOST, description="Gain of the United States, USD a year.", examples=[5e10])
    ],
    chn: Annotated[float, Query(ge=-MOST, le=MOST, description="Gain of China, USD a year.", examples=[3e10])],
) -> Response:
    """Levers of the deal whose gains are nearest to a point of the plane; the address says where one comes from."""
    from detente.lab.deal.acceptable import nearest as nearest_offer
    from detente.lab.deal.acceptable import offer_row

    address, kept = address_of(request), deals_of(request)
    engine = kept.engine(kept.case_of(address)[0])
    return reply(request, offer_row(engine, nearest_offer(engine, usa, chn, engine.read(address)[0])))


@router.post(
    "/improve", summary="Better for both", responses=responses(OFFER, 415, shape="Offer"), openapi_extra=DESCRIBED
)
def improve(request: Request, body: Given = None) -> Response:
    """The largest total gain with nobody worse off than under the deal of the address."""
    from detente.lab.deal.acceptable import improve as better_offer
    from detente.lab.deal.acceptable import offer_row

    address, kept = address_of(request, body), deals_of(request)
    engine = kept.engine(kept.case_of(address)[0])
    return reply(request, offer_row(engine, better_offer(engine, engine.read(address)[0])))


@router.post(
    "/counter", summary="The other side's answer", responses=responses(OFFER, 415, shape="Offer"),
    openapi_extra=DESCRIBED,
)  # fmt: skip
def counter(
    request: Request,
    body: Given = None,
    strategy: Annotated[str, _lever("How the other side proposes.", "nash", "strategies")] = "nash",
    side: Annotated[str, _lever("Who puts the deal on the table.", "USA", "sides")] = "USA",
    rounds: Annotated[int, Query(ge=0, le=100, description="Offers made before.", examples=[0])] = 0,
) -> Response:
    """Whether the other side takes the deal of the address, and what it proposes instead."""
    from detente.lab.deal.acceptable import counter as counter_offer
    from detente.lab.deal.acceptable import offer_row

    address, kept = address_of(request, body), deals_of(request)
    engine = kept.engine(kept.case_of(address)[0])
    return reply(request, offer_row(engine, counter_offer(engine, engine.read(address)[0], strategy, side, rounds)))


@router.get(
    "/strategies",
    summary="Strategies of a counter-offer",
    responses=responses({"nash": "largest product"}, shape="Strategies"),
)
def strategies(request: Request) -> Response:
    """How the other side may answer, by name."""
    from detente.lab.talks import play

    return reply(request, play.strategies())


@router.post(
    "/keep", summary="Keep a deal as a run",
    responses=responses({"key": "0123456789ab"}, 415, status=201, shape="Kept"), openapi_extra=DESCRIBED,
    status_code=201,
)  # fmt: skip
def keep(request: Request, body: Given = None) -> Response:
    """Save the deal of the address, as it is now, under its key: a frozen result among the runs."""
    from detente.faces.report.saved import as_document
    from detente.faces.words.deal_result import deal_result

    deal, engine = deals_of(request).deal(address_of(request, body))
    result = deal_result(engine, deal)
    request.app.state.store.save_run(as_document(result), "deal")
    return reply(request, {"key": deal.key}, status=201, headers={"location": f"/api/v1/runs/{deal.key}"})
