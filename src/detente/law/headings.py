"""Headings of chapter 99 as measures and footnotes write them: "9903.88.03/.04", "9903.01.43-.76", "9902".

An expression is a list of headings and ranges; what is left out at the front is that of the number before. Of the
last, "9903.94.44/.45; .54/.55" names four. Four or six digits name everything under them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from detente.codes import InputError
from detente.law.measure import Measure

#: Digits of a heading that states a rate.
LENGTH = 8

#: A heading of chapter 99 named in a sentence.
NAMED = re.compile(r"\b99\d\d\.\d\d\.\d\d\b")

_WRITTEN = "as in 9903.88.03/.04, 9903.01.43-.76 or 9903.02.78; 9903.01.86"
_SEPARATOR = re.compile(r"[;,/]|\band\b")
_RANGE = re.compile(r"-|\u2013|\bto\b")
_NUMBER = re.compile(r"(?:99\d\d(?:\.\d\d){0,2}|(?:\.\d\d){1,2})")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Headings from `first` to `last`, both in, eight digits each."""

    first: str
    last: str

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self.first <= code[:LENGTH] <= self.last

    def __str__(self) -> str:
        if self.first == self.last:
            return written(self.first)
        for length in (4, 6):
            if (self.first, self.last) == _ends(self.first[:length]):
                return written(self.first[:length])
        shared = 6 if self.first[:6] == self.last[:6] else 4 if self.first[:4] == self.last[:4] else 0
        return f"{written(self.first)}-{written(self.last)[shared and shared + shared // 2 - 2 :]}"


def written(code: str) -> str:
    """A heading with its dots: "99038815" is "9903.88.15"."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8]) if part)


@lru_cache(maxsize=1024)
def read_headings(text: str, where: str = "heading") -> tuple[Span, ...]:
    """Spans of headings that an expression names; "" names none.

    Raises
    ------
    InputError
        where a part is not a number of chapter 99, or a range ends before it begins.
    """
    spans: list[Span] = []
    before = ""
    for part in filter(None, (piece.strip() for piece in _SEPARATOR.split(text))):
        ends: list[str] = []
        for number in _RANGE.split(part):
            before = _completed(number.strip(), before, text, where)
            ends.append(before)
        spans.append(_span(ends, text, where))
    return tuple(spans)


def _completed(number: str, before: str, text: str, where: str) -> str:
    """Digits of a number; one that begins with a dot takes its front from the number before."""
    short = number.startswith(".")
    if not _NUMBER.fullmatch(number) or (short and not before):
        raise InputError(where, f"'{number}' in '{text}' is not a heading of chapter 99", f"write it {_WRITTEN}")
    digits = number.replace(".", "")
    return before[: LENGTH - len(digits)] + digits if short else digits


def _span(ends: list[str], text: str, where: str) -> Span:
    first, last = _ends(ends[0])[0], _ends(ends[-1])[1]
    if len(ends) > 2 or last < first:
        raise InputError(where, f"'{text}' is not a range of headings", f"write it {_WRITTEN}")
    return Span(first, last)


def _ends(digits: str) -> tuple[str, str]:
    """First and last heading under four, six or eight digits."""
    return digits.ljust(LENGTH, "0"), digits.ljust(LENGTH, "9")


def covers(spans: Iterable[Span], code: str) -> bool:
    """Whether one of the spans holds the heading."""
    return any(code in span for span in spans)


def headings_of(measure: Measure) -> tuple[Span, ...]:
    """Every heading that a measure or one of its periods names."""
    texts = (measure.heading, *(period.heading for period in measure.periods))
    return tuple(span for text in texts for span in read_headings(text, measure.source))
