"""`/api/v1/scenarios`: scenarios of the package, their schema, and the check of one's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from starlette.responses import Response

from detente.faces.web.answers import PROBLEM, reply, responses
from detente.faces.web.api.shapes import of
from detente.faces.web.known import one_of
from detente.faces.web.work.uploads import YAML_TYPES, content_of, proved, scenario_of, shipped

router = APIRouter(prefix="/scenarios", tags=["scenarios"])
SMALL = {"title": "US at 34", "on": "2025-05-14", "usa": {"change": [{"measure": "rec_chn", "rate": "34%"}]}}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": of("Scenario"), "example": SMALL},
            **{kind: {"schema": {"type": "string"}, "example": "on: 2025-05-14\n"} for kind in YAML_TYPES[:1]},
        },
    }
}


@router.get("/schema", summary="Schema of a scenario file", responses=responses({"title": "Scenario"}, shape="Schema"))
def schema(request: Request) -> Response:
    """JSON Schema of a scenario file."""
    from detente.lab.scenario import schema as known

    return reply(request, known())


@router.get("/validate", include_in_schema=False)
def validated() -> Response:
    """No scenario is named so: the check takes what is sent."""
    raise HTTPException(405)


@router.get("/{name}", summary="One scenario", responses=responses(SMALL, shape="Scenario"))
def scenario(
    request: Request,
    name: Annotated[
        str,
        Path(
            max_length=60,
            description="Scenario of the package.",
            examples=["geneva"],
            json_schema_extra=one_of("scenarios"),
        ),
    ],
) -> Response:
    """A scenario of the package as its file has it."""
    return reply(request, shipped(name).model_dump(mode="json", by_alias=True, exclude_defaults=True))


@router.post(
    "/validate", summary="Check a scenario", openapi_extra=BODY,
    responses=responses({"valid": True, "scenario": SMALL}, 415, shape="Checked") | {413: PROBLEM},
)  # fmt: skip
async def validate(request: Request) -> Response:
    """Whether a scenario can be run, without running it: keys, measures, dates. JSON or YAML; nothing is kept."""
    from starlette.concurrency import run_in_threadpool

    body = await request.body()
    media = request.headers.get("content-type", "")
    return await run_in_threadpool(_validated, request, body, media)


def _validated(request: Request, body: bytes, media: str) -> Response:
    scenario = scenario_of(content_of(body, media))
    proved(scenario)
    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return reply(request, {"valid": True, "scenario": content})
