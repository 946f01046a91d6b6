"""The report as one HTML page: nothing outside it is asked for, nothing in it runs, it prints on A4."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from detente.faces.charts import NARROW, WIDE, Chart
from detente.faces.charts.drawing import svg
from detente.faces.formats import to_csv
from detente.faces.report.content import Content, ReportPart
from detente.faces.report.method import METHOD
from detente.lab.result import Result

if TYPE_CHECKING:
    from jinja2 import Environment


def write(content: Content, result: Result) -> bytes:
    """The page."""
    return page(content, result).encode()


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates of the package, read; what is put into HTML is escaped."""
    made = _environment()
    made.filters["coded"] = coded
    for name in made.list_templates():
        made.get_template(name)
    return made


class Marked(str):
    """Text that is HTML already, as templates ask for it."""

    def __html__(self) -> str:
        return self


def coded(text: str) -> str:
    """Text with what stands between backticks as code."""
    return Marked(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(str(files("detente.faces") / "templates")),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def page(content: Content, result: Result) -> str:
    """The page as text: a brief or the whole, by what the content is."""
    name = "brief.html.j2" if content.brief else "page.html.j2"
    data = {grid.name: download(to_csv(result.tables[grid.name])) for grid in content.grids}
    return (
        templates()
        .get_template(name)
        .render(
            it=content,
            figures=figures(content, data),
            downloads=data,
            method=METHOD,
            style=templates().get_template("style.css").render(),
        )
    )


def figures(content: Content, data: Mapping[str, str]) -> dict[str, Any]:
    """Charts with their pictures by chapter; on the brief all of them in a row, without their data."""
    if content.brief:
        return {"all": [figure(chart, "") for chart in content.charts]}
    remaining = dict(data)
    # Data of a table go with the first chart of it; the others lead to the table, which has them too.
    return {
        part.chapter.name: {
            "wide": [figure(chart, remaining.pop(chart.table, ""), wide=True) for chart in part.wide],
            "small": [figure(chart, remaining.pop(chart.table, "")) for chart in part.small],
        }
        for part in content.parts
    }


def pictures(content: Content) -> list[tuple[Chart, int]]:
    """The charts of a page with the widths they are drawn at."""
    return [(chart, NARROW) for chart in content.charts] if content.brief else pictures_of(content.parts)


def pictures_of(parts: Iterable[ReportPart]) -> list[tuple[Chart, int]]:
    """The charts of chapters with the widths they are drawn at on a page of everything."""
    pictures: list[tuple[Chart, int]] = []
    for part in parts:
        pictures += [(chart, width) for chart in part.wide for width in (WIDE, NARROW)]
        pictures += [(chart, NARROW) for chart in part.small]
    return pictures


def figure(chart: Chart, data: str, wide: bool = False) -> dict[str, Any]:
    """A chart with its pictures for half a page, where it stands there, and for a column; its data as a link."""
    return {
        "chart": chart,
        "wide": svg(chart, WIDE) if wide else "",
        "narrow": svg(chart, NARROW),
        "download": data,
    }


def download(text: str) -> str:
    """A file inside a link."""
    return f"data:text/csv;base64,{base64.b64encode(text.encode()).decode()}"
