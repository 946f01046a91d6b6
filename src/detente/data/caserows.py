"""Rows of a case file, and the file as a whole: keys, types and the range of every number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ALL_GOODS = "all-goods"
AS_LAW = "as-law"
STRUCTURE = "structure"
"""In place of a day: of the model, such as an elasticity, no fact about the talks."""

EVERYBODY = "all"
"""On whom an issue falls that has one level for every country."""

Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Known = date | Literal["structure"]
IssueType = Literal[
    "", "points", "floor", "ceiling", "cut", "sector", "quota", "purchase", "investment", "control", "rule", "action"
]
KIND_OF_TYPE: Mapping[str, str] = {
    **dict.fromkeys(("points", "floor", "ceiling", "cut", "sector", "quota"), "duty"),
    **dict.fromkeys(("purchase", "investment", "rule"), "other"),
    "control": "control",
    "action": "action",
}
"""What an issue of a type is to the solvers."""

UNIT_OF_TYPE: Mapping[str, str] = {
    "cut": "share of the base duty",
    "purchase": "share of the pledge",
    "investment": "share of the pledge",
    "control": "share of base flow",
    "action": "effort",
    "rule": "on or off",
}
"""What its levels are in, where the row does not say; shares of customs value for duties."""


class Strict(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stated(Strict):
    """A row that states something; `known_on` is the day on which it was public, "structure" what is of the model."""

    known_on: Known | None = None


class CaseWorld(Strict):
    """The world of the case: its name, its set of elasticities and who carries the deficit."""

    name: str = "icio-2022"
    elasticities: str = "giri-yi"
    closure: str = "fixed"


class Steps(Strict):
    """Levels from `first` to `last` in equal steps."""

    first: Finite = 0.0
    last: Finite
    step: Finite = Field(gt=0.0)

    def listed(self) -> tuple[float, ...]:
        """The levels."""
        count = round((self.last - self.first) / self.step)
        return tuple(round(self.first + k * self.step, 12) for k in range(count + 1))


class FromLaw(Strict):
    """Coverage of a duty as the law of a day has it; `rate` is what goods covered in full pay, share."""

    authority: str
    on: date
    rate: float = Field(gt=0.0)


class QuotaRow(Strict):
    """A tariff-rate quota: `inside` its duty up to the amount, `outside` beyond it, shares.

    The level of the issue is the duty at the margin; `rent` is the share of the rent that exporters get: licences of
    the importer 0, of exporters 1, first come 0.5.
    """

    inside: float = Field(ge=0.0)
    outside: float = Field(gt=0.0)
    rent: str | Probability = 0.5


class ShownRow(Strict):
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

    name: str
    key: str = ""
    shown: ShownRow = ShownRow()
    party: str = ""
    receiver: str | tuple[str, ...] = ()
    type: IssueType = ""
    from_law: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    quota: QuotaRow | None = None
    amount: float | None = Field(default=None, gt=0.0)
    years: float | None = Field(default=None, gt=0.0)
    contracted: bool = False
    kept: Probability = 0.0
    tabled: bool = True
    kind: Literal["duty", "control", "action", "other"] = "duty"
    unit: str = "share"
    track: str = "tariffs"
    label: str = ""
    instrument: str = ""
    authority: str = ""
    expiry: date | None = None
    levels: Steps | tuple[Finite, ...]
    default: float | None = None
    worst: float | None = None
    whole: bool = False
    in_all: str = ""
    rises: bool = False
    coverage: Literal["all-goods", "as-law"] | FromLaw | tuple[float, ...] = ALL_GOODS
    top: float | None = Field(default=None, gt=0.0)

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
        if isinstance(row.get("from_law"), str):
            row["from_law"] = (row["from_law"],)
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


class LawRow(Strict):
    """Duties of the law of a day that an importer lays on a partner, or on all third countries where none is named.

    `less` takes off those of another day; `scale` multiplies what is left; `uncounted` partners within a region of the
    world count with no duty; `switch` is an issue that turns the row on.
    """

    importer: str
    exporter: str = ""
    authorities: tuple[str, ...]
    on: date
    less: date | None = None
    scale: float = 1.0
    uncounted: tuple[str, ...] = ()
    switch: str = ""


class PointsRow(Strict):
    """The same points on all goods that an importer buys from a partner, or from all third countries."""

    importer: str
    exporter: str = ""
    points: float


class WholeLaw(Strict):
    """The whole law of an importer on a day, base duties and all that comes on top, in place of the world's tariffs.

    Duties under negotiation owe nothing in a base law; the law of a choice is that of the day, or has `levels` by
    authority. `known`: the last day whose acts are in it. `fate`: that of the clauses open on the day, as "renewed".
    The parameter `third_countries` scales what the authorities `third` add on third countries, `uncounted` partners
    excepted.
    """

    importer: str
    whole: date
    known: date | None = None
    fate: str = ""
    levels: dict[str, float] = Field(default_factory=dict)
    third: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()


Rows = tuple[LawRow | PointsRow | WholeLaw, ...]


class ConstraintRow(Stated):
    """sum coefficient x level + constant >= 0 ("at-least") or = 0 ("equal")."""

    name: str
    kind: Literal["at-least", "equal"] = "at-least"
    coefficients: dict[str, float]
    constant: float = 0.0
    statement: str
    source: str


class OutcomeRow(Stated):
    """An outcome with a name; issues left out stay at their default. A level may be the name of a parameter."""

    label: str = ""
    source: str = ""
    levels: dict[str, float | str] = Field(default_factory=dict)


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
    levels: dict[str, float | str] | None = None
    third_countries: dict[str, float] = Field(default_factory=dict)
    p: Probability | None = None
    credible: bool = True


class ChoiceRow(Stated):
    """A duty that a party set alone, from which its weights are read: the law of that day and what it moved."""

    name: str
    date: date
    statement: str = ""
    party: str
    law: Rows = ()
    direction: Literal["all-goods"] | FromLaw = ALL_GOODS


class GivenWeights(Stated):
    """Extra dollars for a dollar of revenue, of value added of the group, of the balance with the other parties."""

    revenue: float = 0.0
    added: float = 0.0
    balance: float = 0.0
    source: str = ""


class WeightsRow(Strict):
    """Whose value added counts, and the sets beside `welfare`: from choices, or `given` by name and party."""

    group: tuple[str, ...] = ()
    mu: float = 0.0
    choices: tuple[ChoiceRow, ...] = ()
    given: dict[str, dict[str, GivenWeights]] = Field(default_factory=dict)


class CaseParameter(Stated):
    """A number with its range."""

    central: float
    low: float | None = None
    high: float | None = None
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
    power: float = Field(default=1.0, gt=0.0)
    sign: Literal[-1, 1] = 1
    stock_months: str = ""
    ramp_months: float = Field(default=0.0, ge=0.0)


class CommitmentRow(Stated):
    """A public statement; `cost` is USD bn a year for each point away from it."""

    party: str
    issues: tuple[str, ...]
    level: float
    comparator: Literal["=", "<=", ">="] = "="
    cost: float = Field(default=0.0, ge=0.0)
    source: str = ""


class ActRow(Strict):
    """An act of the record that tells types apart: how likely each type was to do it."""

    date: date
    what: str
    likelihood: dict[str, Probability]
    source: str = ""


class BeliefRow(Stated):
    """Types of a party, with prior probabilities and the acts that update them."""

    party: str
    types: dict[str, Probability]
    acts: tuple[ActRow, ...] = ()


class OutsideAct(Stated):
    """A kind of act outside a deal's list and how often it came in the record."""

    name: str
    party: str
    count: float = Field(ge=0.0)
    days: float = Field(gt=0.0)
    events: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Acts a year."""
        return self.count * 365.25 / self.days


class ClockRow(Stated):
    """An instrument with a date on which the law changes by itself."""

    instrument: str
    party: str
    ends: date | None = None
    back: str
    source: str = ""


class HorizonRow(Strict):
    """A horizon in years; infinite for the long run, zero for the short run."""

    name: str
    years: float = Field(ge=0.0)


class PositionRow(Stated):
    """What a party said of the talks, as a reader of the case should know it."""

    party: str
    statement: str
    source: str = ""


class CaseFile(Strict):
    """A negotiation as its file states it.

    `shelf` holds the issues that are not tabled, taken out of `issues` when the file is read. `signed` names the
    outcome that was agreed, in a variant that knows it; `as_known` is the last day whose facts are in the file, by
    default the day before `on`.
    """

    name: str
    title: str
    on: date
    as_known: date | None = None
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
    discount: dict[str, float] = Field(default_factory=dict)
    power: dict[str, float] = Field(default_factory=dict)
    horizons: tuple[HorizonRow, ...] = ()
    form: Literal["", "truce", "order", "terms"] = ""
    lag_weeks: float = Field(default=1.0, gt=0.0)
    beliefs: tuple[BeliefRow, ...] = ()
    outside_acts: tuple[OutsideAct, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    positions: tuple[PositionRow, ...] = ()
    known: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
