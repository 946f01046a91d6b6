"""Measurand: a quantity that claims can be about, declared once with all that a claim of it may say.

Questions for what a claim leaves out and has to say before a number can be set against it.

What claims are computed from, and what a reading of one gives.

One file of `quantities` declares one. A field that is a function says where a quantity differs from what is usual.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName, declared_note
from detente.evidence.events import Event
from detente.evidence.verdicts import Comparator
from detente.lab.claims.rows import DAYS, NARROWING, UNITS, QuantityRow, ReadingRow


@dataclass(frozen=True)
class Wording:
    """A claim's quantity with the definitions it brings along.

    Attributes
    ----------
    own : its definition; given : its readings.
    """

    row: QuantityRow
    own: ReadingRow | None
    given: Sequence[ReadingRow]

    @property
    def words(self) -> str:
        """The quantity in words."""
        return self.row.name.replace("_", " ")

    def names(self, key: str) -> bool:
        """Whether the quantity, the definition or every reading that counts says it."""
        if getattr(self.row, key, None):
            return True
        counted = [reading for reading in self.given if not reading.illustrative]
        own = [] if self.own is None else [self.own]
        return any(getattr(reading, key, None) for reading in own) or (
            bool(counted) and all(getattr(reading, key, None) for reading in counted)
        )


Question = Callable[[Wording], str]
"""Why a claim cannot be checked as it stands, with what to add; "" where it says what it has to."""


def refused(wording: Wording) -> str:
    """No question: a claim that leaves this out is refused where it is read or computed."""
    return ""


def partner(wording: Wording) -> str:
    """Of which country? For quantities that would take one for granted."""
    if wording.names("partner") or wording.row.importer:
        return ""
    return declared_note("claims.partner_unsaid", quantity=wording.words)


def base(wording: Wording, others: str = "") -> str:
    """Against which day? `others` : further ways to say it."""
    if wording.row.base is not None:
        return ""
    return f"{declared_note('claims.base_unsaid', quantity=wording.words)}{others}"


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What a reading gives.

    Attributes
    ----------
    value : in the program's unit; draws : the same by draw, shape (n,), or empty.
    range_of : what the draws are where they are no draws, as "sources"; then their lowest and highest are shown.
    claimed : what the claim amounts to in this unit, where that depends on the reading; None: its own number.
    known : day from which the inputs were public; None: before any claim about them.
    base : what a causal effect is a change of; p_value : of a move laid to an event.
    """

    value: float
    draws: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    inputs: tuple[str, ...] = ()
    known: date | None = None
    claimed: float | None = None
    base: float = 1.0
    p_value: float = float("nan")
    remark: str = ""
    range_of: str = ""


Hook = Callable[[QuantityRow, ReadingRow, date], Measured]
"""How a module that is not joined here answers: (quantity, reading, day) -> what it computes."""


@dataclass(frozen=True)
class Basis:
    """What claims are computed from.

    Attributes
    ----------
    events : the timeline; draws, seed : of shares nobody observes; hooks : quantity -> function of another module.
    kept : readings of statements computed before, by the name of the statement; made : takes those computed now.
    """

    events: Sequence[Event] = field(repr=False)
    draws: int = 60
    seed: int = 20250512
    hooks: Mapping[str, Hook] = field(default_factory=dict, repr=False)
    kept: Mapping[str, Sequence[tuple[ReadingRow, Measured]]] = field(default_factory=dict, repr=False)
    made: dict[str, Sequence[tuple[ReadingRow, Measured]]] = field(default_factory=dict, repr=False)


Computed = Callable[[Basis, QuantityRow, ReadingRow, date], Measured]
"""How a quantity is computed here: (basis, quantity, reading, day) -> what it gives."""


@dataclass(frozen=True)
class Elsewhere:
    """A computation that lies in a module of this room, which is loaded when it is first asked for."""

    module: str
    name: str

    @property
    def computed(self) -> Computed:
        """The function itself."""
        return getattr(import_module(f"detente.lab.claims.{self.module}"), self.name)

    def __call__(self, basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
        """What it gives."""
        return self.computed(basis, row, reading, as_of)


Readings = tuple[ReadingRow, ...]


@dataclass(frozen=True)
class FittedElsewhere:
    """How listed readings fit a claim, as a module of this room says that is loaded when it is first asked for.

    A claim that cannot be fitted keeps its listed readings: what is wrong with it is said where it is computed, so that
    the other claims of its file are judged.
    """

    module: str
    name: str

    def __call__(self, row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
        """The readings that fit."""
        fit = getattr(import_module(f"detente.lab.claims.{self.module}"), self.name)
        try:
            return fit(row, own, listed)
        except InputError:
            return listed or self._first(row, own)

    def _first(self, row: QuantityRow, own: ReadingRow | None) -> Readings:
        """The first listed reading, of the kind that the claim asks for."""
        quantity = import_module("detente.lab.claims.quantities").quantities()[row.name]
        kind = quantity.unless_said(row, own) if quantity.unless_said is not None else ""
        return (quantity.readings[0].model_copy(update={"of": kind}),)


CHANGE = "change"
"""Kind of a quantity that may be the change of a level."""

IDLE_WORDS = ("the", "of", "all", "in", "total", "world", "world's", "global")


def _as_written(row: QuantityRow, comparator: Comparator, where: str) -> Comparator:
    return comparator


def _as_listed(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    return listed


def _alone(row: QuantityRow, readings: Readings) -> Readings:
    return readings


def _any(row: QuantityRow, readings: Readings, where: str) -> None:
    return None


def led(readings: Readings) -> Readings:
    """Readings of which the first is the default where none is."""
    if not readings or any(reading.default for reading in readings):
        return readings
    return (readings[0].model_copy(update={"default": True, "likely": True}), *readings[1:])


def _check_known(kind: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownName(kind, name, known, "QUANTITY")


@dataclass(frozen=True)
class Measurand:
    """What a claim can be about: how it is written, read, computed and judged.

    Attributes
    ----------
    what : meaning, for readers.
    units : that a claim may give it in; one without a unit means the first.
    tolerance : rule V2, in the program's unit. It is fixed and never widened by the spread of a model: a vague model
        must not support everything.
    readings : definitions; the first is the default, and what a source most likely meant.
    compute : what a reading gives on a day.
    needs : key that a claim names -> question where it does not; definitions and readings of its own may name it.
    narrowed_by : keys of the quantity, among `NARROWING`, that say what it is of.
    takes : further keys of the quantity that it uses where they are given: `base`.
    uses : keys of a reading that it uses; kinds : what `of:` may say there, None where anything may.
    populations : what it is measured for, each with other words for it; empty where it has one meaning.
    effect : a difference of two states of the world, so that something can be its cause.
    change : it can rise and fall of itself; None where an effect does, and what has a kind of that name.
    settled : when an effect has come about in full, where the model knows no time before that.
    example : what an example of a claim says under its keys, beside `USUAL`.
    exact : meant to the last digit, as legal rates, counts and years: its half-unit is zero.
    relative : the tolerance is a share of the number claimed, and no less than `least`, in the program's unit.
    judged_as : `of:` of a reading -> quantity whose tolerance decides in place of its own.
    unmodelled : why nothing in the program measures it, for one that is named so that its claims get this answer.
    tolerances : `of:` of a reading -> tolerance in place of its own.
    order : place in lists; what has none stands at their end.
    comparator : of a claim as it is meant, from that as written; raises where it cannot be.
    unless_said : what `of:` means where no definition says it; None where readings of all kinds are compared.
    fitting : listed readings as a claim asks for them, as of the year it names.
    beside : readings with those that a claim leaves open beside them.
    check : refuses readings that do not go with the quantity as written.
    """

    what: str
    units: tuple[str, ...]
    tolerance: float
    readings: Readings
    compute: Computed
    needs: Mapping[str, Question]
    narrowed_by: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    kinds: tuple[str, ...] | None = None
    populations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    effect: bool = False
    change: bool | None = None
    settled: str = ""
    example: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False
    relative: bool = False
    least: float = 0.0
    judged_as: Mapping[str, str] = field(default_factory=dict)
    unmodelled: str = ""
    tolerances: Mapping[str, float] = field(default_factory=dict)
    order: int = 1000
    comparator: Callable[[QuantityRow, Comparator, str], Comparator] = _as_written
    unless_said: Callable[[QuantityRow, ReadingRow | None], str] | None = None
    fitting: Callable[[QuantityRow, ReadingRow | None, Readings], Readings] = _as_listed
    beside: Callable[[QuantityRow, Readings], Readings] = _alone
    check: Callable[[QuantityRow, Readings, str], None] = _any

    def __post_init__(self) -> None:
        """Refuse a declaration that no claim could be read by; its first reading becomes the default."""
        if not self.units or not self.readings:
            raise InputError("QUANTITY", "has no unit or no reading", "give at least one of each")
        _check_known("unit", self.units, UNITS)
        _check_known("key", self.narrowed_by, NARROWING)
        _check_known("key", self.takes, DAYS)
        _check_known("key", self.uses, ReadingRow.model_fields)
        object.__setattr__(self, "readings", led(self.readings))

    @property
    def moves(self) -> bool:
        """Whether it can be said to have risen or fallen."""
        return self.effect or self._changes if self.change is None else self.change

    @property
    def _changes(self) -> bool:
        return CHANGE in (self.kinds or ())

    @property
    def compares(self) -> bool:
        """Whether it takes a day that it is compared with."""
        return "base" in (*self.needs, *self.takes) or self._changes

    @property
    def optional(self) -> tuple[str, ...]:
        """Keys of the quantity that it takes and does not need, its value and unit aside."""
        keys = (*self.narrowed_by, *self.takes, *(("population",) if self.populations else ()), "as_of")
        keys = (*keys, *(("base",) if self.compares else ()))
        return tuple(dict.fromkeys(key for key in keys if key not in self.needs))

    def allowed(self, claimed: float | None, kind: str = "") -> float:
        """Tolerance on a number that is claimed, in the program's unit; `kind` : what a reading is of."""
        tolerance = self.tolerances.get(kind, self.tolerance)
        return max(self.least, tolerance * abs(claimed or 0.0)) if self.relative else tolerance

    def population(self, words: str) -> str:
        """A population by any of its words, "" for one that nothing measures."""
        wanted = _plain(words)
        populations = self.populations.items()
        return next((name for name, others in populations if wanted in {_plain(w) for w in (name, *others)}), "")


def _plain(text: str) -> str:
    """Words that tell one population from another."""
    words = text.casefold().replace("-", " ").split()
    return " ".join(word for word in words if word not in IDLE_WORDS)
