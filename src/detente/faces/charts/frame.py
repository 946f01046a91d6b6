"""Chart: a picture of one table with all that a reader needs beside it, none of it optional."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from detente.codes import Column, InputError, Table
from detente.codes.names import first_upper, in_sentence
from detente.codes.units import PRINTED, Unit
from detente.data.limits import memoized
from detente.data.tables import GROUPS, countries
from detente.faces.words.language import MINUS, Language, load

#: A Vega-Lite specification.
Spec = dict[str, Any]

Row = dict[str, Any]
Tables = Mapping[str, Table]

#: Widths a chart is drawn at, in pixels: half a page, and a column of it or a telephone.
WIDE, NARROW = 600, 350

#: Significant digits that numbers carry into a picture, so that the last bit of a sum cannot move a pixel.
DIGITS = 9

SIGNS = f"+{MINUS}"

FACTS = ("name", "table", "title", "alt", "unit", "note", "source")


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
        for key in FACTS:
            if not str(getattr(self, key)).strip():
                raise InputError(f"chart {self.name or '?'}", f"has no {key}", f"give a {key}")
        if not 0 <= self.digits <= 6:
            raise InputError(f"chart {self.name}", f"{self.digits} is no number of digits", "give 0 to 6")


#: What a table or several make: one chart, several, none.
Charts = Chart | None | Sequence[Chart | None]

#: Cases of a record from which on a title makes a claim of them.
LEAST_CASES = 10

#: Countries with a shorter name in the catalogue.
SHORT = ("USA", "CHN")


@dataclass(frozen=True)
class ChartSetting:
    """What charts share: names of countries and the line that says whose data they rest on.

    Attributes
    ----------
    names : ISO3 -> name shown to readers.
    source : whose data the chart rests on.
    most : steps of a chart at most, where there is little room; 0 = as many as the chart likes.
    between : what a change lies between, as words of a sentence.
    say : sentences, and numbers and days as readers write them.
    """

    names: Mapping[str, str]
    source: str
    most: int = 0
    between: str = "between the two laws"
    say: Language = field(default_factory=load, repr=False)

    def chart(
        self,
        key: str,
        table: str,
        spec: Callable[[int], Spec],
        unit: str,
        digits: int,
        *,
        title: str = "title",
        subtitle: str = "subtitle",
        alt: str = "alt",
        note: Sequence[str] = ("note",),
        name: str = "",
        wide: bool = False,
        source: str = "",
        **parts: object,
    ) -> Chart:
        """A chart with the words of its part of the catalogue, into which `parts`, its unit and `between` are put.

        Parameters
        ----------
        key : part of the catalogue, and name of the chart where none is given.
        unit : its name in `[charts.unit]`, or in words.
        title, subtitle, alt, note : names of texts in the part, or sentences as they are; what is blank is left out.
        """
        shown_unit = self.unit(unit)
        words = {"between": self.between, "unit": shown_unit, **parts}

        def text(which: str) -> str:
            known = f"chart.{key}_{which}"
            return self.say(known, **words) if known in self.say.sentences else which

        return Chart(
            name or key, table, first_upper(text(title)), text(alt), shown_unit, digits,
            " ".join(text(part) for part in note if part), source or self.source, spec, wide, text(subtitle),
        )  # fmt: skip

    def unit(self, name: str) -> str:
        """A unit by its name in the catalogue; any other as it is."""
        return self.say.sentences.get(f"chart.unit_{name}", name)

    def country(self, code: str) -> str:
        """Name of a country, or of a party that a textbook made up; its code where it has none."""
        own = self.say.forms.get("countries", {}).get(code, {}).get("name", code)
        return self.names.get(code) or GROUPS.get(code, str(own))

    def brief(self, code: str) -> str:
        """Name of a country where there is little room."""
        return self.say(f"chart.short_{code.lower()}") if code in SHORT else self.country(code)

    def the(self, code: str) -> str:
        """A country within a sentence; anything else as goods are there."""
        return in_sentence(self.country(code))

    def owner(self, code: str) -> str:
        """Whose something is, before it: "the US"."""
        return whose(self.country(code))

    def topic(self, name: str) -> str:
        """A country or goods by its name, as what a sentence is about."""
        return lowered(self.the(name))

    def column(self, column: Column) -> str:
        """Short name of a column, without its unit."""
        return column.label or column.description

    def number(self, value: float, unit: Unit, digits: int, sign: bool = False) -> str:
        """A number as a label: 0.1284 share -> "12.8%"; with its sign where it is a change."""
        return worded(value, unit, digits, sign) if value == value else self.say("chart.all_not_known")

    def share(self, value: float, digits: int = 1, sign: bool = False) -> str:
        """A share as a label, per cent."""
        return self.number(value, Unit.SHARE, digits, sign)

    def dollars(self, value: float) -> str:
        """A size in whole dollars: "$1,216"."""
        return self.say("chart.all_dollars", amount=f"{abs(value):,.0f}")

    def day(self, text: str) -> str:
        """A day as readers write it: 2025-05-13 -> "13 May 2025"; other texts stay."""
        return self.say.day(str(text))

    def month(self, text: str) -> str:
        """A month as readers write it: "2027-03" -> "March 2027", "5" -> "month 5"."""
        try:
            return self.say.month(date.fromisoformat(f"{text}-01"))
        except ValueError:
            return self.say("chart.all_month", month=text)

    def listed(self, parts: Sequence[str]) -> str:
        """Clauses of a sentence."""
        return self.say("frame.semicolon").join(parts)

    def first_variant(self, table: Table) -> tuple[Table, str]:
        """The first variant's rows, and what to say of the others."""
        name, rows = variants(table)[0]
        return rows, self.say("chart.all_variant", name=name) if name else ""

    def rows(self, table: Table, *keys: str) -> tuple[list[Row], str]:
        """The first variant's rows in which some numbers are known, and what to say of the others."""
        first, remark = self.first_variant(table)
        return finite(rows_of(first), *keys), remark


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


@memoized
def _proper() -> frozenset[str]:
    """First words of the names of countries."""
    return frozenset(name.split(" ")[0] for name in (*countries().names.values(), *GROUPS.values()))


def day(text: str) -> str:
    """A day as readers write it: 2025-05-13 -> "13 May 2025"; other texts stay."""
    return load().day(str(text))


def fixed(value: float) -> float:
    """A number rounded to significant digits; NaN stays."""
    return float(f"{value:.{DIGITS}g}")


def worded(value: float, unit: Unit, digits: int, sign: bool = False) -> str:
    """A number as a label: 0.1284 share -> "12.8%"; with its sign where it is a change."""
    if value != value:
        return "not known"
    how = PRINTED.get(unit)
    return load().number(value * (how.factor if how else 1.0), digits, sign=sign) + "%" * (unit is Unit.SHARE)


def shown(value: float, unit: Unit = Unit.SHARE) -> float:
    """A number in the unit readers see, for a position on an axis."""
    how = PRINTED.get(unit)
    return fixed(value * (how.factor if how else 1.0))


def variants(table: Table) -> list[tuple[str, Table]]:
    """The table by variant, in order; one entry with the name "" where it has one variant or none."""
    names = list(dict.fromkeys(table["variant"].tolist())) if "variant" in table.data else []
    if len(names) < 2:
        return [("", table)]
    return [(str(name), table.take(table["variant"] == name)) for name in names]


def has(tables: Tables, name: str, *columns: str) -> bool:
    """Whether there is a table of a name that has rows and these columns."""
    return name in tables and len(tables[name]) > 0 and set(columns) <= set(tables[name].data)


def finite(rows: Sequence[Row], *keys: str) -> list[Row]:
    """Rows in which all of these numbers are known."""
    return [row for row in rows if all(np.isfinite(row[key]) for key in keys)]


def rows_of(table: Table) -> list[Row]:
    """Rows of a table as dictionaries."""
    return list(table.rows())


def ordinal(text: object) -> float:
    """A day, or the first of a month, as a place on an axis: "2025-04-09", "2025-04"."""
    return float(date.fromisoformat(f"{text}-01" if len(str(text)) == 7 else str(text)[:10]).toordinal())
