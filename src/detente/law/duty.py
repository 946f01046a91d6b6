"""A duty as its text states it: shares of value, amounts per unit, or both, and what a shipment owes under it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from detente.codes.errors import InputError

DEGREE = "degree"
"""Measure of the polarisation of sugar."""

RAW_SUGAR = 96.0
"""Degrees of polarisation raw sugar is traded at; equivalents of duties by degree are taken there."""

MONEY = "USD"
"""First word of the measures that are values of a part of the good, as in `USD on the case`."""


@dataclass(frozen=True, slots=True)
class DutyPart:
    """One addend of a duty.

    Attributes
    ----------
    amount : USD per `unit`; without a unit, a share of value.
    unit : unit of quantity; "" for a share.
    basis : what the share or the quantity is taken of, as "on the case"; "" for the whole good.
    per_degree : USD per unit less for each degree under 100.
    least : USD per unit that degrees cannot go below.
    """

    amount: float
    unit: str = ""
    basis: str = ""
    per_degree: float = 0.0
    least: float = 0.0

    @property
    def is_share(self) -> bool:
        """Whether it is a share of value."""
        return not self.unit

    @property
    def measure(self) -> str:
        """What must be known of a shipment besides its value: "kg", "kg on lead content", "USD on the case"."""
        if self.is_share:
            return f"{MONEY} {self.basis}" if self.basis else ""
        return f"{self.unit} {self.basis}".strip()

    def rate(self, degrees: float = 100.0) -> float:
        """USD per unit at some degrees of polarisation, or the share."""
        return max(self.amount - self.per_degree * (100.0 - degrees), self.least)


@dataclass(frozen=True)
class Duty:
    """A rate text and its addends.

    Attributes
    ----------
    kind : free, ad_valorem, specific, compound, mixed (the greater or the lesser of two), or other for a text that
        states no amount.
    parts : addends.
    limit : words of the text that the amounts alone cannot carry out; "" where there are none.
    least, most : addends of the amounts it cannot go below, or above; none where it has no such bound.
    """

    text: str
    kind: str
    parts: tuple[DutyPart, ...] = ()
    limit: str = ""
    least: tuple[DutyPart, ...] = ()
    most: tuple[DutyPart, ...] = ()

    @property
    def ad_valorem(self) -> bool:
        """Whether it is nothing but a share of the whole value."""
        return self.kind in ("free", "ad_valorem")

    @property
    def words(self) -> str:
        """The text in plain letters: "33.87 cents/kg"."""
        return self.text.replace(" ¢", "¢").replace("¢", " cents")

    @property
    def in_brief(self) -> str:
        """The text between commas within a sentence; "" where it is too long for one."""
        return f", {self.words}," if len(self.words) <= LONGEST else ""

    @property
    def minimum(self) -> float:
        """Share of the value owed at least: the shares of the whole good, or the lowest of those of its parts."""
        owed = max(_share_of(self.parts), _share_of(self.least))
        return min(owed, _share_of(self.most)) if self.most else owed

    @property
    def single_unit(self) -> DutyPart | None:
        """The one amount per unit, where every other addend is a share of the whole value."""
        specific = [p for p in self.parts if not p.is_share]
        shares = [p for p in self.parts if p.is_share]
        bounded = self.least or self.most
        return specific[0] if len(specific) == 1 and not bounded and not any(p.basis for p in shares) else None

    @property
    def measures(self) -> tuple[str, ...]:
        """What must be known of a shipment besides its value, in the order of the text."""
        parts = (*self.parts, *self.least, *self.most)
        measures = [p.measure for p in parts if p.measure]
        if any(p.per_degree for p in parts):
            measures.append(DEGREE)
        return tuple(dict.fromkeys(measures))

    def of(self, value: float, quantity: Mapping[str, float]) -> float:
        """The duty on a shipment, USD.

        Parameters
        ----------
        value : customs value, USD.
        quantity : amount of each of `measures`.

        Raises
        ------
        InputError
            a text without an amount, or a measure that is missing.
        """
        self.check()
        missing = [m for m in self.measures if m not in quantity and not m.endswith(IF_ANY)]
        if missing:
            given = [f"{quantity[m]:g} {measure_words(m)}" for m in self.measures if m in quantity]
            lacking = [measure_words(m) for m in missing]
            example = ", ".join([*given, *(f"N {words}" for words in lacking)])
            what = f"the base duty{self.in_brief} also needs {', '.join(lacking)}"
            raise InputError("quantity", what, f"give '{example}'")
        owed = self._owed(self.parts, value, quantity)
        if self.least:
            owed = max(owed, self._owed(self.least, value, quantity))
        return min(owed, self._owed(self.most, value, quantity)) if self.most else owed

    @staticmethod
    def _owed(parts: tuple[DutyPart, ...], value: float, quantity: Mapping[str, float]) -> float:
        degrees = quantity.get(DEGREE, 100.0)
        return sum(p.rate(degrees) * (quantity.get(p.measure, 0.0) if p.measure else value) for p in parts)

    def check(self) -> None:
        """Refuse a text whose duty cannot be worked out from a value and quantities."""
        if self.kind == "other":
            raise InputError("quantity", f"the base duty reads '{self.words}' and states no amount", REPAIR)
        if self.limit:
            raise InputError("quantity", f"the base duty reads '{self.words}': its limit is another duty", REPAIR)


def _share_of(parts: tuple[DutyPart, ...]) -> float:
    """Share of the value that some addends come to at least."""
    whole = [p.amount for p in parts if p.is_share and not p.basis]
    shares = [p.amount for p in parts if p.is_share and p.basis]
    return sum(whole) + (min(shares) if len(shares) == len(parts) and len(shares) > 1 else 0.0)


def measure_words(measure: str) -> str:
    """A measure as a reader may write it: `USD on the case and strap, band or bracelet` is "USD case and strap"."""
    if not measure.startswith(f"{MONEY} "):
        return measure
    return JOINING.sub(" ", measure).split(", ", 1)[0]


LONGEST = 60
"""Letters of a text up to which a sentence repeats it."""

JOINING = re.compile(r" on (?:the )?(?:value of the )?")
IF_ANY = ", if any"
"""End of the measures that a shipment may be without."""

REPAIR = "leave the quantity out, or set the base duty as a share"


class ExactDuty(float):
    """A base duty worked out from a quantity: spirits and tobacco owe many times their value."""
