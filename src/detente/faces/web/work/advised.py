"""Pages of the talks for the web: a question by case, variant and country, the work behind it, its kept answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from detente.codes import Table, UnknownName
from detente.data.casefile import case_names, load_case, variant_names
from detente.data.caserows import CaseFile
from detente.data.dealrecord import bargains
from detente.data.small_world import REGION_NAMES
from detente.data.tables import countries
from detente.faces.web.answers import table_content
from detente.faces.web.work.questions import WebQuestion
from detente.faces.words.language import load
from detente.faces.words.talks_page import spoken_page
from detente.lab.score.lives import steps_table
from detente.lab.talks.advice import ADVICE, Advice, OutsideAdvice
from detente.lab.talks.counsel import place_of
from detente.lab.talks.deadline import deadline_of
from detente.lab.talks.many.page import ManyAdvice
from detente.lab.talks.outlook import AMERICA, outlook_on
from detente.lab.talks.paged import AnyPage, CasePages, case_pages

KIND = "advice"
"""Kind of the work."""

SHAPES: Mapping[str, TypeAdapter[Any]] = {
    shape.__name__: TypeAdapter(shape) for shape in (Advice, ManyAdvice, OutsideAdvice)
}
"""Kinds of pages by name, as they are kept."""

Tell = Callable[[str, int, int], None]


def case_file(case: str, variant: str = "") -> CaseFile:
    """A case of the package; paths are not looked at.

    Raises
    ------
    UnknownName : no such case or variant.
    """
    if case not in case_names():
        raise UnknownName("case", case[:60], case_names(), "talks", "GET /api/v1/talks lists them")
    known = variant_names(case)
    if variant and variant not in known:
        repair = f"use {', '.join(known)}" if known else "leave it out: the case has none"
        raise UnknownName("variant", variant[:40], known, f"case {case}", repair)
    return load_case(case, variant)


def advice_asked(case: str, variant: str = "", side: str = "") -> WebQuestion:
    """Pages of a case: of all parties where none or one of them is named, else of one country outside.

    Raises
    ------
    UnknownName : no such case, variant or country.
    """
    file = case_file(case, variant)
    code = country_of(file, side)
    words = {"case": case, "variant": variant, "side": "" if code in file.parties else code}
    return WebQuestion(KIND, json.dumps(words, sort_keys=True))


def country_of(file: CaseFile, side: str) -> str:
    """Code of a party or another country by code or name, the first party where none is named.

    Raises
    ------
    UnknownName : nobody knows it.
    """
    upper = side.strip().upper()
    if not upper or upper in REGION_NAMES:
        return upper or file.parties[0]
    code = place_of(file.parties, side)
    if code in file.parties:
        return code
    return countries().code(side)


def advised(request: Mapping[str, Any], tell: Tell) -> tuple[CasePages, dict[str, Table], dict[str, Any]]:
    """The work behind a question: pages, tables by name, and what is kept beside them."""
    tell("payoffs", 0, 2)
    made = case_pages(request["case"], request["variant"], request["side"])
    tell("pages", 1, 2)
    tables = {table.name: table for table in (*made.tables, *_record(made.talk.case.file))}
    pages = {code: {"shape": type(page).__name__, "page": asdict(page)} for code, page in made.pages.items()}
    names = {"case": request["case"], "variant": request["variant"]}
    return made, tables, {**names, "pages": pages, "outsiders": list(made.outsiders)}


def _record(file: CaseFile) -> list[Table]:
    """How long bargains lived on the record of the case's day, with the forecast of this one beside them."""
    if AMERICA not in file.parties:
        return []
    view = outlook_on(file, ADVICE, day=file.on)
    return [steps_table(bargains(), view.read, view.then)]


@dataclass(frozen=True)
class KeptPages:
    """Pages of a case as they are kept: by code, the countries outside, and what they draw."""

    pages: Mapping[str, AnyPage]
    outsiders: tuple[str, ...]
    tables: Mapping[str, Table] = field(repr=False)


def kept_pages(document: Mapping[str, Any], tables: Mapping[str, Table]) -> KeptPages:
    """Pages from the document of an answer."""
    pages = {code: SHAPES[row["shape"]].validate_python(row["page"]) for code, row in document["pages"].items()}
    return KeptPages(pages, tuple(document["outsiders"]), tables)


def talk_content(document: Mapping[str, Any], tables: Mapping[str, Table], side: str) -> dict[str, Any]:
    """The page of a country as the program interface gives it: in words, as numbers, and the tables it draws."""
    case, variant = str(document["case"]), str(document["variant"])
    file, kept = case_file(case, variant), kept_pages(document, tables)
    code = country_of(file, side)
    page = kept.pages[code]
    return {
        "key": document["key"], "case": case, "variant": variant, "on": file.on.isoformat(), "side": code,
        "parties": list(file.parties), "outsiders": list(kept.outsiders), "unit": "USD bn a year over the base",
        "words": spoken_page(page, load()).as_plain(), "page": asdict(page),
        "tables": [table_content(table) for table in tables.values()],
    }  # fmt: skip


@lru_cache(maxsize=1)
def shipped_cases() -> tuple[tuple[CaseFile, tuple[str, ...], dict[str, Any]], ...]:
    """Cases of the package by day, each with its variants and the threat whose deadline stands on its day."""
    files = sorted((load_case(name) for name in case_names()), key=lambda file: (file.on, file.name))
    rows = []
    for file in files:
        deadline = deadline_of(file)
        rows.append((file, variant_names(file.name), {} if deadline is None else asdict(deadline)))
    return tuple(rows)
