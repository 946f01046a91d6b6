"""Prices and countries under a deal: its address leads to the question, asked of the deal as a scenario."""

from __future__ import annotations

import json
from contextlib import suppress

from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from detente.codes import DetenteError
from detente.faces.web.api.deal import address_of, deals_of
from detente.faces.web.html import Address
from detente.lab.deal.file import scenario_of

BESIDE = {"note", "materials", "deal"}
"""What the file of a deal says that moves no price."""


def country(address: Address) -> Response:
    """The brief of a country under the deal; of today where no scenario can say its duties."""
    query = {"country": address("country", "USA")}
    with suppress(DetenteError):
        query["scenario"] = _scenario(address)
    return RedirectResponse(f"/brief?{QueryParams(query)}", 307)


def _scenario(address: Address) -> str:
    """The deal of the address as a scenario, in JSON."""
    deal, engine = deals_of(address.request).deal(address_of(address.request), quick=True)
    scenario = scenario_of(engine, deal).model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=BESIDE)
    return json.dumps(scenario, separators=(",", ":"))


def prices(address: Address) -> Response:
    """The page of the question, a table or a chart of it."""
    named = address.request.path_params
    form = named.get("form", "csv" if address.request.url.path.endswith(".csv") else "")
    framed = "/embed" if address.request.url.path.startswith("/embed/") else ""
    query = {"scenario": _scenario(address)}
    if form == "csv":
        query["table"] = named.get("name") or address("table", "households")
    elif "name" in named:
        query["chart"] = named["name"]
    return RedirectResponse(f"{framed}/prices{form and f'.{form}'}?{QueryParams(query)}", 307)
