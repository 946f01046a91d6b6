"""Chapters of a report: which tables and charts stand together, in what order, and what each is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from detente.faces.words.language import Language
from detente.lab.parts import chapter_tables


@dataclass(frozen=True)
class Chapter:
    """A part of a report.

    Attributes
    ----------
    name : anchor of the page; its words are in the catalogue of languages.
    charts : names of the gallery, the first three of which that can be drawn stand in it.
    table : the table that stands in it, of which `columns` and the first rows are shown; "" for none.
    by : column whose largest values in size come first; "" for the order of the table.
    others : tables it holds besides those that parts of a run declare for it; one that ends in * holds every name that
        begins so.
    """

    name: str
    charts: tuple[str, ...] = ()
    table: str = ""
    columns: tuple[str, ...] = ()
    by: str = ""
    others: tuple[str, ...] = ()

    def title(self, say: Language) -> str:
        """What readers see above it."""
        return say(f"chapter.title_{self.name}")

    def lead(self, say: Language) -> str:
        """What it is about, where it has no finding."""
        return say(f"chapter.lead_{self.name}")

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
        ("timeline",),
        "terms",
        ("importer", "title", "step", "before", "after", "moves", "until"),
        others=("timeline",),
    ),
    Chapter(
        "duties",
        ("partners", "sections", "ladders"),
        "products",
        ("product", "partner", "before", "after", "change"),
        others=("partner", "section", "ladder"),
    ),
    Chapter(
        "households",
        ("prices", "households"),
        others=("prices_*", "price_*"),
    ),
    Chapter(
        "world",
        ("map", "sectors", "diverted"),
        "incomes",
        ("country", "real_income", "real_income_low", "real_income_high"),
        "real_income",
    ),
    Chapter(
        "materials",
        ("months", "material_prices", "licences"),
        "materials_short",
        ("country", "user", "first_short", "worst"),
        others=("shortage", "materials*", "chain*", "first-short"),
    ),
    Chapter(
        "talks",
        ("acceptable", "clocks"),
        "deals",
        ("label", "usa", "chn", "kind"),
        others=("talks*",),
    ),
    Chapter("hold"),
    Chapter(
        "record",
        ("history", "markets"),
        others=("place", "monthly", "checks", "readings", "promises", "implied", "markets*"),
    ),
    Chapter(
        "others",
        (),
        "published",
        ("who", "said", "rate", "ours", "says"),
    ),
    Chapter(
        "doubt",
        ("tornado",),
    ),
)

MORE = Chapter("more")


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
