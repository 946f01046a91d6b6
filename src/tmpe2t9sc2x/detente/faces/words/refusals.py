"""Refusals in the language of a reader: where, what is wrong and what to do, by their English in the code.

A catalogue has them under `[refusals]`: `texts` of what is wrong and what to do, `words` that are put into them,
`kinds` of what an unknown name is of, `places` of where something is wrong. What was given stands as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

from detente.codes.errors import Faults, InputError, Parameter
from detente.faces.words.language import ENGLISH, ISO_DAY, English, Language, languages, load, refusals
from detente.faces.words.tables import text_in

SLOT = re.compile(r"\{([a-z_]\w*)(?:\|(\w+))?\}")
"""A part of a text that is put in, and its form; code in braces, as {central = 0.3}, is none."""

QUOTES = "'\"`«"
NEAR = re.compile(r"'[^']*'(?: or '[^']*')*")
NEXT = re.compile(r"(?<=[.?]) (?=[^.?;]*: )")
"""Where one sentence ends and one of another place begins."""

HINT = re.compile(r"(did you mean .+?\?) (.+)", re.DOTALL)
LISTED = re.compile(r"[\w.*%+@:=<>/-]+(?:(?:, (?:and |or )?| and | or )[\w.*%+@:=<>/-]+)+")
PRINTED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d[\d,]*(?:\.\d+)?%")
"""Numbers nobody types: with marks of thousands, or per cent."""

ALSO = {"texts": ("words",)}
"""Parts of a catalogue that stand in another too: words are put into texts, and said by what the program builds on."""

UNPARTED = "(?:(?!' or ').)*"
"""What stands in quotes: one name, not one and another."""

FEW = 3
"""Words from which a text takes any words for a part that is put in."""

DEEPEST = 4
"""Texts within one another that are still looked up."""


@dataclass(frozen=True)
class Text:
    """A text with parts that are put in, and its words in a language."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    own: str

    def read(self, text: str) -> Iterator[tuple[str, ...]]:
        """The parts that stand in a text, as long as they can be and then as short; nothing where it is another."""
        if not (text.startswith(self.pieces[0]) and text.endswith(self.pieces[-1])):
            return
        for part in (".*", ".*?"):
            match = re.fullmatch(self._pattern(part), text, re.DOTALL)
            if match is not None:
                yield match.groups()

    def _pattern(self, part: str) -> str:
        """The pattern of a text; what stands in quotes ends before another name does."""
        made = re.escape(self.pieces[0])
        for before, after in pairwise(self.pieces):
            quoted = before.endswith("'") and after.startswith("'")
            made += f"({UNPARTED if quoted else part}){re.escape(after)}"
        return made

    @property
    def brief(self) -> bool:
        """Whether it has so few words of its own that much else is like it."""
        return len(re.findall(r"[^\W\d_]{2,}", " ".join(self.pieces))) < FEW


@dataclass(frozen=True)
class Phrasebook:
    """Texts of one part of a catalogue: whole ones, and those with parts, the longest first."""

    whole: dict[str, str]
    slotted: tuple[Text, ...]

    def readings(self, text: str) -> Iterator[tuple[Text, tuple[str, ...]]]:
        """Texts with parts that a text may be, with what stands in it for them."""
        for known in self.slotted:
            for words in known.read(text):
                yield known, words


@lru_cache(maxsize=16)
def _book(code: str, part: str) -> Phrasebook:
    rows = {text: own for name in (part, *ALSO.get(part, ())) for text, own in refusals(code).get(name, {}).items()}
    slotted = []
    for text, own in rows.items():
        pieces, names = tuple(SLOT.split(text)[::3]), tuple(match[1] for match in SLOT.finditer(text))
        if names and re.search(r"\w{2}", "".join(pieces)):
            slotted.append(Text(pieces, names, own))
    slotted.sort(key=lambda text: -len("".join(text.pieces)))
    return Phrasebook({text: own for text, own in rows.items() if not SLOT.search(text)}, tuple(slotted))


def refusal_in(error: Exception | str, say: Language, named: Callable[[str], str] | None = None) -> str:
    """The sentence of an error in a language; `English` where the language lacks a part of it.

    Parameters
    ----------
    error : any error with a sentence, or the sentence alone.
    named : how the face calls a parameter, as `as_of`; without it the catalogue says it.
    """
    if say.code == ENGLISH:
        return English(error)
    if isinstance(error, Faults):
        own = [refusal_in(fault, say, named) for fault in error.faults]
        return English(error) if any(isinstance(text, English) for text in own) else " ".join(own)
    if isinstance(error, InputError):
        return _sentence(error.where, error.what, error.repair, say, named) or English(error)
    own = [_whole(text, say, named) for text in NEXT.split(str(error))]
    return " ".join(own) if all(own) else _whole(str(error), say, named) or English(error)


def refusal_of(error: Exception | str, code: str, named: Callable[[str], str]) -> str:
    """The sentence of an error in a language by its code; "" where there is no such language, or it lacks a part."""
    own = refusal_in(error, load(code), named) if code in languages() else English(error)
    return "" if isinstance(own, English) else own


def _sentence(where: str, what: str, repair: str, say: Language, named: Callable[[str], str] | None) -> str:
    """Place, mistake and what to do in a row; "" where the language lacks one."""
    wrong, remedy = _spoken(what, say), _spoken(repair.rstrip("."), say)
    if not wrong or (repair and not remedy):
        return ""
    place = _place(where, say, named)
    text = f"{place}{say('frame.colon')} {wrong}" if place else wrong
    text = f"{text}{say('frame.semicolon')}{remedy}" if repair else text
    return text if text.endswith(("?", ".")) else f"{text}."


def _whole(text: str, say: Language, named: Callable[[str], str] | None) -> str:
    """A sentence whose parts are not known apart: as a whole, or parted where its marks part it."""
    own = _worded(text.rstrip("."), say) or _worded(text, say)
    if own:
        return own if own.endswith((".", "?")) else f"{own}."
    bare = text.rstrip(".")
    for colon in (*(match.end() for match in re.finditer(": ", bare)), 0):
        where, rest = bare[: max(0, colon - 2)], bare[colon:]
        for semicolon in (*(match.start() for match in re.finditer("; ", rest)), len(rest)):
            own = _sentence(where, rest[:semicolon], rest[semicolon + 2 :], say, named)
            if own:
                return own
    own = _spoken(bare, say)
    return f"{own}." if own else ""


def _place(where: str, say: Language, named: Callable[[str], str] | None) -> str:
    """Where something is wrong: words of the language, and names as they stand."""
    if isinstance(where, Parameter) and named is not None:
        return f"{named(where.name)}{where[len(where.name) :]}"
    if isinstance(where, Parameter):
        return f"{_piece(where.name, say)}{where[len(where.name) :]}"
    if named is not None and " " not in where:  # a command, or a file
        return where
    return ", ".join(_piece(piece, say) for piece in where.split(", "))


def _piece(text: str, say: Language) -> str:
    return _entry("places", text, say) or text


def _entry(part: str, text: str, say: Language) -> str:
    """A text of a part of the catalogue, in which what was given stands as it is; "" where it has none."""
    book = _book(say.code, part)
    if text in book.whole:
        return book.whole[text]
    for known, words in book.readings(text):
        return _filled(known, words, lambda word, _form, _before: word)
    return ""


def _spoken(text: str, say: Language, depth: int = 0) -> str:
    """What is wrong or what to do, whole or in parts; "" where the language has no words for it."""
    own = _worded(text, say, depth)
    if own:
        return own
    hint = HINT.fullmatch(text)
    if hint is not None:
        first, second = (_spoken(part, say, depth + 1) for part in hint.groups())
        return f"{first} {second[:1].upper()}{second[1:]}" if first and second else ""
    return _parted(text, say, depth)


def _worded(text: str, say: Language, depth: int = 0) -> str:
    """A text that the language has, with what is put into it; "" where it has none."""
    book = _book(say.code, "texts")
    if text in book.whole or depth > DEEPEST:
        return book.whole.get(text, "")

    for known, words in book.readings(text):
        own = _filled(known, words, partial(_word, say=say, depth=depth, strict=known.brief))
        if own:
            return own
    return ""


def _parted(text: str, say: Language, depth: int) -> str:
    """A text of several known ones: behind what they are about, or in a row."""
    about, colon, rest = text.partition(": ")
    own = _spoken(rest, say, depth + 1) if colon else ""
    if own:
        return f"{_quoted(about)}{say('frame.colon')} {own}"
    for mark, joint in (("; ", say("frame.semicolon")), (". ", ". ")):
        parts = text.split(mark)
        own_parts = [_spoken(part, say, depth + 1) for part in parts] if len(parts) > 1 else []
        if own_parts and all(own_parts):
            return joint.join(own_parts)
    return ""


def _filled(text: Text, words: tuple[str, ...], put: Callable[[str, str, str], str]) -> str:
    """A text of the language with what stands in it; "" where a part has to be known and is not.

    A part that stands twice takes what English has first, then what it has next.
    """
    left: dict[str, list[str]] = {}
    for name, word in zip(text.names, words, strict=True):
        left.setdefault(name, []).append(word)
    done, end = "", 0
    for match in SLOT.finditer(text.own):
        some = left[match[1]]
        word = some.pop(0) if len(some) > 1 else some[0]
        done += text.own[end : match.start()]
        own = put(word, match[2] or "", done)
        if word and not own:
            return ""
        done, end = done + own, match.end()
    return done + text.own[end:]


def _word(word: str, form: str, before: str, *, say: Language, depth: int, strict: bool) -> str:
    """What stands in a text: as it was written in quotes, else in the language where it has words for it.

    Where it has none it is "" if `strict`, or as it was written.
    """
    if form == "kind":
        return _entry("kinds", word, say)
    if form == "given" or before.rstrip()[-1:] in tuple(QUOTES):
        return word
    if form == "day" and ISO_DAY.fullmatch(word):
        return say.day(word)
    if PRINTED.fullmatch(word):
        return say.figures(word)
    if NEAR.fullmatch(word):
        return f" {say('or')} ".join(_quoted(part) for part in word.split(" or "))
    if " " not in word:
        return word
    own = _spoken(word, say, depth + 1)
    if own or LISTED.fullmatch(word):
        return own or word.replace(" and ", f" {say('and')} ").replace(" or ", f" {say('or')} ")
    known = text_in(word, say)
    return known if not isinstance(known, English) else "" if strict else word


def _quoted(text: str) -> str:
    """A name in the marks of the language, where it stands in those of English."""
    return f"«\N{NARROW NO-BREAK SPACE}{text[1:-1]}\N{NARROW NO-BREAK SPACE}»" if text[:1] == text[-1:] == "'" else text
