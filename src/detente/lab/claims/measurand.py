"""Measurand: a quantity that claims can be about, with all that a claim of it may say; from `data/quantities.yaml`.

What claims are computed from, and what a reading of one gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field

from detente.codes import InputError, declared_note
from detente.codes.axis import Floats
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.models import FileModel, Prose, Texts, one_of, read_model
from detente.evidence.events import Event
from detente.evidence.verdicts import Comparator
from detente.lab.claims.rows import DAYS, NARROWING, UNITS, QuantityRow, ReadingRow

Readings = tuple[ReadingRow, ...]


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

    def names(self, key: str) -> bool:
        """Whether the quantity, the definition or every reading that counts says it."""
        if getattr(self.row, key, None):
            return True
        if key in OF_THE_QUANTITY:
            return False
        counted = [reading for reading in self.given if not reading.illustrative]
        return bool(getattr(self.own, key, None)) or (
            bool(counted) and all(getattr(reading, key, None) for reading in counted)
        )


#: Keys that say another thing of a reading.
OF_THE_QUANTITY = ("of", "period")


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


def nothing(remark: str = "", *inputs: str) -> Measured:
    """A reading that gives no number, and why."""
    return Measured(float("nan"), inputs=inputs, remark=remark)


#: How a module that is not joined here answers: (quantity, reading, day) -> what it computes.
Hook = Callable[[QuantityRow, ReadingRow, date], Measured]

#: A reading with what it gives.
Read = tuple[ReadingRow, Measured]


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
    kept: Mapping[str, Sequence[Read]] = field(default_factory=dict, repr=False)
    made: dict[str, Sequence[Read]] = field(default_factory=dict, repr=False)


#: Kind of a quantity that may be the change of a level.
CHANGE = "change"

IDLE_WORDS = ("the", "of", "all", "in", "total", "world", "world's", "global")
#: Keys that are asked for in the usual way: the question, and another key that says as much.
ASKED: Mapping[str, tuple[str, str]] = {
    "partner": ("claims.partner_unsaid", "importer"),
    "base": ("claims.base_unsaid", "base"),
    "year": ("claims.year_unsaid", "period"),
}


def led(readings: Readings) -> Readings:
    """Readings of which the first is the default where none is."""
    if not readings or any(reading.default for reading in readings):
        return readings
    return (readings[0].model_copy(update={"default": True, "likely": True}), *readings[1:])


def _flat(value: Any) -> Any:
    """Lists within a list, which are shared with other quantities, as parts of it."""
    if not isinstance(value, list):
        return value
    return tuple(part for item in value for part in (item if isinstance(item, list) else [item]))


FLAT = BeforeValidator(_flat)
Words = Annotated[tuple[str, ...], FLAT]


class Need(FileModel):
    """A question for what a claim leaves out.

    Attributes
    ----------
    says : the question; "" is the usual one for the key, with `also` at its end.
    instead : keys that do as well, besides that of `ASKED`; unless : what definitions may be `of` that do without.
    """

    says: str = ""
    also: str = ""
    instead: Texts = ()
    unless: Texts = ()


class Measurand(FileModel):
    """What a claim can be about: how it is written, read, computed and judged.

    Attributes
    ----------
    what : meaning, for readers. label : what a claim is read as, with keys of the claim in braces.
    units : that a claim may give it in; one without a unit means the first.
    tolerance : rule V2, in the program's unit. It is fixed and never widened by the spread of a model: a vague model
        must not support everything.
    readings : definitions; the first is the default, and what a source most likely meant.
    compute : function that says what a reading gives on a day; "" where nothing in the program measures it.
    needs : key that a claim names -> what is asked where it does not; definitions and readings of its own may name it.
        One that is refused where it is left out is not asked for.
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
    comparator : function of a claim's comparator as it is meant, from that as written; raises where it cannot be.
    unless_said : what `of:` means where no definition says it, or a function for that; "" where readings of all kinds
        are compared.
    fitting : function of the listed readings as a claim asks for them, as of the year it names.
    beside : function of readings with those that a claim leaves open beside them.
    check : function that refuses readings which do not go with the quantity as written.
    """

    label: Prose = ""
    what: Prose
    units: Annotated[tuple[Annotated[str, one_of([*UNITS], "unit")], ...], FLAT, Field(min_length=1)]
    tolerance: float
    readings: Annotated[Readings, Field(min_length=1), AfterValidator(led)]
    compute: str = ""
    needs: dict[str, Literal["refused", "asked"] | Need]
    narrowed_by: Annotated[tuple[Annotated[str, one_of(NARROWING, "key")], ...], FLAT] = ()
    takes: tuple[Annotated[str, one_of(DAYS, "key")], ...] = ()
    uses: Annotated[tuple[Annotated[str, one_of([*ReadingRow.model_fields], "key")], ...], FLAT] = ()
    kinds: tuple[str, ...] | None = None
    populations: dict[str, Words] = Field(default_factory=dict)
    effect: bool = False
    change: bool | None = None
    settled: Prose = ""
    example: dict[str, Prose] = Field(default_factory=dict)
    exact: bool = False
    relative: bool = False
    least: float = 0.0
    judged_as: dict[str, str] = Field(default_factory=dict)
    unmodelled: Prose = ""
    tolerances: dict[str, float] = Field(default_factory=dict)
    comparator: str = ""
    unless_said: str = ""
    fitting: str = ""
    beside: str = ""
    check: str = ""

    def question(self, key: str, wording: Wording) -> str:
        """Why a claim cannot be checked as it stands, with what to add; "" where it says what it has to under a key."""
        need = self.needs.get(key, "refused")
        own = need if isinstance(need, Need) else Need()
        kinds = {reading.of for reading in (*wording.given, *([wording.own] if wording.own else ()))}
        note, other = ASKED.get(key, ("", key))
        known = any(wording.names(name) for name in (key, other, *own.instead))
        if need == "refused" or known or (kinds and kinds <= set(own.unless)):
            return ""
        return f"{own.says or declared_note(note, quantity=wording.row.words)}{own.also}"

    def measured(self, basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
        """What a reading gives on a day."""
        return function(self.compute)(basis, row, reading, as_of) if self.compute else nothing(self.unmodelled)

    def kind(self, row: QuantityRow, own: ReadingRow | None) -> str | None:
        """What `of:` means where no definition says it; None where readings of all kinds are compared."""
        return function(self.unless_said)(row, own) if "." in self.unless_said else self.unless_said or None

    def fitted(self, row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
        """Listed readings as a claim asks for them; none where nothing measures it.

        A claim that cannot be fitted keeps them: what is wrong with it is said where it is computed, so that the other
        claims of its file are judged.
        """
        if not self.compute or not self.fitting:
            return listed if self.compute else ()
        try:
            return function(self.fitting)(row, own, listed)
        except InputError:
            return listed or (self.readings[0].model_copy(update={"of": self.kind(row, own) or ""}),)

    def with_others(self, row: QuantityRow, readings: Readings) -> Readings:
        """Readings with those that a claim leaves open beside them."""
        return function(self.beside)(row, readings) if self.beside else readings

    def meant(self, row: QuantityRow, comparator: Comparator, where: str) -> Comparator:
        """The comparator of a claim as it is meant."""
        return function(self.comparator)(row, comparator, where) if self.comparator else comparator

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


def function(name: str) -> Callable[..., Any]:
    """A function of this room by its module and name; what computes is loaded when it is first asked for."""
    module, _, own = name.rpartition(".")
    return getattr(import_module(f"detente.lab.claims.{module}"), own)


#: Quantities that are a rate on one country: an announced rate can be mistaken for one, and a sentence may say the same
#: of several countries.
RATES = ("partner_additional_rate", "partner_average_rate", "line_rate")

FILE = package_folder() / "quantities.yaml"


def quantities() -> Mapping[str, Measurand]:
    """Every quantity by its name, in their order.

    Raises
    ------
    InputError : one that no claim could be read by.
    """
    return _quantities_of(FILE)


@memoized
def _quantities_of(path: Path) -> Mapping[str, Measurand]:
    return read_model(dict[str, Measurand], path, path.name)
