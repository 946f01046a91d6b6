"""Claims: what was said, by whom, and what a check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from detente.codes.portrait import Readable
from detente.evidence.verdicts import ClaimReading, Comparator, Verdict


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
