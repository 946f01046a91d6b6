"""The report as one HTML page: nothing outside it is asked for, nothing in it runs, it prints on A4."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from detente.codes.names import first_upper
from detente.faces.charts import NARROW, WIDE, Chart
from detente.faces.charts.drawing import svg
from detente.faces.formats import to_csv
from detente.faces.report.cards import Card
from detente.faces.report.content import Content
from detente.faces.report.method import METHOD
from detente.faces.report.readers import readable
from detente.faces.words.language import ENGLISH, English, Language, load
from detente.faces.words.tables import sentence_in, text_in
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


def foreign(context: Mapping[str, Any], text: str) -> str:
    """The attribute of an element whose text is English on a page of another language."""
    return Marked(' lang="en"' if isinstance(text, English) and context["lang"] != ENGLISH else "")


def marked(text: str, chart: Chart) -> str:
    """A text of a chart as HTML; what its language has no words for is marked as English."""
    if not chart.foreign:
        return text
    shown = escape(text)
    for words in sorted(chart.foreign, key=len, reverse=True):
        for form in dict.fromkeys((words, first_upper(words))):
            shown = shown.replace(escape(form), f'<span lang="en">{escape(form)}</span>')
    return Marked(shown)


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates of the package, each read when it is first asked for; what is put into HTML is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape

    made = Environment(
        loader=FileSystemLoader(str(files("detente.faces") / "templates")),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"coded": coded, "foreign": pass_context(foreign), "marked": marked, "readable": readable}
    return made


def page(content: Content, result: Result) -> str:
    """The page as text: a brief or the whole, by what the content is."""
    say = load(content.lang)
    name = "brief.html.j2" if content.brief else "page.html.j2"
    tables = apart(result.tables)
    data = {grid.name: download(to_csv(tables[grid.name])) for grid in content.grids}
    return (
        templates()
        .get_template(name)
        .render(
            it=content,
            say=say,
            lang=say.code,
            english=Marked("" if say.code == ENGLISH else ' lang="en"'),
            front=[figure(chart) for chart in content.pictures],
            figures={part.chapter.name: [figure(chart) for chart in part.charts] for part in content.parts},
            downloads=data,
            method=[(text_in(head, say), text_in(text, say)) for head, text in METHOD],
            assumed=[assumed(row, say) for row in content.assumptions],
            cards=[headline(card, say) for card in content.cards],
            vintages=[vintage(row, say) for row in content.vintages.values()],
            checks=[(text_in(name, say), say(f"report.{HELD[verdict]}")) for name, verdict in content.checks],
            style=templates().get_template("style.css").render(),
        )
    )


def headline(card: Card, say: Language) -> dict[str, str]:
    """A headline in a language, text by text."""
    texts = ("label", "number", "against", "spread", "method", "changes")
    return {name: sentence_in(getattr(card, name), say) for name in texts}


def vintage(row: Mapping[str, str], say: Language) -> dict[str, Any]:
    """A table that the result stands on, in a language."""
    texts = [text_in(row[name], say) for name in ("title", "publisher", "vintage")]
    return {"texts": texts, "hash": row["sha256"][:12]}


HELD = {"holds": "holds", "does not hold": "fails"}
"""Texts of what became of a check."""


def assumed(row: Mapping[str, Any], say: Language) -> dict[str, str]:
    """An assumption in a language; its id is as it is, a switch that there is none of is blank."""
    switch = "" if row["switch"] == "none" else str(row["switch"])
    texts = {**row, "switch": switch}
    return {key: str(row[key]) if key == "id" else text_in(str(texts[key]).strip(), say) for key in ASSUMED}


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


def download(text: str) -> str:
    """A file inside a link."""
    return f"data:text/csv;base64,{base64.b64encode(text.encode()).decode()}"
