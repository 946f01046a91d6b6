"""The chart of both sides' gains of the Deal page, as a file or for a frame, drawn as reports draw it."""

from __future__ import annotations

from fastapi.responses import Response

from detente.codes import DetenteError
from detente.faces.charts.gallery import charts
from detente.faces.web.api.deal import address_of, deals_of
from detente.faces.web.html import Address, refused
from detente.faces.web.pages.files import drawn_as
from detente.faces.words.language import load
from detente.lab.deal.offers import plane_tables

PLACE = "Deal"


def chart_file(address: Address) -> Response:
    """What both can accept, with the deal of the address in it."""
    try:
        deal, engine = deals_of(address.request).deal(address_of(address.request), quick=True)
        tables, say = plane_tables(engine, deal), load()
        return drawn_as(address, charts(tables, ("acceptable",), say=say), tables, f"/deal?{deal.deal.query()}")
    except DetenteError as error:
        return refused(error, PLACE, request=address.request)
