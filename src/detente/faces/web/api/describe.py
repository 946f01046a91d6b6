"""Description of the interface: shapes of answers are put in when it is first asked for."""

from __future__ import annotations

import json
import threading
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from detente.faces.web.answers import reply
from detente.faces.web.beneath import root_of

PLACE = "/api/v1/openapi.json"
HOME = "#/components/schemas/"
router = APIRouter(include_in_schema=False)
_LOCK = threading.Lock()


@router.get(PLACE)
def description(request: Request) -> Response:
    """What the interface takes and answers, as OpenAPI; its addresses stand beneath the path of a proxy."""
    root = root_of(request)
    return reply(request, request.app.openapi() | ({"servers": [{"url": root}]} if root else {}))


def describe(app: FastAPI) -> None:
    """Let an application describe itself with the shapes of its answers."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        with _LOCK:
            if app.openapi_schema is None:
                made = plain()
                app.openapi_schema = None
                app.openapi_schema = _filled(made)
        return app.openapi_schema

    app.openapi = whole


def shapes() -> dict[str, Any]:
    """Shapes of answers by name, as JSON Schema."""
    import yaml

    return yaml.safe_load((files("detente.faces.web.api") / "shapes.yaml").read_text(encoding="utf-8"))


def _filled(made: dict[str, Any]) -> dict[str, Any]:
    """A description with everything in it."""
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(shapes())
    schemas.update(_scenario())
    return made


def _scenario() -> dict[str, Any]:
    """The shape of a scenario: that of its file."""
    from detente.lab.scenario import schema

    made = json.loads(json.dumps(schema()).replace("#/$defs/", f"{HOME}Scenario"))
    parts = {f"Scenario{name}": part for name, part in made.pop("$defs", {}).items()}
    return {"Scenario": made, **parts}
