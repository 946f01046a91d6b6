"""Tables as readers see them: columns that say something, names for codes, days in words, true minus signs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from detente.codes import Column, Table
from detente.codes.units import PRINTED, Unit
from detente.data.tables import GROUPS, countries
from detente.faces.charts.frame import MINUS, day
from detente.faces.formats import cells, for_readers
from detente.faces.text_tables import head_of
from detente.faces.words.language import ISO_DAY, Language, load, report_texts

TEXTS = (Unit.TEXT, Unit.CODE, Unit.DATE)
PLACES = ("country", "importer", "exporter", "party", "player", "group", "actor", "target")
"""Columns of country codes that readers see as names."""

LONGEST = 60
"""Rows of a table in a report; the data hold all of them."""

SHORT = 8
"""Rows up to which a table stands open on a page."""

RANGE = ("low", "high")
"""Ends of a range: as a column, or after the name of one."""


@dataclass(frozen=True)
class Grid:
    """A table as readers see it: heads with units, cells as text, what each column means.

    Attributes
    ----------
    numeric : whether a column holds numbers, which stand to the right.
    meanings : definition of each column, in order.
    rows : the first of them; `count` : how many there are.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    meanings: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    count: int = 0

    @property
    def short(self) -> bool:
        """Whether it can stand open between other things."""
        return self.count <= SHORT


def most_of(table: Table) -> int:
    """Rows of a table that a report shows."""
    return report_texts()["rows"].get(table.name, LONGEST)


def chosen(table: Table) -> Table:
    """The columns and rows of a table that a report shows."""
    table = for_readers(table)
    wanted = [name for name in report_texts()["columns"].get(table.name, ()) if name in table.data]
    table = table.select(wanted) if len(wanted) > 1 else table
    labelled = "label" in table.data
    kept = [
        c.name
        for c in table.columns
        if not _blank(table, c.name)
        and not _idle(table, c.name)
        and not (labelled and c.name == "number")
        and not (c.name == "partner_name" and "partner" in table.data and "name" not in table.data)
    ]
    return table.select(kept) if kept and len(table) else table


def _blank(table: Table, name: str) -> bool:
    """Whether nothing is known in a column."""
    values = np.asarray(table[name])
    return bool(np.isnan(values).all()) if values.dtype.kind == "f" else not any(map(str, values.tolist()))


def _idle(table: Table, name: str) -> bool:
    """Whether a column is the end of a range that no row has: equal to the number itself throughout."""
    end = next((end for end in RANGE if name == end or name.endswith(f"_{end}") or name == f"{end}_set"), None)
    if end is None:
        return False
    stem = name.removesuffix(f"_{end}") if name.endswith(f"_{end}") else ""
    low, high = (key if not stem else f"{stem}_{key}" for key in RANGE)
    return {low, high} <= set(table.data) and bool(np.array_equal(table[low], table[high]))


def grid(table: Table, say: Language | None = None) -> Grid:
    """A table in words and units of readers; codes of countries become names.

    Parameters
    ----------
    say : how numbers and days are written.
    """
    say = say or load()
    most = most_of(table)
    count, notes = len(table), [readable(note) for note in table.notes]
    shown = chosen(table).take(np.arange(min(count, most)))
    if count > most:
        notes.insert(0, say("frame.more_rows", most=most, count=say.number(count)))
    return Grid(
        name=table.name,
        title=table.title,
        heads=tuple(map(_head, shown.columns)),
        numeric=tuple(c.unit not in TEXTS for c in shown.columns),
        rows=tuple(tuple(row) for row in spoken_cells(shown, say)),
        meanings=tuple(f"{c.name.replace('_', ' ')}: {c.description}" for c in shown.columns),
        notes=tuple(notes),
        count=count,
    )


def _head(column: Column) -> str:
    """What stands above a column: its head and its unit."""
    how = PRINTED.get(column.unit)
    return f"{head_of(column)}, {how.suffix}" if how is not None and how.suffix else head_of(column)


def spoken_cells(table: Table, say: Language) -> list[list[str]]:
    """Cells of a table as readers see them, row by row."""
    names = {**countries().names, **GROUPS}
    rows = cells(table)
    for j, column in enumerate(table.columns):
        if _small(table, column):
            for row, value in zip(rows, table[column.name].tolist(), strict=True):
                row[j] = "" if value != value else f"{round(100 * value, 4) + 0.0:.4f}"
    places = PLACES if "name" in table.data else (*PLACES, "partner")
    for j, column in enumerate(table.columns):
        for row in rows:
            row[j] = _told(row[j], column.name, column.unit, names, column.name in places, say)
    return rows


HIDDEN, SMALL = 5e-7, 0.005
"""Between which the largest share of a column lies that readers see with four decimals of a per cent."""


def _small(table: Table, column: Column) -> bool:
    """Whether a column holds shares so small that two decimals would hide them."""
    if column.unit not in (Unit.SHARE, Unit.POINTS) or not len(table):
        return False
    values = np.abs(np.asarray(table[column.name], dtype=float))
    return bool(np.isfinite(values).any()) and HIDDEN <= np.nanmax(values) < SMALL


def _told(text: str, name: str, unit: Unit, names: dict[str, str], place: bool, say: Language) -> str:
    if place:
        return names.get(text, text)
    if unit is Unit.DATE or name == "event":
        return say.day(text) if ISO_DAY.fullmatch(text) else text
    if unit not in TEXTS:
        return f"{MINUS}{text[1:]}" if text.startswith("-") else text
    if name in ("line", "measure", "event"):
        return text
    return readable(text.replace("_", " ") if name == "material" else text)


# How a day is to be typed stays as it is typed.
_DAY = re.compile(r"(?<!write it as )(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_NEGATIVE = re.compile(r"(?:(?<=[\s(\[;:])|^)-(?=\d)")


_EVENT = re.compile(r"^[a-z]{2,}(?:-[a-z0-9]+)+: (?=\S)")
"""The name that an act of a timeline has in files, before what it is."""


def readable(text: str) -> str:
    """A sentence with days in words and true minus signs: "-1.1% on 2025-05-14" -> "\u22121.1% on 14 May 2025".

    The name an act has in files is left out: "us-geneva-duty: 24 of 34 points" -> "24 of 34 points".
    """
    text = _EVENT.sub("", text)
    return _NEGATIVE.sub(MINUS, _DAY.sub(lambda match: day(match[0]), text))
