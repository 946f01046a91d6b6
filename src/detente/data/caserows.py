"""Rows of a case file, and the file as a whole: keys, types and the range of every number; the list of its keys.

Types and defaults of the keys are those of the rows; meaning, unit and example stand in `casekeys.toml`. The page of
keys and the command say the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import BaseModel, Field, model_validator
from pydantic.fields import FieldInfo

from detente.data.library import package_folder
from detente.data.models import Day, FileModel, Finite, Number, Part, Texts, Truth, keys_of
from detente.data.small_world import DEFAULT
from detente.data.yamlfile import as_yaml

ALL_GOODS = "all-goods"
AS_LAW = "as-law"
#: In place of a day: of the model, such as an elasticity, no fact about the talks.
STRUCTURE = "structure"

#: On whom an issue falls that has one level for every country.
EVERYBODY = "all"

Known = Day | Literal["structure"]
IssueType = Literal[
    "", "points", "floor", "ceiling", "cut", "sector", "quota", "purchase", "investment", "control", "rule", "action"
]
#: What an issue of a type is to the solvers.
KIND_OF_TYPE: Mapping[str, str] = {
    **dict.fromkeys(("points", "floor", "ceiling", "cut", "sector", "quota"), "duty"),
    **dict.fromkeys(("purchase", "investment", "rule"), "other"),
    "control": "control",
    "action": "action",
}

#: What its levels are in, where the row does not say; shares of customs value for duties.
UNIT_OF_TYPE: Mapping[str, str] = {
    "cut": "share of the base duty",
    "purchase": "share of the pledge",
    "investment": "share of the pledge",
    "control": "share of base flow",
    "action": "effort",
    "rule": "on or off",
}


class Stated(FileModel):
    """A row that states something; `known_on` is the day on which it was public, "structure" what is of the model."""

    known_on: Known | None = None


class CaseWorld(FileModel):
    """The world of the case: its name, its set of elasticities and who carries the deficit."""

    name: str = DEFAULT
    elasticities: str = "giri-yi"
    closure: str = "fixed"


class Steps(FileModel):
    """Levels from `first` to `last` in equal steps."""

    first: Finite = 0.0
    last: Finite
    step: Finite = Field(gt=0.0)

    def listed(self) -> tuple[float, ...]:
        """The levels."""
        count = round((self.last - self.first) / self.step)
        return tuple(round(self.first + k * self.step, 12) for k in range(count + 1))


class FromLaw(FileModel):
    """Coverage of a duty as the law of a day has it; `rate` is what goods covered in full pay, share."""

    authority: str
    on: Day
    rate: Number = Field(gt=0.0)


class QuotaRow(FileModel):
    """A tariff-rate quota: `inside` its duty up to the amount, `outside` beyond it, shares.

    The level of the issue is the duty at the margin; `rent` is the share of the rent that exporters get: licences of
    the importer 0, of exporters 1, first come 0.5.
    """

    inside: Number = Field(ge=0.0)
    outside: Number = Field(gt=0.0)
    rent: str | Part = 0.5


class ShownRow(FileModel):
    """How a reader sees the level of an issue where that is not the level itself: `complement` counts what is left of
    one, as licences granted for licences withheld; `label` is what that is called, `step` how far a slider moves it.
    `line` is a product on which a duty falls.
    """

    complement: bool = False
    label: str = ""
    step: float | None = Field(default=None, gt=0.0)
    line: str = ""


class IssueRow(Stated):
    """An issue of the talks; a duty has a coverage and the highest level `top` that surfaces reach.

    `party` (or `giver`) sets it, `receiver` is on whom it falls: one party, several, or all countries; with two parties
    it is the other one. `authority` is the one of the lawbook under which a duty stands, or `from_law` names measures:
    its level can then be read from a law. Coverage `as-law` is that of its measures under the whole law of the base,
    goods of others that owe it included; `codes` and `sectors` narrow it to a list, `besides` takes a list out.

    `type` says what a level means: points on top; a floor or a ceiling of the whole duty ("15 all-in"); a cut, the
    depth of what is taken off the base duty; a rate for a sector; the duty at the margin of a quota; a purchase or an
    investment, the share of `amount` (USD bn a year; USD bn over `years`) that is pledged; a control, an action, a
    rule. `in_all` names an issue that is on or off: where it is on, the level of a duty is the whole of what is owed,
    the base duty counted in, as in "15 all-in"; else it is on top. An issue that is not `tabled` is in the file for
    whoever wants to put it on the table. `key` is what addresses and scenarios of a deal call it, by default its name;
    `shown` is how its level reads there.
    """

    also: ClassVar[tuple[str, ...]] = ("giver",)
    name: str
    key: str = ""
    shown: ShownRow = ShownRow()
    party: str = ""
    receiver: str | tuple[str, ...] = ()
    type: IssueType = ""
    from_law: Texts = ()
    codes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    quota: QuotaRow | None = None
    amount: Number | None = Field(default=None, gt=0.0)
    years: Number | None = Field(default=None, gt=0.0)
    contracted: Truth = False
    kept: Part = 0.0
    tabled: Truth = True
    kind: Literal["duty", "control", "action", "other"] = "duty"
    unit: str = "share"
    track: str = "tariffs"
    label: str = ""
    instrument: str = ""
    authority: str = ""
    expiry: Day | None = None
    levels: Steps | tuple[Finite, ...]
    default: Number | None = None
    worst: Number | None = None
    whole: Truth = False
    in_all: str = ""
    rises: Truth = False
    coverage: Literal["all-goods", "as-law"] | FromLaw | tuple[float, ...] = ALL_GOODS
    top: Number | None = Field(default=None, gt=0.0)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, row: Any) -> Any:
        """`giver` is `party`, and what the type says of the kind."""
        if not isinstance(row, Mapping):
            return row
        row = dict(row)
        if "giver" in row:
            if row.get("party", row["giver"]) != row["giver"]:
                raise ValueError("has a giver and another party; keep one")
            row["party"] = row.pop("giver")
        if unit := UNIT_OF_TYPE.get(str(row.get("type", ""))):
            row.setdefault("unit", unit)
        kind = KIND_OF_TYPE.get(str(row.get("type", "")))
        if kind and row.setdefault("kind", kind) != kind:
            raise ValueError(f"is of type {row['type']}, which is of kind {kind}, not {row['kind']}")
        return row

    @property
    def receivers(self) -> tuple[str, ...]:
        """On whom it falls, as written; none for the other side of two."""
        named = (self.receiver,) if isinstance(self.receiver, str) else self.receiver
        return tuple(code for code in named if code)

    @property
    def moves_tariffs(self) -> bool:
        """Whether it is a duty whose level moves tariffs; one that is on or off turns rows of the law on."""
        return self.kind == "duty" and not self.whole

    @property
    def plain(self) -> bool:
        """Whether it is a duty in points on what one law or all goods have, as two sides lay on one another."""
        more = (self.receivers, self.from_law, self.codes, self.sectors, self.besides, self.in_all)
        return self.type in ("", "points") and not any(more)

    def listed(self) -> tuple[float, ...]:
        """Levels in order."""
        return self.levels.listed() if isinstance(self.levels, Steps) else self.levels


class LawRow(FileModel):
    """Duties of the law of a day that an importer lays on a partner, or on all third countries where none is named.

    `less` takes off those of another day; `scale` multiplies what is left; `uncounted` partners within a region of the
    world count with no duty; `switch` is an issue that turns the row on.
    """

    importer: str
    exporter: str = ""
    authorities: tuple[str, ...]
    on: Day
    less: Day | None = None
    scale: Number = 1.0
    uncounted: tuple[str, ...] = ()
    switch: str = ""


class PointsRow(FileModel):
    """The same points on all goods that an importer buys from a partner, or from all third countries."""

    importer: str
    exporter: str = ""
    points: Number


class WholeLaw(FileModel):
    """The whole law of an importer on a day, base duties and all that comes on top, in place of the world's tariffs.

    Duties under negotiation owe nothing in a base law; the law of a choice is that of the day, or has `levels` by
    authority. `known`: the last day whose acts are in it. `fate`: that of the clauses open on the day, as "renewed".
    The parameter `third_countries` scales what the authorities `third` add on third countries, `uncounted` partners
    excepted.
    """

    importer: str
    whole: Day
    known: Day | None = None
    fate: str = ""
    levels: dict[str, Number] = Field(default_factory=dict)
    third: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()


Rows = tuple[LawRow | PointsRow | WholeLaw, ...]


class ConstraintRow(Stated):
    """sum coefficient x level + constant >= 0 ("at-least") or = 0 ("equal")."""

    name: str
    kind: Literal["at-least", "equal"] = "at-least"
    coefficients: dict[str, Number]
    constant: Number = 0.0
    statement: str
    source: str


class OutcomeRow(Stated):
    """An outcome with a name; issues left out stay at their default. A level may be the name of a parameter."""

    label: str = ""
    source: str = ""
    levels: dict[str, Number | str] = Field(default_factory=dict)


class ThreatRow(Stated):
    """What happens if talks fail.

    `outcome` names an outcome of the case; `levels` may go beyond the axes; `p` is the probability that the status quo
    lasts, for a threat of kind "expected"; `third_countries` add points on goods of the second party in it alone.
    """

    name: str
    kind: Literal["status-quo", "past-law", "war", "escalation", "expected", "other"]
    label: str = ""
    description: str = ""
    outcome: str = ""
    levels: dict[str, Number | str] | None = None
    third_countries: dict[str, Number] = Field(default_factory=dict)
    p: Part | None = None
    credible: Truth = True


class ChoiceRow(Stated):
    """A duty that a party set alone, from which its weights are read: the law of that day and what it moved."""

    name: str
    date: Day
    statement: str = ""
    party: str
    law: Rows = ()
    direction: Literal["all-goods"] | FromLaw = ALL_GOODS


class GivenWeights(Stated):
    """Extra dollars for a dollar of revenue, of value added of the group, of the balance with the other parties."""

    revenue: Number = 0.0
    added: Number = 0.0
    balance: Number = 0.0
    source: str = ""


class WeightsRow(FileModel):
    """Whose value added counts, and the sets beside `welfare`: from choices, or `given` by name and party."""

    group: tuple[str, ...] = ()
    mu: Number = 0.0
    choices: tuple[ChoiceRow, ...] = ()
    given: dict[str, dict[str, GivenWeights]] = Field(default_factory=dict)


class CaseParameter(Stated):
    """A number with its range."""

    central: Number
    low: Number | None = None
    high: Number | None = None
    spread: Literal["uniform", "log-uniform", "none"] = "uniform"
    unit: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.ends
        if not low <= self.central <= high:
            raise ValueError(f"is out of order: low {low:g}, central {self.central:g}, high {high:g}")
        if self.spread == "log-uniform" and low <= 0.0:
            raise ValueError("a log-uniform range starts above zero")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high."""
        low = self.central if self.low is None else self.low
        return low, self.central if self.high is None else self.high


class TermRow(Stated):
    """A part of one party's payoff that depends on one issue: sign x a parameter x level^power."""

    part: Literal["materials", "controls", "fentanyl", "rules"]
    party: str
    issue: str
    parameter: str
    power: Number = Field(default=1.0, gt=0.0)
    sign: Literal[-1, 1] = 1
    stock_months: str = ""
    ramp_months: Number = Field(default=0.0, ge=0.0)


class CommitmentRow(Stated):
    """A public statement; `cost` is USD bn a year for each point away from it."""

    party: str
    issues: tuple[str, ...]
    level: Number
    comparator: Literal["=", "<=", ">="] = "="
    cost: Number = Field(default=0.0, ge=0.0)
    source: str = ""


class ActRow(FileModel):
    """An act of the record that tells types apart: how likely each type was to do it."""

    date: Day
    what: str
    likelihood: dict[str, Part]
    source: str = ""


class BeliefRow(Stated):
    """Types of a party, with prior probabilities and the acts that update them."""

    party: str
    types: dict[str, Part]
    acts: tuple[ActRow, ...] = ()


class OutsideAct(Stated):
    """A kind of act outside a deal's list and how often it came in the record."""

    name: str
    party: str
    count: Number = Field(ge=0.0)
    days: Number = Field(gt=0.0)
    events: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Acts a year."""
        return self.count * 365.25 / self.days


class ClockRow(Stated):
    """An instrument with a date on which the law changes by itself."""

    instrument: str
    party: str
    ends: Day | None = None
    back: str
    source: str = ""


class HorizonRow(FileModel):
    """A horizon in years; infinite for the long run, zero for the short run."""

    name: str
    years: Number = Field(ge=0.0)


class PositionRow(Stated):
    """What a party said of the talks, as a reader of the case should know it."""

    party: str
    statement: str
    source: str = ""


class CaseFile(FileModel):
    """A negotiation as its file states it.

    `shelf` holds the issues that are not tabled, taken out of `issues` when the file is read. `signed` names the
    outcome that was agreed, in a variant that knows it; `as_known` is the last day whose facts are in the file, by
    default the day before `on`.
    """

    also: ClassVar[tuple[str, ...]] = ("like", "variants")
    #: What checks call a row of each key.
    titles: ClassVar[Mapping[str, str]] = {
        "issues": "issue '{name}'", "outcomes": "outcome '{key}'", "constraints": "constraint '{name}'",
        "threats": "threat '{name}'", "beliefs": "beliefs about {party}", "terms": "term {part} of {party}",
        "weights": "choice",
    }  # fmt: skip

    name: str
    title: str
    on: Day
    as_known: Day | None = None
    signed: str = ""
    note: str = ""
    parties: tuple[str, ...]
    world: CaseWorld = CaseWorld()
    issues: tuple[IssueRow, ...]
    shelf: tuple[IssueRow, ...] = ()
    base_law: Rows = ()
    always: tuple[LawRow | PointsRow, ...] = ()
    constraints: tuple[ConstraintRow, ...] = ()
    sets: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    outcomes: dict[str, OutcomeRow] = Field(default_factory=dict)
    threats: tuple[ThreatRow, ...]
    weights: WeightsRow = WeightsRow()
    parameters: dict[str, CaseParameter] = Field(default_factory=dict)
    terms: tuple[TermRow, ...] = ()
    commitments: tuple[CommitmentRow, ...] = ()
    discount: dict[str, Number] = Field(default_factory=dict)
    power: dict[str, Number] = Field(default_factory=dict)
    horizons: tuple[HorizonRow, ...] = ()
    form: Literal["", "truce", "order", "terms"] = ""
    lag_weeks: Number = Field(default=1.0, gt=0.0)
    beliefs: tuple[BeliefRow, ...] = ()
    outside_acts: tuple[OutsideAct, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    positions: tuple[PositionRow, ...] = ()
    known: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


# --- the list of keys -------------------------------------------------------------------------------------------------

NAME = "casekeys.toml"
REQUIRED = "required"
#: Types of the keys that a file has and its rows do not.
BESIDE = {"like": "text", "variants": "mapping by name of keys of the file", "giver": "text"}

WORDS: Mapping[Any, str] = {str: "text", float: "number", int: "whole number", bool: "true or false", date: "day"}
LIMITS = {"gt": "above {}", "ge": "at least {}", "lt": "below {}", "le": "at most {}"}


@dataclass(frozen=True)
class CaseKey:
    """A key of a case file.

    Attributes
    ----------
    place : where its row stands, "" for the file itself.
    type, unit, default : in words; the unit is "" where there is none.
    means : one sentence; example : a value that is accepted.
    """

    place: str
    name: str
    type: str
    unit: str
    default: str
    means: str
    example: Any

    @property
    def path(self) -> str:
        """The key with the place of its row; the first place where a row stands in several."""
        first = self.place.split(",")[0]
        return f"{first}.{self.name}" if first else self.name

    @property
    def shown(self) -> str:
        """The example as a line of YAML."""
        return f"{self.name}: {as_yaml(self.example)}"


@dataclass(frozen=True)
class CaseRow:
    """A kind of row of a case file: class, where it stands, what it is, and its keys."""

    kind: type[BaseModel]
    place: str
    title: str
    keys: tuple[CaseKey, ...]


def case_rows() -> tuple[CaseRow, ...]:
    """Every kind of row with its keys."""
    register = tomllib.loads((package_folder() / NAME).read_text(encoding="utf-8"))
    return tuple(_row(globals()[name], entry) for name, entry in register.items())


def _row(kind: type[BaseModel], entry: Mapping[str, Any]) -> CaseRow:
    place, keys = entry["place"], []
    for name in keys_of(kind):
        means, unit, example = entry["keys"][name]
        field = kind.model_fields.get(name)
        words = BESIDE[name] if field is None else type_words(field)
        default = "none" if field is None else _default(field)
        keys.append(CaseKey(place, name, words, unit, default, means, example))
    return CaseRow(kind, place, entry["title"], tuple(keys))


def type_words(field: FieldInfo) -> str:
    """The type of a key in words, with its limits."""
    limits = [
        words.format(f"{getattr(limit, name):g}")
        for limit in _limits(field)
        for name, words in LIMITS.items()
        if hasattr(limit, name)
    ]
    return " ".join([_words(field.annotation), ", ".join(limits)]).strip()


def _limits(field: FieldInfo) -> Sequence[Any]:
    """Limits of a number, of the key or of its kind of number."""
    below = [part for part in get_args(field.annotation) if hasattr(part, "__metadata__")]
    inner = [limit for part in below for info in part.__metadata__ for limit in getattr(info, "metadata", ())]
    return [*field.metadata, *inner]


def _words(annotation: Any) -> str:
    if annotation in WORDS:
        return WORDS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "steps {first, last, step}" if annotation is Steps else f"row {annotation.__name__}"
    origin, parts = get_origin(annotation), [part for part in get_args(annotation) if part is not type(None)]
    if hasattr(annotation, "__metadata__"):
        return _words(annotation.__origin__)
    if origin is Literal:
        values = [str(part) for part in parts if part != ""]
        return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
    if origin is tuple:
        return f"list of {_plural(_words(parts[0]))}"
    if origin is dict:
        return f"mapping by name of {_plural(_words(parts[1]))}"
    return " or ".join(dict.fromkeys(_words(part) for part in parts))


def _plural(words: str) -> str:
    """Words of a kind of value for several."""
    first, mark, rest = words.partition(" or ")
    head, space, name = first.partition(" ")
    plural = f"{head}s{space}{name}" if head in ("text", "number", "row", "day") else first
    return f"{plural}{mark}{_plural(rest)}" if mark else plural


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    value = field.get_default(call_default_factory=True)
    empty = value is None or value in ("", (), {})
    return "none" if empty or isinstance(value, BaseModel) else as_yaml(value)
