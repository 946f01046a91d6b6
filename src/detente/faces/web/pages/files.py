"""A chart of a page as a file (drawing, picture, or the table behind it), or alone in a frame of another page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi.responses import Response

from detente.codes import Table, UnknownName
from detente.faces.charts import Chart
from detente.faces.charts.drawing import png, standalone, svg
from detente.faces.charts.frame import NARROW, WIDE
from detente.faces.formats import to_csv
from detente.faces.web.html import Address, page, picture
from detente.faces.web.media import as_file

FORMS = ("svg", "png", "csv")
EMBED = "/embed/"


def drawn_as(address: Address, drawn: Sequence[Chart], tables: Mapping[str, Table], home: str) -> Response:
    """The chart that an address names, in its format; for a frame on another page with a link to its own.

    Parameters
    ----------
    home : address of the page that shows it.

    Raises
    ------
    UnknownName : no such chart or format.
    """
    name, form = address("name"), address.request.path_params.get("form", "")
    by_name = {chart.name: chart for chart in drawn}
    if name not in by_name:
        raise UnknownName("chart", name[:40], by_name, repair=f"there are {', '.join(by_name) or 'none'}")
    chart = by_name[name]
    if address.request.url.path.startswith(EMBED):
        return page("chart.html.j2", address.request, title=chart.title, figure=picture(chart), home=home)
    if form not in FORMS:
        raise UnknownName("format", form[:8], FORMS, repair=f"use {', '.join(FORMS)}")
    width = WIDE if chart.wide else NARROW
    if form == "csv":
        return as_file(to_csv(tables[chart.table]), name, form)
    return as_file(standalone(svg(chart, width)) if form == "svg" else png(chart, width), name, form, inline=True)
