"""What a report says, before it has a form: cards, chapters of charts and tables, words, data and how to cite it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detente.codes import Table
from detente.faces.charts import Chart, brief_charts, charts_of
from detente.faces.charts.frame import first_variant
from detente.faces.charts.memory import LEFT_OUT, can_draw
from detente.faces.report.brief import brief_sentences
from detente.faces.report.cards import Card, brief_cards, cards
from detente.faces.report.chapters import Chapter, in_order
from detente.faces.report.citation import Citation, citation
from detente.faces.report.claims import JudgedClaim, claims
from detente.faces.report.readers import Grid, grid, readable
from detente.lab.result import Result
from detente.lab.statute.standing import record_sentences

__all__ = ["Content", "Grid", "ReportPart", "content", "grid"]

MOST, FEW_CARDS = 6, 8
"""Rows of the brief's table; its cards."""


@dataclass(frozen=True)
class ReportPart:
    """A chapter with what stands in it."""

    chapter: Chapter
    charts: tuple[Chart, ...]
    grids: tuple[Grid, ...]

    @property
    def wide(self) -> tuple[Chart, ...]:
        """Charts that need half a page."""
        wide = [chart for chart in self.charts if chart.wide]
        others = [chart for chart in self.charts if not chart.wide]
        more = min(range(len(others) + 1), key=lambda taken: _empty(len(wide) + taken, len(others) - taken, taken))
        return (*wide, *others[:more])

    @property
    def small(self) -> tuple[Chart, ...]:
        """Charts that stand in a column."""
        return tuple(chart for chart in self.charts if chart not in self.wide)


@dataclass(frozen=True)
class Content:
    """A report without a form.

    Attributes
    ----------
    brief : whether it is the one-page brief.
    sentences : the findings, each with its comparison and range.
    charts, grids : all of them; `parts` : the same by chapter.
    claims : what was said, each with its verdict.
    words : terms of the field that occur, with their meaning.
    """

    title: str
    note: str
    key: str
    brief: bool
    sentences: tuple[str, ...]
    cards: tuple[Card, ...]
    charts: tuple[Chart, ...]
    grids: tuple[Grid, ...]
    parts: tuple[ReportPart, ...]
    claims: tuple[JudgedClaim, ...]
    words: tuple[tuple[str, str], ...]
    assumptions: tuple[Mapping[str, Any], ...] = field(repr=False)
    vintages: Mapping[str, Mapping[str, str]] = field(repr=False)
    checks: tuple[tuple[str, str], ...]
    citation: Citation


def _empty(halves: int, rest: int, taken: int) -> float:
    """How much of the page stays empty: a half beside an odd one, columns of three that one or two leave open."""
    return 10.0 * (rest in (1, 2)) + 3.0 * (halves % 2) + 0.5 * taken


def content(result: Result, brief: bool = False) -> Content:
    """What the report of a result says; of the brief only what fits on one page."""
    scenario = result.scenario
    charts = _charts(result, brief)
    shown = ("products",) if brief else tuple(result.tables)
    tables = [result.tables[name] for name in shown if name in result.tables]
    grids = tuple(grid(_first_rows(table) if brief else table) for table in tables)
    return Content(
        title=scenario.title or scenario.name,
        note=" ".join(filter(None, (scenario.note.strip(), "" if can_draw() else LEFT_OUT))),
        key=result.key,
        brief=brief,
        sentences=_sentences(result, brief),
        cards=tuple(brief_cards(result.tables, FEW_CARDS) if brief else cards(result.tables)),
        charts=charts,
        grids=grids,
        parts=_parts(charts, grids),
        claims=() if brief else tuple(claims(result.tables)),
        words=tuple(words(charts, grids)),
        assumptions=() if brief else tuple(result.assumptions),
        vintages=result.vintages,
        checks=tuple((c.name.replace("_", " "), "holds" if c.holds else "does not hold") for c in result.checks),
        citation=citation(result),
    )


def _charts(result: Result, brief: bool) -> tuple[Chart, ...]:
    """The charts; none where there is too little memory to draw them."""
    if not can_draw():
        return ()
    return tuple(brief_charts(result.tables)) if brief else tuple(charts_of(result))


def _sentences(result: Result, brief: bool) -> tuple[str, ...]:
    """The findings for readers; of the brief those that fit."""
    sentences = [readable(sentence) for sentence in result.sentences]
    record = [readable(sentence) for sentence in record_sentences(result.standings)]
    return tuple(brief_sentences(sentences, result.tables, record)) if brief else tuple(sentences)


def _parts(charts: tuple[Chart, ...], grids: tuple[Grid, ...]) -> tuple[ReportPart, ...]:
    by_name = {grid.name: grid for grid in grids}
    return tuple(
        replace(part, grids=tuple(sorted((by_name[name] for name in names), key=lambda grid: not grid.short)))
        for part, names in chapters(charts, by_name)
    )


def chapters(charts: Sequence[Chart], tables: Iterable[str]) -> list[tuple[ReportPart, list[str]]]:
    """The chapters that tables of some names make, with their charts; beside each the names of its tables."""
    return [
        (ReportPart(chapter, tuple(chart for chart in charts if chart.table in names), ()), names)
        for chapter, names in in_order(tables)
    ]


def _first_rows(table: Table) -> Table:
    """What of a table fits on the brief."""
    table, _ = first_variant(table)
    return table.take(np.arange(min(len(table), MOST)))


GLOSSARY = {
    "average duty": "duty over the value of imports, all goods together",
    "customs value": "what an importer pays for the goods, before freight, insurance and duty",
    "fixed weights": "each good and country counts by its imports of a fixed year, whatever the duty does to them",
    "post-shock weights": "each good and country counts by what would be imported once buyers have answered",
    "statutory": "what the law asks for, whether or not the goods still come",
    "collected": "duty that customs took in, over imports of the month: buyers' answer, delays and claims are in it",
    "points": "percentage points: from 10% to 12% is two points",
    "section 232": "duties for national security (Trade Expansion Act of 1962): steel, aluminium, cars and others",
    "section 301": "duties on China under the Trade Act of 1974, from 2018 on",
    "reciprocal duty": "duties of April 2025 on nearly every country, under emergency powers",
    "fentanyl": "duties of February and March 2025 on China, Canada and Mexico, under emergency powers",
    "exclusions": "goods that a government lets in without an additional duty, on application or by a list",
    "preference claims": "goods of Canada and Mexico that come in free because the importer claims the USMCA treaty",
    "general equilibrium": "wages, prices and trade of all countries settle together",
    "real income": "what a country's spending can buy",
    "real wage": "what a wage can buy",
    "elasticit": "trade elasticity: how many per cent trade falls when its price rises by one per cent",
    "giri-yi": "the set of trade elasticities used unless said otherwise, of Giri, Yi and Yilmazkuday (2021); other "
    "sets go by their authors too",
    "numeraire": "the yardstick of prices, here income of the world",
    "joint draws": "all uncertain inputs drawn at once, many times, with one seed; ranges are read off the results",
    "5th percentile": "of a hundred draws, five lie below it; between the 5th and the 95th lie ninety",
    "rank correlation": "how closely the order of one number follows that of another; squared, the share it explains",
    "out of pocket": "what households pay themselves, without what employers and governments pay for them",
    "decile": "a tenth of all households, by income before taxes",
    "scope": "direct: what a country's own industries use; requirement: with what is inside imported parts",
    "licen": "leave of the exporting country for one buyer, without which a shipment does not go",
    "walking away": "no deal: what each side has if talks fail",
    "frontier": "deals than which no other gives one side more for as much to the other",
    "nash": "the deal of the acceptable ones in which the product of both gains over walking away is largest",
    "abnormal": "return beyond what the days before let one expect",
    "HS6": "the six digits of a product that all customs services share",
}
"""Terms as they occur in lower case, with their meaning."""

SPELLED = {"elasticit": "elasticity", "licen": "licence", "abnormal": "abnormal return", "nash": "Nash package"}


def words(charts: tuple[Chart, ...], grids: tuple[Grid, ...]) -> list[tuple[str, str]]:
    """Terms of the glossary that the report uses."""
    parts = [f"{c.title} {c.note} {c.unit}" for c in charts]
    parts += [
        " ".join((g.title, *g.heads, *g.meanings, *g.notes, *(cell for row in g.rows for cell in row))) for g in grids
    ]
    text = " ".join(parts).lower()
    return [(SPELLED.get(term, term), meaning) for term, meaning in GLOSSARY.items() if term.lower() in text]
