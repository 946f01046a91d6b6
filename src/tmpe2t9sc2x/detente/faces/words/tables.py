"""Tables in the language of a reader: heads, titles, notes and cells by their English in the register.

What a language has no words for stays English and says so, as `English`: titles of acts, citations, definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from detente.codes import Column
from detente.codes.names import first_upper
from detente.codes.standing import OTHER_FATE, of_fate
from detente.codes.units import PRINTED
from detente.data.tables import countries
from detente.faces.heads import head_of
from detente.faces.words.language import ENGLISH, ISO_DAY, English, Language, load

PARTS = ("cells", "texts", "acts", "industries", "words", "notes", "cases", "method", "assumptions", "meanings")
SPOKEN = (*PARTS[1:], "remarks", "library", "sayings", "findings")
"""Parts of a catalogue that hold texts by their English, the first before the others; where patterns are."""

BRACES = re.compile(r"\{[^{}]*\}")
FORMED = re.compile(r"\{(\w+)\|(\w+)\}")
ADJECTIVES = {"US": "USA", "EU": "EU27", "Chinese": "CHN", "British": "GBR"}
"""What labels of issues call a country by, where it is not its name."""

OTHERS = {"ROW": "Rest of the world", "EU27": "European Union", "WLD": "World"}
"""Names of codes that are no country's."""


def head_in(table: str, column: Column, say: Language) -> str:
    """What stands above a column: its head and its unit.

    Looked up by table and column ("nash.rate"), then by column alone; without either it is English.
    """
    head = name_of(table, column, say)
    how = PRINTED.get(column.unit)
    unit = how.suffix if how is not None else ""
    if isinstance(head, English):
        return English(f"{head_of(column)}, {unit}" if unit else head_of(column))
    unit = say.tables.get("units", {}).get(unit, unit)
    return f"{head}, {unit}" if unit else head


def name_of(table: str, column: Column, say: Language) -> str:
    """What stands above a column, without its unit."""
    if say.code == ENGLISH:
        return head_of(column)
    known, name = say.tables.get("heads", {}), column.name
    own = known.get(f"{table}.{name}") or known.get(name) or _known(say.code).get(name.replace("_", " "))
    if own is None and name.endswith(OTHER_FATE):
        fated = name_of(table, replace(column, name=of_fate(name), label=""), say)
        return fated if isinstance(fated, English) else f"{fated}, {text_in('if renewed', say)}"
    party, _, threat = name.partition("_over_")
    if own is None and threat:  # gains of a side over a threat, called by its code as in files
        own = _matched(f"{party.upper()} over {threat}", say, ("columns",))
    own = own or _named(name, say) or (say.name(name.upper()) if code_of(name.upper()) else None)
    return English(head_of(column)) if own is None else own


def _named(name: str, say: Language) -> str | None:
    """Head of a column that is named after something, as `usa_gain` after a country; None where no pattern has it."""
    for pattern, slots, head in _head_patterns(say.code):
        match = pattern.fullmatch(name)
        if match is not None:
            for slot, word in zip(slots, match.groups(), strict=True):
                head = head.replace(slot, cell_in(word.upper() if code_of(word.upper()) else word, say))
            return head
    return None


def text_in(text: str, say: Language) -> str:
    """A title, a note or a meaning of the register; English where the language has no words for it."""
    if say.code == ENGLISH or not text:
        return text
    whole = _known(say.code).get(text)
    if whole is not None:
        return whole
    return _matched(text, say, SPOKEN) or cell_in(text, say)


def sentence_in(text: str, say: Language) -> str:
    """A finding or a headline of a run; English where one of its parts has no words in the language."""
    if say.code == ENGLISH or not text:
        return text
    own = say.figures(text) if SIGNED.fullmatch(text) else text_in(text, say)
    if not isinstance(own, English) or not text.endswith("."):
        return own
    names = [_word_in(name, say) for name in (text[:-1], f"{text[:1].lower()}{text[1:-1]}")]
    known = next((name for name in names if not isinstance(name, English)), "")
    return f"{first_upper(known)}." if known else own


def column_in(text: str, say: Language) -> str:
    """A text as the head of a narrow column: shorter than elsewhere where the language has it so."""
    own = say.tables.get("columns", {})
    return own.get(text) or _matched(text, say, ("columns",)) or text_in(text, say)


def _matched(text: str, say: Language, parts: tuple[str, ...]) -> str:
    """A text by the first pattern that it is of; "" where there is none."""
    for pattern, slots, other in _patterns(say.code, parts):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        own = _put_in(other, dict(zip(slots, match.groups(), strict=True)), say)
        if own:
            return own
        # Where a word stands in the text twice, its slots may have to end at the first.
        match = _short(pattern.pattern).fullmatch(text)
        own = _put_in(other, dict(zip(slots, match.groups(), strict=True)), say) if match is not None else ""
        if own:
            return own
    return ""


CODES = ("{line}", "{code}")


@lru_cache(maxsize=256)
def _short(pattern: str) -> re.Pattern[str]:
    """A pattern whose slots take as little as they can."""
    return re.compile(pattern.replace("(.+)", "(.+?)"))


def _put_in(text: str, words: dict[str, str], say: Language) -> str:
    """A text of the language with the words of the register in it; "" where it has none for one of them.

    A slot with a form, as {owner|of}, takes a country in that form, and nothing else; {rate|number} takes a number.
    """
    for slot, form in FORMED.findall(text):
        own = _formed(words[f"{{{slot}}}"], form, say)
        if not own:
            return ""
        text = text.replace(f"{{{slot}|{form}}}", own)
    for slot, word in words.items():
        if slot in text:
            # A tariff code is no number, though 8507.60 looks like it.
            own = word if slot in CODES and SIGNED.fullmatch(word) else _word_in(word, say)
            if isinstance(own, English) and " " in own:
                return ""
            text = text.replace(slot, own)
    return text


def _formed(word: str, form: str, say: Language) -> str:
    """A number, a day, items or a country in a form; "" for what is none. Names of variants may be anything."""
    if form in FORMS:
        return FORMS[form](word, say)
    code = _named_country(word)
    return "" if not code else say.name(code) if form == "name" else say.country(code, form)


def _number(word: str, say: Language) -> str:
    return say.figures(word) if SIGNED.fullmatch(word) else ""


def _day(word: str, say: Language) -> str:
    """A day or a month of a year in words."""
    return cell_in(word, say) if ISO_DAY.fullmatch(word) or ENGLISH_DAY.fullmatch(word) else ""


def _span(word: str, say: Language) -> str:
    """What a period begins or ends with: a year, a month or a day."""
    return word if re.fullmatch(r"\d{4}", word) else _day(word, say)


def _items(text: str, say: Language) -> str:
    """Items in a row: countries, sectors told together and numbers in the language, other names as they stand."""
    parts = [part.removeprefix("the ") for part in text.split(", ")]
    if all(part in _codes() for part in parts):
        return ", ".join(say.name(_codes()[part]) for part in parts)
    own = re.sub(r"\b(?:[A-Z]{3}|EU27)\b", lambda code: say.name(code[0]) if code_of(code[0]) else code[0], text)
    own = re.sub(r"[A-Z][a-z]+ \([a-z]+\)", lambda sector: text_in(sector[0], say), own)
    return re.sub(r"\d(?:[\d,]*\d)?(?:\.\d+)?%?", lambda number: say.figures(number[0]), own).replace(
        " and ", f" {say('and')} "
    )


def _labelled(text: str, say: Language) -> str:
    """Texts behind their labels, parted by semicolons: "D0: the status quo; DP: the past law"."""
    rows = [part.partition(": ") for part in text.split("; ")]
    own = [text_in(words, say) for _, _, words in rows]
    if any(isinstance(words, English) for words in own):
        return ""
    parts = (f"{row[0]}{say('frame.colon')} {words}" for row, words in zip(rows, own, strict=True))
    return say("frame.semicolon").join(parts)


FORMS = {
    "own": lambda word, say: text_in(word, say),
    "known": lambda word, say: "" if isinstance(text_in(word, say), English) else text_in(word, say),
    "number": _number,
    "day": _day,
    "span": _span,
    "listed": _items,
    "rows": _labelled,
}
"""Forms of a slot that take something else than a country."""


def _named_country(word: str) -> str:
    """Code of a country by its name, its adjective or what is its own: "the EU", "Japan", "Japan's", "Chinese"."""
    bare = re.sub(r"^[Tt]he |(?<=s)'$|'s$", "", word)
    return ADJECTIVES.get(bare, "") or code_of(bare) or _adjectives().get(bare, "")


@lru_cache(maxsize=1)
def _adjectives() -> dict[str, str]:
    """Codes of countries by their English adjectives."""
    own = load().forms.get("countries", {})
    return {words["adjective"]: code for code, words in own.items() if "adjective" in words}


def _word_in(word: str, say: Language) -> str:
    """What stands in a text where the register has braces: a number, a country with its article, or a text."""
    if SIGNED.fullmatch(word):
        return say.figures(word)
    law = say.law(word)
    if law != word:
        return law
    bare = word.removeprefix("the ").removeprefix("The ")
    own = text_in(bare if bare in _codes() else word, say)
    if isinstance(own, English) and word[:1].islower():  # a name of the tables within a sentence
        named = text_in(first_upper(word), say)
        return own if isinstance(named, English) else f"{named[:1].lower()}{named[1:]}"
    return own


def cell_in(text: str, say: Language) -> str:
    """A text of a cell: a word the language has, a country, a kind of goods, a day; else English."""
    if say.code == ENGLISH or not text:
        return text
    whole = _known(say.code).get(text)
    if whole is not None:
        return whole
    code = text if text in _codes().values() else _codes().get(text)
    if code is not None:
        return say.name(code)
    if ISO_DAY.fullmatch(text):
        return say.day(text)
    match = ENGLISH_DAY.fullmatch(text)
    if match is not None:
        month = load().forms["months"].index(match[2]) + 1
        if match[1] is None:
            return f"{say.forms['months'][month - 1]} {match[3]}"
        return say.day(date(int(match[3]), month, int(match[1])))
    parts = [text_in(part, say) for part in text.split("; ")] if "; " in text else []
    if parts and not any(isinstance(part, English) for part in parts):
        return say("frame.semicolon").join(parts)
    if QUANTITY.fullmatch(text):
        return number_in(text, say)
    return text if not re.search(r"[A-Za-z]{2}", text) else English(text)


@lru_cache(maxsize=8)
def _known(code: str) -> dict[str, str]:
    """Every text and word that a language has whole, by its English."""
    say = load(code)
    parts = [say.tables.get(part, {}) for part in reversed(("cells", *SPOKEN))]
    return {**say.forms.get("goods", {}), **{text: own for part in parts for text, own in part.items()}}


ENGLISH_DAY = re.compile(
    r"(?:(\d{1,2}) )?(January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})"
)


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
QUANTITY = re.compile(rf"-?{NUMBER.pattern} (?:bn USD|USD bn|points)")
SIGNED = re.compile(rf"[+\u2212-]?{NUMBER.pattern}")


def number_in(text: str, say: Language) -> str:
    """A number with its unit as English writes it, in the language: "1,234.5 bn USD" -> "1 234,5 Md USD"."""
    if say.code == ENGLISH:
        return text
    units = {**say.tables.get("units", {}), **say.tables.get("cells", {})}
    text = re.sub(r"^-(?=\d)", say.forms["minus"], text)
    text = NUMBER.sub(lambda match: say.figures(match[0]), text)
    for unit in sorted(units, key=len, reverse=True):
        text = re.sub(rf"(?<![\w]){re.escape(unit)}(?![\w])", units[unit], text) if unit != "%" else text
    return English(text) if re.search(r"[A-Za-z]{2}", text) and not _ours(text, units.values()) else text


def _ours(text: str, words: Iterable[str]) -> bool:
    """Whether every word of a text is one of the language."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return not re.search(r"[A-Za-z]{2}", text)


@lru_cache(maxsize=16)
def _patterns(code: str, parts: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    """Texts with words in braces, as patterns; the words of a text in the order in which English has them."""
    tables = load(code).tables
    texts: dict[str, str] = {text: own for part in parts for text, own in tables.get(part, {}).items()}
    rows = []
    for text, other in texts.items():
        slots = tuple(BRACES.findall(text))
        if slots:
            rows.append((re.compile(_pattern(text, dict(FORMED.findall(other)))), slots, other))
    return tuple(rows)


def _pattern(text: str, forms: dict[str, str]) -> str:
    """The pattern of a text: a slot that has to be a number takes nothing else."""
    slots = (f"({SIGNED.pattern})" if forms.get(slot[1:-1]) == "number" else "(.+)" for slot in BRACES.findall(text))
    pieces = [re.escape(piece) for piece in BRACES.split(text)]
    return pieces[0] + "".join(slot + piece for slot, piece in zip(slots, pieces[1:], strict=True))


@lru_cache(maxsize=8)
def _head_patterns(code: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    """Heads of columns with words in braces; of a code it is the name, whatever form the register writes it in."""
    rows = []
    for name, head in load(code).tables.get("heads", {}).items():
        slots = tuple(slot.replace("!n", "") for slot in BRACES.findall(name))
        if slots:
            rows.append((re.compile("(.+)".join(re.escape(part) for part in BRACES.split(name))), slots, head))
    # What says most of a name comes first: "usa_signs_above" is no part of a party's "usa_{part}".
    return tuple(sorted(rows, key=lambda row: -len(row[0].pattern.replace("(.+)", ""))))


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Codes of countries by their English names."""
    return {name: code for code, name in {**countries().names, **OTHERS}.items()}


def code_of(name: str) -> str:
    """Code of a country or group by its English name or its code; "" where it is none."""
    return name if name in _codes().values() else _codes().get(name, "")


@lru_cache(maxsize=8)
def names_by_code(code: str) -> dict[str, str]:
    """Names of countries and groups in a language, by code."""
    say = load(code)
    return {known: say.name(known) for known in (*countries().names, *OTHERS)}
