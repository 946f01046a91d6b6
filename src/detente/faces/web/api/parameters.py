"""Parameters of an operation: one that it does not know is refused, as an option of a command is."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from detente.codes import UnknownName
from detente.faces.web.tongue import LANG


def known_parameters(request: Request) -> None:
    """Refuse names in the query that the operation does not take.

    An operation whose parameters are the keys of a deal's address says of each whether it is used; it is left alone.

    Raises
    ------
    UnknownName : a parameter of no such operation; with the nearest of its own.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or "parameters" in (route.openapi_extra or {}):
        return
    names = {LANG, *_names(route.dependant)}
    for name in request.query_params:
        if name not in names:
            raise UnknownName("parameter", name[:200], sorted(names))


def _names(dependant: Any) -> set[str]:
    """What an operation and what it stands on read from the query."""
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_names(part) for part in dependant.dependencies))
