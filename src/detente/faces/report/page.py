"""The report as one HTML page: nothing outside it is asked for, nothing in it runs, it prints on A4."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from detente.data.limits import memoized
from detente.faces.charts import NARROW, WIDE, Chart
from detente.faces.charts.drawing import svg
from detente.faces.report.content import Content
from detente.faces.report.readers import readable
from detente.faces.words.language import load, report_texts

if TYPE_CHECKING:
    from jinja2 import Environment


def write(content: Content, workbook: str = "") -> bytes:
    """The page; `workbook` : the file beside it that has every table, "" for none."""
    return page(content, workbook).encode()


class Marked(str):
    """Text that is HTML already, as templates ask for it."""

    def __html__(self) -> str:
        return self


def coded(text: str) -> str:
    """Text with what stands between backticks as code."""
    return Marked(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))


def environment(*packages: str) -> Environment:
    """Templates of some packages, each read when it is first asked for; what is put into HTML is escaped."""
    made = Environment(
        loader=FileSystemLoader([str(files(name) / "templates") for name in packages]),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"coded": coded, "readable": readable}
    return made


@memoized
def templates() -> Environment:
    """The templates of the package."""
    made = environment("detente.faces")
    made.keep_trailing_newline = True
    return made


def page(content: Content, workbook: str = "") -> str:
    """The page as text: a brief or the whole, by what the content is."""
    say = load()
    return (
        templates()
        .get_template("brief.html.j2" if content.brief else "page.html.j2")
        .render(
            it=content,
            say=say,
            workbook=workbook,
            front=[figure(chart) for chart in content.pictures],
            figures={part.chapter.name: [figure(chart) for chart in part.charts] for part in content.parts},
            method=[(step["head"], step["text"]) for step in report_texts()["method"]],
            checks=[(name, say(f"report.{HELD[verdict]}")) for name, verdict in content.checks],
            style=templates().get_template("style.css").render(),
        )
    )


#: Texts of what became of a check.
HELD = {"holds": "holds", "does not hold": "fails"}


def pictures(content: Content) -> list[tuple[Chart, int]]:
    """The charts of a page with the widths they are drawn at."""
    return [(chart, width) for chart in content.charts for width in widths(chart)]


def widths(chart: Chart) -> tuple[int, ...]:
    """The widths a chart is drawn at: one for both pages where it can be read in a column."""
    return (WIDE, NARROW) if chart.wide else (NARROW,)


def figure(chart: Chart) -> dict[str, Any]:
    """A chart with its picture for a narrow page, and for a wide one where it needs another there."""
    return {"chart": chart, "wide": svg(chart, WIDE) if chart.wide else "", "narrow": svg(chart, NARROW)}
