"""Chapters of a report: which tables and charts stand together, in what order, and what each is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from detente.lab.parts import chapter_tables


@dataclass(frozen=True)
class Chapter:
    """A part of a report.

    Attributes
    ----------
    name : anchor of the page; `title`, `lead` : what readers see above it.
    others : tables it holds besides those that parts of a run declare for it; one that ends in * holds every name that
        begins so.
    """

    name: str
    title: str
    lead: str
    others: tuple[str, ...] = ()

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables it holds, in the order in which they are shown."""
        return (*chapter_tables(self.name), *self.others)

    def holds(self, table: str) -> bool:
        """Whether a table belongs here."""
        return any(table.startswith(name[:-1]) if name.endswith("*") else table == name for name in self.tables)


PLAN = (
    Chapter(
        "duties",
        "Duties",
        "What the law asks for before and after, good by good and country by country, and what it brings in.",
        ("partner", "section", "ladder", "daily"),
    ),
    Chapter(
        "past",
        "In the light of history",
        "Where the average stands among those of the past, and how both sides came here.",
        ("place", "monthly", "timeline"),
    ),
    Chapter(
        "world",
        "The world economy",
        "What differs between the two laws once wages, prices and trade have settled. That takes years.",
    ),
    Chapter(
        "households",
        "Prices and households",
        "The first round: duties passed on through the inputs of every industry, before anyone buys differently.",
        ("prices_*", "price_*"),
    ),
    Chapter(
        "materials",
        "Materials under licence",
        "Who runs short of what China licenses, when, and what a deal on licences saves.",
        ("shortage", "materials*", "chain*", "first-short"),
    ),
    Chapter(
        "talks",
        "What each side can accept",
        "Gains of both sides over walking away, the deals that waste nothing, and whether a deal holds by itself.",
        ("talks*",),
    ),
    Chapter(
        "claims",
        "Claims of the day",
        "What was said, computed by this program. No verdict says true or false: it says under which definition a "
        "number holds.",
        ("checks", "readings", "promises"),
    ),
    Chapter(
        "markets",
        "Markets",
        "What prices of assets did when the news arrived, beside what they do on an ordinary day.",
        ("implied", "markets*"),
    ),
    Chapter(
        "doubt",
        "What the numbers hang on",
        "Everything uncertain drawn together with one seed, and what each input does alone.",
    ),
)

MORE = Chapter("more", "More tables", "Tables of this result that belong to no chapter.")


def chapter_of(table: str) -> Chapter:
    """The chapter of a table; those that belong to none stand at the end."""
    return next((chapter for chapter in PLAN if chapter.holds(table)), MORE)


def in_order(tables: Iterable[str]) -> list[tuple[Chapter, list[str]]]:
    """Chapters that have a table, each with its own in the order of its plan."""
    names = list(tables)
    chapters = []
    for chapter in (*PLAN, MORE):
        own = [name for name in names if chapter_of(name) is chapter]
        if own:
            chapters.append((chapter, sorted(own, key=lambda name, plan=chapter.tables: _rank(name, plan))))
    return chapters


def _rank(name: str, plan: tuple[str, ...]) -> int:
    return plan.index(name) if name in plan else len(plan)
