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
from detente.faces.report.content import spelled
from detente.faces.words.language import catalogue, report_texts
from detente.lab.claims.words import quantities_table
from detente.lab.scenario import load_scenario, shipped
from detente.lab.statute.book import record_tables
from detente.lab.statute.coverage import importers_tables
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
    return _text({spelled(term): meaning for term, meaning in report_texts()["terms"].items()})


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


GUIDES = tuple(Guide(name, **texts) for name, texts in catalogue("guides", "detente.faces.mcp").items())
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
