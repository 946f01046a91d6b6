"""The report as one HTML page: nothing outside it is asked for, nothing in it runs, it prints on A4."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from detente.faces.charts import NARROW, WIDE, Chart
from detente.faces.charts.drawing import svg
from detente.faces.formats import to_csv
from detente.faces.report.content import Content
from detente.faces.report.readers import readable
from detente.faces.words.cards import Card
from detente.faces.words.language import load, report_texts
from detente.lab.duties.among import apart
from detente.lab.result import Result

if TYPE_CHECKING:
    from jinja2 import Environment


def write(content: Content, result: Result) -> bytes:
    """The page."""
    return page(content, result).encode()


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


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates of the package."""
    made = environment("detente.faces")
    made.keep_trailing_newline = True
    return made


def page(content: Content, result: Result) -> str:
    """The page as text: a brief or the whole, by what the content is."""
    say = load()
    name = "brief.html.j2" if content.brief else "page.html.j2"
    tables = apart(result.tables)
    data = {
        grid.name: f"data:text/csv;base64,{base64.b64encode(to_csv(tables[grid.name]).encode()).decode()}"
        for grid in content.grids
    }
    return (
        templates()
        .get_template(name)
        .render(
            it=content,
            say=say,
            front=[figure(chart) for chart in content.pictures],
            figures={part.chapter.name: [figure(chart) for chart in part.charts] for part in content.parts},
            downloads=data,
            method=[(step["head"], step["text"]) for step in report_texts()["method"]],
            assumed=[assumed(row) for row in content.assumptions],
            cards=[headline(card) for card in content.cards],
            vintages=[vintage(row) for row in content.vintages.values()],
            checks=[(name, say(f"report.{HELD[verdict]}")) for name, verdict in content.checks],
            style=templates().get_template("style.css").render(),
        )
    )


def headline(card: Card) -> dict[str, str]:
    """A headline, text by text."""
    texts = ("label", "number", "against", "spread", "method", "changes")
    return {name: getattr(card, name) for name in texts}


def vintage(row: Mapping[str, str]) -> dict[str, Any]:
    """A table that the result stands on."""
    texts = [row[name] for name in ("title", "publisher", "vintage")]
    return {"texts": texts, "hash": row["sha256"][:12]}


HELD = {"holds": "holds", "does not hold": "fails"}
"""Texts of what became of a check."""


def assumed(row: Mapping[str, Any]) -> dict[str, str]:
    """An assumption; its id is as it is, a switch that there is none of is blank."""
    switch = "" if row["switch"] == "none" else str(row["switch"])
    texts = {**row, "switch": switch}
    return {key: str(row[key]) if key == "id" else str(texts[key]).strip() for key in ASSUMED}


ASSUMED = ("id", "statement", "effect", "switch", "source")
"""What the page says of an assumption."""


def pictures(content: Content) -> list[tuple[Chart, int]]:
    """The charts of a page with the widths they are drawn at."""
    return [(chart, width) for chart in content.charts for width in widths(chart)]


def widths(chart: Chart) -> tuple[int, ...]:
    """The widths a chart is drawn at: one for both pages where it can be read in a column."""
    return (WIDE, NARROW) if chart.wide else (NARROW,)


def figure(chart: Chart) -> dict[str, Any]:
    """A chart with its picture for a narrow page, and for a wide one where it needs another there."""
    return {"chart": chart, "wide": svg(chart, WIDE) if chart.wide else "", "narrow": svg(chart, NARROW)}
