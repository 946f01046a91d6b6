"""`/api/v1/materials`: chains of materials, months of shortage and losses under licences, and what levers are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente.faces.web.answers import (
    TABLE_EXAMPLE,
    reply,
    responses,
    table_content,
)
from detente.faces.web.known import one_of, some_of
from detente.faces.web.work.questions import PENDING, Wait, answered, chain_of, levers_of, question_of

if TYPE_CHECKING:
    from detente.lab.result import Result

router = APIRouter(prefix="/materials", tags=["materials"])
Name = Annotated[
    str,
    Path(
        max_length=40, description="Chain of the package.", examples=["rare-earths"], json_schema_extra=one_of("chains")
    ),
]
Cut = Annotated[
    float | None, Query(ge=0, le=1, description="Share by which flows fall; or a scenario.", examples=[0.8])
]
Scenario = Annotated[
    str, Query(max_length=40, description="Licence path.", examples=["april-2025"], json_schema_extra=one_of("paths"))
]
Months = Annotated[int, Query(ge=1, le=60, description="Length of the run.", examples=[24])]
To = Annotated[
    str,
    Query(
        max_length=60,
        description="Countries cut off, comma between; all by default.",
        json_schema_extra=some_of("blocs"),
    ),
]
Countries = Annotated[
    str,
    Query(
        max_length=60,
        description="Countries shown, comma between.",
        examples=["USA"],
        json_schema_extra=some_of("blocs"),
    ),
]


@router.get(
    "/scenarios",
    summary="Licence paths",
    responses=responses({"april-2025": "licences of 4 April 2025"}, shape="Paths"),
)
def scenarios(request: Request) -> Response:
    """Licence paths by name, with what they are."""
    from detente.lab.chains.paths import scenario_words

    return reply(request, scenario_words())


@router.get("/{name}", summary="What a chain is", responses=responses({"tables": [TABLE_EXAMPLE]}, shape="Chain"))
def show(request: Request, name: Name) -> Response:
    """Stages, producers with shares, who leans on whom, needs and mines."""
    from detente.lab.chains.portrait import show_tables

    tables = show_tables(chain_of(name))
    return reply(request, {"chain": name, "tables": [table_content(table) for table in tables]})


@router.get(
    "/{name}/months", summary="Months of shortage", responses=responses({"tables": [TABLE_EXAMPLE]}, shape="Chain")
)
def months(
    request: Request,
    name: Name,
    cut: Cut = None,
    scenario: Scenario = "",
    months: Months = 24,
    to: To = "",
    countries: Countries = "USA",
) -> Response:
    """Who runs short and when, prices and losses under a licence path or a cut; central figures."""
    from detente.lab.chains.answer import answer
    from detente.lab.chains.tables import (
        balance_table,
        first_table,
        losses_table,
        months_table,
        prices_table,
        stocks_table,
    )

    result = answer(question_of(name, cut, scenario, months, to, countries), worth=False)
    tables = [months_table(result), first_table(result), losses_table(result), prices_table(result)]
    tables += [balance_table(result), stocks_table(result)]
    return reply(request, {"chain": name, "tables": [table_content(table) for table in tables]})


@router.get(
    "/{name}/levers",
    summary="What levers are worth",
    responses=responses({"levers": [{"id": "stock"}]}, shape="Levers") | PENDING,
)
async def levers(
    request: Request,
    name: Name,
    names: Annotated[
        str, Query(max_length=200, description="Levers by id, comma between.", json_schema_extra=some_of("levers"))
    ] = "",
    cut: Cut = None,
    scenario: Scenario = "",
    months: Months = 24,
    country: Annotated[
        str, Query(max_length=10, description="Whose loss.", examples=["USA"], json_schema_extra=one_of("blocs"))
    ] = "USA",
    wait: Wait = 0,
) -> Response:
    """The levers of a chain; of those that are named the loss each avoids, alone and in its order-free share."""
    chosen = [part.strip() for part in names.split(",") if part.strip()]
    rows = await run_in_threadpool(_rows_of, name)
    if not chosen:
        return reply(request, {"chain": name, "levers": rows})

    question = await run_in_threadpool(levers_of, name, cut, scenario, months, country, chosen)

    def show(result: Result) -> Response:
        table = result.table("levers")
        content = {
            "chain": name, "country": question.words["country"], "months": months, "levers": rows,
            "loss_with_announced": float(result.table("loss")["loss"][0]), "table": table_content(table),
            "notes": list(table.notes),
        }  # fmt: skip
        return reply(request, content, tag=f'"{result.key}"')

    return await answered(request, lambda: question, show, wait)


def _rows_of(name: str) -> list[dict[str, str]]:
    """Levers of a chain by id, with what they are."""
    from detente.data.chainfile import chain_file

    return [{"id": row.id, "title": row.title} for row in chain_file(chain_of(name)).levers]
