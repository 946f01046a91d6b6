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
    name : anchor of the page; `title` : what readers see above it; `lead` : what it is about, where it has no finding.
    charts : names of the gallery, the first three of which that can be drawn stand in it.
    table : the table that stands in it, of which `columns` and the first rows are shown; "" for none.
    by : column whose largest values in size come first; "" for the order of the table.
    others : tables it holds besides those that parts of a run declare for it; one that ends in * holds every name that
        begins so.
    """

    name: str
    title: str
    lead: str
    charts: tuple[str, ...] = ()
    table: str = ""
    columns: tuple[str, ...] = ()
    by: str = ""
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
        "deal",
        "The deal",
        "What each side changes, act by act.",
        ("timeline",),
        "terms",
        ("importer", "title", "step", "before", "after", "moves", "until"),
        others=("timeline",),
    ),
    Chapter(
        "duties",
        "The law",
        "What the law asks for before and after, good by good and country by country.",
        ("partners", "sections", "ladders"),
        "products",
        ("product", "partner", "before", "after", "change"),
        others=("partner", "section", "ladder"),
    ),
    Chapter(
        "households",
        "Prices and households",
        "Duties passed on through the inputs of every industry, before anyone buys differently.",
        ("prices", "households"),
        others=("prices_*", "price_*"),
    ),
    Chapter(
        "world",
        "The world economy",
        "What differs between the two laws once wages, prices and trade have settled. That takes years.",
        ("map", "sectors", "diverted"),
        "incomes",
        ("country", "real_income", "real_income_low", "real_income_high"),
        "real_income",
    ),
    Chapter(
        "materials",
        "Materials under licence",
        "Who runs short of what China licenses, when, and what a deal on licences saves.",
        ("months", "material_prices", "licences"),
        "materials_short",
        ("country", "user", "first_short", "worst"),
        others=("shortage", "materials*", "chain*", "first-short"),
    ),
    Chapter(
        "talks",
        "What each side can accept",
        "Gains of both sides over walking away, and the deals that waste nothing.",
        ("acceptable", "clocks"),
        "deals",
        ("label", "usa", "chn", "kind"),
        others=("talks*",),
    ),
    Chapter("hold", "Will it hold", "What each side gains by breaking it, by what follows a breach."),
    Chapter(
        "record",
        "The record",
        "Where the average stands among those of the past, what markets did, and what was claimed.",
        ("history", "markets"),
        others=("place", "monthly", "checks", "readings", "promises", "implied", "markets*"),
    ),
    Chapter(
        "others",
        "What others say",
        "Average duties that others published for the same law.",
        (),
        "published",
        ("who", "said", "rate", "ours", "says"),
    ),
    Chapter(
        "doubt",
        "What the numbers hang on",
        "Everything uncertain drawn together with one seed, and what each input does alone.",
        ("tornado",),
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
