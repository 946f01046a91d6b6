"""Chart: a picture of one table with all that a reader needs beside it, none of it optional."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from detente.codes import InputError, Table
from detente.codes.names import in_sentence
from detente.codes.units import PRINTED, Unit
from detente.data.tables import countries

Spec = dict[str, Any]
"""A Vega-Lite specification."""

Row = dict[str, Any]

WIDE, NARROW = 600, 350
"""Widths a chart is drawn at, in pixels: half a page, and a column of it or a telephone."""

DIGITS = 9
"""Significant digits that numbers carry into a picture, so that the last bit of a sum cannot move a pixel."""

MINUS = "\u2212"


@dataclass(frozen=True)
class Chart:
    """A chart of one table.

    Attributes
    ----------
    name : short name, used for files and anchors.
    table : name of the table it draws; its numbers are found there.
    title : what it finds: a claim with a verb and a number.
    alt : one sentence with its main numbers, for those who do not see it.
    unit : unit of the numbers, as the axis says it.
    subtitle : what is measured, its unit and what it is compared with or weighed by.
    digits : decimals of the labels.
    note : what a reader must know to read it.
    source : whose data it rests on.
    spec : Vega-Lite specification at a width in pixels.
    wide : whether it needs half a page; others are read as well in a column, and are drawn once for both.

    Raises
    ------
    InputError
        where a field is blank or the digits are not from 0 to 6.
    """

    name: str
    table: str
    title: str
    alt: str
    unit: str
    digits: int
    note: str
    source: str
    spec: Callable[[int], Spec] = field(repr=False)
    wide: bool = False
    subtitle: str = ""

    def __post_init__(self) -> None:
        for key in ("name", "table", "title", "alt", "unit", "note", "source"):
            if not str(getattr(self, key)).strip():
                raise InputError(f"chart {self.name or '?'}", f"has no {key}", f"give a {key}")
        if not 0 <= self.digits <= 6:
            raise InputError(f"chart {self.name}", f"{self.digits} is no number of digits", "give 0 to 6")


GROUPS = {"ROW": "Rest of the world", "EU27": "European Union", "WLD": "World"}
"""Names of codes that are no country's."""


@dataclass(frozen=True)
class ChartSetting:
    """What charts share: names of countries and the line that says whose data they rest on.

    Attributes
    ----------
    names : ISO3 -> name shown to readers.
    source : name of a table -> source line.
    most : steps of a chart at most, where there is little room; 0 = as many as the chart likes.
    between : what a change lies between, as words of a sentence.
    """

    names: Mapping[str, str]
    source: Callable[[str], str] = field(repr=False)
    most: int = 0
    between: str = "between the two laws"

    def country(self, code: str) -> str:
        """Name of a country, or its code where it has none."""
        return self.names.get(code, GROUPS.get(code, code))

    def the(self, code: str) -> str:
        """A country within a sentence."""
        return in_sentence(self.country(code))


def whose(name: str) -> str:
    """A country as owner before a noun, within a sentence: "the US", "China's", "the Netherlands'"."""
    if name == "United States":
        return "the US"
    return f"{in_sentence(name)}'{'' if name.endswith('s') else 's'}"


def lowered(name: str) -> str:
    """Goods within a sentence: "Base metals" -> "base metals"; names of countries and short forms stay."""
    first = name.split(" ")[0]
    plain = first[1:] == first[1:].lower() and first.rstrip(",;") not in _proper()
    return f"{name[:1].lower()}{name[1:]}" if plain and len(first) > 1 else name


@lru_cache(maxsize=1)
def _proper() -> frozenset[str]:
    """First words of the names of countries."""
    return frozenset(name.split(" ")[0] for name in (*countries().names.values(), *GROUPS.values()))


def claimed(text: str) -> str:
    """A finding as a title: with a capital in front."""
    return f"{text[:1].upper()}{text[1:]}"


def day(text: str) -> str:
    """A day as readers write it: 2025-05-13 -> "13 May 2025"; other texts stay."""
    try:
        moment = date.fromisoformat(str(text))
    except ValueError:
        return str(text)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def month_in_words(text: str) -> str:
    """A month as readers write it: "2027-03" -> "March 2027", "5" -> "month 5"."""
    try:
        moment = date.fromisoformat(f"{text}-01")
    except ValueError:
        return f"month {text}"
    return f"{_MONTHS[moment.month - 1]} {moment.year}"


_MONTHS = "January February March April May June July August September October November December".split()


def uncoded(text: str) -> str:
    """An input without its name for machines: "American content (us_content)" -> "American content"."""
    return re.sub(r" \([a-z][a-z0-9]*(?:_[a-z0-9]+)*\)", "", text)


def fixed(value: float, digits: int = DIGITS) -> float:
    """A number rounded to significant digits; NaN stays."""
    return float(f"{value:.{digits}g}")


def worded(value: float, unit: Unit, digits: int, sign: bool = False) -> str:
    """A number as a label: 0.1284 share -> "12.8%"; with its sign where it is a change."""
    if value != value:
        return "not known"
    how = PRINTED.get(unit)
    scaled = round(value * (how.factor if how else 1.0), digits) + 0.0
    text = f"{abs(scaled):,.{digits}f}{'%' if unit is Unit.SHARE else ''}"
    return f"{MINUS}{text}" if scaled < 0 else f"+{text}" if sign and scaled > 0 else text


def shown(value: float, unit: Unit) -> float:
    """A number in the unit readers see, for a position on an axis."""
    how = PRINTED.get(unit)
    return fixed(value * (how.factor if how else 1.0))


def variants(table: Table) -> list[tuple[str, Table]]:
    """The table by variant, in order; one entry with the name "" where it has one variant or none."""
    if "variant" not in table.data:
        return [("", table)]
    names = list(dict.fromkeys(table["variant"].tolist()))
    if len(names) == 1:
        return [("", table)]
    return [(str(name), table.take(table["variant"] == name)) for name in names]


def first_variant(table: Table) -> tuple[Table, str]:
    """The first variant's rows, and what to say of the others."""
    pairs = variants(table)
    name, rows = pairs[0]
    return rows, f"Variant {name}; the others are in the table. " if name else ""


def has(tables: Mapping[str, Table], name: str, *columns: str) -> bool:
    """Whether there is a table of a name that has rows and these columns."""
    return name in tables and len(tables[name]) > 0 and set(columns) <= set(tables[name].data)


def finite(rows: Sequence[Row], *keys: str) -> list[Row]:
    """Rows in which all of these numbers are known."""
    return [row for row in rows if all(np.isfinite(row[key]) for key in keys)]


def rows_of(table: Table) -> list[Row]:
    """Rows of a table as dictionaries."""
    return list(table.rows())
