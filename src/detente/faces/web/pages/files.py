"""A chart of a page as a file: drawing, picture, or the table behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi.responses import Response

from detente.codes import Table, UnknownName
from detente.faces.charts import Chart
from detente.faces.charts.drawing import png, standalone, svg
from detente.faces.charts.frame import NARROW, WIDE
from detente.faces.web.html import as_csv

FORMS = ("svg", "png", "csv")


def drawn_as(drawn: Sequence[Chart], tables: Mapping[str, Table], name: str, form: str) -> Response:
    """A chart by its name in a format.

    Raises
    ------
    UnknownName : no such chart or format.
    """
    by_name = {chart.name: chart for chart in drawn}
    if name not in by_name:
        raise UnknownName("chart", name[:40], by_name, repair=f"there are {', '.join(by_name) or 'none'}")
    if form not in FORMS:
        raise UnknownName("format", form[:8], FORMS, repair=f"use {', '.join(FORMS)}")
    chart = by_name[name]
    if form == "csv":
        return as_csv(tables[chart.table], name)
    headers = {"content-disposition": f'inline; filename="{name}.{form}"'}
    width = WIDE if chart.wide else NARROW
    if form == "svg":
        return Response(standalone(svg(chart, width)), headers=headers, media_type="image/svg+xml")
    return Response(png(chart, width), headers=headers, media_type="image/png")
