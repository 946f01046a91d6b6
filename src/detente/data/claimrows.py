"""Rows of the files of claims, events and promises: what each key holds, checked before anything is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from detente.codes import InputError, did_you_mean
from detente.data.yamlfile import as_share
from detente.evidence.claims import QUANTITIES, Kind, Quantity
from detente.evidence.events import PRECISIONS, STATUSES, VERBS, VERIFIED, Match
from detente.evidence.forecasts import TESTS, WINDOWS, Expectation
from detente.evidence.verdicts import Comparator, half_unit

UNITS = {
    "percent": 0.01,
    "points": 0.01,
    "share": 1.0,
    "ratio": 1.0,
    "count": 1.0,
    "usd": 1.0,
    "months": 1.0,
    "year": 1.0,
}
"""Units a claim may use, and what one of them is inside the program."""

SHARES = ("percent", "points", "share")
UNITS_OF: Mapping[str, tuple[str, ...]] = {
    "average_tariff_level": SHARES,
    "average_tariff_rise": ("points", "percent", "share"),
    "partner_additional_rate": SHARES,
    "partner_average_rate": SHARES,
    "line_rate": SHARES,
    "index_return": SHARES,
    "index_ratio": ("ratio", "percent", "share"),
    "abnormal_return": SHARES,
    "share": SHARES,
    "count": ("count",),
    "rank_since": ("year",),
    "price_effect": SHARES,
    "household_cost": ("usd",),
    "real_income_change": SHARES,
    "months_of_shortage": ("months",),
}
"""Units that fit a quantity; a claim without one means the first."""

Rate = Annotated[float, BeforeValidator(lambda value: as_share(value, "level"))]
Model = TypeVar("Model", bound="Row")


class Row(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_of(known: Sequence[str], kind: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        if value not in known:
            near = did_you_mean(str(value), known)
            repair = f"did you mean {near}?" if near else f"use {', '.join(filter(None, known))}"
            raise ValueError(f"unknown {kind}; {repair}")
        return value

    return BeforeValidator(check)


class EventRow(Row):
    """An event; times carry a zone, levels are '34%' or 0.34 and stand on the event's own track."""

    event_id: str
    announced: date
    actors: list[str] = Field(min_length=1)
    target: str = ""
    verb: Annotated[str, _one_of(VERBS, "verb")]
    track: str
    what: str
    status: Annotated[str, _one_of(STATUSES, "status")]
    announced_utc: datetime | None = None
    precision: Annotated[str, _one_of(PRECISIONS, "precision")] = "minute"
    market_knew_utc: datetime | None = None
    effective: date | None = None
    expires: date | None = None
    instrument: str = ""
    legal_basis: str = ""
    scope: str = "all"
    level_before: Rate | None = None
    level_after: Rate | None = None
    conditional_on: str = ""
    supersedes: list[str] = Field(default_factory=list)
    sources: list[str] = Field(default_factory=list)
    verified: Annotated[str, _one_of(VERIFIED, "word for how well it is verified")] = "general knowledge"
    note: str = ""


class MatchRow(Row):
    """Which events count."""

    tracks: list[str] = Field(default_factory=list)
    verbs: list[Annotated[str, _one_of(VERBS, "verb")]] = Field(default_factory=list)
    statuses: list[Annotated[str, _one_of(STATUSES, "status")]] = Field(default_factory=list)
    actors: list[str] = Field(default_factory=list)
    event_ids: list[str] = Field(default_factory=list)

    def match(self) -> Match:
        """The same for the pure layer."""
        return Match(*(tuple(getattr(self, name)) for name in ("tracks", "verbs", "statuses", "actors", "event_ids")))


class ExpectRow(Row):
    """What has to happen, and by when: a named window, or first and last day."""

    test: Annotated[str, _one_of(TESTS, "test")]
    actor: str = ""
    target: str = ""
    level: Rate = 0.0
    window: Literal["next week", "soon", "rest of the year"] | None = None
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    match: MatchRow | None = None
    partly: MatchRow | None = None
    condition: MatchRow | None = None
    measure: str = ""

    def expectation(self, said: date, due: date | None, where: str) -> Expectation:
        """The same for the pure layer, its days counted from the statement."""
        first, last = WINDOWS[self.window](said) if self.window else (said, due or self.until)
        first, last = self.from_ or first, self.until or last
        if last is None:
            raise InputError(where, "says nothing about when", "add window: soon, or until: 2025-08-07")
        match, partly, condition = (row.match() if row else None for row in (self.match, self.partly, self.condition))
        return Expectation(
            self.test, (first, last), self.actor, self.target, self.level, match or Match(), partly, condition,
            self.measure,
        )  # fmt: skip


class ExtendRow(Row):
    """A measure in force as it was on another day."""

    measure: str
    day: date


class ReadingRow(Row):
    """One definition of a quantity; `check_uses` refuses keys that the quantity does not use."""

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


LAW_KEYS = ("scope", "on", "law", "extend", "halve_since")
PRICE_KEYS = ("partner", "border", "follow", "margin", *LAW_KEYS)
AVERAGE_KEYS = ("duty", "period", "weights", "substitution", "sigma", *LAW_KEYS)
USES: Mapping[str, tuple[str, ...]] = {
    "average_tariff_level": AVERAGE_KEYS,
    "average_tariff_rise": ("start", *AVERAGE_KEYS),
    "partner_additional_rate": ("of", "partner", "line", "level", *LAW_KEYS),
    "partner_average_rate": ("partner", "weights", *LAW_KEYS),
    "line_rate": ("partner", "line", *LAW_KEYS),
    "index_return": ("market", "session"),
    "index_ratio": ("market", "session"),
    "abnormal_return": ("market", "session"),
    "share": ("of", "population", "partner", "stage", "material", "year", "line", "scope"),
    "count": ("of", "population", "group"),
    "rank_since": ("of", "since", "span", "start", "times_mean", "mean_years", *AVERAGE_KEYS),
    "real_income_change": ("of", "horizon", "partner", *LAW_KEYS),
    "months_of_shortage": ("partner", "material", "stocks", "licences"),
    "price_effect": PRICE_KEYS,
    "household_cost": ("of", *PRICE_KEYS),
}
"""Keys of a reading that each quantity uses."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "partner_additional_rate": ("", "events", "addition", "average", "line", "share_below"),
    "share": ("", "imports", "stage", "mines"),
    "count": ("", "controlled_elements", "controlled_magnets", "elements"),
    "rank_since": ("", "level", "rise"),
    "real_income_change": ("", "decoupling", "law"),
    "household_cost": ("", "accounts", "pocket"),
}
"""What `of:` may say for each quantity."""

ABOUT_ALL = ("name", "label", "default", "likely", "illustrative")


def check_uses(quantity: str, reading: ReadingRow, where: str) -> None:
    """Refuse a key that would be read and then ignored."""
    known = KINDS.get(quantity)
    if known is not None and reading.of not in known:
        raise InputError(where, f"unknown of '{reading.of}'", f"use {', '.join(filter(None, known))}")
    if reading.period and reading.duty != "collected":
        raise InputError(where, "'period' has no meaning for a statutory duty", "add duty: collected, or leave it out")
    used = USES.get(quantity)
    idle = sorted(reading.model_fields_set - {*ABOUT_ALL, *(used or ())}) if used is not None else []
    if idle:
        raise InputError(
            where, f"'{idle[0]}' has no meaning for {quantity.replace('_', ' ')}", f"it uses {', '.join(used or ())}"
        )


OF_WHOM: Mapping[str, tuple[str, ...]] = {
    "partner": (
        "partner_average_rate", "partner_additional_rate", "line_rate", "share", "months_of_shortage",
        "real_income_change", "price_effect", "household_cost",
    ),
    "line": ("line_rate", "partner_additional_rate", "share"),
    "market": ("index_return", "index_ratio", "abnormal_return"),
    "importer": ("partner_additional_rate",),
    "year": ("share",),
}  # fmt: skip
"""Quantities that a key of the claim narrows down."""


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


class QuantityRow(Row):
    """The number in a claim, as the source gives it; in quotes it keeps the zeros at its end ('1.00')."""

    name: Annotated[str, _one_of(QUANTITIES, "quantity")]
    comparator: Annotated[str, _one_of([c.value for c in Comparator], "comparator")] = "="
    value: Annotated[str | None, BeforeValidator(_number)] = None
    unit: Annotated[str, _one_of(["", *UNITS], "unit")] = ""
    base: date | None = None
    as_of: date | None = None
    population: str = ""
    partner: str = ""
    importer: str = ""
    line: str = ""
    market: str = ""
    year: int | None = Field(default=None, ge=1900, le=2100)

    def quantity(self, said: date, where: str) -> Quantity:
        """The same for the pure layer."""
        for name, users in OF_WHOM.items():
            if getattr(self, name) and self.name not in users:
                what = f"'{name}' has no meaning for {self.name.replace('_', ' ')}"
                raise InputError(where, what, f"leave it out, or claim a {users[0].replace('_', ' ')}")
        comparator, unit, value = self._comparator(where), self._unit(where), self.value
        scale = UNITS[unit]
        half = 0.0 if value is None else half_unit(value, self.name, comparator, scale)
        number = None if value is None else float(value) * scale
        as_of = self.as_of or said
        return Quantity(self.name, comparator, number, half, unit, as_of, self.base, self.population)

    def _unit(self, where: str) -> str:
        """The unit as written, or that of the quantity; one that cannot hold the quantity is refused."""
        fitting = UNITS_OF[self.name]
        unit = self.unit or fitting[0]
        if unit not in fitting:
            what = f"{self.name.replace('_', ' ')} is not given in {unit}"
            raise InputError(where, what, f"say unit: {' or '.join(fitting)}")
        return unit

    def _comparator(self, where: str) -> Comparator:
        """The comparator, for a rank always the same: no year after the one named was as high."""
        comparator = Comparator(self.comparator)
        if self.value is None and comparator not in (Comparator.ROSE, Comparator.FELL):
            raise InputError(where, "the quantity has no value", "add 'value: 23', or say comparator: rose")
        if self.name != "rank_since":
            return comparator
        if comparator not in (Comparator.EQUAL, Comparator.MORE):
            what = f"a rank since a year cannot be compared by '{comparator}'"
            raise InputError(where, what, "leave the comparator out: no year after it was as high")
        if not str(self.value).isdigit() or len(str(self.value)) != YEAR_DIGITS:
            raise InputError(where, f"{self.value} is not a year", "write it as value: 1930")
        return Comparator.MORE


YEAR_DIGITS = 4


class PartRow(Row):
    """One statement, judged on its own."""

    part: str = ""
    kind: Annotated[str, _one_of([k.value for k in Kind], "kind")]
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

    kind: Annotated[str, _one_of(["", *(k.value for k in Kind)], "kind")] = ""
    claim_id: str
    quote: str
    language: str = "en"
    speaker: SpeakerRow = SpeakerRow()
    source: dict[str, str | date] = Field(default_factory=dict)
    said: date | None = None
    said_utc: datetime | None = None
    event_ids: list[str] = Field(default_factory=list)
    parts: list[PartRow] = Field(default_factory=list)


class PromiseRow(Row):
    """A promise of one side in an agreement."""

    promise_id: str
    agreement: str
    by: str
    what: str
    account: Literal["joint", "US", "China"]
    made: date
    due: date
    expect: ExpectRow
    event_id: str = ""
    figure: str = ""
    quantity: float = float("nan")
    unit: str = ""
    source: str = ""
    note: str = ""


def parsed(model: type[Model], row: Any, where: str) -> Model:
    """A row as its model; the first mistake in one sentence."""
    if not isinstance(row, Mapping):
        raise InputError(where, "should be a mapping of keys to values", "see docs/evidence.md")
    try:
        return model.model_validate(dict(row))
    except ValidationError as error:
        raise _first(error, model, where) from None


def _first(error: ValidationError, model: type[Row], where: str) -> InputError:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = [f.alias or name for name, f in model.model_fields.items()]
        near = did_you_mean(str(first["loc"][-1]), known)
        return InputError(where, f"unknown key '{place}'", f"did you mean {near}?".rstrip(".") if near else "")
    if first["type"] == "missing":
        return InputError(where, f"key '{place}' is missing", f"add '{first['loc'][-1]}: ...'")
    message = first["msg"].removeprefix("Value error, ")
    what, _, repair = message.partition("; ")
    return InputError(
        where, f"'{place}' is {first.get('input')!r}: {what.rstrip('.')}", repair.rstrip(".") or "see docs/evidence.md"
    )
