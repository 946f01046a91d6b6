"""How to cite: the program, one result of it, and the data it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from detente.codes import Table, table_of
from detente.codes.escaping import latex
from detente.data.library import catalogue
from detente.lab.result import Result
from detente.version import VERSION

TITLE = "Détente: a laboratory for trade negotiations"
AUTHORS = "The Détente authors"
#: Year of this version.
YEAR = 2026


@dataclass(frozen=True)
class Citation:
    """The program, or a result of it, as a reader cites it.

    Attributes
    ----------
    sentence : for a footnote.
    works : the program, then the tables that a result rests on: name, title, publisher and BibTeX of each.
    """

    sentence: str
    works: tuple[tuple[str, str, str, str], ...]

    @property
    def bibtex(self) -> str:
        """Entries of all works."""
        return "\n\n".join(entry for *_, entry in self.works)

    @property
    def table(self) -> Table:
        """The works as a table."""
        return table_of("package.citation", self.works)


def citation(result: Result | None = None) -> Citation:
    """How to cite the program; or a result, and what it rests on."""
    sentence = f"{AUTHORS} ({YEAR}). {TITLE}, version {VERSION}."
    fields = {"author": f"{{{AUTHORS}}}", "title": f"{{{TITLE}}}", "version": VERSION, "year": str(YEAR)}
    if result is None:
        return Citation(sentence, (("detente", TITLE, AUTHORS, _entry("software", "detente", fields)),))
    scenario = result.scenario
    fields["note"] = f"Scenario {{{_plain(scenario.name)}}}, result {result.key}"
    program = ("detente", TITLE, AUTHORS, _entry("software", f"detente-{result.key}", fields))
    sentence += f" Scenario \u201c{scenario.title or scenario.name}\u201d, result {result.key}."
    return Citation(sentence, (program, *_data(result.vintages)))


def _data(vintages: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Each table a result rests on, as its publisher asks to be named."""
    for name, row in vintages.items():
        entry = catalogue().get(name, {})
        fields = {
            "author": f"{{{_plain(row['publisher'])}}}",
            "title": f"{{{_plain(row['title'])}}}",
            "note": _plain("; ".join(x for x in (f"vintage {row['vintage']}", str(entry.get("licence", ""))) if x)),
            "howpublished": f"Table {{{name}}} of {TITLE}, sha256 {row['sha256'][:12]}",
        }
        yield name, row["title"], row["publisher"], _entry("misc", f"detente-{name}", fields)


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{body}\n}}"


def _plain(text: str) -> str:
    """Text without the signs that BibTeX reads as its own."""
    return latex(re.sub(r"[{}\\]", "", text))
