"""Tables in the language of a reader: heads, titles, notes and cells by their English in the register.

What a language has no words for stays English and says so, as `English`: titles of acts, citations, definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from detente.codes import Column
from detente.codes.units import PRINTED
from detente.data.tables import countries
from detente.faces.heads import head_of
from detente.faces.words.language import ENGLISH, English, Language, load

BRACES = re.compile(r"\{[^{}]*\}")
OTHERS = {"ROW": "Rest of the world", "EU27": "European Union", "WLD": "World"}
"""Names of codes that are no country's."""


def head_in(table: str, column: Column, say: Language) -> str:
    """What stands above a column: its head and its unit.

    Looked up by table and column ("nash.rate"), then by column alone; without either it is English.
    """
    known, name = say.tables.get("heads", {}), column.name
    head = known.get(f"{table}.{name}", known.get(name)) if say.code != ENGLISH else head_of(column)
    how = PRINTED.get(column.unit)
    unit = how.suffix if how is not None else ""
    if head is None:
        return English(f"{head_of(column)}, {unit}" if unit else head_of(column))
    unit = say.tables.get("units", {}).get(unit, unit)
    return f"{head}, {unit}" if unit else head


def text_in(text: str, say: Language) -> str:
    """A title, a note or a meaning of the register; English where the language has no words for it."""
    if say.code == ENGLISH or not text:
        return text
    known: Mapping[str, str] = say.tables.get("texts", {})
    if text in known:
        return known[text]
    for pattern, slots, other in _patterns(say.code):
        match = pattern.fullmatch(text)
        if match is not None:
            for slot, word in zip(slots, match.groups(), strict=True):
                other = other.replace(slot, cell_in(word, say))
            return other
    return English(text)


def cell_in(text: str, say: Language) -> str:
    """A text of a cell: a word the language has, a country, a kind of goods; else English."""
    if say.code == ENGLISH or not text:
        return text
    known = {**say.forms.get("goods", {}), **say.tables.get("cells", {})}
    if text in known:
        return known[text]
    code = _codes().get(text)
    if code is not None:
        return say.name(code)
    return text if not re.search(r"[A-Za-z]{2}", text) else English(text)


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


def number_in(text: str, say: Language) -> str:
    """A number with its unit as English writes it, in the language: "1,234.5 bn USD" -> "1 234,5 Md USD"."""
    if say.code == ENGLISH:
        return text
    units = {**say.tables.get("units", {}), **say.tables.get("cells", {})}
    text = NUMBER.sub(lambda match: say.figures(match[0]), text)
    for unit in sorted(units, key=len, reverse=True):
        text = re.sub(rf"(?<![\w]){re.escape(unit)}(?![\w])", units[unit], text) if unit != "%" else text
    return English(text) if re.search(r"[A-Za-z]{2}", text) and not _ours(text, units.values()) else text


def _ours(text: str, words: Iterable[str]) -> bool:
    """Whether every word of a text is one of the language."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return not re.search(r"[A-Za-z]{2}", text)


@lru_cache(maxsize=8)
def _patterns(code: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    """Texts with words in braces, as patterns; the words of a text in the order in which English has them."""
    texts: Mapping[str, str] = load(code).tables.get("texts", {})
    rows = []
    for text, other in texts.items():
        slots = tuple(BRACES.findall(text))
        if slots:
            parts = (re.escape(part) for part in BRACES.split(text))
            rows.append((re.compile("(.+)".join(parts)), slots, other))
    return tuple(rows)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Codes of countries by their English names."""
    return {name: code for code, name in {**countries().names, **OTHERS}.items()}


@lru_cache(maxsize=8)
def names_by_code(code: str) -> dict[str, str]:
    """Names of countries and groups in a language, by code."""
    say = load(code)
    return {known: say.name(known) for known in (*countries().names, *OTHERS)}
