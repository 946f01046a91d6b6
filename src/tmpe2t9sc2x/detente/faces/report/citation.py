"""How to cite: the program, one result of it, and the data it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from detente.codes.escaping import latex
from detente.data.library import catalogue
from detente.lab.result import Result
from detente.version import VERSION

TITLE = "Détente: a laboratory for trade negotiations"
AUTHORS = "The Détente authors"
YEAR = 2026
"""Year of this version."""


@dataclass(frozen=True)
class Citation:
    """A result as a reader cites it.

    Attributes
    ----------
    sentence : for a footnote.
    bibtex : entries of the program and of the data.
    """

    sentence: str
    bibtex: str


def citation(result: Result) -> Citation:
    """How to cite a result and what it rests on."""
    named = result.scenario.title or result.scenario.name
    sentence = f"{AUTHORS} ({YEAR}). {TITLE}, version {VERSION}. Scenario \u201c{named}\u201d, result {result.key}."
    return Citation(sentence, "\n\n".join([program(result), *data_entries(result.vintages)]))


def program(result: Result | None = None) -> str:
    """BibTeX of the program; of one result of it, if one is given."""
    key = f"detente-{result.key}" if result else "detente"
    note = f"Scenario {{{_plain(result.scenario.name)}}}, result {result.key}" if result else ""
    fields = {
        "author": f"{{{AUTHORS}}}",
        "title": f"{{{TITLE}}}",
        "version": VERSION,
        "year": str(YEAR),
        "note": note,
    }
    return _entry("software", key, fields)


def data_entries(vintages: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """BibTeX of each table a result rests on, as its publisher asks to be named."""
    for name, row in vintages.items():
        entry = catalogue().get(name, {})
        fields = {
            "author": f"{{{_plain(row['publisher'])}}}",
            "title": f"{{{_plain(row['title'])}}}",
            "note": _plain("; ".join(x for x in (f"vintage {row['vintage']}", str(entry.get("licence", ""))) if x)),
            "howpublished": f"Table {{{name}}} of {TITLE}, sha256 {row['sha256'][:12]}",
        }
        yield _entry("misc", f"detente-{name}", fields)


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{body}\n}}"


def _plain(text: str) -> str:
    """Text without the signs that BibTeX reads as its own."""
    return latex(re.sub(r"[{}\\]", "", text))
