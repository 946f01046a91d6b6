"""`/api/v1/rates`: average duties on a day and by day, and what was collected."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente.codes import InputError, Table, UnknownName
from detente.codes.days import BASE_DAY, check_span
from detente.faces.web.answers import (
    SINCE,
    Day,
    From,
    Limit,
    Offset,
    Side,
    To,
    day_of,
    of_union,
    page,
    side_of,
    table_responses,
)
from detente.faces.web.known import one_of, some_of

MONTH = f"{BASE_DAY.year - 1}-01"
"""First month of the record of duty collected that is shown: a year before days begin."""

router = APIRouter(prefix="/rates", tags=["rates"])
By = Annotated[
    str,
    Query(
        max_length=80,
        description="Breakdowns, one or two, comma between.",
        examples=["partner"],
        json_schema_extra=some_of("groupings", 2),
    ),
]
Partner = Annotated[
    str,
    Query(
        max_length=60,
        description="Only this country or group; by name as well.",
        examples=["CHN"],
        json_schema_extra=one_of("partners"),
    ),
]
Weights = Annotated[
    str,
    Query(
        max_length=10,
        description="Year of the trade that weighs duties.",
        examples=["2024"],
        json_schema_extra=one_of("years"),
    ),
]
As = Annotated[
    str,
    Query(
        alias="as",
        max_length=40,
        description="Counted as this publisher does.",
        examples=["yale"],
        json_schema_extra=one_of("publishers"),
    ),
]
CHANGED = {"weights": "weights", "partner": "partner", "of": "importer"}
"""Choices that an address makes in the place of a publisher's, by parameter."""

LONGEST = 3 * 366
"""Days of one answer by day."""


Elasticity = Annotated[float, Query(ge=0, le=100, description="Import-demand elasticity.", examples=[2.0])]


def _check_year(weights: str, of: str) -> None:
    """Refuse weights that are no year and no span of years: files of the server are nobody's to name."""
    from detente.lab.ground.weights import is_known

    if not is_known(weights, of, "weights"):
        raise InputError("weights", f"'{weights[:20]}' is no year", "give a year of 2015 to 2025, or as 2017-2019")


def _ground(of: str, partner: str, on: Any, weights: str) -> Any:
    from detente.data.importers import importer
    from detente.lab.ground.ground import ground_of
    from detente.lab.ground.weights import check_meant

    _check_year(weights, of)
    check_meant(of, weights)
    ground = ground_of(importer(of).law, weights=weights)
    return ground.only(ground.where.countries.expand(partner, on, "partner")) if partner else ground


def _counted(request: Request, name: str, day: date, groups: list[str], definition: str) -> Table:
    """The average as a publisher counts it, with what the address chooses otherwise."""
    from detente.lab.ground.definitions import average_table_as

    given = {key: value for key, value in request.query_params.items() if key in CHANGED and value}
    changed = {CHANGED[key]: side_of(value) if key == "of" else value for key, value in given.items()}
    if "weights" in changed:
        _check_year(changed["weights"], changed.get("importer", "USA"))
    return average_table_as(name, day, groups, changed=changed, substitution="post" if definition == "post" else "")


@router.get("/average", summary="Average duty on a day", responses=table_responses("average"))
def average(
    request: Request,
    on: Day = "",
    by: By = "",
    partner: Partner = "",
    definition: Annotated[
        str,
        Query(
            max_length=10,
            description="Weights: fixed, or after substitution.",
            examples=["fixed"],
            json_schema_extra=one_of("definitions"),
        ),
    ] = "fixed",
    elasticity: Elasticity = 2.0,
    weights: Weights = "2024",
    as_: As = "",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Average duty at fixed or post-shock weights, by any of the groupings that `detente average` has.

    With `as` it is counted as a publisher does; `weights`, `partner` and `of` that are given go before its choices.
    """
    from detente.lab.ground import averages
    from detente.trade import Definition

    if definition not in ("fixed", "post"):
        raise UnknownName("definition", definition, ("fixed", "post"), "definition", "use fixed or post")
    groups = [name.strip() for name in by.split(",") if name.strip()]
    if len(groups) > 2:
        raise InputError("by", f"{len(groups)} breakdowns at once", "give one or two")
    day = day_of(on, "on")
    side = side_of(of)
    if as_:
        table = _counted(request, as_, day, groups, definition)
        return page(request, table.sorted("imports", descending=True) if groups else table, limit, offset)
    ground = _ground(side, partner, day, weights)
    table = averages.average(ground, day, groups, definition=Definition(definition), elasticity=elasticity)
    table = of_union(table, of, side)
    return page(request, table.sorted("imports", descending=True) if groups else table, limit, offset)


@router.get("/daily", summary="Average duty by day", responses=table_responses("daily"))
def daily(
    request: Request,
    first: From = SINCE,
    last: To = "",
    by: Annotated[
        str,
        Query(
            max_length=10, description="What columns are.", examples=["authority"], json_schema_extra=one_of("columns")
        ),
    ] = "authority",
    partner: Partner = "",
    weights: Weights = "2024",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Average duty at fixed weights by day, with what each authority adds; columns sum to the average."""
    from detente.lab.ground.averages import daily_averages

    if by not in ("authority", "measure"):
        raise UnknownName("column choice", by, ("authority", "measure"), "by", "use authority or measure")
    begin, end = day_of(first, "from"), day_of(last, "to")
    check_span(begin, end, LONGEST)
    side = side_of(of)
    ground = _ground(side, partner, begin, weights)
    return page(request, of_union(daily_averages(ground, begin, end, by=by), of, side), limit, offset)


@router.get("/revenue", summary="Duty of a year", responses=table_responses("revenue"))
def revenue(
    request: Request,
    on: Day = "",
    by: Annotated[
        str,
        Query(max_length=10, description="Breakdown.", examples=["partner"], json_schema_extra=one_of("broken")),
    ] = "",
    partner: Partner = "",
    elasticity: Elasticity = 2.0,
    weights: Weights = "2024",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Duty of a year at the law of a day, with imports as they were and with demand that answers."""
    from detente.lab.duties.revenue import revenue_on as duty_of_year

    side = side_of(of)
    ground = _ground(side, "", None, weights)
    table = duty_of_year(ground, day_of(on, "on"), by, partner=partner, elasticity=elasticity)
    return page(request, of_union(table, of, side), limit, offset)


@router.get("/revenue/months", summary="Duty of a year, by month", responses=table_responses("revenue_months"))
def revenue_months(
    request: Request,
    first: From = SINCE,
    last: To = "",
    partner: Partner = "",
    elasticity: Elasticity = 2.0,
    weights: Weights = "2024",
    of: Side = "USA",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Duty of a year at the law of each month, the mean over its days, with US duty collected beside it."""
    from detente.lab.ground.yearly import revenue_by_month

    side, begin, end = side_of(of), day_of(first, "from"), day_of(last, "to")
    check_span(begin, end, LONGEST)
    ground = _ground(side, "", None, weights)
    table = revenue_by_month(ground, begin, end, partner=partner, elasticity=elasticity)
    return page(request, of_union(table, of, side), limit, offset)


Exporter = Annotated[
    str,
    Query(
        min_length=1,
        max_length=60,
        description="Whose goods: country or group; by name as well.",
        examples=["USA"],
        json_schema_extra=one_of("partners"),
    ),
]


@router.get("/facing", summary="What goods owe everywhere", responses=table_responses("facing"))
def facing(
    request: Request,
    exporter: Exporter = "USA",
    on: Day = "",
    against: Day = SINCE,
    by: Annotated[
        str, Query(max_length=10, description="Breakdown.", examples=["partner"], json_schema_extra=one_of("faced"))
    ] = "partner",
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """Average duty on goods of a country in every importer on record, on a day and before."""
    from detente.lab.ground.facing import facing_tables

    table, _ = facing_tables(exporter, day_of(on, "on"), day_of(against, "against"), by)
    return page(request, table, limit, offset)


@router.get("/facing/days", summary="Days on which it moved", responses=table_responses("facing_steps"))
def facing_days(
    request: Request,
    exporter: Exporter = "USA",
    on: Day = "",
    against: Day = SINCE,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """Days on which an importer's average duty on goods of a country moved, with the acts that moved it."""
    from detente.lab.ground.facing import facing_tables

    _, table = facing_tables(exporter, day_of(on, "on"), day_of(against, "against"))
    return page(request, table, limit, offset)


@router.get("/collected", summary="Duty collected", responses=table_responses("collected"))
def collected(
    request: Request,
    first: Annotated[str, Query(alias="from", max_length=7, description="First month.", examples=["2024-01"])] = MONTH,
    last: Annotated[
        str,
        Query(alias="to", max_length=7, description="Last month; by default the last on record.", examples=["2025-12"]),
    ] = "",
    partner: Annotated[
        str,
        Query(
            max_length=60, description="A country, EU, or all.", examples=["all"], json_schema_extra=one_of("collected")
        ),
    ] = "all",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """Duty collected over US imports by month: an observation, not a model."""
    from detente.lab.ground.collected import collected_table

    for name, text in (("from", first), ("to", last)):
        if text or name == "from":
            day_of(f"{text}-01", name)
    return page(request, collected_table(first, last, partner), limit, offset)
