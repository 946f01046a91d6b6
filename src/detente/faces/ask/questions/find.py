"""Find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.faces.ask import Answer, question

if TYPE_CHECKING:
    from detente.codes import Table


@question("Tariffs", "find electric cars --on 2025-09-01", "find 8507.60 --partner China", "find coffee from Brazil",
          tool=True)  # fmt: skip
def find(
    words: str | Sequence[str], on: date | None = None, *, of: str = "USA", partner: str = "", lawbook: str = ""
) -> Answer:
    """Tariff codes, acts and countries by words, with the tariff on each code.

    The best match comes first. Where a country is named, behind the words or as `partner`, the whole tariff on its
    goods stands beside the base rate. Tables: `lines`, `measures` (acts), `countries`.

    >>> import detente as dt
    >>> dt.find("lithium-ion batteries", "2025-09-01")["line"][0][:7]
    '8507.60'
    """
    from detente.lab.averages.sides import law_meant
    from detente.lab.statute.search import matches

    text = words if isinstance(words, str) else " ".join(words)
    law, day, *_ = law_meant(of, on, lawbook=lawbook)
    tables = matches(text, day, of=of, partner=partner, law=law)
    return Answer.of(_said(text, tables), [table for table in tables if len(table)], arguments={"on": day})


def _said(words: str, tables: Sequence[Table]) -> str:
    """How much fits, and the nearest."""
    nouns = {"lines": "tariff code", "measures": "act"}
    parts = [f"{len(table):,} {nouns[table.name]}{'s' if len(table) > 1 else ''}"
             for table in tables if table.name in nouns and len(table)]  # fmt: skip
    first = next((table for table in tables if len(table)), tables[0])
    row = next(first.rows())
    if first.name == "countries":
        return f"“{words}” is a country, {row['name']} ({row['country']}); no tariff code or act has the words."
    fit = f"{' and '.join(parts)} {'fits' if len(first) == 1 and len(parts) == 1 else 'fit'} “{words}”"
    if first.name == "measures":
        return f"{fit}; the nearest is {row['title']} ({row['id']})."
    rate = "" if row["base"] != row["base"] else f", with a base rate of {row['base']:.2%}"
    rate += "" if row["total"] != row["total"] else f" and {row['total']:.2%} in all{first.title.partition('duty')[2]}"
    return f"{fit}; the nearest is {row['line']}{rate}."
