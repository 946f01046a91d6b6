"""Resources: what a client may read without a question, and two prompts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.codes import InputError, UnknownName
from detente.faces.ask.question import find
from detente.faces.formats import clean, json_rows
from detente.faces.report.content import spelled
from detente.faces.words.language import catalogue, report_texts

JSON = "application/json"


@dataclass(frozen=True)
class Reference:
    """Something to read: its address, what it is, and the question whose tables it is; without one the glossary.

    Attributes
    ----------
    asked : arguments of the question, by what is read under them. tables : of the answer; all where none is named.
    """

    uri: str
    name: str
    meaning: str
    question: str = ""
    asked: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"": {}})
    tables: tuple[str, ...] = ()

    def text(self) -> str:
        """The tables as JSON without blanks: a client reads it, not a person."""
        content: dict[str, Any] = {}
        for name, given in self.asked.items() if self.question else ():
            answer = find(self.question).ask(given)
            shown = {key: {"title": answer.table(key).title, "rows": json_rows(answer.table(key))}
                     for key in self.tables or answer.tables}  # fmt: skip
            content |= {name: shown} if name else shown
        content = content or {spelled(term): meaning for term, meaning in report_texts()["terms"].items()}
        return json.dumps(clean(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _listed(kind: str) -> Any:
    return {"question": "data list", "asked": {"": {"kind": kind}}, "tables": (kind,)}


REFERENCES = (
    Reference("detente://law/status", "law_status", "How far each law was read, and what is open since.",
              "law coverage", {code: {"of": code} for code in ("USA", "CHN")}),
    Reference("detente://coverage", "coverage", "Whose law is on record, in what detail, and what it lacks.",
              "law coverage"),
    Reference("detente://cases", "cases", "Cases of the talks with variants and threats.", **_listed("cases")),
    Reference("detente://scenarios", "scenarios", "Scenarios of the package.", **_listed("scenarios")),
    Reference("detente://definitions", "definitions", "What a claim can be about, and how each quantity is read.",
              **_listed("quantities")),
    Reference("detente://assumptions", "assumptions", "The register of assumptions.", "assumptions"),
    Reference("detente://glossary", "glossary", "Terms and their meaning."),
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
