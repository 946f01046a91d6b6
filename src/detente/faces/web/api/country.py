"""`/api/v1/brief`: a deal as one country sees it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from detente.faces.web.answers import TABLE_EXAMPLE, day_of, reply, responses, table_content
from detente.faces.web.known import one_of

router = APIRouter(prefix="/brief", tags=["world"])
Country = Annotated[
    str,
    Path(
        max_length=60,
        description="Country of the world of runs, by code or name; ROW for the rest.",
        examples=["VNM"],
        json_schema_extra=one_of("lands"),
    ),
]
Deal = Annotated[
    str,
    Query(
        max_length=60,
        description="Scenario of the package.",
        examples=["geneva"],
        json_schema_extra=one_of("scenarios"),
    ),
]
On = Annotated[str, Query(max_length=10, description="A day in place of the scenario's own.", examples=["2025-05-14"])]
World = Annotated[
    str,
    Query(
        max_length=60,
        description="World that tells countries apart, in place of the scenario's own.",
        examples=["icio-2025"],
        json_schema_extra=one_of("worlds"),
    ),
]


@router.get(
    "/{country}",
    summary="A deal as one country sees it",
    responses=responses({"country": "VNM", "tables": {"numbers": TABLE_EXAMPLE}}, shape="CountryBrief"),
)
def brief(request: Request, country: Country, deal: Deal = "today", on: On = "", world: World = "") -> Response:
    """What a deal does to a country, its goods beside its rivals', whom it displaces, its best replies and offers."""
    from detente.codes import UnknownName
    from detente.data.worlds import world_names
    from detente.faces.web.work.uploads import shipped
    from detente.faces.words.country import country_page
    from detente.lab.country.brief import country_brief

    shipped(deal)
    day = day_of(on, "on") if on else None
    if world and world not in world_names():
        raise UnknownName("world", world, world_names(), "world", f"use {', '.join(world_names())}")
    study = country_brief(country, deal, today=date.today(), on=day, world=world)
    tables = {name: table_content(table) for name, table in study.tables.items()}
    content = {"market": study.market, "members": list(study.members), "deal": study.scenario.name}
    return reply(request, {**country_page(study).as_dict(), **content, "tables": tables})
