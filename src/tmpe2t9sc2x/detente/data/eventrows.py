"""Rows of the files of events and promises: what each key holds, checked before anything is settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from detente.codes import Faults, InputError, did_you_mean
from detente.data.yamlfile import as_share
from detente.evidence.events import PRECISIONS, STATUSES, VERBS, VERIFIED, Match
from detente.evidence.forecasts import TESTS, WINDOWS, Expectation

Rate = Annotated[float, BeforeValidator(lambda value: as_share(value, "level"))]
Model = TypeVar("Model", bound="Row")


class Row(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def known_name(value: Any, known: Sequence[str], kind: str) -> Any:
    """A value that is one of the known names; pydantic tells the reader of a ValueError."""
    if value not in known:
        near = did_you_mean(str(value), known)
        repair = f"did you mean {near}?" if near else f"use {', '.join(filter(None, known))}"
        raise ValueError(f"unknown {kind}; {repair}")
    return value


def one_of(known: Sequence[str], kind: str) -> BeforeValidator:
    """Check of a key that holds one of the known names."""
    return BeforeValidator(lambda value: known_name(value, known, kind))


class EventRow(Row):
    """An event; times carry a zone, levels are '34%' or 0.34 and stand on the event's own track."""

    event_id: str
    announced: date
    actors: list[str] = Field(min_length=1)
    target: str = ""
    verb: Annotated[str, one_of(VERBS, "verb")]
    track: str
    what: str
    status: Annotated[str, one_of(STATUSES, "status")]
    announced_utc: datetime | None = None
    precision: Annotated[str, one_of(PRECISIONS, "precision")] = "minute"
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
    verified: Annotated[str, one_of(VERIFIED, "word for how well it is verified")] = "general knowledge"
    note: str = ""


class MatchRow(Row):
    """Which events count."""

    tracks: list[str] = Field(default_factory=list)
    verbs: list[Annotated[str, one_of(VERBS, "verb")]] = Field(default_factory=list)
    statuses: list[Annotated[str, one_of(STATUSES, "status")]] = Field(default_factory=list)
    actors: list[str] = Field(default_factory=list)
    event_ids: list[str] = Field(default_factory=list)

    def match(self) -> Match:
        """The same for the pure layer."""
        return Match(*(tuple(getattr(self, name)) for name in ("tracks", "verbs", "statuses", "actors", "event_ids")))


def _quoted(value: Any) -> Any:
    """A text; a tariff line written as a number has lost the zeros at its end."""
    if isinstance(value, int | float):
        raise ValueError('a number; write a tariff line in quotes, as "8703.23"')
    return value


class ExpectRow(Row):
    """What has to happen, and by when: a named window, or first and last day."""

    test: Annotated[str, one_of(TESTS, "test")]
    actor: str = Field(default="", validation_alias=AliasChoices("actor", "importer"))
    target: str = Field(default="", validation_alias=AliasChoices("target", "partner"))
    level: Rate = 0.0
    rate: Annotated[str, BeforeValidator(_quoted)] = ""
    window: Literal["next week", "soon", "rest of the year"] | None = None
    from_: date | None = Field(default=None, alias="from")
    until: date | None = Field(default=None, validation_alias=AliasChoices("until", "by"))
    match: MatchRow | None = None
    partly: MatchRow | None = None
    condition: MatchRow | None = None
    measure: str = ""

    def expectation(self, statement_day: date, due: date | None, where: str) -> Expectation:
        """The same for the pure layer, its days counted from the statement."""
        first, last = WINDOWS[self.window](statement_day) if self.window else (statement_day, due or self.until)
        first, last = self.from_ or first, self.until or last
        if last is None:
            until = WINDOWS["soon"](statement_day)[1]
            raise InputError(where, "says nothing about when", f"add window: soon, or until: {until}")
        match, partly, condition = (row.match() if row else None for row in (self.match, self.partly, self.condition))
        return Expectation(
            self.test, (first, last), self.actor, self.target, self.level, match or Match(), partly, condition,
            self.measure, self.rate,
        )  # fmt: skip


class PromiseRow(Row):
    """A promise of one side in an agreement."""

    promise_id: str
    agreement: str
    by: str
    what: str
    account: str
    made: date
    due: date
    expect: ExpectRow
    event_id: str = ""
    figure: str = ""
    quantity: float = float("nan")
    unit: str = ""
    source: str = ""
    note: str = ""


def parsed(
    model: type[Model], row: Any, where: str, known: Mapping[str, Sequence[str]] | None = None, *, whole: bool = False
) -> Model:
    """A row as its model; the first mistake in one sentence.

    Parameters
    ----------
    known : names that the layer above brings along, for its own rows to look up.
    whole : whether to name every mistake of the row, and not the first alone.
    """
    if not isinstance(row, Mapping):
        raise InputError(where, "should be a mapping of keys to values", "see docs/evidence.md")
    try:
        return model.model_validate(dict(row), context=known)
    except ValidationError as error:
        # A key that is misspelt is missing too: what is written comes first, with the nearest known key.
        details = sorted(error.errors(), key=lambda detail: detail["type"] != "extra_forbidden")
        faults = [_fault(detail, model, where) for detail in details]
        raise (Faults(faults) if whole and len(faults) > 1 else faults[0]) from None


def _fault(detail: Any, model: type[Row], where: str) -> InputError:
    place = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = [f.alias or name for name, f in model.model_fields.items()]
        near = did_you_mean(str(detail["loc"][-1]), known)
        return InputError(
            where, f"unknown key '{place}'", f"did you mean {near}?" if near else f"use {', '.join(known)}"
        )
    if detail["type"] == "missing":
        return InputError(where, f"key '{place}' is missing", f"add '{detail['loc'][-1]}: ...'")
    if str(detail["type"]).startswith("date_"):
        return InputError(where, f"'{place}' is {detail.get('input')!r}: not a day", "write it as 2025-05-09")
    message = detail["msg"].removeprefix("Value error, ")
    what, _, repair = message.partition("; ")
    return InputError(
        where, f"'{place}' is {detail.get('input')!r}: {what.rstrip('.')}", repair.rstrip(".") or "see docs/evidence.md"
    )
