"""Rows of a file of claims: what each key holds. What a quantity makes of them stands in its own file."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from detente.data.eventrows import ExpectRow, Rate, Row, known_name, one_of
from detente.evidence.claims import Kind
from detente.evidence.verdicts import Comparator
from detente.lab.claims.period import period_named

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
"""Units a claim may use, and what one of them is inside the program."""


class ExtendRow(Row):
    """A measure in force as it was on another day."""

    measure: str
    day: date


class ReadingRow(Row):
    """One definition of a quantity; keys that the quantity does not use are refused where a claim is read."""

    name: str = "own"
    label: str = ""
    default: bool = False
    likely: bool = False
    illustrative: bool = False
    duty: Literal["statutory", "collected"] = "statutory"
    period: Literal["", "month", "year"] = ""
    weights: Literal["imports-2024"] = "imports-2024"
    scope: Literal["tariff-lines", "all"] = "tariff-lines"
    substitution: Literal["none", "ces"] = "none"
    sigma: float = Field(default=3.0, gt=1.0)
    start: Literal["law", "collected"] = "law"
    on: date | None = None
    law: dict[str, Any] = Field(default_factory=dict)
    extend: ExtendRow | None = None
    halve_since: date | None = None
    of: str = ""
    population: str = ""
    line: str = ""
    partner: str = ""
    level: Rate = 0.0
    stage: str = ""
    material: str = ""
    year: int | None = None
    group: str = ""
    market: str = ""
    session: date | None = None
    since: int | None = None
    span: int = Field(default=1, ge=1)
    times_mean: float = Field(default=0.0, ge=0.0)
    mean_years: int = Field(default=50, ge=1)
    horizon: Literal["long", "short"] = "long"
    stocks: float = Field(default=1.0, ge=0.0)
    licences: float | None = None
    border: float = 1.0
    follow: float = 0.0
    margin: float = 0.0
    record: str = ""


def _number(value: Any) -> Any:
    """A number as it is written; text keeps the zeros at its end, which say how exact it is meant to be."""
    if value is None:
        return None
    text = str(value).strip().replace(",", "").removesuffix("%")
    try:
        finite = not isinstance(value, bool) and Decimal(text).is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise ValueError("not a number; write it as 23 or '1.00', and its unit under unit:")
    return text


def _quantity_name(value: Any, info: ValidationInfo) -> Any:
    """The name of a quantity, among those that whoever reads the file brings along."""
    return known_name(value, (info.context or {}).get("quantities", (value,)), "quantity")


def _period(value: Any) -> str:
    """A period in one of its forms, kept as written."""
    text = str(value or "")
    if text:
        period_named(text)
    return text


class QuantityRow(Row):
    """The number in a claim, as the source gives it; in quotes it keeps the zeros at its end ('1.00')."""

    name: Annotated[str, BeforeValidator(_quantity_name)]
    comparator: Annotated[str, one_of([c.value for c in Comparator], "comparator")] = "="
    value: Annotated[str | None, BeforeValidator(_number)] = None
    unit: Annotated[str, one_of(["", *UNITS], "unit")] = ""
    base: date | None = None
    as_of: date | None = None
    population: str = ""
    partner: str = ""
    importer: str = ""
    line: str = ""
    market: str = ""
    year: int | None = Field(default=None, ge=1900, le=2100)
    period: Annotated[str, BeforeValidator(_period)] = ""
    country: str = ""
    category: str = ""
    of: str = ""
    other: dict[str, Any] = Field(default_factory=dict)


NARROWING = ("partner", "line", "market", "importer", "year", "period", "country", "category", "of", "other")
"""Keys of a quantity that narrow down what it is of; each quantity takes some of them."""


class PartRow(Row):
    """One statement, judged on its own."""

    part: str = ""
    kind: Annotated[str, one_of([k.value for k in Kind], "kind")]
    statement: str = ""
    open: bool = False
    modality: Literal["is", "will", "could", "wants"] = "is"
    hedges: list[str] = Field(default_factory=list)
    quantity: QuantityRow | None = None
    definition: ReadingRow | None = None
    readings: list[ReadingRow] = Field(default_factory=list)
    expect: ExpectRow | None = None


class SpeakerRow(Row):
    """Who said it."""

    name: str = ""
    role: str = ""
    side: str = ""
    named: bool = True
    organisation: bool = False


class ClaimRow(PartRow):
    """A claim: one statement in place, or several under `parts`."""

    kind: Annotated[str, one_of(["", *(k.value for k in Kind)], "kind")] = ""
    claim_id: str
    quote: str
    language: str = "en"
    speaker: SpeakerRow = SpeakerRow()
    source: dict[str, str | date] = Field(default_factory=dict)
    said: date | None = None
    said_utc: datetime | None = None
    event_ids: list[str] = Field(default_factory=list)
    parts: list[PartRow] = Field(default_factory=list)
