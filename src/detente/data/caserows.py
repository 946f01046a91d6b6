"""Rows of a case file, and the file as a whole: keys, types and the range of every number."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ALL_GOODS = "all-goods"
AS_LAW = "as-law"
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Strict(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseWorld(Strict):
    """The world of the case: its name, its set of elasticities and who carries the deficit."""

    name: str = "icio-2022"
    elasticities: str = "giri-yi"
    closure: str = "fixed"


class Steps(Strict):
    """Levels from `first` to `last` in equal steps."""

    first: float = 0.0
    last: float
    step: float = Field(gt=0.0)

    def listed(self) -> tuple[float, ...]:
        """The levels."""
        count = round((self.last - self.first) / self.step)
        return tuple(round(self.first + k * self.step, 12) for k in range(count + 1))


class FromLaw(Strict):
    """Coverage of a duty as the law of a day has it; `rate` is what goods covered in full pay, share."""

    authority: str
    on: date
    rate: float = Field(gt=0.0)


class IssueRow(Strict):
    """An issue of the talks; a duty has a coverage and the highest level `top` that surfaces reach.

    `authority` is the one of the lawbook under which a duty stands: its level can then be read from a law. Coverage
    `as-law` is that of its measure under the whole law of the base, goods of others that owe it included.
    """

    name: str
    party: str = ""
    kind: Literal["duty", "control", "action", "other"] = "duty"
    unit: str = "share"
    track: str = "tariffs"
    label: str = ""
    instrument: str = ""
    authority: str = ""
    expiry: date | None = None
    levels: Steps | tuple[float, ...]
    default: float | None = None
    worst: float | None = None
    whole: bool = False
    coverage: Literal["all-goods", "as-law"] | FromLaw | tuple[float, ...] = ALL_GOODS
    top: float | None = Field(default=None, gt=0.0)

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
    authority. `renewed`: as if the clauses open on the day were renewed. The parameter `third_countries` scales what
    the authorities `third` add on third countries, `uncounted` partners excepted.
    """

    importer: str
    whole: date
    renewed: bool = False
    levels: dict[str, float] = Field(default_factory=dict)
    third: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()


Rows = tuple[LawRow | PointsRow | WholeLaw, ...]


class ConstraintRow(Strict):
    """sum coefficient x level + constant >= 0 ("at-least") or = 0 ("equal")."""

    name: str
    kind: Literal["at-least", "equal"] = "at-least"
    coefficients: dict[str, float]
    constant: float = 0.0
    statement: str
    source: str


class OutcomeRow(Strict):
    """An outcome with a name; issues left out stay at their default. A level may be the name of a parameter."""

    label: str = ""
    source: str = ""
    levels: dict[str, float | str] = Field(default_factory=dict)


class ThreatRow(Strict):
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


class ChoiceRow(Strict):
    """A duty that a party set alone, from which its weights are read: the law of that day and what it moved."""

    name: str
    date: date
    statement: str = ""
    party: str
    law: Rows = ()
    direction: Literal["all-goods"] | FromLaw = ALL_GOODS


class WeightsRow(Strict):
    """Whose value added counts, and the choices that identify the sets beside `welfare`."""

    group: tuple[str, ...] = ()
    mu: float = 0.0
    choices: tuple[ChoiceRow, ...] = ()


class CaseParameter(Strict):
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


class TermRow(Strict):
    """A part of one party's payoff that depends on one issue: sign x a parameter x level^power."""

    part: Literal["materials", "fentanyl"]
    party: str
    issue: str
    parameter: str
    power: float = Field(default=1.0, gt=0.0)
    sign: Literal[-1, 1] = 1
    stock_months: str = ""
    ramp_months: float = Field(default=0.0, ge=0.0)


class CommitmentRow(Strict):
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


class BeliefRow(Strict):
    """Types of a party, with prior probabilities and the acts that update them."""

    party: str
    types: dict[str, Probability]
    acts: tuple[ActRow, ...] = ()


class OutsideAct(Strict):
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


class ClockRow(Strict):
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


class CaseFile(Strict):
    """A negotiation as its file states it."""

    name: str
    title: str
    on: date
    note: str = ""
    parties: tuple[str, ...]
    world: CaseWorld = CaseWorld()
    issues: tuple[IssueRow, ...]
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
    lag_weeks: float = Field(default=1.0, gt=0.0)
    beliefs: tuple[BeliefRow, ...] = ()
    outside_acts: tuple[OutsideAct, ...] = ()
    clocks: tuple[ClockRow, ...] = ()
    known: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
