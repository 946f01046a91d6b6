"""Measurand: a quantity that claims can be about, declared once with all that a claim of it may say.

One file of `quantities` declares one. A field that is a function says where a quantity differs from what is usual.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from detente.codes import InputError, UnknownName
from detente.evidence.verdicts import Comparator
from detente.lab.claims.measured import Computed
from detente.lab.claims.questions import Question
from detente.lab.claims.rows import DAYS, NARROWING, UNITS, QuantityRow, ReadingRow

Readings = tuple[ReadingRow, ...]
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
