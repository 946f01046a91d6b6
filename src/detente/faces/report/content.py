"""What a report says, before it has a form: cards, chapters of charts and tables, words, data and how to cite it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detente.codes import Table
from detente.faces.charts import Chart, brief_charts, charts
from detente.faces.charts.frame import variants
from detente.faces.charts.memory import LEFT_OUT, can_draw
from detente.faces.report.chapters import Chapter, in_order, own_tables
from detente.faces.report.citation import Citation, citation
from detente.faces.report.claims import JudgedClaim, claims
from detente.faces.report.readers import Grid, grid, readable
from detente.faces.words.brief import Brief
from detente.faces.words.brief import brief as brief_of
from detente.faces.words.cards import Card, cards
from detente.faces.words.findings import lead_of
from detente.faces.words.language import Language, load, report_texts
from detente.lab.duties.among import apart
from detente.lab.ranges.numbers import RunTables
from detente.lab.result import Result

__all__ = ["Content", "Grid", "ReportPart", "content", "grid"]

CHARTS, ROWS = 3, 10
"""Charts of a chapter, and rows of its table."""

CLAIMS = 8
"""Claims that stand in a chapter; the table has all."""


@dataclass(frozen=True)
class ReportPart:
    """A chapter: what it finds, three charts at most, a short table, claims; and every table, for the appendix."""

    chapter: Chapter
    lead: str
    title: str
    charts: tuple[Chart, ...]
    table: Grid | None
    claims: tuple[JudgedClaim, ...]
    grids: tuple[Grid, ...]


@dataclass(frozen=True)
class Content:
    """A report without a form.

    Attributes
    ----------
    brief : whether it is the one-page brief alone.
    front : the brief itself, as every face shows it; `pictures` : its charts.
    parts : chapters. With the brief alone there are none.
    grids : every table, in the order of the appendix; `findings` : each with its comparison and range.
    claims : what was said, each with its verdict, for the appendix.
    cards : headlines with their method and what would change them, for the appendix.
    words : terms of the field that occur, with their meaning.
    """

    title: str
    note: str
    key: str
    brief: bool
    front: Brief
    pictures: tuple[Chart, ...]
    findings: tuple[str, ...]
    claims: tuple[JudgedClaim, ...]
    cards: tuple[Card, ...]
    parts: tuple[ReportPart, ...]
    words: tuple[tuple[str, str], ...]
    assumptions: tuple[Mapping[str, Any], ...] = field(repr=False)
    vintages: Mapping[str, Mapping[str, str]] = field(repr=False)
    checks: tuple[tuple[str, str], ...]
    citation: Citation

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every chart once, those of the brief first."""
        drawn = (*self.pictures, *(chart for part in self.parts for chart in part.charts))
        return tuple({chart.name: chart for chart in drawn}.values())

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Every table, chapter by chapter."""
        return tuple(grid for part in self.parts for grid in part.grids)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the brief."""
        return self.front.sentences


def content(result: Result, brief: bool = False) -> Content:
    """What the report of a result says; of the brief only what fits on one page."""
    scenario, front = result.scenario, brief_of(result)
    parts = () if brief else tuple(_parts(result, load()))
    return Content(
        title=front.title,
        note=_note(scenario.note.strip()),
        key=result.key,
        brief=brief,
        front=front,
        pictures=tuple(brief_charts(apart(result.tables), say=load())) if can_draw() else (),
        findings=tuple(map(readable, result.sentences)),
        claims=() if brief else tuple(claims(result.tables, load())),
        cards=() if brief else tuple(cards(result.tables)),
        parts=parts,
        words=tuple(words(parts)),
        assumptions=() if brief else tuple(result.assumptions),
        vintages=result.vintages,
        checks=tuple((c.name.replace("_", " "), "holds" if c.holds else "does not hold") for c in result.checks),
        citation=citation(result),
    )


def _note(note: str) -> str:
    """What the scenario says of itself, and that pictures are left out where they are."""
    return " ".join(text for text in (note, "" if can_draw() else LEFT_OUT) if text)


def _parts(result: Result, say: Language) -> Iterator[ReportPart]:
    """Chapters that have a table, each with its finding, charts and tables."""
    rows, judged, tables = RunTables(result.tables), claims(result.tables, say), apart(result.tables)
    for chapter, names in in_order(tables):
        yield ReportPart(
            chapter,
            lead_of(chapter.name, rows, say) or chapter.lead(say),
            chapter.title(say),
            tuple(chapter_charts(chapter, tables, say)),
            _short(chapter, tables, say),
            tuple(judged[:CLAIMS]) if chapter.name == "record" else (),
            tuple(grid(tables[name], say) for name in names),
        )


def chapter_charts(chapter: Chapter, tables: Mapping[str, Table], say: Language) -> list[Chart]:
    """The charts of a chapter: one of each kind first, three at most; none where there is too little memory to draw."""
    if not can_draw():
        return []
    own = own_tables(chapter, tables)
    drawn = [charts(own, (name,), say=say) for name in chapter.charts]
    first = [made[0] for made in drawn if made]
    more = [chart for made in drawn for chart in made[1:]]
    kept = [*first, *more][:CHARTS]
    return [chart for made in drawn for chart in made if chart in kept]


def _short(chapter: Chapter, tables: Mapping[str, Table], say: Language) -> Grid | None:
    """The table that stands in a chapter: some of its columns and its first rows."""
    if chapter.instead in tables:
        chapter = replace(chapter, table=chapter.instead, columns=tuple(tables[chapter.instead].data), by="")
    if chapter.table not in tables:
        return None
    _, table = variants(tables[chapter.table])[0]
    columns = [name for name in chapter.columns if name in table.data]
    if chapter.by:
        table = table.take(np.argsort(-np.abs(np.asarray(table[chapter.by], dtype=float)), kind="stable"))
    shown = grid(replace(table.select(columns), notes=()).take(np.arange(min(len(table), ROWS))), say)
    return replace(shown, count=len(table)) if len(table) else None


def words(parts: Sequence[ReportPart]) -> list[tuple[str, str]]:
    """Terms of the glossary that the chapters use, as readers write them, with their meaning."""
    texts = [f"{c.title} {c.note} {c.unit}" for part in parts for c in part.charts]
    texts += [
        " ".join((g.title, *g.heads, *g.meanings, *g.notes, *(cell for row in g.rows for cell in row)))
        for part in parts
        for g in part.grids
    ]
    text = " ".join(texts).lower()
    return [(spelled(term), meaning) for term, meaning in report_texts()["terms"].items() if term.lower() in text]


def spelled(term: str) -> str:
    """A term of the glossary as readers write it."""
    return report_texts()["spelled"].get(term, term)
