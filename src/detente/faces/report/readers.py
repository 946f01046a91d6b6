"""Tables as readers see them: columns that say something, names for codes, days in words, true minus signs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from detente.codes import Column, Table
from detente.codes.names import as_sentence
from detente.codes.table import shown_cell
from detente.codes.units import TEXTS, Unit
from detente.faces.charts.frame import MINUS, day
from detente.faces.formats import for_readers, for_terminal, heading
from detente.faces.words.language import ISO_DAY, Language, load, report_texts

#: Columns of country codes that readers see as names.
PLACES = ("country", "importer", "exporter", "party", "player", "group", "actor", "target", "partner")

#: Rows of a table in a report; the data hold all of them.
LONGEST = 60

#: Rows up to which a table stands open on a page.
SHORT = 8

#: Ends of a range: as a column, or after the name of one.
RANGE = ("low", "high")


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


def chosen(table: Table) -> Table:
    """The columns of a table that a report shows, in its words for readers."""
    table = for_readers(table)
    wanted = [name for name in report_texts()["columns"].get(table.name, ()) if name in table.data]
    table = table.select(wanted) if len(wanted) > 1 else table
    if not len(table):
        return table
    left_out = ["number"] if "label" in table.data else []
    left_out += ["partner_name"] if "partner" in table.data and "name" not in table.data else []
    kept = [c.name for c in table.columns if c.name not in left_out and not _idle(table, c.name)]
    return for_terminal(table.select(kept) if kept else table, PLACES)


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
    most, count = report_texts()["rows"].get(table.name, LONGEST), len(table)
    notes = [as_sentence(readable(note)) for note in table.notes]
    shown = chosen(table).take(np.arange(min(count, most)))
    if count > most:
        notes.insert(0, say("frame.more_rows", most=most, count=say.number(count)))
    return Grid(
        name=table.name,
        title=table.title,
        heads=tuple(map(heading, shown.columns)),
        numeric=tuple(c.unit not in TEXTS for c in shown.columns),
        rows=tuple(zip(*(_spoken(shown, column, say) for column in shown.columns), strict=True)),
        meanings=tuple(f"{c.name.replace('_', ' ')}: {c.description}" for c in shown.columns),
        notes=tuple(notes),
        count=count,
    )


def _spoken(table: Table, column: Column, say: Language) -> list[str]:
    """Cells of a column as readers see them."""
    values, name = table[column.name].tolist(), column.name
    if _small(table, column):
        texts = ["" if value != value else f"{round(100 * value, 4) + 0.0:.4f}" for value in values]
    else:
        texts = [shown_cell(value, column, table.names) for value in values]
    if column.unit is Unit.DATE or name == "event":
        return [say.day(text) if ISO_DAY.fullmatch(text) else text for text in texts]
    if column.unit not in TEXTS:
        return [f"{MINUS}{text[1:]}" if text.startswith("-") else text for text in texts]
    if name in (*PLACES, "line", "measure"):
        return texts
    return [readable(text.replace("_", " ") if name == "material" else text) for text in texts]


#: Between which the largest share of a column lies that readers see with four decimals of a per cent.
HIDDEN, SMALL = 5e-7, 0.005


def _small(table: Table, column: Column) -> bool:
    """Whether a column holds shares so small that two decimals would hide them."""
    if column.unit not in (Unit.SHARE, Unit.POINTS) or not len(table):
        return False
    values = np.abs(np.asarray(table[column.name], dtype=float))
    return bool(np.isfinite(values).any()) and HIDDEN <= np.nanmax(values) < SMALL


# How a day is to be typed stays as it is typed.
_DAY = re.compile(r"(?<!write it as )(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_NEGATIVE = re.compile(r"(?:(?<=[\s(\[;:])|^)-(?=\d)")


#: The name that an act of a timeline has in files, before what it is.
_EVENT = re.compile(r"^[a-z]{2,}(?:-[a-z0-9]+)+: (?=\S)")


def readable(text: str) -> str:
    """A sentence with days in words and true minus signs: "-1.1% on 2025-05-14" -> "\u22121.1% on 14 May 2025".

    The name an act has in files is left out: "us-geneva-duty: 24 of 34 points" -> "24 of 34 points".
    """
    text = _EVENT.sub("", text)
    return _NEGATIVE.sub(MINUS, _DAY.sub(lambda match: day(match[0]), text))
