"""Claims of the day as a reader wants them: who said what, the verdict, and the definitions that decide it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from detente.codes import Table
from detente.data.importerfile import lawbooks
from detente.faces.charts import Chart, brief_charts, charts
from detente.faces.charts.drawing import LEFT_OUT, can_draw
from detente.faces.charts.frame import day, has, rows_of, variants
from detente.faces.report.citation import Citation, citation
from detente.faces.report.readers import Grid, grid, readable
from detente.faces.words.brief import Brief
from detente.faces.words.brief import brief as brief_of
from detente.faces.words.cards import cards
from detente.faces.words.findings import lead_of
from detente.faces.words.language import Language, load, report_texts
from detente.lab.duties.among import apart
from detente.lab.parts import PARTS
from detente.lab.ranges.numbers import RunTables
from detente.lab.result import Result

#: Tables of claims, the first that is there.
NAMES = ("claims", "checks")

WANTED = ("claim", "statement", "verdict", "found", "speaker", "said", "holds_under", "fails_under", "likely")


@dataclass(frozen=True)
class JudgedClaim:
    """One statement with its verdict.

    Attributes
    ----------
    side : for, between, against or open: the mark beside the word of the verdict.
    found : what was computed or recorded, one sentence.
    holds, fails : readings under which it holds and does not, each with its value.
    likely : reading the source most likely meant.
    """

    name: str
    who: str
    said: str
    verdict: str
    side: str
    found: str
    holds: tuple[str, ...]
    fails: tuple[str, ...]
    likely: str


def claims(tables: Mapping[str, Table], say: Language | None = None) -> list[JudgedClaim]:
    """Every claim of the result, in order; none without a table of them."""
    name = next((name for name in NAMES if has(tables, name, *WANTED)), None)
    return [_claim(row, say or load()) for row in rows_of(tables[name])] if name else []


def _claim(row: Mapping[str, str], say: Language) -> JudgedClaim:
    from detente.lab.claims.asked import mark_of  # Slow to load, and not needed where no claim is judged.

    return JudgedClaim(
        name=row["claim"],
        who=f"{row['speaker']}, {day(row['said'])}",
        said=row["statement"],
        verdict=verdict_in(row["verdict"], say),
        side=mark_of(row["verdict"]),
        found=readable(row["found"]),
        holds=_listed(row["holds_under"]),
        fails=_listed(row["fails_under"]),
        likely=row["likely"],
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(readable(part) for part in text.split(" | ") if part)


def verdict_in(verdict: str, say: Language) -> str:
    """A verdict in words, with the mark that it hangs on draws."""
    plain = verdict.removesuffix(UNSURE)
    key = f"claims.verdict_{plain.replace(' ', '_')}"
    words = say.sentences.get(key, plain)
    return words if plain == verdict else say("claims.uncertain", verdict=words)


#: What stands behind a verdict whose nearness depends on the draw.
UNSURE = " (uncertain)"


@dataclass(frozen=True)
class Chapter:
    """A part of a report.

    Attributes
    ----------
    name : anchor of the page; its words are in the catalogue.
    charts : names of the gallery, of each of which the first that can be drawn stands in it.
    table : the table that stands in it, of which `columns` and the first rows are shown; "" for none.
    instead : the table that stands in it where the result has it, whole.
    by : column whose largest values in size come first; "" for the order of the table.
    others : tables it holds besides those that parts of a run declare for it; one that ends in * holds every name that
        begins so.
    importer : whose law it is about, where it is one of several such chapters.
    """

    name: str
    charts: tuple[str, ...] = ()
    table: str = ""
    columns: tuple[str, ...] = ()
    by: str = ""
    instead: str = ""
    others: tuple[str, ...] = ()
    importer: str = ""

    def title(self, say: Language) -> str:
        """What readers see above it."""
        if self.importer:
            return say("chapter.title_importer", of_country=say.country(self.importer, "of"))
        return say(f"chapter.title_{self.name}")

    def lead(self, say: Language) -> str:
        """What it is about, where it has no finding."""
        if self.importer:
            return say("chapter.lead_importer", of_country=say.country(self.importer, "of"))
        return say(f"chapter.lead_{self.name}")

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables it holds, in the order in which they are shown."""
        own = [table for part in PARTS for table, where in part.tables.items() if where == self.name]
        return (*own, *self.others)

    def holds(self, table: str) -> bool:
        """Whether a table belongs here."""
        return any(table.startswith(name[:-1]) if name.endswith("*") else table == name for name in self.tables)


def _planned_as(name: str, **how: str | list[str]) -> Chapter:
    """A chapter of the plan."""
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in how.items()}
    return Chapter(name, **given)


PLAN = tuple(_planned_as(**row) for row in report_texts()["chapters"])

#: Tables of one importer that is not the first side, by the code at their end.
IMPORTER = re.compile(r"^(?:partner|section|daily)_([a-z0-9]+)$")

#: Chapter on the law of the first side; those on the law of others follow it, and begin so.
LAW = "duties"


def importer_chapter(code: str) -> Chapter:
    """The chapter on the law of an importer, `code` in lower case."""
    return Chapter(
        f"{LAW}-{code}",
        (),
        f"partner_{code}",
        ("partner", "imports", "before", "after", "change"),
        others=(f"partner_{code}", f"section_{code}", f"daily_{code}"),
        importer=code.upper(),
    )


MORE = Chapter("more")


def chapter_of(table: str) -> Chapter:
    """The chapter of a table; those that belong to none stand at the end."""
    known = next((chapter for chapter in PLAN if chapter.holds(table)), None)
    match = IMPORTER.match(table)
    return known or (importer_chapter(match[1]) if match and match[1].upper() in lawbooks() else MORE)


def in_order(tables: Iterable[str]) -> list[tuple[Chapter, list[str]]]:
    """Chapters that have a table, each with its own in the order of its plan."""
    names = list(tables)
    chapters, places = [], {name: chapter_of(name) for name in names}
    for chapter in _planned(places.values()):
        own = [name for name in names if places[name] == chapter]
        if own:
            chapters.append((chapter, sorted(own, key=lambda name, plan=chapter.tables: _rank(name, plan))))
    return chapters


def _planned(chapters: Iterable[Chapter]) -> Iterator[Chapter]:
    """The plan, with the chapters on the laws of further importers behind that of the first side."""
    further = dict.fromkeys(chapter for chapter in chapters if chapter.name.startswith(f"{LAW}-"))
    for chapter in (*PLAN, MORE):
        yield chapter
        yield from further if chapter.name == LAW else ()


def own_tables(chapter: Chapter, tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables that the charts of a chapter may draw: without those on the laws of importers with other chapters."""
    places = {name: chapter_of(name) for name in tables if IMPORTER.match(name)}
    others = {name for name, place in places.items() if place.name.startswith(f"{LAW}-") and place != chapter}
    if chapter.name.startswith(f"{LAW}-"):
        others |= {"daily", "partner", "section"} | {name for name in places if places[name].name == LAW}
    return {name: table for name, table in tables.items() if name not in others}


def _rank(name: str, plan: tuple[str, ...]) -> int:
    return plan.index(name) if name in plan else len(plan)


__all__ = ["Content", "Grid", "ReportPart", "content", "grid"]

#: Rows of the table of a chapter.
ROWS = 8

#: Claims that stand in a chapter; the table has all.
CLAIMS = 3


@dataclass(frozen=True)
class ReportPart:
    """A chapter: its answer, what it finds, charts, a short table, claims, and what would change the numbers.

    Attributes
    ----------
    said : its headlines with comparison and range. changes : what would change them. tables : every table of it.
    """

    chapter: Chapter
    lead: str
    said: tuple[str, ...]
    changes: tuple[str, ...]
    title: str
    charts: tuple[Chart, ...]
    table: Grid | None
    claims: tuple[JudgedClaim, ...]
    tables: tuple[Table, ...] = field(repr=False)

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """Every table as readers see it, for pages that show them all; a report does not."""
        return tuple(grid(table, load()) for table in self.tables)


@dataclass(frozen=True)
class Content:
    """A report without a form.

    Attributes
    ----------
    title_in_files : name of the scenario. brief : whether it is the one-page brief alone.
    front : the brief itself, as every face shows it; `pictures` : its charts.
    parts : chapters. With the brief alone there are none.
    grids : every table, chapter by chapter; `findings` : each with its comparison and range.
    tables : how many tables the result has.
    """

    title: str
    title_in_files: str
    note: str
    key: str
    brief: bool
    front: Brief
    pictures: tuple[Chart, ...]
    findings: tuple[str, ...]
    parts: tuple[ReportPart, ...]
    tables: int
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
        title_in_files=scenario.name or "SCENARIO",
        note=_note(scenario.note.strip()),
        key=result.key,
        brief=brief,
        front=front,
        pictures=tuple(brief_charts(apart(result.tables), say=load())) if can_draw() else (),
        findings=tuple(map(readable, result.sentences)),
        parts=parts,
        tables=len(result.tables),
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
    headlines = cards(result.tables)
    for chapter, names in in_order(tables):
        own = [card for card in headlines if chapter_of(card.table).name == chapter.name]
        yield ReportPart(
            chapter,
            lead_of(chapter.name, rows, say) or chapter.lead(say),
            tuple(readable(card.finding) for card in own),
            tuple(dict.fromkeys(card.changes for card in own)),
            chapter.title(say),
            tuple(chapter_charts(chapter, tables, say)),
            _short(chapter, tables, say),
            tuple(judged[:CLAIMS]) if chapter.name == "record" else (),
            tuple(tables[name] for name in names),
        )


def chapter_charts(chapter: Chapter, tables: Mapping[str, Table], say: Language) -> list[Chart]:
    """The charts of a chapter, one of each kind; none where there is too little memory to draw."""
    if not can_draw():
        return []
    own = own_tables(chapter, tables)
    return [chart for name in chapter.charts for chart in charts(own, (name,), say=say)[:1]]


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


def spelled(term: str) -> str:
    """A term of the glossary as readers write it."""
    return report_texts()["spelled"].get(term, term)
