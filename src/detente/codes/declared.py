"""Declared: result tables as the register has them: name, title, columns with unit and meaning, constant notes.

The register is `codes/tables`, one TOML file a subject. It is a part of the program and read as its modules are: a file
once, when the first of its tables is made. A table goes by subject and name, as "duties.headline".

Texts have words in braces, which whoever makes the table gives: "imports of {period}". A column is a list of name,
unit, meaning and, where its name is no head for readers, a head; or the name of a column under `[shared]` of the file
or in `shared.toml`. Of a text called by its name the name is enough. A unit may be followed by a type
("count, number"), else it says the type; "id:input" are ids that readers see in the words of `input` in
`codes/words.toml`. A column whose name has a word of several values stands once for each.
`{word!n}` is a word as names of columns are written. A table `of` another has its columns and notes. What rows are
called and mean stands under `[texts]`, where that does not come from the data; what a table, a row or a part without an
answer says only sometimes, or with numbers in it, stands under `[notes]`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from string import Formatter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes.errors import InputError, UnknownName
from detente.codes.names import words_file
from detente.codes.table import Column, Table
from detente.codes.units import Unit

#: Type of a column -> type of its array.
KINDS: Mapping[str, type[np.generic]] = {"text": np.str_, "whole": np.int64, "number": np.float64, "flag": np.bool_}

#: Types of columns whose unit says it; others are numbers.
TYPES = {Unit.TEXT: "text", Unit.CODE: "text", Unit.DATE: "text", Unit.COUNT: "whole"}

NO_UNIT = "none"

#: Sections of a file that are no tables.
NO_TABLES = ("shared", "texts", "notes")

#: What stands in braces -> what it is here; a list where a column stands once for each value.
Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeclaredColumn:
    """A column of the register, with words in braces; `given` : its type where the unit does not say it."""

    name: str
    unit: str
    given: str
    description: str
    label: str = ""
    kind: str = ""

    def filled(self, words: Words) -> Column:
        """The column with its words."""
        texts = (_filled(text, words) for text in (self.name, self.unit, self.description, self.label))
        name, unit, description, label = texts
        return Column(name, Unit(unit), description, label, self.kind)

    def type_of(self, unit: Unit) -> str:
        """Text, whole, number or flag."""
        return self.given or TYPES.get(unit, "number")

    def each(self, words: Words) -> Iterator[Words]:
        """Words for each time that the column stands: once, or for every value of the words in its name."""
        slots = [slot for _, slot, _, _ in _WORDS.parse(self.name) if slot] if "{" in self.name else []
        several = (slot for slot in slots if isinstance(words.get(slot), list | tuple))
        slot = next(several, None)
        if slot is None:
            yield words
            return
        for value in words[slot]:
            yield from self.each({**words, **(value if isinstance(value, Mapping) else {slot: value})})


@dataclass(frozen=True)
class Declared:
    """A table of the register: texts with words in braces."""

    key: str
    name: str
    title: str
    columns: tuple[DeclaredColumn, ...]
    notes: tuple[str, ...] = ()

    def stand(self, without: Collection[str], words: Words) -> list[tuple[DeclaredColumn, Column]]:
        """Columns with their words, those of `without` left out."""
        every = ((column, column.filled(each)) for column in self.columns for each in column.each(words))
        return [pair for pair in every if pair[1].name not in without]


def table_of(
    key: str, rows: Sequence[Sequence[Any]], notes: Sequence[str] = (), without: Collection[str] = (), **words: Any
) -> Table:
    """A table of the register from rows of values, each in the order of its columns.

    Parameters
    ----------
    key : subject and name, as "duties.headline".
    notes : beneath the constant ones; blank ones are left out.
    without : columns that this table does not have.
    words : what the register has in braces; a list where a column stands once for each value.
    """
    declared = find_table(key)
    columns = declared.stand(without, words)
    if rows and {len(row) for row in rows} != {len(columns)}:
        lengths = ", ".join(str(length) for length in sorted({len(row) for row in rows}))
        raise InputError(f"table {key}", f"rows of {lengths} values, {len(columns)} columns", "give one value a column")
    data = {
        column.name: np.array([row[k] for row in rows], dtype=KINDS[entry.type_of(column.unit)])
        for k, (entry, column) in enumerate(columns)
    }
    return _made(declared, [column for _, column in columns], data, notes, words)


def table_with(
    key: str, data: Mapping[str, NDArray[Any]], notes: Sequence[str] = (), without: Collection[str] = (), **words: Any
) -> Table:
    """A table of the register from one array a column; arguments are those of `table_of`."""
    declared = find_table(key)
    return _made(declared, declared_columns(key, without, **words), data, notes, words)


def declared_columns(key: str, without: Collection[str] = (), **words: Any) -> tuple[Column, ...]:
    """Columns of a table of the register; arguments are those of `table_of`."""
    return tuple(column for _, column in find_table(key).stand(without, words))


def declared_column(name: str) -> Column:
    """A column of `shared.toml`."""
    return _column(_content("shared")[name]).filled({})


def declared_texts(subject: str, name: str, **words: Any) -> dict[str, str]:
    """Texts of a row of a subject by what they are, such as its label, with their words.

    Raises
    ------
    UnknownName : the subject has no such row.
    """
    rows = _content(subject).get("texts", {})
    if name not in rows:
        raise UnknownName("row", name, rows, f"codes/tables/{subject}.toml")
    return {kind: _filled(text, words) for kind, text in rows[name].items()}


def declared_note(key: str, /, **words: Any) -> str:
    """A sentence of the register by subject and name, as "talks.no_threat", with its words.

    A number takes its form in braces, as "{share:.0%}".

    Raises
    ------
    UnknownName : the subject has no such note.
    """
    subject, _, name = key.partition(".")
    notes = _content(subject).get("notes", {})
    if name not in notes:
        raise UnknownName("note", name, notes, f"codes/tables/{subject}.toml")
    return _said(notes[name], words)


def find_table(key: str) -> Declared:
    """The table of a key, or `UnknownName`."""
    subject, _, name = key.partition(".")
    tables = subject_tables(subject)
    if name not in tables:
        raise UnknownName("table", name, tables, f"codes/tables/{subject}.toml")
    return tables[name]


@cache
def subject_tables(subject: str) -> Mapping[str, Declared]:
    """All tables of a subject by name."""
    return {name: _declared(subject, name) for name in _content(subject) if name not in NO_TABLES}


def _declared(subject: str, name: str) -> Declared:
    content = _content(subject)
    entry, known = content[name], {**_content("shared"), **content.get("shared", {})}
    key, named, title = f"{subject}.{name}", entry.get("name", name), entry.get("title")
    if "of" in entry:
        other = _declared(*entry["of"].split("."))
        return replace(other, key=key, name=named, title=title or other.title)
    columns = tuple(_column(known[cells] if isinstance(cells, str) else cells) for cells in entry["columns"])
    return Declared(key, named, title, columns, tuple(entry.get("notes", ())))


def _made(
    declared: Declared, columns: Sequence[Column], data: Mapping[str, NDArray[Any]], notes: Sequence[str], words: Words
) -> Table:
    """A table with its title and notes, the constant ones first."""
    title, *constant = (_said(text, words) for text in (declared.title, *declared.notes))
    return Table(_filled(declared.name, words), title, tuple(columns), data, tuple(filter(None, (*constant, *notes))))


def _content(subject: str) -> dict[str, Any]:
    try:
        return words_file(f"tables/{subject}.toml")
    except FileNotFoundError:
        raise UnknownName("subject of tables", subject, (), "codes/tables", "it is the name of a file there") from None


def _column(cells: Sequence[str]) -> DeclaredColumn:
    name, kind, *texts = cells if len(cells) > 1 else (*cells, Unit.TEXT, cells[0].replace("_", " "))
    unit, _, given = kind.partition(", ")
    unit, _, ids = unit.partition(":")
    return DeclaredColumn(name, {NO_UNIT: "", "id": Unit.TEXT}.get(unit, unit), given, *[*texts, ""][:2], kind=ids)


class _Words(Formatter):
    """Words in braces; `!n` writes one as a name: lower case, blanks as underscores."""

    spelled = False

    def format_field(self, value: Any, format_spec: str) -> Any:
        """A word in its form; in sentences a day that has none is spelled: 8 May 2025."""
        if self.spelled and not format_spec and _DAY.fullmatch(str(value)):
            return f"{date.fromisoformat(str(value)):%-d %B %Y}"
        return super().format_field(value, format_spec)

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return str(value).lower().replace(" ", "_") if conversion == "n" else super().convert_field(value, conversion)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WORDS, _SENTENCES = _Words(), _Words()
_SENTENCES.spelled = True


def _said(text: str, words: Words) -> str:
    """A title, a note or a meaning with its words, days spelled."""
    return _filled(text, words, _SENTENCES)


def _filled(text: str, words: Words, form: Formatter = _WORDS) -> str:
    if "{" not in text:
        return text
    try:
        return form.vformat(text, (), words)
    except KeyError as error:
        raise InputError(f"table text '{text}'", f"the register asks for {error}", "give the word") from None
