"""Whole words of the tariff lines of an importer: the headings above a line and its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from detente.codes import Axis
from detente.data.importer_lines import LineTable
from detente.data.tables import arrays, read, row_of

TABLE = "usa_texts"


@lru_cache(maxsize=2)
def line_words(table: str = TABLE) -> dict[str, tuple[str, ...]]:
    """Headings above each line, widest first, and its own words at the end, by code; none without a table."""
    return {code: _parts(text) for code, text in read(table).rows()} if table else {}


def words_of_line(code: str, table: str = TABLE) -> tuple[str, ...]:
    """The same for one line; () where the table does not have it."""
    row = row_of(table, code) if table else None
    return () if row is None else _parts(row[0])


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def joined(words: Sequence[str]) -> str:
    """Headings and own words as one text; headings that only say "other", or say it again, are left out."""
    above = [part for part in dict.fromkeys(words[:-1]) if part.lower() != "other" and part != words[-1]]
    return ": ".join([*above, words[-1]])


ASIDE = re.compile(r"\s*\([^()]*\)")
LIMIT = re.compile(
    r",? (?:principally|designed|prepared for|put up|of a kind|whether or not|with or without|other than|not elsewhere|"
    r"including|excluding|consisting of|thereof|suitable|specially|as defined|of (?:sub)?headings?|within the meaning)"
    r"\b.*"
)
"""Where what a heading is about ends and its conditions begin."""

AND_OTHER = re.compile(r",? and (?:other|similar) .*")
BANDS = (
    (re.compile(r"(?:exceeding|more than|over) (\S+)( [^,]+?)? but not (?:exceeding|more than|over) "), r"over \1 to "),
    (re.compile(r"\bnot (?:exceeding|more than|over) "), "up to "),
    (re.compile(r"\b(?:exceeding|more than) "), "over "),
    (re.compile(r"^(?:Of a cylinder capacity|Having engines with|Of a|Of an) (?=over|up to)"), ""),
    (re.compile(r"spark-ignition internal combustion( reciprocating)? piston engines?"), "spark-ignition engine"),
    (re.compile(r"compression-ignition internal combustion piston engines?.*"), "diesel engine"),
    (re.compile(r"^Other vehicles, "), ""),
    (re.compile(r"^Of a kind used (?:as the primary source of electrical power )?(?=for|in)"), ""),
)
"""Bands of numbers and engines in fewer words."""

SEVERAL = 70
"""Letters of the goods of a heading that names several."""


def goods_name(words: Sequence[str]) -> str:
    """What goods are, from the headings above them and their own words, without conditions, no phrase cut.

    "Motor cars, with only spark-ignition engine, over 1,500 to 3,000 cc, new, up to 4 cylinders, other".
    """
    first, *rest = dict.fromkeys(words) if words else ("",)
    parts = [_shorter(part) for part in rest if not part.lower().startswith("other") or ", with" in part]
    last = ["other"] if rest and words[-1].lower().startswith("other") else []
    head = _heading(first, several=not parts)
    if parts and _names_again(parts[0], first):
        head, parts = parts[0], parts[1:]
    named = [part if part[1:2].isupper() else f"{part[:1].lower()}{part[1:]}" for part in parts]
    return ", ".join(dict.fromkeys([head, *named, *last]))


def _heading(text: str, *, several: bool) -> str:
    """The goods of a heading; of one that names several the first, or as many as stand in a line."""
    clauses = [AND_OTHER.sub("", _plain(clause)) for clause in text.split(";")]
    named = [clause for clause in dict.fromkeys(clauses) if clause and "parts" not in clause.lower()]
    count = 1
    while several and count < len(named) and len("; ".join(named[: count + 1])) <= SEVERAL:
        count += 1
    return "; ".join(named[:count]) or _plain(text)


def _plain(text: str) -> str:
    """A text without asides and conditions."""
    bare = ASIDE.sub("", ASIDE.sub("", text)).strip()
    return LIMIT.sub("", bare).strip(" ,:") or bare


def _shorter(text: str) -> str:
    """A heading below the first: numbers as bands, without conditions."""
    bare = ASIDE.sub("", ASIDE.sub("", text)).strip()
    for pattern, instead in BANDS:
        bare = pattern.sub(instead, bare)
    return LIMIT.sub("", bare).split(";")[0].strip(" ,:") or bare


def _names_again(part: str, heading: str) -> bool:
    """Whether a part names goods that the heading above it names among others."""
    return part[:1].isupper() and part.split(",")[0].lower() in heading.lower()


def names_of_groups(words: Sequence[Sequence[str]], keys: Sequence[str]) -> dict[str, str]:
    """Name of the goods of each group of lines: of the headings that all its lines share.

    Parameters
    ----------
    words : headings and own words of each line; keys : the group of each, as many.
    """
    shared: dict[str, Sequence[str]] = {}
    for key, own in zip(keys, words, strict=True):
        before = shared.get(key)
        shared[key] = own if before is None else _common(before, own)
    return {key: goods_name(own) for key, own in shared.items()}


def _common(first: Sequence[str], second: Sequence[str]) -> Sequence[str]:
    """The headings at the beginning of both; the first at least."""
    count = next((n for n, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), None)
    return first[: max(1, min(len(first), len(second)) if count is None else count)]


SUBHEADING = "HS6: "
"""How a text begins that is of the subheading."""


def described(lines: Axis, table: LineTable) -> list[str]:
    """Short texts of lines; where a schedule has none, of the US line that the same subheading begins with."""
    own = [text.removeprefix(SUBHEADING) for text in table["description"].tolist()]
    if all(own):
        return own
    shared = _of_subheadings()
    return [text or shared.get(code[:6], "") for text, code in zip(own, lines.codes.tolist(), strict=True)]


@lru_cache(maxsize=1)
def _of_subheadings() -> Mapping[str, str]:
    """What the US lines under each subheading have in common, heading by heading."""
    usa = arrays("usa_lines", ("code", "description"))
    shared: dict[str, Sequence[str]] = {}
    for code, text in zip(usa["code"].tolist(), usa["description"].tolist(), strict=True):
        parts = str(text).split(": ")
        shared[code[:6]] = _common(shared[code[:6]], parts) if code[:6] in shared else parts
    return {six: ": ".join(parts) for six, parts in shared.items()}
