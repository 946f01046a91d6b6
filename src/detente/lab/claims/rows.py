"""Periods that claims name: a month, a quarter, a half, a calendar or fiscal year, a span of months.

Rows of a file of claims: what each key holds. What a quantity makes of them stands in its own file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from importlib import import_module
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from detente.codes import InputError, UnknownName
from detente.data.eventfile import ExpectRow, Moment
from detente.data.models import Day, FileModel, Number, Rate, Texts, Truth, Whole, lookup, one_of
from detente.evidence.verdicts import Kind

YEAR = 12
FORMS = re.compile(
    r"(?P<fiscal>FY)?(?P<year>(?:19|20)\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12])))?$",
    re.IGNORECASE,
)
SPAN = ".."
_HOW = "write it as 2025-07, 2025, 2025-Q2, 2025-H1 or FY2025, or two of them with two dots between"
#: Month in which the fiscal year of the United States begins, in the year before.
FISCAL_FIRST = 10


@dataclass(frozen=True)
class MonthSpan:
    """Some months in a row.

    Attributes
    ----------
    first : months since the year 0, of its first month; length : number of months; text : as a claim names it.
    """

    first: int
    length: int
    text: str

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, as 2025-07."""
        return tuple(_month(self.first + n) for n in range(self.length))

    @property
    def year(self) -> str:
        """The calendar year that it is, or ""."""
        return str(self.first // YEAR) if self.length == YEAR and self.first % YEAR == 0 else ""

    @property
    def key(self) -> str:
        """How a series names it: a month, a calendar year, or its own text."""
        return self.months[0] if self.length == 1 else self.year or self.text

    @property
    def last_day(self) -> date:
        """Last day of the last month."""
        after = self.first + self.length
        return date(after // YEAR, after % YEAR + 1, 1) - timedelta(days=1)

    def shifted(self, months: int) -> MonthSpan:
        """The same number of months, some later."""
        moved = MonthSpan(self.first + months, self.length, "")
        names = moved.months
        text = names[0] if self.length == 1 else moved.year or f"{names[0]}{SPAN}{names[-1]}"
        return MonthSpan(moved.first, moved.length, text)

    def year_before(self) -> MonthSpan:
        """The same months of the year before."""
        return self.shifted(-YEAR)

    def before(self) -> MonthSpan:
        """As many months just before it."""
        return self.shifted(-self.length)

    def around(self, day: date) -> MonthSpan:
        """The period of this length, counted from this one, in which a day lies."""
        month = day.year * YEAR + day.month - 1
        return self.shifted((month - self.first) // self.length * self.length)


def period_named(text: str) -> MonthSpan:
    """A period from the words of a claim.

    Raises
    ------
    ValueError : none of the forms, or a span that ends before it begins.
    """
    first, _, last = text.strip().partition(SPAN)
    begun = _one(first)
    if not last:
        return begun
    ended = _one(last)
    length = ended.first + ended.length - begun.first
    if length < 1:
        raise ValueError(f"'{text}' ends before it begins; swap its months")
    return MonthSpan(begun.first, length, text.strip())


def _one(text: str) -> MonthSpan:
    parts = FORMS.match(text.strip())
    if parts is None or (parts["fiscal"] and (parts["month"] or parts["quarter"] or parts["half"])):
        raise ValueError(f"'{text}' is no period; {_HOW}")
    start = int(parts["year"]) * YEAR
    if parts["fiscal"]:
        return MonthSpan(start - YEAR + FISCAL_FIRST - 1, YEAR, text.strip().upper())
    if parts["month"]:
        return MonthSpan(start + int(parts["month"]) - 1, 1, text.strip())
    if parts["quarter"]:
        return MonthSpan(start + 3 * (int(parts["quarter"]) - 1), 3, text.strip().upper())
    if parts["half"]:
        return MonthSpan(start + 6 * (int(parts["half"]) - 1), 6, text.strip().upper())
    return MonthSpan(start, YEAR, text.strip())


def _month(number: int) -> str:
    return f"{number // YEAR}-{number % YEAR + 1:02d}"


#: Units a claim may use, and what one of them is inside the program.
UNITS = {
    "percent": 0.01,
    "points": 0.01,
    "share": 1.0,
    "ratio": 1.0,
    "count": 1.0,
    "usd": 1.0,
    "usd_bn": 1e9,
    "tonnes": 1.0,
    "months": 1.0,
    "year": 1.0,
}


class ExtendRow(FileModel):
    """A measure in force as it was on another day."""

    measure: str
    day: Day


class ReadingRow(FileModel):
    """One definition of a quantity; keys that the quantity does not use are refused where a claim is read."""

    name: str = "own"
    label: str = ""
    default: Truth = False
    likely: Truth = False
    illustrative: Truth = False
    duty: Literal["statutory", "collected"] = "statutory"
    period: Literal["", "month", "year", "to date"] = ""
    weights: Literal["imports-2024"] = "imports-2024"
    scope: Literal["tariff-lines", "all"] = "tariff-lines"
    substitution: Literal["none", "ces"] = "none"
    sigma: Number = Field(default=3.0, gt=1.0)
    start: Literal["law", "collected"] = "law"
    on: Day | None = None
    published: Day | None = None
    law: dict[str, Any] = Field(default_factory=dict)
    shares: dict[str, Number] = Field(default_factory=dict)
    extend: ExtendRow | None = None
    halve_since: Day | None = None
    of: str = ""
    population: str = ""
    line: str = ""
    partner: str = ""
    level: Rate = 0.0
    stage: str = ""
    material: str = ""
    year: Whole | None = None
    months: str = ""
    group: str = ""
    market: str = ""
    session: Day | None = None
    since: Whole | None = None
    span: Whole = Field(default=1, ge=1)
    times_mean: Number = Field(default=0.0, ge=0.0)
    mean_years: Whole = Field(default=50, ge=1)
    horizon: Literal["long", "short"] = "long"
    stocks: Number = Field(default=1.0, ge=0.0)
    licences: Number | None = None
    border: Number = 1.0
    follow: Number = 0.0
    margin: Number = 0.0
    known: Day | None = Field(default=None, exclude=True)
    record: str = ""


#: Other words for units.
UNIT_WORDS = {
    "percent": ("%", "per cent", "pct"),
    "points": ("pp", "percentage points", "percentage point", "pts"),
    "usd": ("$", "dollars", "us dollars", "dollar"),
    "usd_bn": ("billion dollars", "$bn", "billion", "bn usd", "usd billion", "bn"),
    "tonnes": ("tons", "t"),
}


@lookup
def _unit(value: Any) -> Any:
    """A unit by any of its words."""
    text = str(value or "").strip()
    names = {word: name for name, words in UNIT_WORDS.items() for word in words}
    unit = names.get(text.casefold(), text)
    if unit not in ("", *UNITS):
        raise UnknownName("unit", text, UNITS, "", f"use {', '.join(UNITS)}")
    return unit


@lookup
def _number(value: Any) -> Any:
    """A number as it is written; text keeps the zeros at its end, which say how exact it is meant to be."""
    text = str(value).strip().replace(",", "").removesuffix("%").removeprefix("US").removeprefix("$").strip()
    try:
        finite = not isinstance(value, bool) and Decimal(text).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise InputError("", f"'{value}' is not a number", "write it as 23 or '1.00', and its unit under unit:")
    return text


@lookup
def _quantity_name(value: Any) -> Any:
    """The name of a quantity."""
    # Quantities are declared in terms of these rows, and known once all are loaded.
    known = import_module("detente.lab.claims.measurand").quantities()
    if not isinstance(value, str) or value not in known:
        raise UnknownName("quantity", str(value), known, "", f"use {', '.join(known)}")
    return value


#: How a claim compares with its number, and other words for it.
SIZES = {
    "=": ("", "exactly"),
    "about": ("around", "roughly", "nearly", "almost", "approximately", "some", "~"),
    ">": ("more than", "over", "above"),
    "<": ("less than", "below", "under"),
    ">=": ("at least", "≥", "no less than"),
    "<=": ("at most", "up to", "≤", "as much as", "no more than"),
}

#: Directions of a change, and other words for them.
MOVES = {
    "rose": ("rise", "rises", "up", "increased", "increase", "increases", "gained", "higher", "raise", "raises"),
    "fell": ("fall", "falls", "down", "decreased", "decrease", "lost", "lose", "lower", "dropped", "drop", "cut"),
}


def _words(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Every word of a table, with the one that it stands for."""
    return {word: name for name, words in table.items() for word in (name, *words)}


@lookup
def _comparison(value: Any) -> Any:
    """A comparator by any of its words: a size, a direction, or a direction with a size as "fell by more than"."""
    text = " ".join(str(value).casefold().split())
    sizes, moves = _words(SIZES), _words(MOVES)
    if text in sizes:
        return sizes[text]
    first, _, rest = text.partition(" ")
    size = sizes.get(rest.removeprefix("by").strip())
    if first not in moves or size is None:
        raise UnknownName(
            "comparator", text, (*sizes, *moves), "", f"use {', '.join((*SIZES, *MOVES))}, or fell by more than"
        )
    return moves[first] if size == "=" else f"{moves[first]} {size}"


@lookup
def _period(value: Any) -> str:
    """A period in one of its forms, kept as written."""
    text = str(value or "")
    if text:
        period_named(text)
    return text


class QuantityRow(FileModel):
    """The number in a claim, as the source gives it; in quotes it keeps the zeros at its end ('1.00')."""

    name: Annotated[str, BeforeValidator(_quantity_name)]
    comparator: Annotated[str, BeforeValidator(_comparison)] = "="
    value: Annotated[str | None, BeforeValidator(_number)] = None
    unit: Annotated[str, BeforeValidator(_unit)] = ""
    base: Day | None = None
    as_of: Day | None = None
    population: str = ""
    partner: str = ""
    importer: str = ""
    line: str = ""
    market: str = ""
    year: Whole | None = Field(default=None, ge=1900, le=2100)
    period: Annotated[str, BeforeValidator(_period)] = ""
    country: str = ""
    category: str = ""
    of: str = ""
    other: dict[str, Any] = Field(default_factory=dict)
    horizon: Annotated[str, one_of(["", "short", "long"], "horizon")] = ""

    @property
    def words(self) -> str:
        """Its name in words."""
        return self.name.replace("_", " ")


#: Keys of a quantity that narrow down what it is of; each quantity takes some of them.
NARROWING = (
    "partner", "line", "market", "importer", "year", "period", "country", "category", "of", "other", "horizon",
)  # fmt: skip

#: Days of a quantity: the one it is compared with, and the one that it is about.
DAYS = ("base", "as_of")


class PartRow(FileModel):
    """One statement, judged on its own."""

    part: str = ""
    kind: Annotated[str, one_of([k.value for k in Kind], "kind")]
    statement: str = ""
    open: Truth = False
    modality: Literal["is", "will", "could", "wants"] = "is"
    hedges: Texts = ()
    quantity: QuantityRow | None = None
    definition: ReadingRow | None = None
    readings: list[ReadingRow] = Field(default_factory=list)
    expect: ExpectRow | None = None


class SpeakerRow(FileModel):
    """Who said it."""

    name: str = ""
    role: str = ""
    side: str = ""
    named: Truth = True
    organisation: Truth = False


class ClaimRow(PartRow):
    """A claim: one statement in place, or several under `parts`."""

    kind: Annotated[str, one_of(["", *(k.value for k in Kind)], "kind")] = ""
    claim_id: str
    quote: str
    language: str = "en"
    speaker: SpeakerRow = SpeakerRow()
    source: dict[str, str | Day] = Field(default_factory=dict)
    said: Day | None = None
    said_utc: Moment | None = None
    event_ids: Texts = ()
    parts: list[PartRow] = Field(default_factory=list)
