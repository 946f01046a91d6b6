"""Rows of a supply chain: stages, grades, users, sources, plants, stocks and markets as plain values.

Units: need in USD a year, quantities in kg a year, prices in USD per kg, time in months. Month 0 is the first of the
time axis. Shares are of the base year. Nothing here is read from a file and no figure has a default that a source
should give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.draws import Input

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

EVERY = "*"
"""In a key: every element, every country, every grade."""

NEEDED = (
    "licence_wait",
    "approved_share",
    "approved_share_defence",
    "hold_up_share",
    "lambda_heavy",
    "cover_spread",
    "hoarding",
    "restock_months",
    "leak_lag",
    "leak_cap",
    "leak_markup",
    "supply_elasticity",
    "rent_share",
)
"""Parameters that the months of a chain use, by the names a chain gives them."""


@dataclass(frozen=True)
class Range:
    """A value that is not known exactly.

    Attributes
    ----------
    central, low, high : the value used, and the ends between which it is drawn; low <= central <= high.
    unit : of all three; source : short name of where they come from.
    basis : what a derived or assumed figure rests on.
    confidence : found, derived, recalled, secondary or assumption.
    shape : "triangular" (mode at the central value) or "uniform" between the ends.
    """

    central: float
    low: float
    high: float
    unit: str = ""
    source: str = ""
    basis: str = ""
    confidence: str = ""
    shape: str = "triangular"

    def as_input(self, name: str) -> Input:
        """What is drawn, under a name of its own."""
        return Input(name, self.central, self.low, self.high, self.shape)


@dataclass(frozen=True)
class Stage:
    """One step of the chain.

    Attributes
    ----------
    feeds : stages whose output it works up; empty for the first.
    yields : kg of element out per kg of it in, by element, `"*"` for the rest; 1 where nothing is given.
    """

    name: str
    feeds: tuple[str, ...] = ()
    yields: Mapping[str, float] = field(default_factory=dict)

    def yield_of(self, element: str) -> float:
        """Yield of one element, kg per kg."""
        return float(self.yields.get(element, self.yields.get(EVERY, 1.0)))


@dataclass(frozen=True)
class Grade:
    """A product that users buy.

    Attributes
    ----------
    stage : where it is made.
    recipe : kg of element per kg of product; a metal or oxide has its own element at 1.
    price : USD per kg in the base year.
    code : customs code; goods under one code are held up together.
    family : grades made in the same plants share it; by default the grade's own name.
    """

    name: str
    stage: str
    recipe: Mapping[str, float]
    price: float
    code: str = ""
    family: str = ""


@dataclass(frozen=True)
class User:
    """An industry of a country that buys the material; its defence part is a user of its own.

    Attributes
    ----------
    need : spending by grade, USD a year.
    cover : median stock of its firms, months of need, or the name of the parameter that holds it.
    output : gross output of the industry, USD a year; NaN where unknown.
    sigma_class : class of its elasticity of substitution, "A", "B" or "C".
    cover_by_grade : cover of grades that it holds more or less of, months or names of parameters.
    classes : what each class weighs in its need, where it stands in several; weights sum to 1.
    exposed : share of the industry that touches the material; `part` tells it from other exposed parts of the industry.
    """

    country: str
    code: str
    need: Mapping[str, float]
    cover: float | str
    defence: bool = False
    output: float = float("nan")
    sigma_class: str = "B"
    cover_by_grade: Mapping[str, float | str] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    exposed: float = 1.0
    part: str = ""

    def cover_of(self, grade: str) -> float | str:
        """Median cover of a grade, months or the name of a parameter."""
        return self.cover_by_grade.get(grade, self.cover)

    @property
    def label(self) -> str:
        """Country and code, as messages print them."""
        part = f" ({self.part})" if self.part else ""
        return f"{self.country} {self.code}{part}{' defence' if self.defence else ''}"

    @property
    def class_weights(self) -> Mapping[str, float]:
        """Weight of each class of elasticity; sums to 1."""
        return self.classes or {self.sigma_class: 1.0}


@dataclass(frozen=True)
class GradeSource:
    """Where a country's need of a grade comes from in the base year; what no row names stays as it is.

    Attributes
    ----------
    origin : the restrictor, the country itself or another producer.
    share : of the country's need of the grade.
    """

    country: str
    grade: str
    origin: str
    share: float


@dataclass(frozen=True)
class Feed:
    """What the plants of a producing country work up.

    Attributes
    ----------
    country : the producer, or `"*"` for all without a row of their own.
    stage : whose output they buy.
    outside : share of this feed that does not come from the restrictor, or the name of the parameter that holds it.
    cover : median stock of the feed, months, or the name of a parameter.
    """

    country: str
    element: str
    stage: str
    outside: float | str
    cover: float | str = 0.0


@dataclass(frozen=True)
class Plant:
    """Capacity outside the restrictor that comes on during the months looked at.

    Attributes
    ----------
    item : an element at a stage of elements; a grade or family at the stage of a product.
    capacity : kg a year when fully on.
    start, ramp : month it starts, and months over which output rises linearly. Only the rise after month 0 counts:
        what runs in the base year is in the sources.
    serves : country whose need it fills; `"*"` for all in proportion to what they lack; empty for its own.
    own_feed : elements it need not buy, `("*",)` for all.
    """

    name: str
    stage: str
    country: str
    item: str
    capacity: float
    start: float
    ramp: float = 12.0
    serves: str = ""
    own_feed: tuple[str, ...] = (EVERY,)

    def has(self, element: str) -> bool:
        """Whether the plant has its own feed of an element."""
        return EVERY in self.own_feed or element in self.own_feed

    def rise(self, months: Floats) -> Floats:
        """Output above that of month 0, kg a year, shape of `months`."""

        def on(t: Floats | float) -> Floats:
            steps = (np.asarray(t) - self.start) / self.ramp if self.ramp > 0 else np.asarray(t) >= self.start
            return np.clip(steps, 0.0, 1.0).astype(np.float64)

        return self.capacity * (on(months) - on(0.0))


@dataclass(frozen=True)
class Stock:
    """A national or trader stock, released to unmet need.

    Attributes
    ----------
    item : a grade, an element of feed, or `"*"` for every grade of the country.
    cover : months of the country's need.
    rate : most that is released, share of the country's need.
    delay : months after the start of the time axis before the first release.
    """

    holder: str
    country: str
    item: str
    cover: float | str
    rate: float = 1.0
    delay: float = 0.0


@dataclass(frozen=True)
class Market:
    """The market outside the restrictor for one element.

    Attributes
    ----------
    price : base price, USD per kg of element.
    blocks : (share of need, choke price in USD per kg) of each use; shares sum to 1.
    outside : share of need outside that is not met by the restrictor's exports; NaN takes it from the chain's sources
        and feed.
    capacity : most that other supply can reach, as a multiple of the base.
    traders, cover : stock of traders, and stock of users, months of need.
    volume : kg a year that the market trades; NaN takes the need of the chain's users and producers.
    """

    element: str
    price: float
    blocks: tuple[tuple[float, float], ...]
    outside: float
    capacity: float = 1.5
    traders: float | str = 0.0
    cover: float | str = 0.0
    volume: float = float("nan")


@dataclass(frozen=True)
class Thrift:
    """Less of an element in every product: content falls by `saving` over `over` months from `start`."""

    element: str
    saving: float
    start: float = 0.0
    over: float = 12.0


@dataclass(frozen=True)
class Redesign:
    """A share of the need of a grade that is designed out: met by something no control covers.

    Attributes
    ----------
    users : codes of the industries that do it; empty for all.
    """

    grade: str
    share: float
    start: float = 0.0
    over: float = 12.0
    users: tuple[str, ...] = ()


def progress(months: Floats, start: float, over: float) -> Floats:
    """How far a change that is linear in time has come, 0 to 1, shape of `months`."""
    if over <= 0.0:
        return (months >= start).astype(np.float64)
    return np.clip((months - start) / over, 0.0, 1.0)


def ordered(stages: tuple[Stage, ...], chain: str) -> tuple[str, ...]:
    """Names of stages, feeds first; `InputError` names the stages of a cycle."""
    left, done = {stage.name: set(stage.feeds) for stage in stages}, []
    while left:
        ready = [name for name, feeds in left.items() if feeds <= set(done)]
        if not ready:
            circle = ", ".join(sorted(left))
            raise InputError(f"chain {chain}, stages", f"{circle} feed one another in a circle", "take one feed out")
        done += ready
        left = {name: feeds for name, feeds in left.items() if name not in ready}
    return tuple(done)
