"""Search of a law by words or numbers: measures and tariff lines, the best matches first.

Words may stand in any order, singular or plural, in American or British spelling; some have other words that the law
uses in their place (`synonyms.yaml`). A line is searched with the headings above it. A word that is nowhere whole is
taken as the beginning of one.

Lines that still stand come first. What their texts say counts most: a heading that is the words and nothing else names
the good best, then one that begins with them, words in the line itself, words somewhere above; and words that stand
together. Imports count besides: of lines that say nearly the same, the one that is traded is meant.

What words find: tariff lines with their duties, acts and countries.

Candidates: the goods that words may mean, with the duty on each from a partner on a day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import Annotated

import numpy as np
from pydantic import AfterValidator

from detente.codes import (
    Axis,
    InputError,
    Parameter,
    Table,
    UnknownName,
    declared_note,
    did_you_mean,
    digits,
    dotted,
    table_of,
)
from detente.codes.axis import Floats, Ints
from detente.codes.countries import fold
from detente.codes.days import Standing
from detente.data.importer_lines import in_common, joined
from detente.data.importers import Importer, importer
from detente.data.limits import memoized
from detente.data.models import Codes, FileModel, Texts, shipped
from detente.data.tables import EMBEDDED, arrays, countries, place
from detente.lab.statute.book import day_text
from detente.lab.statute.lookup import SUBHEADING, UnlistedRate, look_up
from detente.law import Law, Measure
from detente.law.headings import headings_of

#: A tariff code, or a heading of chapter 99, alone.
NUMBER = re.compile(r"\d{2,10}|\d{4}(?:\.\d{2,4}){1,3}")

#: What a word is worth on a line: as all that its words or a heading above say; at the beginning of its own words;
#: within them; at the beginning of a heading above; within one.
WHOLE, BEGINS, OWN, ABOVE_BEGINS, ABOVE = 36, 33, 30, 31, 10

#: What it is worth under the first code that the synonyms name, and how much less under each next; imports never weigh
#: as much.
BY_CODE, NEXT_CODE = 400, 40

#: How much less another word for the same is worth than the word itself.
SYNONYM = 10

#: What several words are worth besides: side by side in one text as it stands there, or apart in one text.
PHRASE, TOGETHER = {WHOLE: 60, BEGINS: 40, OWN: 20}, 10

#: What ten times the imports are worth, and imports below which they are worth nothing, USD.
DECADE, LITTLE = 6, 1e5

#: What a text may begin with and say no more for it.
LEADING = " other "

#: Words that are not searched for beside others.
FILLERS = frozenset("a an and for from in of on or the to with".split())

#: Words of a phrase of the synonyms.
LONGEST_PHRASE = 3

KINDS = ("measures", "lines")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that is searched for, as stems with blanks around; `whole` = not just the beginning of one."""

    typed: str
    means: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    whole: bool = True

    def pattern(self, stems: str) -> str:
        """What must stand in a text for the stems to be found."""
        return f" {stems} " if self.whole else f" {stems}"

    def stands(self, text: str) -> int:
        """How the term stands in a text of stems: `WHOLE`, `BEGINS` or `OWN`; less for other words; 0 = not there."""
        direct = _pattern_place(text, self.pattern(self.typed))
        other = max((_pattern_place(text, self.pattern(words)) - SYNONYM for words in self.means), default=0)
        return max(direct, other, 0)

    def direct(self, text: str) -> bool:
        """Whether a text of stems holds the words typed."""
        return self.pattern(self.typed) in text

    def other(self, text: str) -> bool:
        """Whether it holds other words for the same."""
        return any(self.pattern(words) in text for words in self.means)


@dataclass(frozen=True)
class LineTexts:
    """Words of every line of an importer.

    Attributes
    ----------
    parts : distinct headings and own words, as stems with blanks around.
    of_line : part numbers of all lines one after the other, widest heading first, own words last; shape (n,).
    first : where each line begins in `of_line`, shape (lines,).
    """

    parts: tuple[str, ...]
    of_line: Ints
    first: Ints

    @classmethod
    def of(cls, where: Importer) -> LineTexts:
        """The words of an importer's lines."""
        lines = [*where.words()]
        numbers = {part: n for n, part in enumerate(dict.fromkeys(part for words in lines for part in words))}
        flat = [numbers[part] for words in lines for part in words]
        first = np.cumsum([0, *map(len, lines[:-1])])
        return cls(tuple(f" {stemmed(part)} " for part in numbers), np.array(flat, dtype=np.int64), first)

    @property
    def own(self) -> Ints:
        """Part number of each line's own words, shape (lines,)."""
        ends = np.append(self.first[1:], len(self.of_line))
        return self.of_line[ends - 1]

    def scores(self, term: Term) -> Ints:
        """What a term is worth on each line by its words alone, shape (lines,); 0 = not there."""
        stands = np.array([term.stands(part) for part in self.parts], dtype=np.int64)
        above = np.array([ABOVE_OF.get(place, 0) for place in range(WHOLE + 1)])[stands]
        return np.maximum(stands[self.own], self.best(above))

    def together(self, terms: Sequence[Term]) -> Ints:
        """What several terms are worth in one text, besides what each is worth alone, shape (lines,)."""
        phrase = f" {' '.join(term.typed for term in terms)} "
        worth = []
        for part in self.parts:
            side_by_side = PHRASE.get(_pattern_place(part, phrase), 0)
            worth.append(side_by_side or TOGETHER * all(term.stands(part) for term in terms))
        return self.best(np.array(worth, dtype=np.int64))

    def best(self, of_parts: Ints) -> Ints:
        """The best of each line's texts, shape (lines,), from a value of every part."""
        return np.maximum.reduceat(of_parts[self.of_line], self.first)


#: What a term is worth on the lines under a text in which it stands so.
ABOVE_OF = {
    WHOLE: WHOLE,
    BEGINS: ABOVE_BEGINS,
    OWN: ABOVE,
    WHOLE - SYNONYM: WHOLE - SYNONYM,
    BEGINS - SYNONYM: ABOVE,
    OWN - SYNONYM: ABOVE,
}


def _pattern_place(text: str, pattern: str) -> int:
    """How a pattern stands in a text of stems; an "other" at its beginning says nothing."""
    if pattern not in text:
        return 0
    plain = text.removeprefix(LEADING[:-1])
    if not plain.startswith(pattern):
        return OWN
    return WHOLE if plain.rstrip() == pattern.rstrip() else BEGINS


def _texts(where: Importer) -> LineTexts:
    """Words of the lines; those of a whole importer are made once."""
    return _shipped_texts(where.iso3) if where is importer(where.iso3) else LineTexts.of(where)


_shipped_texts = memoized(lambda iso3: LineTexts.of(importer(iso3)))


def search(where: Importer, law: Law, words: str, only: str = "") -> list[Table]:
    """Measures and lines whose texts hold every word, or one of the two; under a number, those it names.

    Raises
    ------
    InputError
        where no words were given, or nothing holds them; the nearest known words are named.
    """
    if only and only not in KINDS:
        raise UnknownName("table", only, KINDS, Parameter("table"), f"use {' or '.join(KINDS)}")
    if not stemmed(words):
        raise InputError("search", "no words were given", "as in: detente find lithium")
    measures, lines = _by_number(where, law, words) or _by_words(where, law, words)
    if not measures and not lines:
        raise InputError("search", f"nothing holds '{words}'", _repair(where, law, words))
    counts = ((len(measures), "measure"), (len(lines), "line"))
    count = ", ".join(f"{n:,} {noun}{'' if n == 1 else 's'}" for n, noun in counts)
    rows = [(m.id, m.title, m.authority, m.status, day_text(m.start), day_text(m.end)) for m in measures]
    texts = where.descriptions() if lines else []
    codes, start, end = where.lines.codes, where.table["from"], where.table["until"]
    goods = [(dotted(str(codes[i])), texts[i], start[i], end[i]) for i in lines]
    tables = [
        table_of("law.measures_with", rows, words=words, count=count),
        table_of("law.lines_with", goods, words=words, count=count),
    ]
    return [table for table in tables if (table.name == only if only else len(table))]


# --- numbers ---------------------------------------------------------------------------------------------------------


def _by_number(where: Importer, law: Law, words: str) -> tuple[list[Measure], list[int]] | None:
    """Measures under a heading or on a code, and lines under it; None where the words are no number of any."""
    if not NUMBER.fullmatch(words.strip()):
        return None
    code = words.strip().replace(".", "")
    inside = where.lines.slice(code)
    lines = list(range(inside.start, inside.stop))
    wide = len(code) >= HEADING
    # Measures of which a heading, or one of a period, begins with the code, or that the code begins with.
    first, last = code.ljust(8, "0")[:8], code.ljust(8, "9")[:8]
    named = [measure for measure in law.measures if wide and any(
        span.first <= last and first <= span.last for span in headings_of(measure))]  # fmt: skip
    listed = [measure for measure in law.measures if wide and measure not in named and _lists(measure, code)]
    return (named + listed, lines) if named or lines else None


#: Digits from which on a number is looked for in headings and lists of measures.
HEADING = 4


def _lists(measure: Measure, code: str) -> bool:
    """Whether a measure names goods under the code, or a heading of four digits or more above it."""
    above = tuple(code[:n] for n in range(HEADING, len(code) + 1))
    for goods in measure.goods:
        if any(prefix in above or prefix.startswith(code) for prefix in goods.prefixes):
            return not code.startswith(goods.excepted)
    return False


# --- words -----------------------------------------------------------------------------------------------------------


def _by_words(where: Importer, law: Law, words: str) -> tuple[list[Measure], list[int]]:
    """Measures and positions of lines that hold every term, best first."""
    texts = _texts(where)
    of_measures = [_measure_text(measure) for measure in law.measures]
    everything = "".join((*texts.parts, *of_measures))
    terms = [_begun(term, everything) for term in terms_of(words)]
    return _measures(law, of_measures, terms), _lines(where, texts, terms)


def terms_of(words: str) -> list[Term]:
    """Words as terms: the longest phrases that have synonyms, else single words; one with a hyphen is a phrase."""
    known = synonyms()
    pieces = [stemmed(piece).split() for piece in words.split()]
    pieces = [piece for piece in pieces if not FILLERS.issuperset(piece)] or pieces
    terms: list[Term] = []
    while pieces:
        for size in range(min(LONGEST_PHRASE, len(pieces)), 0, -1):
            phrase = " ".join(word for piece in pieces[:size] for word in piece)
            if phrase in known or size == 1:
                other = known.get(phrase)
                named = Term(phrase) if other is None else Term(phrase, other.means, other.codes)
                terms += [named] if phrase else []
                pieces = pieces[size:]
                break
    return terms


def _begun(term: Term, everything: str) -> Term:
    """The term in two words, or as the beginning of a word, where the whole word is nowhere."""
    if term.direct(everything) or term.other(everything) or term.codes:
        return term
    in_two = (f"{term.typed[:n]} {term.typed[n:]}" for n in range(2, len(term.typed) - 1))
    return next((apart for words in in_two if (apart := Term(words)).direct(everything)), Term(term.typed, whole=False))


def _measure_text(m: Measure) -> str:
    """Title, and after a bar all else that is searched of a measure, as stems."""
    rest = f"{m.id} {m.authority} {m.instrument} {m.citation} {m.heading} {m.note}"
    return f" {stemmed(m.title)} | {stemmed(rest.replace('_', ' '))} "


def _measures(law: Law, texts: Sequence[str], terms: Sequence[Term]) -> list[Measure]:
    """Measures that hold every term; those with all in the title first."""
    ranked = []
    for number, (measure, text) in enumerate(zip(law.measures, texts, strict=True)):
        if all(term.direct(text) or term.other(text) for term in terms):
            title = text.split("|", 1)[0]
            titled = sum(2 * term.direct(title) or term.other(title) for term in terms)
            ranked.append((-titled, number, measure))
    return [measure for *_, measure in sorted(ranked, key=lambda row: row[:2])]


def _lines(where: Importer, texts: LineTexts, terms: Sequence[Term]) -> list[int]:
    """Positions of lines that hold every term: the best first, lines that still stand before those that have ended."""
    score = np.zeros(len(where.lines), dtype=np.int64)
    every = np.ones(len(where.lines), dtype=bool)
    for term in terms:
        worth = texts.scores(term)
        if term.codes:
            place = where.lines.longest_prefix(term.codes)
            worth = np.where(place >= 0, BY_CODE - NEXT_CODE * place, worth)
        score += worth
        every &= worth > 0
    if len(terms) > 1:
        score += texts.together(terms)
    positions = np.flatnonzero(every)
    ended = (np.asarray(where.table["until"]) != "")[positions]
    if "trade_only" in where.table:
        ended |= where.table["trade_only"][positions]
    trade = line_trade(where.iso3)[positions] if where is importer(where.iso3) else np.zeros(len(positions))
    worth = score[positions] + DECADE * np.log10(1.0 + trade / LITTLE)
    return positions[np.lexsort((positions, -worth, ended))].tolist()


# --- nothing found ---------------------------------------------------------------------------------------------------


def _repair(where: Importer, law: Law, words: str) -> str:
    """The nearest known words for those that are nowhere, else to try fewer."""
    if NUMBER.fullmatch(words.strip()):
        return "try fewer digits"
    # Stems of every text and of the synonyms.
    texts = (*_texts(where).parts, *(_measure_text(m) for m in law.measures), *synonyms())
    known = sorted({stem for text in texts for stem in text.split() if len(stem) > 2})
    typed = (word for term in terms_of(words) for word in term.typed.split())
    strange = [word for word in typed if not any(other.startswith(word) for other in known)]
    if not strange:
        return "each word occurs, but not together: try fewer"
    near = [close for close in (did_you_mean(word, known, n=2) for word in strange if len(word) >= 4) if close]
    return f"perhaps {' and '.join(near)} is meant" if near else "try fewer words, or the beginning of one"


#: Lines whose duty is looked up: the nearest.
RATED = 25

FROM = re.compile(r"^\s*(.+)\s+(?:from|of)\s+(.+?)\s*$", re.IGNORECASE)


def matches(words: str, on: date, *, of: str = "USA", partner: str = "", law: Law | None = None) -> list[Table]:
    """Lines, acts and countries that words find; the lines with their duty on a day, the nearest first.

    Parameters
    ----------
    words : of the goods, a code, or goods and the country they come from, as "coffee from Brazil".
    partner : whose goods the whole duty is of; "" leaves the base duty alone.

    Raises
    ------
    InputError : nothing holds the words.
    """
    where = importer(of)
    book = where.law if law is None else law
    goods, origin = (words, partner) if partner else goods_and_origin(words)
    named = [(code, name) for code, name in countries().names.items() if f" {fold(words)} " in f" {fold(name)} "]
    try:
        tables = {table.name: table for table in search(where, book, goods)}
    except InputError as error:
        if not named:
            raise error.at(Parameter("words")) from None
        tables = {}
    rows, standing = _with_duties(tables.get("lines"), where, book, origin, on)
    title = f" on goods from {place(origin)}" if origin else ""
    made = table_of("law.lines_found", rows, words=goods, whose=title, on=on).standing_on(standing)
    acts = tables.get("measures")
    return [made, *([acts] if acts is not None else []), table_of("law.countries", named, words=words)]


def _with_duties(
    lines: Table | None, where: Importer, law: Law, origin: str, on: date
) -> tuple[list[tuple[object, ...]], Standing | None]:
    """Lines in their order, those that have left the schedule last; duties of the first, and how far they are read."""
    every = [] if lines is None else sorted(lines.rows(), key=lambda row: bool(row["until"]))
    rows, standing, usual = list[tuple[object, ...]](), None, "CHN" if where.iso3 == "USA" else "USA"
    for n, row in enumerate(every):
        base = total = np.nan
        try:
            if n < RATED:
                answer = look_up(str(row["line"]), origin or usual, on, law=law, of=where.iso3)
                base, standing = answer.main.base, standing or answer.standing
                total = answer.total if origin and not (answer.banned or answer.by_quantity) else np.nan
        except (UnlistedRate, UnknownName) as error:
            # The schedule of the day is not on record by line, or lacks the line.
            if isinstance(error, UnknownName) and (error.kind.startswith("partner") or error.where == "partner"):
                raise
        rows.append((row["line"], row["description"], base, total, row["from"], row["until"]))
    return rows, standing


def goods_and_origin(text: str) -> tuple[str, str]:
    """Words of goods and the code of the country that they come from, as in "coffee from Brazil" or "coffee Brazil".

    The code is "" where no country is named.
    """
    match, words = FROM.match(text), text.split()
    pairs = [(match[1], match[2])] if match else []
    pairs += [(" ".join(words[:-n]), " ".join(words[-n:])) for n in (4, 3, 2, 1) if len(words) > n]
    for goods, origin in pairs:
        try:
            return goods, countries().resolve(origin)
        except InputError:
            continue
    return text, ""


#: Subheadings that are looked at.
FEW = 8


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
    rows, standing = [], None
    unlisted: dict[str, UnlistedRate] = {}
    own, codes, until = where.words(), where.lines.codes, where.table["until"]
    stands = (until == "") | (until >= str(on))
    for code, best in list(texts.items())[:most]:
        text = _shared([own[n] for n in np.flatnonzero(np.strings.startswith(codes, code) & stands)], best, words)
        try:
            answer = look_up(code, partner, on, law=book, of=of, parameters=parameters)
        except UnlistedRate as error:
            unlisted[dotted(code)] = error
            continue
        barred = bool(answer.banned)
        low, high = (np.nan, np.nan) if barred else answer.ends
        mean = np.nan if barred or answer.by_quantity else answer.total
        rows.append((dotted(code), low, high, mean, len(answer.ladders), answer.by_quantity, text))
        standing = answer.standing
    if unlisted and not rows:
        # None can be answered: the refusal of the best match, which says what is missing.
        raise next(iter(unlisted.values()))
    if not rows:
        raise InputError("search", f"no line that stands on {on} holds '{words}'", "try fewer words, or another day")
    notes = [declared_note("law.candidates_more", count=len(texts) - most, words=words)] if len(texts) > most else []
    if unlisted:
        notes.append(declared_note("law.candidates_unlisted", place=place(where.iso3), codes=", ".join(unlisted)))
    whose = place(where.countries.resolve(partner, "partner"))
    return table_of("law.candidates", rows, notes, words=words, partner=whose, on=on).standing_on(standing)


def _shared(lines: Sequence[tuple[str, ...]], best: str, words: str) -> str:
    """What all lines of a subheading are called, as short as the words that were typed allow: without their heading,
    with its beginning, or with all of it; where it has none of them, with the line that matches best.
    """
    heading, *below = [part for part in reduce(in_common, lines) if part.lower() != "other"] or [best]
    short = joined([heading.partition(";")[0], *below])
    for text in (": ".join(below), short, joined([heading, *below])):
        if not set(stemmed(words).split()) - set(stemmed(text).split()):
            return text
    own = best.rpartition(": ")[2]
    return short if len(lines) == 1 or own.lower() == "other" else f"{short}, as: {own}"


# --- words people type for what the law calls otherwise, and how words are brought to one form -----------------------


FILE = "synonyms.yaml"
_WORD = re.compile(r"[a-z0-9]+")
_IRREGULAR = {"lens": "lens", "lenses": "lens", "gases": "gas", "buses": "bus", "knives": "knife", "mangoes": "mango"}
#: Letters of a word from which on a final s is a plural.
_SHORTEST = 4


class Synonym(FileModel):
    """Words that people say, others for the same as stems, and the beginnings of the codes where the goods lie."""

    say: Texts
    means: Annotated[Texts, AfterValidator(lambda words: tuple(map(stemmed, words)))]
    codes: Codes = ()


@memoized
def synonyms() -> dict[str, Synonym]:
    """What is meant by a word or phrase, by its stems."""
    rows = shipped(tuple[Synonym, ...], FILE)
    return {stemmed(words): row for row in rows for words in row.say}


def stemmed(text: str) -> str:
    """Words of a text in lower case, without accents and plural endings, joined by blanks: "T-shirts" is "t shirt"."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(map(_stem, _WORD.findall(plain.lower())))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """A word without its plural ending: batteries is battery, boxes is box; necktie is neckty, as neckties is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ie") and len(word) > _SHORTEST:
        return f"{word[:-2]}y"
    if len(word) < _SHORTEST or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes", "toes")):
        return word[:-2]
    return word[:-1]


# --- how much of each tariff line is imported: what tells lines apart that words alone do not ------------------------


#: Year of the trade of the United States on record by line.
YEAR = 2024

#: Digits of a rate line.
PARENT = 8


@memoized
def line_trade(iso3: str) -> Floats:
    """Imports of every line of an importer in the latest year on record, shape (lines,), USD.

    Partners whose imports are published by line; China's are of the United States. A line younger than the trade takes
    an even part of the line above it.
    """
    where = importer(iso3)
    table = EMBEDDED.get(where.file.schedule.table)
    if table is None:
        return np.zeros(len(where.lines))
    if table.bought_of:  # of one partner by subheading, in the latest year
        rows = arrays(table.trade, ("year", "hs6", "value"))
        latest = rows["year"] == rows["year"].max()
        codes, values = rows["hs6"][latest], rows["value"][latest].astype(np.float64)
    else:  # by line, of all partners together
        rows = arrays(table.trade, ("code", "value"))
        codes, positions = np.unique(rows["code"], return_inverse=True)
        values = np.bincount(positions, rows["value"]).astype(np.float64)
    # Each at the first line under its code; codes that the tariff lacks are left out.
    start, end = where.lines.bounds(codes.tolist())
    known = end > start
    own = np.bincount(start[known], values[known], minlength=len(where.lines)).astype(np.float64)
    standing = np.asarray(where.table["until"]) == ""
    young = standing & (np.asarray(where.table["from"]) > f"{YEAR}-12-31")
    length = min(PARENT, where.file.digits - 2)
    count = _of_prefix(where.lines, standing.astype(np.float64), length)
    return np.where(young, _of_prefix(where.lines, own, length) / np.maximum(count, 1.0), own)


def _of_prefix(lines: Axis, values: Floats, length: int) -> Floats:
    """Sum of the values under the first digits of every line, shape (lines,)."""
    prefixes = lines.codes.astype(f"U{length}")
    group = np.cumsum(np.append(False, prefixes[1:] != prefixes[:-1]))
    return np.bincount(group, values)[group].astype(np.float64)
