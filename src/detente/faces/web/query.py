"""What an address may say: a parameter that an operation or a page does not take is refused, here for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from detente.codes import InputError, UnknownName

ALIKE = (
    ("on", "date", "day", "when"), ("from", "first", "start", "since"), ("to", "last", "end", "until", "through"),
    ("of", "importer"), ("partner", "exporter", "origin"), ("ledger", "name"), ("set", "parameters", "facts"),
    ("publisher", "as"), ("against", "before"), ("claim", "preference"), ("scenario", "deal"), ("weights", "year"),
)  # fmt: skip
"""Names that people and earlier versions have for one thing: an unknown one is answered with the one that is taken."""


REPEATED = "*"
"""Behind the name of a page's parameter that may be given several times."""


LEVERS = "+"
"""Among the parameters of a page: the levers of a deal, whose names the cases have."""

DEAL = f"v case date {LEVERS} duration partner rate except weights horizon closure year"
"""Keys of the address of a deal."""


def names_of(names: str) -> list[str]:
    """Names of parameters with those of the levers of all cases among them."""
    from detente.lab.deal.levers import keys_of_levers

    return [each for name in names.split() for each in (keys_of_levers() if name == LEVERS else (name,))]


def page_parameters(names: str) -> dict[str, Any]:
    """What a page reads of its address, as an operation of the interface declares it.

    Parameters
    ----------
    names : with blanks between; `row*` may be given several times.
    """
    return {"parameters": [_declared(name) for name in names.split()]}


def _declared(name: str) -> dict[str, Any]:
    schema = {"type": "array" if name.endswith(REPEATED) else "string"}
    return {"name": name.rstrip(REPEATED), "in": "query", "schema": schema}


async def check_query(request: Request) -> None:
    """Refuse names in the query that the operation or page does not take, and those given twice that count once.

    Raises
    ------
    InputError, UnknownName : the name, with the one to use.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or "x-question" in (route.openapi_extra or {}):
        return  # a question reads its own
    known, pairs = taken(route), request.query_params.multi_items()
    given = [name for name, _ in pairs]
    check_names(given, known)
    for name in dict.fromkeys(given):
        if given.count(name) > 1 and not known.get(name, False):
            raise InputError(name, f"is given {given.count(name)} times", "give it once")


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a name that is not known, with the name of the same thing that is, or else the nearest.

    Raises
    ------
    UnknownName : the first of them.
    """
    named = sorted(known)
    for name in given:
        if name in named:
            continue
        same = next((group for group in ALIKE if name in group), ())
        repair = next((f"use '{other}'" for other in same if other in named), "")
        raise UnknownName("parameter", name[:200], () if repair else named, repair=repair)


def taken(route: APIRoute) -> Mapping[str, bool]:
    """Parameters that an operation or a page takes from the query, each with whether it may be given several times."""
    declared = (route.openapi_extra or {}).get("parameters", ())
    names = {row["name"]: row["schema"].get("type") == "array" for row in declared}
    levers = dict.fromkeys(names_of(LEVERS), False) if names.pop(LEVERS, None) is not None else {}
    return names | levers | _fields(route.dependant)


def _fields(dependant: Any) -> dict[str, bool]:
    """The same of what an operation and its dependencies declare."""
    own = {field.alias: "list" in str(field.field_info.annotation) for field in dependant.query_params}
    for part in dependant.dependencies:
        own |= _fields(part)
    return own
