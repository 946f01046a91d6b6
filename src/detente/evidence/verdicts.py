"""Verdicts on numbers (rules V1 to V3) and on cause and effect (V5): by rule, under named definitions.

Claims: what was said, by whom, and what a check found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import numpy as np

from detente.codes.axis import Floats
from detente.codes.names import Readable


class Comparator(StrEnum):
    """How the claim compares the quantity with its number."""

    EQUAL = "="
    ABOUT = "about"
    MORE = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="
    ROSE = "rose"
    FELL = "fell"


class Nearness(StrEnum):
    """Where a computed value lies relative to a claim."""

    IN = "in"
    NEAR = "near"
    OUT = "out"


class Verdict(StrEnum):
    """Every verdict there is; none of them says true or false."""

    SUPPORTED = "supported"
    DEPENDS = "depends on definition"
    CLOSE = "close"
    NOT_SUPPORTED = "not supported"
    ANNOUNCED = "announced, not in force"
    NOT_CHECKABLE = "not checkable"
    OPEN = "open"
    KEPT = "kept"
    PARTLY = "partly"
    KEPT_LATE = "kept late"
    BROKEN = "broken"
    VOID = "void"
    BORNE_OUT = "borne out"
    NOT_BORNE_OUT = "not borne out"
    AGREES = "model agrees"
    SIGN_ONLY = "model agrees in sign only"
    DISAGREES = "model disagrees"
    NOT_MODELLED = "not modelled"
    ORDINARY = "not distinguishable from an ordinary day"
    NOT_RATED = "not rated"


#: A word of direction needs a move of at least this size.
SMALLEST_MOVE = 0.0005

#: Below this share of draws with the same nearness a verdict carries "uncertain".
CERTAIN = 0.8


def half_unit(text: str, comparator: Comparator, scale: float = 1.0, *, exact: bool = False) -> float:
    """Half of the last digit of a number as written, in the program's unit.

    Parameters
    ----------
    text : the number as the claim writes it, "12.6"; scale : 0.01 for per cent and points.
    exact : meant to the last digit, as legal rates, counts and years are: the half-unit is zero.
    """
    if exact and comparator is not Comparator.ABOUT:
        return 0.0
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    half = 0.5 * 10.0 ** (exponent if isinstance(exponent, int) else 0)
    if comparator is Comparator.ABOUT:
        half = max(2.0 * half, 0.02 * abs(float(number)))
    return half * scale


#: Rounding that decides nothing.
HAIR = 1e-12


def nearness(gap: float, tolerance: float) -> Nearness:
    """In within the tolerance, near within twice of it, out beyond; a hair of rounding is forgiven."""
    if gap <= tolerance + HAIR:
        return Nearness.IN
    return Nearness.NEAR if gap <= 2.0 * tolerance + HAIR else Nearness.OUT


@dataclass(frozen=True)
class ClaimedNumber:
    """A number that is claimed, and what decides on how near another lies.

    Attributes
    ----------
    value : the number, None where only a direction is claimed; half : half of its last digit.
    tolerance : of the quantity, in the program's unit; words of direction have none.
    direction : -1 for a number by which something fell, 1 for one by which it rose: a value of the other sign is out.
    """

    value: float | None
    half: float
    comparator: Comparator
    tolerance: float
    direction: int = 0

    def distance(self, value: float) -> float:
        """Rule V1: distance between a computed value and the claim, zero or more."""
        claimed = self.value
        if self.comparator in (Comparator.ROSE, Comparator.FELL):
            sign = 1.0 if self.comparator is Comparator.ROSE else -1.0
            return max(0.0, SMALLEST_MOVE - sign * value)
        if claimed is None:
            return float("nan")
        if self.comparator in (Comparator.MORE, Comparator.AT_LEAST):
            return max(0.0, claimed - value)
        if self.comparator in (Comparator.LESS, Comparator.AT_MOST):
            return max(0.0, value - claimed)
        return max(0.0, abs(value - claimed) - self.half)

    def judge(self, value: float) -> Nearness:
        """Rule V2: where a computed value lies relative to the claim."""
        if self.comparator in (Comparator.ROSE, Comparator.FELL):
            return nearness(self.distance(value), 0.0)
        if self.direction and self.value is not None:
            value, claimed = self.direction * value, self.direction * self.value
            if value <= 0.0 < claimed:
                return Nearness.OUT
            return replace(self, value=claimed, direction=0).judge(value)
        return nearness(self.distance(value), self.tolerance)

    def judge_range(self, value: float, span: tuple[float, float]) -> Nearness:
        """Where the range of a model lies relative to the number that a claim gives an effect.

        Parameters
        ----------
        value : the number of the model, which decides on a bound; span : its ends, within which a number has to lie.
        """
        if self.comparator in (Comparator.EQUAL, Comparator.ABOUT) and self.value is not None:
            value = min(max(self.value, span[0]), span[1])
        return self.judge(value)

    def agreement(self, draws: Floats, near: Nearness) -> float:
        """Share of draws, shape (n,), that give the same nearness; NaN without draws."""
        return float(np.mean([self.judge(float(x)) is near for x in draws])) if draws.size else float("nan")


@dataclass(frozen=True, repr=False)
class ClaimReading(Readable):
    """One definition of a claimed quantity and what it gives.

    Attributes
    ----------
    value : as every face of the program gives it; NaN where it cannot be computed.
    low, high : 5-95% of draws, or the bounds of what `range_of` names.
    agreement : share of draws with the same nearness; nearness : None where there is no value.
    known : day from which its inputs were public; None: before the claim.
    illustrative : shown beside the claim, not counted for or against it.
    judged_as : quantity whose tolerance decides, "" for that of the claim; kind : what it is of, where that has one.
    """

    name: str
    label: str
    value: float
    nearness: Nearness | None
    default: bool = False
    likely: bool = False
    illustrative: bool = False
    low: float = float("nan")
    high: float = float("nan")
    agreement: float = float("nan")
    inputs: tuple[str, ...] = ()
    known: date | None = None
    remark: str = ""
    range_of: str = ""
    judged_as: str = ""
    kind: str = ""


def of_measurement(readings: Sequence[ClaimReading], is_open: bool) -> Verdict:
    """Rule V3: the verdict on a measurement from all its readings; the default stands first."""
    counted = [r for r in readings if r.nearness is not None and not r.illustrative]
    if not counted:
        return Verdict.NOT_CHECKABLE
    seen = {r.nearness for r in counted}
    defaults = [r for r in counted if r.default]
    first = defaults[0].nearness if defaults else None
    if is_open and {Nearness.IN, Nearness.OUT} <= seen:
        return Verdict.DEPENDS
    if first is Nearness.IN:
        return Verdict.SUPPORTED
    if Nearness.IN in seen:
        return Verdict.DEPENDS
    return Verdict.CLOSE if Nearness.NEAR in seen else Verdict.NOT_SUPPORTED


MIN_EFFECT = 0.01
SURE = 0.9


def of_cause(effects: Floats, claimed_sign: float, base: float = 1.0) -> Verdict:
    """Rule V5: does the model give the effect its sign, and is it more than a hundredth of its base?

    Parameters
    ----------
    effects : effect by draw, shape (n,); claimed_sign : +1 or -1; base : what the effect is a change of.
    """
    if not effects.size:
        return Verdict.NOT_MODELLED
    if float(np.mean(np.sign(effects) == np.sign(claimed_sign))) < SURE:
        return Verdict.DISAGREES
    large = float(abs(np.median(effects))) > MIN_EFFECT * abs(base)
    return Verdict.AGREES if large else Verdict.SIGN_ONLY


def of_number(verdict: Verdict, readings: Sequence[ClaimReading]) -> Verdict:
    """Rule V5 where a cause is given a size: the sign alone is no agreement on the number.

    Parameters
    ----------
    verdict : on the sign; readings : each with the place of its range relative to the number, the default among them.
    """
    if verdict not in (Verdict.AGREES, Verdict.SIGN_ONLY):
        return verdict
    counted = [r for r in readings if r.nearness is not None and not r.illustrative]
    shown = next((r for r in counted if r.default), counted[0] if counted else None)
    if shown is not None and shown.nearness is not Nearness.OUT:
        return Verdict.AGREES
    return Verdict.DEPENDS if any(r.nearness is Nearness.IN for r in counted) else Verdict.SIGN_ONLY


def of_reaction(value: float, p_value: float, comparator: Comparator, claimed: float | None = None) -> Verdict:
    """A move laid to an event: not distinguishable from an ordinary day above p = 0.1, else by its sign.

    Parameters
    ----------
    claimed : the number of the claim, whose sign counts where there is one.
    """
    if p_value > 0.1:
        return Verdict.ORDINARY
    sign = 1.0 if comparator is Comparator.ROSE else -1.0
    if claimed:
        sign = float(np.sign(claimed))
    return Verdict.AGREES if sign * value > 0 else Verdict.DISAGREES


class Kind(StrEnum):
    """What kind of statement it is; the kind decides by which rule it is judged."""

    MEASUREMENT = "measurement"
    FORECAST = "forecast"
    PROMISE = "promise"
    THREAT = "threat"
    INTENT = "intent"
    CAUSAL = "causal"
    EVALUATION = "evaluation"


@dataclass(frozen=True, repr=False)
class Quantity(Readable):
    """The number in a claim.

    Attributes
    ----------
    name : of what the claim is about, as the layer above knows it.
    comparator : =, about, >, <, >=, <=; rose or fell where there is no number.
    direction : -1 for a number by which something fell, which is negative, and 1 for one by which it rose.
    value : the number, in the program's unit (a share for per cent and points); None where only the sign is claimed.
    half_unit : half of the last digit given, in the same unit.
    unit : unit as the claim gives it, for readers; base, as_of : days compared; population : what is averaged over.
    words, period : what the claim was read as being about, and the months or year of it, for readers.
    """

    name: str
    comparator: Comparator
    value: float | None
    half_unit: float
    unit: str
    as_of: date
    base: date | None = None
    population: str = ""
    direction: int = 0
    words: str = ""
    period: str = ""


@dataclass(frozen=True)
class Speaker:
    """Who said it; `named` is False for unnamed sources, `organisation` True for a firm, an office or a paper."""

    name: str = ""
    role: str = ""
    side: str = ""
    named: bool = True
    organisation: bool = False


@dataclass(frozen=True, repr=False)
class ClaimPart(Readable):
    """One statement of a claim, judged on its own.

    Attributes
    ----------
    open : the words leave the reading open.
    modality : is, will, could or wants.
    """

    part: str
    kind: Kind
    statement: str
    quantity: Quantity | None = None
    open: bool = False
    modality: str = "is"
    hedges: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Claim(Readable):
    """What was said, in the ledger's own words.

    Attributes
    ----------
    quote : the statement; said : day, said_utc : moment where it is on record.
    source : publisher, url, document_id and retrieved, as given.
    """

    claim_id: str
    quote: str
    speaker: Speaker
    said: date
    parts: tuple[ClaimPart, ...]
    said_utc: datetime | None = None
    language: str = "en"
    source: Mapping[str, str] = field(default_factory=dict)
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class ClaimCheck(Readable):
    """The verdict on one part of a claim.

    Attributes
    ----------
    verdict : on the record of `checked`; verdict_then : on what was known the day it was said.
    definition : reading under which `value` stands; value, low, high : computed, in the program's unit.
    agreement : share of draws that give the same in, near or out; NaN without draws.
    holds_under, fails_under : labels of readings; likely : the reading the source most likely meant.
    inputs : tables, lawbooks and events used; known_later : inputs and events of after the day it was said.
    """

    claim: Claim
    part: ClaimPart
    verdict: Verdict
    verdict_then: Verdict
    explanation: str
    checked: date
    version: str
    definition: str = ""
    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    agreement: float = float("nan")
    uncertain: bool = False
    holds_under: tuple[str, ...] = ()
    fails_under: tuple[str, ...] = ()
    likely: str = ""
    inputs: tuple[str, ...] = ()
    known_later: tuple[str, ...] = ()
    readings: tuple[ClaimReading, ...] = ()

    @property
    def name(self) -> str:
        """Claim and part, as C13a."""
        return f"{self.claim.claim_id}{self.part.part}"
