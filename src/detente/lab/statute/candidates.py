"""Candidates: the goods that words may mean, with the duty on each from a partner on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from detente.codes import InputError, Table, declared_note, digits, dotted, table_of
from detente.codes.standing import duty_words
from detente.data.importers import importer
from detente.data.tables import partner_name, place
from detente.lab.statute.lookup import SUBHEADING, UnlistedRate, look_up
from detente.lab.statute.search import search
from detente.law import Law

FEW = 8
"""Subheadings that are looked at."""


def candidates(
    words: str, partner: str, on: date, *, of: str = "USA", law: Law | None = None, most: int = FEW,
    parameters: Mapping[str, float] | None = None,
) -> Table:  # fmt: skip
    """Subheadings that words may mean, best first, each with the range of the duties of its lines.

    Parameters
    ----------
    words : of the goods, as `detente find` takes them. `partner` : country of origin.
    law : in the place of the shipped law of `of`. `parameters` : shares of the goods, as `look_up` has them.

    Raises
    ------
    UnknownName, InputError : words that no line holds, and as `look_up`.
    UnlistedRate : no candidate has a rate on record.
    """
    where = importer(of)
    book = where.law if law is None else law
    matches = search(where, book, words, only="lines")[0]
    texts: dict[str, str] = {}
    for line, text, until in zip(matches["line"], matches["description"], matches["until"], strict=True):
        if not until or str(until) >= str(on):
            texts.setdefault(digits(str(line), "line", where.file.lengths)[:SUBHEADING], str(text))
    rows, spans, standing = [], list[str](), None
    ends: list[float] = []
    unlisted: dict[str, UnlistedRate] = {}
    for code, text in list(texts.items())[:most]:
        try:
            answer = look_up(code, partner, on, law=book, of=of, parameters=parameters)
        except UnlistedRate as error:
            unlisted[dotted(code)] = error
            continue
        barred = bool(answer.banned)
        low, high = (np.nan, np.nan) if barred else answer.ends
        mean = np.nan if barred or answer.by_quantity else answer.total
        rows.append((dotted(code), low, high, mean, len(answer.ladders), answer.by_quantity, text))
        ends += [] if barred else [low, high]
        spans.append(_span([] if barred else [low, high]))
        standing = answer.standing
    if unlisted and not rows:
        # None can be answered: the refusal of the best match, which says what is missing.
        raise next(iter(unlisted.values()))
    if not rows:
        raise InputError("search", f"no line that stands on {on} holds '{words}'", "try fewer words, or another day")
    notes = [declared_note("law.candidates_more", count=len(texts) - most, words=words)] if len(texts) > most else []
    first, which = dotted(next(iter(texts))), "law.candidates_best"
    if unlisted:
        which = "law.candidates_listed" if first in unlisted else which
        notes.append(declared_note("law.candidates_unlisted", place=place(where.iso3), codes=", ".join(unlisted)))
    named = {"words": words, "partner": partner_name(where.countries.resolve(partner, "partner")), "on": on}
    named |= {
        "which": declared_note(which),
        "first": spans[0],
        "code": rows[0][0],
        "span": _span(ends),
        "count": len(rows),
    }
    return table_of("law.candidates", rows, notes, **named).standing_on(standing)


def _span(ends: list[float]) -> str:
    """Lowest and highest duty in words; one where they are alike."""
    return " to ".join(dict.fromkeys(map(duty_words, (min(ends), max(ends))))) if ends else duty_words(None)
