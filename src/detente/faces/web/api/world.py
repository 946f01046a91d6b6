"""`/api/v1/world`: the world economy under new tariffs, by country and sector; optimal tariffs, wars, decoupling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from detente.codes import InputError, UnknownName
from detente.data.worlds import DEFAULT
from detente.faces.web.answers import (
    TABLE_EXAMPLE,
    reply,
    responses,
    table_content,
)
from detente.faces.web.known import one_of, some_of

router = APIRouter(prefix="/world", tags=["world"])
SMALL = "icio-2022-small"
World = Annotated[
    str, Query(max_length=60, description="World of the package.", examples=[SMALL], json_schema_extra=one_of("worlds"))
]
Elasticities = Annotated[
    str,
    Query(
        max_length=60,
        description="Set of trade elasticities; the world's own by default.",
        examples=[""],
        json_schema_extra=one_of("elasticities"),
    ),
]
Players = Annotated[
    str,
    Query(
        max_length=200,
        description="Countries of the world, comma between.",
        examples=["USA,CHN"],
        json_schema_extra=some_of("places"),
    ),
]
Over = Annotated[
    str,
    Query(
        max_length=30, description="What rates may differ by.", examples=["uniform"], json_schema_extra=one_of("over")
    ),
]
MOST_PLAYERS = 4
CELLS = 2500
"""Cells (countries x sectors) of a world on which a search for tariffs answers while one waits."""


class Tariff(BaseModel):
    """One new tariff."""

    model_config = ConfigDict(extra="forbid")
    importer: str = Field(max_length=60, description="who lays it; by name as well", json_schema_extra=one_of("payers"))
    exporter: str = Field(
        max_length=60, description="on whose goods; by name as well", json_schema_extra=one_of("payers")
    )
    sector: str | None = Field(
        default=None,
        max_length=60,
        description="sector of the world; goods if left out",
        json_schema_extra=one_of("industries"),
    )
    tariff: float = Field(ge=0, le=100, description="share of value, 0.25 for 25 per cent; 2 at most")


class Cost(BaseModel):
    """One trade cost that is no duty."""

    model_config = ConfigDict(extra="forbid")
    importer: str = Field(max_length=60, description="who buys; by name as well", json_schema_extra=one_of("payers"))
    exporter: str = Field(max_length=60, description="whose goods; by name as well", json_schema_extra=one_of("payers"))
    sector: str | None = Field(
        default=None,
        max_length=60,
        description="sector of the world; goods if left out",
        json_schema_extra=one_of("industries"),
    )
    change: float = Field(gt=-1, le=1e4, description="change of the cost of the way, share: 0.05 for 5 per cent more")


class WorldRequest(BaseModel):
    """A world, its new tariffs and trade costs."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"world": SMALL, "tariffs": [{"importer": "USA", "exporter": "CHN", "tariff": 0.6}]}]
        },
    )
    world: str = Field(
        default=DEFAULT,
        max_length=60,
        description="world of the package; that of runs by default",
        json_schema_extra=one_of("worlds"),
    )
    elasticities: str = Field(
        default="", max_length=60, description="set of trade elasticities", json_schema_extra=one_of("elasticities")
    )
    closure: str = Field(
        default="", max_length=30, description="what happens to deficits", json_schema_extra=one_of("closures")
    )
    horizon: str = Field(
        default="",
        max_length=10,
        description="short: capital stays in its sector",
        json_schema_extra=one_of("horizons"),
    )
    tariffs: list[Tariff] = Field(default_factory=list, max_length=2000)
    costs: list[Cost] = Field(default_factory=list, max_length=2000)
    sectors_of: list[str] = Field(default_factory=list, max_length=20, description="countries shown by sector")


def shipped(name: str) -> str:
    """A world of the package; paths are not looked at."""
    from detente.data.worlds import world_names

    if name not in world_names():
        raise UnknownName("world", name[:60], world_names(), "world", f"use {', '.join(world_names())}")
    return name


def setting_of(
    name: str, elasticities: str = "", closure: str = "", horizon: str = "", costs: Sequence[Cost] = ()
) -> Any:
    """A world of the package with its options and the trade costs given."""
    from detente.data.costfile import parse_costs
    from detente.lab.world.effects import WorldSetting

    rows = parse_costs([cost.model_dump(exclude_none=True) for cost in costs], "costs") if costs else None
    return WorldSetting(shipped(name), elasticities, closure=closure, horizon=horizon, costs=rows)


def listed(text: str, where: str, most: int = MOST_PLAYERS) -> list[str]:
    """Codes given as USA,CHN."""
    codes = list(dict.fromkeys(code.strip().upper() for code in text.split(",") if code.strip()))
    if not codes or len(codes) > most:
        raise InputError(where, f"names {len(codes)} countries", f"name 1 to {most}, as in USA,CHN")
    return codes


def _quick(setting: Any) -> Any:
    """A setting whose world is small enough for a search while one waits."""
    economy = setting.economy()
    if len(economy.countries) * len(economy.sectors) > CELLS:
        repair = f"use {DEFAULT} or {SMALL}, or run it with `detente economy`"
        raise InputError("world", f"{economy.name} is too large to be searched while you wait", repair)
    return setting


@router.post("/solve", summary="New tariffs", responses=responses({"countries": TABLE_EXAMPLE}, 415, shape="Solved"))
def solve(request: Request, question: WorldRequest) -> Response:
    """Welfare, trade, prices and wages of every country under new tariffs and trade costs, as changes in shares."""
    from detente.lab.world.effects import certificate, sector_table, solved

    setting = setting_of(question.world, question.elasticities, question.closure, question.horizon, question.costs)
    rows = [(row.importer, row.exporter, row.sector, row.tariff) for row in question.tariffs]
    equilibrium = solved(setting, rows)
    content: dict[str, Any] = {"countries": table_content(equilibrium.table())}
    if question.sectors_of:
        content["sectors"] = table_content(sector_table(equilibrium, question.sectors_of))
    return reply(request, {**content, "certificate": certificate(equilibrium), "notes": list(equilibrium.notes)})


@router.get(
    "/optimal", summary="Best tariffs of a country", responses=responses({"rates": TABLE_EXAMPLE}, shape="Optimal")
)
def optimal(
    request: Request,
    country: Annotated[
        str, Query(max_length=10, description="Who sets them.", examples=["USA"], json_schema_extra=one_of("places"))
    ] = "USA",
    over: Over = "uniform",
    world: World = DEFAULT,
    elasticities: Elasticities = "",
) -> Response:
    """The tariffs on goods that are best for a country, the others' as they are."""
    from detente.lab.world.effects import optimal as best
    from detente.lab.world.effects import rates_table, welfare_of

    optimum = best(
        _quick(setting_of(world, elasticities)), country.upper(), _one(over, ("uniform", "partner", "sector"))
    )
    content = {"country": country.upper(), "welfare": optimum.value, "rates": table_content(rates_table(optimum))}
    return reply(
        request,
        content | {"welfare_by_country": welfare_of(optimum.equilibrium), "certificate": asdict(optimum.certificate)},
    )


def _one(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise UnknownName("choice", text[:30], known, "over", f"use {', '.join(known)}")
    return text


@router.get("/nash", summary="Tariff war", responses=responses({"table": TABLE_EXAMPLE}, shape="War"))
def nash(
    request: Request,
    players: Players = "USA,CHN",
    over: Literal["uniform", "partner"] = "uniform",
    world: World = DEFAULT,
    elasticities: Elasticities = "",
) -> Response:
    """Tariffs of some countries on one another from which none gains by moving alone."""
    from detente.lab.world.effects import mutual, nash_table

    equilibrium = mutual(_quick(setting_of(world, elasticities)), listed(players, "players"), over)
    content = {"players": list(equilibrium.players), "over": over, "welfare": dict(equilibrium.welfare)}
    return reply(
        request,
        {**content, "table": table_content(nash_table(equilibrium)), "certificate": asdict(equilibrium.certificate)},
    )


@router.get(
    "/decouple", summary="Two blocs that stop trading", responses=responses({"table": TABLE_EXAMPLE}, shape="Blocs")
)
def decouple(
    request: Request,
    first: Players = "USA",
    second: Players = "CHN",
    cost: Annotated[float, Query(gt=1, le=1e4, description="Trade cost of the last step.", examples=[1000])] = 1000.0,
    world: World = DEFAULT,
) -> Response:
    """Two blocs that stop trading with one another, step by step, and what each step costs whom."""
    from detente.lab.world.effects import apart

    path = apart(_quick(setting_of(world)), listed(first, "first", 12), listed(second, "second", 12), cost)
    return reply(request, {"first": first, "second": second, "table": table_content(path.table())})
