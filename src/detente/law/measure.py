"""Measures and facts about goods: one act's duty, exemption or control as data, and what a tariff code cannot see.

A measure says which goods (blocks of code prefixes, possibly under a condition on the goods), which
partners, and what rate in which period. Nothing in this module knows any particular law.

The value traded on one line is a bundle of atoms: so much of it claims a preference, so much is steel,
so much is for aircraft. The law is yes or no on an atom; the shares are parameters with bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.codes.axis import Axis
from detente.codes.errors import InputError, UnknownName
from detente.codes.names import Readable

ALWAYS = date.min
FOREVER = date.max

#: Condition on goods: for each aspect the states in which the measure applies.
Where = tuple[tuple[str, frozenset[str]], ...]


class MeasureKind(StrEnum):
    """What a measure is; a ban says that goods may not be imported, a control what else they need.

    A minimum price is told like a control; it becomes a duty where the value and quantity of the goods are known.
    """

    DUTY = "duty"
    EXEMPTION = "exemption"
    BAN = "ban"
    CONTROL = "control"
    MINIMUM = "minimum"
    REGIME = "regime"


#: Kinds that lie on the goods they name; controls, minimum prices and regimes are only told of.
PAINTED = (MeasureKind.DUTY, MeasureKind.EXEMPTION, MeasureKind.BAN)


class Status(StrEnum):
    """Whether a measure is law."""

    IN_FORCE = "in_force"
    ANNOUNCED = "announced"
    VOID = "void"


class When(StrEnum):
    """When a measure takes another's place: where it owes more than zero, or wherever it applies."""

    OWED = "owed"
    APPLIES = "applies"


@dataclass(frozen=True, slots=True, repr=False)
class Goods(Readable):
    """A block of goods: codes under the prefixes, less the excepted ones, in a condition, on certain days.

    `prefixes` of a block that covers everything is ("",).
    """

    prefixes: tuple[str, ...]
    excepted: tuple[str, ...] = ()
    where: Where = ()
    start: date = ALWAYS
    end: date = FOREVER
    source: str = ""
    published: date | None = None

    def lines(self, axis: Axis) -> NDArray[np.bool_]:
        """Lines of a tariff in the block, whatever condition it has, shape (lines,)."""
        mask = np.ones(len(axis), dtype=bool) if self.prefixes == ("",) else axis.mask(self.prefixes)
        return mask & ~axis.mask(self.excepted) if self.excepted else mask


@dataclass(frozen=True, slots=True)
class Partners:
    """One entry of a partner scope: countries on certain days (both inclusive)."""

    countries: frozenset[str]
    start: date = ALWAYS
    end: date = FOREVER


def names_partner(scopes: tuple[Partners, ...] | None, partner: str, on: date) -> bool:
    """Whether a scope of partners names one on a day; None names all."""
    if scopes is None:
        return True
    for scope in scopes:  # noqa: SIM110 - a generator takes thrice as long, for every partner and programme of each day
        if partner in scope.countries and scope.start <= on <= scope.end:
            return True
    return False


def partners_on(scopes: tuple[Partners, ...] | None, on: date) -> frozenset[str]:
    """Partners that scopes name on a day; none where all are meant."""
    return frozenset().union(*(scope.countries for scope in scopes or () if scope.start <= on <= scope.end))


@dataclass(frozen=True, slots=True, repr=False)
class Rate(Readable):
    """A rate: points added to the base duty, or the floor of the total.

    Attributes
    ----------
    value : share of customs value; for a table the value is None.
    floor : True if the rate is the least total of base duty plus this measure.
    by_partner : rate by ISO3 code where partners differ; partners not named are not covered.
    """

    value: float | None = None
    floor: bool = False
    by_partner: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MinimumPrice:
    """A price below which goods owe what their value lacks of it, or the least amount of a duty by value.

    Attributes
    ----------
    price : USD per `unit`.
    whole : True if the whole price is owed, whatever the value, as with a least duty.
    """

    price: float
    unit: str
    whole: bool = False

    def duty(self, value: float, amount: float) -> float:
        """What is owed on goods of a customs value (USD), `amount` of the unit; USD."""
        return self.price * amount if self.whole else max(0.0, self.price * amount - value)


@dataclass(frozen=True, slots=True, repr=False)
class Period(Readable):
    """A rate on a span of days (both inclusive), with the act that set it and the day it was published.

    `minimum` is the price of a measure of kind `MINIMUM`, which has no rate, or the least amount of a duty. `headings`
    are those of single partners, each where the period adds something and where a floor is met already.
    """

    rate: Rate | None
    start: date
    end: date = FOREVER
    published: date | None = None
    instrument: str = ""
    citation: str = ""
    heading: str = ""
    partners: tuple[Partners, ...] | None = None
    where: Where = ()
    note: str = ""
    minimum: MinimumPrice | None = None
    headings: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def heading_of(self, partner: str, *, met: bool = False) -> str:
        """The heading of a partner's goods, or of all; `met` : of those that owe a floor already."""
        own = self.headings.get(partner)
        return self.heading if own is None else own[met]


@dataclass(frozen=True, slots=True, repr=False)
class Displacement(Readable):
    """A stacking rule: `by` takes the place of `of` on the goods where both would apply.

    Attributes
    ----------
    by, of : selectors: a measure id, "authority:ID" or "class:NAME".
    when : OWED: only where `by` owes more than zero; APPLIES: wherever `by` applies.
    switch : name of the alternative reading under which the rule counts; "" = always.
    unless : name of the alternative reading under which the rule does not count; "" = none.
    published : the day the text came out, where that was after `start`.
    source : file it was read from.
    """

    id: str
    by: tuple[str, ...]
    of: tuple[str, ...]
    when: When = When.OWED
    start: date = ALWAYS
    end: date = FOREVER
    partners: tuple[Partners, ...] | None = None
    citation: str = ""
    confidence: str = ""
    switch: str = ""
    unless: str = ""
    note: str = ""
    published: date | None = None
    source: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.source}, rule {self.id}" if self.source else f"stacking rule {self.id}"


@dataclass(frozen=True, slots=True, repr=False)
class Measure(Readable):
    """One act's duty, exemption or control.

    Attributes
    ----------
    id : unique within a law.
    authority : id of the authority under whose name its duty is counted.
    partners : None means every partner.
    exempts, replaces : selectors of what it takes away wherever it applies.
    up_to : customs value of a consignment, USD, up to which it is told; None = of any value.
    reviewed : day on which the text was last held against its sources; None = with the lawbook as a whole.
    source : file it was read from.
    """

    id: str
    title: str
    authority: str
    goods: tuple[Goods, ...]
    periods: tuple[Period, ...]
    partners: tuple[Partners, ...] | None = None
    kind: MeasureKind = MeasureKind.DUTY
    status: Status = Status.IN_FORCE
    stack_class: str = ""
    exempts: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    instrument: str = ""
    citation: str = ""
    heading: str = ""
    link: str = ""
    confidence: str = ""
    note: str = ""
    reviewed: date | None = None
    source: str = ""
    up_to: float | None = None

    @property
    def selectors(self) -> tuple[str, ...]:
        """What names this measure: its id and, for a duty, its authority and class."""
        groups = (f"authority:{self.authority}", f"class:{self.stack_class}")
        return (self.id, *groups) if self.kind is MeasureKind.DUTY else (self.id,)

    def periods_on(self, day: date) -> tuple[Period, ...]:
        """Periods in force on a day; several where they concern different partners or goods."""
        return tuple(p for p in self.periods if p.start <= day <= p.end)

    def with_status(self, status: Status) -> Measure:
        """The same measure with another status."""
        return replace(self, status=status)

    @property
    def start(self) -> date:
        """First day of the first period."""
        return min(period.start for period in self.periods)

    @property
    def end(self) -> date:
        """Last day of the last period."""
        return max(period.end for period in self.periods)


Span = TypeVar("Span", Goods, Partners, Period)


def spans_of(measure: Measure) -> list[Goods | Partners | Period]:
    """Everything of a measure that begins and ends."""
    scopes = [*(measure.partners or ()), *(scope for period in measure.periods for scope in period.partners or ())]
    return [*measure.periods, *measure.goods, *scopes]


def lines_on(measures: Iterable[Measure], axis: Axis, on: date) -> NDArray[np.bool_]:
    """Lines of a tariff that measures name on a day, whatever else they ask of the goods, shape (lines,)."""
    blocks = (block for measure in measures for block in measure.goods if block.start <= on <= block.end)
    return np.logical_or.reduce([np.zeros(len(axis), dtype=bool), *(block.lines(axis) for block in blocks)])


PREFERENCE = "preference"


@dataclass(frozen=True, slots=True)
class Aspect:
    """One fact about goods: its states (the first is the complement) and default shares.

    Attributes
    ----------
    line : share used when one good is asked about.
    presumed : whether one good is taken by `line` alone, since the law presumes it whatever trade does.
    trade : share used for trade as a whole, where no prefix or table says otherwise.
    by_prefix : share by code prefix, longest wins.
    table : name of an embedded table of shares by line; "" = none.
    whole : state that all the value under a code prefix is in, unless its share is given.
    above : (aspect, share): all of a good is in the second state where its share of that aspect is over this one,
        none elsewhere; such an aspect is not set by itself.
    counts_from : for a content of three states (none, little, enough), share from which it is enough; None = no such.
    bounds : lowest and highest plausible share.
    """

    id: str
    title: str
    states: tuple[str, ...]
    statement: str = ""
    source: str = ""
    bounds: tuple[float, float] = (0.0, 1.0)
    line: float = 0.0
    presumed: bool = False
    line_by_prefix: Mapping[str, float] = field(default_factory=dict)
    trade: float = 0.0
    by_prefix: Mapping[str, float] = field(default_factory=dict)
    table: str = ""
    whole: Mapping[str, str] = field(default_factory=dict)
    above: tuple[str, float] | None = None
    counts_from: float | None = None
    used_by: str = ""

    def state(self, name: str, where: str = "") -> int:
        """Position of a state; `UnknownName` otherwise."""
        if name not in self.states:
            raise UnknownName(f"state of {self.id}", name, self.states, where, f"use {', '.join(self.states)}")
        return self.states.index(name)


@dataclass(frozen=True)
class Shares:
    """Shares of value by aspect and state on a line axis.

    Attributes
    ----------
    lines : the line axis.
    by_aspect : aspect id -> array, shape (states - 1, lines): share of every state but the first.
    """

    lines: Axis
    by_aspect: Mapping[str, NDArray[np.float64]] = field(repr=False)

    def __post_init__(self) -> None:
        for name, shares in self.by_aspect.items():
            low, total = float(shares.min(initial=0.0)), float(shares.sum(axis=0).max(initial=0.0))
            if low < 0 or total > 1 + 1e-9 or not np.isfinite(total):
                raise InputError(f"share {name}", f"shares run from {low:g} to {total:g}", "keep them within 0 and 1")


def content_states(share: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """A content, shape (lines,), split into those below and from `least` of the value, shape (2, lines)."""
    major = share >= least
    return np.stack([np.where(major, 0.0, share), np.where(major, share, 0.0)])


def prefix_shares(lines: Axis, default: float, by_prefix: Mapping[str, float]) -> NDArray[np.float64]:
    """Default share overwritten by the longest matching prefix, shape (lines,)."""
    prefixes = list(by_prefix)
    row = lines.longest_prefix(prefixes)
    values = np.asarray([by_prefix[p] for p in prefixes] + [default], dtype=np.float64)
    return values[row]
