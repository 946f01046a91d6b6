"""Description of the interface: known values and shapes of answers are put in when it is first asked for."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from detente.faces.web.answers import reply
from detente.faces.web.api.shapes import HEADS, PAGE, ROW, SCALAR, SHAPES, STANDING, Shape, entries, fields, rows
from detente.faces.web.beneath import root_of
from detente.faces.web.known import KNOWN

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
    """Let an application describe itself with known values and shapes."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        with _LOCK:
            if app.openapi_schema is None:
                made = plain()
                app.openapi_schema = None
                app.openapi_schema = _filled(made)
        return app.openapi_schema

    app.openapi = whole


def _filled(made: dict[str, Any]) -> dict[str, Any]:
    """A description with everything in it."""
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for methods in made["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                _listed(parameter)
            _exemplified(operation)
    _known(made)
    schemas.update(copy.deepcopy(SHAPES))
    schemas.update({f"Table_{name}": _table(table) for name, table in tables().items()})
    schemas.update(_scenario())
    return made


def _exemplified(operation: Mapping[str, Any]) -> None:
    """Pages of a table are shown by a row of it."""
    for answer in operation["responses"].values():
        content = answer.get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").removeprefix(f"{HOME}Table_")
        if name in tables():
            content["example"] = tables()[name]["example"]


@lru_cache(maxsize=64)
def values(name: str) -> tuple[str, ...]:
    """A set of known values."""
    return tuple(dict.fromkeys(value for value in KNOWN[name]() if value))


def _known(value: Any) -> None:
    """Put the values of a set in place of its mark, wherever one stands."""
    if isinstance(value, list):
        for item in value:
            _known(item)
    elif isinstance(value, dict):
        name = value.pop("x-one-of", "")
        if name:
            # What says nothing is left blank.
            blank = [""] if value.get("default") == "" else []
            choice = {"type": "string", "enum": [*values(name), *blank]}
            branch = next((option for option in value.get("anyOf", ()) if option.get("type") == "string"), value)
            for key in ("maxLength", "minLength", "pattern"):
                branch.pop(key, None)
            branch.update(choice)
        for item in list(value.values()):
            _known(item)


def _listed(parameter: dict[str, Any]) -> None:
    """A parameter that takes several values with commas between is a list of known ones."""
    schema = parameter["schema"]
    name = schema.pop("x-some-of", "")
    if not name:
        return
    items = {"type": "string", "enum": list(values(name))}
    default = [value for value in schema.pop("default", "").split(",") if value]
    most = {"maxItems": schema["maxItems"]} if "maxItems" in schema else {}
    parameter["schema"] = {
        "type": "array",
        "items": items,
        "default": default,
        "title": schema.get("title", ""),
        **most,
    }
    parameter |= {"style": "form", "explode": False}
    if "example" in parameter:
        parameter["example"] = [parameter["example"]]


@lru_cache(maxsize=1)
def tables() -> dict[str, Any]:
    """Columns and an example of every table that the interface has pages of, by name."""
    return json.loads((files("detente.faces.web") / "tables.json").read_text(encoding="utf-8"))


def _table(table: Mapping[str, Any]) -> Shape:
    """The shape of a page of a table whose columns are known."""
    columns = {
        column["name"]: {
            "type": [column["type"], "null"], "description": column["description"], "x-unit": column["unit"]
        }
        for column in table["columns"]
    }  # fmt: skip
    row = {**entries(SCALAR, "a row, by column"), "properties": ROW | columns}
    return fields(
        table["about"], HEADS | PAGE | STANDING | {"rows": rows(row, "its rows")}, "limit", "offset", *STANDING
    )


def _scenario() -> dict[str, Any]:
    """The shape of a scenario: that of its file."""
    from detente.lab.scenario import schema

    made = json.loads(json.dumps(schema()).replace("#/$defs/", f"{HOME}Scenario"))
    parts = {f"Scenario{name}": part for name, part in made.pop("$defs", {}).items()}
    return {"Scenario": made, **parts}
