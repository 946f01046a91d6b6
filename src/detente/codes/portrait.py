"""Readable: what a value prints of itself, a few lines on what it holds, never everything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np

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
