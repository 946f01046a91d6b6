"""Chapters of a report: which tables and charts stand together, in what order, and what each is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detente.codes import Table
from detente.data.importerfile import lawbooks
from detente.faces.words.language import Language, report_texts
from detente.lab.parts import chapter_tables


@dataclass(frozen=True)
class Chapter:
    """A part of a report.

    Attributes
    ----------
    name : anchor of the page; its words are in the catalogue.
    charts : names of the gallery, the first three of which that can be drawn stand in it.
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
        return (*chapter_tables(self.name), *self.others)

    def holds(self, table: str) -> bool:
        """Whether a table belongs here."""
        return any(table.startswith(name[:-1]) if name.endswith("*") else table == name for name in self.tables)


def _planned_as(name: str, **how: str | list[str]) -> Chapter:
    """A chapter of the plan."""
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in how.items()}
    return Chapter(name, **given)


PLAN = tuple(_planned_as(**row) for row in report_texts()["chapters"])

IMPORTER = re.compile(r"^(?:partner|section|daily)_([a-z0-9]+)$")
"""Tables of one importer that is not the first side, by the code at their end."""

LAW = "duties"
"""Chapter on the law of the first side; those on the law of others follow it, and begin so."""


def importer_chapter(code: str) -> Chapter:
    """The chapter on the law of an importer, `code` in lower case."""
    return Chapter(
        f"{LAW}-{code}",
        ("daily", "partners", "sections"),
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
