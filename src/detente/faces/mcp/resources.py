"""Resources: what a client may read without a question, and two prompts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from detente.codes import InputError, Table, UnknownName
from detente.data.assumptions import assumptions_table
from detente.data.importers import importer
from detente.faces.formats import clean, json_rows
from detente.faces.report.content import GLOSSARY, SPELLED
from detente.lab.claims.words import quantities_table
from detente.lab.scenario import load_scenario, shipped
from detente.lab.statute.book import record_tables
from detente.lab.statute.importers import importers_tables
from detente.lab.talks.report import case_table

JSON = "application/json"


def _content(*tables: Table) -> dict[str, Any]:
    """Tables as plain values: title and rows by name."""
    return {table.name: {"title": table.title, "rows": json_rows(table)} for table in tables}


def _json(*tables: Table) -> str:
    return _text(_content(*tables))


def _text(content: Any) -> str:
    """Content as JSON without blanks: a client reads it, not a person."""
    return json.dumps(clean(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def law_status() -> str:
    """How far each law was read, clauses open beyond that day, and what it lacks."""
    return _text({side: _content(*record_tables(importer(side).law)) for side in ("USA", "CHN")})


def coverage() -> str:
    """Importers on record: in what detail, of which day, how far they were read, and what they lack."""
    return _json(*importers_tables())


def scenarios() -> str:
    """Scenarios of the package with title, day and what they are."""
    chosen = [load_scenario(name)[0] for name in shipped()]
    return _text([{"name": s.name, "title": s.title, "on": str(s.on), "note": s.note} for s in chosen])


def assumptions() -> str:
    """The register of assumptions: statement, source and switch."""
    table = assumptions_table(importer("USA").law)
    return _json(table.select(["id", "statement", "switch"]))


def glossary() -> str:
    """Terms with their meaning."""
    return _text({SPELLED.get(term, term): meaning for term, meaning in GLOSSARY.items()})


@dataclass(frozen=True)
class Reference:
    """Something to read: its address, what it is, and its text."""

    uri: str
    name: str
    meaning: str
    text: Callable[[], str]


QUANTITIES = ("quantity", "unit", "what", "needs", "optional", "example", "reading", "role")
"""Columns of the quantities that an assistant reads."""

REFERENCES = (
    Reference("detente://law/status", "law_status", "How far each law was read, and what is open since.", law_status),
    Reference("detente://coverage", "coverage", "Whose law is on record, in what detail, and what it lacks.", coverage),
    Reference("detente://cases", "cases", "Cases of the talks with variants and threats.",
              lambda: _json(case_table())),
    Reference("detente://scenarios", "scenarios", "Scenarios of the package.", scenarios),
    Reference("detente://definitions", "definitions", "What a claim can be about, and how each quantity is read.",
              lambda: _json(quantities_table().select(QUANTITIES))),
    Reference("detente://assumptions", "assumptions", "The register of assumptions.", assumptions),
    Reference("detente://glossary", "glossary", "Terms and their meaning.", glossary),
)  # fmt: skip


def reference(uri: str) -> Reference:
    """Something to read by its address.

    Raises
    ------
    UnknownName : nothing has this address.
    """
    by_uri = {entry.uri: entry for entry in REFERENCES}
    if uri not in by_uri:
        raise UnknownName("resource", uri[:80], by_uri, "", f"use {', '.join(by_uri)}")
    return by_uri[uri]


@dataclass(frozen=True)
class Guide:
    """A prompt: its name, what it is for, its arguments with their meaning (the first is required), and its text."""

    name: str
    title: str
    meaning: str
    takes: dict[str, str]
    text: str


GUIDES = (
    Guide(
        "brief_a_minister",
        "Brief a minister",
        "A one-page brief on a deal, from a run of the program.",
        {"scenario": "name of a scenario, as geneva", "country": "for whom; the United States if left out"},
        "Write a brief of at most 300 words for a minister of {country} on the deal of the scenario {scenario}.\n"
        "1. Call run with scenario {scenario}; if it is not ready, call more with its key.\n"
        "2. Call talks for the same levels to see who would sign and whether the deal would hold.\n"
        "3. Say what the deal is, what it does to whom, and whether it lasts. One number a sentence, each with its "
        "range and with what it is compared with, as the tools give them; no number that no tool gave.\n"
        "4. End with how far the law was read, the key of the run, and the command that reproduces it.",
    ),
    Guide(
        "check_this_article",
        "Check this article",
        "Every number of an article checked against the law and the record.",
        {"article": "text of the article", "as_of": "day whose record counts; today if left out"},
        "Check the statements about trade in the article below on the record of {as_of}.\n"
        "1. List each statement that has a number, a date or a promise, in its own words, with who said it and when.\n"
        "2. Call check for each, with the sentence, or a mapping whose quantity is as detente://definitions names it; "
        "for a duty on a good call rate, for an average average.\n"
        "3. For each statement give the verdict, the definition under which it holds and those under which it does "
        "not. Never say true or false without a definition; say so where nothing can be checked.\n\n"
        "Article:\n{article}",
    ),
)
DEFAULTS = {"country": "the United States", "as_of": "today"}
LONGEST = 20_000


def guide(name: str) -> Guide:
    """A prompt by its name.

    Raises
    ------
    UnknownName : no prompt is named so.
    """
    by_name = {entry.name: entry for entry in GUIDES}
    if name not in by_name:
        raise UnknownName("prompt", name[:60], by_name, "", f"use {' or '.join(by_name)}")
    return by_name[name]


def guided(name: str, given: dict[str, str] | None) -> str:
    """The text of a prompt with its arguments.

    Raises
    ------
    InputError, UnknownName : an argument that is missing, unknown or too long.
    """
    chosen, values = guide(name), dict(given or {})
    for key, value in values.items():
        if key not in chosen.takes:
            raise UnknownName("argument", key[:60], chosen.takes, name, f"it takes {', '.join(chosen.takes)}")
        if len(value) > LONGEST:
            raise InputError(f"{name}, {key}", f"is longer than {LONGEST:,} letters", "give less")
    first = next(iter(chosen.takes))
    if not values.get(first, "").strip():
        raise InputError(name, f"{first} is missing", f"give {chosen.takes[first]}")
    text = chosen.text
    for key in chosen.takes:
        # Replaced one by one: what a reader pastes may hold braces of its own.
        text = text.replace("{" + key + "}", values.get(key) or DEFAULTS.get(key, ""))
    return text
