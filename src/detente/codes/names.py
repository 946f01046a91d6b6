"""Names, words and values as they are read: within a sentence, for an id in a table, as a value prints itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from detente.codes.errors import UnknownName

_WITH_ARTICLE = {
    "Bahamas", "Comoros", "DR Congo", "Gambia", "Isle of Man", "Maldives", "Philippines", "Rest of the world",
    "Seychelles", "World",
}  # fmt: skip
#: Last words of names that say what a country is, and so take the article.
_KINDS = {
    "Emirates", "Islands", "Kingdom", "Netherlands", "Republic", "States", "Territories", "Territory", "Union",
}  # fmt: skip


#: First words of a label that stand without "the"; so do capitals, digits and whole labels of `BARE`.
NO_ARTICLE = frozenset(
    "a an all any both each even every free half how if many more most no none one some the these this those two what "
    "whatever when where whoever".split()
)

#: Labels that are names of things without an article.
BARE = frozenset({"escalation", "free trade", "war"})


def with_article(label: str) -> str:
    """A label as it stands within a sentence: "the status quo", "what starts by itself", "even chances of both"."""
    first = label.split(" ")[0]
    bare = first.lower() in NO_ARTICLE or label in BARE or not first[:1].islower()
    return label if bare else f"the {label}"


def first_upper(words: str) -> str:
    """Words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def as_sentence(note: str) -> str:
    """A note as a sentence of its own: "weights: 2024" -> "Weights: 2024."; a name in code keeps its letters."""
    begun = note if re.search(r"[\d_=`/]", note.split(" ")[0]) else first_upper(note)
    return begun if begun.endswith((".", "!", "?", ":")) or not begun else f"{begun}."


def in_sentence(name: str) -> str:
    """A country or region as it stands within a sentence: "the United States", "China", "the rest of the world".

    Tables, axes and lists keep the name alone.
    """
    if name.startswith("South Georgia") or not (
        name in _WITH_ARTICLE or name.lower().startswith("rest of ") or name.split(" ")[-1] in _KINDS
    ):
        return name
    return f"the {name[0].lower() + name[1:] if name.split(' ')[0] in ('Rest', 'World') else name}"


# --- words of the ids in tables: a file read once, `codes/words.toml`, a section for each kind of id -----------------


@cache
def words_file(file: str) -> dict[str, dict[str, Any]]:
    """What a file of words beside this module says; `FileNotFoundError` where there is none."""
    import tomllib  # Only what shows a table needs it.
    from pkgutil import get_data

    return tomllib.loads((get_data("detente.codes", file) or b"").decode())


def vocabulary(kind: str, file: str = "words.toml") -> dict[str, Any]:
    """Ids of a kind with their words: a text, or texts by form; or another section of a file of words beside it."""
    return words_file(file)[kind]


def words(kind: str, key: str, names: Mapping[str, str] | None = None, form: str = "name") -> str:
    """An id in words; "" for the blank one.

    Parameters
    ----------
    names : words of ids that come from data, as those of a lawbook. form : as "over", where an id has several.

    Raises
    ------
    UnknownName : nobody has given the id words.
    """
    if not key or (names and key in names):
        return names[key] if key and names else ""
    known = vocabulary(kind)
    if key not in known:
        raise UnknownName(kind, key, known, "codes/words.toml")
    entry = known[key]
    return entry if isinstance(entry, str) else str(entry.get(form, entry["name"]))


# --- what a value prints of itself: a few lines on what it holds, never everything -----------------------------------

#: Lines of a value at most, and letters of each.
LINES, LETTERS = 30, 100

#: Names of a list that are shown, and numbers of an array.
NAMED, NUMBERS = 5, 6

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Readable:
    """A value that prints as its name and one line for each thing it holds.

    A dataclass takes it as a base and leaves its own `repr` out.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """The value in a few lines."""
        return portrait(self)

    def __repr__(self) -> str:
        """The same: a value is read more often than it is written down."""
        return str(self)


def portrait(value: Any) -> str:
    """A value as lines: what it is, then each of its public fields, cut to what a screen shows."""
    lines = [f"  {name}: {words}" for name, words in _told(value)]
    if len(lines) >= LINES:
        left = len(lines) - LINES + 2
        lines = [*lines[: LINES - 2], f"  ... and {left} more"]
    return "\n".join(_cut(line, LETTERS) for line in (titled(value), *lines))


def titled(value: Any) -> str:
    """What a value is in words, with its name where it has one: "supply chain rare-earths"."""
    kind = _WORD.sub(" ", type(value).__name__.lstrip("_"))
    kind = kind if len(kind) < 2 or kind[1].isupper() else kind[0] + kind[1:].lower()
    return f"{kind} {_name(value)}".rstrip()


def _told(value: Any) -> Iterator[tuple[str, str]]:
    """Public fields of a dataclass that hold something, each in words."""
    for field in fields(value):
        if field.name.startswith("_") or field.name in ("name", "memo"):
            continue
        words = in_words(getattr(value, field.name))
        if words:
            yield field.name.replace("_", " "), words


def in_words(value: Any) -> str:
    """A value on one line; "" where it holds nothing."""
    if value is None or (isinstance(value, str | Collection) and not len(value)):
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, int | date):
        return str(value)
    return _of_many(value)


def _of_many(value: Any) -> str:
    """An array, a mapping, a list or a value with parts, on one line."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple | set | frozenset):
        return _items(list(value))
    if callable(value):
        return ""
    return titled(value) if is_dataclass(value) else " ".join(str(value).split())


def _items(values: list[Any]) -> str:
    """The members of a list: by name where they have one, counted where they have none."""
    if not all(map(is_dataclass, values)):
        return _listed([in_words(item) for item in values], len(values))
    names = [_name(item) for item in values]
    if all(names):
        return _listed(names, len(values))
    return f"{len(values)} x {titled(values[0])}" if len(values) > 1 else titled(values[0])


def _name(value: Any) -> str:
    """What a value calls itself; "" where it has no name."""
    return next((text for key in ("name", "id", "label") if isinstance(text := getattr(value, key, None), str)), "")


def _array(values: np.ndarray) -> str:
    if values.size <= NUMBERS:
        return ", ".join(in_words(item) for item in values.ravel().tolist())
    return f"array of {' x '.join(map(str, values.shape))}"


def _mapping(values: Mapping[Any, Any]) -> str:
    """Keys with what they stand for where that is short, else the keys."""
    pairs = {str(key): in_words(item) for key, item in list(values.items())[:NAMED]}
    brief = len(values) <= NAMED and sum(map(len, pairs.values())) <= LETTERS // 2
    return _listed([f"{key} {words}" if brief else key for key, words in pairs.items()], len(values))


def _listed(words: list[str], count: int) -> str:
    shown = [_cut(word, LETTERS // 2) for word in words[:NAMED]]
    return ", ".join(shown) + (f" and {count - NAMED} more" if count > NAMED else "")


def _cut(text: str, most: int) -> str:
    """A text of so many letters at most."""
    return text if len(text) <= most else f"{text[: most - 4].rstrip()} ..."
