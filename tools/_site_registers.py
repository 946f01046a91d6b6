"""Registers of the package as pages: tables with columns, assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detente.data.assumptions import assumptions
from detente.data.importers import importer
from detente.data.library import catalogue

DATA = """\
# Every table

Written from the catalogue of the package, which `detente data` prints: {count} tables with publisher, vintage, terms,
and what each column means. How a table is found and replaced stands under [Data](../data.md).
"""
ASSUMPTIONS = """\
# Every assumption

Written from the register that `detente assumptions` prints and every report carries: {count} of them, first of the
program, then the shares of goods that codes do not show and the open readings of the law. How to change them stands
under [Assumptions](../assumptions.md).
"""


def data_page() -> str:
    """The catalogue."""
    entries = catalogue()
    return "\n".join([DATA.format(count=len(entries)), *(line for e in entries.values() for line in _table(e))])


def _table(entry: Mapping[str, Any]) -> Iterator[str]:
    """One table of the package."""
    yield f"## {entry['name']}\n"
    yield f"{_text(entry['title'])}. Publisher: {_text(entry['publisher'])}. Vintage: {_text(entry['vintage'])}.\n"
    yield f"Terms: {_text(entry['licence'])}. Unit: {_text(entry.get('unit', 'as the columns say'))}.\n"
    if entry.get("notes"):
        yield f"{_text(entry['notes'])}\n"
    if entry.get("columns"):
        yield "| column | means |\n| --- | --- |"
        yield from (f"| `{name}` | {_text(words)} |" for name, words in entry["columns"].items())
        yield ""


def assumptions_page() -> str:
    """The register, of both importers; what they share stands once."""
    rows = {row["id"]: row for code in ("USA", "CHN") for row in assumptions(importer(code).law)}
    lines = [line for row in rows.values() for line in _assumption(row)]
    return "\n".join([ASSUMPTIONS.format(count=len(rows)), *lines])


FACTS = {"source": "Rests on", "used_by": "Used by", "switch": "Change it with", "effect": "What it does"}


def _assumption(row: Mapping[str, Any]) -> Iterator[str]:
    """One entry of the register."""
    yield f"## {_text(row['id'])}\n"
    yield f"{_text(row['statement'])}\n"
    yield from (f"* {words}: {_text(row[key])}" for key, words in FACTS.items() if row[key])
    yield ""


def _text(words: Any) -> str:
    """Words on one line, safe within a table."""
    text = " ".join(str(words).split())
    for sign, safe in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("*", "\\*"), ("_", "\\_"), ("[", "\\[")):
        text = text.replace(sign, safe)
    return text
