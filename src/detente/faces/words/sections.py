"""Sections of the report of a case for people: no code of a threat, a side, an issue or an input is left in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from detente.codes import Column, Table
from detente.codes.units import Unit
from detente.faces.text_tables import head_of
from detente.faces.words.issues import threat_words
from detente.faces.words.language import load
from detente.lab.talks.counsel import threats_seen
from detente.lab.talks.talk import Talk

TEXTS = (Unit.TEXT, Unit.CODE)
STAR = re.compile(r"\bp\*")
SNAKE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


@dataclass(frozen=True)
class SpokenNames:
    """Names in place of codes, by the code.

    Codes that are plain words, as "even" or "war", are said by name only where they stand alone.
    """

    names: Mapping[str, str] = field(repr=False)

    def text(self, text: str) -> str:
        """A text with every code said by its name."""
        if text in self.names:
            return self.names[text]
        return STAR.sub("chance", SNAKE.sub(lambda m: m[0].replace("_", " "), self._pattern.sub(self._named, text)))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        codes = sorted((code for code in self.names if not PLAIN.fullmatch(code)), key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, codes)) or NEVER})(?![\w])")

    def _named(self, match: re.Match[str]) -> str:
        return self.names[match[0]]

    def table(self, table: Table) -> Table:
        """A table for people; its numbers are as they were."""
        texts = [column.name for column in table.columns if column.unit in TEXTS]
        data = {
            name: np.asarray([self.text(str(cell)) for cell in table[name].tolist()], dtype=np.str_) for name in texts
        }
        columns = tuple(self._column(column) for column in table.columns)
        notes = tuple(self._note(note) for note in table.notes)
        return replace(table, title=self.text(table.title), columns=columns, notes=notes, data={**table.data, **data})

    def _note(self, note: str) -> str:
        """A note, which may begin with a code and a colon."""
        code, colon, rest = note.partition(": ")
        return f"{self.names[code]}: {self.text(rest)}" if colon and code in self.names else self.text(note)

    def _column(self, column: Column) -> Column:
        unit = Unit.TEXT if column.unit is Unit.CODE else column.unit
        return replace(column, unit=unit, label=self._head(column))

    def _head(self, column: Column) -> str:
        """A head, in which codes of sides may stand in small letters, and which may be named after a threat."""
        over = column.name.removeprefix(OVER)
        if column.name.startswith(OVER) and over in self.names:
            return f"over {self.names[over]}"
        small = {code.lower(): name for code, name in self.names.items() if code.isupper() and len(code) >= ISO}
        return self.text(" ".join(small.get(word, word) for word in head_of(column).split(" ")))


OVER, NEVER = "over_", "(?!)"
PLAIN = re.compile(r"[a-z]+")
ISO = 3
"""Letters of the code of a country."""


def spoken_names(talk: Talk) -> SpokenNames:
    """Names of the threats, sides and issues of a case."""
    say = load()
    threats = {threat.name: threat_words(threat, say) for threat in threats_seen(talk)}
    sides = {code: say.name(code) for code in talk.parties}
    issues = {issue.name: issue.label or issue.name.replace("_", " ") for issue in talk.case.outcome_space.issues}
    return SpokenNames({**issues, **sides, **threats})
